"""An open sheet is filled in: cells, rows, the scheme it is scored by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from hengjian.web.journal.record import record
from hengjian.web.library.models import LibraryIndicator
from hengjian.web.people.actions import Refused
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.actions.lock import Closed, locked
from hengjian.web.projects.content import COMPUTED_HEAD, HEAD_LABELS, kept_of, problem_of_cell, text_of
from hengjian.web.projects.models import Operation, Part, Row, Sheet, new_key
from hengjian.web.projects.valuing import scheme_choices

MAX_ROWS = 600


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
    sheet = locked(sheet, by, "edit")
    saved = Saved(sheet.revision)
    ids = {change["id"] for change in changes}
    known = set(sheet.operations.filter(key__in=ids).values_list("key", flat=True))
    if not sheet.is_open and ids - known:
        raise Closed(f"这张表现在是“{sheet.get_state_display()}”，不能修改；如需修改请先撤回或退回。")
    behind = base != sheet.revision
    alone = not behind and all(change.get("do", "set") == "set" for change in changes)
    board = _Board(sheet, {text_of(change.get("row")) for change in changes} if alone else None)
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
        where = {"row": board.told["row"], "field": text_of(change.get("field"))}
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
    made = sheet.operations.filter(row=text_of(change.get("row")))
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
            text_of(change.get("do", "set"))
        )
        if do is None:
            raise Refused("不认识的修改操作，请刷新页面后重试。")
        return do(change)

    def _set(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        key, name, to = text_of(change.get("row")), text_of(change.get("field")), change.get("to")
        row = self.rows.get(key)
        if row is None:
            return {"row": key, "field": name, "mine": to, "theirs": None, "gone": True}
        _check_cell(row.part, name, to)
        now = row.cells.get(name)
        if to and row.part == Part.HEAD and name in COMPUTED_HEAD and self.sheet.scored and text_of(now) != to:
            raise Refused(f"“{HEAD_LABELS[name]}”由各项分值和得分算出，不用填写。")
        if "from" in change and text_of(now) != text_of(change["from"]) and text_of(now) != text_of(to):
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
        key, part = text_of(change.get("row")) or new_key(), text_of(change.get("part"))
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
        row.parent = self._parent(row, text_of(change.get("parent")))
        row.library = _library(change.get("library")) if part == Part.INDICATORS else None
        self.rows[key] = row
        self._place(row, text_of(change.get("after")))
        self.added.add(key)
        self.told = {"do": "add", "row": key, "part": part, "cells": dict(given)}

    def _remove(self, change: Mapping[str, Any]) -> dict[str, Any] | None:
        key, seen = text_of(change.get("row")), change.get("from")
        row = self.rows.get(key)
        if row is not None and row.part == Part.HEAD:
            raise Refused("基本情况不能删除。")
        self.told = {"do": "remove", "row": key, "cells": {} if row is None else row.cells}
        if row is None:
            return None
        if isinstance(seen, Mapping) and any(text_of(seen.get(n)) != text_of(v) for n, v in row.cells.items()):
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
        key = text_of(change.get("row"))
        row = self.rows.get(key)
        if row is None:
            return {"row": key, "field": "", "mine": None, "theirs": None, "gone": True}
        if "parent" in change:
            row.parent = self._parent(row, text_of(change["parent"]))
        self._place(row, text_of(change.get("after")))
        self.changed.add(key)
        self.told = {"do": "move", "row": key, "after": text_of(change.get("after")), "parent": row.parent}
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
            for name, value in kept_of(row.part, row.cells).items():
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
    if problem := problem_of_cell(part, name, value):
        raise Refused(problem)


def _library(pk: Any) -> LibraryIndicator | None:
    """The indicator of the library a name was taken from."""
    return LibraryIndicator.objects.filter(pk=pk).first() if isinstance(pk, int) else None


@transaction.atomic(durable=True)
def choose_scheme(sheet: Sheet, name: str, *, by: User) -> Sheet:
    """By which scoring scheme an open sheet is scored; "" leaves the choice to year and region."""
    sheet = locked(sheet, by, "view")
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
