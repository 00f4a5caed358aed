"""What changes people and the organisation tree."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hengjian.web.journal.record import record
from hengjian.web.people.models import Body, BodyKind, Post, Role, User

PARENTS = {BodyKind.REGION: (None, BodyKind.REGION), BodyKind.DEPARTMENT: (BodyKind.REGION,)}


class Refused(Exception):
    """Why something cannot be done; the message is for the person who asked."""


@transaction.atomic(durable=True)
def create_body(*, code: str, name: str, kind: str, parent: Body | None, by: User | None) -> Body:
    """A new organisation below another."""
    _may_administer(by, parent)
    allowed = PARENTS.get(BodyKind(kind), (BodyKind.DEPARTMENT, BodyKind.UNIT))
    if (None if parent is None else parent.kind) not in allowed:
        raise Refused(f"{BodyKind(kind).label}不能设在这里：请选择正确的上级。")
    if not code.strip() or not name.strip():
        raise Refused("请填写单位代码和名称。")
    try:
        with transaction.atomic():
            body = Body.objects.create(code=code.strip(), name=name.strip(), kind=kind, parent=parent)
    except IntegrityError:
        raise Refused(f"代码 {code} 已被使用。") from None
    body.path = f"{'/' if parent is None else parent.path}{body.pk}/"
    body.save(update_fields=["path"])
    record(f"body:{body.pk}", "created", by=by, data={"code": code, "name": name, "kind": kind})
    return body


@transaction.atomic(durable=True)
def create_user(*, username: str, name: str, password: str, by: User | None, must_change: bool = True) -> User:
    """A new account, without a post yet."""
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"用户名 {username} 已被使用。")
    user = User(username=username, name=name, must_change=must_change)
    _set_password(user, password)
    user.save()
    record(f"user:{user.pk}", "created", by=by, data={"username": username, "name": name})
    return user


@transaction.atomic(durable=True)
def give_post(user: User, *, role: str, body: Body, by: User | None) -> Post:
    """A role at a body."""
    _may_administer(by, body)
    post, made = Post.objects.get_or_create(user=user, role=Role(role), body=body)
    if made:
        record(f"user:{user.pk}", "post_given", by=by, data={"role": role, "body": body.code})
    return post


@transaction.atomic(durable=True)
def take_post(post: Post, *, by: User) -> None:
    """Take a role away."""
    _may_administer(by, post.body)
    record(f"user:{post.user_id}", "post_taken", by=by, data={"role": post.role, "body": post.body.code})
    post.delete()


@transaction.atomic(durable=True)
def change_password(user: User, password: str, *, by: User | None, must_change: bool = False) -> None:
    """A new password; all sessions of the user end."""
    _set_password(user, password)
    user.must_change = must_change
    user.save()
    record(f"user:{user.pk}", "password_changed", by=by)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("密码不合要求：" + "；".join(error.messages)) from None
    user.set_password(password)


def _may_administer(by: User | None, body: Body | None) -> None:
    """None stands for the installation itself (first set-up)."""
    if by is not None and not (body is not None and by.holds(Role.ADMIN, body.path)):
        raise Refused("您不是这里的管理员。")
