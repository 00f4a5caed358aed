"""Signing in and out, the own account, and the pages of errors."""

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator


@method_decorator(login_not_required, name="dispatch")
class Login(auth.LoginView):
    """Sign in; a signed-in user is sent on."""

    template_name = "people/login.html"
    redirect_authenticated_user = True


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The one answer to what is absent and to what is forbidden."""
    return render(request, "people/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A defect of ours, without details."""
    return render(request, "people/failed.html", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the request comes from another site."""
    return render(request, "people/csrf.html", status=403)
