"""A score on material of others: ``python benchmarks/dmn_tck.py FOLDER [--list]``.

FOLDER is a checkout of the public repository ``dmn-tck/tck`` (DMN Technology Compatibility Kit). Of its test cases those are
taken whose decision our tree can say: arithmetic, comparisons, intervals with open and closed ends, roundings, three-valued
logic, decision tables. A small reader of that part of FEEL turns a decision into nodes of ``hengjian.rules.tree``; the
reference meaning (``rules.run``, exact fractions) gives the result; the TCK says what it should be.

Whatever has another meaning in FEEL than in the tree is not translated but counted with its reason: nothing is forced to fit.
What is mapped to what, and the figures of the day: ``docs/rules/dmn-tck.md``.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from lxml import etree

from hengjian.rules.evaluate import Env, holds, value
from hengjian.rules.tree import (
    ALWAYS,
    Arith,
    Branch,
    Case,
    Combine,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Input,
    Missing,
    Not,
    Op,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
)

# The folders of the TCK that are about what a scoring rule can say.
SUBJECTS = (
    *(
        "0002-input-data-number",
        "0004-simpletable-U",
        "0005-simpletable-A",
        "0006-simpletable-P1",
        "0007-simpletable-P2",
    ),
    *("0008-LX-arithmetic", "0010-multi-output-U", "0100-feel-constants", "0101-feel-constants", "0105-feel-math"),
    *("0106-feel-ternary-logic", "0107-feel-ternary-logic-not", "0108-first-hitpolicy"),
    *("0111-first-hitpolicy-singleoutputcol", "0114-min-collect-hitpolicy", "0115-sum-collect-hitpolicy"),
    *("0116-count-collect-hitpolicy", "0117-multi-any-hitpolicy", "0118-multi-priority-hitpolicy"),
    *("0119-multi-collect-hitpolicy", "0017-tableTests", "0020-vacation-days", "0032-conditionals"),
    *("0036-dt-variable-input", "0050-feel-abs-function", "0054-feel-even-function", "0055-feel-odd-function"),
    *("0056-feel-modulo-function", "0064-feel-conjunction", "0065-feel-disjunction", "0066-feel-negation"),
    *("0068-feel-equality", "0071-feel-between", "0072-feel-in", "0073-feel-comments", "0075-feel-exponent"),
    *("0094-feel-product-function", "0099-arithmetic-negation", "0100-arithmetic", "1100-feel-decimal-function"),
    *("1101-feel-floor-function", "1102-feel-ceiling-function", "1141-feel-round-up-function"),
    *("1142-feel-round-down-function", "1143-feel-round-half-up-function", "1144-feel-round-half-down-function"),
    "1150-boxed-conditional",
)

# A result printed with at least so many digits was rounded: ours is compared at the printed places. Some were computed in
# binary floating point and their last digits are noise; such a result is counted apart, by its error relative to ours.
LONG = 10
NOISE = Fraction(1, 10**12)
_MOST_POWER, _MOST_SCALE = 400, 40


class OutsideTheTreeError(Exception):
    """A decision says something that the tree does not; the text is the reason that is counted."""


# Reasons, worded once so that they can be counted.
TEXTS = "texts computed with or compared"
TIMES = "dates, times or durations"
LISTS = "lists, contexts, ranges or functions as values"
TYPES = "wrong types or wrong arguments (FEEL: null; a tree cannot be built so)"
NULLS = "null told from other values (in the tree what is missing stays missing)"
LOGIC = "boxed logic or calls of models"
LARGE = "powers or places that are not small whole numbers"
POLICY = "hit policy that gives a list, or rules that overlap where none may"


@dataclass(frozen=True, slots=True)
class Words:
    """A text: a literal, or an input whose words are asked for."""

    literal: str = ""
    input: str = ""


Part = Expr | Condition | Words
NULL = Missing("null")
ZERO, ONE = Const(Fraction(0)), Const(Fraction(1))
_UNKNOWN: Condition = Compare(NULL, Sign.EQ, ZERO)
_CONDITIONS = (Compare, Every, Some, Not, Stated)


def const(number: int | Fraction) -> Const:
    """A number as a node."""
    return Const(Fraction(number))


# --- values of a case -------------------------------------------------------------------------------------------------

Given = Fraction | bool | str | None
"""A value of the TCK; None is null."""


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _nodes(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str) and _local(child) in names)


_TYPED = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def _given(element: etree._Element) -> tuple[Given, int, int]:
    """A ``value`` element with the places and digits it prints. Raises for dates and what else is no plain value."""
    text = (element.text or "").strip()
    kind = element.get(_TYPED, "").rpartition(":")[2]
    if element.get(_NIL) in ("true", "1"):
        return None, 0, 0
    if kind in ("decimal", "double", "integer", "int", "float") and _NUMBER.fullmatch(text):
        places = max(0, -int(Decimal(text).as_tuple().exponent))
        return Fraction(text), places, len(Decimal(text).as_tuple().digits)
    if kind == "boolean":
        return text in ("true", "1"), 0, 0
    if kind == "string":
        return element.text or "", 0, 0
    raise OutsideTheTreeError(TIMES)


def _flat(element: etree._Element, name: str) -> Iterator[tuple[str, Given]]:
    for part in _nodes(element, "component"):
        yield from _flat(part, f"{name}.{part.get('name')}")
    for part in _nodes(element, "value"):
        yield name, _given(part)[0]
    if any(True for _ in _nodes(element, "list")):
        raise OutsideTheTreeError(LISTS)


def _expected(element: etree._Element) -> dict[str, tuple[Given, int, int]] | None:
    components = list(_nodes(element, "component"))
    if components:
        values = {part.get("name", ""): list(_nodes(part, "value")) for part in components}
        return {name: _given(found[0]) for name, found in values.items()} if all(values.values()) else None
    found = list(_nodes(element, "value"))
    if not found and element.get(_NIL) in ("true", "1"):
        return {"": (None, 0, 0)}
    return {"": _given(found[0])} if found else None


# --- reading FEEL -----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s+|/\*.*?\*/|//[^\n]*|(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<text>\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>\*\*|<=|>=|!=|\.\.|[-+*/()\[\],<>=?:{}.@])|(?P<name>\w[\w]*)",
    re.DOTALL,
)
_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "abs": ("n",),
    "floor": ("n", "scale"),
    "ceiling": ("n", "scale"),
    "decimal": ("n", "scale"),
    "round up": ("n", "scale"),
    "round down": ("n", "scale"),
    "round half up": ("n", "scale"),
    "round half down": ("n", "scale"),
    "modulo": ("dividend", "divisor"),
    "even": ("number",),
    "odd": ("number",),
    "not": ("negand",),
}
_MANY = ("max", "min", "sum", "product")
_WORDS = (
    "and",
    "or",
    "between",
    "in",
    "if",
    "then",
    "else",
    "true",
    "false",
    "null",
    "for",
    "some",
    "every",
    "function",
)
_TIMES = re.compile(r"@|\b(date|time|duration|now|today|years and months)\b")
_SIGNS = {"<": Sign.LT, "<=": Sign.LE, ">": Sign.GT, ">=": Sign.GE, "=": Sign.EQ, "!=": Sign.NE}


def tokens(text: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Pieces of FEEL as (kind, text); ``names`` of inputs, decisions and functions may hold blanks, the longest wins."""
    if _TIMES.search(re.sub(r'"[^"]*"', "", text)):
        raise OutsideTheTreeError(TIMES)
    known = sorted({*names, *_FUNCTIONS, *_MANY}, key=len, reverse=True)
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        name = next((one for one in known if _stands(text, at, one)), None)
        if name is not None:
            out.append(("name", name))
            at += len(name)
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            raise OutsideTheTreeError(LISTS)
        if found.lastgroup is not None:
            kind = "word" if found[0] in _WORDS else found.lastgroup
            out.append((kind, found[0]))
        at = found.end()
    return [*out, ("end", "")]


def _stands(text: str, at: int, name: str) -> bool:
    end = at + len(name)
    before = text[at - 1 : at] if at else ""
    whole = not (before.isalnum() or before in ("_", ".")) and not (
        text[end : end + 1].isalnum() or text[end : end + 1] == "_"
    )
    return whole and text.startswith(name, at)


@dataclass(slots=True)
class Reader:
    """Recursive descent over one expression. ``env`` tells what is null in this case, ``parts`` what a name stands for."""

    pieces: list[tuple[str, str]]
    parts: Callable[[str], Part]
    env: Env
    at: int = 0
    bound: bool = False  # within the upper bound of an interval, where ``[`` may close it

    def whole(self) -> Part:
        """The expression up to the end."""
        part = self.expression()
        self._end()
        return part

    def unary(self, subject: Part) -> Condition:
        """The tests of a table's cell, on its input."""
        if self._next("-") and self.pieces[self.at + 1][0] == "end":
            self.at += 1
            return ALWAYS
        if self.pieces[self.at : self.at + 2] == [("name", "not"), ("sign", "(")]:
            self.at += 2
            tests = Not(self._tests(subject))
            self._take(")")
            self._end()
            return tests
        found = self._tests(subject)
        self._end()
        return found

    # Pieces

    def _next(self, *texts: str) -> bool:
        kind, text = self.pieces[self.at]
        return kind in ("sign", "word") and text in texts

    def eat(self, *texts: str) -> str:
        """The next piece if it is one of ``texts``, else nothing."""
        if not self._next(*texts):
            return ""
        self.at += 1
        return self.pieces[self.at - 1][1]

    def _take(self, text: str) -> None:
        if not self.eat(text):
            raise OutsideTheTreeError(LISTS)

    def _end(self) -> None:
        if self.pieces[self.at][0] != "end":
            raise OutsideTheTreeError(LISTS)

    # Expressions, loosest binding first

    def expression(self) -> Part:
        """``if``, or alternatives."""
        if self.eat("if"):
            condition = self._decided(_truth(self.expression()))
            self._take("then")
            yes = self.expression()
            self._take("else")
            return chosen(condition, yes, self.expression())
        return self._alternatives()

    def _alternatives(self) -> Part:
        first = self._conjunction()
        items = [first]
        while self.eat("or"):
            items.append(self._conjunction())
        return first if len(items) == 1 else Some(tuple(map(_truth, items)))

    def _conjunction(self) -> Part:
        first = self._comparison()
        items = [first]
        while self.eat("and"):
            items.append(self._comparison())
        return first if len(items) == 1 else Every(tuple(map(_truth, items)))

    def _comparison(self) -> Part:
        left = self._sum()
        if self.eat("between"):
            low = self._sum()
            self._take("and")
            return Every((self._compared(left, ">=", low), self._compared(left, "<=", self._sum())))
        if self.eat("in"):
            return self._within(left)
        sign = self.eat(*_SIGNS)
        return self._compared(left, sign, self._sum()) if sign else left

    def _sum(self) -> Part:
        left = self._product()
        while sign := self.eat("+", "-"):
            left = Arith(Op(sign), _number(left), _number(self._product()))
        return left

    def _product(self) -> Part:
        left = self._power()
        while sign := self.eat("*", "/"):
            left = Arith(Op(sign), _number(left), _number(self._power()))
        return left

    def _power(self) -> Part:
        left = self._signed()
        while self.eat("**"):
            left = powered(_number(left), self._whole(_number(self._signed()), _MOST_POWER))
        return left

    def _signed(self) -> Part:
        if self.eat("-"):
            return Arith(Op.SUB, ZERO, _number(self._signed()))
        return self._atom()

    def _atom(self) -> Part:
        kind, text = self.pieces[self.at]
        if self.eat("("):
            inner = self.expression()
            if self._next("..", ","):
                raise OutsideTheTreeError(LISTS)
            self._take(")")
            return self._alone(inner)
        self.at += 1
        if kind == "number":
            return self._alone(const(Fraction(text)))
        if kind == "text":
            return self._alone(Words(literal=text[1:-1]))
        if kind == "word" and text in ("true", "false", "null"):
            part: dict[str, Part] = {"true": ALWAYS, "false": Some(()), "null": NULL}
            return self._alone(part[text])
        if kind == "name" and self._next("("):
            return self._call(text)
        if kind == "name":
            return self._alone(self.parts(text))
        raise OutsideTheTreeError(LISTS)

    def _alone(self, part: Part) -> Part:
        """A value that nothing is taken from (a filter, a property)."""
        if self._next(".", "(", "{") or (self._next("[") and not self.bound):
            raise OutsideTheTreeError(LISTS)
        return part

    def _call(self, name: str) -> Part:
        self._take("(")
        if name in _MANY:
            items = self._items("[", "]") if self.eat("[") else self._items("", ")")
            if not items:
                raise OutsideTheTreeError(TYPES)
            return collected(name, [_number(item) for item in items])
        if name not in _FUNCTIONS:
            raise OutsideTheTreeError(LOGIC)
        formal, actual = _FUNCTIONS[name], dict[str, Part]()
        for i, (label, part) in enumerate(self._arguments()):
            if (label or i >= len(formal)) and label not in formal:
                raise OutsideTheTreeError(TYPES)
            actual[label or formal[i]] = part
        if name in ("floor", "ceiling"):
            actual.setdefault("scale", ZERO)
        if set(actual) != set(formal):
            raise OutsideTheTreeError(TYPES)
        first = actual[formal[0]]
        if name == "not":
            return Not(_truth(first))
        if "scale" in actual:
            scale = _number(actual["scale"])
            if not isinstance(value(scale, self.env), Fraction):
                raise OutsideTheTreeError(TYPES)
            return rounded(name, _number(first), self._whole(scale, _MOST_SCALE))
        return _FORMULAS[name](*(_number(part) for part in actual.values()))

    def _arguments(self) -> Iterator[tuple[str, Part]]:
        while not self.eat(")"):
            label = ""
            if self.pieces[self.at][0] == "name" and self.pieces[self.at + 1] == ("sign", ":"):
                label = self.pieces[self.at][1]
                self.at += 2
            yield label, self.expression()
            if not self._next(")"):
                self._take(",")

    def _items(self, opening: str, closing: str) -> list[Part]:
        items = []
        while not self.eat(closing):
            items.append(self.expression())
            if not self._next(closing):
                self._take(",")
        if opening:
            self._take(")")
        return items

    # Tests

    def _within(self, subject: Part) -> Condition:
        if self._next("(", "["):
            start = self.at
            try:
                return self._range(subject)
            except OutsideTheTreeError:
                self.at, self.bound = start, False
            closing = {"(": ")", "[": "]"}[self.eat("(", "[")]
            found = self._tests(subject)
            self._take(closing)
            return found
        return self._test(subject)

    def _tests(self, subject: Part) -> Condition:
        tests = [self._test(subject)]
        while self.eat(","):
            tests.append(self._test(subject))
        return tests[0] if len(tests) == 1 else Some(tuple(tests))

    def _test(self, subject: Part) -> Condition:
        if sign := self.eat(*_SIGNS):
            return self._compared(subject, sign, self._sum())
        if self._next("[", "]", "("):
            start = self.at
            try:
                return self._range(subject)
            except OutsideTheTreeError:
                self.at, self.bound = start, False
        return self._compared(subject, "=", self._sum())

    def _range(self, subject: Part) -> Condition:
        opening = self.eat("[", "]", "(")
        low = self._sum()
        self._take("..")
        self.bound = True
        high = self._sum()
        self.bound = False
        closing = self.eat("]", ")", "[")
        if not closing or NULL in (low, high):
            raise OutsideTheTreeError(NULLS if closing else LISTS)
        return Every(
            (
                self._compared(subject, ">=" if opening == "[" else ">", low),
                self._compared(subject, "<=" if closing == "]" else "<", high),
            )
        )

    def _compared(self, left: Part, sign: str, right: Part) -> Condition:
        if isinstance(left, Words) or isinstance(right, Words):
            return _same_words(left, sign, right)
        if isinstance(left, _CONDITIONS) or isinstance(right, _CONDITIONS):
            if sign not in ("=", "!="):
                raise OutsideTheTreeError(TYPES)
            a, b = self._decided(_truth(left)), self._decided(_truth(right))
            same = Some((Every((a, b)), Every((Not(a), Not(b)))))
            return same if sign == "=" else Not(same)
        if sign in ("=", "!="):  # FEEL tells null from a number; the tree gives no answer
            for side in (left, right):
                if isinstance(value(side, self.env), Missing):
                    raise OutsideTheTreeError(NULLS)
        return Compare(left, _SIGNS[sign], right)

    def _decided(self, condition: Condition) -> Condition:
        if isinstance(holds(condition, self.env), Missing):
            raise OutsideTheTreeError(NULLS)
        return condition

    def _whole(self, part: Expr, most: int) -> int:
        """A power or a number of places: written out for the inputs of the case."""
        found = value(part, self.env)
        if not isinstance(found, Fraction) or found.denominator != 1 or abs(found) > most:
            raise OutsideTheTreeError(LARGE)
        return int(found)


def _number(part: Part) -> Expr:
    if isinstance(part, Words):
        raise OutsideTheTreeError(TEXTS)
    if isinstance(part, _CONDITIONS):
        raise OutsideTheTreeError(TYPES)
    return part


def _truth(part: Part) -> Condition:
    if isinstance(part, Words):
        raise OutsideTheTreeError(TEXTS)
    if isinstance(part, _CONDITIONS):
        return part
    if part == NULL:
        return _UNKNOWN
    raise OutsideTheTreeError(TYPES)


def _same_words(left: Part, sign: str, right: Part) -> Condition:
    """An input of words is compared with a literal; nothing else of texts is in the tree."""
    if isinstance(left, Words) and isinstance(right, Words) and sign in ("=", "!="):
        asked, told = (left, right) if left.input else (right, left)
        if asked.input and not told.input:
            stated = Stated((told.literal,), asked.input)
            return stated if sign == "=" else Not(stated)
    raise OutsideTheTreeError(TEXTS)


# --- formulas ---------------------------------------------------------------------------------------------------------


def chosen(condition: Condition, yes: Part, no: Part) -> Part:
    """``if`` of numbers, or of truths."""
    if isinstance(yes, _CONDITIONS) or isinstance(no, _CONDITIONS):
        return Some((Every((condition, _truth(yes))), Every((Not(condition), _truth(no)))))
    return Case((Branch(condition, _number(yes)),), _number(no))


def powered(base: Expr, power: int) -> Expr:
    """A whole power, by squaring."""
    if power < 0:
        return Arith(Op.DIV, ONE, powered(base, -power))
    if power < 2:
        return base if power else ONE
    half = powered(base, power // 2)
    square = Arith(Op.MUL, half, half)
    return Arith(Op.MUL, square, base) if power % 2 else square


def collected(name: str, items: Sequence[Expr]) -> Expr:
    """max, min, sum or product of several numbers."""
    if name != "product":
        return Combine({"max": Pick.MAX, "min": Pick.MIN, "sum": Pick.SUM}[name], tuple(items))
    first, *rest = items
    for item in rest:
        first = Arith(Op.MUL, first, item)
    return first


def _floored(x: Expr) -> Expr:
    cut = Rounded(x, 0, truncate=True)
    return Case((Branch(Compare(x, Sign.LT, cut), Arith(Op.SUB, cut, ONE)),), cut)


def _modulo(a: Expr, b: Expr) -> Expr:
    return Arith(Op.SUB, a, Arith(Op.MUL, b, _floored(Arith(Op.DIV, a, b))))


_FORMULAS: dict[str, Callable[..., Part]] = {
    "abs": lambda x: Combine(Pick.MAX, (x, Arith(Op.SUB, ZERO, x))),
    "modulo": _modulo,
    "even": lambda x: Compare(_modulo(x, const(2)), Sign.EQ, ZERO),
    "odd": lambda x: Compare(_modulo(x, const(2)), Sign.EQ, ONE),
}


def rounded(name: str, x: Expr, places: int) -> Expr:
    """A rounding of FEEL to ``places``. The tree cuts off and rounds half up (away from zero); the others are cases of these."""
    unit = Fraction(1, 10**places) if places >= 0 else Fraction(10**-places)
    if places < 0:
        return Arith(Op.MUL, rounded(name, Arith(Op.DIV, x, const(unit)), 0), const(unit))
    cut, half, step = Rounded(x, places, truncate=True), Rounded(x, places), const(unit)
    rest = Arith(Op.SUB, x, cut)
    up, down = Arith(Op.ADD, cut, step), Arith(Op.SUB, cut, step)
    above, below = Compare(x, Sign.GT, cut), Compare(x, Sign.LT, cut)
    tie = (Compare(rest, Sign.EQ, const(unit / 2)), Compare(rest, Sign.EQ, const(-unit / 2)))
    match name:
        case "round down":
            return cut
        case "round half up":
            return half
        case "round up":
            return Case((Branch(above, up), Branch(below, down)), cut)
        case "round half down":
            return Case((Branch(Some(tie), cut),), half)
        case "floor":
            return Case((Branch(below, down),), cut)
        case "ceiling":
            return Case((Branch(above, up),), cut)
        case _:  # decimal: half to even, so a tie is the nearest even multiple, which is no tie of twice the unit
            even = Arith(Op.MUL, Rounded(Arith(Op.DIV, x, const(2 * unit)), 0), const(2 * unit))
            return Case((Branch(Some(tie), even),), half)


# --- models -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Model:
    """A .dmn file with the inputs of one case."""

    root: etree._Element
    inputs: dict[str, Given]
    env: Env = field(init=False)
    kinds: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.env = Env()
        self.kinds = {}
        for data in self.root.iter("{*}inputData"):
            variable = next(_nodes(data, "variable"), None)
            self.kinds[data.get("name", "")] = variable.get("typeRef", "") if variable is not None else ""
        for name, given in self.inputs.items():
            if isinstance(given, bool):
                self.env.numbers[name] = Fraction(given)
            elif isinstance(given, Fraction):
                self.env.numbers[name] = given
            elif isinstance(given, str):
                self.env.words[name] = given
            else:
                self.env.numbers[name] = NULL

    def decision(self, name: str) -> etree._Element:
        """The decision of a name."""
        found = [one for one in self.root.iter("{*}decision") if one.get("name") == name]
        if len(found) != 1:
            raise OutsideTheTreeError(LOGIC)
        return found[0]

    def columns(self, name: str) -> dict[str, Part]:
        """The trees of a decision, one for each output; "" is the name of a single one."""
        decision = self.decision(name)
        logic = [
            child
            for child in decision
            if isinstance(child.tag, str) and _local(child) in ("literalExpression", "decisionTable", "conditional")
        ]
        if len(logic) != 1:
            raise OutsideTheTreeError(LOGIC)
        if _local(logic[0]) == "decisionTable":
            return Table(self, logic[0]).columns()
        return {"": self._boxed(logic[0])}

    def _boxed(self, element: etree._Element) -> Part:
        if _local(element) == "literalExpression":
            return self.reader(element).whole()
        if _local(element) != "conditional":
            raise OutsideTheTreeError(LOGIC)
        condition, yes, no = (
            self._boxed(next(child for child in next(_nodes(element, name)) if isinstance(child.tag, str)))
            for name in ("if", "then", "else")
        )
        if isinstance(holds(_truth(condition), self.env), Missing):
            raise OutsideTheTreeError(NULLS)
        return chosen(_truth(condition), yes, no)

    def reader(self, element: etree._Element) -> Reader:
        """A reader of the text in an element."""
        text = "".join("".join(map(str, part.itertext())) for part in _nodes(element, "text")).strip()
        decisions = [one.get("name", "") for one in self.root.iter("{*}decision")]
        labels = ("n", "scale", "dividend", "divisor", "number", "negand")
        return Reader(tokens(text, [*self.inputs, *self.kinds, *decisions, *labels]), self.part, self.env)

    def part(self, name: str) -> Part:
        """What a name stands for: an input of the case, or the tree of another decision."""
        if name in self.inputs:
            given = self.inputs[name]
            if isinstance(given, bool):
                return Compare(Input(name), Sign.EQ, ONE)
            if isinstance(given, str):
                return Words(input=name)
            return Input(name) if given is not None or self.kinds.get(name) == "number" else NULL
        if name in self.kinds:
            return NULL
        columns = self.columns(name)
        if set(columns) != {""}:
            raise OutsideTheTreeError(LISTS)
        part = columns[""]
        if isinstance(part, Case) and any(branch.grade for branch in part.branches):
            raise OutsideTheTreeError(TEXTS)
        return part


@dataclass(slots=True)
class Table:
    """A decision table: rules become the clauses of a ``Case``, an output text its grade."""

    model: Model
    element: etree._Element

    def columns(self) -> dict[str, Part]:
        """The tree of each output."""
        policy = self.element.get("hitPolicy", "UNIQUE")
        outputs = list(_nodes(self.element, "output"))
        rules = [(self._condition(rule), self._results(rule)) for rule in _nodes(self.element, "rule")]
        self._sound(policy, [results for condition, results in rules if holds(condition, self.model.env) is True])
        found: dict[str, Part] = {}
        if policy == "PRIORITY":
            order = [self._allowed(output) for output in outputs]
            rules.sort(key=lambda rule: [_rank(one, part) for one, part in zip(order, rule[1], strict=True)])
        for i, output in enumerate(outputs):
            clauses = [(condition, results[i]) for condition, results in rules]
            name = output.get("name", "") if len(outputs) > 1 else ""
            default = next(_nodes(output, "defaultOutputEntry"), None)
            otherwise = self.model.reader(default).whole() if default is not None else None
            found[name] = self._combined(policy, clauses, otherwise)
        return found

    def _condition(self, rule: etree._Element) -> Condition:
        tests = []
        for head, cell in zip(_nodes(self.element, "input"), _nodes(rule, "inputEntry"), strict=True):
            reader = self.model.reader(cell)
            if reader.pieces[:2] == [("sign", "-"), ("end", "")] or reader.pieces[0][0] == "end":
                continue
            subject = self.model.reader(next(_nodes(head, "inputExpression"))).whole()
            test = reader.unary(subject)
            if isinstance(holds(test, self.model.env), Missing):
                raise OutsideTheTreeError(NULLS)
            tests.append(test)
        return Every(tuple(tests))

    def _results(self, rule: etree._Element) -> list[Part]:
        return [self.model.reader(cell).whole() for cell in _nodes(rule, "outputEntry")]

    def _allowed(self, output: etree._Element) -> list[Part]:
        values = next(_nodes(output, "outputValues"), None)
        if values is None:
            raise OutsideTheTreeError(POLICY)
        reader = self.model.reader(values)
        parts = [reader.expression()]
        while reader.eat(","):
            parts.append(reader.expression())
        return parts

    def _sound(self, policy: str, hits: list[list[Part]]) -> None:
        aggregated = policy == "COLLECT" and self.element.get("aggregation") is not None
        if policy not in ("UNIQUE", "ANY", "FIRST", "PRIORITY") and not aggregated:
            raise OutsideTheTreeError(POLICY)
        if (policy == "UNIQUE" and len(hits) > 1) or (policy == "ANY" and any(hit != hits[0] for hit in hits)):
            raise OutsideTheTreeError(POLICY)

    def _combined(self, policy: str, clauses: list[tuple[Condition, Part]], otherwise: Part | None) -> Part:
        if policy == "COLLECT":
            return self._aggregated(clauses, otherwise)
        if any(isinstance(part, Words) for _, part in clauses):
            default = otherwise if isinstance(otherwise, Words) else None
            texts = tuple(Branch(condition, const(i), grade=_text(part)) for i, (condition, part) in enumerate(clauses))
            # A default is the clause that always holds, so that its text is a grade too.
            last = (Branch(ALWAYS, const(len(texts)), grade=default.literal),) if default is not None else ()
            return Case((*texts, *last))
        if any(isinstance(part, _CONDITIONS) for _, part in clauses):
            branches = tuple(Branch(condition, Case((Branch(_truth(part), ONE),), ZERO)) for condition, part in clauses)
            return Compare(Case(branches), Sign.EQ, ONE)
        numbers = tuple(Branch(condition, _number(part)) for condition, part in clauses)
        return Case(numbers, _number(otherwise) if otherwise is not None else None)

    def _aggregated(self, clauses: list[tuple[Condition, Part]], otherwise: Part | None) -> Part:
        kind = self.element.get("aggregation", "")
        default = _number(otherwise) if otherwise is not None else None
        if kind == "COUNT" and default is None:
            return Combine(Pick.SUM, tuple(Case((Branch(condition, ONE),), ZERO) for condition, _ in clauses))
        numbers = [(condition, _number(part)) for condition, part in clauses]
        if kind == "SUM":
            items = tuple(Case((Branch(condition, part),), ZERO) for condition, part in numbers)
            some = Some(tuple(condition for condition, _ in numbers))
            return Case((Branch(some, Combine(Pick.SUM, items)),), default)
        if kind not in ("MIN", "MAX") or not all(isinstance(part, Const) for _, part in numbers):
            raise OutsideTheTreeError(POLICY)
        fixed = [(condition, part) for condition, part in numbers if isinstance(part, Const)]
        fixed.sort(key=lambda clause: clause[1].value, reverse=kind == "MAX")  # the first that holds is the extreme
        return Case(tuple(Branch(condition, part) for condition, part in fixed), default)


def _text(part: Part) -> str:
    if not isinstance(part, Words) or part.input:
        raise OutsideTheTreeError(TEXTS)
    return part.literal


def _rank(order: list[Part], part: Part) -> int:
    if part not in order:
        raise OutsideTheTreeError(POLICY)
    return order.index(part)


# --- running ----------------------------------------------------------------------------------------------------------


def result(part: Part, env: Env) -> Given:
    """What the reference makes of a tree: a number, a truth, the text of a grade, or None."""
    if isinstance(part, Words):
        raise OutsideTheTreeError(TEXTS)
    if isinstance(part, _CONDITIONS):
        truth = holds(part, env)
        return None if isinstance(truth, Missing) else truth
    env.path.clear()
    got = value(part, env)
    if isinstance(got, Missing):
        return None
    if isinstance(part, Case) and any(branch.grade for branch in part.branches):
        return env.path[0].text
    return got


def agrees(got: Given, expected: tuple[Given, int, int]) -> str:
    """``exact``, ``digits`` (equal at the digits printed), ``noise`` (equal but for binary noise) or "" (wrong)."""
    wanted, places, digits = expected
    if type(got) is type(wanted) and got == wanted:
        return "exact"
    if isinstance(got, Fraction) and isinstance(wanted, Fraction) and digits >= LONG:
        if abs(got - wanted) * 10**places <= Fraction(1, 2):
            return "digits"
        return "noise" if abs(got - wanted) <= abs(got) * NOISE else ""
    return ""


@dataclass(slots=True)
class Tally:
    """What came out."""

    exact: int = 0
    digits: int = 0
    noise: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    outside: Counter[str] = field(default_factory=Counter)
    listed: list[str] = field(default_factory=list)
    folders: dict[str, list[int]] = field(default_factory=dict)  # folder: cases, expressible, passed

    @property
    def passed(self) -> int:
        """Cases with the expected result."""
        return self.exact + self.digits + len(self.noise)

    @property
    def expressible(self) -> int:
        """Cases our tree can say."""
        return self.passed + len(self.wrong)

    @property
    def cases(self) -> int:
        """All cases of the folders."""
        return self.expressible + self.outside.total()


def judge(tally: Tally, folder: Path, test: etree._Element, root: etree._Element) -> None:
    """Run every expected result of one test case."""
    for node in _nodes(test, "resultNode"):
        name, where = node.get("name", ""), f"{folder.name} {test.get('id')} {node.get('name')}"
        row = tally.folders.setdefault(folder.name, [0, 0, 0])
        row[0] += 1
        try:
            if node.get("type", "decision") != "decision":
                raise OutsideTheTreeError(LOGIC)
            expected = _expected(next(_nodes(node, "expected")))
            if expected is None:
                raise OutsideTheTreeError(LISTS)
            inputs = dict(pair for one in _nodes(test, "inputNode") for pair in _flat(one, one.get("name", "")))
            model = Model(root, inputs)
            columns = model.columns(name)
            got = {key: result(part, model.env) for key, part in columns.items()}
        except OutsideTheTreeError as reason:
            tally.outside[str(reason)] += 1
            tally.listed.append(f"{where}: {reason}")
            continue
        row[1] += 1
        if set(expected) == {""} and expected[""][0] is None and set(got) != {""}:
            grades = [key for key, one in got.items() if one is not None]  # no rule holds: no output has a value
            kinds = ["exact" if not grades else ""]
        elif set(got) != set(expected):
            kinds = [""]
        else:
            kinds = [agrees(got[key], expected[key]) for key in got]
        if not all(kinds):
            tally.wrong.append(f"{where}: expected {_shown(expected)}, got {got}")
            continue
        row[2] += 1
        if "noise" in kinds:
            tally.noise.append(where)
        elif "digits" in kinds:
            tally.digits += 1
        else:
            tally.exact += 1


def _shown(expected: dict[str, tuple[Given, int, int]]) -> dict[str, Given]:
    return {key: one[0] for key, one in expected.items()}


def run(checkout: Path) -> Tally:
    """All test cases of the chosen folders."""
    tally = Tally()
    for level in ("compliance-level-2", "compliance-level-3"):
        for folder in sorted((checkout / "TestCases" / level).glob("[0-9]*")):
            if folder.name not in SUBJECTS:
                continue
            for path in sorted(folder.glob("*test*.xml")):
                tests = etree.parse(path).getroot()
                model = next((node.text or "" for node in _nodes(tests, "modelName")), "")
                root = etree.parse(folder / model).getroot()
                for test in _nodes(tests, "testCase"):
                    judge(tally, folder, test, root)
    return tally


def main() -> None:
    """Print the score; status 1 when a case has another result than the TCK says."""
    arguments = argparse.ArgumentParser(description="Runs the part of the DMN TCK that the rule tree can say.")
    arguments.add_argument("checkout", type=Path, help="a checkout of github.com/dmn-tck/tck")
    arguments.add_argument("--list", action="store_true", help="each case that is not expressible, with its reason")
    chosen = arguments.parse_args()
    if not (chosen.checkout / "TestCases").is_dir():
        raise SystemExit(
            f"{chosen.checkout} has no folder TestCases; get one: git clone https://github.com/dmn-tck/tck"
        )
    tally = run(chosen.checkout)
    print("cases expressible passed  folder")
    for folder, (cases, expressible, passed) in tally.folders.items():
        if expressible:
            print(f"{cases:5} {expressible:11} {passed:6}  {folder}")
    print(f"cases in {len(tally.folders)} folders  {tally.cases}")
    print(f"expressible            {tally.expressible}")
    how = f"{tally.exact} exactly, {tally.digits} at the printed digits, {len(tally.noise)} but for binary noise"
    print(f"passed                 {tally.passed}  ({how})")
    for line in tally.noise:
        print(f"  noise: {line}")
    print(f"failed                 {len(tally.wrong)}")
    for line in tally.wrong:
        print(f"  {line}")
    print(f"not expressible        {tally.outside.total()}")
    for reason, count in tally.outside.most_common():
        print(f"  {count:5}  {reason}")
    if chosen.list:
        print("\n".join(tally.listed))
    sys.exit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
