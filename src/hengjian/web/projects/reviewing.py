"""Pages of the way through review: the steps, the page a reviewer works on, versions and their differences, the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hengjian.web.people.access import user_of
from hengjian.web.people.models import Body, BodyKind, BodyQuerySet, User
from hengjian.web.projects import actions
from hengjian.web.projects.access import NOT_FOUND, planned_bodies, sheet_for
from hengjian.web.projects.comparing import Difference, differences
from hengjian.web.projects.content import HEAD, RowData, row_from_json
from hengjian.web.projects.exporting import KINDS, ExportError, download, exported
from hengjian.web.projects.models import Deadline, Decision, Part, Project, Sheet, Stage, Verdict, Version
from hengjian.web.projects.screen import Board, boards
from hengjian.web.projects.valuing import valued
from hengjian.web.projects.workflow import Step, steps_for

PAGE = 50
CHOICES = 300  # of bodies, in a list to choose from


# --- steps ------------------------------------------------------------------------------------------------------------


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """One step of one sheet; ``expected`` is the revision or version the page showed."""
    user = user_of(request)
    sheet = sheet_for(user, pk)
    wanted = request.POST.get("step", "")
    expected = request.POST.get("expected", "")
    if wanted not in Step.values or not expected.isdecimal():
        messages.error(request, "请求不完整，请刷新页面后重试。")
        return redirect(sheet)
    try:
        moved = actions.move_sheet(
            sheet,
            wanted,
            by=user,
            expected=int(expected),
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
            remarks=_remarks(request.POST),
        )
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(_back(request, sheet))
    messages.success(request, f"已{Step(wanted).label}，现在是“{moved.get_state_display()}”。")
    return redirect(
        reverse("projects:queue") if wanted in (Step.PASS, Step.RETURN) else sheet.project.get_absolute_url()
    )


def _remarks(posted: QueryDict) -> list[dict[str, str]]:
    """Remarks on cells from fields named ``remark:ROW:FIELD``."""
    found = []
    for name, value in posted.items():
        head, _, where = name.partition(":")
        if head == "remark" and where and isinstance(value, str) and value.strip():
            row, _, field = where.partition(":")
            found.append({"row": row, "field": field, "text": value})
    return found


def _back(request: HttpRequest, sheet: Sheet) -> str:
    """The page the person came from, if it is one of ours."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return asked
    return reverse("projects:review", args=[sheet.pk]) if not sheet.is_open else sheet.get_absolute_url()


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reviewer says of one finding, or of all that are open."""
    user = user_of(request)
    sheet = sheet_for(user, pk)
    try:
        actions.decide_findings(
            sheet,
            request.POST.getlist("mark"),
            request.POST.get("verdict", ""),
            reason=request.POST.get("reason", ""),
            by=user,
        )
    except actions.Refused as refused:
        if request.headers.get("HX-Request"):
            return render(
                request, "projects/review.html#findings", _findings_context(sheet, user, str(refused)), status=409
            )
        messages.error(request, str(refused))
    if request.headers.get("HX-Request"):
        return render(request, "projects/review.html#findings", _findings_context(sheet, user))
    return redirect(reverse("projects:review", args=[sheet.pk]) + "#findings")


@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """A remark on a cell of the version under review."""
    user = user_of(request)
    sheet = sheet_for(user, pk)
    row, field, text = (request.POST.get(name, "") for name in ("row", "field", "text"))
    try:
        actions.remark_on(sheet, row=row, field=field, text=text, by=user)
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect(reverse("projects:review", args=[sheet.pk]) + "#remarks")


# --- a version --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen version, opened."""

    version: Version
    content: Mapping[str, Any]
    rows: tuple[RowData, ...]

    @property
    def indicators(self) -> list[dict[str, Any]]:
        """Indicator rows with what the desk said of each."""
        rows = [row for row in self.rows if row.part == Part.INDICATORS]
        return [
            {"row": row, "told": told, "number": number}
            for number, (row, told) in enumerate(zip(rows, self.content["assessment"]["rows"], strict=True), 1)
        ]

    @property
    def head(self) -> Mapping[str, Any]:
        """The cells of the head."""
        return next((row.cells for row in self.rows if row.part == Part.HEAD), {})

    def part(self, part: str) -> list[RowData]:
        """The rows of a part."""
        return [row for row in self.rows if row.part == part]

    @property
    def computed(self) -> dict[str, set[str]]:
        """The fields that were computed, nobody having filled them in, by the keys of their rows."""
        found: dict[str, set[str]] = {}
        for one in self.content.get("computed", ()):
            # Versions of before name the row only: what was computed then was its score.
            key, names = (one, {"score", "total.score"}) if isinstance(one, str) else (one[0], {one[1]})
            found.setdefault(key, set()).update(names)
        return found

    @property
    def head_computed(self) -> set[str]:
        """The same for the head."""
        return next((self.computed.get(row.key, set()) for row in self.rows if row.part == Part.HEAD), set())


def opened(version: Version) -> Frozen:
    """A version with its rows as values."""
    content = version.data
    return Frozen(version, content, tuple(row_from_json(row) for row in content["rows"]))


def version_of(sheet: Sheet, number: int | None = None) -> Version:
    """A version of a sheet, the last where no number is given. Raises ``Http404``."""
    versions = sheet.versions.select_related("by")
    found = versions.filter(number=number).first() if number is not None else versions.order_by("-number").first()
    if found is None:
        raise Http404(NOT_FOUND)
    return found


def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A frozen version as it was, with its digest."""
    sheet = sheet_for(user_of(request), pk)
    frozen = opened(version_of(sheet, number))
    context = {"sheet": sheet, "frozen": frozen, **_columns(sheet, frozen)}
    return render(request, "projects/version.html", context)


def version_json(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The canonical JSON of a version, byte for byte what was hashed."""
    sheet = sheet_for(user_of(request), pk)
    found = version_of(sheet, number)
    answer = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="sheet-{sheet.pk}-v{number}.json"'
    return answer


def sheet_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The form in official layout (xlsx, docx, pdf), as a table (csv) or as data (json): as it stands now."""
    sheet = sheet_for(user_of(request), pk)
    if kind not in KINDS:
        raise Http404(NOT_FOUND)
    name = f"{sheet.project.name}{sheet.get_stage_display()}（{sheet.year}年）"
    try:
        return download(exported([valued(sheet).form], kind), kind, name)
    except ExportError as error:
        messages.error(request, f"不能做成 {kind.upper()}：{error}")
        return redirect(sheet)


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions side by side; ``?a=1&b=2``, the last two where nothing is given."""
    sheet = sheet_for(user_of(request), pk)
    last = version_of(sheet)
    before, after = _number(request, "a", max(last.number - 1, 1)), _number(request, "b", last.number)
    one, two = opened(version_of(sheet, before)), opened(version_of(sheet, after))
    context = {
        "sheet": sheet,
        "one": one,
        "two": two,
        "numbers": range(1, last.number + 1),
        "found": differences(one.rows, two.rows),
    }
    return render(request, "projects/compare.html", context)


def _number(request: HttpRequest, name: str, default: int) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 6 else default


# --- the reviewer's page ----------------------------------------------------------------------------------------------


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What a reviewer looks at: the frozen form, what changed, the findings to settle, the remarks."""
    user = user_of(request)
    sheet = sheet_for(user, pk)
    frozen = opened(version_of(sheet))
    context = {
        **_findings_context(sheet, user, frozen=frozen),
        **_columns(sheet, frozen),
        "changes": _since_last_version(sheet, frozen),
        "last_year": _since_last_year(sheet, frozen),
        "remarks": sheet.remarks.select_related("by", "settled_by"),
        "row_names": {row.key: name for row in frozen.rows if (name := row.cells.get("name") or row.cells.get("item"))},
    }
    return render(request, "projects/review.html", context)


def _columns(sheet: Sheet, frozen: Frozen) -> dict[str, Any]:
    """What of a form is shown, and in which order."""
    shown = {board.part: board for board in boards(sheet.stage, frozen.rows)}
    left_out = {"name", "basis", "remark"}
    if sheet.stage == Stage.DECLARATION:
        left_out |= {"actual", "score", "deviation"}
    return {
        "columns": [column for column in _used(shown[Part.INDICATORS]) if column[0] not in left_out],
        "parts": [
            {"label": board.title, "columns": _used(board), "rows": list(zip(board.rows, board.depths, strict=True))}
            for part, board in shown.items()
            if board.rows and part != Part.INDICATORS
        ],
        "head_fields": [*HEAD[1:], ("goal.only", "年度总体目标")],
        "scored": sheet.scored,
    }


def _used(board: Board) -> list[tuple[str, str]]:
    """The columns that any row has, as field and label."""
    return [(one.field, one.label) for one in board.columns if any(one.field in row.cells for row in board.rows)]


def _findings_context(sheet: Sheet, user: User, refused: str = "", frozen: Frozen | None = None) -> dict[str, Any]:
    frozen = frozen or opened(version_of(sheet))
    decided = {
        one.mark: one for one in Decision.objects.filter(sheet=sheet, version=sheet.version).select_related("by")
    }
    keys = [one["row"].key for one in frozen.indicators]
    findings = [
        {
            **finding,
            "decision": decided.get(finding["mark"]),
            "anchor": keys[row] if (row := finding["row"]) is not None else "",
        }
        for finding in _each_once(frozen)
    ]
    owed = [finding for finding in findings if finding["level"] != "I"]
    return {
        "sheet": sheet,
        "frozen": frozen,
        "steps": steps_for(user, sheet),
        "findings": owed,
        "information": [finding for finding in findings if finding["level"] == "I"],
        "open_count": sum(finding["decision"] is None for finding in owed),
        "may_review": Step.PASS in steps_for(user, sheet),
        "refused": refused,
        "verdicts": Verdict,
    }


def _each_once(frozen: Frozen) -> list[Mapping[str, Any]]:
    return list({finding["mark"]: finding for finding in frozen.content["assessment"]["findings"]}.values())


def _since_last_version(sheet: Sheet, frozen: Frozen) -> list[Difference] | None:
    if frozen.version.number == 1:
        return None
    return differences(opened(version_of(sheet, frozen.version.number - 1)).rows, frozen.rows)


def _since_last_year(sheet: Sheet, frozen: Frozen) -> list[Difference] | None:
    before = Version.objects.filter(
        sheet__project=sheet.project.previous_id, sheet__stage=sheet.stage, sheet__round=sheet.round
    ).order_by("-number")
    found = before.first() if sheet.project.previous_id else None
    return None if found is None else differences(opened(found).rows, frozen.rows, of_years=True)


# --- the queue --------------------------------------------------------------------------------------------------------


def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, the longest waiting first; several can be passed or returned at once."""
    user = user_of(request)
    waiting = Sheet.objects.waiting_for(user).select_related("project", "project__body", "submitted_by")
    stage = request.GET.get("stage", "")
    if stage in Stage.values:
        waiting = waiting.filter(stage=stage)
    found = list(waiting.order_by("submitted_at", "pk")[: PAGE + 1])
    context = {"sheets": found[:PAGE], "more": len(found) > PAGE, "stages": Stage.choices, "stage": stage}
    return render(request, "projects/queue.html", context)


@require_POST
def queue_step(request: HttpRequest) -> HttpResponse:
    """The same step for several sheets, each by itself: what one refuses does not hold up the others."""
    user = user_of(request)
    wanted = request.POST.get("step", "")
    if wanted not in (Step.PASS, Step.RETURN):
        messages.error(request, "请选择通过或退回。")
        return redirect("projects:queue")
    done = 0
    for given in request.POST.getlist("sheet")[:200]:
        pk, number, state = (*given.split(":"), "", "")[:3]
        if not (pk.isdecimal() and number.isdecimal() and len(pk) < 19 and len(number) < 9):
            continue
        sheet = sheet_for(user, int(pk))
        try:
            reason = request.POST.get("reason", "")
            actions.move_sheet(sheet, wanted, by=user, expected=int(number), seen=state, reason=reason)
            done += 1
        except actions.Refused as refused:
            messages.error(request, f"{sheet.project.name}：{refused}")
    if done:
        messages.success(request, f"已{Step(wanted).label} {done} 张表。")
    elif not request.POST.getlist("sheet"):
        messages.error(request, "没有选中任何表。")
    return redirect("projects:queue")


# --- the calendar -----------------------------------------------------------------------------------------------------


def calendar(request: HttpRequest) -> HttpResponse:
    """Deadlines where I have a post, and who has not submitted."""
    user = user_of(request)
    today = timezone.localdate()
    deadlines = Deadline.objects.visible_to(user).select_related("body")
    chosen = (
        deadlines.filter(pk=_number(request, "deadline", 0)).first()
        or deadlines.filter(due__gte=today).order_by("due").first()
    )
    context: dict[str, Any] = {"deadlines": deadlines.order_by("due")[:100], "chosen": chosen, "today": today}
    if chosen is not None:
        late = Sheet.objects.visible_to(user).filter(
            year=chosen.year, stage=chosen.stage, path__startswith=chosen.body.path
        )
        late = late.filter(version=0).select_related("project", "project__body")
        missing = list(late.order_by("pk")[: PAGE + 1])  # by key, which needs no sorting of all of them
        context |= {"missing": sorted(missing[:PAGE], key=lambda one: one.path), "more": len(missing) > PAGE}
        if chosen.stage in (Stage.MONITORING, Stage.SELF_EVALUATION):  # which every project owes
            none = Project.objects.visible_to(user).filter(year=chosen.year, path__startswith=chosen.body.path)
            none = none.exclude(sheets__stage=chosen.stage).select_related("body")
            context["not_begun"] = sorted(none.order_by("-pk")[:PAGE], key=lambda one: one.path)
    context |= {"may_plan": bool(user.roles & {"finance", "department", "admin"}), "stages": Stage.choices}
    context["bodies"] = _to_choose(planned_bodies(user))
    return render(request, "projects/calendar.html", context)


def _to_choose(bodies: BodyQuerySet) -> list[Body]:
    """The bodies a deadline may be set for; without the departments where there are too many to choose from."""
    shown = bodies.only("name")
    many = bodies.order_by()[CHOICES : CHOICES + 1].exists()
    return list(shown.filter(kind=BodyKind.REGION)[:CHOICES] if many else shown)


@require_POST
def set_deadline(request: HttpRequest) -> HttpResponse:
    """Set or change a deadline."""
    user = user_of(request)
    body = planned_bodies(user).filter(pk=request.POST.get("body") or 0).first()
    if body is None:
        raise Http404(NOT_FOUND)
    try:
        actions.set_deadline(
            body=body,
            year=request.POST.get("year", ""),
            stage=request.POST.get("stage", ""),
            due=request.POST.get("due", ""),
            warn_days=request.POST.get("warn_days", "7"),
            by=user,
        )
        messages.success(request, "截止日期已保存。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("projects:calendar")
