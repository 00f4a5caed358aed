"""Tokens that were cut apart, put together before anything is read: ``15台（套）``, ``60-80分之间``, ``（不含95%）``, 一半, ``{…}``."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.lexer import Token
from hengjian.values.quantity import chinese_number as whole_number

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


# Tokens at which ``_tidied`` looks; most rules have none of them.
_CUT = frozenset({".", "至", "到", "(", "分", "-", "+", "—", "/", "分值得"})


def tidy(tokens: Sequence[Token]) -> Sequence[Token]:
    """一半, 三分之二 as percentages; the brackets of min{…,1} as brackets; marks and units in brackets where they belong."""
    kinds, texts = {token.kind for token in tokens}, {token.text for token in tokens}
    if "(" in texts:
        tokens = with_marks(tuple(tokens))
    if not texts.isdisjoint(_CUT) or any(token.unit.startswith("分/") for token in tokens):
        tokens = _tidied(tokens)
    if "kind" in kinds:
        tokens = _named_rates(tokens)
    if "fraction" in kinds:
        tokens = tuple(
            replace(token, kind="num", value=_share_in_words(token.text), unit="%")
            if token.kind == "fraction"
            else token
            for token in tokens
        )
    return _bracketed(tokens) if "function" in kinds else tokens


def _named_rates(tokens: Sequence[Token]) -> Sequence[Token]:
    """数量指标完成率: the rate of a kind of indicators, no remark on the kind of this one."""
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if last is not None and last.kind == "kind" and last.end == token.start and token.text.endswith("率"):
            out[-1] = replace(last, kind="noun", text=last.text + token.text, end=token.end)
        else:
            out.append(token)
    return out


def _tidied(tokens: Sequence[Token]) -> Sequence[Token]:
    """``70%（含70%）至80%``, ``15台（套）``, ``60-80分之间``, a full stop of one byte, 分值得分: tokens that were cut apart."""
    out: list[Token] = []
    at, count = 0, len(tokens)
    while at < count:
        token = tokens[at]
        if token.text not in _CUT and not token.unit.startswith("分/"):
            out.append(token)
            at += 1
            continue
        last = out[-1] if out else None
        following = tokens[at + 1] if at + 1 < count else None
        if token.kind == "text" and token.text == "." and last is not None and last.kind != "var":
            out.append(replace(token, kind="sep"))
        elif _joins_numbers(token, last, following):
            out.append(replace(token, kind="range"))
        elif _unit_follows(tokens, at, last):
            at += 2
        elif _points_cut_off(token, last, following):
            out[-1] = replace(out[-1], unit="分", end=token.end)
        elif token.kind == "num" and token.unit.startswith("分/"):
            verb = [out.pop()] if last is not None and last.kind in ("deduct", "add", "earn") else []
            out.append(Token("every", "每", token.start, token.end))  # 国家级3分/个, 扣0.5分/项
            out.append(Token("text", token.unit[2:], token.start, token.end))
            out.extend(verb)
            out.append(replace(token, unit="分"))
        elif _signs_points(token, last, following):
            out.append(replace(token, kind="add" if token.text == "+" else "deduct"))
        elif _parts_clauses(token, last, following):
            out.append(replace(token, kind="sep"))
        elif token.text == "分值得" and following is not None and following.text == "分":
            cut = token.end - 1
            out.append(replace(token, kind="weight", text="分值", end=cut))
            out.append(replace(token, kind="earn", text="得分", start=cut, end=following.end))
            at += 1
        else:
            out.append(token)
        at += 1
    return tuple(out) if len(out) != count or any(a is not b for a, b in zip(out, tokens, strict=False)) else tokens


def _joins_numbers(token: Token, last: Token | None, following: Token | None) -> bool:
    """至 between two numbers: 70%（含）至80%."""
    if token.text not in ("至", "到") or token.kind != "text" or last is None or following is None:
        return False
    return last.kind in ("num", "incl", "excl") and following.kind == "num"


def _unit_follows(tokens: Sequence[Token], at: int, last: Token | None) -> bool:
    """15台（套）: a second unit in brackets."""
    return (
        tokens[at].text == "("
        and _counts(last)
        and at + 2 < len(tokens)
        and tokens[at + 2].text == ")"
        and tokens[at + 1].text in _UNIT_WORDS
    )


def _points_cut_off(token: Token, last: Token | None, following: Token | None) -> bool:
    """60-80分之间: the 分 belongs to the number."""
    if token.text != "分" or token.kind != "text" or last is None or following is None:
        return False
    return last.kind == "num" and not last.unit and following.kind == "between"


def _signs_points(token: Token, last: Token | None, following: Token | None) -> bool:
    """缺1次-0.1分: a sign that takes or gives."""
    if token.text not in ("-", "+", "—") or token.kind not in ("op", "range") or following is None:
        return False
    return _counts(last) and following.kind == "num" and following.unit == "分"


def _parts_clauses(token: Token, last: Token | None, following: Token | None) -> bool:
    """60学时4分/50学时3分."""
    given = last is not None and last.kind == "num" and last.unit == "分"
    return token.text == "/" and given and _counts(following)


def _counts(token: Token | None) -> bool:
    """Whether a token is a number of something counted."""
    return token is not None and token.kind == "num" and token.unit not in ("", "分", "%")


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


def with_marks(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
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
