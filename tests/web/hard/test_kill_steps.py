"""The site is killed in the middle of submissions, bulk reviews and saves: every step is whole or was never taken.

The suite kills it a few times; ``HENGJIAN_HARD=30`` thirty times.
"""

import http.client
import os
import random
import re
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hard.conftest import County, Person
from hard.test_kill_intake import PATIENCE

ROUNDS = int(os.environ.get("HENGJIAN_HARD", "2"))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX systems")


class Office:
    """A clerk, reviewers and a second clerk at work; what the site said it did is noted."""

    def __init__(self, county: County) -> None:
        """Everyone signs in."""
        self.county = county
        self.known = county.known
        self.steps: list[tuple[int, str]] = []
        self.saves: list[str] = []
        self.seats: dict[str, tuple[Person, str]] = {}
        for who in ("clerk", "unit", "department"):
            self._sit(who, self.known[who])
        self._sit("saver", self.known["saver"]["clerk"])

    def _sit(self, seat: str, who: str) -> None:
        browser = Person(self.county.address)
        browser.enter(who)
        self.seats[seat] = browser, browser.token("/account/password/")

    def work(self, seconds: float) -> list[threading.Thread]:
        """All begin; they stop when the site is gone, or a little later than they are killed."""
        until = time.monotonic() + seconds + 5
        days: tuple[Callable[[], Iterator[None]], ...] = (self._submit, self._unit, self._department, self._save)
        people = [threading.Thread(target=self._day, args=(day, until)) for day in days]
        for person in people:
            person.start()
        return people

    def _day(self, day: Callable[[], Iterator[None]], until: float) -> None:
        try:
            for _ in day():
                if time.monotonic() > until:
                    return
        except (OSError, http.client.HTTPException):
            return  # killed: nobody was told what became of the last step

    def _post(self, seat: str, path: str, sent: list[tuple[str, str]]) -> str:
        browser, token = self.seats[seat]
        body = urllib.parse.urlencode([("csrfmiddlewaretoken", token), *sent]).encode()
        status, where = browser.post(path, body)
        return urllib.parse.urlsplit(where).path if status == 302 else ""

    def _submit(self) -> Iterator[None]:
        """The clerk submits every draft of the unit, again and again."""
        while True:
            for pk in self.known["drafts"]:
                where = self._post("clerk", f"/sheets/{pk}/step/", [("step", "submit"), ("expected", "1")])
                if where.startswith("/projects/"):
                    self.steps.append((pk, "submit"))
                yield

    def _unit(self) -> Iterator[None]:
        """The unit's reviewer returns all that waits, or waives the findings and passes it."""
        for turn in range(10**6):
            waiting = self._waiting("unit")
            if turn % 2:
                for one in waiting:
                    self._decide(one.partition(":")[0])
            self._at_once("unit", waiting, "pass" if turn % 2 else "return")
            yield

    def _department(self) -> Iterator[None]:
        """The department returns all that waits."""
        while True:
            self._at_once("department", self._waiting("department"), "return")
            yield

    def _waiting(self, seat: str) -> list[str]:
        browser, _ = self.seats[seat]
        waiting = re.findall(r'name="sheet" value="(\d+:\d+:\w+)"', browser.get("/queue/"))
        return [one for one in waiting if int(one.partition(":")[0]) in self.known["drafts"]]

    def _decide(self, pk: str) -> None:
        browser, _ = self.seats["unit"]
        marks = sorted(set(re.findall(r'name="mark" value="([0-9a-f]+)"', browser.get(f"/sheets/{pk}/review/"))))
        given = [("verdict", "waived"), ("reason", "已核实，情况属实。"), *(("mark", mark) for mark in marks)]
        if marks:
            self._post("unit", f"/sheets/{pk}/decide/", given)

    def _at_once(self, seat: str, waiting: list[str], step: str) -> None:
        """A bulk action. How many it did is told on the next page; whichever they were, that many are counted."""
        if waiting:
            self._post(seat, "/queue/step/", [("step", step), ("reason", "请核对。"), *(("sheet", w) for w in waiting)])

    def _save(self) -> Iterator[None]:
        """A clerk of another unit types."""
        browser, token = self.seats["saver"]
        path = f"/sheets/{self.known['saver']['sheet']}/cells"
        for number in range(10**6):
            change: dict[str, Any] = {"id": uuid.uuid4().hex, "row": "h0", "field": "basis", "to": f"第{number}稿"}
            if browser.save(path, token, {"base": 1, "changes": [change]}).get("applied"):
                self.saves.append(change["id"])
            yield


def test_killed_in_the_middle_every_step_is_whole(county: County) -> None:
    """No version without its event, no state without its version, the sums right, the record proved, nothing told and lost."""
    office = Office(county)
    chance = random.Random(9)  # noqa: S311 - when to kill
    for _ in range(ROUNDS):
        told = len(office.steps), len(office.saves)
        people = office.work(PATIENCE)
        until = time.monotonic() + PATIENCE  # on a busy machine the first answer takes a while
        while time.monotonic() < until and not (len(office.steps) > told[0] and len(office.saves) > told[1]):
            time.sleep(0.05)
        time.sleep(2 * chance.random())
        county.kill()
        for person in people:
            person.join()
        county.start()
    assert office.saves, "something was saved before the kill"
    assert office.steps, "something was submitted before the kill"
    assert county.broken(steps=office.steps, saves=office.saves) == []
    people = office.work(0)
    for _ in range(3):
        assert "全部相符" in county.run("-m", "hengjian", "verify-log"), "proved while people go on working"
    for person in people:
        person.join()
