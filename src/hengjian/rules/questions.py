"""Questions to a rule: what must be achieved for so many points, and whether two wordings are one function.

Both are answered on the exact curve, over the values that can occur (whole numbers for counts). Where a rule has no curve
(several inputs, a person's grade) the answer says so instead of guessing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hengjian.rules.algebra import Cells, Interval, NoScore, Rational, Unplottable, Value, const
from hengjian.rules.curve import (
    Curve,
    Domain,
    Setting,
    cells_of,
    curve,
    domain_of,
    interval_text,
    setting_of,
    variable_of,
    weight_of,
)
from hengjian.rules.evaluate import Env, value
from hengjian.rules.numerals import amount, number
from hengjian.rules.reading import Context
from hengjian.rules.tree import Expr, Human, Input, Missing, Rounded, Stated, walk
from hengjian.values.rounding import NATIONAL

# --- what is needed -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Needed:
    """What earns at least ``score``: the stretches of values from below, or nothing, told in ``text``.

    ``stretches`` hold values that can occur: bounds of counts are whole. ``grades`` are the words a person would have to
    give. Both are empty where the score is out of reach (``best`` is then the most that can be had, where it is known) or
    where the rule gives no answer.
    """

    score: Fraction
    text: str
    stretches: tuple[Interval, ...] = ()
    grades: tuple[str, ...] = ()
    best: Fraction | None = None
    unit: str = ""

    @property
    def possible(self) -> bool:
        """Whether the score can be had."""
        return bool(self.stretches or self.grades)

    def nearest(self, actual: Fraction) -> Fraction | None:
        """The value nearest to the actual one that earns the score; None where there is none or no nearest one."""
        if any(part.holds(actual) for part in self.stretches):
            return actual
        ends = [
            end
            for part in self.stretches
            for end, included in ((part.low, part.low_incl), (part.high, part.high_incl))
            if end is not None and included
        ]
        return min(ends, key=lambda end: abs(end - actual), default=None)


def invert(tree: Expr, context: Context, score: Fraction) -> Needed:
    """至少完成多少才能得 ``score`` 分: the values, exact before rounding, that earn at least this score."""
    if isinstance(tree, Human):
        return _grades(tree, context, score)
    drawn = curve(tree, context)
    if drawn is None:
        return Needed(score, f"无法反推：{_why_no_curve(tree, context)}")
    stretches = _occurring(drawn.reaching(score), drawn.domain)
    if not stretches:
        best = _best(drawn)
        most = f"，最多能得{number(best, 2).removesuffix('…')}分" if best is not None and best < score else ""
        return Needed(score, f"得不到{number(score)}分{most}", best=best, unit=drawn.unit)
    told = "，或".join(_told(part, drawn) for part in stretches)
    return Needed(score, f"要得{number(score)}分，{told}", stretches, unit=drawn.unit)


def _occurring(stretches: Iterable[Interval], domain: Domain) -> tuple[Interval, ...]:
    """The stretches between values that can occur; of whole numbers 0 and 1 to 2 are one stretch."""
    if not domain.whole:
        return tuple(stretches)
    joined = list[Interval]()
    for stretch in stretches:
        whole = stretch.whole_numbers()
        if whole is None:
            continue
        low, high = (None if end is None else Fraction(end) for end in whole)
        last = joined[-1] if joined else None
        if last is not None and last.high is not None and low == last.high + 1:
            joined[-1] = Interval(last.low, high, last.low_incl, high is not None)
        else:
            joined.append(Interval(low, high, low is not None, high is not None))
    return tuple(joined)


_SUBJECTS = {
    "actual": "实际完成值",
    "late_days": "推迟天数",
    "late_months": "推迟月数",
    "rank": "名次",
}


def _told(part: Interval, drawn: Curve) -> str:
    """One stretch in a clerk's words; an end at the edge of what can occur is not worth saying."""
    domain, unit = drawn.domain, drawn.unit
    name = _SUBJECTS.get(drawn.variable, drawn.variable)
    low = None if part.low == domain.low else part.low
    high = None if part.high == domain.high else part.high
    if drawn.variable == "late_days" and low is None and high == 0 and part.high_incl:
        return "须按期完成"
    if low is None and high is None:
        return f"任何{name}都可以"
    if part.point and part.low is not None and part.high != domain.high:
        return f"{name}须为{_safe(part.low, unit, up=True)}"
    if high is None and low is not None:
        return f"{name}{'至少为' if part.low_incl else '须高于'}{_safe(low, unit, up=True)}"
    if low is None and high is not None:
        return f"{name}{'不能超过' if part.high_incl else '须低于'}{_safe(high, unit, up=False)}"
    if part.low_incl and part.high_incl and low is not None and high is not None:
        return f"{name}须在{_safe(low, unit, up=True)}到{_safe(high, unit, up=False)}之间"
    return f"须{interval_text(part, unit, name)}"


def _safe(value: Fraction, unit: str, *, up: bool) -> str:
    """A bound as it can be typed: one without a finite decimal is moved to the safe side, two decimals."""
    if (value * 10**12).denominator == 1:
        return amount(value, unit)
    scaled = value * 100
    typed = Fraction(-(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator, 100)
    return amount(typed, unit)


def _best(drawn: Curve) -> Fraction | None:
    """The most a curve gives at the ends of its pieces; None where a piece rises without end."""
    found = list[Fraction]()
    for piece in drawn.pieces:
        if piece.formula is None:
            continue
        ends = [end for end in (piece.interval.low, piece.interval.high) if end is not None]
        if len(ends) < 2 and piece.formula.constant is None and (line := piece.formula.line) is not None:
            rises = line[1] > 0 if piece.interval.high is None else line[1] < 0
            if rises:
                return None
        constant = piece.formula.constant
        found += (
            [constant] if constant is not None else [got for end in ends if (got := piece.formula(end)) is not None]
        )
    return max(found, default=None)


def _grades(tree: Human, context: Context, score: Fraction) -> Needed:
    weight = weight_of(context)
    if weight is None:
        return Needed(score, "无法反推：没有分值")
    env = Env({"weight": weight})
    if not tree.levels:
        return Needed(score, "无法反推：这条规则由人直接评分，没有与得分对应的完成值")
    reach = list[str]()
    for level in tree.levels:
        top = value(level.high, env)
        if not isinstance(top, Missing) and (top > score or (top == score and level.high_incl)):
            reach.append(level.words[0] if level.words else "")
    if not reach:
        return Needed(score, f"得不到{number(score)}分：没有一个等次有这么多分")
    return Needed(
        score, f"要得{number(score)}分，须被评为{'或'.join(f'“{word}”' for word in reach)}", grades=tuple(reach)
    )


def _why_no_curve(tree: Expr, context: Context) -> str:
    if weight_of(context) is None:
        return "没有分值"
    try:
        variable = variable_of(tree)
    except Unplottable:
        return "得分取决于几个数，不能由得分倒推出其中一个"
    if variable is None and any(isinstance(node, Human) for node in walk(tree)):
        return "得分由人评定"
    if any(isinstance(node, Stated) for node in walk(tree)):
        return "得分取决于完成情况怎样描述，不是一个数"
    return "得分与完成值之间没有可以画出的曲线"


# --- two wordings -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sameness:
    """Whether two rules are one function: ``equal`` is None where that cannot be proved either way.

    Where they differ, ``witness`` is a value that shows it, with both exact scores (None: no score).
    """

    equal: bool | None
    text: str
    witness: Fraction | None = None
    scores: tuple[Fraction | None, Fraction | None] = (None, None)


def same(one: Expr, two: Expr, context: Context) -> Sameness:
    """Whether two trees give the same exact score for every value that can occur in this row."""
    if one == two:
        return Sameness(True, "两种写法是同一条规则：对任何实际值得分都相同")
    inputs = [_outside(tree) for tree in (one, two)]
    if inputs[0] != inputs[1]:
        return Sameness(*_other_inputs(*inputs))
    if _beyond_curves(one) != _beyond_curves(two):
        return Sameness(None, "无法比较：两种写法里由人评定、文字判断或取位的部分不同")
    try:
        pair = _side_by_side(one, two, context)
    except Unplottable:
        return Sameness(None, "无法比较：得分取决于几个数，或曲线不能精确画出")
    if pair is None:
        return Sameness(None, "无法比较：没有分值")
    cells, domain = pair
    return _first_difference(cells, domain)


def _outside(tree: Expr) -> frozenset[tuple[str, str, str]]:
    """The values from outside a tree depends on, each with what makes it another quantity."""
    nodes = (node for node in walk(tree) if isinstance(node, Input) and node.name not in ("weight", "target"))
    return frozenset((node.name, node.deadline, node.sense) for node in nodes)


def _other_inputs(
    one: frozenset[tuple[str, str, str]], two: frozenset[tuple[str, str, str]]
) -> tuple[bool | None, str]:
    shown = [
        "、".join(sorted(_SUBJECTS.get(name, name) for name, _, _ in inputs)) or "（没有）" for inputs in (one, two)
    ]
    if shown[0] == shown[1]:
        return None, "两种写法用的量相同，但起算的日期或计数的口径不同，无法直接比较"
    return None, f"两种写法依据的量不同：前者是{shown[0]}，后者是{shown[1]}，无法直接比较"


def _beyond_curves(tree: Expr) -> frozenset[object]:
    """The parts of a tree that its curve leaves out."""
    return frozenset(node for node in walk(tree) if isinstance(node, Stated | Human | Rounded))


def _side_by_side(one: Expr, two: Expr, context: Context) -> tuple[Cells[tuple[Value, Value]], Domain] | None:
    settings = [setting_of(tree, context) for tree in (one, two)]
    if settings[0] is None or settings[1] is None:
        return None
    setting = _widest(settings[0], settings[1])
    domains = [domain_of(tree, context) for tree in (one, two)]
    cells = [_canonical_values(cells_of(tree, setting)) for tree in (one, two)]
    return cells[0].join(cells[1], lambda a, b: (a, b)), _both(*domains)


def _widest(one: Setting, two: Setting) -> Setting:
    stretch = min(one.stretch[0], two.stretch[0]), max(one.stretch[1], two.stretch[1])
    return Setting(one.variable, one.given, stretch)


def _both(one: Domain, two: Domain) -> Domain:
    """The values that either rule must answer for."""
    low = None if one.low is None or two.low is None else min(one.low, two.low)
    high = None if one.high is None or two.high is None else max(one.high, two.high)
    return Domain(low, high, one.whole and two.whole, one.unit or two.unit)


def _canonical_values(cells: Cells[Value]) -> Cells[Value]:
    """A function's number at each cut, so that ``x`` at 5 and the constant 5 are no difference."""
    at = list[Value]()
    for cut, here in zip(cells.cuts, cells.at, strict=True):
        got = here(cut) if isinstance(here, Rational) else None
        at.append(here if got is None else const(got))
    return Cells(cells.cuts, cells.between, tuple(at))


def _first_difference(cells: Cells[tuple[Value, Value]], domain: Domain) -> Sameness:
    """The clearest value at which two rules differ: whole stretches first, and beyond the last hundredth if possible."""
    faint: Sameness | None = None
    for interval, (a, b) in sorted(cells, key=lambda cell: cell[0].point):
        if a == b or (isinstance(a, NoScore) and isinstance(b, NoScore)):
            continue
        for x in _candidates(interval, domain):
            scores = _score(a, x), _score(b, x)
            if scores[0] == scores[1]:
                continue
            found = Sameness(False, _difference(x, scores, domain.unit), x, scores)
            if None in scores or _shown(scores[0]) != _shown(scores[1]):
                return found
            faint = faint or found
    return faint or Sameness(True, "两种写法是同一个函数：对任何可能的实际值得分都相同")


def _candidates(interval: Interval, domain: Domain) -> Iterable[Fraction]:
    """Values of the domain inside a stretch: the roundest one, then some farther inside."""
    first = domain.example(interval)
    if first is None:
        return
    yield first
    inside = interval.meet(domain.interval)
    if inside is None or inside.point:
        return
    for share in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)):
        low = inside.low if inside.low is not None else first - max(abs(first), Fraction(1))
        high = inside.high if inside.high is not None else first + max(abs(first), Fraction(1))
        x = low + (high - low) * share
        x = Fraction(x.numerator // x.denominator) if domain.whole else x
        if inside.holds(x) and x != first:
            yield x


def _score(value_: Value, x: Fraction) -> Fraction | None:
    return value_(x) if isinstance(value_, Rational) else None


def _shown(score: Fraction | None) -> str:
    return "不出分" if score is None else f"得{NATIONAL.apply(score).normalize():f}分"


def _difference(x: Fraction, scores: tuple[Fraction | None, Fraction | None], unit: str) -> str:
    one, two = map(_shown, scores)
    if one == two and None not in scores:
        one, two = (f"得{number(score, 6)}分" for score in scores if score is not None)
    return f"两种写法不同：实际值为{amount(x, unit)}时，前者{one}，后者{two}"
