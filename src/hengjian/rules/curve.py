"""A rule as a curve: exact pieces over the actual value, and pictures of them for pages, print and terminals.

The same pieces serve the proofs of ``check`` (gaps, overlaps, jumps) and inverse questions ("what is still needed for 9
points"). Only rules of one input have a curve; the others, and rules a person must judge, have none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import assert_never

from hengjian.rules.algebra import (
    VARIABLE,
    Cells,
    Interval,
    NoScore,
    Rational,
    Unplottable,
    Value,
    const,
    everywhere,
    region,
    signs,
    where,
)
from hengjian.rules.naming import has
from hengjian.rules.numerals import amount, number
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
    walk,
)
from hengjian.values.target import Target, read_target
from hengjian.values.text import fold
from hengjian.values.units import is_count

# Names every tree may use besides the one value it is drawn over.
_GIVEN = frozenset({"weight", "target"})
# Steps of whole units are drawn one by one up to this many; beyond, no eye and no proof needs them.
_MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class Domain:
    """The values an actual can take: from ``low`` to ``high`` (None: no bound), whole numbers only if ``whole``."""

    low: Fraction | None = Fraction(0)
    high: Fraction | None = None
    whole: bool = False
    unit: str = ""

    @property
    def interval(self) -> Interval:
        """Both ends included."""
        return Interval(self.low, self.high, self.low is not None, self.high is not None)

    def example(self, interval: Interval) -> Fraction | None:
        """A value of the domain inside an interval, as round as possible; None where there is none."""
        inside = interval.meet(self.interval)
        if inside is None:
            return None
        if self.whole:
            numbers = inside.whole_numbers()
            if numbers is None:
                return None
            low, high = numbers
            if low is not None and high is not None:
                return Fraction((low + high) // 2)
            return Fraction(low if low is not None else high if high is not None else 0)
        return _round_value(inside)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a tree is unrolled over: the variable, the numbers of the row, and the stretch where steps are drawn.

    ``free`` leaves out clamps the text does not state, to see whether they are needed.
    """

    variable: str
    given: tuple[tuple[str, Fraction], ...]
    stretch: tuple[Fraction, Fraction]
    free: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One interval and the score on it: a formula of the actual value, or None (a gap, or a person decides)."""

    interval: Interval
    formula: Rational | None
    why: NoScore | None = None

    def score(self, x: Fraction) -> Fraction | None:
        """The exact score of a value inside."""
        return self.formula(x) if self.formula is not None else None


@dataclass(frozen=True, slots=True)
class Curve:
    """The score as an exact function of one value."""

    variable: str
    unit: str
    weight: Fraction
    domain: Domain
    pieces: tuple[Piece, ...] = field(default=())

    def score(self, x: Fraction) -> Fraction | None:
        """The exact score of a value; None in a gap, outside the domain, or where a person decides."""
        for piece in self.pieces:
            if piece.interval.holds(x):
                return piece.score(x)
        return None

    def needed(self, score: Fraction) -> Interval | None:
        """The values that earn at least ``score``, as the first such stretch from below; None where none does."""
        return next(iter(self.reaching(score)), None)

    def reaching(self, score: Fraction) -> tuple[Interval, ...]:
        """Every stretch of values that earn at least ``score``, from below, each as large as it can be."""
        joined = list[Interval]()
        for part in (part for piece in self.pieces for part in _at_least(piece, score)):
            last = joined[-1] if joined else None
            if last is not None and last.high == part.low and (last.high_incl or part.low_incl):
                joined[-1] = Interval(last.low, part.high, last.low_incl, part.high_incl)
            else:
                joined.append(part)
        return tuple(joined)


# --- from trees to cells ----------------------------------------------------------------------------------------------


def variable_of(tree: Expr) -> Input | None:
    """The one value a score depends on; None when it depends on none. Raises ``Unplottable`` for several."""
    inputs = {one.name: one for one in _mentioned(tree) if one.name not in _GIVEN}
    if set(inputs) == _LATENESS and _only_on_time(tree):
        return inputs["late_months"]
    if len(inputs) > 1:
        raise Unplottable
    return next(iter(inputs.values()), None)


_LATENESS = {"late_days", "late_months"}


def _only_on_time(tree: Expr) -> bool:
    """Whether days matter only for being on time: then months stand for both."""
    days = [
        node
        for node in walk(tree)
        if isinstance(node, Compare) and "late_days" in map(_name_of, (node.left, node.right))
    ]
    uses = sum(one.name == "late_days" for one in _mentioned(tree))
    return uses == len(days) and all(Const(Fraction(0), "天") in (node.left, node.right) for node in days)


def _name_of(expr: Expr) -> str:
    return expr.name if isinstance(expr, Input) else ""


def _mentioned(tree: Expr) -> list[Input]:
    """Every input a tree mentions, in order, as often as it does."""
    return [part for part in walk(tree) if isinstance(part, Input)]


def cells_of(expr: Expr, setting: Setting) -> Cells[Value]:
    """The score over the variable. Raises ``Unplottable``."""
    match expr:
        case Const(value):
            return everywhere(const(value))
        case Input(name):
            return everywhere(_input(name, setting))
        case Arith(op, left, right):
            return _arith(op, cells_of(left, setting), cells_of(right, setting))
        case Steps():
            return _steps(expr, setting)
        case Clamp(body, low, high, stated):
            cells = cells_of(body, setting)
            return cells if setting.free and not stated else _clamped(cells, low, high, setting)
        case Case(branches, otherwise):
            return _case(branches, otherwise, setting)
        case Combine(pick, items):
            return _combine(pick, [cells_of(item, setting) for item in items])
        case Interpolate(measure, anchors):
            return _interpolated(cells_of(measure, setting), anchors)
        case Human() | Missing():
            return everywhere(NoScore.UNSURE)
        case Rounded(body):
            return cells_of(body, setting)
        case _:
            assert_never(expr)


def truth_of(condition: Condition, setting: Setting) -> Cells[bool]:
    """Where a condition holds. Words (``Stated``) never hold for a number."""
    match condition:
        case Compare(left, sign, right):
            difference = _arith(Op.SUB, cells_of(left, setting), cells_of(right, setting))
            return signs(difference).map(lambda side: side is not None and _holds(side, sign))
        case Every(items):
            return _all([truth_of(item, setting) for item in items])
        case Some(items):
            return _all([truth_of(item, setting).map(_negate) for item in items]).map(_negate)
        case Not(item):
            return truth_of(item, setting).map(_negate)
        case Stated():
            return everywhere(False)
        case _:
            assert_never(condition)


def _negate(value: bool) -> bool:
    return not value


def _all(parts: list[Cells[bool]]) -> Cells[bool]:
    whole = everywhere(True)
    for part in parts:
        whole = whole.join(part, lambda a, b: a and b)
    return whole


def _holds(side: int, sign: Sign) -> bool:
    match sign:
        case Sign.GE:
            return side >= 0
        case Sign.GT:
            return side > 0
        case Sign.LE:
            return side <= 0
        case Sign.LT:
            return side < 0
        case Sign.EQ:
            return side == 0
        case Sign.NE:
            return side != 0
        case _:
            assert_never(sign)


def _input(name: str, setting: Setting) -> Value:
    if name == setting.variable or {name, setting.variable} == _LATENESS:
        return VARIABLE
    value = dict(setting.given).get(name)
    if value is None:
        raise Unplottable
    return const(value)


def _arith(op: Op, left: Cells[Value], right: Cells[Value]) -> Cells[Value]:
    def apply(a: Value, b: Value) -> Value:
        if isinstance(a, NoScore) or isinstance(b, NoScore):
            return a if isinstance(a, NoScore) else b
        match op:
            case Op.ADD:
                return a + b
            case Op.SUB:
                return a - b
            case Op.MUL:
                return a * b
            case Op.DIV:
                return a.over(b) or NoScore.UNSURE
            case _:
                assert_never(op)

    joined = left.join(right, apply)
    poles = [pole for value in joined.between if isinstance(value, Rational) for pole in value.poles()]
    finer = joined.refine(poles)
    at = tuple(
        NoScore.UNSURE if isinstance(value, Rational) and value(cut) is None else value
        for cut, value in zip(finer.cuts, finer.at, strict=True)
    )
    return Cells(finer.cuts, finer.between, at)


def _steps(node: Steps, setting: Setting) -> Cells[Value]:
    ratio = _arith(Op.DIV, cells_of(node.distance, setting), cells_of(node.size, setting))
    count = _largest([ratio, everywhere(const(Fraction(0)))])
    return count if node.partial is Partial.LINEAR else _whole_steps(count, node.partial, setting)


def _whole_steps(count: Cells[Value], partial: Partial, setting: Setting) -> Cells[Value]:
    """Completed or begun steps as a staircase over the stretch that is looked at; pro rata beyond it."""
    low, high = setting.stretch
    cuts = list[Fraction]()
    for interval, value in count:
        if not isinstance(value, Rational) or value.constant is not None:
            continue
        line, inside = value.line, interval.meet(Interval(low, high, True, True))
        if line is None:
            raise Unplottable
        if inside is None or inside.low is None or inside.high is None:
            continue
        base, slope = line
        first, last = sorted((base + slope * inside.low, base + slope * inside.high))
        if last - first > _MOST_STEPS:
            raise Unplottable
        cuts += ((k - base) / slope for k in range(-(-first.numerator // first.denominator), int(last) + 1))
    finer = count.refine((*cuts, low, high))
    window, ends = Interval(low, high, True, True), (None, *finer.cuts, None)
    between = tuple(
        _stair(value, middle, partial) if window.holds(middle := _middle(ends[i], ends[i + 1])) else value
        for i, value in enumerate(finer.between)
    )
    at = tuple(_stair(value, cut, partial) for cut, value in zip(finer.cuts, finer.at, strict=True))
    return Cells(finer.cuts, between, at)


def _middle(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None or high is None:
        return low + 1 if low is not None else high - 1 if high is not None else Fraction(0)
    return (low + high) / 2


def _stair(value: Value, x: Fraction, partial: Partial) -> Value:
    got = value(x) if isinstance(value, Rational) else None
    if got is None:
        return value
    whole = got.numerator // got.denominator
    return const(Fraction(whole if partial is Partial.FLOOR or whole == got else whole + 1))


def _clamped(cells: Cells[Value], low: Expr | None, high: Expr | None, setting: Setting) -> Cells[Value]:
    if high is not None:
        cells = _smallest([cells, cells_of(high, setting)])
    return cells if low is None else _largest([cells, cells_of(low, setting)])


def clamped(cells: Cells[Value], low: Fraction, high: Fraction) -> Cells[Value]:
    """The same scores held between two numbers."""
    return _largest([_smallest([cells, everywhere(const(high))]), everywhere(const(low))])


def _largest(parts: list[Cells[Value]]) -> Cells[Value]:
    return _picked(parts, lambda side: side >= 0)


def _smallest(parts: list[Cells[Value]]) -> Cells[Value]:
    return _picked(parts, lambda side: side <= 0)


def _picked(parts: list[Cells[Value]], keep: Callable[[int], bool]) -> Cells[Value]:
    """The best of several by the sign of their difference; no score where one of them has none, as ``run`` has it."""
    best = parts[0]
    for part in parts[1:]:
        ahead = signs(_arith(Op.SUB, best, part)).map(lambda side: side is None or keep(side))
        lost = best.join(part, lambda a, b: a if isinstance(a, NoScore) else b if isinstance(b, NoScore) else None)
        best = where(ahead, best, part).join(lost, lambda value, gone: value if gone is None else gone)
    return best


def _combine(pick: Pick, parts: list[Cells[Value]]) -> Cells[Value]:
    match pick:
        case Pick.MAX:
            return _largest(parts)
        case Pick.MIN:
            return _smallest(parts)
        case Pick.SUM:
            total: Cells[Value] = everywhere(const(Fraction(0)))
            for part in parts:
                total = _arith(Op.ADD, total, part)
            return total
        case _:
            assert_never(pick)


def _case(branches: tuple[Branch, ...], otherwise: Expr | None, setting: Setting) -> Cells[Value]:
    value: Cells[Value] = everywhere(NoScore.SILENT) if otherwise is None else cells_of(otherwise, setting)
    for branch in reversed(branches):
        value = where(truth_of(branch.condition, setting), cells_of(branch.value, setting), value)
    return value


def _interpolated(measure: Cells[Value], anchors: tuple[tuple[Fraction, Fraction], ...]) -> Cells[Value]:
    points = sorted(anchors)
    result: Cells[Value] = everywhere(const(points[-1][1]))
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        slope: Cells[Value] = everywhere(const((y1 - y0) / (x1 - x0)))
        rise = _arith(Op.MUL, _arith(Op.SUB, measure, everywhere(const(x0))), slope)
        line = _arith(Op.ADD, rise, everywhere(const(y0)))
        result = where(_below(measure, x1), line, result)
    return where(_below(measure, points[0][0]), everywhere(const(points[0][1])), result)


def _below(measure: Cells[Value], x: Fraction) -> Cells[bool]:
    return signs(_arith(Op.SUB, measure, everywhere(const(x)))).map(lambda side: side is not None and side < 0)


# --- the curve of a rule ----------------------------------------------------------------------------------------------


def curve(tree: Expr, context: Context) -> Curve | None:
    """The exact curve of a rule in its row; None where it has several inputs, needs a person, or no weight is known."""
    try:
        variable = variable_of(tree)
        setting = setting_of(tree, context)
        if variable is None or setting is None:
            return None
        domain = domain_of(tree, context)
        cells = _smooth(cells_of(tree, setting))
    except Unplottable:
        return None
    pieces = [
        Piece(inside, value if isinstance(value, Rational) else None, value if isinstance(value, NoScore) else None)
        for interval, value in cells.pieces()
        if (inside := interval.meet(domain.interval)) is not None
    ]
    if all(piece.formula is None for piece in pieces):
        return None
    unit = domain.unit
    return Curve(variable.name, unit, dict(setting.given)["weight"], domain, tuple(pieces))


def setting_of(tree: Expr, context: Context, *, weight: Fraction | None = None, free: bool = False) -> Setting | None:
    """The numbers a tree is unrolled with; None without a numeric weight (unless one is given)."""
    full = weight if weight is not None else weight_of(context)
    if full is None:
        return None
    variable = variable_of(tree)
    given = [("weight", full)]
    target = _target_value(context)
    if target is not None:
        given.append(("target", target))
    points = bounds_of(tree) or [Fraction(0)]
    low, high = min(points), max(points)
    sizes = [node.size.value for node in walk(tree) if isinstance(node, Steps) and isinstance(node.size, Const)]
    room = max(high - low, abs(high), abs(low), Fraction(1), *(40 * size for size in sizes))
    return Setting(variable.name if variable else "actual", tuple(given), (low - room, high + room), free)


def weight_of(context: Context) -> Fraction | None:
    """The row's weight as a number."""
    text = fold(context.weight).removesuffix("分")
    try:
        weight = Decimal(text)
    except InvalidOperation:
        return None
    return Fraction(weight) if weight.is_finite() and weight > 0 else None


def target_in(context: Context) -> Target | None:
    """The row's target, or None when the row prints none."""
    return read_target(context.target, sign=context.sign, unit=context.unit) if context.target.strip() else None


def _target_value(context: Context) -> Fraction | None:
    target = target_in(context)
    if target is None:
        return None
    return target.low_value if target.low is not None else target.high_value


def bounds_of(tree: Expr) -> list[Fraction]:
    """Every number the variable is compared with."""
    found = list[Fraction]()
    for node in walk(tree):
        if isinstance(node, Compare):
            found += (side.value for side in (node.left, node.right) if isinstance(side, Const))
        elif isinstance(node, Steps) and isinstance(node.distance, Arith):
            found += (side.value for side in (node.distance.left, node.distance.right) if isinstance(side, Const))
        elif isinstance(node, Interpolate):
            found += (x for x, _ in node.anchors)
    return found


def _smooth(cells: Cells[Value]) -> Cells[Value]:
    """Points that only continue a neighbour are given the neighbour's formula, so that pieces join."""
    at = list(cells.at)
    for i, (cut, value) in enumerate(zip(cells.cuts, cells.at, strict=True)):
        here = value(cut) if isinstance(value, Rational) else None
        for side in (cells.between[i], cells.between[i + 1]):
            if here is not None and isinstance(side, Rational) and side(cut) == here:
                at[i] = side
                break
    return Cells(cells.cuts, cells.between, tuple(at))


# --- domains ----------------------------------------------------------------------------------------------------------


def domain_of(tree: Expr, context: Context) -> Domain:
    """The values the tree's input can take, from its name, its units and the numbers it is compared with."""
    variable = variable_of(tree)
    name = variable.name if variable else "actual"
    if name in ("late_days", "late_months"):
        return Domain(None, None, whole=name == "late_days", unit="天" if name == "late_days" else "个月")
    if name == "rank":
        return Domain(Fraction(1), None, whole=True, unit="名")
    points = bounds_of(tree)
    unit = _unit_of(tree, variable, context)
    if unit == "名次":
        return Domain(Fraction(1), None, whole=True, unit="名")
    words = fold(context.indicator) + (name if name != "actual" else "")
    low = None if any(p < 0 for p in points) or has(words, "signed") else Fraction(0)
    high = None
    if unit == "%" and not has(words, "beyond") and all(p <= 100 for p in points):
        high = Fraction(100)
    return Domain(low, high, whole=_comes_whole(unit, points, words), unit=unit)


def _comes_whole(unit: str, points: list[Fraction], words: str) -> bool:
    if any(point.denominator != 1 for point in points):
        return False
    # 8000-9999 分钟, 7000-7999 分钟: neighbours one apart mean whole numbers, except for percentages.
    if unit != "%" and any(b - a == 1 and a > 1 for a, b in pairwise(sorted(set(points)))):
        return True
    return "平均" not in words and "人均" not in words and (is_count(unit) or unit in ("天", "日", "工作日"))


def _unit_of(tree: Expr, variable: Input | None, context: Context) -> str:
    if variable is not None and variable.unit:
        return variable.unit
    units = [
        node.unit
        for compare in walk(tree)
        if isinstance(compare, Compare)
        for node in (compare.left, compare.right)
        if isinstance(node, Const) and node.unit
    ]
    if units:
        return units[0]
    target = target_in(context)
    return target.unit if target is not None and target.unit else context.unit


def _round_value(inside: Interval) -> Fraction:
    """A value a clerk might type: the point itself, else the roundest number strictly inside, near the middle."""
    if inside.point and inside.low is not None:
        return inside.low
    low, high = inside.low, inside.high
    if low is None or high is None:
        edge = low if low is not None else high
        if edge is None:
            return Fraction(0)
        if inside.holds(edge):
            return edge
        size = len(str(int(abs(edge))))  # a tenth of the number or so: what a clerk would call a little more
        step = Fraction(10 ** max(size - 2, 0))
        return edge + step if low is not None else edge - step
    for places in range(0, 12):
        step = Fraction(1, 10**places)
        middle = (low + high) / 2 / step
        guess = Fraction(middle.numerator // middle.denominator) * step
        for candidate in (guess, guess + step):
            if inside.holds(candidate) and low < candidate < high:
                return candidate
    return (low + high) / 2


# --- inverse ----------------------------------------------------------------------------------------------------------


def _at_least(piece: Piece, score: Fraction) -> Iterator[Interval]:
    if piece.formula is None:
        return
    above = signs(everywhere(piece.formula - const(score))).map(lambda side: side is not None and side >= 0)
    for interval in region(above):
        inside = interval.meet(piece.interval)
        if inside is not None:
            yield inside


# --- pictures ---------------------------------------------------------------------------------------------------------


def formula_text(formula: Rational, name: str = "x") -> str:
    """A piece's formula in plain signs: ``5``, ``0.1x − 4``, ``40 ÷ x``."""
    line = formula.line
    if line is not None:
        base, slope = line
        if slope == 0:
            return number(base)
        head = f"{'' if slope == 1 else '−' if slope == -1 else number(slope).replace('-', '−')}{name}"
        if base == 0:
            return head
        return f"{head} {'+' if base > 0 else '−'} {number(abs(base))}"
    return f"{_poly(formula.num, name)} ÷ {_poly(formula.den, name)}"


def _poly(coefficients: tuple[Fraction, ...], name: str) -> str:
    terms = [
        f"{number(value)}{'' if power == 0 else name if power == 1 else f'{name}^{power}'}"
        for power, value in reversed(list(enumerate(coefficients)))
        if value
    ]
    text = " + ".join(terms).replace("+ -", "− ")
    return f"({text})" if len(terms) > 1 else text


def interval_text(interval: Interval, unit: str = "", name: str = "实际值") -> str:
    """An interval in a clerk's words: ``80%≤实际值＜95%``, ``实际值＝90%``, ``实际值≥95%``."""
    low = "" if interval.low is None else f"{amount(interval.low, unit)}{'≤' if interval.low_incl else '＜'}"
    high = "" if interval.high is None else f"{'≤' if interval.high_incl else '＜'}{amount(interval.high, unit)}"
    if interval.point and interval.low is not None:
        return f"{name}＝{amount(interval.low, unit)}"
    if low and not high and interval.low is not None:
        return f"{name}{'≥' if interval.low_incl else '＞'}{amount(interval.low, unit)}"
    return f"{low}{name}{high}" if low or high else f"任何{name}"


_Scale = Callable[[Fraction], str]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The window of a picture: value range and score range."""

    low: Fraction
    high: Fraction
    bottom: Fraction
    top: Fraction


def _frame(curve: Curve, marks: tuple[Fraction | None, ...]) -> _Frame:
    spots = [end for piece in curve.pieces for end in (piece.interval.low, piece.interval.high) if end is not None]
    spots += [mark for mark in marks if mark is not None]
    low, high = min(spots, default=Fraction(0)), max(spots, default=Fraction(1))
    room = (high - low) / 8 or max(abs(high), Fraction(1)) / 4
    domain = curve.domain
    left = low - room if domain.low is None or low - room > domain.low else domain.low
    right = high + room if domain.high is None or high + room < domain.high else domain.high
    scores = [score for x, score in _samples(curve, left, right) if score is not None] or [Fraction(0)]
    return _Frame(left, right, min(min(scores), Fraction(0)), max(max(scores), curve.weight))


def _samples(curve: Curve, low: Fraction, high: Fraction, count: int = 60) -> list[tuple[Fraction, Fraction | None]]:
    return [(x, curve.score(x)) for x in (low + (high - low) * i / count for i in range(count + 1))]


def _strokes(curve: Curve, frame: _Frame) -> Iterator[tuple[Piece, list[tuple[Fraction, Fraction]]]]:
    """The points each piece is drawn through: two for a line, more for a bent one."""
    window = Interval(frame.low, frame.high, True, True)
    for piece in curve.pieces:
        inside = piece.interval.meet(window)
        if piece.formula is None or inside is None or inside.low is None or inside.high is None:
            continue
        count = 1 if piece.formula.line is not None else 40
        xs = [inside.low + (inside.high - inside.low) * i / count for i in range(count + 1)]
        yield piece, [(x, y) for x in xs if (y := piece.formula(x)) is not None]


def svg(
    curve: Curve,
    *,
    target: Fraction | None = None,
    actual: Fraction | None = None,
    score: Fraction | None = None,
    width: int = 480,
    height: int = 260,
) -> str:
    """The curve as one self-contained SVG: black on white, solid and hollow ends, labels in Chinese, title and description.

    ``target`` draws a dashed line, ``actual`` with ``score`` the point of the row. No script, no external font.
    """
    frame = _frame(curve, (target, actual))
    left, right, top, bottom = 46, width - 16, 28, height - 40

    def px(x: Fraction) -> str:
        return f"{left + float((x - frame.low) / (frame.high - frame.low)) * (right - left):.1f}"

    def py(y: Fraction) -> str:
        span = frame.top - frame.bottom or Fraction(1)
        return f"{bottom - float((y - frame.bottom) / span) * (bottom - top):.1f}"

    title = f"得分曲线（满分{number(curve.weight)}分）"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title><desc>{escape(describe(curve))}</desc>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#555"/>',
        f'<text x="{left - 36}" y="{top - 12}">得分</text>',
        f'<text x="{right}" y="{height - 6}" text-anchor="end">{escape(_axis(curve))}</text>',
    ]
    parts += _svg_ticks(curve, frame, px, py, (left, bottom))
    parts += _svg_gaps(curve, frame, px, (top, bottom))
    for piece, points in _strokes(curve, frame):
        path = " ".join(f"{px(x)},{py(y)}" for x, y in points)
        if len(points) > 1 and not piece.interval.point:
            parts.append(f'<polyline points="{path}" fill="none" stroke="#1a56a0" stroke-width="2"/>')
        parts += _svg_ends(curve, piece, points, px, py)
    if target is not None:
        parts.append(f'<path d="M{px(target)} {top}V{bottom}" stroke="#888" stroke-dasharray="4 3"/>')
        parts.append(
            f'<text x="{px(target)}" y="{top - 8}" text-anchor="middle">目标 {escape(amount(target, curve.unit))}</text>'
        )
    if actual is not None and score is not None:
        parts.append(
            f'<path d="M{px(actual)} {bottom}V{py(score)}H{left}" fill="none" stroke="#b03020" stroke-dasharray="2 2"/>'
        )
        parts.append(f'<circle cx="{px(actual)}" cy="{py(score)}" r="4" fill="#b03020"/>')
        label = f"实际 {amount(actual, curve.unit)}，{number(score, 2).removesuffix('…')}分"
        right_half = actual > (frame.low + frame.high) / 2
        place = f'x="{px(actual)}" dx="{-8 if right_half else 8}" y="{py(score)}" dy="{16 if score > curve.weight / 2 else -8}"'
        halo = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
        anchor = "end" if right_half else "start"
        parts.append(f'<text {place} text-anchor="{anchor}" fill="#b03020" {halo}>{escape(label)}</text>')
    parts.append("</svg>")
    return "".join(parts)


def _axis(curve: Curve) -> str:
    names = {"actual": "实际完成值", "late_days": "晚于期限的天数", "late_months": "晚于期限的月数", "rank": "名次"}
    name = names.get(curve.variable, curve.variable)
    return f"{name}（{curve.unit}）" if curve.unit else name


def _svg_ticks(curve: Curve, frame: _Frame, px: _Scale, py: _Scale, corner: tuple[int, int]) -> Iterator[str]:
    left, bottom = corner
    for y in sorted({Fraction(0), curve.weight}):
        yield f'<text x="{left - 6}" y="{py(y)}" dy="4" text-anchor="end">{number(y)}</text>'
    last = -1e9
    for x in sorted({e for p in curve.pieces for e in (p.interval.low, p.interval.high) if e is not None}):
        at = float(px(x))
        if frame.low <= x <= frame.high and at - last > 34:
            last = at
            yield f'<path d="M{at:.1f} {bottom}v4" stroke="#555"/>'
            yield f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{escape(amount(x, "%" if curve.unit == "%" else ""))}</text>'


def _svg_gaps(curve: Curve, frame: _Frame, px: _Scale, ends: tuple[int, int]) -> Iterator[str]:
    window = Interval(frame.low, frame.high, True, True)
    for piece in curve.pieces:
        inside = piece.interval.meet(window)
        if piece.why is NoScore.SILENT and inside is not None and inside.low is not None and inside.high is not None:
            width = max(float(px(inside.high)) - float(px(inside.low)), 2.0)
            yield (
                f'<rect x="{px(inside.low)}" y="{ends[0]}" width="{width:.1f}" height="{ends[1] - ends[0]}" fill="#f3d9d4">'
                f"<title>没有对应得分：{escape(interval_text(inside, curve.unit))}</title></rect>"
            )


def _svg_ends(
    curve: Curve, piece: Piece, points: list[tuple[Fraction, Fraction]], px: _Scale, py: _Scale
) -> Iterator[str]:
    """Solid and hollow dots where the curve breaks; none where pieces run into each other or the domain ends."""
    interval = piece.interval
    for (x, y), end, included in (
        (points[0], interval.low, interval.low_incl),
        (points[-1], interval.high, interval.high_incl),
    ):
        if x == end and _breaks(curve, piece, x, y):
            fill = "#1a56a0" if included else "#fff"
            yield f'<circle cx="{px(x)}" cy="{py(y)}" r="3" fill="{fill}" stroke="#1a56a0"/>'


def _breaks(curve: Curve, piece: Piece, x: Fraction, y: Fraction) -> bool:
    neighbours = [
        other for other in curve.pieces if other is not piece and x in (other.interval.low, other.interval.high)
    ]
    return any(other.formula is None or other.formula(x) != y for other in neighbours)


def describe(curve: Curve) -> str:
    """The curve in words, piece by piece; what a screen reader says."""
    said = []
    for piece in curve.pieces:
        if piece.formula is None:
            what = "没有对应得分" if piece.why is NoScore.SILENT else "由人评定或无法计算"
        elif (fixed := piece.formula.constant) is not None:
            what = f"{number(fixed)}分"
        else:
            what = f"{formula_text(piece.formula)}分（x为实际值）"
        said.append(f"{interval_text(piece.interval, curve.unit)}：{what}")
    return "；".join(said) + "。"


def characters(curve: Curve, *, actual: Fraction | None = None, width: int = 60, height: int = 10) -> str:
    """The curve for a terminal: ``●`` on the curve, ``░`` in a gap, ``◆`` the row's own value; one line a score level."""
    frame = _frame(curve, (actual,))
    span = frame.top - frame.bottom or Fraction(1)
    rows = [[" "] * width for _ in range(height)]
    for column in range(width):
        x = frame.low + (frame.high - frame.low) * column / (width - 1)
        score = curve.score(x)
        if score is None:
            for row in rows:
                row[column] = "░"
        else:
            rows[_level(score, frame, span, height)][column] = "●"
    if actual is not None and (score := curve.score(actual)) is not None:
        column = int((actual - frame.low) / (frame.high - frame.low) * (width - 1))
        rows[_level(score, frame, span, height)][min(max(column, 0), width - 1)] = "◆"
    margin = max(len(number(frame.top, 2)), len(number(frame.bottom, 2)))
    lines = []
    for i, row in enumerate(rows):
        label = number(frame.top, 2) if i == 0 else number(frame.bottom, 2) if i == height - 1 else ""
        lines.append(f"{label:>{margin}} │{''.join(row).rstrip()}")
    lines.append(f"{'':>{margin}} └{'─' * width}")
    left, right = amount(frame.low, curve.unit), amount(frame.high, curve.unit)
    lines.append(f"{'':>{margin}}  {left}{' ' * max(width - len(left) - len(right), 1)}{right}")
    return "\n".join(lines)


def _level(score: Fraction, frame: _Frame, span: Fraction, height: int) -> int:
    return height - 1 - int((score - frame.bottom) / span * (height - 1) + Fraction(1, 2))
