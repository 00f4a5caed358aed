"""What changes people and the organisation tree."""

import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hengjian.web.grams import rows_for
from hengjian.web.journal.record import record
from hengjian.web.people.models import Body, BodyGram, BodyKind, Post, Role, User

PARENTS = {BodyKind.REGION: (None, BodyKind.REGION), BodyKind.DEPARTMENT: (BodyKind.REGION,)}


_USERNAME = re.compile(r"[A-Za-z0-9._-]{3,40}")


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
    BodyGram.objects.bulk_create(rows_for(BodyGram, "body", [(body.pk, (body.name,))]))
    record(f"body:{body.pk}", "created", by=by, data={"code": code, "name": name, "kind": kind})
    return body


@transaction.atomic(durable=True)
def create_user(*, username: str, name: str, password: str, by: User | None, must_change: bool = True) -> User:
    """A new account, without a post yet."""
    user = _account(username, name, password, must_change)
    record(f"user:{user.pk}", "created", by=by, data={"username": username, "name": name})
    return user


@transaction.atomic(durable=True)
def hire(*, username: str, name: str, password: str, role: str, body: Body, by: User) -> User:
    """A new account with its first post; the password is to be changed at the first visit."""
    _may_administer(by, body)
    if not _USERNAME.fullmatch(username):
        raise Refused("用户名用 3 到 40 个字母、数字或 . _ - 。")
    if not name.strip():
        raise Refused("请填写姓名。")
    if role not in Role.values:
        raise Refused("请选择角色。")
    user = _account(username, name.strip()[:40], password, must_change=True)
    Post.objects.create(user=user, role=role, body=body)
    told = {"username": username, "name": user.name, "role": role, "body": body.code}
    record(f"user:{user.pk}", "created", by=by, data=told)
    return user


@transaction.atomic(durable=True)
def set_active(user: User, active: bool, *, by: User) -> None:
    """Close or reopen an account; closing ends all its sessions."""
    _may_manage(by, user)
    if user.pk == by.pk:
        raise Refused("不能停用自己的账号。")
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(f"user:{user.pk}", "enabled" if active else "disabled", by=by)


@transaction.atomic(durable=True)
def rename_body(body: Body, *, name: str, active: bool, by: User) -> None:
    """Another name, or out of use (its history stays)."""
    _may_administer(by, body)
    if not name.strip():
        raise Refused("请填写名称。")
    told = {"from": {"name": body.name, "active": body.active}, "to": {"name": name.strip(), "active": active}}
    body.name, body.active = name.strip()[:120], active
    body.save(update_fields=["name", "active"])
    body.grams.all().delete()
    BodyGram.objects.bulk_create(rows_for(BodyGram, "body", [(body.pk, (body.name,))]))
    record(f"body:{body.pk}", "renamed", by=by, data=told)


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
    """A new password, one's own or by an administrator; all other sessions of the user end."""
    if by is not None and by.pk != user.pk:
        _may_manage(by, user)
    _set_password(user, password)
    user.must_change = must_change
    user.save()
    record(f"user:{user.pk}", "password_changed", by=by)


def _account(username: str, name: str, password: str, must_change: bool) -> User:
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"用户名 {username} 已被使用。")
    user = User(username=username, name=name, must_change=must_change)
    _set_password(user, password)
    user.save()
    return user


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("密码不合要求：" + "；".join(error.messages)) from None
    user.set_password(password)


def _may_manage(by: User, user: User) -> None:
    """An administrator may manage a user all of whose posts are in their part of the tree."""
    if not all(by.holds(Role.ADMIN, path) for _, path in user.scopes_held()) or Role.ADMIN not in by.roles:
        raise Refused("这个账号有您管理范围以外的角色，请由上级管理员办理。")


def _may_administer(by: User | None, body: Body | None) -> None:
    """None stands for the installation itself (first set-up)."""
    if by is not None and not (body is not None and by.holds(Role.ADMIN, body.path)):
        raise Refused("您不是这里的管理员。")
