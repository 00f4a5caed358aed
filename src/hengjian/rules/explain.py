"""A compiled rule read back in plain Chinese, so that a clerk can say: yes, that is what our rule means.

Nothing is left out that changes a score: thresholds, steps and what a begun step counts, floors and caps, what happens in
all other cases. Two defensible readings are shown as two.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import assert_never

from hengjian.rules.algebra import Unplottable, region
from hengjian.rules.curve import setting_of, target_in, truth_of, weight_of
from hengjian.rules.numerals import amount, number
from hengjian.rules.reading import Context, Reading, Status
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
    inputs_in,
    with_inputs,
)
from hengjian.values.units import is_count

NAMES = {
    "actual": "实际值",
    "weight": "分值",
    "target": "目标值",
    "late_days": "推迟天数",
    "late_months": "推迟月数",
    "rank": "名次",
}
_SIGNS = {Sign.GE: "≥", Sign.GT: "＞", Sign.LE: "≤", Sign.LT: "＜", Sign.EQ: "＝", Sign.NE: "≠"}
_FLIPPED = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}
_OPS = {Op.ADD: "＋", Op.SUB: "－", Op.MUL: "×", Op.DIV: "÷"}
_PARTIAL = {Partial.LINEAR: "不足一步按比例", Partial.FLOOR: "不足一步不计", Partial.CEIL: "不足一步按一步计"}


def explain(reading: Reading, context: Context | None = None) -> str:
    """The reading in Chinese; ``context`` adds the points full marks are worth. "" is never returned."""
    weight = None if context is None else weight_of(context)
    if not reading.trees:
        return "没有读懂这条规则，不能据此计分"
    trees = reading.trees if context is None else tuple(_with_target(tree, context) for tree in reading.trees)
    if len(trees) == 1:
        return _whole(trees[0], weight)
    shown = "；".join(f"【理解{i}】{_whole(tree, weight)}" for i, tree in enumerate(trees, 1))
    lead = (
        "这条规则有几种理解，分数一致时才计分："
        if reading.status is Status.AMBIGUOUS
        else "这条规则前后矛盾，分数一致时才计分："
    )
    return lead + shown


def _with_target(tree: Expr, context: Context) -> Expr:
    """The tree with the row's own target in place of the word: a clerk checks numbers."""
    target = target_in(context)
    value = None if target is None else target.low_value if target.low is not None else target.high_value
    if target is None or value is None:
        return tree
    unit = next((one.unit for one in inputs_in(tree) if one.name == "target"), "") or target.unit
    shown = Const(value, unit)
    return with_inputs(tree, lambda one: shown if one.name == "target" else one)


# --- whole rules ------------------------------------------------------------------------------------------------------


def _whole(tree: Expr, weight: Fraction | None) -> str:
    """A rule that only deducts steps says first when it deducts nothing."""
    body = tree.body if isinstance(tree, Clamp) else tree
    if isinstance(body, Arith) and body.op is Op.SUB and is_weight(body.left):
        free = _nothing_to_deduct(body.right)
        if free:
            return f"{free}{_full(weight)}；{_value(tree, weight)}"
    return _value(tree, weight)


def _nothing_to_deduct(deducted: Expr) -> str:
    """When a step deduction is zero (``实际值≥95%``); "" where that is not one plain threshold."""
    steps = next((part for part in _factors(_uncapped(deducted)[0]) if isinstance(part, Steps)), None)
    if steps is None:
        return ""
    threshold = _threshold(steps.distance)
    if threshold is None:
        return ""
    measure, bound, down = threshold
    if isinstance(measure, Input) and measure.name in ("late_days", "late_months") and _is_zero(bound):
        return _on_time(measure)
    return f"{expression(measure)}{'≥' if down else '≤'}{expression(bound)}"


def _on_time(late: Input) -> str:
    """按期（2024年6月30日前）完成: with the day that lateness is counted from, where one is printed."""
    day = [str(int(part)) for part in late.deadline.split("-")] if "-" in late.deadline else []
    if len(day) == 3:
        return f"按期（{day[0]}年{day[1]}月{day[2]}日前）完成"
    return f"按期（{day[0]}月{day[1]}日前）完成" if len(day) == 2 else "按期完成"


def _full(weight: Fraction | None) -> str:
    return "得满分" if weight is None else f"得满分（{number(weight)}分）"


def _value(expr: Expr, weight: Fraction | None) -> str:
    """What a clause earns."""
    match expr:
        case Input("weight"):
            return _full(weight)
        case Const(value, unit):
            return (
                "不得分" if value == 0 else f"得{number(value)}分" if unit in ("", "分") else f"得{amount(value, unit)}"
            )
        case Case():
            return _case(expr, weight)
        case Combine(pick, items):
            return _combine(pick, items, weight)
        case Clamp(body, low, high):
            return _value(body, weight) + _limits(expr, body, low, high)
        case Interpolate(measure, anchors):
            points = "、".join(f"{amount(x, _unit(measure))}得{number(y)}分" for x, y in anchors)
            return f"{expression(measure)}为{points}，中间按直线插值，两端以外按端点计"
        case Human():
            return _human(expr, weight)
        case Missing(reason):
            return f"不能计分（{reason}）"
        case Rounded(body, places, truncate):
            how = "，其余舍去" if truncate else "，四舍五入"
            kept = f"保留{places}位小数" if places else "取整数"
            return f"{_value(body, weight)}，{kept}{how}"
        case Arith():
            return _earned(expr, weight)
        case Steps() | Input():
            return f"得分＝{expression(expr)}"
        case _:
            assert_never(expr)


def _earned(expr: Arith, weight: Fraction | None) -> str:
    share = share_of_weight(expr)
    if share is not None:
        points = "" if weight is None else f"（{number(share * weight)}分）"
        return f"得分值的{number(share * 100)}%{points}"
    steps = _step_rule(expr, weight)
    return steps or f"得分＝{expression(expr)}"


def is_weight(expr: Expr) -> bool:
    """Whether an expression is the weight itself, whatever unit it carries."""
    return isinstance(expr, Input) and expr.name == "weight"


def share_of_weight(expr: Expr) -> Fraction | None:
    """K where an expression is k × weight, else None."""
    match expr:
        case Arith(Op.MUL, Const(value, ""), Input("weight")) | Arith(Op.MUL, Input("weight"), Const(value, "")):
            return value
        case Arith(Op.MUL, Const(value, "%"), Input("weight")) | Arith(Op.MUL, Input("weight"), Const(value, "%")):
            return value / 100
        case Arith(Op.DIV, Input("weight"), Const(value, "")) if value:
            return 1 / value
        case _:
            return None


# --- clauses ----------------------------------------------------------------------------------------------------------


def _case(case: Case, weight: Fraction | None) -> str:
    said = [_branch(branch, weight) for branch in case.branches]
    if case.otherwise is not None:
        rest = _value(case.otherwise, weight)
        comma = (
            ""
            if rest.startswith(("得满分", "不得分", "不能")) or (rest.startswith("得") and "＝" not in rest)
            else "，"
        )
        late = rest.startswith("逾期的") and said[0].startswith("按期") if said else True
        said.append(rest if late else f"其他情况{comma}{rest}")
    return "；".join(said) + ("（依次对照，以先符合的为准）" if _ordered(case) else "")


def _ordered(case: Case) -> bool:
    """Whether a value can satisfy two clauses, so that their order matters."""
    try:
        setting = setting_of(case, Context(), weight=Fraction(100))
        truths = [] if setting is None else [truth_of(branch.condition, setting) for branch in case.branches]
    except Unplottable:
        return False
    return any(region(one.join(two, lambda a, b: a and b)) for one, two in combinations(truths, 2))


def _branch(branch: Branch, weight: Fraction | None) -> str:
    grade = f"为“{branch.grade}”，" if branch.grade else ""
    value = _once(branch.condition, _value(branch.value, weight))
    plain = value.startswith(("得满分", "不得分")) or (value.startswith("得") and "＝" not in value)
    joint = "" if plain and not grade else "的，"
    return f"{condition(branch.condition)}{joint}{grade}{value}"


def _once(node: Condition, value: str) -> str:
    """A step clause need not repeat the threshold its condition has just named."""
    if isinstance(node, Compare) and node.sign in (Sign.LT, Sign.LE, Sign.GT, Sign.GE):
        for word in ("低于", "高于", "超过"):
            value = value.removeprefix(f"{word}{expression(node.right)}的，")
        if _is_zero(node.right):
            value = value.removeprefix("逾期的，")
    return value


def _combine(pick: Pick, items: Sequence[Expr], weight: Fraction | None) -> str:
    heads = {Pick.MAX: "下列各项取得分最高的一项", Pick.MIN: "下列各项取得分最低的一项", Pick.SUM: "下列各项得分相加"}
    return f"{heads[pick]}：" + "；".join(f"（{i}）{_value(item, weight)}" for i, item in enumerate(items, 1))


def _limits(clamp: Clamp, body: Expr, low: Expr | None, high: Expr | None) -> str:
    """Floor and cap in words; the cap of a plain ratio below its target never bites and is left out unless printed."""
    out = _floor(low) if low is not None and _can_fall(body) else ""
    if high is None or (isinstance(body, Case) and is_weight(high)):
        return out
    if is_weight(high):
        return out if _only_falls(body) else f"{out}，最高得满分"
    return out + _cap(high)


def _floor(low: Expr) -> str:
    match low:
        case Const(value) if value == 0:
            return "，最低0分"
        case Arith(Op.SUB, Input("weight"), most):
            return f"，最多扣{_points(most)}"
        case _:
            return f"，最低{_points(low)}"


def _cap(high: Expr) -> str:
    match high:
        case Arith(Op.ADD, Input("weight"), most):
            return f"，最高不超过满分加{_points(most)}"
        case _:
            return f"，最高{_points(high)}"


def _can_fall(body: Expr) -> bool:
    """Whether a subtraction could take the score below the floor."""
    match body:
        case Arith(Op.SUB):
            return True
        case Arith(_, left, right):
            return _can_fall(left) or _can_fall(right)
        case Case(branches, otherwise):
            return any(_can_fall(branch.value) for branch in branches) or (
                otherwise is not None and _can_fall(otherwise)
            )
        case Combine(_, items):
            return any(_can_fall(item) for item in items)
        case Rounded(inner):
            return _can_fall(inner)
        case _:
            return False


def _only_falls(body: Expr) -> bool:
    """Full marks less something that is never negative."""
    terms = _terms(body)
    return (
        len(terms) > 1
        and terms[0][0] > 0
        and is_weight(terms[0][1])
        and all(sign < 0 and _has_steps(term) for sign, term in terms[1:])
    )


def _points(expr: Expr) -> str:
    if isinstance(expr, Const):
        return f"{number(expr.value)}分"
    share = share_of_weight(expr)
    return f"分值的{number(share * 100)}%" if share is not None else expression(expr)


# --- steps ------------------------------------------------------------------------------------------------------------


def _terms(expr: Expr) -> list[tuple[int, Expr]]:
    """A sum taken apart: (+1 or -1, term)."""
    if isinstance(expr, Arith) and expr.op in (Op.ADD, Op.SUB):
        sign = 1 if expr.op is Op.ADD else -1
        return [*_terms(expr.left), *((sign * s, term) for s, term in _terms(expr.right))]
    if isinstance(expr, Combine) and expr.pick is Pick.SUM:
        return [term for item in expr.items for term in _terms(item)]
    return [(1, expr)]


def _factors(expr: Expr) -> list[Expr]:
    return [*_factors(expr.left), *_factors(expr.right)] if isinstance(expr, Arith) and expr.op is Op.MUL else [expr]


def _uncapped(expr: Expr) -> tuple[Expr, Expr | None]:
    """A deduction or bonus and its ceiling."""
    match expr:
        case Clamp(body, _, high):
            return body, high
        case Combine(Pick.MIN, (one, two)):
            return (one, two) if _has_steps(one) else (two, one)
        case _:
            return expr, None


def _has_steps(expr: Expr) -> bool:
    return any(isinstance(part, Steps) for part in _factors(_uncapped(expr)[0]))


def _step_rule(expr: Expr, weight: Fraction | None) -> str:
    """``得满分的基础上每低1个百分点扣0.5分``; "" where a term is no step."""
    terms = _terms(expr)
    base = [(sign, term) for sign, term in terms if not _has_steps(term)]
    steps = [(sign, term) for sign, term in terms if _has_steps(term)]
    if not steps or len(base) > 1 or any(sign < 0 for sign, _ in base):
        return ""
    said = [_step(sign, term, weight) for sign, term in steps]
    if base and not is_weight(base[0][1]):
        return f"以{_points(base[0][1])}为基础，" + "；".join(said)
    if base and any(sign > 0 for sign, _ in steps):
        return "在满分的基础上，" + "；".join(said)
    if not base:
        return "；".join(
            text.replace("加", "得", 1).replace("每发生", "每完成") if sign > 0 else text
            for (sign, _), text in zip(steps, said, strict=True)
        )
    return "；".join(said)


def _step(sign: int, term: Expr, weight: Fraction | None) -> str:
    body, cap = _uncapped(term)
    factors = _factors(body)
    steps = next(part for part in factors if isinstance(part, Steps))
    rest = [part for part in factors if part is not steps]
    verb = "扣" if sign < 0 else "加"
    each = _each(rest)
    most = f"，最多{verb}{_points(cap)}" if cap is not None else ""
    return f"{_per(steps)}{verb}{each}{_begun(steps)}{most}"


def _each(rest: Sequence[Expr]) -> str:
    """What one step costs."""
    if not rest:
        return "1分"
    if len(rest) == 1:
        return _points(rest[0])
    product = rest[0]
    for part in rest[1:]:
        product = Arith(Op.MUL, product, part)
    return _points(product)


def _per(steps: Steps) -> str:
    """``低于95%的，每低1个百分点``."""
    size = _size(steps.size)
    match steps.distance:
        case Input("late_days" | "late_months"):
            return f"逾期的，每推迟{size}"
        case Input("actual", unit):
            times = "" if unit or _unit(steps.size) else "次"
            return f"每发生{size}{times}" if is_count(unit) or not unit else f"每{size}"
        case Input("rank"):
            return f"名次每后移{size}"
        case Input(name, unit):
            return f"{name}每{size}" if unit or _unit(steps.size) else f"{name}每{size}次"
        case Combine(Pick.MAX, (one, two)) if (apart := _apart(one, two)) is not None:
            return (
                f"{apart.removesuffix('的绝对值').removesuffix('的幅度')}的，每偏离{size}"
                if "偏离" in apart
                else f"{apart}每{size}"
            )
        case Arith(Op.DIV, Arith() as shortfall, base) if _threshold(shortfall) is not None:
            return _relative(shortfall, base, steps.size)
        case Arith(Op.MUL, Arith(Op.DIV, Arith() as shortfall, base), Const(value)) if value == 100:
            return _relative(shortfall, base, steps.size)
        case _:
            pass
    threshold = _threshold(steps.distance)
    if threshold is None:
        return f"（{expression(steps.distance)}）每{size}"
    measure, bound, down = threshold
    if isinstance(measure, Input) and measure.name in ("late_days", "late_months"):
        if down:
            return f"提前的，每提前{size}" if _is_zero(bound) else f"早于{expression(bound)}的，每提前{size}"
        head = "逾期的" if _is_zero(bound) else f"超过{expression(bound)}的"
        return f"{head}，每推迟{size}"
    if isinstance(measure, Input) and measure.unit == "名次" and not down and isinstance(bound, Const):
        return f"第{number(bound.value)}名以后，每后移{size}"
    name = "" if isinstance(measure, Input) and measure.name == "actual" else expression(measure)
    return f"{name}{'低于' if down else '高于'}{expression(bound)}的，每{'低' if down else '高'}{size}"


def _relative(shortfall: Expr, base: Expr, size: Expr) -> str:
    threshold = _threshold(shortfall)
    if threshold is None or not isinstance(size, Const):
        return f"（{expression(shortfall)}÷{expression(base)}）每{_size(size)}"
    _, bound, down = threshold
    share = size.value if size.unit == "%" or size.value >= 1 else size.value * 100
    return f"{'低于' if down else '高于'}{expression(bound)}的，每{'低' if down else '高'}{expression(base)}的{number(share)}%"


def _threshold(distance: Expr) -> tuple[Expr, Expr, bool] | None:
    """(measure, bound, whether falling short counts) of ``bound − measure`` or ``measure − bound``."""
    match distance:
        case Arith(Op.SUB, (Const() | Input("target")) as bound, measure):
            return measure, bound, True
        case Arith(Op.SUB, measure, (Const() | Input("target")) as bound):
            return measure, bound, False
        case Arith(Op.DIV, inner, _) | Arith(Op.MUL, inner, Const()):
            return _threshold(inner)
        case Input() as measure:
            return measure, Const(Fraction(0), measure.unit), False
        case _:
            return None


def _size(size: Expr) -> str:
    if isinstance(size, Const):
        if size.unit in ("%", "百分点"):
            return f"{number(size.value)}个百分点"
        return amount(size.value, size.unit)
    return expression(size)


def _begun(steps: Steps) -> str:
    """What a begun step counts; nothing to say where only whole steps can occur."""
    one = isinstance(steps.size, Const) and steps.size.value == 1
    unit = _unit(steps.size)
    whole = is_count(unit) or unit in ("天", "日") or (not unit and isinstance(steps.distance, Input))
    return "" if one and whole and steps.partial is Partial.LINEAR else f"（{_PARTIAL[steps.partial]}）"


# --- people -----------------------------------------------------------------------------------------------------------


def _human(human: Human, weight: Fraction | None) -> str:
    if human.levels:
        return "由人评定：" + "；".join(_level(level, weight) for level in human.levels)
    verb = "扣" if human.deduct else "评"
    low = _points(human.low) if human.low is not None else "0分"
    high = _points(human.high) if human.high is not None else "满分" if not human.deduct else "全部分值"
    return f"由人酌情{verb}分，{verb}{low}至{high}"


def _level(level: Level, weight: Fraction | None) -> str:
    words = f"“{level.words[0]}”" if level.words else ""
    low, high = _worth(level.low, weight), _worth(level.high, weight)
    if low == high:
        return f"{words}得{high}"
    low_end = "（含）" if level.low_incl else "（不含）"
    high_end = "" if level.high_incl else "（不含）"
    return f"{words}得{high}{high_end}至{low}{low_end}"


def _worth(expr: Expr, weight: Fraction | None) -> str:
    if is_weight(expr):
        return "满分" if weight is None else f"{number(weight)}分"
    share = share_of_weight(expr)
    if share is not None and weight is not None:
        return f"{number(share * weight)}分"
    return _points(expr)


# --- conditions and expressions ---------------------------------------------------------------------------------------


def condition(node: Condition) -> str:
    """A condition in words: ``80%≤实际值＜95%``, ``按期完成``, ``填写“已完成”``."""
    match node:
        case Compare(left, sign, right):
            return _compare(left, sign, right)
        case Every(()):
            return "任何情况"
        case Every((Compare() as one, Compare() as two)) if (between := _between(one, two)) is not None:
            return between
        case Every(items):
            return "且".join(_inner(item, Every) for item in items)
        case Some(()):
            return "不可能的情况"
        case Some(items):
            return "或".join(_inner(item, Some) for item in items)
        case Not(item):
            return f"不符合“{condition(item)}”"
        case Stated(words, name):
            said = "或".join(f"“{word}”" for word in words[:3]) + ("等" if len(words) > 3 else "")
            return f"{'' if name == 'actual' else name}填写{said}"
        case _:
            assert_never(node)


def _inner(item: Condition, outer: type[Every] | type[Some]) -> str:
    text = condition(item)
    return (
        f"（{text}）"
        if isinstance(item, Every | Some) and not isinstance(item, outer) and len(item.items) > 1
        else text
    )


def _compare(left: Expr, sign: Sign, right: Expr) -> str:
    if isinstance(left, Const) and not isinstance(right, Const):
        left, sign, right = right, _FLIPPED[sign], left
    if isinstance(left, Input) and left.name in ("late_days", "late_months") and _is_zero(right):
        return {Sign.LE: _on_time(left), Sign.GT: "逾期", Sign.EQ: "正好按期", Sign.LT: "提前完成"}.get(
            sign, "未提前完成"
        )
    return f"{expression(left)}{_SIGNS[sign]}{expression(right)}"


def _between(one: Compare, two: Compare) -> str | None:
    """``80%≤实际值＜95%`` of two comparisons of one measure with numbers."""
    if one.left != two.left or isinstance(one.left, Const):
        return None
    if not isinstance(one.right, Const) or not isinstance(two.right, Const):
        return None
    low, high = (one, two) if one.sign in (Sign.GE, Sign.GT) else (two, one)
    if low.sign not in (Sign.GE, Sign.GT) or high.sign not in (Sign.LE, Sign.LT):
        return None
    return f"{expression(low.right)}{_SIGNS[_FLIPPED[low.sign]]}{expression(low.left)}{_SIGNS[high.sign]}{expression(high.right)}"


def expression(expr: Expr, outer: Op | None = None, *, right: bool = False) -> str:
    """An expression in the signs of a form: ``实际值÷400人×分值``."""
    match expr:
        case Const(value, unit):
            return amount(value, unit)
        case Input(name):
            return NAMES.get(name, name)
        case Arith(Op.DIV, Input(_, "%") as rate, Const(value, "")) if value == 100:
            return expression(rate)  # 执行率×分值: the rate is already a share
        case Arith(op, left, other):
            text = f"{expression(left, op)}{_OPS[op]}{expression(other, op, right=True)}"
            return f"（{text}）" if outer is not None and _binds_looser(op, outer, right=right) else text
        case Steps(distance, size, partial):
            rest = "" if partial is Partial.LINEAR else f"，{_PARTIAL[partial]}"
            return f"步数（{expression(distance)}，每{_size(size)}一步{rest}）"
        case Clamp(body, low, high):
            ends = [f"不低于{expression(low)}"] if low is not None else []
            ends += [f"不高于{expression(high)}"] if high is not None else []
            return f"（{expression(body)}，{'、'.join(ends)}）"
        case Rounded(body, places):
            return f"（{expression(body)}，保留{places}位小数）"
        case Combine(Pick.MAX, (one, two)) if (apart := _apart(one, two)) is not None:
            return apart
        case Combine(pick, items):
            name = {Pick.MAX: "最大值", Pick.MIN: "最小值", Pick.SUM: "合计"}[pick]
            return f"{name}（{'，'.join(expression(item) for item in items)}）"
        case Case() | Interpolate() | Human() | Missing():
            return f"（{_value(expr, None)}）"
        case _:
            assert_never(expr)


def _apart(one: Expr, two: Expr) -> str | None:
    """How far a value lies from a point or outside a range (``max(45 − x, x − 50)``), in words."""
    ends = sorted((_signed(one), _signed(two)), key=lambda end: end[1])
    (below, down, low), (above, up, high) = ends
    if below is None or below != above or (down, up) != (-1, 1):
        return None
    name, first, last = expression(below), expression(low), expression(high)
    if low == high:
        return f"{name}的绝对值" if _is_zero(low) else f"{name}偏离{first}的幅度"
    return f"{name}偏离{first}至{last}的幅度"


def _signed(part: Expr) -> tuple[Expr | None, int, Const]:
    """(measure, +1 for measure − bound or −1 for bound − measure, bound)."""
    match part:
        case Arith(Op.SUB, Const() as bound, (Input() | Arith()) as measure):
            return measure, -1, bound
        case Arith(Op.SUB, (Input() | Arith()) as measure, Const() as bound):
            return measure, 1, bound
        case Input(_, unit) as measure:
            return measure, 1, Const(Fraction(0), unit)
        case _:
            return None, 0, Const(Fraction(0))


def _binds_looser(op: Op, outer: Op, *, right: bool) -> bool:
    loose = op in (Op.ADD, Op.SUB)
    if outer in (Op.MUL, Op.DIV):
        return loose or (right and outer is Op.DIV)
    return right and outer is Op.SUB and loose


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Const) and expr.value == 0


def _unit(expr: Expr) -> str:
    return expr.unit if isinstance(expr, Input | Const) else ""
