"""What one step clause moves: which side it counts, from where (C10), how far the actual is, how large a step is (C8)."""

import re
from collections.abc import Sequence
from fractions import Fraction

from hengjian.rules.frame import TIMES
from hengjian.rules.grammar import items as g
from hengjian.rules.lexer import Token
from hengjian.rules.meaning import Clause, short, step_of
from hengjian.rules.numbers.bounds import defined_measure, deviates, tolerance, unnamed_gap
from hengjian.rules.numbers.row import (
    HUNDRED,
    ZERO,
    Row,
    days_late,
    deviation_size,
    is_change,
    months_late,
    printed_number,
)
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Const,
    Expr,
    Input,
    Missing,
    Op,
    Partial,
    Pick,
    Sign,
    Steps,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold
from hengjian.values.units import convert


def unfinished_steps(row: Row, clause: Clause, step: g.Step) -> tuple[Partial, bool]:
    """What an unfinished step counts, and whether the rule says so."""
    stated = next((mod.policy for mod in [*clause.mods, *row.m.mods] if isinstance(mod, g.PartialStep)), None)
    if stated is None:
        steps = [other for other in row.m.clauses if isinstance(other.cons, g.Step)]
        stated = next((mod.policy for other in steps for mod in other.mods if isinstance(mod, g.PartialStep)), None)
    if stated is not None:
        return stated, True
    if step.partial is not None:
        return step.partial, True
    return Partial.LINEAR, False


def side_of_step(row: Row, step: g.Step, clause: Clause) -> str:
    """Which side a step counts: short, over, late, early, event, deviate or rank."""
    frame = row.frame
    way = step.way
    unit = step.size.unit if step.size is not None else ""
    if way in ("late", "early"):
        if unit in TIMES or (not unit and fold(step.noun) in ("天", "日", "月", "个月", "周", "季度", "年", "小时")):
            return way
        return "event" if frame.none or not frame.numeric or frame.down else "short"
    if way == "rank" or frame.unit == "名次":
        return "rank"
    if way == "deviate":
        return way
    if step.verb == "deduct" and _leaves_range(step, clause) and _edges(row) is not None:
        return "deviate"
    if way in ("over", "") and step.verb == "deduct" and row.best is not None and deviates(row, row.best.cond):
        return "deviate"
    if step.verb == "deduct" and way in ("short", "over") and clause.cond is not None and clause.cond.bounds:
        plain = {bound.sign for bound in clause.cond.bounds if bound.number is not None and not bound.gap}
        if way == "over" and plain and plain <= {Sign.LT, Sign.LE} and not row.flip:
            return "short"  # 节约率＜0，每超支1个百分点
    if row.flip and step.verb == "deduct" and way in ("short", "over") and frame.numeric:
        return "over" if frame.down else "short"
    counted = step.verb == "deduct" and not (step.size is not None and step.size.percent) and unit not in TIMES
    undone = step.noun.startswith(("未", "没有")) and not frame.numeric and not frame.deadline
    if way == "short" and counted and (frame.none or undone or _wants_all(row)):
        return "event"  # 每缺1项 beside a target of 0, or of 齐全: what is counted is what is missing
    if way == "" and step.verb == "deduct" and _counts_beside_rate(row, step):
        return "event"
    if way == "short":
        return "over" if frame.down and not frame.none and frame.numeric and step.verb != "add" else "short"
    if way == "over":
        if step.verb == "deduct" and unit in TIMES and frame.deadline and not frame.numeric:
            return "late"
        if step.verb == "add" and frame.down and frame.numeric:
            return "over"
        return "over"
    if way == "done":
        said = step.noun + step.words
        if step.verb == "deduct" and "超" in said and frame.value:
            return "over"
        if step.verb == "deduct" and frame.value and not frame.none:
            return "unknown"  # 每达到1%扣分: of what?
        return "over" if step.verb == "add" else "event"
    if way == "event":
        percent = step.size is not None and step.size.percent
        return "unknown" if percent and step.verb == "deduct" and frame.value and not frame.down else "event"
    if unit in TIMES and frame.deadline and not frame.numeric:
        return "late"
    if unit in TIMES and clause.cond is not None and clause.cond.state == "late":
        return "late"  # 延误10天以内的每天扣0.1分
    if clause.cond is not None and (clause.cond.state == "late" or "不及时" in clause.cond.text):
        return "event"
    exceeds = clause.cond is not None and clause.cond.state == "over" and step.verb == "deduct"
    if exceeds and step.size is not None and step.size.percent and frame.numeric and not frame.none:
        return "over"  # 超出部分占预算的比例每1%扣0.4分
    if frame.none or frame.down or not frame.numeric:
        return "event"
    if step.verb == "deduct" and _counts_else(row, step):
        return "unknown"  # 每件投诉扣1分 in a row that counts projects: another matter, of which nothing is typed
    return "short" if step.verb == "deduct" else "over"


_ALL_THERE = re.compile(
    r"(?:资料|材料|档案|要件|手续|内容|台账|证照|配备)?(?:齐全|齐备|完整|完备|健全|齐|无缺失|无遗漏|全部具备|完整齐全|齐全完整|规范|规范齐全|齐全规范|完善|规范完整|完整规范)"
)


def _wants_all(row: Row) -> bool:
    """A target of 齐全, 完整: nothing is missing."""
    frame = row.frame
    return not frame.numeric and not frame.deadline and _ALL_THERE.fullmatch(fold(row.m.context.target)) is not None


def _counts_else(row: Row, step: g.Step) -> bool:
    """Whether the step counts a noun that neither the indicator nor the target nor the best clause knows."""
    if step.way or step.size is not None or step.against_target:
        return False
    noun = re.sub(r"^(?:人次|[件起次个项处例人名场篇条份宗户家])(?:有效)?", "", fold(step.noun)).removesuffix("的")
    here = fold(row.m.context.indicator) + fold(row.m.context.target)
    return len(noun) >= 2 and not set(noun) & set(here)


def _edges(row: Row) -> tuple[Fraction, Fraction] | None:
    """The ends of the range of full marks, as the rule prints them, else the target; None where there is no range."""
    best, frame = row.best.cond if row.best is not None else None, row.frame
    signs = [bound.sign.value[0] for bound in best.bounds] if best is not None and not best.any else []
    if best is not None and signs == [">", "<"] and not any(bound.gap or bound.of_target for bound in best.bounds):
        low, high = (frame.number(bound.number) if bound.number is not None else None for bound in best.bounds)
        return (low, high) if low is not None and high is not None else None
    if frame.band and not frame.plus_minus and frame.low is not None and frame.high is not None:
        return frame.low, frame.high
    return None


def _leaves_range(step: g.Step, clause: Clause) -> bool:
    """超出范围每0.1扣0.2分, 不在区间内的每差1%: steps on both sides of a range."""
    said = (
        (fold(clause.cond.text) if clause.cond is not None and not clause.cond.bounds else "") + step.noun + step.words
    )
    return any(word in said for word in ("范围", "区间")) and any(
        word in said for word in ("超出", "超过", "偏离", "不在", "偏出", "未在", "之外", "以外")
    )


def total_moved(row: Row, clauses: Sequence[Clause], verb: str) -> Expr | None:
    """What several step clauses move together."""
    out: Expr | None = None
    for clause in clauses:
        part = _moved(row, clause)
        if part is None:
            if not row.m.failed:
                row.m.fail(clause.span, "每差（超、迟）多少扣多少分")
            return None
        most = [
            mod
            for mod in clause.mods
            if isinstance(mod, g.Most)
            and mod.amount is not None
            and (mod.of == verb or (mod.of == "" and len(clauses) == 1 and verb == "add"))
        ]
        if most and most[0].amount is not None and (verb == "add" or len(row.m.clauses) > 1 or len(clauses) > 1):
            part = Clamp(part, None, row.m.amount(most[0].amount), stated=True)
        out = part if out is None else Arith(Op.ADD, out, part)
    return out


def _moved(row: Row, clause: Clause) -> Expr | None:
    """Points one step clause moves."""
    m = row.m
    step = step_of(clause)
    if step.amount is None:
        m.raise_to(Status.AMBIGUOUS)
        m.firm = True
        m.note("R06", Severity.WARNING, "没有写明每一步减多少分；请补上", step.span)
        return _undefined(row, clause, step)
    if step.high is not None:
        return None
    way = side_of_step(row, step, clause)
    distance = step_distance(row, clause, step, way)
    if distance is None:
        return None
    size = step_size(row, step, way)
    if size is None:
        return None
    partial, stated = unfinished_steps(row, clause, step)
    if way in ("late", "over", "early") and step.size is not None and step.size.unit in ("月", "季度") and not stated:
        choice = m.option(
            "month",
            3,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                "不满一个月怎么算没有写明：不计、按一个月计，还是按比例；请写明“不足1个月按1个月计”",
                span=step.span,
            ),
        )
        partial, stated = (Partial.FLOOR, Partial.CEIL, Partial.LINEAR)[choice], True
    if way not in ("short", "over") or _defined_distance(row, way) is None:
        distance, size = in_percent_of_target(row, step, way, distance, size)
    if any(isinstance(mod, g.Remark) and mod.kind == "double" for mod in clause.mods):
        distance = _doubled(row, distance)
    return Arith(Op.MUL, Steps(distance, size, partial, stated, span=step.span), m.amount(step.amount))


def _doubled(row: Row, distance: Expr) -> Expr:
    """加倍扣分 for repetitions: the repetition counts twice, or both occurrences do."""
    choice = row.m.option(
        "double",
        2,
        Status.AMBIGUOUS,
        Note("R06", Severity.WARNING, "“加倍扣分”没有写明：只有重复的那次加倍，还是前后两次都加倍；还需要重复的次数"),
    )
    again = Input("其中重复")
    return Arith(Op.ADD, distance, again if choice == 0 else Arith(Op.MUL, Const(Fraction(2)), again))


def _undefined(row: Row, clause: Clause, step: g.Step) -> Expr:
    way = side_of_step(row, step, clause)
    distance = step_distance(row, clause, step, way)
    missing = Missing("规则没有写明每一步减多少分")
    if distance is None:
        return missing
    return Case((Branch(Compare(distance, Sign.LE, Const(Fraction(0))), ZERO),), missing)


def step_size(row: Row, step: g.Step, way: str) -> Expr | None:
    """The size of one step in the unit its distance is counted in; None when the two do not go together."""
    frame = row.frame
    token = step.size
    if token is None and way == "event" and _counts_beside_rate(row, step):
        return Const(Fraction(1))
    if token is None:
        return Const(Fraction(1), frame.unit if frame.unit != "%" else "百分点")
    if way in ("late", "early") and not (frame.duration and not frame.deadline):
        factor = {"天": 1, "日": 1, "工作日": 1, "周": 7, "月": 1, "季度": 3, "年": 12}.get(token.unit)
        return (
            None
            if factor is None
            else Const(token.value * factor, "月" if token.unit in ("月", "季度", "年") else "天")
        )
    if token.percent and frame.unit == "‰":
        printed = row.m.text[token.start : token.end]
        return Const(token.value * 10, "‰") if "‰" in printed else None  # 1% of a rate in ‰: of what?
    if token.percent:
        return Const(token.value, token.unit)
    number = frame.number(token)
    if _counts_beside_rate(row, step) and way == "event":
        return Const(token.value, token.unit)
    if frame.unit == "%" and not token.unit and 0 < token.value < Fraction(1, 10):
        return Const(token.value * 100, "%")  # 每降低0.01: a hundredth, no hundredth of a point
    if number is None:
        if frame.unit == "%" and not token.percent and way in ("event", "short") and frame.value is None:
            return Const(token.value)
        if token.unit == "季度" and frame.unit in ("次", "个", "期", "场"):
            return Const(token.value, frame.unit)
        return None
    if frame.value and number > 10 * frame.value and way in ("over", "short") and token.scale:
        choice = row.m.option(
            "size",
            2,
            Status.DEFECTIVE,
            Note(
                "R05",
                Severity.WARNING,
                f"“{row.m.text[token.start : token.end]}”比目标值大得多，单位可能写错了；按没有“{token.scale}”的读法核对",
                span=(token.start, token.end),
            ),
        )
        if choice == 0:
            return Const(token.value, frame.unit)
    return Const(number, frame.unit or token.unit)


def in_percent_of_target(row: Row, step: g.Step, way: str, distance: Expr, size: Expr) -> tuple[Expr, Expr]:
    """C8: 1% is a percentage point on a rate and a share of the target on an amount; 目标值的1% on a rate is unclear."""
    m, frame = row.m, row.frame
    token = step.size
    if token is None or not token.percent or way in ("late", "early", "event"):
        return distance, size
    goal: Expr = frame.target_expr()
    if frame.unit == "‰":
        return distance, size
    if frame.unit == "%":
        if step.relative and token.unit == "%" and frame.value not in (None, Fraction(100)):
            choice = m.option(
                "relative",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    "“目标值的1%”用在百分率上：是1个百分点，还是目标值的百分之一；请写成“1个百分点”",
                    span=step.span,
                ),
            )
            if choice == 0:
                return Arith(Op.MUL, Arith(Op.DIV, distance, goal), HUNDRED), size
        return distance, size
    if frame.value:
        return Arith(Op.MUL, Arith(Op.DIV, distance, goal), HUNDRED), size
    reference = _reference_in(distance)
    if reference is not None and token.unit == "%" and not _names_rate(row):
        return Arith(Op.MUL, Arith(Op.DIV, distance, reference), HUNDRED), size  # 每高于上年1%, of last year's
    return distance, size


def _reference_in(distance: Expr) -> Input | None:
    """上年水平, 全市平均: what the actual is compared with, where that is no number of the row."""
    if not isinstance(distance, Arith) or distance.op is not Op.SUB:
        return None
    sides = [side for side in (distance.left, distance.right) if isinstance(side, Input)]
    other = [side for side in sides if side.name not in ("actual", "target", "weight")]
    return other[0] if len(sides) == 2 and len(other) == 1 else None


def _names_rate(row: Row) -> bool:
    """Whether the indicator is a rate by its name, so that 1% is a point."""
    return bool(re.search(r"[率度]$|比例$|比重$|占比$|增幅$|增速$", fold(row.m.context.indicator)))


def step_distance(row: Row, clause: Clause, step: g.Step, way: str) -> Expr | None:
    """How far the actual is on the wrong (or, for a bonus, the right) side of where the steps begin."""
    frame = row.frame
    if way in ("late", "early"):
        return _time_distance(row, clause, step, way)
    if way == "rank":
        start = start_of_steps(row, clause, step, way)
        return None if start is None else Arith(Op.SUB, Input("actual", "名次"), start)
    if way == "deviate":
        return _deviation(row, step)
    if way == "unknown":
        return None
    if way == "event":
        tiers = [
            other
            for other in row.m.clauses
            if isinstance(other.cons, g.Step) and other.cond is not None and other.cond.bounds
        ]
        if len(tiers) > 1:
            return None  # 3次以内每次扣0.5分，3次以上每次扣1分: whether from the first or only beyond is not said
        allowed = _allowance(row, clause, step)
        actual = frame.actual()
        if _counts_beside_rate(row, step):
            things = _THINGS.match(fold(step.noun))
            return Input("actual", step.size.unit if step.size is not None else things.group() if things else "")
        return actual if allowed is None else Arith(Op.SUB, actual, allowed)
    if frame.plus_minus:
        return Arith(Op.SUB, deviation_size(row), Const(frame.high or Fraction(0), frame.unit))
    if (defined := _defined_distance(row, way)) is not None:
        return defined
    start = start_of_steps(row, clause, step, way)
    if start is None:
        return None
    measure: Expr = frame.actual()
    if isinstance(start, Const) and start.unit == "%" and frame.unit not in ("%", "") and frame.value:
        goal = frame.target_expr()
        start = Arith(Op.DIV, Arith(Op.MUL, goal, start), HUNDRED)
    upward = way == "over"
    if step.verb == "add" and frame.down and way == "short":
        upward = False
    tier = _tier_end(row, clause)
    if tier is not None and not upward:
        measure = Combine(Pick.MAX, (measure, tier))
    return Arith(Op.SUB, measure, start) if upward else Arith(Op.SUB, start, measure)


def _defined_distance(row: Row, way: str) -> Expr | None:
    """偏差率≤5%得满分，每增加1个百分点扣0.5分: steps of a measure the rule defines."""
    best = row.best.cond if row.best is not None else None
    token = best.bounds[0].number if best is not None and len(best.bounds) == 1 else None
    if best is None or token is None or not token.percent or not best.measure:
        return None
    measure = defined_measure(row, best)
    if measure is None or measure == row.frame.actual():
        return None
    limit = Const(token.value, "%")
    return Arith(Op.SUB, measure, limit) if way == "over" else Arith(Op.SUB, limit, measure)


def _tier_end(row: Row, clause: Clause) -> Expr | None:
    """Where the next tier of steps begins (95%-90%每低1点扣…，90%以下每低1点扣…)."""
    steps = [other for other in row.m.clauses if isinstance(other.cons, g.Step) and other.cons.verb == "deduct"]
    if len(steps) < 2 or clause.cond is None or not clause.cond.bounds or clause is steps[-1]:
        return None
    lows = [
        row.frame.number(bound.number)
        for bound in clause.cond.bounds
        if bound.number is not None and bound.sign in (Sign.GE, Sign.GT)
    ]
    return Const(lows[0], row.frame.unit) if lows and lows[0] is not None else None


def start_of_steps(row: Row, clause: Clause, step: g.Step, way: str) -> Expr | None:
    """C10: the printed threshold, else the target, else 100 %."""
    frame = row.frame
    if step.threshold is not None:
        printed = frame.number(step.threshold)
        if printed is None:
            return None
        return frame.target_expr() if printed == frame.value and frame.given else Const(printed, frame.unit)
    if step.against_target and frame.numeric and not frame.band:
        return frame.target_expr()
    if (part := _start_share(row, clause, way)) is not None:
        return part
    found = _printed_start(row, clause, way)
    if found is None and row.m.intro is not None:
        found = frame.number(row.m.intro)
    if found is None and row.best is not None and row.best.cond is not None:
        for bound in row.best.cond.bounds:
            if bound.number is None and bound.average:
                return Input(bound.average, frame.unit)
            if bound.number is not None:
                fits = (
                    (way == "short" and bound.sign in (Sign.GE, Sign.GT, Sign.EQ))
                    or (way == "over" and bound.sign in (Sign.LE, Sign.LT, Sign.EQ))
                    or row.flip
                )
                found = printed_number(row, bound.number)
                if found is None and bound.number.percent and (fits or len(row.best.cond.bounds) == 1):
                    return Const(bound.number.value, "%")
                if fits:
                    break
    if found is not None:
        return frame.target_expr() if found == frame.value and frame.given else Const(found, frame.unit)
    if frame.band:
        return Const((frame.low if way == "short" else frame.high) or Fraction(0), frame.unit)
    if frame.value is not None:
        return frame.target_expr()
    if frame.none:
        return Const(Fraction(0), frame.unit)
    if step.size is not None and step.size.percent:
        return Const(Fraction(100 if way == "short" else 0) if way == "short" else Fraction(0), "%")
    return None


def _start_share(row: Row, clause: Clause, way: str) -> Const | None:
    """完成率超过130%的，每超过…; 超过目标值30%的，每超过…: a start as a share of the target, in a row that counts something."""
    cond, frame = clause.cond, row.frame
    if cond is None or not frame.value or frame.unit in ("%", "‰", "") or way not in ("over", "short"):
        return None
    for bound in cond.bounds:
        token = bound.number
        if token is None or not token.percent or bound.sign in (Sign.EQ, Sign.NE):
            continue
        read = unnamed_gap(row, bound, token, cond) or bound
        if (way == "over") != (read.sign in (Sign.GT, Sign.GE)) and not read.gap:
            continue
        share = token.value if not read.gap else 100 + (token.value if read.gap == "over" else -token.value)
        return Const(Fraction(share), "%")
    return None


def _printed_start(row: Row, clause: Clause, way: str) -> Fraction | None:
    cond = clause.cond
    if cond is None or not cond.bounds or cond.joined:
        return None
    size = step_of(clause).size if isinstance(clause.cons, g.Step) else None
    points = [bound.number.value for bound in cond.bounds if bound.number is not None and bound.number.unit == "分"]
    if points and row.frame.unit not in ("分", "") and points != [row.m.weight]:
        row.m.fail(cond.span, "从满分起扣分的写法")  # 在5分基础上每增加1件扣0.5分: from other points than the weight
        return None
    numbers = [
        printed_number(row, bound.number)
        for bound in cond.bounds
        if bound.number is not None and not bound.gap and not _other_things(bound.number, size)
    ]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    chosen = max(known) if way == "short" else min(known)
    if way == "over" and cond.ordinal and len(known) == 2 and max(known) - chosen == 1:
        return chosen  # 超过3件的，从第4件起: both say the same
    if way == "rank" and cond.bounds[0].sign is Sign.GE:
        return chosen - 1  # 自第4名起每下降1名: the fourth is the first that loses
    follows = way == "over" and cond.bounds[0].sign is Sign.GE and not cond.ordinal and _next_after_best(row, chosen)
    if follows and len(cond.bounds) == 2:
        return chosen - 1  # 不超过5件得5分；6-10件，每超过1件扣0.5分: the sixth is the first too many
    if follows:
        choice = row.m.option(
            "first",
            2,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                f"“{cond.text}”从{short(chosen)}起还是从{short(chosen - 1)}起计算超出数没有写明；请写成“超过{short(chosen - 1)}”",
                span=cond.span,
            ),
        )
        return chosen - 1 if choice == 0 else chosen
    return chosen - 1 if cond.ordinal else chosen


def _other_things(number: Token, size: Token | None) -> bool:
    """有1套桌椅、1部电话，每少1项扣1分: how many tables there are is no start for the items."""
    if size is None or number.percent or size.percent or not number.unit or not size.unit or number.unit == size.unit:
        return False
    return number.unit not in TIMES and size.unit not in TIMES and convert(Fraction(1), number.unit, size.unit) is None


def _next_after_best(row: Row, number: Fraction) -> bool:
    """2次以内得满分；3次及以上的，每增加1次…: the step clause begins where full marks have just ended."""
    bounds = row.best.cond.bounds if row.best is not None and row.best.cond is not None else ()
    return any(
        bound.number is not None and bound.sign is Sign.LE and row.frame.number(bound.number) == number - 1
        for bound in bounds
    )


_THINGS = re.compile(r"(?:人次|户次|[份件个项处次起例户人名家篇条宗批台座辆笔卷册本])(?!百分点|点)(?=.)")


def _counts_beside_rate(row: Row, step: g.Step) -> bool:
    """每发现1笔未复核扣0.5分, 每份不合格扣0.6分 in a row measured in %: the cell holds the count then."""
    if row.frame.unit == "%" and step.size is None and step.way in ("", "event") and not row.frame.none:
        return step.every and _THINGS.match(fold(step.noun)) is not None
    return (
        row.frame.unit == "%"
        and step.size is not None
        and not step.size.percent
        and bool(step.size.unit)
        and not row.frame.none
    )


def _allowance(row: Row, clause: Clause, step: g.Step) -> Expr | None:
    """3次以内不扣分，超过3次每次扣1分; 第3起开始每起扣1分; 允许退单5次."""
    frame = row.frame
    printed = _printed_start(row, clause, "over")
    if printed is None and row.m.intro is not None:
        printed = frame.number(row.m.intro)
    if printed is None and clause.cond is not None and clause.cond.state == "over" and frame.value:
        return frame.target_expr()
    if printed is None and row.best is not None and row.best.cond is not None:
        for bound in row.best.cond.bounds:
            if bound.number is not None and bound.sign in (Sign.LE, Sign.LT):
                printed = frame.number(bound.number)
    if printed is None and step.way == "" and frame.down and frame.value:
        return frame.target_expr()
    return Const(printed, frame.unit) if printed else None


def _time_distance(row: Row, clause: Clause, step: g.Step, way: str) -> Expr | None:
    frame = row.frame
    unit = step.size.unit if step.size is not None else "天"
    if frame.duration and not frame.deadline and frame.sense != "early":
        if step.size is not None and frame.number(step.size) is None:
            return days_late(row) if way == "late" else None
        start = start_of_steps(row, clause, step, "over") or frame.target_expr()
        return Arith(Op.SUB, frame.actual(), start) if way == "late" else Arith(Op.SUB, start, frame.actual())
    measure: Expr = months_late(row) if unit in ("月", "季度", "年") else days_late(row)
    if way == "early":
        return Arith(Op.SUB, Const(Fraction(0), measure.unit if isinstance(measure, Input) else ""), measure)
    begins = [
        bound.number
        for bound in (clause.cond.bounds if clause.cond is not None else ())
        if bound.number is not None and bound.number.unit in TIMES and bound.sign in (Sign.GT, Sign.GE)
    ]
    if not begins:
        return measure
    first = begins[0].value - (1 if clause.cond is not None and clause.cond.ordinal else 0)
    return Arith(Op.SUB, measure, Const(first, begins[0].unit)) if first > 1 else measure


def _exactly(row: Row, goal: Fraction) -> bool:
    """Whether full marks are for that very value (等于100%得满分)."""
    bounds = row.best.cond.bounds if row.best is not None and row.best.cond is not None else ()
    return (
        len(bounds) == 1
        and bounds[0].sign is Sign.EQ
        and (bounds[0].number is not None and row.frame.number(bounds[0].number) == goal)
    )


_OF_PLAN = re.compile(r"完成|执行|到位|进度|计划|目标|达标")
_OWN_DEVIATION = re.compile(r"偏差|偏离|误差|波动|变动|变化|差异|调整|增长|下降|增幅|降幅")


def _start_of_deviation(row: Row, step: g.Step) -> Const | None:
    """与计划每相差3%扣1分 beside a target in words (C10): what is compared with the plan is done to 100 % of it."""
    said = fold(row.m.context.indicator) + fold(row.m.text)
    if _OWN_DEVIATION.search(said.replace("偏离" if "偏离" in step.words else "\n", "")) or not _OF_PLAN.search(said):
        return None
    return Const(HUNDRED.value, "%")


def _deviation(row: Row, step: g.Step) -> Expr | None:
    """偏离: from the edge of the band or from its centre; a rate of deviation counts as it stands."""
    m, frame = row.m, row.frame
    actual = frame.actual()
    if frame.plus_minus:
        return Arith(Op.SUB, deviation_size(row), Const(frame.high or Fraction(0), frame.unit))
    if (ends := _edges(row)) is not None:
        low, high = Const(ends[0], frame.unit), Const(ends[1], frame.unit)
        edge = Combine(Pick.MAX, (Arith(Op.SUB, low, actual), Arith(Op.SUB, actual, high)))
        if not step.against_target or any(word in step.words + step.noun for word in ("超出", "超过", "不在", "未在")):
            return edge
        choice = m.option(
            "edge",
            2,
            Status.AMBIGUOUS,
            Note("R06", Severity.WARNING, "“偏离目标”没有写明从区间的边界算，还是从中间值算；请写明", span=step.span),
        )
        if choice == 0:
            return edge
        middle = Const((ends[0] + ends[1]) / 2, frame.unit)
        return Combine(Pick.MAX, (Arith(Op.SUB, middle, actual), Arith(Op.SUB, actual, middle)))
    if not frame.numeric and step.size is not None and step.size.percent and (start := _start_of_deviation(row, step)):
        return Combine(Pick.MAX, (Arith(Op.SUB, start, actual), Arith(Op.SUB, actual, start)))
    if is_change(row) or frame.none:
        goal = frame.value or Fraction(0)
        size = deviation_size(row)
        if (allowed := tolerance(row)) is not None:
            return Arith(Op.SUB, size, Const(allowed.value, frame.unit))
        if goal and _exactly(row, goal):
            wanted = frame.target_expr()
            return Combine(Pick.MAX, (Arith(Op.SUB, wanted, actual), Arith(Op.SUB, actual, wanted)))
        return Arith(Op.SUB, size, Const(goal, frame.unit)) if goal else size
    goal_expr = frame.target_expr()
    away: Expr = Combine(Pick.MAX, (Arith(Op.SUB, goal_expr, actual), Arith(Op.SUB, actual, goal_expr)))
    allowed = tolerance(row)
    if allowed is None:
        return away
    if allowed.percent and frame.unit != "%":
        limit: Expr = Arith(Op.MUL, goal_expr, Const(allowed.value / 100))
    else:
        limit = Const(frame.number(allowed) or allowed.value, frame.unit)
    return Arith(Op.SUB, away, limit)
