"""The bookkeeping of one reading: open questions, notes, status, and the small expressions every shape of rule uses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hengjian.rules.frame import Frame, frame_of
from hengjian.rules.grammar import items as g
from hengjian.rules.lexer import Token
from hengjian.rules.numerals import number
from hengjian.rules.reading import Context, Note, Reading, Status, weight_of
from hengjian.rules.tree import Arith, Clamp, Const, Expr, Input, Missing, Op, Rounded
from hengjian.values.finding import Level as Severity


def unread(text: str, span: tuple[int, int], what: str, expected: str) -> Note:
    """R10: what was not understood, where, and what was expected there."""
    return Note("R10", Severity.WARNING, f"{what}；此处应为{expected}", span=span)


_WEIGHT = Input("weight", "分")
_ORDER = (Status.EXECUTABLE, Status.NEEDS_JUDGEMENT, Status.AMBIGUOUS, Status.DEFECTIVE)


@dataclass(slots=True)
class Clause:
    """A condition with its consequence and what hangs on it."""

    cond: g.Cond | None
    cons: g.Consequence
    mods: list[g.Modifier] = field(default_factory=list)
    label: str = ""
    span: tuple[int, int] = (0, 0)
    base: Fraction | None = None  # 在8分的基础上，每低…扣…: the points its steps start from


def step_of(clause: Clause) -> g.Step:
    """The step of a clause that is one."""
    if not isinstance(clause.cons, g.Step):
        raise TypeError("not a step clause")
    return clause.cons


def cond_of(clause: Clause) -> g.Cond:
    """The condition of a clause that has one."""
    if clause.cond is None:
        raise TypeError("a clause without a condition")
    return clause.cond


@dataclass(slots=True)
class Loose:
    """A chunk without a consequence."""

    chunk: g.Chunk
    label: str


class Meaning:
    """One reading of one rule under one set of answers; ``read_rule`` reads a part that is a whole rule of its own."""

    def __init__(
        self,
        text: str,
        items: Sequence[g.Item],
        context: Context,
        answers: Mapping[str, int],
        read_rule: Callable[[str, Context], Reading],
    ) -> None:
        self.read_rule = read_rule
        self.text = text
        self.items = items
        self.context = context
        self.answers = answers
        self.asked: dict[str, int] = {}
        self.notes: list[Note] = []
        self.status = Status.EXECUTABLE
        self.firm = False
        self.frame: Frame = frame_of(context, items, text)
        weight = weight_of(context)
        self.weight: Fraction | None = None if isinstance(weight, Missing) else weight
        self.clauses: list[Clause] = []
        self.loose: list[Loose] = []
        self.mods: list[g.Modifier] = []
        self.failed = False
        self.scale = Fraction(1)
        self.cap_at: Fraction | None = None
        self.probes: list[Fraction] = []
        self.defined: dict[str, g.Term] = {}
        self.letters: dict[str, str] = {}
        self.letter_nouns: dict[str, str] = {}  # 其中A为数量完成率: what a letter is called in words
        self.caps: list[str] = []  # 各项比率超过100%的按100%计: what may not count for more than all of it
        self.open_boundary = False
        self.intro: Token | None = None  # a number the rule starts from (以100%为标准)
        self.replaced: dict[Token, Fraction] = {}  # copied numbers and what they stand for
        self.reworth: dict[int, Fraction] = {}  # clauses whose points are read the other way round

    # --- bookkeeping --------------------------------------------------------------------------------------------------

    def raise_to(self, status: Status) -> None:
        """Make the status at least as bad as ``status``."""
        if _ORDER.index(status) > _ORDER.index(self.status):
            self.status = status

    def option(self, name: str, count: int, status: Status, note: Note | None = None) -> int:
        """A question with several defensible answers; the preferred one is 0."""
        if name not in self.asked:
            self.asked[name] = count
            self.raise_to(status)
            if note is not None:
                self.notes.append(note)
        return self.answers.get(name, 0)

    def note(
        self,
        code: str,
        severity: Severity,
        message: str,
        span: tuple[int, int] | None = None,
        example: str = "",
        repair: str = "",
    ) -> None:
        """Add a finding of the reading itself."""
        self.notes.append(Note(code, severity, message, span=span, example=example, repair=repair))

    def fail(
        self, span: tuple[int, int], expected: str = "“…得满分”“…不得分”“…得×分”“每…扣×分”“得分=…”一类写法"
    ) -> None:
        """Say that a piece was not understood; the rule then gives no tree."""
        said = self.text[span[0] : span[1]].strip()
        self.notes.append(
            unread(self.text, span, f"第{span[0] + 1}—{span[1]}字“{said[:40]}”没有读懂，整条规则暂不计算得分", expected)
        )
        self.failed = True

    # --- small expressions --------------------------------------------------------------------------------------------

    def full(self) -> Expr:
        """The weight."""
        return _WEIGHT

    def target(self) -> Expr:
        """The target."""
        return self.frame.target_expr()

    def actual(self) -> Expr:
        """The cell 实际完成值."""
        return self.frame.actual()

    def points(self, amount: Fraction) -> Expr:
        """Printed points, under the reading of the weight in hand."""
        return Const(amount * self.scale, "分")

    def amount(self, amount: g.Amount, key: str = "share") -> Expr:
        """Points or a share of the weight; a bare percentage has two readings."""
        if amount.unit == "分":
            return self.points(amount.value)
        share = Arith(Op.MUL, self.full(), Const(amount.value / 100))
        if amount.of_weight:
            return share
        choice = self.option(
            key,
            2,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                f"“扣{short(amount.value)}%”没有说明是谁的百分之几：分值的{short(amount.value)}%，还是百分之几分；请写成“扣分值的{short(amount.value)}%”",
            ),
        )
        return share if choice == 0 else Const(amount.value / 100, "分")

    def check_top(self, values: Sequence[Expr]) -> None:
        """The best printed points must be the weight."""
        numbers = [part.value for part in values if isinstance(part, Const)]
        if len(numbers) == len(values) and numbers and self.weight is not None and max(numbers) != self.weight:
            self.mismatch(max(numbers))

    def mismatch(self, top: Fraction) -> bool:
        """The rule's full marks are not the weight: two readings, points as printed or in proportion to the weight."""
        if self.weight is None or self.weight == 0 or top == self.weight or top == 0:
            return False
        choice = self.option(
            "weight",
            2,
            Status.DEFECTIVE,
            Note(
                "R07",
                Severity.WARNING,
                f"规则的满分是{short(top)}分，分值栏是{short(self.weight)}分，两处不一致；请核对哪一处写错",
                example=f"{short(top)}分",
            ),
        )
        self.cap_at = top if choice == 1 else None
        self.scale = Fraction(1) if choice == 1 else self.weight / top
        return True

    def simple(self, cons: g.Consequence | None) -> Expr | None:
        """A consequence that needs nothing but the weight."""
        match cons:
            case g.Full():
                return self.full()
            case g.Zero():
                return Const(Fraction(0), "分")
            case g.Points(number):
                return self.points(number)
            case g.Share(percent):
                if percent == 100:
                    return self.full()
                return share(self.full(), percent) if percent else Const(Fraction(0), "分")
            case g.Fixed(amount, add):
                taken = self.amount(amount)
                return Arith(Op.ADD if add else Op.SUB, self.full(), taken)
            case _:
                return None

    def cap(self) -> Expr:
        """The most the rule can give: the weight, or the printed full marks in the reading that trusts them."""
        return Const(self.cap_at, "分") if self.cap_at is not None else self.full()

    def _floor(self, mod: g.Floor) -> Fraction:
        return mod.value * (self.weight or Fraction(0)) / 100 if mod.share else mod.value

    def finish(self, body: Expr, clauses: Sequence[Clause]) -> Clamp:
        """Caps, floors and printed rounding around the value."""
        mods = [*self.mods, *(mod for clause in clauses for mod in clause.mods)]
        floor = next((self._floor(mod) for mod in mods if isinstance(mod, g.Floor)), None)
        most = [mod for mod in mods if isinstance(mod, g.Most)]
        steps = [clause.cons for clause in clauses if isinstance(clause.cons, g.Step)]
        deduct_only = bool(steps) and all(step.verb == "deduct" for step in steps)
        low: Expr | None = Const(floor or Fraction(0), "分")
        for cap in most:
            if cap.amount is None:
                continue
            if cap.of == "deduct" or (cap.of == "" and deduct_only):
                limit = self.amount(cap.amount)
                if (
                    self.weight is not None
                    and isinstance(limit, Const)
                    and limit.value > self.weight
                    and self.weight > 0
                ):
                    self.note(
                        "R07",
                        Severity.WARNING,
                        f"扣分上限{short(limit.value)}分超过了分值{short(self.weight)}分，最多只能扣完分值",
                    )
                    self.raise_to(Status.DEFECTIVE)
                else:
                    low = Arith(Op.SUB, self.full(), limit)
        if self.weight == 0:
            earned = any(step.verb == "earn" for step in steps)
            limits = [cap.amount for cap in most if cap.amount is not None and not earned]
            low = Arith(Op.SUB, Const(Fraction(0), "分"), self.amount(limits[0])) if limits else None
            low = Const(floor or Fraction(0), "分") if earned else low
        high: Expr = self.cap()
        for cap in most:
            if (
                (cap.of == "earn" or (cap.of == "" and not deduct_only))
                and cap.amount is not None
                and cap.amount.unit == "分"
            ):
                high = self.points(cap.amount.value)
                if self.weight and cap.amount.value > self.weight and not any(step.verb == "add" for step in steps):
                    high = self.cap()
        for mod in mods:
            if isinstance(mod, g.RoundTo):
                body = Rounded(body, mod.places)
        return Clamp(body, low, high, stated=floor is not None or bool(most))


def short(value_: Fraction) -> str:
    """A number for a message."""
    return number(value_)


def share(weight: Expr, percent: Fraction) -> Expr:
    """A share of the weight in percent."""
    return Arith(Op.MUL, weight, Const(percent / 100))
