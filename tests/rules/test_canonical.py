"""Canonical rule text: show and parse are inverse, people may edit it, and slips are told where they are."""

import re
from fractions import Fraction as F
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.rules.canonical import CanonicalError, parse, show
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.tree import (
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

RATE, WEIGHT = Input("actual", "%"), Input("weight")

# --- random trees of every node -----------------------------------------------------------------------------------------

_numbers = st.one_of(
    st.fractions(min_value=-10_000, max_value=10_000, max_denominator=60),
    st.integers(-(10**12), 10**12).map(F),
    st.decimals(-100, 100, places=5).map(F),
)
_texts = st.one_of(st.sampled_from(["是", "已完成", "较好"]), st.text(max_size=6))
_units = st.one_of(
    st.sampled_from(
        ["", "%", "人", "元/人·月", "分值", "且", "℃", "m²", "千米/小时", "计", "期限", "或非", "1次", " "]
    ),
    st.text(max_size=4),
)
_names = st.one_of(
    st.sampled_from(["actual", "weight", "target", "late_days", "late_months", "rank", "脱岗", "实际值", "分值"]),
    st.text(min_size=1, max_size=5),
)
_word_lists = st.lists(_texts, max_size=3).map(tuple)
_deadlines = st.sampled_from(["", "2024-06-30", "06-30", "10"])
_senses = st.sampled_from(["", "fall", "rise", "drop", "change", "level", "early", "ratio", "new"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Expr:
    """A tree of at most ``depth`` levels; any node may stand anywhere, sensible or not."""
    kind = draw(st.integers(0, 2 if depth == 0 else 10))
    inner = expressions(depth - 1)
    maybe = st.one_of(st.none(), inner) if depth else st.none()
    match kind:
        case 0:
            return Const(draw(_numbers), draw(_units))
        case 1:
            return Input(draw(_names), draw(_units), draw(_deadlines), draw(_senses))
        case 2:
            return Missing(draw(_texts))
        case 3:
            return Arith(draw(st.sampled_from(Op)), draw(inner), draw(inner))
        case 4:
            return Steps(draw(inner), draw(inner), draw(st.sampled_from(Partial)), draw(st.booleans()))
        case 5:
            return Clamp(draw(inner), draw(maybe), draw(maybe), draw(st.booleans()))
        case 6:
            branch = st.builds(Branch, conditions(depth - 1), inner, st.one_of(st.just(""), _texts))
            return Case(tuple(draw(st.lists(branch, max_size=3))), draw(maybe))
        case 7:
            return Combine(draw(st.sampled_from(Pick)), tuple(draw(st.lists(inner, max_size=3))))
        case 8:
            return Interpolate(draw(inner), tuple(draw(st.lists(st.tuples(_numbers, _numbers), max_size=3))))
        case 9:
            fixed = st.builds(lambda words, value: Level(words, value, value), _word_lists, inner)
            level = st.one_of(fixed, st.builds(Level, _word_lists, inner, inner, st.booleans(), st.booleans()))
            return Human(tuple(draw(st.lists(level, max_size=2))), draw(st.booleans()), draw(maybe), draw(maybe))
        case _:
            return Rounded(draw(inner), draw(st.integers(0, 4)), draw(st.booleans()))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Condition:
    """A condition over such trees."""
    kind = draw(st.integers(0, 1 if depth <= 0 else 4))
    several = st.lists(conditions(depth - 1), max_size=3).map(tuple)
    match kind:
        case 0:
            inner = expressions(max(depth, 0))
            return Compare(draw(inner), draw(st.sampled_from(Sign)), draw(inner))
        case 1:
            return Stated(draw(_word_lists), draw(_names))
        case 2:
            return Every(draw(several))
        case 3:
            return Some(draw(several))
        case _:
            return Not(draw(conditions(depth - 1)))


# --- properties and examples --------------------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(expressions())
def test_what_is_shown_parses_to_the_same_tree(tree: Expr) -> None:
    text = show(tree)
    assert parse(text) == tree
    assert show(parse(text)) == text


def test_a_step_rule_in_canonical_text() -> None:
    tree = Clamp(
        Arith(
            Op.SUB,
            WEIGHT,
            Arith(Op.MUL, Steps(Arith(Op.SUB, Const(F(95), "%"), RATE), Const(F(1), "%")), Const(F("0.5"))),
        ),
        Const(F(0)),
        WEIGHT,
        stated=True,
    )
    assert show(tree) == "限(分值 - 步数(95% - 实际值(%), 每 1%, 按比例) × 0.5, 不低于 0, 不高于 分值, 写明)"


def test_clauses_stand_on_lines_of_their_own() -> None:
    tree = Case((Branch(Compare(RATE, Sign.GE, Const(F(95), "%")), WEIGHT, "优"),), Const(F(0)))
    assert show(tree) == '分段{\n  "优": 实际值(%) ≥ 95% → 分值;\n  其余 → 0\n}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.05", "0.05"),
        ("-2.5", "-2.5"),
        ("100", "100"),
        ("1/3", "1/3"),
        ("-1/3", "-1/3"),
        ("1/8", "0.125"),
        ("0", "0"),
    ],
)
def test_numbers_are_exact(value: str, text: str) -> None:
    assert show(Const(F(value))) == text


def test_brackets_only_where_they_are_needed() -> None:
    a, b, c = Const(F(1)), Const(F(2)), Const(F(3))
    assert show(Arith(Op.SUB, a, Arith(Op.SUB, b, c))) == "1 - (2 - 3)"
    assert show(Arith(Op.SUB, Arith(Op.SUB, a, b), c)) == "1 - 2 - 3"
    assert show(Arith(Op.MUL, Arith(Op.ADD, a, b), c)) == "(1 + 2) × 3"
    assert show(Arith(Op.ADD, Arith(Op.MUL, a, b), c)) == "1 × 2 + 3"


def test_people_may_write_it_their_way() -> None:
    """Any spacing, full-width punctuation, ASCII signs and comments mean the same tree."""
    plain = parse("分段{ 实际值(%) ≥ 95% → 分值; 其余 → 分值 × 0.8 }")
    assert parse("分段｛实际值（%）>=95%->分值；其余->分值*0.8；｝  # 由某人改过") == plain
    assert parse("分段{\n实际值(%)≧９５%→((分值));其余→分值×0.8}") == plain


def test_a_minus_without_blanks_is_a_minus() -> None:
    assert parse("分值-2") == Arith(Op.SUB, WEIGHT, Const(F(2)))
    assert parse("分值 - -2") == Arith(Op.SUB, WEIGHT, Const(F(-2)))


def test_and_binds_tighter_than_or() -> None:
    one, two, three = (Compare(Input("actual"), Sign.GT, Const(F(n))) for n in (1, 2, 3))
    case = parse("分段{ 实际值 > 1 且 实际值 > 2 或 实际值 > 3 → 1 }")
    assert isinstance(case, Case)
    assert case.branches[0].condition == Some((Every((one, two)), three))
    case = parse("分段{ 非 (实际值 > 1 或 实际值 > 2) → 1 }")
    assert isinstance(case, Case)
    assert case.branches[0].condition == Not(Some((one, two)))


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("限(分值, 不低于 0分", (1, 13), "少了右括号"),
        ("分段{ 实际值(%) ≥ 95% → 分值; 其余 → 0分", (1, 31), "少了“}”"),
        ("分段{ 实际值(%) ≥ 95% → 分值; 其余 0分 }", (1, 27), "箭头“→”"),
        ("分段{\n  实际值(%) ≥ 95% → 分值\n  其余 → 0分\n}", (3, 3), "分号“;”"),
        ("分值 0.8", (1, 4), "少了运算符"),
        ("步数(95% - 实际值(%), 1%)", (1, 18), "每步多大"),
        ("得满分", (1, 1), "这里不该是“得满分”"),
        ("分值 @ 3", (1, 4), "不认识“@ 3”"),
        ('无分("没有写完)', (1, 4), "引号没有配对"),
        ("分值 +", (1, 5), "还没有写完"),
        ("10分值", (1, 1), "少了运算符"),
        ("取位(分值, 1.5)", (1, 8), "小数位数应为整数"),
        ("1/0", (1, 1), "分母为0"),
    ],
)
def test_a_slip_is_told_where_it_is(text: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(CanonicalError) as told:
        parse(text)
    assert (told.value.line, told.value.column) == place
    assert words in str(told.value)
    assert not re.search(r"[A-Z_]{4,}", str(told.value))  # no terminal of the grammar shows through


def test_the_caret_stands_below_the_spot() -> None:
    """A Chinese character is two columns wide in a terminal."""
    with pytest.raises(CanonicalError) as told:
        parse("分值 0.8")
    assert str(told.value).split("\n")[1:] == ["  分值 0.8", "       ^"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "是空的"),
        ("分段{ 分值 → 1 }", "应为条件"),
        ("实际值(%) ≥ 3", "实际是条件“实际值(%) ≥ 3”"),
        ("限(分值, 不低于 1, 不低于 2)", "“不低于”写了不止一次"),
        ("实际值(%, 人)", "“实际值”的单位写了不止一次"),
        ("分段{ 其余 → 1; 总是 → 2 }", "“其余”只能写一次"),
        ('分段{ 分值 + 1 写作 "是" → 1 }', "“写作”前面应为一个量的名称"),
        ("实际值(计 变大)", "不认识“变大”"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, words: str) -> None:
    with pytest.raises(CanonicalError, match=re.escape(words)):
        parse(text)


def test_every_terminal_has_chinese_words() -> None:
    """A new terminal of the grammar must be named in canonical.toml."""
    from hengjian.rules.canonical import _parser, _phrases

    ignored = set(_parser().ignore_tokens)
    named = {*_phrases()["member"], *_phrases()["expected"]}
    assert {terminal.name for terminal in _parser().terminals} - ignored - named == set()


def test_the_rules_on_top_of_the_grammar_are_its_language() -> None:
    """The canonical lines of the comment are what the reader makes of the printed lines, or parse at least."""
    grammar = (files("hengjian.rules") / "canonical.lark").read_text(encoding="utf-8")
    lines = re.findall(r"^//      (.*)$", grammar, re.MULTILINE)
    assert len(lines) == 5
    for line in lines:
        assert parse(show(parse(line))) == parse(line)


def test_a_printed_rule_survives_being_shown() -> None:
    """The score of a reading does not change by being written out and read again."""
    row = Context("合格率", "≥95%", "10")
    for rule in ("每低于目标值1个百分点扣0.5分，扣完为止", "≥95%得满分；85%-95%得80%；低于85%不得分", "酌情扣分"):
        reading = read_rule(rule, row)
        assert reading.trees
        assert all(parse(show(tree)) == tree for tree in reading.trees)


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


A = Compare(Input("甲"), Sign.GE, Const(F(1)))
B = Compare(Input("乙"), Sign.LT, Const(F(2)))


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (Every((Some((A, B)), A)), "(「甲」 ≥ 1 或 「乙」 < 2) 且 「甲」 ≥ 1"),
        (Every((Some((A,)), B)), "任一(「甲」 ≥ 1) 且 「乙」 < 2"),
        (Some((Every(()), B)), "总是 或 「乙」 < 2"),
        (Not(Every((A, B))), "非 (「甲」 ≥ 1 且 「乙」 < 2)"),
        (Not(Every((A,))), "非 均(「甲」 ≥ 1)"),
    ],
)
def test_brackets_stand_where_they_are_needed_and_only_there(condition: Condition, shown: str) -> None:
    assert show(condition) == shown
    assert parse(show(Case((Branch(condition, Const(F(1))),)))) == Case((Branch(condition, Const(F(1))),))


def test_a_fault_without_a_spot_has_no_line() -> None:
    with pytest.raises(CanonicalError) as told:
        parse("限(分值, 不低于 1, 不低于 2)")
    assert (told.value.line, told.value.column) == (0, 0)
    assert not str(told.value).startswith("第")


def test_a_fault_of_a_word_is_told_with_its_spot() -> None:
    with pytest.raises(CanonicalError) as told:
        parse("分值 +\n实际值(计 变大)")
    assert str(told.value).startswith("第2行第7字：“计”后面不认识“变大”。此处应为下降幅度、")


def test_a_tab_in_a_quoted_text_is_a_tab() -> None:
    """As pasted from a spreadsheet."""
    assert parse('无分("第一栏\t第二栏")') == Missing("第一栏\t第二栏")
