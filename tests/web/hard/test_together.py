"""Many people at the same moment: one wins, the others are told, and the sums and the record are right afterwards."""

import os
import threading
import urllib.parse

import pytest

from hard.conftest import County, Person
from hard.test_kill_intake import PATIENCE

CROWD = 50
pytestmark = pytest.mark.skipif(os.name == "nt", reason="starts and kills process groups")


def crowd(
    county: County, steps: list[tuple[str, str]], sheet: int, expected: int, **more: str
) -> list[tuple[str, str]]:
    """Everyone takes a step at once: (user name, step) each; gives (step, page that person saw then)."""
    browsers: dict[str, Person] = {}
    for who, _ in steps:
        if who not in browsers:
            browsers[who] = Person(county.address)
            browsers[who].enter(who)
    gate = threading.Barrier(len(steps))
    seen: list[tuple[str, str]] = []

    def one(who: str, step: str) -> None:
        mine = Person(county.address)
        for cookie in browsers[who].cookies:
            mine.cookies.set_cookie(cookie)
        token = mine.token("/account/password/")
        sent = {"csrfmiddlewaretoken": token, "step": step, "expected": str(expected), **more}
        gate.wait(PATIENCE)
        status, where = mine.post(f"/sheets/{sheet}/step/", urllib.parse.urlencode(sent).encode())
        assert status == 302
        seen.append((step, mine.get(urllib.parse.urlsplit(where).path)))

    people = [threading.Thread(target=one, args=pair) for pair in steps]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(seen) == len(steps), "somebody got no answer"
    return seen


def test_of_many_submissions_one_wins(county: County) -> None:
    """Fifty times the same version: one is frozen, forty-nine learn where the form is now; nothing is counted twice."""
    sheet = county.known["drafts"][0]
    seen = crowd(county, [(county.known["clerk"], "submit")] * CROWD, sheet, 1)
    won = [page for _, page in seen if "已送审" in page]
    told = [page for _, page in seen if "不能送审；请刷新页面查看最新状态" in page]
    assert (len(won), len(told)) == (1, CROWD - 1)
    assert county.broken(steps=[(sheet, "submit")]) == []


def test_of_two_reviewers_one_decides(county: County) -> None:
    """Passed by one and returned by the other, many times at once: one verdict stands, the others are told."""
    known = county.known
    sheet = known["verdict"]
    steps = [(known["unit"], "pass"), (known["unit2"], "return")] * (CROWD // 2)
    seen = crowd(county, steps, sheet["sheet"], sheet["version"], seen="at_unit", reason="请核对资金。")
    won = [step for step, page in seen if "已通过，现在是" in page or "已退回，现在是" in page]
    told = [page for _, page in seen if "请刷新页面查看最新状态" in page]
    assert len(won) == 1
    assert len(told) == CROWD - 1
    assert county.broken(steps=[(sheet["sheet"], won[0])]) == []
