"""``hengjian manage load_samples``: an invented county to try the site with."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from hengjian.web.projects.samples import ACCOUNTS, PASSWORD, load

ROLES = {"clerk": "单位经办", "unit": "单位审核", "department": "主管部门审核", "finance": "财政审核"}
ROLES |= {"leader": "领导", "admin": "管理员"}


class Command(BaseCommand):
    """Load the samples and say which accounts to try."""

    help = "载入样例机构、账号和文件（已有数据时不动）"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then tell."""
        loaded = load(Path.cwd() / "samples" / "documents")
        self.stdout.write("样例已载入。" if loaded else "已有数据，样例没有重复载入。")
        self.stdout.write(f"可试用的账号（密码都是 {PASSWORD}）：")
        for username, _, role, body in ACCOUNTS:
            self.stdout.write(f"  {username:<10}{ROLES[role]}（{body}）")
