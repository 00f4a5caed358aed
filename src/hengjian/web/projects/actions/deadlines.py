"""The calendar: until when a stage is due."""

from datetime import date

from django.db import transaction

from hengjian.web.journal.record import record
from hengjian.web.people.actions import Refused
from hengjian.web.people.models import Body, User
from hengjian.web.people.policy import may
from hengjian.web.projects.models import Deadline, Stage


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
