"""Stored numbers as a spreadsheet shows them: ``0.9321`` with ``0.00%`` is ``93.21%``.

Number formats follow ECMA-376 part 1, 18.8.30 and 18.8.31, with the ids that Chinese editions give a meaning of their own.
All arithmetic is decimal; display rounds half up on the fifteen digits a spreadsheet keeps.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Final

GENERAL: Final = "General"
_EXACT: Final = Context(prec=400)
_FIFTEEN: Final = Context(prec=15, rounding=ROUND_HALF_UP)
_TEN: Final = Decimal(10)

# What a person with a Chinese edition sees; files store only the number. 5-8 and 37-44 are the money and account formats.
_BUILTIN: Final[dict[int, str]] = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK: Final = "一二三四五六日"
_PLAIN_DIGITS: Final = {1: "〇一二三四五六七八九", 2: "零壹贰叁肆伍陆柒捌玖", 3: "０１２３４５６７８９"}
_PLAIN_UNITS: Final = {1: ("", "十", "百", "千"), 2: ("", "拾", "佰", "仟"), 3: ("", "十", "百", "千")}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # lit digit point comma percent exp date frac ampm text general
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None = None
    dbnum: int = 0
    chinese: bool = False

    def has(self, kind: str) -> bool:
        return any(token.kind == kind for token in self.tokens)

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "ampm") for token in self.tokens)


@dataclass(frozen=True, slots=True)
class _Format:
    numbers: tuple[_Section, ...]
    text: _Section | None


def builtin(number: int) -> str:
    """The format code of a built-in id; unknown ids are ``General``."""
    return _BUILTIN.get(number, GENERAL)


@lru_cache(maxsize=4096)
def stored(text: str) -> Decimal:
    """The number a spreadsheet means by a stored text: fifteen significant digits of the shortest decimal.

    Raises ``InvalidOperation`` for what is no number.

    >>> stored("99.17999999999999")
    Decimal('99.1800000000000')
    """
    number = Decimal(text)
    if not number.is_finite() or number.adjusted() > 308:
        raise InvalidOperation(text)
    if number.adjusted() < -308:
        return Decimal(0)
    if len(number.as_tuple().digits) > 15:
        number = _FIFTEEN.plus(Decimal(repr(float(text))))
    return number


@lru_cache(maxsize=8192)
def show(value: Decimal, code: str, date1904: bool = False) -> str:
    """A number under a format code, as a person sees it, without the blanks that only align.

    >>> show(Decimal("0.9321"), "0.00%")
    '93.21%'
    """
    if code == GENERAL:
        return general(value)
    sections = _parse(code).numbers
    if not sections:
        return general(value)
    section, bare = _choose(sections, value)
    if section is None:
        return "########"  # what a spreadsheet shows where no section takes the number
    if section.is_date:
        shown = _date(section, value, date1904)
        return general(value) if shown is None else shown.strip()
    shown = _number(section, abs(value))
    return (("-" if value < 0 and not bare else "") + shown.strip()).strip()


def show_text(text: str, code: str) -> str:
    """A text cell under a format code: only a section with ``@`` changes it.

    >>> show_text("临浦区", '@"（本级）"')
    '临浦区（本级）'
    """
    if code in (GENERAL, "@"):
        return text
    section = _parse(code).text
    if section is None:
        return text
    return "".join(
        text if token.kind == "text" else token.text if token.kind == "lit" else "" for token in section.tokens
    )


def is_date(code: str) -> bool:
    """Whether numbers under this code are shown as dates or times.

    >>> is_date('yyyy"年"m"月"'), is_date('0.0"亩"')
    (True, False)
    """
    return any(section.is_date for section in _parse(code).numbers)


def general(value: Decimal) -> str:
    """The General format: at most eleven characters, then rounding, then powers of ten.

    >>> general(Decimal("0.333333333333333")), general(Decimal("123456789012")), general(Decimal("10.0"))
    ('0.333333333', '1.23457E+11', '10')
    """
    if value == 0:
        return "0"
    sign, number = ("-" if value < 0 else ""), abs(value)
    exponent = number.adjusted()
    plain = _plain(number)
    if len(plain) <= 11 and exponent <= 10:
        return sign + plain
    if -5 < exponent <= 9:
        room = 9 if exponent < 0 else 9 - exponent
        rounded = _plain(number.quantize(_TEN ** -max(room, 0), ROUND_HALF_UP, _EXACT))
        return sign + rounded
    if exponent == 10:
        return sign + _plain(number.quantize(Decimal(1), ROUND_HALF_UP, _EXACT))
    mantissa = (number.scaleb(-exponent, _EXACT)).quantize(Decimal("1E-5"), ROUND_HALF_UP, _EXACT)
    if mantissa >= 10:
        mantissa, exponent = mantissa / 10, exponent + 1
    return f"{sign}{_plain(mantissa)}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- reading a format code ------------------------------------------------------------------------------------------


def _split(code: str) -> list[str]:
    """Sections between semicolons that are not quoted or escaped."""
    parts, start, i = [], 0, 0
    while i < len(code):
        char = code[i]
        if char == '"':
            end = code.find('"', i + 1)
            i = len(code) if end < 0 else end
        elif char in "\\_*!":
            i += 1
        elif char == "[":
            end = code.find("]", i + 1)
            i = i if end < 0 else end
        elif char == ";":
            parts.append(code[start:i])
            start = i + 1
        i += 1
    parts.append(code[start:])
    return parts


@lru_cache(maxsize=512)
def _parse(code: str) -> _Format:
    sections = [_section(part) for part in _split(code)[:4]]
    text = None
    # A last section with @ is for text, also where fewer than four are written (``yyyy-mm-dd;@``).
    if len(sections) == 4 or (sections[-1].has("text") and not sections[-1].has("digit")):
        text = sections.pop()
    return _Format(tuple(sections), text)


_BRACKET: Final = re.compile(
    r"(?P<cond><=|>=|<>|<|>|=)\s*(?P<bound>-?[\d.]+)$|\$(?P<currency>[^-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?$|DBNum(?P<dbnum>\d)$|(?P<elapsed>h+|m+|s+)$",
    re.IGNORECASE,
)
_WORD: Final = re.compile(
    r"general|G/通用格式|AM/PM|A/P|上午/下午|aaaa?|E[+-](?=[0#?])|y+|m+|d+|h+|s+|e+|[0#?]|[.,%@]", re.IGNORECASE
)


def _section(part: str) -> _Section:
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    dbnum, chinese, i = 0, False, 0
    while i < len(part):
        char = part[i]
        if char == '"':
            end = part.find('"', i + 1)
            end = len(part) if end < 0 else end
            tokens.append(_Token("lit", part[i + 1 : end]))
            i = end + 1
        elif char in "\\!":
            tokens.append(_Token("lit", part[i + 1 : i + 2]))
            i += 2
        elif char == "_":
            tokens.append(_Token("lit", " "))
            i += 2
        elif char == "*":
            i += 2
        elif char == "[" and part.find("]", i) > 0:
            end = part.find("]", i)
            bracket = _BRACKET.match(part[i + 1 : end])
            i = end + 1
            if bracket is None:
                continue  # a colour
            if bracket["cond"]:
                condition = (bracket["cond"], Decimal(bracket["bound"]))
            elif bracket["dbnum"]:
                dbnum = int(bracket["dbnum"])
            elif bracket["elapsed"]:
                tokens.append(_Token("date", f"[{bracket['elapsed'].lower()}]"))
            else:
                locale = (bracket["locale"] or "").upper()
                if locale in ("F800", "X-SYSDATE"):
                    return _Section(_section('yyyy"年"m"月"d"日"').tokens)
                chinese = chinese or locale.endswith("804")
                tokens.append(_Token("lit", bracket["currency"]))
        else:
            word = _WORD.match(part, i)
            tokens.append(_Token("lit", char) if word is None else _Token(_kind(word[0], tokens), word[0]))
            i += 1 if word is None else len(word[0])
    return _Section(_settle(tokens), condition, dbnum, chinese)


def _kind(word: str, before: list[_Token]) -> str:
    low = word.lower()
    if low in ("general", "g/通用格式"):
        return "general"
    if low in ("am/pm", "a/p", "上午/下午"):
        return "ampm"
    if low in ("e+", "e-"):
        return "exp" if any(token.kind == "digit" for token in before) else "lit"
    if word in "0#?":
        return "digit"
    return {".": "point", ",": "comma", "%": "percent", "@": "text"}.get(word, "date")


def _settle(tokens: list[_Token]) -> tuple[_Token, ...]:
    """In dates, ``.00`` after seconds is their fraction, and other number signs are literal; ``m`` beside h or s is minutes."""
    if not any(token.kind in ("date", "ampm") for token in tokens):
        return tuple(tokens)
    settled: list[_Token] = []
    for i, token in enumerate(tokens):
        if token.kind == "digit" and settled and settled[-1].kind == "frac":
            settled[-1] = _Token("frac", settled[-1].text + "0")
        elif token.kind == "point" and i + 1 < len(tokens) and tokens[i + 1].kind == "digit":
            settled.append(_Token("frac", ""))
        elif token.kind in ("date", "ampm", "text"):
            settled.append(_Token(token.kind, token.text.lower()))
        else:
            settled.append(_Token("lit", token.text))
    fields = [i for i, token in enumerate(settled) if token.kind == "date"]
    for at, i in enumerate(fields):
        if settled[i].text in ("m", "mm"):
            before = settled[fields[at - 1]].text if at else ""
            after = settled[fields[at + 1]].text if at + 1 < len(fields) else ""
            if before.strip("[]")[:1] == "h" or after.strip("[]")[:1] == "s":
                settled[i] = _Token("date", "n" * len(settled[i].text))
    return tuple(settled)


def _choose(sections: tuple[_Section, ...], value: Decimal) -> tuple[_Section | None, bool]:
    """The section for a number, and whether the section itself shows the sign."""
    if any(section.condition for section in sections):
        return _choose_by_condition(sections, value)
    if len(sections) == 1:
        return sections[0], False
    if value < 0:
        return sections[1], True
    return (sections[2] if value == 0 and len(sections) > 2 else sections[0]), True


def _choose_by_condition(sections: tuple[_Section, ...], value: Decimal) -> tuple[_Section | None, bool]:
    for i, section in enumerate(sections):
        sign, bound = section.condition or _unwritten(sections, i)
        holds = {
            "<": value < bound,
            "<=": value <= bound,
            ">": value > bound,
            ">=": value >= bound,
            "=": value == bound,
            "<>": value != bound,
            "": True,
        }[sign]
        if holds:
            only_negative = sign in ("<", "<=") and bound <= 0
            return section, only_negative
    return None, False


def _unwritten(sections: tuple[_Section, ...], i: int) -> tuple[str, Decimal]:
    """What a section without a condition takes beside sections with one."""
    if i == 0:
        return (">", Decimal(0)) if len(sections) > 2 else (">=", Decimal(0))
    if i == 1 and len(sections) > 2:
        return ("<", Decimal(0))
    return ("", Decimal(0))


# --- numbers ---------------------------------------------------------------------------------------------------------


def _number(section: _Section, value: Decimal) -> str:
    tokens = section.tokens
    if section.has("general"):
        shown = general(value)
        shown = _spoken(shown, section.dbnum) if section.dbnum else shown
        return "".join(
            shown if t.kind == "general" else t.text for t in tokens if t.kind in ("general", "lit", "percent")
        )
    if not section.has("digit"):
        if section.has("text"):
            return "".join(general(value) if t.kind == "text" else t.text for t in tokens)
        return "".join(t.text for t in tokens)
    for token in tokens:
        if token.kind == "percent":
            value = value.scaleb(2, _EXACT)
    slash = _slash(tokens)
    if slash:
        return _fraction(tokens, slash, value)
    shown = _scientific(tokens, value) if section.has("exp") else _fixed(tokens, value)
    return (
        shown.translate({ord(str(d)): _PLAIN_DIGITS[section.dbnum][d] for d in range(10)})
        if section.dbnum in _PLAIN_DIGITS
        else shown
    )


def _fixed(tokens: tuple[_Token, ...], value: Decimal) -> str:
    point = next((i for i, t in enumerate(tokens) if t.kind == "point"), len(tokens))
    digits = [i for i, t in enumerate(tokens) if t.kind == "digit"]
    whole = [i for i in digits if i < point]
    broken = [i for i in digits if i > point]
    thousands = bool(whole) and any(
        t.kind == "comma" and whole[0] < i < whole[-1] for i, t in enumerate(tokens[:point])
    )
    for last in (whole[-1:], broken[-1:]):  # commas right after the last digit divide by a thousand each
        i = last[0] + 1 if last else len(tokens)
        while i < len(tokens) and tokens[i].kind == "comma":
            value = value.scaleb(-3, _EXACT)
            i += 1
    rounded = value.quantize(_TEN ** -len(broken), ROUND_HALF_UP, _EXACT)
    text = format(rounded, "f")
    left, _, right = text.partition(".")
    left = left.lstrip("0")
    out: dict[int, str] = _fill_whole(tokens, whole, left, thousands)
    kept = len(right.rstrip("0"))
    for at, i in enumerate(broken):
        sign = tokens[i].text
        out[i] = right[at] if at < kept or sign == "0" else ("" if sign == "#" else " ")
    if not whole and left:
        out[point] = left + "."
    return "".join(out.get(i, t.text if t.kind in ("lit", "percent", "point") else "") for i, t in enumerate(tokens))


def _fill_whole(tokens: tuple[_Token, ...], places: list[int], digits: str, thousands: bool) -> dict[int, str]:
    """Digits from the right into the places of the integer part; what is left over goes into the first place."""
    out: dict[int, str] = {}
    rest = digits
    for count, i in enumerate(reversed(places)):
        first = i == places[0]
        if first:
            take, rest = rest, ""
        else:
            take, rest = rest[-1:], rest[:-1]
        take = take or {"0": "0", "?": " "}.get(tokens[i].text, "")
        if thousands:
            take = _grouped(take, count)
        out[i] = take
    return out


def _grouped(digits: str, position: int) -> str:
    """Commas after every third digit from the right, where the last of ``digits`` stands ``position`` places from the end."""
    out = ""
    for at, digit in enumerate(reversed(digits)):
        place = position + at
        out = digit + ("," if place and place % 3 == 0 and digit != " " else "") + out
    return out


def _scientific(tokens: tuple[_Token, ...], value: Decimal) -> str:
    at = next(i for i, t in enumerate(tokens) if t.kind == "exp")
    head, tail = tokens[:at], tokens[at + 1 :]
    point = next((i for i, t in enumerate(head) if t.kind == "point"), len(head))
    whole = max(sum(t.kind == "digit" for t in head[:point]), 1)
    places = sum(t.kind == "digit" for t in head[point:])
    exponent = 0 if value == 0 else value.adjusted() // whole * whole if whole > 1 else value.adjusted()
    mantissa = value.scaleb(-exponent, _EXACT).quantize(_TEN**-places, ROUND_HALF_UP, _EXACT)
    if mantissa >= _TEN**whole:
        mantissa, exponent = mantissa.scaleb(-whole, _EXACT), exponent + whole
    width = sum(t.kind == "digit" for t in tail)
    sign = "-" if exponent < 0 else "+" if tokens[at].text.endswith("+") else ""
    literal = "".join(t.text for t in tail if t.kind in ("lit", "percent"))
    return f"{_fixed(head, mantissa)}E{sign}{abs(exponent):0{max(width, 1)}d}{literal}"


def _slash(tokens: tuple[_Token, ...]) -> int:
    """Where the stroke of a fraction stands, 0 if there is none."""
    for i, token in enumerate(tokens[1:-1], 1):
        if (
            token == _Token("lit", "/")
            and tokens[i - 1].kind == "digit"
            and (tokens[i + 1].kind == "digit" or tokens[i + 1].text.isdigit())
        ):
            return i
    return 0


def _fraction(tokens: tuple[_Token, ...], slash: int, value: Decimal) -> str:
    start = slash
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    end = slash + 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdigit()):
        end += 1
    below = "".join(t.text for t in tokens[slash + 1 : end])
    exact = Fraction(value)
    has_whole = any(t.kind == "digit" for t in tokens[:start])
    whole = exact.numerator // exact.denominator if has_whole else 0
    rest = exact - whole
    if below.isdigit() and below[0] != "0":
        denominator = int(below)
        numerator = int((rest * denominator) + Fraction(1, 2))
    else:
        near = rest.limit_denominator(10 ** len(below) - 1)
        numerator, denominator = near.numerator, near.denominator
    if has_whole and numerator == denominator:
        whole, numerator = whole + 1, 0
    parts = [str(whole)] if has_whole and (whole or not numerator) else []
    if numerator or not has_whole:
        parts.append(f"{numerator}/{denominator}")
    return " ".join(parts) + "".join(t.text for t in tokens[end:] if t.kind == "lit")


def _spoken(number: str, style: int) -> str:
    """Digits to Chinese numerals with their units: ``1234.5`` is ``一千二百三十四.五`` (DBNum1)."""
    digits = _PLAIN_DIGITS.get(style)
    if digits is None or "E" in number:
        return number
    whole, dot, broken = number.partition(".")
    return _count(int(whole), style) + ("." if dot else "") + "".join(digits[int(d)] for d in broken)


def _count(number: int, style: int) -> str:
    digits, units = _PLAIN_DIGITS[style], _PLAIN_UNITS[style]
    if number == 0:
        return digits[0]
    out, pending = "", False
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    for at in range(len(groups) - 1, -1, -1):
        group = groups[at]
        for power in (3, 2, 1, 0):
            digit = group // 10**power % 10
            if digit:
                out += (digits[0] if pending and out else "") + digits[digit] + units[power]
                pending = False
            else:
                pending = True
        if group:
            out += ("", "万", "亿", "万亿", "亿亿")[min(at, 4)]
    return out


# --- dates -----------------------------------------------------------------------------------------------------------


def _date(section: _Section, value: Decimal, date1904: bool) -> str | None:
    """A serial number as date or time; None where it is none (negative, or after the year 9999)."""
    if value < 0 or value > 2958465:
        return None
    parts = next((len(t.text) for t in section.tokens if t.kind == "frac"), 0)
    seconds = (value * 86400).quantize(_TEN**-parts, ROUND_HALF_UP, _EXACT)
    days = int((seconds / 86400).to_integral_value(ROUND_FLOOR))
    moment = seconds - days * 86400
    year, month, day, weekday = _calendar(days, date1904)
    hour, minute, second = int(moment // 3600), int(moment // 60 % 60), moment % 60
    half = any(t.kind == "ampm" for t in section.tokens)
    clock = (hour % 12 or 12) if half else hour
    elapsed = {"h": seconds // 3600, "m": seconds // 60, "s": seconds // 1}
    out: list[str] = []
    for token in section.tokens:
        text = token.text
        if token.kind == "lit":
            out.append(text)
        elif token.kind == "frac":
            out.append(format(second % 1, f".{parts}f")[1:])
        elif token.kind == "ampm":
            names = {"am/pm": ("AM", "PM"), "a/p": ("A", "P")}.get(text, ("上午", "下午"))
            out.append(names[hour >= 12])
        elif text.startswith("["):
            out.append(f"{int(elapsed[text[1]]):0{len(text) - 2}d}")
        elif token.kind == "date":
            out.append(
                _field(
                    text,
                    section,
                    (year, month, day, weekday),
                    (clock, minute, int(second.to_integral_value(ROUND_DOWN))),
                )
            )
    return "".join(out)


def _calendar(days: int, date1904: bool) -> tuple[int, int, int, int]:
    """Year, month, day, weekday (Monday 0) of a serial day, with the 29 February 1900 that never was."""
    if date1904:
        found = date(1904, 1, 1) + timedelta(days)
    elif days == 60:
        return 1900, 2, 29, 2
    elif days == 0:
        return 1900, 1, 0, 5
    else:
        found = date(1899, 12, 31 if days < 60 else 30) + timedelta(days)
    return found.year, found.month, found.day, found.weekday()


def _field(text: str, section: _Section, day: tuple[int, int, int, int], clock: tuple[int, int, int]) -> str:
    letter, width = text[0], len(text)
    year, month, number, weekday = day
    if letter in "ye":
        shown = f"{year % 100:02d}" if letter == "y" and width <= 2 else f"{year:04d}"
        return (
            shown.translate({ord(str(d)): _PLAIN_DIGITS[section.dbnum][d] for d in range(10)})
            if section.dbnum in _PLAIN_DIGITS
            else shown
        )
    if letter == "a":
        return ("星期" if width == 4 else "") + _WEEK[weekday]
    if letter == "m" and width >= 3:
        if section.chinese:
            return _count_short(month) + "月"
        return _MONTHS[month - 1][: {3: 3, 4: 99}.get(width, 1)]
    if letter == "d" and width >= 3:
        if section.chinese:
            return ("星期" if width > 3 else "周") + _WEEK[weekday]
        return _DAYS[weekday][: 3 if width == 3 else 99]
    count = {"m": month, "d": number, "h": clock[0], "n": clock[1], "s": clock[2]}[letter]
    if section.dbnum in (1, 2):
        return _count_short(count, section.dbnum)
    return f"{count:0{min(width, 2)}d}"


def _count_short(number: int, style: int = 1) -> str:
    """Numbers of the calendar: ``十二``, not ``一十二``."""
    spoken = _count(number, style)
    return spoken[1:] if style == 1 and 10 <= number < 20 else spoken
