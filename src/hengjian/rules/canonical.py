"""Canonical rule text: a tree written out in one way only, for people to read, confirm, edit and store.

``show`` and ``parse`` are inverse: ``parse(show(tree)) == tree`` for every tree (spans, which point into the printed text,
are left out), and ``show(parse(text))`` is the one canonical form of any text that means the same tree. The grammar is
``canonical.lark``; the words for messages are ``canonical.toml``; every form is explained in ``docs/rules/canonical.md``.
A change of the grammar that makes old texts unreadable raises ``VERSION``; stored texts carry it.

Only this module knows the parser library, and imports it when a text is parsed.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, assert_never, cast
from unicodedata import east_asian_width

from hengjian.rules.tree import (
    ALWAYS,
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
)

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput

VERSION = 1

NAMES = {
    "actual": "实际值",
    "weight": "分值",
    "target": "目标值",
    "late_days": "推迟天数",
    "late_months": "推迟月数",
    "rank": "名次",
}
SENSES = {
    "fall": "下降幅度",
    "rise": "上升幅度",
    "drop": "降幅",
    "change": "变化量",
    "level": "水平值",
    "early": "提前量",
    "ratio": "占目标的比例",
}
PARTIALS = {Partial.LINEAR: "按比例", Partial.FLOOR: "满一步才计", Partial.CEIL: "不满一步按一步"}
PICKS = {Pick.MAX: "取最高", Pick.MIN: "取最低", Pick.SUM: "合计"}
SIGNS = {Sign.GE: "≥", Sign.GT: ">", Sign.LE: "≤", Sign.LT: "<", Sign.EQ: "=", Sign.NE: "≠"}
OPS = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "×", Op.DIV: "÷"}
STATED = "写明"
NO_WORDS = "无词"


class CanonicalError(ValueError):
    """A canonical text that cannot be read; the message is for the person who edited it.

    ``line`` and ``column`` count from 1 (0 where the fault has no single spot). ``expected`` says what may stand there.
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0, expected: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.expected = tuple(expected)


# --- show -------------------------------------------------------------------------------------------------------------


def show(tree: Expr | Condition) -> str:
    """The canonical text of a tree. Clauses stand on lines of their own, everything else on one."""
    return _shown(tree, "")


def _shown(node: Expr | Condition, margin: str) -> str:
    match node:
        case Const(value, unit):
            return _quantity(value, unit)
        case Input():
            return _input(node)
        case Arith(op, left, right):
            return f"{_operand(left, op, margin, last=False)} {OPS[op]} {_operand(right, op, margin, last=True)}"
        case Steps(distance, size, partial, stated):
            parts = [_shown(distance, margin), f"每 {_shown(size, margin)}", PARTIALS[partial]]
            return f"步数({_joined(parts, STATED if stated else '')})"
        case Clamp(body, low, high, stated):
            parts = [_shown(body, margin), *_limits(low, high, margin)]
            return f"限({_joined(parts, STATED if stated else '')})"
        case Case():
            return _case(node, margin)
        case Combine(pick, items):
            return f"{PICKS[pick]}({_joined(_shown(item, margin) for item in items)})"
        case Interpolate(measure, anchors):
            return f"插值({_joined([_shown(measure, margin), *(f'{_number(x)} → {_number(y)}' for x, y in anchors)])})"
        case Human(levels, deduct, low, high):
            grades = (f"等次 {_words(level.words)} → {_range(level, margin)}" for level in levels)
            return f"人评({_joined([*(['扣分'] if deduct else []), *_limits(low, high, margin), *grades])})"
        case Missing(reason):
            return f"无分({_string(reason)})"
        case Rounded(body, places, truncate):
            return f"{'截位' if truncate else '取位'}({_shown(body, margin)}, {places})"
        case Compare(left, sign, right):
            return f"{_shown(left, margin)} {SIGNS[sign]} {_shown(right, margin)}"
        case Every(conditions):
            return _logic(conditions, "且", "均", "总是", margin)
        case Some(conditions):
            return _logic(conditions, "或", "任一", "从不", margin)
        case Not(item):
            return f"非 {_grouped(item, margin)}"
        case Stated(words, name):
            return f"{_name(name)} 写作 {_words(words)}"
        case _:
            assert_never(node)


def _joined(parts: Iterable[str], last: str = "") -> str:
    return ", ".join([*parts, *([last] if last else [])])


def _limits(low: Expr | None, high: Expr | None, margin: str) -> list[str]:
    named = (("不低于", low), ("不高于", high))
    return [f"{word} {_shown(bound, margin)}" for word, bound in named if bound is not None]


def _operand(part: Expr, op: Op, margin: str, *, last: bool) -> str:
    text = _shown(part, margin)
    if not isinstance(part, Arith):
        return text
    tight, inner = op in (Op.MUL, Op.DIV), part.op in (Op.MUL, Op.DIV)
    return f"({text})" if (tight and not inner) or (last and tight == inner) else text


def _logic(items: tuple[Condition, ...], word: str, single: str, none: str, margin: str) -> str:
    if not items:
        return none
    if len(items) == 1:
        return f"{single}({_shown(items[0], margin)})"
    return f" {word} ".join(_grouped(item, margin) for item in items)


def _grouped(item: Condition, margin: str) -> str:
    text = _shown(item, margin)
    return f"({text})" if isinstance(item, Every | Some) and len(item.items) > 1 else text


def _case(node: Case, margin: str) -> str:
    inner = margin + "  "
    lines = [
        f"{f'{_string(branch.grade)}: ' if branch.grade else ''}"
        f"{_shown(branch.condition, inner)} → {_shown(branch.value, inner)}"
        for branch in node.branches
    ]
    if node.otherwise is not None:
        lines.append(f"其余 → {_shown(node.otherwise, inner)}")
    if not lines:
        return "分段{}"
    between = f";\n{inner}"
    return f"分段{{\n{inner}{between.join(lines)}\n{margin}}}"


def _range(level: Level, margin: str) -> str:
    low, high = _shown(level.low, margin), _shown(level.high, margin)
    if level.low == level.high and level.low_incl and level.high_incl:
        return low
    return f"{'[' if level.low_incl else '('}{low}, {high}{']' if level.high_incl else ')'}"


def _input(node: Input) -> str:
    traits = [_word(node.unit)] if node.unit else []
    traits += [f"期限 {_string(node.deadline)}"] if node.deadline else []
    traits += [f"计 {SENSES.get(node.sense) or _string(node.sense)}"] if node.sense else []
    return f"{_name(node.name)}{f'({_joined(traits)})' if traits else ''}"


def _name(name: str) -> str:
    plain = re.fullmatch(r'[^「」"\\\s]+', name)
    return NAMES.get(name) or f"「{name if plain else _string(name)}」"


def _words(words: tuple[str, ...]) -> str:
    return "、".join(map(_string, words)) or NO_WORDS


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_PLAIN_WORD = re.compile(r"[%‰℃]|[^\W\d_]+")


def _word(unit: str) -> str:
    return unit if _PLAIN_WORD.fullmatch(unit) and unit not in _RESERVED else _string(unit)


def _quantity(value: Fraction, unit: str) -> str:
    glued = _PLAIN_WORD.fullmatch(unit) and not set(unit) & set("且或") and unit not in _RESERVED
    return f"{_number(value)}{unit if glued or not unit else _string(unit)}"


def _number(value: Fraction) -> str:
    """A finite decimal, else a fraction ``1/3``."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    whole = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{whole}" if value < 0 else whole


# Words of the language: never a bare unit.
_RESERVED = frozenset(
    {*NAMES.values(), *PARTIALS.values(), *PICKS.values(), STATED, NO_WORDS}
    | {
        "且",
        "或",
        "非",
        "写作",
        "均",
        "任一",
        "总是",
        "从不",
        "步数",
        "每",
        "限",
        "不低于",
        "不高于",
        "分段",
        "其余",
        "插值",
        "人评",
        "扣分",
        "等次",
        "无分",
        "期限",
        "计",
        "取位",
        "截位",
    }
)


# --- parse ------------------------------------------------------------------------------------------------------------


def parse(text: str) -> Expr:
    """The tree of a canonical text, also of one edited by hand (any spacing, Chinese or ASCII punctuation).

    Raises ``CanonicalError`` with a Chinese message: where, what was met, what was expected there.
    """
    from lark.exceptions import UnexpectedInput

    if not text.strip():
        raise CanonicalError("规则文本是空的；请写出得分，例如 分段{ 实际值(%) ≥ 95% → 分值; 其余 → 0分 }")
    try:
        return cast("Expr", _parser().parse(text))
    except UnexpectedInput as error:
        raise _mistake(text, error) from None
    except RecursionError:
        raise CanonicalError("规则文本的括号套得太深，请拆成几段") from None


@cache
def _parser() -> "Lark":
    """The parser; made once, when the first text is parsed."""
    from lark import Lark

    grammar = (files("hengjian.rules") / "canonical.lark").read_text(encoding="utf-8")
    builder: Any = _Builder()
    return Lark(grammar, parser="lalr", transformer=builder, propagate_positions=False)


@dataclass(frozen=True, slots=True)
class _Bound:
    """``low`` or ``high`` with its value, or a mark (``stated``, ``deduct``) without one."""

    kind: str
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class _Trait:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Otherwise:
    value: Expr


class _Builder:
    """Tree nodes from what the parser found; each method is named after the form in the grammar."""

    def start(self, parts: list[Any]) -> Expr:
        return _as_number(parts[0])

    def const(self, parts: list[Any]) -> Const:
        return Const(*_read_quantity(parts[0]))

    def input(self, parts: list[Any]) -> Input:
        traits = list[_Trait](parts[1:])
        _once((trait.kind for trait in traits), {"unit": "单位", "deadline": "“期限”", "sense": "“计”"}, parts[0])
        given = {trait.kind: trait.text for trait in traits}
        return Input(_read_name(parts[0]), given.get("unit", ""), given.get("deadline", ""), given.get("sense", ""))

    def unit(self, parts: list[Any]) -> _Trait:
        return _Trait("unit", _read_word(parts[0]))

    def deadline(self, parts: list[Any]) -> _Trait:
        return _Trait("deadline", _read_string(parts[0]))

    def sense(self, parts: list[Any]) -> _Trait:
        word = str(parts[0])
        if word.startswith('"'):
            return _Trait("sense", _read_string(word))
        known = {shown: sense for sense, shown in SENSES.items()}
        if word not in known:
            raise _at(parts[0], f"“计”后面不认识“{word}”", list(known))
        return _Trait("sense", known[word])

    def group(self, parts: list[Any]) -> Expr | Condition:
        return cast("Expr | Condition", parts[0])

    def arith(self, parts: list[Any]) -> Arith:
        left, sign, right = parts
        op = {"+": Op.ADD, "＋": Op.ADD, "×": Op.MUL, "*": Op.MUL, "÷": Op.DIV, "/": Op.DIV}.get(str(sign), Op.SUB)
        return Arith(op, _as_number(left), _as_number(right))

    def steps(self, parts: list[Any]) -> Steps:
        distance, size, *rest = parts
        said = {str(token) for token in rest}
        partial = next((policy for policy, word in PARTIALS.items() if word in said), Partial.LINEAR)
        return Steps(_as_number(distance), _as_number(size), partial, STATED in said)

    def clamp(self, parts: list[Any]) -> Clamp:
        body, *bounds = parts
        given = _bounds(bounds)
        return Clamp(_as_number(body), given.get("low"), given.get("high"), "stated" in given)

    def low(self, parts: list[Any]) -> _Bound:
        return _Bound("low", _as_number(parts[0]))

    def high(self, parts: list[Any]) -> _Bound:
        return _Bound("high", _as_number(parts[0]))

    def stated_limit(self, _parts: list[Any]) -> _Bound:
        return _Bound("stated")

    def deduct(self, _parts: list[Any]) -> _Bound:
        return _Bound("deduct")

    def case(self, parts: list[Any]) -> Case:
        *clauses, last = parts or [None]
        if any(isinstance(clause, _Otherwise) for clause in clauses):
            raise CanonicalError("“其余”只能写一次，并且写在分段的最后")
        if isinstance(last, _Otherwise):
            return Case(tuple(clauses), last.value)
        return Case((*clauses, *([last] if last is not None else ())))

    def branch(self, parts: list[Any]) -> Branch:
        *grade, condition, value = parts
        return Branch(_as_condition(condition), _as_number(value), _read_string(grade[0]) if grade else "")

    def otherwise(self, parts: list[Any]) -> _Otherwise:
        return _Otherwise(_as_number(parts[0]))

    def combine(self, parts: list[Any]) -> Combine:
        pick = next(pick for pick, word in PICKS.items() if word == str(parts[0]))
        return Combine(pick, tuple(_as_number(item) for item in parts[1:]))

    def interpolate(self, parts: list[Any]) -> Interpolate:
        return Interpolate(_as_number(parts[0]), tuple(parts[1:]))

    def anchor(self, parts: list[Any]) -> tuple[Fraction, Fraction]:
        return _plain_number(parts[0]), _plain_number(parts[1])

    def human(self, parts: list[Any]) -> Human:
        levels = tuple(part for part in parts if isinstance(part, Level))
        given = _bounds(part for part in parts if isinstance(part, _Bound))
        return Human(levels, "deduct" in given, given.get("low"), given.get("high"))

    def level(self, parts: list[Any]) -> Level:
        words, (low, high, low_incl, high_incl) = parts
        return Level(words, low, high, low_incl, high_incl)

    def fixed(self, parts: list[Any]) -> tuple[Expr, Expr, bool, bool]:
        return _as_number(parts[0]), _as_number(parts[0]), True, True

    def closed(self, parts: list[Any]) -> tuple[Expr, Expr, bool, bool]:
        return _as_number(parts[0]), _as_number(parts[1]), True, True

    def high_open(self, parts: list[Any]) -> tuple[Expr, Expr, bool, bool]:
        return _as_number(parts[0]), _as_number(parts[1]), True, False

    def low_open(self, parts: list[Any]) -> tuple[Expr, Expr, bool, bool]:
        return _as_number(parts[0]), _as_number(parts[1]), False, True

    def both_open(self, parts: list[Any]) -> tuple[Expr, Expr, bool, bool]:
        return _as_number(parts[0]), _as_number(parts[1]), False, False

    def missing(self, parts: list[Any]) -> Missing:
        return Missing(_read_string(parts[0]))

    def rounded(self, parts: list[Any]) -> Rounded:
        word, body, places = parts
        count = _plain_number(places)
        if count.denominator != 1:
            raise _at(places, f"小数位数应为整数，实际为“{places}”", ("整数，如 2",))
        return Rounded(_as_number(body), int(count), str(word) == "截位")

    def words(self, parts: list[Any]) -> tuple[str, ...]:
        return tuple(_read_string(part) for part in parts)

    def compare(self, parts: list[Any]) -> Compare:
        left, sign, right = parts
        return Compare(_as_number(left), _READ_SIGNS[str(sign)], _as_number(right))

    def stated(self, parts: list[Any]) -> Stated:
        said, words = parts
        if not isinstance(said, Input) or said.unit or said.deadline or said.sense:
            shown = show(said)
            raise CanonicalError(f"“写作”前面应为一个量的名称（如 实际值、「脱岗」），不带单位，实际为“{shown}”")
        return Stated(words, said.name)

    def every(self, parts: list[Any]) -> Every:
        return Every(tuple(_as_condition(part) for part in parts))

    def some(self, parts: list[Any]) -> Some:
        return Some(tuple(_as_condition(part) for part in parts))

    def negate(self, parts: list[Any]) -> Not:
        return Not(_as_condition(parts[0]))

    def always(self, _parts: list[Any]) -> Every:
        return ALWAYS

    def never(self, _parts: list[Any]) -> Some:
        return Some(())


_READ_SIGNS = {
    **{shown: sign for sign, shown in SIGNS.items()},
    **{sign.value: sign for sign in Sign},
    **{"≧": Sign.GE, "≦": Sign.LE, "＞": Sign.GT, "＜": Sign.LT, "＝": Sign.EQ},
}
_QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?(?:/\d+)?)(.*)", re.DOTALL)


def _as_number(part: object) -> Expr:
    if isinstance(part, Compare | Every | Some | Not | Stated):
        raise CanonicalError(f"这里应为一个数、量或算式，实际是条件“{show(part)}”")
    return cast("Expr", part)


def _as_condition(part: object) -> Condition:
    if not isinstance(part, Compare | Every | Some | Not | Stated):
        shown = show(cast("Expr", part))
        raise CanonicalError(f"这里应为条件（如 实际值(%) ≥ 95%），实际是“{shown}”；任何情况都成立的条件写“总是”")
    return part


def _read_quantity(token: Any) -> tuple[Fraction, str]:
    found = _QUANTITY.fullmatch(str(token))
    if found is None:  # the terminal has the same pattern
        raise TypeError(f"not a quantity: {token}")
    number, unit = found.groups()
    if unit in _RESERVED:
        raise _at(token, f"“{token}”：数字和“{unit}”之间少了运算符或空格", ("× 或 ÷ 或空格",))
    try:
        value = _fraction(number)
    except ZeroDivisionError:
        raise _at(token, f"“{token}”的分母为0", ("不为0的分母",)) from None
    return value, _read_word(unit)


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or 1)


def _plain_number(token: Any) -> Fraction:
    value, unit = _read_quantity(token)
    if unit:
        raise _at(token, f"“{token}”这里只写数字，不带单位", ("数字",))
    return value


def _read_word(text: Any) -> str:
    return _read_string(text) if str(text).startswith('"') else str(text)


def _read_name(token: Any) -> str:
    text = str(token)
    if not text.startswith("「"):
        return next(name for name, shown in NAMES.items() if shown == text)
    return _read_word(text[1:-1])


def _read_string(token: Any) -> str:
    try:
        return str(json.loads(str(token), strict=False))
    except ValueError:
        raise _at(token, f"引号里的文字{token}不能识别：反斜杠请写成 \\\\", ("双引号括起来的文字",)) from None


def _bounds(parts: Iterable[_Bound]) -> dict[str, Expr | None]:
    given = list(parts)
    titles = {"low": "“不低于”", "high": "“不高于”", "stated": f"“{STATED}”", "deduct": "“扣分”"}
    _once((part.kind for part in given), titles, "")
    return {part.kind: part.value for part in given}


def _once(kinds: Iterable[str], titles: dict[str, str], token: object) -> None:
    seen = list(kinds)
    for kind in seen:
        if seen.count(kind) > 1:
            raise CanonicalError(f"{f'“{token}”的' if token else ''}{titles[kind]}写了不止一次，请只留一处")


# --- messages ---------------------------------------------------------------------------------------------------------


@cache
def _phrases() -> dict[str, Any]:
    return tomllib.loads((files("hengjian.rules") / "canonical.toml").read_text(encoding="utf-8"))


def _at(token: Any, message: str, expected: Sequence[str]) -> CanonicalError:
    """A fault at a token, told like the parser's own."""
    line, column = getattr(token, "line", None) or 0, getattr(token, "column", None) or 0
    where = f"第{line}行第{column}字：" if line else ""
    return CanonicalError(
        f"{where}{message}。此处应为{'、'.join(expected)}", line=line, column=column, expected=expected
    )


def _mistake(text: str, error: "UnexpectedInput") -> CanonicalError:
    """The message for a fault the parser met: where, with a caret below the spot, and what was expected."""
    token = getattr(error, "token", None)  # None: a character no form of the language begins with
    ends = token is not None and token.type == "$END"
    lines = text.rstrip().split("\n")
    line, column = (len(lines), len(lines[-1]) + 1) if ends else (error.line, error.column)
    shown = lines[line - 1].replace("\t", " ")
    expected = _expected(error)
    if token is None:
        met = "引号没有配对" if shown[column - 1] == '"' else f"不认识“{shown[column - 1 :][:6]}”"
    else:
        met = "文本到此结束，还没有写完" if ends else f"这里不该是“{token}”"
    said = (_slip(error) if token is not None else "") or f"{met}；此处应为{'、'.join(expected)}"
    caret = " " * sum(2 if east_asian_width(c) in "WFA" else 1 for c in shown[: column - 1]) + "^"
    return CanonicalError(
        f"第{line}行第{column}字：{said}\n  {shown}\n  {caret}", line=line, column=column, expected=expected
    )


def _slip(error: "UnexpectedInput") -> str:
    """The words for a frequent slip: the text fails in the same state of the parser as a sample of it."""
    slips = {one["message"]: one["samples"] for one in _phrases()["mistake"]}

    def fails(sample: str) -> Any:
        try:
            return _parser().parse(sample)
        except CanonicalError:
            return None

    return error.match_examples(fails, slips, use_accepts=True) or ""


def _expected(error: "UnexpectedInput") -> tuple[str, ...]:
    """What may stand at the spot, in Chinese, groups of one meaning once."""
    phrases = _phrases()
    names = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
    told = [
        phrases["group"][phrases["member"][name]] if name in phrases["member"] else phrases["expected"].get(name, name)
        for name in sorted(names)
    ]
    order = {text: place for place, text in enumerate((*phrases["group"].values(), *phrases["expected"].values()))}
    return tuple(sorted(dict.fromkeys(told), key=lambda text: order.get(text, len(order))))
