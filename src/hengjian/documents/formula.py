"""Simple spreadsheet formulas worked out exactly, to check stored results and to fill missing ones.

Covers what performance forms use: arithmetic, comparison, references and ranges, SUM, ROUND and a few more. Everything else
is ``UNKNOWN``: neither right nor wrong, and left as stored. Numbers are fractions, so a quotient is not rounded on the way.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

_MAX_DEPTH: Final = 60  # nested references; cells are asked in reading order, so real chains are met already worked out
_MAX_RANGE: Final = 50_000
_MAX_LENGTH: Final = 8192  # characters, the limit of the program itself


@dataclass(frozen=True, slots=True)
class Fault:
    """An error value such as ``#DIV/0!``."""

    text: str


class Unknown(Exception):
    """Not among what is worked out here."""


class _Circular(Unknown):
    """A cell needs itself: its stored value is no way out."""


Value = Fraction | str | bool | Fault | None
_DIV: Final = Fault("#DIV/0!")
_VALUE: Final = Fault("#VALUE!")

_REF: Final = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_SHEET: Final = r"(?:'(?:[^']|'')+'!|[\w.一-鿿（）()《》、]+!)"
_TOKEN: Final = re.compile(
    rf"""\s*(?:
      (?P<string>"(?:[^"]|"")*")
    | (?P<ref>{_SHEET}?(?:{_REF}(?::{_REF})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}})(?![\w(.!]))
    | (?P<func>[A-Za-z_][\w.]*)\(
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{{1,3}})?)
    | (?P<bool>TRUE|FALSE)(?![\w(])
    | (?P<fault>\#(?:DIV/0!|VALUE!|REF!|NAME\?|N/A|NUM!|NULL!))
    | (?P<op><=|>=|<>|[-+*/^&=<>%(),])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CELL: Final = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})$")


def column_number(letters: str) -> int:
    """Column letters from 0: ``column_number("AA")`` is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """The other way round: ``column_letters(26)`` is ``AA``."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_SHIFTED: Final = re.compile(
    r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')+'!|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})(?![\w(.!])"
)


def shifted(formula: str, rows: int, columns: int) -> str:
    """A shared formula as it reads ``rows`` further down and ``columns`` further right.

    >>> shifted('SUM($A1:B$2)&"A1"', 1, 1)
    'SUM($A2:C$2)&"A1"'
    """

    def move(match: re.Match[str]) -> str:
        if not match[2]:
            return match[0]
        letters = match[2] if match[1] else column_letters(max(column_number(match[2]) + columns, 0))
        number = match[4] if match[3] else str(max(int(match[4]) + rows, 1))
        return f"{match[1]}{letters}{match[3]}{number}"

    return _SHIFTED.sub(move, formula)


@dataclass(slots=True)
class Book:
    """The stored cells of a workbook, and what its formulas give.

    ``values`` and ``formulas`` are by sheet name, then (row, column) from 0; formulas come without ``=``. A formula cell
    without a stored result is missing from ``values``.
    """

    values: Mapping[str, Mapping[tuple[int, int], Value]]
    formulas: Mapping[str, Mapping[tuple[int, int], str]]
    _known: dict[tuple[str, int, int], Value] = field(default_factory=dict, init=False)
    _failed: set[tuple[str, int, int]] = field(default_factory=set, init=False)
    _open: set[tuple[str, int, int]] = field(default_factory=set, init=False)

    def result(self, sheet: str, row: int, column: int) -> Value:
        """What the formula of a cell gives. Raises ``Unknown`` where it is not worked out here."""
        key = (sheet, row, column)
        if key in self._known:
            return self._known[key]
        if key in self._open:
            raise _Circular
        text = self.formulas[sheet][row, column]
        if key in self._failed or len(self._open) >= _MAX_DEPTH or len(text) > _MAX_LENGTH:
            raise Unknown
        self._open.add(key)
        try:
            value = _Reading(self, sheet, text).whole()
        except (Unknown, RecursionError) as error:  # recursion: hundreds of nested brackets
            self._failed.add(key)
            raise (error if isinstance(error, Unknown) else Unknown()) from None
        finally:
            self._open.discard(key)
        # An empty cell that is referred to counts as nought.
        self._known[key] = Fraction(0) if value is None else value
        return self._known[key]

    def at(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell: worked out where possible, else as stored."""
        stored = self.values.get(sheet)
        if stored is None:
            raise Unknown
        if (row, column) in self.formulas.get(sheet, {}):
            try:
                return self.result(sheet, row, column)
            except _Circular:
                raise
            except Unknown:
                if (row, column) not in stored:
                    raise
        return stored.get((row, column))

    def area(self, sheet: str, top: int, left: int, bottom: int, right: int) -> Iterator[Value]:
        """The filled cells of a range, in any order that is the same each time."""
        stored, formulas = self.values.get(sheet), self.formulas.get(sheet, {})
        if stored is None:
            raise Unknown
        if (bottom - top + 1) * (right - left + 1) > _MAX_RANGE:
            places = sorted({p for p in (*stored, *formulas) if top <= p[0] <= bottom and left <= p[1] <= right})
            if len(places) > _MAX_RANGE:
                raise Unknown
        else:
            places = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        return (self.at(sheet, r, c) for r, c in places if (r, c) in stored or (r, c) in formulas)


@dataclass(frozen=True, slots=True)
class _Range:
    sheet: str
    top: int
    left: int
    bottom: int
    right: int


class _Reading:
    """One formula, read and worked out in one pass. Both branches of IF are read; faults stay where they belong."""

    def __init__(self, book: Book, sheet: str, text: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise Unknown
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self.at = 0

    def whole(self) -> Value:
        value = self.compare()
        if self.at != len(self.tokens):
            raise Unknown
        return self.single(value)

    def take(self, *words: str) -> str | None:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "op" and text in words:
                self.at += 1
                return text
        return None

    def single(self, value: "Value | _Range") -> Value:
        if isinstance(value, _Range):
            if (value.top, value.left) != (value.bottom, value.right):
                raise Unknown
            return self.book.at(value.sheet, value.top, value.left)
        return value

    def compare(self) -> "Value | _Range":
        left = self.join()
        while sign := self.take("=", "<>", "<", ">", "<=", ">="):
            left = _compared(sign, self.single(left), self.single(self.join()))
        return left

    def join(self) -> "Value | _Range":
        left = self.sums()
        while self.take("&"):
            left = _joined(self.single(left), self.single(self.sums()))
        return left

    def sums(self) -> "Value | _Range":
        left = self.products()
        while sign := self.take("+", "-"):
            left = _calculated(sign, self.single(left), self.single(self.products()))
        return left

    def products(self) -> "Value | _Range":
        left = self.powers()
        while sign := self.take("*", "/"):
            left = _calculated(sign, self.single(left), self.single(self.powers()))
        return left

    def powers(self) -> "Value | _Range":
        left = self.signed()
        while self.take("^"):
            left = _calculated("^", self.single(left), self.single(self.signed()))
        return left

    def signed(self) -> "Value | _Range":
        if sign := self.take("-", "+"):
            operand = self.single(self.signed())
            return _calculated("-", Fraction(0), operand) if sign == "-" else operand
        value: Value | _Range = self.atom()
        while self.take("%"):
            value = _calculated("/", self.single(value), Fraction(100))
        return value

    def atom(self) -> "Value | _Range":
        if self.take("("):
            value = self.compare()
            if not self.take(")"):
                raise Unknown
            return value
        if self.at >= len(self.tokens):
            raise Unknown
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Fraction(text)
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind == "bool":
            return text.upper() == "TRUE"
        if kind == "fault":
            return Fault(text.upper())
        if kind == "ref":
            return self.reference(text)
        if kind == "func":
            return self.call(text.upper())
        raise Unknown

    def reference(self, text: str) -> _Range:
        sheet, _, area = text.rpartition("!")
        sheet = sheet.strip("'").replace("''", "'") if sheet else self.sheet
        first, _, last = area.partition(":")
        if not first[-1].isdigit():
            return _Range(
                sheet, 0, column_number(first.replace("$", "")), 1_048_575, column_number(last.replace("$", ""))
            )
        (top, left), (bottom, right) = _corner(first), _corner(last or first)
        return _Range(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))

    def call(self, name: str) -> Value:
        arguments: list[Value | _Range] = []
        if not self.take(")"):
            while True:
                empty = self.at < len(self.tokens) and self.tokens[self.at] in (("op", ","), ("op", ")"))
                arguments.append(None if empty else self.compare())
                if self.take(")"):
                    break
                if not self.take(","):
                    raise Unknown
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Unknown
        return function(self, arguments)

    def numbers(self, arguments: "list[Value | _Range]") -> list[Fraction]:
        """The numbers of a list: text and truth values count only where they are written into the formula itself."""
        found: list[Fraction] = []
        for argument in arguments:
            if isinstance(argument, _Range):
                for value in self.book.area(
                    argument.sheet, argument.top, argument.left, argument.bottom, argument.right
                ):
                    if isinstance(value, Fault):
                        raise _Failed(value)
                    if isinstance(value, Fraction):
                        found.append(value)
            else:
                found.append(_number(argument))
        return found

    def filled(self, arguments: "list[Value | _Range]") -> list[Value]:
        """All values of a list that are not blank."""
        found: list[Value] = []
        for argument in arguments:
            if isinstance(argument, _Range):
                found.extend(
                    self.book.area(argument.sheet, argument.top, argument.left, argument.bottom, argument.right)
                )
            else:
                found.append(argument)
        return [value for value in found if value is not None]


class _Failed(Exception):
    """A fault on its way out of a list."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def _corner(text: str) -> tuple[int, int]:
    match = _CELL.match(text)
    if match is None:
        raise Unknown
    return int(match[4]) - 1, column_number(match[2])


_TYPED: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)%?$")


def _number(value: Value) -> Fraction:
    if isinstance(value, Fault):
        raise _Failed(value)
    if value is None:
        return Fraction(0)
    if isinstance(value, str):
        text = value.strip()
        if _TYPED.match(text):
            return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        if any(char.isdigit() for char in text):
            raise Unknown  # a date, a currency, a number with units: the program's locale decides
        raise _Failed(_VALUE)
    return Fraction(value)


def _calculated(sign: str, left: Value, right: Value) -> Value:
    try:
        a, b = _number(left), _number(right)
    except _Failed as failed:
        return failed.fault
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if sign == "/":
        return a / b if b else _DIV
    if b.denominator != 1 or abs(b) > 64 or (not a and b <= 0):
        raise Unknown
    return a ** int(b)


def _joined(left: Value, right: Value) -> Value:
    parts: list[str] = []
    for value in (left, right):
        if isinstance(value, Fault):
            return value
        if isinstance(value, bool) or (isinstance(value, Fraction) and value.denominator != 1):
            raise Unknown  # how a broken number is written into text depends on more than its value
        parts.append("" if value is None else str(value))
    return "".join(parts)


def _compared(sign: str, left: Value, right: Value) -> Value:
    for value in (left, right):
        if isinstance(value, Fault):
            return value

    def rank(value: Value, other: Value) -> tuple[int, Fraction | str]:
        if value is None:
            value = "" if isinstance(other, str) else False if isinstance(other, bool) else Fraction(0)
        if isinstance(value, bool):
            return 2, Fraction(value)
        if isinstance(value, str):
            return 1, value.lower()
        if isinstance(value, Fraction):
            return 0, value
        raise Unknown

    a, b = rank(left, right), rank(right, left)
    if a[0] == 1 == b[0] and sign not in ("=", "<>") and a != b:
        raise Unknown  # the order of Chinese text is the locale's
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]


def rounded(value: Fraction, digits: int, way: str = "half") -> Fraction:
    """ROUND (half away from zero), ROUNDUP (``up``) and ROUNDDOWN (``down``), exactly."""
    scale = Fraction(10) ** digits
    scaled = abs(value) * scale
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if (way == "half" and rest >= Fraction(1, 2)) or (way == "up" and rest):
        whole += 1
    return Fraction(whole) / scale * (-1 if value < 0 else 1)


def exact(value: Fraction) -> Decimal:
    """A result as a decimal, with more digits than are ever shown."""
    return (
        (Decimal(value.numerator) / Decimal(value.denominator)) if value.denominator != 1 else Decimal(value.numerator)
    )


_Function = Callable[[_Reading, "list[Value | _Range]"], Value]


def _over_numbers(work: Callable[[list[Fraction]], Value]) -> _Function:
    def function(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
        try:
            return work(reading.numbers(arguments))
        except _Failed as failed:
            return failed.fault

    return function


def _over_scalars(work: Callable[[list[Fraction]], Value], least: int, most: int) -> _Function:
    def function(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
        if not least <= len(arguments) <= most:
            raise Unknown
        try:
            return work([_number(reading.single(argument)) for argument in arguments])
        except _Failed as failed:
            return failed.fault

    return function


def _round_way(way: str) -> _Function:
    def work(numbers: list[Fraction]) -> Value:
        digits = int(numbers[1]) if len(numbers) > 1 else 0
        if abs(digits) > 30:
            raise Unknown
        return rounded(numbers[0], digits, way)

    return _over_scalars(work, 1 if way != "half" else 2, 2)


def _product(numbers: list[Fraction]) -> Value:
    product = Fraction(1)
    for number in numbers:
        product *= number
    return product if numbers else Fraction(0)


def _if(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
    if not 2 <= len(arguments) <= 3:
        raise Unknown
    asked = reading.single(arguments[0])
    if isinstance(asked, Fault):
        return asked
    if isinstance(asked, str):
        raise Unknown
    if asked:
        return reading.single(arguments[1])
    return reading.single(arguments[2]) if len(arguments) == 3 else False


def _iferror(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
    if len(arguments) != 2:
        raise Unknown
    value = reading.single(arguments[0])
    return reading.single(arguments[1]) if isinstance(value, Fault) else value


def _truth(combine: Callable[[list[bool]], bool]) -> _Function:
    def function(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
        found: list[bool] = []
        for value in reading.filled(arguments):
            if isinstance(value, Fault):
                return value
            if isinstance(value, str):
                raise Unknown
            found.append(bool(value))
        if not found:
            raise Unknown
        return combine(found)

    return function


def _count(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
    if not all(isinstance(argument, _Range) for argument in arguments):
        raise Unknown
    return Fraction(sum(isinstance(value, Fraction) for value in reading.filled(arguments)))


def _counta(reading: _Reading, arguments: "list[Value | _Range]") -> Value:
    if not all(isinstance(argument, _Range) for argument in arguments):
        raise Unknown
    return Fraction(len(reading.filled(arguments)))


_FUNCTIONS: Final[dict[str, _Function]] = {
    "SUM": _over_numbers(lambda numbers: sum(numbers, Fraction(0))),
    "PRODUCT": _over_numbers(_product),
    "MIN": _over_numbers(lambda numbers: min(numbers, default=Fraction(0))),
    "MAX": _over_numbers(lambda numbers: max(numbers, default=Fraction(0))),
    "AVERAGE": _over_numbers(lambda numbers: sum(numbers, Fraction(0)) / len(numbers) if numbers else _DIV),
    "ABS": _over_scalars(lambda numbers: abs(numbers[0]), 1, 1),
    "INT": _over_scalars(lambda numbers: Fraction(numbers[0].numerator // numbers[0].denominator), 1, 1),
    "ROUND": _round_way("half"),
    "ROUNDUP": _round_way("up"),
    "ROUNDDOWN": _round_way("down"),
    "IF": _if,
    "IFERROR": _iferror,
    "AND": _truth(all),
    "OR": _truth(any),
    "NOT": _truth(lambda found: not found[0]),
    "COUNT": _count,
    "COUNTA": _counta,
}
