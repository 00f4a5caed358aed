"""Files that are missing, broken, locked, mislabelled or hostile: each is told in plain words, none is an error."""

import os
import struct
import sys
import time
import zipfile
from pathlib import Path

import pytest

from documents import samples
from hengjian.documents import read_layout
from hengjian.documents.content import MAX_FILE_BYTES
from hengjian.forms.layout import Grid, Layout, Line
from hengjian.values.finding import Problem


def put(folder: Path, name: str, data: bytes) -> Layout:
    path = folder / name
    path.write_bytes(data)
    start = time.process_time()
    layout = read_layout(path)
    assert time.process_time() - start < 10
    return layout


def refused(layout: Layout, code: str, *words: str) -> Problem:
    """Nothing was read, one problem says why, and every message is whole."""
    assert layout.blocks == ()
    assert [problem.code for problem in layout.problems if problem.code != "P04"] == [code]
    problem = next(problem for problem in layout.problems if problem.code == code)
    assert_plain(problem.message)
    for word in words:
        assert word in problem.message
    return problem


def assert_plain(message: str) -> None:
    """A clerk can act on it: Chinese, with advice, without a traceback."""
    assert "请" in message
    assert "Traceback" not in message
    assert message.endswith("。")


def words(layout: Layout) -> str:
    texts = [
        block.text if isinstance(block, Line) else " ".join(cell.text for cell in block.cells)
        for block in layout.blocks
    ]
    return "\n".join(texts)


# --- not a file that can be opened


def test_missing_file(tmp_path: Path) -> None:
    refused(read_layout(tmp_path / "没有.xlsx"), "P03", "找不到", "没有.xlsx")


def test_folder(tmp_path: Path) -> None:
    refused(read_layout(tmp_path), "P03", "文件夹")


def test_name_with_a_null(tmp_path: Path) -> None:
    refused(read_layout(f"{tmp_path}/甲\0.xlsx"), "P03")


def test_name_that_is_too_long(tmp_path: Path) -> None:
    refused(read_layout(tmp_path / ("长" * 3000 + ".xlsx")), "P03")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "锁.xlsx"
    path.write_bytes(samples.xlsx())

    def locked(*unused: object, **unused_too: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "open", locked)
    refused(read_layout(path), "P03", "权限", "锁.xlsx")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道")
    refused(read_layout(tmp_path / "管道"), "P03", "不是普通文件")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_link_to_nowhere_and_to_itself(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").symlink_to(tmp_path / "无.txt")
    (tmp_path / "乙.txt").symlink_to(tmp_path / "乙.txt")
    refused(read_layout(tmp_path / "甲.txt"), "P03")
    refused(read_layout(tmp_path / "乙.txt"), "P03")


def test_nothing_in_it(tmp_path: Path) -> None:
    refused(put(tmp_path, "空.xlsx", b""), "P03", "0 字节")


def test_two_gigabytes_are_refused_by_their_size(tmp_path: Path) -> None:
    path = tmp_path / "大.pdf"
    with path.open("wb") as stream:
        stream.truncate(2 * 1024**3)
    start = time.process_time()
    refused(read_layout(path), "P09", "2048 MB", f"{MAX_FILE_BYTES // 1024**2} MB")
    assert time.process_time() - start < 1


# --- locked


@pytest.mark.parametrize("name", ["密.docx", "密.xlsx"])
def test_office_password(name: str, tmp_path: Path) -> None:
    data = samples.ole({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": os.urandom(6000)})
    refused(put(tmp_path, name, data), "P02", "密码")


def test_word_97_password(tmp_path: Path) -> None:
    refused(put(tmp_path, "密.doc", samples.ole({"WordDocument": b"\xec\xa5" + bytes(9) + b"\x01"})), "P02", "密码")


def test_excel_97_password(tmp_path: Path) -> None:
    book = struct.pack("<HHHHIIHH", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
    book += struct.pack("<HH", 0x2F, 54) + struct.pack("<HHH", 1, 1, 1) + bytes(48)
    refused(put(tmp_path, "密.xls", samples.ole({"Workbook": book})), "P02", "密码")


def test_pdf_password(tmp_path: Path) -> None:
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>",
    )
    data = samples.pdf_of(objects, b"/Encrypt 3 0 R /ID [<00> <00>] ")
    refused(put(tmp_path, "密.pdf", data), "P02", "密码")


@pytest.mark.parametrize("make", [samples.docx, samples.xlsx, samples.ods])
def test_zip_entries_with_a_password(make: samples.Make, tmp_path: Path) -> None:
    data = bytearray(make())
    at = 0
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    refused(put(tmp_path, "密.docx", bytes(data)), "P02", "密码")


# --- broken


@pytest.mark.parametrize(
    ("kind", "make"), [each for each in samples.ALL if each[0] in ("docx", "xlsx", "ods", "xls", "pdf")]
)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_cut_off(kind: str, make: samples.Make, share: float, tmp_path: Path) -> None:
    data = make()
    layout = put(tmp_path, f"断.{kind}", data[: max(int(len(data) * share), 8)])
    if kind in ("xls", "pdf") and layout.blocks:
        return  # what stands before the cut may be read
    refused(layout, "P03")


@pytest.mark.parametrize(("kind", "make"), samples.ALL)
def test_overwritten_in_the_middle_never_raises(kind: str, make: samples.Make, tmp_path: Path) -> None:
    data = make()
    middle = len(data) // 2
    layout = put(tmp_path, f"坏.{kind}", data[:middle] + os.urandom(200) + data[middle + 200 :])
    for problem in layout.problems:
        assert_plain(problem.message)


def test_unknown_bytes(tmp_path: Path) -> None:
    refused(put(tmp_path, "甲.dat", bytes(range(256)) * 64), "P03", "认不出格式")


def test_a_package_without_its_main_part(tmp_path: Path) -> None:
    data = samples.package({"[Content_Types].xml": samples.TYPES.format(""), "word/styles.xml": "<s/>"})
    refused(put(tmp_path, "缺.docx", data), "P03")


def test_xml_that_is_none(tmp_path: Path) -> None:
    parts = samples.docx_parts() | {"word/document.xml": "<w:document><w:body>"}
    refused(put(tmp_path, "坏.docx", samples.package(parts)), "P03")


def test_whatever_a_library_throws_is_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicError(BaseException):
        """What a library in another language raises."""

    from hengjian.documents import text

    def panic(*unused: object) -> None:
        raise PanicError

    monkeypatch.setattr(text, "read", panic)
    refused(put(tmp_path, "甲.txt", samples.txt()), "P03", "PanicError")


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (RecursionError(), "P03", "嵌套过深"),
        (MemoryError(), "P09", "内存不足"),
        (KeyError("xl/styles.xml"), "P03", "缺少必需的部分"),
        (EOFError(), "P03", "提前结束"),
        (ZeroDivisionError(), "P03", "不合规定"),
    ],
)
def test_kinds_of_errors_have_words(
    error: Exception, code: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hengjian.documents import text

    def fail(*unused: object) -> None:
        raise error

    monkeypatch.setattr(text, "read", fail)
    refused(put(tmp_path, "甲.txt", samples.txt()), code, word)


def test_a_person_who_interrupts_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hengjian.documents import text

    def interrupted(*unused: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(text, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, "甲.txt", samples.txt())


# --- mislabelled


@pytest.mark.parametrize("name", ["表.xls", "表.doc", "表.pdf", "表.txt"])
def test_a_web_page_under_another_name_is_read_all_the_same(name: str, tmp_path: Path) -> None:
    layout = put(tmp_path, name, samples.html())
    assert "党员教育培训经费" in words(layout)
    (problem,) = layout.problems
    assert problem.code == "P04"
    assert "网页" in problem.message
    assert_plain(problem.message)


def test_the_wrong_charset_is_read_all_the_same(tmp_path: Path) -> None:
    page = samples.html().decode().replace("utf-8", "gb2312").encode("utf-8")
    assert "党员教育培训经费" in words(put(tmp_path, "表.html", page))


# --- hostile


def bomb(part: str, size: int) -> bytes:
    from io import BytesIO

    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", samples.TYPES.format(""))
        with archive.open(part, "w", force_zip64=True) as entry:
            for _ in range(size // 2**20):
                entry.write(bytes(2**20))
    return stream.getvalue()


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml"])
def test_zip_bomb(part: str, tmp_path: Path) -> None:
    refused(put(tmp_path, "弹.docx", bomb(part, 60 * 2**20)), "P09", "压缩炸弹")


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml", "content.xml"])
def test_zip_bomb_that_lies_about_its_size(part: str, tmp_path: Path) -> None:
    data = bytearray(bomb(part, 60 * 2**20))
    central = data.rfind(b"PK\x01\x02")
    data[central + 24 : central + 28] = struct.pack("<I", 1000)
    layout = put(tmp_path, "弹.docx", bytes(data))
    assert layout.blocks == ()
    assert {problem.code for problem in layout.problems} <= {"P03", "P04", "P05", "P09"}


ENTITIES = "".join(
    f'<!ENTITY {name} "{before * 10}">'
    for name, before in zip("bcdefghijkl", (f"&{c};" for c in "abcdefghijk"), strict=True)
)
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈">{ENTITIES}]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l SYSTEM "file://{}">]>'


def with_entity(parts: dict[str, str | bytes], part: str, head: str, name: str) -> bytes:
    body = str(parts[part]).split("?>", 1)[1].replace("培训期数", f"&{name};")
    return samples.package(parts | {part: head + body})


@pytest.mark.parametrize(
    ("parts", "part", "name"),
    [(samples.docx_parts(), "word/document.xml", "笑.docx"), (samples.ods_parts(), "content.xml", "笑.ods")],
)
def test_a_billion_laughs(parts: dict[str, str | bytes], part: str, name: str, tmp_path: Path) -> None:
    layout = put(tmp_path, name, with_entity(parts, part, LAUGHS, "l"))
    assert "哈哈" not in words(layout)
    refused(layout, "P03")


@pytest.mark.parametrize(
    ("parts", "part", "name"),
    [(samples.docx_parts(), "word/document.xml", "外.docx"), (samples.ods_parts(), "content.xml", "外.ods")],
)
def test_entities_from_outside_are_not_fetched(
    parts: dict[str, str | bytes], part: str, name: str, tmp_path: Path
) -> None:
    secret = tmp_path / "机密.txt"
    secret.write_text("不可外泄", encoding="utf-8")
    layout = put(tmp_path, name, with_entity(parts, part, OUTSIDE.format(secret), "l"))
    assert "不可外泄" not in words(layout)
    refused(layout, "P03")


def test_entities_in_a_web_page_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "机密.txt"
    secret.write_text("不可外泄", encoding="utf-8")
    page = f'<!DOCTYPE html [<!ENTITY l SYSTEM "file://{secret}">]><html><body>&l;甲</body></html>'
    assert "不可外泄" not in words(put(tmp_path, "外.html", page.encode()))


def test_laughs_in_a_web_page_stay_words(tmp_path: Path) -> None:
    layout = put(tmp_path, "笑.html", (LAUGHS.replace("x [", "html [") + "<html><body>&l;甲</body></html>").encode())
    assert len(words(layout)) < 10_000


@pytest.mark.parametrize("trick", ["../../../../tmp/逃.txt", "/etc/逃.txt", "C:\\逃.txt", "word/../../逃.txt"])
def test_names_that_climb_out_write_nothing(trick: str, tmp_path: Path) -> None:
    folder = tmp_path / "甲" / "乙"
    folder.mkdir(parents=True)
    layout = put(folder, "表.docx", samples.package(samples.docx_parts() | {trick: "甲"}))
    assert "党员教育培训经费" in words(layout)
    assert [path.name for path in tmp_path.rglob("*逃*")] == []
    assert not Path("/etc/逃.txt").exists()


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "甲",
        "<table><tr><td>" * 5_000 + "甲",
        "<table>" + "<tr><td rowspan=99999 colspan=99999>甲<td>乙" * 2_000 + "</table>",
        "<table>" + "<tr>" * 200_000 + "<td>甲</table>",
        "<b>" * 50_000 + "甲<p>" * 50_000,
        "<!--" * 100_000,
        "<style>" + ".a{" * 100_000 + "</style><p>甲",
        "<style>" + "@media x{" * 100_000 + "</style><p>甲",
        "<style>" + "a" * 2_000_000 + "</style><p>甲",
        "data:a/b;base64," * 100_000,
        "<p>" + "<br>" * 500_000,
        "<p>" + ("甲" + " " * 100) * 10_000,
        "<p>甲" + " \n" * 500_000 + "b",
        "<ol>" + "<li>甲" * 30_000,
        "<table><tr><td>" + "甲<br>" * 50_000 + "<td>乙<tr><td>1<td>2</table>",
        "<table><tr>" + "<td>甲" * 100_000 + "</table>",
        "<div><div><div>" + "<table><tr><td><table><tr><td>甲<td>乙<tr><td>丙<td>丁" * 100,
        "<meta " + "a" * 1_000_000,
        "Content-Type: text/plain\n" * 50_000 + "<html>甲",
    ],
)
def test_pages_that_mean_to_tire_the_reader(page: str, tmp_path: Path) -> None:
    for problem in put(tmp_path, "累.html", page.encode()).problems:
        assert_plain(problem.message)


@pytest.mark.parametrize(
    "text",
    [
        "甲\t<p>\n" * 30_000,
        '甲\t"乙\n' * 30_000,
        "\t甲\n\n" * 30_000,
        "\t甲\n\t乙\n\t丙\n\n" * 15_000,
        "\t甲\n\t乙\n\t丙\n\n" * 2 + "丁\n" * 100_000 + "\t甲\n",
        "甲 | 乙\n" * 30_000,
        "甲 | 乙 |\n丙\n" * 15_000,
        "甲\t乙\n丙\n" * 30_000,
        "\t" * 300_000,
        "甲" * 2_000_000,
        "\f" * 200_000,
        "<p " * 200_000 + "\t甲",
        "-" * 300_000,
        "\n" * 300_000 + "甲",
        "锟斤拷" * 100_000,
    ],
)
def test_texts_that_mean_to_tire_the_reader(text: str, tmp_path: Path) -> None:
    for problem in put(tmp_path, "累.txt", text.encode()).problems:
        assert_plain(problem.message)


def test_more_rows_than_a_table_may_have_are_told(tmp_path: Path) -> None:
    layout = put(tmp_path, "多.txt", "甲\t乙\n".encode() * 20_001)
    (grid,) = [block for block in layout.blocks if isinstance(block, Grid)]
    assert grid.rows == 20_000
    (problem,) = layout.problems
    assert problem.code == "P09"
    assert "20001" in problem.message


# --- harmless


def test_a_poem_is_text(tmp_path: Path) -> None:
    layout = put(tmp_path, "诗.txt", "远山\n\n云从谷口来，\n风向水边去。\n".encode())
    assert layout.problems == ()
    assert words(layout) == "远山\n云从谷口来，\n风向水边去。"


@pytest.mark.parametrize("blank", ["   \n\n\t\t\n", "\ufeff", "<html><body></body></html>"])
def test_blank_documents_have_no_blocks(blank: str, tmp_path: Path) -> None:
    assert put(tmp_path, "白.txt", blank.encode()).blocks == ()


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for kind, make in samples.ALL:
        data = make()
        put(tmp_path, f"表.{kind}", data)
        put(tmp_path, f"断.{kind}", data[: len(data) // 2])
    assert capfd.readouterr() == ("", "")
