"""File formats to layouts: recognise by content, read, and say what could not be read.

``read_layout`` never raises for what a user hands in: a missing, damaged, encrypted, mislabelled or hostile file is a layout
without blocks and a problem that says what, where, why, and what to do.
"""

import hashlib
import importlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hengjian.documents.content import MAX_FILE_BYTES, Content, Unreadable
from hengjian.documents.recognise import recognise
from hengjian.forms.layout import Block, Grid, Layout, Line, Source
from hengjian.values.finding import Problem

__all__ = ["FORMATS", "Format", "opened", "read_layout"]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name in the contract, its name for people, usual extensions, and the module that reads it.

    ``hides`` says that the module's ``read`` takes ``hidden``, to read what is hidden in the file as well.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    module: str
    hides: bool = False


FORMATS: Final = (
    Format("docx", "Word 文档（docx）", (".docx", ".docm", ".dotx", ".dotm", ".wps"), "docx"),
    Format("xlsx", "Excel 工作簿（xlsx）", (".xlsx", ".xlsm", ".xltx", ".xltm", ".et"), "sheets", True),
    Format("xls", "Excel 97-2003 工作簿（xls）", (".xls", ".xlt", ".et", ".ett"), "sheets", True),
    Format("ods", "OpenDocument 电子表格（ods）", (".ods", ".ots"), "sheets", True),
    Format("pdf", "PDF 文件", (".pdf",), "pdf"),
    Format(
        "html",
        "网页（HTML）",
        (".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".jsp", ".asp", ".aspx", ".php"),
        "html",
        True,
    ),
    Format("txt", "文本文件", (".txt", ".text", ".tsv", ".tab", ".md", ".csv", ".prn", ".log"), "text"),
    Format("doc", "Word 97-2003 文档（doc）", (".doc", ".dot", ".wps", ".wpt"), "office"),
    Format("odt", "OpenDocument 文档（odt）", (".odt", ".ott"), "office"),
    Format("xlsb", "Excel 二进制工作簿（xlsb）", (".xlsb",), "office"),
    Format("rtf", "RTF 文档", (".rtf",), "office"),
    Format("image", "图片（扫描件）", (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp"), "scan"),
)


def read_layout(path: str | Path, hidden: bool = False) -> Layout:
    """A file as blocks. Whatever goes wrong is in ``problems``; ``blocks`` is empty where nothing could be read.

    ``hidden`` reads hidden sheets too, which otherwise are only named (P08).
    """
    path = Path(path)
    name = path.name or str(path)
    try:
        data = _bytes(path, name)
    except Unreadable as refusal:
        return Layout(Source(name, "", ""), (), (refusal.problem,))
    digest = hashlib.sha256(data).hexdigest()
    try:
        kind = recognise(data, name)
    except Unreadable as refusal:
        return Layout(Source(name, "", digest), (), (refusal.problem,))
    reader = next(each for each in FORMATS if each.name == kind)
    content = _content(reader, data, name, hidden)
    problems = (*_mislabelled(path, reader), *content.problems)
    source = Source(name, kind, digest, content.pages)
    return Layout(source, _storable(content.blocks), problems, content.breaks, content.keywords)


def opened(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and the name of its format (``FORMATS``), for those who show it. Raises ``Unreadable``."""
    data = _bytes(path, path.name)
    return data, recognise(data, path.name)


def _bytes(path: Path, name: str) -> bytes:
    """The bytes of a file, measured before they are read."""
    try:
        if not path.exists():
            raise Unreadable("P03", f"找不到文件“{path}”。请核对路径和文件名；文件可能已被移动、改名或删除。")
        if path.is_dir():
            raise Unreadable("P03", f"“{path}”是文件夹，不是文件。请指定文件夹里的文件。")
        if not path.is_file():
            raise Unreadable("P03", f"“{path}”不是普通文件，没有读取。请指定一个文档文件。")
        size = path.stat().st_size
        if size <= MAX_FILE_BYTES:
            with path.open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
            size = max(size, len(data))
    except PermissionError as error:
        raise Unreadable(
            "P03", f"没有读取“{name}”的权限，或文件正被其他软件独占。请关闭打开它的软件，或检查文件权限后重试。"
        ) from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            "P03", f"“{name}”打不开（{_reason(error)}）。请核对路径，或将文件复制到本机后重试。"
        ) from error
    if size > MAX_FILE_BYTES:
        megabytes, limit = size // (1024 * 1024), MAX_FILE_BYTES // (1024 * 1024)
        raise Unreadable(
            "P09",
            f"“{name}”有 {megabytes} MB，超过 {limit} MB 的上限，没有读取。请拆分文件，或只保留有绩效表的部分后再读取。",
        )
    if not data:
        raise Unreadable("P03", f"“{name}”是空文件（0 字节），没有任何内容。请重新下载或重新导出后再读取。")
    return data


def _content(reader: Format, data: bytes, name: str, hidden: bool) -> Content:
    """What the format's module makes of the bytes; whatever escapes it is a damaged file, in words."""
    try:
        module = importlib.import_module(f"hengjian.documents.{reader.module}")
    except ImportError as error:
        return _given_up(
            "P05",
            f"读取{reader.title}所需的组件没有安装（{error.name or error}）。请安装后重试，或将“{name}”另存为其他格式。",
        )
    try:
        content = module.read(data, name, hidden) if reader.hides else module.read(data, name)
    except Unreadable as refusal:
        return Content((), (refusal.problem,))
    except MemoryError:
        return _given_up("P09", f"读取“{name}”时内存不足，没有读取。请拆分文件后再读取。")
    except BaseException as error:  # a reader written in Rust panics outside of Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        return _given_up(
            "P03",
            f"“{name}”已损坏或不完整：按{reader.title}读取时{_reason(error)}。请用原软件打开并另存一份，或重新获取文件后再读取。",
        )
    if not isinstance(content, Content):
        raise TypeError(f"{module.__name__}.read returned {type(content).__name__}, not Content")
    return content


def _given_up(code: str, message: str) -> Content:
    return Content((), (Problem(code, message),))


def _reason(error: BaseException) -> str:
    """The kind of an error in words; the message of a library is of no use to a clerk."""
    words = (
        (RecursionError, "发现内容嵌套过深"),
        (UnicodeError, "发现文字编码错误"),
        (EOFError, "发现内容提前结束"),
        (LookupError, "发现缺少必需的部分"),
        (TimeoutError, "等待超时"),
        (OSError, "发生系统读写错误"),
        ((ValueError, TypeError, ArithmeticError), "发现不合规定的内容"),
    )
    found = next((text for kind, text in words if isinstance(error, kind)), "发现内部结构与规定不符")
    return f"{found}，{type(error).__name__}"


def _mislabelled(path: Path, found: Format) -> tuple[Problem, ...]:
    """P04 where the extension belongs to other formats only; an unknown extension says nothing."""
    extension = path.suffix.lower()
    claimed = [each for each in FORMATS if extension in each.extensions]
    if not claimed or found in claimed:
        return ()
    message = (
        f"“{path.name}”的扩展名是 {extension}，内容却是{found.title}，所以按{found.title}读取。"
        f"请核对是否选对了文件；确认无误的，建议将扩展名改为 {found.extensions[0]}。"
    )
    return (Problem("P04", message),)


def _storable(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks whose texts can be written as UTF-8: lone surrogates, which some formats let through, become U+FFFD."""
    return tuple(_storable_block(block) for block in blocks)


def _storable_block(block: Block) -> Block:
    if isinstance(block, Line):
        return replace(block, text=_mended(block.text)) if _broken(block.text) else block
    if not any(_broken(cell.text) for cell in block.cells):
        return block
    cells = tuple(replace(cell, text=_mended(cell.text)) if _broken(cell.text) else cell for cell in block.cells)
    return Grid(cells, block.rows, block.columns, block.place, block.spans_known, block.page_breaks)


def _broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _mended(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
