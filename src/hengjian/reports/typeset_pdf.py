"""The official sheet as PDF, set by Typst in this process: no program to install, no network, fonts from a package.

Texts are handed over as data; the template (``templates/forms.typ``) sets them as text, so nothing in them is markup.
"""

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hengjian.forms.official_sheet import Box, Sheet
from hengjian.reports import TypesetError

_PACKAGE = "pylopdf_fonts_zh_cn"  # Noto Sans SC and Noto Serif SC under the Open Font License
# Where the package is missing: fonts of Chinese systems and of Linux distributions, the better ones first.
_SERIF = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "SimSun",
    "STSong",
    "FangSong",
)
_SANS = (
    "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "SimHei", "Microsoft YaHei",
    "PingFang SC", "STHeiti", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip
# A blank between two Latin words may end a line; any other one would be lost there.
_FIXED_BLANK = re.compile(r"(?<![A-Za-z]) | (?![A-Za-z])")
_TALL = 25  # lines: a row so tall is cut by the end of a page, others are kept whole
_LONG_WORD = re.compile(r"[!-~\u00a0]{24,}")


def write_pdf(sheets: Sequence[Sheet], mark: str, path: Path) -> None:
    """Write the sheets to ``path``; ``mark`` goes among the keywords. Raises ``TypesetError`` where there is no Chinese font."""
    import typst  # heavy

    folders, bundled = _folders()
    serif, sans = _fonts(folders, bundled)
    data = {
        "title": sheets[0].title if sheets else "",
        "keywords": mark,
        "serif": serif,
        "sans": sans,
        "sheets": [_sheet(sheet) for sheet in sheets],
    }
    template = files("hengjian.reports").joinpath("templates", "forms.typ").read_bytes()
    # The stubs want fonts and template of one type; the library takes what is documented.
    fonts: Any = folders
    try:
        made = typst.compile(
            template,
            format="pdf",
            font_paths=fonts,
            ignore_system_fonts=bundled,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise TypesetError(
            f"生成 PDF 时排版出错（{error.message}）。请改用 Word 或 Excel 格式导出，并把这行信息反馈给我们。"
        ) from error
    path.write_bytes(made)


def _sheet(sheet: Sheet) -> dict[str, Any]:
    tall = {box.row for box in sheet.boxes if box.row_span == 1 and _lines(sheet, box) > _TALL}
    least = _least(sheet)
    return {
        "title": sheet.title,
        "year": sheet.year,
        "money": sheet.money,
        "landscape": sheet.landscape,
        "widths": sheet.widths,
        "signature": sheet.signature,
        "parts": [{"first": part.first, "last": part.last, "headings": part.headings} for part in sheet.parts],
        "boxes": [
            {
                "text": _breakable(box.text),
                "x": box.column,
                "y": box.row,
                "rows": box.row_span,
                "columns": box.column_span,
                "look": box.look,
                "indent": box.indent,
                "tall": box.row in tall,
                "least": least.get(box.row, 0) if box.row_span == 1 and box.column else 0,
            }
            for box in sheet.boxes
        ],
    }


def _least(sheet: Sheet) -> dict[int, int]:
    """Rows that need a least number of lines: a page may end after them, and the label of the class that begins there is whole."""
    least: dict[int, int] = {}
    for box in sheet.boxes:
        if box.row_span > 1 and box.look in ("class", "label") and box.column:
            least[box.row] = max(least.get(box.row, 0), _lines(sheet, box))
    return {row: min(lines, 6) for row, lines in least.items()}


def _lines(sheet: Sheet, box: Box) -> int:
    """How many lines a text takes, rounded up."""
    room = (77 if sheet.landscape else 51) * sum(sheet.widths[box.column : box.column + box.column_span]) - 0.9
    return sum(max(1, math.ceil(len(line) / max(room, 1.0))) for line in box.text.split("\n"))


def _breakable(text: str) -> str:
    """The text with line breaks only where they can be told from typed blanks, and in words longer than a column."""
    text = _FIXED_BLANK.sub("\u00a0", text)
    return _LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,10}", found[0])), text)


def _folders() -> tuple[list[str], bool]:
    """The folder of the font package, and whether it is there."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return [], False
    return [str(Path(spec.origin).parent)], True


@cache
def _known(folders: tuple[str, ...], bundled: bool) -> frozenset[str]:
    import typst  # heavy

    found = typst.Fonts(include_system_fonts=not bundled, font_paths=list(folders))
    return frozenset(found.families())


def _fonts(folders: list[str], bundled: bool) -> tuple[list[str], list[str]]:
    """The fonts to use for text and for headings, best first."""
    known = _known(tuple(folders), bundled)
    serif = [name for name in _SERIF if name in known]
    sans = [name for name in _SANS if name in known]
    if not serif and not sans:
        raise TypesetError(
            "没有可用的中文字体，不能生成 PDF。请安装字体包（pip install pylopdf-fonts-zh-cn），"
            "或在系统中安装 Noto CJK、思源宋体、宋体、文泉驿中的任一种后重试；也可以改用 Word 或 Excel 格式导出。"
        )
    return serif or sans, sans or serif
