"""Points that are given or taken once: 得满分, 得5分, 得权重分的80%, 不得分, 扣1分, 1-3分, 酌情扣分."""

from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar.items import Amount, Discretion, Fixed, Full, Item, Points, Range, Share, Zero
from hengjian.rules.grammar.line import Line


def amount_at(line: Line, at: int) -> tuple[Amount, Fraction | None, int] | None:
    """0.5分 | 5% | 权重分的5% | 5%权重分 | 1-3分; the second value is the upper end of a range."""
    at = line.skip(at, "de", "det", "eq")
    if line.kind(at) in ("weight", "full") or (line.kind(at) == "base"):
        after = line.skip(at + 1, "de")
        if line.kind(after) == "num" and line.t[after].unit == "%":
            return Amount(line.t[after].value, "%", True), None, after + 1
        if line.is_points(after) and after == at + 1:
            return Amount(line.t[after].value, "分"), None, after + 1
        return None
    if line.kind(at) != "num":
        return None
    token = line.t[at]
    if line.kind(at + 1) == "range" and line.kind(at + 2) == "num" and line.t[at + 2].unit == "分":
        return Amount(token.value, "分"), line.t[at + 2].value, at + 3
    if token.unit == "%":
        after = line.skip(at + 1, "de", "det")
        if line.kind(after) in ("weight", "full", "base"):
            return Amount(token.value, "%", True), None, after + 1
        if line.word(at + 1) == "分" or "分之" in token.text or token.text in ("一半", "半数"):
            return Amount(token.value, "%", True), None, at + 1 + (line.word(at + 1) == "分")
        verb = at - 2 if line.kind(at - 1) == "de" else at - 1
        return Amount(token.value, "%", line.word(verb).endswith(("分值", "分数"))), None, at + 1
    if token.unit in ("分", "") and not token.scale:
        return Amount(token.value, "分"), None, at + 1
    return None


_JUDGES = frozenset(
    {"评定", "打分", "评分", "赋分", "给分", "评判", "酌定", "确定", "评价", "内评定", "内打分", "内赋分"}
)


def _marked(line: Line, at: int) -> tuple[Item, int] | None:
    """由评审专家打分, 根据创建情况评分: a person marks what no number tells."""
    end = at + 1
    while line.kind(end) in ("text", "noun", "by", "de", "actual", "reach", "human", "some") and end - at < 12:
        if line.kind(end) == "noun" and line.word(end) in ("评分", "打分"):
            seen = "".join(line.word(k) for k in range(at + 1, end))
            told = line.kind(at) == "text" or seen.endswith(_SEEN)
            alone = line.kind(at) == "text" or _ends_clause(line, end + 1)
            return (Discretion(False, line.span(at, end + 1)), end + 1) if told and alone else None
        end += 1
    return None


# What a person looks at who gives points.
_SEEN = ("情况", "程度", "效果", "成效", "质量", "水平", "表现", "材料", "状况")


def read_discretion(line: Line, at: int) -> tuple[Item, int] | None:
    """酌情扣分, 视情况扣1-3分, 酌情给分, 扣1-3分."""
    if line.word(at).startswith("由") or line.kind(at) == "by":
        return _marked(line, at)
    if line.kind(at) != "human":
        return None
    deduct = any(mark in line.word(at) for mark in ("扣", "减"))
    end = at + 1
    while (
        line.kind(end) in ("human", "text", "de", "scored", "by", "ontime")
        and line.kind(end + 1) in ("human", "deduct", "earn", "add", "scored", "text")
        and end - at < 6
    ):
        deduct = deduct or any(mark in line.word(end) for mark in ("扣", "减"))
        end += 1
    if line.kind(end) in ("deduct", "add"):
        got = amount_at(line, end + 1)
        if got is not None:
            amount, high, after = got
            is_deduct = line.kind(end) == "deduct"
            if high is not None:
                return Range(
                    min(amount.value, high),
                    max(amount.value, high),
                    amount.unit,
                    line.span(at, after),
                    deduct=is_deduct,
                ), after
            if is_deduct and line.kind(after) == "down":
                return Range(Fraction(0), amount.value, amount.unit, line.span(at, after + 1), deduct=True), after + 1
            return None
        return Discretion(line.kind(end) == "deduct", line.span(at, end + 1)), end + 1
    if line.kind(end) == "earn":
        ranged = _human_range(line, end + 1)
        if ranged is not None:
            return replace(ranged[0], span=line.span(at, ranged[1])), ranged[1]
        return Discretion(False, line.span(at, end + 1)), end + 1
    lead = end + 1 if line.kind(end) == "comma" else end
    if line.word(lead) in ("在", "于") and line.kind(lead + 1) == "num":
        end = lead + 1  # 根据实际情况在0-3分内评定
    ranged = _human_range(line, end)
    if ranged is not None:
        stop = line.skip(ranged[1], "down", "between")
        stop = stop + 1 if line.word(stop) in _JUDGES else line.skip(stop, "earn", "scored", "human")
        return replace(ranged[0], span=line.span(at, stop)), stop
    return Discretion(deduct, line.span(at, end)), line.skip(end, "scored", "human")


def _named_score(line: Line, at: int) -> tuple[Item, int] | None:
    """x≥60%时，S=5: the letter of the score beside a bound."""
    if line.kind(at) != "var" or line.word(at + 1) != "=" or line.word(at)[0] not in "YSFyZ":
        return None
    if line.kind(at + 2) != "num" or line.t[at + 2].unit not in ("", "分"):
        return None
    if line.kind(at + 3) not in ("", "sep", "comma", "enum") or not at:
        return None
    return Points(line.t[at + 2].value, line.span(at, at + 3)), at + 3


def _begins_bound(line: Line, at: int) -> bool:
    """得2分＜85%得0分: the sign belongs to the next bound, which is no number of points."""
    return line.kind(at + 1) == "num" and line.t[at + 1].unit not in ("", "分")


def read_earned(line: Line, at: int) -> tuple[Item, int] | None:
    """得满分, 得5分, 得基本分8分, 得权重分的80%, 得80%, 得5-4分, 不得分, 2分."""
    kind = line.kind(at)
    if kind == "det" and line.kind(at + 1) == "earn" and line.kind(at + 2) in ("zero", "full", "num", "weight"):
        return read_earned(line, at + 1)
    if (alone := _refused(line, at) or _bracketed(line, at) or _named_score(line, at)) is not None:
        return alone
    start, verb = at, kind == "earn"
    if verb:
        at = _behind_verb(line, at)
    kind = line.kind(at)
    if kind == "zero":
        return _nothing(line, at)
    if kind == "full" and (
        verb or line.word(at - 1) == ")" or line.kind(at - 1) not in ("cmp", "op", "deduct", "add", "most", "le")
    ):
        return _full(line, start, at, verb=verb)
    if kind == "weight" and verb and line.kind(at + 1) == "full":
        return Full(line.span(start, at + 2)), at + 2
    if kind in ("weight", "base") and (verb or line.kind(start) == "base"):
        return _of_weight(line, start, at)
    if kind == "weight":
        return _bare_share(line, start, at)
    return _number(line, start, at, verb=verb) if kind == "num" else None


def _refused(line: Line, at: int) -> tuple[Item, int] | None:
    """不得分, 一票否决, 该项不得分, 不得相应分值."""
    kind = line.kind(at)
    if kind in ("zero", "veto", "deducted"):
        return _nothing(line, at)
    if kind == "det" and line.kind(last := line.skip(at, "det")) in ("zero", "veto"):
        return _nothing(line, last)
    if kind == "neg" and line.word(at) == "不" and line.kind(at + 1) == "earn":
        after = line.skip(at + 2, "det", "de")
        if line.kind(after) in ("weight", "full", "base"):
            return Zero(line.span(at, after + 1)), after + 1
    return None


def _bracketed(line: Line, at: int) -> tuple[Item, int] | None:
    """(5-4分), (2分): points in brackets behind what they are for."""
    if line.kind(at) != "op" or line.word(at) != "(" or line.kind(at + 1) != "num":
        return None
    ranged = _human_range(line, at + 1)
    if (
        ranged is not None
        and line.word(ranged[1]) == ")"
        and line.kind(ranged[1] + 1) in ("", "sep", "comma", "dun", "enum")
    ):
        return _spanned(line, at, ranged[0], ranged[1] + 1)
    if line.is_points(at + 1) and line.word(at + 2) == ")" and line.kind(at - 1) not in ("op", "weight"):
        return Points(line.t[at + 1].value, line.span(at, at + 3), bare=True), at + 3
    return None


def _behind_verb(line: Line, at: int) -> int:
    """Where the points stand behind 得: 得该项…, 得：…, 得其…, 按…得."""
    at = line.skip(at + 1, "det", "colon")
    if line.word(at) in ("该项", "其"):
        at += 1
    return at + 1 if line.kind(at) == "by" else at


def _spanned(line: Line, start: int, level: Range, end: int) -> tuple[Range, int]:
    """A level with all the places it was printed in."""
    return replace(level, span=line.span(start, end)), end


def _full(line: Line, start: int, at: int, *, verb: bool) -> tuple[Item, int]:
    """得满分, 得满分分值, 满分(5分), 得满分5分, 满分的80%."""
    end = at + 1
    if line.kind(end) == "weight" and line.word(end) in ("分值", "分"):
        end += 1
    if line.word(end) == "(" and line.is_points(end + 1) and line.word(end + 2) == ")":
        return Points(line.t[end + 1].value, line.span(start, end + 3)), end + 3
    if verb and line.is_points(end):
        return Points(line.t[end].value, line.span(start, end + 1)), end + 1
    if line.kind(end) == "de" and line.kind(end + 1) == "num" and line.t[end + 1].unit == "%":
        return Share(line.t[end + 1].value, line.span(start, end + 2)), end + 2
    return Full(line.span(start, end)), end


def _of_weight(line: Line, start: int, at: int) -> tuple[Item, int] | None:
    """得权重分, 得权重分的80%, 得分值的60%以下, 得基本分8分; None where a formula goes on from the weight."""
    base = line.kind(at) == "base"
    ranged = _human_range(line, line.skip(at + 1, "de"))
    if ranged is not None:
        return _spanned(line, start, *ranged)
    after = line.skip(at + 1, "de", "eq")
    if line.kind(after) == "num" and line.t[after].unit == "%":
        share, down = line.t[after].value, line.skip(after + 1, "incl", "excl")
        if line.kind(down) != "down":
            return Share(share, line.span(start, after + 1)), after + 1
        end = line.skip(down + 1, "incl", "excl")
        marks = {line.kind(k) for k in range(after + 1, end)} | {"incl" if "含" in line.word(down) else ""}
        return Range(Fraction(0), share, "%", line.span(start, end), high_incl="incl" in marks), end
    if line.is_points(after) and after == line.skip(at + 1, "eq"):
        return Points(line.t[after].value, line.span(start, after + 1), base=base), after + 1
    if line.kind(after) == "cmp" or (line.kind(after) == "op" and line.word(after) in "*/"):
        return None
    return Full(line.span(start, at + 1), base=base), at + 1


def _bare_share(line: Line, start: int, at: int) -> tuple[Item, int] | None:
    """权重分的80% at the end of a clause, without a verb."""
    if (
        line.kind(at + 1) == "de"
        and line.kind(at + 2) == "num"
        and line.t[at + 2].unit == "%"
        and _ends_clause(line, at + 3)
    ):
        return Share(line.t[at + 2].value, line.span(start, at + 3)), at + 3
    return None


def _number(line: Line, start: int, at: int, *, verb: bool) -> tuple[Item, int] | None:
    """得5分, 得5-4分, 得5分以下, 得80%, 2分, 得5."""
    token = line.t[at]
    if (level := _level(line, start, at, verb=verb)) is not None:
        return level
    if verb and token.unit == "分" and line.kind(at + 1) == "down":
        span = line.span(start, at + 2)
        return Range(Fraction(0), token.value, "分", span, high_incl="含" in line.word(at + 1)), at + 2
    if token.unit == "%":
        return _share(line, start, at, verb=verb)
    if token.unit == "分":
        return _points(line, start, at, verb=verb)
    if (
        verb
        and token.unit == ""
        and not token.scale
        and _ends_clause(line, at + 1)
        and line.word(start) in ("得", "计", "得分", "计分", "赋", "记", "赋分", "得分为")
    ):
        return Points(token.value, line.span(start, at + 1)), at + 1
    return None


def _level(line: Line, start: int, at: int, *, verb: bool) -> tuple[Item, int] | None:
    """A range of points or percents that a person may give; None where it is a band of results."""
    ranged = _human_range(line, at)
    if ranged is None:
        return None
    end = ranged[1]
    judged = bool(line.items) and isinstance(line.items[-1], Discretion) and _ends_clause(line, end)
    worded = _falling_level(line, at, end) or _worded_level(line, at, end)
    return _spanned(line, start, *ranged) if judged or verb or worded or _stands_alone(line, start, at) else None


def _share(line: Line, start: int, at: int, *, verb: bool) -> tuple[Item, int] | None:
    """得80%, 得80%的分值, 得一半分."""
    token, after = line.t[at], line.skip(at + 1, "de", "det")
    in_words = "分之" in token.text or token.text in ("一半", "半数")  # 整治1处，一半分
    if (verb or in_words) and line.word(after) == "分" and _ends_clause(line, after + 1):
        return Share(token.value, line.span(start, after + 1)), after + 1
    if (verb or (line.kind(after) != "full" and line.kind(after + 1) != "op")) and line.kind(after) in (
        "weight",
        "full",
        "base",
    ):
        end = line.skip(after + 1, "scored", "earn") if line.kind(after + 1) == "scored" else after + 1
        return Share(token.value, line.span(start, end)), end
    if verb and line.word(start) != "计" and _ends_clause(line, at + 1):
        return Share(token.value, line.span(start, at + 1)), at + 1
    return None


def _points(line: Line, start: int, at: int, *, verb: bool) -> tuple[Item, int] | None:
    """得5分, 各得2分; 2分 where it stands alone."""
    if line.t[at].both or line.kind(at + 1) in ("up", "down", "range", "incl", "excl"):
        return None
    if line.kind(at + 1) == "cmp" and not (verb and _begins_bound(line, at + 1)):
        return None
    if not verb and not _stands_alone(line, start, at):
        return None
    if line.kind(at + 1) == "op" and line.word(at + 1) in "*/":
        return None
    each = verb and line.word(start).startswith(("各", "均"))
    return Points(line.t[at].value, line.span(start, at + 1), bare=not verb, each=each), at + 1


def _falling_level(line: Line, at: int, end: int) -> bool:
    """达成预期指标：100%-80%（含）: what a level gives is printed from above; bands of results rise."""
    if line.kind(at - 1) != "colon" or not _ends_clause(line, end):
        return False
    last = next((k for k in range(end - 1, at, -1) if line.kind(k) == "num"), at)
    return last > at and line.t[at].value > line.t[last].value


# how a level of achievement ends: 全部达成8-10分, 部分完成5-7分, 较好3-4分
_LEVELS = ("达成", "完成", "达到", "实现", "好", "差", "明显", "显著", "一般", "优", "良", "中", "规范", "健全", "完善")
_AWARDING = frozenset({"earn", "zero", "full", "deduct", "add", "nodeduct"})


def _worded_level(line: Line, at: int, end: int) -> bool:
    """较显著：7-8分, 全部达成8-10分; behind a level in words a range of points is what a person may give."""
    if not _ends_clause(line, end) or line.t[at].unit not in ("", "分"):
        return False
    named = line.kind(at - 1) == "colon"
    if not named and (not line.word(at - 1).endswith(_LEVELS) or line.kind(line.skip(end, "comma")) in _AWARDING):
        return False  # 测试得分80-90分，得4分 is a band
    lead = last = at - 1 - named
    while lead >= 0 and line.kind(lead) not in ("sep", "comma", "enum", "dun"):
        if line.kind(lead) in ("num", "cmp", "date"):
            return False
        lead -= 1
    return lead < last


def _nothing(line: Line, at: int) -> tuple[Item, int]:
    end, veto = at, False
    while line.kind(end) in ("zero", "veto", "deducted") or (
        line.kind(end) in ("comma", "det", "text")
        and line.kind(end + 1) in ("zero", "veto")
        and line.word(end) in (",", "该项", "本项", "该指标", "本指标", "则", "且", "即")
    ):
        veto = veto or line.kind(end) == "veto"
        end += 1
        if line.kind(end) == "comma" and line.kind(end + 1) == "det" and line.kind(end + 2) in ("zero", "veto"):
            end += 2
    return Zero(line.span(at, end), veto), end


def _stands_alone(line: Line, start: int, at: int) -> bool:
    """A number of points or 满分 without a verb: after a comma, a colon, a word, or a bound, and at the clause's end."""
    last, before = line.word(start - 1), line.kind(start - 1)
    denied = before == "lt" and last.startswith("未") and not line.t[at].value  # 未完成0分
    if denied or last.endswith((")", "标", "完成")):
        before = ""  # 达标5分, 不达标0分 can be no bounds
    blank = at + 1 < line.n and line.t[at].end < line.t[at + 1].start and line.kind(at + 1) == "num"
    return (blank or _ends_clause(line, at + 1)) and before not in (
        "cmp",
        "ge",
        "gt",
        "le",
        "lt",
        "eq",
        "reach",
        "range",
        "op",
        "deduct",
        "add",
        "most",
    )


def _ends_clause(line: Line, at: int) -> bool:
    return line.kind(at) in (
        "",
        "sep",
        "comma",
        "enum",
        "dun",
        "stop",
        "cap",
        "most",
        "best",
        "nosum",
        "sum",
        "else",
        "until",
        "every",
    ) or line.word(at) in (")", "]")


def _human_range(line: Line, at: int) -> tuple[Range, int] | None:
    """100%-80%(含) | 5-4分(含4分) | 1-3分."""
    if line.kind(at) != "num" or line.t[at].both:
        return None
    first, end = line.t[at], at + 1
    first_incl = second_incl = None
    if line.kind(end) in ("incl", "excl"):
        first_incl = line.kind(end) == "incl"
        end += 1
    if not (line.kind(end) == "range" and line.kind(end + 1) == "num"):
        return None
    second = line.t[end + 1]
    end += 2
    if line.kind(end) in ("incl", "excl"):
        second_incl = line.kind(end) == "incl"
        end += 1
    elif line.word(end) == "(" and "含" in line.word(end + 1):
        close = end
        while close < line.n and line.word(close) != ")":
            close += 1
        second_incl, end = "不" not in line.word(line.skip(end + 1)), close + 1
    unit = second.unit or first.unit
    if unit not in ("%", "分") or (first.unit and first.unit != unit):
        return None
    end = line.skip(end, "between") if line.kind(end) == "between" else end
    if line.kind(end) == "de" and line.kind(end + 1) in ("weight", "full"):
        end += 2
    elif line.kind(end) == "weight":
        end += 1
    low, high = (second, first) if second.value < first.value else (first, second)
    low_incl, high_incl = (second_incl, first_incl) if second.value < first.value else (first_incl, second_incl)
    # 100%-80%(含): the marked end belongs to the band, the other one to the band above, except at the very top
    top = high_incl if high_incl is not None else True
    bottom = low_incl if low_incl is not None else True
    return Range(low.value, high.value, unit, line.span(at, end), bottom, top), end


def read_deducted(line: Line, at: int) -> tuple[Item, int] | None:
    """扣1分, 扣分值的20%, 扣5%, 加2分 taken once, and 扣1-3分 given by a person."""
    if line.kind(at) not in ("deduct", "add"):
        return None
    got = amount_at(line, at + 1)
    if got is None or (line.word(at) in ("减", "加") and got[0].unit != "分"):
        return None
    amount, high, after = got
    add = line.kind(at) == "add"
    if high is not None:
        return Range(
            min(amount.value, high), max(amount.value, high), amount.unit, line.span(at, after), deduct=not add
        ), after
    if line.kind(after) == "until" or (line.kind(after) == "op" and line.word(after) in "*/"):
        return None
    return Fixed(amount, add, line.span(at, after)), after
