"""G · deviations, evidence, process: one defect and its correct neighbours for every code."""

from dataclasses import replace

import pytest

from audit.forms import DECLARATION, EVALUATION, MONITORING, SELF_EVALUATION, draw, found, ledger
from hengjian.forms.form import Form, Printed
from hengjian.values.place import Place

REASON = "汛期一个班减员20人，已在9月补训，2025年错开汛期排班"

DEFECTS = [
    ("G01", SELF_EVALUATION, [(REASON, "")], "参训学员人次", "9.79 < 10"),
    ("G01", SELF_EVALUATION, [(REASON, "无")], "参训学员人次", "9.79 < 10"),
    ("G04", SELF_EVALUATION, [(REASON, "客观原因")], "参训学员人次", "客观原因"),
    ("G04", SELF_EVALUATION, [(REASON, "由于客观原因影响，按计划推进中。")], "参训学员人次", "客观原因"),
    ("G05", SELF_EVALUATION, [(REASON, "汛期一个班减员20人")], "参训学员人次", "没有措施"),
    ("G06", SELF_EVALUATION, [("≥12期 | 12期", "≥12期 | 16期")], "集中培训期数", "16期 ÷ ≥12期 = 1.333 ≥ 1.3"),
    ("G06", SELF_EVALUATION, [("≥960人次 | 940人次 | 10 | 9.79", "≥450人 | 642人次 | 10 | 10"), (REASON, "")], "参训学员人次", "1.427"),
    ("G07", SELF_EVALUATION, [("12期 | 10 | 10 |", "12期 | 10 | 10 | 受汛期影响未完成，拟明年补办")], "集中培训期数", "矛盾"),
    ("G07", SELF_EVALUATION, [(REASON, "已全部完成")], "参训学员人次", "矛盾"),
    ("G08", SELF_EVALUATION, [("money_unit", "problems: 无\nmeasures: 暂无\nmoney_unit")], None, "参训学员人次"),
    ("G08", SELF_EVALUATION, [("money_unit", "problems: 无。\nmoney_unit")], None, "参训学员人次"),
    ("G09", SELF_EVALUATION, [("有效问卷386份", "本年度未开展满意度调查")], "参训学员满意度", "没有开展调查"),
    ("G10", SELF_EVALUATION, [("≥90% | 94%", "≥90% | 100%")], "参训学员满意度", "完成值为100%"),
    ("G10", DECLARATION, [("≥92%", "=100%")], "查档人员满意度", "指标值为100%"),
    ("G11", SELF_EVALUATION, [("有效问卷386份", "发放问卷30份，回收有效问卷26份")], "参训学员满意度", "26 < 30"),
    ("G11", SELF_EVALUATION, [("有效问卷386份", "随机抽样20人电话回访")], "参训学员满意度", "20 < 30"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "told"), DEFECTS)
def test_a_defect_is_told(
    code: str, drawing: str, edits: list[tuple[str, str]], indicator: str | None, told: str
) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert told in finding.message + finding.derivation


NEAR_MISSES = [
    ("G01", SELF_EVALUATION, []),
    ("G01", EVALUATION, []),
    ("G01", DECLARATION, []),
    ("G01", SELF_EVALUATION, [("12期 | 12期 | 10 | 10", "12期 | — | — | —")]),
    ("G03", SELF_EVALUATION, [("12期 | 10 | 10 |", "12期 | 10 | 10 | 无")]),
    ("G04", SELF_EVALUATION, [(REASON, "因汛期客观原因减员20人，9月已补训")]),
    ("G04", EVALUATION, []),
    ("G05", SELF_EVALUATION, []),
    ("G05", SELF_EVALUATION, [(REASON, "客观原因")]),  # told as G04
    ("G06", SELF_EVALUATION, [("≥12期 | 12期", "≥12期 | 15.5期")]),
    ("G06", SELF_EVALUATION, [("≥12期 | 12期 | 10 | 10 |", "≥12期 | 16期 | 10 | 10 | 上级临时增加4期，下年度提高目标")]),
    ("G06", SELF_EVALUATION, [("≤420元/人·天 | 405元/人·天", "≤420元/人·天 | 600元/人·天")]),  # less is better
    ("G07", SELF_EVALUATION, [(REASON, "其余任务已完成，但减员20人，9月补训")]),
    ("G08", SELF_EVALUATION, [("money_unit", "problems: 汛期减员。\nmeasures: 无\nmoney_unit")]),
    ("G09", SELF_EVALUATION, []),
    ("G09", SELF_EVALUATION, [("≥90% | 94% | 10 | 10 | 有效问卷386份", "≥90% | — | 10 | 0 | 未开展满意度调查，2025年补做")]),
    ("G10", SELF_EVALUATION, []),
    ("G10", SELF_EVALUATION, [("≥95% | 96.2%", "≥95% | 100%")]),  # no satisfaction
    ("G11", SELF_EVALUATION, [("有效问卷386份", "发放问卷32份，收回30份，有效30份")]),
    ("G11", SELF_EVALUATION, [("有效问卷386份", "在5个乡镇、12个村发放问卷420份，有效412份")]),
    ("G11", SELF_EVALUATION, [("有效问卷386份", "问卷调查覆盖8个单位")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def _two_short_rows(*reasons: Printed) -> Form:
    form = draw(SELF_EVALUATION, ("96.2% | 10 | 10", "90.25% | 10 | 9.5"))
    rows = list(form.indicators)
    for index, reason in zip((2, 3), reasons, strict=True):
        rows[index] = replace(rows[index], deviation=reason)
    return replace(form, indicators=tuple(rows))


def test_g02_a_merged_reason_explains_all_its_rows() -> None:
    text = "两项都因汛期减员，2025年错开汛期"
    form = _two_short_rows(Printed(text, shared=2), Printed(text, shared=2, lead=False))
    (finding,) = found("G02", form)
    assert "参训学员人次、学员结业合格率" in finding.message
    assert not found("G01", form)
    assert not found("G03", form)


def test_g01_where_a_text_export_may_have_lost_the_merge() -> None:
    """A blank right below a reason in a text export may be the rest of a merged cell: nothing is said."""
    form = _two_short_rows(Printed("汛期减员，2025年错开汛期", Place(line=30)), Printed("", Place(line=31)))
    rows = [replace(row, level2=Printed("数量指标")) for row in form.indicators]
    assert not found("G01", replace(form, indicators=tuple(rows)))
    sheet = _two_short_rows(Printed("汛期减员，2025年错开汛期", Place(cell="H9")), Printed("", Place(cell="H10")))
    assert [finding.indicator for finding in found("G01", sheet)] == ["学员结业合格率"]


def test_g03_a_reason_used_twice() -> None:
    text = "原定班次因场地检修取消，改在2025年举办"
    told = found("G03", _two_short_rows(Printed(text), Printed(text)))
    assert [finding.indicator for finding in told] == ["参训学员人次", "学员结业合格率"]
    own = Printed("结业考试改为线上，2名学员补考中，下月办结")
    assert not found("G03", _two_short_rows(Printed(text), own))


# --- across stages ------------------------------------------------------------------------------------------------------


def test_g13_impossible_in_july_full_marks_in_december() -> None:
    july = draw(MONITORING, ("7期 | 12期 | 确定能", "7期 | 9期 | 完全不可能"))
    (finding,) = found("G13", july, draw(SELF_EVALUATION))
    assert (finding.form, finding.indicator) == (None, "集中培训期数")
    short = draw(SELF_EVALUATION, ("≥12期 | 12期 | 10 | 10", "≥12期 | 9期 | 10 | 7.5"))
    assert not found("G13", july, short)
    assert not found("G13", draw(MONITORING), draw(SELF_EVALUATION))


def test_g13_sure_in_july_and_unexplained_in_december() -> None:
    short = draw(SELF_EVALUATION, ("≥12期 | 12期 | 10 | 10", "≥12期 | 6期 | 10 | 5"))
    assert [finding.indicator for finding in found("G13", draw(MONITORING), short)] == ["集中培训期数"]


def test_g15_one_finding_for_each_dropped_indicator() -> None:
    shorter = draw(SELF_EVALUATION, ("效益指标 | 社会效益指标 | 基层难题办结率 | ≥85% | 88% | 20 | 20 |\n", ""))
    (finding,) = found("G15", draw(MONITORING), shorter)
    assert (finding.form, finding.indicator) == (None, "基层难题办结率")
    assert not found("G15", draw(MONITORING), draw(SELF_EVALUATION))


def test_g15_is_silent_where_rows_are_only_numbered() -> None:
    numbered = draw(MONITORING, ("集中培训期数", "1.集中培训期数"), ("参训学员人次", "2、参训学员人次"))
    assert not found("G15", numbered, draw(SELF_EVALUATION))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("≥12期", "≥10期", True),
        ("≥12期", "12期", False),
        ("≥12期", "≥12.0期", False),
        ("≥12期", "≤12期", True),
        ("≥12期", "≥12人次", True),
    ],
)
def test_g16_a_target_changed_between_stages(before: str, after: str, told: bool) -> None:
    july = draw(MONITORING, ("≥12期", before))
    december = draw(SELF_EVALUATION, ("≥12期 | 12期", f"{after} | 12期"))
    assert [finding.indicator for finding in found("G16", july, december)] == ["集中培训期数"] * told


def test_g16_an_adjustment_that_is_printed() -> None:
    changed = ("≥12期 | 12期", "≥10期 | 12期")
    logged = draw(SELF_EVALUATION, changed, ("goal.achieved", "goal.adjusted: 培训期数调整为10期。\ngoal.achieved"))
    assert not found("G16", draw(MONITORING), logged)
    said = draw(SELF_EVALUATION, ("≥12期 | 12期 | 10 | 10 |", "≥10期 | 12期 | 10 | 10 | 8月经批准调整为10期"))
    assert not found("G16", draw(MONITORING), said)


def test_stages_of_two_projects_are_not_compared() -> None:
    other = draw(
        SELF_EVALUATION,
        ("project: 基层干部培训经费", "project: 老干部活动经费"),
        ("unit: 云溪县委组织部", "unit: 云溪县委老干部局"),
        ("≥12期 | 12期", "≥20期 | 20期"),
    )
    assert not found("G15", draw(MONITORING), other)
    assert not found("G16", draw(MONITORING), other)


@pytest.mark.parametrize(("names", "told"), [("王某、李某", True), ("", True), ("王某、李某、赵某（外聘）", False)])
def test_g18_evaluators(names: str, told: bool) -> None:
    form = draw(EVALUATION, ("grade: 良", f"grade: 良\nextra.评价组成员: {names}"))
    assert bool(found("G18", form)) is told


@pytest.mark.parametrize("code", ["A14", "G12", "G17"])
def test_what_needs_other_papers_says_so(code: str) -> None:
    entry = ledger(draw(SELF_EVALUATION))[code]
    assert entry.outcome.value == "insufficient_data"
    assert entry.reason.startswith("需要")
