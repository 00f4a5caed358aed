"""Rules that open or close another rule: 发生…一票否决; 未制定方案的不得分，已制定的按…."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.tidy import tidy
from hengjian.rules.kinds.counts import event_name
from hengjian.rules.kinds.trees import TARGET_LABEL, renamed
from hengjian.rules.kinds.words import rule_of_words
from hengjian.rules.lexer import tokens
from hengjian.rules.meaning import Clause, Meaning, cond_of
from hengjian.rules.numbers.formulas import names_in
from hengjian.rules.numbers.rule import read_numeric
from hengjian.rules.tree import Branch, Case, Compare, Const, Expr, Input, Sign, Stated, inputs_in
from hengjian.values.text import fold

_DENIED = ("没有", "未能", "未按规定", "未", "不", "无", "没")


def gated_rule(m: Meaning) -> Expr | None:
    """发生X的一票否决，不得分；否则…: an event beside the rule proper."""
    if len(m.clauses) < 2:
        return None
    for position, clause in enumerate(m.clauses):
        if not isinstance(clause.cons, g.Zero) or clause.cond is None or clause.cond.bounds:
            continue
        paired = _paired_state(m, clause, position)
        if paired is not None:
            return paired
        if not (clause.cons.veto or (clause.cond.state in ("some", "text") and _other_matter(m, clause, position))):
            continue
        rest = [other for number, other in enumerate(m.clauses) if number != position]
        if not any(_measured(m, other) for other in rest):
            continue
        noun = event_name(clause.cond)
        outer = m.clauses
        m.clauses = [_without_gate(m, other) for other in rest]
        inner = rule_of_words(m) or read_numeric(m)
        m.clauses = outer
        if inner is None:
            return None
        named = rate_named(m, rest)
        if named:
            inner = renamed(inner, named)
        return Case(
            (Branch(Compare(Input(noun), Sign.GT, Const(Fraction(0))), Const(Fraction(0), "分"), span=clause.span),),
            inner,
        )
    return None


def _paired_state(m: Meaning, clause: Clause, position: int) -> Expr | None:
    """未制定方案的不得分；已制定方案的，按…: a state in words decides whether the rest applies."""
    cond = cond_of(clause)
    said = fold(cond.text).removesuffix("本项").removesuffix("该项").removesuffix("的")
    name, negated = without_negation(said)
    if cond.bounds or cond.joined or len(name) < 2 or not negated or not isinstance(clause.cons, g.Zero):
        return None
    plain = cond.state == "text" or (cond.state == "none" and (said.startswith(("无", "没有")) or _answered(m, said)))
    if not plain and (cond.state != "late" or m.frame.deadline or not cond.measure):
        return None  # 未开展调查的不得分: nothing done is a number, 0 (C19)
    others = [other for number, other in enumerate(m.clauses) if number != position]
    found = next(((one, lead) for one in others if (lead := _opposite(m, one, name, negated=negated))), None)
    if found is None or not any(_measured(m, one) for one in others):
        return None
    other, lead = found
    rest = _after_lead(m, other, lead)
    if rest is None:
        return None
    outer = m.clauses
    m.clauses = [rest if one is other else one for one in others]
    inner = rule_of_words(m) or read_numeric(m)
    named = rate_named(m, m.clauses)
    m.clauses = outer
    if inner is None:
        return None
    if not named:
        named = counted_name([other])
    if not named and any(one.name == "actual" for one in inputs_in(inner)):
        label = TARGET_LABEL.match(fold(m.context.target))
        named = label.group(1) if label else fold(m.context.indicator)
    return Case(
        (
            Branch(Stated((said,), name), Const(Fraction(0), "分"), span=clause.span),
            Branch(Stated((lead,), name), renamed(inner, named) if named else inner, span=other.span),
        )
    )


def _answered(m: Meaning, said: str) -> bool:
    """未召开专题会议的不得分；已召开的，…: another clause says that it was done, so it is a state beside the number."""
    done = f"已{said[1:3]}"
    return len(said) > 5 and any(
        clause.cond is not None and fold(clause.cond.text).startswith(done) for clause in m.clauses
    )


def _opposite(m: Meaning, clause: Clause, name: str, *, negated: bool) -> str:
    """The words of a clause that say the opposite of a state: 已制定, 在制定方案的基础上, 不存在的; "" for none."""
    if clause.cond is None:
        return ""
    lead = re.split(r"[,，的]", fold(clause.cond.text))[0]
    plain, denied = without_negation(lead.removeprefix("在"))
    if denied == negated or any(char.isdigit() for char in lead):
        return ""  # 整治1处 beside 未整治 is a count of the row, no state beside it
    if lead in ("不存在", "未发生", "未出现", "没有", "未发现", "否则", "已通过", "通过"):
        return lead
    if negated and lead.startswith("已") and len(lead) <= 4 and lead[1:2] in name:
        return lead
    return (
        lead if _shared(plain.removeprefix("已"), name) and len(set(plain) & set(name)) * 2 >= len(set(plain)) else ""
    )


def _after_lead(m: Meaning, clause: Clause, lead: str) -> Clause | None:
    """The clause without its opening state: 调用及时的，储备达到20种 is 储备达到20种."""
    cond = cond_of(clause)
    read = [token for token in tokens(m.text) if cond.span[0] <= token.start < cond.span[1]]
    cut = next((k for k, token in enumerate(read) if token.kind == "comma"), len(read))
    rest = read[cut + 1 :]
    if not rest:
        return replace(clause, cond=None) if not isinstance(clause.cons, g.Zero) else None
    return replace(clause, cond=read_condition(tidy(rest), m.text))


def counted_name(clauses: Sequence[Clause]) -> str:
    """The noun of what was done in a printed formula (实际开展次数/12×6)."""
    for clause in clauses:
        if isinstance(clause.cons, g.Formula):
            done = [fold(name.text) for name in names_in(clause.cons.body) if name.role == "actual"]
            if len(set(done)) == 1 and len(done[0]) > 4:
                return done[0]
    return ""


def rate_named(m: Meaning, clauses: Sequence[Clause]) -> str:
    """The printed name of the measure of a formula or ratio (落实率)."""
    for clause in clauses:
        if isinstance(clause.cons, g.Formula):
            names = [
                fold(name.text)
                for name in names_in(clause.cons.body)
                if name.role in ("", "actual", "done") and fold(name.text).endswith(("率", "度", "占比", "比重"))
            ]
            if len(set(names)) == 1:
                return names[0]
        if isinstance(clause.cons, g.Ratio) and fold(clause.cons.noun).endswith(("率", "度")):
            return fold(clause.cons.noun)
    return _named_measure(m, clauses)


def _other_matter(m: Meaning, clause: Clause, position: int) -> bool:
    """Whether a zero clause speaks of an event the other clauses do not measure."""
    cond = cond_of(clause)
    name = event_name(cond)
    rest = [other for number, other in enumerate(m.clauses) if number != position and other.cond is not None]
    if not name or cond.state not in ("some",):
        return False
    if m.frame.value is None or m.frame.value == 0:
        return False
    return any(
        (other.cond is not None and other.cond.bounds and other.cond.measure)
        or isinstance(other.cons, (g.Step, g.Formula, g.Ratio))
        for other in rest
    ) and name not in fold(m.context.indicator)


def _measured(m: Meaning, clause: Clause) -> bool:
    return isinstance(clause.cons, (g.Step, g.Ratio, g.Formula)) or bool(clause.cond is not None and clause.cond.bounds)


def _named_measure(m: Meaning, clauses: Sequence[Clause]) -> str:
    for clause in clauses:
        if clause.cond is not None and clause.cond.bounds:
            name = fold(clause.cond.measure)
            for word in ("未发生", "未出现", "没有发生", "否则", "的", ","):
                name = name.replace(word, "")
            if name:
                return name
    return ""


def _without_gate(m: Meaning, clause: Clause) -> Clause:
    cond = clause.cond
    if cond is None:
        return clause
    if cond.state in ("none", "else") and not cond.bounds:
        return replace(clause, cond=None) if _measured(m, clause) else clause
    if cond.state in ("none", "else"):
        return replace(clause, cond=replace(cond, state=""))
    return clause


def without_negation(text: str) -> tuple[str, bool]:
    """``未制定方案`` → (``制定方案``, True); ``项目未通过验收`` → (``项目通过验收``, True)."""
    for word in _DENIED:
        at = text.find(word)
        if 0 <= at <= 6:
            return text[:at] + text[at + len(word) :], True
    for word in ("存在", "发生", "出现"):
        if text.startswith(word):
            return text.removeprefix(word), False
    return text, False


def _shared(one: str, two: str) -> bool:
    return len(set(one) & set(two)) >= 2
