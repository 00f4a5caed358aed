"""A unit's own practice, told from its printed scores; only rows that break it are named."""

from audit.forms import SELF_EVALUATION, audit, draw
from hengjian.audit.case import Case
from hengjian.audit.policy import UnitPractice, practice_of, practices_of
from hengjian.audit.run import prepare
from hengjian.forms.form import Form
from hengjian.rules.scheme import load_scheme
from hengjian.values.rounding import Mode, Rounding

NATIONAL = load_scheme("national-2020")

HEAD = """
kind: self_evaluation
year: 2024
title: 项目支出绩效自评表
project: {project}
unit: {unit}
[indicators]
level1 | name | target | actual | weight | score | rule
"""


def _form(*rows: str, unit: str = "青禾县档案馆", project: str = "甲项目") -> Form:
    return draw(HEAD.format(unit=unit, project=project) + "\n".join(rows))


def _cases(*forms: Form) -> list[Case]:
    return [prepare(form, index, NATIONAL, forms) for index, form in enumerate(forms)]


def _practice(*forms: Form) -> UnitPractice:
    return practice_of(_cases(*forms))


def _ways(told: UnitPractice, question: str) -> tuple[str, bool]:
    (choice,) = [choice for choice in told.choices if choice.question == question]
    return choice.ways[0][0], choice.settled


# target 100, actual 110: R1 gives 9.00 of 10, R2 9.09.
R1 = "成本指标 | 办公用品成本{n} | ≤100元 | 110元 | 10 | 9 |"
R2 = "成本指标 | 办公用品成本{n} | ≤100元 | 110元 | 10 | 9.09 |"


def test_a_unit_that_divides_target_by_actual_is_not_told_off() -> None:
    told = _practice(_form(*(R2.format(n=n) for n in "一二三")))
    way, settled = _ways(told, "reverse")
    assert (way, settled) == ("按比值计分：目标÷实际×分值", True)
    assert told.breaks == ()
    assert (told.explains, told.of) == (3, 3)


def test_the_one_row_scored_otherwise_stands_out() -> None:
    told = _practice(_form(*(R2.format(n=n) for n in "一二三"), R1.format(n="四")))
    (broken,) = told.breaks
    assert broken.row.row.name.text == "办公用品成本四"
    assert str(broken) == (
        "“办公用品成本四”填报9分，按本单位的做法应为9.09分（100元 ÷ 110元 × 10 = 9.09）"
        "；这一项像是“按超出比例扣减：(1－(实际－目标)÷目标)×分值”"
    )


def test_what_is_not_settled_accuses_nobody() -> None:
    told = _practice(_form(R1.format(n="一"), R2.format(n="二")))
    assert _ways(told, "reverse")[1] is False
    assert told.breaks == ()


STEP = "产出指标 | 合格率{n} | ≥95% | {actual} | 10 | {score} | 每低于目标值1个百分点扣1分，扣完为止"


def test_a_begun_step_counts_in_this_unit() -> None:
    """94.5 % is half a step short: 9.5 pro rata, 10 by whole steps, 9 if a begun step counts."""
    rows = [("一", "94.5%", "9"), ("二", "93.2%", "8"), ("三", "91.7%", "6"), ("四", "92.4%", "7.4")]
    told = _practice(_form(*(STEP.format(n=n, actual=actual, score=got) for n, actual, got in rows)))
    assert _ways(told, "partial_step") == ("不满一步按一步计", True)
    (broken,) = told.breaks
    assert (broken.row.row.name.text, str(broken.expected), broken.way) == ("合格率四", "7.00", "按比例计")


def test_rows_that_agree_under_all_ways_tell_nothing() -> None:
    told = _practice(_form(*(STEP.format(n=n, actual="94%", score="9") for n in "一二三")))
    assert told.choices == ()
    assert told.breaks == ()


def test_all_forms_of_a_unit_are_read_together() -> None:
    """Neither form alone settles anything; together they do."""
    one = _form(R2.format(n="一"), project="甲项目")
    two = _form(R2.format(n="二"), R2.format(n="三"), R1.format(n="四"), project="乙项目")
    assert _ways(_practice(one), "reverse")[1] is False
    told = _practice(one, two)
    assert _ways(told, "reverse")[1] is True
    assert [broken.form for broken in told.breaks] == [1]


def test_each_unit_has_its_own_practice() -> None:
    one = _form(*(R1.format(n=n) for n in "一二三"), unit="青禾县档案馆")
    two = _form(*(R2.format(n=n) for n in "一二三"), unit="白露县党校")
    first, second = practices_of(_cases(one, two))
    assert (first.unit, second.unit) == ("青禾县档案馆", "白露县党校")
    assert _ways(first, "reverse")[0] != _ways(second, "reverse")[0]
    assert not first.breaks
    assert not second.breaks


def test_rounding_is_told_after_the_formula() -> None:
    """9.0909… printed 9: the formula target ÷ actual, cut after one decimal."""
    rows = (f"产出指标 | 期数{n} | ≥12期 | {a} | 10 | {s} |" for n, a, s in [
        ("一", "11期", "9.1"), ("二", "10期", "8.3"), ("三", "7期", "5.8"), ("四", "8期", "6.6"), ("五", "5期", "4.1")
    ])  # fmt: skip
    told = _practice(_form(*rows))
    assert told.rounding.rounding == Rounding(1, Mode.TRUNCATE)
    assert told.breaks == ()


def test_a_plain_error_is_a_break_without_another_way() -> None:
    told = _practice(draw(SELF_EVALUATION, ("10 | 9.79", "10 | 9.3")))
    (broken,) = told.breaks
    assert (broken.row.row.name.text, broken.way) == ("参训学员人次", "")


def test_the_practice_is_told_in_chinese() -> None:
    lines = list(_practice(_form(*(R2.format(n=n) for n in "一二三"))).lines())
    assert lines == [
        "青禾县档案馆：3项得分中，3项与本单位的做法相符",
        "取位：保留2位小数，四舍五入（3项中3项与此相符）",
        "反向指标未达到目标怎样计分：本单位的做法是“按比值计分：目标÷实际×分值”"
        "（能分辨的3项中，按比值计分：目标÷实际×分值：3项；按超出比例扣减：(1－(实际－目标)÷目标)×分值：0项相符）",
    ]
    (nothing,) = _practice(_form("产出指标 | 期数 | ≥12期 | | 10 | |")).lines()
    assert nothing == "青禾县档案馆：没有可以复算的得分，看不出计分的做法"


def test_two_ways_that_no_row_tells_apart_do_not_unsettle_each_other() -> None:
    """Nobody fell below 60 %: the ratio stands, whether or not there is a passing threshold."""
    told = _practice(draw(SELF_EVALUATION, ("≥12期 | 12期 | 10 | 10", "≥12期 | 11期 | 10 | 9.17")))
    assert _ways(told, "positive") == ("按实际÷目标的比例计分", True)


# --- what is expected of a row that is wrong by any practice -------------------------------------------------------------


def _expected(*rows: str) -> list[tuple[str, str, str, str]]:
    """(code, row, expected, derivation) of every finding about a score."""
    return [
        (finding.code, str(finding.indicator), finding.expected, finding.derivation)
        for finding in audit(_form(*rows)).findings
        if finding.code in ("F08", "F09", "F15")
    ]


WRONG = "成本指标 | 办公用品成本{n} | ≤100元 | 110元 | 10 | 7 |"


def test_a_wrong_row_is_expected_as_the_unit_scores_the_others() -> None:
    assert _expected(*(R2.format(n=n) for n in "一二三"), WRONG.format(n="四")) == [
        (
            "F08",
            "办公用品成本四",
            "9.09",
            "100元 ÷ 110元 × 10 = 9.09（按比值计分：目标÷实际×分值，与本单位其他指标的做法相同）；填报7；少计2.09",
        )
    ]


def test_where_nothing_is_settled_the_scheme_says_what_is_expected() -> None:
    rows = (R1.format(n="一"), R1.format(n="二"), R2.format(n="三"), WRONG.format(n="四"))
    (told,) = _expected(*rows)
    assert told[2] == "9.00"
    assert "本单位" not in told[3]


def test_another_published_practice_is_no_error_even_in_a_unit_that_follows_one() -> None:
    assert _expected(*(R2.format(n=n) for n in "一二三"), R1.format(n="四")) == []


def test_begun_steps_are_expected_as_the_unit_counts_them() -> None:
    """92.4 % is 2.6 steps short; here a begun step counts: 7, printed 5."""
    rows = [("一", "94.5%", "9"), ("二", "93.2%", "8"), ("三", "91.7%", "6"), ("四", "92.4%", "5")]
    (told,) = _expected(*(STEP.format(n=n, actual=actual, score=got) for n, actual, got in rows))
    assert told[1:3] == ("合格率四", "7")
    assert told[3] == "10 − 3步 × 1 = 7（不满一步按一步计，与本单位其他指标的做法相同）；填报5；少计2"


CUT = "产出指标 | 期数{n} | ≥12期 | {a} | 10 | {s} |"


def test_a_wrong_row_is_expected_at_the_units_own_rounding() -> None:
    """9.1666… printed 9.1 and 5.8333… printed 5.8: this unit cuts after one decimal."""
    rows = [("一", "11期", "9.1"), ("二", "7期", "5.8"), ("三", "8期", "6.6"), ("四", "5期", "3.2")]
    drawn = [CUT.format(n=n, a=a, s=s) for n, a, s in rows]
    (told,) = _expected(*drawn)
    assert told[1:] == ("期数四", "4.1", "5期 ÷ 12期 × 10 = 4.1667…，保留1位小数，截断得 4.1；填报3.2；少计0.9")
    for row in audit(_form(*drawn)).forms[0].case.rows:
        assert row.score is not None
        assert row.score.derivation.endswith(f" {row.score.value}")


def test_one_row_alone_is_no_practice_of_rounding() -> None:
    """A single 9.1 for 9.1666… may be a slip: what is expected elsewhere keeps two decimals."""
    rows = [("一", "11期", "9.1"), ("二", "12期", "10"), ("四", "5期", "3.2")]
    (told,) = _expected(*(CUT.format(n=n, a=a, s=s) for n, a, s in rows))
    assert told[2:] == ("4.17", "5期 ÷ 12期 × 10 = 4.17；填报3.2；少计0.97")
