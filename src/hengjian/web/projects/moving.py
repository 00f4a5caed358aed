"""Moving a row without script: the same change that the grid sends when its row is moved by keys or buttons.

Rows of costs form a tree: a row moves among its peers, with all that stands below it, or a level up or down.
"""

from collections.abc import Sequence
from typing import Any

from hengjian.web.projects.content import RowData
from hengjian.web.projects.models import Part

WAYS = {"up": "上移", "down": "下移", "deeper": "降一级", "higher": "升一级"}


def move_of(rows: Sequence[RowData], key: str, way: str) -> dict[str, Any] | None:
    """The change that moves a row one step; None where it can go no further, or not at all."""
    own = next((row for row in rows if row.key == key), None)
    if own is None or own.part == Part.HEAD:
        return None
    above = _parent(rows, own)
    peers = [row.key for row in rows if row.part == own.part and _parent(rows, row) == above]
    place = peers.index(key)
    if way == "up" and place > 0:
        return _move(key, peers[place - 2] if place > 1 else "^")
    if way == "down" and place + 1 < len(peers):
        return _move(key, peers[place + 1])
    if own.part != Part.COSTS:
        return None
    if way == "deeper" and place > 0:
        parent = peers[place - 1]
        below = [row.key for row in rows if _parent(rows, row) == parent]
        return _move(key, below[-1] if below else parent) | {"parent": parent}
    if way == "higher" and above:
        return _move(key, above) | {"parent": _parent(rows, next(row for row in rows if row.key == above))}
    return None


def _move(key: str, after: str) -> dict[str, Any]:
    return {"do": "move", "row": key, "after": after}


def _parent(rows: Sequence[RowData], row: RowData) -> str:
    """The row above another; "" where it is gone."""
    return row.parent if any(one.key == row.parent for one in rows) else ""
