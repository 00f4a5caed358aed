"""The sample installation: an invented county with its people, the sample documents, and a year's work at every stage.

Loaded through the same actions that people use, and documents through the real reading. Safe to run again: an installation
that holds something is left alone. The projects of the year stand in ``samples.toml``.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.utils import timezone

from hengjian import desk
from hengjian.web.library import actions as library
from hengjian.web.people import actions as people
from hengjian.web.people.models import Body, User
from hengjian.web.projects import actions
from hengjian.web.projects.content import RowData
from hengjian.web.projects.models import Part, Project, Sheet, Stage, State, new_key
from hengjian.web.public import actions as public
from hengjian.web.public.disclosing import Withheld

PASSWORD = "hengjian-2026"  # noqa: S105 - printed on the screen for whoever tries the samples

BODIES = (
    # code, name, kind, parent
    ("990100", "云川县", "region", None),
    ("990100-101", "云川县委组织部", "department", "990100"),
    ("990100-101001", "云川县委组织部机关", "unit", "990100-101"),
    ("990100-101002", "云川县人才服务中心", "unit", "990100-101"),
    ("990100-102", "云川县档案局", "department", "990100"),
    ("990100-102001", "云川县档案馆", "unit", "990100-102"),
)
ACCOUNTS = (
    # user name, name, role, body
    ("jingban", "经办一", "clerk", "990100-101001"),
    ("jingban2", "经办二", "clerk", "990100-101002"),
    ("jingban3", "经办三", "clerk", "990100-102001"),
    ("danwei", "单位审核一", "unit", "990100-101001"),
    ("danwei2", "单位审核二", "unit", "990100-101002"),
    ("danwei3", "单位审核三", "unit", "990100-102001"),
    ("zhuguan", "主管审核一", "department", "990100-101"),
    ("zhuguan2", "主管审核二", "department", "990100-102"),
    ("caizheng", "财政审核一", "finance", "990100"),
    ("lingdao", "领导一", "leader", "990100"),
    ("guanli", "管理员一", "admin", "990100"),
)
# Which sample document belongs to which unit and stage.
DOCUMENTS = (
    ("01-自评表-干部教育培训-2024.xlsx", "990100-101001", "self_evaluation"),
    ("02-自评表-人才服务-2023.docx", "990100-101002", "self_evaluation"),
    ("03-自评表-村级组织运转-2022.html", "990100-101001", "self_evaluation"),
    ("04-申报表-档案数字化-2025.xlsx", "990100-102001", "declaration"),
    ("05-申报表-党建示范点-2024.docx", "990100-101001", "declaration"),
)


def load(documents: Path) -> bool:
    """Load what is missing; false when the samples are there already."""
    library.stock()
    if Body.objects.exists():
        return False
    bodies: dict[str, Body] = {}
    for code, name, kind, parent in BODIES:
        bodies[code] = people.create_body(
            code=code, name=name, kind=kind, parent=bodies[parent] if parent else None, by=None
        )
    for username, name, role, body in ACCOUNTS:
        user = people.create_user(username=username, name=name, password=PASSWORD, by=None, must_change=False)
        people.give_post(user, role=role, body=bodies[body], by=None)
    for file, code, stage in DOCUMENTS:
        if (documents / file).exists():
            _take_in(documents / file, bodies[code], stage)
    _year(bodies, timezone.localdate())
    return True


def _take_in(path: Path, body: Body, stage: str) -> Project:
    clerk = User.objects.get(posts__role="clerk", posts__body=body)
    document = desk.document_json(desk.read(path), places=True)
    form: dict[str, Any] = document["forms"][0]
    name = form.get("project", "")
    title = name["text"] if isinstance(name, dict) else str(name)
    sheet = actions.create_project_from_form(
        form,
        body=body,
        stage=stage,
        year=int(form.get("year") or 2025),
        name=title or path.stem,
        by=clerk,
        origin={"from": "document", "name": path.name, "sha256": document["source"]["sha256"]},
    )
    return sheet.project


# --- the year's work --------------------------------------------------------------------------------------------------

DEADLINES = (
    # body, who sets it, years after the evaluated one, stage, days from today
    ("990100", "caizheng", 1, Stage.DECLARATION, 12),
    ("990100-101", "zhuguan", 1, Stage.DECLARATION, 5),
    ("990100", "caizheng", 0, Stage.SELF_EVALUATION, 26),
)
REVIEWS = (State.AT_UNIT, State.AT_DEPARTMENT, State.AT_FINANCE, State.APPROVED)  # in the order of the way


def _year(bodies: Mapping[str, Body], today: date) -> None:
    """Deadlines, and projects at every stage: until midsummer the last year is evaluated, afterwards the running one."""
    evaluated = today.year - (today.month <= 6)
    for code, who, after, stage, days in DEADLINES:
        actions.set_deadline(
            body=bodies[code],
            year=str(evaluated + after),
            stage=stage,
            due=str(today + timedelta(days=days)),
            warn_days="7",
            by=User.objects.get(username=who),
        )
    text = files("hengjian.web.projects").joinpath("samples.toml").read_text(encoding="utf-8")
    for told in tomllib.loads(text)["project"]:
        _Sample(told, bodies[told["unit"]], evaluated).walk()


class _Sample:
    """One project of the sample year and the people who bring it on its way."""

    def __init__(self, told: Mapping[str, Any], body: Body, evaluated: int) -> None:
        self.told, self.body, self.year = told, body, evaluated + told["year"]
        self.clerk = User.objects.get(posts__role="clerk", posts__body=body)
        self.reviewers = {
            State.AT_UNIT: User.objects.get(posts__role="unit", posts__body=body),
            State.AT_DEPARTMENT: User.objects.get(posts__role="department", posts__body=body.parent),
            State.AT_FINANCE: User.objects.get(posts__role="finance"),
        }

    def walk(self) -> None:
        """All the project has behind it."""
        project = actions.create_project(
            body=self.body, year=self.year, name=self.told["name"], code=self.told["code"], by=self.clerk
        )
        declared = self._filled(project.sheets.get())
        self._bring(declared, self.told["declaration"])
        if self.told["declaration"] == "returned":
            self._return(declared, self.told)
        if monitored := self.told.get("monitored"):
            sheet = actions.begin_stage(project, Stage.MONITORING, by=self.clerk)
            self._monitor(sheet, monitored)
            self._bring(sheet, State.APPROVED)
        if until := self.told.get("self_evaluation"):
            evaluation = actions.begin_stage(project, Stage.SELF_EVALUATION, by=self.clerk)
            self._evaluate(evaluation)
            self._bring(evaluation, until)
        if self.told.get("published"):
            withheld = [Withheld("column:deviation", "偏差原因分析", "涉及个人情况")]
            public.publish_project(project, stages=Stage.values, withheld=withheld, by=self.reviewers[State.AT_UNIT])
        if self.told.get("evaluation"):
            actions.begin_stage(project, Stage.EVALUATION, by=self.reviewers[State.AT_DEPARTMENT])
        if forward := self.told.get("forward"):
            self._next_year(project, forward)

    def _filled(self, sheet: Sheet) -> Sheet:
        """The declaration as the clerk hands it in."""
        told = self.told
        rows = {row.part: row for row in sheet.rows.all()}
        head = {**rows[Part.HEAD].cells, "basis": told["basis"], "goal.only": told["goal"]}
        head["budget.current_year"] = told["budget"]
        fund = {**rows[Part.FUNDS].cells, "annual_budget": told["budget"]}
        names = ("level1", "level2", "name", "target", "weight", "rule")
        new = [
            RowData(rows[Part.HEAD].key, Part.HEAD, head),
            RowData(rows[Part.FUNDS].key, Part.FUNDS, fund),
            *self._rows(Part.SOURCES, ("item", "amount"), told["sources"]),
            *self._rows(Part.COSTS, ("name", "amount"), told["costs"]),
            *self._rows(Part.INDICATORS, names, [one[: len(names)] for one in told["indicators"]]),
        ]
        changes: list[dict[str, Any]] = [
            {"do": "set", "row": row.key, "field": name, "to": value}
            for row in new[:2]
            for name, value in row.cells.items()
            if rows[Part(row.part)].cells.get(name) != value
        ]
        changes += [{"do": "add", "row": row.key, "part": row.part, "cells": dict(row.cells)} for row in new[2:]]
        return self._change(sheet, changes)

    @staticmethod
    def _rows(part: Part, names: Sequence[str], lines: Iterable[Sequence[str]]) -> list[RowData]:
        return [RowData(new_key(), part, dict(zip(names, line, strict=True))) for line in lines]

    def _monitor(self, sheet: Sheet, told: Mapping[str, Any]) -> None:
        """What was reached and spent by July, and what is expected of the year."""
        fund = sheet.rows.get(part=Part.FUNDS).key
        changes = [
            {"row": key, "field": name, "to": to}
            for key, (actual, forecast) in zip(self._indicators(sheet), told["rows"], strict=True)
            for name, to in (("actual", actual), ("forecast", forecast), ("likelihood", "确定能"))
        ]
        changes += [{"row": fund, "field": name, "to": told[name]} for name in ("executed", "forecast")]
        self._change(sheet, changes)

    def _evaluate(self, sheet: Sheet) -> None:
        """What was reached and spent."""
        rows = {row.part: row.key for row in sheet.rows.all()}
        changes = [
            {"row": key, "field": name, "to": value}
            for key, one in zip(self._indicators(sheet), self.told["indicators"], strict=True)
            for name, value in (("actual", one[6]), ("deviation", one[7]))
            if value
        ]
        changes.append({"row": rows[Part.FUNDS], "field": "executed", "to": self.told["executed"]})
        if achieved := self.told.get("achieved"):
            changes.append({"row": rows[Part.HEAD], "field": "goal.achieved", "to": achieved})
        self._change(sheet, changes)

    @staticmethod
    def _indicators(sheet: Sheet) -> list[str]:
        """The keys of the indicator rows, in the order of the form."""
        return list(sheet.rows.filter(part=Part.INDICATORS).order_by("position").values_list("key", flat=True))

    def _change(self, sheet: Sheet, changes: Iterable[Mapping[str, Any]]) -> Sheet:
        sheet.refresh_from_db()
        numbered = [{"id": f"{sheet.revision}-{number}", "do": "set", **one} for number, one in enumerate(changes)]
        actions.change_cells(sheet, numbered, base=sheet.revision, by=self.clerk)
        return sheet

    def _bring(self, sheet: Sheet, until: str) -> None:
        """Submit a sheet and let it pass until it stands where it shall."""
        if until == State.DRAFT:
            return
        sheet.refresh_from_db()
        actions.move_sheet(sheet, "submit", by=self.clerk, expected=sheet.revision)
        for state in () if until == State.RETURNED else REVIEWS[: REVIEWS.index(State(until))]:
            self._pass(sheet, self.reviewers[state])

    @staticmethod
    def _pass(sheet: Sheet, by: User) -> None:
        sheet.refresh_from_db()
        findings = sheet.versions.latest("number").data["assessment"]["findings"]
        if marks := [finding["mark"] for finding in findings if finding["level"] != "I"]:
            actions.decide_findings(sheet, marks, "waived", reason="已核对，情况属实", by=by)
        actions.move_sheet(sheet, "pass", by=by, expected=sheet.version)

    def _return(self, sheet: Sheet, told: Mapping[str, Any]) -> None:
        """The unit's reviewer gives it back."""
        sheet.refresh_from_db()
        keys = self._indicators(sheet)
        remarks = [{"row": keys[row], "field": name, "text": text} for row, name, text in told["remarks"]]
        actions.move_sheet(
            sheet,
            "return",
            by=self.reviewers[State.AT_UNIT],
            expected=sheet.version,
            reason=told["returned"],
            remarks=remarks,
        )

    def _next_year(self, project: Project, told: Mapping[str, Any]) -> None:
        """The same project a year later: returned once, mended, submitted again."""
        sheet = actions.copy_forward(project, year=self.year + 1, by=self.clerk).sheets.get()
        self._mend(sheet, told["changes"])
        self._bring(sheet, "returned")
        self._return(sheet, told)
        self._mend(sheet, told["mended"])
        self._bring(sheet, told["declaration"])

    def _mend(self, sheet: Sheet, cells: Iterable[Sequence[Any]]) -> None:
        keys = self._indicators(sheet)
        self._change(sheet, [{"row": keys[row], "field": name, "to": to} for row, name, to in cells])
