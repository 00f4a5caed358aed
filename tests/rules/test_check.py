"""What a clerk is told about a rule: the proofs on trees, and the grade columns as printed."""

import json
from fractions import Fraction as F
from pathlib import Path

import pytest

from hengjian.rules.check import bands_in, check, check_bands
from hengjian.rules.reader import read_bands, read_rule
from hengjian.rules.reading import Context, Note, Reading, Status
from hengjian.rules.rule import notes_of
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Missing,
    Op,
    Partial,
    Sign,
    Some,
    Stated,
    Steps,
)
from hengjian.values.finding import Level

W = Input("weight")
NONE = Const(F(0))


def _c(value: str | int, unit: str = "") -> Const:
    return Const(F(value), unit)


def _a(sign: Sign, value: str | int, unit: str = "%") -> Condition:
    return Compare(Input("actual", unit), sign, _c(value, unit))


def _between(
    low: str | int, high: str | int, unit: str = "%", *, low_in: bool = True, high_in: bool = False
) -> Condition:
    return Every((_a(Sign.GE if low_in else Sign.GT, low, unit), _a(Sign.LE if high_in else Sign.LT, high, unit)))


def _ratio(target: str | int, unit: str = "%") -> Expr:
    return Arith(Op.MUL, Arith(Op.DIV, Input("actual", unit), _c(target, unit)), W)


def _bands(*branches: tuple[Condition, Expr]) -> Case:
    return Case(tuple(Branch(condition, value) for condition, value in branches))


def _check(
    tree: Expr, *, indicator: str = "合格率", target: str = "", weight: str = "10", text: str = "…"
) -> list[Note]:
    reading = Reading(text, Status.EXECUTABLE, (tree,))
    return list(check(reading, Context(indicator=indicator, target=target, weight=weight)))


def _codes(notes: list[Note]) -> list[str]:
    return [note.code for note in notes]


# --- rules without a fault --------------------------------------------------------------------------------------------


def test_reached_and_not_reached_cover_everything_once() -> None:
    tree = _bands((_a(Sign.GE, 2, "次"), W), (_a(Sign.LT, 2, "次"), _ratio(2, "次")))
    assert _check(tree, indicator="调研次数", target="2次") == []


def test_bands_with_half_open_ends_are_clean() -> None:
    tree = _bands(
        (_a(Sign.GE, 90), _c(10)), (_between(80, 90), _c(8)), (_between(60, 80), _c(5)), (_a(Sign.LT, 60), NONE)
    )
    assert _check(tree, indicator="补贴对象满意度", target="≥90%") == []


def test_a_floor_that_cuts_to_nothing_is_meant() -> None:
    """≥90满分；60≤x<90按完成比例；<60不得分: the leap at 60 is stated."""
    tree = _bands((_a(Sign.GE, 90), W), (_between(60, 90), _ratio(90)), (_a(Sign.LT, 60), NONE))
    assert _check(tree, indicator="工作满意度", target="90%") == []


def test_whole_days_have_no_gap_between_ten_and_eleven() -> None:
    late = Input("late_days", "天")
    tree = _bands(
        (Compare(late, Sign.LE, _c(0, "天")), W),
        (Every((Compare(late, Sign.GE, _c(1, "天")), Compare(late, Sign.LE, _c(10, "天")))), _c(4)),
        (Every((Compare(late, Sign.GE, _c(11, "天")), Compare(late, Sign.LE, _c(30, "天")))), _c(2)),
        (Compare(late, Sign.GT, _c(30, "天")), NONE),
    )
    assert _check(tree, indicator="验收及时性", target="2024年9月30日前") == []


def test_counts_have_no_gap_between_whole_numbers() -> None:
    tree = _bands(
        (_a(Sign.EQ, 0, "件"), _c(4)),
        (_between(1, 3, "件", high_in=True), _c(3)),
        (_between(4, 6, "件", high_in=True), _c(1)),
        (_a(Sign.GE, 7, "件"), NONE),
    )
    assert _check(tree, indicator="投诉件数", target="0件", weight="4") == []


def test_bounds_one_apart_mean_whole_numbers_even_for_a_mean() -> None:
    tree = _bands(
        (_a(Sign.LE, 30, "分钟"), _c(5)),
        (_between(31, 60, "分钟", high_in=True), _c(3)),
        (_a(Sign.GT, 60, "分钟"), NONE),
    )
    assert _check(tree, indicator="平均通报时间", target="≤30分钟", weight="5") == []


def test_a_cascade_of_lower_bounds_is_no_overlap() -> None:
    tree = Case((Branch(_a(Sign.GE, 100), W), Branch(_a(Sign.GE, 80), _c(7)), Branch(_a(Sign.GE, 50), _c(4))), NONE)
    assert _check(tree, indicator="工程形象进度", target="100%") == []


def test_steps_with_a_stated_floor_are_clean() -> None:
    steps = Arith(Op.MUL, Steps(Arith(Op.SUB, _c(95, "%"), Input("actual", "%")), _c(1, "%")), _c("0.5"))
    assert _check(Clamp(Arith(Op.SUB, W, steps), NONE, W, stated=True), target="≥95%") == []


def test_words_decide_too_so_silence_on_numbers_is_no_gap() -> None:
    tree = _bands((Stated(("完成", "已完成")), W), (_a(Sign.LT, 1, "项"), NONE))
    assert "R01" not in _codes(_check(tree, indicator="机关食堂改造", target="1项"))


def test_more_than_target_may_cost_points_when_falling_short_costs_more() -> None:
    """超过目标30%以上扣2分 is a penalty, not a wrong direction."""
    tree = _bands(
        (_a(Sign.GT, 130, "场"), _c(8)), (_a(Sign.GE, 100, "场"), W), (_a(Sign.LT, 100, "场"), _ratio(100, "场"))
    )
    assert "R08" not in _codes(_check(tree, indicator="活动场次", target="≥100场"))


def test_what_a_person_decides_is_no_gap() -> None:
    tree = Case((Branch(_a(Sign.GE, 90), W),), Human())
    assert _check(tree) == []
    assert _check(Case((Branch(_a(Sign.GE, 90), W),), Missing("未规定"))) == []


def test_rules_of_a_scheme_are_not_checked() -> None:
    tree = _bands((_a(Sign.GT, 90), W))
    assert check(Reading("", Status.EXECUTABLE, (tree,), origin="scheme:x/positive"), Context(weight="5")) == ()


# --- faults -----------------------------------------------------------------------------------------------------------


def test_exactly_90_is_named_by_no_clause() -> None:
    tree = _bands((_a(Sign.GT, 90), W), (_a(Sign.LT, 90), _ratio(100)))
    notes = _check(tree, indicator="项目预算经费执行率", target="90%", weight="")
    assert _codes(notes) == ["R01", "R03"]
    assert notes[0].level is Level.ERROR
    assert notes[0].message.startswith("90%没有对应得分")
    assert notes[0].example == "90%"
    assert "从分值的90%跳到分值的100%" in notes[1].message


def test_a_gap_between_bands_names_a_value_inside() -> None:
    tree = _bands(
        (_a(Sign.EQ, 100), _c(8)),
        (_between(95, 98, high_in=True), _c(6)),
        (_between(90, 95), _c(4)),
        (_a(Sign.LT, 90), NONE),
    )
    (note,) = _check(tree, indicator="补贴对象审核准确率", target="=100%", weight="8")
    assert note.code == "R01"
    assert note.message.startswith("98%＜实际值＜100%没有对应得分：例如99%，各条款都没有包括它")


def test_a_gap_of_counts_is_told_in_whole_numbers() -> None:
    tree = _bands((_a(Sign.GE, 30, "人"), W), (_a(Sign.EQ, 0, "人"), NONE))
    (note,) = _check(tree, indicator="培训人数", target="≥30人")
    assert "1人至29人没有对应得分" in note.message


def test_a_border_in_two_clauses_names_the_value_and_both_scores() -> None:
    tree = _bands(
        (_a(Sign.GE, 20, "场"), _c(6)),
        (_between(15, 19, "场", high_in=True), _c(4)),
        (_between(10, 14, "场", high_in=True), _c(2)),
        (_a(Sign.LE, 10, "场"), NONE),
    )
    (note,) = _check(tree, indicator="政策宣讲场次", target="≥20场", weight="6")
    assert note.code == "R02"
    assert note.message.startswith("10场同时符合两个条款，得分分别为2分和0分")


def test_no_overlap_where_both_clauses_give_the_same() -> None:
    tree = _bands((_a(Sign.GE, 90), W), (_a(Sign.LE, 90), _ratio(90)))
    assert _check(tree, target="90%") == []


def test_a_rate_times_weight_below_another_threshold_lacks_its_denominator() -> None:
    tree = _bands((_a(Sign.GE, 80), W), (_a(Sign.LT, 80), _ratio(100)))
    (note,) = _check(tree, indicator="公务员队伍建设", target="80%", weight="5")
    assert (note.code, note.level) == ("D19", Level.WARNING)
    assert "没有除以目标值" in note.message
    assert "接近80%时只得4分，达到80%得5分" in note.message


def test_a_denominator_of_another_row_is_named() -> None:
    tree = _bands((_a(Sign.GE, 85, "个"), W), (_a(Sign.LT, 85, "个"), _ratio(120, "个")))
    (note,) = _check(tree, indicator="建设个数", target="85个")
    assert note.code == "D19"
    assert "分母是120个，与满分线85个不一致" in note.message


def test_a_clause_with_crossed_bounds_can_never_apply() -> None:
    text = "新增人数≥120人得8分；80人≤新增人数＜60人得3分；其余不得分"
    never = Branch(_between(80, 60, "人"), _c(3), span=(13, 28))
    tree = Case((Branch(_a(Sign.GE, 120, "人"), _c(8)), never), NONE)
    (note,) = _check(tree, indicator="新增高层次人才数", target="≥120人", weight="8", text=text)
    assert note.code == "R04"
    assert note.message.startswith("条款“80人≤新增人数＜60人得3分”永远不会成立")


def test_a_bound_without_percent_beside_bounds_with_it() -> None:
    text = "执行率≥90%得4分；80%≤执行率＜90得3分"
    place = text.index("90得3分")
    bare = Const(F(90), "%", span=(place, place + 2))
    slip = Every((_a(Sign.GE, 80), Compare(Input("actual", "%"), Sign.LT, bare)))
    tree = Case((Branch(_a(Sign.GE, 90), _c(4)), Branch(slip, _c(3))), NONE)
    (note,) = _check(tree, indicator="预算执行率", target="≥90%", weight="4", text=text)
    assert note.code == "R05"
    assert note.repair == "90%"
    assert "界限“90”后面漏写了%" in note.message


@pytest.mark.parametrize("stated", [False, True])
def test_steps_without_a_stop_can_fall_below_zero(stated: bool) -> None:
    late = Steps(Input("late_months", "个月"), _c(3, "个月"))
    tree = Clamp(Arith(Op.SUB, W, Arith(Op.MUL, late, _c(2))), NONE, W, stated=stated)
    notes = _check(tree, indicator="补贴发放及时性", target="每季度末月25日前", weight="5")
    assert _codes(notes) == ([] if stated else ["R07"])
    assert stated or "扣完为止" in notes[0].message


def test_every_reading_of_a_late_quarter_can_fall_below_zero() -> None:
    """每延迟1个季度扣2分 of 5, whatever a begun quarter counts; on time is told in days."""
    on_time = Branch(Compare(Input("late_days", "天"), Sign.LE, _c(0, "天")), W)
    trees = tuple(
        Clamp(
            Case(
                (on_time,),
                Arith(Op.SUB, W, Arith(Op.MUL, Steps(Input("late_months", "月"), _c(3, "月"), partial), _c(2))),
            ),
            NONE,
            W,
        )
        for partial in Partial
    )
    reading = Reading("每延迟1个季度扣2分", Status.AMBIGUOUS, trees, (Note("R06", Level.WARNING, "…"),))
    (note,) = check(reading, Context("补贴发放及时性", "每季度末月25日前", "5"))
    assert note.code == "R07"


@pytest.mark.parametrize(
    "text", ["每低1个百分点扣1分，扣完为止", "每低1个百分点扣1分，扣至0分", "每低1个百分点扣1分，最低0分"]
)
def test_a_word_that_may_be_the_floor_is_believed(text: str) -> None:
    steps = Steps(Arith(Op.SUB, _c(95, "%"), Input("actual", "%")), _c(1, "%"))
    assert _check(Clamp(Arith(Op.SUB, W, steps), NONE, W), target="≥95%", text=text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("96%以上得满分；96%以下得0.5分", ["R02"]),
        ("96%以上（含）得满分；96%以下得0.5分", []),
        ("96%及以上得满分；96%以下得0.5分", []),
        ("≥96%得满分；96%以下得0.5分", []),
        ("96%得满分；96%以下得0.5分", []),
        ("不低于96%得满分；96%以下得0.5分", []),
        ("96%以上得满分；96%（含）以下得0.5分", []),
        ("96%（含）以上得满分；96%（含）以下得0.5分", ["R02"]),
    ],
)
def test_a_clause_that_claims_its_bound_wins_it(text: str, codes: list[str]) -> None:
    first, second = text.index("96"), text.rindex("96")
    cut = text.index("；")
    tree = Case(
        (
            Branch(
                Compare(Input("actual", "%"), Sign.GE, Const(F(96), "%", span=(first, first + 3))), W, span=(0, cut)
            ),
            Branch(
                Compare(Input("actual", "%"), Sign.LE, Const(F(96), "%", span=(second, second + 3))),
                _c("0.5"),
                span=(cut + 1, len(text)),
            ),
        )
    )
    assert _codes(_check(tree, target="96%", text=text)) == codes


def test_an_undefined_share_of_a_rate_is_shown_both_ways() -> None:
    text = "①满意度≥90%，得满分；②60%≤满意度<90%，得分=完成比例×指标分；③满意度<60%，不得分"
    tree = _bands((_a(Sign.GE, 90), W), (_between(60, 90), _ratio(90)), (_a(Sign.LT, 60), NONE))
    (note,) = _check(tree, indicator="工作满意度", target="90%", text=text)
    assert (note.code, note.level) == ("R06", Level.WARNING)
    assert "实际值为75%时，按“实际值÷目标值”得8.33分，按“实际值”本身得7.5分" in note.message
    assert _check(tree, indicator="工作满意度", target="90%", text=text.replace("完成比例", "实际值÷90%")) == []


def test_a_covered_clause_that_changes_nothing_is_left_alone() -> None:
    """下降不足5%的按比例；未下降的不得分: the ratio gives nothing there as well."""
    fall = Input("actual", "%", sense="fall")
    share = Arith(Op.MUL, Arith(Op.DIV, fall, _c(5, "%")), W)
    tree = Clamp(
        Case(
            (
                Branch(Compare(fall, Sign.GE, _c(5, "%")), W),
                Branch(Compare(fall, Sign.LT, _c(5, "%")), share),
                Branch(Compare(fall, Sign.LE, _c(0, "%")), NONE),
            )
        ),
        NONE,
        W,
    )
    assert _check(tree, indicator="三公经费压减率", target="同比下降5%") == []


def test_grades_in_the_target_are_band_columns() -> None:
    tree = Case(
        (
            Branch(_a(Sign.GE, 85), _c(4), grade="优"),
            Branch(_a(Sign.LE, 75), NONE, grade="差"),
        )
    )
    assert _codes(_check(tree, indicator="完成率", weight="4")) == ["D14"]


def test_a_ratio_without_a_cap_can_pass_the_weight() -> None:
    tree = Clamp(_ratio(8000, "人次"), NONE, W, stated=False)
    (note,) = _check(tree, indicator="观众人次", target="8000人次")
    assert note.code == "R07"
    assert "封顶" in note.message


def test_a_rule_turned_the_wrong_way() -> None:
    """知晓率不高于80%得满分，每高1个百分点扣0.5分, with a target of ≥80%."""
    steps = Arith(Op.MUL, Steps(Arith(Op.SUB, Input("actual", "%"), _c(80, "%")), _c(1, "%")), _c("0.5"))
    tree = Clamp(Arith(Op.SUB, W, steps), NONE, W, stated=True)
    (note,) = _check(tree, indicator="人才政策知晓率", target="≥80%", weight="6")
    assert note.code == "R08"
    assert "目标为“≥80%”，实际值越高越好，得分却反而更低：80%得6分" in note.message


def test_swapped_bands_are_seen_under_a_known_direction() -> None:
    tree = _bands(
        (_a(Sign.GE, 100), _c(5)), (_between(90, 100), _c(3)), (_between(80, 90), _c(4)), (_a(Sign.LT, 80), NONE)
    )
    notes = _check(tree, indicator="巡查覆盖率", target="≥100%", weight="5")
    assert _codes(notes) == ["R08"]


def test_two_readings_are_shown_on_one_value() -> None:
    one = _bands((_a(Sign.GE, 90), W), (_a(Sign.LT, 90), _ratio(90)))
    two = _bands((_a(Sign.GE, 90), W), (_a(Sign.LT, 90), _ratio(100)))
    reading = Reading("…", Status.AMBIGUOUS, (one, two))
    notes = check(reading, Context(indicator="工作满意度", target="90%", weight="10"))
    assert notes[0].code == "R06"
    assert notes[0].example == "45%"
    assert "实际值为45%时得5分或4.5分" in notes[0].message


def test_codes_the_reader_has_noted_are_not_said_twice() -> None:
    tree = _bands((_a(Sign.GT, 90), W), (_a(Sign.LT, 90), _ratio(90)))
    seen = Note("R01", Level.ERROR, "…")
    assert check(Reading("…", Status.EXECUTABLE, (tree,), (seen,)), Context(weight="5")) == ()


def test_a_rule_for_a_person_says_so() -> None:
    (note,) = check(Reading("…", Status.NEEDS_JUDGEMENT, (Human(),)), Context(weight="5"))
    assert (note.code, note.level) == ("R09", Level.INFO)


# --- grade columns ----------------------------------------------------------------------------------------------------


def _grades(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(("优", "良", "中", "差"), texts, strict=False))


@pytest.mark.parametrize(
    ("indicator", "texts", "codes", "example"),
    [
        ("引进项目数", ("＞6项", "＜6项，＞3项", "＜3项", "无"), ["D14"], "3项"),
        ("骨干培训人数", ("不少于90人", "不少于60人", "不少于40人", "未举办培训班"), ["D14"], "20人"),
        ("学习完成率", ("100%", "92%及以上", "85%及以上", "75%以下"), ["D14"], "80%"),
        ("学习时长", ("9000分钟", "7000-8999分钟", "6000-6999分钟", "6000分钟以下"), ["D16"], "6000分钟"),
        ("到岗率", ("96%以上", "96%-82%", "82%-71%", "71%以下"), ["D16"], "96%"),
        ("选派完成率", ("100%", "72%以上", "55%-72%", "55%以下"), ["D16"], "72%"),
        ("轮训完成率", ("参训率100%", "参训率92%", "参训率84%", "参训率76%"), ["D17"], "96%"),
        ("检查单位个数", ("24个/年", "18个/年", "12个/年", "0个/年"), ["D17"], "21个"),
        ("考核完成率", ("90以上", "80以上", "65以上", "65以下"), ["D15"], "65%"),
        ("落实率", ("95%及以上", "85%及以上", "75%及以上", "75%以下"), ["D15"], "75%"),
        # without a fault
        ("故障情况", ("无故障", "故障次数少于3次", "故障次数3次", "故障次数3次以上"), [], ""),
        ("会议次数", ("≥12次", "9-11次", "6-8次", "少于6次"), [], ""),
        ("满意度", ("≥90%", "80%（含）-90%", "60%（含）-80%", "低于60%"), [], ""),
        ("完成率", ("90%及以上", "80%及以上", "60%及以上", "低于60%"), [], ""),
        ("投诉件数", ("0件", "1-2件", "3-5件", "5件以上"), ["D16"], "5件"),
        ("出动人数", ("3人", "2人", "1人", "0人"), [], ""),
        ("机制建设", ("健全", "较健全", "一般", "不健全"), [], ""),
    ],
)
def test_grade_columns(indicator: str, texts: tuple[str, ...], codes: list[str], example: str) -> None:
    notes = check_bands(_grades(*texts), Context(indicator=indicator))
    assert [note.code for note in notes] == codes
    assert not codes or notes[0].example == example


def test_all_gaps_of_a_row_stand_in_one_finding() -> None:
    (note,) = check_bands(_grades("＞6项", "＜6项，＞3项", "＜3项", "无"), Context(indicator="项目数"))
    assert note.message.startswith("3项、6项没有对应的等次")


def test_the_shared_border_is_named_with_both_grades() -> None:
    (note,) = check_bands(_grades("96%以上", "80%—96%", "60%—80%", "低于60%"), Context(indicator="到岗率"))
    assert note.message.startswith("96%同时属于“优”和“良”；80%同时属于“良”和“中”：界限值重复")


def test_grades_are_found_in_one_text() -> None:
    assert bands_in("优：≥12次；良：9-11次|中：6-8次；差：少于6次") == (
        ("优", "≥12次"),
        ("良", "9-11次"),
        ("中", "6-8次"),
        ("差", "少于6次"),
    )


def test_band_readings_go_by_the_printed_columns() -> None:
    reading = Reading("优：100%；良：90%；中：80%；差：70%", Status.EXECUTABLE, (), origin="bands")
    assert _codes(list(check(reading, Context(indicator="参训率")))) == ["D17"]


# --- the acceptance forms ---------------------------------------------------------------------------------------------

GOLD = Path(__file__).parents[3] / "shared" / "acceptance" / "gold"
ABOUT_RULES = frozenset(
    {"R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "D14", "D15", "D16", "D17", "D19"}
)


def _said_on(name: str) -> dict[str, set[str]]:
    """What is said about each rule or grade column of an acceptance form, by indicator."""
    said = dict[str, set[str]]()
    for form in json.loads((GOLD / f"{name}.json").read_text(encoding="utf-8"))["forms"]:
        for row in form["indicators"]:
            context = Context(
                row["name"],
                row.get("target") or "",
                row.get("weight") or "",
                row.get("level1") or "",
                row.get("level2") or "",
            )
            if row.get("rule"):
                reading = read_rule(row["rule"], context)
            elif row.get("bands"):
                reading = read_bands(row["bands"], context)
            else:
                continue
            said.setdefault(row["name"], set()).update(note.code for note in notes_of(reading, context))
    return said


@pytest.mark.acceptance
@pytest.mark.skipif(not GOLD.exists(), reason="验收材料不随软件提供")
@pytest.mark.parametrize("name", ["seed-000.txt", "seed-003.txt", "evaluation-2023.pdf"])
def test_the_acceptance_forms(name: str) -> None:
    said = _said_on(name)
    gold = json.loads((GOLD / f"{name}.findings.json").read_text(encoding="utf-8"))
    missed = [
        (entry["indicator"], entry["code"])
        for entry in gold["must"]
        if entry["code"] in ABOUT_RULES and not said[entry["indicator"]] & {entry["code"], *entry["also_ok"]}
    ]
    broken = [
        (entry["indicator"], entry["code"])
        for entry in gold["must_not"]
        if entry["code"] in ABOUT_RULES and entry["code"] in said.get(entry["indicator"] or "", set())
    ]
    assert (missed, broken) == ([], [])


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


def _read(rule: str, target: str, indicator: str = "工作满意度", weight: str = "10") -> list[Note]:
    context = Context(indicator=indicator, target=target, weight=weight)
    return list(notes_of(read_rule(rule, context), context))


def test_no_percent_anywhere_is_a_habit_not_a_slip() -> None:
    assert "R05" not in _codes(_read("满意度≥90得满分，60≤满意度＜90得5分，＜60不得分", "≥90%"))


def test_the_missing_percent_is_shown_beside_a_bound_that_has_it() -> None:
    """Bounds at 95 % and 85 %, a bare 95: the first printed bound is shown."""
    tree = _bands(
        (_a(Sign.GE, 95), W), (_between(85, 95), _c(8)), (Compare(Input("actual", ""), Sign.LT, _c(60)), NONE)
    )
    (note,) = [one for one in _check(tree, indicator="工作满意度") if one.code == "R05"]
    assert note.message == "界限“60”后面漏写了%：同一规则的其他界限是95%，应写作60%"


@pytest.mark.parametrize(
    ("tree", "weight", "reach"),
    [
        (Arith(Op.SUB, W, Arith(Op.MUL, Input("actual", "件"), _c(2))), "10", ""),
        (
            Arith(Op.SUB, W, Arith(Op.MUL, Arith(Op.SUB, _c(6, "%"), Input("actual", "%")), _c(2))),
            "10",
            "（最低会算到-2分）",
        ),
    ],
)
def test_how_far_below_nothing_a_rule_can_fall(tree: Expr, weight: str, reach: str) -> None:
    """Counts have no end; a growth rate of 6 % can be missed by 6 points (a negative one scores nothing by convention)."""
    name = "投诉件数" if not reach else "收入增长率"
    (note,) = [
        one for one in _check(tree, indicator=name, weight=weight, text="每项扣2分") if "扣成负数" in one.message
    ]
    assert note.message == f"按规则扣分可能超过分值、扣成负数{reach}，规则没有写明扣完为止；请写上“扣完为止”"


def test_one_unreadable_grade_silences_the_others() -> None:
    """What 视情况 covers nobody knows: the gap around it is not proved."""
    assert check_bands(_grades("≥95%", "视情况", "80%-85%", "＜80%"), Context(indicator="合格率")) == ()
    assert [note.code for note in check_bands(_grades("≥95%", "80%-85%", "＜80%"), Context(indicator="合格率"))] == [
        "D14"
    ]


@pytest.mark.parametrize(
    ("indicator", "codes"), [("工作满意度", ["R08"]), ("工作用时", []), ("办理成本", []), ("考评分数", [])]
)
def test_a_direction_nobody_knows_is_not_wrong(indicator: str, codes: list[str]) -> None:
    """A bare target of 90 and points off for every unit more."""
    over = Steps(Arith(Op.SUB, Input("actual", "分"), _c(90, "分")), _c(1, "分"))
    tree = Clamp(Arith(Op.SUB, W, over), NONE, W, stated=True)
    assert [code for code in _codes(_check(tree, indicator=indicator, target="90分")) if code == "R08"] == codes


def test_the_whole_itself_may_be_a_gap() -> None:
    tree = _bands((_a(Sign.LT, 100), _c(5)))
    (note,) = _check(tree, indicator="合格率")
    assert (note.code, note.example) == ("R01", "100%")


def test_a_clause_of_two_stretches_overlaps_like_any_other() -> None:
    outside = Some((_a(Sign.LT, 50), _a(Sign.GT, 90)))
    notes = _check(_bands((_a(Sign.GE, 80), W), (outside, NONE), (_between(50, 80), _c(5))), indicator="占比")
    assert "R02" in _codes(notes)
    (note,) = [one for one in notes if one.code == "R02"]
    assert "同时符合两个条款，得分分别为10分和0分" in note.message


def test_more_than_full_marks_and_full_marks_are_no_conflict() -> None:
    tree = _bands((_a(Sign.GE, 95), _c(10)), (_between(90, 95, high_in=True), _c("10.2")), (_a(Sign.LT, 90), NONE))
    assert "R02" not in _codes(_check(tree, indicator="合格率"))


def test_a_lone_best_value_reaches_upward() -> None:
    """优 95%, 良 90%-95%: more than 95 % is 优, not a gap; only the shared bound is doubtful."""
    notes = check_bands(_grades("95%", "90%-95%", "80%-90%", "＜80%"), Context(indicator="合格率"))
    assert [note.code for note in notes] == ["D16"]


def test_what_holds_for_one_reading_only_is_not_said_of_two() -> None:
    """The first reading leaps at 90 %, the second does not: R03 would be no fact of the rule."""
    short = Arith(Op.MUL, Steps(Arith(Op.SUB, _c(90, "%"), Input("actual", "%")), _c(1, "%")), _c("0.1"))
    leap, smooth = (
        _bands((_a(Sign.GE, 90), W), (_a(Sign.LT, 90), Clamp(Arith(Op.SUB, _c(top), short), NONE, W, stated=True)))
        for top in (8, 10)
    )
    context = Context(indicator="工作满意度", target="90%", weight="10")
    alone = check(Reading("…", Status.EXECUTABLE, (leap,)), context)
    assert "R03" in [note.code for note in alone]
    both = check(Reading("…", Status.AMBIGUOUS, (leap, smooth)), context)
    assert "R03" not in [note.code for note in both]


def test_nothing_is_said_of_points_where_no_weight_is_printed() -> None:
    """Two points off for each percent short: whether that passes the weight nobody can tell without one."""
    short = Steps(Arith(Op.SUB, _c(95, "%"), Input("actual", "%")), _c(1, "%"))
    tree = Clamp(Arith(Op.SUB, W, Arith(Op.MUL, short, _c(2))), NONE, W)
    assert "R07" in _codes(_check(tree, weight="10"))
    assert _codes(_check(tree, weight="")) == []
