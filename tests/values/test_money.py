"""Amounts of money in cells and in prose."""

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.values.money import Money, MoneyUnit, amounts_in, read_money, same_money, show_money


@pytest.mark.parametrize(
    ("text", "unit", "yuan", "digit"),
    [
        ("286", MoneyUnit.WAN, 2_860_000, 10_000),
        ("1,312.80", MoneyUnit.WAN, 13_128_000, 100),
        ("１，３１２．８０", MoneyUnit.WAN, 13_128_000, 100),
        ("286万元", MoneyUnit.YUAN, 2_860_000, 10_000),
        ("2,860,000元", MoneyUnit.WAN, 2_860_000, 1),
        ("￥2,860,000.00", MoneyUnit.YUAN, 2_860_000, Fraction(1, 100)),
        ("1.2亿元", None, 120_000_000, 10_000_000),
        ("-12.5", MoneyUnit.WAN, -125_000, 1000),
        ("（12.5）", MoneyUnit.WAN, -125_000, 1000),
        ("0", MoneyUnit.WAN, 0, 10_000),
        ("28.6万", None, 286_000, 1000),
    ],
)
def test_an_amount_and_its_last_printed_digit(
    text: str, unit: MoneyUnit | None, yuan: int, digit: Fraction | int
) -> None:
    money = read_money(text, unit)
    assert money is not None
    assert (money.yuan, money.digit) == (Fraction(yuan), Fraction(digit))


@pytest.mark.parametrize("text", ["", "—", "/", "无", "95%", "12期", "20 10", "286万人", "12,3", "约", "1.2.3"])
def test_what_is_no_amount(text: str) -> None:
    assert read_money(text, MoneyUnit.WAN) is None


def test_a_number_without_any_unit_is_not_money() -> None:
    assert read_money("286", None) is None


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1312.80万元", "13128000元", True),
        ("1312.80万元", "13128049元", True),
        ("1312.80万元", "13128051元", False),
        ("286万元", "285.6万元", True),
        ("286.0万元", "285.6万元", False),
        ("1.31亿元", "13128.00万元", True),
        ("0元", "0.00万元", True),
    ],
)
def test_amounts_in_two_units_agree_within_half_a_printed_digit(left: str, right: str, same: bool) -> None:
    one, two = read_money(left, None), read_money(right, None)
    assert one is not None
    assert two is not None
    assert same_money(one, two) is same_money(two, one) is same


@pytest.mark.parametrize(
    ("yuan", "unit", "shown"),
    [
        (13_128_000, MoneyUnit.WAN, "1,312.80万元"),
        (2_860_000, MoneyUnit.YUAN, "2,860,000.00元"),
        (Fraction(12345, 100), MoneyUnit.YUAN, "123.45元"),
        (120_000_000, MoneyUnit.YI, "1.20亿元"),
        (-125_000, MoneyUnit.WAN, "-12.50万元"),
        (49, MoneyUnit.WAN, "0.00万元"),
        (50, MoneyUnit.WAN, "0.01万元"),
    ],
)
def test_amounts_are_shown_like_on_forms(yuan: Fraction | int, unit: MoneyUnit, shown: str) -> None:
    assert show_money(Fraction(yuan), unit) == shown


def test_every_amount_of_a_paragraph_with_its_spot() -> None:
    text = "全年预算2,860,000元，其中财政拨款 286 万元；教材印刷费 22 万：参训5万人。总投资１．２亿元，住宿标准210元/人次，另有30余万元。"
    mentions = amounts_in(text)
    assert [(m.text, int(m.money.yuan), m.bare, m.per, m.approx) for m in mentions] == [
        ("2,860,000元", 2_860_000, False, "", False),
        ("286 万元", 2_860_000, False, "", False),
        ("22 万", 220_000, True, "", False),
        ("１．２亿元", 120_000_000, False, "", False),
        ("210元/人次", 210, False, "人次", False),
        ("30余万元", 300_000, False, "", True),
    ]
    assert all(text[slice(*m.span)] == m.text for m in mentions)


@pytest.mark.parametrize(
    "text",
    [
        "惠及群众12万，",
        "参训4.8万人",
        "档案15万页",
        "今年元旦3元旦",
        "预算100万美元",
        "3单元",
        "2024年",
        "第286号",
        "95%",
        "资金惠及群众12万。",
    ],
)
def test_numbers_that_are_not_money(text: str) -> None:
    assert amounts_in(text) == ()


AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False).map(
    lambda d: d if d else Decimal("0.00")
)


@given(AMOUNTS, st.sampled_from(MoneyUnit))
def test_a_shown_amount_reads_back(amount: Decimal, unit: MoneyUnit) -> None:
    yuan = Fraction(amount) * unit.yuan
    money = read_money(show_money(yuan, unit), None)
    assert money is not None
    assert (money.yuan, money.digit, money.unit) == (yuan, Fraction(unit.yuan, 100), unit)


@given(AMOUNTS, st.sampled_from(MoneyUnit))
def test_an_amount_agrees_with_itself_in_any_unit(amount: Decimal, unit: MoneyUnit) -> None:
    yuan = Fraction(amount)
    exact = Money(yuan, Fraction(1, 100), MoneyUnit.YUAN)
    shown = read_money(show_money(yuan, unit), None)
    assert shown is not None
    assert same_money(exact, shown)


@given(st.text(alphabet="0123456789.,万亿千百元费 ：，/人()（）￥-", max_size=80) | st.text(max_size=200))
def test_no_text_breaks_the_readers(text: str) -> None:
    read_money(text, MoneyUnit.WAN)
    for mention in amounts_in(text):
        assert text[slice(*mention.span)] == mention.text


@pytest.mark.parametrize("text", ["费" * 10_000 + "5万", ",111" * 2500, "1" * 10_000, "12万" * 3000, "元/" * 5000])
def test_long_garbage_is_read_quickly(text: str) -> None:
    start = time.perf_counter()
    amounts_in(text)
    read_money(text, None)
    assert time.perf_counter() - start < 0.5
