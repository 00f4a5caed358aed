"""What if a value were another, what is missing to a total, and how firmly the grade stands."""

from decimal import Decimal as D

import pytest

from audit.forms import EVALUATION, SELF_EVALUATION, draw
from hengjian.audit.case import Case
from hengjian.audit.run import prepare
from hengjian.audit.whatif import Change, path_to, sensitivity, standing, what_if
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
