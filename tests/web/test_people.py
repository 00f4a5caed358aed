"""Accounts: signing in, lock-out, first passwords, the tree, and what an administrator may not do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hengjian.web.journal.models import Event
from hengjian.web.people.models import Body, User
from hengjian.web.projects.samples import PASSWORD


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    """Fill in the form of the login page."""
    return client.post("/account/login/", {"username": username, "password": password})


def test_signing_in_makes_a_new_session(county: dict[str, Any]) -> None:
    """A session known before signing in is worth nothing afterwards."""
    client = Client()
    session = client.session
    session["seen"] = "1"
    session.save()
    before = client.cookies["sessionid"].value
    assert sign_in(client, "JingBan").status_code == 302
    assert client.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert stolen.get("/").status_code == 302


def test_five_wrong_passwords_lock_the_account_and_the_administrator_unlocks_it(
    county: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """Even the right password is refused then; a new first password opens it again."""
    client = Client()
    for _ in range(5):
        answer = sign_in(client, "jingban", "wrong-password")
    assert answer.status_code == 429
    assert "锁定" in answer.content.decode()
    assert sign_in(client, "jingban").status_code == 429
    page = signed_in("guanli").post(f"/account/users/{county['jingban'].pk}/", {"do": "reset"}).content.decode()
    first = re.search(r"<code>(.+?)</code>", page)
    assert first is not None
    assert sign_in(client, "jingban", first.group(1)).status_code == 302
    assert client.get("/").headers["Location"] == "/account/password/"
    data = {"old": first.group(1), "new": "yun-chuan-88-xian", "again": "yun-chuan-88-xian"}
    assert client.post("/account/password/", data).status_code == 302
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"old": "nonsense", "new": "yun-chuan-88-xian", "again": "yun-chuan-88-xian"}, "现在的密码不对"),
        ({"old": PASSWORD, "new": "yun-chuan-88-xian", "again": "other"}, "不一样"),
        ({"old": PASSWORD, "new": "12345678901", "again": "12345678901"}, "数字"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "10"),
    ],
)
def test_a_bad_new_password_is_told(signed_in: Callable[[str], Client], data: dict[str, str], told: str) -> None:
    """What is wrong with it, in Chinese."""
    assert told in signed_in("jingban").post("/account/password/", data).content.decode()


def test_a_new_account_with_its_post(county: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """The administrator makes it, gives and takes posts, closes it; a closed account is out at once."""
    admin = signed_in("guanli")
    unit: Body = county["990100-101002"]
    data = {"username": "xinren", "name": "新人", "role": "clerk", "body": unit.pk}
    assert "只显示这一次" in admin.post("/account/users/new/", data).content.decode()
    made = User.objects.get(username="xinren")
    assert "已被使用" in admin.post("/account/users/new/", data).content.decode()
    assert "3 到 40 个" in admin.post("/account/users/new/", {**data, "username": "a b"}).content.decode()
    admin.post(f"/account/users/{made.pk}/", {"do": "post", "role": "unit", "body": unit.pk})
    assert made.posts.count() == 2
    admin.post(f"/account/posts/{made.posts.get(role='unit').pk}/take/")
    assert made.posts.count() == 1
    client = signed_in("xinren")
    admin.post(f"/account/users/{made.pk}/", {"do": "close"})
    assert client.get("/projects/").headers["Location"].startswith("/account/login/")
    told = list(Event.objects.filter(stream=f"user:{made.pk}").values_list("what", flat=True))
    assert told == ["created", "post_given", "post_taken", "disabled"]


def test_the_tree(county: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """Add below, rename, take out of use; what does not fit is told."""
    admin = signed_in("guanli")
    department: Body = county["990100-101"]
    address = f"/account/bodies/{department.pk}/"
    admin.post(address, {"do": "add", "code": "990100-101003", "name": "党员教育中心", "kind": "unit"})
    made = Body.objects.get(code="990100-101003")
    assert made.path == f"{department.path}{made.pk}/"
    assert (
        "已被使用"
        in admin.post(address, {"do": "add", "code": made.code, "name": "x", "kind": "unit"}).content.decode()
    )
    answer = admin.post(address, {"do": "add", "code": "z", "name": "x", "kind": "region"}).content.decode()
    assert "不能设在这里" in answer
    admin.post(f"/account/bodies/{made.pk}/", {"do": "save", "name": "党员教育服务中心"})
    made.refresh_from_db()
    assert (made.name, made.active) == ("党员教育服务中心", False)


def test_an_administrator_of_a_part_rules_only_that_part(
    county: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """Bodies and users elsewhere do not exist for them; a user with a post elsewhere cannot be reset."""
    from hengjian.web.people.actions import give_post

    give_post(county["zhuguan2"], role="admin", body=county["990100-102"], by=None)
    admin = signed_in("zhuguan2")
    assert admin.get(f"/account/bodies/{county['990100-101'].pk}/").status_code == 404
    assert admin.get(f"/account/users/{county['jingban'].pk}/").status_code == 404
    assert admin.get("/account/bodies/999999/").status_code == 404
    data = {"username": "waiqu", "name": "外区", "role": "clerk", "body": county["990100-101001"].pk}
    assert admin.post("/account/users/new/", data).status_code == 404
    give_post(county["caizheng"], role="leader", body=county["990100-102"], by=None)
    answer = admin.post(f"/account/users/{county['caizheng'].pk}/", {"do": "reset"}).content.decode()
    assert "管理范围以外" in answer
    assert signed_in("jingban").get("/account/users/").status_code == 404


def test_a_request_without_its_token_is_refused(county: dict[str, Any]) -> None:
    """Cross-site requests do nothing and say why."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(county["jingban"], "django.contrib.auth.backends.ModelBackend")
    answer = client.post("/projects/new/", {"name": "x"})
    assert answer.status_code == 403
    assert "没有执行" in answer.content.decode()


def test_the_first_administrator_of_an_empty_installation(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the first password once; it does nothing where there is somebody already."""
    from django.core.management import CommandError, call_command

    given = {"code": "1", "name": "云川县", "username": "guanli"}
    call_command("create_administrator", **given)
    first = re.search(r"初始密码：(\S+?)（", capsys.readouterr().out)
    assert first is not None
    client = Client()
    assert sign_in(client, "guanli", first.group(1)).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/account/password/"
    with pytest.raises(CommandError, match="已有机构"):
        call_command("create_administrator", **given)


def test_background_jobs_are_shown_to_administrators(
    county: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """The queue and how the last jobs ended."""
    assert "后台任务" in signed_in("guanli").get("/account/jobs/").content.decode()
    assert signed_in("caizheng").get("/account/jobs/").status_code == 404
