"""Disclosing a project, and taking a disclosure back."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from hengjian import desk
from hengjian.web.grams import rows_for
from hengjian.web.journal.record import canonical, record, sha256
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.actions import Refused
from hengjian.web.projects.content import row_from_json
from hengjian.web.projects.models import Project, Sheet, State
from hengjian.web.projects.valuing import scheme_of
from hengjian.web.public.disclosing import SCHEMA, Withheld, personal_data, published_form
from hengjian.web.public.models import Publication, PublicationGram, Withdrawal


def approved_sheets(project: Project) -> list[Sheet]:
    """The sheets that may be published."""
    return list(project.sheets.filter(state=State.APPROVED).order_by("id"))


def drafted(project: Project, sheets: Iterable[Sheet], withheld: Sequence[Withheld]) -> dict[str, object]:
    """The content as it would be published now; nothing is stored."""
    versions = [(sheet, sheet.versions.get(number=sheet.version)) for sheet in sheets]
    return content_of(
        project,
        [published_sheet(sheet, version.data, version.digest, withheld) for sheet, version in versions],
        withheld,
    )


def content_of(
    project: Project, sheets: Sequence[Mapping[str, object]], withheld: Sequence[Withheld]
) -> dict[str, object]:
    """What is published of a project."""
    parent = project.body.parent
    return {
        "schema": SCHEMA,
        "project": {
            "name": project.name,
            "code": project.code,
            "year": project.year,
            "unit": project.body.name,
            "department": parent.name if parent is not None else "",
        },
        "sheets": list(sheets),
        "withheld": [one.json() for one in withheld],
    }


def published_sheet(
    sheet: Sheet, content: Mapping[str, Any], digest: str, withheld: Sequence[Withheld]
) -> dict[str, object]:
    """What is published of a sheet's frozen version."""
    form = published_form(content["form"]["kind"], [row_from_json(row) for row in content["rows"]], withheld)
    # Rows are told anew, since some may be withheld; totals are those of the whole form as it was approved.
    rows = desk.assess(form, scheme=scheme_of(sheet))["rows"]
    kept = {name: content["assessment"][name] for name in ("scheme", "money", "weights", "execution", "total", "grade")}
    kept |= {name: content[name] for name in ("total", "grade") if content.get(name)}  # as approved, not as recomputed
    return {
        "stage": sheet.stage,
        "version": sheet.version,
        "version_digest": digest,
        "form": form,
        "assessment": {**kept, "rows": rows},
    }


@transaction.atomic(durable=True)
def publish_project(
    project: Project,
    *,
    stages: Sequence[str],
    withheld: Sequence[Withheld],
    cleared: Iterable[str] = (),
    cleared_reason: str = "",
    by: User,
) -> Publication:
    """Publish approved sheets. ``cleared`` are marks of what looked like personal data and, for a reason, is none."""
    project = Project.objects.select_for_update(of=("self",)).select_related("body__parent").get(pk=project.pk)
    if not may(by, "disclose", project):
        raise Refused("您没有公开这个项目的权限。")
    sheets = [sheet for sheet in approved_sheets(project) if sheet.stage in stages]
    if not sheets:
        raise Refused("请至少选择一张已审定的表。")
    if lacking := [one.label for one in withheld if not one.reason.strip()]:
        raise Refused(f"不公开的内容须写明理由：{'、'.join(lacking)}。")
    content = drafted(project, sheets, withheld)
    forms = [sheet["form"] for sheet in content["sheets"]]  # type: ignore[attr-defined]
    left = [one for one in personal_data(forms) if one.mark not in set(cleared)]
    if left:
        raise Refused(
            f"有 {len(left)} 处疑似个人信息，不能公开：{left[0].message} 请选择不公开，或确认不是个人信息并写明理由。"
        )
    if list(cleared) and not cleared_reason.strip():
        raise Refused("确认不是个人信息的，须写明理由。")
    before = Publication.objects.filter(project=project).order_by("-number").first()
    text = canonical(content)
    made = Publication.objects.create(
        project=project,
        address=before.address if before is not None else secrets.token_hex(5),
        number=1 if before is None else before.number + 1,
        title=project.name,
        unit=project.body.name,
        year=project.year,
        content=text,
        withheld=canonical([one.json() for one in withheld]),
        digest=sha256(text),
        by=by,
        at=timezone.now(),
    )
    PublicationGram.objects.bulk_create(rows_for(PublicationGram, "publication", [(made.pk, (made.title, made.unit))]))
    data = {
        "number": made.number,
        "digest": made.digest,
        "stages": [sheet.stage for sheet in sheets],
        "withheld": [one.json() for one in withheld],
        "cleared": list(cleared),
        "why": cleared_reason.strip(),
    }
    record(project.stream, "published", by=by, data=data)
    return made


@transaction.atomic(durable=True)
def withdraw_publication(publication: Publication, *, reason: str, by: User) -> Withdrawal:
    """Take a disclosure back: the page then says so, and why."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=publication.project_id)
    if not may(by, "disclose", project):
        raise Refused("您没有撤下公开内容的权限。")
    if not reason.strip():
        raise Refused("撤下公开内容须写明原因。")
    if Withdrawal.objects.filter(publication=publication).exists():
        raise Refused("这次公开已经撤下。")
    made = Withdrawal.objects.create(publication=publication, reason=reason.strip()[:500], by=by)
    record(project.stream, "withdrawn", by=by, data={"number": publication.number, "why": made.reason})
    return made
