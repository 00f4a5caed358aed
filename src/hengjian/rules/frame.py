"""What the row says about the number a rule measures: the target, its unit, and which way is better."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.tidy import tidy
from hengjian.rules.lexer import Token, tokens
from hengjian.rules.naming import has
from hengjian.rules.reading import Context, target_number, target_of
from hengjian.rules.tree import Const, Expr, Input
from hengjian.values.calendar import PER_YEAR
from hengjian.values.target import Comparator, Target
from hengjian.values.text import fold
from hengjian.values.units import convert

SCALES = {"": 1, "万": 10_000, "亿": 100_000_000}
_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
_MONTHS_APART = re.compile(r"每([两二2三34四六6])个?月")
_SEVERAL = re.compile(r"[两二三四五六\d]")
_COUNTS = {"两": 2, "二": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4, "六": 6, "6": 6}
_FAR = 100  # times the target: nobody prints such a bound beside it
TIMES = ("天", "月", "小时", "分钟", "周", "季度", "年", "工作日", "日", "秒")
_GRADE = re.compile(r"(?:^|[;；|,，、\n])(优秀|良好|优|良|中|差|一般|较好|好|较差|合格|不合格|及格|不及格)[:：]")


@dataclass(frozen=True, slots=True)
class Frame:
    """The measure of a row in base units (元, not 万元; percent points; durations in the target's unit).

    ``value`` is the one number of the target, ``low``/``high`` the ends of a range. ``down``: less is better. ``explicit``:
    a sign of the target says so. ``deadline`` as in ``tree.Input``. ``grades`` are 优/良/中/差 with their cells.
    """

    text: str = ""
    unit: str = ""
    scale: int = 1
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    down: bool = False
    explicit: bool = False
    equal: bool = False
    plus_minus: bool = False
    none: bool = False
    given: bool = False  # whether Input("target") has this value
    deadline: str = ""
    period: str = ""
    sense: str = ""
    grades: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, "Frame"], ...] = ()
    amounts: tuple[Fraction, ...] = ()
    doubtful: bool = False  # the unit column contradicts the target's text
    whole: bool = False
    date_text: str = ""
    begins: str = ""  # the first day of a target of two dates

    @property
    def numeric(self) -> bool:
        """Whether the target is a number or a range of numbers."""
        return self.value is not None or self.low is not None

    @property
    def band(self) -> bool:
        """Whether the best values lie between two ends."""
        return self.low is not None and self.high is not None and self.low < self.high

    @property
    def duration(self) -> bool:
        """Whether the measure is a length of time."""
        return self.unit in TIMES and self.numeric

    def actual(self) -> Input:
        """The cell 实际完成值 in this frame."""
        return Input("actual", self.unit, sense=self.sense)

    def target_expr(self) -> Expr:
        """The target as an input where the row's number is meant as it stands, else as a number."""
        return (
            Input("target", self.unit)
            if self.given
            else Const(self.value if self.value is not None else Fraction(0), self.unit)
        )

    def bare(self, value: Fraction) -> Fraction:
        """A number without a unit is in the target's scale, unless that would be out of all proportion (0.36万人, 3600)."""
        if self.scale == 1:
            return value
        scaled = value * self.scale
        if not self.value:
            return scaled
        return value if scaled > self.value * _FAR and value <= self.value * _FAR else scaled

    def number(self, token: Token) -> Fraction | None:
        """A printed number in base units of this frame; None for a percentage of an amount or a number of another kind."""
        if token.percent:
            if self.unit == "‰":
                return token.value * 10
            return token.value if self.unit in ("%", "") else None
        if not token.unit and not token.scale:
            return self.bare(token.value)
        if self.unit == "%":
            return token.value if token.unit in ("", "分") else None
        scaled = token.value * SCALES[token.scale] if token.scale else token.value
        if token.unit and self.unit and token.unit != self.unit:
            converted = convert(scaled, token.unit, self.unit)
            if converted is not None:
                return converted
            if (token.unit in TIMES) != (self.unit in TIMES):
                return None
            if (
                token.unit in TIMES
                and self.unit in TIMES
                and {token.unit, self.unit} & {"月", "年", "季度"}
                and not {token.unit, self.unit} <= {"天", "工作日", "日"}
            ):
                return None
        return scaled


def frame_of(context: Context, items: Sequence[g.Item], rule: str) -> Frame:
    """The frame of a row; what the target leaves open, the rule decides."""
    said = Context(target=context.target, sign=context.sign, unit=context.unit) if context.target.strip() else Context()
    frame, settled = _of_target(said)
    return frame if settled else _with_rule(frame, context, items)


@lru_cache(maxsize=4096)
def _of_target(context: Context) -> tuple[Frame, bool]:
    """What the target alone says, and whether that settles the frame; many rows have the same target."""
    text = context.target
    grades = _grades(text)
    if grades:
        return _graded(grades, context), False
    place = [token for token in tokens(text) if token.kind == "top" or token.unit == "名次"]
    if len(place) == 1:
        return Frame(text=text, unit="名次", value=place[0].value, low=None, down=True, explicit=True, whole=True), True
    if (each := _EACH_OF.fullmatch(fold(text))) is not None and len(named := _LISTED.split(each[1])) > 1:
        count = _COUNTS.get(each[2], 1 if each[2] in "一1" else None)
        if count is not None:  # 半年和年底各一次
            return Frame(text=text.strip(), unit=each[3], value=Fraction(count * len(named)), whole=True), False
    cleaned = re.sub(r"[（(]计量单位[:：][^）)]*[）)]", "", text)
    doubtful = cleaned != text
    target = target_of(cleaned, context.sign, context.unit) if cleaned.strip() else Target(None)
    frame = _from_target(target, context if cleaned == context.target else replace(context, target=cleaned))
    if frame.value is None and not frame.numeric and not frame.parts and not frame.deadline and not frame.none:
        frame = _loose_number(frame, cleaned, context)
    given = target_number(context)
    given_here = given is not None and given == frame.value
    return replace(frame, text=text.strip(), doubtful=doubtful, given=given_here), False


_EACH_OF = re.compile(r"([\u4e00-\u9fff、]{2,20})各(?:召开|开展|举办|组织|进行)?([一1两二2三3四4六6])([次场期])")
_LISTED = re.compile(r"[、和与及]")


def _grades(text: str) -> tuple[tuple[str, str], ...]:
    found = list(_GRADE.finditer(text))
    if len(found) < 2:
        return ()
    ends = [match.start() for match in found[1:]] + [len(text)]
    return tuple(
        (match.group(1), text[match.end() : end].strip(";；|,，、\n 。"))
        for match, end in zip(found, ends, strict=True)
    )


def _graded(grades: tuple[tuple[str, str], ...], context: Context) -> Frame:
    numbers = [token for _, cell in grades for token in tokens(cell) if token.kind == "num"]
    unit = next((token.unit for token in numbers if token.unit), "")
    unit = "%" if unit == "百分点" else unit.split("/")[0]
    firsts = [next((token.value for token in tokens(cell) if token.kind == "num"), None) for _, cell in grades]
    known = [value for value in firsts if value is not None]
    down = len(known) > 1 and known[0] < known[-1]
    first_none = any(token.kind == "none" for token in tokens(grades[0][1]))
    return Frame(text=context.target, unit=unit, grades=grades, down=down or first_none)


def _from_target(target: Target, context: Context) -> Frame:
    scale = SCALES[target.scale]
    unit = target.unit
    base = Frame(unit="%" if unit == "百分点" else unit, scale=scale, period=target.period or "")
    if target.comparator is Comparator.COMPOUND:
        return _compound(target, context, base)
    if target.comparator is Comparator.DATE:
        if target.day_to and (target.period or re.match(r"次月|下月|当月|季后|月后|下季", fold(context.target))):
            return replace(base, deadline=str(target.day_to))
        ends, begins = (_of_quarter(day or "") for day in (target.date_to, target.date_from))
        return replace(base, deadline=ends, date_text=context.target, begins=begins)
    low = Fraction(target.low) * scale if target.low is not None else None
    high = Fraction(target.high) * scale if target.high is not None else None
    if target.comparator is Comparator.RANGE:
        plus = low is not None and high is not None and low == -high
        middle = (
            (low + high) / 2 if "±" in context.target and low is not None and high is not None and not plus else None
        )
        return replace(base, value=middle, low=low, high=high, plus_minus=plus, explicit=True)
    months = _MONTHS_APART.search(fold(context.target))
    if months and low is not None and low == high and unit not in TIMES:
        return replace(base, value=low * Fraction(12, _COUNTS[months.group(1)]), period="月")
    if target.period and _SEVERAL.match(target.period):
        return base  # every two weeks, every three years: how many a year is not said
    sense = ""
    if target.base or target.direction:
        falls = target.direction in ("down", "下降", "降低", "fall") or bool(
            re.search(r"下降|降低|压减|减少", context.target)
        )
        sense = "fall" if falls else "rise" if not re.search(r"百分点", context.target) else "change"
    if target.comparator is None or target.comparator is Comparator.EQUAL:
        none = low == 0 and high == 0
        equal = bool(re.match(r"\s*[=＝]|等于", context.target))
        if target.period in PER_YEAR and low is not None and unit not in TIMES:
            inside = re.search(r"[（(].*?(\d+).*?[）)]", context.target)
            low = Fraction(int(inside.group(1))) if inside else low * PER_YEAR[target.period]
        if low is None:
            return replace(base, none=_says_none(context.target))
        return replace(base, value=low, none=none, down=none, equal=equal, sense=sense)
    down = target.comparator in (Comparator.AT_MOST, Comparator.LESS)
    if target.period in PER_YEAR and low is not None and unit not in TIMES and unit != "%":
        low *= PER_YEAR[target.period]
    return replace(
        base,
        value=high if down and high is not None else low if low is not None else high,
        down=down,
        explicit=True,
        none=(high == 0 and down),
        sense=sense,
    )


_QUARTER_ENDS = {"1": ("01-01", "03-31"), "2": ("04-01", "06-30"), "3": ("07-01", "09-30"), "4": ("10-01", "12-31")}


def _of_quarter(day: str) -> str:
    """``Q2-end`` as the day it is; a day in digits stays."""
    found = re.fullmatch(r"(\d{4}-)?Q([1-4])-(start|end)", day)
    if found is None:
        return day
    return (found.group(1) or "") + _QUARTER_ENDS[found.group(2)][found.group(3) == "end"]


def _says_none(text: str) -> bool:
    return bool(re.fullmatch(r"(?:无|零|未发生|不发生|没有|未出现|杜绝)[\u4e00-\u9fff]{0,12}", fold(text)))


def _compound(target: Target, context: Context, base: Frame) -> Frame:
    parts = [(part.label or "", _from_target(part, replace(context, target=part.text or ""))) for part in target.parts]
    numbers = [frame for _, frame in parts if frame.numeric]
    budgets = [frame.value for label, frame in parts if frame.value is not None and "预算" in label]
    if len(budgets) == 2 and len(parts) == 2:
        later = next(
            (number for number, (label, _) in enumerate(parts) if any(word in label for word in ("调整", "全年"))), 1
        )
        ordered = (budgets[later], budgets[1 - later])
        return replace(base, unit=numbers[0].unit, scale=numbers[0].scale, value=ordered[0], amounts=ordered)
    named = tuple((label or f"{frame.unit}数", frame) for label, frame in parts)
    return (
        replace(base, parts=named)
        if len(numbers) == len(parts)
        else replace(
            base,
            parts=named if len(numbers) > 1 else (),
            value=numbers[0].value if len(numbers) == 1 else None,
            unit=numbers[0].unit if len(numbers) == 1 else "",
        )
    )


def _loose_number(frame: Frame, text: str, context: Context) -> Frame:
    """A target whose number stands among words (在岗率100%, 收到指标后30日内, 全市前三)."""
    found = [token for token in tokens(text) if token.kind in ("num", "top")]
    cond = read_condition(tidy(tokens(text)), text)
    if len(found) != 1:
        return frame
    token = found[0]
    scale = SCALES[token.scale]
    if token.kind == "top":
        return replace(frame, unit="名次", value=token.value, down=True, explicit=True)
    unit = "%" if token.unit == "百分点" else token.unit.split("/")[0]
    down = bool(cond and cond.bounds and cond.bounds[0].sign.value in ("<=", "<"))
    early = "前" in text and unit in TIMES and "提前" not in text
    if early:
        return replace(frame, unit=unit, value=token.value * scale, sense="early")
    return replace(
        frame,
        unit=unit,
        scale=scale,
        value=token.value * scale,
        down=down or (unit in TIMES and "内" in text),
        explicit=down,
    )


def _by_the_period(frame: Frame, items: Sequence[g.Item]) -> Frame:
    """≥12次/月 beside 每月12次及以上5分，8-11次3分…: bands of counts for one period, as the target prints them."""
    times = PER_YEAR.get(frame.period, 1)
    if times == 1 or not frame.value or any(isinstance(item, g.Step) for item in items):
        return frame
    counts = {
        token.value
        for item in items
        if isinstance(item, g.Chunk)
        for token in item.tokens
        if token.kind == "num" and not token.percent and token.unit in ("", frame.unit)
    }
    if len(counts) < 2 or max(counts) * times != frame.value:
        return frame
    return replace(frame, value=max(counts), given=False)


def _is_share(context: Context, items: Sequence[g.Item]) -> bool:
    """Whether a percentage of the rule is the row's own unit: not where it is only the step of what is compared with 上年."""
    compared = any(token.kind == "average" for token in _all_tokens(items))
    bounds = any(token.percent for token in _all_tokens(items) if token.kind == "num")
    return (
        not compared
        or bounds
        or re.search(r"[率度]$|比例$|比重$|占比$|增幅$|增速$", fold(context.indicator)) is not None
    )


def _with_rule(frame: Frame, context: Context, items: Sequence[g.Item]) -> Frame:
    """Unit, direction and sense from the words of the rule where the target does not say."""
    frame = _by_the_period(frame, items)
    found = list(_numbers(items))
    if not frame.text and any(token.unit == "名次" for token in found):
        return replace(frame, unit="名次", down=True, whole=True)
    unit, down, sense = frame.unit, frame.down, frame.sense
    if not unit:
        unit = next((token.unit for token in found if token.unit and token.unit != "分"), "")
        if unit == "%" and not _is_share(context, items):
            unit = ""  # 高于上年的，每高1%扣0.5分 of an amount: of what it is counted in nothing is said
        decimal = frame.value is not None and 0 < frame.value < 1  # 覆盖率≥0.9 is counted in shares of one
        if (
            not unit
            and frame.numeric
            and not frame.none
            and re.search(r"[率度]$", fold(context.indicator))
            and not decimal
        ):
            unit = "%"
        unit = "%" if unit == "百分点" or (frame.none and any(token.percent for token in found)) else unit.split("/")[0]
    if not frame.explicit and not frame.none and not frame.band:
        down = _down(unit, frame.value, context, items)
    if (
        not frame.deadline
        and any(token.kind == "early" for token in _all_tokens(items))
        and not any(isinstance(item, g.Step) and item.way == "early" for item in items)
    ):
        sense = "early"
    if unit == "%" and not sense and not frame.deadline:
        sense = _change(context, items)
    whole = unit not in (
        "%",
        "",
        "元",
        "亩",
        "公里",
        "天",
        "小时",
        "吨",
        "米",
        "平方米",
        "℃",
        "度",
        "分",
        "立方米",
        "公顷",
        "千米",
        "分钟",
        "月",
    ) and not unit.startswith(("元", "微克", "千瓦", "毫克", "吨"))
    if unit in ("天", "月", "分钟") and (frame.deadline or frame.numeric or frame.grades):
        whole = unit != "月"
    whole = whole and frame.scale == 1
    if (unit, down, sense, whole) == (frame.unit, frame.down, frame.sense, frame.whole):
        return frame
    return replace(frame, unit=unit, down=down, sense=sense, whole=whole)


_FALLING = re.compile(r"(?:下降|降低|压减|减少|压降|缩减|削减)(?:比例|幅度|率|幅)?$|降幅$|减幅$")
_CHANGING = re.compile(
    r"增长|增幅|增速|增加|提高|提升|上升|变动|变化|下降|降低|压减|减少|压降|波动|浮动|降幅|减幅|涨|偏差|偏离|节约|持平|差额"
)


def _change(context: Context, items: Sequence[g.Item]) -> str:
    """Whether a percentage is a rate of falling, a level, or some other change (then nothing is said)."""
    printed = fold(context.indicator) + "，" + fold(context.target)
    spoken = ""
    for item in items:
        if not isinstance(item, g.Chunk):
            continue
        spoken += "".join(token.text for token in item.tokens) + "，"
        for token, following in pairwise(item.tokens):
            if token.text in ("下降", "降低", "压减", "减少") and following.kind == "num" and following.percent:
                return "drop"
    if _FALLING.search(fold(context.indicator)):
        return "drop"
    return "" if _CHANGING.search(printed) or _CHANGING.search(spoken) else "level"


def _all_tokens(items: Sequence[g.Item]) -> Iterator[Token]:
    for item in items:
        if isinstance(item, g.Chunk):
            yield from item.tokens


def _numbers(items: Sequence[g.Item]) -> Iterator[Token]:
    for item in items:
        if isinstance(item, g.Chunk):
            yield from (token for token in item.tokens if token.kind == "num")
        elif isinstance(item, g.Step) and item.size is not None:
            yield item.size


def _best_first(items: Sequence[g.Item]) -> list[g.Chunk]:
    """The conditions of the clauses that give points, those of full marks first."""
    found: list[tuple[Fraction, int, g.Chunk]] = []
    for position, item in enumerate(items):
        before = items[position - 1] if position else None
        if not isinstance(before, g.Chunk):
            continue
        if isinstance(item, g.Full) or (isinstance(item, g.Share) and item.value == 100):
            found.append((Fraction(10**9), -position, before))
        elif isinstance(item, g.Points) and item.value > 0:
            found.append((item.value, -position, before))
    return [chunk for _, _, chunk in sorted(found, key=lambda entry: entry[:2], reverse=True)[:1]]


def _in_proportion_below(items: Sequence[g.Item]) -> bool:
    """未完成的按完成比例得分: what falls short earns its share, so more is better, whatever is taken off far beyond."""
    for before, item in pairwise(items):
        if isinstance(item, g.Ratio) and item.kind in ("done", "short") and isinstance(before, g.Chunk):
            cond = read_condition(before.tokens, "")
            if cond is not None and cond.state == "short":
                return True
    return False


def _between(chunk: g.Chunk) -> bool:
    """100%≤完成率≤130%: full marks in the middle."""
    cond = read_condition(chunk.tokens, "")
    signs = {bound.sign.value[0] for bound in cond.bounds} if cond is not None and not cond.joined else set()
    return signs == {"<", ">"}


def _side(chunk: g.Chunk) -> bool | None:
    """Whether a condition bounds from above (True) or below (False); None where it does both or neither."""
    kinds = {token.kind for token in chunk.tokens}
    opens = [token.kind for token in chunk.tokens[:2]]
    if opens in (["num", "le"], ["num", "ge"]):
        return opens[1] == "ge"  # 85%小于等于满意度 bounds from below
    if any(one.kind == "before" and two.unit == "%" for one, two in pairwise(chunk.tokens)):
        return True  # 排名前30%
    signs = {
        _TURNED.get(token.text, token.text) if before == "num" else token.text  # 85%≤满意度 bounds from below
        for before, token in zip(("", *(one.kind for one in chunk.tokens)), chunk.tokens, strict=False)
        if token.kind == "cmp"
    }
    if sum(token.kind == "num" for token in chunk.tokens) > 1 and "incl" not in kinds and "op" not in kinds:
        return None
    if "num" in kinds and kinds & {"reach", "ge"}:
        return "down" in kinds and "up" not in kinds
    if kinds & {"le", "notover", "down"} or signs & {"<=", "<"} or ("none" in kinds and "num" not in kinds):
        return True
    if kinds & {"ge", "gt", "up", "reach"} or ">=" in signs:
        return False
    if "lt" in kinds:
        return True
    return None


def _too_low(items: Sequence[g.Item]) -> bool:
    """低于或等于80%的不得分 and nothing of the kind for much: more is better; 超过130%的不得分 may be mere excess."""
    sides = set()
    for before, item in pairwise(items):
        nothing = isinstance(item, g.Zero) or (isinstance(item, g.Points) and item.value == 0)
        if nothing and isinstance(before, g.Chunk) and any(t.kind == "num" for t in before.tokens):
            kinds = {token.kind for token in before.tokens}
            if kinds & {"lt", "down", "le"} and not kinds & {"gt", "up", "ge", "cmp"}:
                sides.add(False)
            elif kinds & {"gt", "up", "ge"} and not kinds & {"lt", "down", "le", "cmp"}:
                sides.add(True)
    return sides == {False}


def _down(unit: str, target: Fraction | None, context: Context, items: Sequence[g.Item]) -> bool:
    """Which way is better by the rule: deductions for too much, full marks up to a bound; else by the indicator's name."""
    best = _best_first(items)
    if any(_between(chunk) for chunk in best):
        return False
    if _in_proportion_below(items):
        return False
    for item in items:
        if isinstance(item, g.Step) and item.verb == "deduct":
            share = item.size is not None and item.size.percent
            if item.way == "over" or (item.way == "event" and not share):
                return True
            if item.way == "short":
                return False
    for chunk in best:
        told = _side(chunk)
        if told is not None:
            return told
    if isinstance(items[0] if items else None, g.Remark) and any(
        word in getattr(items[0], "text", "") for word in ("反向", "负向", "逆", "返乡", "成本型", "成本类")
    ):
        return True
    if _too_low(items):
        return False
    if unit and target is not None:
        name = fold(context.indicator)
        return has(name, "reverse") and not has(name, "positive")
    return False
