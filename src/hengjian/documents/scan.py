"""Scanned pages and pictures to pages of tables and lines: character recognition by RapidOCR, an optional part (``ocr``).

The ruled lines on the picture give the grid, as they do in a pdf; recognised text goes to the cell it stands in. What was
read with little confidence is marked doubtful, never mended by guessing. Works offline: the models come with the package.
"""

import importlib.util
import io
import os
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

from hengjian.documents.aligned import aligned_tables
from hengjian.documents.content import MAX_PAGES, Content, Unreadable, too_much
from hengjian.documents.raster import Raster, scale_for
from hengjian.documents.ruling import Rule, RuledCell, Table, fill, tables_of
from hengjian.documents.stitching import Page, Stitcher
from hengjian.documents.typeset import Glyph, lines_of
from hengjian.values.finding import Problem
from hengjian.values.place import Place

DPI = 200  # pictures are brought to this resolution: small print stays legible, a page takes a few seconds
_POINT = 72 / DPI
_SURE = 0.90  # below it, a text is doubtful
_CHECK = 0.98  # below it, a text is looked at a second time
_LOW = 0.90  # an average below it is told (P07)
_COLUMN_TOLERANCE = 6.0  # points a column may be off between two scanned pages
_SMALLEST = 36.0  # points: what is smaller is a sign or a stamp, not a table
_SIGNS = "<>≤≥＜＞〈〉=＝≦≧⩽⩾"
_DIGIT_LIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})
_NUMBER_LIKE = re.compile(r"[≥≤<>=＞＜]?[0-9OolI|]*[0-9][0-9OolI|]*(?:[.,][0-9OolI|]+)*[%‰]?")
_RECOGNISER = threading.Lock()  # it keeps what it works on, and one page keeps all processors busy
_INSTALL = 'pip install "hengjian[ocr]"'

Picture = Any  # a numpy array: rows, columns, blue-green-red


def available() -> bool:
    """Whether character recognition is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


def read(data: bytes, name: str) -> Content:
    """A picture (png, jpg, tiff with one or more pages, bmp) as lines and grids.

    Without the ``ocr`` extra nothing is read and P01 says how to install it. Raises ``Unreadable`` with P03 or P09.
    """
    if not available():
        return Content((), (not_installed(None, f"“{name}”是图像文件"),), 1)
    problems: list[Problem] = []
    stitcher = Stitcher()
    number = 0
    for picture, dpi in _pictures(data, name):
        number += 1
        if number > MAX_PAGES:
            problems.append(too_much("页数", f"{MAX_PAGES}页以上", MAX_PAGES))
            break
        page, said = recognise(_scaled(picture, dpi), number)
        problems += said
        stitcher.add(page)
    blocks, breaks = stitcher.blocks()
    return Content(blocks, tuple(problems), number, breaks)


def not_installed(page: int | None, what: str) -> Problem:
    """P01 with the way out, for a page or a whole file."""
    return Problem(
        "P01",
        f"{what}，没有文字层，未能读取。请安装文字识别组件（{_INSTALL}）后重试，或提供可复制文字的原件。",
        Place(page=page) if page is not None else None,
    )


def _pictures(data: bytes, name: str) -> Iterator[tuple[Picture, float]]:
    """Every page of a picture file, upright, with its resolution in dots per inch."""
    import numpy
    from PIL import Image, ImageOps, ImageSequence

    try:
        with Image.open(io.BytesIO(data)) as file:
            for frame in ImageSequence.Iterator(file):
                upright = ImageOps.exif_transpose(frame).convert("RGBA")
                paper = Image.new("RGBA", upright.size, "white")
                picture = numpy.asarray(Image.alpha_composite(paper, upright).convert("RGB"))[:, :, ::-1]
                yield picture, _resolution(frame.info, upright.size)
    except Image.DecompressionBombError as error:
        raise Unreadable("P09", f"“{name}”的图像过大，未读取。请以 200—300 dpi 重新扫描，或分页保存。") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("P03", f"“{name}”已损坏或不完整，无法打开。请重新扫描或重新索取该文件。") from error


def _resolution(info: dict[Any, Any], size: tuple[int, int]) -> float:
    """Dots per inch as the file says it, if that makes a page of plausible size; else as if it were an A4 page."""
    said = info.get("dpi")
    if isinstance(said, tuple) and said and 60 <= float(said[0]) <= 1300:
        inches = min(size) / float(said[0])
        if 3 <= inches <= 18:
            return float(said[0])
    return max(min(size) / 8.27, 30.0)


def _scaled(picture: Picture, dpi: float) -> Picture:
    import cv2

    factor = _factor(picture, dpi)
    if factor == 1:
        return picture
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=how)


def _factor(picture: Picture, dpi: float) -> float:
    factor = float(min(DPI / dpi, 4000 / max(picture.shape[:2])))
    return 1.0 if abs(factor - 1) < 0.02 else factor


# --- for people to look at -----------------------------------------------------------------------------------------------


def sizes(data: bytes, name: str) -> dict[int, tuple[float, float]]:
    """Width and height of every page of a picture file by its number, in the points that boxes on it are measured in.

    Empty without the ``ocr`` extra. Raises ``Unreadable`` as ``read`` does.
    """
    if not available():
        return {}
    found: dict[int, tuple[float, float]] = {}
    for number, (picture, dpi) in enumerate(_pictures(data, name), 1):
        if number > MAX_PAGES:
            break
        factor = _factor(picture, dpi)
        height, width = (round(side * factor) * _POINT for side in picture.shape[:2])
        found[number] = (width, height)
    return found


def picture(data: bytes, name: str, number: int, width: int) -> Raster | None:
    """A page of a picture file as it is read: upright and straightened. None without such a page or the ``ocr`` extra.

    ``width`` in pixels is met unless that would make the picture too large. Raises ``Unreadable`` as ``read`` does.
    """
    if not available() or not 1 <= number <= MAX_PAGES:
        return None
    import cv2

    for at, (found, dpi) in enumerate(_pictures(data, name), 1):
        if at == number:
            high, wide = found.shape[:2]
            factor = scale_for(wide, high, width)
            how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
            return straightened(cv2.resize(found, None, fx=factor, fy=factor, interpolation=how), _scaled(found, dpi))
    return None


def straightened(picture: Picture, read: Picture) -> Raster:
    """A picture turned by what the picture it is read from (of another resolution) is turned before it is read."""
    import numpy

    picture = _turned(picture, _slant(_without_stamps(read)))
    height, width = picture.shape[:2]
    return Raster(width, height, numpy.ascontiguousarray(picture[:, :, ::-1]).tobytes(), width * 3)


def recognise(picture: Picture, number: int) -> tuple[Page, list[Problem]]:
    """One picture of ``DPI`` dots per inch as a page; the problems are P07 where confidence is low."""
    with _RECOGNISER:
        return _recognise(picture, number)


def _recognise(picture: Picture, number: int) -> tuple[Page, list[Problem]]:
    picture = _straight(_without_stamps(picture))
    height, width = picture.shape[:2]
    ink = _ink(picture)
    across, down, lines = _ruled(picture)
    tables = [
        table
        for table in tables_of(across, down)
        if table.box[2] - table.box[0] > _SMALLEST and table.box[3] - table.box[1] > _SMALLEST and len(table.cells) > 1
    ]
    clean, marks = _without_lines(picture, ink, _in_tables(lines, tables))
    sheet = _Sheet(picture, clean, marks)
    pieces = _recognise_pieces(sheet, tables)
    outside = [piece.glyph for piece in pieces]
    for table in tables:
        table.tolerance = _COLUMN_TOLERANCE
        outside = fill(table, outside)
        for cell in table.cells:
            if not cell.glyphs:
                cell.glyphs = _second_look(sheet, cell, pieces)
            cell.lines = lines_of(cell.glyphs)
        _settle_ones(table)
    scores = [piece.score for piece in pieces]
    problems: list[Problem] = []
    if scores and sum(scores) / len(scores) < _LOW:
        problems.append(
            Problem(
                "P07",
                f"第{number}页扫描不清，文字识别的平均把握只有 {100 * sum(scores) / len(scores):.0f}%："
                "请逐项对照原件，或以 300 dpi 重新扫描。",
                Place(page=number),
            )
        )
    more, outside = aligned_tables(outside, across)
    for table in more:
        table.tolerance = _COLUMN_TOLERANCE
    page = Page(number, width * _POINT, height * _POINT, tables + more, lines_of(outside, wide_gaps=True))
    return page, problems


# --- the picture ---------------------------------------------------------------------------------------------------------


def _without_stamps(picture: Picture) -> Picture:
    """A red seal lies over the print and hides it: within its circle red is taken as paper. Red print stays."""
    import cv2
    import numpy

    blue, green, red = (picture[:, :, n].astype(numpy.int16) for n in range(3))
    reddish = ((red - numpy.maximum(blue, green) > 45) & (red > 110)).astype(numpy.uint8)
    if not reddish.any():
        return picture
    grown = cv2.dilate(reddish, numpy.ones((25, 25), numpy.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(grown)
    result = picture
    paper = numpy.median(picture[::8, ::8].reshape(-1, 3), axis=0).astype(numpy.uint8)
    for n in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[n])
        if min(w, h) * _POINT > 50 and max(w, h) < 2.2 * min(w, h):
            if result is picture:
                result = picture.copy()
            part = result[y : y + h, x : x + w]
            own = reddish[y : y + h, x : x + w]
            near = cv2.dilate(own, numpy.ones((5, 5), numpy.uint8)) > 0
            # In the red channel the seal is nearly as light as paper, and black print under it stays dark.
            seen = part[:, :, 2].astype(numpy.float32)
            seal = max(float(numpy.percentile(seen[own > 0], 30)) - 20, 120.0)
            shade = numpy.minimum(seen / seal, 1.0)[:, :, None] * paper
            part[near] = shade[near].astype(numpy.uint8)
    return result


def _straight(picture: Picture) -> Picture:
    """Turn the picture so that its long lines run level."""
    return _turned(picture, _slant(picture))


def _slant(picture: Picture) -> float:
    """Degrees that long lines lean, 0 where there are none or they run level."""
    import cv2
    import numpy

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    edges = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    found = cv2.HoughLinesP(edges, 1, numpy.pi / 1800, 200, minLineLength=small.shape[1] // 4, maxLineGap=8)
    if found is None:
        return 0.0
    angles: list[float] = []
    weights: list[float] = []
    for x0, y0, x1, y1 in found.reshape(-1, 4).astype(float):
        angle = float(numpy.degrees(numpy.arctan2(y1 - y0, x1 - x0)))
        if abs(angle) < 10:
            angles.append(angle)
            weights.append(float(numpy.hypot(x1 - x0, y1 - y0)))
    if not angles:
        return 0.0
    order = numpy.argsort(angles)
    run = numpy.cumsum(numpy.asarray(weights)[order])
    angle = angles[int(order[int(numpy.searchsorted(run, run[-1] / 2))])]
    return angle if abs(angle) >= 0.03 else 0.0


def _turned(picture: Picture, angle: float) -> Picture:
    if not angle:
        return picture
    import cv2

    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _ink(picture: Picture) -> Picture:
    """What is darker than the paper around it, as a mask."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 15)


@dataclass(frozen=True, slots=True)
class _Run:
    """What may be a ruled line: where, the boxes of its pieces (left, top, width, height), and how uneven its darkness is."""

    rule: Rule
    boxes: tuple[tuple[int, int, int, int], ...]
    unevenness: float


def _ruled(picture: Picture) -> tuple[list[Rule], list[Rule], Picture]:
    """Horizontal and vertical ruled lines, and the mask of both.

    A row of bold print looks like a line, too. But a ruled line ends at another one: what hangs free in a cell is print.
    """
    import cv2
    import numpy

    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    masks = _long_runs(grey)
    first = [_components(mask, grey, level) for mask, level in zip(masks, (True, False), strict=True)]
    across = _kept(first[0], [run.rule for run in first[1]])
    down = _kept(first[1], [run.rule for run in across])
    lines = numpy.zeros_like(masks[0])
    for mask, runs in zip(masks, (across, down), strict=True):
        for run in runs:
            for x, y, w, h in run.boxes:
                lines[y : y + h, x : x + w] |= mask[y : y + h, x : x + w]
    return [run.rule for run in across], [run.rule for run in down], lines


def _long_runs(grey: Picture) -> tuple[Picture, Picture]:
    """Masks of horizontal and vertical runs longer than any stroke of a character."""
    import cv2
    import numpy

    masks = []
    for across, length in ((True, 60), (False, 42)):
        turned = grey if across else numpy.ascontiguousarray(grey.T)
        runs = numpy.zeros_like(turned)
        # Darker than the paper on both sides finds a faint line between rows of bold print; darker than the paper all
        # around finds a line that print touches.
        dark = cv2.morphologyEx(turned, cv2.MORPH_BLACKHAT, numpy.ones((13, 1), numpy.uint8))
        around = cv2.adaptiveThreshold(turned, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 12)
        for thin in (cv2.threshold(dark, 22, 255, cv2.THRESH_BINARY)[1], around):
            # A line that leans by a pixel is a stair: thicken it a little before looking for long runs.
            thick = cv2.dilate(thin, numpy.ones((3, 1), numpy.uint8))
            long = cv2.morphologyEx(thick, cv2.MORPH_OPEN, numpy.ones((1, length), numpy.uint8))
            runs = numpy.maximum(runs, long)
        runs = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, numpy.ones((3, 9), numpy.uint8))
        masks.append(runs if across else numpy.ascontiguousarray(runs.T))
    return masks[0], masks[1]


def _components(mask: Picture, grey: Picture, level: bool) -> list[_Run]:
    import cv2

    runs: list[_Run] = []
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        length, thick = (w, h) if level else (h, w)
        # Thick in the mean is a shade or a block of print; thick only in its box is a line that leans.
        if area / max(length, 1) > 14 or thick > 30:
            continue
        unevenness = _unevenness(grey, (x, y, w, h), level)
        # Print may fill a small cell from line to line; a long line is uneven where print touches it.
        if unevenness > 0.5 and length * _POINT < 60:
            continue
        at, start = (y + h / 2, x) if level else (x + w / 2, y)
        runs.append(_Run(Rule(at * _POINT, start * _POINT, (start + length) * _POINT), ((x, y, w, h),), unevenness))
    return runs


def _unevenness(grey: Picture, box: tuple[int, int, int, int], level: bool) -> float:
    """How much the darkness along a run changes, against its contrast: some 0.15 for a drawn line, 0.6 for a row of print."""
    import numpy

    x, y, w, h = box
    along = grey[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1].min(axis=0 if level else 1).astype(float)
    dark, usual, light = numpy.percentile(along, [10, 50, 90])
    paper = float(numpy.median(grey[max(0, y - 25) : y + h + 25, max(0, x - 25) : x + w + 25]))
    return float(light - dark) / max(1.0, paper - float(usual))


def _kept(runs: Sequence[_Run], others: Sequence[Rule]) -> list[_Run]:
    """Lines that end at lines the other way. Two pieces of a broken line face each other with free ends: they are one."""
    joined: list[_Run] = []
    for run in sorted(runs, key=lambda run: run.rule.start):
        if not _ends_at(run.rule, run.rule.start, others):
            facing = [
                n
                for n, left in enumerate(joined)
                if abs(left.rule.at - run.rule.at) < 2
                and -2 < run.rule.start - left.rule.end < 18
                and not _ends_at(left.rule, left.rule.end, others)
            ]
            if facing:
                left = joined.pop(facing[-1])
                whole = Rule((left.rule.at + run.rule.at) / 2, left.rule.start, run.rule.end)
                run = _Run(whole, left.boxes + run.boxes, max(left.unevenness, run.unevenness))
        joined.append(run)
    return [run for run in joined if _anchored(run, others)]


def _ends_at(rule: Rule, end: float, others: Sequence[Rule]) -> bool:
    return any(abs(other.at - end) <= 5 and other.start - 5 <= rule.at <= other.end + 5 for other in others)


def _anchored(run: _Run, others: Sequence[Rule]) -> bool:
    """Whether a line ends at lines the other way; of a long even one, that the scan may have broken, one end is enough."""
    rule = run.rule
    first, last = _ends_at(rule, rule.start, others), _ends_at(rule, rule.end, others)
    if first and last:
        return True
    crossed = any(rule.start < o.at < rule.end and o.start - 2 <= rule.at <= o.end + 2 for o in others)
    return (first or last or crossed) and rule.end - rule.start > 60 and run.unevenness < 0.4


def _in_tables(lines: Picture, tables: Sequence[Table]) -> Picture:
    """Ruled lines of tables only: large type has strokes as long."""
    import numpy

    kept = numpy.zeros_like(lines)
    for table in tables:
        left, top, right, bottom = (int(value / _POINT) for value in table.box)
        area = numpy.s_[max(0, top - 12) : bottom + 12, max(0, left - 12) : right + 12]
        kept[area] = lines[area]
    return kept


def _without_lines(picture: Picture, ink: Picture, lines: Picture) -> tuple[Picture, Picture]:
    """The picture with ruled lines painted over, and the mask of the ink that is left."""
    import cv2
    import numpy

    marks = cv2.bitwise_and(ink, cv2.bitwise_not(cv2.dilate(lines, numpy.ones((3, 3), numpy.uint8))))
    paper = cv2.medianBlur(cv2.dilate(picture, numpy.ones((9, 9), numpy.uint8)), 9)
    clean = picture.copy()
    clean[lines > 0] = paper[lines > 0]
    return clean, marks


# --- the text ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sheet:
    """A page for the reader of characters: with its lines, without them, and the mask of what is not line."""

    picture: Picture
    clean: Picture
    marks: Picture
    em: float = 29.0  # size of the usual type in pixels; 10.5 points until it was measured


@dataclass(slots=True)
class _Piece:
    glyph: Glyph
    score: float


_Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@cache
def _engine() -> Any:
    """The recogniser, loaded once in a process."""
    from rapidocr import RapidOCR

    # Threads that wait for each other on busy cores cost more than they bring: half of the cores, at most four.
    threads = max(1, min(4, (os.cpu_count() or 2) // 2))
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 1900,
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def _detect(picture: Picture) -> list[_Box]:
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=False)
    if getattr(found, "boxes", None) is None:
        return []
    height, width = picture.shape[:2]
    boxes: list[_Box] = []
    for corners in found.boxes:
        xs, ys = [float(p[0]) for p in corners], [float(p[1]) for p in corners]
        box = (max(0, int(min(xs))), max(0, int(min(ys))), min(width, int(max(xs)) + 1), min(height, int(max(ys)) + 1))
        if box[2] - box[0] > 3 and box[3] - box[1] > 3:
            boxes.append(box)
    return boxes


def _characters(crop: Picture) -> tuple[str, float]:
    found = _engine()(crop, use_det=False, use_cls=False, use_rec=True)
    if not getattr(found, "txts", None):
        return "", 0.0
    return str(found.txts[0]), float(found.scores[0])


def _recognise_pieces(sheet: _Sheet, tables: Sequence[Table]) -> list[_Piece]:
    pieces: list[_Piece] = []
    boxes = _detect(sheet.picture)
    if boxes:
        sheet.em = 0.66 * median(box[3] - box[1] for box in boxes)
    for box in boxes:
        for part in _by_cell(box, tables):
            piece = _piece(sheet, part)
            if piece is not None:
                pieces.append(piece)
    return pieces


def _by_cell(box: _Box, tables: Sequence[Table]) -> list[_Box]:
    """A detected box cut at the cell borders it crosses: neighbours may stand so near that they look like one line."""
    left, top, right, bottom = box
    middle = (top + bottom) / 2 * _POINT
    for table in tables:
        if not table.holds((left + right) / 2 * _POINT, middle):
            continue
        parts: list[_Box] = []
        for cell in table.cells:
            x0, x1 = max(left, int(cell.left / _POINT) + 3), min(right, int(cell.right / _POINT) - 2)
            y0, y1 = max(top, int(cell.top / _POINT) + 3), min(bottom, int(cell.bottom / _POINT) - 2)
            if x1 - x0 >= 0.4 * (bottom - top) and y1 - y0 >= 0.45 * min(bottom - top, 60):
                parts.append((x0, y0, x1, y1))
        return parts
    return [box]


def _piece(sheet: _Sheet, box: _Box) -> _Piece | None:
    """Recognise one line of print. A second look from another distance where the first was unsure."""
    inked = _tight(sheet.marks, box)
    if inked is None:
        return None
    stroke = _stroke(sheet, inked)
    if stroke:
        return _Piece(_glyph(stroke, inked, 1.0), 1.0)
    text, score = _characters(_crop(sheet.clean, box, 2, 1.0))
    text = _tidy(text)
    if score < _CHECK or len(text) <= 1 or any(sign in text for sign in _SIGNS):
        again, second = _characters(_crop(sheet.clean, (inked[0], box[1], inked[2], box[3]), 8, 2.0))
        again = _tidy(again)
        if again == text:
            score = max(score, second)
        elif second > score or not text:
            text, score = again, min(second, _SURE - 0.01) if text else second
        else:
            score = min(score, _SURE - 0.01)
    if not text:
        return None
    text, score = _as_number(_dashes_within(sheet, inked, text), score)
    return _Piece(_glyph(text, (inked[0], box[1], inked[2], box[3]), score), score)


def _glyph(text: str, box: _Box, score: float) -> Glyph:
    left, top, right, bottom = (value * _POINT for value in box)
    # A detected box is wider than the print; lines that overlap would be taken for one.
    spare = 0.14 * (bottom - top)
    return Glyph(text, left, top + spare, right, bottom - spare, score < _SURE)


def _crop(picture: Picture, box: _Box, margin: int, scale: float) -> Picture:
    import cv2

    left, top, right, bottom = box
    crop = picture[max(0, top) : bottom, max(0, left) : right]
    crop = cv2.copyMakeBorder(crop, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    if scale != 1.0:
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return crop


def _tight(marks: Picture, box: _Box) -> _Box | None:
    """The part of a box that has ink, specks left aside."""
    import cv2

    left, top, right, bottom = box
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks[top:bottom, left:right])
    blobs = [tuple(int(v) for v in stats[n]) for n in range(1, count) if stats[n][4] >= 6]
    if not blobs or sum(blob[4] for blob in blobs) < 14:
        return None
    return (
        left + min(b[0] for b in blobs),
        top + min(b[1] for b in blobs),
        left + max(b[0] + b[2] for b in blobs),
        top + max(b[1] + b[3] for b in blobs),
    )


def _stroke(sheet: _Sheet, box: _Box) -> str:
    """A cell that holds a dash or a slash only: told by its shape, as recognisers of characters take it for 一 or 1."""
    blobs = _blobs(sheet.marks, box)
    if not blobs or len(blobs) > 2:
        return ""
    dashes = [_dash(sheet, blob) for blob in blobs]
    if all(dashes):
        stacked = len(blobs) == 2 and blobs[1][0] < blobs[0][2]
        return "=" if stacked else "".join(dashes)
    return "/" if len(blobs) == 1 and _leaning(sheet, blobs[0]) else ""


def _blobs(marks: Picture, box: _Box) -> list[_Box]:
    """Connected ink in a box from left to right, specks left aside."""
    import cv2

    left, top, right, bottom = box
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks[top:bottom, left:right])
    return sorted(
        (left + int(x), top + int(y), left + int(x + w), top + int(y + h))
        for x, y, w, h, area in (stats[n] for n in range(1, count))
        if area >= 10
    )


def _dash(sheet: _Sheet, blob: _Box) -> str:
    left, top, right, bottom = blob
    wide, high = right - left, bottom - top
    if high > 0.34 * sheet.em or wide < 0.25 * sheet.em or wide < 2.2 * high:
        return ""
    if (sheet.marks[top:bottom, left:right] > 0).mean() < 0.5:
        return ""
    # Two hyphens that touch are as long as a short dash; both say that nothing is entered.
    return "-" if wide < 0.6 * sheet.em else "—" if wide < 1.6 * sheet.em else "——"


def _leaning(sheet: _Sheet, blob: _Box) -> bool:
    """Whether a blob is a straight stroke from lower left to upper right."""
    import numpy

    left, top, right, bottom = blob
    wide, high = right - left, bottom - top
    if high < 0.5 * sheet.em or not 0.2 * high <= wide <= 0.9 * high:
        return False
    ys, xs = numpy.nonzero(sheet.marks[top:bottom, left:right])
    slope, _ = numpy.polyfit(ys, xs, 1)
    spread = float(numpy.abs(xs - numpy.polyval(numpy.polyfit(ys, xs, 1), ys)).max())
    return bool(slope < -0.2 and spread < 0.14 * sheet.em)


def _dashes_within(sheet: _Sheet, box: _Box, text: str) -> str:
    """1—7月 and 2024-08 differ by the length of the stroke, which is measured where every stroke can be told."""
    places = [m.start() for m in re.finditer(r"[-—–]|(?<=[\d年月日%])一(?=\d)", text)]
    if not places:
        return text
    strokes = [(blob, dash) for blob in _blobs(sheet.marks, box) if (dash := _dash(sheet, blob))]
    middle = (box[1] + box[3]) / 2
    widths = [0.55 if character.isascii() else 1.0 for character in text]
    unit = (box[2] - box[0]) / sum(widths)
    characters = list(text)
    for n in places:
        x = box[0] + unit * (sum(widths[:n]) + widths[n] / 2)
        near = [
            (abs((blob[0] + blob[2]) / 2 - x), dash)
            for blob, dash in strokes
            if abs((blob[1] + blob[3]) / 2 - middle) < 0.25 * sheet.em
        ]
        if near and min(near)[0] < sheet.em:
            characters[n] = min(near)[1]
    return "".join(characters)


def _tidy(text: str) -> str:
    """Recognisers put blanks between digits and characters where none are printed."""
    text = text.strip()
    text = re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text)
    # A document number has its own brackets; half of a pair tells which.
    text = re.sub(r"[(（\[〔](\d{4})〕|〔(\d{4})[)）\]]", lambda m: f"〔{m[1] or m[2]}〕", text)
    return text.replace("⩾", "≥").replace("⩽", "≤").replace("≧", "≥").replace("≦", "≤")


def _as_number(text: str, score: float) -> tuple[str, float]:
    """Letters amid digits are digits; who relies on it must know that it was not read so."""
    if text.isascii() and any(c in "OolI|" for c in text) and _NUMBER_LIKE.fullmatch(text):
        return text.translate(_DIGIT_LIKE), min(score, _SURE - 0.01)
    return text, score


def _second_look(sheet: _Sheet, cell: RuledCell, pieces: list[_Piece]) -> list[Glyph]:
    """A cell with ink in which no text was found: line by line, without asking where text is."""
    box = (
        int(cell.left / _POINT) + 4,
        int(cell.top / _POINT) + 4,
        int(cell.right / _POINT) - 3,
        int(cell.bottom / _POINT) - 3,
    )
    if box[2] - box[0] < 6 or box[3] - box[1] < 6:
        return []
    glyphs: list[Glyph] = []
    for line in _inked_lines(sheet.marks, box):
        piece = _piece(sheet, line)
        if piece is not None:
            pieces.append(piece)
            glyphs.append(piece.glyph)
    return glyphs


def _inked_lines(marks: Picture, box: _Box) -> list[_Box]:
    """The rows of ink in a cell."""
    import cv2
    import numpy

    left, top, right, bottom = box
    part = marks[top:bottom, left:right]
    count, _, stats, _ = cv2.connectedComponentsWithStats(part)
    solid = numpy.zeros(part.shape[0], bool)
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        at_edge = x == 0 or y == 0 or x + w == part.shape[1] or y + h == part.shape[0]
        if area < 20 or (at_edge and min(w, h) <= 4):
            continue
        solid[y : y + h] = True
    lines: list[_Box] = []
    start = None
    for y, full in enumerate([*solid.tolist(), False]):
        if full and start is None:
            start = y
        elif not full and start is not None:
            if lines and start + top - lines[-1][3] < 4:
                lines[-1] = (left, lines[-1][1], right, min(bottom, y + top + 5))
            else:
                lines.append((left, max(top, start + top - 5), right, min(bottom, y + top + 5)))
            start = None
    return lines


def _settle_ones(table: Table) -> None:
    """一 alone in its cell is a dash, unless its column counts on: 一, 二, 三."""
    alone = [cell for cell in table.cells if len(cell.lines) == 1 and cell.lines[0].text in ("一", "-")]
    for cell in alone:
        column = {"".join(line.text for line in c.lines) for c in table.cells if abs(c.left - cell.left) < 1}
        if cell.lines[0].text == "一" and not column & {"二", "三"}:
            cell.lines[0].text = "—"
