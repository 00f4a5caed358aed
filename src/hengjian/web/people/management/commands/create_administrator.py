"""``hengjian manage create_administrator``: the topmost organisation and the first account of an empty installation."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hengjian.web.library.actions import stock
from hengjian.web.people import actions
from hengjian.web.people.models import Body, BodyKind, Role, User


class Command(BaseCommand):
    """Make what nobody could make on the pages yet."""

    help = "建立最上级机构和第一个管理员（只在还没有机构时可用）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is asked."""
        parser.add_argument("--code", required=True, help="机构代码")
        parser.add_argument("--name", required=True, help="机构名称，例如云川县")
        parser.add_argument("--username", required=True, help="管理员的用户名")
        parser.add_argument("--person", default="管理员", help="管理员的姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and print the first password once."""
        if Body.objects.exists():
            raise CommandError("已有机构：请由现有管理员在“管理”里新建账号。")
        first = secrets.token_urlsafe(9)
        try:
            body = actions.create_body(
                code=options["code"], name=options["name"], kind=BodyKind.REGION, parent=None, by=None
            )
            user: User = actions.create_user(
                username=options["username"], name=options["person"], password=first, by=None
            )
            actions.give_post(user, role=Role.ADMIN, body=body, by=None)
        except actions.Refused as refused:
            raise CommandError(str(refused)) from refused
        stock()
        self.stdout.write(f"已建立 {body.name} 和管理员 {user.username}，初始密码：{first}（首次登录须修改）")
