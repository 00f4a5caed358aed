"""What if a value were another, what is missing to a total, and how firmly the grade stands."""

from decimal import Decimal as D
from fractions import Fraction

import pytest

from audit.forms import EVALUATION, SELF_EVALUATION, codes, draw
from hengjian.audit.case import Case
from hengjian.audit.run import prepare
from hengjian.audit.whatif import MONEY_ROW, Change, MoneyChange, path_to, sensitivity, standing, what_if
from hengjian.rules.scheme import load_scheme

NATIONAL = load_scheme("national-2020")


def _case(drawing: str, *edits: tuple[str, str]) -> Case:
    return prepare(draw(drawing, *edits), 0, NATIONAL)


# --- another value ------------------------------------------------------------------------------------------------------


def test_another_actual_value_moves_score_and_total() -> None:
    told = what_if(_case(SELF_EVALUATION), [Change(2, "actual", "960人次")])
    assert list(told.lines()) == ["“参训学员人次”：9.79分 → 10分", "总分：99.44分 → 99.65分，等级不变"]


def test_a_worse_value_can_cost_the_grade() -> None:
    changes = [Change(5, "actual", "30%"), Change(0, "actual", "500元/人·天")]
    told = what_if(_case(SELF_EVALUATION), changes)
    assert told.before.grade == "优"
    assert told.after.grade == "良"
    assert list(told.lines())[-1].endswith("等级由优变为良")


def test_another_weight_and_another_rule() -> None:
    told = what_if(_case(EVALUATION), [Change(1, "weight", "10"), Change(1, "rule", "≥95%得满分，否则不得分")])
    (row,) = told.moved
    assert (row.name, row.before, row.after, row.reason) == ("资金到位率", D("16.00"), D("10.00"), "")
    assert row.derivations == ("20 − (100 − 96) × 1 = 16.00", "96% ≥ 95%，得满分 10.00")


def test_a_rule_that_cannot_be_run_leaves_no_total() -> None:
    """The printed score belonged to the old rule."""
    told = what_if(_case(EVALUATION), [Change(2, "rule", "酌情扣分")])
    assert told.after.total is None
    assert told.after.unknown == ("发放补贴人数",)
    lines = list(told.lines())
    assert lines[0].startswith("“发放补贴人数”：26分 → 没有得分（")
    assert lines[1] == "总分无法确定：发放补贴人数没有得分"


@pytest.mark.parametrize(
    ("change", "words"),
    [(Change(9, "actual", "1"), "没有第10个指标，表中共有7个指标"), (Change(0, "name", "x"), "不能改“name”")],
)
def test_a_change_of_nothing_is_told(change: Change, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        what_if(_case(SELF_EVALUATION), [change])


def test_the_units_own_rounding_is_kept() -> None:
    """A form that prints one decimal keeps one decimal after a change."""
    edits = [("10 | 9.79", "10 | 9.7"), ("≥95% | 96.2% | 10 | 10", "≥95% | 93% | 10 | 9.7")]
    case = _case(SELF_EVALUATION, *edits)
    told = what_if(case, [Change(1, "actual", "11期")])
    assert told.moved[0].after == D("9.1")
    assert told.moved[0].derivations[1] == "11期 ÷ 12期 × 10 = 9.1667…，保留1位小数，截断得 9.1"


# --- what is missing ----------------------------------------------------------------------------------------------------


def test_what_is_missing_to_a_total_is_told_for_each_row() -> None:
    path = path_to(_case(EVALUATION), D(90))
    assert path.total == D("85")
    lines = list(path.lines())
    assert lines[0] == "总分85分，距90分还差5分"
    assert (
        "“人才留存率”现得25分，还可多得5分：得满分实际完成值至少为90%（现为87%）；只靠这一项就能达到目标总分" in lines
    )
    assert "“发放补贴人数”现得26分，还可多得4分：得满分实际完成值至少为500人（现为480人）" in lines
    assert lines[-1] == "改动最小的办法：“人才留存率”要得30分，实际完成值至少为90%"


def test_the_last_row_goes_only_as_far_as_needed() -> None:
    path = path_to(_case(EVALUATION), D(91))
    names = [one.name for one, _ in path.steps]
    assert names[0] == "人才留存率"
    assert path.steps[-1][1].text in ("要得27分，实际完成值至少为485人", "要得17分，实际完成值至少为97%")


def test_a_reached_goal_needs_nothing() -> None:
    assert list(path_to(_case(SELF_EVALUATION), D(90)).lines()) == ["总分99.44分，已达到90分"]


def test_a_goal_out_of_reach_is_called_so() -> None:
    path = path_to(_case(EVALUATION), D(99))
    assert not path.reachable
    assert path.steps == ()
    assert list(path.lines())[-1] == "把这些指标都做到满分也达不到目标总分"


def test_a_reverse_indicator_needs_less() -> None:
    case = _case(SELF_EVALUATION, ("405元/人·天 | 20 | 20", "462元/人·天 | 20 | 18"))
    (cost,) = [one for one in path_to(case, D(100)).improvements if one.row == 0]
    assert cost.full.text == "要得20分，实际完成值不能超过420元/人·天"


# --- how firmly the grade stands ----------------------------------------------------------------------------------------


def test_the_distance_to_both_edges_and_the_rows_that_flip_the_grade() -> None:
    told = sensitivity(_case(EVALUATION))
    assert (told.grade, told.above, told.better, told.below, told.worse) == ("良", D(5), "优", D(5), "中")
    lines = list(told.lines())
    assert lines[0] == "总分85分，等级良，距优还差5分，再少5分以上就降为中"
    assert "只改“人才留存率”一项，要得30分，实际完成值至少为90%，等级升为优" in lines
    assert "只改“资金到位率”一项，完成值低于91%时，等级降为中" in lines
    assert "只改“人才留存率”一项，完成值低于80%时，等级降为中" in lines


def test_the_best_grade_has_no_better_one() -> None:
    told = sensitivity(_case(SELF_EVALUATION))
    assert told.above is None
    assert told.below == D("9.44")
    assert not any(flip.up for flip in told.flips)


def test_each_flip_told_is_true() -> None:
    """A value beyond the named edge changes the grade; the edge itself does not."""
    case = _case(EVALUATION)
    for text, grade in (("91%", "良"), ("90.9%", "中")):
        assert what_if(case, [Change(1, "actual", text)]).after.grade == grade
    for text, grade in (("80%", "良"), ("79.9%", "中")):
        assert what_if(case, [Change(3, "actual", text)]).after.grade == grade


def test_a_form_without_a_known_score_has_no_total() -> None:
    case = _case(EVALUATION, ("依据充分 | 20 | 18", "依据充分 | 20 | "))
    assert standing(case).unknown == ("立项依据充分性",)
    assert list(sensitivity(case).lines()) == ["总分无法确定，不能判断等级是否稳定", "没有得分：立项依据充分性"]
    assert list(path_to(case, D(90)).lines()) == ["总分无法确定，不能计算还差多少", "没有得分：立项依据充分性"]


# --- the money table ----------------------------------------------------------------------------------------------------

CEILING = load_scheme("platform-ceiling")


def test_another_execution_moves_its_score_and_the_total() -> None:
    told = what_if(_case(SELF_EVALUATION), [MoneyChange("executed", "118.50")])
    (row,) = told.moved
    assert (row.name, row.before, row.after) == ("预算执行率", D("9.65"), D("7.50"))
    assert row.derivations == ("152.47 ÷ 158 × 10 = 9.65", "118.5 ÷ 158 × 10 = 7.50")
    assert list(told.lines()) == ["“预算执行率”：9.65分 → 7.5分", "总分：99.44分 → 97.29分，等级不变"]


def test_the_rate_may_be_given_instead_and_the_budget_changed_with_it() -> None:
    assert what_if(_case(SELF_EVALUATION), [MoneyChange("rate", "75%")]).after.execution == D("7.50")
    told = what_if(_case(SELF_EVALUATION), [MoneyChange("budget", "200"), MoneyChange("executed", "100万元")])
    assert (told.after.rate, told.after.execution) == (Fraction(50), D("5.00"))


def test_a_rate_stands_for_itself_where_no_budget_is_printed() -> None:
    case = _case(SELF_EVALUATION, ("年度资金总额 | 160.00 | 158.00", "年度资金总额 | 160.00 | "))
    told = what_if(case, [MoneyChange("rate", "80%")])
    assert told.moved[0].derivations[1] == "80 ÷ 100 × 10 = 8.00"


def test_the_total_is_held_under_the_schemes_ceiling() -> None:
    """97.29 would be 优; at 75 % the platform gives no more than 89."""
    case = prepare(draw(SELF_EVALUATION), 0, CEILING)
    told = what_if(case, [MoneyChange("rate", "75%")])
    assert (told.after.sum, told.after.limit, told.after.total, told.after.grade) == (D("97.29"), D(89), D(89), "良")
    assert list(told.lines()) == [
        "“预算执行率”：9.65分 → 7.5分",
        "总分：99.44分 → 89分，等级由优变为良",
        "预算执行率75%，方案规定总分最高89分：各项得分合计97.29分，超出的部分不计",
    ]


def _barred(*edits: tuple[str, str]) -> Case:
    """A form that has spent 76 % of its budget, under the platform's ceiling."""
    spent = ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 120.08 | 10 | 76.00% | 7.60")
    total = ("total.score: 99.44", "total.score: 89")
    return prepare(draw(SELF_EVALUATION, spent, total, *edits), 0, CEILING)


def test_no_row_lifts_a_total_over_its_ceiling() -> None:
    case = _barred()
    told = sensitivity(case)
    assert (told.total, told.grade, told.above) == (D(89), "良", D(1))
    assert not any(flip.up for flip in told.flips)
    bar = "预算执行率76%，方案规定总分最高89分；要超过它，须先把执行率至少提高到80%"
    assert bar in told.lines()
    path = path_to(case, D(95))
    assert (path.reachable, path.steps) == (False, ())
    assert bar in path.lines()


def test_points_above_the_ceiling_can_be_lost_without_harm() -> None:
    """The rows add up to 97.39: the grade 良 falls only when 17.39 are lost, not 9."""
    told = sensitivity(_barred())
    assert told.below == D("17.39")
    (flip,) = [flip for flip in told.flips if flip.name == "基层难题办结率"]
    assert flip.to == "中"
    case = _barred()
    assert what_if(case, [Change(5, "actual", "12%")]).after.grade == "良"
    assert what_if(case, [Change(5, "actual", "11%")]).after.grade == "中"
    assert flip.needs == "完成值低于11.07125%时"


def test_ceilings_that_cannot_be_applied_are_told() -> None:
    form = draw(SELF_EVALUATION, ("158.00 | 152.47", " | 152.47"))
    told = what_if(prepare(form, 0, CEILING), [Change(2, "actual", "960人次")])
    assert told.notes == (
        "方案按预算执行率限定总分上限，表中的执行率算不出来，未作限制",
        "不能复算、按填报得分计入的：预算执行率",
    )


def test_a_row_that_repeats_the_rate_follows_the_money_table() -> None:
    rows = ("level1 | level2 | name | target | actual | weight | score | deviation\n",) * 2
    case = _case(
        SELF_EVALUATION,
        (rows[0], rows[1] + "产出指标 | 时效指标 | 预算执行率 | ≥100% | 96.5% | 10 | 9.65 |\n"),
    )
    told = what_if(case, [MoneyChange("rate", "76%")])
    assert [(row.name, row.after) for row in told.moved] == [("预算执行率", D("7.60")), ("预算执行率", D("7.60"))]
    own = what_if(case, [MoneyChange("rate", "76%"), Change(0, "actual", "95%")])
    assert own.moved[0].after == D("9.50")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (MoneyChange("executed", "很多"), "全年执行数应为不小于0的金额，实际为“很多”"),
        (MoneyChange("budget", "-5"), "全年预算数应为不小于0的金额，实际为“-5”"),
        (MoneyChange("rate", "0.76"), "“0.76”是76%还是0.76%？请写明百分号"),
        (MoneyChange("rate", "76万元"), "预算执行率应为百分数，如 95%，实际为“76万元”"),
        (MoneyChange("weight", "5"), "不能改“weight”，可以改的有：executed、budget、rate"),
    ],
)
def test_a_change_of_the_money_that_makes_no_sense_is_told(change: MoneyChange, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        what_if(_case(SELF_EVALUATION), [change])


def test_a_form_without_money_says_so() -> None:
    with pytest.raises(ValueError, match="表中没有项目资金，不能改预算执行率"):
        what_if(_case(EVALUATION), [MoneyChange("rate", "90%")])


def test_a_budget_of_nothing_leaves_no_total_and_says_why() -> None:
    told = what_if(_case(SELF_EVALUATION), [MoneyChange("budget", "0")])
    assert told.after.total is None
    assert list(told.lines()) == [
        "“预算执行率”：9.65分 → 没有得分（全年预算数为0却有执行数，执行率无法计算，不计分）",
        "总分无法确定：预算执行率没有得分",
    ]


def test_money_that_is_not_scored_changes_no_row() -> None:
    case = _case(SELF_EVALUATION, ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 152.47 | ~ | 96.50% | ~"))
    told = what_if(case, [MoneyChange("rate", "50%")])
    assert told.moved == ()
    assert "表中的预算执行率没有分值，改动不影响各项得分之和" in told.notes


def test_spending_is_a_way_to_a_total() -> None:
    """10 of 10 need all of the budget; 9.8 need 154.84 of 158."""
    case = _case(SELF_EVALUATION)
    (row,) = [one for one in path_to(case, D(100)).improvements if one.row == MONEY_ROW]
    assert row.full.text == "要得10分，全年执行数至少为158万元（执行率100%）"
    path = path_to(case, D("99.59"))
    assert [need.text for _, need in path.steps] == ["要得9.94分，实际完成值至少为955人次"]
    assert what_if(case, [MoneyChange("executed", "154.84")]).after.execution == D("9.80")


def test_what_cannot_be_recomputed_is_named() -> None:
    told = what_if(_case(EVALUATION), [Change(1, "actual", "100%")])
    assert told.after.trusted == ("立项依据充分性",)
    assert list(told.lines())[-1] == "不能复算、按填报得分计入的：立项依据充分性"


def test_a_printed_total_that_is_wrong_is_told() -> None:
    case = _case(SELF_EVALUATION, ("total.score: 99.44", "total.score: 98"))
    wrong = "表中填报的总分是98分，复算为99.44分"
    assert wrong in what_if(case, [Change(2, "actual", "960人次")]).notes
    assert wrong in sensitivity(case).lines()
    assert wrong in path_to(case, D(100)).lines()


def test_rows_that_do_not_apply_are_scaled_where_the_scheme_says_so() -> None:
    """Hubei: the rest is scaled to 100 points; nationally it is not."""
    out = ("学员结业合格率 | ≥95% | 96.2% | 10 | 10", "学员结业合格率 | ≥95% | — | — | —")
    changes = [Change(2, "actual", "960人次")]
    plain = what_if(_case(SELF_EVALUATION, out), changes)
    assert (plain.after.factor, plain.after.total) == (Fraction(1), D("89.65"))
    scaled = what_if(prepare(draw(SELF_EVALUATION, out), 0, load_scheme("hubei")), changes)
    assert (scaled.after.sum, scaled.after.total) == (D("89.65"), D("99.61"))
    assert scaled.after.factor == Fraction(10, 9)
    assert "有指标不适用，其余指标的得分按方案折算到100分（乘以1.1111…）" in scaled.notes


# --- the audit counts as what-if does -------------------------------------------------------------------------------------


def test_a_total_cut_at_the_ceiling_is_no_wrong_sum() -> None:
    """The rows add up to 97.39; the platform prints 89. Nationally 89 is wrong."""
    assert _barred().recomputed_total == D(89)
    form = _barred().form
    assert "F10" not in codes(form, scheme=CEILING)
    assert "F16" not in codes(form, scheme=CEILING)
    assert "F10" in codes(form, scheme=NATIONAL)


def test_a_scaled_total_is_no_wrong_sum_and_missing_weights_are_no_wrong_weights() -> None:
    out = ("学员结业合格率 | ≥95% | 96.2% | 10 | 10", "学员结业合格率 | ≥95% | — | — | —")
    form = draw(SELF_EVALUATION, out, ("total.score: 99.44", "total.score: 99.38"))  # 89.44 ÷ 90 × 100
    hubei = load_scheme("hubei")
    assert prepare(form, 0, hubei).recomputed_total == D("99.38")
    assert {"F01", "F10"} & set(codes(form, scheme=hubei)) == set()
    assert {"F01", "F10"} <= set(codes(form, scheme=NATIONAL))
