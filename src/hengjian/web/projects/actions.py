"""What changes projects and sheets. Each action: may it be done, lock, change, record; one durable transaction.

Refusals are ``Refused`` with a message for the person; views show it and change nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hengjian.web.grams import rows_for
from hengjian.web.journal.record import canonical, record, sha256
from hengjian.web.library.models import LibraryIndicator
from hengjian.web.people.actions import Refused as Refused
from hengjian.web.people.models import Body, BodyKind, BodyQuerySet, User, covered
from hengjian.web.people.policy import PLANNERS, may
from hengjian.web.projects.comparing import keeping_keys
from hengjian.web.projects.content import COMPUTED_HEAD, HEAD_LABELS, RowData, problem_of_cell, row_from_json, rows_of
from hengjian.web.projects.models import (
    FAMILIES,
    Deadline,
    Decision,
    Defect,
    Operation,
    Part,
    Project,
    ProjectGram,
    Remark,
    Row,
    Sheet,
    Stage,
    State,
    Verdict,
    Version,
    new_key,
)
from hengjian.web.projects.tallying import contribution, shift
from hengjian.web.projects.valuing import Valued, row_data, scheme_choices, valued
from hengjian.web.projects.workflow import Step, move_for

MAX_CELL = 8000  # characters; the longest printed rule texts are a tenth of it
MAX_ROWS = 600


class Closed(Refused):
    """The sheet is on its way through review, or approved: nothing of it can be changed now."""


# --- projects ---------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def create_project(*, body: Body, year: int, name: str, code: str = "", overall: bool = False, by: User) -> Project:
    """A project with an empty declaration."""
    project = make_project(body, year, name, code, overall, by)
    head = {"project": name, "project_code": code, "unit": body.name, "year": str(year), "money_unit": "万元"}
    if body.parent is not None:
        head["department"] = body.parent.name
    fund = {"item": "年度资金总额", "annual_budget": ""}
    rows = [RowData(new_key(), Part.HEAD, head), RowData(new_key(), Part.FUNDS, fund)]
    make_sheet(project, Stage.DECLARATION, rows, by, {"from": "blank"})
    return project


@transaction.atomic(durable=True)
def create_project_from_form(
    form: Mapping[str, Any], *, body: Body, stage: str, year: int, name: str, by: User, origin: Mapping[str, Any]
) -> Sheet:
    """A project from a form that a person has confirmed; ``origin`` says where it came from."""
    rows = rows_of(form)
    code = _text(rows[0].cells.get("project_code"))
    project = make_project(body, year, name, code, form.get("kind") == "department_overall", by)
    return make_sheet(project, stage, rows, by, origin, str(form.get("kind") or ""))


@transaction.atomic(durable=True)
def replace_content(sheet: Sheet, form: Mapping[str, Any], *, by: User, origin: Mapping[str, Any]) -> Sheet:
    """Put a confirmed form in place of what an open sheet holds; the former rows go into the record."""
    return put_rows(sheet, rows_of(form), by=by, origin=origin)


@transaction.atomic(durable=True)
def start_self_evaluation(project: Project, *, by: User) -> Sheet:
    """The self-evaluation of a project, from its approved declaration: what was promised is taken over, cell by cell."""
    if not may(by, "edit", project):
        raise Refused("只有本单位经办可以开始绩效自评。")
    declared = Sheet.objects.select_for_update().filter(project=project, stage=Stage.DECLARATION).first()
    if declared is None or declared.state != State.APPROVED:
        raise Refused("绩效目标还没有审定，不能开始绩效自评。")
    if project.sheets.filter(stage=Stage.SELF_EVALUATION).exists():
        raise Refused("这个项目已经有绩效自评表。")
    version = declared.versions.latest("number")
    rows = to_evaluate(row_from_json(row) for row in frozen(version.content)["rows"])
    return make_sheet(project, Stage.SELF_EVALUATION, rows, by, {"from": "declaration", "version": version.number})


@transaction.atomic(durable=True)
def copy_forward(project: Project, *, year: int, by: User) -> Project:
    """Next year's project with this year's declaration as its draft."""
    if not may(by, "create", project):
        raise Refused("只有本单位经办可以结转项目。")
    source = project.sheets.filter(stage=Stage.DECLARATION).first()
    if source is None:
        raise Refused("这个项目没有绩效目标申报表，无法结转。")
    if Project.objects.filter(previous=project, year=year).exists():
        raise Refused(f"这个项目已经结转到{year}年。")
    made = make_project(project.body, year, project.name, project.code, project.overall, by)
    Project.objects.filter(pk=made.pk).update(previous=project)
    rows = [_carried(row, project.year, year) for row in valued(source).rows]
    make_sheet(made, Stage.DECLARATION, rows, by, {"from": "previous", "project": project.pk})
    return made


# Three steps that actions of other rooms take within a transaction of their own.


def make_project(body: Body, year: int, name: str, code: str, overall: bool, by: User) -> Project:
    """A project without sheets."""
    if not by.holds("clerk", body.path):
        raise Refused("只有本单位经办可以新建项目。")
    if not name.strip():
        raise Refused("请填写项目名称。")
    try:
        with transaction.atomic():
            project = Project.objects.create(
                body=body, path=body.path, year=year, name=name.strip()[:200], code=code.strip()[:60], overall=overall
            )
    except IntegrityError:
        raise Refused(f"{year}年已有代码为{code}的项目，请核对项目代码。") from None
    ProjectGram.objects.bulk_create(rows_for(ProjectGram, "project", [(project.pk, (project.name,))]))
    record(project.stream, "created", by=by, data={"name": name, "code": code, "year": year, "unit": body.code})
    return project


def make_sheet(
    project: Project, stage: str, rows: Sequence[RowData], by: User, origin: Mapping[str, Any], kind: str = ""
) -> Sheet:
    """A sheet of a project, with rows. ``kind`` is the family of the form where it was read from a document."""
    known = FAMILIES.get(Stage(stage), ())
    kind = kind or ("department_overall" if project.overall else "")
    kind = kind if kind in known else ""  # a person may have said that it is another stage's
    sheet = Sheet.objects.create(project=project, path=project.path, year=project.year, stage=stage, kind=kind)
    _store(sheet, rows)
    shift(sheet, {}, contribution(sheet))
    record(sheet.stream, "opened", by=by, data={**origin, "project": project.pk, "stage": stage})
    return sheet


def put_rows(sheet: Sheet, rows: Sequence[RowData], *, by: User, origin: Mapping[str, Any]) -> Sheet:
    """Put rows in place of what an open sheet holds; a row that goes on under another wording keeps its key."""
    sheet = _locked(sheet, by, "edit")
    if not sheet.is_open:
        raise Refused(f"这张表现在是“{sheet.get_state_display()}”，不能修改；如需修改请先撤回或退回。")
    held = [row_data(row) for row in sheet.rows.all()]
    sheet.rows.all().delete()
    _store(sheet, keeping_keys(held, rows))
    sheet.revision += 1
    sheet.save()
    record(sheet.stream, "replaced", by=by, data={**origin, "before": [row.json() for row in held]})
    return sheet


def _store(sheet: Sheet, rows: Sequence[RowData]) -> None:
    Row.objects.bulk_create(
        Row(
            sheet=sheet,
            key=row.key,
            part=row.part,
            parent=row.parent,
            position=place * 1024,
            cells=dict(row.cells),
            places=dict(row.places),
            **_facts(row.part, row.cells),
        )
        for place, row in enumerate(rows, 1)
    )


def _facts(part: str, cells: Mapping[str, Any]) -> dict[str, str]:
    """What of an indicator's cells is kept for searching and counting."""
    if part != Part.INDICATORS:
        return {"name": "", "level1": ""}
    return {"name": _text(cells.get("name"))[:300], "level1": _text(cells.get("level1"))[:40]}


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def to_evaluate(rows: Iterable[RowData]) -> list[RowData]:
    """The rows of an approved declaration as a self-evaluation begins with them: what is to be filled in stands blank.

    The row of the whole budget gets the ten points for execution (财预〔2020〕10号); where there is none, one is made.
    """
    declared = list(rows)
    goals = "\n".join(_text(row.cells.get("text")) for row in declared if row.part == Part.GOALS)
    begun = [_begun(row, goals) for row in declared if row.part != Part.GOALS]
    funds = [place for place, row in enumerate(begun) if row.part == Part.FUNDS]
    if not funds:
        head: Mapping[str, Any] = next((row.cells for row in begun if row.part == Part.HEAD), {})
        budget = head.get("budget.current_year") or head.get("budget.total") or ""
        cells = {"item": "年度资金总额", "annual_budget": budget, "executed": "", "rate": ""}
        funds, begun = [1], [*begun[:1], RowData(new_key(), Part.FUNDS, cells), *begun[1:]]
    whole = next((place for place in funds if _WHOLE_BUDGET.search(_text(begun[place].cells.get("item")))), funds[0])
    begun[whole] = replace(begun[whole], cells={**begun[whole].cells, "weight": "10", "score": ""})
    return begun


_WHOLE_BUDGET = re.compile(r"总额|合计|总计|小计")


def _begun(row: RowData, goals: str) -> RowData:
    cells = dict(row.cells)
    if row.part == Part.INDICATORS:
        cells |= {"actual": "", "score": "", "deviation": ""}
    elif row.part == Part.FUNDS:
        cells |= {"executed": "", "rate": ""}
    elif row.part == Part.HEAD:
        cells = {name: value for name, value in cells.items() if name not in ("title", "total.weight")}
        expected = cells.pop("goal.only", "") or cells.get("goal.expected") or goals
        cells |= {"goal.expected": expected, "goal.achieved": ""}
    return RowData(row.key, row.part, cells, row.parent)


def _carried(row: RowData, old: int, new: int) -> RowData:
    cells = dict(row.cells)
    if row.part == Part.HEAD:
        cells["year"] = str(new)
    elif row.part == Part.INDICATORS and cells.get("target"):
        cells[f"history:{old}"] = cells["target"]
    return RowData(row.key, row.part, cells, row.parent)


# --- filling in -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Saved:
    """What became of a batch of changes: the new revision, which were applied, and which met a change of someone else."""

    revision: int
    applied: list[str] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic(durable=True)
def change_cells(sheet: Sheet, changes: Sequence[Mapping[str, Any]], *, base: int, by: User) -> Saved:
    """Apply changes made in a browser to an open sheet. Sent again they are not applied again.

    A change is ``{"id", "do": "set", "row", "field", "from", "to"}`` (with ``library``, the key of the indicator a name was
    taken from), ``{"id", "do": "add", "row", "part", "parent", "after", "cells"}``, ``{"id", "do": "remove", "row", "from"}``
    or ``{"id", "do": "move", "row", "after", "parent"}``. A cell (of a removed row: any of its cells) that does not hold
    ``from`` any more was changed by someone else since: that is a conflict, and nothing is overwritten.
    """
    for change in changes:
        _check_shape(change)
    sheet = _locked(sheet, by, "edit")
    saved = Saved(sheet.revision)
    ids = {change["id"] for change in changes}
    known = set(sheet.operations.filter(key__in=ids).values_list("key", flat=True))
    if not sheet.is_open and ids - known:
        raise Closed(f"这张表现在是“{sheet.get_state_display()}”，不能修改；如需修改请先撤回或退回。")
    behind = base != sheet.revision
    alone = not behind and all(change.get("do", "set") == "set" for change in changes)
    board = _Board(sheet, {_text(change.get("row")) for change in changes} if alone else None)
    done: list[dict[str, Any]] = []
    fresh: list[Operation] = []
    for change in changes:
        key = change["id"]
        if key in known:
            saved.applied.append(key)
            continue
        known.add(key)
        if conflict := board.apply(change):
            saved.conflicts.append({"id": key, **conflict, **_last_hand(sheet, change)})
            continue
        saved.applied.append(key)
        done.append(board.told)
        where = {"row": board.told["row"], "field": _text(change.get("field"))}
        fresh.append(Operation(sheet=sheet, key=key, revision=sheet.revision + 1, by=by, **where))
    saved.others = _since(sheet, base, board) if behind else []
    if done:
        board.write()
        Operation.objects.bulk_create(fresh)
        sheet.revision += 1
        sheet.save(update_fields=["revision", "changed_at"])
        record(sheet.stream, "cells", by=by, data={"revision": sheet.revision, "changes": done})
        saved.revision = sheet.revision
    return saved


def _since(sheet: Sheet, base: int, board: "_Board") -> list[dict[str, Any]]:
    """Where others changed something since the browser's revision, with what stands there now."""
    return sheet.changed_since(base, board.rows.values())


def _last_hand(sheet: Sheet, change: Mapping[str, Any]) -> dict[str, Any]:
    """Who changed a cell last (of a removed row: any of its cells), and when."""
    made = sheet.operations.filter(row=_text(change.get("row")))
    if change.get("field"):
        made = made.filter(field__in=("", change["field"]))
    last = made.select_related("by").order_by("-id").first()
    return {} if last is None else {"by": last.by.name, "at": last.at.isoformat()}


class _Board:
    """A sheet's rows while changes are applied to them; written once at the end."""

    def __init__(self, sheet: Sheet, keys: Collection[str] | None = None) -> None:
        """All rows of a sheet, or those with some keys: enough for who changes nothing but their cells."""
        self.sheet = sheet
        rows = sheet.rows.all() if keys is None else sheet.rows.filter(key__in=keys)
        self.rows = {row.key: row for row in rows}
        self.changed: set[str] = set()
        self.added: set[str] = set()
        self.removed: list[int] = []
        self.told: dict[str, Any] = {}

    def apply(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        """Apply one change; returns the conflict, if it is one."""
        do = {"set": self._set, "add": self._add, "remove": self._remove, "move": self._move}.get(
            _text(change.get("do", "set"))
        )
        if do is None:
            raise Refused("不认识的修改操作，请刷新页面后重试。")
        return do(change)

    def _set(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        key, name, to = _text(change.get("row")), _text(change.get("field")), change.get("to")
        row = self.rows.get(key)
        if row is None:
            return {"row": key, "field": name, "mine": to, "theirs": None, "gone": True}
        _check_cell(row.part, name, to)
        now = row.cells.get(name)
        if to and row.part == Part.HEAD and name in COMPUTED_HEAD and self.sheet.scored and _text(now) != to:
            raise Refused(f"“{HEAD_LABELS[name]}”由各项分值和得分算出，不用填写。")
        if "from" in change and _text(now) != _text(change["from"]) and _text(now) != _text(to):
            return {"row": key, "field": name, "mine": to, "theirs": now}
        if to is None:
            row.cells.pop(name, None)
        else:
            row.cells[name] = to
        row.places.pop(name, None)  # typed by a person now: where it was read from no longer holds
        if row.part == Part.INDICATORS and name == "name":
            row.library = _library(change.get("library")) if change.get("library") else row.library
        self.changed.add(key)
        self.told = {"do": "set", "row": key, "field": name, "from": now, "to": to}
        return None

    def _add(self, change: Mapping[str, Any]) -> None:
        key, part = _text(change.get("row")) or new_key(), _text(change.get("part"))
        if part not in Part.values or part == Part.HEAD or not key.isalnum() or len(key) > 12 or key in self.rows:
            raise Refused("新增的行格式不对，请刷新页面后重试。")
        if len(self.rows) >= MAX_ROWS:
            raise Refused(f"一张表最多 {MAX_ROWS} 行。")
        given = change.get("cells") or {}
        if not isinstance(given, Mapping):
            raise Refused("新增行的内容格式不对，请刷新页面后重试。")
        for name, value in given.items():
            _check_cell(part, name, value)
        row = Row(sheet=self.sheet, key=key, part=part, cells=dict(given))
        row.parent = self._parent(row, _text(change.get("parent")))
        row.library = _library(change.get("library")) if part == Part.INDICATORS else None
        self.rows[key] = row
        self._place(row, _text(change.get("after")))
        self.added.add(key)
        self.told = {"do": "add", "row": key, "part": part, "cells": dict(given)}

    def _remove(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        key, seen = _text(change.get("row")), change.get("from")
        row = self.rows.get(key)
        if row is not None and row.part == Part.HEAD:
            raise Refused("基本情况不能删除。")
        self.told = {"do": "remove", "row": key, "cells": {} if row is None else row.cells}
        if row is None:
            return None
        if isinstance(seen, Mapping) and any(_text(seen.get(n)) != _text(v) for n, v in row.cells.items()):
            return {"row": key, "field": "", "do": "remove", "mine": None, "theirs": row.cells}
        gone = self._family(key)
        for one in gone:
            found = self.rows.pop(one)
            self.changed.discard(one)
            self.added.discard(one)
            if found.pk:
                self.removed.append(found.pk)
        if len(gone) > 1:
            self.told["with"] = gone[1:]
        return None

    def _family(self, key: str) -> list[str]:
        """A row and all below it."""
        out = [key]
        for parent in out:
            out += [row.key for row in self.rows.values() if row.parent == parent]
        return out

    def _move(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        key = _text(change.get("row"))
        row = self.rows.get(key)
        if row is None:
            return {"row": key, "field": "", "mine": None, "theirs": None, "gone": True}
        if "parent" in change:
            row.parent = self._parent(row, _text(change["parent"]))
        self._place(row, _text(change.get("after")))
        self.changed.add(key)
        self.told = {"do": "move", "row": key, "after": _text(change.get("after")), "parent": row.parent}
        return None

    def _parent(self, row: Row, parent: str) -> str:
        """The key of a row that may stand above another; "" where it is gone or would stand below itself."""
        above = self.rows.get(parent)
        if above is None or row.part != Part.COSTS or above.part != Part.COSTS or parent in self._family(row.key):
            return ""
        return parent

    def _place(self, row: Row, after: str) -> None:
        """Put a row behind another (at the end of its part where ``after`` is unknown, first of it where it is "^")."""
        others = sorted((r for r in self.rows.values() if r.key != row.key), key=lambda r: r.position)
        peers = [r for r in others if r.part == row.part]
        if after == "^" and peers:
            place = others.index(peers[0])
        else:
            anchor = self.rows.get(after)
            anchor = anchor if anchor is not None and anchor is not row else (peers[-1] if peers else None)
            place = len(others) if anchor is None else others.index(anchor) + 1
        low = others[place - 1].position if place else 0
        high = others[place].position if place < len(others) else low + 2048
        if high - low >= 2:
            row.position = (low + high) // 2
            return
        others.insert(place, row)
        for number, one in enumerate(others, 1):  # no room between the two: number all rows anew
            one.position = number * 1024
            self.changed.add(one.key)

    def write(self) -> None:
        """Write what has changed."""
        if self.removed:
            Row.objects.filter(pk__in=self.removed).delete()
        for key in self.changed | self.added:
            row = self.rows[key]
            for name, value in _facts(row.part, row.cells).items():
                setattr(row, name, value)
        Row.objects.bulk_create([self.rows[key] for key in self.added])
        stored = [self.rows[key] for key in self.changed - self.added]
        if len(stored) > FEW_ROWS:
            Row.objects.bulk_update(stored, _STORED)
        else:  # what one statement for all needs to be put together takes longer than some plain ones
            for row in stored:
                row.save(update_fields=_STORED)


FEW_ROWS = 4
_STORED = ("cells", "places", "parent", "position", "name", "level1", "library")


def _check_shape(change: Mapping[str, Any]) -> None:
    """Refuse what no page of ours sends."""
    if not _name(change.get("id"), 36):
        raise Refused("保存请求缺少编号，请刷新页面后重试。")
    names = [change.get(name) for name in ("row", "after", "parent") if change.get(name) not in (None, "", "^")]
    if not all(_name(name, 12) for name in names) or not _plain(change.get("field", "")):
        raise Refused("保存请求的格式不对，请刷新页面后重试。")


def _name(value: Any, length: int) -> bool:
    """Whether a value is an identifier: letters, digits and hyphens."""
    return isinstance(value, str) and 0 < len(value) <= length and value.isascii() and value.replace("-", "").isalnum()


def _plain(value: Any) -> bool:
    """Whether a value is a text that every database can store."""
    return isinstance(value, str) and not any(c == "\0" or 0xD800 <= ord(c) <= 0xDFFF for c in value)


def _check_cell(part: str, name: Any, value: Any) -> None:
    """Refuse what can stand in no cell."""
    if not _plain(name) or not 0 < len(name) <= 80 or not (value is None or _plain(value)):
        raise Refused("保存的内容格式不对，请刷新页面后重试。")
    if isinstance(value, str) and len(value) > MAX_CELL:
        raise Refused(f"一格最多 {MAX_CELL} 字，“{value[:12]}…”有 {len(value)} 字。")
    if problem := problem_of_cell(part, name, value):
        raise Refused(problem)


def _library(pk: Any) -> LibraryIndicator | None:
    """The indicator of the library a name was taken from."""
    return LibraryIndicator.objects.filter(pk=pk).first() if isinstance(pk, int) else None


@transaction.atomic(durable=True)
def choose_scheme(sheet: Sheet, name: str, *, by: User) -> Sheet:
    """By which scoring scheme an open sheet is scored; "" leaves the choice to year and region."""
    sheet = _locked(sheet, by, "view")
    if not (may(by, "edit", sheet) or may(by, "plan", sheet)):
        raise Refused("您没有选择评分方案的权限。")
    if not sheet.is_open:
        raise Closed(f"这张表现在是“{sheet.get_state_display()}”，不能改评分方案。")
    if name and name not in dict(scheme_choices()):
        raise Refused("没有这个评分方案，请刷新页面后重选。")
    before, sheet.scheme = sheet.scheme, name
    sheet.revision += 1
    sheet.save(update_fields=["scheme", "revision", "changed_at"])
    record(sheet.stream, "scheme", by=by, data={"from": before, "to": name})
    return sheet


# --- the way through review -------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def move_sheet(
    sheet: Sheet,
    step: str,
    *,
    by: User,
    expected: int,
    seen: str = "",
    reason: str = "",
    remarks: Iterable[Mapping[str, str]] = (),
) -> Sheet:
    """One step of a sheet: submit, withdraw, pass, return. The one function behind page, interface and bulk action.

    ``expected`` is what the person looked at: the revision when submitting, the version when reviewing; ``seen`` the state
    it was in then (pages always say it), so that whoever holds two posts does not take two steps by one double click.
    """
    sheet = _locked(sheet, by, "view")
    move = move_for(sheet, step)
    if move is None or seen not in ("", sheet.state):
        raise Refused(f"这张表现在是“{sheet.get_state_display()}”，不能{Step(step).label}；请刷新页面查看最新状态。")
    if not may(by, move.right, sheet):
        own = sheet.submitted_by_id == by.pk and move.right == "review"
        raise Refused("不能审核自己送审的表。" if own else f"您没有{move.step.label}这张表的权限。")
    if expected != (sheet.revision if step == Step.SUBMIT else sheet.version):
        raise Refused("您看到的内容之后又有改动，请刷新页面核对后再操作。")
    before = contribution(sheet)
    digest = ""
    if step == Step.SUBMIT:
        digest = _freeze(sheet, by)
    elif step == Step.RETURN:
        _remark(sheet, by, reason, remarks)
    elif step == Step.PASS:
        _all_decided(sheet)
    left, sheet.state = sheet.state, move.target
    sheet.save()
    shift(sheet, before, contribution(sheet))
    data = {"from": left, "to": move.target, "version": sheet.version, "why": reason}
    data |= {"digest": digest} if digest else {}
    record(sheet.stream, step, by=by, data=data)
    return sheet


def _freeze(sheet: Sheet, by: User) -> str:
    """Check what is owed and store the next version, chained to the one before; gives its digest."""
    told = valued(sheet)
    if missing := missing_of(sheet, told):
        raise Refused("还不能送审：" + "；".join(missing))
    previous = sheet.versions.order_by("-number").first()
    content = canonical(content_of(sheet, told))
    before = previous.digest if previous is not None else ""
    version = Version.objects.create(
        sheet=sheet,
        number=sheet.version + 1,
        content=content,
        previous=before,
        digest=sha256(before + content),
        by=by,
        at=timezone.now(),
    )
    sheet.version = version.number
    sheet.submitted_by, sheet.submitted_at = by, version.at
    summarise(sheet, told)
    sheet.defects.all().delete()
    Defect.objects.bulk_create(Defect(code=code, sheet=sheet) for code in sheet.facts["codes"])
    sheet.remarks.filter(settled_at=None, version__lt=version.number).update(settled_at=version.at, settled_by=by)
    return version.digest


def content_of(sheet: Sheet, told: Valued) -> dict[str, Any]:
    """What is frozen of a sheet."""
    return {
        "schema": "hengjian.version/1",
        "project": {"code": sheet.project.code, "name": sheet.project.name, "unit": sheet.project.body.code},
        "stage": sheet.stage,
        "year": sheet.year,
        "form": told.form,
        "rows": [row.json() for row in told.rows],
        "computed": sorted(list(address) for address in told.filled),
        "assessment": told.assessment,
    }


def missing_of(sheet: Sheet, told: Valued) -> list[str]:
    """What a sheet lacks before it may be submitted, in Chinese."""
    out = []
    if not told.indicators:
        out.append("没有绩效指标")
    blockers = [f for f in told.assessment["findings"] if f["level"] == "E" and f["kind"] == "D"]
    if blockers:
        names = "、".join(dict.fromkeys(f"{f['code']} {f['message']}" for f in blockers[:3]))
        out.append(f"有 {len(blockers)} 处错误须先改正（{names}{'…' if len(blockers) > 3 else ''}）")
    if sheet.stage == Stage.SELF_EVALUATION:
        rows = [row for row in told.indicators if not str(row.cells.get("actual", "")).strip()]
        out += [f"{len(rows)} 个指标没有填实际完成值"] if rows else []
    return out


def summarise(sheet: Sheet, told: Valued) -> None:
    """What lists show of the frozen version."""
    assessment = told.assessment
    sheet.rows_count = len(told.indicators)
    sheet.weight_total = _decimal(assessment["weights"])
    sheet.score_total = _decimal(assessment["total"]) if sheet.scored else None
    sheet.grade = assessment["grade"] if sheet.score_total is not None else ""
    sheet.errors, sheet.warnings = told.errors, told.warnings
    money = assessment["money"]
    sheet.budget, sheet.executed = _decimal(money["budget"]), _decimal(money["executed"])
    sheet.completion = completion_of(told)
    sheet.gap = None
    if sheet.completion is not None and sheet.budget and sheet.executed is not None:
        sheet.gap = min(abs(sheet.executed / sheet.budget - sheet.completion), Decimal(99)).quantize(Decimal("0.0001"))
    sheet.facts = {"classes": _classes(told), "codes": _codes(told)}


def _classes(told: Valued) -> dict[str, list[str]]:
    """Points earned and possible in each first-level class, of the rows that have both."""
    sums: dict[str, list[Decimal]] = {}
    for row in told.indicators:
        score, full = _decimal(row.cells.get("score")), _decimal(row.cells.get("weight"))
        if score is not None and full:
            earned = sums.setdefault(_text(row.cells.get("level1")).strip() or "未分类", [Decimal(0), Decimal(0)])
            earned[0] += score
            earned[1] += full
    return {name: [str(part) for part in parts] for name, parts in sums.items()}


def _codes(told: Valued) -> dict[str, int]:
    """How many findings of each code, information left out."""
    return dict(Counter(finding["code"] for finding in told.assessment["findings"] if finding["level"] != "I"))


def completion_of(told: Valued) -> Decimal | None:
    """The share of the indicators' weight that was earned, None where nothing is scored."""
    earned = weight = Decimal(0)
    for row in told.indicators:
        score, full = _decimal(row.cells.get("score")), _decimal(row.cells.get("weight"))
        if score is not None and full:
            earned, weight = earned + score, weight + full
    return (earned / weight).quantize(Decimal("0.0001")) if weight else None


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).strip()).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        return None


def _remark(sheet: Sheet, by: User, reason: str, remarks: Iterable[Mapping[str, str]]) -> None:
    given = [one for one in remarks if one.get("text", "").strip()]
    if not reason.strip() and not given and not sheet.remarks.filter(version=sheet.version, by=by).exists():
        raise Refused("退回须写明意见：请写总的意见，或在有问题的格上批注。")
    if reason.strip():
        given.append({"text": reason})
    Remark.objects.bulk_create(
        Remark(
            sheet=sheet,
            version=sheet.version,
            by=by,
            row=one.get("row", "")[:12],
            field=one.get("field", "")[:80],
            text=one["text"].strip()[:2000],
        )
        for one in given
    )


def _all_decided(sheet: Sheet) -> None:
    """Every finding of the version that is no mere information must have been looked at before the sheet is passed."""
    findings = frozen(sheet.versions.get(number=sheet.version).content)["assessment"]["findings"]
    owed = {finding["mark"] for finding in findings if finding["level"] in ("E", "W")}
    decided = dict(sheet.decisions.filter(version=sheet.version).values_list("mark", "verdict"))
    if accepted := [mark for mark in owed if decided.get(mark) == Verdict.ACCEPTED]:
        raise Refused(f"有 {len(accepted)} 条审核提示已认定属实，须退回修改，不能通过。")
    if open_ones := owed - decided.keys():
        raise Refused(f"还有 {len(open_ones)} 条审核提示没有处理：请逐条认定属实，或写明理由不作处理。")


@transaction.atomic(durable=True)
def decide_findings(sheet: Sheet, marks: Sequence[str], verdict: str, *, reason: str, by: User) -> None:
    """What the reviewer says of one or several findings of the version under review."""
    sheet = _locked(sheet, by, "view")
    if not may(by, "review", sheet):
        raise Refused("这张表现在不在您手里审核。")
    findings = frozen(sheet.versions.get(number=sheet.version).content)["assessment"]["findings"]
    codes = {finding["mark"]: finding["code"] for finding in findings}
    if not marks or not codes.keys() >= set(marks) or verdict not in Verdict.values:
        raise Refused("没有选中审核提示，或提示已不在这一版里，请刷新页面。")
    if verdict == Verdict.WAIVED and not reason.strip():
        raise Refused("不作处理须写明理由。")
    for mark in dict.fromkeys(marks):
        given = {"code": codes[mark], "verdict": verdict, "reason": reason.strip()[:500], "by": by}
        Decision.objects.update_or_create(sheet=sheet, version=sheet.version, mark=mark, defaults=given)
    told = [{"mark": mark, "code": codes[mark]} for mark in dict.fromkeys(marks)]
    data = {"findings": told, "verdict": verdict, "why": reason.strip(), "version": sheet.version}
    record(sheet.stream, "decided", by=by, data=data)


@transaction.atomic(durable=True)
def remark_on(sheet: Sheet, *, row: str, field: str, text: str, by: User) -> Remark:
    """A reviewer's remark on a cell of the version under review."""
    sheet = _locked(sheet, by, "view")
    if not may(by, "review", sheet):
        raise Refused("这张表现在不在您手里审核。")
    if not text.strip():
        raise Refused("请写明意见。")
    remark = Remark.objects.create(
        sheet=sheet, version=sheet.version, row=row[:12], field=field[:80], text=text.strip()[:2000], by=by
    )
    record(sheet.stream, "remarked", by=by, data={"row": row, "field": field, "text": remark.text})
    return remark


# --- the calendar -----------------------------------------------------------------------------------------------------


def planned_bodies(user: User) -> BodyQuerySet:
    """The bodies for which the user may set deadlines."""
    return Body.objects.filter(covered(user, "path", *PLANNERS), active=True).exclude(kind=BodyKind.UNIT)


@transaction.atomic(durable=True)
def set_deadline(*, body: Body, year: str, stage: str, due: str, warn_days: str, by: User) -> Deadline:
    """Until when a stage is due below a body. Texts are as typed."""
    if not may(by, "plan", body):
        raise Refused("您没有设置截止日期的权限。")
    if not (year.isdecimal() and 2000 <= int(year) <= 2100) or stage not in Stage.values:
        raise Refused("请填写四位数字的年度，并选择阶段。")
    if not (warn_days.isdecimal() and int(warn_days) <= 365):
        raise Refused("提前提醒天数应为 0 到 365 的整数。")
    try:
        day = date.fromisoformat(due)
    except ValueError:
        raise Refused("截止日期应为 2027-03-31 这样的日期。") from None
    before = Deadline.objects.filter(body=body, year=int(year), stage=stage).first()
    given = {"due": day, "warn_days": int(warn_days)}
    deadline, _ = Deadline.objects.update_or_create(body=body, year=int(year), stage=stage, defaults=given)
    told = {"year": int(year), "stage": stage, "from": None if before is None else str(before.due), "to": str(day)}
    record(f"body:{body.pk}", "deadline", by=by, data=told)
    return deadline


def _locked(sheet: Sheet, by: User, right: str) -> Sheet:
    """The sheet as it is now, locked until the transaction ends. Refuses what the policy does."""
    locked = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if not may(by, right, locked):
        raise Refused("您没有修改这张表的权限。")
    return locked


def frozen(content: str) -> dict[str, Any]:
    """A frozen content as data. Numbers in it are texts, so nothing is lost."""
    data: dict[str, Any] = json.loads(content)
    return data
