"""Numbers, units and emptiness as clerks type them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.values.quantity import (
    Empty,
    Quantity,
    Relation,
    chinese_number,
    convert,
    empty_kind,
    read_actual,
    read_quantity,
    relation,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Empty.BLANK),
        (" \u3000\n", Empty.BLANK),
        ("—", Empty.DASH),
        ("－", Empty.DASH),
        ("--", Empty.DASH),
        ("——", Empty.DASH),
        ("/", Empty.SLASH),
        ("／", Empty.SLASH),
        ("0", None),
        ("无", None),
        ("-1", None),
        ("1/2", None),
    ],
)
def test_blank_dash_slash_and_zero_are_four_facts(text: str, kind: Empty | None) -> None:
    assert empty_kind(text) is kind


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1800人", 1800, "人"),
        ("1,260人", 1260, "人"),
        ("1，260 人", 1260, "人"),
        ("12，000，000元", 12_000_000, "元"),
        ("４．６万人", 46000, "人"),
        ("0.3万人次", 3000, "人次"),
        ("1.2 万卷", 12000, "卷"),
        ("12.125亿元", 1_212_500_000, "元"),
        ("1.5万亿元", 1_500_000_000_000, "元"),
        ("3千元", 3000, "元"),
        ("98.38%", Fraction(9838, 100), "%"),
        ("９３％", 93, "%"),
        ("100百分比", 100, "%"),
        ("2个百分点", 2, "百分点"),
        ("2.5‰", Fraction(5, 2), "‰"),
        ("百分之九十五", 95, "%"),
        ("-12.5%", Fraction(-25, 2), "%"),
        ("－3%", -3, "%"),
        ("2/3", Fraction(2, 3), ""),
        ("三分之二", Fraction(2, 3), ""),
        ("一百二十人", 120, "人"),
        ("一万二千零五人", 12005, "人"),
        ("二十", 20, ""),
        ("两次", 2, "次"),
        ("零", 0, ""),
        ("0.42吨标煤", Fraction(42, 100), "吨标煤"),
        ("97.5千瓦时/平方米", Fraction(195, 2), "千瓦时/平方米"),
        ("450元/人天", 450, "元/人·天"),
        ("15个工作日", 15, "工作日"),
        ("3个月", 3, "月"),
        ("6.25小时", Fraction(25, 4), "小时"),
        ("45℃", 45, "℃"),
        ("36朵", 36, "朵"),
        ("97.5", Fraction(195, 2), ""),
    ],
)
def test_one_number_with_its_unit(text: str, value: Fraction | int, unit: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert (quantity.value, quantity.unit) == (Fraction(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "未开展",
        "完成",
        "一般",
        "三会一课",
        "5G",
        "20 100%",
        "20，100%",
        "3个月10天",
        "2024年5月",
        "30-50人",
        "1.2.3",
        "二三十人",
        "80%以上",
        "9:30",
    ],
)
def test_no_number_or_several_is_no_quantity(text: str) -> None:
    assert read_quantity(text) is None


@pytest.mark.parametrize("text", ["约200人", "近200人", "200人左右", "200余人", "200多人", "二百余人"])
def test_approximate_numbers_say_so(text: str) -> None:
    quantity = read_quantity(text)
    assert quantity is not None
    assert quantity.approx
    assert quantity.value == 200


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("95%以上", ">="),
        ("≥95%", ">="),
        ("未达到95%", "<"),
        ("超过95%", ">"),
        ("不超过95%", "<="),
        ("达到95%", ""),
        ("=95%", ""),
    ],
)
def test_an_actual_value_that_is_only_a_bound_says_so(text: str, sign: str) -> None:
    actual = read_actual(text)
    assert isinstance(actual, Quantity)
    assert (actual.value, actual.sign) == (Fraction(95), sign)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1-11月完成12期", 12),
        ("截至11月底完成95%", 95),
        ("2024年上半年12场", 12),
        ("延迟1季度", 1),
        ("于6月30日前完成3项", 3),
    ],
)
def test_dates_in_an_actual_value_are_not_its_number(text: str, value: int) -> None:
    actual = read_actual(text)
    assert isinstance(actual, Quantity)
    assert actual.value == value


def test_a_sign_typed_with_the_number_is_kept() -> None:
    quantity = read_quantity("≥95%")
    assert quantity is not None
    assert (quantity.value, quantity.sign) == (Fraction(95), ">=")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("参训率95%", 95),
        ("留下大学生4.8万人", 48000),
        ("达到3146人次", 3146),
        ("共完成12期", 12),
        ("1次不及时", 1),
        ("5处不合规", 5),
        ("第2名", 2),
        ("2024年达到95%", 95),
        ("完成培训（分两批）260人", 260),
        ("开展了三次", 3),
        ("=42人", 42),
    ],
)
def test_an_actual_value_may_have_words_around_its_one_number(text: str, value: int) -> None:
    actual = read_actual(text)
    assert isinstance(actual, Quantity)
    assert actual.value == value


@pytest.mark.parametrize(
    "text",
    ["未开展", "未实施", "未发生", "无", "没有", "零", "无故障", "未发生事故", "零投诉", "无安全事故发生", "0", "0起"],
)
def test_nothing_happened_is_zero(text: str) -> None:
    actual = read_actual(text)
    assert isinstance(actual, Quantity)
    assert actual.value == 0


@pytest.mark.parametrize(
    "text",
    [
        "完成验收",
        "较便捷",
        "已建立",
        "未完成",
        "未建立",
        "未达到",
        "2023年12月10日",
        "12月20日",
        "满意度98%，覆盖率100%",
        "3个月10天",
        "一般",
        "无制度",
        "无影响",
        "统一规范",
        "30人至50人",
    ],
)
def test_an_actual_value_that_is_no_single_number(text: str) -> None:
    assert read_actual(text) is None


@pytest.mark.parametrize(("text", "empty"), [("—", Empty.DASH), ("/", Empty.SLASH), ("  ", Empty.BLANK)])
def test_an_empty_actual_value_is_not_zero(text: str, empty: Empty) -> None:
    assert read_actual(text) is empty


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("下降3%", "down"),
        ("同比减少3%", "down"),
        ("提升3个百分点", "up"),
        ("增长3%", "up"),
        ("提前3天", "early"),
        ("延迟3天", "late"),
        ("3%", ""),
    ],
)
def test_the_direction_of_a_change_is_told(text: str, direction: str) -> None:
    actual = read_actual(text)
    assert isinstance(actual, Quantity)
    assert (actual.value, actual.direction) == (Fraction(3), direction)


def test_the_unit_of_the_row_completes_a_bare_number() -> None:
    bare, printed, scaled, nothing = (
        read_actual("97.5", "%"),
        read_actual("3人次", "人"),
        read_actual("2.6", "万册"),
        read_actual("未开展", "次"),
    )
    assert isinstance(bare, Quantity)
    assert bare.unit == "%"
    assert isinstance(printed, Quantity)
    assert printed.unit == "人次"
    assert isinstance(scaled, Quantity)
    assert (scaled.value, scaled.unit) == (Fraction(26000), "册")
    assert isinstance(nothing, Quantity)
    assert (nothing.value, nothing.unit) == (Fraction(0), "次")


@pytest.mark.parametrize(
    ("left", "right", "stands"),
    [
        ("人", "人次", Relation.DIFFERENT),
        ("户", "户次", Relation.DIFFERENT),
        ("天", "工作日", Relation.DIFFERENT),
        ("人", "%", Relation.DIFFERENT),
        ("元/人", "元/人·天", Relation.DIFFERENT),
        ("个", "人次", Relation.DIFFERENT),
        ("朵", "株", Relation.DIFFERENT),
        ("期", "篇", Relation.DIFFERENT),
        ("％", "百分比", Relation.SAME),
        ("%", "个百分点", Relation.SAME),
        ("名", "人", Relation.SAME),
        ("场", "场次", Relation.SAME),
        ("元/人·天", "元/人天", Relation.SAME),
        ("元/人·天", "元/人/天", Relation.SAME),
        ("㎡", "平方米", Relation.SAME),
        ("朵", "朵", Relation.SAME),
        ("元", "万元", Relation.CONVERTIBLE),
        ("天", "小时", Relation.CONVERTIBLE),
        ("%", "‰", Relation.CONVERTIBLE),
        ("人", "万人", Relation.CONVERTIBLE),
        ("年", "个月", Relation.CONVERTIBLE),
        ("微克/立方米", "毫克/立方米", Relation.CONVERTIBLE),
        ("", "人", Relation.UNKNOWN),
        ("个", "件", Relation.UNKNOWN),
        ("月", "天", Relation.UNKNOWN),
    ],
)
def test_how_two_units_stand_to_each_other(left: str, right: str, stands: Relation) -> None:
    assert relation(left, right) is stands
    assert relation(right, left) is stands


@pytest.mark.parametrize(
    ("value", "source", "target", "answer"),
    [
        (286, "万元", "元", 2_860_000),
        (2_860_000, "元", "万元", 286),
        (36, "小时", "天", Fraction(3, 2)),
        (5, "‰", "%", Fraction(1, 2)),
        (2, "年", "月", 24),
        (3, "公里", "米", 3000),
        (5, "%", "个百分点", 5),
        (8, "人", "人次", None),
        (8, "天", "工作日", None),
        (8, "", "人", None),
    ],
)
def test_conversion_stays_exact_and_within_one_dimension(
    value: int, source: str, target: str, answer: Fraction | int | None
) -> None:
    assert convert(Fraction(value), source, target) == answer


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("二〇二四", 2024), ("两千零五", 2005), ("三亿五千万", 350_000_000), ("贰拾万", 200_000)],
)
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize("text", ["二三", "二三十", "十百", "", "甲"])
def test_what_is_not_one_chinese_number(text: str) -> None:
    assert chinese_number(text) is None


NUMBERS = st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False)
UNITS = st.sampled_from(
    ["", "%", "‰", "人", "人次", "元", "元/人·天", "学时", "工作日", "吨标煤", "微克/立方米", "期", "个"]
)


@given(NUMBERS, UNITS, st.sampled_from(["", "万", "亿"]), st.booleans())
def test_a_printed_quantity_reads_back(number: Decimal, unit: str, scale: str, thousands: bool) -> None:
    printed = f"{number:,f}" if thousands and unit != "%" else f"{number:f}"
    quantity = read_quantity(printed + scale + unit)
    assert quantity is not None
    assert (quantity.number, quantity.scale, quantity.unit) == (number, scale, unit)
    assert read_actual(printed + scale + unit) == quantity


LETTERS = "0123456789.,，%％≥≤-—/／万亿元人次个年月日前内以上下约百千十一二三零〇无未完成率（）()；。:： \n×"


@given(st.text(alphabet=LETTERS, max_size=60) | st.text(max_size=200))
def test_no_text_ever_breaks_the_readers(text: str) -> None:
    for answer in (read_quantity(text), read_actual(text, text[:4])):
        assert answer is None or isinstance(answer, Quantity | Empty)
    assert isinstance(relation(text[:5], text[5:9]), Relation)
    convert(Fraction(3), text[:4], text[4:8])
