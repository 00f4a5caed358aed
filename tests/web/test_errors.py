"""What people see when something goes wrong: a calm page in Chinese that says what, the limit, and what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from hengjian.web.people.models import Body
from hengjian.web.projects import views
from hengjian.web.projects.models import Project

SignedIn = Callable[[str], Client]


def shown(answer: Any) -> str:
    """The page: Chinese, with the look of the others and a way back."""
    text: str = answer.content.decode()
    assert '<html lang="zh-CN">' in text
    assert 'href="/"' in text
    assert "Bad Request" not in text
    return text


def test_too_many_files_at_once(county: dict[str, Any], signed_in: SignedIn) -> None:
    """More than the server reads at all: none is taken, and the page says how many may come."""
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(201)]
    body = Body.objects.get(posts__user__username="jingban").pk
    answer = signed_in("jingban").post("/evidence/", {"body": body, "files": files})
    assert answer.status_code == 413
    page = shown(answer)
    assert "一次最多上传 50 份文件" in page
    assert "分几次上传" in page
    assert "退出" in page, "still signed in"


def test_a_script_gets_the_same_words(county: dict[str, Any], signed_in: SignedIn) -> None:
    """As data, to show in its own place."""
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(201)]
    answer = signed_in("jingban").post("/evidence/", {"files": files}, headers={"Accept": "application/json"})
    assert (answer.status_code, "一次最多上传 50 份文件" in answer.json()["message"]) == (413, True)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "长" * 2_000_000}, "一次最多提交 5 MB 的内容"),
        ({f"f{n}": "1" for n in range(20_001)}, "一次最多提交 20000 格"),
    ],
)
def test_too_much_in_a_form(signed_in: SignedIn, sent: dict[str, str], words: str) -> None:
    """Nothing is saved, and the page says so."""
    data = "&".join(f"{name}={value}" for name, value in sent.items())
    answer = signed_in("jingban").post("/projects/new/", data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    page = shown(answer)
    assert words in page
    assert "没有保存" in page


def test_a_broken_request(signed_in: SignedIn) -> None:
    """Not our words, but our page."""
    answer = signed_in("jingban").post("/projects/new/", b"--x", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert "请求没有办成" in shown(answer)


def test_an_unknown_name_of_the_site(client: Client) -> None:
    """Before anyone is known; it says what an administrator has to set."""
    answer = client.get("/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "网址没有登记" in shown(answer)


def test_a_page_that_was_open_too_long(signed_in: SignedIn, county: dict[str, Any]) -> None:
    """The token no longer fits: nothing is done."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(county["jingban"], "django.contrib.auth.backends.ModelBackend")
    answer = client.post("/projects/new/", {"name": "无"})
    assert answer.status_code == 403
    assert "页面已过期" in shown(answer)
    assert not Project.objects.exists()


def test_an_address_that_is_absent(signed_in: SignedIn, client: Client) -> None:
    """With the login or without, the same calm words."""
    assert "没有找到" in shown(signed_in("jingban").get("/sheets/999999/"))
    answer = client.get("/public/absent/")
    assert answer.status_code == 404
    assert "没有找到" in shown(answer)


def test_a_button_address_opened_as_a_page(signed_in: SignedIn, project: Project) -> None:
    """As after signing in anew: nothing is done, and it says where to go."""
    answer = signed_in("jingban").get(f"/sheets/{project.sheets.get().pk}/step/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "请从页面上操作" in shown(answer)


def test_a_defect_of_ours(monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn) -> None:
    """No detail, and no question to a database that may be down."""

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("the database is gone: secret detail")

    client = signed_in("jingban")
    client.raise_request_exception = False
    monkeypatch.setattr(views, "deadlines_of", broken)
    monkeypatch.setattr("hengjian.web.people.context.desk_of_user", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    page = shown(answer)
    assert "系统出错" in page
    assert "secret" not in page
