"""Scanned forms: drawn by a font of the machine, bent and soiled as a scanner does, and read back."""

import io
from pathlib import Path
from typing import Any

import pytest

from documents import paper
from hengjian.documents import pdf, read_layout, scan
from hengjian.documents.content import Unreadable
from hengjian.forms.layout import Grid

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "C:/Windows/Fonts/simsun.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)
FONT = next((path for path in FONTS if Path(path).exists()), None)
needs_ocr = pytest.mark.skipif(
    not scan.available() or FONT is None, reason="character recognition or a Chinese font is not installed"
)
WIDTHS = (210, 260, 330, 250, 250, 130, 130)
DATA = (
    ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
    ("产出指标", "数量指标", "培训期数", "≥12期", "12期", "10", "10"),
    ("", "", "培训人数", "≤300人", "281人", "10", "9.37"),
    ("", "时效指标", "完成时间", "1—7月", "/", "—", ""),
)
MERGED = {(1, 0): 3, (1, 1): 2}


def drawn() -> Any:
    """The form as a picture of A4 size at 200 dpi."""
    from PIL import Image, ImageDraw, ImageFont

    assert FONT is not None
    image = Image.new("RGB", (1654, 2339), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 30)
    left, top, height = 47, 300, 90
    lefts = [left + sum(WIDTHS[:n]) for n in range(len(WIDTHS) + 1)]
    draw.text((827, 200), "项目支出绩效自评表", font=ImageFont.truetype(FONT, 48), fill="black", anchor="mm")
    covered = {(r + k, c) for (r, c), span in MERGED.items() for k in range(1, span)}
    for r, row in enumerate(DATA):
        for c, text in enumerate(row):
            if (r, c) in covered:
                continue
            bottom = top + height * (r + MERGED.get((r, c), 1))
            draw.rectangle((lefts[c], top + height * r, lefts[c + 1], bottom), outline="black", width=2)
            middle = ((lefts[c] + lefts[c + 1]) // 2, (top + height * r + bottom) // 2)
            draw.text(middle, text, font=font, fill="black", anchor="mm")
    return image


def soiled(image: Any, angle: float = 0.0, stamp: bool = False) -> Any:
    """The picture as a scanner gives it: leaning, noisy, with a red seal over the scores."""
    import numpy
    from PIL import Image, ImageDraw

    image = image.copy()
    if stamp:
        over = Image.new("RGB", image.size, "white")
        ImageDraw.Draw(over).ellipse((1050, 420, 1350, 720), outline=(205, 40, 50), width=9)
        image = Image.fromarray(numpy.minimum(numpy.asarray(image), numpy.asarray(over)))
    image = image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor="white")
    noise = numpy.random.default_rng(7).normal(0, 5, (image.height, image.width, 3))
    return Image.fromarray(numpy.clip(numpy.asarray(image) * 0.94 + 5 + noise, 0, 255).astype("uint8"))


def file(image: Any, kind: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def the_form(blocks: Any) -> list[list[str]]:
    (grid,) = [block for block in blocks if isinstance(block, Grid)]
    return [
        ["" if (cell := grid.at(r, c)) is None else cell.text for c in range(grid.columns)] for r in range(grid.rows)
    ]


FILLED = [
    list(DATA[0]),
    list(DATA[1]),
    ["产出指标", "数量指标", *DATA[2][2:]],
    ["产出指标", *DATA[3][1:]],
]


@needs_ocr
def test_a_leaning_noisy_scan_with_a_seal_is_read() -> None:
    content = scan.read(file(soiled(drawn(), 0.7, stamp=True), dpi=(200, 200)), "自评表.png")
    assert content.blocks[0].text == "项目支出绩效自评表"  # type: ignore[union-attr]
    assert the_form(content.blocks) == FILLED
    grid = content.blocks[1]
    assert isinstance(grid, Grid)
    merged = grid.at(3, 0)
    assert merged is not None
    assert (merged.row, merged.row_span, merged.place.page) == (1, 3, 1)
    assert merged.place.box is not None
    assert merged.place.box[0] == pytest.approx(47 * 72 / 200, abs=4)
    assert content.problems == ()


@needs_ocr
def test_a_scanned_page_of_a_pdf_is_read_like_a_picture() -> None:
    image = soiled(drawn(), -0.4).convert("L")
    sheet = paper.Sheet(picture=(image.width, image.height, image.tobytes()))
    content = pdf.read(paper.file(sheet), "自评表.pdf")
    assert the_form(content.blocks) == FILLED


@needs_ocr
def test_pages_of_a_tiff_file_are_read_in_order(tmp_path: Path) -> None:
    from PIL import Image

    blank = Image.new("RGB", (1654, 2339), "white")
    path = tmp_path / "自评表.tif"
    path.write_bytes(file(blank, "TIFF", save_all=True, append_images=[drawn()], dpi=(200, 200)))
    layout = read_layout(path)
    assert layout.source.pages == 2
    assert the_form(layout.blocks) == FILLED
    assert layout.blocks[0].place.page == 2


@needs_ocr
def test_print_that_cannot_be_made_out_is_told_or_marked() -> None:
    from PIL import Image, ImageFilter

    image = drawn().filter(ImageFilter.GaussianBlur(5))
    image = Image.blend(image, Image.new("RGB", image.size, "white"), 0.3)
    content = scan.read(file(image), "模糊.png")
    cells = [cell for block in content.blocks if isinstance(block, Grid) for cell in block.cells]
    wanted = {text for row in DATA for text in row}
    wrong = [cell.text for cell in cells if cell.text not in wanted and not cell.doubtful]
    assert wrong == []


@needs_ocr
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n rubbish", b"\xff\xd8\xff\xe0 rubbish"])
def test_a_damaged_picture_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        scan.read(data, "坏.png")
    assert refused.value.problem.code == "P03"
    assert "重新扫描" in refused.value.problem.message


def test_without_the_optional_part_a_picture_is_told_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "available", lambda: False)
    content = scan.read(b"\x89PNG\r\n\x1a\n", "自评表.png")
    assert content.blocks == ()
    assert [problem.code for problem in content.problems] == ["P01"]
    assert "“自评表.png”是图像文件" in content.problems[0].message
    assert 'pip install "hengjian[ocr]"' in content.problems[0].message
