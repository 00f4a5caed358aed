"""Readings of rules that people have confirmed, as the option ``--accepted`` names them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hengjian.desk import Book


def load_accepted(path: Path | None) -> "Book | None":
    """The confirmed readings of a file; the lines that do not count are told."""
    from hengjian import desk

    if path is None:
        return None
    if not path.exists():
        raise click.UsageError(
            f"找不到已确认规则的文件“{path}”。用 hengjian explain … --accept {path} --by 姓名 建立。"
        )
    book = desk.load_accepted(path)
    for flaw in book.flaws:
        click.echo(flaw.message, err=True)
    return book
