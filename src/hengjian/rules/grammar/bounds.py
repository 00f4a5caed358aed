"""Bounds in conditions: ≥95%, 低于10%（含）, 80%（含）以上90%以下, 超出5天以内, 低于目标值3个百分点, ±3%以内."""

from dataclasses import dataclass, replace
from fractions import Fraction

from hengjian.rules.grammar.items import Bound
from hengjian.rules.grammar.line import Phrase
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Sign
from hengjian.values.units import convert

_SIGNS = {
    "ge": Sign.GE,
    "gt": Sign.GT,
    "le": Sign.LE,
    "lt": Sign.LT,
    "eq": Sign.EQ,
    "ne": Sign.NE,
    "reach": Sign.GE,
    "notover": Sign.LE,
    "over": Sign.GT,
}
_FLIPPED = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}
MEASURE = frozenset(
    {
        "text",
        "noun",
        "var",
        "actual",
        "ratio",
        "late",
        "early",
        "some",
        "deviate",
        "rise",
        "short",
        "rate",
        "add",
        "every",
        "shortratio",
        "overratio",
        "none",
        "ontime",
        "over",
        "rank",
        "weight",
    }
)
_INSIDE = ("内", "之内", "以内")
_FILLER = frozenset({"de", "target", "text", "noun", "actual", "ratio", "earn", "det"})


_RANKED = frozenset({"个", "家", "所", "户"})  # 全市13个县区排名第一: how many are ranked is no place


def read_bounds(phrase: Phrase) -> list[Bound]:
    """All bounds from the first place that belongs to no formula."""
    out: list[Bound] = []
    at = phrase.first
    while at < phrase.n:
        found = _bound(phrase, at)
        if found is None:
            at += 1
            continue
        fresh, at = found
        out.extend(fresh)
    if any(bound.number is not None and bound.number.unit == "名次" for bound in out):
        out = [one for one in out if not (one.bare and one.number is not None and one.number.unit in _RANKED)]
    if len(out) > 1 and any(bound.number is not None and bound.number.percent for bound in out):
        out = [one for one in out if not _names_month(phrase, one)]
    return out


def _names_month(phrase: Phrase, bound: Bound) -> bool:
    """12月预算完成率达到100%: whose rate it is, no length of time."""
    token = bound.number
    if token is None or not bound.bare or token.unit != "月" or not 1 <= token.value <= 12:
        return False
    return any(one is token and phrase.kind(at + 1) in ("text", "noun", "target") for at, one in enumerate(phrase.t))


def _bound(phrase: Phrase, at: int) -> tuple[list[Bound], int] | None:
    kind = phrase.kind(at)
    if kind == "num":
        return None if _from_last(phrase, at) else _from_number(phrase, at)
    if kind == "top":
        phrase.use(at, at + 1)
        return [Bound(Sign.LE, phrase.t[at], phrase.span(at, at + 1))], at + 1  # 前10名
    sign: Sign | None = None
    if kind == "cmp":
        sign = Sign(phrase.word(at))
    elif kind in _SIGNS:
        sign = _SIGNS[kind]
    if sign is None:
        return None
    end, target, of = at + 1, False, False
    if (
        kind in ("gt", "lt")
        and phrase.kind(at + 1) == "or"
        and phrase.kind(at + 2) in ("gt", "lt")
        and phrase.kind(at + 3) == "num"
    ):
        phrase.use(at, at + 4)  # 多于或少于4次
        return [Bound(Sign.NE, phrase.t[at + 3], phrase.span(at, at + 4), spoken=True)], at + 4
    while (
        end < phrase.n
        and (phrase.kind(end) in _FILLER or (kind == "over" and phrase.kind(end) == "reach"))
        and end - at < 5
    ):
        target = target or phrase.kind(end) == "target"
        of = phrase.kind(end) == "de" and phrase.kind(end - 1) in ("target",)
        end += 1
    average = next((phrase.word(k) for k in range(at + 1, min(end + 1, phrase.n)) if phrase.kind(k) == "average"), "")
    if average:
        stop = end + 1
        phrase.use(at, stop)
        return [Bound(sign, None, phrase.span(at, stop), spoken=kind != "cmp", average=average)], stop
    if kind == "eq" and of and phrase.kind(end) == "num" and (found := _from_number(phrase, end)) is not None:
        phrase.use(at, end)
        return [replace(bound, of_target=True) for bound in found[0]], found[1]  # 为目标值的100%-150%
    if phrase.kind(end) == "num" and (end == at + 1 or kind not in ("eq",)):
        return _compared(phrase, end, _Said(at, kind, sign, target, of))
    if phrase.kind(end) in ("cmp",) and kind == "reach":
        return None
    if target:
        stop = max(k for k in range(at + 1, end) if phrase.kind(k) == "target") + 1
        after = phrase.kind(stop)
        phrase.use(at, stop)
        if after == "incl":
            sign = _marked(sign, "incl")
            phrase.use(stop, stop + 1)
            stop += 1
        elif after == "down" and kind in ("notover", "le", "eq", "reach", "gt"):
            sign = Sign.LE
            phrase.use(stop, stop + 1)
            stop += 1
        return [Bound(sign, None, phrase.span(at, stop), spoken=kind != "cmp", reach=kind == "reach")], stop
    return None


def _from_last(phrase: Phrase, at: int) -> bool:
    """排名后三位, 倒数2名: counted from the last, of how many is not said here."""
    last = phrase.kind(at - 1) == "after" or phrase.word(at - 1).endswith(("倒数", "最后", "末"))
    return last and phrase.t[at].unit in ("人", "名次")


@dataclass(frozen=True, slots=True)
class _Said:
    """A sign or word of comparison at ``at`` and what it says before its number.

    ``target``: the target stands between (低于目标值), ``of`` as that of which the number is a share (目标值的80%). ``gap`` and
    ``moved`` as in ``Bound``.
    """

    at: int
    kind: str
    sign: Sign
    target: bool
    of: bool
    gap: str = ""
    moved: bool = False

    @property
    def spoken(self) -> bool:
        return self.kind != "cmp"


def _compared(phrase: Phrase, number: int, said: _Said) -> tuple[list[Bound], int]:
    """``sign number`` with its marks: 低于10%（含）, 达到95%以上, 控制在95%-105%, 超出5天以内, 低于目标值3个百分点."""
    token = phrase.t[number]
    if token.both:
        return _about(phrase, number, said)
    said = _as_distance(phrase, token, said)
    mark, end = _mark(phrase, number + 1)
    if phrase.kind(end) == "range" and phrase.kind(end + 1) == "num":
        return _from_to(phrase, number, mark, end + 1, said)
    suffix, sign = phrase.kind(end), said.sign
    if suffix in ("up", "down"):
        if suffix == "down" and (within := _within(said)):
            return _up_to(phrase, token, end, said.at, within)
        sign = _turned(said, suffix)
        again, end = _mark(phrase, end + 1)
        mark, end = again or mark, _bracket(phrase, end)
    elif said.gap == "short" and sign is Sign.LT:
        sign = Sign.GT  # 低于目标值3个百分点: the distance is more than 3
    elif phrase.word(end) == "(" and "含" in phrase.word(end + 1):
        mark = "excl" if "不含" in phrase.word(end + 1) else "incl"
        end = _bracket(phrase, end)
    phrase.use(said.at, end)
    bound = Bound(
        _marked(sign, mark),
        token,
        phrase.span(said.at, end),
        reach=said.kind == "reach" and suffix != "up",
        gap=said.gap,
        of_target=said.of,
        spoken=said.spoken,
        moved=said.moved,
    )
    return [bound], end


def _about(phrase: Phrase, number: int, said: _Said) -> tuple[list[Bound], int]:
    """A number to both sides: 不超过±5%以内, 超出±3%."""
    mark, end = _mark(phrase, number + 1)
    end = end + 1 if phrase.kind(end) in ("down", "between", "up") else end
    phrase.use(said.at, end)
    if said.kind in ("gt", "over", "ge") or (said.kind == "cmp" and said.sign in (Sign.GT, Sign.GE)):
        sign = Sign.GT if said.kind == "over" else said.sign
    else:
        sign = Sign.LT if mark == "excl" or said.sign is Sign.LT else Sign.LE
    return [Bound(sign, phrase.t[number], phrase.span(said.at, end))], end


def _as_distance(phrase: Phrase, token: Token, said: _Said) -> _Said:
    """Whether the number is how far it is from the target (低于目标值3个百分点, 超出5天), or from where it was (下降超过5%)."""
    kind, gap, of = said.kind, "", said.of
    beyond = said.target or kind == "over" or phrase.word(said.at) in ("超出", "超", "高出", "多出")
    if kind in ("gt", "over") and beyond and not of:
        gap = "over"
    elif kind == "lt" and said.target and not of:
        gap = "short"
    before = phrase.kind(said.at - 1)
    moved = kind == "gt" and not said.target and before in ("short", "rise") and len(phrase.word(said.at - 1)) > 1
    if moved:
        gap = "short" if before == "short" else "over"  # 下降超过5个百分点, 减少超过10门
    if gap and token.unit == "%" and said.target and token.value >= (100 if gap == "over" else 50):
        gap, of = "", True  # 超过目标值130% is 1.3 times the target, not 2.3 times
    return replace(said, gap=gap, of=of, moved=moved) if (gap, of, moved) != (said.gap, said.of, said.moved) else said


def _from_to(phrase: Phrase, number: int, mark: str, last: int, said: _Said) -> tuple[list[Bound], int]:
    """``sign number-number``: 控制在95%-105%（含）之间."""
    first, second = phrase.t[number], phrase.t[last]
    end_mark, stop = _mark(phrase, last + 1)
    if phrase.kind(stop) == "between" or (phrase.kind(stop) == "down" and phrase.word(stop) in _INSIDE):
        stop += 1
    phrase.use(said.at, stop)
    low, high = (first, second) if _sized(first) <= _sized(second, first.unit) else (second, first)
    low_mark, high_mark = (mark, end_mark) if low is first else (end_mark, mark)
    low = replace(low, unit=low.unit or second.unit)
    high = replace(high, unit=high.unit or first.unit or second.unit)
    place = phrase.span(said.at, stop)
    return [
        Bound(_marked(Sign.GE, low_mark), low, place, gap=said.gap, of_target=said.of, spoken=said.spoken),
        Bound(_marked(Sign.LE, high_mark), high, place, gap=said.gap, of_target=said.of, spoken=said.spoken),
    ], stop


def _within(said: _Said) -> str:
    """Which distance ends at a number with 以内 (超出5天以内, 低于目标值3个百分点以内); "" where the number is a level."""
    if said.kind in ("gt", "over"):
        return "over"
    return "short" if said.kind == "lt" and said.gap == "short" else ""


def _up_to(phrase: Phrase, token: Token, suffix: int, at: int, gap: str) -> tuple[list[Bound], int]:
    """A distance of more than nothing and no more than a number."""
    end = suffix + 1
    phrase.use(at, end)
    place = phrase.span(at, end)
    return [
        Bound(Sign.GT, replace(token, value=Fraction(0)), place, gap=gap, spoken=True),
        Bound(Sign.LE, token, place, gap=gap, spoken=True),
    ], end


def _turned(said: _Said, suffix: str) -> Sign:
    """What 以上 or 以下 behind the number makes of the sign: 达到95%以上, 控制在5%以内."""
    if suffix == "down" and said.kind in ("reach", "notover", "eq", "le"):
        return Sign.LE
    if suffix == "up" and (said.kind in ("reach", "eq") or (said.gap and said.kind in ("gt", "over", "lt"))):
        return Sign.GE
    return said.sign


def _from_number(phrase: Phrase, at: int) -> tuple[list[Bound], int] | None:
    """85%(含)-95%, 95%以上, 80%(含)以上90%以下, 60%≤x, 3次, ±3%以内."""
    token = phrase.t[at]
    mark, end = _mark(phrase, at + 1)
    following = phrase.kind(end)
    if token.both and not (following == "range" and phrase.kind(end + 1) == "num"):
        end = end + 1 if following in ("down", "between") else end
        _, end = _mark(phrase, end)
        phrase.use(at, end)
        return [Bound(_marked(Sign.LE, mark), token, phrase.span(at, end))], end
    if (following == "range" and phrase.kind(end + 1) in ("num", "cmp")) or (
        following == "op" and phrase.word(end) == "-" and phrase.kind(end + 1) == "num"
    ):
        return _ranged(phrase, at, end, mark)
    of = phrase.kind(at - 1) == "de" and phrase.kind(at - 2) == "target"  # 目标值的60%≤完成值
    sign = _before_measure(phrase, at, end)
    if sign is Sign.EQ:
        return None
    if sign is not None:
        phrase.use(at, end + 1)
        return [Bound(sign, token, phrase.span(at, end + 1), of_target=of)], end + 1
    if (place := _placed(phrase, at, end)) is not None:
        return place
    if following in ("up", "down"):
        return _up_or_down(phrase, at, end, mark, of=of)
    phrase.use(at, end)
    return [Bound(Sign.EQ, token, phrase.span(at, end), bare=True)], end


def _before_measure(phrase: Phrase, at: int, end: int) -> Sign | None:
    """The sign between a number and the measure behind it, seen from the measure: 60%≤x, 85%小于等于满意度; None for none."""
    following = phrase.kind(end)
    if following == "cmp":
        return _FLIPPED[Sign(phrase.word(end))]
    measured = phrase.kind(end + 1) in MEASURE or (at == 0 and phrase.word(end + 1) == "得分")
    if following not in ("ge", "gt", "le", "lt") or not measured:
        return None
    opens = all(phrase.kind(k) in ("target", "de") for k in range(at))
    if (opens and following in ("ge", "le")) or any(phrase.kind(k) == "num" for k in range(end + 1, phrase.n)):
        return _FLIPPED[_SIGNS[following]]  # 85%小于等于满意度, 目标值的60%不高于完成值
    return None


def _placed(phrase: Phrase, at: int, end: int) -> tuple[list[Bound], int] | None:
    """Places of a ranking: 排名60%以后, 排名前30%, 第9名以后; None for other numbers."""
    token, following = phrase.t[at], phrase.kind(end)
    if following == "after" and token.unit == "%":
        start, end, sign = at, end + 1, Sign.GT
    elif token.unit == "%" and phrase.kind(at - 1) == "before" and following not in ("up", "down"):
        start, sign = at - 1, Sign.LE
    elif following == "after" and token.unit in ("名次", "人", "天"):
        start, end, sign = at, end + 1, Sign.GE
    else:
        return None
    phrase.use(start, end)
    return [Bound(sign, token, phrase.span(start, end), spoken=True, after=sign is Sign.GE)], end


def _up_or_down(phrase: Phrase, at: int, end: int, mark: str, *, of: bool) -> tuple[list[Bound], int]:
    """95%以上, 10%（含）以下, 第四名及以下, 减少10门以上."""
    token, following, said = phrase.t[at], phrase.kind(end), phrase.word(end)
    sign = Sign.GE if following == "up" else Sign.LE
    if token.unit == "名次" and not said.endswith(("内", "起", "后")):
        sign = _FLIPPED[sign]  # 第四名及以下 is the fourth and what comes after
    again, stop = _mark(phrase, end + 1)
    stop = _bracket(phrase, stop)
    if (again or mark) == "excl" and "含" not in said:
        sign = _marked(sign, "excl")
    phrase.use(at, stop)
    gap, moved = _moved_by(phrase, at)
    return [Bound(sign, token, phrase.span(at, stop), spoken=True, gap=gap, moved=moved, of_target=of)], stop


def _moved_by(phrase: Phrase, at: int) -> tuple[str, bool]:
    """下降, 上浮 right in front of a number: which way it is a distance, and whether from where is left open.

    目标值下浮5%, 较计划减少10% start at the target, and what 浮s can only float about it.
    """
    kind, word = phrase.kind(at - 1), phrase.word(at - 1)
    if kind == "text" and len(word) <= 2 and at == 2 and phrase.word(0) in ("缺", "少", "漏"):
        return "short", False  # 缺巡6次以上: so many are missing
    if kind not in ("short", "rise") or len(word) < 2:
        return "", False
    told = phrase.kind(at - 2) == "target" or phrase.word(at - 2) in ("计划", "预算", "任务")
    return "short" if kind == "short" else "over", not told and word not in ("下浮", "上浮")


def _ranged(phrase: Phrase, at: int, dash: int, mark: str) -> tuple[list[Bound], int]:
    first = phrase.t[at]
    gap, moved = _moved_by(phrase, at)
    number = dash + 1
    strict = False
    if phrase.kind(number) == "cmp":
        strict = phrase.word(number) in ("<", ">")
        number += 1
    second = phrase.t[number] if number < phrase.n and phrase.kind(number) == "num" else first
    end_mark, end = _mark(phrase, number + 1)
    if phrase.kind(end) == "between" or (
        phrase.kind(end) == "down" and phrase.word(end) in (*_INSIDE, "以下", "及以下")
    ):
        end += 1
    again, end = _mark(phrase, end)
    end_mark = again or end_mark
    unit = first.unit or second.unit
    scale = first.scale or (second.scale if not first.unit else "")
    first = replace(first, unit=unit, scale=scale)
    second = replace(second, unit=second.unit or unit)
    low, high = (first, second) if _sized(first) <= _sized(second, first.unit) else (second, first)
    low_mark, high_mark = (mark, end_mark or ("excl" if strict else "")) if low is first else (end_mark, mark)
    phrase.use(at, end)
    # one end marked （含）: the other one belongs to the neighbour, which the order of the bands decides (C6)
    return [
        Bound(_marked(Sign.GE, low_mark), low, phrase.span(at, end), gap=gap, moved=moved),
        Bound(_marked(Sign.LE, high_mark), high, phrase.span(at, end), gap=gap, moved=moved),
    ], end


def _mark(phrase: Phrase, at: int) -> tuple[str, int]:
    """（含） or （不含） at a place as ``incl`` or ``excl``, "" for neither, and the place behind it."""
    kind = phrase.kind(at)
    return (kind, at + 1) if kind in ("incl", "excl") else ("", at)


def _marked(sign: Sign, mark: str) -> Sign:
    """The sign after a mark: 低于10%（含） is ≤, 95%以上（不含） is >."""
    if mark == "incl":
        return {Sign.LT: Sign.LE, Sign.GT: Sign.GE}.get(sign, sign)
    return {Sign.LE: Sign.LT, Sign.GE: Sign.GT}.get(sign, sign) if mark == "excl" else sign


def _bracket(phrase: Phrase, at: int) -> int:
    """Skip ``(含25个)``."""
    if phrase.word(at) == "(" and phrase.kind(at + 1) == "text" and "含" in phrase.word(at + 1):
        close = at
        while close < phrase.n and phrase.word(close) != ")":
            close += 1
        return close + 1
    return at


def _sized(token: Token, unit: str = "") -> Fraction:
    """The number without its scale, in another unit where that is possible (30分钟至1小时)."""
    plain = token.value * {"": 1, "万": 10_000, "亿": 100_000_000}[token.scale]
    if not unit or not token.unit or token.unit == unit:
        return plain
    converted = convert(plain, token.unit, unit)
    return plain if converted is None else converted
