"""The words around numbers in target and actual cells (``words.toml``), and the patterns made of them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hengjian.values.text import fold


@dataclass(frozen=True, slots=True)
class Words:
    """Comparisons before and after a number with their signs, words of change with their direction, and what is 0."""

    before: dict[str, str]
    touching: dict[str, str]  # comparisons only right before a number
    after: dict[str, str]
    directions: dict[str, str]  # 增长 is up
    nothing: re.Pattern[str]  # 无故障, 零投诉, 未发生事故; group ``bare`` for 无 alone, ``label`` for words in front
    not_done: re.Pattern[str]  # 未开展, 没有举办
    pending: re.Pattern[str]  # 受理中, 待验收, 拟建


def either(words: Iterable[str]) -> str:
    """A regular expression for one of several words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def words() -> Words:
    """The vocabulary, read once."""
    table = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    nothing = table["nothing"]
    return Words(
        _signs(table["before"]),
        _signs(table["touching"]),
        _signs(table["after"]),
        _signs(table["growth"]),
        re.compile(_nothing(nothing)),
        re.compile(
            rf"(?:均|都|全部|尚|暂|至今|目前)?(?:{either(nothing['not'])})(?:(?:{either(nothing['deeds'])})(?:任何)?"
            rf"|(?:{either(nothing['run'])})(?!.*(?:{either(nothing['measures'])}))[\u4e00-\u9fff]{{2,6}})"
        ),
        _pending(table["pending"]),
    )


def _pending(table: dict[str, list[str]]) -> re.Pattern[str]:
    """What is still under way, at the end of a cell, or only meant, at its beginning."""
    going = either(table["going"])
    return re.compile(rf"(?:{going})(?:过程)?中$|在[建办编研审]$|(?<!不)待(?:{going})$|^(?:{either(table['meant'])})")


def _signs(group: dict[str, list[str]]) -> dict[str, str]:
    return {fold(word): sign for sign, spelled in group.items() for word in spelled}


def _nothing(table: dict[str, list[str]]) -> str:
    """None of something that is counted; conduct (无违法违纪) is a wording unless 零 counts it."""
    qualifiers, behind = either(table["qualifiers"]), either(table["after"])
    event = rf"(?:{qualifiers}){{0,4}}(?:{either(table['events'])}){{1,3}}(?:{behind}){{0,2}}"
    counted = rf"(?:{qualifiers}){{0,4}}(?:{either(table['zero_only'])})(?:{behind}){{0,2}}"
    none = rf"(?:(?:{either(table['not_any'])}){event}|(?:实现零|确保零|做到零|保持零|零|0)(?:{event}|{counted}))"
    bare = "|".join(re.escape(word) for word in table["bare"])
    return rf"(?P<label>[^\W\d]{{0,8}}?):?(?:{none}(?:[,和及与、或]{none}|[和及与、或]{event})*|(?P<bare>{bare}))"
