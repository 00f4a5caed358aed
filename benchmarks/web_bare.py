"""The least a Django site can do to save a row: settings, address and view of the yardstick for saving (``web.py saving``)."""

import secrets
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from hengjian.web.config.settings import *  # noqa: F403

ROOT_URLCONF = "web_bare"
MIDDLEWARE: list[str] = []


def save(request: HttpRequest) -> HttpResponse:
    """Insert one row of a table that every site has."""
    from django.contrib.sessions.models import Session

    text = request.body.decode("utf-8")
    until = timezone.now() + timedelta(hours=1)
    Session(session_key=secrets.token_hex(16), session_data=text, expire_date=until).save(force_insert=True)
    return HttpResponse("ok")


urlpatterns = [path("save", save)]
