"""Scoring schemes: what a region, year and form type prescribe, as data (``hengjian/schemes/*.toml``) with sources.

A scheme file names each parameter in a table of its own: ``value``, ``source`` (where the number is printed) and
``verified`` (whether it was seen in a published source; otherwise it must be shown as 未核实). A file may ``extends``
another and then states only what differs. A finance bureau edits these files; nobody edits this module for a region.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hengjian.forms.form import Form, Kind
from hengjian.values.rounding import Mode, Rounding
from hengjian.values.text import fold


@dataclass(frozen=True, slots=True)
class Band:
    """A lower bound (included), and what it gives: a share of the weight in percent, ``ratio`` (A ÷ T), or a grade."""

    low: Decimal
    gives: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme.

    Every number's source stands in ``sources`` under the name of its field; ``verified`` lists the fields seen in a
    published source (the others must be shown as 未核实). ``chosen`` says why ``scheme_for`` took it.
    """

    name: str
    title: str
    class_weights: tuple[tuple[str, Decimal], ...]  # 产出指标 50, 效益指标 30, 满意度指标 10, 预算执行率 10
    required_classes: tuple[str, ...]
    required_subclasses: tuple[str, ...]
    execution: str  # linear_capped | linear | threshold | step  (handbook 3.1, E1, E2, E6, E5)
    reverse: str  # R1 linear | R2 ratio
    zero_target: str  # all_or_nothing
    qualitative: tuple[Decimal, ...]  # lower bounds in percent of the weight: 80, 60
    satisfaction: str  # ratio | bands | step  (handbook 3.1, A4, A1/A2, A3)
    grade_bands: tuple[Band, ...]  # 90 优, 80 良, 60 中, 0 差; best first
    rounding: Rounding
    over_fulfilment: Decimal | None = None  # 1.3: flag from here
    reason_line: Decimal | None = None  # execution rate below which a reason is due
    ceilings: tuple[tuple[Decimal, Decimal], ...] = ()  # execution rate below → total at most; strictest first
    sources: tuple[tuple[str, str], ...] = ()
    verified: tuple[str, ...] = ()
    region: str = "全国"
    execution_full: Decimal = Decimal(100)  # the rate that earns full marks under threshold and step
    zero_budget: str = "none"  # none: no score | zero | full: what 0 ÷ 0 earns
    equal_target: str = "at_least"  # at_least | exact: what an actual above a "=" target earns
    time_rule: str = "binary"  # binary | day_fraction | judge: what a late finish earns
    satisfaction_bands: tuple[Band, ...] = ()
    satisfaction_step: tuple[Decimal, Decimal] | None = (
        None  # each so many points lower costs so many percent of the weight
    )
    cost_bands: tuple[tuple[Decimal, Decimal], ...] = ()  # deviation of cost up to (percent) → percent of the weight
    pass_threshold: Decimal | None = None  # completion (percent) under which a quantity scores nothing
    over_penalty: Decimal | None = None  # points off for a deviation from over_fulfilment on
    states: tuple[tuple[str, ...], ...] = ()  # the words of each qualitative state, best first
    not_applicable: str = "forbid"  # forbid | rescale
    text_limits: tuple[tuple[str, int], ...] = ()
    chosen: str = ""

    def source(self, field: str) -> str:
        """Where the value of a field comes from, with 未核实 where no published source was seen."""
        text = dict(self.sources).get(field, "")
        return text if field in self.verified else f"{text}（未核实）" if text else "未核实"


class SchemeError(ValueError):
    """A scheme file that cannot be used; the message is for the user."""


@cache
def schemes() -> tuple[str, ...]:
    """The names of all schemes shipped."""
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))
    )


def load_scheme(name: str) -> Scheme:
    """The scheme of a name (file stem in ``hengjian/schemes``, or the path of a TOML file of the user's own).

    Raises ``SchemeError`` with a Chinese message that says which field is wrong and what is expected.
    """
    return _build(name, _resolve(name))


def scheme_for(form: Form) -> Scheme:
    """The shipped scheme for a form, by kind, year, region words in its head and first-level classes; ``chosen`` says why.

    Region words are looked for in the title, the department and the unit, not in the project's name (a project may be
    about another region).
    """
    head = fold("".join(text.text for text in (form.title, form.department, form.unit) if text is not None))
    classes = frozenset(fold(row.level1.text) for row in form.indicators if row.level1 is not None)
    found = [
        (rank, name, why)
        for name in schemes()
        if (claim := _claim(_resolve(name), form.kind, form.year, head, classes)) is not None
        for rank, why in (claim,)
    ]
    if not found:
        return replace(load_scheme(DEFAULT), chosen=f"没有专门针对此类表的方案，采用{DEFAULT}")
    _, name, why = max(found)
    return replace(load_scheme(name), chosen=why)


DEFAULT = "national-2020"

# --- choosing ---------------------------------------------------------------------------------------------------------


def _claim(
    data: Mapping[str, Any], kind: Kind, year: int | None, head: str, classes: frozenset[str]
) -> tuple[tuple[bool, bool, int], str] | None:
    """How well a scheme fits a form (region, class, first year) with the reason; None where it does not."""
    choose = data.get("choose", {})
    if kind.value not in choose.get("forms", ()):
        return None
    first, last = choose.get("first_year", 0), choose.get("last_year", 9999)
    if year is not None and not first <= year <= last:
        return None
    words, needed = choose.get("words", ()), choose.get("needs_class", "")
    word = next((word for word in words if word in head), "")
    if (words and not word) or (needed and not any(fold(needed) in one for one in classes)):
        return None
    reasons = [f"表头有“{word}”"] if word else []
    reasons += [f"一级指标有“{needed}”"] if needed else []
    reasons += [f"{year}年的表"] if year is not None and first else []
    return (bool(word), bool(needed), first), f"按{'、'.join(reasons) or '表的种类'}选用“{data.get('title', '')}”"


# --- reading files ----------------------------------------------------------------------------------------------------


def _folder() -> Any:
    return files("hengjian") / "schemes"


def _resolve(name: str, seen: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """The data of a scheme with everything it inherits."""
    if name in seen:
        raise SchemeError(f"方案文件互相引用：{' → '.join((*seen, name))}。请改正其中一个 extends。")
    data = _read(name)
    parent = data.get("extends")
    if parent is None:
        return data
    if not isinstance(parent, str):
        raise SchemeError(f"方案“{name}”的 extends 应为一个方案的名称，实际为 {parent!r}。")
    inherited = {key: value for key, value in _resolve(parent, (*seen, name)).items() if key != "choose"}
    return {**inherited, **data}


def _read(name: str) -> dict[str, Any]:
    if name.endswith(".toml"):
        return _own(Path(name))
    if name not in schemes():
        raise SchemeError(
            f"没有名为“{name}”的方案。可用的方案：{'、'.join(schemes())}；也可以给出自己的 .toml 文件的路径。"
        )
    return _shipped(name)


@cache
def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((_folder() / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def _own(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError:
        raise SchemeError(f"读不到方案文件“{path}”。请检查路径是否正确、文件是否可以打开。") from None
    except UnicodeDecodeError:
        raise SchemeError(f"方案文件“{path}”不是 UTF-8 编码。请用记事本另存为 UTF-8 后再试。") from None
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"方案文件“{path}”不符合 TOML 格式：{error}。") from None


def _build(name: str, data: Mapping[str, Any]) -> Scheme:
    known = {field for field, _, _ in _PARAMETERS}
    for key in data:
        if key not in known | _HEAD:
            raise SchemeError(f"方案“{name}”有不认识的参数“{key}”。可用的参数：{'、'.join(sorted(known))}。")
    title, region = data.get("title"), data.get("region", "全国")
    if not isinstance(title, str) or not isinstance(region, str):
        raise SchemeError(f'方案“{name}”的 title 和 region 应为文字，例如 title = "××市项目支出自评方案"。')
    values: dict[str, Any] = {}
    sources: list[tuple[str, str]] = []
    verified: list[str] = []
    for field, read, expected in _PARAMETERS:
        if field not in data:
            continue
        value, source, seen = _parameter(name, field, data[field])
        try:
            values[field] = read(value)
        except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError):
            raise SchemeError(f"方案“{name}”的参数“{field}”应为{expected}，实际为 {_shown(value)}。") from None
        sources.append((field, source))
        verified += [field] if seen else []
    missing = [field for field in _REQUIRED if field not in values]
    if missing:
        raise SchemeError(f'方案“{name}”缺少参数：{"、".join(missing)}。可以写 extends = "{DEFAULT}" 沿用全国口径。')
    scheme = Scheme(name=name, title=title, region=region, sources=tuple(sources), verified=tuple(verified), **values)
    _consistent(scheme)
    return scheme


def _parameter(name: str, field: str, table: Any) -> tuple[Any, str, bool]:
    if not isinstance(table, dict) or "source" not in table:
        raise SchemeError(
            f'方案“{name}”的参数“{field}”应写成一个表：[{field}]、value = …、source = "依据的文件"、verified = true 或 false。'
        )
    source, seen = table["source"], table.get("verified", False)
    if not isinstance(source, str) or not source.strip():
        raise SchemeError(f"方案“{name}”的参数“{field}”没有写依据（source）。每个数字都要写明出自哪份文件。")
    if not isinstance(seen, bool):
        raise SchemeError(f"方案“{name}”的参数“{field}”的 verified 应为 true 或 false，实际为 {_shown(seen)}。")
    return table.get("value"), source, seen


def _consistent(scheme: Scheme) -> None:
    """What no single parameter can tell."""
    total = sum((weight for _, weight in scheme.class_weights), Decimal(0))
    if scheme.class_weights and total != 100:
        raise SchemeError(f"方案“{scheme.name}”的 class_weights 合计应为 100，实际为 {total}。")
    for field, bands in (("grade_bands", scheme.grade_bands), ("satisfaction_bands", scheme.satisfaction_bands)):
        lows = [band.low for band in bands]
        if lows != sorted(set(lows), reverse=True):
            raise SchemeError(f"方案“{scheme.name}”的 {field} 应从高到低排列、下限不重复，实际下限为 {_listed(lows)}。")
    if list(scheme.qualitative) != sorted(set(scheme.qualitative), reverse=True):
        raise SchemeError(f"方案“{scheme.name}”的 qualitative 应从高到低排列，实际为 {_listed(scheme.qualitative)}。")
    if scheme.states and len(scheme.states) != len(scheme.qualitative) + 1:
        raise SchemeError(
            f"方案“{scheme.name}”的 states 应有 {len(scheme.qualitative) + 1} 档（比 qualitative 多一档），实际为 {len(scheme.states)} 档。"
        )
    if scheme.satisfaction == "bands" and not scheme.satisfaction_bands:
        raise SchemeError(f"方案“{scheme.name}”的 satisfaction 为 bands 时必须写 satisfaction_bands。")
    if scheme.satisfaction == "step" and (scheme.satisfaction_step is None or not scheme.satisfaction_bands):
        raise SchemeError(
            f"方案“{scheme.name}”的 satisfaction 为 step 时必须写 satisfaction_step 和 satisfaction_bands（得满分的下限）。"
        )


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)


def _listed(values: Any) -> str:
    return "、".join(str(value) for value in values)


# --- parameters -------------------------------------------------------------------------------------------------------


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    return Decimal(value)


def _percent(value: Any) -> Decimal:
    number = _decimal(value)
    if not 0 <= number <= 100:
        raise ValueError
    return number


def _positive(value: Any) -> Decimal:
    number = _decimal(value)
    if number <= 0:
        raise ValueError
    return number


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise TypeError
    return tuple(value)


def _pairs(value: Any) -> Iterator[tuple[Decimal, Any]]:
    if not isinstance(value, list):
        raise TypeError
    for low, gives in value:
        yield _decimal(low), gives


def _weights(value: Any) -> tuple[tuple[str, Decimal], ...]:
    return tuple((str(label), _percent(weight)) for label, weight in value.items())


def _grade_bands(value: Any) -> tuple[Band, ...]:
    bands = tuple(Band(low, gives) for low, gives in _pairs(value))
    if not bands or bands[-1].low != 0 or not all(isinstance(band.gives, str) for band in bands):
        raise ValueError
    return bands


def _share_bands(value: Any) -> tuple[Band, ...]:
    return tuple(Band(low, "ratio" if gives == "ratio" else str(_percent(gives))) for low, gives in _pairs(value))


def _numbers(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((_decimal(low), _decimal(high)) for low, high in _pairs(value))


def _rounding(value: Any) -> Rounding:
    places = value["places"]
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= 4:
        raise ValueError
    return Rounding(places, Mode(value["mode"]))


def _step(value: Any) -> tuple[Decimal, Decimal]:
    size, share = value
    return _positive(size), _percent(share)


def _limits(value: Any) -> tuple[tuple[str, int], ...]:
    return tuple((str(label), int(_positive(count))) for label, count in value.items())


# (field, reader, what is expected in Chinese); the order is that of the scheme files.
_PARAMETERS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("class_weights", _weights, '“一级指标 = 权重”的列表，权重在 0 到 100 之间，例如 { "产出指标" = 50 }'),
    ("required_classes", _texts, '一级指标名称的列表，例如 ["产出指标", "效益指标"]'),
    ("required_subclasses", _texts, '二级指标名称的列表，例如 ["数量指标"]'),
    ("execution", _one_of("linear_capped", "linear", "threshold", "step"), "linear_capped、linear、threshold 或 step"),
    ("execution_full", _percent, "0 到 100 之间的百分数，例如 90"),
    ("zero_budget", _one_of("none", "zero", "full"), "none（不计分）、zero（0分）或 full（满分）"),
    ("reverse", _one_of("R1", "R2"), "R1（按超出比例扣减）或 R2（目标值÷实际值）"),
    ("zero_target", _one_of("all_or_nothing"), "all_or_nothing"),
    ("equal_target", _one_of("at_least", "exact"), "at_least（超过目标视为达到）或 exact（必须正好等于）"),
    ("time_rule", _one_of("binary", "day_fraction", "judge"), "binary、day_fraction 或 judge"),
    ("pass_threshold", _percent, "0 到 100 之间的百分数，例如 60"),
    ("qualitative", lambda value: tuple(_percent(one) for one in value), "从高到低的百分数，例如 [80, 60]"),
    (
        "states",
        lambda value: tuple(_texts(one) for one in value),
        '各档用语的列表，例如 [["达成"], ["部分达成"], ["未达成"]]',
    ),
    ("satisfaction", _one_of("ratio", "bands", "step"), "ratio、bands 或 step"),
    (
        "satisfaction_bands",
        _share_bands,
        '“[下限, 得权重的百分数或 "ratio"]”的列表，例如 [[90, 100], [60, "ratio"], [0, 0]]',
    ),
    ("satisfaction_step", _step, "“[每低多少, 扣权重的百分数]”，例如 [5, 10]"),
    ("cost_bands", _numbers, "“[偏差不超过, 得权重的百分数]”的列表，例如 [[10, 100], [15, 60]]"),
    (
        "grade_bands",
        _grade_bands,
        '“[下限, "等次"]”的列表，从高到低，最后一档下限为 0，例如 [[90, "优"], [80, "良"], [60, "中"], [0, "差"]]',
    ),
    ("rounding", _rounding, '{ places = 小数位数, mode = "half_up" 或 "truncate" }'),
    ("over_fulfilment", _positive, "大于 0 的倍数，例如 1.3"),
    ("over_penalty", _positive, "大于 0 的分数，例如 2"),
    ("reason_line", _percent, "0 到 100 之间的百分数，例如 90"),
    ("ceilings", _numbers, "“[执行率低于, 总分最高]”的列表，例如 [[80, 89], [70, 79]]"),
    ("not_applicable", _one_of("forbid", "rescale"), "forbid（不允许缺项）或 rescale（其余指标折算到100分）"),
    ("text_limits", _limits, '“栏目 = 字数”的列表，例如 { "偏差原因" = 100 }'),
)
_HEAD = frozenset({"title", "region", "extends", "choose"})
_REQUIRED = (
    "class_weights",
    "required_classes",
    "required_subclasses",
    "execution",
    "reverse",
    "zero_target",
    "qualitative",
    "satisfaction",
    "grade_bands",
    "rounding",
)
