"""Pages of the administrators: the organisation tree, accounts and their posts. Each sees only their part of the tree."""

import secrets

from axes.utils import reset as axes_reset
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from hengjian.web.journal.models import Event
from hengjian.web.journal.telling import told
from hengjian.web.people import actions
from hengjian.web.people.access import admin_of, body_for, managed_user_for, post_for
from hengjian.web.people.models import Body, BodyKind, Role, User, covered

LIMIT = 200


def _bodies(admin: User) -> list[Body]:
    found = Body.objects.filter(covered(admin, "path", Role.ADMIN)).order_by("path")
    return list(found[: LIMIT * 10])


def bodies(request: HttpRequest) -> HttpResponse:
    """The tree below the posts of the administrator."""
    admin = admin_of(request)
    found = _bodies(admin)
    least = min((body.path.count("/") for body in found), default=0)
    tree = [(body, range(body.path.count("/") - least)) for body in sorted(found, key=lambda body: _line(body, found))]
    return render(request, "people/bodies.html", {"tree": tree})


def _line(body: Body, found: list[Body]) -> list[str]:
    """Sort key: the codes from the root down."""
    codes = {str(one.pk): one.code for one in found}
    return [codes.get(pk, "") for pk in body.path.strip("/").split("/")]


def body(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation: rename, take out of use, add one below."""
    admin = admin_of(request)
    found = body_for(admin, pk)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "add":
                kind = request.POST.get("kind", "")
                if kind not in BodyKind.values:
                    raise actions.Refused("请选择类别。")
                made = actions.create_body(
                    code=request.POST.get("code", ""),
                    name=request.POST.get("name", ""),
                    kind=kind,
                    parent=found,
                    by=admin,
                )
                messages.success(request, f"已新增{made.name}。")
            else:
                actions.rename_body(
                    found, name=request.POST.get("name", ""), active=bool(request.POST.get("active")), by=admin
                )
                messages.success(request, "已保存。")
            return redirect("people:bodies")
        except actions.Refused as refused:
            messages.error(request, str(refused))
    context = {
        "body": found,
        "kinds": BodyKind.choices,
        "posts": found.posts.select_related("user").order_by("role"),
        "events": [told(event) for event in Event.objects.of(f"body:{found.pk}")[:30]],
    }
    return render(request, "people/body.html", context)


def users(request: HttpRequest) -> HttpResponse:
    """Accounts in the administrator's part of the tree; search by name."""
    admin = admin_of(request)
    words = request.GET.get("q", "").strip()[:40]
    found = User.objects.managed_by(admin).prefetch_related("posts__body").order_by("username")
    if words:
        found = found.filter(name__icontains=words) | found.filter(username__icontains=words)
    rows = list(found[: LIMIT + 1])
    return render(request, "people/users.html", {"users": rows[:LIMIT], "more": len(rows) > LIMIT, "q": words})


def new_user(request: HttpRequest) -> HttpResponse:
    """A new account; its first password is made here and shown once."""
    admin = admin_of(request)
    given = {name: request.POST.get(name, "").strip() for name in ("username", "name", "role", "body")}
    if request.method == "POST":
        first = secrets.token_urlsafe(9)
        try:
            if not given["body"].isdecimal():
                raise actions.Refused("请选择单位。")
            place = body_for(admin, int(given["body"]))
            made = actions.hire(
                username=given["username"], name=given["name"], password=first, role=given["role"], body=place, by=admin
            )
            return render(request, "people/first_password.html", {"account": made, "first": first})
        except actions.Refused as refused:
            messages.error(request, str(refused))
    context = {"given": given, "bodies": _bodies(admin), "roles": Role.choices}
    return render(request, "people/new_user.html", context)


def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: posts, a new first password, close or reopen."""
    admin = admin_of(request)
    found = managed_user_for(admin, pk)
    if request.method == "POST":
        try:
            if (do := request.POST.get("do")) == "reset":
                first = secrets.token_urlsafe(9)
                actions.change_password(found, first, by=admin, must_change=True)
                axes_reset(username=found.username)
                return render(request, "people/first_password.html", {"account": found, "first": first})
            if do == "post":
                _give(request, admin, found)
            elif do in ("close", "reopen"):
                actions.set_active(found, do == "reopen", by=admin)
                messages.success(request, "账号已停用。" if do == "close" else "账号已恢复。")
            return redirect("people:user", pk=pk)
        except actions.Refused as refused:
            messages.error(request, str(refused))
    context = {
        "account": found,
        "posts": found.posts.select_related("body").order_by("body__code", "role"),
        "bodies": _bodies(admin),
        "roles": Role.choices,
        "events": [told(event) for event in Event.objects.of(f"user:{found.pk}")[:30]],
    }
    return render(request, "people/user.html", context)


def _give(request: HttpRequest, admin: User, found: User) -> None:
    role, place = request.POST.get("role", ""), request.POST.get("body", "")
    if role not in Role.values or not place.isdecimal():
        raise actions.Refused("请选择角色和单位。")
    actions.give_post(found, role=role, body=body_for(admin, int(place)), by=admin)
    messages.success(request, "角色已授予。")


@require_POST
def take_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    admin = admin_of(request)
    post = post_for(admin, pk)
    try:
        if post.user_id == admin.pk and post.role == Role.ADMIN:
            raise actions.Refused("不能收回自己的管理员角色。")
        actions.take_post(post, by=admin)
        messages.success(request, "角色已收回。")
    except actions.Refused as refused:
        messages.error(request, str(refused))
    still = User.objects.managed_by(admin).filter(pk=post.user_id).exists()
    return redirect("people:user", pk=post.user_id) if still else redirect("people:users")


def jobs(request: HttpRequest) -> HttpResponse:
    """What is done in the background: the queue, and how the last jobs ended. Without the texts of errors, which may name files."""
    admin_of(request)
    latest = DBTaskResult.objects.order_by("-enqueued_at")[:50]
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY).count()
    return render(request, "people/jobs.html", {"jobs": latest, "waiting": waiting, "states": JOB_STATES})


JOB_STATES = {
    TaskResultStatus.READY: ("排队中", "secondary"),
    TaskResultStatus.RUNNING: ("进行中", "azure"),
    TaskResultStatus.SUCCESSFUL: ("完成", "green"),
    TaskResultStatus.FAILED: ("失败", "red"),
}
