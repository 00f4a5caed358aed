"""A made-up province to measure the site with: as many projects as wanted, in all stages and states, with their whole record.

Forms come from the generator of ``hengjian batch`` (the rules of the field in their proportions). Each of them is assessed
once by the real code; projects are copies of such forms under names of their own, poured into the tables in bulk, with the
versions, events, decisions, remarks, disclosures, pairs for searching and sums that the actions would have written.
"""

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from hengjian import desk
from hengjian.web.grams import grams_of
from hengjian.web.journal.models import Chain, Event
from hengjian.web.journal.record import canonical, digest_of, sha256
from hengjian.web.people.models import Body, BodyGram, BodyKind, Post, Role, User
from hengjian.web.projects.beginning import begun
from hengjian.web.projects.content import RowData
from hengjian.web.projects.freezing import content_of, missing_of, summarise
from hengjian.web.projects.models import (
    Deadline,
    Decision,
    Defect,
    Part,
    Project,
    ProjectGram,
    Remark,
    Row,
    Sheet,
    Stage,
    State,
    Tally,
    Verdict,
    Version,
)
from hengjian.web.projects.samples import PASSWORD
from hengjian.web.projects.tallying import added, contribution
from hengjian.web.projects.valuing import Valued, value_rows
from hengjian.web.public import actions as public
from hengjian.web.public.models import Publication, PublicationGram

BATCH = 1000  # projects poured at a time
OF_A_UNIT, CHILDREN = 10, 10
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
# Stand in the forms while they are assessed; each project puts its own in their place.
NAME, CODE, UNIT, UNIT_CODE, DEPARTMENT = ("示例项目甲壹", "SAMPLE-0001", "示例单位甲壹", "SAMPLE-UNIT", "示例部门甲壹")
DIGESTS = ("SAMPLE-DIGEST-1", "SAMPLE-DIGEST-2")
_CLASSES = (("数量指标", 3), ("质量指标", 3), ("时效指标", 1), ("成本指标", 1), ("社会效益指标", 1), ("满意度指标", 1))
# Shares of the states; what may not be submitted stays a draft.
DECLARED: tuple[tuple[State, int], ...] = (
    (State.APPROVED, 90),
    (State.DRAFT, 4),
    (State.AT_UNIT, 2),
    (State.AT_DEPARTMENT, 1),
    (State.AT_FINANCE, 1),
)
DECLARED += ((State.RETURNED, 2),)
EVALUATED: tuple[tuple[State, int], ...] = (
    (State.APPROVED, 50),
    (State.DRAFT, 17),
    (State.AT_UNIT, 9),
    (State.AT_DEPARTMENT, 9),
)
EVALUATED += ((State.AT_FINANCE, 10), (State.RETURNED, 5))
PUBLISHED = 40  # percent of the approved self-evaluations
_ROAD = (State.AT_UNIT, State.AT_DEPARTMENT, State.AT_FINANCE, State.APPROVED)

_FIRST = "云青石南北白清东沙岭桥河川源溪湖原松柏桐枫梅兰竹菊"
_SECOND = "岭桥溪河湖原沟坪坝湾塘渡泉冲口"
_OFFICES: tuple[str, ...] = (
    "委组织部",
    "教育局",
    "卫生健康局",
    "农业农村局",
    "水利局",
    "民政局",
    "交通运输局",
    "住房城乡建设局",
)
_OFFICES += ("文化旅游局", "人力资源局")
_UNITS = ("机关", "信息中心", "服务中心", "培训中心", "质量监测站", "执法大队", "研究室", "档案馆", "推广站", "管理所")
_TOPICS: tuple[str, ...] = (
    "干部教育",
    "基层党建",
    "人才引进",
    "档案数字化",
    "村级组织运转",
    "义务教育薄弱环节",
    "乡村医生",
    "农田水利",
)
_TOPICS += (
    "高标准农田",
    "公路养护",
    "老旧小区",
    "文化惠民",
    "残疾人康复",
    "就业创业",
    "电子政务",
    "生态护林",
    "食品安全",
)
_KINDS = ("培训", "补助", "建设", "维护", "改造提升", "奖补", "购买服务", "设备购置", "示范点创建", "宣传", "调查监测")


# --- forms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as the tables keep it: its rows, and (where it may be submitted) what was frozen and what lists show."""

    rows: tuple[tuple[Any, ...], ...]
    content: str  # canonical JSON with the stand-ins, "" where it may not be submitted
    facts: Mapping[str, Any]
    findings: tuple[tuple[str, str], ...]  # (mark, code) of what a reviewer has to decide
    blank: Sheet
    published: str = ""  # canonical JSON of the sheet as it is disclosed


@dataclass(frozen=True, slots=True)
class Template:
    """A project's year: what it declares and how that turned out."""

    year: int
    declaration: Filled
    evaluation: Filled


def templates(count: int, seed: int) -> list[Template]:
    """Made-up forms, each assessed by the real code."""
    chance = Random(seed)  # noqa: S311 - samples, no secrets
    with tempfile.TemporaryDirectory(prefix="hengjian-") as folder:
        path = Path(folder) / "rows.csv"
        desk.batch_sample(path, max(count * 20, 1000))
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    return [_template(_form(lines, chance), 2024 + number % 3, chance) for number in range(count)]


def _form(lines: Sequence[Mapping[str, str]], chance: Random) -> list[Mapping[str, str]]:
    """Ten indicators of all classes a form must have, whose weights leave ten points for the execution."""
    of_class = {class_: [line for line in lines if line["class"] == class_] for class_, _ in _CLASSES}
    while True:
        found = [one for class_, number in _CLASSES for one in chance.sample(of_class[class_], number)]
        names = {one["indicator"] for one in found}
        if sum(int(one["weight"]) for one in found) == 90 and len(names) == len(found):
            return found


def _template(lines: Sequence[Mapping[str, str]], year: int, chance: Random) -> Template:
    budget = Decimal(chance.randrange(20, 4000))
    spent = (budget * chance.randrange(55, 101) / 100).quantize(Decimal("0.01"))
    head = {"project": NAME, "project_code": CODE, "unit": UNIT, "department": DEPARTMENT, "year": str(year)}
    head |= {"money_unit": "万元", "budget.current_year": str(budget), "goal.only": "按计划完成全年工作，群众满意。"}
    declared = [RowData("h0", Part.HEAD, head)]
    declared.append(RowData("f0", Part.FUNDS, {"item": "年度资金总额", "annual_budget": str(budget)}))
    for number, line in enumerate(lines):
        cells = {"level1": _level1(line["class"]), "level2": line["class"], "name": line["indicator"]}
        cells |= {"target": line["target"], "weight": line["weight"], "rule": line["rule"]}
        declared.append(RowData(f"i{number}", Part.INDICATORS, cells))
    evaluated = []
    actuals = iter(lines)
    for row in begun(Stage.SELF_EVALUATION, declared):
        cells = dict(row.cells)
        if row.part == Part.INDICATORS:
            cells["actual"] = next(actuals)["actual"]
        elif row.part == Part.FUNDS:
            cells["executed"] = str(spent)
        else:
            cells["goal.achieved"] = "已按计划完成。"
        evaluated.append(replace(row, cells=cells))
    told = iter(value_rows(Stage.SELF_EVALUATION, evaluated).assessment["rows"])
    evaluated = [_explained(row, next(told)) if row.part == Part.INDICATORS else row for row in evaluated]
    return Template(year, _filled(Stage.DECLARATION, year, declared), _filled(Stage.SELF_EVALUATION, year, evaluated))


def _explained(row: RowData, told: Mapping[str, Any]) -> RowData:
    """A row with the reason that is owed where points were lost."""
    lost = told["score"] is not None and Decimal(told["score"]) < Decimal(row.cells["weight"])
    return replace(row, cells={**row.cells, "deviation": "受汛情影响进度推迟，已调整计划。"}) if lost else row


def _level1(class_: str) -> str:
    if class_.startswith("满意度"):
        return "满意度指标"
    return "效益指标" if "效益" in class_ else "产出指标"


def _filled(stage: Stage, year: int, rows: Sequence[RowData]) -> Filled:
    department = Body(name=DEPARTMENT)
    body = Body(name=UNIT, code=UNIT_CODE, parent=department)
    sheet = Sheet(project=Project(body=body, name=NAME, code=CODE, year=year), stage=stage, year=year)
    told = value_rows(stage, rows)
    content, published = "", ""
    if not missing_of(sheet, told):
        content = canonical(content_of(sheet, told))
        summarise(sheet, told)
        sheet.version = sheet.revision = 1
        published = canonical(_published(sheet, told))
    names = ("rows_count", "weight_total", "score_total", "grade", "budget", "executed", "completion", "gap")
    facts = {name: getattr(sheet, name) for name in (*names, "errors", "warnings", "facts")}
    owed = {one["mark"]: one["code"] for one in told.assessment["findings"] if one["level"] != "I"}
    stored = tuple(
        (row.key, row.part, place * 1024, canonical(dict(row.cells)), *_searched(row))
        for place, row in enumerate(rows, 1)
    )
    return Filled(stored, content, facts, tuple(owed.items()), sheet, published)


def _published(sheet: Sheet, told: Valued) -> dict[str, object]:
    return public.published_sheet(sheet, content_of(sheet, told), DIGESTS[sheet.stage != Stage.DECLARATION], ())


def _searched(row: RowData) -> tuple[str, str]:
    known = row.part == Part.INDICATORS
    return (row.cells["name"], row.cells["level1"]) if known else ("", "")


# --- pouring ----------------------------------------------------------------------------------------------------------


def pour(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add many rows to a table: by COPY on PostgreSQL, else by one statement for all. Values as the database keeps them."""
    columns = [str(model._meta.get_field(name).column) for name in fields]  # type: ignore[union-attr]
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", list(rows))  # noqa: S608 - our own names


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


@dataclass(slots=True)
class Book:
    """The record of what is poured: chained events of finished streams."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    chains: list[tuple[str, int, str]] = field(default_factory=list)

    def write(self, stream: str, entries: Iterable[tuple[datetime, User | None, str, Mapping[str, Any]]]) -> None:
        """All events of a stream."""
        head, number = "", 0
        for at, by, what, data in entries:
            number += 1
            event = Event(stream=stream, number=number, at=at, what=what, data=canonical(data), previous=head)
            event.by_id, event.by_name = (None, "") if by is None else (by.pk, by.name)
            head, before = digest_of(event), head
            self.events.append((stream, number, _at(at), event.by_id, event.by_name, what, event.data, before, head))
        self.chains.append((stream, number, head))

    def pour(self) -> None:
        """Into the tables."""
        names = ("stream", "number", "at", "by", "by_name", "what", "data", "previous", "digest")
        pour(Event, names, self.events)
        pour(Chain, ("stream", "length", "head"), self.chains)
        self.events, self.chains = [], []


# --- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Land:
    """The bodies and the people of the made-up province."""

    bodies: list[Body] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    posts: list[tuple[User, Role, Body]] = field(default_factory=list)
    at: dict[tuple[int, str], User] = field(default_factory=dict)  # (body, role)

    def body(self, name: str, kind: BodyKind, parent: Body | None) -> Body:
        """One more body."""
        number = len(self.bodies) + 1
        code = "99" if parent is None else f"{parent.code}{number % 1000:03d}"
        made = Body(pk=number, code=f"{code}-{number}", name=name, kind=kind, parent=parent)
        made.path = f"{'/' if parent is None else parent.path}{number}/"
        self.bodies.append(made)
        return made

    def user(self, username: str, name: str, role: Role, body: Body) -> User:
        """One more person with a post."""
        made = User(pk=len(self.users) + 1, username=username, name=name)
        self.users.append(made)
        self.posts.append((made, role, body))
        self.at[body.pk, role] = made
        return made

    def who(self, unit: Body, role: Role) -> User:
        """Who holds a role for a unit."""
        return next(
            self.at[int(pk), role] for pk in reversed(unit.path.split("/")) if pk and (int(pk), role) in self.at
        )


def land(units: int) -> tuple[Land, list[Body]]:
    """A tree with at least so many units, ten bodies below each."""
    made = Land()
    departments = -(-units // CHILDREN)
    counties = -(-departments // len(_OFFICES))
    names = [f"{a}{b}" for a in _FIRST for b in _SECOND]
    root = made.body("云岭省" if counties > CHILDREN else "云岭市", BodyKind.REGION, None)
    tops = [root]
    if counties > CHILDREN:
        tops = [made.body(f"{_FIRST[n % 25]}州市", BodyKind.REGION, root) for n in range(-(-counties // CHILDREN))]
    places = [root] if counties == 1 else []
    for number in range(counties if counties > 1 else 0):
        top = tops[min(number // CHILDREN, len(tops) - 1)]
        places.append(made.body(f"{names[number % len(names)]}县", BodyKind.REGION, top))
    for role in (Role.LEADER, Role.FINANCE, Role.ADMIN):
        made.user({"leader": "lingdao", "finance": "caizheng", "admin": "guanli"}[role], f"省{role.label}", role, root)
    found: list[Body] = []
    for place in places:
        if place is not root:
            made.user(f"caizheng{place.pk}", f"财政审核{place.pk}", Role.FINANCE, place)
        for office in _OFFICES:
            if len(found) >= units:
                break
            department = made.body(f"{place.name}{office}", BodyKind.DEPARTMENT, place)
            made.user(f"zhuguan{department.pk}", f"主管审核{department.pk}", Role.DEPARTMENT, department)
            for kind in _UNITS[: units - len(found)]:
                unit = made.body(f"{place.name}{office.removeprefix('委')}{kind}", BodyKind.UNIT, department)
                made.user(f"jingban{unit.pk}", f"经办{unit.pk}", Role.CLERK, unit)
                made.user(f"danwei{unit.pk}", f"单位审核{unit.pk}", Role.UNIT, unit)
                found.append(unit)
    return made, found


def _settle(made: Land) -> None:
    """Pour the tree and the people."""
    book = Book()
    columns = ("id", "code", "name", "kind", "parent", "path", "active")
    pour(Body, columns, ((b.pk, b.code, b.name, b.kind, b.parent_id, b.path, True) for b in made.bodies))
    pour(BodyGram, ("gram", "body"), ((gram, b.pk) for b in made.bodies for gram in grams_of(b.name)))
    secret = make_password(PASSWORD)  # the same for all: printed for whoever tries the samples
    pour(
        User,
        ("id", "username", "name", "password", "is_active", "must_change"),
        ((u.pk, u.username, u.name, secret, True, False) for u in made.users),
    )
    pour(Post, ("user", "role", "body"), ((user.pk, role, body.pk) for user, role, body in made.posts))
    for body in made.bodies:
        data = {"code": body.code, "name": body.name, "kind": body.kind}
        book.write(f"body:{body.pk}", [(START, None, "created", data)])
    for user, role, body in made.posts:
        told = {"username": user.username, "name": user.name}
        given = {"role": role, "body": body.code}
        entries = [(START, None, "created", told), (START, None, "post_given", given)]
        book.write(f"user:{user.pk}", entries)
    book.pour()


# --- projects ---------------------------------------------------------------------------------------------------------


class Filler:
    """Pours projects batch by batch, and keeps count for the sums."""

    def __init__(self, made: Land, forms: Sequence[Template], chance: Random) -> None:
        """For a land whose bodies are poured already."""
        self.land, self.chance = made, chance
        self.ready = [one for one in forms if one.declaration.content]
        self.stuck = [one for one in forms if not one.declaration.content] or self.ready
        self.book = Book()
        self.sheets = self.publications = 0
        self.sums: dict[tuple[int, int, str], dict[str, Decimal]] = {}
        self.adds: dict[tuple[int, str], Mapping[str, Decimal]] = {}
        self.rows: dict[type[models.Model], list[tuple[Any, ...]]] = {model: [] for model, _ in _TABLES}

    def add(self, number: int, unit: Body, place: int) -> None:
        """One project with its sheets and all that happened to them."""
        chance, land = self.chance, self.land
        state = _drawn(chance, DECLARED)
        form = chance.choice(self.stuck if state == State.DRAFT and chance.random() < 0.7 else self.ready)
        state = state if form.declaration.content else State.DRAFT
        name, code = _project_name(chance), f"{unit.code}-{form.year}-{place:03d}"
        department = self.land.bodies[(unit.parent_id or 1) - 1]
        own = {NAME: name, CODE: code, UNIT: unit.name, UNIT_CODE: unit.code, DEPARTMENT: department.name}
        at = START + timedelta(seconds=number * 37, microseconds=number)
        clerk = land.who(unit, Role.CLERK)
        self.rows[Project].append((number, unit.pk, unit.path, form.year, code, name, False, _at(at), _at(at)))
        self.rows[ProjectGram] += [(gram, number) for gram in grams_of(name)]
        entries: list[tuple[datetime, User | None, str, Mapping[str, Any]]] = []
        told = {"name": name, "code": code, "year": form.year, "unit": unit.code}
        entries.append((at, clerk, "created", told))
        digest = self._sheet(number, unit, form.declaration, state, own, at, {"from": "blank"})
        if state == State.APPROVED:
            later = at + timedelta(days=40)
            drawn = _drawn(chance, EVALUATED) if form.evaluation.content else State.DRAFT
            origin = {"from": "declaration", "version": 1}
            second = self._sheet(number, unit, form.evaluation, drawn, own, later, origin)
            if drawn == State.APPROVED and chance.randrange(100) < PUBLISHED:
                own |= {DIGESTS[0]: digest, DIGESTS[1]: second}
                entries.append(self._publication(number, unit, form, own, later + timedelta(days=9)))
        self.book.write(f"project:{number}", entries)

    def _sheet(
        self,
        project: int,
        unit: Body,
        form: Filled,
        state: State,
        own: Mapping[str, str],
        at: datetime,
        origin: Mapping[str, Any],
    ) -> str:
        """A sheet in a state; gives the digest of its version."""
        self.sheets += 1
        pk, stage, year = self.sheets, str(form.blank.stage), form.blank.year
        sent = state != State.DRAFT
        clerk = self.land.who(unit, Role.CLERK)
        facts = form.facts if sent else _NOTHING
        summary = [canonical(value) if name == "facts" else value for name, value in facts.items()]
        submitted = (clerk.pk, _at(at + timedelta(hours=3))) if sent else (None, None)
        self.rows[Sheet].append(
            (
                *(pk, project, unit.path, year, stage, 1, "", state, Role.CLERK.value, "", 1, int(sent)),
                *(*submitted, _at(at), *summary),
            )
        )
        for key, part, position, cells, name, level1 in form.rows:
            text = _own(cells, own) if part == Part.HEAD else cells
            self.rows[Row].append((pk, key, part, "", position, text, "{}", name, level1))
        if sent:
            self.rows[Defect] += [(code, pk) for code in form.facts["facts"]["codes"]]
        self._count(unit, form, state)
        entries: list[tuple[datetime, User | None, str, Mapping[str, Any]]] = []
        entries.append((at, clerk, "opened", {**origin, "project": project, "stage": stage}))
        digest = ""
        if sent:
            content = _own(form.content, own)
            digest = sha256(content)
            self.rows[Version].append((pk, 1, content, "", digest, clerk.pk, submitted[1]))
            entries += self._road(pk, unit, form, state, at + timedelta(hours=3), digest)
        self.book.write(f"sheet:{pk}", entries)
        return digest

    def _road(
        self, pk: int, unit: Body, form: Filled, state: State, at: datetime, digest: str
    ) -> Iterator[tuple[datetime, User | None, str, Mapping[str, Any]]]:
        """From the submission to where the sheet stands now."""
        yield at, self.land.who(unit, Role.CLERK), "submit", {**_moved(State.DRAFT, State.AT_UNIT), "digest": digest}
        reviewers = [self.land.who(unit, role) for role in (Role.UNIT, Role.DEPARTMENT, Role.FINANCE)]
        if state == State.RETURNED:
            why = "请核对产出指标的目标值和评分标准。"
            self.rows[Remark].append((pk, 1, "", "", why, reviewers[0].pk, _at(at + timedelta(hours=5))))
            yield at + timedelta(hours=5), reviewers[0], "return", _moved(State.AT_UNIT, State.RETURNED, why)
            return
        passed = _ROAD.index(state)
        if passed and form.findings:
            told = [{"mark": mark, "code": code} for mark, code in form.findings]
            why = "已核实，情况属实。"
            data = {"findings": told, "verdict": Verdict.WAIVED.value, "why": why, "version": 1}
            yield at + timedelta(hours=4), reviewers[0], "decided", data
            for mark, code in form.findings:
                decided = _at(at + timedelta(hours=4))
                self.rows[Decision].append((pk, 1, mark, code, Verdict.WAIVED, why, reviewers[0].pk, decided))
        for step in range(passed):
            yield at + timedelta(days=step + 1), reviewers[step], "pass", _moved(_ROAD[step], _ROAD[step + 1])

    def _publication(
        self, project: int, unit: Body, form: Template, own: Mapping[str, str], at: datetime
    ) -> tuple[datetime, User, str, Mapping[str, Any]]:
        self.publications += 1
        pk, by = self.publications, self.land.who(unit, Role.UNIT)
        body = Body(name=UNIT, parent=Body(name=DEPARTMENT))
        blank = Project(body=body, name=NAME, code=CODE, year=form.year)
        shell = canonical(public.content_of(blank, [], ()))
        sheets = f"[{form.declaration.published},{form.evaluation.published}]"
        content = _own(shell.replace('"sheets":[]', f'"sheets":{sheets}'), own)
        digest, address = sha256(content), f"{project:010x}"
        name, unit_name = own[NAME], own[UNIT]
        row = (pk, project, address, 1, name, unit_name, form.year, content, "[]", digest, by.pk, _at(at))
        self.rows[Publication].append(row)
        self.rows[PublicationGram] += [(gram, pk) for gram in grams_of(name, unit_name)]
        data = {"number": 1, "digest": digest, "stages": list(_STAGES), "withheld": [], "cleared": [], "why": ""}
        return at, by, "published", data

    def _count(self, unit: Body, form: Filled, state: State) -> None:
        key = (id(form), state)
        if key not in self.adds:
            facts = form.facts if state != State.DRAFT else _NOTHING
            version = int(state != State.DRAFT)
            sheet = Sheet(stage=form.blank.stage, year=form.blank.year, state=state, version=version, **facts)
            self.adds[key] = contribution(sheet)
        sums = self.sums.setdefault((unit.pk, form.blank.year, str(form.blank.stage)), {})
        for name, value in self.adds[key].items():
            sums[name] = sums.get(name, Decimal(0)) + value

    @transaction.atomic(durable=True)
    def pour(self) -> None:
        """What has been added since the last time."""
        for model, columns in _TABLES:
            pour(model, columns, self.rows[model])
            self.rows[model] = []
        self.book.pour()

    @transaction.atomic(durable=True)
    def pour_sums(self) -> None:
        """The sums of all bodies, from the units up."""
        for body in sorted(self.land.bodies, key=lambda body: -body.path.count("/")):
            if body.parent_id is not None:
                self._up(body)
        rows = ((b, year, stage, canonical(added({}, sums))) for (b, year, stage), sums in self.sums.items() if sums)
        pour(Tally, ("body", "year", "stage", "counts"), rows)

    def _up(self, body: Body) -> None:
        for year in (2024, 2025, 2026):
            for stage in _STAGES:
                above = self.sums.setdefault((body.parent_id or 0, year, stage), {})
                for name, value in self.sums.get((body.pk, year, stage), {}).items():
                    above[name] = above.get(name, Decimal(0)) + value


_STAGES = (Stage.DECLARATION.value, Stage.SELF_EVALUATION.value)  # the forms that are poured
_NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(("rows_count",), 0),
    **dict.fromkeys(("weight_total", "score_total")),
    "grade": "",
    **dict.fromkeys(("budget", "executed", "completion", "gap")),
    **dict.fromkeys(("errors", "warnings"), 0),
    "facts": {},
}
_TABLES: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Project, ("id", "body", "path", "year", "code", "name", "overall", "created_at", "changed_at")),
    (ProjectGram, ("gram", "project")),
    (
        Sheet,
        (
            *("id", "project", "path", "year", "stage", "round", "kind", "state", "filled_by"),
            *("scheme", "revision", "version"),
            *("submitted_by", "submitted_at", "changed_at", *_NOTHING),
        ),
    ),
    (Defect, ("code", "sheet")),
    (Row, ("sheet", "key", "part", "parent", "position", "cells", "places", "name", "level1")),
    (Version, ("sheet", "number", "content", "previous", "digest", "by", "at")),
    (Remark, ("sheet", "version", "row", "field", "text", "by", "at")),
    (Decision, ("sheet", "version", "mark", "code", "verdict", "reason", "by", "at")),
    (
        Publication,
        (
            *("id", "project", "address", "number", "title", "unit", "year"),
            *("content", "withheld", "digest", "by", "at"),
        ),
    ),
    (PublicationGram, ("gram", "publication")),
)


def _drawn(chance: Random, shares: Sequence[tuple[State, int]]) -> State:
    return chance.choices([state for state, _ in shares], [share for _, share in shares])[0]


def _project_name(chance: Random) -> str:
    village = f"{chance.choice(_FIRST)}{chance.choice(_SECOND)}{chance.choice(('村', '镇', '乡', '社区'))}"
    part = chance.choice(("", "", "", "（一期）", "（二期）", "（续建）"))
    return f"{village if chance.random() < 0.6 else ''}{chance.choice(_TOPICS)}{chance.choice(_KINDS)}{part}"


def _own(text: str, own: Mapping[str, str]) -> str:
    for stand_in, mine in own.items():
        text = text.replace(stand_in, mine)
    return text


def _moved(left: State, target: State, why: str = "") -> Mapping[str, Any]:
    return {"from": left.value, "to": target.value, "version": 1, "why": why}


def fill(projects: int, *, forms: int = 120, seed: int = 1, say: Callable[[str], None] = print) -> Counter[str]:
    """Fill an empty database; gives how many rows of each kind there are."""
    if Body.objects.exists():
        raise ValueError("这个数据库里已有机构，只能往空库里灌数据。")
    chance = Random(seed)  # noqa: S311 - samples, no secrets
    made, units = land(-(-projects // OF_A_UNIT))
    say(f"机构 {len(made.bodies)} 个、账号 {len(made.users)} 个；正在计算 {forms} 套表样")
    with transaction.atomic(durable=True):
        _settle(made)
    filler = Filler(made, templates(forms, seed), chance)
    if not filler.ready:
        raise ValueError("表样里没有一套可以送审，请增加表样套数。")
    order = list(range(projects))
    chance.shuffle(order)  # newer projects lie anywhere in the tree
    for number, place in enumerate(order, 1):
        filler.add(number, units[place // OF_A_UNIT], place % OF_A_UNIT + 1)
        if number % BATCH == 0 or number == projects:
            filler.pour()
            if number % (10 * BATCH) == 0:
                say(f"项目 {number} 个、表 {filler.sheets} 张")
    filler.pour_sums()
    due = timezone.localdate() + timedelta(days=20)
    Deadline.objects.bulk_create(Deadline(body=made.bodies[0], year=2026, stage=stage, due=due) for stage in _STAGES)
    kept = [Body, User, Post, Project, Sheet, Row, Version, Remark, Decision, Publication, Tally, Deadline, Event]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return Counter({model._meta.model_name or "": model._default_manager.count() for model in kept})
