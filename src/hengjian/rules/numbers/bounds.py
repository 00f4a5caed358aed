"""What a bound means in its row: of the number, of its distance from the target (超支10%), of lateness, of a deviation (±5%)."""

from dataclasses import replace
from fractions import Fraction

from hengjian.rules.frame import TIMES
from hengjian.rules.grammar import items as g
from hengjian.rules.lexer import Token
from hengjian.rules.numbers.formulas import Formula, names_in
from hengjian.rules.numbers.row import (
    FLIP,
    HUNDRED,
    Row,
    asks_the_row,
    days_late,
    deviation_size,
    is_change,
    months_late,
    printed_number,
)
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Combine, Compare, Condition, Const, Every, Expr, Input, Not, Op, Pick, Sign
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_SMALL_SHARE = 50  # percent: beside a limit a smaller one is an overrun, no share of the limit
_BAR = "‖"  # what the reader writes for the bars of |偏差|≤8%


def target_reached(row: Row, span: tuple[int, int] | None = None) -> Condition:
    """The target is reached, whichever way that is."""
    frame = row.frame
    if frame.deadline and not frame.numeric:
        return Compare(days_late(row), Sign.LE, Const(Fraction(0), "天"), span=span)
    if not frame.numeric:
        if not row.m.context.target.strip() and not frame.none:
            # No target is printed: nothing is reached before there is one (a blank is no zero).
            sign = Sign.LE if frame.down else Sign.GE
            return Compare(frame.actual(), sign, Input("目标值", frame.unit), span=span)
        return Compare(frame.actual(), Sign.LE, Const(Fraction(0), frame.unit), span=span)
    if frame.plus_minus:
        return Compare(deviation_size(row), Sign.LE, Const(frame.high or Fraction(0), frame.unit), span=span)
    if frame.band:
        return Every(
            (
                Compare(frame.actual(), Sign.GE, Const(frame.low or Fraction(0), frame.unit)),
                Compare(frame.actual(), Sign.LE, Const(frame.high or Fraction(0), frame.unit)),
            ),
            span=span,
        )
    sign = Sign.LE if frame.down else Sign.GE
    return Compare(frame.actual(), sign, frame.target_expr(), span=span)


def bound_condition(row: Row, bound: g.Bound, cond: g.Cond, *, best: bool, grade: bool) -> Condition | None:
    """One bound over the row; None when it is not understood."""
    frame, token = row.frame, bound.number
    if bound.average:
        return _against_average(row, bound)
    sign = FLIP[bound.sign] if row.flip and not bound.gap else bound.sign
    if bound.after and _closes_another(row, bound):
        sign = Sign.GT
    if token is None:
        return _target_itself(row, bound, sign)
    if token.unit == "分" and frame.unit not in ("分", "%", "") and frame.numeric:
        return None  # 低于3分的不得分: the score, not the row's number
    if token.unit == "名次" or frame.unit == "名次":
        place = Const(token.value, "名次")
        return Compare(Input("actual", "名次"), Sign.LE if token.kind == "top" else sign, place, span=bound.span)
    if token.both:
        return _within(row, token, bound)
    if (defined := _of_defined(row, bound, cond, sign, best=best, grade=grade)) is not None:
        return defined
    if not bound.gap:
        bound = missing_gap(row, bound, token, cond) or bound
    if deviates(row, cond) or _beyond_tolerance(row, bound, cond, best=best):
        size = token.value if token.percent else frame.number(token) or token.value
        limit = Const(size, token.unit, span=(token.start, token.end))
        return Compare(_apart(row, percent=token.percent), Sign.LE if bound.bare else sign, limit, span=bound.span)
    if bound.gap and _is_own_change(row, bound, best=best):
        if bound.moved and not frame.sense and token.percent and frame.unit not in ("%", "‰", "") and frame.value:
            return None  # 减少5%以内 in a row that counts something: less than the target, or than last year
        bound = replace(bound, gap="")
    if bound.gap:
        of_amounts = frame.unit == "%" and any(word in ("差额", "超支额", "超出额") for word in cond.words)
        return None if of_amounts else _gap(row, bound, token, cond)  # 差额超过预算数30% is not the row's rate
    if (away := unnamed_gap(row, bound, token, cond)) is not None:
        return _unnamed(row, away, token, cond, sign)
    if _tells_time(row, bound, token, cond):
        return _lateness(row, bound, token, cond)
    return _level(row, bound, token, cond, sign, best=best, grade=grade)


def _against_average(row: Row, bound: g.Bound) -> Condition:
    """高于全省平均水平: a number that stands in no row."""
    note = Note("R06", Severity.WARNING, f"“{bound.average}”的数值不在本行，需要另外提供", span=bound.span)
    row.m.option("reference", 1, Status.AMBIGUOUS, note)
    row.m.firm = True
    sign = Sign.GE if bound.sign is Sign.GT else bound.sign
    return Compare(row.frame.actual(), sign, Input(bound.average, row.frame.unit), span=bound.span)


def _target_itself(row: Row, bound: g.Bound, sign: Sign) -> Condition | None:
    """达到目标值, 低于目标值, 等于目标值."""
    frame = row.frame
    if not frame.numeric:
        return None
    if bound.reach or (sign is Sign.EQ and bound.sign is Sign.EQ and not bound.spoken):
        return target_reached(row, bound.span)
    if frame.band:
        reached = target_reached(row, bound.span)
        return reached if sign in (Sign.LE, Sign.GE, Sign.EQ) else Not(reached)
    return Compare(frame.actual(), sign, frame.target_expr(), span=bound.span)


def _of_defined(row: Row, bound: g.Bound, cond: g.Cond, sign: Sign, *, best: bool, grade: bool) -> Condition | None:
    """偏差率不超过5%, where the rule says what the rate is; None for the row's own number."""
    token = bound.number
    if not row.m.defined or token is None or bound.gap or bound.of_target or not (token.percent or not token.unit):
        return None
    if not cond.measure and not _spoken_before(row):
        return None
    defined = defined_measure(row, cond)
    if defined is None:
        return None
    sign = _bare_sign(row, bound, cond, best=best, grade=grade) if bound.bare else sign
    return Compare(defined, sign, Const(token.value if token.percent else token.value * 100, "%"), span=bound.span)


def _is_own_change(row: Row, bound: g.Bound, *, best: bool) -> bool:
    """Whether 下降5%以上 is the row's own number, no distance from the target."""
    if row.frame.sense and row.frame.sense != "level":
        return True
    return bound.moved and not _moves_from_target(row, best=best)


def _unnamed(row: Row, away: g.Bound, token: Token, cond: g.Cond, sign: Sign) -> Condition | None:
    read = _gap(row, away, token, cond)
    if away.gap == "short" and isinstance(read, Compare) and sign in (Sign.LE, Sign.LT) and len(cond.bounds) == 1:
        return Every((replace(read, sign=Sign.GE, right=Const(Fraction(0), "%")), read))  # 节约5%以下
    return read


def _tells_time(row: Row, bound: g.Bound, token: Token, cond: g.Cond) -> bool:
    """Whether a number of days or months counts from the deadline."""
    frame = row.frame
    if token.unit not in TIMES:
        return False
    if frame.deadline and not frame.numeric:
        return True
    own = frame.duration and frame.sense != "early" and bound.spoken and cond.state != "late"
    return cond.state in ("late", "early") and not own


def _level(
    row: Row, bound: g.Bound, token: Token, cond: g.Cond, sign: Sign, *, best: bool, grade: bool
) -> Condition | None:
    """The row's number itself: ≥95%, 完成目标值的80%, 60户."""
    frame, number = row.frame, printed_number(row, token)
    formulas = any(isinstance(clause.cons, g.Formula) for clause in row.m.clauses)
    measure: Expr = frame.actual()
    if bound.of_target or (token.percent and frame.unit not in ("%", "‰", "")):
        if frame.value is None or frame.value == 0:
            return None
        measure = Arith(Op.MUL, Arith(Op.DIV, measure, frame.target_expr()), HUNDRED)
        limit = Const(token.value, "%")
    elif number is None:
        return None
    elif frame.unit == "%" and not token.unit and 0 < token.value < 1 and formulas:
        limit = Const(token.value * 100, "%")  # 大于0.1得0分 beside a formula of ratios
    else:
        limit = Const(number, frame.unit or token.unit, span=(token.start, token.end))
    if bound.reach and frame.down and not cond.bounds[1:]:
        sign = Sign.LE
    if bound.reach and not best and any(isinstance(clause.cons, g.Straight) for clause in row.m.clauses):
        sign = Sign.EQ  # 达到1.5%得3分，达到2.5%得5分，中间按插值法: where the line begins
    if bound.bare:
        sign = _bare_sign(row, bound, cond, best=best, grade=grade)
    return Compare(measure, sign, limit, span=bound.span)


def _moves_from_target(row: Row, *, best: bool) -> bool:
    """下降超过5个百分点 beside steps from the target; in 增长5%以上…增长3%以下… growth itself is what is measured."""
    if best or row.frame.none or not row.frame.value:
        return False
    printed = [bound for clause in row.m.clauses if clause.cond is not None for bound in clause.cond.bounds]
    if any(bound.gap and not bound.moved for bound in printed) and row.frame.sense in ("", "level"):
        return True  # 较目标值下降10%以内…，下降10%-20%…: one clause says from where
    bounds = row.best.cond.bounds if row.best is not None and row.best.cond is not None else ()
    steps = [clause.cons for clause in row.m.clauses if isinstance(clause.cons, g.Step)]
    return any(step.verb == "deduct" for step in steps) and not any(bound.moved for bound in bounds)


def missing_gap(row: Row, bound: g.Bound, token: Token, cond: g.Cond) -> g.Bound | None:
    """缺3项及以上, 少5次以内, 多3期以上: a word of lack or surplus right before the number counts from the target."""
    frame = row.frame
    before = fold(row.m.text[cond.span[0] : token.start]) if token.start >= cond.span[0] else ""
    short_ = before.endswith(("缺", "缺少", "缺失", "少", "相差", "差", "欠", "短缺", "少了", "缺席", "缺勤", "缺编"))
    if not (short_ or before.endswith(("多", "超", "多出", "超出"))) or before.endswith(
        ("至少", "最少", "最多", "至多", "不少", "不多", "不超", "未超", "没超", "不超出", "未超出", "没有超出")
    ):
        return None
    if not frame.value or frame.none or frame.sense not in ("", "level"):
        return None
    return replace(bound, gap="short" if short_ else "over")


def unnamed_gap(row: Row, bound: g.Bound, token: Token, cond: g.Cond) -> g.Bound | None:
    """超过5%不得分 beside an amount, 下降超过5个百分点 beside a rate: a distance no word of the bound names."""
    frame = row.frame
    if frame.value is None or frame.value == 0 or bound.of_target or bound.number is None or bound.reach:
        return None
    if token.percent and frame.unit not in ("%", "‰", ""):
        rated = fold(cond.measure).endswith(("率", "比", "比例", "比重", "度"))
        if frame.down and not rated and fold(cond.text).startswith(("节约", "节省", "结余", "低于预算", "较预算节约")):
            return replace(bound, gap="short")
        if frame.down and 0 < token.value <= _SMALL_SHARE and not rated:
            return replace(bound, gap="over")
        return None
    level = frame.unit == "%" and frame.sense in ("", "level") and "点" not in frame.text
    if not level or token.unit != "百分点" or token.value > _SMALL_SHARE or token.value >= frame.value:
        return None
    sign = Sign.GT if bound.sign is Sign.LT and cond.state == "short" else bound.sign
    return replace(bound, gap="over" if frame.down else "short", sign=sign)


def _bare_sign(row: Row, bound: g.Bound, cond: g.Cond, *, best: bool, grade: bool) -> Sign:
    """完成60户, 更正率100%: reached; 3次 between other bands: exactly that."""
    frame = row.frame
    if grade:
        strict = row.m.text == ""
        top = frame.grades and frame.grades[0][1] and fold(frame.grades[0][1]) == fold(cond.text)
        zero = bound.number is not None and bound.number.value == 0
        if strict or zero:
            return Sign.EQ
        return Sign.LE if frame.down else Sign.GE if top or not frame.down else Sign.EQ
    if cond.state == "reach":
        return Sign.LE if frame.down else Sign.GE
    if not best and any(isinstance(clause.cons, g.Straight) for clause in row.m.clauses):
        beyond = Sign.GT if frame.down else Sign.LT
        if any(
            other.sign in (beyond, Sign.GE if frame.down else Sign.LE)
            and not other.bare
            and other.number is not None
            and bound.number is not None
            and other.number.value == bound.number.value
            and len(clause.cond.bounds) == 1
            for clause in row.m.clauses
            if clause.cond is not None
            for other in clause.cond.bounds
        ):
            return Sign.EQ  # 60分得6分，60分以下不得分
        return Sign.GE if frame.down else Sign.LE  # 70%得0分 where the line begins: nothing below it either
    told = (cond.state == "some" and frame.down) or fold(cond.text).startswith("每")
    if told and not best and _most_counted(row, bound):
        return Sign.GE  # 发生1起即不得分, 每新增1件不得分, and nothing is said of two
    if best:
        if any(
            other.sign is Sign.NE for clause in row.m.clauses if clause.cond is not None for other in clause.cond.bounds
        ):
            return Sign.EQ
        zero = bound.number is not None and bound.number.value == 0
        if zero and frame.down:
            return Sign.LE
        if zero:
            return Sign.LE if frame.none or frame.value == 0 else Sign.EQ
        return Sign.LE if frame.down else Sign.GE
    return Sign.EQ


def _closes_another(row: Row, bound: g.Bound) -> bool:
    """第六至十名得3分 beside 十名以后: another clause ends with that number, so that it is not meant here."""
    return any(
        other.sign in (Sign.LE, Sign.EQ) and other.number is not None and other.number.value == bound.number.value
        for clause in row.m.clauses
        if clause.cond is not None
        for other in clause.cond.bounds
        if other is not bound and bound.number is not None
    )


def _most_counted(row: Row, bound: g.Bound) -> bool:
    """Whether no other clause speaks of that number or more."""
    if bound.number is None:
        return False
    return all(
        other is bound or (other.number is not None and other.number.value < bound.number.value)
        for clause in row.m.clauses
        if clause.cond is not None
        for other in clause.cond.bounds
    )


def _within(row: Row, token: Token, bound: g.Bound) -> Condition | None:
    """±3%以内: the size of a deviation, or the distance from the target."""
    limit = Const(token.value, "%" if token.percent else token.unit, span=(token.start, token.end))
    return Compare(_apart(row, percent=token.percent), bound.sign, limit, span=bound.span)


def _apart(row: Row, *, percent: bool) -> Expr:
    """The size of the deviation from the target, in percent of it where ``percent`` and the row counts something else."""
    frame = row.frame
    if is_change(row):
        return deviation_size(row)
    goal = frame.target_expr()
    away = Arith(Op.SUB, frame.actual(), goal)
    both = Combine(Pick.MAX, (away, Arith(Op.SUB, goal, frame.actual())))
    return Arith(Op.MUL, Arith(Op.DIV, both, goal), HUNDRED) if percent and frame.unit != "%" else both


def deviates(row: Row, cond: g.Cond | None) -> bool:
    """偏离超过10%, 绝对值≤5%, 浮动10%以内, ±5%: a condition on the size of a deviation."""
    if cond is None or not any(bound.number is not None for bound in cond.bounds):
        return False
    said = fold(cond.text)
    if "绝对值" in said or _BAR in said or any(bound.number is not None and bound.number.both for bound in cond.bounds):
        return True
    return any(word in said for word in ("偏离", "偏差", "浮动", "相差")) and not is_change(row)


def _beyond_tolerance(row: Row, bound: g.Bound, cond: g.Cond, *, best: bool) -> bool:
    """偏离目标值10%以内得满分，超过10%不得分: the second clause goes on with the deviation."""
    token = bound.number
    if best or token is None or not token.percent or row.frame.unit == "%" or is_change(row):
        return False
    allowed = tolerance(row)
    if allowed is None or not allowed.percent:
        return False
    plain = fold(cond.measure) in ("", "超过", "超出", "但") and not any(
        word in cond.text for word in ("低于", "完成", "达到")
    )
    beyond = bound.sign in (Sign.GT, Sign.GE) or any(other.sign in (Sign.GT, Sign.GE) for other in cond.bounds)
    return plain and beyond and token.value >= allowed.value


def defined_measure(row: Row, cond: g.Cond) -> Expr | None:
    """偏差率 in a condition, where the rule says how it is worked out (偏差率=|实际数-计划数|/计划数), in percent."""
    said = fold(cond.measure) or _spoken_before(row)
    name = next((name for name in row.m.defined if name and (name == said or (len(name) > 1 and name in said))), "")
    if not name:
        return None
    body = row.m.defined[name]
    rates = {fold(one.text) for one in names_in(body) if fold(one.text).endswith(("率", "度"))}
    if row.frame.unit == "%" and len(rates) < 2:
        return row.frame.actual()  # how the row's own rate is worked out
    lowered = Formula(row, g.Formula(body, False, cond.span)).term(body)
    if lowered is None or not asks_the_row(lowered[0]):
        return None
    match lowered[0]:
        case Arith(Op.DIV, Input() as whole, Const(value)) if value == 100:
            return whole
        case expr:
            return Arith(Op.MUL, expr, HUNDRED)


def _spoken_before(row: Row) -> str:
    """综合满意度=…，综合满意度达到90%得10分，80%-90%得8分: bands that name no measure go on with the worked-out one."""
    named = [fold(clause.cond.measure) for clause in row.m.clauses if clause.cond is not None and clause.cond.measure]
    if not named or named[0] not in row.m.defined:
        return ""
    rates = [one for one in names_in(row.m.defined[named[0]]) if fold(one.text).endswith(("率", "度"))]
    return named[0] if len(rates) > 1 else ""


def _gap(row: Row, bound: g.Bound, token: Token, cond: g.Cond) -> Condition | None:
    """超出5天以内, 超支10%以上, 低于目标值3个百分点: a distance from the target."""
    frame = row.frame
    if token.unit in TIMES and (frame.deadline or not frame.numeric):
        return _lateness(row, bound, token, cond)
    if not frame.numeric and token.percent:
        return Compare(frame.actual(), bound.sign, Const(token.value, "%"), span=bound.span)
    if frame.value is None:
        return None
    goal = frame.target_expr()
    number = frame.number(token)
    if (
        bound.gap == "over"
        and number is not None
        and frame.value
        and bound.sign is not Sign.LE
        and (number > frame.value if not frame.down else number == frame.value and bound.sign is Sign.GT)
        and not token.percent
    ):  # 超出120万元 beside ≤120万元 names the limit, it is no distance
        return Compare(frame.actual(), bound.sign, Const(number, frame.unit), span=bound.span)
    if (
        bound.gap == "over"
        and number is not None
        and token.percent
        and frame.unit == "%"
        and frame.value
        and number > frame.value
        and "出" in row.m.text[bound.span[0] : bound.span[1]]
        and frame.value > 1
        and number > 50
    ):
        return Compare(frame.actual(), bound.sign, Const(number, frame.unit), span=bound.span)
    away: Expr = Arith(Op.SUB, frame.actual(), goal) if bound.gap == "over" else Arith(Op.SUB, goal, frame.actual())
    if number is None or (token.percent and frame.unit not in ("%",)):
        if not token.percent or frame.value == 0:
            return None
        return Compare(
            Arith(Op.MUL, Arith(Op.DIV, away, goal), HUNDRED),
            bound.sign,
            Const(token.value, "%", span=(token.start, token.end)),
            span=bound.span,
        )
    limit = Const(token.value if token.percent else number, frame.unit, span=(token.start, token.end))
    return Compare(away, bound.sign, limit, span=bound.span)


_DAYS = {"天": 1, "日": 1, "工作日": 1, "周": 7}


def _lateness(row: Row, bound: g.Bound, token: Token, cond: g.Cond) -> Condition | None:
    """延迟10天以内, 提前7天及以上."""
    frame = row.frame
    sign = bound.sign
    if sign is Sign.EQ and bound.bare:
        sign = Sign.EQ
    if cond.state == "early" or frame.sense == "early":
        if frame.sense == "early":
            return Compare(
                frame.actual(), Sign.GE if bound.bare else sign, Const(token.value, frame.unit), span=bound.span
            )
        if token.unit not in _DAYS:
            return None
        measure: Expr = Arith(Op.SUB, Const(Fraction(0), "天"), days_late(row))
        ahead = Const(token.value * _DAYS[token.unit], "天")
        return Compare(measure, Sign.GE if bound.bare else sign, ahead, span=bound.span)
    if frame.duration and not frame.deadline:
        number = frame.number(token)
        if number is None:
            return None
        return Compare(
            Arith(Op.SUB, frame.actual(), frame.target_expr()), sign, Const(number, frame.unit), span=bound.span
        )
    days = token.value * _DAYS[token.unit] if token.unit in _DAYS else None
    if days is not None and _counts_from_start(row, cond):
        days -= Fraction(frame.deadline)  # 每季度结束后10日内: the tenth day, not ten days late
    if days is not None:
        return Compare(days_late(row), sign, Const(days, "天"), span=bound.span)
    months = {"月": token.value, "季度": token.value * 3, "年": token.value * 12}.get(token.unit)
    return None if months is None else Compare(months_late(row), sign, Const(months, "月"), span=bound.span)


def _counts_from_start(row: Row, cond: g.Cond) -> bool:
    """Whether days are counted from the start of the period, because no clause speaks of lateness."""
    return (
        len(row.frame.deadline) in (1, 2)
        and cond.state not in ("late", "early")
        and not any(
            clause.cond is not None and clause.cond.state == "late" and clause.cond.bounds for clause in row.m.clauses
        )
    )


def tolerance(row: Row) -> Token | None:
    """The deviation full marks allow (±5%以内得满分)."""
    cond = row.best.cond if row.best is not None else None
    if cond is None or not deviates(row, cond):
        return None
    return next((bound.number for bound in cond.bounds if bound.number is not None), None)
