"""Numbers that Word counts itself (``一、``, ``（二）``, ``3.``): they stand on paper, but not in the text of the paragraph.

ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (number formats).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL: Final = W + "val"
_LEVELS: Final = 9
_HAN: Final = "〇一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None  # the level that starts this one anew; 0: none
    legal: bool = False
    style: str | None = None


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    lists: dict[str, _List] = field(default_factory=dict)
    members: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def number(self, member: str, level: int) -> str:
        """Count one paragraph and give its number as printed, ``""`` for bullets."""
        found = self.members.get(member)
        if found is None or not 0 <= level < _LEVELS:
            return ""
        name, own, starts = found
        numbered = self.lists.get(name)
        if numbered is None:
            return ""
        levels = {**numbered.levels, **own}
        counts = numbered.counts
        if (member, level) not in self._begun and level in starts:
            counts[level] = starts[level]
        elif counts[level] is None:
            counts[level] = levels.get(level, _Level()).start
        else:
            counts[level] = (counts[level] or 0) + 1
        self._begun.add((member, level))
        for deeper in range(level + 1, _LEVELS):
            restart = levels.get(deeper, _Level()).restart
            if restart is None or 0 < restart >= level + 1:
                counts[deeper] = None
        return _label(levels, counts, level)

    def level_of_style(self, member: str, style: str) -> int:
        """The level that a paragraph style is tied to, 0 if none is."""
        name, own, _ = self.members.get(member, ("", {}, {}))
        numbered = self.lists.get(name)
        levels = {**(numbered.levels if numbered else {}), **own}
        return next((number for number, level in levels.items() if level.style == style), 0)


def _label(levels: Mapping[int, _Level], counts: list[int | None], level: int) -> str:
    look = levels.get(level, _Level())
    if look.kind in ("bullet", "none"):
        return ""
    out = look.text
    for i in range(_LEVELS):
        mark = f"%{i + 1}"
        if mark in out:
            part = levels.get(i, _Level())
            count = counts[i]
            kind = "decimal" if look.legal else part.kind
            out = out.replace(mark, numeral(part.start if count is None else count, kind))
    return out.strip()


def numeral(count: int, kind: str) -> str:
    """A count in a number format of Word.

    >>> [numeral(12, kind) for kind in ("decimal", "chineseCounting", "decimalEnclosedCircle", "lowerRoman", "upperLetter")]
    ['12', '十二', '⑫', 'xii', 'L']
    """
    if kind in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    ):
        return _counted(count, _HAN, ("", "十", "百", "千"))
    if kind in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return _counted(count, _LEGAL, ("", "拾", "佰", "仟"))
    if kind in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"):
        return "".join(_HAN[int(digit)] for digit in str(count))
    if kind in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return (
            chr(0x2460 + count - 1)
            if 1 <= count <= 20
            else chr(0x3251 + count - 21)
            if 21 <= count <= 35
            else f"({count})"
        )
    if kind == "decimalEnclosedParen":
        return chr(0x2474 + count - 1) if 1 <= count <= 20 else f"({count})"
    if kind == "decimalEnclosedFullstop":
        return chr(0x2488 + count - 1) if 1 <= count <= 20 else f"{count}."
    if kind in ("decimalFullWidth", "decimalFullWidth2"):
        return str(count).translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    if kind == "decimalZero":
        return f"{count:02d}"
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count > 0 else ""
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman"):
        return _roman(count) if kind == "upperRoman" else _roman(count).lower()
    if kind == "ideographTraditional":
        return _STEMS[(count - 1) % 10]
    if kind == "ideographZodiac":
        return _BRANCHES[(count - 1) % 12]
    if kind in ("bullet", "none"):
        return ""
    return str(count)


def _counted(count: int, digits: str, units: tuple[str, ...]) -> str:
    if not 0 < count < 10000:
        return digits[0] if count == 0 else str(count)
    out, gap = "", False
    for power in (3, 2, 1, 0):
        digit = count // 10**power % 10
        if digit:
            out += (digits[0] if gap and out else "") + digits[digit] + units[power]
        gap = not digit
    return out[1:] if digits is _HAN and 10 <= count < 20 else out


def _roman(count: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        while count >= value and len(out) < 60:
            out += letters
            count -= value
    return out


def read_numbering(root: "etree._Element | None", links: Mapping[str, str]) -> Numbering:
    """The lists of ``numbering.xml``. ``links`` gives the list of a numbering style, for lists that borrow it."""
    numbering = Numbering()
    if root is None:
        return numbering
    borrowed: dict[str, str] = {}
    for element in root:
        if element.tag == W + "abstractNum":
            name = element.get(W + "abstractNumId") or ""
            numbering.lists[name] = _List(dict(map(_level, element.iterchildren(W + "lvl"))))
            link = element.find(W + "numStyleLink")
            if link is not None:
                borrowed[name] = link.get(_VAL) or ""
        elif element.tag == W + "num":
            _member(numbering, element)
    for name, style in borrowed.items():
        lender = numbering.members.get(links.get(style, ""), ("", {}, {}))[0]
        if lender in numbering.lists:
            numbering.lists[name] = numbering.lists[lender]
    return numbering


def _member(numbering: Numbering, element: "etree._Element") -> None:
    abstract = element.find(W + "abstractNumId")
    own: dict[int, _Level] = {}
    starts: dict[int, int] = {}
    for override in element.iterchildren(W + "lvlOverride"):
        number = _int(override.get(W + "ilvl"), 0)
        for child in override:
            if child.tag == W + "startOverride":
                starts[number] = _int(child.get(_VAL), 1)
            elif child.tag == W + "lvl":
                own[number] = _level(child)[1]
    numbering.members[element.get(W + "numId") or ""] = (
        abstract.get(_VAL) or "" if abstract is not None else "",
        own,
        starts,
    )


def _level(element: "etree._Element") -> tuple[int, _Level]:
    found = {child.tag: child.get(_VAL) for child in element.iter() if isinstance(child.tag, str)}
    kind = found.get(W + "numFmt") or "decimal"
    restart = found.get(W + "lvlRestart")
    return _int(element.get(W + "ilvl"), 0), _Level(
        _int(found.get(W + "start"), 1),
        kind,
        found.get(W + "lvlText") or "",
        _int(restart, 0) if restart is not None else None,
        W + "isLgl" in found,
        found.get(W + "pStyle"),
    )


def _int(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default
