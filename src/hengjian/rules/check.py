"""What can be proved about a rule before anybody is scored by it: gaps, overlaps, jumps, dead clauses, wrong directions.

Every proof is interval algebra on the exact curve of the compiled rule, over the values an actual can take: counts are
whole numbers, percentages continuous, nothing lies below zero that cannot. A proof names the value a clerk can try. What
has no curve (several inputs, a person's grade) is left alone: a false finding on a correct rule is the worst of bugs.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise

from hengjian.rules.algebra import Cells, Interval, NoScore, Rational, Unplottable, Value, region
from hengjian.rules.curve import (
    Domain,
    Setting,
    cells_of,
    clamped,
    domain_of,
    interval_text,
    setting_of,
    target_in,
    truth_of,
    variable_of,
    weight_of,
)
from hengjian.rules.defaults import Direction, direction
from hengjian.rules.evaluate import Env
from hengjian.rules.evaluate import value as value_of
from hengjian.rules.naming import has
from hengjian.rules.numerals import amount, number
from hengjian.rules.reading import Context, Note, Reading, Status
from hengjian.rules.tree import Branch, Case, Clamp, Compare, Const, Expr, Sign, Span, Stated, walk
from hengjian.values.finding import Level
from hengjian.values.rounding import NATIONAL
from hengjian.values.target import Comparator, Target, read_target
from hengjian.values.text import fold

# The share of the weight a score may leap at a threshold before it is worth saying (checks R03).
_JUMP = Fraction(1, 20)
# A nominal weight where the form prints none: only statements about shares of the weight are then made.
_NOMINAL = Fraction(100)


def check(reading: Reading, context: Context) -> tuple[Note, ...]:
    """Everything that is wrong with a printed rule as a rule; () where nothing can be proved.

    Codes the reader itself has noted on the text are not repeated. Rules that come from a scheme are not the unit's and
    are not checked. Printed band columns give D14–D17, rule texts R01–R09 and D19.
    """
    if reading.origin.startswith("scheme:"):
        return ()
    if reading.origin == "bands":
        return check_bands(bands_in(reading.text), context)
    found = (*_judgement(reading), *_two_readings(reading, context), *_proofs(reading, context))
    known = {note.code for note in reading.notes}
    return tuple(dict.fromkeys(note for note in found if note.code not in known))


# --- what the reading itself says -------------------------------------------------------------------------------------


def _judgement(reading: Reading) -> Iterator[Note]:
    if reading.status is Status.NEEDS_JUDGEMENT:
        yield Note("R09", Level.INFO, "这条规则要由人评定等次或分数，不能由数字直接算出；请在表上写明评定的等次和理由")


def _two_readings(reading: Reading, context: Context) -> Iterator[Note]:
    """Two defensible trees: a value on which they disagree, with both scores."""
    if reading.status is not Status.AMBIGUOUS or len(reading.trees) < 2:
        return
    weight = weight_of(context) or _NOMINAL
    first, second = reading.trees[:2]
    try:
        proof = _proof(first, context, weight)
        other = _proof(second, context, weight)
    except Unplottable:
        return
    if proof is None or other is None or proof.setting.variable != other.setting.variable:
        return
    differs = proof.cells.join(other.cells, lambda a, b: (a, b))
    for interval, (a, b) in sorted(differs, key=lambda pair: pair[0].point):
        x = proof.domain.example(interval)
        if x is None or a == b or isinstance(a, NoScore) or isinstance(b, NoScore):
            continue
        unit = proof.domain.unit
        shown = [_score(value(x), weight_of(context)) for value in (a, b)]
        if shown[0] == shown[1]:
            continue
        scores = "或".join(shown)
        yield Note(
            "R06",
            Level.WARNING,
            f"规则有两种理解：实际值为{amount(x, unit)}时得{scores}。请把算法写明，例如写成“实际值÷目标值×分值”",
            example=amount(x, unit),
        )
        return


def _score(value: Fraction | None, weight: Fraction | None) -> str:
    if value is None:
        return "不出分"
    if weight is None:
        return f"分值的{number(value, 2).removesuffix('…')}%"
    return f"{_plain(NATIONAL.apply(value))}分"


def _plain(value: object) -> str:
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- proofs on the curve ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Proof:
    """A tree unrolled: ``cells`` as scored, ``free`` without the clamps nobody printed."""

    tree: Expr
    domain: Domain
    setting: Setting
    cells: Cells[Value]
    free: Cells[Value]
    weight: Fraction
    known: bool  # whether the weight is printed

    def say(self, x: Fraction) -> str:
        return amount(x, self.domain.unit)

    def score(self, value: Fraction | None) -> str:
        return _score(value, self.weight if self.known else None)


def _proof(tree: Expr, context: Context, weight: Fraction) -> _Proof | None:
    variable = variable_of(tree)
    if variable is None:
        return None
    kept, free = (setting_of(tree, context, weight=weight, free=flag) for flag in (False, True))
    if kept is None or free is None:
        return None
    domain = domain_of(tree, context)
    if variable.name in ("late_days", "late_months"):
        # What an early finish earns is not asked of a rule, nor what one earns that is a year late.
        domain = replace(domain, low=Fraction(0), high=Fraction(365 if variable.name == "late_days" else 12))
    elif variable.sense:
        domain = replace(domain, low=Fraction(0))  # a change is counted in its own direction
    known = weight_of(context) is not None
    cells = cells_of(tree, kept)
    loose = any(isinstance(node, Clamp) and not node.stated for node in walk(tree))
    return _Proof(tree, domain, kept, cells, cells_of(tree, free) if loose else cells, weight, known)


def _proofs(reading: Reading, context: Context) -> Iterator[Note]:
    if not reading.trees:
        return
    tree = reading.trees[0]
    try:
        proof = _proof(tree, context, weight_of(context) or _NOMINAL)
        if proof is None:
            return
        yield from _unit_slips(reading, proof)
        yield from _gaps(proof)
        yield from _overlaps(reading, proof)
        yield from _dead_clauses(reading, proof)
        certain = proof.known or _pure_share(tree, context)
        if certain:
            yield from _out_of_range(reading, proof, context)
        if len(reading.trees) > 1:
            return  # what follows holds for one reading only
        yield from _undefined_share(reading, proof, context)
        if certain:
            yield from _jumps(proof, context)
        yield from _wrong_direction(proof, context)
    except Unplottable:
        return


def _pure_share(tree: Expr, context: Context) -> bool:
    """Whether the score is a share of the weight throughout, so that an unknown weight does not matter."""
    one, two = (_proof(tree, context, weight) for weight in (_NOMINAL, 2 * _NOMINAL))
    if one is None or two is None or one.cells.cuts != two.cells.cuts:
        return False
    pairs = zip((*one.cells.between, *one.cells.at), (*two.cells.between, *two.cells.at), strict=True)
    double = Rational((Fraction(2),))
    return all(a is b if isinstance(a, NoScore) or isinstance(b, NoScore) else a * double == b for a, b in pairs)


def _cases(tree: Expr) -> Iterator[Case]:
    return (node for node in walk(tree) if isinstance(node, Case))


# R01 ------------------------------------------------------------------------------------------------------------------


def _gaps(proof: _Proof) -> Iterator[Note]:
    if any(isinstance(node, Stated) for node in walk(proof.tree)):
        return  # words decide as well: silence on a number proves nothing
    silent = [interval for interval, value in proof.cells.pieces() if value is NoScore.SILENT]
    stretches = [part for interval in silent if (part := _relevant(interval, proof.domain)) is not None]
    if not stretches or _everything(stretches, proof.domain):
        return
    said = "、".join(_stretch(stretch, proof.domain) for stretch, _ in stretches)
    example = proof.say(stretches[0][1])
    shown = "" if stretches[0][0].point or said == example else f"例如{example}，"
    text = f"{said}没有对应得分：{shown}各条款都没有包括它，请写明这时如何计分"
    yield Note(_code("R01", proof), Level.ERROR, text, example=example)


def _code(code: str, proof: _Proof) -> str:
    """Grades printed in the target or beside the rule are band columns: D14 and D16 say the same of them."""
    graded = any(branch.grade for case in _cases(proof.tree) for branch in case.branches)
    return {"R01": "D14", "R02": "D16"}[code] if graded else code


def _relevant(interval: Interval, domain: Domain) -> tuple[Interval, Fraction] | None:
    inside = interval.meet(domain.interval)
    if inside is None or _past_all(inside, domain):
        return None  # more than all of something is the better side of 100 %, whatever the wording
    x = domain.example(inside)
    return None if x is None else (inside, x)


def _everything(stretches: Sequence[tuple[Interval, Fraction]], domain: Domain) -> bool:
    return len(stretches) == 1 and stretches[0][0] == domain.interval


def _stretch(interval: Interval, domain: Domain) -> str:
    """A gap in words; whole numbers by the first and last of them (``1人至29人``)."""
    if interval.point and interval.low is not None:
        return amount(interval.low, domain.unit)
    if domain.whole and (numbers := interval.whole_numbers()) is not None:
        low, high = numbers
        if low is not None and low == high:
            return amount(Fraction(low), domain.unit)
        if low is not None and high is not None:
            return f"{amount(Fraction(low), domain.unit)}至{amount(Fraction(high), domain.unit)}"
    return interval_text(interval, domain.unit)


# R02 ------------------------------------------------------------------------------------------------------------------


def _overlaps(reading: Reading, proof: _Proof) -> Iterator[Note]:
    """All double values of a rule in one finding."""
    found = list[tuple[str, str, Span]]()
    for case in _cases(proof.tree):
        named = {
            branch.condition.right.value
            for branch in case.branches
            if isinstance(branch.condition, Compare)
            and branch.condition.sign is Sign.EQ
            and isinstance(branch.condition.right, Const)
        }
        truths = [(branch, truth_of(branch.condition, proof.setting)) for branch in case.branches]
        for (one, here), (two, there) in combinations(truths, 2):
            if _names_a_value(one) or _names_a_value(two) or _cascade(region(here), region(there)):
                continue
            both = here.join(there, lambda a, b: a and b)
            found += _conflicts(reading, proof, one, two, both, named)
    if found:
        text = "；".join(said for said, _, _ in found)
        advice = "请把其中一个界限改为不含本数"
        yield Note(_code("R02", proof), Level.WARNING, f"{text}；{advice}", span=found[0][2], example=found[0][1])


def _names_a_value(branch: Branch) -> bool:
    """A clause for one exact value beats an interval that also covers it (C6); words are no interval."""
    condition = branch.condition
    return isinstance(condition, Stated) or (isinstance(condition, Compare) and condition.sign is Sign.EQ)


def _cascade(one: Sequence[Interval], two: Sequence[Interval]) -> bool:
    """Two half-lines the same way (90以上, 80以上): read from the better one down, no conflict. So is an always-clause."""
    if len(one) != 1 or len(two) != 1:
        return False
    (a,), (b,) = one, two
    up = a.high is None and b.high is None
    down = a.low is None and b.low is None
    return up or down


def _conflicts(
    reading: Reading, proof: _Proof, one: Branch, two: Branch, both: Cells[bool], named: Collection[Fraction]
) -> Iterator[tuple[str, str, Span]]:
    """Where two clauses hold and score differently: what to say, the value to try, the place of the second clause."""
    first, second = (_capped(cells_of(branch.value, proof.setting), proof.weight) for branch in (one, two))
    differs = both.join(first.join(second, lambda a, b: (a, b)), lambda holds, pair: holds and _unlike(*pair))
    for interval in region(Cells(differs.cuts, differs.between, _at_points(differs, both, first, second))):
        x = proof.domain.example(interval)
        if x is None:
            continue
        a, b = (_number_at(cells, x) for cells in (first, second))
        if a is None or b is None or a == b:
            continue
        if interval.point and x in named:
            continue  # 85%得4分 decides where a line and 85%以下 meet
        if interval.point and _includes(reading, proof, one, x) != _includes(reading, proof, two, x):
            continue  # the clause that names the bound as its own wins (C7)
        single = interval.point or proof.domain.whole
        where_ = proof.say(x) if single else f"{interval_text(interval, proof.domain.unit)}（例如{proof.say(x)}）"
        yield f"{where_}同时符合两个条款，得分分别为{proof.score(a)}和{proof.score(b)}", proof.say(x), two.span


_AFTER = re.compile(r"(以[上下])?\(?含|及以|≤|<=|≥|>=|以内|之内|(的?范围)?内")
_BEFORE = re.compile(r"(≥|≤|>=|<=|不低于|不高于|不超过|不少于|不多于|至少|至多|达到?)$")
_ALONE = re.compile(r"的?[,，]?[得计赋]")
_SOMEWHERE = re.compile(r"\d\D{0,4}?(\(?含|及以|以内)")


def _includes(reading: Reading, proof: _Proof, branch: Branch, x: Fraction) -> bool:
    """Whether a clause says in so many words that a bound is its own (C7): （含）, 及以上, ≥, 不低于, 以内, or 100%得5分."""
    clause = fold(reading.text[slice(*branch.span)]) if branch.span is not None else ""
    bounds = [node for node in walk(branch.condition) if isinstance(node, Const) and node.value == x and node.span]
    if not bounds:
        bounds = [
            node.right
            for node in walk(branch.condition)
            if isinstance(node, Compare)
            and isinstance(node.right, Const)
            and node.right.span is not None
            and value_of(node.left, Env({**dict(proof.setting.given), proof.setting.variable: x})) == node.right.value
        ]
    if not bounds:  # a bound that was computed (超出5个工作日以内, counted from 15)
        return bool(_SOMEWHERE.search(clause))
    return any(_names_as_own(reading, branch, clause, bound) for bound in bounds)


def _names_as_own(reading: Reading, branch: Branch, clause: str, bound: Const) -> bool:
    start, end = bound.span or (0, 0)
    before, after = fold(reading.text[max(0, start - 4) : start]), fold(reading.text[end : end + 6])
    if _AFTER.match(after) or _BEFORE.search(before) or f"含{_printed(reading, bound)}" in clause:
        return True
    return isinstance(branch.condition, Compare) and bool(_ALONE.match(after))


def _capped(cells: Cells[Value], weight: Fraction) -> Cells[Value]:
    """Constants kept within the weight, so that 102 % of it and all of it are no conflict."""

    def cap(value: Value) -> Value:
        fixed = value.constant if isinstance(value, Rational) else None
        return Rational((weight,)) if fixed is not None and fixed > weight else value

    return cells.map(cap)


def _unlike(a: Value, b: Value) -> bool:
    return isinstance(a, Rational) and isinstance(b, Rational) and a != b


def _at_points(differs: Cells[bool], both: Cells[bool], first: Cells[Value], second: Cells[Value]) -> tuple[bool, ...]:
    """At a single value two formulas may still agree (90 % of the target is reached from both sides)."""
    held = both.refine(differs.cuts)
    return tuple(
        holds and _number_at(first, cut) != _number_at(second, cut)
        for cut, holds in zip(held.cuts, held.at, strict=True)
    )


def _number_at(cells: Cells[Value], x: Fraction) -> Fraction | None:
    value = _value_at(cells, x)
    return value(x) if isinstance(value, Rational) else None


def _value_at(cells: Cells[Value], x: Fraction) -> Value:
    for interval, value in cells:
        if interval.holds(x):
            return value
    raise AssertionError("cells cover the whole line")


# R03, D19 -------------------------------------------------------------------------------------------------------------


def _jumps(proof: _Proof, context: Context) -> Iterator[Note]:
    cells = proof.cells
    for i, cut in enumerate(cells.cuts):
        left, right = cells.between[i], cells.between[i + 1]
        if not proof.domain.interval.holds(cut) or isinstance(left, NoScore) or isinstance(right, NoScore):
            continue
        below, above = left(cut), right(cut)
        if below is None or above is None or abs(above - below) <= _JUMP * proof.weight:
            continue
        low = left if below < above else right
        if (left.constant is not None and right.constant is not None) or low.constant == 0:
            continue  # bands and all-or-nothing are meant to leap, and so is a stated cut to nothing
        yield _denominator(proof, context, cut, left, right) or _jump(proof, cut, below, above)


def _jump(proof: _Proof, cut: Fraction, below: Fraction, above: Fraction) -> Note:
    share = number(abs(above - below) / proof.weight * 100, 2).removesuffix("…")
    text = (
        f"在{proof.say(cut)}处得分从{proof.score(below)}跳到{proof.score(above)}，相差分值的{share}%："
        "差一点达到与刚好达到之间得分悬殊，请确认是否有意如此"
    )
    return Note("R03", Level.INFO, text, example=proof.say(cut))


def _denominator(proof: _Proof, context: Context, cut: Fraction, left: Rational, right: Rational) -> Note | None:
    """Full marks from the target on, below it a share of something else than the target."""
    if right.constant != proof.weight or left.line is None or left.line[0] != 0 or left.line[1] <= 0 or cut <= 0:
        return None
    base = proof.weight / left.line[1]
    if base == cut or has(fold(context.indicator), "execution"):
        return None  # 执行率×分值 is the national formula for execution rates: only the leap is worth saying
    value = proof.say(cut)
    short = proof.score(left(cut))
    if base == 100 and proof.domain.unit == "%":
        what = "得分公式没有除以目标值：直接用实际值乘以分值"
    else:
        what = f"得分公式的分母是{proof.say(base)}，与满分线{value}不一致"
    text = f"{what}，接近{value}时只得{short}，达到{value}得{proof.score(proof.weight)}；应写作“实际值÷目标值×分值”"
    return Note("D19", Level.WARNING, text, example=value)


# R04 ------------------------------------------------------------------------------------------------------------------


def _dead_clauses(reading: Reading, proof: _Proof) -> Iterator[Note]:
    for case in _cases(proof.tree):
        covered: Cells[bool] = Cells((), (False,), ())
        for branch in case.branches:
            truth = truth_of(branch.condition, proof.setting)
            if any(isinstance(node, Stated) for node in walk(branch.condition)):
                continue
            clause = _clause(reading, branch.span)
            if not _reachable(truth, proof.domain):
                yield Note(
                    "R04", Level.WARNING, f"{clause}永远不会成立：没有任何数同时满足它的上下限", span=branch.span
                )
            elif not _reachable(_left_over(truth, covered), proof.domain) and _matters(proof, case, branch, truth):
                text = f"{clause}永远轮不到：它的范围已全部被前面的条款包括"
                yield Note("R04", Level.WARNING, text, span=branch.span)
            covered = covered.join(truth, lambda a, b: a or b)


def _left_over(truth: Cells[bool], covered: Cells[bool]) -> Cells[bool]:
    return truth.join(covered, lambda now, before: now and not before)


def _matters(proof: _Proof, case: Case, branch: Branch, truth: Cells[bool]) -> bool:
    """Whether a covered clause would have scored otherwise than the rule does."""
    own, whole = (_within(cells_of(expr, proof.setting), proof) for expr in (branch.value, case))
    differs = truth.join(own.join(whole, lambda a, b: (a, b)), lambda holds, pair: holds and _unlike(*pair))
    tries = (proof.domain.example(interval) for interval in region(differs))
    return any(x is not None and _number_at(own, x) != _number_at(whole, x) for x in tries)


def _within(cells: Cells[Value], proof: _Proof) -> Cells[Value]:
    return clamped(cells, Fraction(0), proof.weight)


def _reachable(truth: Cells[bool], domain: Domain) -> bool:
    """On the whole line, not only the domain: a clause for impossible values is no mistake worth a finding."""
    spots = region(truth)
    return any(interval.whole_numbers() is not None for interval in spots) if domain.whole else bool(spots)


def _clause(reading: Reading, span: Span) -> str:
    text = reading.text[slice(*span)].strip("；;，,。 ") if span is not None else ""
    return f"条款“{text}”" if text else "规则中有一个条款"


# R06 ------------------------------------------------------------------------------------------------------------------

_UNDEFINED = re.compile(r"(完成|达成|达标|实现)(比例|比率)")


def _undefined_share(reading: Reading, proof: _Proof, context: Context) -> Iterator[Note]:
    """完成比例 on a rate: the rate itself, or its share of the target? Read as the latter (C16), but worth defining."""
    term = _UNDEFINED.search(reading.text)
    target = target_in(context)
    bound = None if target is None else target.low_value if target.low is not None else target.high_value
    if term is None or bound is None or bound in (0, 100) or proof.domain.unit != "%":
        return
    literal = Rational((Fraction(0), proof.weight / 100))
    of_target = Rational((Fraction(0), proof.weight / bound))
    for interval, value in proof.cells.pieces():
        x = proof.domain.example(interval)
        if x is None or value != of_target:
            continue
        shown = [proof.score(formula(x)) for formula in (of_target, literal)]
        text = (
            f"“{term.group()}”没有定义：实际值为{proof.say(x)}时，按“实际值÷目标值”得{shown[0]}，"
            f"按“实际值”本身得{shown[1]}；请写明是哪一种（此处按前一种计算）"
        )
        yield Note("R06", Level.WARNING, text, span=term.span(), example=proof.say(x))
        return


# R05 ------------------------------------------------------------------------------------------------------------------


def _unit_slips(reading: Reading, proof: _Proof) -> Iterator[Note]:
    """A bound without % beside bounds with it."""
    bounds = [
        side
        for node in walk(proof.tree)
        if isinstance(node, Compare)
        for side in (node.left, node.right)
        if isinstance(side, Const)
    ]
    percent = [bound for bound in bounds if _printed_percent(reading, bound)]
    bare = [
        bound for bound in bounds if bound.value and _printed_bare(reading, bound) and not _opens_range(reading, bound)
    ]
    if percent and bare:
        value = number(bare[0].value)
        text = f"界限“{value}”后面漏写了%：同一规则的其他界限是{amount(percent[0].value, '%')}，应写作{value}%"
        yield Note("R05", Level.WARNING, text, span=bare[0].span, example=value, repair=f"{value}%")


def _printed(reading: Reading, bound: Const) -> str:
    return fold(reading.text[slice(*bound.span)]) if bound.span is not None else ""


def _printed_percent(reading: Reading, bound: Const) -> bool:
    return bound.unit in ("%", "百分点") and ("%" in _printed(reading, bound) or bound.span is None)


def _opens_range(reading: Reading, bound: Const) -> bool:
    """The 90 of 90-100%: the sign behind the second number holds for both."""
    return bound.span is not None and _RANGE_WITH_SIGN.match(reading.text, bound.span[1]) is not None


_RANGE_WITH_SIGN = re.compile(r"\s*(?:[（(]不?含[)）])?\s*[-~—－–～至到]+\s*\d+(?:\.\d+)?\s*[%％]")


def _printed_bare(reading: Reading, bound: Const) -> bool:
    printed = _printed(reading, bound)
    return (not bound.unit and "%" not in printed) or (
        bound.unit == "%" and bool(re.fullmatch(r"[<>≤≥=]*\d+(\.\d+)?", printed))
    )


# R07 ------------------------------------------------------------------------------------------------------------------


_CAP = re.compile(r"最高|最多|封顶|为止|上限|不超过|不得超过|不突破|按100%|不加分|满分[为是]")
_FLOOR = re.compile(r"扣完|扣至|扣到|扣光|扣尽|为止|最低|最多扣|最高扣|不倒扣|不计负分|下限|减完|不得负分|不出现负")

_ONLY_TAKES = re.compile(r"[^得计赋加奖给=×*]*[扣减][^得计赋加奖给=×*]*$")  # what only takes points off never adds any


def _out_of_range(reading: Reading, first: _Proof, context: Context) -> Iterator[Note]:
    """Only where every reading allows it, and no word of the text could be meant as the cap or the floor."""
    text = fold(reading.text)
    capped = bool(_CAP.search(text) or _ONLY_TAKES.match(text)) or _share_of_a_whole(reading, context)
    floored = bool(_FLOOR.search(text))
    others = [] if capped and floored else [_proof(tree, context, first.weight) for tree in reading.trees[1:]]
    proofs = [first, *(proof for proof in others if proof is not None)]
    if (capped and floored) or len(proofs) < len(reading.trees):
        return
    if not capped and all(_passes_weight(proof) for proof in proofs):
        high = _span(first.free, _not_negative(first.domain))[1]
        reach = "" if high is None else f"（最高会算到{first.score(high)}）"
        said = f"按规则计算得分可能超过分值{reach}，规则没有写明封顶；请写上“最高不超过分值”"
        yield Note("R07", Level.WARNING, said)
    lows = [_span(proof.free, _not_negative(proof.domain))[0] for proof in proofs]
    if not floored and all(low is None or low < 0 for low in lows):
        reach = "" if lows[0] is None else f"（最低会算到{first.score(lows[0])}）"
        said = f"按规则扣分可能超过分值、扣成负数{reach}，规则没有写明扣完为止；请写上“扣完为止”"
        yield Note("R07", Level.WARNING, said)


def _passes_weight(proof: _Proof) -> bool:
    high = _span(proof.free, _not_negative(proof.domain))[1]
    kept = _span(proof.cells, _not_negative(proof.domain))[1]
    return high is None or (high > proof.weight and kept is not None and kept <= proof.weight)


def _not_negative(domain: Domain) -> Domain:
    """A negative actual scores nothing by convention (C13): no rule has to say so."""
    return replace(domain, low=Fraction(0)) if domain.low is None else domain


def _share_of_a_whole(reading: Reading, context: Context) -> bool:
    """A part of a whole (达标数÷总数) cannot pass it."""
    name = fold(context.indicator)
    return any(word in reading.text for word in ("总数", "全部", "应")) or (
        name.endswith(("率", "比例", "占比")) and not has(name, "beyond")
    )


def _span(cells: Cells[Value], domain: Domain) -> tuple[Fraction | None, Fraction | None]:
    """The least and greatest score over the domain; None where there is no bound."""
    reached, fall, rise = [Fraction(0)], False, False
    for interval, value in cells:
        inside = interval.meet(domain.interval)
        if inside is None or isinstance(value, NoScore):
            continue
        for end, way in ((inside.low, -1), (inside.high, 1)):
            score = value(end) if end is not None else _far(value)
            if score is not None:
                reached.append(score)
            elif end is None:
                fall, rise = fall or _falls(value, way), rise or not _falls(value, way)
    return None if fall else min(reached), None if rise else max(reached)


def _far(value: Rational) -> Fraction | None:
    """The limit towards infinity, None where there is none."""
    if len(value.num) > len(value.den):
        return None
    if len(value.num) < len(value.den):
        return Fraction(0)
    return value.num[-1] / value.den[-1]


def _falls(value: Rational, way: int) -> bool:
    """Whether the function goes to minus infinity that way."""
    degree = len(value.num) - len(value.den)
    turned = way < 0 and degree % 2 == 1
    return (value.num[-1] / value.den[-1] < 0) != turned


# R08 ------------------------------------------------------------------------------------------------------------------


def _wrong_direction(proof: _Proof, context: Context) -> Iterator[Note]:
    target = target_in(context)
    way = _sure_direction(context, target)
    if target is None or way is None or proof.setting.variable != "actual":
        return
    bound = target.low_value if target.low is not None else target.high_value
    if bound is None:
        return
    better = 1 if way is Direction.UP else -1
    worse = _first_loss(proof, bound, better)
    if worse is None:
        return
    (x, a), (y, b) = worse
    how = "越高" if better > 0 else "越低"
    text = (
        f"目标为“{context.sign}{context.target}”，实际值{how}越好，得分却反而更低："
        f"{proof.say(x)}得{proof.score(a)}，{proof.say(y)}得{proof.score(b)}；请检查“高于/低于”“每超/每低”是否写反"
    )
    yield Note("R08", Level.WARNING, text, example=proof.say(y))


def _sure_direction(context: Context, target: Target | None) -> Direction | None:
    """The direction where the sign states it, or the name leaves no doubt."""
    if target is None or target.approx or target.base is not None:
        return None
    if target.comparator in (Comparator.AT_LEAST, Comparator.MORE, Comparator.AT_MOST, Comparator.LESS):
        return direction(context, target)
    name = fold(context.indicator)
    sure = (has(name, "satisfaction") or has(name, "positive")) and not has(name, "reverse")
    return Direction.UP if target.comparator is None and sure else None


def _first_loss(
    proof: _Proof, bound: Fraction, better: int
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]] | None:
    """Two neighbouring values where the better one scores less: short of the target, or past it under full marks below.

    A cut for over-fulfilment (F37) falls past the target too, but there the side short of the target scores less.
    """
    spots = _spots(proof, bound)
    if better < 0:
        spots.reverse()
    scored = [(x, s) for x in spots if (s := _number_at(proof.cells, x)) is not None]
    at_target = _number_at(proof.cells, bound)
    short = [s for x, s in scored if (x - bound) * better < 0]
    flat = bool(short) and at_target is not None and all(s >= at_target for s in short)
    for (x, a), (y, b) in pairwise(scored):
        if b < a and (flat or (y - bound) * better <= 0):
            return (x, a), (y, b)
    return None


def _spots(proof: _Proof, bound: Fraction) -> list[Fraction]:
    """Values worth comparing: cuts, the middle of every stretch, and the target."""
    spots = {bound}
    for interval, _ in proof.cells:
        x = proof.domain.example(interval)
        if x is not None:
            spots.add(x)
    return sorted(spot for spot in spots if proof.domain.interval.holds(spot))


# --- band columns -----------------------------------------------------------------------------------------------------

_LABEL = re.compile(r"(优秀|良好|中等|优|良|中|合格|一般|较差|不合格|差)\s*[:：]")


def bands_in(text: str) -> tuple[tuple[str, str], ...]:
    """The grades and their standards in a text such as ``优：≥12次；良：9-11次；中：6-8次；差：少于6次``."""
    marks = list(_LABEL.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return tuple(
        (mark.group(1), text[mark.end() : end].strip("；;|｜，,。 \n")) for mark, end in zip(marks, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Band:
    """One grade's standard: what it covers as printed, and whether it is a single value or open to the better side."""

    label: str
    text: str
    interval: Interval
    point: bool = False
    open: bool = False


def check_bands(bands: Iterable[tuple[str, str]] | Mapping[str, str], context: Context) -> tuple[Note, ...]:
    """D14–D17 on printed grade columns, best grade first. () where a standard is not a number."""
    pairs = tuple(bands.items() if isinstance(bands, Mapping) else bands)
    read = _read_bands([(label, text) for label, text in pairs if text.strip()], context)
    if read is None:
        return ()
    standards, domain = read
    exact = _only_points(standards, domain)
    if exact is not None:
        return (exact,)
    resolved = _resolve(standards)
    return (*_shared(standards, resolved, domain), *_band_gaps(resolved, domain))


def _read_bands(pairs: Sequence[tuple[str, str]], context: Context) -> tuple[list[_Band], Domain] | None:
    targets = [(label, text, read_target(text, unit=context.unit)) for label, text in pairs]
    bands = [band for label, text, target in targets if (band := _band(label, text, target)) is not None]
    if len(bands) != len(targets) or len(bands) < 2:
        return None
    units = {_unit(target) for _, _, target in targets} - {""}
    if len(units) > 1:
        return None
    unit = next(iter(units), "")
    compare = tuple(
        Compare(Const(Fraction(0)), Sign.GE, Const(end, unit))
        for band in bands
        for end in (band.interval.low, band.interval.high)
        if end is not None
    )
    # The domain of a printed rule with the same bounds.
    tree = Case(tuple(Branch(one, Const(Fraction(0))) for one in compare))
    domain = domain_of(tree, context)
    if unit == "" and domain.high is None and fold(context.indicator).endswith("率"):
        domain = replace(domain, unit="%", whole=False, high=_hundred(bands, context))
    return bands, domain


def _hundred(bands: Sequence[_Band], context: Context) -> Fraction | None:
    ends = [end for band in bands for end in (band.interval.low, band.interval.high) if end is not None]
    return None if has(fold(context.indicator), "beyond") or max(ends) > 100 else Fraction(100)


def _unit(target: Target) -> str:
    return "%" if target.unit == "百分点" else target.unit


def _band(label: str, text: str, target: Target) -> _Band | None:
    low, high = target.low_value, target.high_value
    match target.comparator:
        case Comparator.AT_LEAST | Comparator.MORE:
            return _Band(label, text, Interval(low, None, target.comparator is Comparator.AT_LEAST), open=True)
        case Comparator.AT_MOST | Comparator.LESS:
            closed = target.comparator is Comparator.AT_MOST
            return _Band(label, text, Interval(None, high, False, closed), open=True)
        case Comparator.RANGE if low is not None and high is not None:
            return _Band(label, text, Interval(low, high, target.low_incl is not False, target.high_incl is not False))
        case None | Comparator.EQUAL if low is not None and target.base is None:
            return _Band(label, text, Interval(low, low, True, True), point=True)
        case Comparator.QUALITATIVE if fold(text).startswith(("未", "无", "没有", "不")):
            return _Band(label, text, Interval(Fraction(0), Fraction(0), True, True), point=True)
        case _:
            return None


def _only_points(bands: Sequence[_Band], domain: Domain) -> Note | None:
    """D17: nothing but single values, and values between them."""
    values = [band.interval.low for band in bands if band.point and band.interval.low is not None]
    if len(values) < len(bands) or len(values) < 3:
        return None
    for one, two in pairwise(values):
        between = domain.example(Interval(min(one, two), max(one, two)))
        if between is not None:
            first, second = amount(one, domain.unit), amount(two, domain.unit)
            value = amount(between, domain.unit)
            text = f"各等次只写了单个数值，{first}与{second}之间（例如{value}）不属于任何等次；请写成“{second}及以上”或区间"
            return Note("D17", Level.ERROR, text, example=value)
    return None


def _rising(bands: Sequence[_Band]) -> bool:
    """Whether the better grade has the smaller values (failures, costs)."""
    keys = [end for band in bands if (end := _key(band.interval)) is not None]
    return keys[0] < keys[-1]


def _key(interval: Interval) -> Fraction | None:
    return interval.low if interval.low is not None else interval.high


def _resolve(bands: Sequence[_Band]) -> list[tuple[_Band, Interval]]:
    """What each grade covers once the usual readings are made.

    Best first: a half-line ends where the better half-line begins (90以上, 80以上); a lone value is the bound of its grade
    (F27) unless a neighbour names the same value; beside a grade for exactly 3, ``3次以上`` begins after 3.
    """
    rising = _rising(bands)
    edges = {end for band in bands if not band.point for end in (band.interval.low, band.interval.high)}
    points = {band.interval.low for band in bands if band.point}
    resolved = list[tuple[_Band, Interval]]()
    better: Interval | None = None
    for position, band in enumerate(bands):
        covers = band.interval
        if band.point and (position == 0 or (covers.low not in edges and position < len(bands) - 1)):
            covers = Interval(None, covers.high, False, True) if rising else Interval(covers.low, None, True, False)
        elif band.open and _key(covers) in points:
            covers = replace(covers, low_incl=False, high_incl=False)
        if better is not None:
            covers = _beside(covers, better, rising)
        resolved.append((band, covers))
        if covers.high is None or covers.low is None or better is not None:
            better = covers
    return resolved


def _beside(covers: Interval, better: Interval, rising: bool) -> Interval:
    """A half-line open to the better side stops at the better grade."""
    if (
        rising
        and covers.low is None
        and better.high is not None
        and covers.high is not None
        and covers.high > better.high
    ):
        return Interval(better.high, covers.high, not better.high_incl, covers.high_incl)
    if (
        not rising
        and covers.high is None
        and better.low is not None
        and covers.low is not None
        and covers.low < better.low
    ):
        return Interval(covers.low, better.low, covers.low_incl, not better.low_incl)
    return covers


def _shared(bands: Sequence[_Band], resolved: Sequence[tuple[_Band, Interval]], domain: Domain) -> Iterator[Note]:
    """D15, D16 for values in two grades, D14 for whole stretches in two grades."""
    points, names = list[Fraction](), list[str]()
    for (one, a), (two, b) in combinations(resolved, 2):
        both = a.meet(b)
        if both is None or _zero_beside_interval(one, two):
            continue
        x = domain.example(both)
        if x is None:
            continue
        whole = both.whole_numbers() if domain.whole else None
        if both.point or (whole is not None and whole[0] == whole[1]):
            points.append(x)
            names.append(f"{amount(x, domain.unit)}同时属于“{one.label}”和“{two.label}”")
        else:
            text = f"“{one.label}”（{one.text}）和“{two.label}”（{two.text}）重叠：例如{amount(x, domain.unit)}两个等次都符合"
            yield Note("D14", Level.ERROR, text, example=amount(x, domain.unit))
    disorder = _disorder(bands)
    if disorder:
        yield Note("D15", Level.WARNING, disorder)
    if points:
        nested = sum(band.open and not band.point for band in bands[:-1]) > 1
        yield _boundary("D15" if nested else "D16", names, amount(points[0], domain.unit))


def _boundary(code: str, names: Sequence[str], example: str) -> Note:
    said = "；".join(names)
    if code == "D15":
        text = f"各等次用“以上”层层包含，须从最好的等次起逐级对照，而且{said}；请写成首尾相接、只含一端的区间"
    else:
        text = f"{said}：界限值重复；请在其中一个等次写明“不含”"
    return Note(code, Level.WARNING, text, example=example)


def _zero_beside_interval(one: _Band, two: _Band) -> bool:
    """无 beside ＜3: the exact value wins (C6)."""
    return one.point != two.point and (one if one.point else two).interval.low == 0


def _disorder(bands: Sequence[_Band]) -> str:
    """A better grade with an easier half-line than a worse one: read in printed order the worse is never reached."""
    rising = _rising(bands)
    lines = [band for band in bands if band.open and ((band.interval.low is None) == rising)]
    for one, two in pairwise(lines):
        a, b = _key(one.interval), _key(two.interval)
        if a is not None and b is not None and (a > b if rising else a < b):
            return f"“{one.label}”（{one.text}）比“{two.label}”（{two.text}）更容易达到，等次的顺序写反了"
    return ""


def _band_gaps(resolved: Sequence[tuple[_Band, Interval]], domain: Domain) -> Iterator[Note]:
    """D14: values of the domain no grade covers; all of them in one finding."""
    cuts = sorted({end for _, interval in resolved for end in (interval.low, interval.high) if end is not None})
    ends = (None, *cuts, None)
    free = [Interval(low, high) for low, high in pairwise(ends)] + [Interval(cut, cut, True, True) for cut in cuts]
    said, example = list[str](), ""
    for interval in sorted(_join(resolved, free), key=lambda one: (one.low is not None, one.low or 0)):
        inside = interval.meet(domain.interval)
        x = None if inside is None else domain.example(inside)
        if inside is None or x is None or _past_all(inside, domain):
            continue
        example = example or amount(x, domain.unit)
        said.append(_stretch(inside, domain) if not inside.point else amount(x, domain.unit))
    if said:
        text = f"{'、'.join(said)}没有对应的等次：例如{example}；请让各等次首尾相接"
        yield Note("D14", Level.ERROR, text, example=example)


def _join(resolved: Sequence[tuple[_Band, Interval]], free: Iterable[Interval]) -> Iterator[Interval]:
    """The uncovered cells, neighbours put together."""
    open_ = [cell for cell in free if not any(interval.meet(cell) for _, interval in resolved)]
    cells = sorted(open_, key=lambda one: (one.low is not None, one.low or Fraction(0), not one.point))
    current: Interval | None = None
    for cell in cells:
        if current is not None and current.high == cell.low and (current.high_incl or cell.low_incl):
            current = Interval(current.low, cell.high, current.low_incl, cell.high_incl)
            continue
        if current is not None:
            yield current
        current = cell
    if current is not None:
        yield current


def _past_all(inside: Interval, domain: Domain) -> bool:
    """More than all of something."""
    return inside.low is not None and (
        (domain.unit in ("%", "分") and inside.low == 100 and not inside.low_incl)
        or (domain.unit == "%" and inside.low > 100)
    )
