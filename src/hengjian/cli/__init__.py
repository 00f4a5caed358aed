"""The command-line door. Nothing heavy is imported before it is known which verb is wanted."""

import os
import sys


def main() -> None:
    """Run ``hengjian``. The overview is a stored text (kept equal to the commands by a test), so that it shows at once."""
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        # Not importlib.resources: importing it takes longer than all the rest.
        with open(os.path.join(os.path.dirname(__file__), "help.txt"), "rb") as file:
            sys.stdout.buffer.write(file.read().decode("utf-8").encode(sys.stdout.encoding or "utf-8", "replace"))
        return
    from hengjian.cli.commands import hengjian

    hengjian.main(prog_name="hengjian")
