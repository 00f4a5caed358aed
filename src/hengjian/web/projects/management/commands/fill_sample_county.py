"""``hengjian manage fill_sample_county -- --projects 100000``: a made-up province of any size, to measure the site with."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hengjian.web.projects.filling import fill


class Command(BaseCommand):
    """Fill an empty database and say how much there is."""

    help = "往空库里灌入虚构的一个地区：机构、账号、项目、各阶段的表及全部记录（用于压力测试）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much."""
        parser.add_argument("--projects", type=int, default=1000, help="项目个数（默认 1000）")
        parser.add_argument("--forms", type=int, default=120, help="不同表样的套数（默认 120）")
        parser.add_argument("--seed", type=int, default=1, help="随机种子（默认 1）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, then tell."""
        start = time.perf_counter()
        if options["projects"] < 1 or options["forms"] < 1:
            raise CommandError("个数须为正整数。")
        try:
            counts = fill(options["projects"], forms=options["forms"], seed=options["seed"], say=self.stdout.write)
        except ValueError as error:
            raise CommandError(str(error)) from None
        told = "、".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(f"完成（{time.perf_counter() - start:.0f} 秒）：{told}")
