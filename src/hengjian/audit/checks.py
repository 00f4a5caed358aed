"""The catalogue: every check of ``docs/checks.md``, theme by theme."""

from hengjian.audit import money, rules, scores, targets, timing
from hengjian.audit.case import Check, FileCheck

CHECKS: tuple[Check, ...] = (
    *money.CHECKS,
    *targets.CHECKS,
    *scores.CHECKS,
    *timing.CHECKS,
    *rules.CHECKS,
)

FILE_CHECKS: tuple[FileCheck, ...] = ()
