"""Target cells: what a clerk types and what must be read."""

import json
import sys
import time
import tomllib
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.values.target import Comparator, Target, read_target, show_target, target_json

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "targets.toml").read_text(encoding="utf-8"))["case"]
SHARED = HERE.parents[2] / "shared" / "acceptance"


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """The whole ``parsed`` object a case asks for."""
    number = case.get("n")
    low, high = case.get("low", number), case.get("high", number)
    comparator, opened = case.get("c"), case.get("open", "")
    answer: dict[str, Any] = {
        "comparator": comparator,
        "low": low,
        "high": high,
        "unit": case.get("unit", ""),
        "scale": case.get("scale"),
        "period": case.get("period"),
        "approx": case.get("approx", False),
        "low_incl": None,
        "high_incl": None,
        "base": case.get("base"),
        "direction": case.get("direction"),
        "date_from": case.get("from"),
        "date_to": case.get("to"),
        "day_to": case.get("day"),
    }
    if comparator in (">=", ">", "range"):
        answer["low_incl"] = comparator == ">=" or (comparator == "range" and opened not in ("low", "both"))
    if comparator in ("<=", "<", "range"):
        answer["high_incl"] = comparator == "<=" or (comparator == "range" and opened not in ("high", "both"))
    for name in ("text", "label"):
        if name in case:
            answer[name] = case[name]
    if "parts" in case:
        answer["parts"] = [expected(part) for part in case["parts"]]
    return answer


def plain(answer: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The answer reduced to the fields asked for, numbers as comparable values."""
    got = {name: answer.get(name) for name in asked}
    if "parts" in asked:
        parts = answer.get("parts", [])
        got["parts"] = [plain(part, want) for part, want in zip(parts, asked["parts"], strict=False)] + parts[
            len(asked["parts"]) :
        ]
    return numbers(got)


def numbers(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(str(value))
        if name in ("low", "high") and value is not None
        else [numbers(part) for part in value]
        if name == "parts"
        else value
        for name, value in answer.items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case["t"] for case in CASES])
def test_a_target_cell_is_read(case: dict[str, Any]) -> None:
    asked = expected(case)
    assert plain(target_json(read_target(case["t"])), asked) == numbers(asked)


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared, which is not shipped")
def test_every_target_of_the_acceptance_material_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHARED))
    sys.modules.pop("targets", None)
    import targets  # type: ignore[import-not-found]

    rows = [
        json.loads(line) for line in (SHARED / "targets-dev.jsonl").read_text(encoding="utf-8").splitlines() if line
    ]
    wrong = {
        row["target"]: bad
        for row in rows
        if (bad := targets.wrong(row["parsed"], target_json(read_target(row["target"]))))
    }
    assert rows
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "sign", "unit", "shown"),
    [
        ("95", "≥", "%", "≥95%"),
        ("95%", "≥", "%", "≥95%"),
        ("≤3", "≥", "次", "≤3次"),
        ("2.6", "＝", "万册", "=2.6万册"),
        ("2", "大于等于", "次/年", "每年≥2次"),
        ("12", "<=", "个月", "≤12月"),
        ("28.8万元", "≤", "%", "≤28.8万元"),
        ("30-50", "", "人", "30人至50人"),
        ("5%", "±", "", "-5%至5%"),
        ("95", "", "百分比", "95%"),
        ("及时", "定性", "", "及时"),
        ("优良", "≥", "级", "优良"),
        ("12月31日前", "≤", "时间", "12月31日前"),
        ("95", "定量", "—", "95"),
    ],
)
def test_sign_and_unit_columns_complete_the_cell_and_never_overrule_it(
    text: str, sign: str, unit: str, shown: str
) -> None:
    assert show_target(read_target(text, sign=sign, unit=unit)) == shown


def test_scaled_and_fractional_bounds_are_exact() -> None:
    assert read_target("4.6万人").low_value == 46000
    assert read_target("三分之二以上").low_value == Fraction(2, 3)
    assert read_target("≤2/7").high_value == Fraction(2, 7)


def test_the_json_is_plain() -> None:
    assert target_json(read_target("≥3.8万人")) == {
        "comparator": ">=",
        "low": 3.8,
        "high": None,
        "unit": "人",
        "period": None,
        "approx": False,
        "low_incl": True,
        "scale": "万",
    }
    assert json.dumps(target_json(read_target("1,550学时")), ensure_ascii=False).startswith(
        '{"comparator": null, "low": 1550, "high": 1550'
    )


# --- what is printed reads back, and nothing breaks ---------------------------------------------------------------------

NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
UNITS = st.sampled_from(
    [
        "",
        "%",
        "‰",
        "人",
        "人次",
        "个",
        "项",
        "期",
        "元",
        "元/人",
        "元/人·天",
        "学时",
        "工作日",
        "天",
        "分",
        "吨标煤",
        "公里",
    ]
)
PERIODS = st.none() | st.sampled_from(["年", "季度", "月", "周", "半年"])


@st.composite
def bounded(draw: st.DrawFn) -> Target:
    comparator = draw(
        st.none()
        | st.sampled_from([Comparator.AT_LEAST, Comparator.MORE, Comparator.EQUAL, Comparator.AT_MOST, Comparator.LESS])
    )
    number, unit, scale = draw(NUMBERS), draw(UNITS), draw(st.sampled_from(["", "万", "亿"]))
    low = None if comparator in (Comparator.AT_MOST, Comparator.LESS) else number
    high = None if comparator in (Comparator.AT_LEAST, Comparator.MORE) else number
    return Target(
        comparator,
        low,
        high,
        {Comparator.AT_LEAST: True, Comparator.MORE: False}.get(comparator) if comparator else None,
        {Comparator.AT_MOST: True, Comparator.LESS: False}.get(comparator) if comparator else None,
        unit,
        scale,
        draw(PERIODS),
        draw(st.booleans()),
    )


@st.composite
def ranges(draw: st.DrawFn) -> Target:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return Target(
        Comparator.RANGE,
        low,
        high,
        draw(st.booleans()),
        draw(st.booleans()),
        draw(UNITS),
        draw(st.sampled_from(["", "万"])),
    )


@st.composite
def dates(draw: st.DrawFn) -> Target:
    first, last = sorted((draw(st.dates()), draw(st.dates())))
    first, last = (when.replace(year=2000 + when.year % 60) for when in (first.replace(day=1), last.replace(day=1)))
    first, last = sorted((first, last))
    return Target(Comparator.DATE, date_from=draw(st.sampled_from([None, first.isoformat()])), date_to=last.isoformat())


@given(bounded() | ranges() | dates())
def test_a_shown_target_reads_back(target: Target) -> None:
    assert read_target(show_target(target)) == target


@given(st.lists(bounded(), min_size=2, max_size=4))
def test_compound_targets_keep_their_parts(parts: list[Target]) -> None:
    labelled = tuple(
        replace(part, label=name) for part, name in zip(parts, ("培训人数", "完成情况", "抽查率", "数量"), strict=False)
    )
    target = Target(Comparator.COMPOUND, parts=labelled)
    assert read_target(show_target(target)) == target


LETTERS = "0123456789.,，。；、/％%≥≤<>=±~-—至到（）()含不低于超过少以上下内万亿元人次个年月日前底末每季度约左右较上年同比增长降无故障零一二十百分之完成率第"


@given(
    st.text(alphabet=LETTERS, max_size=60) | st.text(max_size=200),
    st.text(alphabet=LETTERS, max_size=4),
    st.text(max_size=4),
)
def test_no_text_ever_breaks_the_reader(text: str, sign: str, unit: str) -> None:
    target = read_target(text, sign=sign, unit=unit)
    json.dumps(target_json(target), allow_nan=False)
    show_target(target)
    if target.low is not None and target.high is not None:
        assert target.low <= target.high


@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_000,
        "1-" * 5000,
        "(" * 10_000,
        "2024年1月至" * 2000,
        "1," * 5000,
        "较上年" * 3000,
        "一" * 10_000,
        "一万" * 5000,
        "人/" * 5000,
        "无重大安全" * 2000,
        "≥5%" * 130,
        "人·天" * 130,
    ],
)
def test_long_garbage_is_read_quickly(text: str) -> None:
    read_target("1")
    start = time.perf_counter()
    read_target(text)
    assert time.perf_counter() - start < 0.25
