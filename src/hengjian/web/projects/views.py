"""Pages of the work table, the list of projects, and one project: access, parse, one read or one action, render."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hengjian.web.journal.models import Event
from hengjian.web.journal.telling import told
from hengjian.web.people.access import user_of
from hengjian.web.people.models import Body, BodyKind, Role, covered
from hengjian.web.people.policy import may
from hengjian.web.projects import actions
from hengjian.web.projects.access import NOT_FOUND, project_for, sheet_for
from hengjian.web.projects.due import days_left, deadlines_of
from hengjian.web.projects.models import Project, Sheet, Stage, State
from hengjian.web.projects.valuing import scheme_choices
from hengjian.web.projects.workflow import BEGINNINGS, stages_to_begin

PAGE = 50


def home(request: HttpRequest) -> HttpResponse:
    """The work table: what was returned to me, what I have to fill in, what waits for my review, what is due."""
    user = user_of(request)
    if user.roles and user.roles <= {Role.LEADER}:
        return redirect("projects:overview")
    sheets = Sheet.objects.select_related("project", "project__body")
    mine = sheets.to_fill(user).order_by("-changed_at")
    today = timezone.localdate()
    returned = list(mine.filter(state=State.RETURNED).prefetch_related("remarks")[:20])
    to_fill = list(mine.filter(state=State.DRAFT)[:20])
    context = {
        "returned": returned,
        "to_fill": to_fill,
        "left": days_left(user, returned + to_fill, today),
        "waiting": list(sheets.waiting_for(user).order_by("submitted_at", "pk")[:20]),
        "under_way": list(sheets.filter(submitted_by=user).exclude(state__in=_SETTLED).order_by("-submitted_at")[:20]),
        "deadlines": deadlines_of(user, today),
        "is_clerk": Role.CLERK in user.roles,
    }
    return render(request, "projects/home.html", context)


_SETTLED = (State.APPROVED, State.DRAFT, State.RETURNED)


def project_list(request: HttpRequest) -> HttpResponse:
    """Projects the user may see, newest first; search by name, code or unit; the next page by where this one ended."""
    user = user_of(request)
    wanted = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "year", "stage", "state")}
    projects = Project.objects.visible_to(user).matching(wanted["q"])
    if wanted["year"].isdecimal() and len(wanted["year"]) == 4:
        projects = projects.filter(year=int(wanted["year"]))
    if wanted["stage"] in Stage.values or wanted["state"] in State.values:
        of_sheet = {name: wanted[name] for name in ("stage", "state") if wanted[name]}
        projects = projects.filter(pk__in=Sheet.objects.filter(**of_sheet).values("project"))
    projects = projects.before(_cursor(request)).select_related("body").prefetch_related("sheets")
    found = list(projects.order_by("-id")[: PAGE + 1])
    context = {
        "projects": found[:PAGE],
        "last": found[PAGE - 1] if len(found) > PAGE else None,
        "wanted": wanted,
        "stages": Stage.choices,
        "states": State.choices,
        "may_create": Role.CLERK in user.roles,
        "paged": "before" in request.GET,
    }
    return render(
        request, "projects/list.html#rows" if request.headers.get("HX-Request") else "projects/list.html", context
    )


def _cursor(request: HttpRequest) -> int | None:
    """The key of the project with which the page before ended."""
    pk = request.GET.get("before", "")
    return int(pk) if pk.isdecimal() and len(pk) < 19 else None


def new_project(request: HttpRequest) -> HttpResponse:
    """A new project of one of the user's units."""
    user = user_of(request)
    bodies = Body.objects.filter(covered(user, "path", Role.CLERK), kind=BodyKind.UNIT, active=True)
    given = {name: request.POST.get(name, "").strip() for name in ("body", "year", "name", "code", "overall")}
    if request.method == "POST":
        body = bodies.filter(pk=given["body"]).first() if given["body"].isdecimal() else None
        try:
            if body is None or not (given["year"].isdecimal() and 2000 <= int(given["year"]) <= 2100):
                raise actions.Refused("请选择单位，年度填四位数字。")
            made = actions.create_project(
                body=body,
                year=int(given["year"]),
                name=given["name"],
                code=given["code"],
                overall=bool(given["overall"]),
                by=user,
            )
            return redirect(made.sheets.get())
        except actions.Refused as refused:
            messages.error(request, str(refused))
    year = given["year"] or str(timezone.localdate().year + 1)
    return render(request, "projects/new.html", {"bodies": bodies, "given": given, "year": year})


def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: its sheets, what can be begun, and what has happened, newest first."""
    user = user_of(request)
    found = project_for(user, pk)
    sheets = sorted(found.sheets.all(), key=lambda sheet: (Stage.values.index(sheet.stage), sheet.round))
    streams = [found.stream, *(sheet.stream for sheet in sheets)]
    names = {sheet.stream: sheet.get_stage_display() for sheet in sheets}
    events = Event.objects.of(*streams)[:100]
    declared = any(sheet.stage == Stage.DECLARATION for sheet in sheets)
    context = {
        "project": found,
        "sheets": sheets,
        "events": [told(event, names.get(event.stream, "")) for event in events],
        "mine": {sheet.pk for sheet in sheets if sheet.is_open and may(user, "edit", sheet)},
        "to_begin": stages_to_begin(user, found, sheets),
        "may_copy": may(user, "create", found) and declared,
        "may_disclose": may(user, "disclose", found) and any(sheet.state == State.APPROVED for sheet in sheets),
        "next_year": found.year + 1,
        "may_plan": may(user, "plan", found),
        "schemes": scheme_choices() if may(user, "create", found) or may(user, "plan", found) else [],
        "publication": found.publications.filter(withdrawal=None).order_by("-number").defer("content").first(),
    }
    return render(request, "projects/project.html", context)


@require_POST
def choose_scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """By which scoring scheme a sheet is scored."""
    user = user_of(request)
    found = sheet_for(user, pk)
    try:
        actions.choose_scheme(found, request.POST.get("scheme", ""), by=user)
        messages.success(request, "评分方案已改，得分按新方案计算。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect(found.project)


@require_POST
def begin(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """Begin a later stage of a project from its approved declaration."""
    user = user_of(request)
    found = project_for(user, pk)
    if stage not in BEGINNINGS:
        raise Http404(NOT_FOUND)
    try:
        return redirect(actions.begin_stage(found, Stage(stage), by=user))
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)


@require_POST
def carry_forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Make next year's project from this one."""
    user = user_of(request)
    found = project_for(user, pk)
    try:
        made = actions.copy_forward(found, year=found.year + 1, by=user)
        messages.success(request, f"已结转到{made.year}年，请核对并修改。")
        return redirect(made)
    except actions.Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
