"""Text whose lines were broken to fit: in plain text and in pages, a break inside a cell is a wrap unless it shows otherwise.

Workbooks and Word documents are different: there a break was typed, see ``celltext``.
"""

import re
from collections.abc import Iterable

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), None)
_BLANKS = " \t\u00a0\u2002\u2003\u2009\u202f"
_SHORT = 12
_VALUE = re.compile(r"[≥≤＞＜><=＝±-]?\s*\d")
_SENTENCE_END = tuple("。！？；!?;")
_ITEM = re.compile(
    r"\d{1,3}(?:[、)）]|[.．](?!\d))|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、是]|[①-⑳]|[-—•·●◆■]\s?\D"
)


def visible(text: str) -> str:
    """Text without zero-width characters, with every kind of narrow blank as one blank; full-width blanks stay."""
    return re.sub(f"[{_BLANKS}]+", " ", text.translate(_INVISIBLE))


def indent(text: str) -> int:
    """Leading full-width blanks; two narrow blanks count as one."""
    lead = text.translate(_INVISIBLE)
    lead = lead[: len(lead) - len(lead.lstrip())]
    full = lead.count("\u3000")
    return full + (len(lead) - full) // 2


def unwrapped(lines: Iterable[str]) -> str:
    r"""Lines of one cell as a person reads them: wraps are joined, new paragraphs keep their line break.

    A line that ends a sentence or a next line that opens an item (``2、``, ``②``) is a new paragraph. Chinese joins without a
    blank, two Latin words with one. Two values below each other (``12期``, ``13期``) stay apart.

    >>> unwrapped(["公务员", "任职培训"]), unwrapped(["1、印制资料；", "2、培训"]), unwrapped(["OA", "system"])
    ('公务员任职培训', '1、印制资料；\n2、培训', 'OA system')
    """
    text = last = ""
    for line in lines:
        piece = visible(line).strip()
        if piece:
            text += _seam(last, piece) + piece if last else piece
            last = piece
    return text


def _seam(before: str, after: str) -> str:
    left, right = before[-1], after[0]
    if left in _SENTENCE_END or _ITEM.match(after):
        return "\n"
    if (left.isdigit() and right.isdigit()) or _both_values(before, after):
        return "\n"
    both_latin = left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
    return " " if both_latin else ""


def _both_values(before: str, after: str) -> bool:
    return (
        len(before) <= _SHORT
        and len(after) <= _SHORT
        and _VALUE.match(before) is not None
        and _VALUE.match(after) is not None
    )
