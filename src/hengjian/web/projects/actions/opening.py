"""Projects and their sheets come into being; a confirmed form takes the place of what a sheet held."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from hengjian.web.grams import rows_for
from hengjian.web.journal.record import record
from hengjian.web.people.actions import Refused
from hengjian.web.people.models import Body, Role, User
from hengjian.web.people.policy import may
from hengjian.web.projects.actions.lock import locked
from hengjian.web.projects.beginning import begun, carried
from hengjian.web.projects.comparing import keeping_keys
from hengjian.web.projects.content import RowData, kept_of, row_from_json, rows_of, text_of
from hengjian.web.projects.models import FAMILIES, Part, Project, ProjectGram, Row, Sheet, Stage, State, new_key
from hengjian.web.projects.tallying import contribution, shift
from hengjian.web.projects.valuing import row_data, valued
from hengjian.web.projects.workflow import BEGINNINGS


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
    code = text_of(rows[0].cells.get("project_code"))
    project = make_project(body, year, name, code, form.get("kind") == "department_overall", by)
    return make_sheet(project, stage, rows, by, origin, str(form.get("kind") or ""))


@transaction.atomic(durable=True)
def replace_content(sheet: Sheet, form: Mapping[str, Any], *, by: User, origin: Mapping[str, Any]) -> Sheet:
    """Put a confirmed form in place of what an open sheet holds; the former rows go into the record."""
    return put_rows(sheet, rows_of(form), by=by, origin=origin)


@transaction.atomic(durable=True)
def begin_stage(project: Project, stage: Stage, *, by: User) -> Sheet:
    """The form of a later stage, from the approved declaration: what was promised is taken over, cell by cell.

    An evaluation belongs to the reviewer who begins it, of the department before the finance bureau.
    """
    act, roles = BEGINNINGS[stage]
    if not may(by, act, project):
        raise Refused(f"只有{'或'.join(role.label for role in roles)}可以开始{stage.label}。")
    declared = Sheet.objects.select_for_update().filter(project=project, stage=Stage.DECLARATION).first()
    if declared is None or declared.state != State.APPROVED:
        raise Refused(f"绩效目标还没有审定，不能开始{stage.label}。")
    if project.sheets.filter(stage=stage).exists():
        raise Refused(f"这个项目已经有{stage.label}表。")
    version = declared.versions.latest("number")
    claimed = _claimed(project) if stage == Stage.EVALUATION else None
    rows = begun(stage, [row_from_json(row) for row in version.data["rows"]], claimed)
    filled_by = next(role for role in roles if by.holds(role, project.path))
    origin = {"from": "declaration", "version": version.number}
    return make_sheet(project, stage, rows, by, origin, filled_by=filled_by)


def _claimed(project: Project) -> dict[str, str]:
    """What the unit's approved evaluation says was reached, by the keys of the rows."""
    sheet = project.sheets.filter(stage=Stage.SELF_EVALUATION, state=State.APPROVED).first()
    if sheet is None:
        return {}
    rows = map(row_from_json, sheet.versions.latest("number").data["rows"])
    return {row.key: text_of(row.cells.get("actual")) for row in rows if row.part == Part.INDICATORS}


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
    rows = [carried(row, project.year, year) for row in valued(source).rows]
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
    project: Project,
    stage: str,
    rows: Sequence[RowData],
    by: User,
    origin: Mapping[str, Any],
    kind: str = "",
    filled_by: str = Role.CLERK,
) -> Sheet:
    """A sheet of a project, with rows. ``kind`` is the family of the form where it was read from a document."""
    known = FAMILIES.get(Stage(stage), ())
    kind = kind or ("department_overall" if project.overall else "")
    kind = kind if kind in known else ""  # a person may have said that it is another stage's
    placed = {"project": project, "path": project.path, "year": project.year}
    sheet = Sheet.objects.create(**placed, stage=stage, kind=kind, filled_by=filled_by)
    _store(sheet, rows)
    shift(sheet, {}, contribution(sheet))
    record(sheet.stream, "opened", by=by, data={**origin, "project": project.pk, "stage": stage})
    return sheet


def put_rows(sheet: Sheet, rows: Sequence[RowData], *, by: User, origin: Mapping[str, Any]) -> Sheet:
    """Put rows in place of what an open sheet holds; a row that goes on under another wording keeps its key."""
    sheet = locked(sheet, by, "edit")
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
            **kept_of(row.part, row.cells),
        )
        for place, row in enumerate(rows, 1)
    )
