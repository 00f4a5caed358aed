"""Rows that lost their place: which header column each printed text of a row belongs to.

Text exports and recognised pages drop the blank cells that merged level cells leave behind, so a row slides to the left (or, with
one blank too many, to the right), as a whole or behind its first cells. The order of the texts is never changed. A reading of a row
is a column for each text; its cost says how badly the texts fit the columns (a word where a weight must stand), 0 being perfect.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hengjian.forms import columns as labels
from hengjian.forms.proof import number
from hengjian.values.text import fold

_QUANTITY = re.compile(
    r"^[≥≤><=约不少于低超过]*[\d.,]+%?(?:[-—–~至到][\d.,]+)?[^\u4e00-\u9fff]{0,3}[\u4e00-\u9fff]{0,3}(?:/.{1,4})?(?:以上|以下|左右|前|内)?$"
)
_RULE = re.compile(r"得满分|不得分|扣完为止|扣\d|得\d+(?:\.\d+)?分|指标分值")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SIGNS = frozenset("≥≤><=＝") | {
    ">=",
    "<=",
    "==",
    "定性",
    "定量",
    "区间",
    "正向",
    "反向",
    "逆向",
    "正向指标",
    "反向指标",
    "等于",
    "大于",
    "小于",
    "大于等于",
    "小于等于",
}
_DASHES = frozenset({"—", "-", "--", "——", "/", "－", "\\", "无"})
# What a reading costs when a column stays blank that other rows fill.
_MISSING = {
    "name": 8,
    "weight": 5,
    "target": 3,
    "score": 4,
    "actual": 3,
    "sign": 3,
    "measure_unit": 3,
    "rule": 2,
    "history": 2,
    "bands": 2,
}
_REACH = 7  # columns a text may have slid
CLEAR = 4  # a reading must be better by this much to displace the printed one
_CLOSE = 2  # readings that cost no more than this above the best are possible, too


@dataclass(frozen=True, slots=True)
class Reading:
    """The column of each text of a row, and how badly they fit."""

    columns: tuple[int, ...]
    cost: int


def printed(texts: Sequence[tuple[int, str]], header: Mapping[int, str], usual: frozenset[str]) -> Reading:
    """The row as it stands. ``texts`` are (grid column, text) from left to right, ``usual`` the fields most rows fill."""
    places = tuple(column for column, _ in texts)
    return Reading(places, _cost(places, [text for _, text in texts], header, usual))


def readings(
    texts: Sequence[tuple[int, str]], header: Mapping[int, str], usual: frozenset[str], margin: int = CLEAR
) -> tuple[Reading, ...]:
    """The possible readings of a row, best first; only the printed one when no other fits better by ``margin``.

    With a margin below ``CLEAR`` the printed reading stays among the possible ones.
    """
    stands = printed(texts, header, usual)
    if stands.cost < margin:
        return (stands,)
    found: dict[tuple[int, ...], int] = {}
    words = [text for _, text in texts]
    for places, moves in _moves([column for column, _ in texts], header):
        cost = _cost(places, words, header, usual) + moves
        if cost < found.get(places, cost + 1):
            found[places] = cost
    best = min(found.values(), default=stands.cost)
    if stands.cost - best < margin:
        return (stands,)
    close = [Reading(places, cost) for places, cost in found.items() if cost <= best + _CLOSE]
    if stands.cost - best < CLEAR and stands not in close:
        close.append(stands)
    return tuple(sorted(close, key=lambda one: (one.cost, one.columns)))


def _moves(places: Sequence[int], header: Mapping[int, str]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Every way to move the front part and the rest of a row by a fixed number of columns each, and what the moving costs."""
    last, reach = max(header), range(-_REACH, _REACH + 1)
    for rest in reach:
        for cut in range(len(places)):
            for front in reach if cut else (rest,):
                moved = tuple(p + (front if i < cut else rest) for i, p in enumerate(places))
                if (cut and front == rest) or moved[0] < 0 or moved[-1] > last:
                    continue
                if cut and moved[cut] <= moved[cut - 1]:
                    continue
                yield moved, 1 if not cut else (2 if front == 0 else 3)


def _cost(places: Sequence[int], texts: Sequence[str], header: Mapping[int, str], usual: frozenset[str]) -> int:
    cost, filled = 0, set()
    at: dict[str, str] = {}
    for place, text in zip(places, texts, strict=True):
        field = header.get(place, "")
        filled.add(field.split(":")[0])
        at[field] = text
        cost += misfit(field, text)
    # Duties and activities stand on rows of their own: those miss nothing.
    if "activity" not in filled or filled & {"name", "bands", "target"}:
        cost += sum(price for field, price in _MISSING.items() if field in usual and field not in filled)
    if "level1" in filled and "level2" not in filled and "level2" in header.values():
        cost += 3
    weight, score = number(at.get("weight")), number(at.get("score"))
    if weight is not None and score is not None and score > weight:
        cost += 2
    return cost


@cache
def misfit(field: str, text: str) -> int:
    """How badly a text fits a column, from 0 (as expected) to 8 (impossible)."""
    folded = fold(text)
    plain = number(text) is not None
    quantity = plain or bool(_QUANTITY.match(folded))
    match field.split(":")[0]:
        case "":
            return 8
        case "label":
            return 0 if labels.field_of(text) == "label" else 8
        case "serial":
            return 0 if folded.isdecimal() else 6
        case "level1":
            return _level(folded, quantity, labels.is_first(text), labels.is_second(text))
        case "level2":
            return _level(folded, quantity, labels.is_second(text), labels.is_first(text))
        case "name" | "level3":
            if plain or quantity or not _CHINESE.search(folded):
                return 8 if plain else 6
            if _RULE.search(folded):
                return 5
            return 5 if text.strip().endswith("指标") and (labels.is_first(text) or labels.is_second(text)) else 0
        case "weight" | "level1_weight" | "level2_weight":
            return 0 if plain else (1 if folded in _DASHES else 8)
        case "score":
            return 0 if plain else (1 if folded in _DASHES else 8)
        case "coefficient" | "budget":
            return 0 if plain or folded in _DASHES else 5
        case "sign":
            return 0 if folded in _SIGNS or folded in _DASHES else 7
        case "measure_unit":
            return (
                7 if plain else (0 if len(folded) <= 8 and not folded[:1].isdecimal() and folded not in _SIGNS else 4)
            )
        case "core":
            return 0 if folded in ("是", "否", "√", "×") or folded in _DASHES else 5
        case "likelihood":
            return 0 if "能" in folded or folded in _DASHES else 4
        case "target" | "actual" | "initial_target" | "forecast" | "history" | "bands":
            return 5 if folded in _SIGNS or _RULE.search(folded) else (2 if len(folded) > 60 else 0)
        case "deviation" | "rule" | "basis" | "goal" | "activity" | "description":
            return 5 if plain else (3 if quantity else 0)
        case "standard":
            return 4 if quantity else 0
        case _:
            return 1


def _level(folded: str, quantity: bool, here: bool, elsewhere: bool) -> int:
    if here:
        return 0
    if quantity or len(folded) > 24:
        return 8
    return 4 if elsewhere else 2
