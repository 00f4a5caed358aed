"""Rules put together from slots, a choice of words in each, against closed forms of arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context, Status
from hengjian.rules.run import score
from hengjian.values.rounding import NATIONAL

_MEASURES = ("满意度", "合格率", "覆盖率", "执行率", "达标率", "办结率", "知晓率")
_STOPS = ("，扣完为止", "，扣完本项分为止", "，最低0分", "，扣至0分", "，不倒扣", "", "，直至扣完", "。")
_BREAKS = ("；", ";", "，", "。", "\n")
_NUMBERS = (
    ("", "", "", ""),
    ("①", "②", "③", "④"),
    ("1.", "2.", "3.", "4."),
    ("（1）", "（2）", "（3）", "（4）"),
    ("1、", "2、", "3、", "4、"),
)


@dataclass(frozen=True)
class Case:
    """A rule beside its row, and the score of every actual value."""

    rule: str
    target: str
    weight: int
    points: tuple[tuple[str, Fraction], ...]


class _Words:
    """The slots of a rule; ``pick`` chooses a wording."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def number(self, low: int, high: int) -> int:
        return self.random.randrange(low, high)

    def full(self, weight: int) -> str:
        plain = self.pick(
            "得满分",
            "计满分",
            "满分",
            f"得{weight}分",
            f"计{weight}分",
            "得权重分",
            "得指标分",
            "得标准分",
            "不扣分",
            "赋满分",
        )
        return self.pick("", "，", "的", "的，") + plain

    def zero(self) -> str:
        return self.pick("", "，", "的", "的，") + self.pick("不得分", "得0分", "计0分", "不计分", "不赋分", "为0分")

    def at_least(self, bound: str) -> str:
        form = self.pick(
            "达到{}",
            "{}以上",
            "{}及以上",
            "≥{}",
            "不低于{}",
            "大于等于{}",
            "{}（含）以上",
            "{}以上（含）",
            ">={}",
            "达{}",
        )
        return form.format(bound)

    def below(self, bound: str) -> str:
        return self.pick("低于{}", "＜{}", "<{}", "不足{}", "小于{}", "未达到{}", "未达{}").format(bound)

    def at_most(self, bound: str) -> str:
        form = self.pick("≤{}", "不超过{}", "不高于{}", "{}以内", "控制在{}以内", "小于等于{}", "{}（含）以内", "≦{}")
        return form.format(bound)

    def per_short(self, size: str) -> str:
        return self.pick("每低{}", "每低于{}", "每降低{}", "每下降{}", "每少{}", "每减少{}", "每差{}").format(size)

    def per_over(self, size: str) -> str:
        return self.pick("每超{}", "每超过{}", "每超出{}", "每高{}", "每增加{}", "每多{}").format(size)

    def deduct(self, points: Fraction) -> str:
        form = self.pick("扣{}分", "，扣{}分", "扣减{}分", "减{}分", "扣除{}分", ",扣{}分", "的扣{}分")
        return form.format(_show(points))

    def weight(self, weight: int) -> str:
        return self.pick(
            "指标分值", "分值", "权重", "权重分", "指标分", "标准分", "本项分值", f"{weight}分", str(weight)
        )


def _show(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


def _held(value: Fraction, weight: int) -> Fraction:
    return max(Fraction(0), min(Fraction(weight), value))


def _ratio(words: _Words) -> Case:
    target, weight = words.number(20, 5000), words.number(2, 13)
    unit, noun = (
        words.pick("人", "户", "次", "个", "场", "件", "亩"),
        words.pick("培训", "走访", "检查", "建设", "整治"),
    )
    one, two, *_ = words.random.choice(_NUMBERS)
    first = words.pick(
        f"{noun}数量{words.at_least(f'{target}{unit}')}", "完成目标", "达到指标值", "完成年度计划", "达到目标值"
    )
    second = words.pick(f"{noun}数量{words.below(f'{target}{unit}')}", "未完成", "未达到", "未达到指标值", "达不到")
    formula = words.pick(
        f"得分=实际{noun}数/计划{noun}数*100%×{words.weight(weight)}",
        f"得分=实际完成值/目标值×{words.weight(weight)}",
        f"按实际完成数/计划数×{words.weight(weight)}计分",
        f"得分=完成比例×{words.weight(weight)}",
        "按完成比例得分",
        "按实际完成比例计分",
        "按比例扣分",
        "按未完成比例扣分",
    )
    mark = words.pick("；", ";", "。") if one else words.pick(*_BREAKS)
    rule = f"{one}{first}{words.full(weight)}{mark}{two}{second}{words.pick('的，', '，', '的,')}{formula}"
    values = (target, target - 1, target // 2, 0, target + 7)
    return Case(
        rule,
        f"{target}{unit}",
        weight,
        tuple((f"{a}{unit}", _held(Fraction(a * weight, target), weight)) for a in values),
    )


def _step(words: _Words) -> Case:
    bound, weight, measure = words.number(70, 101), words.number(3, 13), words.pick(*_MEASURES)
    size = words.random.choice((Fraction(1), Fraction(2), Fraction(1, 2), Fraction(5)))
    points = words.random.choice((Fraction(1, 10), Fraction(1, 5), Fraction(1, 2), Fraction(1)))
    unit = "一个百分点" if size == 1 and words.number(0, 3) == 0 else _show(size) + words.pick("个百分点", "%")
    head = words.pick(
        "",
        f"{measure}{words.at_least(f'{bound}%')}{words.full(weight)}{words.pick(*_BREAKS)}{words.pick('', '未达到的，')}",
    )
    cut = bound - 20 if words.number(0, 2) else None
    tail = f"；低于{cut}%{words.zero()}" if cut is not None else words.pick(*_STOPS)
    rule = f"{head}{words.per_short(unit)}{words.deduct(points)}{tail}"
    scores = []
    for actual in (
        Fraction(bound),
        Fraction(bound) - 1,
        bound - size * 2,
        bound - Fraction(5, 2),
        Fraction(100),
        Fraction(40),
    ):
        got = _held(weight - max(Fraction(0), bound - actual) / size * points, weight)
        scores.append((f"{_show(actual)}%", Fraction(0) if cut is not None and actual < cut else got))
    return Case(rule, words.pick("{}%", "≥{}%").format(bound), weight, tuple(scores))


def _over(words: _Words) -> Case:
    bound, weight, unit = words.number(5, 40), words.number(3, 11), words.pick("万元", "次", "天", "%", "小时", "起")
    points = words.random.choice((Fraction(1, 2), Fraction(1), Fraction(1, 5), Fraction(2)))
    measure = {"万元": "支出", "次": "故障次数", "天": "办理时长", "%": "变动率", "小时": "停机时间", "起": "投诉"}[
        unit
    ]
    size = "1个百分点" if unit == "%" else f"1{unit}"
    head = f"{measure}{words.at_most(f'{bound}{unit}')}{words.full(weight)}{words.pick(*_BREAKS)}"
    rule = f"{head}{words.per_over(size)}{words.deduct(points)}{words.pick(*_STOPS)}"
    target = words.pick("≤{}", "不超过{}", "不高于{}", "控制在{}以内").format(f"{bound}{unit}")
    values = (bound, bound + 1, bound + 3, bound - 2, bound + 50, 0)
    return Case(
        rule, target, weight, tuple((f"{a}{unit}", _held(weight - max(0, a - bound) * points, weight)) for a in values)
    )


def _bands(words: _Words) -> Case:
    weight, measure = words.number(4, 13), words.pick(*_MEASURES)
    high, middle, low = sorted(words.random.sample(range(40, 99), 3), reverse=True)
    second, third = sorted(words.random.sample(range(1, weight), 2), reverse=True)

    def between(bottom: int, top: int) -> str:
        form = words.pick(
            "{}%（含）-{}%",
            "{}%≤" + measure + "＜{}%",
            "{}%-{}%",
            "{}%（含）至{}%",
            "{}%及以上{}%以下",
            "{}%—{}%",
            "{}%以上不足{}%",
            "大于等于{}%且小于{}%",
        )
        return form.format(bottom, top)

    clauses = [
        f"{words.at_least(f'{high}%')}{words.full(weight)}",
        f"{between(middle, high)}{words.pick('得', '，计', '的得')}{second}分",
        f"{between(low, middle)}{words.pick('得', '，计', '的得')}{third}分",
        f"{words.pick(f'{measure}＜{low}%', f'低于{low}%', f'{low}%以下', '其余')}{words.zero()}",
    ]
    numbers = words.random.choice(_NUMBERS)
    mark = words.pick("；", ";", "。") if numbers[0] else words.pick(*_BREAKS)
    rule = mark.join(f"{number}{clause}" for number, clause in zip(numbers, clauses, strict=True))
    scores = (
        (f"{high}%", weight),
        (f"{middle}%", second),
        (f"{low}%", third),
        (f"{low - 1}.9%", 0),
        ("99.5%", weight),
        ("10%", 0),
    )
    return Case(rule, f"{high}%", weight, tuple((actual, Fraction(value)) for actual, value in scores))


def _events(words: _Words) -> Case:
    weight, unit = words.number(3, 10), words.pick("起", "次", "件", "例", "处", "个")
    points = words.random.choice((Fraction(1, 2), Fraction(1), Fraction(2), Fraction(1, 5)))
    most = words.number(1, weight) if words.number(0, 2) else None
    noun = words.pick("", "事故", "问题", "投诉", "差错")
    tail = (
        words.pick(*_STOPS)
        if most is None
        else words.pick("，最多扣{}分", "，扣分最多不超过{}分", "，最高扣{}分", "，扣满{}分为止").format(most)
    )
    rule = (
        words.pick(
            f"每发生1{unit}{noun}", f"每出现1{unit}{noun}", f"每发现一{unit}{noun}", f"每{unit}", f"每有1{unit}{noun}"
        )
        + words.deduct(points)
        + tail
    )

    def worth(count: int) -> Fraction:
        taken = points * count
        return _held(weight - (taken if most is None else min(taken, Fraction(most))), weight)

    return Case(
        rule,
        words.pick(f"0{unit}", "0", "无"),
        weight,
        tuple((f"{count}{unit}", worth(count)) for count in (0, 1, 2, 7, 30)),
    )


def _late(words: _Words) -> Case:
    due = date(2024, words.number(1, 12), words.number(5, 26))
    weight, points = words.number(3, 10), words.random.choice((Fraction(1, 10), Fraction(1, 5), Fraction(1, 2)))
    head = words.pick(
        "按时完成", "按期完成", "及时报送", "在规定时间内完成", f"{due.month}月{due.day}日前完成"
    ) + words.full(weight)
    each = words.pick("每推迟1天", "每延迟1天", "每逾期1天", "每延误一天", "每滞后1天", "未按时完成的，每推迟1天")
    rule = f"{head}{words.pick(*_BREAKS)}{each}{words.deduct(points)}{words.pick(*_STOPS)}"

    def written(day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日"

    shifts = (0, -3, 1, 7, 200)
    scores = tuple(
        (written(due + timedelta(shift)), _held(weight - points * max(0, shift), weight)) for shift in shifts
    )
    return Case(rule, written(due) + "前", weight, scores)


@pytest.mark.parametrize(
    "make", [_ratio, _step, _over, _bands, _events, _late], ids=lambda make: make.__name__.strip("_")
)
@settings(max_examples=60, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_every_choice_of_words_gives_the_same_function(make: Callable[[_Words], Case], random: Random) -> None:
    case = make(_Words(random))
    context = Context(indicator="某项工作", target=case.target, weight=str(case.weight))
    reading = read_rule(case.rule, context)
    got = [(actual, score(reading, context, actual).value) for actual, _ in case.points]
    assert got == [(actual, NATIONAL.apply(value)) for actual, value in case.points], case.rule
    assert reading.status is Status.EXECUTABLE, case.rule


_TIERS = (
    ("5天以内的部分每天扣{a}分，超过5天的部分每天扣{b}分", ""),
    ("5天（含）以内的部分，每天扣{a}分；5天以上的部分，每天扣{b}分", "逾期"),
)


@pytest.mark.parametrize("form", _TIERS, ids=["plain", "late"])
@settings(max_examples=40, deadline=None)
@given(low=st.integers(1, 5), high=st.integers(1, 9), days=st.integers(-3, 40))
def test_each_stretch_of_a_delay_has_its_own_price(form: tuple[str, str], low: int, high: int, days: int) -> None:
    """Days beyond the bound cost the second price, the first five the first, none is charged twice."""
    due, weight = date(2024, 6, 28), 10
    a, b = Fraction(low, 10), Fraction(high, 10)
    rule = "逾期" + form[0].format(a=f"0.{low}", b=f"0.{high}") + "，扣完为止"
    context = Context(indicator="报送时间", target="2024年6月28日前", weight=str(weight))
    reading = read_rule(rule, context)
    late = max(0, days)
    worth = _held(weight - a * min(late, 5) - b * max(0, late - 5), weight)
    day = due + timedelta(days)
    got = score(reading, context, f"{day.year}年{day.month}月{day.day}日").value
    assert reading.status is Status.EXECUTABLE, rule
    assert got == NATIONAL.apply(worth), rule


@settings(max_examples=60, deadline=None)
@given(weight=st.integers(2, 10), goal=st.integers(10, 500), done=st.integers(0, 900), allowed=st.integers(5, 30))
def test_a_deviation_counts_on_both_sides_beyond_what_is_allowed(
    weight: int, goal: int, done: int, allowed: int
) -> None:
    rule = f"在目标值±{allowed}%以内得满分，超出±{allowed}%的，每超出1%扣0.1分，扣完为止"
    context = Context(indicator="接待人数", target=f"{goal}人", weight=str(weight))
    away = Fraction(abs(done - goal) * 100, goal) - allowed
    worth = _held(weight - max(Fraction(0), away) / 10, weight)
    reading = read_rule(rule, context)
    assert reading.status is Status.EXECUTABLE, rule
    assert score(reading, context, f"{done}人").value == NATIONAL.apply(worth), rule
