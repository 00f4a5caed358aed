"""The tokens of a target cell: numbers with units, dates, comparisons, periods, joints, separators and words between them."""

import re
from dataclasses import dataclass
from functools import cache

from hengjian.values.calendar import PrintedDate, date_pattern, printed_date
from hengjian.values.quantity import Quantity, number_pattern, quantity_from
from hengjian.values.words import either, words

BASE = (
    r"(?:(?:上|去|前|上一|前一)年度?|往年|上个?(?:季度|月|期|周期)|上一(?:季度|期|周期)|年初|期初|基期|基准年|(?:19|20)\d\d年度?"
    r"|(?:前|近)[一二三四五两]年|(?:全[国省市县区州]|同?行业|全系统|同类|地区|区域)(?:的)?(?:平均|均值))(?:同期|平均|的|实际|水平|值|数|完成)*"
)
_PERIOD = (
    r"每(?:个|一)?(?P<each>半年|两年|[两二三四五六\d]+年|年|季|月|[两二三四五六\d]+个?月|周|星期|天|日|学期|学年)度?"
    r"|平均每(?P<each2>年|季度?|月|周|天|日)|(?P<mean>年|月|日|季|周)均|(?P<one>一年|年)(?=[一二两三四五六七八九十\d]+[次期场]|增长|递增|增幅)"
    r"|(?P<plain>半年|季度|月度|年度)(?=[\d≥≤><不至一两])"
)


@cache
def _pattern() -> re.Pattern[str]:
    known = words()
    cmp = rf"{either(known.before)}|(?:{either(known.touching)})(?=[\d零〇一二两三四五六七八九十百千约近])"
    return re.compile(
        rf"(?P<growth>同比|环比|(?:高于|高出|超过|低于|少于){BASE}(?=[\d约近])|(?:较|比|相较于?|相比于?|对比|与|同){BASE}(?:相比|相较|比较|比)?(?:持平)?)"
        rf"|(?P<date>{date_pattern()})"
        rf"|(?P<incl>\((?P<no>不)?含[^()]{{0,12}}\))"
        rf"|(?P<period>{_PERIOD})"
        rf"|(?P<number>{number_pattern()})"
        rf"|(?P<cmp>{cmp})"
        rf"|(?P<after>(?:{either(known.after)})(?![^\W\d]*(?=容|部)))"
        r"|(?P<around>左右|上下)|(?P<between>之间)"
        rf"|(?P<way>(?:{either(known.directions)})(?![到至率]))"
        r"|(?P<approx>大约|约|将近|接近|≈|近(?=[\d一二三四五六七八九十百千])|大概|预计)"
        r"|(?P<both>±|\+/-|正负)"
        r"|(?P<joint>[-~—―─]{1,2}|至|到|和|与)"
        r"|(?P<soft>[/、+])"
        r"|(?P<hard>[,;。|!])"
    )


@dataclass(slots=True)
class Token:
    """A piece of a cell. ``kind`` is one of ``_KINDS`` or "word"; the other fields are those its kind has."""

    kind: str
    text: str
    quantity: Quantity | None = None
    date: PrintedDate | None = None
    period: str = ""
    sign: str = ""


def tokens_of(text: str) -> list[Token]:
    """The tokens of folded text, in order, without a gap."""
    tokens: list[Token] = []
    position = 0
    for match in _pattern().finditer(text):
        if match.start() > position:
            tokens.append(Token("word", text[position : match.start()]))
        tokens.append(_token(match))
        position = match.end()
    if position < len(text):
        tokens.append(Token("word", text[position:]))
    return _settle(tokens)


def _sign_before(word: str) -> str:
    known = words()
    return known.before[word] if word in known.before else known.touching[word]


_KINDS = (
    "growth",
    "date",
    "incl",
    "number",
    "cmp",
    "after",
    "around",
    "between",
    "period",
    "way",
    "approx",
    "both",
    "joint",
    "soft",
    "hard",
)


def _token(match: re.Match[str]) -> Token:
    kind = next(kind for kind in _KINDS if match[kind] is not None)
    token = Token(kind, match.group())
    if kind == "number":
        token.quantity = quantity_from(match)
        if token.quantity is None:
            token.kind = "word"
    elif kind == "date":
        token.date = printed_date(match)
        if token.date is None:
            token.kind = "word"
    elif kind == "period":
        word = match["each"] or match["each2"] or match["mean"] or match["one"] or match["plain"]
        token.period = {"季": "季度", "星期": "周", "一年": "年", "月度": "月", "年度": "年"}.get(word, word)
    elif kind == "cmp":
        token.sign = _sign_before(token.text)
    elif kind == "after":
        token.sign = words().after[token.text]
    elif kind == "incl":
        token.sign = "no" if match["no"] else "yes"
    return token


_DOING = re.compile(r"(?:开展|组织|举办|召开|进行|实施|完成|培训|检查|调研|维护|报送|更新|前|[:了])$")
_BOUNDARY = {"cmp", "period", "approx", "hard", "soft", "joint", "growth", "way", "both", "date"}


def _settle(tokens: list[Token]) -> list[Token]:
    """Chinese numerals inside words (一般, 三会一课, 一次性) and ordinals (第3名) become words again."""
    for i, token in enumerate(tokens):
        if token.kind != "number" or token.quantity is None:
            continue
        before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
        if _is_ordinal(tokens, i):
            token.kind = "word"
        elif not token.text[0].isdigit() and "分之" not in token.text:
            opens = (
                before is None
                or before.kind in _BOUNDARY
                or (before.kind == "word" and bool(_DOING.search(before.text)))
            )
            closes = after is None or after.kind != "word"
            if not opens or not closes or token.quantity.unit in ("级", "星", "星级", "类"):
                token.kind = "word"
    return _merge_words(tokens)


def _is_ordinal(tokens: list[Token], i: int) -> bool:
    """第3名, GB18918-2002, 2.0版本: numbers that count nothing."""
    before = tokens[i - 1] if i else None
    if before is not None and before.kind == "word" and before.text.endswith("第"):
        return True
    if before is not None and before.text == "-" and i > 1:
        code = tokens[i - 2]
        if code.kind == "word" and re.search(r"[A-Za-z0-9]$", code.text):
            return True
    return tokens[i].text.endswith("版") and i + 1 < len(tokens) and tokens[i + 1].text.startswith("本")


def _merge_words(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    for token in tokens:
        if token.kind == "word" and merged and merged[-1].kind == "word":
            merged[-1].text += token.text
        else:
            merged.append(token)
    return merged
