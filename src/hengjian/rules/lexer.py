"""The words of a rule: a normalised stream of tokens, each with its place in the printed text.

Full and half width, ①②, Chinese numerals, units, percent signs, operators and synonyms become one form here, so that the
grammar sees meanings and not spellings. The synonyms are data (``vocabulary.toml``). The scan is linear in the text.
"""

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files

from hengjian.values.quantity import chinese_number as whole_number
from hengjian.values.text import fold_keep


@dataclass(slots=True, unsafe_hash=True)
class Token:
    """A piece of text and what it is. Never altered once it is made.

    (Not declared frozen: Python then sets each of nine fields by a call, which was a quarter of the whole scan.)

    ``kind``: ``num``, ``date``, ``cmp`` (>= > <= < = !=), ``op`` (+ - * / ( )), ``range`` (dash between numbers), ``var``
    (a letter), ``sep`` (strong: ；。 line), ``enum`` (① 1. （一）), ``comma``, ``dun``, ``colon``, ``text`` (no word of the
    vocabulary), ``de`` (的), or a class of the vocabulary. ``start``/``end`` are places in the printed text.
    """

    kind: str
    text: str
    start: int
    end: int
    value: Fraction = Fraction(0)
    unit: str = ""
    scale: str = ""
    both: bool = False  # ±
    date: tuple[int, int, int] = (0, 0, 0)  # year, month, day; 0 not printed; day 0: end of month

    @property
    def percent(self) -> bool:
        """Whether the number is printed in % or percentage points."""
        return self.unit in ("%", "百分点")


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """Words and units with their names, and how long those are that can begin with two characters (see ``_lengths``)."""

    words: dict[str, str]
    units: dict[str, str]
    digits: dict[str, int]
    word_lengths: dict[str, tuple[int, ...]]
    unit_lengths: dict[str, tuple[int, ...]]
    live: re.Pattern[str]  # the characters at which a token can begin


@cache
def vocabulary() -> _Vocabulary:
    """The words shipped with the package, read once."""
    data = tomllib.loads(files("hengjian.rules").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    plain: dict[str, str] = {}
    for name, table in data.items():
        if name not in ("digits", "units", "counters"):
            plain.update((word, name) for word in table["words"])
    units = {spelling: name for name, spellings in data["units"].items() for spelling in spellings}
    units |= {word: word for word in data["counters"]["words"] if word not in units}
    first = "".join({word[0] for word in plain} | set(_CHINESE_HEADS))
    live = re.compile(rf"[^\u4e00-\u9fff]|[{re.escape(first)}]")
    return _Vocabulary(plain, units, data["digits"], _lengths(plain), _lengths(units), live)


def _lengths(words: Collection[str]) -> dict[str, tuple[int, ...]]:
    """For the first two characters of each word the lengths to try, longest first; for one character alone only 1."""
    table: dict[str, set[int]] = {word: {1} for word in words if len(word) == 1}
    for word in words:
        if len(word) > 1:
            table.setdefault(word[:2], {1} if word[0] in words else set()).add(len(word))
    return {start: tuple(sorted(lengths, reverse=True)) for start, lengths in table.items()}


def _tried(lengths: dict[str, tuple[int, ...]], text: str, at: int) -> tuple[int, ...]:
    """The lengths of words to try at a place: few begin with the same two characters."""
    found = lengths.get(text[at : at + 2])
    return lengths.get(text[at : at + 1], ()) if found is None else found


# The Chinese characters at which each part of the scan looks; the first words of the vocabulary stand in its file.
_NUMERAL_HEADS = frozenset("零〇一二两三四五六七八九十百年当")
_ORDINAL_HEADS = frozenset("一二三四五六七八九十第其")
_RANK_HEADS = frozenset("前第")
_SIGN_HEADS = frozenset("乘除至到与和")
_QUARTER_HEADS = frozenset("第一二三四上下")
_CHINESE_HEADS = _NUMERAL_HEADS | _ORDINAL_HEADS | _RANK_HEADS | _SIGN_HEADS | _QUARTER_HEADS | {"的"}

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?")
_DATE = re.compile(
    r"(?:(\d{4})年度?)?(\d{1,2})月(?:份)?(?:(\d{1,2})[日号]|(底|末|份|中旬|上旬|下旬)(?:之?前)?|(?=之?前|以前|内))"
    r"|(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)|(\d{4})年(?:度)?(底|末)|()(年底|年末|当年底|年度终了)"
    r"|(\d{4})年(\d{1,2})月(?:份)?"
)
_SECOND = re.compile(r"[;。,\n]2\.")
_MONTH = re.compile(r"(\d{1,2})月(?!\d)")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⒈⒉⒊⒋⒌⒍⒎⒏⒐"
_ORDINAL = re.compile(
    r"\((?:\d{1,2}|[一二三四五六七八九十]{1,2})\)|\d{1,2}(?:[、)]|\.(?!\d))|[一二三四五六七八九十]{1,2}、|[a-gA-G][.、)](?!\d)|(?:第[一二三四五六](?:档次?|等次|等级|级|层次|类)?|其[一二三四五])[,:]|[一二三四]是"
)
_CMP = {
    "≥": ">=",
    "≤": "<=",
    ">": ">",
    "<": "<",
    "=": "=",
    "≠": "!=",
    ">=": ">=",
    "<=": "<=",
    "=>": ">=",
    "=<": "<=",
    "==": "=",
    "≥=": ">=",
    "≤=": "<=",
}
_CHINESE = re.compile(r"百分之([零〇一二两三四五六七八九十百点]+)")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?")
_HALF_OPEN = re.compile(
    r"[\[(]((?:\d+(?:\.\d+)?)[%\u4e00-\u9fff]{0,3})[,~-]((?:\d+(?:\.\d+)?)[%\u4e00-\u9fff]{0,3})[\])]"
)
_BETWEEN = re.compile(r"\d[\d.,]*[%\u4e00-\u9fff]{0,4}?(?:\(含\))?(?:之间|区间)")
_SEPARATORS = {",": "comma", "，": "comma", "、": "dun", "|": "sep", ":": "colon", "：": "colon"}
_BRACKETS = {"(": "(", "[": "(", "【": "(", "{": "(", ")": ")", "]": ")", "】": ")", "}": ")"}
_SPOKEN = {"乘以": "*", "除以": "/", "乘上": "*"}
_FACTOR = re.compile(r"[\d(]|分值|权重|指标|满分|标准分|该项|本项|系数")
_TIMES = set("*×·✕╳xX＊")
_OPERAND_END = re.compile(r"[\d%)\u4e00-\u9fff]")
_RATE_TAIL = re.compile(r"(?![且并或及和同而])[^\W\d且或]{1,6}?(?:率|比例)")
_NO_PERIOD = re.compile(r"按(?:年(?:检|度[指目]|均|限|龄|产|化|末|初)|[月季](?:均|末))")  # 按年检率, 按年度指标值
_MERGING = frozenset({"ontime", "some", "none", "late", "early", "every", "over", "add", "up", "reach"})
_BEFORE_SIGN = frozenset(
    {"cmp", "comma", "sep", "enum", "colon", "dun", "range", "ge", "gt", "le", "lt", "eq", "reach"}
)
_MARKS = (
    "(含)",
    "(含本数)",
    "(不含)",
    "(不含本数)",
    "(包含)",
    "(不包含)",
    "(不包括)",
    "(包括本数)",
    "(不包括本数)",
    "(含该值)",
    "(含等于)",
    "[含]",
    "[不含]",
)
_AFTER_COUNT = "每少多超低高差缺满过前后第足有现生到得扣加计于迟误期滞展开举办降增移起第成任至或为≥>≤<="


_FRACTION_TAIL = re.compile(r"\.?\d")
_QUARTER_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 2, "下": 4}
_QUARTER = re.compile(r"(?:第?([一二三四])季度|([上下])半年)(?:(及以后|及之后|以后|之后)|内|末|底|结束)?")
_DUE_QUARTER = re.compile(r"[一二三四]季度(?:内|末|底|前|结束前|以前|之前|及以后|及之后)")
_BEYOND = re.compile(r"[^，,；;。\d]{0,6}?(?:不予?[得计赋给记]分|[得计记为](?:0|零)分)")
_EVERY_HEAD = re.compile(r"(?:起|开始|及以后|以后|及以上|以上)?的?[,，]?每[名人位](?!次)")
_RANK = re.compile(
    r"(前)([一二两三四五六七八九十]{1,3}|\d{1,3})(?:名|位(?!小)|(?=得|的|计|,|;|。|$))|(第)([一二三四五六七八九十]{1,3}|\d{1,3})(?:名|位(?!小))"
    r"|(?<=[名列居位])(第)([一二三四五六七八九十]{1,3}|\d{1,3})(?=(?:的)?[得计加扣,;。]|至第|$)"  # 排名第一得5分
    r"|(第)([一二三四五六七八九十]{1,3}|\d{1,3})(?=[至到~-]第?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[名位])"  # 第六至十名
)


def squeezed(text: str) -> tuple[str, Sequence[int]]:
    """The folded text without blanks (line ends stay), and for each of its characters the place in the printed text."""
    folded = fold_keep(text)
    if not _BLANK.search(folded):
        return folded, range(len(folded))
    kept = [place for place, char in enumerate(folded) if char == "\n" or not char.isspace()]
    return "".join(folded[place] for place in kept), kept


_BLANK = re.compile(r"[^\S\n]")


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a printed rule, target or cell, in order; blanks and quotation marks give none."""
    return _tokens_of_cell(text) if len(text) <= _CELL else tuple(_Lexer(text).run())


# Many rows have the same target, and one reading looks at it several times; whole rules are seldom met twice.
_CELL = 16


@lru_cache(maxsize=4096)
def _tokens_of_cell(text: str) -> tuple[Token, ...]:
    return tuple(_Lexer(text).run())


@lru_cache(maxsize=4096)
def _fraction(digits: str) -> Fraction:
    """The value of printed digits; making a fraction of a text costs more than reading all else around it."""
    return Fraction(digits.replace(",", ""))


_NOTHING = Fraction(0)


class _Lexer:
    def __init__(self, text: str) -> None:
        self.folded, self.where = squeezed(text)
        self.even = isinstance(self.where, range)  # nothing was left out: places are those of the text
        self.length = len(text)
        self.vocabulary = vocabulary()
        self.words, self.word_lengths = self.vocabulary.words, self.vocabulary.word_lengths
        self.out: list[Token] = []
        self.opened = False  # whether the list is printed as (1) (2) (3)
        self.numbered = 0  # the last number of a list printed as 1. 2. 3.
        self.run_start = -1  # where the text run in hand began

    def place(self, index: int) -> int:
        return self.where[index] if index < len(self.where) else self.length

    def emit(
        self,
        kind: str,
        start: int,
        end: int,
        text: str = "",
        value: Fraction = _NOTHING,
        unit: str = "",
        scale: str = "",
        both: bool = False,
        date: tuple[int, int, int] = (0, 0, 0),
    ) -> None:
        """A token of ``folded[start:end]``; ``text`` where its normal form is another."""
        said = text or self.folded[start:end]
        if not self.even:
            start, end = self.place(start), self.place(end - 1) + 1
        self.out.append(Token(kind, said, start, end, value, unit, scale, both, date))

    def run(self) -> list[Token]:
        at = 0
        text, live = self.folded, self.vocabulary.live
        while at < len(text):
            found = live.search(text, at)
            begins = found.start() if found else len(text)
            if begins > at:
                if self.run_start < 0:
                    self.run_start = at
                at = begins
                continue
            before = len(self.out)
            after = self.one(at)
            if after == at:
                if self.run_start < 0:
                    self.run_start = at
                at += 1
                continue
            if self.run_start >= 0:
                self.emit("text", self.run_start, at)
                self.out.insert(before, self.out.pop())
                self.run_start = -1
            at = after
        if self.run_start >= 0:
            self.emit("text", self.run_start, len(text))
        return self.out

    def one(self, at: int) -> int:
        """Read one token at ``at``; returns the place after it, or ``at`` when there is only text."""
        char = self.folded[at]
        if "\u4e00" <= char <= "\u9fff":
            return self.chinese(at, char)
        if char in "\"'“”‘’「」『』":
            return self.quote(at)
        if char in ";。\n":
            self.emit("sep", at, at + 1)
            return at + 1
        if char in _CIRCLED:
            self.emit("enum", at, at + 1)
            return at + 1
        if self.starts_clause() and (after := self.listed(at)) > at:
            return after
        if char == "(" and self.numbered and self.opened and self.folded.startswith(f"({self.numbered + 1})", at):
            end = at + len(f"({self.numbered + 1})")  # …得满分（2）未达到的…
            self.emit("enum", at, end)
            self.numbered += 1
            return end
        if char.isdigit() and not self.opened and (inline := self.inline_number(at)) > at:
            return inline
        if (char.isdigit() or char in "±〇-+") and (after := self.number(at)) > at:
            return after
        if (after := self.sign(at)) > at:
            return after
        return self.word(at)

    def chinese(self, at: int, char: str) -> int:
        """One token that begins with a Chinese character."""
        if char not in _CHINESE_HEADS:
            return self.word(at)
        if char in _ORDINAL_HEADS and self.starts_clause() and (after := self.listed(at)) > at:
            return after
        if char in _QUARTER_HEADS and (after := self.quarter(at)) > at:
            return after
        if char in _NUMERAL_HEADS and (after := self.number(at)) > at:
            return after
        if char in _SIGN_HEADS and (after := self.sign(at)) > at:
            return after
        if char in _RANK_HEADS and (after := self.rank(at)) > at:
            return after
        return self.word(at)

    def listed(self, at: int) -> int:
        """（1） 2. 三、 at the beginning of a clause: the number of a list."""
        if (match := _ORDINAL.match(self.folded, at)) and not self.is_amount(match):
            self.emit("enum", at, match.end())
            number = match.group().strip("(").rstrip(").、")
            self.numbered = int(number) if number.isdigit() else 0
            self.opened = match.group().startswith("(")
            return match.end()
        if self.opened:
            return at
        if not self.numbered and self.folded.startswith("1.", at) and _SECOND.search(self.folded, at + 2):
            self.emit("enum", at, at + 2)  # 1.82%…；2.70%…
            self.numbered = 1
            return at + 2
        if self.numbered and self.folded.startswith(following := f"{self.numbered + 1}.", at):
            self.emit("enum", at, at + len(following))  # 1.… 2.85%≤… is number 2, then 85 %
            self.numbered += 1
            return at + len(following)
        return at

    def inline_number(self, at: int) -> int:
        """…得满分2.未达到的…: the next number of a list without a separator before it."""
        if not self.numbered:
            return at
        following = f"{self.numbered + 1}"
        end = at + len(following) + 1
        mark, after = self.folded[end - 1 : end], self.folded[end : end + 1]
        if not self.folded.startswith(following, at) or mark not in (".", "、") or not mark:
            return at
        counts = self.out and self.out[-1].kind in ("num", "op", "range", "cmp") and self.out[-1].text != ")"
        if not ("\u4e00" <= after <= "\u9fff") or counts:
            return at
        self.emit("enum", at, end)
        self.numbered += 1
        return end

    def quarter(self, at: int) -> int:
        """二季度末前, 2024年一季度内, 下半年: a quarter as a deadline, where the text says of one that it is."""
        match = _QUARTER.match(self.folded, at)
        if match is None or not _DUE_QUARTER.search(self.folded):
            return at
        number = _QUARTER_NUMBERS[match.group(1) or match.group(2)]
        beyond = match.group(3) is not None or _BEYOND.match(self.folded, match.end()) is not None
        if not match.group(3) and match.group(2) == "下" and not beyond:
            return at
        year = 0
        last = self.out[-1] if self.out and self.run_start < 0 else None
        start = at
        if last is not None and last.kind == "num" and last.unit == "年" and last.end == self.place(at - 1) + 1:
            year = int(last.value)
            start -= len(str(year)) + 1
            self.out.pop()
        if beyond:
            before = number - (1 if match.group(1) else 2)
            self.emit(
                "date",
                start,
                match.end(),
                date=(year - (before < 1), 3 * before or 12, 0) if year or before else (0, 12, 0),
            )
            self.emit("after", match.end() - 1, match.end(), "后")
        else:
            self.emit("date", start, match.end(), date=(year, 3 * number, 0))
        return match.end()

    def rank(self, at: int) -> int:
        """前三名, 第2名: a place in a ranking."""
        match = _RANK.match(self.folded, at)
        if not match:
            return at
        number = match.group(2) or match.group(4) or match.group(6) or match.group(8)
        value = Fraction(number) if number.isdigit() else chinese_number(number)
        if value is None:
            return at
        if match.group(1) == "前" and self.folded[match.end() : match.end() + 1] in ("每", "各"):
            self.emit("before", at, at + 1)  # 前5名每名得1分 counts people, 前5名得5分 places
            self.emit("num", at + 1, match.end(), value=value, unit="人")
            return match.end()
        if match.group(1) is None and _EVERY_HEAD.match(self.folded, match.end()):
            self.emit("text", at, at + 1)  # 第6名起每名得0.5分
            self.emit("num", at + 1, match.end(), value=value, unit="人")
            return match.end()
        self.emit("top" if match.group(1) == "前" else "num", at, match.end(), value=value, unit="名次")
        return match.end()

    def quote(self, at: int) -> int:
        """Quotation marks carry no meaning; an empty token keeps the text run apart."""
        self.emit("quote", at, at + 1)
        self.out.pop()
        self.emit("de", at, at + 1)
        return at + 1

    def starts_clause(self) -> bool:
        return self.run_start < 0 and (not self.out or self.out[-1].kind in ("sep", "enum", "colon", "comma", "dun"))

    def is_amount(self, match: re.Match[str]) -> bool:
        """``(1-5×…`` and ``60、`` in a list of numbers are no numbering."""
        rest = self.folded[match.end() : match.end() + 1]
        if match.group().endswith("、") and self.out and self.out[-1].kind == "dun":
            return True
        return match.group()[0].isdigit() and rest.isdigit() and match.group()[-1] == "."

    # --- numbers and dates --------------------------------------------------------------------------------------------

    def number(self, at: int) -> int:
        text = self.folded
        char = text[at]
        digit = char.isdigit()
        if digit or char in "年当":
            match = _DATE.match(text, at)
            if match and (digit or self.at_boundary(at)):
                return self.dated(at, match)
            if (
                len(self.out) > 1
                and self.out[-1].kind == "range"
                and self.out[-2].kind == "date"
                and (match := _MONTH.match(text, at))
            ):
                self.emit("date", at, match.end(), date=(self.out[-2].date[0], int(match.group(1)), 0))
                return match.end()
            if not digit:
                return at
        elif char == "百" and (match := _CHINESE.match(text, at)):
            value = chinese_number(match.group(1))
            if value is not None:
                self.emit("num", at, match.end(), value=value, unit="%")
                return match.end()
        skip = 2 if text.startswith("+-", at) else int(char in "±+-")
        both = char == "±" or skip == 2
        negative = char == "-"
        if (negative or (char == "+" and not both)) and not self.may_be_signed():
            return at
        match = _NUMBER.match(text, at + skip)
        if not match:
            return at if skip else self.numeral(at)
        value = _fraction(match.group())
        return self.with_unit(at, match.end(), -value if negative else value, both)

    def at_boundary(self, at: int) -> bool:
        return at == 0 or not ("\u4e00" <= self.folded[at - 1] <= "\u9fff") or self.folded[at - 1] in "于在至到"

    def may_be_signed(self) -> bool:
        if self.run_start >= 0:
            return False
        if not self.out:
            return True
        last = self.out[-1]
        return last.text == "(" or last.kind in _BEFORE_SIGN

    def dated(self, at: int, match: re.Match[str]) -> int:
        """A date: the end is kept before 前, 底前 swallows its 前 only through the word that follows."""
        groups = match.groups()
        end = match.end()
        if match.group(4) and not match.group(4).startswith(("份",)):
            end = match.end(4)
        if groups[1]:
            if not groups[2] and not groups[3] and not groups[0] and self.folded[end : end + 1] == "内":
                return at
            day = int(groups[2] or 0)
            part = groups[3] or ""
            day = {"上旬": 10, "中旬": 20}.get(part, day)
            date = (int(groups[0] or 0), int(groups[1]), day)
        elif groups[4]:
            date = (int(groups[4]), int(groups[5]), int(groups[6]))
        elif groups[7]:
            date = (int(groups[7]), 12, 31)
        elif groups[10]:
            date = (0, 12, 31)
        else:
            date = (int(groups[11]), int(groups[12]), 0)
        if not 1 <= date[1] <= 12 or date[2] > 31:
            return at
        self.emit("date", at, end, date=date)
        return end

    def numeral(self, at: int) -> int:
        """A Chinese numeral counts only in front of a unit and after a word that asks for a count."""
        match = _NUMERAL.match(self.folded, at)
        if not match:
            return at
        end = match.end()
        value = chinese_number(match.group())
        unit = self.unit_at(end)
        if value is None and unit == ("折", 1) and end - at == 2:
            digits = self.vocabulary.digits
            value = Fraction(10 * digits.get(match.group()[0], 0) + digits.get(match.group()[1], 0))  # 七五折
        if value is None or unit is None or (not value and unit[0] == "分"):
            return at  # 零分 is a word of its own
        before = self.folded[at - 1] if at else ""
        name = unit[0]
        after = self.folded[end + unit[1] : end + unit[1] + 1]
        counted = not after or after in "扣减得加计的以及或且,，;；。、(（"
        if name != "百分点" and not counted and not (before and before in _AFTER_COUNT) and not self.follows_word():
            return at
        if name != "百分点" and before not in "每少多超低缺满前第过有现" and _RATE_TAIL.match(self.folded, end + 1):
            return at
        return self.with_unit(at, end, value, False)

    def follows_word(self) -> bool:
        return self.run_start < 0 and bool(self.out) and self.out[-1].kind not in ("text", "de", "noun", "op")

    def with_unit(self, start: int, end: int, value: Fraction, both: bool) -> int:
        text = self.folded
        scale = ""
        if text[end : end + 1] in ("万", "亿") and text[end : end + 1]:
            scale = text[end]
            end += 1
            if scale == "万" and text[end : end + 1] == "亿":
                end += 1
        unit = self.unit_at(end)
        name = ""
        if unit:
            name, length = unit
            end += length
            if text[end : end + 1] == "/" and (per := self.unit_at(end + 1)) and per[0] not in ("%", "百分点", "分"):
                name = f"{name}/{text[end + 1 : end + 1 + per[1]]}"
                end += 1 + per[1]
                if text[end : end + 1] == "·" and (more := self.unit_at(end + 1)):
                    end += 1 + more[1]
            if name == "天" and text.startswith("内", end - 1):
                end -= 1
        if name == "折":
            if text[end : end + 1] in ("合", "算", "半", "扣", "旧", "叠", "抵", "价"):
                name, end = "", end - 1
            else:
                name, value = "%", value * 10 if value < 10 else value  # 八折, 七五折
        if name == "成":
            becomes = text[end : end + 1] == "为" and text[end + 1 : end + 2] not in ("0", "零")
            if becomes or text[end : end + 1] in ("效", "果", "立", "本", "功", "绩"):
                name, end = "", end - 1
            else:
                name, value = "%", value * 10
        if name == "‰":
            name, value = "%", value / 10
        if name == "人" and len(self.out) > 1 and self.out[-1].kind == "range" and self.out[-2].unit == "名次":
            name = "名次"  # 第六至十名
        self.emit("num", start, end, value=value, unit=name, scale=scale, both=both)
        return end

    def unit_at(self, at: int) -> tuple[str, int] | None:
        """The unit that begins here and its length; 点 in front of a noun and 分 in front of 值 or 钟 are no units."""
        text = self.folded
        for length in _tried(self.vocabulary.unit_lengths, text, at):
            spelling = text[at : at + length]
            name = self.vocabulary.units.get(spelling)
            if name is None:
                continue
            after = text[at + len(spelling) : at + len(spelling) + 1]
            if after and (after in _NOT_BEFORE.get(spelling, "") or spelling + after in _NOT_UNITS):
                continue
            return name, len(spelling)
        return None

    # --- signs --------------------------------------------------------------------------------------------------------

    def sign(self, at: int) -> int:
        """A comparison, a separator, a bracket, an operation, a range or a letter; the place itself where there is none."""
        char, two = self.folded[at], self.folded[at : at + 2]
        if two in _CMP or char in _CMP:
            width = 2 if two in _CMP else 1
            self.emit("cmp", at, at + width, _CMP[self.folded[at : at + width]])
            return at + width
        if char in _SEPARATORS:
            if char != "|" or not self.bar(at):
                self.emit(_SEPARATORS[char], at, at + 1)
            return at + 1
        if char in _BRACKETS:
            return self.bracket(at, char)
        if char in "-~—":
            return self.dash(at, 2 if two in ("——", "--") else 1)
        if (after := self.operation(at, char, two)) > at:
            return after
        if self.joins_numbers(at, char):
            self.emit("range", at, at + 1)
            return at + 1
        return self.letters(at) if char.isascii() and char.isalpha() else at

    def bracket(self, at: int, char: str) -> int:
        """（含）, [90%,95%), or a bracket of a formula."""
        if char in "([":
            for word in _MARKS:
                if self.folded.startswith(word, at):
                    self.emit("excl" if "不" in word else "incl", at, at + len(word))
                    return at + len(word)
            match = _HALF_OPEN.match(self.folded, at)
            if match and ("[" in match.group() or "]" in match.group()):
                return self.half_open(match)
        self.emit("op", at, at + 1, _BRACKETS[char])
        return at + 1

    def operation(self, at: int, char: str, two: str) -> int:
        """×, ÷, + and the words for them; the place itself where there is none."""
        if two in _SPOKEN:
            self.emit("op", at, at + 2, _SPOKEN[two])
            return at + 2
        if char in "xX":
            return self.letter_x(at)
        if char in _TIMES or char in "÷/+":
            self.emit("op", at, at + 1, {"÷": "/", "/": "/", "+": "+"}.get(char, "*"))
            return at + 1
        if char == "乘" and _FACTOR.match(self.folded, at + 1):
            self.emit("op", at, at + 1, "*")  # 办结率乘6分
            return at + 1
        return at

    def dash(self, at: int, width: int) -> int:
        """A dash between two numbers, or a minus."""
        last = self.out[-1] if self.out else None
        number_next = bool(re.match(r"[<>≤≥±]?\d", self.folded[at + width : at + width + 2]))
        after_number = (
            last is not None and last.end == self.place(at - 1) + 1 and last.kind in ("num", "incl", "excl", "up")
        )
        if (number_next and after_number) or self.folded[at] in "~—":
            self.emit("range", at, at + width)
        else:
            self.emit("op", at, at + width, "-")
        return at + width

    def joins_numbers(self, at: int, char: str) -> bool:
        """5至8, 40与90之间: a word for a dash."""
        last = self.out[-1] if self.out else None
        if last is None or last.kind not in ("num", "incl", "excl", "date"):
            return False
        if char in "至到":
            return last.end == self.place(at - 1) + 1 and bool(re.match(r"[\d±]", self.folded[at + 1 : at + 2]))
        return char in "与和" and last.kind != "date" and bool(_BETWEEN.match(self.folded, at + 1))

    def letters(self, at: int) -> int:
        """A or B1 that stands for a number; the place itself where letters are part of a name."""
        text, end = self.folded, at + 1
        while end < len(text) and text[end].isascii() and text[end].isalnum():
            end += 1
        following = text[end : end + 1]
        named = end - at > 1 and "\u4e00" <= following <= "\u9fff" and following not in "为是表代以指"
        if end - at > 2 or named:
            return at
        self.emit("var", at, end)
        return end

    def half_open(self, match: re.Match[str]) -> int:
        """``[90%,95%)``: two numbers with their marks and a range between them."""
        text, (first, cut), (second, end) = self.folded, match.span(1), match.span(2)
        whole = match.group(1).rstrip("%") if text[cut] == "," else ""
        if whole.replace(".", "").isdigit():
            self.with_unit(first, first + len(whole), Fraction(whole), False)  # [90,100] is no 90 thousand
        else:
            self.number(first)
        self.emit(
            *(
                ("incl", match.start(), match.start() + 1, "(含)")
                if text[match.start()] == "["
                else ("excl", match.start(), match.start() + 1, "(不含)")
            )
        )
        self.emit("range", cut, second)
        self.number(second)
        self.emit(*(("incl", end, end + 1, "(含)") if text[end] == "]" else ("excl", end, end + 1, "(不含)")))
        return match.end()

    def bar(self, at: int) -> bool:
        """``|实际数-预算数|`` in a formula: a bar behind a sign or a bracket opens, the next one closes."""
        opened = sum(token.text == "|" and token.kind == "op" for token in self.out) % 2 == 1
        last = self.out[-1] if self.out and self.run_start < 0 else None
        begins = last is not None and (
            (last.kind == "op" and last.text in ("(", "+", "-", "*", "/")) or (last.kind == "cmp" and last.text == "=")
        )
        if not opened and not (begins and "|" in self.folded[at + 1 :]):
            return False
        self.emit("op", at, at + 1)
        return True

    def letter_x(self, at: int) -> int:
        """``x`` multiplies between operands and is a variable beside a comparison or a bracket."""
        before = self.folded[at - 1] if at else ""
        after = self.folded[at + 1] if at + 1 < len(self.folded) else ""
        operand_before = bool(before) and bool(_OPERAND_END.match(before)) and before not in "以设令若当"
        operand_after = bool(after) and (
            after.isdigit()
            or after == "("
            or (
                "\u4e00" <= after <= "\u9fff" and (after not in "为表是代指≥" or self.folded.startswith("指标", at + 1))
            )
        )
        if operand_before and operand_after:
            self.emit("op", at, at + 1, "*")
            return at + 1
        end = at + 1
        while end < len(self.folded) and self.folded[end].isascii() and self.folded[end].isdigit():
            end += 1
        self.emit("var", at, end)
        return end

    # --- words --------------------------------------------------------------------------------------------------------

    def word(self, at: int) -> int:
        text = self.folded
        if text[at] == "的":
            self.emit("de", at, at + 1)
            return at + 1
        words = self.words
        for length in _tried(self.word_lengths, text, at):
            word = text[at : at + length]
            name = words.get(word)
            if name is None:
                continue
            end = at + len(word)
            if name == "noun" and word[0] == "按" and _NO_PERIOD.match(text, at):
                continue
            if word[-1] == "分":
                after = text[end : end + 1]
                if after in ("值", "数") and word[:-1] in words:
                    continue  # 得分值 is 得 + 分值
                if after in ("别", "批", "类", "期", "配", "解", "析", "管", "布"):
                    continue
            elif word[-1] == "0" and _FRACTION_TAIL.match(text, end):
                continue  # 得分为0.5分
            if name in _MERGING and (tail := _RATE_TAIL.match(text, end)) and not self.has_word(end, tail.end()):
                self.emit("noun", at, tail.end())
                return tail.end()
            if (
                word == "零"
                and self.run_start < 0
                and self.out
                and self.out[-1].kind in ("eq", "cmp", "reach", "notover")
            ):
                self.emit("num", at, end)
                return end
            self.emit(name, at, end)
            return end
        return at

    def has_word(self, start: int, end: int) -> bool:
        """Whether a word of the vocabulary of two or more characters begins inside a stretch of text."""
        words = self.words
        for at in range(start, end):
            for length in _tried(self.word_lengths, self.folded, at):
                word = self.folded[at : at + length]
                if len(word) > 1 and words.get(word, "noun") not in ("noun", "ratio"):
                    return True
            if self.folded[at] in "达得扣每按":
                return True
        return False


_NOT_BEFORE = {"分": "值别之批类期级档段", "点": "位以", "时": "间限效取按得计视记"}
_NOT_UNITS = frozenset(
    ("人均", "人才", "人员", "人民", "人数", "级别", "类别", "度假", "部分", "部门", "本项", "本指", "所有", "所得", "门类", "间隔", "间接", "块状", "对应", "对象", "成效", "成果", "成本", "只扣", "只有", "口径",
     "档次", "种类", "课程", "课时", "字数", "村级", "乡镇", "乡村", "人为")
)  # fmt: skip


def chinese_number(text: str) -> Fraction | None:
    """The value of a numeral (十五, 二十, 零点五), or None."""
    whole, _, tail = text.partition("点")
    value = whole_number(whole)
    digits = vocabulary().digits
    if value is None or any(char not in digits for char in tail):
        return None
    return Fraction(value) + (
        Fraction(int("".join(str(digits[char]) for char in tail)), 10 ** len(tail)) if tail else 0
    )
