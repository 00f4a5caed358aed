"""The original beside the form: every value that was read is found on the page, the sheet or the line it was read from."""

import io
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cli.schemas import complaints, schema
from documents import samples
from documents.paper import Sheet, file, table
from documents.test_scan import drawn, needs_ocr, soiled
from documents.test_scan import file as image_file
from hengjian import desk
from hengjian.documents import pdf, read_layout, scan
from hengjian.documents.original import Original, ShownGrid, ShownLine, original, page_picture
from hengjian.documents.raster import MAX_PIXELS, Raster, scale_for
from hengjian.forms.contract import form_from_json, form_to_json
from hengjian.forms.form import Form
from hengjian.forms.layout import Grid
from hengjian.values.place import Place
from hengjian.values.text import fold

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path for path in (ROOT / "samples" / "documents").iterdir() if "扫描" not in path.name)
ACCEPTANCE = ROOT.parent / "shared" / "acceptance" / "documents"
COLUMNS = [60.0, 130.0, 300.0, 420.0, 535.0]


def values(told: Any) -> Iterator[dict[str, Any]]:
    """Every printed value of a form with places."""
    if isinstance(told, dict):
        if {"text", "place"} <= told.keys():
            yield told
        else:
            for one in told.values():
                yield from values(one)
    elif isinstance(told, list):
        for one in told:
            yield from values(one)


def texts(shown: Original) -> dict[str, str]:
    found = {}
    for part in shown.parts:
        for block in part.blocks:
            for piece in block.cells if isinstance(block, ShownGrid) else (block,):
                assert piece.key not in found, "two pieces with one key"
                found[piece.key] = piece.text
    return found


def unplaced(path: Path) -> tuple[int, list[str]]:
    """How many values the forms of a file print, and which of them are not found on the original with their text."""
    shown, document = original(path), desk.read(path)
    written = texts(shown)
    count, wrong = 0, []
    for form in document.forms:
        for value in values(desk.form_beside(form, shown)):
            count += 1
            spot = value["spot"]
            if spot is None or not (spot.get("key") or spot.get("box")):
                wrong.append(value["text"])
            elif spot.get("key") and fold(value["text"]) not in fold(written.get(spot["key"], "")):
                wrong.append(value["text"])  # on the line, but not by its text
    return count, wrong


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name[:2])
def test_every_value_of_a_sample_is_found(path: Path) -> None:
    count, wrong = unplaced(path)
    assert wrong == []
    assert count > 40 or not desk.read(path).forms


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="needs ../shared, which is not shipped")
def test_values_of_the_acceptance_documents_are_found() -> None:
    counts = [unplaced(path) for path in sorted(ACCEPTANCE.iterdir()) if "scan" not in path.name]
    total, wrong = sum(count for count, _ in counts), [text for _, texts in counts for text in texts]
    assert total > 5000
    assert len(wrong) <= total // 1000, wrong


def test_a_form_beside_its_original_can_be_mended_and_read_back() -> None:
    path = SAMPLES[0]
    form = desk.read(path).forms[0]
    told = json.loads(json.dumps(desk.form_beside(form, original(path)), ensure_ascii=False))
    told["indicators"][0]["actual"]["text"] = "99期"
    back = form_from_json(told)
    assert back.indicators[0].actual is not None
    assert back.indicators[0].actual.text == "99期"
    assert form.indicators[0].actual is not None
    assert back.indicators[0].actual.place == form.indicators[0].actual.place
    assert form_to_json(back, places=True)["indicators"][1:] == form_to_json(form, places=True)["indicators"][1:]


@pytest.mark.parametrize(
    "path", [SAMPLES[0], next(path for path in SAMPLES if path.suffix == ".pdf")], ids=["xlsx", "pdf"]
)
def test_one_reading_gives_both(path: Path) -> None:
    document, shown = desk.read_beside(path)
    assert document == desk.read(path)
    assert shown == desk.original(path)
    value = document.forms[0].title
    assert value is not None
    assert shown.locate(value.place) is not None


# --- tables and lines -------------------------------------------------------------------------------------------------


def test_sheets_are_parts_and_merged_cells_are_one(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book, path = Workbook(), tmp_path / "两张表.xlsx"
    first = book.active
    assert first is not None
    first.title = "说明"
    first["A1"], first["B1"] = "填表", "说明"
    second = book.create_sheet("自评表")
    second["B2"], second["D2"], second["B4"] = "项目名称", "培训", "单位"
    second.merge_cells("B2:C3")
    book.save(path)
    shown = original(path)
    assert [part.title for part in shown.parts] == ["说明", "自评表"]
    spot = shown.locate(Place(sheet="自评表", cell="B2"))
    assert spot is not None
    assert (spot.key, texts(shown)[spot.key]) == ("s2-B2", "项目名称")
    assert shown.locate(Place(sheet="自评表", cell="C3")) == spot  # inside the merged cell
    assert shown.locate(Place(sheet="自评表", cell="Z99")) is None
    assert shown.locate(Place(sheet="没有", cell="B2")) is None
    (grid,) = shown.parts[1].blocks
    assert isinstance(grid, ShownGrid)
    assert next((cell.row_span, cell.column_span) for cell in grid.cells if cell.key == "s2-B2") == (2, 2)


def test_cells_of_a_text_line_are_told_apart_by_their_text(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("自评表\n指标\t指标值\t完成值\n培训期数\t12期\t11期\n培训人数\t300人\t300人\n", encoding="utf-8")
    shown = original(path)
    written = texts(shown)
    line = Place(line=3)
    spots = [shown.locate(line, text) for text in ("12期", "11期", "１２期")]
    assert [written[spot.key] for spot in spots if spot is not None] == ["12期", "11期", "12期"]
    row = shown.locate(line, "读不出来")
    assert row is not None
    grid = shown.parts[0].blocks[1]
    assert isinstance(grid, ShownGrid)
    assert row.key == grid.row_keys[1]  # only the line is known
    title = shown.locate(Place(line=1), "自评表")
    assert title is not None
    assert written[title.key] == "自评表"


def test_paragraphs_and_tables_of_a_docx(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(samples.docx())
    shown = original(path)
    places = [cell.place for block in read_layout(path).blocks if isinstance(block, Grid) for cell in block.cells]
    assert places
    assert all(shown.locate(place) is not None for place in places)
    assert any(isinstance(block, ShownLine) for part in shown.parts for block in part.blocks)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_json_follows_its_schema(path: Path) -> None:
    document, shown = desk.read_beside(path)
    assert complaints("original", desk.original_json(shown)) == []
    spot = {"$ref": "#/$defs/spot", "$defs": schema("original")["$defs"]}
    spots = [value["spot"] for form in document.forms for value in values(desk.form_beside(form, shown))]
    assert bool(spots) == bool(document.forms)
    assert all(one is None or Draft202012Validator(spot).is_valid(one) for one in spots)


def test_the_schema_refuses_what_is_no_original(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("自评表\n指标\t指标值\n", encoding="utf-8")
    told = desk.original_json(desk.original(path))
    assert complaints("original", told) == []
    told["parts"][0]["blocks"][1]["cells"][0]["row_span"] = 1
    assert complaints("original", told) != []


def test_json_says_what_there_is_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("自评表\n指标\t指标值\n培训期数\t12期\n", encoding="utf-8")
    told = desk.original_json(desk.original(path))
    assert told["schema"] == "hengjian.original/1"
    assert told["source"]["format"] == "txt"
    assert told["pages"] == []
    assert told["parts"] == [
        {
            "title": "",
            "blocks": [
                {"key": "l1", "text": "自评表"},
                {
                    "rows": 2,
                    "columns": 2,
                    "cells": [
                        {"key": "l2-1", "text": "指标", "row": 0, "column": 0},
                        {"key": "l2-2", "text": "指标值", "row": 0, "column": 1},
                        {"key": "l3-1", "text": "培训期数", "row": 1, "column": 0},
                        {"key": "l3-2", "text": "12期", "row": 1, "column": 1},
                    ],
                    "row_keys": ["l2", "l3"],
                },
            ],
        }
    ]


# --- pages ------------------------------------------------------------------------------------------------------------


def a_table(sheet: Sheet) -> None:
    table(sheet, COLUMNS, [100.0, 130.0, 160.0, 200.0], {(0, 0): "A1", (1, 2): "B7"}, ("1,0-2,0",))


def turned_page(turn: int) -> Sheet:
    """A table that stands upright when the page is shown, or lies on its side (1)."""
    sheet = Sheet()
    a_table(sheet)
    if not turn:
        return sheet
    made = Sheet(842.0, 595.0) if turn != 180 else Sheet()
    made.rotate = 0 if turn == 1 else turn
    matrix = {1: "0 1 -1 0 842 0", 90: "0 1 -1 0 842 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 595"}[turn]
    made.parts = [f"q {matrix} cm", *sheet.parts, "Q"]
    return made


def dark(picture: Any, x: float, y: float) -> bool:
    """Whether there is ink within some pixels of a spot in percent."""
    wide, high = picture.size
    at, down = x * wide / 100, y * high / 100
    spots = [(int(at + i), int(down + j)) for i in range(-4, 5) for j in range(-4, 5)]
    return any(picture.getpixel(s) < 140 for s in spots if 0 <= s[0] < wide and 0 <= s[1] < high)


def framed(path: Path, page: int, shown: Original, places: Iterable[Place]) -> list[bool]:
    """For every box of a page: whether there is ink along its four sides on the picture of the page."""
    from PIL import Image

    picture = Image.open(io.BytesIO(page_picture(path, page, 900))).convert("L")
    found = []
    for place in places:
        spot = shown.locate(place)
        assert spot is not None
        assert spot.box is not None
        left, top, wide, high = spot.box
        middle, centre = left + wide / 3, top + high / 3
        sides = ((left, centre), (left + wide, centre), (middle, top), (middle, top + high))
        found.append(all(dark(picture, *side) for side in sides))
    return found


def cells(path: Path) -> list[Place]:
    """The places of all cells of the first page."""
    grids = [block for block in read_layout(path).blocks if isinstance(block, Grid)]
    return [cell.place for grid in grids for cell in grid.cells if cell.place.page == 1]


@pytest.mark.parametrize("turn", [0, 1, 90, 180, 270])
def test_boxes_lie_on_the_cells_however_the_page_is_turned(turn: int, tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    path = tmp_path / "a.pdf"
    path.write_bytes(file(turned_page(turn)))
    frames = framed(path, 1, original(path), cells(path))
    assert len(frames) == 11
    assert all(frames)


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.suffix == ".pdf"], ids=lambda path: path.name[:2])
def test_boxes_lie_on_the_cells_of_a_printed_form(path: Path) -> None:
    pytest.importorskip("PIL")
    frames = framed(path, 1, original(path), cells(path))
    assert frames.count(True) > 20


@needs_ocr
def test_boxes_lie_on_the_cells_of_a_leaning_picture(tmp_path: Path) -> None:
    path = tmp_path / "扫描.png"
    path.write_bytes(image_file(soiled(drawn(), angle=1.2), "PNG", dpi=(200, 200)))
    frames = framed(path, 1, original(path), cells(path))
    assert len(frames) >= 25
    assert all(frames)


@needs_ocr
def test_scanned_form_is_found_on_its_pages_and_doubt_is_told() -> None:
    path = next(path for path in (ROOT / "samples" / "documents").iterdir() if "扫描" in path.name)
    document, shown = desk.read_beside(path)
    told = [value for form in document.forms for value in values(desk.form_beside(form, shown))]
    assert all(value["spot"] is not None and "box" in value["spot"] for value in told)
    wanted = sum(value.uncertain for form in document.forms for value in _printed(form))
    assert sum(value.get("uncertain", False) for value in told) == wanted
    rows = [value.place for form in document.forms for value in _printed(form) if value.place.page == 1]
    frames = framed(path, 1, shown, rows)
    assert len(frames) > 50
    assert all(frames)


def _printed(form: Form) -> Iterator[Any]:
    for row in form.indicators:
        yield from (value for name in row.__slots__ if hasattr(value := getattr(row, name), "uncertain"))
    for fund in form.funds:
        yield from (value for name in fund.__slots__ if hasattr(value := getattr(fund, name), "uncertain"))


def test_pages_have_sizes_and_only_the_asked_one_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(file(turned_page(0), Sheet(842.0, 595.0), turned_page(90)))
    shown = original(path)
    assert [(page.number, page.width, page.height) for page in shown.pages] == [
        (1, 595.0, 842.0),
        (2, 842.0, 595.0),
        (3, 595.0, 842.0),
    ]
    assert shown.source.pages == 3
    assert desk.original_json(shown)["pages"][1] == {"page": 2, "width": 842.0, "height": 595.0}
    png = desk.page_picture(path, 2, 842)
    assert png.startswith(b"\x89PNG")
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (842, 595)
    assert shown.locate(Place(page=2)) is not None
    assert shown.locate(Place(page=4)) is None


@pytest.mark.parametrize(("asked", "width"), [(1, 100), (0, 100), (-5, 100), (10**9, 3000)])
def test_width_is_bounded(asked: int, width: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(file(Sheet()))
    assert abs(int.from_bytes(page_picture(path, 1, asked)[16:20], "big") - width) <= 1


def test_many_at_once_read_and_draw_pages() -> None:
    # In a process of its own: what goes wrong here ends the process.
    code = """
        import sys
        from concurrent.futures import ThreadPoolExecutor
        from pathlib import Path
        from hengjian import desk
        paths = [Path(name) for name in sys.argv[1:]]
        def one(number):
            path = paths[number % len(paths)]
            return desk.page_picture(path, 1, 400) if number % 3 else desk.read(path)
        alone = [one(number) for number in range(12)]
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(one, range(60))) == alone * 5
    """
    paths = [str(path) for path in SAMPLES if path.suffix == ".pdf"]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), *paths], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_page_of_absurd_shape_stays_within_the_limit() -> None:
    scale = scale_for(10, 100_000, 3_000)
    assert 10 * scale * 100_000 * scale <= MAX_PIXELS * 1.001


def test_png_is_what_every_viewer_reads() -> None:
    image = pytest.importorskip("PIL.Image")
    colours = bytes([255, 0, 0, 0, 255, 0, 9, 9]) + bytes([0, 0, 255, 1, 2, 3, 9, 9])  # two bytes of padding a row
    seen = image.open(io.BytesIO(Raster(2, 2, colours, 8).png()))
    assert [seen.getpixel((x, y)) for y in (0, 1) for x in (0, 1)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "已损坏"),
        ("a.txt", "自评表".encode(), "没有可以显示的第1页"),
        ("空.pdf", b"", "空文件"),
    ],
)
def test_page_that_cannot_be_shown_says_why(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ValueError, match=says):
        desk.page_picture(path, 1, 800)


def test_page_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(file(Sheet()))
    for page in (0, 2, -1):
        with pytest.raises(ValueError, match=f"第{page}页"):
            desk.page_picture(path, page, 800)


def test_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    missing = desk.original(tmp_path / "没有.pdf")
    assert [problem.code for problem in missing.problems] == ["P03"]
    assert (missing.pages, missing.parts) == ((), ())
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.4 broken")
    assert [problem.code for problem in desk.original(broken).problems] == ["P03"]
    assert desk.original_json(desk.original(broken))["problems"][0]["message"]


def test_page_that_breaks_the_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(file(Sheet()))

    def broken(*_: object) -> None:
        raise IndexError("deep inside")

    monkeypatch.setattr(pdf, "picture", broken)
    monkeypatch.setattr(pdf, "sizes", broken)
    with pytest.raises(ValueError, match="页面无法显示"):
        desk.page_picture(path, 1, 100)
    assert [problem.code for problem in desk.original(path).problems] == ["P03"]


def test_picture_without_the_means_to_open_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(Raster(2, 2, bytes(12), 6).png())
    monkeypatch.setattr(scan, "available", lambda: False)
    assert [problem.code for problem in desk.original(path).problems] == ["P01"]
    with pytest.raises(ValueError, match="没有可以显示"):
        desk.page_picture(path, 1, 100)
