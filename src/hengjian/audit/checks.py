"""The catalogue: every check of ``docs/checks.md``, in its order, theme by theme."""

from hengjian.audit.case import Check, FileCheck

CHECKS: tuple[Check, ...] = ()

FILE_CHECKS: tuple[FileCheck, ...] = ()
