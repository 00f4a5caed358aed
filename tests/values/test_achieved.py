"""Cells that hold more, or less, than one plain number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.values.achieved import read_numbers, read_often, read_progress, read_share, read_span
from hengjian.values.calendar import read_finish
from hengjian.values.quantity import Quantity, read_actual
from hengjian.values.units import incompatible


@pytest.mark.parametrize(
    ("text", "share", "unit"),
    [
        ("18场/20场", Fraction(9, 10), "场"),
        ("12.5万元/15万元", Fraction(5, 6), "元"),
        ("已完成38户/40户", Fraction(19, 20), "户"),
        ("190/200", Fraction(19, 20), ""),
        ("４／５", Fraction(4, 5), ""),
        ("27/30次（7月停诊）", Fraction(9, 10), "次"),
        ("三分之二", Fraction(2, 3), ""),
        ("完成四分之三", Fraction(3, 4), ""),
    ],
)
def test_a_part_and_its_whole(text: str, share: Fraction, unit: str) -> None:
    got = read_share(text)
    assert got is not None
    assert (got.value, got.part.unit) == (share, unit)


@pytest.mark.parametrize(
    "text", ["12次/年", "80人/2期", "2024/11/30", "3/0", "500元/人·月", "/", "—", "20场", "≥18/20"]
)
def test_no_part_of_a_whole(text: str) -> None:
    assert read_share(text) is None


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("完成率75%", 75),
        ("完成九成", 90),
        ("已完成95%", 95),
        ("工程形象进度80%", 80),
        ("完成三分之一", Fraction(100, 3)),
        ("任务完成率为１０５％", 105),
    ],
)
def test_how_far_something_has_got(text: str, percent: Fraction) -> None:
    got = read_progress(text)
    assert got is not None
    assert got.value == percent


@pytest.mark.parametrize("text", ["完成18项", "合格率95%", "完成", "完成率≥95%", "完成率较上年提高3%"])
def test_no_progress(text: str) -> None:
    assert read_progress(text) is None


def test_several_numbers_with_the_words_before_them() -> None:
    found = read_numbers("2024年共举办2期，培训100人（含线上20人），较上年增长12%")
    assert [(int(one.quantity.value), one.quantity.unit, one.change) for one in found] == [
        (2, "期", False),
        (100, "人", False),
        (12, "%", True),
    ]


@pytest.mark.parametrize(
    ("text", "low", "high", "low_incl", "high_incl"),
    [
        ("85%-90%", 85, 90, True, True),
        ("2～8℃", 2, 8, True, True),
        ("3万至5万人", 30000, 50000, True, True),
        ("1.2—1.5万亩", 12000, 15000, True, True),
        ("≥90%", 90, None, True, True),
        ("90%以上", 90, None, True, True),
        ("10+", 10, None, True, True),
        ("超过30天", 30, None, False, True),
        ("不足60%", None, 60, True, False),
        ("2天以内", None, 2, True, True),
        ("300余人", 300, 400, True, False),
        ("1.8万余份", 18000, 19000, True, False),
        ("三百多人", 300, 400, True, False),
        ("近300人", 200, 300, True, False),
        ("接近1.5万户", 14000, 15000, True, False),
    ],
)
def test_ranges_that_are_left_open(
    text: str, low: int | None, high: int | None, low_incl: bool, high_incl: bool
) -> None:
    got = read_span(text)
    assert got is not None
    assert (got.low and got.low.value, got.high and got.high.value) == (low, high)
    assert (got.low_incl, got.high_incl) == (low_incl, high_incl)


@pytest.mark.parametrize(
    "text", ["300人", "约300人", "300人左右", "2024年11月", "—", "", "无", "提高3%以上", "95%-80%", "20期100人"]
)
def test_no_range(text: str) -> None:
    assert read_span(text) is None


@given(st.integers(1, 10**6))
def test_more_than_a_round_number_stays_below_the_next_one(number: int) -> None:
    got = read_span(f"{number}余人")
    assert got is not None
    assert got.low is not None
    assert got.high is not None
    assert got.low.value == number < got.high.value <= number * 2


@pytest.mark.parametrize(
    ("text", "count", "period"),
    [
        ("每月1次", 1, "月"),
        ("每季度2场", 2, "季度"),
        ("每季一次", 1, "季度"),
        ("半年1次", 1, "半年"),
        ("2次/月", 2, "月"),
        ("每周召开3次", 3, "周"),
        ("每年不少于4次", None, ""),
        ("12次", None, ""),
        ("每人每月500元", None, ""),
    ],
)
def test_a_number_in_every_period(text: str, count: int | None, period: str) -> None:
    got = read_often(text)
    assert (None if got is None else got.quantity.value) == count
    assert ("" if got is None else got.period) == period


@pytest.mark.parametrize(
    ("text", "percent"), [("九成", 90), ("八成五", 85), ("七成半", 75), ("9成", 90), ("三成左右", 30)]
)
def test_tenths(text: str, percent: int) -> None:
    got = read_actual(text)
    assert isinstance(got, Quantity)
    assert (int(got.value), got.unit) == (percent, "%")


@pytest.mark.parametrize(
    ("text", "unit"),
    [("87.5（分）", "分"), ("12（场）", "场"), ("30台（套）", "台"), ("95（%）", "%"), ("18（含2次）", "")],
)
def test_a_unit_in_brackets(text: str, unit: str) -> None:
    got = read_actual(text)
    assert isinstance(got, Quantity)
    assert got.unit == unit


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("4月15日开工", "2024-04-15", "2024-04-15"),
        ("已于6月3日全部发放到位", "2024-06-03", "2024-06-03"),
        ("11月完成", "2024-11-01", "2024-11-30"),
        ("9月下旬", "2024-09-21", "2024-09-30"),
        ("三季度办结", "2024-07-01", "2024-09-30"),
        ("年底前完成", None, "2024-12-31"),
        ("2023年", "2023-01-01", "2023-12-31"),
    ],
)
def test_when_something_was_finished(text: str, start: str | None, end: str) -> None:
    got = read_finish(text, 2024)
    assert got is not None
    assert (None if got.start is None else got.start.isoformat(), got.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    "text", ["计划12月完成", "未在6月30日完成", "拟于5月1日启用", "6月3日和7月2日", "推迟", "第20期"]
)
def test_no_finish(text: str) -> None:
    assert read_finish(text, 2024) is None


@pytest.mark.parametrize(
    ("left", "right", "never"),
    [
        ("人", "期", True),
        ("人", "户", True),
        ("人次", "场", True),
        ("台", "人", True),
        ("户", "次", True),
        ("人", "人次", True),
        ("户", "户次", True),
        ("次", "人次", False),
        ("篇", "期", False),
        ("次", "场", False),
        ("次", "批次", False),
        ("家", "户", False),
        ("个", "人", False),
        ("件", "起", False),
    ],
)
def test_units_that_count_other_things(left: str, right: str, never: bool) -> None:
    assert incompatible(left, right) is incompatible(right, left) is never
