"""Bounds in conditions: ≥95%, 低于10%（含）, 80%（含）以上90%以下, 超出5天以内, 低于目标值3个百分点, ±3%以内."""

from dataclasses import replace
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
    return out


def _bound(phrase: Phrase, at: int) -> tuple[list[Bound], int] | None:
    kind = phrase.kind(at)
    if kind == "num":
        return None if _from_last(phrase, at) else _from_number(phrase, at)
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
        return _compared(phrase, at, end, sign, target, of)
    if phrase.kind(end) in ("cmp",) and kind == "reach":
        return None
    if target:
        stop = max(k for k in range(at + 1, end) if phrase.kind(k) == "target") + 1
        after = phrase.kind(stop)
        phrase.use(at, stop)
        if after == "incl":
            sign = {Sign.LT: Sign.LE, Sign.GT: Sign.GE}.get(sign, sign)
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


def _compared(phrase: Phrase, at: int, number: int, sign: Sign, target: bool, of: bool) -> tuple[list[Bound], int]:
    """``sign number`` with its marks: 低于10%（含）, 达到95%以上, 控制在95%-105%, 超出5天以内, 低于目标值3个百分点."""
    kind, token, end = phrase.kind(at), phrase.t[number], number + 1
    if token.both:
        mark = phrase.kind(end)
        end = end + 1 if mark in ("incl", "excl") else end
        end = end + 1 if phrase.kind(end) in ("down", "between", "up") else end
        phrase.use(at, end)
        beyond = kind in ("gt", "over", "ge") or (kind == "cmp" and sign in (Sign.GT, Sign.GE))
        near = Sign.LT if mark == "excl" or sign is Sign.LT else Sign.LE
        return [Bound((Sign.GT if kind == "over" else sign) if beyond else near, token, phrase.span(at, end))], end
    gap = ""
    if (
        kind in ("gt", "over")
        and (target or kind == "over" or phrase.word(at) in ("超出", "超", "高出", "多出"))
        and not of
    ):
        gap = "over"
    elif kind == "lt" and target and not of:
        gap = "short"
    before = phrase.kind(at - 1)
    moved = kind == "gt" and not target and before in ("short", "rise") and len(phrase.word(at - 1)) > 1
    if moved:
        gap = "short" if before == "short" else "over"  # 下降超过5个百分点, 减少超过10门
    if gap and token.unit == "%" and target and token.value >= (100 if gap == "over" else 50):
        gap, of = "", True  # 超过目标值130% is 1.3 times the target, not 2.3 times
    spoken = kind != "cmp"
    mark = ""
    if phrase.kind(end) in ("incl", "excl"):
        mark = phrase.kind(end)
        end += 1
    if phrase.kind(end) == "range" and phrase.kind(end + 1) == "num":
        last = phrase.t[end + 1]
        stop = end + 2
        high_mark = ""
        if phrase.kind(stop) in ("incl", "excl"):
            high_mark = phrase.kind(stop)
            stop += 1
        stop = (
            stop + 1
            if phrase.kind(stop) == "between"
            or (phrase.kind(stop) == "down" and phrase.word(stop) in ("内", "之内", "以内"))
            else stop
        )
        phrase.use(at, stop)
        low, high = (token, last) if _sized(token) <= _sized(last, token.unit) else (last, token)
        low = replace(low, unit=low.unit or last.unit)
        high = replace(high, unit=high.unit or token.unit or last.unit)
        return [
            Bound(
                Sign.GT if (mark if low is token else high_mark) == "excl" else Sign.GE,
                low,
                phrase.span(at, stop),
                gap=gap,
                of_target=of,
                spoken=spoken,
            ),
            Bound(
                Sign.LT if (high_mark if low is token else mark) == "excl" else Sign.LE,
                high,
                phrase.span(at, stop),
                gap=gap,
                of_target=of,
                spoken=spoken,
            ),
        ], stop
    reach = kind == "reach"
    suffix = phrase.kind(end)
    if suffix in ("up", "down"):
        if suffix == "down" and kind in ("gt", "over"):
            gap, sign = "over", Sign.LE
            phrase.use(at, end + 1)
            return [
                Bound(Sign.GT, _nought(token), phrase.span(at, end + 1), gap="over", spoken=True),
                Bound(sign, token, phrase.span(at, end + 1), gap="over", spoken=True),
            ], end + 1
        if suffix == "down" and kind == "lt" and gap == "short":
            phrase.use(at, end + 1)
            return [
                Bound(Sign.GT, _nought(token), phrase.span(at, end + 1), gap="short", spoken=True),
                Bound(Sign.LE, token, phrase.span(at, end + 1), gap="short", spoken=True),
            ], end + 1
        if suffix == "down" and kind in ("reach", "notover", "eq", "le"):
            sign = Sign.LE
        elif (
            (suffix == "up" and kind in ("reach", "eq"))
            or (suffix == "up" and gap and kind in ("gt", "over"))
            or (suffix == "up" and gap and kind == "lt")
        ):
            sign = Sign.GE
        if not (kind == "reach" and suffix == "down"):
            reach = False
        end += 1
        if phrase.kind(end) in ("incl", "excl"):
            mark = phrase.kind(end)
            end += 1
        end = _bracket(phrase, end)
    elif gap == "short" and sign is Sign.LT:
        sign = Sign.GT  # 低于目标值3个百分点: the distance is more than 3
    elif phrase.word(end) == "(" and "含" in phrase.word(end + 1):
        mark = "excl" if "不含" in phrase.word(end + 1) else "incl"
        end = _bracket(phrase, end)
    if mark == "incl":
        sign = {Sign.LT: Sign.LE, Sign.GT: Sign.GE}.get(sign, sign)
    elif mark == "excl":
        sign = {Sign.LE: Sign.LT, Sign.GE: Sign.GT}.get(sign, sign)
    phrase.use(at, end)
    return [
        Bound(
            sign,
            token,
            phrase.span(at, end),
            reach=reach and kind == "reach",
            gap=gap,
            of_target=of,
            spoken=spoken,
            moved=moved,
        )
    ], end


def _from_number(phrase: Phrase, at: int) -> tuple[list[Bound], int] | None:
    """85%(含)-95%, 95%以上, 80%(含)以上90%以下, 60%≤x, 3次, ±3%以内."""
    token, end = phrase.t[at], at + 1
    mark = ""
    if phrase.kind(end) in ("incl", "excl"):
        mark = phrase.kind(end)
        end += 1
    if token.both and phrase.kind(end) == "range" and phrase.kind(end + 1) == "num":
        return _ranged(phrase, at, end, mark)
    if token.both:
        end = end + 1 if phrase.kind(end) in ("down", "between") else end
        if phrase.kind(end) in ("incl", "excl"):
            end += 1
        phrase.use(at, end)
        return [Bound(Sign.LT if mark == "excl" else Sign.LE, token, phrase.span(at, end))], end
    following = phrase.kind(end)
    if (following == "range" and phrase.kind(end + 1) in ("num", "cmp")) or (
        following == "op" and phrase.word(end) == "-" and phrase.kind(end + 1) == "num"
    ):
        return _ranged(phrase, at, end, mark)
    of = phrase.kind(at - 1) == "de" and phrase.kind(at - 2) == "target"  # 目标值的60%≤完成值
    if following == "cmp":
        sign = _FLIPPED[Sign(phrase.word(end))]
        if sign is Sign.EQ:
            return None
        phrase.use(at, end + 1)
        return [Bound(sign, token, phrase.span(at, end + 1), of_target=of)], end + 1
    opens = all(phrase.kind(k) in ("target", "de") for k in range(at))
    if (
        following in ("ge", "gt", "le", "lt")
        and (phrase.kind(end + 1) in MEASURE or (at == 0 and phrase.word(end + 1) == "得分"))
        and (
            (opens and following in ("ge", "le"))  # 85%小于等于满意度, 目标值的60%不高于完成值
            or any(phrase.kind(k) == "num" for k in range(end + 1, phrase.n))
        )
    ):
        phrase.use(at, end + 1)
        return [Bound(_FLIPPED[_SIGNS[following]], token, phrase.span(at, end + 1), of_target=of)], end + 1
    if following == "after" and token.unit == "%":
        phrase.use(at, end + 1)
        return [Bound(Sign.GT, token, phrase.span(at, end + 1), spoken=True)], end + 1  # 排名60%以后
    if token.unit == "%" and phrase.kind(at - 1) == "before" and following not in ("up", "down"):
        phrase.use(at - 1, end)
        return [Bound(Sign.LE, token, phrase.span(at - 1, end), spoken=True)], end  # 排名前30%
    if following == "after" and token.unit in ("名次", "人", "天"):
        phrase.use(at, end + 1)
        return [Bound(Sign.GE, token, phrase.span(at, end + 1), spoken=True)], end + 1
    of = phrase.kind(at - 1) == "de" and phrase.kind(at - 2) == "target"
    if following in ("up", "down"):
        sign = Sign.GE if following == "up" else Sign.LE
        stop = end + 1
        said = phrase.word(end)
        if token.unit == "名次" and not said.endswith(("内", "起", "后")):
            sign = Sign.LE if following == "up" else Sign.GE  # 第四名及以下 is the fourth and what comes after
        if phrase.kind(stop) in ("incl", "excl"):
            mark = phrase.kind(stop)
            stop += 1
        stop = _bracket(phrase, stop)
        if mark == "excl" and "含" not in said:
            sign = {Sign.GE: Sign.GT, Sign.LE: Sign.LT}[sign]
        phrase.use(at, stop)
        gap, moved = _moved_by(phrase, at)  # 减少10门以上
        bound = Bound(sign, token, phrase.span(at, stop), spoken=True, gap=gap, moved=moved, of_target=of)
        return [bound], stop
    phrase.use(at, end)
    return [Bound(Sign.EQ, token, phrase.span(at, end), bare=True)], end


def _moved_by(phrase: Phrase, at: int) -> tuple[str, bool]:
    """下降, 上浮 right in front of a number: which way it is a distance, and whether from where is left open.

    目标值下浮5%, 较计划减少10% start at the target, and what 浮s can only float about it.
    """
    kind, word = phrase.kind(at - 1), phrase.word(at - 1)
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
    end = number + 1
    end_mark = ""
    if phrase.kind(end) in ("incl", "excl"):
        end_mark = phrase.kind(end)
        end += 1
    if (
        phrase.kind(end) == "between"
        or (phrase.kind(end) == "down" and phrase.word(end) in ("内", "之内", "以内"))
        or (phrase.kind(end) == "down" and phrase.word(end) in ("以下", "及以下"))
    ):
        end += 1
    if phrase.kind(end) in ("incl", "excl"):
        end_mark = phrase.kind(end)
        end += 1
    unit = first.unit or second.unit
    scale = first.scale or (second.scale if not first.unit else "")
    first = replace(first, unit=unit, scale=scale)
    second = replace(second, unit=second.unit or unit)
    low, high = (first, second) if _sized(first) <= _sized(second, first.unit) else (second, first)
    low_mark, high_mark = (mark, end_mark or ("excl" if strict else "")) if low is first else (end_mark, mark)
    phrase.use(at, end)
    # one end marked （含）: the other one belongs to the neighbour, which the order of the bands decides (C6)
    return [
        Bound(Sign.GT if low_mark == "excl" else Sign.GE, low, phrase.span(at, end), gap=gap, moved=moved),
        Bound(Sign.LT if high_mark == "excl" else Sign.LE, high, phrase.span(at, end), gap=gap, moved=moved),
    ], end


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


def _nought(token: Token) -> Token:
    return replace(token, value=Fraction(0))
