"""What every format reader hands back, what it may not exceed, and how it gives up on one file.

A reader is one module with one function, ``read(data: bytes, name: str) -> Content``. It knows bytes, not paths: the file
was opened, measured and recognised before. ``name`` is only for messages.
"""

from dataclasses import dataclass

from hengjian.forms.layout import Block
from hengjian.values.finding import Problem
from hengjian.values.place import Place

# Limits. The largest real disclosure files have some 30 MB and 300 pages; what is far above is a mistake or an attack.
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024  # sum over the entries of a zip package
MAX_UNPACK_RATIO = 200  # unpacked / packed, asked only above RATIO_FREE_BYTES: repetitive XML packs 100 to 1 by itself
RATIO_FREE_BYTES = 20 * 1024 * 1024
MAX_ZIP_ENTRIES = 20_000
MAX_PAGES = 500  # the first 500 pages are read, and P09 says so
MAX_ROWS = 20_000  # of one grid; the rest is left out, and P09 says so
MAX_COLUMNS = 1_000  # of one grid
MAX_CELLS = 400_000  # of one document
MAX_TEXT_CHARS = 20_000_000  # of one document


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader found: blocks in reading order, what could not be read, number of pages where the format has pages.

    ``breaks`` are indices of blocks that begin a new page or sheet; ``keywords`` those of the file's properties.
    """

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
    pages: int | None = None
    breaks: tuple[int, ...] = ()
    keywords: str = ""


class Unreadable(Exception):
    """One file is given up. Never leaves the room: ``read_layout`` turns it into a layout without blocks.

    ``code`` is P01–P09; ``message`` says in Chinese what, where, why, and what to do.
    """

    def __init__(self, code: str, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, place)


def too_much(what: str, found: int | str, limit: int | str) -> Problem:
    """P09 where a part was read: ``too_much("页数", 812, 500)``."""
    return Problem(
        "P09",
        f"{what}为 {found}，超过上限 {limit}：只读取了前 {limit}，其余未读。请将文件拆分后分别读取。",
    )
