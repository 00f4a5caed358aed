"""What changes projects and sheets. Each action: may it be done, lock, change, record; one durable transaction.

Refusals are ``Refused`` with a message for the person; views show it and change nothing. ``opening`` begins projects and sheets,
``cells`` fills them in, ``review`` takes them to their approval, ``deadlines`` sets the calendar.
"""

from hengjian.web.people.actions import Refused
from hengjian.web.projects.actions.cells import MAX_ROWS, Saved, change_cells, choose_scheme
from hengjian.web.projects.actions.deadlines import set_deadline
from hengjian.web.projects.actions.lock import Closed
from hengjian.web.projects.actions.opening import (
    begin_stage,
    copy_forward,
    create_project,
    create_project_from_form,
    make_project,
    make_sheet,
    put_rows,
    replace_content,
)
from hengjian.web.projects.actions.review import decide_findings, move_sheet, remark_on

__all__ = [
    "MAX_ROWS",
    "Closed",
    "Refused",
    "Saved",
    "begin_stage",
    "change_cells",
    "choose_scheme",
    "copy_forward",
    "create_project",
    "create_project_from_form",
    "decide_findings",
    "make_project",
    "make_sheet",
    "move_sheet",
    "put_rows",
    "remark_on",
    "replace_content",
    "set_deadline",
]
