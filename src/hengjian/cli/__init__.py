"""The command-line door. Nothing heavy is imported before it is known which verb is wanted."""

import sys
from importlib.resources import files


def main() -> None:
    """Run ``hengjian``. The overview is a stored text (kept equal to the commands by a test), so that it shows at once."""
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        text = files(__name__).joinpath("help.txt").read_text(encoding="utf-8")
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
        return
    from hengjian.cli.commands import hengjian

    hengjian.main(prog_name="hengjian")
