"""The catalogue: every check of ``docs/checks.md``, theme by theme."""

from hengjian.audit import design, deviations, disclosure, money, rules, scores, structure, targets, timing
from hengjian.audit.case import Check, FileCheck

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *money.CHECKS,
    *design.CHECKS,
    *targets.CHECKS,
    *scores.CHECKS,
    *deviations.CHECKS,
    *timing.CHECKS,
    *disclosure.CHECKS,
    *rules.CHECKS,
)

FILE_CHECKS: tuple[FileCheck, ...] = (
    *structure.FILE_CHECKS,
    *scores.FILE_CHECKS,
    *deviations.FILE_CHECKS,
    *disclosure.FILE_CHECKS,
)

TITLES: dict[str, str] = {check.code: check.title for check in (*CHECKS, *FILE_CHECKS)}
