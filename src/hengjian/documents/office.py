"""Formats that only an office suite can open (doc, wps, rtf, odt): LibreOffice turns them into docx, and that is read.

The suite runs without a window, in a profile of its own that is thrown away, with macros and remote links off, and is
stopped after a while. The user's file name never reaches a command line.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from hengjian.documents import docx, sheets
from hengjian.documents.content import Content, Unreadable
from hengjian.documents.package import OLE_MAGIC, damaged, encrypted

TIMEOUT: Final = 120  # seconds; a form takes three to ten
_PROGRAMS: Final = ("soffice", "libreoffice", "soffice.com")
_USUAL: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/opt/libreoffice/program/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/snap/bin/libreoffice",
)
_WINDOWS: Final = ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "LOCALAPPDATA")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# The profile's settings: nothing in a document may run, and nothing is fetched.
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def read(data: bytes, name: str) -> Content:
    """A document of an older or foreign format as content. Raises ``Unreadable`` with P02, P03 or P05."""
    if data.startswith(OLE_MAGIC) and _ENCRYPTED in data:
        raise encrypted(name)
    suffix, target, title = _kind(data, name)
    program = find()
    if program is None:
        raise Unreadable(
            "P05",
            f"“{name}”是{title}，读取它需要本机装有 LibreOffice，但没有找到。可任选一种办法：① 安装 LibreOffice（libreoffice.org，免费）后重新读取；"
            f"② 用 Word 或 WPS 打开，另存为 .{target} 后读取另存的文件。",
        )
    converted = _convert(program, data, suffix, target, name, title)
    return docx.read(converted, name) if target == "docx" else sheets.read(converted, name)


def find() -> str | None:
    """The office suite's program on this machine: on the path, or where it is usually installed."""
    for program in _PROGRAMS:
        path = shutil.which(program)
        if path:
            return path
    roots = [os.environ[variable] for variable in _WINDOWS if os.environ.get(variable)]
    usual = [str(Path(root) / "LibreOffice" / "program" / "soffice.com") for root in roots]
    return next((path for path in (*usual, *_USUAL) if Path(path).is_file()), None)


def _kind(data: bytes, name: str) -> tuple[str, str, str]:
    """Suffix to hand over, format to ask for, and the name for people."""
    if data.startswith(b"{\\rtf"):
        return "rtf", "docx", "RTF 文档"
    if data.startswith(OLE_MAGIC):
        return "doc", "docx", "Word 97—2003 文档（或 WPS 文字文档）"
    if data.startswith(b"PK") and b"opendocument.text" in data[:200]:
        return "odt", "docx", "OpenDocument 文档（odt）"
    if data.startswith(b"PK") and b"xl/workbook.bin" in data:
        return "xlsb", "xlsx", "Excel 二进制工作簿（xlsb）"
    raise damaged(name, "内容不是 Word 97—2003、WPS、RTF 或 OpenDocument 文档")


def _convert(program: str, data: bytes, suffix: str, target: str, name: str, title: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hengjian-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        source, profile, out = room / f"document.{suffix}", room / "profile", room / "out"
        (profile / "user").mkdir(parents=True)
        out.mkdir()
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nologo",
            "--convert-to",
            target,
            "--outdir",
            str(out),
            str(source),
        ]
        _run(command, name, title, target)
        result = out / f"document.{target}"
        if not result.is_file() or not result.stat().st_size:
            raise damaged(name, f"LibreOffice 打不开这个{title}（也可能设有密码）")
        return result.read_bytes()


def _run(command: list[str], name: str, title: str, target: str) -> None:
    # A session of its own: the program is a starter, and what it starts must be stopped with it.
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise Unreadable(
            "P05",
            f"“{name}”是{title}，需要 LibreOffice 转换，但它无法启动（{command[0]}）。请重新安装 LibreOffice，或另存为 .{target} 后读取。",
        ) from error
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired as error:
        _stop(process)
        raise Unreadable(
            "P09",
            f"“{name}”用 LibreOffice 转换超过 {TIMEOUT} 秒，已停止。请用 Word 或 WPS 打开，另存为 .{target} 后读取另存的文件。",
        ) from error


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the program and everything it started."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603, S607
    elif hasattr(os, "killpg"):
        os.killpg(process.pid, 9)
    process.kill()
    process.wait()
