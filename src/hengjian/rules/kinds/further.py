"""What is taken or given besides the rule proper, for something it does not measure: 在此基础上，被通报1次再扣1分; 其中…每件另加0.5分."""

from dataclasses import replace
from fractions import Fraction

from hengjian.rules.frame import frame_of
from hengjian.rules.grammar import items as g
from hengjian.rules.kinds.counts import cause_of
from hengjian.rules.kinds.gates import rate_named
from hengjian.rules.kinds.trees import LENGTHS_OF_TIME, renamed
from hengjian.rules.meaning import Clause, Meaning, cond_of
from hengjian.rules.numbers.conditions import lower_condition
from hengjian.rules.numbers.rule import read_numeric
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Branch, Case, Clamp, Condition, Const, Expr, Input, Op, Steps
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_MORE = ("再扣", "另扣", "加扣", "多扣", "另加", "再加", "额外", "另行", "再得")
_ZERO = Const(Fraction(0), "分")


def further_points(m: Meaning) -> Expr | None:
    """A rule, and clauses that take or give more (再扣, 另加) for events of their own or once for a value of the row."""
    further = [clause for clause in m.clauses if _is_further(m, clause)]
    base = [clause for clause in m.clauses if clause not in further]
    if not further or not base or any(_too_soon(m, clause, len(base)) for clause in further):
        return None  # what is said first is the rule
    outer, m.clauses = m.clauses, [_alone(clause) for clause in base]
    frame, spans = m.frame, [clause.span for clause in further]
    own = [item for item in m.items if not any(start <= item.span[0] < end for start, end in spans)]
    m.frame = frame_of(m.context, own, m.text)  # 其中逾期超过3个月的: no months in the rule proper
    asked, notes, status = dict(m.asked), list(m.notes), m.status
    inner = read_numeric(m)
    m.clauses, m.frame = outer, frame
    if not isinstance(inner, Clamp):
        m.asked, m.notes, m.status, m.failed = asked, notes, status, False
        return None
    body: Expr = inner.body
    high = inner.high
    name = _measure_name(m, base)
    counted = False
    for clause in further:
        got = _moved(m, clause)
        if got is None:
            m.asked, m.notes, m.status, m.failed = asked, notes, status, False
            return None
        points, adds = got
        counted = counted or isinstance(clause.cons, g.Step)
        body = Arith(Op.ADD if adds else Op.SUB, body, points)
        if adds and high == m.full():
            high = _ceiling(m, clause)
    if counted and not name:
        return None
    tree = replace(inner, body=body, high=high)
    return renamed(tree, name) if counted else tree


def _too_soon(m: Meaning, clause: Clause, base: int) -> bool:
    """Whether a further clause stands among the clauses of the rule; 提前7天另加1分 may, ahead of what lateness costs."""
    place = m.clauses.index(clause)
    early = clause.cond is not None and clause.cond.state == "early" and isinstance(clause.cons, g.Fixed)
    return place < (1 if early else base)


def _is_further(m: Meaning, clause: Clause) -> bool:
    cons = clause.cons
    if not isinstance(cons, (g.Step, g.Fixed)) or cons.amount is None:
        return False
    said = m.text[slice(*cons.span)]
    if not any(word in said for word in _MORE):
        return False
    if isinstance(cons, g.Fixed):
        return clause.cond is not None
    return (
        cons.way in ("", "event", "late", "done")
        and cons.verb in ("deduct", "add", "earn")
        and cons.high is None
        and cons.threshold is None
        and not (cons.size is not None and (cons.size.percent or cons.size.unit in LENGTHS_OF_TIME))
        and len(_noun(clause)) > 2
    )


def _noun(clause: Clause) -> str:
    name = cause_of(clause)
    return name.removeprefix("其中").removeprefix("另").removeprefix("被").strip("，,")


def _alone(clause: Clause) -> Clause:
    """A copy that reading may settle without touching the clause itself."""
    return replace(clause, mods=list(clause.mods))


def _moved(m: Meaning, clause: Clause) -> tuple[Expr, bool] | None:
    """The points a further clause moves, and whether it gives them."""
    cons = clause.cons
    if isinstance(cons, g.Step) and cons.amount is not None:
        size = Const(cons.size.value if cons.size is not None else Fraction(1))
        points: Expr = Arith(Op.MUL, Steps(Input(_noun(clause)), size, span=cons.span), m.amount(cons.amount))
        adds = cons.verb != "deduct"
        limit = _limit(m, clause)
        return (Clamp(points, None, limit, stated=True) if limit is not None else points), adds
    if isinstance(cons, g.Fixed):
        cond = _condition(m, clause)
        if cond is None:
            return None
        return Case((Branch(cond, m.amount(cons.amount), span=clause.span),), _ZERO), cons.add
    return None


def _condition(m: Meaning, clause: Clause) -> Condition | None:
    cond = cond_of(clause)
    if cond.leftover or cond.joined or not (cond.bounds or cond.state == "reach"):
        return None
    return lower_condition(m, cond, best=cond.state == "reach" and not cond.bounds)


def _limit(m: Meaning, clause: Clause) -> Expr | None:
    """The most a further clause moves, where the text prints it."""
    printed = [mod.amount for mod in clause.mods if isinstance(mod, g.Most) and mod.of in ("add", "deduct", "")]
    known = [amount for amount in printed if amount is not None and (amount.unit == "%" or amount.value != m.weight)]
    return m.amount(known[0]) if known else None


def _ceiling(m: Meaning, clause: Clause) -> Expr | None:
    """The most the score may be with the points given besides: the weight and the printed limit, else it is not said (C1)."""
    limit = _limit(m, clause)
    if limit is not None:
        return Arith(Op.ADD, m.full(), limit)
    if any(isinstance(mod, g.Most) for mod in [*m.mods, *clause.mods]):
        return m.full()
    note = Note("R07", Severity.WARNING, "加分没有写明上限：能不能超过分值、最多加多少；请写明“最高加×分”或“满分为止”")
    return m.full() if m.option("bonus", 2, Status.AMBIGUOUS, note) == 0 else None


def _measure_name(m: Meaning, base: list[Clause]) -> str:
    """What the rule proper measures, as it is printed."""
    named = rate_named(m, base)
    if named:
        return named
    for clause in base:
        if isinstance(clause.cons, g.Step) and len(cause_of(clause)) > 2:
            return cause_of(clause)
    return fold(m.context.indicator) or "实际完成值"
