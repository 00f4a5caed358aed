"""The only way for views to get at dropped documents and files behind values: the same 404 for absent and forbidden."""

from django.http import Http404

from hengjian.web.evidence.models import Attachment, Intake, IntakeForm
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.access import NOT_FOUND


def intake_for(user: User, pk: int, to: str = "view") -> Intake:
    """A dropped document the user may do something with. Raises ``Http404``."""
    intake = Intake.objects.select_related("body", "by").filter(pk=pk).first()
    if intake is None or not may(user, to, intake):
        raise Http404(NOT_FOUND)
    return intake


def form_for(user: User, pk: int, number: int, to: str = "view") -> IntakeForm:
    """A form of a dropped document, numbered from 1. Raises ``Http404``."""
    intake = intake_for(user, pk, to)
    form = intake.forms.select_related("sheet__project", "by").filter(number=number - 1).first()
    if form is None:
        raise Http404(NOT_FOUND)
    form.intake = intake
    return form


def attachment_for(user: User, pk: int, to: str = "view") -> Attachment:
    """A file behind a value that the user may see or change. Raises ``Http404``."""
    attachment = Attachment.objects.select_related("sheet__project__body", "by").filter(pk=pk).first()
    if attachment is None or not may(user, to, attachment):
        raise Http404(NOT_FOUND)
    return attachment
