"""Tokens looked at by place, and which kinds of tokens carry meaning: what all productions share."""

from collections.abc import Sequence

from hengjian.rules.grammar.items import Item, Place
from hengjian.rules.lexer import Token

TEXTLIKE = frozenset(
    {"text", "de", "noun", "var", "target", "actual", "ratio", "shortratio", "overratio", "shortfall", "excess", "lateness", "reach", "weight", "det", "eq", "some", "short", "rise", "late", "early", "over", "before",
     "after", "up", "down", "between", "and", "neg", "ontime", "rate", "average", "grow", "deviate", "rank", "none", "earn", "add", "base", "until", "or", "by", "lt", "gt", "ge", "le", "sum", "notontime", "notover", "every", "date", "define"}
)  # fmt: skip
ENDS = frozenset({"sep", "enum"})
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
TIME_NOUNS = {
    "天": "天",
    "日": "天",
    "个工作日": "天",
    "工作日": "天",
    "周": "周",
    "月": "月",
    "个月": "月",
    "小时": "小时",
}


def carries_meaning(token: Token) -> bool:
    """Whether a token carries meaning that must not be left out. A single 减 or 零 is often part of a noun."""
    return token.kind in HEAVY and token.text not in ("减", "加", "奖")


class Line:
    """The tokens of a rule, looked at by place.

    ``multiplies``: whether they can hold a formula at all; ``falls_below``: whether they can speak of a score below nothing.
    ``items`` are what was found in them so far; ``repaired`` and ``depth`` belong to the formula in hand.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.t = tuple(tokens)
        self.kinds = tuple(token.kind for token in self.t)
        self.n = len(self.t)
        self.multiplies = "op" in self.kinds and any(token.kind == "op" and token.text in "*/" for token in self.t)
        self.falls_below = any(token.text[:1] == "负" or (token.kind == "num" and not token.value) for token in self.t)
        self.repaired = False
        self.depth = 0
        self.items: list[Item] = []

    def kind(self, at: int) -> str:
        """The kind of the token at a place, "" outside."""
        return self.kinds[at] if 0 <= at < self.n else ""

    def word(self, at: int) -> str:
        """The text of the token at a place, "" outside."""
        return self.t[at].text if 0 <= at < self.n else ""

    def span(self, start: int, end: int) -> Place:
        """Where the tokens from ``start`` to before ``end`` stand in the text."""
        return self.t[start].start, self.t[min(max(start, end - 1), self.n - 1)].end

    def skip(self, at: int, *kinds: str) -> int:
        """The first place from ``at`` on that is of none of these kinds."""
        while self.kind(at) in kinds:
            at += 1
        return at

    def is_points(self, at: int) -> bool:
        """Whether a number of points stands there."""
        return self.kind(at) == "num" and self.t[at].unit == "分"


class Phrase:
    """The tokens of a condition, looked at by place; ``used`` are the places something was made of.

    ``first`` is the place where bounds may begin: what stands before belongs to a formula.
    """

    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self.t = tuple(tokens)
        self.n = len(self.t)
        self.text = text
        self.used: set[int] = set()
        self.first = 0

    def kind(self, at: int) -> str:
        """The kind of the token at a place, "" outside."""
        return self.t[at].kind if 0 <= at < self.n else ""

    def word(self, at: int) -> str:
        """The text of the token at a place, "" outside."""
        return self.t[at].text if 0 <= at < self.n else ""

    def use(self, start: int, end: int) -> None:
        """Something was made of these places; nouns behind the first stay free for the measure."""
        self.used.update(
            k
            for k in range(start, min(end, self.n))
            if self.kind(k) not in ("text", "noun", "actual", "ratio") or k == start
        )

    def span(self, start: int, end: int) -> Place:
        """Where the tokens from ``start`` to before ``end`` stand in the text."""
        return self.t[start].start, self.t[min(end, self.n) - 1].end
