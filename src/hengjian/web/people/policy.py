"""The one policy: who may do what to which object. Pages, interface and bulk actions all ask here.

An object is a ``Project``, a ``Sheet`` or anything else that says by ``path`` where it stands in the organisation tree. Each
act has one plain function; what the state of an object allows is decided by the action, with a message.
"""

from collections.abc import Callable
from typing import Any, Protocol

from hengjian.web.people.models import Role, User


class Placed(Protocol):
    """Something that stands at a place of the organisation tree."""

    @property
    def path(self) -> str:
        """The path of the body it belongs to."""


def _covers(user: User, thing: Any) -> bool:
    return user.covers(thing.path)


def _holds(*roles: str) -> Callable[[User, Any], bool]:
    return lambda user, thing: any(user.holds(role, thing.path) for role in roles)


def _reviews(user: User, sheet: Any) -> bool:
    """It waits for a role the user holds there, and the user did not submit it: nobody reviews their own submission."""
    return bool(sheet.waits_for) and user.holds(sheet.waits_for, sheet.path) and sheet.submitted_by_id != user.pk


def _fills(user: User, sheet: Any) -> bool:
    """The unit's clerk; an evaluation is filled in by who began it: the department or the finance bureau."""
    return user.holds(sheet.filled_by, sheet.path)


def _withdraws(user: User, sheet: Any) -> bool:
    return _fills(user, sheet) and bool(sheet.submitted_by_id == user.pk)


PLANNERS = (Role.FINANCE, Role.DEPARTMENT, Role.ADMIN)  # they set deadlines

POLICY: dict[str, Callable[[User, Any], bool]] = {
    "view": _covers,
    "create": _holds(Role.CLERK),
    "evaluate": _holds(Role.DEPARTMENT, Role.FINANCE),
    "edit": _fills,
    "submit": _fills,
    "withdraw": _withdraws,
    "review": _reviews,
    "disclose": _holds(Role.UNIT, Role.DEPARTMENT),
    "plan": _holds(*PLANNERS),
    "administer": _holds(Role.ADMIN),
}


def may(user: Any, act: str, thing: Placed) -> bool:
    """Whether the user may do something to an object."""
    return isinstance(user, User) and user.is_active and POLICY[act](user, thing)
