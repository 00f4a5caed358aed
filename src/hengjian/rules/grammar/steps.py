"""Steps: 每(低于)(目标值)(的)1个百分点，扣0.5分; 少1名扣1分; 发生1起扣2分; 每处扣0.5分."""

from fractions import Fraction

from hengjian.rules.grammar.formulas import calculates, formula_from
from hengjian.rules.grammar.items import Item, Step
from hengjian.rules.grammar.line import TIME_NOUNS, Line
from hengjian.rules.grammar.points import amount_at
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Partial

WAYS = {
    "short": "short",
    "lt": "short",
    "rise": "over",
    "gt": "over",
    "over": "over",
    "late": "late",
    "notontime": "late",
    "early": "early",
    "some": "event",
    "deviate": "deviate",
    "rank": "rank",
    "reach": "done",
}
_POINT_NOUNS = frozenset({"个百分点", "百分点", "个点"})
_LACKS = {"shortfall": "short", "shortratio": "short", "excess": "over", "overratio": "over"}
_HALVES = {"半天": "天", "半日": "天", "半小时": "小时", "半个小时": "小时", "半个百分点": "百分点", "半个点": "百分点"}


def read_step(line: Line, at: int) -> tuple[Item, int] | None:
    """每(低于)(目标值)(的)1个百分点，扣0.5分; 少1名扣1分; 发生1起扣2分; 每处扣0.5分."""
    every = line.kind(at) == "every"
    if not every and not (line.kind(at) in WAYS or line.kind(at) == "num"):
        return None
    way, size, noun, target, relative = "", None, "", False, False
    threshold: Token | None = None
    said = line.word(at) if every else ""
    if every and line.word(at) in ("每发生", "每出现", "每发现", "每有"):
        way = "event"
    if every and line.kind(at - 1) in _LACKS:
        way = _LACKS[line.kind(at - 1)]  # 缺口每达到目标值2%, 超出部分每1万元
    floor = line.word(at) == "每满"
    end = at + 1 if every else at
    if every and (after := _either_way(line, at + 1)) > end:
        way, end = "deviate", after
        said += "偏离"
    while end < line.n:
        kind = line.kind(end)
        if kind == "deduct" and _falls(line, at, end):
            way = _joined_way(way, "short")  # 每减1%扣0.4分
            said += line.word(end)
            end += 1
            continue
        named = kind == "add" and line.word(end) in ("奖励", "奖") and size is None and not line.is_points(end + 1)
        if kind in ("deduct", "add") and not named:
            break
        if named:
            noun += line.word(end)  # 每获得国家级奖励1项得3分
        elif kind == "earn":
            if _step_earns(line, end):
                break
            noun += line.word(end)
        elif kind == "num":
            if (
                line.t[end].unit == "分"
                and size is None
                and every
                and line.kind(end - 1) not in ("lt", "gt", "short", "rise", "every")
            ):
                break
            if line.t[end].unit == "分" and size is not None:
                break
            if size is not None and threshold is None and _names_threshold(line, end, size):
                threshold, size = size, None
            if size is not None:
                return None
            if line.word(end - 1) == "满":
                floor = True
            size = line.t[end]
            if line.kind(end - 1) == "de" and target:
                relative = size.percent and size.unit == "%"
            if size.unit == "天" and line.kind(end + 1) in ("before", "down", "after") and _text_month(line, end - 1):
                return None  # 每月15日前拨付得5分: a day of every month, no step
            if not every and (
                not _countable(line, end) or line.kind(end + 1) in ("up", "down", "range", "incl", "excl", "between")
            ):
                return None
        elif kind in WAYS and (kind not in ("short", "rise") or len(line.word(end)) > 1 or _tells_way(line, at, end)):
            if not (kind == "reach" and size is not None):
                way = _joined_way(way, kind)
            said += line.word(end)
            if kind == "lt" and not every:
                return None
        elif kind == "unsupported" and every and line.word(end) in ("递减", "依次递减", "逐级递减"):
            return Step(way, "deduct", size, None, noun, line.span(at, end + 1), words=said), end + 1
        elif kind == "target":
            target = True
            said += line.word(end)
        elif kind == "comma":
            if size is None and not noun:
                return None
            after = (
                line.skip(end + 1, "de", "text")
                if line.kind(end + 1) == "text" and line.word(end + 1) in ("则", "就", "相应", "应", "予以")
                else end + 1
            )
            if line.kind(after) not in ("deduct", "add") and not _step_earns(line, after):
                return None
            end = after
            continue
        elif kind in (
            "text",
            "noun",
            "de",
            "dun",
            "eq",
            "up",
            "det",
            "ratio",
            "average",
            "before",
            "after",
            "neg",
            "and",
            "none",
            "rate",
            "ontime",
            "sum",
            "actual",
            "shortfall",
            "excess",
            "overratio",
            "shortratio",
            "base",
            "short",
            "rise",
        ):
            noun += line.word(end)
            if line.word(end) == "满" and size is None:
                floor = True
        else:
            return None
        end += 1
    if way == "event" and size is not None and not size.percent and noun.startswith(("未", "没有")):
        way = "short"  # 每有1项未修订: what is not done is missing
    if way == "event" and size is not None and size.percent:
        way = _told_later(line, at, end)  # 每有1个百分点未达标: no event is counted in points
    if end >= line.n:
        return _open_step(line, at, end, way, size, noun) if every else None
    if not every and size is None:
        return None
    if size is not None and any(line.kind(k) == "up" for k in range(at, end)) and line.kind(end) in ("earn", "num"):
        return None  # 每月巡查12次及以上得5分: a bound
    verb = {"deduct": "deduct", "add": "add"}.get(line.kind(end), "earn")
    if line.kind(end) == "num":
        end -= 1
    got = amount_at(line, end + 1)
    if got is None:
        if line.word(end + 1) == "=" or (line.kind(end + 1) in ("eq", "colon") and calculates(line, end + 2)):
            return formula_from(line, at, end + 2, line.n, verb == "deduct")
        alone = every or (way == "short" and size is not None and size.value == 1)
        own = "相应" in line.word(end) or line.word(end + 1).startswith(("该项", "相应", "对应", "本项", "此项"))
        if alone and verb == "deduct" and own and line.kind(end + 1) == "weight":
            return Step(way, verb, size, None, noun, line.span(at, end + 2), words=said), end + 2
        if alone and verb == "deduct" and "相应" in line.word(end):
            return Step(way, verb, size, None, noun, line.span(at, end + 1), words=said), end + 1
        return None
    amount, high, after = got
    if not every and verb != "deduct" and way not in ("over", "short", "late", "early"):
        return None
    if every and size is None and noun.startswith("半"):
        if noun not in _HALVES:
            return None
        size = Token("num", noun, line.t[at].start, line.t[at + 1].end, Fraction(1, 2), _HALVES[noun])
    if every and size is None and noun in _POINT_NOUNS:
        size = Token("num", noun, line.t[at].start, line.t[at + 1].end, Fraction(1), "百分点")  # 每一个百分点
    if every and size is None and noun in TIME_NOUNS:
        last = line.t[at + 1]
        size = Token("num", noun, last.start, last.end, Fraction(1), TIME_NOUNS[noun])  # 每天扣0.1分
    step = Step(
        way,
        verb,
        size,
        amount,
        noun,
        line.span(at, after),
        relative,
        target,
        Partial.FLOOR if floor else None,
        said,
        high,
        every,
        threshold,
    )
    return step, after


def _open_step(line: Line, at: int, end: int, way: str, size: Token | None, noun: str) -> tuple[Item, int] | None:
    return None


def _told_later(line: Line, at: int, end: int) -> str:
    """The direction a later word gives a step that begins like the count of an event."""
    telling = {**WAYS, **_LACKS}
    ways = {telling[line.kind(k)] for k in range(at, end) if line.kind(k) in telling} - {"event", "done"}
    return ways.pop() if len(ways) == 1 else "event"


def _falls(line: Line, at: int, end: int) -> bool:
    """Whether a 减 behind 每 says which way the step goes: another verb follows its number."""
    if end != at + 1 or line.kind(at) != "every" or line.word(end) != "减" or line.kind(end + 1) != "num":
        return False
    return line.kind(line.skip(end + 2, "comma")) in ("deduct", "add") and not line.is_points(end + 1)


def _names_threshold(line: Line, at: int, first: Token) -> bool:
    """每低于95%一个百分点: the first number is where the steps begin."""
    between = [line.kind(k) for k in range(at - 2, at)]
    return (
        line.t[at].start > first.end - 1
        and ("num" in between or "de" in between)
        and line.t[at].unit != "分"
        and first.unit != "分"
    )


def _either_way(line: Line, at: int) -> int:
    """每多或少1期, 每多或每少1期, 每高于或低于: both sides in one step; the place after the words, or ``at``."""
    up, down = ("rise", "gt", "over"), ("short", "lt")
    if line.kind(at) not in (*up, *down) or line.kind(at + 1) not in ("or", "dun"):
        return at
    other = line.skip(at + 2, "every")
    sides = {line.kind(at) in up, line.kind(other) in up}
    return other + 1 if len(sides) == 2 and line.kind(other) in (*up, *down) else at


def _text_month(line: Line, at: int) -> bool:
    """Whether a word says 每月, 次月, 季度 in front of a day."""
    return line.kind(at) in ("text", "noun") and any(word in line.word(at) for word in ("月", "季", "旬"))


def _tells_way(line: Line, at: int, end: int) -> bool:
    """A single 少 or 差 is a direction beside 每 or its number; elsewhere it is part of a noun (差错)."""
    return (
        end <= at + 1
        or line.kind(end + 1) in ("num", "target", "de")
        or line.word(end + 1) == "于"
        or line.kind(end - 1) in ("every", "target", "actual", "noun")
    )


def _countable(line: Line, at: int) -> bool:
    token = line.t[at]
    if token.unit == "百分点" and token.value == 1 and line.kind(at - 1) in ("short", "rise", "lt", "gt"):
        return True  # 少一个百分点扣0.1分
    return not token.percent and token.value == 1 and not token.scale and token.unit not in ("分", "倍")


def _joined_way(way: str, kind: str) -> str:
    """每逾期1件: late; 每发现迟报1次: event; the first telling word wins, 完成 yields to any other."""
    new = WAYS[kind]
    return new if way in ("", "done") else way


def _step_earns(line: Line, at: int) -> bool:
    return line.kind(at) == "earn" and (
        line.is_points(line.skip(at + 1, "det"))
        or (line.kind(at + 1) == "num" and line.t[at + 1].unit in ("", "%") and amount_at(line, at + 1) is not None)
        or line.kind(at + 1) == "weight"
    )
