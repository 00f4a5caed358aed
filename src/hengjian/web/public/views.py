"""Public pages (no account), and the page on which a unit decides what is published."""

import json
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from hengjian import desk
from hengjian.web.journal.record import canonical
from hengjian.web.people.access import user_of
from hengjian.web.projects.access import NOT_FOUND, project_for
from hengjian.web.projects.actions import Refused
from hengjian.web.projects.exporting import KINDS, ExportError, download, exported
from hengjian.web.projects.models import Part, Project, Sheet, Stage
from hengjian.web.public import actions
from hengjian.web.public.access import publication_for
from hengjian.web.public.disclosing import (
    LABELS,
    WITHHOLDABLE,
    WORDS,
    Withheld,
    execution,
    head_facts,
    personal_data,
    results,
    sentences,
    whole_weight,
)
from hengjian.web.public.models import Publication

PAGE = 30


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What was published, newest first; search by name or unit."""
    words = request.GET.get("q", "").strip()[:60]
    year = request.GET.get("year", "")
    found = Publication.objects.current().matching(words)
    if year.isdecimal() and len(year) == 4:
        found = found.filter(year=int(year))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found.defer("content").order_by("-pk")[: PAGE + 1])
    last = rows[PAGE - 1].pk if len(rows) > PAGE else None
    context = {"publications": rows[:PAGE], "last": last, "q": words, "year": year}
    return render(request, "public/index.html", context)


@login_not_required
@require_GET
def page(request: HttpRequest, address: str, number: int | None = None) -> HttpResponse:
    """One project for anyone: what the money did, the table, the curves, the downloads, the digest."""
    publication = publication_for(address, number)
    context: dict[str, Any] = {"publication": publication, "withdrawal": getattr(publication, "withdrawal", None)}
    if context["withdrawal"] is None:
        content = json.loads(publication.content)
        context |= {
            "content": content,
            "sentences": sentences(content),
            "sheets": _shown_all(content["sheets"]),
            "kinds": KINDS,
            "others": Publication.objects.filter(address=address)
            .exclude(pk=publication.pk)
            .order_by("-number")
            .defer("content"),
        }
    return render(request, "public/page.html", context, status=200 if context["withdrawal"] is None else 410)


def _shown_all(sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was reached before what was meant to be; curves for the first."""
    ordered = sorted(sheets, key=lambda sheet: not Stage(sheet["stage"]).scored)
    return [_shown(sheet, drawn=not place) for place, sheet in enumerate(ordered)]


@lru_cache(maxsize=128)
def _drawn(form: str) -> tuple[str, ...]:
    """The curves of a form (its JSON): what was published does not change, and they take longer than the rest of the page."""
    # The drawing is made here of numbers and of texts that the desk escapes; nothing of it comes from a user unescaped.
    return tuple(mark_safe(svg) if svg else "" for svg in desk.curves(json.loads(form)))  # noqa: S308


def _shown(sheet: dict[str, Any], *, drawn: bool) -> dict[str, Any]:
    rows = results(sheet)
    curves = _drawn(canonical(sheet["form"])) if drawn else ("",) * len(rows)
    scored = Stage(sheet["stage"]).scored
    spending = execution(sheet) if scored else None
    table = rows if spending is None else [*rows, spending]
    return {
        "title": Stage(sheet["stage"]).label,
        "words": WORDS[Stage(sheet["stage"])],
        "scored": scored,
        "facts": [fact for fact in head_facts(sheet["form"]) if fact[0] not in ("金额单位", "年度")],
        "rows": table,
        "weight": whole_weight(table),
        "curves": [(row, svg) for row, svg in zip(rows, curves, strict=True) if svg],
        "assessment": sheet["assessment"],
        "version_digest": sheet["version_digest"],
    }


@login_not_required
@require_GET
def file(request: HttpRequest, address: str, number: int, kind: str) -> HttpResponse:
    """A download. The JSON is byte for byte what the digest was made of."""
    publication = publication_for(address, number)
    if kind not in KINDS or getattr(publication, "withdrawal", None) is not None:
        raise Http404(NOT_FOUND)
    name = f"{publication.title}（{publication.year}年）"
    if kind == "json":
        return download(publication.content.encode("utf-8"), kind, name)
    forms = [sheet["form"] for sheet in json.loads(publication.content)["sheets"]]
    try:
        return download(exported(forms, kind), kind, name)
    except ExportError as error:
        return render(request, "public/no_file.html", {"message": str(error), "publication": publication}, status=503)


# --- inside: what is published ----------------------------------------------------------------------------------------


def disclose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what of a project is published, look at it, publish."""
    user = user_of(request)
    project = project_for(user, pk, to="disclose")
    sheets = actions.approved_sheets(project)
    chosen = request.POST.getlist("stage") if request.method == "POST" else [sheet.stage for sheet in sheets]
    withheld = _withheld(request, sheets) if request.method == "POST" else _withheld_before(project)
    if request.POST.get("do") == "publish":
        try:
            made = actions.publish_project(
                project,
                stages=chosen,
                withheld=withheld,
                cleared=request.POST.getlist("cleared"),
                cleared_reason=request.POST.get("cleared_reason", ""),
                by=user,
            )
            messages.success(request, f"已公开（第{made.number}次）。")
            return redirect("public:page", address=made.address)
        except Refused as refused:
            messages.error(request, str(refused))
    content: dict[str, Any] = actions.drafted(project, [one for one in sheets if one.stage in chosen], withheld)
    context = {
        "project": project,
        "sheets": sheets,
        "chosen": chosen,
        "choices": [(where, label, _given(withheld, where)) for where, label in WITHHOLDABLE],
        "rows": [(f"row:{key}", name, _given(withheld, f"row:{key}")) for key, name in _rows(sheets)],
        "personal": personal_data([sheet["form"] for sheet in content["sheets"]]),
        "cleared": request.POST.getlist("cleared"),
        "cleared_reason": request.POST.get("cleared_reason", ""),
        "sentences": sentences(content),
        "published": Publication.objects.filter(project=project).select_related("by", "withdrawal").order_by("-number"),
    }
    return render(request, "public/disclose.html", context)


def _rows(sheets: list[Sheet]) -> list[tuple[str, str]]:
    """The indicators of the approved sheets: key and name."""
    found: dict[str, str] = {}
    for sheet in sheets:
        for row in sheet.versions.get(number=sheet.version).data["rows"]:
            if row["part"] == Part.INDICATORS:
                found[row["key"]] = row["cells"].get("name", "")
    return list(found.items())


def _withheld(request: HttpRequest, sheets: list[Sheet]) -> list[Withheld]:
    labels = LABELS | {f"row:{key}": f"指标“{name}”" for key, name in _rows(sheets)}
    return [
        Withheld(where, labels[where], request.POST.get(f"reason:{where}", "").strip()[:200])
        for where in dict.fromkeys(request.POST.getlist("withhold"))
        if where in labels
    ]


def _withheld_before(project: Project) -> list[Withheld]:
    """What the last disclosure kept back: what was withheld once is not published by an oversight."""
    last = Publication.objects.filter(project=project).order_by("-number").defer("content").first()
    return [] if last is None else [Withheld(**one) for one in json.loads(last.withheld)]


def _given(withheld: list[Withheld], where: str) -> Withheld | None:
    return next((one for one in withheld if one.where == where), None)


@require_POST
def withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a disclosure back."""
    user = user_of(request)
    project: Project = project_for(user, pk, to="disclose")
    publication = Publication.objects.filter(project=project, number=number).first()
    if publication is None:
        raise Http404(NOT_FOUND)
    try:
        actions.withdraw_publication(publication, reason=request.POST.get("reason", ""), by=user)
        messages.success(request, f"第{number}次公开已撤下。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("public:disclose", pk=pk)
