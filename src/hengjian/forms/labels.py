"""What printed labels mean: the vocabulary of ``labels.toml`` and the ways in which a label is padded, noted and numbered."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from hengjian.values.money import MoneyUnit
from hengjian.values.text import fold, label

NUMBERING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(]\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[）)]|\d{1,2}\s*[、．]|\d{1,2}\s*\.(?!\d)|[①-⑳]|第[一二三四五六七八九十]+[、，,])\s*"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_AMONG = re.compile(r"^\s*其\s*中\s*[:：]?\s*")
_NOTE_END = re.compile(r"\([^()]*\)$")
_NOTE = re.compile(r"\([^()]*\)")
_PERIOD = re.compile(
    r"^(?:20\d\d年?度?)?(?:(?:(?:截至|截止到?|至)?(?:\d{1,2}|[NnXx])[-—–―~至到](?:\d{1,2}|[NnXx])?月份?(?:底|末)?)|(?:截至|截止到?|至)(?:20\d\d年)?\d{1,2}月(?:\d{1,2}日|底|末)?|\d{1,2}月(?:底|末)|上半年|前三季度|第?[一二三四1-4]季度|当期|本期|截至目前|监控期)"
)
_UNIT = re.compile(
    r"\((?:金额|货币|资金)?(?:单位[:]?)?(?:人民币)?(亿元|万元|元)\)|(?:金额|货币)?单位[:](?:人民币)?(亿元|万元|元)"
)
_FORMULA = re.compile(r"^(.{2,}?)(?:[A-E]|[A-E]/[A-E])$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The field a label stands for, and how far down its list the label is (0: the label preferred)."""

    field: str
    rank: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``labels.toml``, turned round: from folded labels to fields."""

    head: Mapping[str, Meaning]
    known: frozenset[str]
    headings: frozenset[str]
    signature: tuple[str, ...]
    titles: Mapping[str, tuple[str, ...]]
    funds: Mapping[str, str]
    fund_items: frozenset[str]
    tables: Mapping[str, Mapping[str, str]]
    needs: Mapping[str, tuple[frozenset[str], ...]]
    totals: frozenset[str]
    sections: Mapping[str, str]
    reports: tuple[str, ...]
    tokens: tuple[str, ...]


def _turned(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {label(name): field for field, names in lists.items() for name in names}


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    data = tomllib.loads(files("hengjian.forms").joinpath("labels.toml").read_text(encoding="utf-8"))
    head = {
        label(name): Meaning(field, rank) for field, names in data["head"].items() for rank, name in enumerate(names)
    }
    funds = {field: names for field, names in data["funds"].items() if field != "items"}
    tables = data["tables"]
    return Vocabulary(
        head=head,
        known=frozenset(map(label, data["extra"]["known"])),
        headings=frozenset(map(label, data["extra"]["headings"])),
        signature=tuple(map(label, data["extra"]["signature"])),
        titles={field: tuple(map(fold, words)) for field, words in data["titles"].items()},
        funds=_turned(funds),
        fund_items=frozenset(map(label, data["funds"]["items"])),
        tables={
            name: _turned({role: names for role, names in table.items() if role != "needs"})
            for name, table in tables.items()
        },
        needs={name: tuple(frozenset(need) for need in table["needs"]) for name, table in tables.items()},
        totals=frozenset(map(label, data["totals"]["names"])),
        sections=_turned(data["sections"]),
        reports=tuple(map(fold, data["documents"]["reports"])),
        tokens=tuple(map(fold, data["documents"]["tokens"])),
    )


@lru_cache(maxsize=8192)
def spellings(text: str) -> tuple[str, ...]:
    """The folded label as printed, then without numbering, closing notes, and all notes: ``资金（万元）`` is ``资金``.

    Nothing for a text without a Chinese character: numbers fill most of a sheet and are no labels.
    """
    if _HAN.search(text) is None:
        return ()
    full = label(text)
    plain = label(NUMBERING.sub("", full))
    ended = plain
    while (cut := label(_NOTE_END.sub("", ended))) != ended:
        ended = cut
    shorter = (plain, ended, label(_NOTE.sub("", plain)), label(_FORMULA.sub(r"\1", ended)))
    return tuple(dict.fromkeys(each for each in (full, *shorter) if each))


@lru_cache(maxsize=4096)
def head_meaning(text: str) -> Meaning | None:
    """The head field a label stands for; ``extra`` for a label without a field of its own."""
    if len(text) > 40:
        return None
    words = vocabulary()
    for spelling in spellings(text):
        if (meaning := words.head.get(spelling)) is not None:
            return meaning
        if spelling in words.known:
            return Meaning("extra", 0)
    return None


@lru_cache(maxsize=4096)
def fund_column(text: str) -> str | None:
    """The column of a money table a header cell stands for, with any period before it cut (``1-7月执行数``)."""
    words = vocabulary()
    for spelling in spellings(text):
        for name in (spelling, label(_PERIOD.sub("", spelling))):
            if name in words.funds:
                return words.funds[name]
    return None


@lru_cache(maxsize=4096)
def table_column(table: str, text: str) -> str | None:
    """The column of one of the other money and plan tables."""
    roles = vocabulary().tables[table]
    return next((roles[spelling] for spelling in spellings(text) if spelling in roles), None)


@lru_cache(maxsize=4096)
def section_field(text: str) -> str | None:
    """What a numbered heading of a disclosure text is about."""
    sections = vocabulary().sections
    return next((sections[spelling] for spelling in spellings(text) if spelling in sections), None)


def item_name(text: str) -> tuple[str, bool]:
    """A row's name without numbering, ``其中：`` and closing colon, and whether ``其中`` was printed."""
    name = NUMBERING.sub("", text.strip())
    bare = _AMONG.sub("", name)
    among = bare != name
    return NUMBERING.sub("", bare).strip().rstrip(":：").strip(), among


def is_fund_item(text: str) -> bool:
    """Whether a row's name is one that money tables print."""
    items = vocabulary().fund_items
    return any(spelling in items for spelling in spellings(item_name(text)[0]))


def is_sum(text: str) -> bool:
    """Whether a row prints the sum of its list."""
    names = vocabulary().totals
    return any(spelling in names for spelling in spellings(text))


def stated_unit(text: str) -> MoneyUnit | None:
    """The unit of money a label states: ``项目资金（万元）``, ``金额单位：元``."""
    found = _UNIT.search(fold(text))
    return MoneyUnit(found.group(1) or found.group(2)) if found else None


def period_of(text: str) -> str | None:
    """The months a monitoring form is about, as printed and without the year: ``1—7月``, ``上半年``."""
    found = re.search(r"\d{1,2}\s*[-—–―~～至到]\s*\d{1,2}\s*月|上半年|前三季度|第[一二三四]季度", text)
    return re.sub(r"\s", "", found.group()) if found else None
