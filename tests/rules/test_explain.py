"""The read-back a clerk accepts as the same rule."""

from dataclasses import replace
from fractions import Fraction as F
from typing import get_args

import pytest

from hengjian.rules.defaults import default_reading
from hengjian.rules.explain import condition, explain
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.scheme import load_scheme
from hengjian.rules.tree import (
    ALWAYS,
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Interpolate,
    Level,
    Missing,
    Not,
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
)

W, ZERO = Input("weight"), Const(F(0))
RATE = Input("actual", "%")
LATE = Input("late_days", "天")
HEAT = Input("actual", "℃")
TEN = Context(weight="10")


def _say(*trees: Expr, status: Status = Status.EXECUTABLE, context: Context | None = TEN) -> str:
    return explain(Reading("…", status, trees), context)


def _c(value: str | int, unit: str = "") -> Const:
    return Const(F(value), unit)


def _mul(left: Expr, right: Expr) -> Expr:
    return Arith(Op.MUL, left, right)


def _minus(left: Expr, right: Expr) -> Expr:
    return Arith(Op.SUB, left, right)


SHORT = Steps(_minus(_c(95, "%"), RATE), _c(1, "%"))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (
            Clamp(_minus(W, _mul(SHORT, _c("0.5"))), ZERO, W, stated=True),
            "实际值≥95%得满分（10分）；低于95%的，每低1个百分点扣0.5分（不足一步按比例），最低0分",
        ),
        (
            Clamp(_minus(W, _mul(replace(SHORT, partial=Partial.CEIL), _mul(_c("0.05"), W))), ZERO, W, stated=True),
            "实际值≥95%得满分（10分）；低于95%的，每低1个百分点扣分值的5%（不足一步按一步计），最低0分",
        ),
        (
            Case(
                (
                    Branch(Compare(RATE, Sign.GE, _c(95, "%")), W),
                    Branch(Compare(RATE, Sign.LT, _c(80, "%")), ZERO),
                ),
                Clamp(_minus(W, _mul(SHORT, _c("0.5"))), ZERO, W),
            ),
            "实际值≥95%得满分（10分）；实际值＜80%不得分；其他情况，低于95%的，每低1个百分点扣0.5分（不足一步按比例），最低0分",
        ),
        (
            Case(
                (Branch(Compare(LATE, Sign.LE, _c(0, "天")), W),),
                Clamp(_minus(W, _mul(Steps(LATE, _c(1, "天")), _c("0.3"))), ZERO, W),
            ),
            "按期完成得满分（10分）；逾期的，每推迟1天扣0.3分，最低0分",
        ),
        (
            Clamp(_minus(W, _mul(Steps(Input("actual", "起"), _c(1, "起")), _c(2))), ZERO, W, stated=True),
            "实际值≤0起得满分（10分）；每发生1起扣2分，最低0分",
        ),
        (
            Clamp(
                _minus(W, Combine(Pick.MIN, (_mul(Steps(Input("actual", "件"), _c(1, "件")), _c("0.5")), _c(3)))),
                ZERO,
                W,
            ),
            "实际值≤0件得满分（10分）；每发生1件扣0.5分，最多扣3分，最低0分",
        ),
        (
            Clamp(
                _minus(
                    _minus(W, _mul(Steps(Input("脱岗"), _c(1)), _c(1))), _mul(Steps(Input("早退"), _c(1)), _c("0.2"))
                ),
                ZERO,
                W,
            ),
            "脱岗每1次扣1分；早退每1次扣0.2分，最低0分",
        ),
        (
            Arith(Op.ADD, _c(8), Clamp(_mul(Steps(_minus(RATE, _c(100, "%")), _c(1, "%")), _c("0.2")), None, _c(2))),
            "以8分为基础，高于100%的，每高1个百分点加0.2分（不足一步按比例），最多加2分",
        ),
        (
            Clamp(
                _minus(
                    W,
                    _mul(
                        Steps(Arith(Op.DIV, _minus(_c(860, "元"), Input("actual", "元")), _c(860, "元")), _c("0.02")),
                        _c(1),
                    ),
                ),
                ZERO,
                W,
            ),
            "实际值≥860元得满分（10分）；低于860元的，每低860元的2%扣1分（不足一步按比例），最低0分",
        ),
        (
            Clamp(_mul(Steps(Input("actual", "场"), _c(1, "场")), _c("0.3")), None, _c(6), stated=True),
            "每完成1场得0.3分，最高6分",
        ),
        (
            Clamp(_mul(Arith(Op.DIV, RATE, _c(100)), W), ZERO, W, stated=True),
            "得分＝实际值×分值，最高得满分",
        ),
        (
            _mul(Arith(Op.DIV, _minus(RATE, _c(85, "%")), _c(10, "%")), _c(20)),
            "得分＝（实际值－85%）÷10%×20",
        ),
        (
            Interpolate(RATE, ((F(60), F(0)), (F(80), F(10)))),
            "实际值为60%得0分、80%得10分，中间按直线插值，两端以外按端点计",
        ),
        (
            Combine(Pick.MAX, (Case((Branch(Compare(Input("国家级"), Sign.GE, _c(1)), _c(3)),), ZERO), _c(1))),
            "下列各项取得分最高的一项：（1）国家级≥1得3分；其他情况不得分；（2）得1分",
        ),
        (
            Clamp(
                _minus(
                    W,
                    _mul(
                        Steps(Combine(Pick.MAX, (_minus(_c(45, "℃"), HEAT), _minus(HEAT, _c(50, "℃")))), _c(1, "℃")),
                        _c("0.5"),
                    ),
                ),
                ZERO,
                W,
            ),
            "实际值偏离45℃至50℃的，每偏离1℃扣0.5分（不足一步按比例），最低0分",
        ),
        (
            Case((Branch(Compare(Combine(Pick.MAX, (RATE, _minus(_c(0, "%"), RATE))), Sign.LE, _c(3, "%")), W),), ZERO),
            "实际值的绝对值≤3%得满分（10分）；其他情况不得分",
        ),
        (
            Clamp(_minus(W, _mul(Steps(Input("late_months", "月"), _c(3, "月")), _c(2))), ZERO, W),
            "按期完成得满分（10分）；逾期的，每推迟3个月扣2分（不足一步按比例），最低0分",
        ),
        (Human(), "由人酌情评分，评0分至满分"),
        (Human(deduct=True, low=_c(1), high=_c(3)), "由人酌情扣分，扣1分至3分"),
        (
            Human((Level(("明显",), W, W), Level(("一般",), _mul(_c("0.6"), W), _mul(_c("0.8"), W), high_incl=False))),
            "由人评定：“明显”得10分；“一般”得8分（不含）至6分（含）",
        ),
        (Missing("规则前后矛盾"), "不能计分（规则前后矛盾）"),
        (Rounded(_mul(_c("0.8"), W), 1), "得分值的80%（8分），保留1位小数，四舍五入"),
        (Rounded(W, 0, truncate=True), "得满分（10分），取整数，其余舍去"),
        (Case((Branch(Compare(RATE, Sign.GE, _c(90, "%")), _c(8), grade="优"),)), "实际值≥90%的，为“优”，得8分"),
        (
            Case((Branch(Compare(Input("actual", "元"), Sign.LE, _c(13128000, "元")), W),)),
            "实际值≤1312.8万元得满分（10分）",
        ),
    ],
)
def test_rules_in_plain_chinese(tree: Expr, said: str) -> None:
    assert _say(tree) == said


def test_clauses_that_overlap_say_their_order() -> None:
    tree = Case(
        (Branch(Compare(RATE, Sign.GE, _c(90, "%")), _c(10)), Branch(Compare(RATE, Sign.GE, _c(80, "%")), _c(8))), ZERO
    )
    assert _say(tree) == "实际值≥90%得10分；实际值≥80%得8分；其他情况不得分（依次对照，以先符合的为准）"


def test_the_target_is_named_by_its_number_where_the_row_is_known() -> None:
    target = Input("target", "人")
    tree = Case(
        (Branch(Compare(Input("actual", "人"), Sign.GE, target), W),),
        _mul(Arith(Op.DIV, Input("actual", "人"), target), W),
    )
    row = Context("培训人数", "1.2万人", "5")
    assert _say(tree, context=row) == "实际值≥12000人得满分（5分）；其他情况，得分＝实际值÷12000人×分值"
    assert _say(tree, context=None) == "实际值≥目标值得满分；其他情况，得分＝实际值÷目标值×分值"


def test_floors_and_caps_relative_to_the_weight() -> None:
    bonus = Clamp(
        Arith(Op.ADD, W, Steps(_minus(RATE, _c(100, "%")), _c(1, "%"))), None, Arith(Op.ADD, W, _c(3)), stated=True
    )
    assert _say(bonus) == "在满分的基础上，高于100%的，每高1个百分点加1分（不足一步按比例），最高不超过满分加3分"
    late = Clamp(_minus(W, _mul(Steps(LATE, _c(1, "天")), _c("0.5"))), _minus(W, _c(4)), W, stated=True)
    assert _say(late) == "按期完成得满分（10分）；逾期的，每推迟1天扣0.5分，最多扣4分"


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (Every((Compare(RATE, Sign.GE, _c(80, "%")), Compare(RATE, Sign.LT, _c(95, "%")))), "80%≤实际值＜95%"),
        (Every((Compare(RATE, Sign.LT, _c(95, "%")), Compare(RATE, Sign.GT, _c(80, "%")))), "80%＜实际值＜95%"),
        (Compare(_c(80, "%"), Sign.LE, RATE), "实际值≥80%"),
        (Some((Compare(RATE, Sign.LT, _c(1, "%")), Stated(("未开展",)))), "实际值＜1%或填写“未开展”"),
        (
            Every((Some((Stated(("是",)), Stated(("有",)))), Not(Stated(("逾期",), "时间")))),
            "（填写“是”或填写“有”）且不符合“时间填写“逾期””",
        ),
        (Compare(LATE, Sign.GT, _c(0, "天")), "逾期"),
        (Compare(LATE, Sign.GT, _c(30, "天")), "推迟天数＞30天"),
        (ALWAYS, "任何情况"),
    ],
)
def test_conditions(node: Condition, said: str) -> None:
    assert condition(node) == said


def test_two_readings_are_shown_as_two() -> None:
    said = _say(W, ZERO, status=Status.AMBIGUOUS)
    assert said == "这条规则有几种理解，分数一致时才计分：【理解1】得满分（10分）；【理解2】不得分"
    assert _say(W, ZERO, status=Status.DEFECTIVE).startswith("这条规则前后矛盾")


def test_a_rule_not_understood_says_so() -> None:
    assert _say() == "没有读懂这条规则，不能据此计分"


def test_without_a_weight_no_points_are_named() -> None:
    assert _say(Case((Branch(Compare(RATE, Sign.GE, _c(95, "%")), W),)), context=None) == "实际值≥95%得满分"


def test_a_default_reads_back_with_its_target() -> None:
    context = Context("培训人数", "400人", "8")
    assert explain(default_reading(context, load_scheme("national-2020")), context) == (
        "实际值≥400人得满分（8分）；实际值＜400人的，得分＝实际值÷400人×分值，最高得满分"
    )


@pytest.mark.parametrize("kind", [*get_args(Expr)])
def test_every_node_has_words(kind: type) -> None:
    """A new node must not be forgotten here."""
    samples: dict[type, Expr] = {
        Const: _c(3),
        Input: RATE,
        Arith: _mul(RATE, W),
        Steps: SHORT,
        Clamp: Clamp(W, ZERO, W),
        Case: Case((), W),
        Combine: Combine(Pick.SUM, (W,)),
        Interpolate: Interpolate(RATE, ((F(0), F(0)), (F(1), F(1)))),
        Human: Human(),
        Missing: Missing("甲"),
        Rounded: Rounded(W, 1),
    }
    assert _say(samples[kind])


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("≤420元", "得分＝实际值÷420元×分值"),
        ("≥420元", "得分＝实际值÷420元×分值"),
        ("显著提升", "得分＝实际值÷目标值×分值"),
        ("", "得分＝实际值÷目标值×分值"),
    ],
)
def test_a_target_that_is_no_number_keeps_its_name(target: str, said: str) -> None:
    tree = _mul(Arith(Op.DIV, Input("actual", "元"), Input("target", "")), W)
    assert _say(tree, context=Context("人均成本", target, "5")) == said


def test_the_unit_of_the_target_is_that_of_its_input() -> None:
    tree = Case((Branch(Compare(Input("actual", "人次"), Sign.GE, Input("target", "个")), W),), ZERO)
    assert _say(tree, context=Context("处理件数", "20", "5")) == "实际值≥20个得满分（5分）；其他情况不得分"


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        # Only a body that can fall needs its floor read out.
        (Clamp(Case((Branch(ALWAYS, W),), _minus(_c(2), RATE)), ZERO, None), "任何情况得满分（10分）；其他情况，得分＝2－实际值，最低0分"),
        (Clamp(Case((Branch(ALWAYS, W),), _c(2)), ZERO, None), "任何情况得满分（10分）；其他情况得2分"),
        (Clamp(Case((Branch(ALWAYS, _minus(_c(2), RATE)),), _c(2)), ZERO, None), "任何情况的，得分＝2－实际值；其他情况得2分，最低0分"),
        (Clamp(Case((Branch(ALWAYS, W),)), ZERO, None), "任何情况得满分（10分）"),
        (Clamp(_minus(_c(9), RATE), _c(1), None), "得分＝9－实际值，最低1分"),
        # Shares of the weight, however they are written.
        (Arith(Op.DIV, W, _c(4)), "得分值的25%（2.5分）"),
        (_mul(W, _c(40, "%")), "得分值的40%（4分）"),
        # Brackets where the order of the sum needs them, and only there.
        (Arith(Op.DIV, RATE, _mul(W, RATE)), "得分＝实际值÷（分值×实际值）"),
        (_mul(RATE, Arith(Op.DIV, W, RATE)), "得分＝实际值×分值÷实际值"),
        (_minus(RATE, _minus(W, RATE)), "得分＝实际值－（分值－实际值）"),
        (_minus(RATE, _mul(W, RATE)), "得分＝实际值－分值×实际值"),
    ],
)  # fmt: skip
def test_the_read_back_of_a_formula_word_for_word(tree: Expr, said: str) -> None:
    assert _say(tree) == said


def test_a_bonus_is_told_beside_a_deduction() -> None:
    """A deduction alone starts from full marks by itself; a bonus must say what it is added to."""
    up = Steps(_minus(RATE, _c(100, "%")), _c(1, "%"))
    down = Steps(_minus(_c(100, "%"), RATE), _c(1, "%"))
    both = _minus(Arith(Op.ADD, W, up), down)
    assert _say(both).startswith("在满分的基础上，高于100%的，每高1个百分点加1分")
    assert "在满分的基础上" not in _say(_minus(W, down))


def test_two_measures_are_no_range() -> None:
    ours, theirs = Input("覆盖率", "%"), Input("合格率", "%")
    apart = Every((Compare(ours, Sign.GE, _c(80, "%")), Compare(theirs, Sign.LT, _c(95, "%"))))
    assert condition(apart) == "覆盖率≥80%且合格率＜95%"
    moving = Every((Compare(ours, Sign.GE, _c(80, "%")), Compare(ours, Sign.LT, theirs)))
    assert condition(moving) == "覆盖率≥80%且覆盖率＜合格率"
    turned = Every((Compare(_c(80, "%"), Sign.GE, _c(70, "%")), Compare(_c(80, "%"), Sign.LT, _c(95, "%"))))
    assert condition(turned) == "80%≥70%且80%＜95%"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("是", "有", "好"), "填写“是”或“有”或“好”"),
        (("是", "有", "好", "优"), "填写“是”或“有”或“好”等"),
    ],
)
def test_three_words_are_named_the_others_are_etcetera(words: tuple[str, ...], said: str) -> None:
    assert condition(Stated(words)) == said


def test_levels_are_points_only_where_the_weight_is_known() -> None:
    tree = Human((Level(("好",), _mul(_c("0.8"), W), W), Level(("差",), ZERO, _mul(_c("0.8"), W), True, False)))
    assert _say(tree) == "由人评定：“好”得10分至8分（含）；“差”得8分（不含）至0分（含）"
    assert _say(tree, context=None) == "由人评定：“好”得满分至分值的80%（含）；“差”得分值的80%（不含）至0分（含）"


def test_a_late_clause_stands_for_itself_only_after_the_clause_for_being_on_time() -> None:
    late = _minus(W, _mul(Steps(LATE, _c(1, "天")), _c("0.5")))
    after = Case((Branch(Compare(LATE, Sign.LE, _c(0, "天")), W),), late)
    assert _say(after) == "按期完成得满分（10分）；逾期的，每推迟1天扣0.5分"
    other = Case((Branch(Compare(RATE, Sign.GE, _c(95, "%")), W),), late)
    assert _say(other) == "实际值≥95%得满分（10分）；其他情况，逾期的，每推迟1天扣0.5分"
    plain = Case((Branch(Compare(LATE, Sign.LE, _c(0, "天")), W),), ZERO)
    assert _say(plain) == "按期完成得满分（10分）；其他情况不得分"
