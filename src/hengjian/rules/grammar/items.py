"""What a printed rule is made of: conditions, consequences, modifiers, formulas. Types only; nothing is read here."""

from dataclasses import dataclass
from fractions import Fraction

from hengjian.rules.lexer import Token
from hengjian.rules.tree import Op, Partial, Sign

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Amount:
    """Points (``分``) or a share (``%``) of the weight; ``of_weight`` when the text names the weight."""

    value: Fraction
    unit: str
    of_weight: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tokens between consequences: a condition, an introduction, or nothing of weight."""

    tokens: tuple[Token, ...]
    span: Place


@dataclass(frozen=True, slots=True)
class Break:
    """A strong separator or a numbering; ``label`` is the numbering as printed."""

    label: str
    span: Place


@dataclass(frozen=True, slots=True)
class Full:
    """Full marks; ``quiet`` for 不扣分; ``base`` for 得基础分, which is less where the basic points are printed."""

    span: Place
    quiet: bool = False
    base: bool = False


@dataclass(frozen=True, slots=True)
class Zero:
    """Nothing; ``veto`` when the text says so."""

    span: Place
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A printed number of points; ``base`` for 基本分, ``bare`` without a word of earning."""

    value: Fraction
    span: Place
    base: bool = False
    bare: bool = False
    each: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the weight in percent; ``halved`` for 减半, which says half of full marks only beside fixed scores."""

    value: Fraction
    span: Place
    halved: bool = False


@dataclass(frozen=True, slots=True)
class Ratio:
    """``kind``: ``done`` (按完成比例得分), ``short`` or ``over`` (按…比例扣分), ``deduct`` when the text does not say which."""

    kind: str
    noun: str
    span: Place
    times: Fraction = Fraction(1)  # 按超出比例的2倍扣分


@dataclass(frozen=True, slots=True)
class Formula:
    """A printed formula for the score or for the deduction."""

    body: "Term"
    deduct: bool
    span: Place
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """``每…扣…``. ``way``: short, over, late, early, event, deviate, rank, done, or "" when no word tells.

    ``verb``: deduct, add or earn. ``relative`` when the size is a share of the target by the text.
    """

    way: str
    verb: str
    size: Token | None
    amount: Amount | None
    noun: str
    span: Place
    relative: bool = False
    against_target: bool = False
    partial: Partial | None = None
    words: str = ""
    high: Fraction | None = None
    every: bool = True
    threshold: Token | None = None  # 每低于95%一个百分点


@dataclass(frozen=True, slots=True)
class Fixed:
    """A deduction or bonus that is taken once."""

    amount: Amount
    add: bool
    span: Place


@dataclass(frozen=True, slots=True)
class Range:
    """A human number between two bounds, in points or in percent of the weight."""

    low: Fraction
    high: Fraction
    unit: str
    span: Place
    low_incl: bool = True
    high_incl: bool = True
    deduct: bool = False


@dataclass(frozen=True, slots=True)
class Discretion:
    """酌情: a person gives or takes points."""

    deduct: bool
    span: Place


@dataclass(frozen=True, slots=True)
class Straight:
    """线性插值 between the neighbouring bounds."""

    span: Place


@dataclass(frozen=True, slots=True)
class NoBonus:
    """不加分: nothing more than full marks."""

    span: Place


@dataclass(frozen=True, slots=True)
class Mean:
    """A share of the weight for a part (占40%), or equal parts (各占一半: value None)."""

    value: Fraction | None
    span: Place


@dataclass(frozen=True, slots=True)
class Spread:
    """分别…100%、80%、60%: consequences for the words listed before."""

    items: tuple["Share | Points | Range", ...]
    span: Place


@dataclass(frozen=True, slots=True)
class Floor:
    """The score ends at a number of points (0 unless printed), or at a ``share`` of the weight in percent."""

    value: Fraction
    span: Place
    share: bool = False


@dataclass(frozen=True, slots=True)
class Most:
    """An upper limit. ``of``: deduct, add, earn, or "" (what stands before decides). ``amount`` None: the weight."""

    of: str
    amount: Amount | None
    span: Place


@dataclass(frozen=True, slots=True)
class PartialStep:
    """What an unfinished step counts."""

    policy: Partial
    span: Place


@dataclass(frozen=True, slots=True)
class RoundTo:
    """保留一位小数."""

    places: int
    span: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """``kind``: best, worst, sum, nosum."""

    kind: str
    span: Place


@dataclass(frozen=True, slots=True)
class Remark:
    """Words that change nothing or name the kind of indicator. ``kind``: kind, separately, uncapped, capratio."""

    kind: str
    text: str
    span: Place


@dataclass(frozen=True, slots=True)
class Define:
    """``name = formula`` or ``X为…``: what a name stands for."""

    name: str
    body: "Term | None"
    text: str
    span: Place


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words of weight that no production takes: the rule must not run."""

    text: str
    expected: str
    span: Place


Consequence = (
    Full | Zero | Points | Share | Ratio | Formula | Step | Fixed | Range | Discretion | Straight | NoBonus | Spread
)


Modifier = Floor | Most | PartialStep | RoundTo | Choice | Remark | Define | Mean


Item = Chunk | Break | Consequence | Modifier | Unknown


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a formula."""

    token: Token


@dataclass(frozen=True, slots=True)
class Name:
    """A noun of a formula. ``role``: weight, actual, target, short, over, late, done, "" (see the words)."""

    text: str
    role: str
    span: Place


@dataclass(frozen=True, slots=True)
class Calc:
    """``left op right``."""

    op: Op
    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class Size:
    """``|inner|``: the size of a difference, whichever sign it has."""

    inner: "Term"


@dataclass(frozen=True, slots=True)
class Extreme:
    """``min(a, b)``: the smallest of the items, or the greatest."""

    least: bool
    items: tuple["Term", ...]


Term = Number | Name | Calc | Size | Extreme


@dataclass(frozen=True, slots=True)
class Bound:
    """``sign value``. ``number`` None: the target itself.

    ``bare`` when no word or sign tells the direction (完成60户, 100%), ``reach`` when only a word of reaching does.
    ``gap``: the number is a distance (超出5天以内, 低于目标3个百分点): ``over`` or ``short``; ``of_target`` for 目标值的80%.
    ``spoken`` when the comparison is a word (高于), not a sign.
    """

    sign: Sign
    number: Token | None
    span: Place
    bare: bool = False
    reach: bool = False
    gap: str = ""
    of_target: bool = False
    spoken: bool = False
    average: str = ""
    moved: bool = False  # the distance is told by a word of moving only (下降超过5个百分点, 减少10门以上)
    after: bool = False  # 以后 tells it (十名以后), which leaves open whose the number itself is


@dataclass(frozen=True, slots=True)
class Cond:
    """A condition as printed.

    ``state``: "" (bounds decide), reach, partly, short, over, notover, ontime, late, early, none, some, else, grow, text.
    ``date`` with ``after``: on or before, or after a day. ``joined``: further conditions with and/or.
    """

    text: str
    span: Place
    state: str = ""
    measure: str = ""
    bounds: tuple[Bound, ...] = ()
    date: tuple[int, int, int] | None = None
    monthly: bool = False
    after: bool = False
    since: tuple[int, int, int] | None = None  # 7月1日至7月31日: the first of two days
    joined: tuple["Cond", ...] = ()
    any: bool = False
    ordinal: bool = False
    leftover: tuple[Token, ...] = ()
    words: tuple[str, ...] = ()
    term: "Term | None" = None  # 追加额/预算数>0.2: what is compared, when it is a formula

    def measure_bounds(self) -> bool:
        """Whether it compares a measure with real bounds (not 一项 counted as a number)."""
        return any(bound.number is not None and bound.number.unit not in ("项", "个") for bound in self.bounds)
