"""What is given in proportion or in parts: 按完成比例得分, 按…占…的比例, 按线性插值, 分别得100%、80%, 占40%, 各占一半."""

from dataclasses import dataclass, replace
from fractions import Fraction

from hengjian.rules.grammar.formulas import calculates, formula_from, role_of
from hengjian.rules.grammar.items import (
    Amount,
    Calc,
    Fixed,
    Formula,
    Full,
    Item,
    Mean,
    Name,
    Number,
    Points,
    Range,
    Ratio,
    Remark,
    Share,
    Spread,
    Step,
    Straight,
    Term,
)
from hengjian.rules.grammar.line import ENDS, TIME_NOUNS, Line
from hengjian.rules.grammar.points import amount_at
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Op


def read_proportion(line: Line, at: int) -> tuple[Item, int] | None:
    """按完成比例得分, 按未完成比例扣分, 按80%计分, 按线性插值计分, 按“a/b×分值”计算得分, 超过100%按100%计."""
    kind = line.kind(at)
    if kind == "line":
        return Straight(line.span(at, at + 1)), line.skip(at + 1, "scored", "earn")
    if kind in ("shortratio", "overratio", "ratio") and line.kind(at + 1) in ("deduct", "earn", "scored"):
        done = "deduct" if line.kind(at + 1) == "deduct" else "done"
        if line.kind(at + 1) == "earn" and line.kind(at + 2) == "num":
            return None
        return Ratio(
            {"shortratio": "short", "overratio": "over"}.get(kind, done), line.word(at), line.span(at, at + 2)
        ), at + 2
    if kind == "deduct" and (taken := _share_taken(line, at)) is not None:
        return taken
    if kind != "by" and not (kind == "separately" and line.kind(at + 1) == "by"):
        return None
    if line.kind(at + 1) == "full" and line.kind(at + 2) in ("earn", "scored") and line.kind(at + 3) in _AFTER:
        return Full(line.span(at, at + 3)), at + 3  # 按满分计
    start = at
    at = at + 1 if kind == "separately" else at
    end = at + 1
    depth = 0
    while end < line.n and end - at < 40:
        kind = line.kind(end)
        if kind in ENDS or (
            kind in ("zero", "full", "every", "else")
            and depth == 0
            and not (kind == "full" and line.kind(end + 1) in ("de", "op", "weight"))
        ):
            return None
        if kind == "op":
            depth += {"(": 1, ")": -1}.get(line.word(end), 0)
        if depth <= 0 and (kind in ("scored", "deduct") or (kind == "earn" and _earn_ends(line, end))):
            break
        if kind == "human":
            return None
        if kind == "line":
            break
        if kind == "comma" and depth <= 0:
            following = line.kind(line.skip(end + 1, "text", "det"))
            if not (
                following in ("scored", "deduct")
                or (
                    following == "earn"
                    and line.word(line.skip(end + 1, "text", "det")) in ("计分", "得分", "赋分", "给分")
                )
            ):
                return None
        end += 1
    if end >= line.n or end - at >= 40:
        return None
    return _by_inside(line, start, at + 1, end)


def _share_taken(line: Line, at: int) -> tuple[Item, int] | None:
    """扣减未完成比例相应的分值, 扣除缺额占目标值比例对应的分数: the verb stands in front of the share it takes."""
    end = at + 1
    while line.kind(end) in _SHARE_WORDS or "占" in line.word(end) or line.word(end) in ("所占", "部分"):
        end += 1
    kinds = {line.kind(k) for k in range(at + 1, end)}
    if line.kind(end) != "weight" or not kinds & {"shortratio", "overratio", "shortfall", "excess", "ratio"}:
        return None
    if "det" not in kinds and not line.word(end).startswith(("相应", "对应")):
        return None
    text = "".join(line.word(k) for k in range(at + 1, end))
    way = "over" if kinds & {"overratio", "excess"} else "short" if kinds & {"shortratio", "shortfall"} else "deduct"
    return Ratio(way, text, line.span(at, end + 1)), end + 1


_SHARE_WORDS = frozenset(
    {"shortratio", "overratio", "shortfall", "excess", "ratio", "target", "actual", "de", "det", "lt", "reach"}
)


def _earn_ends(line: Line, at: int) -> bool:
    if line.word(at) in ("得分", "计分", "赋分", "给分", "记分", "计", "评分", "打分", "分值为"):
        return (
            line.kind(at + 1) not in ("num", "weight", "text", "noun")
            or (line.kind(at + 1) == "num" and line.word(at) != "计")
            or (line.kind(at + 1) == "text" and line.word(at + 1) in ("扣", "即可"))
        )
    return line.word(at) in ("得", "给", "赋") and (
        line.kind(at + 1) in ("comma", "sep", "weight", "det", "") and line.kind(at + 1) != "num"
    )


# what may stand beside a number of points that is given as it is (按该项分值5分计)
_PLAIN = frozenset({"num", "weight", "det", "de", "full", "base", "eq"})
_AFTER = frozenset({"", "comma", "sep", "enum", "dun"})
_HOW = frozenset({"直接", "据实", "相应", "统一", "同步", "逐一", "予以", "进行", "直接进行"})


@dataclass(frozen=True, slots=True)
class _Manner:
    """``按…计分``: what is said between 按 and the verb at ``last``, and the place ``end`` behind the verb."""

    start: int
    first: int
    last: int
    inside: range
    end: int
    deduct: bool
    kinds: tuple[str, ...]
    text: str
    numbers: tuple[int, ...]


def _by_inside(line: Line, start: int, first: int, last: int) -> tuple[Item, int] | None:
    """What ``按…计分`` gives, from what is said inside: a formula, a number, one thing over another, or a rate."""
    deduct = line.kind(last) == "deduct"
    if deduct and (told := _by_count(line, start, first, last)) is not None:
        return told
    said = _manner(line, start, first, last)
    end = said.end
    if deduct and line.kind(end) == "cmp":
        return None
    if line.kind(last) == "line" or "line" in said.kinds:
        return Straight(line.span(start, max(end, last + 1))), line.skip(max(end, last + 1), "scored", "earn")
    if any(line.kind(k) == "op" and line.word(k) in "*/" for k in said.inside):
        return _by_formula(line, said)
    if line.kind(end) == "colon" and line.kind(end + 1) in ("earn", "deduct"):
        return Remark("ratio", said.text, line.span(start, end)), end + 1
    if (behind := _formula_behind(line, said)) is not None:
        return behind
    if len(said.numbers) == 1:
        if line.t[said.numbers[0]].unit == "分" and not deduct:
            return _by_points(line, said)
        if (found := _compared_with(line, said) or _by_percent(line, said)) is not None:
            return found
    if "占" in said.text and any(kind in ("ratio", "text") for kind in said.kinds):
        return _share_of(line, start, first, last, end, deduct)
    if not said.numbers:
        return _by_rate(line, said)
    return _by_rate_times(line, said) if len(said.numbers) == 1 and deduct else None


def _by_rate_times(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按超出比例的2倍扣分."""
    times = line.t[said.numbers[0]]
    found = _by_rate(line, said) if times.unit == "倍" else None
    if found is None or not isinstance(found[0], Ratio) or found[0].kind not in ("short", "over"):
        return None
    return replace(found[0], times=times.value), found[1]


def _manner(line: Line, start: int, first: int, last: int) -> _Manner:
    deduct = line.kind(last) == "deduct"
    stop = last
    while stop > first + 1 and line.word(stop - 1) in _HOW:
        stop -= 1  # 按完成率直接折算得分: how it is done says nothing
    end = line.skip(last + 1, "earn", "scored", "weight", "det")
    if line.kind(last + 1) == "earn" and line.kind(last + 2) in ("num", "full", "cmp"):
        end = last + 1
    if line.kind(end - 1) == "earn" and end > last + 1 and line.kind(end) in ("cmp", "colon") and not deduct:
        end -= 1
    inside = range(first, stop)
    return _Manner(
        start,
        first,
        last,
        inside,
        end,
        deduct,
        kinds=tuple(line.kind(k) for k in inside),
        text="".join(line.word(k) for k in inside),
        numbers=tuple(k for k in inside if line.kind(k) == "num"),
    )


def _by_formula(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按“实际数/计划数×分值”计分."""
    found = formula_from(line, said.start, said.first, said.last, said.deduct)
    if found is None or line.skip(found[1], "de", "comma", "text", "ratio", "weight") < said.last:
        return None
    return replace(found[0], span=line.span(said.start, said.end)), said.end


def _formula_behind(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按完成比例得分（实际数/计划数×分值）: the formula stands behind the words for it."""
    end = said.end
    if line.kind(end) not in ("op", "colon") or line.word(end) not in ("(", ":") or not calculates(line, end + 1):
        return None
    stop = end + 1
    while stop < line.n and line.word(stop) != ")" and line.kind(stop) not in ENDS:
        stop += 1
    found = formula_from(line, said.start, end + 1, stop, said.deduct)
    if found is None or found[1] < stop:
        return None
    return replace(found[0], span=line.span(said.start, min(stop + 1, line.n))), stop + 1


def _by_points(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按该项分值5分计."""
    if not _PLAIN.issuperset(said.kinds):
        return None  # 按办结率的6分计算: what is done with the rate is not understood
    return Points(line.t[said.numbers[0]].value, line.span(said.start, said.end)), said.end


def _by_percent(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按80%计分, 按分值的20%扣分."""
    token, place = line.t[said.numbers[0]], line.span(said.start, said.end)
    if token.unit != "%" or "base" in said.kinds or not all(kind in _PLAIN or kind == "text" for kind in said.kinds):
        return None
    if said.deduct:
        return Fixed(Amount(token.value, "%", True), False, place), said.end
    return Share(token.value, place), said.end


def _by_rate(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按完成比例得分, 按未完成比例扣分, 按超支率扣分."""
    kinds, text, place = said.kinds, said.text, line.span(said.start, said.end)
    if "shortratio" in kinds or "shortfall" in kinds:
        return Ratio("short", text, place), said.end
    if "overratio" in kinds or "excess" in kinds:
        return Ratio("over", text, place), said.end
    if "ratio" in kinds or text.endswith(("率", "度", "比例", "进度")) or "actual" in kinds:
        if "late" in kinds or "lateness" in kinds:
            return None
        if not said.deduct:
            return Ratio("done", text, place), said.end
        way = "over" if "over" in kinds or "gt" in kinds else "short" if "lt" in kinds or "short" in kinds else "deduct"
        return Ratio(way, text, place), said.end
    if "target" in kinds and line.kind(said.last) in ("scored", "earn"):
        return Remark("capratio", text, place), said.end
    return None


def _by_count(line: Line, start: int, first: int, last: int) -> tuple[Item, int] | None:
    """按逾期天数扣分，每天0.2分: the price stands behind the comma, its verb was said before."""
    text = "".join(line.word(k) for k in range(first, last))
    every = line.skip(last + 1, "comma", "colon")
    if not text.endswith("数") or every == last + 1 or line.kind(every) != "every":
        return None
    late = line.kind(first) == "lateness" or line.kind(first) == "late"
    end = every + 1
    size: Token | None = None
    noun = ""
    while line.kind(end) in ("text", "noun", "num", "late", "short", "rise") and not line.is_points(end):
        size = line.t[end] if line.kind(end) == "num" else size
        noun += line.word(end) if line.kind(end) in ("text", "noun") else ""
        end += 1
    end = line.skip(end, "comma", "deduct")
    got = amount_at(line, end)
    if got is None or got[1] is not None:
        return None
    if size is None and noun in TIME_NOUNS:
        size = Token("num", noun, line.t[every].start, line.t[every].end, Fraction(1), TIME_NOUNS[noun])
    if not late and size is None and not noun:
        return None
    way = "late" if late else ""
    return Step(way, "deduct", size, got[0], noun, line.span(start, got[2]), words="每"), got[2]


def _compared_with(line: Line, said: _Manner) -> tuple[Item, int] | None:
    """按实际节约率与5%的比值计分: the first over the number."""
    first, number = said.first, said.numbers[0]
    if said.deduct or "ratio" not in said.kinds:
        return None
    if number <= first or not line.word(number - 1).endswith(("与", "和", "同")):
        return None
    text = "".join(line.word(k) for k in range(first, number))[:-1]
    if not text or line.t[number].unit == "分":
        return None
    name = Name(text, role_of(text, [line.kind(k) for k in range(first, number)]), line.span(first, number))
    weight = Name("分值", "weight", line.span(number, number + 1))
    body = Calc(Op.MUL, Calc(Op.DIV, name, Number(line.t[number])), weight)
    return Formula(body, False, line.span(said.start, said.end)), said.end


def _share_of(line: Line, start: int, first: int, last: int, end: int, deduct: bool) -> tuple[Item, int] | None:
    """按达标数占总数的比例得分: the first over the second; 按缺口占计划的比例扣分: the missing share."""
    cut = next((k for k in range(first, last) if "占" in line.word(k)), None)
    if cut is None:
        return None
    before, _, after = line.word(cut).partition("占")
    left_text = "".join(line.word(k) for k in range(first, cut)) + before
    right: Term | None = None
    numbers = [k for k in range(cut + 1, last) if line.kind(k) == "num"]
    if len(numbers) == 1:
        right = Number(line.t[numbers[0]])
    elif not numbers:
        words = "".join(line.word(k) for k in range(cut + 1, last) if line.kind(k) not in ("ratio",))
        kinds_right = [line.kind(k) for k in range(cut, last) if line.kind(k) != "ratio"]
        right_text = (after + words).removesuffix("的").removesuffix("比例").removesuffix("的")
        right = Name(right_text, role_of(right_text, kinds_right), line.span(cut, last))
    if right is None:
        return None
    kinds = [line.kind(k) for k in range(first, cut + 1)]
    if deduct and ("shortfall" in kinds or "shortratio" in kinds or "lt" in kinds):
        return Ratio("short", left_text, line.span(start, end)), end
    if deduct and ("excess" in kinds or "overratio" in kinds or "over" in kinds or "gt" in kinds):
        return Ratio("over", left_text, line.span(start, end)), end
    left = Name(left_text, role_of(left_text, kinds), line.span(first, cut + 1))
    body = Calc(Op.MUL, Calc(Op.DIV, left, right), Name("分值", "weight", line.span(cut, last)))
    return Formula(body, deduct, line.span(start, end)), end


def read_spread(line: Line, at: int) -> tuple[Item, int] | None:
    """分别(按…)(得)100%、85%、70%、0(计分)."""
    if line.kind(at) != "separately":
        return None
    first = at + 1
    while line.kind(first) in _BEFORE_SPREAD and first - at < 12:
        first += 1
    given, stop = _given(line, first)
    if len(given) < 2:
        return None
    tokens = [token for one in reversed(given) for token in (one.last, one.first) if token is not None]
    unit = next((token.unit for token in tokens if token.unit), "")
    percent = any(token.unit == "%" for token in tokens)
    if not percent and unit not in ("分", ""):
        return None
    if line.kind(stop) in ("weight", "scored", "earn", "de", "human"):
        stop = line.skip(stop, "weight", "scored", "earn", "de", "human", "text")
    span = line.span(at, stop)
    return Spread(tuple(_worth(given, place, percent, span) for place in range(len(given))), span), stop


_BEFORE_SPREAD = frozenset(
    {"by", "det", "weight", "de", "earn", "text", "eq", "between", "noun", "separately", "base", "deduct", "full"}
)


@dataclass(frozen=True, slots=True)
class _Given:
    """One of several consequences in a row: a number, or a range from ``first`` to ``last``, marked （含） at its last end."""

    first: Token
    last: Token | None = None
    included: bool = False


def _given(line: Line, at: int) -> tuple[list[_Given], int]:
    """The numbers of a list, 100%、80%-60%（含）和0, and the place behind it."""
    out: list[_Given] = []
    while line.kind(at) == "num":
        one, at = _given_one(line, at)
        out.append(one)
        joined = line.kind(at) in ("dun", "comma", "and") or (
            line.kind(at) == "text" and line.word(at) in ("和", "及", "与")
        )
        if joined and line.kind(at + 1) == "num":
            at += 1
    return out, at


def _given_one(line: Line, at: int) -> tuple[_Given, int]:
    first, end = line.t[at], at + 1
    if line.kind(end) == "incl":
        end += 1
    if line.kind(end) != "range" or line.kind(end + 1) != "num":
        return _Given(first), end
    last, end = line.t[end + 1], end + 2
    if line.kind(end) in ("incl", "excl"):
        return _Given(first, last, line.kind(end) == "incl"), end + 1
    if line.word(end) == "(" and "含" in line.word(end + 1):
        while end < line.n and line.word(end) != ")":
            end += 1
        return _Given(first, last, True), end + 1
    return _Given(first, last), end


def _worth(given: list[_Given], place: int, percent: bool, span: tuple[int, int]) -> Share | Points | Range:
    """One of the consequences; a range ends where the one before begins."""
    one = given[place]
    if one.last is None:
        share = percent and one.first.unit != "分"
        return Share(one.first.value, span) if share else Points(one.first.value, span)
    low, high = sorted((one.first.value, one.last.value))
    return Range(
        low,
        high,
        "%" if percent else "分",
        span,
        low_incl=one.included or low == 0 or place + 1 == len(given),
        high_incl=place == 0 or not given[place - 1].included,
    )


def read_part_share(line: Line, at: int) -> tuple[Item, int] | None:
    """占40%, 各占50%, 各占一半."""
    kind = line.kind(at)
    if (kind == "text" and line.word(at).endswith("各占")) or (
        kind == "separately" and line.word(at) in ("各占", "占", "各", "分别占")
    ):
        if line.kind(at + 1) == "num" and line.t[at + 1].unit in ("%", "分"):
            end = line.skip(at + 2, "weight") if line.kind(at + 2) == "weight" else at + 2
            if line.t[at + 1].unit == "分":
                return Points(line.t[at + 1].value, line.span(at, end), each=line.word(at).startswith("各")), end
            return Mean(line.t[at + 1].value, line.span(at, end)), end
        if line.word(at + 1) in ("一半", "半"):
            return Mean(None, line.span(at, at + 2)), at + 2
    if kind == "separately" and line.word(at) == "各占一半":
        return Mean(None, line.span(at, at + 1)), at + 1
    return None
