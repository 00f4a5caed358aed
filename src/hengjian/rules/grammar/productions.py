"""A rule as a row of items: which production may stand at a place, in the order of trying.

A rule is a row of clauses, a clause is a condition and a consequence, and modifiers hang on consequences. ``parse`` finds
the consequences and modifiers (they begin and end with words of their own); what stands between them are conditions,
read by ``conditions``. Nothing here knows the target or the weight: meanings are given by ``kinds`` and ``numbers``.

    ①满意度≥90%，得满分；                    condition  full
    ②60%≤满意度＜90%，得分=完成比例×指标分；    condition  formula
    每低1个百分点扣0.5分，扣完为止              step       floor
    视情况扣1-3分                             discretion
    最高加3分                                 bonus cap
"""

from collections.abc import Callable, Sequence

from hengjian.rules.grammar.formulas import read_definition, read_formula, read_opening_formula
from hengjian.rules.grammar.items import Break, Chunk, Item
from hengjian.rules.grammar.line import ENDS, Line
from hengjian.rules.grammar.modifiers import read_floor, read_most, read_rounding, read_unfinished_step, read_word
from hengjian.rules.grammar.points import read_deducted, read_discretion, read_earned
from hengjian.rules.grammar.shares import read_part_share, read_proportion, read_spread
from hengjian.rules.grammar.steps import WAYS, read_step
from hengjian.rules.grammar.tidy import tidy
from hengjian.rules.lexer import Token

_IDLE = frozenset({"comma", "de", "dun", "colon"})
_Production = Callable[[Line, int], tuple[Item, int] | None]

# What may stand at a place, in the order of trying, each with the kinds of token it begins with: most places are then asked
# by one or two productions and not by all. A formula that opens a rule may begin with anything.
_PRODUCTIONS: tuple[tuple[_Production, frozenset[str] | None], ...] = (
    (
        read_floor,
        frozenset(
            {
                "stop",
                "deducted",
                "deduct",
                "full",
                "add",
                "earn",
                "zero",
                "text",
                "most",
                "least",
                "noun",
                "scored",
                "some",
                "eq",
                "sum",
            }
        ),
    ),
    (
        read_most,
        frozenset(
            {"uncapped", "cap", "most", "sum", "deduct", "add", "earn", "full", "text", "by", "det", "weight"}
            | {"le", "gt", "over", "num", "until"}
        ),
    ),
    (read_rounding, frozenset({"rounding"})),
    (read_unfinished_step, frozenset({"linear", "ceil", "floor", "lt"})),
    (
        read_word,
        frozenset({"best", "worst", "nosum", "sum", "kind", "halve", "noadd", "nodeduct", "unsupported"}),
    ),
    (read_formula, frozenset({"weight", "det", "deduct", "earn", "noun", "var", "text"})),
    (read_opening_formula, None),
    (read_step, frozenset({"every", "num", *WAYS})),
    (read_discretion, frozenset({"text", "human", "by"})),
    (read_proportion, frozenset({"line", "shortratio", "overratio", "ratio", "by", "separately", "deduct"})),
    (read_spread, frozenset({"separately"})),
    (read_part_share, frozenset({"text", "separately"})),
    (
        read_earned,
        frozenset({"zero", "veto", "deducted", "det", "op", "earn", "full", "weight", "base", "num", "neg", "var"}),
    ),
    (read_deducted, frozenset({"deduct", "add"})),
    (
        read_definition,
        frozenset({"define", "text", "earn", "var", "by", "target", "noun", "ratio", "actual", "ontime"}),
    ),
)


def _beginning(kind: str) -> tuple[_Production, ...]:
    return tuple(production for production, kinds in _PRODUCTIONS if kinds is None or kind in kinds)


# No item begins with a separator; a third of all places.
_AT: dict[str, tuple[_Production, ...]] = {
    **{kind: _beginning(kind) for _, kinds in _PRODUCTIONS for kind in kinds or ()},
    **dict.fromkeys(("comma", "sep", "enum", "dun"), ()),
}
_ELSEWHERE = _beginning("")


def parse(tokens: Sequence[Token]) -> list[Item]:
    """The items of a rule in order."""
    return _run(Line(tidy(tokens)))


def _run(line: Line) -> list[Item]:
    at = start = 0
    while at < line.n:
        found = _one(line, at)
        if found is None:
            if line.kind(at) in ENDS:
                _flush(line, start, at)
                line.items.append(Break(line.word(at) if line.kind(at) == "enum" else "", line.span(at, at + 1)))
                start = at + 1
            at += 1
            continue
        item, after = found
        _flush(line, start, at)
        line.items.append(item)
        at = start = max(after, at + 1)
    _flush(line, start, line.n)
    return line.items


def _one(line: Line, at: int) -> tuple[Item, int] | None:
    for production in _AT.get(line.kinds[at], _ELSEWHERE):
        found = production(line, at)
        if found is not None:
            return found
    return None


def _flush(line: Line, start: int, end: int) -> None:
    while start < end and (line.kind(start) in _IDLE or line.word(start) == ")"):
        start += 1
    while end > start and (line.kind(end - 1) in _IDLE or line.word(end - 1) == "("):
        end -= 1  # 实际数÷计划数×6（大于6分的按6分计）: the bracket belongs to what it holds
    if start < end:
        line.items.append(Chunk(line.t[start:end], line.span(start, end)))
