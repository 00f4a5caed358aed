"""How actions on a sheet begin: with the sheet as it is now, locked."""

from hengjian.web.people.actions import Refused
from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.models import Sheet


class Closed(Refused):
    """The sheet is on its way through review, or approved: nothing of it can be changed now."""


def locked(sheet: Sheet, by: User, right: str) -> Sheet:
    """The sheet as it is now, locked until the transaction ends. Refuses what the policy does."""
    locked = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if not may(by, right, locked):
        raise Refused("您没有修改这张表的权限。")
    return locked
