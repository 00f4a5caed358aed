"""Signing in and out, and the own account."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from hengjian.web.people import actions
from hengjian.web.people.access import user_of


@method_decorator(login_not_required, name="dispatch")
class Login(auth.LoginView):
    """Sign in; a signed-in user is sent on."""

    template_name = "people/login.html"
    redirect_authenticated_user = True


def password(request: HttpRequest) -> HttpResponse:
    """Change the own password."""
    user = user_of(request)
    if request.method == "POST":
        old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
        try:
            if not user.check_password(old):
                raise actions.Refused("现在的密码不对。")
            if new != again:
                raise actions.Refused("两次输入的新密码不一样。")
            if new == old:
                raise actions.Refused("新密码不能与现在的一样。")
            actions.change_password(user, new, by=user)
            update_session_auth_hash(request, user)
            messages.success(request, "密码已修改；其他地方的登录已退出。")
            return redirect("projects:home")
        except actions.Refused as refused:
            messages.error(request, str(refused))
    return render(request, "people/password.html")


def guide(request: HttpRequest) -> HttpResponse:
    """How the site is used: the text of docs/guide.zh-CN.md (scripts/write_guide.py puts it into the template)."""
    return render(request, "people/help.html")
