"""The desk: the verbs that every door calls. Values in, values out; the doors only add manners.

``read`` a file into forms, read a ``target``, ``score`` a rule, ``explain`` it, ``audit`` files, ``render`` a result.
"""

from __future__ import annotations
import json
from contextlib import suppress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

with suppress(ImportError):
    from hengjian.audit.case import Audit
with suppress(ImportError):
    from hengjian.audit.run import audit_document
with suppress(ImportError):
    from hengjian.documents import read_layout
from hengjian.forms.contract import form_to_json, place_to_json
from hengjian.forms.form import Form
from hengjian.forms.layout import Source
with suppress(ImportError):
    from hengjian.forms.reading import read_forms
with suppress(ImportError):
    from hengjian.rules.check import check
with suppress(ImportError):
    from hengjian.rules.curve import Curve, curve
with suppress(ImportError):
    from hengjian.rules.defaults import default_reading
with suppress(ImportError):
    from hengjian.rules.explain import explain
with suppress(ImportError):
    from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context, Note, Reading
with suppress(ImportError):
    from hengjian.rules.run import score
with suppress(ImportError):
    from hengjian.rules.scheme import Scheme, load_scheme
from hengjian.rules.score import Score
from hengjian.values.finding import Finding, Level, Problem
from hengjian.values.target import read_target, target_json

class SchemeError(Exception): ...


def write_text(path, text):
    path.write_text("".join(text), encoding="utf-8")


DEFAULT_SCHEME = "national-2020"


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its forms, and what could not be read."""

    source: Source
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]


def read(path: Path, *, hidden: bool = False) -> Document:
    """Read any supported file; nothing about the file raises. ``hidden`` also reads hidden sheets."""
    layout = read_layout(path, hidden=hidden)
    forms, problems = read_forms(layout)
    return Document(layout.source, forms, (*layout.problems, *problems))


def document_json(document: Document, *, places: bool = False) -> dict[str, Any]:
    """The answer of ``hengjian read`` (schema ``hengjian.document/1``)."""
    return {
        "schema": "hengjian.document/1",
        "source": source_json(document.source),
        "forms": [form_to_json(form, places=places) for form in document.forms],
        "problems": [problem_json(problem) for problem in document.problems],
    }


def source_json(source: Source) -> dict[str, Any]:
    """``{"name", "format", "sha256", "pages"}``."""
    return {"name": source.name, "format": source.format, "sha256": source.sha256, "pages": source.pages}


def problem_json(problem: Problem) -> dict[str, Any]:
    """``{"code", "message", "place"}``."""
    return {
        "code": problem.code,
        "message": problem.message,
        "place": place_to_json(problem.place) if problem.place else None,
    }


# --- lines of JSON ----------------------------------------------------------------------------------------------------


def target_line(item: Mapping[str, Any]) -> dict[str, Any]:
    """One answer of ``hengjian target``."""
    return {"id": item.get("id"), "parsed": target_json(read_target(_text(item, "target")))}


def score_line(item: Mapping[str, Any], scheme: Scheme) -> dict[str, Any]:
    """One answer of ``hengjian score``: status, read-back, one score for each point, findings of the rule."""
    context = _context(item)
    reading = reading_of(_text(item, "rule"), context, scheme)
    scores = []
    for point in item.get("points") or ():
        actual, grade = point.get("actual", ""), point.get("grade")
        given = actual if isinstance(actual, Mapping) else _plain(actual)
        got = score(reading, context, given, None if grade is None else str(grade))
        scores.append(None if got.value is None else f"{got.value:.2f}")
    return {
        "id": item.get("id"),
        "status": reading.status.value,
        "reading": explain(reading),
        "scores": scores,
        "findings": [_note_json(note) for note in rule_notes(reading, context)],
    }


def _context(item: Mapping[str, Any]) -> Context:
    names = ("indicator", "target", "weight", "level1", "level2", "sign", "unit")
    return Context(**{name: _text(item, name) for name in names})


def _text(item: Mapping[str, Any], name: str) -> str:
    return _plain(item.get(name))


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def reading_of(rule: str, context: Context, scheme: Scheme) -> Reading:
    """The reading of a printed rule, or the scheme's default where none is printed."""
    return read_rule(rule, context) if rule.strip() else default_reading(context, scheme)


def rule_notes(reading: Reading, context: Context) -> tuple[Note, ...]:
    """What is wrong with a rule: seen while reading it, and proved on its tree; each code and message once."""
    return tuple(dict.fromkeys((*reading.notes, *check(reading, context))))


def _note_json(note: Note) -> dict[str, Any]:
    return {"code": note.code, "level": note.level.value, "message": note.message}


class Lines:
    """A JSON-lines file as objects; a bad line becomes a ``LineError`` and the others go on."""

    def __init__(self, path: Path) -> None:
        """Take the file; it is opened when the lines are asked for."""
        self.path = path

    def __iter__(self) -> Iterator["dict[str, Any] | LineError"]:
        """One object, or one error, for each line that is not blank."""
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield self._object(number, raw)

    def _object(self, number: int, raw: bytes) -> "dict[str, Any] | LineError":
        try:
            item = json.loads(raw.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return LineError(f"{self.path.name} 第{number}行不是有效的 JSON（应为一行一个对象，UTF-8 编码），请检查引号和逗号。")
        if not isinstance(item, dict):
            return LineError(f'{self.path.name} 第{number}行应为 {{"id": …}} 形式的对象，实际是别的值。')
        return item


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line of input could not be used."""

    message: str


# --- one rule ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that can be said about one rule: its reading, what is wrong with it, its curve, and a score if asked for."""

    context: Context
    reading: Reading
    notes: tuple[Note, ...]
    text: str
    curve: Curve | None
    score: Score | None


def explain_rule(
    rule: str, context: Context, *, actual: str | None = None, grade: str | None = None, scheme: Scheme
) -> Explanation:
    """Read one rule and say what it means."""
    reading = reading_of(rule, context, scheme)
    got = None if actual is None and grade is None else score(reading, context, actual or "", grade)
    drawn = curve(reading.trees[0], context) if reading.trees else None
    return Explanation(context, reading, rule_notes(reading, context), explain(reading), drawn, got)


# --- audits -----------------------------------------------------------------------------------------------------------


def audit(path: Path, *, scheme: str | None = None, hidden: bool = False) -> Audit:
    """Audit one file. ``scheme`` names a scheme or a TOML file; None chooses by the form's kind, year and region."""
    document = read(path, hidden=hidden)
    chosen = load_scheme(scheme) if scheme else None
    return audit_document(document.source, document.forms, document.problems, chosen)


def audit_many(paths: Sequence[Path], *, scheme: str | None = None, hidden: bool = False, jobs: int = 1) -> Iterator[Audit]:
    """Audit files in the given order, ``jobs`` at a time; only a few results are held at once."""
    if jobs <= 1 or len(paths) <= 1:
        for path in paths:
            yield audit(path, scheme=scheme, hidden=hidden)
        return
    ahead = jobs * 4  # enough to keep every worker busy, few enough to keep memory flat
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        waiting: list[Future[Audit]] = []
        for path in paths:
            waiting.append(pool.submit(audit, path, scheme=scheme, hidden=hidden))
            if len(waiting) >= ahead:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


_UNREADABLE = {"P01", "P02", "P03", "P05", "P09"}


def was_read(result: Audit | Document) -> bool:
    """Whether a file could be read at all (a file without a performance form was read)."""
    return bool(result.forms) or not any(problem.code in _UNREADABLE for problem in result.problems)


def worst(findings: Iterable[Finding]) -> Level | None:
    """The highest level among findings, None when there are none."""
    order = (Level.ERROR, Level.WARNING, Level.INFO)
    present = {finding.level for finding in findings}
    return next((level for level in order if level in present), None)


def collect(paths: Iterable[Path]) -> list[Path]:
    """The files meant by a list of files and folders: folders in full, without hidden and lock files, in name order."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
        else:
            found.append(path)
    return list(dict.fromkeys(found))
