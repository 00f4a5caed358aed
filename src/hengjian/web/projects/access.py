"""The only way for views to get at projects and sheets: the same 404 for what is absent and what is forbidden."""

from django.http import Http404

from hengjian.web.people.access import NOT_FOUND as NOT_FOUND
from hengjian.web.people.models import Body, BodyKind, BodyQuerySet, User, covered
from hengjian.web.people.policy import PLANNERS, may
from hengjian.web.projects.models import Project, Sheet


def project_for(user: User, pk: int, to: str = "view") -> Project:
    """A project the user may do something with. Raises ``Http404``."""
    project = Project.objects.select_related("body", "body__parent").filter(pk=pk).first()
    if project is None or not may(user, to, project):
        raise Http404(NOT_FOUND)
    return project


def sheet_for(user: User, pk: int, to: str = "view", *, alone: bool = False) -> Sheet:
    """A sheet the user may do something with; ``alone`` without its project, for who asks often. Raises ``Http404``."""
    sheets = Sheet.objects.all() if alone else Sheet.objects.select_related("project__body", "submitted_by")
    sheet = sheets.filter(pk=pk).first()
    if sheet is None or not may(user, to, sheet):
        raise Http404(NOT_FOUND)
    return sheet


def planned_bodies(user: User) -> BodyQuerySet:
    """The bodies for which the user may set deadlines."""
    return Body.objects.filter(covered(user, "path", *PLANNERS), active=True).exclude(kind=BodyKind.UNIT)
