"""Accepted rules: a person confirms a reading once; it is kept with the text it was read from, and used again.

One JSON object a line, so that files can be compared, merged and put under version control. An entry holds for one rule
text beside one target, weight, unit and year (the tree has their numbers in it): ``key`` is the SHA-256 of all that, folded
so that spaces and full-width signs make no difference. A changed text has another key and is asked about again. ``seal``
is the SHA-256 of the entry itself: it tells an edit by hand from what was confirmed. It is no signature; who may write the
file is a matter of the folder's rights.

An entry that cannot be used (altered, from a newer version, damaged) never counts and is told as a ``Flaw``.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hengjian.rules.canonical import VERSION, CanonicalError, parse, show
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.tree import Expr, Human, Stated, input_names, walk
from hengjian.values.text import fold

SCHEMA = "hengjian.accepted/1"
ORIGIN = "accepted"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One confirmed reading. ``at`` is an ISO date or date-time as given; ``tree`` what the text was confirmed to mean."""

    key: str
    rule: str
    context: Context
    tree: Expr
    by: str
    at: str
    note: str = ""
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Flaw:
    """A line of the file that does not count, and why; ``line`` counts from 1 (0: the file itself)."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Book:
    """The confirmed readings of a file by key, the latest for each; and the lines that do not count."""

    entries: Mapping[str, Accepted] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    def reading(self, rule: str, context: Context) -> Reading | None:
        """The confirmed reading of a rule in its row, None where this very text was not confirmed."""
        entry = self.entries.get(key_of(rule, context))
        return None if entry is None else reading_of(rule, entry.tree)


def key_of(rule: str, context: Context) -> str:
    """What a confirmation is about: the rule's text and everything beside it that a reading depends on."""
    parts = (
        rule,
        context.target,
        context.weight,
        context.sign,
        context.unit,
        context.indicator,
        str(context.year or ""),
    )
    return _hash([fold(part) for part in parts])


def reading_of(rule: str, tree: Expr) -> Reading:
    """A confirmed tree as a reading: one meaning, no diagnostics of the text, ``origin`` accepted."""
    human = any(isinstance(node, Human | Stated) for node in walk(tree))
    inputs = tuple(name for name in input_names(tree) if name not in ("weight", "target"))
    status = Status.NEEDS_JUDGEMENT if human else Status.EXECUTABLE
    return Reading(rule, status, (tree,), inputs=inputs or ("actual",), origin=ORIGIN)


# --- writing ------------------------------------------------------------------------------------------------------------


def accept(path: Path, rule: str, context: Context, tree: Expr, *, by: str, at: str, note: str = "") -> Accepted:
    """Confirm a reading: one line is added to the file (made where it is missing); a later line for a text holds.

    Raises ``ValueError`` with a Chinese message where nobody is named, and ``OSError`` where the file cannot be written.
    """
    if not by.strip():
        raise ValueError("确认评分标准的读法须写明确认人，请用 --by 写上姓名或岗位")
    entry = Accepted(key_of(rule, context), rule, context, tree, by.strip(), at, note.strip())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0, 2)
        if file.tell():
            file.seek(-1, 2)
            broken = file.read(1) != b"\n"  # a line cut short by an editor must not swallow the new one
            file.write(b"\n" if broken else b"")
        file.write(_line(entry).encode())
    return entry


def _line(entry: Accepted) -> str:
    data = _data(entry)
    return json.dumps({**data, "seal": _seal(data)}, ensure_ascii=False) + "\n"


def _data(entry: Accepted) -> dict[str, Any]:
    row = entry.context
    beside = {name: getattr(row, name) for name in _BESIDE if getattr(row, name)}
    return {
        "schema": SCHEMA,
        "version": entry.version,
        "key": entry.key,
        "rule": entry.rule,
        "row": beside | ({"year": row.year} if row.year is not None else {}),
        "tree": show(entry.tree),
        "by": entry.by,
        "at": entry.at,
        "note": entry.note,
    }


_BESIDE = ("indicator", "target", "weight", "sign", "unit")


def _seal(data: Mapping[str, Any]) -> str:
    return _hash([json.dumps(data, ensure_ascii=False, sort_keys=True)])


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


# --- reading ------------------------------------------------------------------------------------------------------------


def load(path: Path) -> Book:
    """The confirmed readings of a file. A file that is not there is an empty book; bad lines become flaws.

    Raises ``OSError`` where the file is there and cannot be read.
    """
    if not path.exists():
        return Book()
    entries, flaws = dict[str, Accepted](), list[Flaw]()
    for line, got in _entries(path.read_bytes()):
        if isinstance(got, str):
            flaws.append(Flaw(line, f"{path.name} 第{line}行{got}；这一行不采用"))
        else:
            entries[got.key] = got
    return Book(entries, tuple(flaws))


def _entries(raw: bytes) -> Iterator[tuple[int, Accepted | str]]:
    for line, text in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if text.strip():
            yield line, _entry(text)


def _entry(raw: bytes) -> Accepted | str:
    """One line's entry, or what is wrong with it."""
    try:
        data = json.loads(raw.decode())
    except (UnicodeDecodeError, ValueError, RecursionError):
        return "不是有效的 JSON（应为一行一个对象，UTF-8 编码），可能被截断或改坏"
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return f"不是确认记录（schema 应为 {SCHEMA}）"
    version = data.get("version")
    if version != VERSION:
        return f"是按规则语言第{version}版写的，本程序用第{VERSION}版；请对原文重新确认"
    seal = data.pop("seal", None)
    if seal != _seal(data):
        return "的内容与确认时不一致（被改动过）；如确要修改，请重新确认"
    return _confirmed(data)


def _confirmed(data: Mapping[str, Any]) -> Accepted | str:
    try:
        context = Context(year=data["row"].get("year"), **{name: data["row"].get(name, "") for name in _BESIDE})
        entry = Accepted(
            data["key"],
            data["rule"],
            context,
            parse(data["tree"]),
            data["by"],
            data["at"],
            data["note"],
            data["version"],
        )
    except CanonicalError as error:
        return f"的规则文本读不出来：{str(error).splitlines()[0]}"
    except (KeyError, TypeError, AttributeError):
        return "缺少必要的内容（rule、row、tree、by、at、note）"
    return entry if entry.key == key_of(entry.rule, context) else "的原文与编号（key）对不上；请对原文重新确认"
