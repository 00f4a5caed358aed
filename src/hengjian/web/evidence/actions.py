"""What changes documents taken in, and files behind values. Each action: may it be done, lock, change, record; one transaction.

Nothing of a document enters a project but by ``confirm_as_project`` and ``confirm_into_sheet``, which a person calls. Reading
in the background holds a document only for a lease it keeps renewing, so a worker that dies loses nothing: the sweep hands
the document to the next one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from hengjian.web.evidence import files
from hengjian.web.evidence.confirming import Mends, mended_rows, sheet_of, told_mends
from hengjian.web.evidence.models import IN_HAND, Attachment, FormState, Intake, IntakeForm, IntakeState
from hengjian.web.evidence.reading import LIMIT, Outcome, read_apart
from hengjian.web.journal.record import record
from hengjian.web.people.models import Body, User
from hengjian.web.people.policy import may
from hengjian.web.projects.actions import Refused, make_project, make_sheet, put_rows
from hengjian.web.projects.comparing import keeping_keys
from hengjian.web.projects.content import too_long
from hengjian.web.projects.models import Project, Stage
from hengjian.web.projects.models import Sheet as ProjectSheet
from hengjian.web.projects.valuing import rows_data

MAX_TRIES = 3
KEPT = timedelta(days=30)  # tasks that are done stay visible for so long
MAX_ATTACHMENTS = 50  # of one value
PATIENCE = 60.0  # seconds a document may wait in the queue before the sweep looks whether the queue knows of it


class Overtaken(Refused):
    """Someone else mended the form since the page was opened; ``form`` holds what stands there now."""

    def __init__(self, message: str, form: IntakeForm) -> None:
        super().__init__(message)
        self.form = form


class Known(Refused):
    """The same content is there already."""

    def __init__(self, message: str, former: Intake) -> None:
        super().__init__(message)
        self.former = former


def lease() -> float:
    """Seconds for which a worker that said nothing is still believed to be busy."""
    return float(getattr(settings, "INTAKE_LEASE", 20.0))


def limit() -> float:
    """Seconds one document may take to be read."""
    return float(getattr(settings, "INTAKE_LIMIT", LIMIT))


# --- taking in ----------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def take_in(stored: files.Stored, *, body: Body, by: User) -> Intake:
    """A dropped document, to be read in the background. Raises ``Known`` where the unit has the same content already."""
    if not by.holds("clerk", body.path):
        raise Refused("只有本单位经办可以导入文件。")
    former = Intake.objects.filter(body=body, sha256=stored.sha256, state__in=(*IN_HAND, IntakeState.CONFIRMED)).first()
    if former is not None:
        raise Known(_known(stored.name, former), former)
    try:
        with transaction.atomic():
            return _enter(stored, body, by)
    except IntegrityError:  # dropped twice in the same moment
        former = Intake.objects.get(body=body, sha256=stored.sha256, state__in=IN_HAND)
        raise Known(_known(stored.name, former), former) from None


@transaction.atomic(durable=True)
def read_again(intake: Intake, *, by: User) -> Intake:
    """Read a document anew: one that could not be read, was dropped, or shall be imported once more."""
    intake = _locked(intake, by)
    if intake.state in IN_HAND:
        raise Refused(f"这份文件现在是“{intake.get_state_display()}”，不用重新读取。")
    other = Intake.objects.filter(body=intake.body, sha256=intake.sha256, state__in=IN_HAND).first()
    if other is not None:
        raise Known(_known(intake.name, other), other)
    stored = files.Stored(intake.name, intake.sha256, intake.file, intake.size, intake.kind)
    return _enter(stored, intake.body, by, again=intake.pk)


@transaction.atomic(durable=True)
def read_hidden(intake: Intake, *, by: User) -> Intake:
    """Read a document anew together with its hidden sheets; what was mended so far is given up."""
    intake = _locked(intake, by)
    if intake.state not in (IntakeState.READ, IntakeState.FAILED) or not intake.hides:
        raise Refused("这份文件没有未读取的隐藏工作表。")
    if intake.forms.exclude(state=FormState.OPEN).exists():
        raise Refused("文件里已有表处理过，不能重新读取；请在“已入库”后再导入一次。")
    intake.forms.all().delete()
    intake.state, intake.hidden, intake.tries, intake.result = IntakeState.WAITING, True, 0, None
    intake.until = timezone.now() + timedelta(seconds=PATIENCE)
    intake.save()
    record(intake.stream, "hidden_asked", by=by)
    transaction.on_commit(partial(_send, intake.pk))
    return intake


def _enter(stored: files.Stored, body: Body, by: User, again: int | None = None) -> Intake:
    made = Intake.objects.create(
        body=body,
        name=stored.name,
        file=stored.file,
        sha256=stored.sha256,
        size=stored.size,
        kind=stored.kind,
        by=by,
        until=timezone.now() + timedelta(seconds=PATIENCE),
    )
    data = {"name": stored.name, "sha256": stored.sha256, "size": stored.size, "unit": body.code}
    record(made.stream, "taken_in", by=by, data=data if again is None else {**data, "again": again})
    transaction.on_commit(partial(_send, made.pk))
    return made


def _known(name: str, former: Intake) -> str:
    at = timezone.localtime(former.at)
    return (
        f"“{name}”与{at:%Y-%m-%d %H:%M}导入的“{former.name}”内容完全相同（{former.get_state_display()}），没有重复收。"
    )


@transaction.atomic(durable=True)
def drop_intake(intake: Intake, *, reason: str, by: User) -> Intake:
    """Give a document up: nothing of it enters. The file and the record stay."""
    intake = _locked(intake, by)
    if intake.state in (IntakeState.CONFIRMED, IntakeState.DROPPED):
        raise Refused(f"这份文件{intake.get_state_display()}，不能放弃。")
    before, intake.state = intake.state, IntakeState.DROPPED
    intake.until = None
    intake.save(update_fields=["state", "until", "changed_at"])
    record(intake.stream, "dropped", by=by, data={"from": before, "why": reason.strip()[:500]})
    return intake


def _locked(intake: Intake, by: User) -> Intake:
    locked = Intake.objects.select_for_update(of=("self",)).select_related("body").get(pk=intake.pk)
    if not may(by, "create", locked):
        raise Refused("只有本单位经办可以处理导入的文件。")
    return locked


# --- reading in the background ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's hold on a document: it counts only while ``tries`` has not moved on."""

    pk: int
    tries: int
    name: str
    file: str
    hidden: bool = False


@transaction.atomic(durable=True)
def begin_reading(pk: int) -> Lease | None:
    """Take hold of a document that waits to be read; None where it does not (any more)."""
    intake = Intake.objects.select_for_update().defer("result").filter(pk=pk, state=IntakeState.WAITING).first()
    if intake is None:
        return None
    intake.state, intake.tries = IntakeState.READING, intake.tries + 1
    intake.until = timezone.now() + timedelta(seconds=lease())
    intake.save(update_fields=["state", "tries", "until", "changed_at"])
    return Lease(intake.pk, intake.tries, intake.name, intake.file, intake.hidden)


@transaction.atomic(durable=True)
def keep_reading(held: Lease) -> bool:
    """Renew a lease; false where the document is not ours any more."""
    mine = Intake.objects.filter(pk=held.pk, state=IntakeState.READING, tries=held.tries)
    return bool(mine.update(until=timezone.now() + timedelta(seconds=lease())))


@transaction.atomic(durable=True)
def finish_reading(held: Lease, outcome: Outcome) -> None:
    """Store what was read, unless the document went to another worker or was dropped meanwhile."""
    intake = Intake.objects.select_for_update().filter(pk=held.pk, state=IntakeState.READING, tries=held.tries).first()
    if intake is None:
        return
    document = outcome.document or {}
    forms = document.get("forms", ())
    intake.result = outcome.document
    intake.until = None
    intake.message = outcome.message or ("" if forms else _nothing_found(document))
    intake.state = IntakeState.READ if forms else IntakeState.FAILED
    intake.save()
    IntakeForm.objects.bulk_create(
        IntakeForm(
            intake=intake,
            number=number,
            title=_title(form)[:200],
            kind=form["kind"],
            year=form.get("year"),
        )
        for number, form in enumerate(forms)
    )
    record(
        intake.stream,
        "read" if forms else "unreadable",
        by=None,
        data={"forms": len(forms), "tries": intake.tries, "why": intake.message},
    )


def _nothing_found(document: Mapping[str, Any]) -> str:
    told = [str(problem["message"]) for problem in document.get("problems", ())]
    return "\n".join(told) or "文件里没有找到绩效目标表、自评表等绩效表格。请核对是否选对了文件。"


def _title(form: Mapping[str, Any]) -> str:
    for name in ("project", "unit", "department", "title"):
        value = form.get(name)
        text = value.get("text", "") if isinstance(value, Mapping) else str(value or "")
        if text.strip():
            return str(text).strip()
    return ""


@transaction.atomic(durable=True)
def recover_reading() -> int:
    """The sweep: documents whose worker died, or of which no worker was told, go back to the queue; at the third time they fail.

    Safe to run at any time and by several workers. Returns how many documents were found.
    """
    now = timezone.now()
    lost = list(Intake.objects.select_for_update(skip_locked=True).defer("result").lost(now)[:100])
    if not lost:
        return 0
    queued = _queued()
    for intake in lost:
        intake.until = now + timedelta(seconds=PATIENCE)
        if intake.state == IntakeState.WAITING and intake.pk in queued:
            intake.save(update_fields=["until"])  # the queue is long, that is all
            continue
        if intake.state == IntakeState.READING and intake.tries >= MAX_TRIES:
            intake.state, intake.until = IntakeState.FAILED, None
            intake.message = (
                f"读取“{intake.name}”时程序连续 {MAX_TRIES} 次意外终止，已停止重试，文件仍然保存着。"
                "请拆分文件或另存为其他格式后再试。"
            )
            record(intake.stream, "unreadable", by=None, data={"tries": intake.tries, "why": intake.message})
        else:
            record(intake.stream, "requeued", by=None, data={"from": intake.state, "tries": intake.tries})
            intake.state = IntakeState.WAITING
            transaction.on_commit(partial(_send, intake.pk))
        intake.save(update_fields=["state", "until", "message", "changed_at"])
    return len(lost)


@transaction.atomic(durable=True)
def tidy_queue() -> None:
    """Close tasks whose worker died in the middle (their documents were requeued), and forget tasks long done."""
    now = timezone.now()
    dead = DBTaskResult.objects.running().filter(
        task_path=read_intake.module_path, started_at__lt=now - timedelta(seconds=2 * limit())
    )
    dead.update(status=TaskResultStatus.FAILED, finished_at=now, traceback="the worker died")
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT).delete()


def _queued() -> set[int]:
    """The documents the queue knows of."""
    waiting = DBTaskResult.objects.ready().filter(task_path=read_intake.module_path)
    return {one["args"][0] for one in waiting.values_list("args_kwargs", flat=True)}


def _send(pk: int) -> None:
    """Tell the queue of a document."""
    read_intake.enqueue(pk)


@task()
def read_intake(pk: int) -> str:
    """Read one document, in a process of its own; nothing happens where somebody else has it."""
    held = begin_reading(pk)
    if held is None:
        return "nothing to do"
    every = lease() / 4
    outcome = read_apart(
        files.path_of(held.file), held.name, beat=partial(_beat, held), every=every, limit=limit(), hidden=held.hidden
    )
    if outcome.original is not None:
        files.write_beside(held.file, "original.json", _json(outcome.original))
    finish_reading(held, outcome)
    return "read" if outcome.document is not None else "not read"


def _beat(held: Lease) -> bool:
    """Renew the lease while reading; a database that is busy for a moment is no reason to stop."""
    try:
        return keep_reading(held)
    except DatabaseError:
        return True


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


# --- mending and confirming ---------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def save_mends(form: IntakeForm, mends: Mends, *, expected: int, page: str, by: User) -> IntakeForm:
    """Keep what a person has mended so far. It is work in progress: the record gets it when it is confirmed.

    ``expected`` is the revision the page knows of, ``page`` tells opened pages apart (the answer to a page's own last save
    may have been lost on the way). Raises ``Overtaken`` where another page saved other mends since.
    """
    form = _open_form(form, by)
    _fits(mends)
    held = (form.mends, form.sure, form.cut)
    given = (dict(mends.texts), sorted(mends.sure), sorted(mends.cut))
    if held == given:
        return form
    if form.revision != expected and not (page and form.page == page):
        who = form.by.name if form.by is not None else ""
        raise Overtaken(f"{who}在别处改过这张表，您这一页上的改动还没有保存。", form)
    form.mends, form.sure, form.cut = given
    form.revision += 1
    form.by, form.page = by, page[:12]
    form.save()
    return form


@transaction.atomic(durable=True)
def confirm_as_project(
    form: IntakeForm, mends: Mends, *, body: Body, stage: str, year: int, name: str, by: User
) -> ProjectSheet:
    """A new project from a form whose every uncertain value a person has mended or confirmed."""
    form = _open_form(form, by)
    if not form.intake.body_id == body.pk:
        raise Refused("文件是为另一个单位导入的，不能存到这里。")
    if stage not in Stage.values:
        raise Refused("请选择环节。")
    read = _confirmed(form, mends)
    rows = mended_rows(read, mends)
    rows[0] = _of_year(rows[0], year)
    code = str(rows[0].cells.get("project_code") or "")
    project = make_project(body, year, name, code, form.kind == "department_overall", by)
    made = make_sheet(project, stage, rows, by, _origin(form), form.kind)
    _taken(form, mends, made, by)
    return made


@transaction.atomic(durable=True)
def confirm_into_project(form: IntakeForm, mends: Mends, project: Project, *, stage: str, by: User) -> ProjectSheet:
    """The first sheet of a stage in a project that exists. Rows that go on from another of its sheets keep their keys."""
    form = _open_form(form, by)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.body_id != form.intake.body_id or not may(by, "create", project):
        raise Refused("文件是为另一个单位导入的，不能存到这里。")
    if stage not in Stage.values:
        raise Refused("请选择环节。")
    if form.year is not None and form.year != project.year:
        raise Refused(f"这张表是{form.year}年的，“{project.name}”是{project.year}年的项目，不能放在一起。")
    if project.sheets.filter(stage=stage).exists():
        raise Refused(f"“{project.name}”已经有{Stage(stage).label}表；要替换请用“看改动”。")
    rows = mended_rows(_confirmed(form, mends), mends)
    rows[0] = _of_year(rows[0], project.year)
    latest = project.sheets.order_by("-pk").first()
    held = [] if latest is None else rows_data(latest)
    made = make_sheet(project, stage, keeping_keys(held, rows), by, _origin(form), form.kind)
    _taken(form, mends, made, by)
    return made


@transaction.atomic(durable=True)
def confirm_into_sheet(form: IntakeForm, mends: Mends, sheet: ProjectSheet, *, expected: int, by: User) -> ProjectSheet:
    """Put a confirmed form in place of what an open sheet holds. ``expected`` is the revision the person compared with."""
    form = _open_form(form, by)
    current = ProjectSheet.objects.select_for_update().get(pk=sheet.pk)
    if current.revision != expected:
        raise Refused("这张表在您核对之后又有改动，请重新核对将要替换的内容。")
    read = _confirmed(form, mends)
    rows = mended_rows(read, mends)
    rows[0] = _of_year(rows[0], current.year)
    made = put_rows(sheet, rows, by=by, origin=_origin(form))
    _taken(form, mends, made, by)
    return made


@transaction.atomic(durable=True)
def leave_form(form: IntakeForm, *, by: User) -> IntakeForm:
    """Do not take this form of a document; the others go on."""
    form = _open_form(form, by)
    form.state, form.by = FormState.LEFT, by
    form.save()
    record(form.intake.stream, "form_left", by=by, data={"form": form.number, "title": form.title})
    _settle(form.intake)
    return form


def _open_form(form: IntakeForm, by: User) -> IntakeForm:
    """The form as it is now, locked with its document."""
    intake = _locked(form.intake, by)
    locked = IntakeForm.objects.select_for_update().get(pk=form.pk)
    locked.intake = intake
    if not locked.is_open or intake.state != IntakeState.READ:
        state = locked.get_state_display() if not locked.is_open else intake.get_state_display()
        raise Refused(f"这张表{state}，不能再改。请刷新页面查看。")
    return locked


def _confirmed(form: IntakeForm, mends: Mends) -> dict[str, Any]:
    """The form as it was read, after looking that nothing uncertain is left."""
    _fits(mends)
    read: dict[str, Any] = (form.intake.result or {})["forms"][form.number]
    look = sheet_of(read, mends)
    if owed := look.owed:
        names = "、".join(f"{cell.label}“{cell.text[:12]}”" for cell in owed[:5])
        raise Refused(
            f"还有 {len(owed)} 处拿不准没有核对：{names}{'…' if len(owed) > 5 else ''}。请改正，或勾选“无误”。"
        )
    return read


def _fits(mends: Mends) -> None:
    for text in mends.texts.values():
        if wrong := too_long(text):
            raise Refused(wrong)


def _of_year(head: Any, year: int) -> Any:
    """The head with the year the person told, where the form prints another or none."""
    if head.cells.get("year") != year:
        head.cells["year"] = year
    return head


def _origin(form: IntakeForm) -> dict[str, Any]:
    intake = form.intake
    return {
        "from": "intake",
        "intake": intake.pk,
        "sha256": intake.sha256,
        "name": intake.name,
        "form": form.number,
    }


def _taken(form: IntakeForm, mends: Mends, made: ProjectSheet, by: User) -> None:
    """Mark a form as taken over, and tell what the person mended and confirmed."""
    form.mends, form.sure, form.cut = dict(mends.texts), sorted(mends.sure), sorted(mends.cut)
    form.state, form.sheet, form.by = FormState.TAKEN, made, by
    form.save()
    intake = form.intake
    read = (intake.result or {})["forms"][form.number]
    data = {"form": form.number, "sheet": made.pk, "project": made.project_id, **told_mends(read, mends)}
    record(intake.stream, "confirmed", by=by, data=data)
    intake.sheet, intake.project_id, intake.stage = made, made.project_id, made.stage
    intake.save(update_fields=["sheet", "project", "stage", "changed_at"])
    _settle(intake)


def _settle(intake: Intake) -> None:
    """A document is done when no form of it waits any more."""
    states = set(intake.forms.values_list("state", flat=True))
    if FormState.OPEN in states:
        return
    intake.state = IntakeState.CONFIRMED if FormState.TAKEN in states else IntakeState.DROPPED
    intake.save(update_fields=["state", "changed_at"])


# --- files behind values ------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def attach(sheet: ProjectSheet, stored: files.Stored, *, row: str, field: str, by: User) -> Attachment:
    """Put a file behind a value of an open sheet ("" for row and field: behind the sheet as a whole)."""
    sheet = _open_sheet(sheet, by)
    if row and not sheet.rows.filter(key=row).exists():
        raise Refused("这一行已被删除，请刷新页面。")
    kept = sheet.attachments.filter(row=row, field=field[:80], removed_at=None)
    if kept.filter(sha256=stored.sha256).exists():
        raise Refused(f"“{stored.name}”已经在这里了，没有重复收。")
    if kept.count() >= MAX_ATTACHMENTS:
        raise Refused(f"一处最多 {MAX_ATTACHMENTS} 份佐证材料，请合并后再上传。")
    made = Attachment.objects.create(
        sheet=sheet,
        row=row,
        field=field[:80],
        name=stored.name,
        file=stored.file,
        sha256=stored.sha256,
        size=stored.size,
        kind=stored.kind,
        by=by,
    )
    data = {"attachment": made.pk, "row": row, "field": field, "name": stored.name, "sha256": stored.sha256}
    record(sheet.stream, "attached", by=by, data=data)
    return made


@transaction.atomic(durable=True)
def remove_attachment(attachment: Attachment, *, by: User) -> Attachment:
    """Take a file away from a value while the sheet is open. The file and the record stay."""
    sheet = _open_sheet(attachment.sheet, by)
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if locked.removed_at is not None:
        raise Refused("这份佐证材料已经移除。")
    locked.removed_at, locked.removed_by = timezone.now(), by
    locked.save(update_fields=["removed_at", "removed_by"])
    data = {"attachment": locked.pk, "row": locked.row, "field": locked.field, "name": locked.name}
    record(sheet.stream, "removed", by=by, data={**data, "sha256": locked.sha256})
    return locked


def _open_sheet(sheet: ProjectSheet, by: User) -> ProjectSheet:
    locked = ProjectSheet.objects.select_for_update().get(pk=sheet.pk)
    if not may(by, "edit", locked):
        raise Refused("只有本单位经办可以上传或移除佐证材料。")
    if not locked.is_open:
        raise Refused(f"这张表现在是“{locked.get_state_display()}”，不能增减佐证材料。")
    return locked
