"""The unit list (``units.toml``): spellings, dimensions, factors; how two printed units stand to each other.

A unit may be compound (``元/人·天``, ``微克/立方米``). A scale (``万``, ``亿``) before a unit is no part of it.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files

from hengjian.values.text import fold


class Relation(StrEnum):
    """How two units stand to each other."""

    SAME = "same"
    CONVERTIBLE = "convertible"  # one dimension, another scale: 元 and 万元, 天 and 小时
    DIFFERENT = "different"  # 人 and 人次
    UNKNOWN = "unknown"  # one of them is missing, or counts anything (个), so that nothing can be said


SCALES = {"": 1, "万": 10**4, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    dimension: str
    factor: Fraction
    vague: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class _Units:
    spelled: dict[str, _Unit]  # every spelling of every unit
    simple: str  # a regular expression for one simple unit, longest spelling first
    printed: str  # … for a printed unit, simple or compound
    things: dict[str, frozenset[str]]  # what counting units count, as far as they count but one or two kinds of things


@cache
def _units() -> _Units:
    table = tomllib.loads(files(__package__).joinpath("units.toml").read_text(encoding="utf-8"))
    spelled: dict[str, _Unit] = {}
    for dimension in table["dimension"]:
        vague = dimension.get("vague", False)
        for row in dimension["units"]:
            unit = _Unit(row["name"], dimension["name"], Fraction(row["factor"]), vague, vague)
            spelled |= dict.fromkeys([row["name"], *map(fold, row["spelled"])], unit)
    for group in table["counts"]:
        for name in group["names"]:
            spelled[name] = _Unit(name, name, Fraction(1), vague=False, counts=True)
    simple = "|".join(re.escape(s) for s in sorted(spelled, key=lambda s: (-len(s), s)))
    # A slash binds a unit only when words of another thing do not follow: 20期/人员覆盖率95% is no 期/人.
    end = r"(?=$|[^一-鿿]|[以及内之左上下起至到和与且或、余多不])"
    below = rf"/每?[万亿]?(?:{simple})(?:[·•∙‧・*.]?(?:{simple}))*+{end}"
    products = "|".join(table["products"]["names"])
    printed = rf"(?:{products}|(?:{simple})(?:[·•∙‧・](?:{simple}))*+)(?:{below})*+"
    things = {name: frozenset(row["of"]) for row in table["things"] for name in row["names"]}
    return _Units(spelled, simple, printed, things)


def unit_pattern() -> str:
    """A regular expression (no groups) for a printed unit of the list, on folded text."""
    return _units().printed


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A unit taken apart: scale factor, factors above and below the stroke."""

    scale: Fraction
    above: tuple[_Unit, ...]
    below: tuple[_Unit, ...]
    scale_below: str = ""  # 万 of 吨标煤/万元


def split_scale(text: str) -> tuple[str, str]:
    """``万人次`` is scale 万 and unit 人次; a bare 万 is a scale without a unit."""
    for scale in ("亿", "万"):
        if text.startswith(scale):
            return scale, text[1:]
    return "", text


def _parse(text: str) -> _Parsed | None:
    scale, rest = split_scale(text)
    unit = _units().spelled.get(rest)
    if unit is not None:
        return _Parsed(Fraction(SCALES[scale]), (unit,), ())
    head, *tails = rest.split("/")
    above = _factors(head)
    if above is None:
        return None
    factor, scales = Fraction(SCALES[scale]), ""
    below: list[_Unit] = []
    for tail in tails:
        scale_below, name = split_scale(tail.removeprefix("每"))
        units = _factors(name)
        if units is None:
            return None
        factor /= SCALES[scale_below]
        scales += scale_below
        below.extend(units)
    return _Parsed(factor, above, tuple(below), scales)


def _factors(text: str) -> tuple[_Unit, ...] | None:
    """The units multiplied in ``人·天`` or ``人天``, or None."""
    units = _units()
    found = []
    for piece in re.split(r"[·•∙‧・*.]", text):
        whole = units.spelled.get(piece)
        if whole is not None:
            found.append(whole)
            continue
        names = re.findall(units.simple, piece)
        if not names or "".join(names) != piece:
            return None
        found.extend(units.spelled[name] for name in names)
    return tuple(found)


def unit_name(text: str) -> str:
    """The canonical name of a printed unit without its scale: ``个工作日`` is 工作日, ``元/人天`` is 元/人·天.

    A unit that is not in the list stays as printed (folded).
    """
    printed = fold(text)
    parsed = _parse(printed)
    if parsed is None:
        return split_scale(printed)[1] if printed not in SCALES else ""
    above = "·".join(unit.name for unit in parsed.above)
    below = parsed.scale_below + "·".join(unit.name for unit in parsed.below)
    return f"{above}/{below}" if below else above


def _dimensions(units: tuple[_Unit, ...]) -> list[str]:
    return sorted(unit.dimension for unit in units)


def _factor(parsed: _Parsed) -> Fraction:
    factor = parsed.scale
    for unit in parsed.above:
        factor *= unit.factor
    for unit in parsed.below:
        factor /= unit.factor
    return factor


def relation(left: str, right: str) -> Relation:
    """How two printed units compare; synonyms (个百分点, 百分比, ％) are folded first.

    Days and months share no fixed factor and 个 counts anything: such pairs are UNKNOWN, not an accusation.
    """
    one, two = fold(left), fold(right)
    if one in SCALES or two in SCALES:  # nothing, or a scale alone
        return Relation.UNKNOWN
    if one == two:
        return Relation.SAME
    a, b = _parse(one), _parse(two)
    if a is None or b is None:
        bare_one, bare_two = split_scale(one)[1], split_scale(two)[1]
        if bare_one == bare_two:
            return Relation.CONVERTIBLE
        if bare_one in bare_two or bare_two in bare_one or _is_vague(a) or _is_vague(b):
            return Relation.UNKNOWN
        return Relation.DIFFERENT
    if _dimensions(a.above) == _dimensions(b.above) and _dimensions(a.below) == _dimensions(b.below):
        return Relation.SAME if _factor(a) == _factor(b) else Relation.CONVERTIBLE
    return Relation.UNKNOWN if _cannot_tell(a, b) else Relation.DIFFERENT


def _is_vague(parsed: _Parsed | None) -> bool:
    return parsed is not None and len(parsed.above) == 1 and not parsed.below and parsed.above[0].vague


def _cannot_tell(a: _Parsed, b: _Parsed) -> bool:
    if len(a.above) != 1 or len(b.above) != 1 or a.below or b.below:
        return False
    one, two = a.above[0], b.above[0]
    if {one.dimension, two.dimension} == {"days", "months"}:
        return True
    return (one.vague and two.counts) or (two.vague and one.counts)


def convert(value: Fraction, source: str, target: str) -> Fraction | None:
    """``value`` in ``source`` units expressed in ``target`` units; None when they measure different things."""
    stands = relation(source, target)
    if stands is Relation.SAME:
        return value
    if stands is not Relation.CONVERTIBLE:
        return None
    a, b = _parse(fold(source)), _parse(fold(target))
    if a is None or b is None:  # one unknown unit in two scales
        return value * SCALES[split_scale(fold(source))[0]] / SCALES[split_scale(fold(target))[0]]
    return value * _factor(a) / _factor(b)


# Dimensions that are measured, never counted; those of one group are taken for one another by careless clerks.
_MEASURED = {
    "share": "share",
    "money": "money",
    "days": "time",
    "months": "time",
    "working days": "time",
    "length": "length",
    "area": "area",
    "volume": "volume",
    "mass": "mass",
    "coal equivalent": "mass",
    "energy": "energy",
    "power": "energy",
    "temperature": "temperature",
    "decibel": "decibel",
    "data": "data",
    "bandwidth": "data",
}
# 方 is said of square and of cubic metres, 度 and 点 of nearly anything.
_LOOSE = frozenset({"方", "度", "点", "里"})


def incompatible(left: str, right: str) -> bool:
    """Whether two printed units can never mean the same thing: 公里 and 户, 元 and 吨, 人 and 期. False where either is loose or unknown.

    Most counting units are mixed up without harm (个, 项, 件, 次); those of ``things`` count people, households, occasions,
    papers or machines and nothing else.
    """
    a, b = _parse(fold(left)), _parse(fold(right))
    if a is None or b is None or len(a.above) != 1 or len(b.above) != 1:
        return False
    one, two = a.above[0], b.above[0]
    if one.name in _LOOSE or two.name in _LOOSE:
        return False
    things = [_units().things.get(unit.name) for unit in (one, two)]
    if things[0] is not None and things[1] is not None:
        return not things[0] & things[1]
    kinds = [_MEASURED.get(unit.dimension, "counted" if is_count(unit.name) else "") for unit in (one, two)]
    return "" not in kinds and kinds[0] != kinds[1] and set(kinds) != {"share", "counted"}


# Dimensions of things that come whole.
_WHOLE = frozenset({"anything", "people", "person-times", "household-times", "occasions", "batches", "issues"})


def is_count(unit: str) -> bool:
    """Whether a unit counts whole things (人, 次, 个), so that no value lies between 3 and 4."""
    parsed = _parse(fold(unit)) if unit else None
    if parsed is None or len(parsed.above) != 1 or parsed.below:
        return False
    return parsed.above[0].counts or parsed.above[0].dimension in _WHOLE
