"""Older formats: read through an installed office suite, and plainly refused without one."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hengjian.documents import office
from hengjian.documents.content import Unreadable
from hengjian.forms.layout import Grid, Line

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
needs_suite = pytest.mark.skipif(office.find() is None, reason="no office suite is installed")


def rtf(*rows: tuple[str, ...]) -> bytes:
    def u(text: str) -> str:
        return "".join(f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?" for c in text)

    table = ""
    for row in rows:
        edges = "".join(f"\\cellx{2000 * (i + 1)}" for i in range(len(row)))
        table += f"\\trowd{edges}" + "".join(f"\\pard\\intbl {u(text)}\\cell" for text in row) + "\\row"
    return f"{{\\rtf1\\ansi\\ansicpg936\\uc1 {u('项目支出绩效自评表')}\\par {table}\\pard {u('注：略')}\\par}}".encode(
        "ascii"
    )


@needs_suite
def test_rtf_is_read_through_the_suite() -> None:
    content = office.read(rtf(("项目名称", "档案整理项目"), ("分值", "10")), "自评表.rtf")
    grid = next(block for block in content.blocks if isinstance(block, Grid))
    assert [[cell.text for cell in row] for row in grid] == [["项目名称", "档案整理项目"], ["分值", "10"]]
    assert [block.text for block in content.blocks if isinstance(block, Line)] == ["项目支出绩效自评表", "注：略"]


@needs_suite
def test_doc_is_read_through_the_suite(tmp_path: Path) -> None:
    program = office.find()
    assert program is not None
    (tmp_path / "a.rtf").write_bytes(rtf(("项目名称", "档案整理项目"), ("执行率", "93.21%")))
    profile = (tmp_path / "profile").as_uri()
    command = [
        program,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "doc",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.rtf"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    data = (tmp_path / "a.doc").read_bytes()
    assert data.startswith(OLE)
    grid = next(block for block in office.read(data, "自评表.doc").blocks if isinstance(block, Grid))
    assert [[cell.text for cell in row] for row in grid] == [["项目名称", "档案整理项目"], ["执行率", "93.21%"]]


def test_without_a_suite_the_message_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find", lambda: None)
    with pytest.raises(Unreadable) as caught:
        office.read(OLE + b"\0" * 600, "自评表.wps")
    problem = caught.value.problem
    assert problem.code == "P05"
    assert "“自评表.wps”" in problem.message
    assert "安装 LibreOffice" in problem.message
    assert "另存为 .docx" in problem.message


@pytest.mark.parametrize(
    ("code", "data"), [("P02", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")), ("P03", b"plain text")]
)
def test_what_no_suite_would_open_is_not_handed_over(code: str, data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        office.read(data, "坏.doc")
    assert caught.value.problem.code == code


@needs_suite
def test_a_damaged_document_is_called_damaged() -> None:
    with pytest.raises(Unreadable) as caught:
        office.read(OLE + b"\0" * 4000, "坏.doc")
    assert caught.value.problem.code == "P03"
    assert "LibreOffice 打不开" in caught.value.problem.message


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_a_suite_that_hangs_is_stopped_with_what_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script, note = tmp_path / "soffice", tmp_path / "child"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {note}\nwait\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(office, "find", lambda: str(script))
    monkeypatch.setattr(office, "TIMEOUT", 1)
    with pytest.raises(Unreadable) as caught:
        office.read(rtf(("甲", "乙")), "慢.rtf")
    assert caught.value.problem.code == "P09"
    child = int(note.read_text(encoding="utf-8"))
    for _ in range(50):
        if not _lives(child):
            break
        time.sleep(0.1)
    assert not _lives(child)


def _lives(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    if state.exists():
        return state.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc").exists()
