"""Header cells of indicator tables: which contract field a printed label means.

The words are data (``columns.toml``). What a label means can depend on its neighbours: 三级指标 is the name unless a column
of its own holds the name, a 分值 column right of 一级指标 is the weight of the class, 年初指标值 is the target unless an adjusted
value stands beside it.
"""

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from hengjian.values.text import fold, label

_BRACKETS = re.compile(r"[(\[{〔【<《][^()\[\]{}〔〕【】<>《》]*[)\]}〕】>》]")
_BRACKET_SIGNS = re.compile(r"[()\[\]{}〔〕【】]")
_YEAR = re.compile(r"^(20\d\d)(?:年度?|(?=\D))")
_WEIGHT_IN_CELL = re.compile(r"^(.+?)\s*[(（]\s*(?:权重|分值|满分)?\s*[:：]?\s*(\d+(?:\.\d+)?)\s*([分%％])?\s*[)）]$")
_WEIGHT_AFTER = re.compile(r"^([^\d(（]+?)\s*(\d+(?:\.\d+)?)\s*分$")


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary of ``columns.toml``, folded."""

    fields: Mapping[str, str]  # label -> raw field
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    guesses: tuple[tuple[str, re.Pattern[str]], ...]
    bands: frozenset[str]
    history: frozenset[str]
    around: tuple[str, ...]
    choices: Mapping[str, str]  # word -> field
    ticks: frozenset[str]
    first: frozenset[str]
    second: Mapping[str, tuple[str, ...]]
    totals: tuple[str, ...]
    subtotals: frozenset[str]
    notes: tuple[str, ...]
    placeholders: frozenset[str]
    stops: frozenset[str]
    endings: str


@cache
def words() -> Words:
    """The vocabulary, read once."""
    text = files("hengjian.forms").joinpath("columns.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    levels, rows = data["levels"], data["rows"]
    return Words(
        fields={label(one): name for name, many in data["labels"].items() for one in many},
        patterns=tuple((name, re.compile(p)) for name, many in data["patterns"].items() for p in many),
        guesses=tuple((name, re.compile(p)) for name, many in data["guesses"].items() for p in many),
        bands=frozenset(data["bands"]["words"]),
        history=frozenset(data["history"]["words"]),
        around=tuple(sorted(data["history"]["around"], key=len, reverse=True)),
        choices={one: name for name in ("reason_kind", "likelihood") for one in data["choices"][name]},
        ticks=frozenset(data["choices"]["ticks"]),
        first=frozenset(levels["first"]),
        second={one: tuple(group["under"]) for group in levels["second"] for one in group["words"]},
        totals=tuple(rows["totals"]),
        subtotals=frozenset(rows["subtotals"]),
        notes=tuple(rows["notes"]),
        placeholders=frozenset(fold(one) for one in rows["placeholders"]),
        stops=frozenset(label(one) for one in rows["stops"]),
        endings=f"(?:{'|'.join(rows['endings'])})$",
    )


@lru_cache(maxsize=8192)
def field_of(text: str) -> str | None:
    """The raw field of one label, or None. Raw fields still wait for their neighbours (``label``, ``level4``, ``content``).

    >>> field_of("评(扣)分标准"), field_of("1—7月执行情况"), field_of("得 分（分）"), field_of("张三")
    ('rule', 'actual', 'score', None)
    """
    known = words()
    full = label(text)
    bare = label(_BRACKETS.sub("", full))
    for form in (full, _BRACKET_SIGNS.sub("", full)):
        if form in known.fields:
            return known.fields[form]
    if (history := _history(full)) is not None:
        return history
    for form in (bare, _YEAR.sub("", bare)):
        if form in known.fields:
            return known.fields[form]
    for name, pattern in known.patterns:
        if pattern.search(full) or pattern.search(bare):
            return name
    parts = {field_of(part) for part in re.split(r"[/、]", bare) if part} if re.search(r"[/、]", bare) else set()
    return parts.pop() if len(parts) == 1 else None


def _history(full: str) -> str | None:
    """``history:前年`` for 前年, 前年实际值, 指标值(前年)."""
    rest = _BRACKET_SIGNS.sub("", full)
    for one in words().around:
        for cut in (rest.removeprefix(one), rest.removesuffix(one)):
            if cut in words().history:
                return f"history:{cut}"
    return f"history:{rest}" if rest in words().history else None


def level_word(text: str) -> str:
    """The core of a level cell: ``产出指标（50分）`` is 产出."""
    core = label(_BRACKETS.sub("", fold(text)))
    core = re.sub(r"^[一二三四五六七八九十\d]+[、.]", "", core)
    return core.removesuffix("指标")


def is_first(text: str) -> bool:
    """Whether a text is a known first-level class."""
    return level_word(text) in words().first


def is_second(text: str) -> bool:
    """Whether a text is a known second-level class."""
    return level_word(text) in words().second


def is_reason_kind(text: str) -> bool:
    """Whether a text only names kinds of reasons: 人员保障, 经费保障、其他, or nothing (无, —)."""
    known, parts = words(), [label(part) for part in re.split(r"[、，,；;\n\s/]+", text.strip()) if part.strip()]
    return all(
        known.choices.get(part.removesuffix("原因")) == "reason_kind" or fold(part) in known.placeholders
        for part in parts
    )


def may_stand_under(second: str, first: str) -> bool:
    """False only when a known second-level class stands under a known class it cannot belong to (社会效益 under 产出)."""
    parents = words().second.get(level_word(second), ())
    return not parents or level_word(first) not in words().first or any(p in level_word(first) for p in parents)


def split_weight(text: str) -> tuple[str, str]:
    """A level cell and the weight printed in it: ``产出指标（50分）`` gives 产出指标 and 50; without one the weight is empty."""
    found = _WEIGHT_IN_CELL.match(text.strip()) or _WEIGHT_AFTER.match(text.strip())
    return (found[1].strip(), found[2]) if found else (text, "")


def name_columns(paths: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """Field of each header column from its labels, top row first. Unknown labels become ``extra:<label>``.

    The result is in contract names, with ``label`` (the upright 绩效指标 cell) and ``serial`` for columns without content,
    ``budget`` and ``description`` for activities and ``choice:<field>:<word>`` for columns that are ticked.
    """
    order = sorted(paths)
    raw = {column: _raw(paths[column]) for column in order}
    _bands_in_one_row(raw, paths)
    _guess(raw, paths)
    _classes(raw, paths)
    _side_by_side(raw, paths)
    _names(raw, order)
    _weights(raw, order)
    _targets(raw, paths)
    return _unique(raw, paths, order)


def recognised(columns: Mapping[int, str]) -> set[str]:
    """The distinct fields that were recognised (no ``extra``)."""
    return {
        name.split(":")[0] if name.startswith(("bands", "history")) else name
        for name in columns.values()
        if not name.startswith("extra:")
    }


def _raw(path: Sequence[str]) -> str | None:
    texts = [label(text) for text in path if label(text)]
    texts = [text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1]]
    if not texts:
        return None
    top, last = texts[0], texts[-1]
    if len(texts) == 1:
        return field_of(top)
    if last in words().bands:
        return f"bands:{last}"
    if last in words().choices and field_of(last) is None:
        group = field_of(top)
        if group in ("deviation", "reason_kind", "likelihood"):
            return f"choice:{words().choices[last]}:{last}"
    for joined in (f"{top}({last})", last + top, top + last):
        if (found := field_of(joined)) is not None and joined != top and label(_BRACKETS.sub("", joined)) != top:
            return found
    return field_of(last) or field_of(f"{top}({last})")


def _bands_in_one_row(raw: dict[int, str | None], paths: Mapping[int, Sequence[str]]) -> None:
    """优 良 中 差 side by side are bands even without a common heading; a lone 中 is not."""
    found = {
        c: label(paths[c][-1]) for c in raw if raw[c] is None and paths[c] and label(paths[c][-1]) in words().bands
    }
    if len(found) >= 3:
        raw.update({c: f"bands:{word}" for c, word in found.items()})


def _guess(raw: dict[int, str | None], paths: Mapping[int, Sequence[str]]) -> None:
    """Unknown labels by their ending (绩效指标完成值), only for fields that no known label claims."""
    taken = set(raw.values())
    for column in [c for c, field in raw.items() if field is None and paths[c]]:
        text = label(_BRACKETS.sub("", label(paths[column][-1])))
        guess = next((name for name, pattern in words().guesses if pattern.search(text)), None)
        if guess not in (None, "not", *taken):
            raw[column] = guess
            taken.add(guess)


def _classes(raw: dict[int, str | None], paths: Mapping[int, Sequence[str]]) -> None:
    """指标类型 alone is the first level; 指标性质 beside 运算符号 is no sign."""
    if "level1" not in raw.values():
        for column, field in raw.items():
            if field == "level2" and "二级" not in label(paths[column][-1]):
                raw[column] = "level1"
    signs = [column for column, field in raw.items() if field == "sign"]
    if len(signs) > 1:
        for column in signs:
            if "符" not in label(paths[column][-1]):
                raw[column] = None


def _side_by_side(raw: dict[int, str | None], paths: Mapping[int, Sequence[str]]) -> None:
    """The national declaration prints the whole period on the left and the year on the right: the year is the form's."""
    names = [c for c, field in raw.items() if field in ("level3", "name")]
    if len(names) != 2 or sum(field == "target" for field in raw.values()) != 2:
        return
    targets = [c for c, field in raw.items() if field == "target"]
    if not names[0] < targets[0] < names[1] < targets[1]:
        return
    seconds = [c for c, field in raw.items() if field == "level2"]
    for column in (names[0], targets[0], *(seconds[:-1] if len(seconds) > 1 else ())):
        raw[column] = f"extra:实施期{label(paths[column][-1])}"


def _names(raw: dict[int, str | None], order: Sequence[int]) -> None:
    """Decide which column is the name of the indicator."""

    def column(field: str) -> int | None:
        return next((c for c in order if raw[c] == field), None)

    def has(*fields: str) -> bool:
        return any(column(field) is not None for field in fields)

    if has("level4") and not has("name"):
        raw[column("level4")] = "name"  # type: ignore[index]
    if not has("name") and (found := column("content")) is not None:
        raw[found] = "name"
    if not has("name"):
        upright = column("label")
        inside = upright is not None and any((raw[c] or "").startswith("level") for c in order if c < upright)
        alone = inside or (upright is not None and not has("level3") and not has("level2"))
        for field in (*(("label",) if alone else ()), "level3", "level2", "level1"):
            if (found := column(field)) is not None:
                raw[found] = "name"
                break


def _weights(raw: dict[int, str | None], order: Sequence[int]) -> None:
    """A weight column right beside a level column is the weight of that level, and a score right beside that is its score."""
    for before, here in itertools.pairwise(order):
        if raw[here] == "weight" and raw[before] in ("level1", "level2"):
            raw[here] = f"{raw[before]}_weight"
        elif raw[here] == "score" and (raw[before] or "").endswith("_weight") and list(raw.values()).count("score") > 1:
            raw[here] = f"extra:{'一级' if raw[before] == 'level1_weight' else '二级'}指标得分"


def _targets(raw: dict[int, str | None], paths: Mapping[int, Sequence[str]]) -> None:
    """Initial beside adjusted; several years beside each other; otherwise the one there is."""
    for column in [c for c, field in raw.items() if field == "aim"]:
        others = set(raw.values()) & {"target", "adjusted_target", "initial_target", "activity"}
        raw[column] = "goal" if others else "target"
    fields = set(raw.values())
    if "adjusted_target" in fields:
        for column, field in raw.items():
            if field == "target":
                raw[column] = "initial_target"
            elif field == "adjusted_target":
                raw[column] = "target"
    elif "target" not in fields:
        first = next((c for c in raw if raw[c] == "initial_target"), None)
        if first is not None:
            raw[first] = "target"
    years = {
        c: found[1] for c, field in raw.items() if field == "target" and (found := _YEAR.match(label(paths[c][-1])))
    }
    if len(years) > 1:
        for column, year in years.items():
            if year != max(years.values()):
                raw[column] = f"history:{year}年"


def _unique(raw: Mapping[int, str | None], paths: Mapping[int, Sequence[str]], order: Sequence[int]) -> dict[int, str]:
    """Each field once (the columns of one spanning header cell together); a later column goes to ``extra``."""
    columns: dict[int, str] = {}
    owner: dict[str, tuple[str, ...]] = {}
    last: dict[str, int] = {}
    for column in order:
        path = tuple(paths[column])
        printed = next((text.strip() for text in reversed(path) if text.strip()), "")
        if not printed:
            continue
        field = raw[column]
        if field in (None, "content", "level4", "adjusted_target"):
            field = f"extra:{_plain(printed)}"
        if owner.setdefault(field, path) != path or last.get(field, column - 1) != column - 1:
            field = _further(f"extra:{_plain(printed)}", columns)
        columns[column] = field
        last[field] = column
    return columns


def _further(name: str, columns: Mapping[int, str]) -> str:
    """A name that no column has yet: ``得分``, ``得分(2)`` ..."""
    names = (name, *(f"{name}({n})" for n in range(2, len(columns) + 3)))
    return next(one for one in names if one not in columns.values())


def _plain(printed: str) -> str:
    return "".join(printed.split())
