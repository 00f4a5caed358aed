"""Pages of the work table, projects and sheets: access, parse, one desk verb or one action, render."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hengjian.web.people.access import user_of
from hengjian.web.people.models import Body, BodyKind, covered
from hengjian.web.projects import actions
from hengjian.web.projects.access import project_for, sheet_for
from hengjian.web.projects.models import Project, Sheet
from hengjian.web.projects.valuing import valued
from hengjian.web.projects.workflow import steps_for


def home(request: HttpRequest) -> HttpResponse:
    """The work table: what waits for me, what I have to fill in."""
    user = user_of(request)
    sheets = Sheet.objects.select_related("project", "project__body")
    context = {
        "waiting": sheets.waiting_for(user).order_by("submitted_at")[:50],
        "to_fill": sheets.to_fill(user).order_by("-changed_at")[:50],
    }
    return render(request, "projects/home.html", context)


def project_list(request: HttpRequest) -> HttpResponse:
    """Projects the user may see, newest change first."""
    projects = Project.objects.visible_to(user_of(request)).select_related("body").prefetch_related("sheets")
    return render(request, "projects/list.html", {"projects": projects.order_by("-changed_at")[:50]})


def new_project(request: HttpRequest) -> HttpResponse:
    """A new project of one of the user's units."""
    user = user_of(request)
    bodies = Body.objects.filter(covered(user, "path", "clerk"), kind=BodyKind.UNIT, active=True)
    if request.method == "POST":
        body = bodies.filter(pk=request.POST.get("body") or 0).first()
        year = request.POST.get("year", "")
        try:
            if body is None or not (year.isdecimal() and 2000 <= int(year) <= 2100):
                raise actions.Refused("请选择单位，年度填四位数字。")
            made = actions.create_project(
                body=body, year=int(year), name=request.POST.get("name", ""), code=request.POST.get("code", ""), by=user
            )
            return redirect(made.sheets.get())
        except actions.Refused as refused:
            messages.error(request, str(refused))
    return render(request, "projects/new.html", {"bodies": bodies, "year": timezone.localdate().year + 1})


def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project: its sheets and what happened to them."""
    found = project_for(user_of(request), pk)
    return render(request, "projects/project.html", {"project": found, "sheets": found.sheets.order_by("id")})


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one stage."""
    user = user_of(request)
    found = sheet_for(user, pk)
    context = {"sheet": found, "told": valued(found), "steps": steps_for(user, found)}
    return render(request, "projects/sheet.html", context)
