"""A sheet goes its way through review: submitted and frozen, returned with remarks, passed when every finding is decided."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from hengjian.web.journal.record import canonical, record, sha256
from hengjian.web.people.actions import Refused
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.actions.lock import locked
from hengjian.web.projects.freezing import content_of, missing_of, summarise
from hengjian.web.projects.models import Decision, Defect, Remark, Sheet, Verdict, Version
from hengjian.web.projects.tallying import contribution, shift
from hengjian.web.projects.valuing import valued
from hengjian.web.projects.workflow import Step, move_for


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
    sheet = locked(sheet, by, "view")
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
    findings = sheet.versions.get(number=sheet.version).data["assessment"]["findings"]
    owed = {finding["mark"] for finding in findings if finding["level"] in ("E", "W")}
    decided = dict(sheet.decisions.filter(version=sheet.version).values_list("mark", "verdict"))
    if accepted := [mark for mark in owed if decided.get(mark) == Verdict.ACCEPTED]:
        raise Refused(f"有 {len(accepted)} 条审核提示已认定属实，须退回修改，不能通过。")
    if open_ones := owed - decided.keys():
        raise Refused(f"还有 {len(open_ones)} 条审核提示没有处理：请逐条认定属实，或写明理由不作处理。")


@transaction.atomic(durable=True)
def decide_findings(sheet: Sheet, marks: Sequence[str], verdict: str, *, reason: str, by: User) -> None:
    """What the reviewer says of one or several findings of the version under review."""
    sheet = locked(sheet, by, "view")
    if not may(by, "review", sheet):
        raise Refused("这张表现在不在您手里审核。")
    findings = sheet.versions.get(number=sheet.version).data["assessment"]["findings"]
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
    sheet = locked(sheet, by, "view")
    if not may(by, "review", sheet):
        raise Refused("这张表现在不在您手里审核。")
    if not text.strip():
        raise Refused("请写明意见。")
    remark = Remark.objects.create(
        sheet=sheet, version=sheet.version, row=row[:12], field=field[:80], text=text.strip()[:2000], by=by
    )
    record(sheet.stream, "remarked", by=by, data={"row": row, "field": field, "text": remark.text})
    return remark
