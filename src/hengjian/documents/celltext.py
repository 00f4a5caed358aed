"""The text of one cell as a person sees it: wraps joined, paragraphs kept, leading blanks counted as indent."""

import re
from typing import Final

# A line that begins like this is an item of its own, not the rest of the line before.
_ITEM: Final = re.compile(
    r"\d{1,2}[.、．)）]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[①-⓿]|其中|[≥≤＞＜><=＝±]"
)
_CLOSED: Final = "。；;！!？?：:，,、"
_SHORT: Final = 12  # characters: what is broken inside a narrow cell is short; longer lines are paragraphs
_INVISIBLE: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]")


def seen(raw: str) -> tuple[str, int]:
    r"""The text without the blanks around it, and its indent (two half-width blanks make one full-width one).

    >>> seen("　　全县人才工作\n及队伍建设")
    ('全县人才工作及队伍建设', 2)
    """
    text = raw.strip()
    if text == raw and "\n" not in text and text.isprintable():
        return text, 0
    text = _INVISIBLE.sub(
        "", raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\xa0", " ").replace("\t", " ")
    )
    start = len(text) - len(text.lstrip(" \u3000"))
    lead = text[:start]
    return joined(text.split("\n")), (lead.count("\u3000") + lead.count(" ") // 2 if text.strip() else 0)


def exact(raw: str) -> tuple[str, int]:
    r"""Like ``seen``, but every line break of the cell stays: for files in which none is a wrap.

    >>> exact("　县委\n\n组织部 ")
    ('县委\n\n组织部', 1)
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    lead = text[: len(text) - len(text.lstrip(" \u3000"))]
    return text.strip(), lead.count("\u3000") + lead.count(" ") // 2


def joined(lines: list[str]) -> str:
    r"""Lines of one cell as one text. Only what is surely a wrap is joined: two values below each other stay apart.

    >>> joined(["项目资金", "（万元）"]), joined(["12期", "13期"]), joined(["1.培训", "2.调研"])
    ('项目资金（万元）', '12期\n13期', '1.培训\n2.调研')
    """
    out = ""
    last = ""
    for line in lines:
        line = line.strip()
        if not line:
            continue
        if out:
            out += "" if _wrapped(last, line) else "\n"
        out += line
        last = line
    return out


def _wrapped(first: str, second: str) -> bool:
    if len(first) > _SHORT or len(second) > _SHORT or first[-1] in _CLOSED or _ITEM.match(second):
        return False
    if any(c.isdigit() for c in first) and any(c.isdigit() for c in second):
        return False
    return not (first[-1].isascii() and first[-1].isalnum() and second[0].isascii() and second[0].isalnum())
