"""Write the stored overview of ``hengjian --help`` anew after a command was added or its help was changed."""

from pathlib import Path

import click

from hengjian.cli.commands import hengjian


def overview() -> str:
    """The overview as the command group prints it, at a fixed width."""
    context = click.Context(hengjian, info_name="hengjian", max_content_width=100, terminal_width=100)
    return hengjian.get_help(context) + "\n"


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / "src" / "hengjian" / "cli" / "help.txt"
    target.write_text(overview(), encoding="utf-8")
