"""A county with its people for the tests of the site."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hengjian.web.people import actions as people
from hengjian.web.people.models import Body, User
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Sheet
from hengjian.web.projects.samples import ACCOUNTS, BODIES, PASSWORD


@pytest.fixture
def county(db: None) -> dict[str, Any]:
    """The bodies by code and the users by user name."""
    found: dict[str, Any] = {}
    for code, name, kind, parent in BODIES:
        found[code] = people.create_body(code=code, name=name, kind=kind, parent=found.get(parent or ""), by=None)
    for username, name, role, body in ACCOUNTS:
        user = people.create_user(username=username, name=name, password=PASSWORD, by=None, must_change=False)
        people.give_post(user, role=role, body=found[body], by=None)
        found[username] = user
    return found


@pytest.fixture
def signed_in(county: dict[str, Any]) -> Callable[[str], Client]:
    """A browser signed in as someone."""

    def client(username: str) -> Client:
        made = Client()
        made.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        return made

    return client


INDICATORS = (
    ("产出指标", "数量指标", "培训班期数", "≥12期", "30", "达到目标值得满分，未达到的按完成比例计分"),
    ("产出指标", "时效指标", "培训计划按期完成率", "100%", "10", "得分=按期完成率×分值"),
    ("产出指标", "质量指标", "学员结业率", "≥95%", "20", "≥95%得满分，每低1个百分点扣1分，扣完为止"),
    ("效益指标", "社会效益指标", "干部履职能力", "明显提升", "20", "明显提升得满分，有所提升得60%，无提升不得分"),
    ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "10", "达到90%得满分，每低1个百分点扣0.5分，扣完为止"),
)


@pytest.fixture
def project(county: dict[str, Any]) -> Project:
    """A project of the first unit with a declaration that may be submitted."""
    body: Body = county["990100-101001"]
    clerk: User = county["jingban"]
    made = actions.create_project(body=body, year=2027, name="云川县干部教育培训", code="P-1", by=clerk)
    sheet = made.sheets.get()
    fill(sheet, clerk)
    return made


def fill(sheet: Sheet, by: User) -> None:
    """Fill a declaration as a clerk would."""
    changes: list[dict[str, Any]] = []
    head = sheet.rows.get(part="head")
    fund = sheet.rows.get(part="funds")
    for number, (row, field, to) in enumerate(
        (
            (head.key, "goal.only", "举办培训班12期，提升干部履职能力。"),
            (head.key, "budget.current_year", "120"),
            (fund.key, "annual_budget", "120"),
        )
    ):
        changes.append({"id": f"h{number}", "do": "set", "row": row, "field": field, "to": to})
    for number, (level1, level2, name, target, weight, rule) in enumerate(INDICATORS):
        cells = {"level1": level1, "level2": level2, "name": name, "target": target, "weight": weight, "rule": rule}
        changes.append({"id": f"i{number}", "do": "add", "row": f"row{number}", "part": "indicators", "cells": cells})
    saved = actions.change_cells(sheet, changes, base=sheet.revision, by=by)
    assert not saved.conflicts
