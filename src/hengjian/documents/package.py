"""Zip packages of XML parts (OOXML, OpenDocument), opened without trust.

Nothing is ever written to disk, so names inside the archive cannot reach outside. Sizes are checked before unpacking (as
declared) and while unpacking (``zipfile`` stops at the declared size). DTDs are refused: no office program writes one, and
without them there are neither entities nor external references.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from lxml import etree

from hengjian.documents.content import (
    MAX_UNPACK_RATIO,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_ENTRIES,
    RATIO_FREE_BYTES,
    Unreadable,
)

OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Streams of the container that Office writes around a package with a password (MS-OFFCRYPTO 2.3.1).
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# The strict edition (ISO/IEC 29500-1) differs from the transitional one, for our purposes, in its namespaces only.
_STRICT: Final = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_CHUNK: Final = 1 << 20
_MAX_TREE_BYTES: Final = 128 * 1024 * 1024  # a part that is parsed whole; its tree takes several times as much
_CORE: Final = "docProps/core.xml"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def parser() -> "etree.XMLParser":
    """A parser that resolves nothing and stops at absurd depths and lengths."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )


def encrypted(name: str) -> Unreadable:
    """P02, in the same words for every format."""
    return Unreadable("P02", f"“{name}”设有打开密码（已加密），无法读取。请用原软件打开，取消密码后另存，再重新读取。")


def damaged(name: str, what: str) -> Unreadable:
    """P03, in the same words for every format."""
    return Unreadable("P03", f"“{name}”已损坏或不完整：{what}。请用原软件打开并另存一份，或重新获取文件后再读取。")


def over_limit(name: str, what: str) -> Unreadable:
    """P09 where nothing at all is read."""
    return Unreadable("P09", f"“{name}”{what}，为安全起见没有读取。请用原软件打开，删去无关内容后另存，再重新读取。")


def refuse_dtd(name: str, part: str, head: bytes) -> None:
    """Raise P03 where XML declares a document type; UTF-16 text is looked through as well."""
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or (b"\0" in head and b"<!DOCTYPE" in head.replace(b"\0", b"")):
        raise damaged(name, f"部件 {part} 含有文档类型声明（DTD），办公软件不会写出这种内容")


class Package:
    """The parts of one file by name. Raises ``Unreadable`` with P02, P03 or P09."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        if data.startswith(OLE_MAGIC):
            if _OLE_ENCRYPTED in data:
                raise encrypted(name)
            raise damaged(name, "内容是旧版二进制格式，不是压缩包格式")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
            raise damaged(name, "压缩包目录读不出来，文件可能没有下载或拷贝完整") from error
        entries = self._zip.infolist()
        self._measure(entries, len(data))
        # Some producers write backslashes, or capitals that differ from the relationships.
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        self._unpacked = 0

    def _measure(self, entries: list[zipfile.ZipInfo], packed: int) -> None:
        if len(entries) > MAX_ZIP_ENTRIES:
            raise over_limit(self.name, f"内有 {len(entries)} 个部件，超过上限 {MAX_ZIP_ENTRIES}")
        total = sum(entry.file_size for entry in entries)
        if total > MAX_UNPACKED_BYTES or (total > RATIO_FREE_BYTES and total > MAX_UNPACK_RATIO * packed):
            raise over_limit(
                self.name, f"解压后达 {total // 1_000_000} MB（文件本身仅 {max(packed // 1000, 1)} KB），疑似压缩炸弹"
            )

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").lower() in self._entries

    def names(self) -> list[str]:
        """All part names, in lower case."""
        return list(self._entries)

    def _open(self, part: str) -> IO[bytes]:
        entry = self._entries.get(part.lstrip("/").lower())
        if entry is None:
            raise damaged(self.name, f"缺少部件 {part}")
        if entry.flag_bits & 1:
            raise encrypted(self.name)
        try:
            return self._zip.open(entry)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise damaged(self.name, f"部件 {part} 无法解压") from error

    def chunks(self, part: str) -> Iterator[bytes]:
        """The part piece by piece, with strict namespaces made transitional."""
        with self._open(part) as stream:
            first = True
            while True:
                try:
                    chunk = stream.read(_CHUNK)
                except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
                    raise damaged(self.name, f"部件 {part} 解压中断，校验不符") from error
                if not chunk:
                    return
                self._unpacked += len(chunk)
                if self._unpacked > 2 * MAX_UNPACKED_BYTES:
                    raise over_limit(self.name, "解压后的内容过大")
                refuse_dtd(self.name, part, chunk)
                if first:
                    chunk = _transitional(chunk)
                    first = False
                yield chunk

    def read(self, part: str) -> bytes:
        """The whole part."""
        entry = self._entries.get(part.lstrip("/").lower())
        if entry is not None and entry.file_size > _MAX_TREE_BYTES:
            raise over_limit(self.name, f"的部件 {part} 解压后达 {entry.file_size // 1_000_000} MB")
        return b"".join(self.chunks(part))

    def xml(self, part: str) -> "etree._Element":
        """The root element of a part."""
        data = self.read(part)
        try:
            root = etree.fromstring(data, parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            raise damaged(self.name, f"部件 {part} 的内容无法解析") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise damaged(self.name, f"部件 {part} 含有文档类型声明（DTD），办公软件不会写出这种内容")
        return root

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """OOXML relationships of a part (``""``: of the package): id -> (type's last word, target part)."""
        folder, base = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", base + ".rels")
        if rels not in self:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in self.xml(rels).iter(_RELATIONSHIP):
            if relation.get("TargetMode") == "External":
                continue
            target = (relation.get("Target") or "").replace("\\", "/")
            target = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[relation.get("Id") or ""] = ((relation.get("Type") or "").rsplit("/", 1)[-1], target)
        return found

    def keywords(self) -> str:
        """The keywords of the document's properties, "" where it has none."""
        if _CORE not in self:
            return ""
        return " ".join(element.text or "" for element in self.xml(_CORE) if str(element.tag).endswith("}keywords"))

    def main_part(self, fallback: str) -> str:
        """The part that the package is about."""
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and target in self:
                return target
        return fallback


def _transitional(data: bytes) -> bytes:
    if b"http://purl.oclc.org/ooxml/" in data:
        for strict, transitional in _STRICT:
            data = data.replace(strict, transitional)
    return data
