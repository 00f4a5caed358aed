"""Forms as files: official layout (xlsx, docx, pdf), a plain table (csv), the contract's JSON.

Used for a unit's own downloads and for the public pages. No cell of a file is ever a formula made of somebody's text.
"""

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from hengjian import desk
from hengjian.web.journal.record import canonical
from hengjian.web.projects.content import INDICATOR_COLUMNS

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
KINDS = tuple(TYPES)


class ExportError(ValueError):
    """Why a file cannot be made; the message is for the person."""


def exported(forms: Sequence[Mapping[str, Any]], kind: str) -> bytes:
    """Forms as the bytes of a file. Raises ``ExportError``."""
    if kind == "json":
        return canonical(list(forms)).encode("utf-8")
    if kind == "csv":
        return _csv(forms)
    with tempfile.TemporaryDirectory(prefix="hengjian-") as folder:
        path = Path(folder) / f"form.{kind}"
        try:
            desk.typeset_json(forms, kind, path)
        except desk.RenderError as error:
            raise ExportError(str(error)) from error
        return path.read_bytes()


def _csv(forms: Sequence[Mapping[str, Any]]) -> bytes:
    """One line for each indicator."""
    columns = [
        column for column in INDICATOR_COLUMNS if any(column[0] in row for form in forms for row in form["indicators"])
    ]
    lines = [["年度", "单位", "项目", *(label for _, label in columns)]]
    for form in forms:
        head = [str(form.get("year", "")), form.get("unit", ""), form.get("project", "")]
        lines += [[*head, *(row.get(field, "") for field, _ in columns)] for row in form["indicators"]]
    return desk.csv_bytes(lines)


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep, under a Chinese name."""
    answer = HttpResponse(content, content_type=TYPES[kind])
    safe = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name)[:80] or "表格"
    answer["Content-Disposition"] = content_disposition_header(True, f"{safe}.{kind}") or "attachment"
    return answer
