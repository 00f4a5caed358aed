"""The command-line door. Nothing heavy is imported before it is known which verb is wanted."""

import os
import sys


def main() -> None:
    """Run ``hengjian``. The overview is a stored text (kept equal to the commands by a test), so that it shows at once."""
    try:
        if sys.argv[1:] in ([], ["--help"], ["-h"]):
            # Not importlib.resources: importing it takes longer than all the rest.
            with open(os.path.join(os.path.dirname(__file__), "help.txt"), "rb") as file:
                sys.stdout.buffer.write(file.read())
            sys.stdout.flush()
            return
        from hengjian.cli.commands import hengjian

        hengjian.main(prog_name="hengjian")
    except BrokenPipeError:  # the reader of the overview has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(130)  # before the command could say so itself
