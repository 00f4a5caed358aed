"""Rules over grades: 优/良/中/差 in the target, 优得满分，良得80%; 达成、部分达成、未达成三档 with ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.tidy import tidy
from hengjian.rules.kinds.trees import unanswered
from hengjian.rules.lexer import tokens
from hengjian.rules.meaning import Clause, Meaning, share
from hengjian.rules.numbers.conditions import lower_condition, probe_bounds
from hengjian.rules.reading import Status
from hengjian.rules.tree import Branch, Case, Clamp, Compare, Condition, Const, Expr, Human, Level, Sign, Stated
from hengjian.rules.tree import Missing as Silent
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_GRADE_KIN = (
    ("优", "优秀", "好", "A"),
    ("良", "良好", "较好", "B"),
    ("中", "中等", "一般", "合格", "及格", "C"),
    ("差", "较差", "不合格", "不及格", "D"),
)


def _grade_named(said: str, grades: Sequence[str]) -> str | None:
    """The grade of the target a clause speaks of: 评为优 is 优, 优秀 is 优 where the target lists no 优秀 of its own."""
    exact = [word for word in grades if said == word or said.endswith(word)]
    if exact:
        return max(exact, key=len)
    kin = next((row for row in _GRADE_KIN if said in row), ())
    found = [word for word in grades if word in kin]
    return found[0] if len(found) == 1 else None


def grades_without_points(m: Meaning) -> Expr | None:
    """A target of grades beside a rule that says nothing of them: the grade is found, no points."""
    m.raise_to(Status.AMBIGUOUS)
    m.firm = True
    m.note("R06", Severity.WARNING, "只列出了优、良、中、差的标准，没有写明各等次得多少分；只能判定等次")
    branches = []
    for word, conditions in m.frame.grades:
        low = _grade_condition(m, word, conditions)
        if low is None:
            return None
        branches.append(Branch(low, Silent("没有写明该等次得多少分"), grade=word))
    _grade_gap(m, branches)
    return Case(tuple(branches))


def _grade_gap(m: Meaning, branches: Sequence[Branch]) -> None:
    probe = Case(tuple(Branch(branch.condition, Const(Fraction(1)), branch.grade) for branch in branches))
    gap = unanswered(probe, m.context, m.frame, m.probes)
    if gap is not None:
        m.notes.append(replace(gap, code="D14"))
        m.raise_to(Status.DEFECTIVE)


def _grade_condition(m: Meaning, word: str, text: str) -> Condition | None:
    cond = read_condition(tidy(tokens(text)), text)
    if cond is None:
        return None
    probe_bounds(m, cond)
    lowered = lower_condition(m, cond, best=False, grade=True)
    return lowered


def graded_target(m: Meaning) -> Expr | None:
    """优/良/中/差 in the target, and what each gives in the rule."""
    if not m.frame.grades:
        return None
    grades = dict(m.frame.grades)
    given: dict[str, Expr] = {}
    for clause in m.clauses:
        if isinstance(clause.cons, g.Spread):
            return _spread_over(m, clause.cons, list(grades))
        if clause.cond is None:
            continue
        word = _grade_named(fold(clause.cond.text), list(grades))
        result = m.simple(clause.cons)
        if word is None or result is None:
            m.fail(clause.span)
            return None
        given[word] = result
    return _grade_case(m, given)


def _spread_over(m: Meaning, spread: g.Spread, words: Sequence[str]) -> Expr | None:
    if len(spread.items) != len(words):
        m.fail(spread.span, f"与{len(words)}个等次一一对应的分数")
        return None
    given: dict[str, Expr] = {}
    for word, item in zip(words, spread.items, strict=True):
        result = m.simple(item)
        if result is None:
            m.fail(spread.span)
            return None
        given[word] = result
    return _grade_case(m, given)


def _grade_case(m: Meaning, given: Mapping[str, Expr]) -> Expr | None:
    branches = []
    for word, text in m.frame.grades:
        condition = _grade_condition(m, word, text)
        if condition is None or word not in given:
            m.fail((0, len(m.text)), f"“{word}”一档得多少分")
            return None
        branches.append(Branch(condition, given[word], grade=word))
    _grade_gap(m, branches)
    m.check_top([branch.value for branch in branches])
    exact = [
        branch for branch in branches if isinstance(branch.condition, Compare) and branch.condition.sign is Sign.EQ
    ]
    rest = [branch for branch in branches if branch not in exact]
    return Clamp(Case((*exact, *rest)), Const(Fraction(0), "分"), m.full())


def spread_levels(m: Meaning) -> Expr | None:
    """达成、部分达成、未达成三档，分别按100%-80%、80%-60%、60%-0%."""
    spreads = [clause for clause in m.clauses if isinstance(clause.cons, g.Spread)]
    if not spreads or m.frame.grades:
        return None
    clause = spreads[0]
    if not isinstance(clause.cons, g.Spread):
        return None
    words = _listed_words(m, clause)
    if len(words) != len(clause.cons.items):
        m.fail(clause.cons.span, f"与前面所列{len(words)}档一一对应的分数")
        return None
    m.raise_to(Status.NEEDS_JUDGEMENT)
    if not any(isinstance(item, g.Range) for item in clause.cons.items):
        branches = []
        for word, item in zip(words, clause.cons.items, strict=True):
            result = m.simple(item)
            if result is None:
                return None
            branches.append(Branch(Stated((word,)), result))
        m.check_top([branch.value for branch in branches])
        return Clamp(Case(tuple(branches)), Const(Fraction(0), "分"), m.full())
    lows = [item.low for item in clause.cons.items if isinstance(item, g.Range)]
    return Human(
        tuple(
            level_of(m, item, (word,), number == 0 or not isinstance(item, g.Range) or item.high not in lows)
            for number, (word, item) in enumerate(zip(words, clause.cons.items, strict=True))
        )
    )


def _listed_words(m: Meaning, clause: Clause) -> list[str]:
    text = fold(clause.cond.text) if clause.cond is not None else ""
    text = (
        text.rpartition("分为")[2]
        if "分为" in text
        else text.rpartition("为")[2]
        if "、" in text.rpartition("为")[2]
        else text
    )
    text = text.rpartition(":")[2]
    for tail in (
        "三档",
        "四档",
        "五档",
        "两档",
        "三个档次",
        "四个档次",
        "等次",
        "三个等级",
        "四个等级",
        "四个等次",
        "三个等次",
        "档",
        "的",
        "等级",
        "三级",
        "四级",
    ):
        text = text.removesuffix(tail)
    return [word for word in text.replace("和", "、").replace("及", "、").replace(",", "、").split("、") if word]


def level_of(m: Meaning, item: g.Share | g.Points | g.Range, words: tuple[str, ...], top: bool) -> Level:
    """A level of a spread with its points, or the bounds a person chooses between."""
    if isinstance(item, g.Range):
        low, high = (
            (m.points(item.low), m.points(item.high))
            if item.unit == "分"
            else (share(m.full(), item.low), share(m.full(), item.high))
        )
        # a bound that two bands print belongs to the one that marks it （含）, else to the better band
        return Level(words, low, high, item.low_incl, top)
    result = m.simple(item) or Const(Fraction(0), "分")
    return Level(words, result, result)
