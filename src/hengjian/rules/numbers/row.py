"""One number under one rule: what has been settled of it so far, and the small expressions every kind of clause needs."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hengjian.rules.frame import Frame
from hengjian.rules.grammar import items as g
from hengjian.rules.lexer import Token
from hengjian.rules.meaning import Clause, Meaning
from hengjian.rules.tree import Arith, Combine, Const, Expr, Input, Op, Pick, Sign, Stated, inputs_in
from hengjian.values.text import fold

ZERO = Const(Fraction(0), "分")
HUNDRED = Const(Fraction(100))
FLIP = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}
# Values in thousandths of the target, none of them a bound anybody prints.
SAMPLES = (
    3,
    373,
    513,
    617,
    713,
    833,
    877,
    931,
    957,
    973,
    987,
    997,
    1003,
    1013,
    1033,
    1053,
    1077,
    1111,
    1153,
    1213,
    1313,
    1413,
    1613,
    1987,
    2013,
    2513,
    3013,
    5013,
)
ELSE = Stated(("其余",))  # stands for "otherwise" while clauses are sorted; never in a tree


class Row:
    """One number under one rule: what was read so far, the measure, the clause of full marks."""

    def __init__(self, m: Meaning) -> None:
        self.m = m
        self.frame: Frame = m.frame
        self.best: Clause | None = None
        self.flip = False
        self.literal = False


def has_bonus(row: Row) -> bool:
    """Whether the rule adds points above its full marks."""
    return any(isinstance(clause.cons, g.Step) and clause.cons.verb == "add" for clause in row.m.clauses)


def days_late(row: Row) -> Input:
    """Days late, as an input."""
    return Input("late_days", "天", row.frame.deadline)


def months_late(row: Row) -> Input:
    """Months late, as an input."""
    return Input("late_months", "月", row.frame.deadline)


def deviation_size(row: Row) -> Expr:
    """The size of a deviation, whichever sign it has."""
    actual = row.frame.actual()
    return Combine(Pick.MAX, (actual, Arith(Op.SUB, Const(Fraction(0), row.frame.unit), actual)))


def is_change(row: Row) -> bool:
    """Whether the row's own number is a deviation already (偏差率, a target of ±5%)."""
    frame = row.frame
    named = any(word in fold(row.m.context.indicator) for word in ("偏差", "偏离", "误差", "波动", "变动"))
    return frame.plus_minus or not frame.value or (named and frame.unit in ("%", ""))


def printed_number(row: Row, token: Token) -> Fraction | None:
    """A printed number in the row's units (a copied one as what it stands for); see ``Frame.number``."""
    if row.m.replaced and token in row.m.replaced:  # asked of every bound, and seldom is anything copied
        return row.m.replaced[token]
    return row.frame.number(token)


def done_ratio(row: Row) -> Expr:
    """Points in proportion to what is done."""
    frame = row.frame
    return Arith(Op.MUL, Arith(Op.DIV, frame.actual(), frame.target_expr()), row.m.full())


def share_actual(row: Row) -> Input:
    """The actual where a typed percentage may stand for the share of the target."""
    actual = row.frame.actual()
    return (
        actual
        if row.frame.unit == "%" or actual.sense or row.frame.doubtful
        else replace(actual, sense="ratio" if "率" in row.m.text or "比例" in row.m.text else "")
    )


def asks_the_row(expr: Expr) -> bool:
    """Whether anything of the row but its target and weight enters."""
    return any(one.name not in ("weight", "target") for one in inputs_in(expr))


def day_from(deadline: str) -> tuple[int, int, int] | None:
    """A deadline (``2024-06-30``, ``06-30``) as year (0: none), month, day."""
    parts = deadline.split("-")
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        return 0, int(parts[0]), int(parts[1])
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return int(parts[0]), int(parts[1]), int(parts[2])
    return None


def last_day(year: int, month: int) -> int:
    """The last day of a month."""
    return (date(year + month // 12, month % 12 + 1, 1).toordinal() - date(year, month, 1).toordinal()) or 31


def date_of(day: tuple[int, int, int], year: int) -> date:
    """A printed day as a date; of ``year`` where it has none."""
    whole = day[0] or year or 2023
    last = last_day(whole, day[1])
    return date(whole, day[1], last if day[2] == 0 else min(day[2], last))


def day_text(day: tuple[int, int, int]) -> str:
    """A printed day as ``2024-06-30``, or ``06-30`` without a year; the last of the month for a month."""
    last = day[2] or last_day(day[0] or 2023, day[1])
    return f"{day[0]:04d}-{day[1]:02d}-{last:02d}" if day[0] else f"{day[1]:02d}-{last:02d}"
