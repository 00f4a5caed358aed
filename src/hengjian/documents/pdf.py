"""Pdf files to layouts: one pass per page over characters and drawn lines, by PDFium.

Why PDFium and not pdfplumber alone: ``docs/decisions/0004-reading-pdf.md``.
"""

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hengjian.documents import scan
from hengjian.documents.aligned import aligned_tables
from hengjian.documents.content import MAX_PAGES, Content, Unreadable, too_much
from hengjian.documents.raster import Raster, scale_for
from hengjian.documents.ruling import Rule, fill, tables_of
from hengjian.documents.stitching import Page, Stitcher
from hengjian.documents.typeset import Glyph, lines_of
from hengjian.forms.official import is_marked
from hengjian.values.finding import Problem
from hengjian.values.place import Place

_THIN = 3.0  # points: a rectangle so flat is a drawn line
_SLANT = 0.8  # points a line may lean
_SHORT = 2.0  # a line so short is a dot or part of a sign
_FEW = 50  # characters: with fewer, a page covered by an image is a scan
_OUTLINES = 150  # curved shapes without text: letters turned into drawings
_PASSWORD_ERROR = 4
_DEPTH = 8  # nested drawings
_PDFIUM = threading.Lock()  # PDFium serves one thread at a time; a second one would end the process


@dataclass(slots=True)
class _Ink:
    """What is drawn on one page, in points from the upper left corner of the page as shown."""

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    image_share: float = 0.0
    curves: int = 0
    sideways: int = 0  # characters that stand at a right angle to the page
    upward: int = 0  # of these, read from bottom to top
    turn: int = 0  # degrees clockwise the page was turned to be read


def read(data: bytes, name: str) -> Content:
    """A pdf file as lines and grids with their pages and boxes; tables over page breaks are joined.

    Raises ``Unreadable`` with P02 (password) or P03 (damaged beyond reading).
    """
    with _document(data, name) as document:
        return _read(document, data, name)


@contextmanager
def _document(data: bytes, name: str) -> Iterator[Any]:
    """An open document; PDFium is this thread's alone meanwhile."""
    with _PDFIUM:
        document = _opened(data, name)
        try:
            yield document
        finally:
            document.close()


@contextmanager
def _others_first() -> Iterator[None]:
    """Within ``_document``: let other threads use PDFium during long work that does not."""
    _PDFIUM.release()
    try:
        yield
    finally:
        _PDFIUM.acquire()


def _opened(data: bytes, name: str) -> Any:
    import pypdfium2  # heavy

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise Unreadable(
                "P02", f"“{name}”设有打开密码，无法读取。请在原软件中取消密码后另存，再重新读取。"
            ) from error
        raise Unreadable("P03", f"“{name}”已损坏或不完整，无法打开。请重新下载或向报送单位重新索取该文件。") from error


def _read(document: Any, data: bytes, name: str) -> Content:
    problems: list[Problem] = []
    pages = len(document)
    if pages == 0:
        raise Unreadable("P03", f"“{name}”里没有可读的页，文件可能不完整。请重新下载或向报送单位重新索取该文件。")
    if b"%%EOF" not in data[-4096:]:
        problems.append(
            Problem("P03", f"“{name}”缺少结尾，可能没有下载完整：已读出能读的部分，请与原件核对，必要时重新下载。")
        )
    if pages > MAX_PAGES:
        problems.append(too_much("页数", pages, MAX_PAGES))
    keywords = document.get_metadata_value("Keywords") or ""
    exact = is_marked(keywords)
    stitcher = Stitcher(exact=exact)
    for number in range(1, min(pages, MAX_PAGES) + 1):
        page, said = _page(document, number, exact)
        problems += said
        if page is not None:
            stitcher.add(page)
    blocks, breaks = stitcher.blocks()
    return Content(blocks, tuple(problems), pages, breaks, keywords)


def _page(document: Any, number: int, exact: bool = False) -> tuple[Page | None, list[Problem]]:
    import pypdfium2  # heavy

    try:
        raw = document[number - 1]
    except pypdfium2.PdfiumError:
        return None, [Problem("P03", f"第{number}页已损坏，没有读出；其余各页已读。请核对原件。", Place(page=number))]
    try:
        ink = _ink(raw)
        if _is_picture(ink):
            return _scanned(raw, number)
        return _lay_out(ink, number, exact), []
    finally:
        raw.close()


def _is_picture(ink: _Ink) -> bool:
    """Whether the page shows text that is not there as text."""
    readable = _readable(ink)
    if len(ink.glyphs) >= _FEW and readable < 0.6 * len(ink.glyphs):
        return True  # a font without a table of its characters: what is read would be noise
    return readable < _FEW and (ink.image_share > 0.5 or ink.curves > _OUTLINES)


def _may_be_picture(ink: _Ink) -> bool:
    """Whether that depends on what is drawn beside the text."""
    return _readable(ink) < _FEW


def _readable(ink: _Ink) -> int:
    return sum(1 for glyph in ink.glyphs if _meaningful(glyph.text))


def _meaningful(text: str) -> bool:
    code = ord(text[0])
    return code >= 0x20 and not 0xE000 <= code <= 0xF8FF and code != 0xFFFD


def _scanned(raw: Any, number: int) -> tuple[Page | None, list[Problem]]:
    if not scan.available():
        return None, [scan.not_installed(number, f"第{number}页是扫描图像")]
    picture = _picture(raw)
    with _others_first():
        return scan.recognise(picture, number)


def _picture(raw: Any) -> Any:
    """The page as it is shown, at the resolution characters are recognised in."""
    return raw.render(scale=_picture_scale(raw)).to_numpy()[:, :, :3].copy()


def _picture_scale(raw: Any) -> float:
    return float(min(scan.DPI / 72, 4000 / max(raw.get_size())))


def _lay_out(ink: _Ink, number: int, exact: bool = False) -> Page:
    tables = tables_of(ink.across, ink.down)
    outside = ink.glyphs
    for table in tables:
        outside = fill(table, outside)
        for cell in table.cells:
            cell.lines = lines_of(cell.glyphs, exact=exact)
    more, outside = aligned_tables(outside, ink.across)
    return Page(number, ink.width, ink.height, tables + more, lines_of(outside, wide_gaps=True))


# --- the page as a picture -----------------------------------------------------------------------------------------------


def sizes(data: bytes, name: str) -> dict[int, tuple[float, float]]:
    """Width and height of every page by its number, in the points that boxes on it are measured in.

    A page that cannot be opened is left out. Raises ``Unreadable`` as ``read`` does.
    """
    with _document(data, name) as document:
        pages = range(1, min(len(document), MAX_PAGES) + 1)
        return {number: size for number in pages if (size := _size(document, number)) is not None}


def _size(document: Any, number: int) -> tuple[float, float] | None:
    import pypdfium2  # heavy

    try:
        raw = document[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        return _view(raw)[:2]
    finally:
        raw.close()


def _view(raw: Any) -> tuple[float, float, int, bool]:
    """Width and height in the points of boxes, the turn of the page, and whether its text is read from a picture."""
    view = _View(raw)
    ink = _Ink(view.width, view.height)
    _read_glyphs(raw, view, ink)
    if _may_be_picture(ink):
        _read_drawings(raw, view, ink)  # slow, and of no use for a page of text
    if _is_picture(ink):
        width, height = (math.ceil(side * _picture_scale(raw)) * 72 / scan.DPI for side in raw.get_size())
        return width, height, 0, True
    if ink.sideways * 2 > len(ink.glyphs):
        _turn(ink)
    return ink.width, ink.height, ink.turn, False


def picture(data: bytes, name: str, number: int, width: int) -> Raster | None:
    """Page ``number`` as it is read: turned or straightened, so that boxes lie where they belong. None without such a page.

    ``width`` in pixels is met unless that would make the picture too large. Raises ``Unreadable`` as ``read`` does.
    """
    import pypdfium2  # heavy

    with _document(data, name) as document:
        if not 1 <= number <= min(len(document), MAX_PAGES):
            return None
        document.init_forms()  # what is typed into a form's fields is part of the page
        try:
            raw = document[number - 1]
        except pypdfium2.PdfiumError:
            return None
        try:
            return _shown(raw, width)
        finally:
            raw.close()


def _shown(raw: Any, width: int) -> Raster:
    wide, high, turn, scanned = _view(raw)
    scale = scale_for(wide, high, width)
    if not scanned:
        return _raster(raw.render(scale=scale, rotation=turn, rev_byteorder=True))
    scale *= wide / raw.get_width()
    if not scan.available():
        return _raster(raw.render(scale=scale, rev_byteorder=True))
    return scan.straightened(raw.render(scale=scale).to_numpy()[:, :, :3].copy(), _picture(raw))


def _raster(bitmap: Any) -> Raster:
    # Copied: the colours live only as long as the bitmap.
    return Raster(bitmap.width, bitmap.height, bytes(bitmap.buffer), bitmap.stride)


# --- ink -----------------------------------------------------------------------------------------------------------------


class _View:
    """From the page's own coordinates to points from the upper left corner of the page as shown."""

    def __init__(self, page: Any) -> None:
        left, bottom, right, top = page.get_bbox()
        self._box = (left, bottom, right, top)
        self._turn: int = page.get_rotation() % 360
        wide, high = right - left, top - bottom
        self.width, self.height = (wide, high) if self._turn in (0, 180) else (high, wide)

    @property
    def turn(self) -> int:
        return self._turn

    def point(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self._box
        if self._turn == 90:
            return y - bottom, x - left
        if self._turn == 180:
            return right - x, y - bottom
        if self._turn == 270:
            return top - y, right - x
        return x - left, top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        x0, y0 = self.point(left, bottom)
        x1, y1 = self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _ink(page: Any) -> _Ink:
    view = _View(page)
    ink = _Ink(view.width, view.height)
    _read_glyphs(page, view, ink)
    _read_drawings(page, view, ink)
    if ink.sideways * 2 > len(ink.glyphs):
        _turn(ink)
    return ink


def _read_glyphs(page: Any, view: _View, ink: _Ink) -> None:
    import pypdfium2.raw as c  # heavy

    text = page.get_textpage()
    try:
        box = c.FS_RECTF()
        edges = [ctypes.c_double() for _ in range(4)]
        for n in range(c.FPDFText_CountChars(text)):
            code = c.FPDFText_GetUnicode(text, n)
            if code in (0x20, 0x0D, 0x0A, 0xA0, 0x200B, 0x3000) or c.FPDFText_IsGenerated(text, n) == 1:
                continue
            character = "-" if code in (0x02, 0xAD) else chr(code) if code < 0x110000 else "\ufffd"
            angle = round(math.degrees(c.FPDFText_GetCharAngle(text, n)) + view.turn) % 360
            upright = angle < 20 or angle > 340
            if upright:
                c.FPDFText_GetLooseCharBox(text, n, box)
                left, top, right, bottom = view.box(box.left, box.bottom, box.right, box.top)
            if not upright or right - left < 0.05 or bottom - top < 0.05:
                c.FPDFText_GetCharBox(text, n, *edges)
                left, top, right, bottom = view.box(edges[0].value, edges[2].value, edges[1].value, edges[3].value)
            if bottom - top < 1 and right - left < 1:
                continue  # printed in no size: not meant to be seen
            if right < 0 or bottom < 0 or left > view.width or top > view.height:
                continue  # beside the paper
            if not upright and 70 < angle % 180 < 110:
                ink.sideways += 1
                ink.upward += angle > 180
            ink.glyphs.append(Glyph(character, left, top, right, bottom))
    finally:
        text.close()


def _turn(ink: _Ink) -> None:
    """Text that lies on its side: turn the page so that it can be read."""
    width, height = ink.width, ink.height
    ink.turn = 90 if ink.upward * 2 > ink.sideways else 270
    if ink.turn == 90:

        def turned(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
            return height - y1, x0, height - y0, x1
    else:

        def turned(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
            return y0, width - x1, y1, width - x0

    for glyph in ink.glyphs:
        glyph.left, glyph.top, glyph.right, glyph.bottom = turned(glyph.left, glyph.top, glyph.right, glyph.bottom)
    across = [turned(rule.start, rule.at, rule.end, rule.at) for rule in ink.across]
    down = [turned(rule.at, rule.start, rule.at, rule.end) for rule in ink.down]
    ink.down = [Rule(x0, y0, y1) for x0, y0, _, y1 in across]
    ink.across = [Rule(y0, x0, x1) for x0, y0, x1, _ in down]
    ink.width, ink.height = height, width


_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _objects(parent: Any, matrix: _Matrix, depth: int) -> Iterator[tuple[Any, int, _Matrix]]:
    """Every drawn object with its kind and the matrix to page coordinates, drawings within drawings included."""
    import pypdfium2.raw as c  # heavy

    inside = depth > 0
    count = c.FPDFFormObj_CountObjects(parent) if inside else c.FPDFPage_CountObjects(parent)
    found = c.FS_MATRIX()
    for n in range(count):
        thing = c.FPDFFormObj_GetObject(parent, n) if inside else c.FPDFPage_GetObject(parent, n)
        if not thing:
            continue
        kind = c.FPDFPageObj_GetType(thing)
        if kind not in (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_FORM, c.FPDF_PAGEOBJ_IMAGE):
            continue
        own = matrix
        if c.FPDFPageObj_GetMatrix(thing, found):
            own = _times((found.a, found.b, found.c, found.d, found.e, found.f), matrix)
        if kind == c.FPDF_PAGEOBJ_FORM:
            if depth < _DEPTH:
                yield from _objects(thing, own, depth + 1)
        else:
            yield thing, kind, own


def _read_drawings(page: Any, view: _View, ink: _Ink) -> None:
    import pypdfium2.raw as c  # heavy

    covered = 0.0
    shades: list[tuple[float, float, float, float]] = []
    pale: list[tuple[float, float, float, float]] = []
    for thing, kind, matrix in _objects(page.raw, _IDENTITY, 0):
        if kind == c.FPDF_PAGEOBJ_IMAGE:
            a, b, cc, d, e, f = matrix
            x0, y0, x1, y1 = view.box(min(e, e + a + cc), min(f, f + b + d), max(e, e + a + cc), max(f, f + b + d))
            width = min(x1, view.width) - max(x0, 0.0)
            height = min(y1, view.height) - max(y0, 0.0)
            covered += max(width, 0.0) * max(height, 0.0)
        else:
            _read_path(thing, matrix, view, ink, shades, pale)
    for x0, y0, x1, y1 in pale:
        # White lines divide only what stands on a shade; on white paper nobody sees them.
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in shades):
            _add(ink, x0, y0, x1, y1)
    ink.image_share = covered / max(view.width * view.height, 1.0)


def _read_path(
    path: Any,
    matrix: _Matrix,
    view: _View,
    ink: _Ink,
    shades: list[tuple[float, float, float, float]],
    pale: list[tuple[float, float, float, float]],
) -> None:
    import pypdfium2.raw as c  # heavy

    filled, stroked = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(path, filled, stroked)
    if not filled.value and not stroked.value:
        return  # a clip
    white = _white(path, bool(stroked.value))
    for points, curved in _outlines(path, matrix, view):
        if curved:
            ink.curves += 1
            if not stroked.value:
                continue
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        x0, y0, x1, y1 = min(xs), min(ys), max(xs), max(ys)
        flat = min(x1 - x0, y1 - y0) <= _THIN
        if filled.value and flat and not curved:
            _line_or_pale(ink, white, pale, x0, y0, x1, y1)
        elif stroked.value:
            for (ax, ay), (bx, by) in pairwise(points):
                if abs(ax - bx) <= _SLANT or abs(ay - by) <= _SLANT:
                    _line_or_pale(ink, white, pale, min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
        if filled.value and not flat and not _white(path, False):
            shades.append((x0, y0, x1, y1))


def _outlines(path: Any, matrix: _Matrix, view: _View) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """The strokes of a path as point lists; curved ones are marked, their points are not used."""
    import pypdfium2.raw as c  # heavy

    a, b, cc, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for n in range(min(c.FPDFPath_CountSegments(path), 20_000)):
        segment = c.FPDFPath_GetPathSegment(path, n)
        kind = c.FPDFPathSegment_GetType(segment)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        spot = view.point(a * x.value + cc * y.value + e, b * x.value + d * y.value + f)
        if kind == c.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points, curved
            points, curved = [spot], False
        else:
            curved |= kind == c.FPDF_SEGMENT_BEZIERTO
            points.append(spot)
        if c.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if len(points) > 1:
        yield points, curved


def _white(path: Any, stroke: bool) -> bool:
    import pypdfium2.raw as c  # heavy

    parts = [ctypes.c_uint() for _ in range(4)]
    get = c.FPDFPageObj_GetStrokeColor if stroke else c.FPDFPageObj_GetFillColor
    if not get(path, *parts):
        return False
    red, green, blue, alpha = (part.value for part in parts)
    return alpha < 8 or min(red, green, blue) >= 250


def _line_or_pale(
    ink: _Ink, white: bool, pale: list[tuple[float, float, float, float]], x0: float, y0: float, x1: float, y1: float
) -> None:
    if white:
        pale.append((x0, y0, x1, y1))
    else:
        _add(ink, x0, y0, x1, y1)


def _add(ink: _Ink, x0: float, y0: float, x1: float, y1: float) -> None:
    if x1 - x0 >= y1 - y0:
        if x1 - x0 >= _SHORT:
            ink.across.append(Rule((y0 + y1) / 2, x0, x1))
    elif y1 - y0 >= _SHORT:
        ink.down.append(Rule((x0 + x1) / 2, y0, y1))
