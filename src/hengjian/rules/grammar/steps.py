"""Steps: 每(低于)(目标值)(的)1个百分点，扣0.5分; 少1名扣1分; 发生1起扣2分; 每处扣0.5分."""

from dataclasses import dataclass
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


# what a step is counted in, as printed; a word that tells which way it goes is read before
_NOUNS = frozenset(
    {"text", "noun", "de", "dun", "eq", "up", "det", "ratio", "average", "before", "after", "neg", "and", "none", "rate", "ontime", "sum", "actual",
     "shortfall", "excess", "overratio", "shortratio", "base", "short", "rise"}
)  # fmt: skip


@dataclass(slots=True)
class _Head:
    """What stands in front of the verb of a step that begins at ``at``; ``end`` is the place of the next word.

    ``said`` are the words that tell the way, ``target`` whether one of them names the target.
    """

    at: int
    end: int
    every: bool
    way: str = ""
    size: Token | None = None
    threshold: Token | None = None
    noun: str = ""
    said: str = ""
    target: bool = False
    relative: bool = False
    floor: bool = False


def read_step(line: Line, at: int) -> tuple[Item, int] | None:
    """每(低于)(目标值)(的)1个百分点，扣0.5分; 少1名扣1分; 发生1起扣2分; 每处扣0.5分."""
    every = line.kind(at) == "every"
    if not every and not (line.kind(at) in WAYS or line.kind(at) == "num"):
        return None
    head = _begun(line, at, every=every)
    while head.end < line.n and not _stops(line, head):
        if not _took(line, head):
            return None
    if line.kind(head.end) == "unsupported":
        after = head.end + 1
        return Step(head.way, "deduct", head.size, None, head.noun, line.span(at, after), words=head.said), after
    if head.end >= line.n or (not every and head.size is None):
        return None
    _settle_event(line, head)
    bound = head.size is not None and any(line.kind(k) == "up" for k in range(at, head.end))
    if bound and line.kind(head.end) in ("earn", "num"):
        return None  # 每月巡查12次及以上得5分: a bound
    return _consequence(line, head)


def _begun(line: Line, at: int, *, every: bool) -> _Head:
    """The beginning of a step: 每, 每发生, 每满, 每高于或低于, and what 每 refers back to (缺口每…)."""
    if not every:
        return _Head(at, at, every=False)
    word = line.word(at)
    head = _Head(at, at + 1, every=True, said=word, floor=word == "每满")
    if word in ("每发生", "每出现", "每发现", "每有"):
        head.way = "event"
    if line.kind(at - 1) in _LACKS:
        head.way = _LACKS[line.kind(at - 1)]  # 缺口每达到目标值2%, 超出部分每1万元
    if (after := _either_way(line, at + 1)) > head.end:
        head.way, head.end = "deviate", after
        head.said += "偏离"
    return head


def _stops(line: Line, head: _Head) -> bool:
    """Whether the verb of the step stands next, or its points."""
    kind, at = line.kind(head.end), head.end
    match kind:
        case "deduct":
            return not _falls(line, head.at, at)
        case "add":
            return not _names_award(line, head)
        case "earn":
            return _step_earns(line, at)
        case "num":
            counted = head.size is None and line.kind(at - 1) in ("lt", "gt", "short", "rise", "every")
            return line.t[at].unit == "分" and not counted and (head.every or head.size is not None)
        case "unsupported":
            return head.every and line.word(at) in ("递减", "依次递减", "逐级递减")
        case _:
            return False


def _took(line: Line, head: _Head) -> bool:
    """Take the next word into the head; False where no step can go on like that."""
    at = head.end
    kind, word = line.kind(at), line.word(at)
    if kind == "num":
        return _took_number(line, head)
    if kind == "comma":
        return _passed_comma(line, head)
    if kind == "deduct":
        head.way = _joined_way(head.way, "short")  # 每减1%扣0.4分
        head.said += word
    elif kind in WAYS and (kind not in ("short", "rise") or len(word) > 1 or _tells_way(line, head.at, at)):
        if kind == "lt" and not head.every:
            return False
        if kind != "reach" or head.size is None:
            head.way = _joined_way(head.way, kind)
        head.said += word
    elif kind == "target":
        head.target = True
        head.said += word
    elif kind in ("add", "earn"):
        head.noun += word  # 每获得国家级奖励1项得3分
    elif kind in _NOUNS:
        head.noun += word
        head.floor = head.floor or (word == "满" and head.size is None)
    else:
        return False
    head.end += 1
    return True


def _took_number(line: Line, head: _Head) -> bool:
    """The size of a step, or first the threshold it starts at."""
    at = head.end
    if head.size is not None and head.threshold is None and _names_threshold(line, at, head.size):
        head.threshold, head.size = head.size, None
    if head.size is not None:
        return False
    head.floor = head.floor or line.word(at - 1) == "满"
    size = head.size = line.t[at]
    if line.kind(at - 1) == "de" and head.target:
        head.relative = size.percent and size.unit == "%"
    if size.unit == "天" and line.kind(at + 1) in ("before", "down", "after") and _text_month(line, at - 1):
        return False  # 每月15日前拨付得5分: a day of every month, no step
    if not head.every and (
        not _countable(line, at) or line.kind(at + 1) in ("up", "down", "range", "incl", "excl", "between")
    ):
        return False
    head.end += 1
    return True


def _passed_comma(line: Line, head: _Head) -> bool:
    """Go on behind a comma, where the verb stands there: 每低1个百分点，相应扣0.5分."""
    if head.size is None and not head.noun:
        return False
    after = head.end + 1
    if line.kind(after) == "text" and line.word(after) in ("则", "就", "相应", "应", "予以"):
        after = line.skip(after, "de", "text")
    head.end = after
    return line.kind(after) in ("deduct", "add") or _step_earns(line, after)


def _settle_event(line: Line, head: _Head) -> None:
    """What begins like the count of an event is none where something is missing, or where points of percent are counted."""
    if head.way != "event" or head.size is None:
        return
    if head.size.percent:
        head.way = _told_later(line, head.at, head.end)  # 每有1个百分点未达标
    elif head.noun.startswith(("未", "没有")):
        head.way = "short"  # 每有1项未修订: what is not done is missing


def _consequence(line: Line, head: _Head) -> tuple[Item, int] | None:
    """The step with what it costs or gives."""
    verb = {"deduct": "deduct", "add": "add"}.get(line.kind(head.end), "earn")
    at = head.end - 1 if line.kind(head.end) == "num" else head.end
    got = amount_at(line, at + 1)
    if got is None:
        return _without_amount(line, head, verb, at)
    amount, high, after = got
    if not head.every and verb != "deduct" and head.way not in ("over", "short", "late", "early"):
        return None
    size = head.size
    if head.every and size is None:
        size = _spelled(line, head)
        if size is None and head.noun.startswith("半"):
            return None
    partial = Partial.FLOOR if head.floor else None
    return Step(
        head.way,
        verb,
        size,
        amount,
        head.noun,
        line.span(head.at, after),
        relative=head.relative,
        against_target=head.target,
        partial=partial,
        words=head.said,
        high=high,
        every=head.every,
        threshold=head.threshold,
    ), after


def _without_amount(line: Line, head: _Head, verb: str, at: int) -> tuple[Item, int] | None:
    """A step whose amount is a formula, or the points of its item (少1项扣除该项分值)."""
    if line.word(at + 1) == "=" or (line.kind(at + 1) in ("eq", "colon") and calculates(line, at + 2)):
        return formula_from(line, head.at, at + 2, line.n, verb == "deduct")
    alone = head.every or (head.way == "short" and head.size is not None and head.size.value == 1)
    if not alone or verb != "deduct":
        return None
    accordingly = "相应" in line.word(at)
    own = accordingly or line.word(at + 1).startswith(("该项", "相应", "对应", "本项", "此项"))
    if own and line.kind(at + 1) == "weight":
        after = at + 2
    elif accordingly:
        after = at + 1
    else:
        return None
    return Step(head.way, verb, head.size, None, head.noun, line.span(head.at, after), words=head.said), after


def _spelled(line: Line, head: _Head) -> Token | None:
    """A size without a number of its own: 每半天, 每一个百分点, 每天扣0.1分; None for events (每处)."""
    noun, start, end = head.noun, line.t[head.at].start, line.t[head.at + 1].end
    if noun in _HALVES:
        return Token("num", noun, start, end, Fraction(1, 2), _HALVES[noun])
    if noun in _POINT_NOUNS:
        return Token("num", noun, start, end, Fraction(1), "百分点")
    if noun in TIME_NOUNS:
        return Token("num", noun, line.t[head.at + 1].start, end, Fraction(1), TIME_NOUNS[noun])
    return None


def _names_award(line: Line, head: _Head) -> bool:
    """Whether 奖 is part of what is counted: 每获得国家级奖励1项."""
    return line.word(head.end) in ("奖励", "奖") and head.size is None and not line.is_points(head.end + 1)


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
