"""A list of many projects with their targets in one table, as budgets publish it: one form for each project."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hengjian.forms.form import Form, Indicator, Printed
from hengjian.forms.head import split_code
from hengjian.forms.indicators import Header, IndicatorTable
from hengjian.forms.labels import head_meaning


@dataclass(slots=True)
class Listed:
    """One project of a list: its name, its unit and goal where the list has such columns, and its indicators."""

    project: Printed
    unit: Printed | None = None
    goal: Printed | None = None
    indicators: list[Indicator] = field(default_factory=list)


def listed_projects(header: Header, table: IndicatorTable) -> list[Listed]:
    """The projects of an indicator table with a column of project names; none when it has no such column."""
    columns = _columns(header)
    name = columns.get("project")
    if name is None:
        return []
    found: list[Listed] = []
    left = list(table.indicators)
    for row in table.rows:
        shown = row.fields.get(name)
        if shown is not None and shown and (not found or shown.text != found[-1].project.text):
            found.append(Listed(shown))
        if not found:
            continue
        for field_name in ("unit", "goal"):
            value = row.fields.get(columns.get(field_name, ""))
            if value is not None and value and getattr(found[-1], field_name) is None:
                setattr(found[-1], field_name, value)
        printed = row.fields.get("name")
        if left and printed is not None and printed and left[0].name.place == printed.place:
            found[-1].indicators.append(_plain(left.pop(0), set(columns.values())))
    return [project for project in found if project.indicators]


def _columns(header: Header) -> dict[str, str]:
    """Field of the head by the name of the column that holds it."""
    columns: dict[str, str] = {}
    for column in header.columns.values():
        meaning = head_meaning(column.removeprefix("extra:")) if column.startswith("extra:") else None
        if meaning is not None:
            columns.setdefault(meaning.field, column)
    if "goal" not in columns and "goal" in header.columns.values():
        columns["goal"] = "goal"
    return columns


def _plain(indicator: Indicator, columns: set[str]) -> Indicator:
    extra = tuple((name, value) for name, value in indicator.extra if f"extra:{name}" not in columns)
    return replace(indicator, extra=extra)


def forms_of(form: Form, projects: Sequence[Listed]) -> tuple[Form, ...]:
    """A form for each project of a list; what stands above the list belongs to all of them."""
    out: list[Form] = []
    for index, listed in enumerate(projects):
        code, name = split_code(listed.project.text)
        out.append(
            replace(
                form,
                project=replace(listed.project, text=name),
                project_code=Printed(code, listed.project.place) if code else form.project_code,
                unit=listed.unit or form.unit,
                goals=(listed.goal,) if listed.goal is not None else (),
                indicators=tuple(listed.indicators),
                remarks=form.remarks if index == 0 else (),
                repairs=form.repairs if index == 0 else (),
                place=listed.project.place,
            )
        )
    return tuple(out)
