"""Conditions: bounds and dates joined by 且 or 或, states in words (未完成, 按时, 部分达到), compared formulas."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from hengjian.rules.grammar.bounds import MEASURE, read_bounds
from hengjian.rules.grammar.formulas import expression
from hengjian.rules.grammar.items import Bound, Cond, Term
from hengjian.rules.grammar.line import TEXTLIKE, Line, Phrase, carries_meaning
from hengjian.rules.grammar.tidy import with_marks
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Sign

_JOINING = frozenset({"or", "and", "comma", "dun"})
_MOST_CUTS = 4  # joined conditions in one clause; every cut is tried
# 部分完成, 部分未完成, 未全部完成: some of it is done
_PARTLY = re.compile(
    r"(?<!大)(?<!小)(?<!全)部分(?:任务|目标|工作|内容|指标)?(?:未|没有?)?(?:完成|达到|达标|实现|达成|落实|建成)"
)


def read_condition(tokens: Sequence[Token], text: str) -> Cond | None:
    """Tidied tokens as a condition; None when there is nothing in it. ``text`` is the printed rule."""
    return _condition(Phrase(tokens, text))


def _condition(phrase: Phrase) -> Cond | None:
    while phrase.n and phrase.kind(phrase.n - 1) in ("de", "comma", "colon", "dun"):
        phrase.t = phrase.t[: phrase.n - 1]
        phrase.n -= 1
    while phrase.n and phrase.kind(0) in ("de", "comma", "colon", "dun"):
        phrase.t = phrase.t[1:]
        phrase.n -= 1
    if not phrase.n:
        return None
    span = (phrase.t[0].start, phrase.t[-1].end)
    said = phrase.text[span[0] : span[1]]
    kinds = {token.kind for token in phrase.t}
    if "op" in kinds:
        phrase.t = _negative(with_marks(_without_remarks(_without_definition(phrase.t))))
        phrase.n = len(phrase.t)
        if not phrase.n:
            return None
    split = None if kinds.isdisjoint(_JOINING) else _split(phrase)
    if split is not None:
        return split
    term = _compared_formula(phrase) if "op" in kinds else None
    bounds = (not kinds.isdisjoint(("or", "dun")) and _either_side(phrase)) or read_bounds(phrase)
    measure = "".join(token.text for k, token in enumerate(phrase.t) if token.kind in MEASURE and k not in phrase.used)
    if not measure and any(token.kind == "reach" and token.text.startswith("完成率") for token in phrase.t):
        measure = "完成率"  # 完成率达到 is one word
    state, date, monthly, after = _state(phrase)
    since = _since(phrase) if "date" in kinds else None
    ordinal = any(token.kind == "text" and token.text.endswith("第") for token in phrase.t)
    leftover = tuple(
        token
        for k, token in enumerate(phrase.t)
        if k not in phrase.used
        and (
            carries_meaning(token)
            or _hands_out(phrase, k)
            or _begins_step(phrase, k)
            or (bool(bounds) and _compares_nothing(phrase, k))
        )
    )
    words = tuple(token.text for token in phrase.t if token.kind not in ("de", "comma"))
    return Cond(
        said,
        span,
        state,
        measure,
        tuple(bounds),
        date,
        monthly,
        after,
        since,
        ordinal=ordinal,
        leftover=leftover,
        words=words,
        term=term,
    )


def _since(phrase: Phrase) -> tuple[int, int, int] | None:
    """The first day of 7月1日至7月31日."""
    for at in range(phrase.n - 2):
        if phrase.kind(at) == "date" and phrase.kind(at + 1) == "range" and phrase.kind(at + 2) == "date":
            phrase.used.add(at + 1)
            return phrase.t[at].date
    return None


def _compares_nothing(phrase: Phrase, at: int) -> bool:
    """A word of comparison that found no number."""
    return (
        phrase.kind(at) in ("gt", "lt", "ge", "le")
        and len(phrase.word(at)) > 1
        and not phrase.word(at).startswith(("未", "没", "完"))
    )


def _hands_out(phrase: Phrase, at: int) -> bool:
    """部分达到得一半，未达到…: a 得 or 按 with a clause behind it was a consequence that nothing took."""
    return phrase.kind(at) in ("earn", "scored", "by", "half") and any(
        phrase.kind(k) == "comma" for k in range(at + 1, phrase.n)
    )


def _begins_step(phrase: Phrase, at: int) -> bool:
    """A 每低, 每超 that no step took."""
    return phrase.kind(at) == "every" and phrase.kind(at + 1) in (
        "short",
        "rise",
        "lt",
        "gt",
        "late",
        "early",
        "over",
        "deviate",
    )


def _split(phrase: Phrase) -> Cond | None:
    """Conditions joined by 且/或, where both sides have a bound or a state of their own."""
    for kinds, is_any in ((("or",), True), (("and",), False), (("comma", "dun"), False)):
        cuts = [
            k for k in range(1, phrase.n - 1) if phrase.kind(k) in kinds and phrase.word(k) not in ("均", "都", "又")
        ]
        if len(cuts) > _MOST_CUTS:
            continue
        for cut in cuts:
            left, right = phrase.t[:cut], phrase.t[cut + 1 :]
            if not (_has_number(left) and _has_number(right)):
                continue
            first, second = read_condition(left, phrase.text), read_condition(right, phrase.text)
            if (
                first is None
                or second is None
                or not (first.bounds or first.joined)
                or not (second.bounds or second.joined)
            ):
                continue
            if not second.measure or not first.measure or second.measure == first.measure:
                if is_any and not first.joined and not second.joined:
                    return _either(phrase, first, second)
                continue  # 大于等于60%且小于88%: two bounds of one measure
            span = (phrase.t[0].start, phrase.t[-1].end)
            parts = (
                *(first.joined if first.joined and first.any == is_any else (first,)),
                *(second.joined if second.joined and second.any == is_any else (second,)),
            )
            return Cond(phrase.text[span[0] : span[1]], span, joined=parts, any=is_any)
    return None


def _either(phrase: Phrase, first: Cond, second: Cond) -> Cond:
    """低于95%或高于105%: one measure on either side."""
    span = (phrase.t[0].start, phrase.t[-1].end)
    return Cond(
        phrase.text[span[0] : span[1]],
        span,
        first.state,
        first.measure or second.measure,
        (*first.bounds, *second.bounds),
        any=True,
        leftover=(*first.leftover, *second.leftover),
    )


def _either_side(phrase: Phrase) -> list[Bound]:
    """超配或缺配, 多于或少于目标值, 过高或过低: off the target on either side."""
    sides = [k for k in range(phrase.n) if phrase.kind(k) in (*_TOO_MUCH, *_TOO_LITTLE)]
    if len(sides) != 2 or any(phrase.kind(k) in ("num", "date", "average", "op") for k in range(phrase.n)):
        return []
    first, second = sides
    opposite = (phrase.kind(first) in _TOO_MUCH) != (phrase.kind(second) in _TOO_MUCH)
    joined = any(phrase.kind(k) in ("or", "dun") for k in range(first + 1, second))
    if not opposite or not joined or first > 1 or second - first > 3:
        return []
    phrase.use(first, second + 1)
    return [Bound(Sign.NE, None, phrase.span(first, second + 1), spoken=True)]


_TOO_MUCH = ("gt", "over", "rise")
_TOO_LITTLE = ("lt", "short")


def _compared_formula(phrase: Phrase) -> Term | None:
    """The formula in front of a comparison; its numbers are no bounds."""
    sign = next((k for k in range(phrase.n) if phrase.kind(k) in ("cmp", "gt", "ge", "lt", "le")), None)
    if sign == 1 and phrase.kind(0) == "num":
        return _enclosed_formula(phrase)
    if sign is None or not any(phrase.kind(k) == "op" and phrase.word(k) in "*/" for k in range(sign)):
        return None
    parsed = expression(Line(phrase.t[:sign]), 0, sign)
    if parsed is None or parsed[1] < sign:
        return None
    phrase.used.update(range(sign))
    phrase.first = sign
    return parsed[0]


def _enclosed_formula(phrase: Phrase) -> Term | None:
    """0.8≤实际完成/计划完成<1: the formula between two comparisons."""
    last = next((k for k in range(2, phrase.n) if phrase.kind(k) == "cmp"), None)
    if last is None or not any(phrase.kind(k) == "op" and phrase.word(k) in "*/" for k in range(2, last)):
        return None
    parsed = expression(Line(phrase.t[2:last]), 0, last - 2)
    if parsed is None or parsed[1] < last - 2:
        return None
    noun = Token("noun", "比值", phrase.t[2].start, phrase.t[last - 1].end)
    phrase.t = (*phrase.t[:2], noun, *phrase.t[last:])
    phrase.n = len(phrase.t)
    return parsed[0]


def _not_by(phrase: Phrase, at: int) -> bool:
    """未在3月15日前报送的, 6月底前未完工的: later than the day."""
    if phrase.kind(at + 1) == "before":
        return any(phrase.kind(k) == "neg" for k in (at - 2, at - 1, at + 2))
    return phrase.kind(at + 1 + (phrase.word(at + 1) in ("仍", "尚", "还"))) == "neg"  # 年底仍未封顶


def _state(phrase: Phrase) -> tuple[str, tuple[int, int, int] | None, bool, bool]:
    """What the words say beside bounds, the day they name, whether it is one of every month, and whether it is after it."""
    kinds = {token.kind for token in phrase.t}
    date: tuple[int, int, int] | None = None
    after = False
    for at, token in enumerate(phrase.t):
        if token.kind == "date":
            date = token.date
            phrase.used.add(at)
            after = phrase.kind(at + 1) == "after" or _not_by(phrase, at)
    monthly = "every" in kinds and any("月" in token.text for token in phrase.t)
    if "else" in kinds or (phrase.kind(0) == "after" and date is None):
        return "else", date, monthly, after
    told = _first_of(_OF_TIME, kinds)
    if not told and date is not None:
        told = "late" if after else "ontime"
    return told or _state_in_words(phrase, kinds), date, monthly, after


# What a kind of word says; of several words in one condition the first of these counts.
_OF_TIME = {"notontime": "late", "ontime": "ontime", "late": "late", "early": "early"}
_OF_AMOUNT = {"notover": "notover", "over": "over", "excess": "over", "shortfall": "short", "grow": "grow"}
_OF_COMPARISON = {"lt": "short", "none": "none", "reach": "reach", "gt": "over", "le": "notover", "some": "some"}
_OF_MOVING = {"rise": "rise", "short": "fall"}


def _first_of(states: Mapping[str, str], kinds: Set[str]) -> str:
    for kind, state in states.items():
        if kind in kinds:
            return state
    return ""


def _state_in_words(phrase: Phrase, kinds: Set[str]) -> str:
    """未超支, 部分完成, 未达到, 发生, 上升: the state that no day tells; ``text`` for words of no known state."""
    if told := _first_of(_OF_AMOUNT, kinds):
        return told
    if "num" not in kinds and _PARTLY.search("".join(token.text for token in phrase.t)):
        return "partly"
    if "neg" in kinds and "reach" in kinds:
        return "short"
    if "num" not in kinds and _denied_move(phrase):
        return "grow"  # 未上升, 没有减少
    if told := _first_of(_OF_COMPARISON, kinds):
        return told
    if phrase.n == 2 and phrase.word(0) == "少" and phrase.kind(1) == "text":
        return "short"  # 少修缮的
    # a single 升 or 降 is often part of a noun
    return _first_of(_OF_MOVING, {token.kind for token in phrase.t if len(token.text) > 1}) or "text"


def _denied_move(phrase: Phrase) -> bool:
    """Whether a word of moving is denied: what does not rise is no rise."""
    return any(
        phrase.kind(k) in ("neg", "none") and phrase.kind(k + 1) in ("rise", "short") and len(phrase.word(k + 1)) > 1
        for k in range(phrase.n - 1)
    )


def _negative(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """偏离度在-20%~30%: a minus behind a word, in front of a number that begins a range, is its sign."""
    for at in range(1, len(tokens) - 1):
        minus, number = tokens[at], tokens[at + 1]
        if (
            minus.kind == "op"
            and minus.text == "-"
            and number.kind == "num"
            and number.unit != "分"
            and tokens[at - 1].text.endswith(("在", "为", "于"))
        ):
            signed = replace(number, value=-number.value, start=minus.start)
            return (*tokens[:at], signed, *_negative(tokens[at + 2 :]))
    return tokens


def _is_identity(token: Token) -> bool:
    return token.kind == "num" and token.unit == "%" and token.value == 100


def _without_definition(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """预算执行率×100%，≥95%; 执行率（支出数/预算数×100%）≥95%: how the measure is worked out bounds nothing (C4)."""
    if not any(token.kind == "op" and token.text in "*/" for token in tokens):
        return tokens
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        times = bool(kept) and kept[-1].kind == "op" and kept[-1].text == "*"
        if times and at > 1 and _is_identity(token) and tokens[at - 2].kind != "num":
            kept.pop()
        else:
            kept.append(token)
    comma = next((k for k, token in enumerate(kept) if token.kind in ("comma", "colon")), 0)
    if comma and comma + 1 < len(kept) and _defines_measure(kept[:comma]):
        kept = kept[comma + 1 :]
    return tuple(kept)


def _defines_measure(tokens: Sequence[Token]) -> bool:
    """Nouns and signs of calculation only, or nothing but a noun behind the identity was taken away."""
    return all(
        token.kind in TEXTLIKE - {"gt", "lt", "ge", "le", "every", "earn", "add", "up", "down"}
        or (token.kind == "op" and token.text in "*/()+-")
        for token in tokens
    )


def _without_remarks(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Brackets without a number in them explain and do not bound (目标值（低于或等于）)."""
    out: list[Token] = []
    at = 0
    last = max((k for k, token in enumerate(tokens) if token.text == ")"), default=-1)
    while at < len(tokens):
        if at < last and tokens[at].kind == "op" and tokens[at].text == "(":
            close = next((k for k in range(at, len(tokens)) if tokens[k].kind == "op" and tokens[k].text == ")"), -1)
            inside = tokens[at + 1 : close]
            worked = at > 0 and _defines_measure(inside) and any(token.text == "/" for token in inside)
            if close > at and (worked or not any(token.kind in ("num", "date", "op") for token in inside)):
                at = close + 1
                continue
        out.append(tokens[at])
        at += 1
    return tuple(out)


def _has_number(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "num" for token in tokens)
