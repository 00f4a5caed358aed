"""Who was given a first password must change it before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class FirstPassword:
    """Middleware: sends such a person to the page where it is changed."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let everything else pass."""
        if getattr(request.user, "must_change", False):
            allowed = (reverse("people:password"), reverse("people:logout"))
            if request.path not in allowed:
                return redirect("people:password")
        return self.answer(request)
