"""Ink to text: glyphs on a page become lines, and the wrapped lines of a cell or paragraph become its text.

Shared by the readers of pages (pdf with a text layer, scans). Coordinates are points from the upper left corner of the
page as it is shown. Nothing here knows a file format or what a form means.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(slots=True)
class Glyph:
    """A printed character with its advance box; from a scan a recognised run of characters (``doubtful`` when unsure)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    doubtful: bool = False

    @property
    def middle(self) -> float:
        """The height of its centre."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Height of the box, near to the type size."""
        return self.bottom - self.top


@dataclass(slots=True)
class TextLine:
    """One line of print. ``size`` is the type size that dominates it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    doubtful: bool = False


# What begins a numbered paragraph: 一、 （一） 1、 1． (1) ① 第一条. 1.5 is a number, not the first paragraph.
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、．.]|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]|\d{1,2}(?:[、．)）]|\.(?!\d))"
    r"|[①-⑳⑴-⒇]|第[一二三四五六七八九十百]{1,4}[条章节款])"
)
_VALUE = re.compile(r"[≥≤＞＜><=＝±-]?\s*\d")
_SIGNS = tuple("≥≤＞＜><＝=")
_ENDS = "。；;！？!?：:…"
_FULL_STOP = "。；;！？!?"
# What no line break parts: brackets hold on to what they enclose, signs and stops to what stands beside them.
_WORD = re.compile(
    r"[(（\[［【〔〈《「『“‘*×÷]*(?:[A-Za-z0-9.,%/\-]+|.)[)）\]］】〕〉》」』”’、，。；：！？％]*", re.DOTALL
)
# Our own pages, in type sizes: a blank, from one wrapped line to the next, from one typed line to the next, a blank line.
_BLANK, _WRAPPED, _TYPED, _EMPTY = 0.256, 1.23, 1.58, 0.5
_PADDING = 11.0  # what word processors keep free beside the text of a cell, both sides together


def lines_of(glyphs: Iterable[Glyph], *, wide_gaps: bool = False, exact: bool = False) -> list[TextLine]:
    """Glyphs to lines from top to bottom. ``wide_gaps`` keeps a gap of two characters visible as two blanks.

    ``exact`` is for our own pages, where every gap is a typed blank.
    """
    return sorted((_line(row, wide_gaps, exact) for row in rows_of(glyphs)), key=lambda line: line.top)


def rows_of(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand on one line, for every line; blanks are left out."""
    inked = [glyph for glyph in glyphs if glyph.text.strip()]
    if not inked:
        return []
    # Raised and lowered small print must not tear its line apart: lines are laid by the large glyphs first.
    usual = median(glyph.height for glyph in inked)
    rows: list[list[Glyph]] = []
    bands: list[tuple[float, float]] = []
    for glyph in sorted((g for g in inked if g.height >= 0.75 * usual), key=lambda g: g.middle):
        if bands and glyph.middle < bands[-1][1] - 0.1 * glyph.height and glyph.top < _middle(bands[-1]):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            bands.append((glyph.top, glyph.bottom))
    loose: list[Glyph] = []
    for glyph in (g for g in inked if g.height < 0.75 * usual):
        home = [
            n
            for n, (top, bottom) in enumerate(bands)
            if top - 0.35 * (bottom - top) <= glyph.middle <= bottom + 0.2 * (bottom - top)
        ]
        if home:
            rows[min(home, key=lambda n: abs(_middle(bands[n]) - glyph.middle))].append(glyph)
        else:
            loose.append(glyph)
    return rows + (rows_of(loose) if len(loose) < len(inked) else [loose] if loose else [])


def _middle(band: tuple[float, float]) -> float:
    return (band[0] + band[1]) / 2


def _line(row: list[Glyph], wide_gaps: bool, exact: bool = False) -> TextLine:
    row.sort(key=lambda glyph: glyph.left)
    size = max(median(glyph.height for glyph in row), 1.0)
    kept: list[Glyph] = []
    parts: list[str] = []
    for glyph in row:
        if kept:
            before = kept[-1]
            # Poor man's bold prints every character twice, a hair apart.
            if glyph.text == before.text and abs(glyph.left - before.left) < 0.15 * size:
                continue
            parts.append(_blanks(before, glyph, size) if exact else _gap(before, glyph, size, wide_gaps))
        kept.append(glyph)
        parts.append(glyph.text)
    return TextLine(
        "".join(parts).strip(),
        min(glyph.left for glyph in kept),
        min(glyph.top for glyph in kept),
        max(glyph.right for glyph in kept),
        max(glyph.bottom for glyph in kept),
        size,
        any(glyph.doubtful for glyph in kept),
    )


def _gap(before: Glyph, after: Glyph, size: float, wide_gaps: bool) -> str:
    """The blanks two neighbours are apart: white space as printed, not as typed (autospace beside digits is none)."""
    gap = (after.left - before.right) / size
    if wide_gaps and gap > 1.8:
        return "  "
    latin = _latin(before.text[-1]) and _latin(after.text[0])
    return " " if gap > (0.2 if latin else 0.6) else ""


def _blanks(before: Glyph, after: Glyph, size: float) -> str:
    """The typed blanks between two neighbours of our own pages: a narrow one is a quarter of a full-width one."""
    gap = (after.left - before.right) / size
    return "\u3000" * round(gap) if gap > 0.9 else " " * round(gap / _BLANK)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def numbered(text: str) -> bool:
    """Whether a text begins like a numbered paragraph."""
    return _NUMBERED.match(text) is not None


def ends_sentence(text: str) -> bool:
    """Whether a text ends where a sentence or a listed item may end."""
    return text.endswith(tuple(_FULL_STOP))


def is_full(line: TextLine, left: float, right: float, following: str = "") -> bool:
    """Whether a line goes as far as the space between ``left`` and ``right`` lets it, given the text that follows."""
    word = _WORD.match(following)
    token = word.group() if word else ""
    width = sum(0.55 if character.isascii() else 1.0 for character in token) * line.size
    free = (right - left) - (line.right - line.left) - min(_PADDING, 0.2 * (right - left))
    return free <= width + line.size


def join(lines: Sequence[TextLine], left: float, right: float) -> str:
    r"""The text of a cell or paragraph block that stands between ``left`` and ``right``.

    Wraps are joined without a blank (between Latin words with one); a line that clearly begins a new paragraph is kept
    apart by ``\n``.
    """
    if not lines:
        return ""
    edge = min(line.left for line in lines)
    wide = max(line.right - line.left for line in lines) >= 8 * lines[0].size
    parts = [lines[0].text]
    point = _point(lines[0].text)
    for before, line in pairwise(lines):
        here = _point(line.text)
        following = point is not None and here is not None and here == (point[0] + 1, point[1])
        parts.append("\n" if following else _seam(before, line, left, right, edge, wide))
        parts.append(line.text)
        point = here if parts[-2] == "\n" else point
    return "".join(parts)


def join_exactly(lines: Sequence[TextLine]) -> str:
    """The text of a cell of our own pages (``reports/templates/forms.typ``): typed lines stand farther apart than wrapped ones."""
    parts = [lines[0].text] if lines else []
    for before, line in pairwise(lines):
        pitch = (line.top - before.top) / before.size
        typed = 1 + max(0, round((pitch - _TYPED) / _EMPTY)) if pitch > (_WRAPPED + _TYPED) / 2 else 0
        parts += ["\n" * typed if typed else seam(before.text, line.text), line.text]
    return "".join(parts)


def _point(text: str) -> tuple[int, str] | None:
    """Number and sign of a line that begins ``15、``: after it, ``16、`` is the next point and no number in a sentence."""
    found = re.match(r"(\d{1,2})([、．)）]|\.(?!\d))", text)
    return (int(found[1]), found[2]) if found else None


def _seam(before: TextLine, line: TextLine, left: float, right: float, edge: float, wide: bool) -> str:
    full = is_full(before, left, right, line.text)
    ended = before.text.endswith(tuple(_ENDS))
    if numbered(line.text) and (ended or not full):
        return "\n"
    if wide and line.text[:1] in _SIGNS and "\u4e00" <= before.text[-1:] <= "\u9fff":
        return ""  # 满意度 / ＜60%: the sign says something of the word before it
    if not full and (wide or (_VALUE.match(before.text) and _VALUE.match(line.text))):
        return "\n"
    indented = 1.5 * line.size <= line.left - edge <= 2.8 * line.size
    if wide and ended and indented and before.left - edge < 0.8 * line.size:
        return "\n"
    return seam(before.text, line.text)


def seam(before: str, after: str) -> str:
    """What joins two wrapped lines: a blank between Latin words, nothing elsewhere."""
    return (
        " " if before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha() else ""
    )
