"""The format of a file is a matter of its bytes."""

from pathlib import Path

import pytest

from documents import samples
from hengjian.documents import FORMATS, read_layout
from hengjian.documents.content import Unreadable
from hengjian.documents.recognise import recognise


@pytest.mark.parametrize(("kind", "make"), samples.ALL)
def test_every_format_is_known_by_its_bytes(kind: str, make: samples.Make) -> None:
    assert recognise(make(), "没有扩展名") == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("﻿<!-- 首页 -->\n<HTML><body>甲</body></HTML>".encode(), "html"),
        ("\r\n\r\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN'><p>甲</p>".encode("gb18030"), "html"),
        ("<table><tr><td>甲</td></tr></table>".encode("utf-16"), "html"),
        ("导出时间 2024 年\n<table border=1><tr><td>甲</td></tr></table>".encode(), "html"),
        (
            b"MIME-Version: 1.0\r\nFrom: <Saved>\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x\r\n",
            "html",
        ),
        ("目标\t<p>建班子</p>\t完成\n".encode(), "txt"),
        ("分值<得分的，说明原因。".encode(), "txt"),
        ("BMI 指标\t正常\n".encode(), "txt"),
        ("MZ 是一个人名的缩写，这是一段文字。".encode(), "txt"),
        ("绩效".encode("utf-16-le"), "txt"),
        (b"\n\n%PDF-1.7\n", "pdf"),
        (b"{\\rtf1\\ansi}", "rtf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "image"),
        (samples.ole({"WordDocument": b"\xec\xa5"}), "doc"),
        (samples.ole({"SummaryInformation": b"", "Workbook": b"\x09\x08"}), "xls"),
    ],
)
def test_what_content_gives_away(data: bytes, kind: str) -> None:
    assert recognise(data, "甲") == kind


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (samples.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "P02", "密码"),
        (samples.ole({"WordDocument": b"\xec\xa5" + bytes(9) + b"\x01"}), "P02", "密码"),
        (samples.ole({"PowerPoint Document": b""}), "P05", "PowerPoint"),
        (samples.ole({"Unknown": b""}), "P03", "认不出格式"),
        (samples.package({"ppt/presentation.xml": "<p/>"}), "P05", "PowerPoint"),
        (samples.package({"OFD.xml": "<o/>"}), "P05", "OFD"),
        (samples.package({"自评表.xlsx": samples.xlsx()}), "P05", "解压"),
        (b"Rar!\x1a\x07\x01\x00", "P05", "解压"),
        (b'<?xml version="1.0"?><data/>', "P05", "XML"),
        (bytes(range(256)) * 40, "P03", "认不出格式"),
        (b"MZ\x90\x00\x03" + bytes(100), "P03", "认不出格式"),
        (bytes(5000), "P03", "认不出格式"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_way_out(data: bytes, code: str, word: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        recognise(data, "甲.bin")
    problem = refusal.value.problem
    assert problem.code == code
    assert word in problem.message
    assert "甲.bin" in problem.message
    assert "请" in problem.message


@pytest.mark.parametrize(("kind", "make"), samples.ALL)
def test_the_form_is_found_under_any_name(kind: str, make: samples.Make, tmp_path: Path) -> None:
    wrong = ".pdf" if kind != "pdf" else ".docx"
    path = tmp_path / f"自评表{wrong}"
    path.write_bytes(make())
    layout = read_layout(path)
    assert layout.source.format == kind
    assert layout.blocks
    (problem,) = layout.problems
    assert problem.code == "P04"
    assert wrong in problem.message


@pytest.mark.parametrize("name", ["自评表", "自评表.2024", "自评表.TXT", "自评表.csv"])
def test_names_that_claim_nothing_else_are_no_mislabelling(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(samples.txt())
    assert read_layout(path).problems == ()


def test_the_source_says_what_was_read(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "自评表.txt"
    path.write_bytes(samples.txt())
    source = read_layout(str(path)).source
    assert (source.name, source.format, source.sha256) == (
        "自评表.txt",
        "txt",
        hashlib.sha256(samples.txt()).hexdigest(),
    )


def test_formats_are_told_apart() -> None:
    assert len({each.name for each in FORMATS}) == len(FORMATS)
    assert all(extension.startswith(".") for each in FORMATS for extension in each.extensions)


def test_opening_the_front_page_loads_no_heavy_library() -> None:
    import subprocess
    import sys

    code = "import sys, hengjian.documents; print([m for m in ('lxml', 'openpyxl', 'pypdfium2', 'docx', 'xlrd', 'charset_normalizer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
