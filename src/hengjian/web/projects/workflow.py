"""The way of a sheet: which step leads from which state to which. One table, asked by pages, interface and bulk actions.

A second one tells which stages can be begun from an approved declaration, and by whom.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from hengjian.web.people.models import Role, User
from hengjian.web.people.policy import may
from hengjian.web.projects.models import REVIEWERS, Project, Sheet, Stage, State


class Step(models.TextChoices):
    """What can be done with a sheet as a whole."""

    SUBMIT = "submit", "送审"
    WITHDRAW = "withdraw", "撤回"
    PASS = "pass", "通过"
    RETURN = "return", "退回"


@dataclass(frozen=True, slots=True)
class Move:
    """One edge: the right it needs, where it leads, and for sheets of whom; the reviews are the same for all."""

    step: Step
    source: State
    target: State
    right: str
    filled_by: tuple[Role, ...] = (Role.CLERK, *REVIEWERS)

    def leaves(self, sheet: Sheet) -> bool:
        """Whether it starts where the sheet is."""
        return self.source == sheet.state and sheet.filled_by in self.filled_by


_UNIT = (Role.CLERK,)
MOVES: tuple[Move, ...] = (
    Move(Step.SUBMIT, State.DRAFT, State.AT_UNIT, "submit", _UNIT),
    Move(Step.SUBMIT, State.RETURNED, State.AT_UNIT, "submit", _UNIT),
    Move(Step.WITHDRAW, State.AT_UNIT, State.DRAFT, "withdraw", _UNIT),
    # What a reviewer has filled in goes straight to the finance bureau, where another person looks at it.
    Move(Step.SUBMIT, State.DRAFT, State.AT_FINANCE, "submit", REVIEWERS),
    Move(Step.SUBMIT, State.RETURNED, State.AT_FINANCE, "submit", REVIEWERS),
    Move(Step.WITHDRAW, State.AT_FINANCE, State.DRAFT, "withdraw", REVIEWERS),
    Move(Step.PASS, State.AT_UNIT, State.AT_DEPARTMENT, "review"),
    Move(Step.PASS, State.AT_DEPARTMENT, State.AT_FINANCE, "review"),
    Move(Step.PASS, State.AT_FINANCE, State.APPROVED, "review"),
    Move(Step.RETURN, State.AT_UNIT, State.RETURNED, "review"),
    Move(Step.RETURN, State.AT_DEPARTMENT, State.RETURNED, "review"),
    Move(Step.RETURN, State.AT_FINANCE, State.RETURNED, "review"),
)


def move_for(sheet: Sheet, step: str) -> Move | None:
    """The edge that a step takes from the sheet's state."""
    return next((move for move in MOVES if move.step == step and move.leaves(sheet)), None)


def steps_for(user: User, sheet: Sheet) -> tuple[Step, ...]:
    """The steps the user may take now, in the order of the table."""
    return tuple(move.step for move in MOVES if move.leaves(sheet) and may(user, move.right, sheet))


# What may be begun from an approved declaration: the act of the policy, and the roles that fill in what they have begun.
BEGINNINGS: dict[Stage, tuple[str, tuple[Role, ...]]] = {
    Stage.MONITORING: ("create", _UNIT),
    Stage.SELF_EVALUATION: ("create", _UNIT),
    Stage.EVALUATION: ("evaluate", REVIEWERS),
}


def stages_to_begin(user: User, project: Project, sheets: Iterable[Sheet]) -> tuple[Stage, ...]:
    """The stages a page offers the user to begin; ``sheets`` are all those of the project.

    Monitoring is not offered any more once the year is being evaluated.
    """
    held = {sheet.stage: sheet for sheet in sheets}
    declared = held.get(Stage.DECLARATION)
    if declared is None or declared.state != State.APPROVED:
        return ()
    past = {*held, *([Stage.MONITORING] if Stage.SELF_EVALUATION in held else [])}
    return tuple(stage for stage, (act, _) in BEGINNINGS.items() if stage not in past and may(user, act, project))
