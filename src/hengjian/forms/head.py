"""Labels and their values: the head and the tail of a form, printed in rows of cells or in lines of text.

A row is read from left to right: a known label, then its value, then the next label. A label may also stand above its
value, or carry it after a colon in the same cell.
"""

import re
from dataclasses import dataclass

from hengjian.forms.draft import Draft
from hengjian.forms.form import Printed, Total
from hengjian.forms.labels import (
    Meaning,
    head_meaning,
    is_fund_item,
    period_of,
    stated_unit,
    vocabulary,
)
from hengjian.forms.layout import Cell, Grid
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place
from hengjian.values.text import fold, label

GOAL_FIELDS = frozenset({"goal_expected", "goal_adjusted", "goal_achieved", "goal"})
_CODE = re.compile(r"^(?:[\[【〔]\s*([0-9A-Za-z]{2,})\s*[\]】〕]\s*|([0-9A-Z]{3,})\s*[-—–－_]\s*)(?=\D)(.+)$", re.S)
_BARE_CODE = re.compile(r"^((?:\d{3}){1,5})(?=[\u4e00-\u9fff])(?!\d{4}年)(.+)$", re.S)
_DATE = re.compile(r"20\d\d\s*(?:年\s*(?:\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|[-./]\d{1,2}(?:[-./]\d{1,2})?|$)")
_MONTHS = r"(?:\d{1,2}\s*月?\s*[-—–―~～至到]\s*\d{1,2}\s*月份?|上半年|前三季度|第?[一二三四]季度)"
# A year that stands alone. 2023年3月 on a cover is the day of filling in, not the year of the form.
_ALONE = re.compile(
    rf"^(?:[（(〔\[]\s*(20\d\d)\s*年?\s*度?\s*{_MONTHS}?\s*(?:年度)?\s*[)）〕\]]|(20\d\d)\s*年\s*度?\s*{_MONTHS}?)$"
)
_SOURCE = re.compile(r"^((?:其中\s*[:：]?)?\s*[^:：\d]{2,20}?)\s*[:：]\s*(\d[\d,，.]*\s*(?:万元|元)?)$")
_BLANK_VALUE = re.compile(r"^[_＿\s]*$")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value. ``meaning`` is None for a label the vocabulary does not know."""

    label: str
    meaning: Meaning | None
    value: Printed
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row as labels and values. ``above`` is true when it holds labels only: their values stand in the next row."""

    pairs: tuple[Pair, ...]
    labels: tuple[Pair, ...] = ()
    above: bool = False


def printed(cell: Cell) -> Printed:
    """The cell as a printed value."""
    return Printed(cell.text.strip(), cell.place, uncertain=cell.doubtful)


def split_code(text: str, *, bare: bool = False) -> tuple[str | None, str]:
    """The code before a name and the name: ``[201]…``, ``114-…`` and, with ``bare``, ``203组织部``."""
    found = _CODE.match(text.strip())
    if found and not re.fullmatch(r"20\d\d", found.group(2) or ""):
        return found.group(1) or found.group(2), found.group(3).strip()
    if bare and (plain := _BARE_CODE.match(text.strip())):
        return plain.group(1), plain.group(2).strip()
    return None, text.strip()


def year_alone(text: str) -> int | None:
    """The year of a line that says nothing else: ``（2020 年度）``, ``（2024年度1—7月）``."""
    found = _ALONE.match(text.strip())
    return int(found.group(1) or found.group(2)) if found else None


def dates_of(text: str) -> tuple[str, ...]:
    """The dates of a span such as ``2024年1月—2024年12月``, as printed."""
    return tuple(found.strip() for found in _DATE.findall(text))


def pairs_in_text(text: str, place: Place = NOWHERE, *, strict: bool = True) -> tuple[Pair, ...]:
    """The ``label：value`` pairs of a line, when it begins with a label.

    With ``strict`` only known labels count; otherwise a short unknown label is taken as well (its meaning is None).
    """
    marks: list[tuple[int, int, str, Meaning | None]] = []  # label begin, value begin, label, meaning
    begin = 0
    for colon in re.finditer(r"[:：]", text):
        chunk = text[begin : colon.start()]
        words = list(re.finditer(r"\S+", chunk))
        for first in range(len(words)):
            shown = chunk[words[first].start() :]
            meaning = head_meaning(shown)
            if meaning is not None:
                marks.append((begin + words[first].start(), colon.end(), shown, meaning))
                break
        else:
            if not marks and not strict and words and re.fullmatch(r"[\u4e00-\u9fff（）()/、]{2,10}", label(chunk)):
                marks.append((begin, colon.end(), chunk, None))
        begin = colon.end()
        if not marks:
            return ()
    if not marks or text[: marks[0][0]].strip():
        return ()
    ends = [mark[0] for mark in marks[1:]] + [len(text)]
    return tuple(
        Pair(label(shown), meaning, Printed(_value(text[start:end]), place))
        for (_, start, shown, meaning), end in zip(marks, ends, strict=True)
    )


def _value(text: str) -> str:
    value = text.strip().rstrip("|").strip()
    return "" if _BLANK_VALUE.match(value) else value


def read_labels(grid: Grid, row: int, *, sources: bool = False) -> Row:
    """A row; where labels and names of money rows fill it, and nothing else, the values of all of them stand under it."""
    reading = read_row(grid, row, sources=sources)
    if not reading.above and not sources and len(reading.labels) >= 2:
        with_money = read_row(grid, row, sources=True)
        return with_money if with_money.above else reading
    return reading


def read_row(grid: Grid, row: int, *, sources: bool = False) -> Row:
    """The labels and values of a row. With ``sources`` the names of money rows are labels, too."""
    cells = list(grid.starts(row))
    tokens: list[tuple[Cell, Meaning | None]] = []  # a cell and what it means as a label
    inline: list[Pair] = []
    for cell in cells:
        text = cell.text.strip()
        if label(text) in vocabulary().headings:
            continue
        if not text:
            tokens.append((cell, None))
            continue
        meaning = head_meaning(text)
        if meaning is None and sources and is_fund_item(text) and len(text) <= 24:
            meaning = Meaning("source", 0)
        if meaning is None and (found := pairs_in_text(text, cell.place)):
            inline.extend(Pair(p.label, p.meaning, p.value, cell) for p in found)
            continue
        if meaning is None and sources and (item := _SOURCE.match(text)) and is_fund_item(item.group(1)):
            amount = Printed(item.group(2).strip(), cell.place, uncertain=cell.doubtful)
            inline.append(Pair(item.group(1), Meaning("source", 0), amount, cell))
            continue
        tokens.append((cell, meaning))
    filled = [(cell, meaning) for cell, meaning in tokens if cell.text.strip()]
    labels = tuple(Pair(cell.text.strip(), meaning, Printed(""), cell) for cell, meaning in filled if meaning)
    above = (
        len(labels) >= 2 and len(labels) == len(filled) and not inline and (_touching(tokens) or _spread(tokens, grid))
    )
    return Row((*inline, *_pairs(tokens, bool(inline))), labels, above)


def _touching(tokens: list[tuple[Cell, Meaning | None]]) -> bool:
    """Whether no blank cell stands beside the labels (beside a blank one, a label's value is blank)."""
    return all(cell.text.strip() for cell, _ in tokens)


def _spread(tokens: list[tuple[Cell, Meaning | None]], grid: Grid) -> bool:
    """Whether the blank cells beside the labels may be the rest of merged ones: the format lost them, and a row below fits."""
    if grid.spans_known or not tokens or tokens[0][0].row + 1 >= grid.rows:
        return False
    filled = [cell.column for cell, _ in tokens if cell.text.strip()]
    return filled == [cell.column for cell in grid.starts(tokens[0][0].row + 1) if cell.text.strip()]


def _pairs(tokens: list[tuple[Cell, Meaning | None]], beside: bool) -> list[Pair]:
    """Labels and values of the cells; ``beside`` says that cells with label and value in one stand beside them."""
    pairs: list[Pair] = []
    index = 0
    while index < len(tokens):
        cell, meaning = tokens[index]
        index += 1
        if not cell.text.strip():
            continue
        values: list[Cell] = []
        blank: Cell | None = None
        while index < len(tokens) and tokens[index][1] is None:
            after = tokens[index][0]
            if after.text.strip():
                if values:
                    break
                values.append(after)
            elif blank is None and not values:
                blank = after
            index += 1
        if meaning is None:
            if values and _label_like(cell.text):
                pairs.append(Pair(cell.text.strip(), None, printed(values[0]), cell))
            continue
        if values:
            value = printed(values[0])
        elif cell.row_span > 1 and (beside or index < len(tokens)):
            continue  # a side label: its rows have labels of their own
        else:
            value = Printed("", blank.place if blank else cell.place)
        pairs.append(Pair(cell.text.strip(), meaning, value, cell))
    return pairs


def _label_like(text: str) -> bool:
    plain = label(text)
    return 2 <= len(plain) <= 16 and re.search(r"[\d。；;，,%≥≤=]", plain) is None


def put_pair(draft: Draft, pair: Pair) -> None:
    """Keep a pair under the field its label means."""
    if pair.meaning is None:
        draft.put_extra(label(pair.label), pair.value)
        return
    name, rank, value = pair.meaning.field, pair.meaning.rank, pair.value
    if not value and re.search(r"[签盖公]章|签[字名]", pair.label):
        return  # a place for a stamp, not a field left blank
    if (unit := stated_unit(pair.label)) is not None:
        draft.units.append((3, unit))
    if name in ("project", "department", "unit"):
        code, text = split_code(value.text, bare=name != "project")
        draft.put(name, Printed(text, value.place, uncertain=value.uncertain), rank)
        if code is not None:
            draft.put(f"{name}_code", Printed(code, value.place), 1)
    elif name == "year":
        if found := re.search(r"20\d\d", value.text):
            draft.years.append((0, int(found.group())))
    elif name == "span":
        dates = dates_of(value.text)
        if len(dates) == 2:
            draft.put("start", Printed(dates[0], value.place), 9)
            draft.put("end", Printed(dates[1], value.place), 9)
        draft.put_extra(label(pair.label), value)
    elif name == "period":
        months = period_of(value.text)
        draft.put("period", Printed(months or value.text, value.place), 0)
    elif name == "money_unit":
        _put_unit(draft, pair)
    elif name == "total_score":
        if draft.total is None and value:
            draft.total = Total(score=value)
    elif name in ("extra", "cost_prose", "source", "goal_block"):
        if not _is_signature(value.text):
            draft.put_extra(label(pair.label), value)
    elif name == "goal":
        if value:
            draft.goals.append(value)
    else:
        draft.put(name, value, rank)


def _put_unit(draft: Draft, pair: Pair) -> None:
    found = re.fullmatch(r"(?:人民币)?(亿元|万元|元)", fold(pair.value.text))
    if found:
        draft.units.append((0, MoneyUnit(found.group(1))))
    elif label(pair.label) == "单位" and pair.value and len(pair.value.text) > 2:
        draft.put("unit", pair.value, 40)


def _is_signature(text: str) -> bool:
    return fold(text).strip(":") in vocabulary().signature
