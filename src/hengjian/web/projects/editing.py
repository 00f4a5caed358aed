"""The page on which a sheet is filled in: the form, the saving of cells, and what the desk says while one types.

The page works in two ways. Without script it shows the form as tables, with an ordinary page for each row. With script
(``static/hengjian/sheet.js``) the tables are filled in like a spreadsheet: changes go to ``cells``, and ``live`` tells what
they mean. Both ways end in the same action, so that the same is refused with the same words.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hengjian import desk
from hengjian.web.library.models import LibraryIndicator
from hengjian.web.people.access import user_of
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects import actions
from hengjian.web.projects.access import NOT_FOUND, sheet_for
from hengjian.web.projects.content import COMPUTED_HEAD, MONEY_UNITS, costs_in_order, text_of
from hengjian.web.projects.freezing import missing_of
from hengjian.web.projects.models import Part, Row, Sheet, Stage, new_key
from hengjian.web.projects.moving import WAYS, move_of
from hengjian.web.projects.screen import Column, boards, head_fields
from hengjian.web.projects.valuing import Valued, row_data, valued
from hengjian.web.projects.workflow import Step, steps_for

MOST_CHANGES = 500  # of one request
RULE_LENGTH = 2000  # characters that are explained while typing


# --- the page ---------------------------------------------------------------------------------------------------------


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one stage: to fill in for its clerk while it is open, to read for everyone else."""
    user = user_of(request)
    found = sheet_for(user, pk)
    rows = list(found.rows.all())
    told = valued(found, [row_data(row) for row in rows])
    stored = [row_data(row) for row in rows]
    editable = found.is_open and may(user, "edit", found)
    shown = boards(found.stage, stored)
    head = next((row for row in stored if row.part == Part.HEAD), None)
    fields = head_fields(found.stage, stored)
    live = live_json(found, told, user)
    steps = steps_for(user, found)
    context = {
        "sheet": found,
        "told": told,
        "live": live,
        "boards": shown,
        "head": [(column, text_of(head.cells.get(column.field)) if head else "") for column in fields],
        "head_computed": live["computed"].get(head.key, {}) if head else {},
        "editable": editable,
        "may_submit": Step.SUBMIT in steps,
        "may_withdraw": Step.WITHDRAW in steps,
        "may_review": Step.PASS in steps,
        "remarks": live["remarks"],
        "columns_of_findings": {column.field: column.label for board in shown for column in board.columns},
        "data": {
            "sheet": found.pk,
            "scored": found.scored,
            "proved": found.stage != Stage.DECLARATION,
            "weighed": found.stage != Stage.MONITORING or live["weighing"]["sum"] != "0",
            "user": user.pk,
            "editable": editable,
            "parts": [board.json() for board in shown],
            "head": [asdict(column) for column in fields],
            "rows": [
                {
                    "key": row.key,
                    "part": row.part,
                    "parent": row.parent,
                    "cells": row.cells,
                    "unsure": [name for name, place in row.places.items() if place.get("uncertain")],
                }
                for row in (*([head] if head else []), *(row for board in shown for row in board.rows))
            ],
            "live": live,
            "moneyUnits": MONEY_UNITS,
            "classes": _classes() if editable else [],
            "urls": {
                "cells": reverse("projects:cells", args=[pk]),
                "live": reverse("projects:live", args=[pk]),
                "explain": reverse("projects:explain", args=[pk]),
                "suggest": reverse("projects:suggest", args=[pk]),
                "login": f"{reverse('people:login')}?next={found.get_absolute_url()}",
                "evidence": _evidence_url(pk),
            },
        },
    }
    return render(request, "projects/sheet.html", context)


def _classes() -> list[tuple[str, str]]:
    """The classes of the library's indicators, as pairs of first and second level."""
    return list(LibraryIndicator.objects.filter(active=True).order_by().values_list("level1", "level2").distinct())


def _evidence_url(pk: int) -> str:
    """Where the files behind the values of a sheet are shown, "" while there is no such page."""
    try:
        return reverse("evidence:attachments", args=[pk])
    except NoReverseMatch:
        return ""


# --- what the desk says -----------------------------------------------------------------------------------------------


@require_GET
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The assessment of a sheet as it stands, and what others changed after ``revision``; 204 where ``seen`` is up to date."""
    user = user_of(request)
    found = sheet_for(user, pk)
    base, seen = request.GET.get("revision", ""), request.GET.get("seen", "")
    if seen == f"{found.revision}.{found.state}.{user.pk}":
        return HttpResponse(status=204)
    rows = list(found.rows.all())
    answer = live_json(found, valued(found, [row_data(row) for row in rows]), user)
    known = base.isdecimal() and len(base) < 10
    answer["others"] = found.changed_since(int(base), rows) if known else []
    answer["token"] = get_token(request)
    return JsonResponse(answer)


def live_json(found: Sheet, told: Valued, user: User) -> dict[str, Any]:
    """All that the page shows beside the cells; rows by their keys."""
    assessment = told.assessment
    keys = [row.key for row in told.indicators]
    evidence = Counter(found.attachments.filter(removed_at=None).values_list("row", flat=True))
    rows = {
        key: {**one, "computed": (key, "score") in told.filled, "evidence": evidence[key]}
        for key, one in zip(keys, assessment["rows"], strict=True)
    }
    findings = [
        {**finding, "row": None if finding["row"] is None else keys[finding["row"]]}
        for finding in assessment["findings"]
    ]
    unscored = _unscored(told) if found.scored else 0
    remarks = [
        {
            "row": remark.row,
            "field": remark.field,
            "text": remark.text,
            "by": remark.by.name,
            "at": timezone.localtime(remark.at).isoformat(timespec="minutes"),
        }
        for remark in found.remarks.filter(settled_at=None).select_related("by")
    ]
    return {
        "revision": found.revision,
        "state": found.state,
        "stateName": found.get_state_display(),
        "open": found.is_open,
        "seen": f"{found.revision}.{found.state}.{user.pk}",
        "user": user.pk,
        "rows": rows,
        "order": {part: [row.key for row in told.rows if row.part == part] for part in Part.values},
        "findings": findings,
        "errors": told.errors,
        "warnings": told.warnings,
        "weighing": assessment["weighing"],
        "sums": _sums(told),
        "execution": assessment["execution"],
        "computed": _computed(told),
        "total": assessment["total"],
        "whole": _whole(told),
        "unscored": unscored,
        "rounding": assessment["rounding"],
        "scheme": assessment["scheme"],
        "lacking": missing_of(found, told),
        "owed": sorted({f["row"] for f in findings if f["row"] and f["code"] in _OWED}),
        "remarks": remarks,
    }


# A score below the weight, or a target far exceeded, owes a reason.
_OWED = ("G01", "G06")


def _computed(told: Valued) -> dict[str, dict[str, dict[str, str]]]:
    """What the cells come to that can be computed, with the derivation, by row and field."""
    out: dict[str, dict[str, dict[str, str]]] = {}
    for (key, name), (text, derivation) in told.computed.items():
        out.setdefault(key, {})[name] = {"text": text, "derivation": derivation}
    return out


def _whole(told: Valued) -> dict[str, str] | None:
    """The total of the scores as they stand, with its derivation and grade; None while one is missing."""
    cells = {name: one for (_, name), one in told.computed.items() if name in COMPUTED_HEAD}
    if "total.score" not in cells:
        return None
    text, derivation = cells["total.score"]
    return {"total": text, "derivation": derivation, "grade": cells.get("grade", ("", ""))[0]}


def _unscored(told: Valued) -> int:
    """How many rows that have a weight have no score yet, typed or computed."""
    rows = [row.cells for row in told.rows if row.part in (Part.INDICATORS, Part.FUNDS)]
    weighed = [cells for cells in rows if any(char.isdecimal() for char in text_of(cells.get("weight")))]
    return sum(not text_of(cells.get("score")).strip() for cells in weighed)


def _sums(told: Valued) -> list[dict[str, Any]]:
    """What amounts add up to, with the key of the row that holds the whole ("" where the head does)."""
    places = {
        Part.FUNDS.value: [row.key for row in told.rows if row.part == Part.FUNDS],
        Part.COSTS.value: costs_in_order(told.rows),
    }
    return [
        {**one, "row": "" if one["row"] is None else places[one["part"]][one["row"]]} for one in told.assessment["sums"]
    ]


@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """What a rule means as it is being typed: read-back, status, notes, curve, the score at the actual, what earns points."""
    sheet_for(user_of(request), pk)
    asked = _body(request)
    if isinstance(asked, HttpResponse):
        return asked
    texts = {name: text_of(asked.get(name)) for name in _ASKED}
    if max(len(text) for text in texts.values()) > RULE_LENGTH:
        return JsonResponse({"message": f"文字太长（超过 {RULE_LENGTH} 字），不作即时解释。"}, status=422)
    year = text_of(asked.get("year"))
    context = desk.Context(
        indicator=texts["name"],
        target=texts["target"],
        weight=texts["weight"],
        level1=texts["level1"],
        level2=texts["level2"],
        sign=texts["sign"],
        unit=texts["measure_unit"],
        year=int(year) if re.fullmatch(r"\d{4}", year, re.ASCII) else None,
    )
    scheme = desk.load_scheme(texts["scheme"] if texts["scheme"] in desk.schemes() else desk.DEFAULT_SCHEME)
    needs = [points for text in (texts["weight"], texts["need"]) if (points := _points(text)) is not None]
    told = [
        desk.explain_rule(texts["rule"], context, actual=texts["actual"] or None, need=need, scheme=scheme)
        for need in (dict.fromkeys(needs) or (None,))
    ]
    answer = desk.explanation_json(told[0])
    answer.pop("full_trace")
    answer["svg"] = desk.explanation_svg(told[0]) or ""
    answer["needed"] = [one.needed.text for one in told if one.needed is not None]
    return JsonResponse(answer)


_ASKED = ("rule", "name", "target", "weight", "level1", "level2", "sign", "measure_unit", "actual", "need", "scheme")


def _points(text: str) -> Fraction | None:
    """A number of points as typed."""
    return Fraction(Decimal(text)) if re.fullmatch(r"\d{1,4}(\.\d{1,4})?", text.strip(), re.ASCII) else None


@require_GET
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Indicators for a name that is being typed: of the project's year before, and of the library."""
    found = sheet_for(user_of(request), pk)
    words = request.GET.get("q", "").replace("\x00", "").split()[:4]
    if not words:
        return JsonResponse({"items": []})
    named = Q()
    for word in words:
        named &= Q(name__icontains=word[:40])
    return JsonResponse({"items": [*_of_last_year(found, named), *_of_library(named)]})


def _of_last_year(found: Sheet, named: Q) -> list[dict[str, Any]]:
    own, year = found.project, found.year - 1
    same = Q(sheet__project=own.previous_id) if own.previous_id else Q(sheet__project__body=own.body, sheet__year=year)
    if not own.previous_id:
        same &= Q(sheet__project__name=own.name)
    rows = Row.objects.filter(named, same, sheet__stage=Stage.DECLARATION, part=Part.INDICATORS)
    items = []
    for row in rows.order_by("position")[:5]:
        taken = ("level1", "level2", "sign", "target", "measure_unit", "weight", "rule")
        cells = {name: text for name in taken if (text := text_of(row.cells.get(name)))}
        if cells.get("target"):
            cells[f"history:{year}"] = cells["target"]
        items.append({"name": row.name, "source": f"{year}年", "note": cells.get("target", ""), "cells": cells})
    return items


def _of_library(named: Q) -> list[dict[str, Any]]:
    items = []
    for one in LibraryIndicator.objects.filter(named, active=True).order_by("code")[:8]:
        # Where the library names several usual targets, the choice is the person's.
        target = "" if "；" in one.target or "｜" in one.target else one.target
        given = {"level1": one.level1, "level2": one.level2, "target": target, "rule": one.rule}
        cells = {name: text for name, text in given.items() if text}
        note = "　".join(text for text in (one.level1, one.target, one.unit) if text)
        items.append({"name": one.name, "source": "指标库", "note": note, "cells": cells, "library": one.pk})
    return items


# --- saving -----------------------------------------------------------------------------------------------------------


@require_POST
def cells(request: HttpRequest, pk: int) -> HttpResponse:
    """Save changes: ``{"base": revision, "changes": […]}``; the answer is ``actions.Saved``.

    A refusal is 409 with a message (``closed`` where the sheet cannot be changed at all now); nothing of the request is saved
    then.
    """
    user = user_of(request)
    found = sheet_for(user, pk, to="edit", alone=True)
    asked = _body(request)
    if isinstance(asked, HttpResponse):
        return asked
    base, changes = asked.get("base"), asked.get("changes")
    shaped = isinstance(changes, list) and all(isinstance(change, Mapping) for change in changes)
    if not shaped or not isinstance(base, int) or not isinstance(changes, list):
        return JsonResponse({"message": "保存请求的格式不对，请刷新页面后重试。"}, status=400)
    if len(changes) > MOST_CHANGES:
        return JsonResponse({"message": f"一次最多保存 {MOST_CHANGES} 处修改。"}, status=413)
    try:
        return JsonResponse(asdict(actions.change_cells(found, changes, base=base, by=user)))
    except actions.Refused as refused:
        closed = isinstance(refused, actions.Closed)
        return JsonResponse({"message": str(refused), "closed": closed}, status=409)


def _body(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The JSON object of a request, or why it is none."""
    try:
        asked = json.loads(request.body)
    except RequestDataTooBig:
        return JsonResponse({"message": "内容太多，请分几次粘贴。"}, status=413)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return JsonResponse({"message": "请求不是有效的 JSON，请刷新页面后重试。"}, status=400)
    return asked


# --- without script ---------------------------------------------------------------------------------------------------


def head(request: HttpRequest, pk: int) -> HttpResponse:
    """The head of the form as an ordinary page."""
    found = sheet_for(user_of(request), pk, to="edit")
    own = found.rows.filter(part=Part.HEAD).first()
    if own is None:
        raise Http404(NOT_FOUND)
    return row(request, pk, own.key)


def row(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One row as an ordinary form: save it, move it, remove it."""
    user = user_of(request)
    found = sheet_for(user, pk, to="edit")
    own = found.rows.filter(key=key).first()
    if own is None:
        raise Http404(NOT_FOUND)
    columns = _fields(found, own.part)
    if request.method == "POST":
        changes = _posted(request, own, columns)
        if _apply(request, found, changes, user):
            return redirect(f"{found.get_absolute_url()}#{'head' if own.part == Part.HEAD else own.part}")
        own.cells = {**own.cells, **{column.field: request.POST.get(column.field, "") for column in columns}}
    return _row_page(request, found, own, columns)


@require_POST
def move_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a row one step: the pressed button is named by the way and holds the row's key."""
    user = user_of(request)
    found = sheet_for(user, pk, to="edit")
    way = next((way for way in WAYS if way in request.POST), "")
    key = request.POST.get(way, "")
    rows = [row_data(row) for row in found.rows.all()]
    change = move_of(rows, key, way)
    if change is None:
        messages.info(request, "这一行不能再往那边移。")
    else:
        change["id"] = f"{str(uuid4())[:30]}"
        _apply(request, found, [change], user, said="已移动。")
    part = next((row.part for row in rows if row.key == key), "")
    return redirect(f"{found.get_absolute_url()}#{f'row-{key}' if part else 'tables'}")


def new_row(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """A new row as an ordinary form; it goes behind the row ``after``, of costs as a part of the row ``under``."""
    user = user_of(request)
    found = sheet_for(user, pk, to="edit")
    if part not in Part.values or part == Part.HEAD:
        raise Http404(NOT_FOUND)
    columns = _fields(found, part)
    given = {column.field: _typed(request, column.field) for column in columns}
    own = Row(sheet=found, key=request.POST.get("key") or new_key(), part=part)
    own.cells = {name: text for name, text in given.items() if text}
    if request.method == "POST":
        after = request.GET.get("after", "")
        above = found.rows.filter(key=after).first()
        under = request.GET.get("under") or (above.parent if above is not None else "")
        add = {"do": "add", "row": own.key, "part": part, "after": after, "parent": under, "cells": own.cells}
        add |= {"id": request.POST.get("operation", "")}
        if _apply(request, found, [add], user):
            return redirect(f"{found.get_absolute_url()}#{part}")
    return _row_page(request, found, own, columns, new=True)


def _fields(found: Sheet, part: str) -> tuple[Column, ...]:
    rows = [row_data(one) for one in found.rows.all()]
    if part == Part.HEAD:
        return head_fields(found.stage, rows)
    shown = [board.columns for board in boards(found.stage, rows) if board.part == part]
    if not shown:
        raise Http404(NOT_FOUND)
    return shown[0]


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\r\n", "\n").strip()


def _posted(request: HttpRequest, own: Row, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """The changes a person made in the form of a row, each with what the form showed before."""
    operation, do = request.POST.get("operation", ""), request.POST.get("do", "set")
    if do == "remove":
        return [{"id": operation, "do": "remove", "row": own.key}]
    changes = []
    for number, column in enumerate(columns):
        before, to = request.POST.get(f"from:{column.field}", "").replace("\r\n", "\n"), _typed(request, column.field)
        if column.computed:  # it can only be taken away
            to = ""
        if column.field in request.POST and before.strip() != to:
            change = {"do": "set", "row": own.key, "field": column.field, "from": before, "to": to}
            changes.append({"id": f"{operation[:32]}-{number}", **change})
    return changes


def _apply(request: HttpRequest, found: Sheet, changes: list[dict[str, Any]], by: User, said: str = "已保存。") -> bool:
    """Save and say so; false where the person has to look at the form again."""
    if not changes:
        messages.info(request, "没有改动。")
        return True
    try:
        saved = actions.change_cells(found, changes, base=found.revision, by=by)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return False
    for one in saved.conflicts:
        who = f"{one['by']}" if one.get("by") else "别人"
        now = "这一行已被删除" if one.get("gone") else f"现在是“{text_of(one['theirs'])}”"
        messages.error(request, f"“{text_of(one['mine'])}”没有保存：这一格已被{who}修改，{now}。请核对后再保存。")
    if not saved.conflicts:
        messages.success(request, said)
    return not saved.conflicts


def _row_page(
    request: HttpRequest, found: Sheet, own: Row, columns: tuple[Column, ...], *, new: bool = False
) -> HttpResponse:
    stored = {} if new else Row.objects.get(pk=own.pk).cells
    told = valued(found).computed if not new else {}
    context = {
        "sheet": found,
        "row": own,
        "new": new,
        "is_head": own.part == Part.HEAD,
        "operation": str(uuid4())[:32],
        "fields": [
            (
                column,
                text_of(own.cells.get(column.field)),
                text_of(stored.get(column.field)),
                told.get((own.key, column.field)),
            )
            for column in columns
        ],
    }
    return render(request, "projects/row.html", context, status=200 if request.method == "GET" else 409)
