"""Duties and activities of a responsibility table (职责—活动), with their levels."""

import re
from collections.abc import Sequence
from dataclasses import replace

from hengjian.forms.form import Activity
from hengjian.forms.indicators import Header, RawRow
from hengjian.forms.labels import is_sum, item_name
from hengjian.forms.layout import Grid


def activities(grid: Grid, header: Header, rows: Sequence[RawRow]) -> list[Activity]:
    """Duties and activities with their levels, from the rows that print a name in the first column."""
    column = next((c for c, name in header.columns.items() if name == "activity"), None)
    found: list[tuple[Activity, int, str, bool]] = []  # activity, indent, printed name, has an indicator
    for raw in rows:
        name = raw.fields.get("activity")
        if name is None or not name or not name.lead:
            continue
        if found and found[-1][0].name.place == name.place and found[-1][0].name.text == name.text:
            continue
        cell = grid.at(raw.row, column) if column is not None else None
        if cell is not None and cell.row != raw.row:
            continue
        if is_sum(name.text):
            continue
        shown = cell.text if cell is not None else name.text
        blanks = len(shown) - len(shown.lstrip(" \u3000\t"))
        indent = max(raw.indent, cell.indent if cell is not None else 0, blanks)
        activity = Activity(
            replace(name, text=item_name(name.text)[0]),
            1,
            raw.fields.get("budget"),
            raw.fields.get("description"),
            raw.fields.get("goal"),
        )
        found.append((activity, indent, name.text, bool(raw.fields.get("name"))))
    levels = _levels([(indent, text, indicator) for _, indent, text, indicator in found])
    return [replace(activity, level=level) for (activity, *_), level in zip(found, levels, strict=True)]


def _levels(rows: Sequence[tuple[int, str, bool]]) -> list[int]:
    """Levels from indents; else from numbering; else a name without an indicator of its own is the duty above."""
    indents = sorted({indent for indent, _, _ in rows})
    if len(indents) > 1:
        return [indents.index(indent) + 1 for indent, _, _ in rows]
    styles = [_numbering_style(text) for _, text, _ in rows]
    order = sorted({style for style in styles if style is not None})
    if len(order) > 1 and None not in styles:
        return [order.index(style) + 1 for style in styles if style is not None]
    if any(not indicator for *_, indicator in rows) and any(indicator for *_, indicator in rows):
        return [2 if indicator else 1 for *_, indicator in rows]
    return [1] * len(rows)


def _numbering_style(text: str) -> int | None:
    for style, pattern in enumerate(
        (r"[一二三四五六七八九十]+[、.．]", r"[（(][一二三四五六七八九十]+[）)]", r"\d+[、.．]", r"[（(]\d+[）)]")
    ):
        if re.match(rf"\s*{pattern}", text):
            return style
    return None
