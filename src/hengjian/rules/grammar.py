"""The grammar of scoring rules: one set of productions over the tokens of a rule.

A rule is a row of clauses, a clause is a condition and a consequence, and modifiers hang on consequences. ``parse`` finds
the consequences and modifiers (they begin and end with words of their own); what stands between them are conditions,
read by ``condition``. Nothing here knows the target or the weight: meanings are given by ``reader``.

    ①满意度≥90%，得满分；                    condition  full
    ②60%≤满意度＜90%，得分=完成比例×指标分；    condition  formula
    每低1个百分点扣0.5分，扣完为止              step       floor
    视情况扣1-3分                             discretion
    最高加3分                                 bonus cap
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hengjian.rules.lexer import Token
from hengjian.rules.tree import Op, Partial, Sign
from hengjian.values.quantity import chinese_number as whole_number

Place = tuple[int, int]


# --- what a rule is made of -------------------------------------------------------------------------------------------


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
    """Full marks; ``base`` for basic points of a printed number; ``quiet`` for 不扣分."""

    span: Place
    quiet: bool = False


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
    """The score ends at a number of points (0 unless printed)."""

    value: Fraction
    span: Place


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


# --- formulas ---------------------------------------------------------------------------------------------------------


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


# --- conditions -------------------------------------------------------------------------------------------------------


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
    term: "Term | None" = None

    def measure_bounds(self) -> bool:
        """Whether it compares a measure with real bounds (not 一项 counted as a number)."""
        return any(bound.number is not None and bound.number.unit not in ("项", "个") for bound in self.bounds)

    # term: 追加额/预算数>0.2: what is compared, when it is a formula


_TEXTLIKE = frozenset(
    {"text", "de", "noun", "var", "target", "actual", "ratio", "shortratio", "overratio", "shortfall", "excess", "lateness", "reach", "weight", "det", "eq", "some", "short", "rise", "late", "early", "over", "before",
     "after", "up", "down", "between", "and", "neg", "ontime", "rate", "average", "grow", "deviate", "rank", "none", "earn", "add", "base", "until", "or", "by", "lt", "gt", "ge", "le", "sum", "notontime", "notover", "every", "date", "define"}
)  # fmt: skip
_FORMULA_STOP = frozenset(
    {
        "stop",
        "most",
        "cap",
        "uncapped",
        "zero",
        "best",
        "nosum",
        "human",
        "linear",
        "ceil",
        "floor",
        "rounding",
        "else",
        "scored",
        "kind",
        "veto",
        "noadd",
        "nodeduct",
        "deducted",
    }
)
_DEEPEST = 12  # nested brackets and signs in one formula; nobody prints more
_MOST_SIGNS = 80
_MOST_CUTS = 4  # joined conditions in one clause; every cut is tried
_ENDS = frozenset({"sep", "enum"})
_OPENERS = frozenset({*_ENDS, "comma"})  # what may stand in front of a rule's opening words
# kinds that must not be left over anywhere: they carry meaning
HEAVY = frozenset(
    {
        "num",
        "date",
        "cmp",
        "zero",
        "full",
        "stop",
        "human",
        "veto",
        "best",
        "worst",
        "nosum",
        "ceil",
        "floor",
        "linear",
        "line",
        "unsupported",
        "nodeduct",
        "noadd",
        "deducted",
        "cap",
        "uncapped",
        "deduct",
        "range",
    }
)
_WAYS = {
    "short": "short",
    "lt": "short",
    "rise": "over",
    "gt": "over",
    "over": "over",
    "late": "late",
    "notontime": "late",
    "early": "early",
    "some": "event",
    "deviate": "deviate",
    "rank": "rank",
    "reach": "done",
}


_TIME_NOUNS = {
    "天": "天",
    "日": "天",
    "个工作日": "天",
    "工作日": "天",
    "周": "周",
    "月": "月",
    "个月": "月",
    "小时": "小时",
}


_HALVES = {"半天": "天", "半日": "天", "半小时": "小时", "半个小时": "小时", "半个百分点": "百分点", "半个点": "百分点"}


def heavy(token: Token) -> bool:
    """Whether a token carries meaning that must not be left out. A single 减 or 零 is often part of a noun."""
    return token.kind in HEAVY and token.text not in ("减", "加", "奖")


def parse(tokens: Sequence[Token]) -> list[Item]:
    """The items of a rule in order."""
    return _Parser(_spoken(tokens)).run()


def condition(tokens: Sequence[Token], text: str) -> Cond | None:
    """A chunk as a condition; None when there is nothing in it. ``text`` is the printed rule."""
    return _Condition(_spoken(tokens), text).read()


def _spoken(tokens: Sequence[Token]) -> Sequence[Token]:
    """一半, 三分之二 as percentages; the brackets of min{…,1} as brackets; marks and units in brackets where they belong."""
    kinds = {token.kind for token in tokens}
    tokens = _tidied(tokens, brackets=any(token.text == "(" for token in tokens))
    if "fraction" in kinds:
        tokens = tuple(
            replace(token, kind="num", value=_share_in_words(token.text), unit="%")
            if token.kind == "fraction"
            else token
            for token in tokens
        )
    return _bracketed(tokens) if "function" in kinds else tokens


def _tidied(tokens: Sequence[Token], *, brackets: bool) -> Sequence[Token]:
    """``70%（含70%）至80%``, ``15台（套）``, ``60-80分之间``, a full stop of one byte, 分值得分: tokens that were cut apart."""
    if brackets:
        tokens = _marked(tuple(tokens))
    out: list[Token] = []
    at, count = 0, len(tokens)
    while at < count:
        token = tokens[at]
        last = out[-1] if out else None
        following = tokens[at + 1] if at + 1 < count else None
        if token.kind == "text" and token.text == "." and last is not None and last.kind != "var":
            out.append(replace(token, kind="sep"))
        elif token.text in ("至", "到") and token.kind == "text" and last is not None and following is not None:
            between = last.kind in ("num", "incl", "excl") and following.kind == "num"
            out.append(replace(token, kind="range") if between else token)
        elif (
            token.text == "("
            and last is not None
            and last.kind == "num"
            and last.unit not in ("", "分", "%")
            and at + 2 < count
            and tokens[at + 2].text == ")"
            and tokens[at + 1].text in _UNIT_WORDS
        ):
            at += 2  # 15台（套）
        elif (
            token.text == "分"
            and token.kind == "text"
            and last is not None
            and last.kind == "num"
            and not last.unit
            and following is not None
            and following.kind == "between"
        ):
            out[-1] = replace(last, unit="分", end=token.end)
        elif token.kind == "num" and token.unit.startswith("分/"):
            out.append(Token("every", "每", token.start, token.end))  # 国家级3分/个
            out.append(Token("text", token.unit[2:], token.start, token.end))
            out.append(replace(token, unit="分"))
        elif (
            token.text in ("-", "+", "—")
            and token.kind in ("op", "range")
            and last is not None
            and last.kind == "num"
            and last.unit not in ("", "分", "%")
            and following is not None
            and following.kind == "num"
            and following.unit == "分"
        ):
            out.append(replace(token, kind="add" if token.text == "+" else "deduct"))  # 缺1次-0.1分
        elif (
            token.text == "/"
            and last is not None
            and last.kind == "num"
            and last.unit == "分"
            and following is not None
            and following.kind == "num"
            and following.unit not in ("", "分")
        ):
            out.append(replace(token, kind="sep"))  # 60学时4分/50学时3分
        elif token.text == "分值得" and following is not None and following.text == "分":
            cut = token.end - 1
            out.append(replace(token, kind="weight", text="分值", end=cut))
            out.append(replace(token, kind="earn", text="得分", start=cut, end=following.end))
            at += 1
        else:
            out.append(token)
        at += 1
    return tuple(out) if len(out) != count or any(a is not b for a, b in zip(out, tokens, strict=False)) else tokens


_UNIT_WORDS = frozenset(
    [
        "套",
        "次",
        "个",
        "台",
        "件",
        "人",
        "户",
        "家",
        "场",
        "期",
        "项",
        "处",
        "份",
        "批",
        "起",
        "例",
        "名",
        "位",
        "篇",
        "册",
        "本",
        "辆",
        "座",
        "间",
        "人次",
        "户次",
        "场次",
        "组",
        "条",
        "只",
        "支",
        "幅",
        "块",
    ]
)


def _bracketed(tokens: Sequence[Token]) -> Sequence[Token]:
    """Braces as brackets, and the 1) of min(…,1) as a number and a bracket instead of a numbering."""
    out: list[Token] = []
    for token in tokens:
        number = token.text.rstrip(")").lstrip("(")
        if token.text in ("{", "}"):
            out.append(replace(token, kind="op", text="(" if token.text == "{" else ")"))
        elif token.kind == "enum" and token.text.endswith(")") and number.isdigit() and "(" not in token.text:
            out.append(replace(token, kind="num", text=number, end=token.end - 1, value=Fraction(int(number))))
            out.append(replace(token, kind="op", text=")", start=token.end - 1))
        else:
            out.append(token)
    return tuple(out)


def _share_in_words(text: str) -> Fraction:
    below, _, above = text.partition("分之")
    bottom, top = whole_number(below), whole_number(above)
    return Fraction(100 * top, bottom) if bottom and top else Fraction(50)


def whole_formula(tokens: Sequence[Token]) -> Formula | None:
    """A chunk that is a formula and nothing else (``执行率×10``), or None."""
    parser = _Parser(tokens)
    return parser.bare_formula()


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.t = tuple(tokens)
        self.kinds = tuple(token.kind for token in self.t)
        self.n = len(self.t)
        self.repaired = False
        self.depth = 0
        self.items: list[Item] = []

    # --- helpers ------------------------------------------------------------------------------------------------------

    def kind(self, at: int) -> str:
        return self.kinds[at] if 0 <= at < self.n else ""

    def word(self, at: int) -> str:
        return self.t[at].text if 0 <= at < self.n else ""

    def span(self, start: int, end: int) -> Place:
        return self.t[start].start, self.t[min(max(start, end - 1), self.n - 1)].end

    def skip(self, at: int, *kinds: str) -> int:
        while self.kind(at) in kinds:
            at += 1
        return at

    def is_points(self, at: int) -> bool:
        return self.kind(at) == "num" and self.t[at].unit == "分"

    def run(self) -> list[Item]:
        at = start = 0
        while at < self.n:
            found = self.one(at)
            if found is None:
                if self.kind(at) in _ENDS:
                    self.flush(start, at)
                    self.items.append(Break(self.word(at) if self.kind(at) == "enum" else "", self.span(at, at + 1)))
                    start = at + 1
                at += 1
                continue
            item, after = found
            self.flush(start, at)
            self.items.append(item)
            at = start = max(after, at + 1)
        self.flush(start, self.n)
        return self.items

    def one(self, at: int) -> tuple[Item, int] | None:
        if self.kinds[at] in _SEPARATING:
            return None
        for production in _PRODUCTIONS:
            found = production(self, at)
            if found is not None:
                return found
        return None

    def flush(self, start: int, end: int) -> None:
        while start < end and self.kind(start) in ("comma", "de", "dun", "colon"):
            start += 1
        while end > start and self.kind(end - 1) in ("comma", "de", "dun", "colon"):
            end -= 1
        if start < end:
            self.items.append(Chunk(self.t[start:end], self.span(start, end)))

    # --- modifiers ----------------------------------------------------------------------------------------------------

    def stop(self, at: int) -> tuple[Item, int] | None:
        """扣完为止, 扣完本项分值为止, 扣完4分为止, 扣满3分为止, 最低0分, 最低得1分."""
        kind = self.kind(at)
        if kind == "stop":
            end = self.skip(at + 1, "det", "weight", "de")
            end = end if self.kind(end) == "until" else at + 1  # 直至扣完该项分值为止
            return Floor(Fraction(0), self.span(at, at + 1)), self.skip(end, "until")
        if kind in ("deducted", "deduct", "full", "add", "earn", "zero") or (
            kind == "text" and self.word(at) in ("直至", "直到", "至", "到", "扣满", "加满", "满")
        ):
            end = at + 1
            points: Token | None = None
            while (
                end < self.n
                and self.kind(end)
                in ("det", "weight", "de", "text", "deducted", "deduct", "num", "full", "base", "earn", "zero", "add")
                and end - at < 7
            ):
                if self.kind(end) == "num":
                    if points is not None or self.t[end].unit != "分":
                        return None
                    points = self.t[end]
                end += 1
            if self.word(at) in ("直至", "直到") and self.kind(end - 1) == "deducted" and points is None:
                return Floor(Fraction(0), self.span(at, end)), self.skip(end, "until")
            if self.kind(end) == "until" and self.word(end) != "封顶":
                spread = [self.kind(k) for k in range(at, end)]
                said = "".join(self.word(k) for k in range(at, end))
                if "deducted" in spread or "zero" in spread or ("deduct" in spread and "满" in said):
                    if points is None or points.value == 0:
                        return Floor(Fraction(0), self.span(at, end + 1)), end + 1
                    return Most("deduct", Amount(points.value, "分"), self.span(at, end + 1)), end + 1
                if "deduct" in spread and points is not None and ("至" in said or "到" in said):
                    return Floor(points.value, self.span(at, end + 1)), end + 1  # 扣至1分为止
                if "deduct" in spread and points is not None:
                    return (
                        Most("deduct", Amount(points.value, "分"), self.span(at, end + 1))
                        if points.value
                        else Floor(Fraction(0), self.span(at, end + 1))
                    ), end + 1
                if "add" in spread and points is not None and ("至" in said or "到" in said):
                    return Most("earn", Amount(points.value, "分"), self.span(at, end + 1)), end + 1
                if "add" in spread and points is not None:
                    return Most("add", Amount(points.value, "分"), self.span(at, end + 1)), end + 1
                if "full" in spread or (points is not None and ("earn" in spread or self.word(at) == "满")):
                    return Most("earn", Amount(points.value, "分") if points else None, self.span(at, end + 1)), end + 1
        if (below := self.below_zero(at)) is not None:
            return below
        if kind == "deduct" and self.word(at + 1) in ("至", "到") and self.is_points(at + 2):
            end = self.skip(at + 3, "until")
            return Floor(self.t[at + 2].value, self.span(at, end)), end
        if kind == "least" and self.is_points(after := self.skip(at + 1, "earn", "deduct", "eq", "text")):
            return Floor(self.t[after].value, self.span(at, after + 1)), self.skip(after + 1, "until")
        return None

    def below_zero(self, at: int) -> tuple[Item, int] | None:
        """最多扣至-3分, 扣到-3分为止, 最低-3分: a floor below nothing, which the text has to print (C1)."""
        if self.kind(at) not in ("most", "least", "deduct"):
            return None
        end = self.skip(at, "most", "least", "deduct", "earn", "eq")
        if self.word(end) in ("至", "到", "为"):
            end += 1
        elif not any(self.kind(k) == "least" for k in range(at, end)):
            return None
        if self.word(end) == "-" and self.is_points(end + 1):
            return Floor(-self.t[end + 1].value, self.span(at, end + 2)), self.skip(end + 2, "until")
        if self.is_points(end) and self.t[end].value < 0:
            return Floor(self.t[end].value, self.span(at, end + 1)), self.skip(end + 1, "until")
        return None

    def most(self, at: int) -> tuple[Item, int] | None:
        """最多扣3分, 最高加5分, 最高不超过5分, 累计扣分不超过2分, 满分5分, 以3分为限, 5分封顶, 上不封顶."""
        kind = self.kind(at)
        if kind == "uncapped":
            return Remark("uncapped", self.word(at), self.span(at, at + 1)), at + 1
        if kind == "cap":
            return Most("earn", None, self.span(at, at + 1)), at + 1
        if kind == "most":
            return self.most_of(at, at, "")
        if kind in ("sum", "deduct", "add", "earn", "full", "text", "by", "det", "weight") and self.kind(at + 1) in (
            "le",
            "most",
        ):
            of = {"deduct": "deduct", "add": "add", "earn": "earn", "full": "earn"}.get(kind, "")
            if kind == "text" and self.word(at) not in (
                "总",
                "合计",
                "总计",
                "总",
                "共",
                "总共",
                "合共",
                "单项",
                "本项",
            ):
                return None
            if "扣" in self.word(at):
                of = "deduct"
            elif "加分" in self.word(at):
                of = "add"
            return self.most_of(at, at + 1, of)
        if (
            kind == "le"
            and self.items
            and isinstance(self.items[-1], (Step, Fixed, Most, Formula, Ratio))
            and self.is_points(at + 1)
        ):
            return self.most_of(at, at, "")
        if (
            kind in ("gt", "over")
            and self.kind(at + 1) in ("num", "full", "weight")
            and (self.kind(at + 1) != "num" or self.t[at + 1].unit == "分")
        ):
            after = self.skip(at + 2, "de", "comma", "weight")
            if self.kind(after) == "by" and self.kind(after + 1) in ("num", "full", "weight"):
                end = self.skip(after + 2, "earn", "scored", "weight")
                amount = Amount(self.t[after + 1].value, "分") if self.is_points(after + 1) else None
                return Most("earn", amount, self.span(at, end)), end
        if kind == "le" and self.kind(self.skip(at + 1, "det")) in ("weight", "full"):
            return self.most_of(at, at, "earn")
        if (
            kind == "by"
            and self.word(at) == "以"
            and (self.is_points(at + 1) or self.kind(at + 1) in ("full", "weight"))
            and self.kind(at + 2) == "until"
        ):
            amount = Amount(self.t[at + 1].value, "分") if self.is_points(at + 1) else None
            return Most("", amount, self.span(at, at + 3)), at + 3
        if self.is_points(at) and self.word(at + 1) == "封顶":
            return Most("", Amount(self.t[at].value, "分"), self.span(at, at + 2)), at + 2
        if (
            kind == "full"
            and self.is_points(after := self.skip(at + 1, "eq", "text"))
            and (after == at + 1 or self.word(after - 1) == "为")
            and self.kind(at - 1) != "earn"
        ):
            return Most("earn", Amount(self.t[after].value, "分"), self.span(at, after + 1)), after + 1
        if kind == "until" and self.word(at) == "封顶" and self.items:
            return Most("", None, self.span(at, at + 1)), at + 1
        return None

    def most_of(self, at: int, word: int, of: str) -> tuple[Item, int] | None:
        said = self.word(word)
        if "扣" in said:
            of = "deduct"
        elif "加" in said and "累加" not in said:
            of = "add"
        elif "得" in said and "不得" not in said:
            of = of or "earn"
        end = word + 1
        while (
            self.kind(end) in ("deduct", "add", "earn", "eq", "le", "text", "det", "sum", "most", "ge")
            and end - word < 5
        ):
            of = {"deduct": "deduct", "add": "add", "earn": of or "earn"}.get(self.kind(end), of)
            if self.kind(end) == "text" and self.word(end) not in (
                "不超过",
                "可",
                "只",
                "至",
                "到",
                "共",
                "累计",
                "只能",
                "仅",
                "可以",
                "数",
            ):
                return None
            end += 1
        if self.kind(end) in ("full", "weight", "base"):
            of = of or "earn"
            stop = self.skip(end + 1, "until", "weight")
            if self.kind(stop) == "de" and self.kind(stop + 1) == "num":
                return Most(of, Amount(self.t[stop + 1].value, "%", True), self.span(at, stop + 2)), self.skip(
                    stop + 2, "until"
                )
            if self.is_points(stop):
                return Most(of, Amount(self.t[stop].value, "分"), self.span(at, stop + 1)), self.skip(stop + 1, "until")
            return Most(of, None, self.span(at, stop)), stop
        if self.kind(end) != "num":
            return None
        token = self.t[end]
        if token.unit not in ("分", "%", ""):
            return None
        stop = end + 1
        weight = self.skip(stop, "de", "det")
        named = self.kind(weight) in ("weight", "full")
        if named:
            stop = weight + 1
        if token.unit == "%" and not named and of == "":
            return None
        stop = self.skip(stop, "until")
        return Most(of, Amount(token.value, "%" if token.unit == "%" else "分", named), self.span(at, stop)), stop

    def rounding(self, at: int) -> tuple[Item, int] | None:
        if self.kind(at) != "rounding":
            return None
        end = (
            self.skip(at + 1, "rounding", "comma", "text")
            if self.kind(at + 1) in ("rounding", "num", "text")
            else at + 1
        )
        if self.kind(end) == "num" and self.kind(end + 1) == "decimals":
            after = self.skip(end + 2, "rounding", "text") if self.kind(end + 2) == "rounding" else end + 2
            return RoundTo(int(self.t[end].value), self.span(at, end + 2)), after
        match = [
            k
            for k in range(at, min(at + 4, self.n))
            if any(word in self.word(k) for word in ("一位", "两位", "二位", "三位", "整数"))
        ]
        if match:
            said = self.word(match[0])
            places = 1 if "一位" in said else 3 if "三位" in said else 0 if "整数" in said else 2
            end = (
                self.skip(match[0] + 1, "decimals", "rounding", "text")
                if self.kind(match[0] + 1) in ("decimals", "rounding")
                else match[0] + 1
            )
            return RoundTo(places, self.span(at, end)), end
        if self.word(at).startswith("四舍五入"):
            return Remark("rounding", self.word(at), self.span(at, at + 1)), at + 1
        return None

    def partial(self, at: int) -> tuple[Item, int] | None:
        """不足1个百分点按1个百分点计, 不足1个不计分, 其余按线性; only where a step with that unit stands before."""
        kind = self.kind(at)
        if kind in ("linear", "ceil", "floor"):
            end = self.skip(at + 1, "scored", "earn", "deduct")
            return PartialStep(
                {"linear": Partial.LINEAR, "ceil": Partial.CEIL, "floor": Partial.FLOOR}[kind], self.span(at, end)
            ), end
        if kind != "lt" or self.kind(at + 1) != "num":
            return None
        steps = [item for item in self.items if isinstance(item, Step)]
        size = self.t[at + 1]
        if not steps or all(step.size is not None and not _same_size(step.size, size) for step in steps):
            return None
        end = (
            self.skip(at + 2, "de", "comma", "text", "shortfall", "noun")
            if self.kind(at + 2) in ("de", "comma", "text", "noun")
            else at + 2
        )
        if self.kind(end) in ("by", "reach", "eq", "ontime") or self.word(end) in (
            "均按",
            "也按",
            "视同",
            "视为",
            "算",
        ):
            after = end + 1
            if self.kind(after) == "num" and _same_size(self.t[after], size):
                after = (
                    self.skip(after + 1, "earn", "scored", "deduct", "text")
                    if self.kind(after + 1) in ("earn", "scored", "deduct")
                    else after + 1
                )
                return PartialStep(Partial.CEIL, self.span(at, after)), after
            if self.kind(after) in ("ratio", "shortratio"):
                after = self.skip(after + 1, "earn", "scored", "deduct")
                return PartialStep(Partial.LINEAR, self.span(at, after)), after
        if self.kind(end) in ("ignore", "nodeduct", "noadd") or (
            self.kind(end) == "zero"
            and self.word(end) in ("不计分", "不得分", "不给分", "不予计分", "不记分", "不赋分")
        ):
            return PartialStep(Partial.FLOOR, self.span(at, end + 1)), self.skip(end + 1, "earn", "deduct")
        return None

    def words(self, at: int) -> tuple[Item, int] | None:
        kind = self.kind(at)
        if kind in ("best", "worst", "nosum", "sum"):
            if kind == "sum" and self.kind(at + 1) in ("num", "text", "reach"):
                return None
            return Choice(kind, self.span(at, at + 1)), at + 1
        if kind == "kind":
            return Remark("kind", self.word(at), self.span(at, at + 1)), at + 1
        if kind == "halve":
            return Share(Fraction(50), self.span(at, at + 1), halved=True), self.skip(at + 1, "earn", "scored")
        if kind == "noadd":
            return NoBonus(self.span(at, at + 1)), at + 1
        if kind == "nodeduct":
            return Full(self.span(at, at + 1), quiet=True), at + 1
        if self.word(at) == "视为" and (after := self.judged_as(at)) > at:
            return Remark("kind", self.word(at), self.span(at, after)), after
        if kind == "unsupported" and self.word(at) == "倒扣" and self.goes_below(at):
            return Remark("below", self.word(at), self.span(at, at + 1)), at + 1
        if kind == "unsupported":
            return Unknown(
                self.word(at), "能换算成分值的写法（如“每…扣…分”“按…比例得分”）", self.span(at, at + 1)
            ), at + 1
        return None

    def goes_below(self, at: int) -> bool:
        """Whether a floor below nothing is printed behind 可倒扣."""
        return any(
            isinstance(found[0], Floor)
            for k in range(at + 1, min(at + 8, self.n))
            if (found := self.below_zero(k)) is not None
        )

    def judged_as(self, at: int) -> int:
        """视为指标设置偏低，扣2分: what it is called changes nothing where the points follow."""
        end = at + 1
        while self.kind(end) in ("text", "noun", "target", "de", "actual", "short", "rise", "deviate", "neg"):
            end += 1
        return end if end > at + 1 and self.kind(end) == "comma" and self.kind(end + 1) in ("deduct", "zero") else at

    # --- consequences -------------------------------------------------------------------------------------------------

    def formula(self, at: int) -> tuple[Item, int] | None:
        """得分=…, 扣分=…, Y=…, 得分为（实际/计划）×分值."""
        start = at
        kind = self.kind(at)
        if kind in ("weight", "det") and self.kind(at + 1) in ("earn", "deduct"):
            at += 1
            kind = self.kind(at)
        deduct = kind == "deduct" and self.word(at) in (
            "扣分",
            "扣减分值",
            "扣除分值",
            "扣减",
            "扣减得分",
            "扣减分数",
            "扣分值",
            "减分",
        )
        score = (
            (
                kind == "earn"
                and self.word(at) in ("得分", "分值为", "计分", "得分为", "赋分", "评分", "得", "计", "评分为", "计为")
            )
            or (kind == "noun" and self.word(at) in ("考核得分", "评价得分"))
            or (kind == "weight" and self.word(at) in ("应得分", "应得分值"))
        )
        sign = at + 1
        if (deduct or score) and self.kind(sign) == "var" and self.kind(sign + 1) in ("cmp", "eq", "colon"):
            sign += 1  # 得分Y=…; in 得N/M×6分 the letter begins the formula
        if kind == "var" and self.kind(sign) == "cmp" and self.word(sign) == "=" and self.word(at)[0] in "YSFyZ得":
            score = True
        if kind == "text" and self.word(at) in ("扣分数", "应扣分", "扣分额"):
            deduct = True
        if not (deduct or score):
            return None
        body_at = -1
        if self.kind(sign) == "cmp" and self.word(sign) == "=":
            body_at = sign + 1
        elif (
            self.kind(sign) in ("eq", "colon")
            or self.word(at) in ("得分为", "分值为", "评分为", "计为", "得", "计", "计分", "得分")
        ) and kind != "var":
            body_at = sign + 1 if self.kind(sign) in ("eq", "colon") else sign
            if not self.calculates(body_at):
                return None
        if body_at < 0:
            return None
        return self.formula_from(start, body_at, self.n, deduct)

    def opening(self, at: int) -> tuple[Item, int] | None:
        """执行率×10分，超过100%按100%计: a rule that opens with the formula itself, 得分= left unsaid.

        Only what multiplies out to the weight or to points is a score; 实际数/计划数×100%，… explains a rate.
        """
        if at > 0 and (self.kind(at - 1) not in _OPENERS or not self.begins(at)):
            return None
        if not all(isinstance(item, (Define, Break)) for item in self.items):
            return None
        if sum(isinstance(item, Break) and item.label != "" for item in self.items) > 1 or not self.calculates(at):
            return None
        found = self.formula_from(at, at, self.n, False)
        if found is None or self.kind(found[1]) != "comma" or self.repaired:
            return None
        if not isinstance(found[0], Formula) or not _makes_points(found[0].body) or self.calculates_again(found[1]):
            return None
        return found

    def begins(self, at: int) -> bool:
        """Whether nothing but separators stands between the last item (or the beginning) and ``at``."""
        before = at - 1
        while before >= 0 and self.kind(before) in _OPENERS:
            before -= 1
        return before < 0 or (bool(self.items) and self.t[before].end <= self.items[-1].span[1])

    def calculates_again(self, at: int) -> bool:
        """及时率×4分 behind 完成率×6分: a second product that defines nothing, so the first is not the whole score."""
        starts = [k + 1 for k in range(at, self.n) if self.kind(k) in _OPENERS]
        return any(self.calculates(k) and not self.defines(k) for k in starts)

    def defines(self, at: int) -> bool:
        """Whether the clause holds an equals sign."""
        end = next((k for k in range(at, self.n) if self.kind(k) in _OPENERS), self.n)
        return any(self.kind(k) == "cmp" and self.word(k) == "=" for k in range(at, end))

    def formula_from(self, start: int, body_at: int, limit: int, deduct: bool) -> tuple[Item, int] | None:
        self.repaired = False
        if sum(token.kind == "op" for token in self.t[body_at:limit]) > _MOST_SIGNS:
            return None
        parsed = self.expression(body_at, limit)
        if parsed is None:
            return None
        body, end = parsed
        while self.kind(end) == "op" and self.word(end) == ")" and end < limit:
            self.repaired = True
            if end + 1 < limit and self.kind(end + 1) == "op" and self.word(end + 1) in "*/+-":
                more = self.continued(body, end + 1, limit)
                if more is None:
                    break
                body, end = more
            else:
                end += 1
        if self.kind(end) == "text" and self.word(end) == "分" and end < limit:
            end += 1  # 计6×完成数/目标数分
        return Formula(body, deduct, self.span(start, end), self.repaired), end

    def continued(self, left: Term, at: int, limit: int) -> tuple[Term, int] | None:
        """The rest of an expression behind a bracket that was never opened: the bracket opened at the beginning."""
        while at < limit and self.kind(at) == "op" and self.word(at) in "*/+-":
            parsed = self.factor(at + 1, limit)
            if parsed is None:
                return None
            left, at = Calc(Op(self.word(at)), left, parsed[0]), parsed[1]
        return left, at

    def calculates(self, at: int) -> bool:
        """Whether an operator of multiplication or division comes before the clause ends."""
        depth = 0
        while at < self.n and self.kind(at) not in _ENDS and not (self.kind(at) == "comma" and depth == 0):
            if self.kind(at) == "op":
                if self.word(at) in "*/":
                    return True
                depth += {"(": 1, ")": -1}.get(self.word(at), 0)
            if self.kind(at) in _FORMULA_STOP:
                return False
            at += 1
        return False

    def bare_formula(self) -> Formula | None:
        if not any(token.kind == "op" and token.text in "*/" for token in self.t) or any(
            token.kind in ("cmp", "sep", "comma") for token in self.t
        ):
            return None
        found = self.formula_from(0, self.skip(0, "by"), self.n, False)
        if (
            found is None
            or not isinstance(found[0], Formula)
            or self.skip(found[1], "comma", "de", "scored", "earn") < self.n
        ):
            return None
        return found[0]

    def expression(self, at: int, limit: int) -> tuple[Term, int] | None:
        parsed = self.product(at, limit)
        if parsed is None:
            return None
        left, at = parsed
        while (
            at < limit
            and (self.kind(at) in ("op", "range"))
            and self.word(at) in ("+", "-", "—", "~")
            and (parsed := self.product(at + 1, limit))
        ):
            left, at = Calc(Op.ADD if self.word(at) == "+" else Op.SUB, left, parsed[0]), parsed[1]
        return left, at

    def product(self, at: int, limit: int) -> tuple[Term, int] | None:
        parsed = self.factor(at, limit)
        if parsed is None:
            return None
        left, at = parsed
        if at < limit and self.word(at) == "占" and (whole := self.name(at + 1, limit)):
            left, at = Calc(Op.DIV, left, _plain_share(whole[0])), whole[1]  # 完成面积占计划面积的比例
        while (
            at < limit
            and self.kind(at) == "op"
            and self.word(at) in ("*", "/")
            and (parsed := self.factor(at + 1, limit))
        ):
            left, at = Calc(Op.MUL if self.word(at) == "*" else Op.DIV, left, parsed[0]), parsed[1]
        return left, at

    def factor(self, at: int, limit: int) -> tuple[Term, int] | None:
        at = self.skip(at, "de")
        if at >= limit:
            return None
        if self.kind(at) == "op" and self.word(at) == "|":
            self.depth += 1
            inner = self.expression(at + 1, limit) if self.depth <= _DEEPEST else None
            self.depth -= 1
            if inner is None or self.word(inner[1]) != "|":
                return None
            return Size(inner[0]), inner[1] + 1
        if self.kind(at) == "function":
            return self.picked(at, limit)
        if self.kind(at) == "op" and self.word(at) == "(":
            self.depth += 1
            parsed = self.expression(at + 1, limit) if self.depth <= _DEEPEST else None
            self.depth -= 1
            if parsed is None:
                return None
            body, end = parsed
            if self.kind(end) == "op" and self.word(end) == ")" and end < limit:
                return body, end + 1
            self.repaired = True
            return _close_before_weight(body), end
        if self.kind(at) == "num":
            end = at + 1
            if (
                self.t[at].unit == "分"
                and self.kind(end) == "op"
                and self.word(end) == "("
                and self.kind(end + 1) == "weight"
            ):
                end += 3
            return Number(self.t[at]), end
        return self.name(at, limit)

    def picked(self, at: int, limit: int) -> tuple[Term, int] | None:
        """min(实际值/目标值，1)."""
        least = self.word(at).lower().startswith(("min", "最小", "较小", "取小"))
        if self.word(at + 1) != "(" or self.depth >= _DEEPEST:
            return None
        items: list[Term] = []
        end = at + 1
        self.depth += 1
        while end < limit and (end == at + 1 or self.kind(end) in ("comma", "dun", "sep")):
            parsed = self.expression(end + 1, limit)
            if parsed is None:
                break
            items.append(parsed[0])
            end = parsed[1]
        self.depth -= 1
        if self.word(end) != ")" or len(items) < 2:
            return None
        return Extreme(least, tuple(items)), end + 1

    def name(self, at: int, limit: int) -> tuple[Term, int] | None:
        start, kinds = at, []
        while at < limit:
            kind = self.kind(at)
            if kind in _FORMULA_STOP or (kind == "comma") or kind in _ENDS or kind in ("cmp", "colon"):
                break
            if kind == "op":
                if self.word(at) == "(" and start < at and not self.opens_factor(at):
                    close = at + 1
                    while close < limit and self.word(close) != ")":
                        close += 1
                    inner = [k for k in range(at + 1, close) if self.kind(k) == "num"]
                    if close >= limit or any(self.kind(k) in ("eq", "cmp") for k in range(at + 1, close)):
                        break
                    if len(inner) == 1 and close - at == 2:
                        return Number(self.t[inner[0]]), close + 1
                    if not inner:
                        at = close + 1
                        continue
                break
            if (
                kind == "text"
                and self.word(at) == "分"
                and start < at
                and self.kind(at + 1) in ("", "sep", "comma", "enum")
            ):
                break
            if kind == "num":
                if start < at and self.kind(at - 1) not in ("op",) and self.t[at].unit != "分":
                    return Number(self.t[at]), at + 1
                break
            if kind == "dun":
                if start < at and self.kind(at + 1) in ("text", "noun", "var"):
                    at += 1
                    continue
                break
            if kind not in _TEXTLIKE and kind not in ("full", "cap"):
                break
            if kind == "var" and start < at:
                break
            kinds.append(kind)
            at += 1
        if at == start:
            return None
        text = "".join(self.word(k) for k in range(start, at)).partition("(")[0]
        return Name(text, _role(text, kinds), self.span(start, at)), at

    def opens_factor(self, at: int) -> bool:
        return any(
            self.kind(k) == "op" and self.word(k) in "*/+-"
            for k in range(at + 1, min(at + 12, self.n))
            if ")" not in "".join(self.word(j) for j in range(at, k))
        )

    def step(self, at: int) -> tuple[Item, int] | None:
        """每(低于)(目标值)(的)1个百分点，扣0.5分; 少1名扣1分; 发生1起扣2分; 每处扣0.5分."""
        every = self.kind(at) == "every"
        if not every and not (self.kind(at) in _WAYS or self.kind(at) == "num"):
            return None
        way, size, noun, target, relative = "", None, "", False, False
        threshold: Token | None = None
        said = self.word(at) if every else ""
        if every and self.word(at) in ("每发生", "每出现", "每发现", "每有"):
            way = "event"
        floor = self.word(at) == "每满"
        end = at + 1 if every else at
        if every and (after := self.either_way(at + 1)) > end:
            way, end = "deviate", after
            said += "偏离"
        while end < self.n:
            kind = self.kind(end)
            if kind in ("deduct", "add"):
                break
            if kind == "earn":
                if self.step_earns(end):
                    break
                noun += self.word(end)
            elif kind == "num":
                if (
                    self.t[end].unit == "分"
                    and size is None
                    and every
                    and self.kind(end - 1) not in ("lt", "gt", "short", "rise", "every")
                ):
                    break
                if self.t[end].unit == "分" and size is not None:
                    break
                if size is not None and threshold is None and self.names_threshold(end, size):
                    threshold, size = size, None
                if size is not None:
                    return None
                if self.word(end - 1) == "满":
                    floor = True
                size = self.t[end]
                if self.kind(end - 1) == "de" and target:
                    relative = size.percent and size.unit == "%"
                if size.unit == "天" and self.kind(end + 1) in ("before", "down", "after") and self.text_month(end - 1):
                    return None  # 每月15日前拨付得5分: a day of every month, no step
                if not every and (
                    not self.countable(end) or self.kind(end + 1) in ("up", "down", "range", "incl", "excl", "between")
                ):
                    return None
            elif kind in _WAYS and (
                kind not in ("short", "rise") or len(self.word(end)) > 1 or self.tells_way(at, end)
            ):
                if not (kind == "reach" and size is not None):
                    way = self.joined_way(way, kind)
                said += self.word(end)
                if kind == "lt" and not every:
                    return None
            elif kind == "unsupported" and every and self.word(end) in ("递减", "依次递减", "逐级递减"):
                return Step(way, "deduct", size, None, noun, self.span(at, end + 1), words=said), end + 1
            elif kind == "target":
                target = True
                said += self.word(end)
            elif kind == "comma":
                if size is None and not noun:
                    return None
                after = (
                    self.skip(end + 1, "de", "text")
                    if self.kind(end + 1) == "text" and self.word(end + 1) in ("则", "就", "相应", "应", "予以")
                    else end + 1
                )
                if self.kind(after) not in ("deduct", "add") and not self.step_earns(after):
                    return None
                end = after
                continue
            elif kind in (
                "text",
                "noun",
                "de",
                "dun",
                "eq",
                "up",
                "det",
                "ratio",
                "average",
                "before",
                "after",
                "neg",
                "and",
                "none",
                "rate",
                "ontime",
                "sum",
                "actual",
                "shortfall",
                "excess",
                "overratio",
                "shortratio",
                "base",
                "short",
                "rise",
            ):
                noun += self.word(end)
                if self.word(end) == "满" and size is None:
                    floor = True
            else:
                return None
            end += 1
        if end >= self.n:
            return self.open_step(at, end, way, size, noun) if every else None
        if not every and size is None:
            return None
        if size is not None and any(self.kind(k) == "up" for k in range(at, end)) and self.kind(end) in ("earn", "num"):
            return None  # 每月巡查12次及以上得5分: a bound
        verb = {"deduct": "deduct", "add": "add"}.get(self.kind(end), "earn")
        if self.kind(end) == "num":
            end -= 1
        got = self.amount(end + 1)
        if got is None:
            if self.word(end + 1) == "=" or (self.kind(end + 1) in ("eq", "colon") and self.calculates(end + 2)):
                return self.formula_from(at, end + 2, self.n, verb == "deduct")
            alone = every or (way == "short" and size is not None and size.value == 1)
            own = "相应" in self.word(end) or self.word(end + 1).startswith(("该项", "相应", "对应", "本项", "此项"))
            if alone and verb == "deduct" and own and self.kind(end + 1) == "weight":
                return Step(way, verb, size, None, noun, self.span(at, end + 2), words=said), end + 2
            if alone and verb == "deduct" and "相应" in self.word(end):
                return Step(way, verb, size, None, noun, self.span(at, end + 1), words=said), end + 1
            return None
        amount, high, after = got
        if not every and verb != "deduct" and way not in ("over", "short", "late", "early"):
            return None
        if every and size is None and noun.startswith("半"):
            if noun not in _HALVES:
                return None
            size = Token("num", noun, self.t[at].start, self.t[at + 1].end, Fraction(1, 2), _HALVES[noun])
        if every and size is None and noun in _TIME_NOUNS:
            last = self.t[at + 1]
            size = Token("num", noun, last.start, last.end, Fraction(1), _TIME_NOUNS[noun])  # 每天扣0.1分
        step = Step(
            way,
            verb,
            size,
            amount,
            noun,
            self.span(at, after),
            relative,
            target,
            Partial.FLOOR if floor else None,
            said,
            high,
            every,
            threshold,
        )
        return step, after

    def open_step(self, at: int, end: int, way: str, size: Token | None, noun: str) -> tuple[Item, int] | None:
        return None

    def names_threshold(self, at: int, first: Token) -> bool:
        """每低于95%一个百分点: the first number is where the steps begin."""
        between = [self.kind(k) for k in range(at - 2, at)]
        return (
            self.t[at].start > first.end - 1
            and ("num" in between or "de" in between)
            and self.t[at].unit != "分"
            and first.unit != "分"
        )

    def either_way(self, at: int) -> int:
        """每多或少1期, 每多或每少1期, 每高于或低于: both sides in one step; the place after the words, or ``at``."""
        up, down = ("rise", "gt", "over"), ("short", "lt")
        if self.kind(at) not in (*up, *down) or self.kind(at + 1) not in ("or", "dun"):
            return at
        other = self.skip(at + 2, "every")
        sides = {self.kind(at) in up, self.kind(other) in up}
        return other + 1 if len(sides) == 2 and self.kind(other) in (*up, *down) else at

    def text_month(self, at: int) -> bool:
        """Whether a word says 每月, 次月, 季度 in front of a day."""
        return self.kind(at) in ("text", "noun") and any(word in self.word(at) for word in ("月", "季", "旬"))

    def tells_way(self, at: int, end: int) -> bool:
        """A single 少 or 差 is a direction beside 每 or its number; elsewhere it is part of a noun (差错)."""
        return (
            end <= at + 1
            or self.kind(end + 1) in ("num", "target", "de")
            or self.word(end + 1) == "于"
            or self.kind(end - 1) in ("every", "target", "actual", "noun")
        )

    def countable(self, at: int) -> bool:
        token = self.t[at]
        if token.unit == "百分点" and token.value == 1 and self.kind(at - 1) in ("short", "rise", "lt", "gt"):
            return True  # 少一个百分点扣0.1分
        return not token.percent and token.value == 1 and not token.scale and token.unit not in ("分", "倍")

    @staticmethod
    def joined_way(way: str, kind: str) -> str:
        """每逾期1件: late; 每发现迟报1次: event; the first telling word wins, 完成 yields to any other."""
        new = _WAYS[kind]
        return new if way in ("", "done") else way

    def step_earns(self, at: int) -> bool:
        return self.kind(at) == "earn" and (
            self.is_points(self.skip(at + 1, "det"))
            or (self.kind(at + 1) == "num" and self.t[at + 1].unit in ("", "%") and self.amount(at + 1) is not None)
            or self.kind(at + 1) == "weight"
        )

    def amount(self, at: int) -> tuple[Amount, Fraction | None, int] | None:
        """0.5分 | 5% | 权重分的5% | 5%权重分 | 1-3分; the second value is the upper end of a range."""
        at = self.skip(at, "de", "det", "eq")
        if self.kind(at) in ("weight", "full") or (self.kind(at) == "base"):
            after = self.skip(at + 1, "de")
            if self.kind(after) == "num" and self.t[after].unit == "%":
                return Amount(self.t[after].value, "%", True), None, after + 1
            if self.is_points(after) and after == at + 1:
                return Amount(self.t[after].value, "分"), None, after + 1
            return None
        if self.kind(at) != "num":
            return None
        token = self.t[at]
        if self.kind(at + 1) == "range" and self.kind(at + 2) == "num" and self.t[at + 2].unit == "分":
            return Amount(token.value, "分"), self.t[at + 2].value, at + 3
        if token.unit == "%":
            after = self.skip(at + 1, "de", "det")
            if self.kind(after) in ("weight", "full", "base"):
                return Amount(token.value, "%", True), None, after + 1
            if self.word(at + 1) == "分" or "分之" in token.text or token.text in ("一半", "半数"):
                return Amount(token.value, "%", True), None, at + 1 + (self.word(at + 1) == "分")
            verb = at - 2 if self.kind(at - 1) == "de" else at - 1
            return Amount(token.value, "%", self.word(verb).endswith(("分值", "分数"))), None, at + 1
        if token.unit in ("分", "") and not token.scale:
            return Amount(token.value, "分"), None, at + 1
        return None

    def discretion(self, at: int) -> tuple[Item, int] | None:
        """酌情扣分, 视情况扣1-3分, 酌情给分, 扣1-3分."""
        if self.kind(at) == "text" and self.word(at).startswith("由"):
            end = at + 1
            while self.kind(end) in ("text", "noun", "by", "de", "actual", "reach", "human", "some") and end - at < 12:
                if self.kind(end) == "noun" and self.word(end) in ("评分", "打分"):
                    return Discretion(False, self.span(at, end + 1)), end + 1
                end += 1
            return None
        if self.kind(at) != "human":
            return None
        deduct = any(mark in self.word(at) for mark in ("扣", "减"))
        end = at + 1
        while (
            self.kind(end) in ("human", "text", "de", "scored", "by", "ontime")
            and self.kind(end + 1) in ("human", "deduct", "earn", "add", "scored", "text")
            and end - at < 6
        ):
            deduct = deduct or any(mark in self.word(end) for mark in ("扣", "减"))
            end += 1
        if self.kind(end) in ("deduct", "add"):
            got = self.amount(end + 1)
            if got is not None:
                amount, high, after = got
                is_deduct = self.kind(end) == "deduct"
                if high is not None:
                    return Range(
                        min(amount.value, high),
                        max(amount.value, high),
                        amount.unit,
                        self.span(at, after),
                        deduct=is_deduct,
                    ), after
                if is_deduct and self.kind(after) == "down":
                    return Range(
                        Fraction(0), amount.value, amount.unit, self.span(at, after + 1), deduct=True
                    ), after + 1
                return None
            return Discretion(self.kind(end) == "deduct", self.span(at, end + 1)), end + 1
        if self.kind(end) == "earn":
            ranged = self.human_range(end + 1)
            if ranged is not None:
                return replace(ranged[0], span=self.span(at, ranged[1])), ranged[1]
            return Discretion(False, self.span(at, end + 1)), end + 1
        ranged = self.human_range(end)
        if ranged is not None:
            return ranged
        return Discretion(deduct, self.span(at, end)), self.skip(end, "scored", "human")

    def by(self, at: int) -> tuple[Item, int] | None:
        """按完成比例得分, 按未完成比例扣分, 按80%计分, 按线性插值计分, 按“a/b×分值”计算得分, 超过100%按100%计."""
        kind = self.kind(at)
        if kind == "line":
            return Straight(self.span(at, at + 1)), self.skip(at + 1, "scored", "earn")
        if kind in ("shortratio", "overratio", "ratio") and self.kind(at + 1) in ("deduct", "earn", "scored"):
            done = "deduct" if self.kind(at + 1) == "deduct" else "done"
            if self.kind(at + 1) == "earn" and self.kind(at + 2) == "num":
                return None
            return Ratio(
                {"shortratio": "short", "overratio": "over"}.get(kind, done), self.word(at), self.span(at, at + 2)
            ), at + 2
        if kind != "by" and not (kind == "separately" and self.kind(at + 1) == "by"):
            return None
        start = at
        at = at + 1 if kind == "separately" else at
        end = at + 1
        depth = 0
        while end < self.n and end - at < 40:
            kind = self.kind(end)
            if kind in _ENDS or (
                kind in ("zero", "full", "every", "else")
                and depth == 0
                and not (kind == "full" and self.kind(end + 1) in ("de", "op", "weight"))
            ):
                return None
            if kind == "op":
                depth += {"(": 1, ")": -1}.get(self.word(end), 0)
            if depth <= 0 and (kind in ("scored", "deduct") or (kind == "earn" and self.earn_ends(end))):
                break
            if kind == "human":
                return None
            if kind == "line":
                break
            if kind == "comma" and depth <= 0:
                following = self.kind(self.skip(end + 1, "text", "det"))
                if not (
                    following in ("scored", "deduct")
                    or (
                        following == "earn"
                        and self.word(self.skip(end + 1, "text", "det")) in ("计分", "得分", "赋分", "给分")
                    )
                ):
                    return None
            end += 1
        if end >= self.n or end - at >= 40:
            return None
        return self.by_inside(start, at + 1, end)

    def earn_ends(self, at: int) -> bool:
        if self.word(at) in ("得分", "计分", "赋分", "给分", "记分", "计", "评分", "打分", "分值为"):
            return (
                self.kind(at + 1) not in ("num", "weight", "text", "noun")
                or (self.kind(at + 1) == "num" and self.word(at) != "计")
                or (self.kind(at + 1) == "text" and self.word(at + 1) in ("扣", "即可"))
            )
        return self.word(at) in ("得", "给", "赋") and (
            self.kind(at + 1) in ("comma", "sep", "weight", "det", "") and self.kind(at + 1) != "num"
        )

    def by_inside(self, start: int, first: int, last: int) -> tuple[Item, int] | None:
        deduct = self.kind(last) == "deduct"
        inside = range(first, last)
        if deduct and (told := self.by_count(start, first, last)) is not None:
            return told
        kinds = [self.kind(k) for k in inside]
        text = "".join(self.word(k) for k in inside)
        end = self.skip(last + 1, "earn", "scored", "weight", "det")
        if self.kind(last + 1) == "earn" and self.kind(last + 2) in ("num", "full", "cmp"):
            end = last + 1
        if self.kind(end - 1) == "earn" and end > last + 1 and self.kind(end) in ("cmp", "colon") and not deduct:
            end -= 1
        if deduct and self.kind(end) in ("cmp",):
            return None
        if self.kind(last) == "line" or "line" in kinds:
            return Straight(self.span(start, max(end, last + 1))), self.skip(max(end, last + 1), "scored", "earn")
        if any(self.kind(k) == "op" and self.word(k) in "*/" for k in inside):
            found = self.formula_from(start, first, last, deduct)
            if found is None or self.skip(found[1], "de", "comma", "text", "ratio", "weight") < last:
                return None
            return replace(found[0], span=self.span(start, end)), end
        after_colon = end
        if self.kind(after_colon) == "colon" and self.kind(after_colon + 1) in ("earn", "deduct"):
            return Remark("ratio", text, self.span(start, end)), after_colon + 1
        if self.kind(end) in ("op", "colon") and self.word(end) in ("(", ":") and self.calculates(end + 1):
            stop = end + 1
            while stop < self.n and self.word(stop) != ")" and self.kind(stop) not in _ENDS:
                stop += 1
            found = self.formula_from(start, end + 1, stop, deduct)
            if found is not None and found[1] >= stop:
                return replace(found[0], span=self.span(start, min(stop + 1, self.n))), stop + 1
        numbers = [k for k in inside if self.kind(k) == "num"]
        if len(numbers) == 1 and "ratio" in kinds and not deduct:
            compared = self.compared_with(start, first, numbers[0], end)
            if compared is not None:
                return compared
        if (
            numbers
            and all(
                kind in ("num", "weight", "de", "det", "full", "text", "eq", "target", "actual", "noun")
                for kind in kinds
            )
            and len(numbers) == 1
            and self.t[numbers[0]].unit in ("%",)
        ):
            share = self.t[numbers[0]].value
            if not any(kind in ("noun", "target", "actual") for kind in kinds):
                if deduct:
                    return Fixed(Amount(share, "%", True), False, self.span(start, end)), end
                return Share(share, self.span(start, end)), end
        if numbers and len(numbers) == 1 and self.t[numbers[0]].unit == "分" and not deduct:
            return Points(self.t[numbers[0]].value, self.span(start, end)), end
        if "占" in text and any(kind in ("ratio", "text") for kind in kinds):
            return self.share_of(start, first, last, end, deduct)
        if numbers:
            return None
        if "shortratio" in kinds or "shortfall" in kinds:
            return Ratio("short", text, self.span(start, end)), end
        if "overratio" in kinds or "excess" in kinds:
            return Ratio("over", text, self.span(start, end)), end
        if (
            "ratio" in kinds
            or text.endswith(("率", "度", "比例", "进度"))
            or "actual" in kinds
            or ("noun" in kinds and text.endswith("率"))
        ):
            if "late" in kinds or "lateness" in kinds:
                return None
            if deduct:
                way = (
                    "over"
                    if "over" in kinds or "gt" in kinds
                    else "short"
                    if any(kind in kinds for kind in ("lt", "short"))
                    else "deduct"
                )
                return Ratio(way, text, self.span(start, end)), end
            return Ratio("done", text, self.span(start, end)), end
        if "target" in kinds and self.kind(last) in ("scored", "earn"):
            return Remark("capratio", text, self.span(start, end)), end
        return None

    def by_count(self, start: int, first: int, last: int) -> tuple[Item, int] | None:
        """按逾期天数扣分，每天0.2分: the price stands behind the comma, its verb was said before."""
        text = "".join(self.word(k) for k in range(first, last))
        every = self.skip(last + 1, "comma", "colon")
        if not text.endswith("数") or every == last + 1 or self.kind(every) != "every":
            return None
        late = self.kind(first) == "lateness" or self.kind(first) == "late"
        end = every + 1
        size: Token | None = None
        noun = ""
        while self.kind(end) in ("text", "noun", "num", "late", "short", "rise") and not self.is_points(end):
            size = self.t[end] if self.kind(end) == "num" else size
            noun += self.word(end) if self.kind(end) in ("text", "noun") else ""
            end += 1
        end = self.skip(end, "comma", "deduct")
        got = self.amount(end)
        if got is None or got[1] is not None:
            return None
        if size is None and noun in _TIME_NOUNS:
            size = Token("num", noun, self.t[every].start, self.t[every].end, Fraction(1), _TIME_NOUNS[noun])
        if not late and size is None and not noun:
            return None
        way = "late" if late else ""
        return Step(way, "deduct", size, got[0], noun, self.span(start, got[2]), words="每"), got[2]

    def compared_with(self, start: int, first: int, number: int, end: int) -> tuple[Item, int] | None:
        """按实际节约率与5%的比值计分: the first over the number."""
        if number <= first or not self.word(number - 1).endswith(("与", "和", "同")):
            return None
        text = "".join(self.word(k) for k in range(first, number))[:-1]
        if not text or self.t[number].unit == "分":
            return None
        name = Name(text, _role(text, [self.kind(k) for k in range(first, number)]), self.span(first, number))
        weight = Name("分值", "weight", self.span(number, number + 1))
        return Formula(
            Calc(Op.MUL, Calc(Op.DIV, name, Number(self.t[number])), weight), False, self.span(start, end)
        ), end

    def share_of(self, start: int, first: int, last: int, end: int, deduct: bool) -> tuple[Item, int] | None:
        """按达标数占总数的比例得分: the first over the second; 按缺口占计划的比例扣分: the missing share."""
        cut = next((k for k in range(first, last) if "占" in self.word(k)), None)
        if cut is None:
            return None
        before, _, after = self.word(cut).partition("占")
        left_text = "".join(self.word(k) for k in range(first, cut)) + before
        right: Term | None = None
        numbers = [k for k in range(cut + 1, last) if self.kind(k) == "num"]
        if len(numbers) == 1:
            right = Number(self.t[numbers[0]])
        elif not numbers:
            words = "".join(self.word(k) for k in range(cut + 1, last) if self.kind(k) not in ("ratio",))
            kinds_right = [self.kind(k) for k in range(cut, last) if self.kind(k) != "ratio"]
            right_text = (after + words).removesuffix("的").removesuffix("比例").removesuffix("的")
            right = Name(right_text, _role(right_text, kinds_right), self.span(cut, last))
        if right is None:
            return None
        kinds = [self.kind(k) for k in range(first, cut + 1)]
        if deduct and ("shortfall" in kinds or "shortratio" in kinds or "lt" in kinds):
            return Ratio("short", left_text, self.span(start, end)), end
        if deduct and ("excess" in kinds or "overratio" in kinds or "over" in kinds or "gt" in kinds):
            return Ratio("over", left_text, self.span(start, end)), end
        left = Name(left_text, _role(left_text, kinds), self.span(first, cut + 1))
        body = Calc(Op.MUL, Calc(Op.DIV, left, right), Name("分值", "weight", self.span(cut, last)))
        return Formula(body, deduct, self.span(start, end)), end

    def spread(self, at: int) -> tuple[Item, int] | None:
        """分别(按…)(得)100%、85%、70%、0(计分)."""
        if self.kind(at) != "separately":
            return None
        end = at + 1
        while (
            end < self.n
            and self.kind(end)
            in (
                "by",
                "det",
                "weight",
                "de",
                "earn",
                "text",
                "eq",
                "between",
                "noun",
                "separately",
                "base",
                "deduct",
                "full",
            )
            and end - at < 12
        ):
            end += 1
        items: list[tuple[Token, Token | None, bool]] = []
        stop = end
        while self.kind(stop) == "num":
            first, second, included = self.t[stop], None, False
            stop += 1
            if self.kind(stop) == "incl":
                stop += 1
            if self.kind(stop) == "range" and self.kind(stop + 1) == "num":
                second = self.t[stop + 1]
                stop += 2
                if self.kind(stop) in ("incl", "excl"):
                    included = self.kind(stop) == "incl"
                    stop += 1
                elif self.word(stop) == "(" and "含" in self.word(stop + 1):
                    close = stop
                    while close < self.n and self.word(close) != ")":
                        close += 1
                    included, stop = True, close + 1
            items.append((first, second, included))
            if (self.kind(stop) in ("dun", "comma", "and") and self.kind(stop + 1) == "num") or (
                self.kind(stop) in ("text",) and self.word(stop) in ("和", "及", "与") and self.kind(stop + 1) == "num"
            ):
                stop += 1
        if len(items) < 2:
            return None
        unit = next(
            (
                token.unit
                for first, second, _ in reversed(items)
                for token in (second, first)
                if token is not None and token.unit
            ),
            "",
        )
        percent = unit == "%" or any(
            token.unit == "%" for first, second, _ in items for token in (first, second) if token
        )
        stop = (
            self.skip(stop, "weight", "scored", "earn", "de", "human", "text")
            if self.kind(stop) in ("weight", "scored", "earn", "de", "human")
            else stop
        )
        if not percent and unit not in ("分", ""):
            return None
        span = self.span(at, stop)
        results: list[Share | Points | Range] = []
        for number, (first, second, included) in enumerate(items):
            if second is None:
                results.append(
                    Share(first.value, span) if percent and first.unit != "分" else Points(first.value, span)
                )
            else:
                low, high = sorted((first.value, second.value))
                results.append(
                    Range(
                        low,
                        high,
                        "%" if percent else "分",
                        span,
                        low_incl=included or low == 0 or number + 1 == len(items),
                        high_incl=number == 0 or not items[number - 1][2],
                    )
                )
        return Spread(tuple(results), span), stop

    def mean(self, at: int) -> tuple[Item, int] | None:
        """占40%, 各占50%, 各占一半."""
        kind = self.kind(at)
        if (kind == "text" and self.word(at).endswith("各占")) or (
            kind == "separately" and self.word(at) in ("各占", "占", "各", "分别占")
        ):
            if self.kind(at + 1) == "num" and self.t[at + 1].unit in ("%", "分"):
                end = self.skip(at + 2, "weight") if self.kind(at + 2) == "weight" else at + 2
                if self.t[at + 1].unit == "分":
                    return Points(self.t[at + 1].value, self.span(at, end), each=self.word(at).startswith("各")), end
                return Mean(self.t[at + 1].value, self.span(at, end)), end
            if self.word(at + 1) in ("一半", "半"):
                return Mean(None, self.span(at, at + 2)), at + 2
        if kind == "separately" and self.word(at) == "各占一半":
            return Mean(None, self.span(at, at + 1)), at + 1
        return None

    def earned(self, at: int) -> tuple[Item, int] | None:
        """得满分, 得5分, 得基本分8分, 得权重分的80%, 得80%, 得5-4分, 不得分, 2分."""
        kind = self.kind(at)
        if kind in ("zero", "veto", "deducted"):
            return self.nothing(at)
        if kind == "det" and self.kind(at + 1) in ("zero", "veto"):
            return self.nothing(at + 1)
        if kind == "det" and self.kind(at + 1) == "earn" and self.kind(at + 2) in ("zero", "full", "num", "weight"):
            return self.earned(at + 1)
        start = at
        if kind == "op" and self.word(at) == "(" and self.kind(at + 1) == "num":
            bracketed = self.human_range(at + 1)
            if (
                bracketed is not None
                and self.word(bracketed[1]) == ")"
                and self.kind(bracketed[1] + 1) in ("", "sep", "comma", "dun", "enum")
            ):
                return replace(bracketed[0], span=self.span(at, bracketed[1] + 1)), bracketed[1] + 1
            if self.is_points(at + 1) and self.word(at + 2) == ")" and self.kind(at - 1) not in ("op", "weight"):
                return Points(self.t[at + 1].value, self.span(at, at + 3), bare=True), at + 3
        verb = kind == "earn"
        if verb:
            at = self.skip(at + 1, "det", "colon")
            if self.word(at) == "该项" or self.word(at) == "其":
                at += 1
            if self.kind(at) == "by":
                at += 1
        each = verb and self.word(start).startswith(("各", "均"))
        kind = self.kind(at)
        if kind == "zero":
            return self.nothing(at)
        if kind == "full" and (
            verb or self.word(at - 1) == ")" or self.kind(at - 1) not in ("cmp", "op", "deduct", "add", "most", "le")
        ):
            end = at + 1
            if self.kind(end) == "weight" and self.word(end) in ("分值", "分"):
                end += 1
            if self.word(end) == "(" and self.is_points(end + 1) and self.word(end + 2) == ")":
                return Points(self.t[end + 1].value, self.span(start, end + 3)), end + 3
            if verb and self.is_points(end):
                return Points(self.t[end].value, self.span(start, end + 1)), end + 1
            if self.kind(end) == "de" and self.kind(end + 1) == "num" and self.t[end + 1].unit == "%":
                return Share(self.t[end + 1].value, self.span(start, end + 2)), end + 2
            return Full(self.span(start, end)), end
        if kind == "weight" and verb and self.kind(at + 1) == "full":
            return Full(self.span(start, at + 2)), at + 2
        if kind in ("weight", "base") and (verb or self.kind(start) == "base"):
            ranged = self.human_range(self.skip(at + 1, "de"))
            if ranged is not None:
                return replace(ranged[0], span=self.span(start, ranged[1])), ranged[1]
            after = self.skip(at + 1, "de", "eq")
            if self.kind(after) == "num" and self.t[after].unit == "%":
                return Share(self.t[after].value, self.span(start, after + 1)), after + 1
            if self.is_points(after) and after == self.skip(at + 1, "eq"):
                return Points(self.t[after].value, self.span(start, after + 1), base=kind == "base"), after + 1
            if self.kind(after) == "cmp" or (self.kind(after) == "op" and self.word(after) in "*/"):
                return None
            return Full(self.span(start, at + 1)), at + 1
        if (
            kind == "weight"
            and self.kind(at + 1) == "de"
            and self.kind(at + 2) == "num"
            and self.t[at + 2].unit == "%"
            and self.ends_clause(at + 3)
        ):
            return Share(self.t[at + 2].value, self.span(start, at + 3)), at + 3
        if kind != "num":
            return None
        ranged = self.human_range(at)
        if ranged is not None and self.items and isinstance(self.items[-1], Discretion) and self.ends_clause(ranged[1]):
            return replace(ranged[0], span=self.span(start, ranged[1])), ranged[1]
        falls = ranged is not None and self.falling_level(at, ranged[1])
        if ranged is not None and (verb or falls or self.stands_alone(start, at)):
            return replace(ranged[0], span=self.span(start, ranged[1])), ranged[1]
        token = self.t[at]
        if verb and token.unit == "分" and self.kind(at + 1) == "down":
            span = self.span(start, at + 2)
            return Range(Fraction(0), token.value, "分", span, high_incl="含" in self.word(at + 1)), at + 2
        if token.unit == "%":
            after = self.skip(at + 1, "de", "det")
            if verb and self.word(after) == "分" and self.ends_clause(after + 1):
                return Share(token.value, self.span(start, after + 1)), after + 1
            if (
                (verb or self.kind(after) != "full")
                and self.kind(after) in ("weight", "full", "base")
                and (verb or self.kind(after + 1) not in ("op",))
            ):
                end = self.skip(after + 1, "scored", "earn") if self.kind(after + 1) == "scored" else after + 1
                return Share(token.value, self.span(start, end)), end
            if verb and self.word(start) != "计" and self.ends_clause(at + 1):
                return Share(token.value, self.span(start, at + 1)), at + 1
            return None
        if (
            token.unit == "分"
            and not token.both
            and self.kind(at + 1) not in ("up", "down", "range", "incl", "excl")
            and self.kind(at + 1) != "cmp"
        ):
            if verb or self.stands_alone(start, at):
                if self.kind(at + 1) == "op" and self.word(at + 1) in "*/":
                    return None
                return Points(token.value, self.span(start, at + 1), bare=not verb, each=each), at + 1
            return None
        if (
            verb
            and token.unit == ""
            and not token.scale
            and self.ends_clause(at + 1)
            and self.word(start) in ("得", "计", "得分", "计分", "赋", "记", "赋分", "得分为")
        ):
            return Points(token.value, self.span(start, at + 1)), at + 1
        return None

    def falling_level(self, at: int, end: int) -> bool:
        """达成预期指标：100%-80%（含）: what a level gives is printed from above; bands of results rise."""
        if self.kind(at - 1) != "colon" or not self.ends_clause(end):
            return False
        last = next((k for k in range(end - 1, at, -1) if self.kind(k) == "num"), at)
        return last > at and self.t[at].value > self.t[last].value

    def nothing(self, at: int) -> tuple[Item, int]:
        end, veto = at, False
        while self.kind(end) in ("zero", "veto", "deducted") or (
            self.kind(end) in ("comma", "det", "text")
            and self.kind(end + 1) in ("zero", "veto")
            and self.word(end) in (",", "该项", "本项", "该指标", "本指标", "则", "且", "即")
        ):
            veto = veto or self.kind(end) == "veto"
            end += 1
            if self.kind(end) == "comma" and self.kind(end + 1) == "det" and self.kind(end + 2) in ("zero", "veto"):
                end += 2
        return Zero(self.span(at, end), veto), end

    def stands_alone(self, start: int, at: int) -> bool:
        """A number of points or 满分 without a verb: after a comma, a colon, a word, or a bound, and at the clause's end."""
        before = "" if self.word(start - 1) == ")" else self.kind(start - 1)
        blank = at + 1 < self.n and self.t[at].end < self.t[at + 1].start and self.kind(at + 1) == "num"
        return (blank or self.ends_clause(at + 1)) and before not in (
            "cmp",
            "ge",
            "gt",
            "le",
            "lt",
            "eq",
            "reach",
            "range",
            "op",
            "deduct",
            "add",
            "most",
        )

    def ends_clause(self, at: int) -> bool:
        return self.kind(at) in (
            "",
            "sep",
            "comma",
            "enum",
            "dun",
            "stop",
            "cap",
            "most",
            "best",
            "nosum",
            "sum",
            "else",
            "until",
            "every",
        ) or self.word(at) in (")", "]")

    def human_range(self, at: int) -> tuple[Range, int] | None:
        """100%-80%(含) | 5-4分(含4分) | 1-3分."""
        if self.kind(at) != "num" or self.t[at].both:
            return None
        first, end = self.t[at], at + 1
        first_incl = second_incl = None
        if self.kind(end) in ("incl", "excl"):
            first_incl = self.kind(end) == "incl"
            end += 1
        if not (self.kind(end) == "range" and self.kind(end + 1) == "num"):
            return None
        second = self.t[end + 1]
        end += 2
        if self.kind(end) in ("incl", "excl"):
            second_incl = self.kind(end) == "incl"
            end += 1
        elif self.word(end) == "(" and "含" in self.word(end + 1):
            close = end
            while close < self.n and self.word(close) != ")":
                close += 1
            second_incl, end = "不" not in self.word(self.skip(end + 1)), close + 1
        unit = second.unit or first.unit
        if unit not in ("%", "分") or (first.unit and first.unit != unit):
            return None
        end = self.skip(end, "between") if self.kind(end) == "between" else end
        if self.kind(end) == "de" and self.kind(end + 1) in ("weight", "full"):
            end += 2
        elif self.kind(end) == "weight":
            end += 1
        low, high = (second, first) if second.value < first.value else (first, second)
        low_incl, high_incl = (second_incl, first_incl) if second.value < first.value else (first_incl, second_incl)
        # 100%-80%(含): the marked end belongs to the band, the other one to the band above, except at the very top
        top = high_incl if high_incl is not None else True
        bottom = low_incl if low_incl is not None else True
        return Range(low.value, high.value, unit, self.span(at, end), bottom, top), end

    def deducted(self, at: int) -> tuple[Item, int] | None:
        """扣1分, 扣分值的20%, 扣5%, 加2分 taken once, and 扣1-3分 given by a person."""
        if self.kind(at) not in ("deduct", "add"):
            return None
        got = self.amount(at + 1)
        if got is None or (self.word(at) in ("减", "加") and got[0].unit != "分"):
            return None
        amount, high, after = got
        add = self.kind(at) == "add"
        if high is not None:
            return Range(
                min(amount.value, high), max(amount.value, high), amount.unit, self.span(at, after), deduct=not add
            ), after
        if self.kind(after) == "until" or (self.kind(after) == "op" and self.word(after) in "*/"):
            return None
        return Fixed(amount, add, self.span(at, after)), after

    def define(self, at: int) -> tuple[Item, int] | None:
        """执行率=执行数/预算数; X为…; (A为年初目标值，B为实际完成值)."""
        kind = self.kind(at)
        if kind == "define":
            return Remark("define", self.word(at), self.span(at, at + 1)), self.skip(at + 1, "colon", "comma")
        if kind == "text" and self.word(at).startswith(("设", "令", "记", "以")) and len(self.word(at)) < 12:
            if self.word(at) in ("设", "令", "记", "以") and self.kind(at + 1) == "var":
                found = self.define(at + 1)
                return (found[0], found[1]) if found is not None else None
            mark = at + 1
            while self.kind(mark) in _TEXTLIKE - {"eq", "var"} and mark - at < 8:
                mark += 1
            if self.word(at)[0] in "设令记" and self.kind(mark) == "eq" and self.kind(mark + 1) == "var":
                text = "".join(self.word(k) for k in range(at, mark))[1:]
                return Define(self.word(mark + 1), None, text, self.span(at, mark + 2)), mark + 2
        if kind == "earn" and self.word(at) == "记" and self.kind(at + 1) in ("text", "noun", "actual"):
            mark = self.skip(at + 1, "text", "noun", "actual", "rate")
            if self.kind(mark) == "eq" and self.kind(mark + 1) == "var":
                text = "".join(self.word(k) for k in range(at + 1, mark))
                return Define(self.word(mark + 1), None, text, self.span(at, mark + 2)), mark + 2
        if kind == "var" and self.word(at + 1) == "=" and self.kind(at + 1) == "cmp" and self.calculates(at + 2):
            worked = self.formula_from(at, at + 2, self.n, False)
            if worked is not None and isinstance(worked[0], Formula) and not _makes_points(worked[0].body):
                return Define(self.word(at), worked[0].body, "", worked[0].span), worked[1]
        dashed = self.kind(at + 1) in ("range", "colon") or self.word(at + 1) in ("-", "=")
        if kind == "var" and (
            self.kind(at + 1) in ("eq", "letter")
            or self.word(at + 1) in ("指", "表示", "代表")
            or (dashed and self.kind(at + 2) in ("actual", "target", "text", "noun"))
        ):
            end = at + 2
            while (
                end < self.n
                and self.kind(end) not in ("sep", "comma", "enum", "num", "cmp", "colon")
                and self.word(end) != ")"
            ):
                end += 1
            if self.kind(end) in ("num", "cmp"):
                return None
            text = "".join(self.word(k) for k in range(at + 2, end))
            return Define(self.word(at), None, text, self.span(at, end)), end
        if (
            kind == "by"
            and self.kind(at + 1) == "var"
            and (self.kind(at + 2) == "letter" or self.word(at + 2) in ("表示", "代表"))
        ):
            return Define(self.word(at + 1), None, "", self.span(at, at + 3)), at + 3
        if (
            kind == "target"
            and self.kind(at + 1) in ("eq",)
            and self.kind(at + 2) == "cmp"
            and self.kind(at + 3) != "num"
        ):
            return Remark("kind", self.word(at + 2), self.span(at, at + 3)), at + 3
        if kind in ("text", "noun", "ratio", "actual", "target", "ontime"):
            end = at
            while (self.kind(end) in _TEXTLIKE and self.kind(end) not in ("earn", "else")) or self.kind(end) == "dun":
                end += 1
            if self.word(end) == "=" and self.kind(end) == "cmp" and end > at and self.calculates(end + 1):
                found = self.formula_from(at, end + 1, self.n, False)
                if found is not None and isinstance(found[0], Formula):
                    text = "".join(self.word(k) for k in range(at, end))
                    return Define(text, found[0].body, "", found[0].span), found[1]
        return None


def _same_size(left: Token, right: Token) -> bool:
    units = {left.unit or right.unit, right.unit or left.unit}
    return left.value == right.value and (len(units) == 1 or units == {"%", "百分点"})


def _close_before_weight(body: Term) -> Term:
    """Where the closing bracket is missing: (1-a/b×分值 can only mean (1-a/b)×分值, which gives full marks at the best value."""
    if (
        isinstance(body, Calc)
        and body.op in (Op.ADD, Op.SUB)
        and isinstance(body.right, Calc)
        and body.right.op is Op.MUL
        and _is_weight(body.right.right)
    ):
        return Calc(Op.MUL, Calc(body.op, body.left, body.right.left), body.right.right)
    return body


def _plain_share(term: Term) -> Term:
    """计划面积的比例, after 占, is 计划面积."""
    if not isinstance(term, Name):
        return term
    text = term.text
    for tail in ("的比例", "的比重", "比例", "的"):
        text = text.removesuffix(tail)
    return Name(text, _role(text, ["target"] if text.startswith(_PLAN_MARKS) else []), term.span)


def _makes_points(term: Term) -> bool:
    """执行率×10分, 分值×实际数÷计划数: a product with the weight or with points in it."""
    if not isinstance(term, Calc) or term.op not in (Op.MUL, Op.DIV):
        return False
    sides = (term.left, term.right) if term.op is Op.MUL else (term.left,)
    return any(_is_weight(side) or _makes_points(side) or (term.op is Op.MUL and _is_factor(side)) for side in sides)


def _is_factor(term: Term) -> bool:
    """A plain number that can only be points (执行率×10); 100 makes a percentage."""
    return isinstance(term, Number) and not term.token.unit and 1 < term.token.value != 100


def _is_weight(term: Term) -> bool:
    return (isinstance(term, Name) and term.role == "weight") or (isinstance(term, Number) and term.token.unit == "分")


_DONE_MARKS = ("实际", "已", "达标", "达到", "完成", "符合", "合格")
_PLAN_MARKS = (
    "计划",
    "目标",
    "指标值",
    "应",
    "预算",
    "任务",
    "年初",
    "预期",
    "规定",
    "控制",
    "上限",
    "标准",
    "额定",
    "核定",
    "批复",
)


_OWN_NOUNS = (
    "应急",
    "应用",
    "应对",
    "应届",
    "计划生育",
    "标准化",
    "预算单位",
    "目标责任",
)  # nouns that only look like plans


def _role(text: str, kinds: Sequence[str]) -> str:
    """What a noun of a formula stands for, from its words."""
    if "lateness" in kinds or ("late" in kinds and text.endswith(("天数", "日数", "天", "月数"))):
        return "late"
    if any(kind in ("weight", "full") for kind in kinds) and not any(kind in ("actual", "target") for kind in kinds):
        return "weight"
    if "shortratio" in kinds:
        return "shortratio"
    if "overratio" in kinds:
        return "overratio"
    if "excess" in kinds or ("over" in kinds and text.endswith(("数", "额", "值", "量"))):
        return "over"
    if text.startswith(("差额", "缺口", "缺额", "未完成数", "未完成量", "差值")):
        return "short"
    if text in ("A", "a"):
        return "letterA"
    if text in ("B", "b"):
        return "letterB"
    if "ratio" in kinds:
        return "done"
    if text.endswith(("执行率", "支出率", "到位率")) and not text.startswith(("计划", "目标", "实际")):
        return ""
    planned = text.startswith(("计划", "目标", "预期", "年初计划", "年初目标", "应完成"))
    if text.startswith(("实际", "全年实际", "全年执行", "实绩", "年度实际")) or ("actual" in kinds and not planned):
        return "actual"
    rate = text.endswith(("率", "度"))  # 标准化率 is the row's own rate, 计划体检率 is not
    if rate and not text.startswith(("计划", "目标", "预期", "规定")):
        return ""
    if text.startswith(_OWN_NOUNS):
        return ""
    if text.startswith("年初") and not any(mark in text for mark in ("计划", "目标", "指标", "任务", "预算", "预期")):
        return ""  # 年初用水量 is an amount of its own
    if text.startswith(_PLAN_MARKS) or "target" in kinds or text.startswith(("全年预算", "调整后预算", "应")):
        return "target"
    if text.endswith("天数") and any(mark in text for mark in ("推迟", "延迟", "逾期", "超期", "滞后", "延误")):
        return "late"
    return ""


# --- conditions -------------------------------------------------------------------------------------------------------

_SIGNS = {
    "ge": Sign.GE,
    "gt": Sign.GT,
    "le": Sign.LE,
    "lt": Sign.LT,
    "eq": Sign.EQ,
    "reach": Sign.GE,
    "notover": Sign.LE,
    "over": Sign.GT,
}
_FLIPPED = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}
_MEASURE = frozenset(
    {
        "text",
        "noun",
        "var",
        "actual",
        "ratio",
        "late",
        "early",
        "some",
        "deviate",
        "rise",
        "short",
        "rate",
        "add",
        "every",
        "shortratio",
        "overratio",
        "none",
        "ontime",
        "over",
        "rank",
        "weight",
    }
)
_FILLER = frozenset({"de", "target", "text", "noun", "actual", "ratio", "earn", "det"})


# No item begins with one of these; a third of all places.
_SEPARATING = frozenset({"comma", "sep", "enum", "dun"})

# What may stand at a place, in the order of trying.
_PRODUCTIONS: tuple[Callable[[_Parser, int], tuple[Item, int] | None], ...] = (
    _Parser.stop,
    _Parser.most,
    _Parser.rounding,
    _Parser.partial,
    _Parser.words,
    _Parser.formula,
    _Parser.opening,
    _Parser.step,
    _Parser.discretion,
    _Parser.by,
    _Parser.spread,
    _Parser.mean,
    _Parser.earned,
    _Parser.deducted,
    _Parser.define,
)


class _Condition:
    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self.t = tuple(tokens)
        self.n = len(self.t)
        self.text = text
        self.used: set[int] = set()
        self.first = 0

    def kind(self, at: int) -> str:
        return self.t[at].kind if 0 <= at < self.n else ""

    def word(self, at: int) -> str:
        return self.t[at].text if 0 <= at < self.n else ""

    def read(self) -> Cond | None:
        while self.n and self.kind(self.n - 1) in ("de", "comma", "colon", "dun"):
            self.t = self.t[: self.n - 1]
            self.n -= 1
        while self.n and self.kind(0) in ("de", "comma", "colon", "dun"):
            self.t = self.t[1:]
            self.n -= 1
        if not self.n:
            return None
        span = (self.t[0].start, self.t[-1].end)
        said = self.text[span[0] : span[1]]
        self.t = _negative(_marked(_without_remarks(_without_definition(self.t))))
        self.n = len(self.t)
        if not self.n:
            return None
        split = self.split()
        if split is not None:
            return split
        term = self.compared_formula()
        bounds = self.bounds()
        measure = "".join(self.word(k) for k in range(self.n) if self.kind(k) in _MEASURE and k not in self.used)
        state, date, monthly, after = self.state()
        since = self.since()
        ordinal = any(token.kind == "text" and token.text.endswith("第") for token in self.t)
        leftover = tuple(
            self.t[k]
            for k in range(self.n)
            if k not in self.used
            and (
                heavy(self.t[k])
                or self.hands_out(k)
                or self.begins_step(k)
                or (bool(bounds) and self.compares_nothing(k))
            )
        )
        words = tuple(token.text for token in self.t if token.kind not in ("de", "comma"))
        return Cond(
            said,
            span,
            state,
            measure,
            tuple(bounds),
            date,
            monthly,
            after,
            since,
            ordinal=ordinal,
            leftover=leftover,
            words=words,
            term=term,
        )

    def since(self) -> tuple[int, int, int] | None:
        """The first day of 7月1日至7月31日."""
        for at in range(self.n - 2):
            if self.kind(at) == "date" and self.kind(at + 1) == "range" and self.kind(at + 2) == "date":
                self.used.add(at + 1)
                return self.t[at].date
        return None

    def compares_nothing(self, at: int) -> bool:
        """A word of comparison that found no number."""
        return (
            self.kind(at) in ("gt", "lt", "ge", "le")
            and len(self.word(at)) > 1
            and not self.word(at).startswith(("未", "没", "完"))
        )

    def hands_out(self, at: int) -> bool:
        """部分达到得一半，未达到…: a 得 or 按 with a clause behind it was a consequence that nothing took."""
        return self.kind(at) in ("earn", "scored", "by", "half") and any(
            self.kind(k) == "comma" for k in range(at + 1, self.n)
        )

    def begins_step(self, at: int) -> bool:
        """A 每低, 每超 that no step took."""
        return self.kind(at) == "every" and self.kind(at + 1) in (
            "short",
            "rise",
            "lt",
            "gt",
            "late",
            "early",
            "over",
            "deviate",
        )

    def split(self) -> Cond | None:
        """Conditions joined by 且/或, where both sides have a bound or a state of their own."""
        for kinds, is_any in ((("or",), True), (("and",), False), (("comma", "dun"), False)):
            cuts = [k for k in range(1, self.n - 1) if self.kind(k) in kinds and self.word(k) not in ("均", "都", "又")]
            if len(cuts) > _MOST_CUTS:
                continue
            for cut in cuts:
                left, right = self.t[:cut], self.t[cut + 1 :]
                if not (_has_number(left) and _has_number(right)):
                    continue
                first, second = condition(left, self.text), condition(right, self.text)
                if (
                    first is None
                    or second is None
                    or not (first.bounds or first.joined)
                    or not (second.bounds or second.joined)
                ):
                    continue
                if not second.measure or not first.measure or second.measure == first.measure:
                    if is_any and not first.joined and not second.joined:
                        return self.either(first, second)
                    continue  # 大于等于60%且小于88%: two bounds of one measure
                span = (self.t[0].start, self.t[-1].end)
                parts = (
                    *(first.joined if first.joined and first.any == is_any else (first,)),
                    *(second.joined if second.joined and second.any == is_any else (second,)),
                )
                return Cond(self.text[span[0] : span[1]], span, joined=parts, any=is_any)
        return None

    def either(self, first: Cond, second: Cond) -> Cond:
        """低于95%或高于105%: one measure on either side."""
        span = (self.t[0].start, self.t[-1].end)
        return Cond(
            self.text[span[0] : span[1]],
            span,
            first.state,
            first.measure or second.measure,
            (*first.bounds, *second.bounds),
            any=True,
            leftover=(*first.leftover, *second.leftover),
        )

    def compared_formula(self) -> Term | None:
        """The formula in front of a comparison; its numbers are no bounds."""
        sign = next((k for k in range(self.n) if self.kind(k) in ("cmp", "gt", "ge", "lt", "le")), None)
        if sign == 1 and self.kind(0) == "num":
            return self.enclosed_formula()
        if sign is None or not any(self.kind(k) == "op" and self.word(k) in "*/" for k in range(sign)):
            return None
        parser = _Parser(self.t[:sign])
        parsed = parser.expression(0, sign)
        if parsed is None or parsed[1] < sign:
            return None
        self.used.update(range(sign))
        self.first = sign
        return parsed[0]

    def enclosed_formula(self) -> Term | None:
        """0.8≤实际完成/计划完成<1: the formula between two comparisons."""
        last = next((k for k in range(2, self.n) if self.kind(k) == "cmp"), None)
        if last is None or not any(self.kind(k) == "op" and self.word(k) in "*/" for k in range(2, last)):
            return None
        parsed = _Parser(self.t[2:last]).expression(0, last - 2)
        if parsed is None or parsed[1] < last - 2:
            return None
        noun = Token("noun", "比值", self.t[2].start, self.t[last - 1].end)
        self.t = (*self.t[:2], noun, *self.t[last:])
        self.n = len(self.t)
        return parsed[0]

    # --- bounds -------------------------------------------------------------------------------------------------------

    def bounds(self) -> list[Bound]:
        out: list[Bound] = []
        at = self.first
        while at < self.n:
            found = self.bound(at)
            if found is None:
                at += 1
                continue
            fresh, at = found
            out.extend(fresh)
        return out

    def bound(self, at: int) -> tuple[list[Bound], int] | None:
        kind = self.kind(at)
        if kind == "num":
            return self.from_number(at)
        sign: Sign | None = None
        if kind == "cmp":
            sign = Sign(self.word(at))
        elif kind in _SIGNS:
            sign = _SIGNS[kind]
        if sign is None:
            return None
        end, target, of = at + 1, False, False
        if (
            kind in ("gt", "lt")
            and self.kind(at + 1) == "or"
            and self.kind(at + 2) in ("gt", "lt")
            and self.kind(at + 3) == "num"
        ):
            self.use(at, at + 4)  # 多于或少于4次
            return [Bound(Sign.NE, self.t[at + 3], self.span(at, at + 4), spoken=True)], at + 4
        while (
            end < self.n
            and (self.kind(end) in _FILLER or (kind == "over" and self.kind(end) == "reach"))
            and end - at < 5
        ):
            target = target or self.kind(end) == "target"
            of = self.kind(end) == "de" and self.kind(end - 1) in ("target",)
            end += 1
        average = next((self.word(k) for k in range(at + 1, min(end + 1, self.n)) if self.kind(k) == "average"), "")
        if average:
            stop = end + 1
            self.use(at, stop)
            return [Bound(sign, None, self.span(at, stop), spoken=kind != "cmp", average=average)], stop
        if self.kind(end) == "num" and (end == at + 1 or kind not in ("eq",)):
            return self.compared(at, end, sign, target, of)
        if self.kind(end) in ("cmp",) and kind == "reach":
            return None
        if target:
            stop = max(k for k in range(at + 1, end) if self.kind(k) == "target") + 1
            after = self.kind(stop)
            self.use(at, stop)
            if after == "incl":
                sign = {Sign.LT: Sign.LE, Sign.GT: Sign.GE}.get(sign, sign)
                self.use(stop, stop + 1)
                stop += 1
            elif after == "down" and kind in ("notover", "le", "eq", "reach", "gt"):
                sign = Sign.LE
                self.use(stop, stop + 1)
                stop += 1
            return [Bound(sign, None, self.span(at, stop), spoken=kind != "cmp", reach=kind == "reach")], stop
        return None

    def compared(self, at: int, number: int, sign: Sign, target: bool, of: bool) -> tuple[list[Bound], int]:
        """``sign number`` with its marks: 低于10%（含）, 达到95%以上, 控制在95%-105%, 超出5天以内, 低于目标值3个百分点."""
        kind, token, end = self.kind(at), self.t[number], number + 1
        if token.both:
            mark = self.kind(end)
            end = end + 1 if mark in ("incl", "excl") else end
            end = end + 1 if self.kind(end) in ("down", "between", "up") else end
            self.use(at, end)
            beyond = kind in ("gt", "over", "ge") or (kind == "cmp" and sign in (Sign.GT, Sign.GE))
            near = Sign.LT if mark == "excl" or sign is Sign.LT else Sign.LE
            return [Bound((Sign.GT if kind == "over" else sign) if beyond else near, token, self.span(at, end))], end
        gap = ""
        if (
            kind in ("gt", "over")
            and (target or kind == "over" or self.word(at) in ("超出", "超", "高出", "多出"))
            and not of
        ):
            gap = "over"
        elif kind == "lt" and target and not of:
            gap = "short"
        before = self.kind(at - 1)
        moved = kind == "gt" and not target and before in ("short", "rise") and len(self.word(at - 1)) > 1
        if moved:
            gap = "short" if before == "short" else "over"  # 下降超过5个百分点, 减少超过10门
        if gap and token.unit == "%" and target and token.value >= (100 if gap == "over" else 50):
            gap, of = "", True  # 超过目标值130% is 1.3 times the target, not 2.3 times
        spoken = kind != "cmp"
        mark = ""
        if self.kind(end) in ("incl", "excl"):
            mark = self.kind(end)
            end += 1
        if self.kind(end) == "range" and self.kind(end + 1) == "num":
            last = self.t[end + 1]
            stop = end + 2
            high_mark = ""
            if self.kind(stop) in ("incl", "excl"):
                high_mark = self.kind(stop)
                stop += 1
            stop = (
                stop + 1
                if self.kind(stop) == "between"
                or (self.kind(stop) == "down" and self.word(stop) in ("内", "之内", "以内"))
                else stop
            )
            self.use(at, stop)
            low, high = (token, last) if _sized(token) <= _sized(last) else (last, token)
            low = replace(low, unit=low.unit or last.unit)
            high = replace(high, unit=high.unit or token.unit or last.unit)
            return [
                Bound(
                    Sign.GT if (mark if low is token else high_mark) == "excl" else Sign.GE,
                    low,
                    self.span(at, stop),
                    gap=gap,
                    of_target=of,
                    spoken=spoken,
                ),
                Bound(
                    Sign.LT if (high_mark if low is token else mark) == "excl" else Sign.LE,
                    high,
                    self.span(at, stop),
                    gap=gap,
                    of_target=of,
                    spoken=spoken,
                ),
            ], stop
        reach = kind == "reach"
        suffix = self.kind(end)
        if suffix in ("up", "down"):
            if suffix == "down" and kind in ("gt", "over"):
                gap, sign = "over", Sign.LE
                self.use(at, end + 1)
                return [
                    Bound(Sign.GT, _nought(token), self.span(at, end + 1), gap="over", spoken=True),
                    Bound(sign, token, self.span(at, end + 1), gap="over", spoken=True),
                ], end + 1
            if suffix == "down" and kind == "lt" and gap == "short":
                self.use(at, end + 1)
                return [
                    Bound(Sign.GT, _nought(token), self.span(at, end + 1), gap="short", spoken=True),
                    Bound(Sign.LE, token, self.span(at, end + 1), gap="short", spoken=True),
                ], end + 1
            if suffix == "down" and kind in ("reach", "notover", "eq", "le"):
                sign = Sign.LE
            elif (
                (suffix == "up" and kind in ("reach", "eq"))
                or (suffix == "up" and gap and kind in ("gt", "over"))
                or (suffix == "up" and gap and kind == "lt")
            ):
                sign = Sign.GE
            if not (kind == "reach" and suffix == "down"):
                reach = False
            end += 1
            if self.kind(end) in ("incl", "excl"):
                mark = self.kind(end)
                end += 1
            end = self.bracket(end)
        elif gap == "short" and sign is Sign.LT:
            sign = Sign.GT  # 低于目标值3个百分点: the distance is more than 3
        elif self.word(end) == "(" and "含" in self.word(end + 1):
            mark = "excl" if "不含" in self.word(end + 1) else "incl"
            end = self.bracket(end)
        if mark == "incl":
            sign = {Sign.LT: Sign.LE, Sign.GT: Sign.GE}.get(sign, sign)
        elif mark == "excl":
            sign = {Sign.LE: Sign.LT, Sign.GE: Sign.GT}.get(sign, sign)
        self.use(at, end)
        return [
            Bound(
                sign,
                token,
                self.span(at, end),
                reach=reach and kind == "reach",
                gap=gap,
                of_target=of,
                spoken=spoken,
                moved=moved,
            )
        ], end

    def from_number(self, at: int) -> tuple[list[Bound], int] | None:
        """85%(含)-95%, 95%以上, 80%(含)以上90%以下, 60%≤x, 3次, ±3%以内."""
        token, end = self.t[at], at + 1
        mark = ""
        if self.kind(end) in ("incl", "excl"):
            mark = self.kind(end)
            end += 1
        if token.both and self.kind(end) == "range" and self.kind(end + 1) == "num":
            return self.ranged(at, end, mark)
        if token.both:
            end = end + 1 if self.kind(end) in ("down", "between") else end
            if self.kind(end) in ("incl", "excl"):
                end += 1
            self.use(at, end)
            return [Bound(Sign.LT if mark == "excl" else Sign.LE, token, self.span(at, end))], end
        following = self.kind(end)
        if (following == "range" and self.kind(end + 1) in ("num", "cmp")) or (
            following == "op" and self.word(end) == "-" and self.kind(end + 1) == "num"
        ):
            return self.ranged(at, end, mark)
        if following == "cmp":
            sign = _FLIPPED[Sign(self.word(end))]
            if sign is Sign.EQ:
                return None
            self.use(at, end + 1)
            return [Bound(sign, token, self.span(at, end + 1))], end + 1
        if (
            following in ("ge", "gt", "le", "lt")
            and self.kind(end + 1) in _MEASURE
            and any(self.kind(k) == "num" for k in range(end + 1, self.n))
        ):
            self.use(at, end + 1)
            return [Bound(_FLIPPED[_SIGNS[following]], token, self.span(at, end + 1))], end + 1
        if following == "after" and token.unit in ("名次", "人", "天"):
            self.use(at, end + 1)
            return [Bound(Sign.GE, token, self.span(at, end + 1), spoken=True)], end + 1
        if following in ("up", "down"):
            sign = Sign.GE if following == "up" else Sign.LE
            stop = end + 1
            said = self.word(end)
            if token.unit == "名次" and not said.endswith(("内", "起", "后")):
                sign = Sign.LE if following == "up" else Sign.GE  # 第四名及以下 is the fourth and what comes after
            if self.kind(stop) in ("incl", "excl"):
                mark = self.kind(stop)
                stop += 1
            stop = self.bracket(stop)
            if mark == "excl" and "含" not in said:
                sign = {Sign.GE: Sign.GT, Sign.LE: Sign.LT}[sign]
            self.use(at, stop)
            before = self.kind(at - 1)
            moved = before in ("short", "rise") and len(self.word(at - 1)) > 1
            gap = "" if not moved else "short" if before == "short" else "over"  # 减少10门以上
            bound = Bound(sign, token, self.span(at, stop), spoken=True, gap=gap, moved=moved)
            return [bound], stop
        self.use(at, end)
        return [Bound(Sign.EQ, token, self.span(at, end), bare=True)], end

    def ranged(self, at: int, dash: int, mark: str) -> tuple[list[Bound], int]:
        first = self.t[at]
        number = dash + 1
        strict = False
        if self.kind(number) == "cmp":
            strict = self.word(number) in ("<", ">")
            number += 1
        second = self.t[number] if number < self.n and self.kind(number) == "num" else first
        end = number + 1
        end_mark = ""
        if self.kind(end) in ("incl", "excl"):
            end_mark = self.kind(end)
            end += 1
        if (
            self.kind(end) == "between"
            or (self.kind(end) == "down" and self.word(end) in ("内", "之内", "以内"))
            or (self.kind(end) == "down" and self.word(end) in ("以下", "及以下"))
        ):
            end += 1
        if self.kind(end) in ("incl", "excl"):
            end_mark = self.kind(end)
            end += 1
        unit = first.unit or second.unit
        scale = first.scale or (second.scale if not first.unit else "")
        first = replace(first, unit=unit, scale=scale)
        second = replace(second, unit=second.unit or unit)
        marks = {first: mark, second: end_mark or ("excl" if strict else "")}
        low, high = (first, second) if _sized(first) <= _sized(second) else (second, first)
        low_mark, high_mark = (mark, end_mark or ("excl" if strict else "")) if low is first else (end_mark, mark)
        del marks
        self.use(at, end)
        # one end marked （含）: the other one belongs to the neighbour, which the order of the bands decides (C6)
        return [
            Bound(Sign.GT if low_mark == "excl" else Sign.GE, low, self.span(at, end)),
            Bound(Sign.LT if high_mark == "excl" else Sign.LE, high, self.span(at, end)),
        ], end

    def bracket(self, at: int) -> int:
        """Skip ``(含25个)``."""
        if self.word(at) == "(" and self.kind(at + 1) == "text" and "含" in self.word(at + 1):
            close = at
            while close < self.n and self.word(close) != ")":
                close += 1
            return close + 1
        return at

    def use(self, start: int, end: int) -> None:
        self.used.update(
            k
            for k in range(start, min(end, self.n))
            if self.kind(k) not in ("text", "noun", "actual", "ratio") or k == start
        )

    def span(self, start: int, end: int) -> Place:
        return self.t[start].start, self.t[min(end, self.n) - 1].end

    # --- states -------------------------------------------------------------------------------------------------------

    def state(self) -> tuple[str, tuple[int, int, int] | None, bool, bool]:
        kinds = [token.kind for token in self.t]
        date: tuple[int, int, int] | None = None
        monthly = after = False
        for at, token in enumerate(self.t):
            if token.kind == "date":
                date = token.date
                self.used.add(at)
                after = self.kind(at + 1) == "after"
        if any(token.kind == "every" for token in self.t) and any("月" in token.text for token in self.t):
            monthly = True
        if "else" in kinds or (kinds and kinds[0] == "after" and date is None):
            return "else", date, monthly, after
        if "notontime" in kinds:
            return "late", date, monthly, after
        if "ontime" in kinds:
            return "ontime", date, monthly, after
        if "late" in kinds:
            return "late", date, monthly, after
        if "early" in kinds:
            return "early", date, monthly, after
        if date is not None:
            return ("late" if after else "ontime"), date, monthly, after
        if "notover" in kinds:
            return "notover", None, monthly, after
        if "over" in kinds or "excess" in kinds:
            return "over", None, monthly, after
        if "shortfall" in kinds:
            return "short", None, monthly, after
        if "grow" in kinds:
            return "grow", None, monthly, after
        if self.partly():
            return "partly", None, monthly, after
        if "lt" in kinds:
            return "short", None, monthly, after
        if "neg" in kinds and "reach" in kinds:
            return "short", None, monthly, after
        if "none" in kinds:
            return "none", None, monthly, after
        if "reach" in kinds:
            return "reach", None, monthly, after
        if "gt" in kinds:
            return "over", None, monthly, after
        if "le" in kinds:
            return "notover", None, monthly, after
        if "some" in kinds:
            return "some", None, monthly, after
        if any(token.kind == "rise" and len(token.text) > 1 for token in self.t):
            return "rise", None, monthly, after
        if any(token.kind == "short" and len(token.text) > 1 for token in self.t):
            return "fall", None, monthly, after
        return "text", None, monthly, after

    def partly(self) -> bool:
        """部分完成, 部分未完成, 未全部完成: some of it is done."""
        said = "".join(token.text for token in self.t)
        return bool(_PARTLY.search(said)) and not any(token.kind == "num" for token in self.t)


_PARTLY = re.compile(
    r"(?<!大)(?<!小)(?<!全)部分(?:任务|目标|工作|内容|指标)?(?:未|没有?)?(?:完成|达到|达标|实现|达成|落实|建成)"
)


def _negative(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """偏离度在-20%~30%: a minus behind a word, in front of a number that begins a range, is its sign."""
    for at in range(1, len(tokens) - 1):
        minus, number = tokens[at], tokens[at + 1]
        if (
            minus.kind == "op"
            and minus.text == "-"
            and number.kind == "num"
            and number.unit != "分"
            and tokens[at - 1].text.endswith(("在", "为", "于"))
        ):
            signed = replace(number, value=-number.value, start=minus.start)
            return (*tokens[:at], signed, *_negative(tokens[at + 2 :]))
    return tokens


def _is_identity(token: Token) -> bool:
    return token.kind == "num" and token.unit == "%" and token.value == 100


def _without_definition(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """预算执行率×100%，≥95%; 执行率（支出数/预算数×100%）≥95%: how the measure is worked out bounds nothing (C4)."""
    if not any(token.kind == "op" and token.text in "*/" for token in tokens):
        return tokens
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        times = bool(kept) and kept[-1].kind == "op" and kept[-1].text == "*"
        if times and at > 1 and _is_identity(token) and tokens[at - 2].kind != "num":
            kept.pop()
        else:
            kept.append(token)
    comma = next((k for k, token in enumerate(kept) if token.kind in ("comma", "colon")), 0)
    if comma and comma + 1 < len(kept) and _defines_measure(kept[:comma]):
        kept = kept[comma + 1 :]
    return tuple(kept)


def _defines_measure(tokens: Sequence[Token]) -> bool:
    """Nouns and signs of calculation only, or nothing but a noun behind the identity was taken away."""
    return all(
        token.kind in _TEXTLIKE - {"gt", "lt", "ge", "le", "every", "earn", "add", "up", "down"}
        or (token.kind == "op" and token.text in "*/()+-")
        for token in tokens
    )


def _without_remarks(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Brackets without a number in them explain and do not bound (目标值（低于或等于）)."""
    out: list[Token] = []
    at = 0
    last = max((k for k, token in enumerate(tokens) if token.text == ")"), default=-1)
    while at < len(tokens):
        if at < last and tokens[at].kind == "op" and tokens[at].text == "(":
            close = next((k for k in range(at, len(tokens)) if tokens[k].kind == "op" and tokens[k].text == ")"), -1)
            inside = tokens[at + 1 : close]
            worked = at > 0 and _defines_measure(inside) and any(token.text == "/" for token in inside)
            if close > at and (worked or not any(token.kind in ("num", "date", "op") for token in inside)):
                at = close + 1
                continue
        out.append(tokens[at])
        at += 1
    return tuple(out)


def _marked(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """90%-95%（不含95%）, 10人以下（含10人）: the bracket becomes a mark right behind the number it names."""
    if not any(token.kind in ("text", "incl", "excl") and "含" in token.text for token in tokens):
        return tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        close = _marking_bracket(tokens, at)
        if close < 0:
            out.append(tokens[at])
            at += 1
            continue
        said = "incl"
        for token in tokens[at + 1 : close]:
            if token.kind != "num":
                said = "excl" if token.kind in ("neg", "excl") else "incl" if token.kind in ("comma", "dun") else said
                continue
            place = next(
                (k for k in range(len(out) - 1, -1, -1) if out[k].kind == "num" and out[k].value == token.value), -1
            )
            if place < 0:
                return tokens
            out.insert(place + 1, Token(said, "(含)" if said == "incl" else "(不含)", token.start, token.end))
        at = close + 1
    return tuple(out)


def _marking_bracket(tokens: tuple[Token, ...], at: int) -> int:
    """The closing place of ``(不含95%)`` that opens at ``at``, or -1."""
    if tokens[at].kind != "op" or tokens[at].text != "(":
        return -1
    words = numbers = 0
    for k in range(at + 1, len(tokens)):
        token = tokens[k]
        if token.kind == "op":
            return k if token.text == ")" and words and numbers else -1
        if token.kind == "num":
            numbers += 1
        elif token.kind in ("incl", "excl") or (token.kind == "text" and token.text in ("含", "包含", "包括")):
            words += 1
        elif token.kind not in ("neg", "comma", "dun"):
            return -1
    return -1


def _has_number(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "num" for token in tokens)


def _sized(token: Token) -> Fraction:
    return token.value * {"": 1, "万": 10_000, "亿": 100_000_000}[token.scale]


def _nought(token: Token) -> Token:
    return replace(token, value=Fraction(0))
