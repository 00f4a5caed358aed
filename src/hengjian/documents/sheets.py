"""Workbooks: told apart by what they contain, never by their names."""

from hengjian.documents import ods, xls, xlsx
from hengjian.documents.content import Content

_ZIP = b"PK"


def read(data: bytes, name: str, hidden: bool = False) -> Content:
    """A workbook (xlsx, xlsm, xls, ods) as content: one grid for each visible sheet. Raises ``Unreadable``.

    ``hidden`` reads hidden sheets as well, where a person asks for them.
    """
    if not data.startswith(_ZIP):
        return xls.read(data, name, hidden)
    if b"opendocument.spreadsheet" in data[:200] or b"[Content_Types].xml" not in data:
        return ods.read(data, name, hidden)
    return xlsx.read(data, name, hidden)
