"""Which kind of rule it is: the kinds are tried from the most telling to the plainest, a rule over one number."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace

from hengjian.rules.kinds.clauses import (
    gather_clauses,
    settle_base,
    settle_conditions,
    settle_earned,
    settle_loose,
    settle_proportion,
    settle_starts,
    settle_table,
)
from hengjian.rules.kinds.composed import composed, may_be_composed
from hengjian.rules.kinds.counts import earned_in_tiers, rank_moves, several_causes, several_earned, worst_event
from hengjian.rules.kinds.further import further_points
from hengjian.rules.kinds.gates import gated_rule
from hengjian.rules.kinds.grades import graded_target, grades_without_points, spread_levels
from hengjian.rules.kinds.lists import award_rule, checklist_rule
from hengjian.rules.kinds.parts import rule_of_parts
from hengjian.rules.kinds.trees import counted_way, resensed
from hengjian.rules.kinds.words import rule_of_words
from hengjian.rules.meaning import Meaning
from hengjian.rules.numbers.rule import read_numeric
from hengjian.rules.reading import Status
from hengjian.rules.tree import Expr, inputs_in
from hengjian.values.finding import Level as Severity

_MOST_CLAUSES = 40


# In the order of trying: the first that gives a tree, or says why there is none, is the kind.
_KINDS: tuple[Callable[[Meaning], Expr | None], ...] = (
    spread_levels,
    graded_target,
    award_rule,
    checklist_rule,
    rank_moves,
    several_causes,
    several_earned,
    worst_event,
    further_points,
    rule_of_parts,
    gated_rule,
    earned_in_tiers,
    rule_of_words,
    read_numeric,
)


def understood(m: Meaning) -> Expr | None:
    """The tree of a rule under one set of answers; None, with notes, when it is not understood."""
    gather_clauses(m)
    if not m.clauses and m.frame.grades:
        return grades_without_points(m)
    again = _before_settling(m)
    tree = _understand(m)
    if again is not None and (several := _composed(m, tree, again)) is not None:
        return several
    if m.failed or tree is None:
        m.status = Status.DEFECTIVE
        if not any(note.code == "R10" for note in m.notes):
            m.fail((0, len(m.text)))
        return None
    return _with_counts(m, tree)


def _before_settling(m: Meaning) -> Meaning | None:
    """A copy with the clauses as they are printed, where the rule may be one over several measures."""
    if m.answers or not may_be_composed(m):
        return None
    again = copy(m)
    again.clauses = [replace(clause, mods=list(clause.mods)) for clause in m.clauses]
    again.notes, again.asked, again.status, again.failed = [], {}, Status.EXECUTABLE, False
    return again


def _composed(m: Meaning, tree: Expr | None, again: Meaning) -> Expr | None:
    """The rule as one over several measures, where it is not read as that already; ``m`` then speaks of this reading."""
    names: set[str] = set()
    if tree is not None and not m.failed and m.status is not Status.DEFECTIVE:
        names = {one.name for one in inputs_in(tree)} - {"weight", "target", "目标值", "actual"}
        if m.status is Status.NEEDS_JUDGEMENT:
            return None
    settle_base(again)
    settle_starts(again)
    settle_earned(again)
    several = composed(again)
    if several is None or again.failed or again.asked:
        return None
    if len(names) >= len({one.name for one in inputs_in(several)} - {"weight"}):
        return None  # every measure is an input already
    m.notes, m.asked, m.status, m.failed, m.probes = again.notes, {}, again.status, False, []
    for name, body in m.defined.items():
        rates = {
            one for one in inputs_in(several) if one.name == name and one.unit == "%" and one.sense in ("", "level")
        }
        if rates and (way := counted_way(body)):
            several = resensed(several, rates, f"share:{way}")  # the rate or its two counts may be typed
    return several


def _with_counts(m: Meaning, tree: Expr) -> Expr:
    """Where the rule says how the row's rate is worked out, its counts may be typed instead of the rate."""
    if m.frame.unit != "%":
        return tree
    ways = [way for body in m.defined.values() if (way := counted_way(body))]
    used = {one.sense.removeprefix("share:") for one in inputs_in(tree) if one.sense.startswith("share:")}
    ways += [way for way in used if "-" in way]  # 得分=（本年数-上年数）/上年数…
    if len(ways) != 1:
        return tree
    plain = {one for one in inputs_in(tree) if one.name == "actual" and one.unit == "%" and one.sense in ("", "level")}
    return resensed(tree, plain, f"share:{ways[0]}")


def _understand(m: Meaning) -> Expr | None:
    settle_loose(m)
    settle_base(m)
    settle_starts(m)
    settle_proportion(m)
    settle_conditions(m)
    settle_table(m)
    settle_earned(m)
    _check_row(m)
    if m.failed:
        return None
    if not m.clauses:
        return None
    if len(m.clauses) > _MOST_CLAUSES:
        m.fail((0, len(m.text)), f"不超过{_MOST_CLAUSES}条的评分标准")
        return None
    for read in _KINDS:
        tree = read(m)
        if tree is not None or m.failed:
            return tree
    return None


def _check_row(m: Meaning) -> None:
    """What is wrong with the row itself: a unit column that contradicts the target, a change without its base."""
    if m.frame.doubtful and m.frame.unit != "%":
        m.note("D03", Severity.WARNING, f"目标值“{m.context.target.strip()}”里的计量单位与数值不符，按数值的单位读")
        m.raise_to(Status.DEFECTIVE)
        m.firm = True
    if m.frame.sense == "change":
        m.note("R06", Severity.WARNING, "规则要与上年比较，上年的数值不在本行；请填写提高（降低）了多少个百分点")
        m.raise_to(Status.AMBIGUOUS)
        m.firm = True
