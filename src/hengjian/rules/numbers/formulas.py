"""What a printed formula means in its row: which noun is the actual value, the target, a rate, the weight; formulas added up."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod

from hengjian.rules.frame import TIMES
from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.formulas import DONE_RATES
from hengjian.rules.lexer import Token
from hengjian.rules.meaning import Clause, short
from hengjian.rules.numbers.row import HUNDRED, ZERO, Row, asks_the_row, days_late, has_bonus, share_actual
from hengjian.rules.numerals import amount
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Branch, Case, Combine, Compare, Const, Expr, Input, Missing, Op, Pick, Sign
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_STOP = frozenset(
    "实际计划应完成数量人次个率的目标任务指标值年度总全部已按照工作情况项目得分满不未达到百点以上下每低高于分值扣为止及和与"
)


def added_formulas(row: Row, values: Sequence[Clause]) -> Expr | None:
    """完成率×6分；及时率×4分: several formulas without conditions are parts of the score, if their points make the weight."""
    m = row.m
    plain = [clause for clause in values if clause.cond is None and isinstance(clause.cons, g.Formula)]
    if len(plain) < 2:
        return None
    points = [
        one.token.value
        for clause in plain
        if isinstance(clause.cons, g.Formula) and not clause.cons.deduct
        for one in _factors(clause.cons.body)
        if isinstance(one, g.Number) and one.token.unit in ("分", "") and one.token.value != 1
    ]
    if len(plain) != len(values) or len(points) != len(plain) or sum(points) != m.weight:
        m.fail(plain[1].span, "只写一个得分公式，或各部分分数合计等于分值的几个公式")
        return None
    formulas = [clause.cons for clause in plain if isinstance(clause.cons, g.Formula)]
    names = {fold(name.text) for cons in formulas for name in names_in(cons.body) if name.role != "weight"}
    parts = [Formula(row, cons, names).part() for cons in formulas]
    if any(part is None for part in parts):
        m.fail(plain[0].span, "能计算的公式（如“得分=实际完成值÷目标值×分值”）")
        return None
    return m.finish(Combine(Pick.SUM, tuple(part for part in parts if part is not None)), values)


def formula_value(row: Row, cons: g.Formula) -> Expr | None:
    """A printed formula in this row."""
    m = row.m
    if cons.repaired:
        m.note("R10", Severity.INFO, "公式的括号不配对，按唯一合理的配法读", cons.span)
        m.raise_to(Status.DEFECTIVE)
        m.firm = True
    lowered = Formula(row, cons).lower()
    if lowered is None:
        return None
    return Arith(Op.SUB, m.full(), lowered) if cons.deduct else lowered


# Nouns of shares of a whole, and nouns of sizes that end like one.
_RATES = ("率", "度", "比例", "占比", "比重")
_SIZES = ("长度", "宽度", "高度", "深度", "厚度", "温度", "湿度", "浓度", "额度", "硬度")
# What is actual ÷ target wherever it stands (C16).
_DONE = frozenset(
    {
        "比例",
        "完成比例",
        "实际完成比例",
        "完成百分比",
        "完成进度",
        "任务完成比例",
        "目标完成比例",
        "计划完成比例",
        "相应比例",
        "实际比例",
        "实际完成百分比",
    }
)
_AMOUNTS = ("数", "额", "金额", "支出", "收入", "成本", "资金", "经费", "投入")


class Formula:
    """A printed formula over the row's numbers. ``measure`` marks parts that carry the unit of the target."""

    def __init__(self, numbers: Row, cons: g.Formula, beside: Collection[str] = ()) -> None:
        self.n = numbers
        self.m = numbers.m
        self.frame = numbers.frame
        self.cons = cons
        self.raw = self._uses_raw_points(cons.body)
        self.names = self._rate_names(cons.body) | {name for name in beside if _is_rate(name)}

    def part(self) -> Expr | None:
        """One of several formulas that are added up; its own points stand in it."""
        lowered = self.term(self.cons.body)
        return lowered[0] if lowered is not None and asks_the_row(lowered[0]) else None

    def lower(self) -> Expr | None:
        """The points the formula gives or takes; None when it is not understood."""
        body = self.cons.body
        if self.frame.amounts and self._mentions_rate(body):
            self._choose_denominator()
        if self._foreign(body):
            return self._unusable()
        self.caps = self._caps(body)
        self._check_shares(body)
        lowered = self.term(body)
        if lowered is None or (self.frame.unit == "‰" and any(one.token.percent for one in _leaves(body))):
            if not self.m.failed:
                self.m.fail(self.cons.span, "能计算的公式（如“得分=实际完成值÷目标值×分值”）")
            return None
        expr, _ = lowered
        if not asks_the_row(expr):
            self.m.fail(self.cons.span, "含有实际完成值的公式")  # nothing achieved enters it: a constant
            return None
        if self._weighs(body):
            self._check_weight(body)
            return self._of_target(expr)
        return self._weighed(expr, body)

    def _choose_denominator(self) -> None:
        """预算执行率 of a row with two budgets: both are defensible."""
        message = "预算执行率的分母没有写明：调整后预算数，还是年初预算数；请写明"
        note = Note("R06", Severity.WARNING, message, span=self.cons.span)
        self.m.option("denominator", 2, Status.AMBIGUOUS, note)
        choice = self.m.answers.get("denominator", 0)
        self.frame = replace(self.frame, value=self.frame.amounts[choice], given=False)

    def _unusable(self) -> Expr:
        """A formula about another indicator scores nothing but nothing."""
        self.m.note(
            "D18", Severity.ERROR, "公式说的是另一个指标，可能是从别的行抄来的；请改成本行的指标", self.cons.span
        )
        self.m.raise_to(Status.DEFECTIVE)
        self.m.firm = True
        nothing = Compare(self.frame.actual(), Sign.EQ, Const(Fraction(0), self.frame.unit))
        return Case((Branch(nothing, ZERO),), Missing("公式说的是另一个指标，不能用来计算本行"))

    def _check_shares(self, body: g.Term) -> None:
        """A×60%+B×30%: the shares of the parts make no whole (R07)."""
        shares = _shares(body)
        if len(shares) < 2 or sum(shares) == 100 or any(share >= 100 for share in shares):
            return
        total = short(sum(shares, Fraction(0)))
        self.m.note("R07", Severity.WARNING, f"公式里各部分的权重合计{total}%，不是100%；请核对", self.cons.span)
        self.m.raise_to(Status.DEFECTIVE)
        self.m.firm = True

    def _of_target(self, expr: Expr) -> Expr:
        """得分=治理面积×5 in a row that counts: what was achieved times the weight, with nothing below the line (D19)."""
        frame, m = self.frame, self.m
        counted = frame.value is not None and frame.value > 1 and frame.unit not in ("%", "‰", "分", "倍")
        whole = (m.full(), Const(m.weight or Fraction(0), ""), Const(m.weight or Fraction(0), "分"))
        if not counted or not isinstance(expr, Arith) or expr.op is not Op.MUL:
            return expr
        if not any(pair[0] == frame.actual() and pair[1] in whole for pair in _both_ways(expr)):
            return expr
        said = (
            f"公式没有除以目标值：实际值为{amount(Fraction(1), frame.unit)}就已得满分，"
            "应写作“实际值÷目标值×分值”；两种算法得分一致时才计分"
        )
        note = Note("D19", Severity.WARNING, said, self.cons.span, example=amount(Fraction(1), frame.unit))
        if m.option("whole", 2, Status.DEFECTIVE, note) == 1:
            return expr
        return Arith(Op.MUL, Arith(Op.DIV, frame.actual(), frame.target_expr()), m.full())

    def _weighed(self, expr: Expr, body: g.Term) -> Expr:
        """A formula that names no weight: a printed number stands for it, or it was left out (D19)."""
        plain = (one.token for one in _factors(body) if isinstance(one, g.Number) and not one.token.unit)
        factor = next((token.value for token in plain if token.value > 1), None)
        if factor is None:
            self.m.note(
                "D19", Severity.WARNING, "公式漏写了“×分值”，按补上后的公式计算", self.cons.span, repair="×分值"
            )
            self.m.raise_to(Status.DEFECTIVE)
            self.m.firm = True
            return Arith(Op.MUL, expr, self.m.full())
        if self.n.best is None or self.n.best.cons is self.cons:
            self.m.mismatch(factor)
            return Arith(Op.MUL, expr, Const(self.m.scale))
        return expr  # 执行率＜80%，按执行率×5计分 beside a band of full marks: as printed

    def _foreign(self, body: g.Term) -> bool:
        """实际培训次数/计划培训次数 in a row about something else: no character of the nouns occurs in the row."""
        names = [name for name in names_in(body) if name.role in ("actual", "target")]
        counted = [
            name for name in names if _core(name.text) and not fold(name.text).endswith(("率", "度", "值", "比例"))
        ]
        if len({name.text for name in counted}) < 2 or len(counted) != len(names):
            return False
        if self.frame.unit == "%" and self.frame.value == 100:
            return False
        start, end = self.cons.span
        here = set(
            fold(self.m.context.indicator) + fold(self.m.text[:start] + self.m.text[end:]) + fold(self.m.context.target)
        )
        core = set("".join(_core(name.text) for name in counted))
        if not core or core & (here - _STOP):
            return False
        return self.frame.unit == "%" or all(self._other_count(fold(name.text)) for name in counted)

    def _other_count(self, text: str) -> bool:
        """培训次数 in a row of 人: the noun names a measure word, and it is not the row's."""
        found = re.search(r"([人次期户场件项个家篇台套份条处班名])[数次]$", text)
        return found is not None and bool(self.frame.unit) and found.group(1) not in self.frame.unit

    def _weighs(self, body: g.Term) -> bool:
        """Whether the formula has the weight in it, by word or as a number."""
        if any(name.role == "weight" for name in names_in(body)):
            return True
        if isinstance(body, g.Calc) and body.op in (Op.ADD, Op.SUB) and self._sum_of_points(body):
            return True
        if isinstance(body, g.Calc) and body.op is Op.ADD:
            return self._weighs(body.left) and self._weighs(body.right)
        if isinstance(body, g.Calc) and body.op is Op.SUB and self._takes_off(body):
            return True
        if isinstance(body, g.Extreme):
            return any(isinstance(item, g.Calc) and self._weighs(item) for item in body.items)
        weight = self.m.weight
        factors = _factors(body)
        plain = [one.token.value for one in factors if isinstance(one, g.Number) and not one.token.unit]
        if len(plain) > 1 and prod(plain) == weight:
            return True  # 完成率×100×0.08
        shares = [one.token.value for one in factors if isinstance(one, g.Number) and one.token.unit == "%"]
        if self.frame.unit == "分" and shares == [weight]:
            return True  # 评估得分×5%, of a hundred, where 5 points are the weight
        return any(
            isinstance(one, g.Number)
            and (one.token.unit == "分" or (not one.token.unit and (weight is None or one.token.value == weight)))
            for one in factors
        )

    def _takes_off(self, body: g.Term) -> bool:
        """6-（R-30%）×100×0.3, 10-迟报次数×0.5-漏报次数×1: points taken off the weight, or off what makes it."""
        while isinstance(body, g.Calc) and body.op is Op.SUB:
            body = body.left
        if isinstance(body, g.Number):
            return body.token.unit in ("", "分") and body.token.value == self.m.weight
        return isinstance(body, g.Calc) and body.op is Op.MUL and self._weighs(body)

    def _sum_of_points(self, body: g.Calc) -> bool:
        """6+（实际值-40%）/20%×4, 办结率×5+满意率×5: numbers that add up to the weight, one of them a factor of what was achieved."""
        parts = [body.left, body.right]
        while isinstance(parts[0], g.Calc) and parts[0].op in (Op.ADD, Op.SUB):
            parts[:1] = [parts[0].left, parts[0].right]
        points = []
        for part in parts:
            plain = [
                one.token.value
                for one in _factors(part)
                if isinstance(one, g.Number) and one.token.unit in ("", "分") and one.token.value != 1
            ]
            if len(plain) != 1:
                return False
            points.append(plain[0])
        return sum(points) == self.m.weight or body.op is Op.SUB

    def _check_weight(self, body: g.Term) -> None:
        best = self.n.best.cons if self.n.best is not None else None
        base = best.value if isinstance(best, g.Points) and (best.base or has_bonus(self.n)) else None
        for one in _factors(body):
            if isinstance(one, g.Number) and one.token.value == base:
                continue  # 完成率×8分 beside basic points of 8
            if (
                isinstance(one, g.Number)
                and one.token.unit == "分"
                and self.m.weight is not None
                and one.token.value != self.m.weight
            ):
                self.m.mismatch(one.token.value)

    def _mentions_rate(self, body: g.Term) -> bool:
        return any(
            "执行率" in name.text or "支出率" in name.text or name.role in ("done", "actual") for name in names_in(body)
        )

    def _uses_raw_points(self, body: g.Term) -> bool:
        """(X-30)/50: numbers without % beside a rate mean percentage points."""
        if not isinstance(body, g.Calc):
            return False
        if body.op in (Op.ADD, Op.SUB):
            for one, other in ((body.left, body.right), (body.right, body.left)):
                if (
                    isinstance(one, g.Number)
                    and not one.token.unit
                    and one.token.value > 1
                    and isinstance(other, g.Name)
                    and self.frame.unit in ("%", "")
                ):
                    return True
        return self._uses_raw_points(body.left) or self._uses_raw_points(body.right)

    def _rate_names(self, body: g.Term) -> set[str]:
        return {
            fold(name.text)
            for name in names_in(body)
            if name.role in ("", "actual", "done") and _is_rate(fold(name.text)) and fold(name.text) not in _DONE
        }

    def term(self, term: g.Term) -> tuple[Expr, bool] | None:
        """The expression and whether it is in the unit of the measure."""
        match term:
            case g.Number(token):
                return self._number(token), False
            case g.Name():
                return self._at_most_all(term.text, self._name(term))
            case g.Calc(op, left, right):
                said = f"{left.text}/{right.text}" if isinstance(left, g.Name) and isinstance(right, g.Name) else ""
                return self._at_most_all(said if op is Op.DIV else "", self._calc(op, left, right))
            case g.Extreme(least, items):
                parts = [self.term(item) for item in items]
                known = [part for part in parts if part is not None]
                if len(known) < len(parts):
                    return None
                pick = Pick.MIN if least else Pick.MAX
                return Combine(pick, tuple(part for part, _ in known)), any(measure for _, measure in known)
            case g.Size(inner):
                lowered = self.term(inner)
                if lowered is None:
                    return None
                away = Arith(Op.SUB, Const(Fraction(0)), lowered[0])
                return Combine(Pick.MAX, (lowered[0], away)), lowered[1]
            case _:
                return None

    def _number(self, token: Token) -> Expr:
        if token.percent and not self.raw:
            return Const(token.value / 100)
        if (
            token.unit
            and not token.percent
            and token.unit not in ("分", "天")
            and (number := self.frame.number(token)) is not None
            and token.scale
        ):
            return Const(number, self.frame.unit)
        return Const(token.value, "分" if token.unit == "分" else "")

    def _calc(self, op: Op, left: g.Term, right: g.Term) -> tuple[Expr, bool] | None:
        if (
            op is Op.DIV
            and isinstance(left, g.Calc)
            and left.op is Op.MUL
            and isinstance(left.left, g.Number)
            and (rate := self._counted_rate(left.right, right)) is not None
        ):
            return Arith(Op.MUL, self._number(left.left.token), rate), False
        if op is Op.DIV and (rate := self._counted_rate(left, right) or self._rest_rate(left, right)) is not None:
            return rate, False
        if op is Op.MUL and isinstance(right, g.Number) and right.token.unit == "%" and right.token.value == 100:
            return self.term(left)
        if op is Op.MUL and isinstance(left, g.Number) and left.token.unit == "%" and left.token.value == 100:
            return self.term(right)
        a, b = self.term(left), self.term(right)
        if a is None or b is None:
            return None
        (x, x_measure), (y, y_measure) = a, b
        if op in (Op.DIV, Op.SUB) and x == y and asks_the_row(x):
            return None  # what was achieved over itself: one of the two nouns means something else
        if op in (Op.ADD, Op.SUB, Op.DIV):
            if x_measure and not y_measure and isinstance(right, g.Number):
                y, y_measure = self._as_measure(right.token, y), True
            elif y_measure and not x_measure and isinstance(left, g.Number):
                x, x_measure = self._as_measure(left.token, x), True
        if op in (Op.ADD, Op.SUB):
            return Arith(op, x, y), x_measure or y_measure
        if op is Op.DIV:
            return Arith(op, x, y), x_measure and not y_measure
        return Arith(op, x, y), x_measure != y_measure and (x_measure or y_measure) and self.frame.unit != "%"

    def _as_measure(self, token: Token, fallback: Expr) -> Expr:
        if self.frame.unit == "%":
            share = not token.unit and 0 < token.value <= 1  # 满意度÷0.9
            return Const(token.value) if self.raw or share else Const(token.value / 100)
        if token.unit in TIMES and self.frame.unit not in TIMES:
            return fallback
        if token.percent and not self.frame.unit and not self.frame.numeric and not self.raw:
            return Const(token.value / 100)  # 盘活率/80%: the rate is a share of one, like its bound
        number = self.frame.number(token)
        return fallback if number is None else Const(number, self.frame.unit)

    def _counted_rate(self, left: g.Term, right: g.Term) -> Expr | None:
        """实际办结件数/应办件数 in a row measured in %: the rate itself, when the counts are its definition."""
        if self.frame.unit != "%" or not isinstance(left, g.Name) or not isinstance(right, g.Name):
            return None
        texts = [fold(left.text), fold(right.text)]
        if left.role in ("weight", "late", "over", "short", "letterA", "letterB") or right.role in (
            "weight",
            "late",
            "letterA",
            "letterB",
        ):
            return None
        if any(text.endswith(("率", "度", "比例", "值", "指数")) or text in self.m.defined for text in texts):
            return None
        actual = Arith(Op.DIV, replace(self.frame.actual(), sense=f"share:{texts[0]}/{texts[1]}"), HUNDRED)
        if (
            self.frame.value in (None, Fraction(100))
            or right.role != "target"
            or left.role != "actual"
            or texts[1].startswith(("应", "总", "全部", "全年预算", "预算", "调整后", "年初预算", "所有"))
            or "总" in texts[1]
        ):
            return actual
        if right.role == "target" and left.role in ("actual", ""):
            choice = self.m.option(
                "counts",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    "公式用的是数量之比，目标值是百分率：是这个比率本身，还是比率再除以目标值；请写明",
                    span=self.cons.span,
                ),
            )
            return Arith(Op.DIV, self.frame.actual(), self.frame.target_expr()) if choice == 0 else actual
        return None

    def _rest_rate(self, left: g.Term, right: g.Term) -> Expr | None:
        """(预算数-结转数)/预算数, (本年数-上年数)/上年数 in a row measured in %: the rate itself, worked out from counts."""
        if self.frame.unit != "%" or not isinstance(left, g.Calc) or left.op is not Op.SUB:
            return None
        names = [left.left, left.right, right]
        if not all(isinstance(name, g.Name) and name.role in ("", "target", "actual") for name in names):
            return None
        texts = [fold(name.text) for name in names if isinstance(name, g.Name)]
        if texts[2] not in texts[:2] or texts[0] == texts[1] or any(len(text) < 2 for text in texts):
            return None
        if any(text.endswith(("率", "度", "比例", "值", "指数")) or text in self.m.defined for text in texts):
            return None
        if self.frame.value == 100 and texts[2] == texts[1]:  # ≤100% is 实际支出÷预算, not by how much it goes beyond
            whole = replace(self.frame.actual(), sense=f"share:{texts[0]}/{texts[1]}")
            return Arith(Op.SUB, Arith(Op.DIV, whole, HUNDRED), Const(Fraction(1)))
        share = f"share:{texts[0]}-{texts[1]}/{texts[2]}"
        return Arith(Op.DIV, replace(self.frame.actual(), sense=share), HUNDRED)

    def _name(self, name: g.Name) -> tuple[Expr, bool] | None:
        frame, m = self.frame, self.m
        text = fold(name.text)
        role = "done" if self._is_completion(text) else name.role
        if text in m.defined and not self.inside_definition:
            self.inside_definition = True
            lowered = self.term(m.defined[text])
            self.inside_definition = False
            return lowered
        if (own := self._lettered(name.text)) is not None:
            return own
        if role in ("letterA", "letterB") or text in m.letters:
            role = m.letters.get(name.text, "target" if role == "letterA" else "actual" if role == "letterB" else role)
        if role in ("actual", "target") and self._of_amounts(text):
            return Input(text), True
        match role:
            case "weight":
                return m.full(), False
            case "late":
                return days_late(self.n) if not frame.duration else Arith(
                    Op.SUB, frame.actual(), frame.target_expr()
                ), False
            case "actual":
                if len(self.names) > 1 and _is_rate(text):
                    return self._rate_input(text), False
                if text.endswith("率") and frame.unit not in ("%", "") and frame.value:
                    return self._completion()  # 实际完成率 in a row that counts something
                if text.endswith(("率", "占比", "比重")) and not frame.unit and not frame.numeric and not self.raw:
                    return Arith(Op.DIV, replace(frame.actual(), unit="%"), HUNDRED), True  # typed as 80%
                return self._actual()
            case "target":
                if frame.value is None:
                    return (Input(text), False) if not frame.numeric else None
                return self._goal()
            case "short" | "shortratio" | "over" | "overratio":
                return self._away(role)
            case "done":
                if len(self.names) > 1 and text in self.names:
                    return self._rate_input(text), False  # 办结率×50%+即办件占比×50%
                return self._done(text)
            case _:
                return self._noun(text, name)

    inside_definition = False
    caps: frozenset[str] = frozenset()

    def _caps(self, body: g.Term) -> frozenset[str]:
        """The names, and quotients of names, that count for at most the whole (各项比率超过100%的按100%计)."""
        rates = {name.text for name in names_in(body) if _is_rate(self._called(name))}
        several = len({self._called(name) for name in names_in(body) if name.role != "weight"}) > 1
        caps: set[str] = set()
        for said in self.m.caps if several else ():
            named = {rate for rate in rates if said and (said in rate or self._called_text(rate) in said)}
            if named or "/" in said:
                caps |= named or {said}
            elif any(word in said for word in ("各", "均", "比率", "分项", "单项", "每")):
                caps |= rates
            elif len(rates) > 1:
                note = Note(
                    "R06",
                    Severity.WARNING,
                    "“超过100%按100%计”没有写明是每个比率都封顶，还是只对合计封顶；请写明",
                    span=self.cons.span,
                )
                caps |= rates if self.m.option("caps", 2, Status.AMBIGUOUS, note) == 0 else set()
        return frozenset(caps)

    def _called(self, name: g.Name) -> str:
        return self._called_text(fold(name.text))

    def _called_text(self, text: str) -> str:
        return self.m.letter_nouns.get(text, text)

    def _at_most_all(self, said: str, lowered: tuple[Expr, bool] | None) -> tuple[Expr, bool] | None:
        """A rate that counts for no more than all of it."""
        if lowered is None or said not in self.caps:
            return lowered
        return Combine(Pick.MIN, (lowered[0], Const(Fraction(1)))), lowered[1]

    def _lettered(self, text: str) -> tuple[Expr, bool] | None:
        """A为数量完成率，B为质量合格率: letters for several measures are inputs of their own; None for any other name."""
        mine = [letter for letter, role in self.m.letters.items() if role == "actual" and letter in self.m.letter_nouns]
        if text not in mine or len(mine) < 2:
            return None
        called = self.m.letter_nouns[text]
        if called.endswith(_RATES):
            return self._rate_input(called), False
        counts = [one for one in mine if not self.m.letter_nouns[one].endswith(_RATES)]
        return None if len(counts) == 1 else (Input(called), True)

    def _of_amounts(self, text: str) -> bool:
        """预算数, 决算数 in a formula of a row measured in %: amounts of their own, not the row's rate and its bound."""
        rate = self.frame.unit == "%" or (self.frame.none and not self.frame.unit)  # a rate whose target is 0
        if not rate or self.frame.value == 100 or not text.endswith(_AMOUNTS):
            return False
        others = [name for name in names_in(self.cons.body) if name.role != "weight"]
        return len({name.text for name in others}) > 1 and any("算" in name.text for name in others)

    def _actual(self) -> tuple[Expr, bool]:
        frame = self.frame
        if frame.unit == "%" and not self.raw:
            return Arith(Op.DIV, frame.actual(), HUNDRED), True
        if not frame.numeric and not frame.unit:
            return Input("actual"), True
        return (share_actual(self.n) if not self.frame.down else frame.actual()), True

    def _completion(self) -> tuple[Expr, bool]:
        """The share of its target that a row has reached."""
        return Arith(Op.DIV, share_actual(self.n), self.frame.target_expr()), False

    def _goal(self) -> tuple[Expr, bool]:
        goal = self.frame.target_expr()
        return (Arith(Op.DIV, goal, HUNDRED) if self.frame.unit == "%" and not self.raw else goal), True

    def _away(self, role: str) -> tuple[Expr, bool] | None:
        frame = self.frame
        if frame.value is None:
            return None
        goal = frame.target_expr()
        gap = Arith(Op.SUB, frame.actual(), goal) if role.startswith("over") else Arith(Op.SUB, goal, frame.actual())
        if role.endswith("ratio"):
            return Arith(Op.DIV, gap, goal), False
        return (Arith(Op.DIV, gap, HUNDRED) if frame.unit == "%" and not self.raw else gap), True

    def _done(self, text: str) -> tuple[Expr, bool] | None:
        """完成比例 is actual ÷ target (C16); another …比例 on a rate may be the rate itself."""
        frame, m = self.frame, self.m
        if frame.value is None or frame.value == 0:
            if frame.unit in ("%", ""):
                return Arith(Op.DIV, replace(frame.actual(), unit="%"), HUNDRED), False
            return None
        usual = text in _DONE or self._is_completion(text)
        ratio = (
            Arith(Op.DIV, frame.actual(), frame.target_expr())
            if not frame.down
            else Arith(Op.DIV, frame.target_expr(), frame.actual())
        )
        if usual or frame.unit != "%" or frame.value == 100:
            return ratio, False
        choice = m.option(
            "term",
            2,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                f"“{text}”没有定义：是{m.context.indicator}本身，还是它与目标值之比；请写明",
                span=self.cons.span,
            ),
        )
        return (Arith(Op.DIV, frame.actual(), HUNDRED) if choice == 0 else ratio), False

    def _noun(self, text: str, name: g.Name) -> tuple[Expr, bool] | None:
        frame = self.frame
        rate = _is_rate(text) or text.endswith(("幅", "速", "指数"))
        if text and text[0] in "XxYyZzRrPpKk" and len(text) <= 2:
            return self._actual()
        if len(text) == 1 and text.isascii():
            return None  # a letter nobody defined
        if rate and len(self.names) > 1:
            return self._rate_input(text), False
        if rate and text in ("完成率", "任务完成率", "目标完成率", "计划完成率") and frame.unit != "%" and frame.value:
            return self._completion()
        if rate and not frame.unit and frame.numeric and (self.raw or self._divided(name)):
            return frame.actual(), True  # (指数-60)/20: an index is no percentage
        if rate and frame.unit in ("%", ""):
            return self._actual() if frame.unit == "%" else (Arith(Op.DIV, Input("actual", "%"), HUNDRED), True)
        if rate and frame.value and ("执行率" in text or "支出率" in text or "完成率" in text or "到位率" in text):
            return self._completion()
        if rate:
            return self._rate_input(text), False
        others = [one for one in names_in(self.cons.body) if one.role in ("actual", "target", "") and one is not name]
        if (
            frame.numeric
            and frame.unit != "%"
            and any(one.role == "target" for one in others)
            and not any(one.role == "actual" for one in others)
        ):
            return self._actual()
        if (
            frame.numeric
            and frame.unit != "%"
            and any(isinstance(one, g.Number) for one in _leaves(self.cons.body) if one.token.unit not in ("分", "%"))
            and not others
        ):
            return self._actual()
        if frame.numeric and frame.unit != "%" and not others:
            return self._actual()
        return Input(_noun(text)), True

    def _is_completion(self, text: str) -> bool:
        """目标完成率 alone is what was done of the target; beside an actual rate it is the rate that was planned."""
        others = [one for one in names_in(self.cons.body) if one.role != "weight" and fold(one.text) != text]
        return not others and DONE_RATES.fullmatch(text) is not None

    def _divided(self, name: g.Name) -> bool:
        """Whether the noun stands over a plain number (指数÷80×4)."""

        def over(term: g.Term) -> bool:
            if not isinstance(term, g.Calc):
                return False
            plain = isinstance(term.right, g.Number) and not term.right.token.unit and term.right.token.value > 1
            return (term.op is Op.DIV and term.left == name and plain) or over(term.left) or over(term.right)

        return over(self.cons.body)

    def _rate_input(self, text: str) -> Expr:
        return Arith(Op.DIV, Input(text.removeprefix("实际"), "%"), HUNDRED)


def _is_rate(noun: str) -> bool:
    return noun.endswith(_RATES) and not noun.endswith(_SIZES)


def _both_ways(product: Arith) -> tuple[tuple[Expr, Expr], tuple[Expr, Expr]]:
    return (product.left, product.right), (product.right, product.left)


def _core(text: str) -> str:
    return "".join(char for char in fold(text) if char not in _STOP)


def _noun(text: str) -> str:
    return text.removeprefix("年中").removeprefix("年初") if len(text) > 3 else text


def _leaves(term: g.Term) -> list[g.Number]:
    match term:
        case g.Number():
            return [term]
        case g.Size(inner):
            return _leaves(inner)
        case g.Extreme(_, items):
            return [leaf for item in items for leaf in _leaves(item)]
        case g.Calc(_, left, right):
            return [*_leaves(left), *_leaves(right)]
        case _:
            return []


def names_in(term: g.Term) -> list[g.Name]:
    """The nouns of a formula."""
    match term:
        case g.Name():
            return [term]
        case g.Size(inner):
            return names_in(inner)
        case g.Extreme(_, items):
            return [name for item in items for name in names_in(item)]
        case g.Calc(_, left, right):
            return [*names_in(left), *names_in(right)]
        case _:
            return []


def _shares(term: g.Term) -> list[Fraction]:
    """The percentages of a weighted sum (A率×60%+B率×40%); [] when a part has none or the term is no sum."""
    while isinstance(term, g.Calc) and term.op is Op.MUL:
        term = term.left if isinstance(term.left, g.Calc) and not isinstance(term.right, g.Calc) else term.right
    parts: list[g.Term] = [term]
    while isinstance(parts[0], g.Calc) and parts[0].op is Op.ADD:
        parts[:1] = [parts[0].left, parts[0].right]
    found = [
        [one.token.value for one in _factors(part) if isinstance(one, g.Number) and one.token.unit == "%"]
        for part in parts
    ]
    return [one[0] for one in found] if len(parts) > 1 and all(len(one) == 1 for one in found) else []


def _factors(term: g.Term) -> list[g.Term]:
    """The factors of a product (and the first term's, for ``a×w+…``)."""
    if isinstance(term, g.Calc) and term.op is Op.MUL:
        return [*_factors(term.left), *_factors(term.right)]
    if isinstance(term, g.Calc) and term.op is Op.DIV:
        return _factors(term.left)
    return [term]
