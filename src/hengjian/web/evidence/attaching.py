"""Files behind the values of a sheet: the panel beside a value, and the list of all of them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from hengjian.web.evidence import actions, files
from hengjian.web.evidence.access import attachment_for
from hengjian.web.evidence.models import Attachment
from hengjian.web.evidence.views import send
from hengjian.web.people.access import user_of
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.access import sheet_for
from hengjian.web.projects.actions import Refused
from hengjian.web.projects.comparing import label_of, name_of
from hengjian.web.projects.models import Part, Sheet
from hengjian.web.projects.valuing import row_data


def attachments(request: HttpRequest, pk: int) -> HttpResponse:
    """The files behind one value (``row``, ``field``), or behind the sheet as a whole; more can be added."""
    user = user_of(request)
    if request.method == "POST":
        return _added(request, sheet_for(user, pk, "edit"), user)
    sheet = sheet_for(user, pk)
    row, field = request.GET.get("row", "")[:12], request.GET.get("field", "")[:80]
    return _panel(request, sheet, user, row, field)


def _panel(
    request: HttpRequest, sheet: Sheet, user: User, row: str, field: str, refused: tuple[str, ...] = ()
) -> HttpResponse:
    stored = sheet.rows.filter(key=row).first() if row else None
    context = {
        "sheet": sheet,
        "row": row,
        "field": field,
        "row_name": "" if stored is None else name_of(row_data(stored)) or Part(stored.part).label,
        "field_label": label_of(stored.part, field) if stored is not None and field else "",
        "attachments": sheet.attachments.kept().filter(row=row, field=field).select_related("by"),
        "kinds": files.EVIDENCE_KINDS,
        "may_edit": sheet.is_open and may(user, "edit", sheet),
        "refused": refused,
        "limit": settings.UPLOAD_LIMIT // (1024 * 1024),
    }
    partial = "evidence/attachments.html#panel" if request.headers.get("HX-Request") else "evidence/attachments.html"
    return render(request, partial, context)


def _added(request: HttpRequest, sheet: Sheet, user: User) -> HttpResponse:
    row, field = request.POST.get("row", "")[:12], request.POST.get("field", "")[:80]
    uploads = request.FILES.getlist("files")
    refused = [files.limit_message(name) for name in files.too_big(request)]
    added = 0
    for upload in uploads[: settings.UPLOAD_FILES]:
        try:
            actions.attach(sheet, files.evidence(upload), row=row, field=field, by=user)
            added += 1
        except (files.Unfit, Refused) as error:
            refused.append(str(error))
    if len(uploads) > settings.UPLOAD_FILES:
        refused.append(f"一次最多 {settings.UPLOAD_FILES} 份文件，其余没有收，请分几次上传。")
    if not uploads and not refused:
        refused.append("没有选择文件，或文件名无效。请重新选择。")
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"added": added, "refused": refused}, status=200 if added or not refused else 409)
    if request.headers.get("HX-Request"):
        return _panel(request, sheet, user, row, field, tuple(refused))
    if added:
        messages.success(request, f"收到 {added} 份佐证材料。")
    for message in refused:
        messages.error(request, message)
    return redirect(_address(sheet, row, field))


def _address(sheet: Sheet, row: str, field: str) -> str:
    return f"{reverse('evidence:attachments', args=[sheet.pk])}?{urlencode({'row': row, 'field': field})}"


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """A file to be saved. Removed ones stay readable: the record names them."""
    found = attachment_for(user_of(request), pk)
    return send(found.file, found.name)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away from its value."""
    user = user_of(request)
    found = attachment_for(user, pk, "edit")
    refused: tuple[str, ...] = ()
    try:
        actions.remove_attachment(found, by=user)
    except Refused as error:
        refused = (str(error),)
    if request.headers.get("HX-Request"):
        return _panel(request, found.sheet, user, found.row, found.field, refused)
    for message in refused:
        messages.error(request, message)
    return redirect(_address(found.sheet, found.row, found.field))


@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """All files of a sheet by indicator, and which indicators have none."""
    user = user_of(request)
    sheet = sheet_for(user, pk)
    held: dict[str, list[Attachment]] = {}
    removed: list[Attachment] = []
    for one in sheet.attachments.select_related("by", "removed_by"):
        if one.removed_at is None:
            held.setdefault(one.row, []).append(one)
        else:
            removed.append(one)
    lines: list[dict[str, Any]] = []
    for row in sheet.rows.filter(part__in=(Part.INDICATORS, Part.FUNDS)):
        told = next((row.cells[name] for name in ("actual", "executed", "target") if row.cells.get(name)), "")
        lines.append({"row": row, "name": name_of(row_data(row)), "value": told, "files": held.pop(row.key, [])})
    lines.sort(key=lambda line: line["row"].part != Part.INDICATORS)
    context = {
        "sheet": sheet,
        "lines": lines,
        "whole": [one for files_ in held.values() for one in files_],
        "removed": removed,
        "lacking": sum(not line["files"] for line in lines if line["row"].part == Part.INDICATORS),
        "indicators": sum(line["row"].part == Part.INDICATORS for line in lines),
        "kinds": files.EVIDENCE_KINDS,
        "may_edit": sheet.is_open and may(user, "edit", sheet),
        "documents": sheet.taken_from.select_related("intake", "by"),
    }
    return render(request, "evidence/evidence.html", context)
