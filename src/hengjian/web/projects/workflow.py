"""The way of a sheet: which step leads from which state to which. One table, asked by pages, interface and bulk actions."""

from dataclasses import dataclass

from django.db import models

from hengjian.web.people.models import User
from hengjian.web.people.policy import may
from hengjian.web.projects.models import Sheet, State


class Step(models.TextChoices):
    """What can be done with a sheet as a whole."""

    SUBMIT = "submit", "送审"
    WITHDRAW = "withdraw", "撤回"
    PASS = "pass", "通过"
    RETURN = "return", "退回"


@dataclass(frozen=True, slots=True)
class Move:
    """One edge: the right it needs, and where it leads."""

    step: Step
    source: State
    target: State
    right: str


MOVES: tuple[Move, ...] = (
    Move(Step.SUBMIT, State.DRAFT, State.AT_UNIT, "submit"),
    Move(Step.SUBMIT, State.RETURNED, State.AT_UNIT, "submit"),
    Move(Step.WITHDRAW, State.AT_UNIT, State.DRAFT, "withdraw"),
    Move(Step.PASS, State.AT_UNIT, State.AT_DEPARTMENT, "review"),
    Move(Step.PASS, State.AT_DEPARTMENT, State.AT_FINANCE, "review"),
    Move(Step.PASS, State.AT_FINANCE, State.APPROVED, "review"),
    Move(Step.RETURN, State.AT_UNIT, State.RETURNED, "review"),
    Move(Step.RETURN, State.AT_DEPARTMENT, State.RETURNED, "review"),
    Move(Step.RETURN, State.AT_FINANCE, State.RETURNED, "review"),
)


def move_for(sheet: Sheet, step: str) -> Move | None:
    """The edge that a step takes from the sheet's state."""
    return next((move for move in MOVES if move.step == step and move.source == sheet.state), None)


def steps_for(user: User, sheet: Sheet) -> tuple[Step, ...]:
    """The steps the user may take now, in the order of the table."""
    return tuple(move.step for move in MOVES if move.source == sheet.state and may(user, move.right, sheet))
