"""The line of arithmetic below a score: a clerk can check it with a pocket calculator, and it ends with the score."""

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hengjian.rules.canonical import parse
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.run import score
from hengjian.rules.score import Score, rounded_as
from hengjian.values.rounding import NATIONAL, Mode, Rounding


def _score(rule: str, actual: str, target: str = "≥95%", weight: str = "10", grade: str | None = None) -> Score:
    context = Context(indicator="某指标", target=target, weight=weight, year=2024)
    return score(read_rule(rule, context), context, actual, grade)


STEP = "达到目标得满分，每低1个百分点扣0.5分，扣完为止"
RATIO = "得分=实际完成值÷目标值×分值，满分为止"
BANDS = "90%以上（含）得满分，80%（含）—90%得8分，80%以下不得分"


@pytest.mark.parametrize(
    ("rule", "actual", "target", "line"),
    [
        # A bare "10 = 10.00" tells nothing: why the points are granted does.
        ("≥95%得满分，否则不得分", "96.2%", "≥95%", "96.2% ≥ 95%，得满分 10.00"),
        ("≥95%得满分，否则不得分", "93%", "≥95%", "93% < 95%，得 0.00"),
        (BANDS, "85%", "", "80% ≤ 85% ≤ 90%，得 8.00"),
        # Sums
        (STEP, "93.5%", "≥95%", "10 − (95 − 93.5) × 0.5 = 9.25"),
        (STEP, "60%", "≥95%", "10 − (95 − 60) × 0.5 = −7.5，扣完为止，得 0.00"),
        (RATIO, "90%", "95%", "90% ÷ 95% × 10 = 9.47"),
        (RATIO, "120人", "100人", "120人 ÷ 100人 × 10 = 12，超过满分，得满分 10.00"),
        ("每发生1起扣2分，扣完为止", "0起", "", "10 − 0起 × 2 = 10.00"),
        ("每发生1起扣2分，最多扣3分", "4起", "", "10 − 4起 × 2 = 2，最多扣3分，得 7.00"),
        ("增长6%得满分，每低1个百分点扣0.5分，扣完为止", "-2%", "6%", "10 − (6 − (−2)) × 0.5 = 6.00"),
        ("完成得满分，每低于目标值2%扣1分，扣完为止", "35.28亿元", "36亿元", "10 − (36亿元 − 35.28亿元) ÷ 36亿元 ÷ 2% × 1 = 9.00"),
        ("每低1个百分点扣1分，不足1个百分点的按1个百分点计算，扣完为止", "93.5%", "95%", "10 − 2步 × 1 = 8.00"),
        ("按时报送得满分，每推迟1天扣0.3分，扣完为止", "2024年4月3日", "2024年3月31日前", "10 − 3天 × 0.3 = 9.10"),
        ("按时报送得满分，未按时报送不得分", "2024年4月3日", "2024年3月31日前", "推迟3天，得 0.00"),
        ("按时报送得满分，未按时报送不得分", "2024年4月1日", "2024年3月31日前", "推迟1天，得 0.00"),
        ("按时报送得满分，未按时报送不得分", "2024年3月30日", "2024年3月31日前", "提前1天，得满分 10.00"),
        ("按时报送得满分，未按时报送不得分", "2024年3月31日", "2024年3月31日前", "按期完成，得满分 10.00"),
        (
            "覆盖率≥80%得满分；60%≤覆盖率<80%的，按线性插值计分；覆盖率＜60%得0分",
            "70%",
            "≥80%",
            "60% ≤ 70% < 80%，70%在60%（得0分）与80%（得10分）之间，按直线插值，得 5.00",
        ),
    ],
)  # fmt: skip
def test_the_line_reads_like_a_clerks_sum(rule: str, actual: str, target: str, line: str) -> None:
    assert _score(rule, actual, target).derivation == line


@pytest.mark.parametrize(
    ("rule", "grade", "line"),
    [
        ("好得10分，较好得8分，一般得6分，差不得分", "较好", "“较好”，得 8.00"),
        ("酌情计分，最高10分", "7.5", "评定“7.5”，得 7.50"),
        (
            "达成、部分达成、未达成三档，分别按分值的100%-80%（含）、80%-60%（含）、60%-0%计分",
            "部分达成@70%",
            "评定“部分达成，70%”，得 7.00",
        ),
    ],
)
def test_what_a_person_gave_is_named(rule: str, grade: str, line: str) -> None:
    assert _score(rule, "", "", grade=grade).derivation == line


def test_a_word_in_place_of_a_number_stays_a_word() -> None:
    """Nobody typed 12: the line must not say so."""
    assert _score("完成得满分，否则不得分", "已完成", "12期").derivation == "“已完成”，得满分 10.00"


@pytest.mark.parametrize(
    ("rounding", "end"),
    [
        (NATIONAL, "= 9.17"),
        (Rounding(1), "= 9.1667…，保留1位小数，四舍五入得 9.2"),
        (Rounding(1, Mode.TRUNCATE), "= 9.1667…，保留1位小数，截断得 9.1"),
        (Rounding(0), "= 9.1667…，取整，四舍五入得 9"),
    ],
)
def test_the_line_ends_with_the_score_at_any_rounding(rounding: Rounding, end: str) -> None:
    got = rounded_as(_score(RATIO, "11期", "12期"), rounding)
    assert got.derivation == f"11期 ÷ 12期 × 10 {end}"
    assert got.derivation.endswith(f" {got.value}")
    assert got.trace[-1].text == f"9.1667…，{rounding}，得{got.value}分"
    assert len([step for step in got.trace if step.label == "得分"]) == 1


def test_a_rounding_that_changes_nothing_is_not_named() -> None:
    assert rounded_as(_score(RATIO, "6期", "12期"), Rounding(1)).derivation == "6期 ÷ 12期 × 10 = 5.0"


def test_no_score_has_no_line_at_any_rounding() -> None:
    got = _score(RATIO, "", "12期")
    assert rounded_as(got, Rounding(1)) == got


# --- every line can be checked with a calculator ------------------------------------------------------------------------


def _rules() -> list[dict[str, Any]]:
    folder = Path(__file__).parent
    told = [tomllib.loads((folder / f"{name}_rules.toml").read_text(encoding="utf-8")) for name in ("own", "red")]
    return [rule for one in told for rule in one["rule"]]


_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)([^\d\s()+\-*/]*(?:/[^\d\s()+\-*/]+)?)")
_SCALES = {"%": Fraction(1, 100), "万": Fraction(10_000), "亿": Fraction(10**8)}


def _calculated(line: str) -> Fraction:
    """What a calculator makes of a sum: 5% is 0.05, 3万元 is 30000, other units count for nothing."""

    def plain(found: re.Match[str]) -> str:
        value = Fraction(found[1]) * _SCALES.get(found[2][:1], Fraction(1))
        return f"Fraction({value.numerator},{value.denominator})"

    text = line.rpartition("，")[2].translate(str.maketrans("−×÷", "-*/"))
    result = eval(_QUANTITY.sub(plain, text), {"Fraction": Fraction})  # noqa: S307 - our own text
    assert isinstance(result, Fraction)
    return result


def _points(rule: dict[str, Any]) -> list[tuple[str | dict[str, str], str | None]]:
    found: list[tuple[str | dict[str, str], str | None]] = []
    for actual, *rest in rule["points"]:
        several = "=" in actual
        typed = dict(part.split("=", 1) for part in actual.split(";")) if several else actual
        found.append((typed, rest[0] if len(rest) == 2 else None))
    return found


def test_a_calculator_gets_what_the_line_says() -> None:
    """Over all rules of our own: what stands before = gives what stands behind it, and the line ends with the score."""
    sums = 0
    for rule in _rules():
        context = Context(
            **{
                name: rule.get(name, "")
                for name in ("indicator", "target", "weight", "level1", "level2", "sign", "unit")
            },
            year=rule.get("year"),
        )
        reading = read_rule(rule["rule"], context)
        for actual, grade in _points(rule):
            got = score(reading, context, actual, grade or None)
            if got.value is None:
                continue
            assert got.derivation.endswith(f" {got.value}"), got.derivation
            assert re.search(r"[^\d.\s]", got.derivation.removesuffix(f" {got.value}")), (
                f"{got.derivation} tells nothing"
            )
            assert "？" not in got.derivation
            if not got.line.endswith(" =") or "…" in got.line or "步" in got.line:
                continue
            sums += 1
            assert NATIONAL.apply(_calculated(got.line.removesuffix(" ="))) == got.value, got.derivation
    assert sums > 200


def test_a_sum_that_ran_into_a_bound_is_right_before_it() -> None:
    got = _score(STEP, "60%")
    before = got.line.partition(" =")
    assert _calculated(before[0]) == Fraction("-7.5")
    assert got.value == Decimal("0.00")


@pytest.mark.parametrize(
    ("text", "actual", "line"),
    [
        ("实际值(%) × 0.1", "50%", "50 × 0.1 = 5.00"),
        ("实际值(%) ÷ 100 × 10", "50%", "50% × 10 = 5.00"),
        ("10 × 实际值(%) ÷ 80%", "40%", "10 × 40% ÷ 80% = 5.00"),
        ("10 × 实际值(%) ÷ 80", "40%", "10 × 40 ÷ 80 = 5.00"),
        ("(90% - 实际值(%)) ÷ 90% × 10", "45%", "(90 − 45) ÷ 90 × 10 = 5.00"),
        ("实际值(%)", "5%", "5 = 5.00"),
        ("400 ÷ 实际值(%)", "80%", "400 ÷ 80 = 5.00"),
    ],
)
def test_a_percent_sign_stands_only_where_it_counts(text: str, actual: str, line: str) -> None:
    """50% × 0.1 is 0.05 on a calculator: percent points in a product are written as numbers unless their signs cancel."""
    got = score(Reading("…", Status.EXECUTABLE, (parse(text),)), Context(weight="10"), actual)
    assert got.derivation == line
    assert got.exact == 5
