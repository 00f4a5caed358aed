"""The desk: the verbs that every door calls. Values in, values out; the doors only add manners.

``read`` a file into forms, read a ``target``, ``score`` a rule, ``explain`` it, ``audit`` files, ``render`` a result.
"""

import json
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from hashlib import sha256
from importlib.resources import files
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from hengjian.audit.case import Audit, Case, RowScore, context_of, scored_fund, target_of, text_of
from hengjian.audit.checks import TITLES
from hengjian.audit.computed import computed_cells
from hengjian.audit.memory import Memory
from hengjian.audit.money import additions
from hengjian.audit.policy import UnitPractice, practices_of
from hengjian.audit.run import audit_document, prepare
from hengjian.audit.scores import weight_sums
from hengjian.audit.whatif import (
    EXECUTION,
    MONEY_FIELDS,
    Change,
    MoneyChange,
    Route,
    Sensitivity,
    WhatIf,
    path_to,
    sensitivity,
    standing,
    what_if,
)
from hengjian.documents import read_layout
from hengjian.documents.content import Unreadable
from hengjian.documents.recognise import kind_of, recognise
from hengjian.engines import BatchError
from hengjian.forms.contract import form_from_json, form_to_json, place_from_json
from hengjian.forms.form import Form, Indicator, Printed
from hengjian.forms.layout import Grid, Layout, Source
from hengjian.forms.reading import read_forms
from hengjian.library.book import Text, entries_of
from hengjian.library.shelves import Entry
from hengjian.reports.draft import draft
from hengjian.reports.json import JsonWriter, finding_json, problem_json, source_json
from hengjian.reports.questions import needed_json, practice_json, what_if_json
from hengjian.rules.accepted import Accepted, Book, accept
from hengjian.rules.accepted import load as load_accepted
from hengjian.rules.canonical import CanonicalError, parse, show
from hengjian.rules.curve import Curve, characters, curve, svg
from hengjian.rules.explain import explain
from hengjian.rules.questions import Needed, Sameness, invert, same
from hengjian.rules.reading import Context, Note, Reading, Status
from hengjian.rules.rule import notes_of, rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import Scheme, SchemeError, load_scheme, scheme_for, schemes
from hengjian.rules.score import Score
from hengjian.rules.trace import trace_of
from hengjian.rules.tree import Expr
from hengjian.values.finding import Problem
from hengjian.values.money import MoneyUnit, read_money
from hengjian.values.place import Place
from hengjian.values.quantity import Quantity, read_actual, read_quantity
from hengjian.values.spreadsheet import BOM, csv_text
from hengjian.values.target import read_target, show_target, target_json
from hengjian.values.text import fold

if TYPE_CHECKING:
    from hengjian.documents.original import Original as Original
    from hengjian.documents.original import Spot as Spot
    from hengjian.engines.batch import Done as Done
    from hengjian.engines.table import Rows

__all__ = [
    "BatchError",
    "Book",
    "Context",
    "Memory",
    "Scheme",
    "SchemeError",
    "load_accepted",
    "load_scheme",
    "schemes",
]

DEFAULT_SCHEME = "national-2020"


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its forms, and what could not be read."""

    source: Source
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]


def read(path: Path, *, hidden: bool = False) -> Document:
    """Read any supported file; nothing about the file raises. ``hidden`` also reads hidden sheets."""
    return _document(read_layout(path, hidden=hidden))


def _document(layout: Layout) -> Document:
    try:
        forms, problems = read_forms(layout)
    except Exception as error:  # noqa: BLE001 - see _defect
        forms, problems = (), (_defect(error),)
    return Document(layout.source, forms, (*layout.problems, *problems))


def document_json(document: Document, *, places: bool = False) -> dict[str, Any]:
    """The answer of ``hengjian read`` (schema ``hengjian.document/1``)."""
    return {
        "schema": "hengjian.document/1",
        "source": source_json(document.source),
        "forms": [form_to_json(form, places=places) for form in document.forms],
        "problems": [problem_json(problem) for problem in document.problems],
    }


def file_kind(path: Path, name: str) -> tuple[str, Problem | None]:
    """What a file is by its content, and why it cannot be read as a document (None: it can). ``name`` is for the message."""
    data = path.read_bytes()
    try:
        return recognise(data, name), None
    except Unreadable as refusal:
        return kind_of(data), refusal.problem


def schema_text(name: str) -> str:
    """The JSON Schema of an answer (document, audit, score, target, explanation, trace, what-if, practice, original) as text."""
    return files("hengjian").joinpath("schema", f"{name}.schema.json").read_text(encoding="utf-8")


# --- lines of JSON ----------------------------------------------------------------------------------------------------


def target_line(item: Mapping[str, Any]) -> dict[str, Any]:
    """One answer of ``hengjian target``."""
    return {"id": item.get("id"), "parsed": target_json(read_target(_text(item, "target")))}


def score_line(item: Mapping[str, Any], scheme: Scheme, accepted: Book | None = None) -> dict[str, Any]:
    """One answer of ``hengjian score``: status, read-back, one score for each point, findings of the rule."""
    context = _context(item)
    reading = rule_of(_text(item, "rule"), context, scheme, accepted=accepted)
    scores = []
    for point in item.get("points") or ():
        actual, grade = point.get("actual", ""), point.get("grade")
        given = actual if isinstance(actual, Mapping) else _plain(actual)
        got = score(reading, context, given, None if grade is None else str(grade))
        scores.append(None if got.value is None else f"{got.value:.2f}")
    return {
        "id": item.get("id"),
        "status": reading.status.value,
        "reading": explain(reading, context),
        "scores": scores,
        "findings": [_note_json(note) for note in notes_of(reading, context)],
    }


def _context(item: Mapping[str, Any]) -> Context:
    return Context(
        indicator=_text(item, "indicator"),
        target=_text(item, "target"),
        weight=_text(item, "weight"),
        level1=_text(item, "level1"),
        level2=_text(item, "level2"),
        sign=_text(item, "sign"),
        unit=_text(item, "unit"),
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    return _plain(item.get(name))


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


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
            # Numbers with a point stay as typed: 93.10 is not 93.1.
            item = json.loads(raw.decode("utf-8-sig"), parse_float=str)
        except (UnicodeDecodeError, ValueError, RecursionError):
            return LineError(
                f"{self.path.name} 第{number}行不是有效的 JSON（应为一行一个对象，UTF-8 编码），请检查引号和逗号。"
            )
        if not isinstance(item, dict):
            return LineError(f'{self.path.name} 第{number}行应为 {{"id": …}} 形式的对象，实际是别的值。')
        if wrong := _wrong_points(item.get("points")):
            return LineError(f"{self.path.name} 第{number}行{wrong}")
        return item


def _wrong_points(points: Any) -> str:
    """What is wrong with the shape of ``points``, "" where it can be used."""
    if points is None:
        return ""
    if not isinstance(points, list):
        return '的 points 应为列表，如 [{"actual": "93%"}]。'
    for number, point in enumerate(points, 1):
        if not isinstance(point, dict) or not {"actual", "grade"} & set(point):
            return f'的 points 第{number}项应为 {{"actual": "完成值"}} 或 {{"grade": "等级"}}。'
    return ""


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
    actual: str | None = None
    needed: Needed | None = None
    comparison: Sameness | None = None


def explain_rule(
    rule: str,
    context: Context,
    *,
    actual: str | None = None,
    grade: str | None = None,
    need: Fraction | None = None,
    other: str | None = None,
    scheme: Scheme,
    accepted: Book | None = None,
) -> Explanation:
    """Read one rule and say what it means; ``need`` asks what earns so many points, ``other`` is a wording to compare."""
    reading = rule_of(rule, context, scheme, accepted=accepted)
    got = None if actual is None and grade is None else score(reading, context, actual or "", grade)
    drawn = curve(reading.trees[0], context) if reading.trees else None
    return Explanation(
        context,
        reading,
        notes_of(reading, context),
        explain(reading, context),
        drawn,
        got,
        actual,
        None if need is None else _needed(reading, context, need),
        None if other is None else _compared(reading, rule_of(other, context, scheme), context),
    )


def _needed(reading: Reading, context: Context, points: Fraction) -> Needed:
    if not reading.trees:
        return Needed(points, "无法反推：评分标准未能读懂")
    answers = {answer.text: answer for answer in (invert(tree, context, points) for tree in reading.trees)}
    if len(answers) == 1:
        return next(iter(answers.values()))
    return Needed(points, f"规则有几种读法，答案不同：{'；'.join(answers)}")


def _compared(one: Reading, two: Reading, context: Context) -> Sameness:
    for reading, which in ((one, "前一条"), (two, "后一条")):
        if not reading.trees:
            return Sameness(None, f"无法比较：{which}规则未能读懂")
        if len(reading.trees) > 1:
            return Sameness(None, f"无法比较：{which}规则有几种读法，须先选定一种")
    return same(one.trees[0], two.trees[0], context)


class AcceptError(ValueError):
    """Why a reading cannot be confirmed; the message is for the user."""


def accept_reading(
    path: Path,
    rule: str,
    told: Explanation,
    *,
    by: str,
    at: str,
    note: str = "",
    choice: int | None = None,
    canonical: str | None = None,
) -> Accepted:
    """Store what a person confirms as the meaning of a rule: one of its readings, or a canonical text of their own.

    Raises ``AcceptError`` where it is not clear what is confirmed, ``OSError`` where the file cannot be written.
    """
    tree = _confirmed(told.reading, choice, canonical)
    try:
        return accept(path, rule, told.context, tree, by=by, at=at, note=note)
    except ValueError as error:
        raise AcceptError(str(error)) from None


def _confirmed(reading: Reading, choice: int | None, canonical: str | None) -> Expr:
    if canonical is not None:
        try:
            return parse(canonical)
        except CanonicalError as error:
            raise AcceptError(f"规则文本有误：{error}") from None
    count = len(reading.trees)
    if not count:
        raise AcceptError("这条规则没有读懂，不能直接确认；请用 --canonical 写出规则文本")
    if choice is None and count > 1:
        raise AcceptError(f"这条规则有{count}种读法，请用 --choice 1 到 {count} 选定一种")
    if choice is not None and not 1 <= choice <= count:
        raise AcceptError(f"没有第{choice}种读法，这条规则有{count}种读法")
    return reading.trees[(choice or 1) - 1]


STATUS_TITLES = {
    Status.EXECUTABLE: "可以直接计算",
    Status.NEEDS_JUDGEMENT: "需要人工评定",
    Status.AMBIGUOUS: "有两种读法",
    Status.DEFECTIVE: "有缺陷",
}


def explanation_text(told: Explanation) -> str:
    """An explanation for the terminal: read-back, what is wrong, the curve in characters, the score with its sum."""
    lines = [f"含义（{STATUS_TITLES[told.reading.status]}）：{told.text}"]
    lines += [f"  [{note.code}] {note.message}" for note in told.notes]
    if told.curve is not None:
        lines += ["", characters(told.curve, actual=_plotted(told))]
    if told.score is not None:
        value = told.score.value
        shown = f"得分：{value:.2f}　{told.score.derivation}" if value is not None else f"没有得分：{told.score.reason}"
        lines += ["", shown, *(f"  {step.label}：{step.text}" for step in told.score.trace)]
    lines += ["", told.needed.text] if told.needed is not None else []
    lines += ["", told.comparison.text] if told.comparison is not None else []
    for place, tree in enumerate(told.reading.trees, 1):
        lines += ["", f"规则文本{f'（第{place}种读法）' if len(told.reading.trees) > 1 else ''}：", show(tree)]
    return "\n".join(lines)


def explanation_svg(told: Explanation) -> str | None:
    """The curve of an explanation as SVG, None where there is no curve."""
    if told.curve is None:
        return None
    target = read_quantity(told.context.target)
    exact = told.score.exact if told.score is not None else None
    return svg(told.curve, target=target.value if target else None, actual=_plotted(told), score=exact)


def explanation_json(told: Explanation) -> dict[str, Any]:
    """An explanation as JSON (schema ``hengjian.explanation/1``)."""
    got = told.score
    return {
        "schema": "hengjian.explanation/1",
        "status": told.reading.status.value,
        "reading": told.text,
        "inputs": list(told.reading.inputs),
        "findings": [_note_json(note) for note in told.notes],
        "score": None if got is None or got.value is None else f"{got.value:.2f}",
        "derivation": got.derivation if got is not None else "",
        "reason": got.reason if got is not None else "",
        "trace": [{"label": step.label, "text": step.text} for step in got.trace] if got is not None else [],
        "canonical": [show(tree) for tree in told.reading.trees],
        "needed": None if told.needed is None else needed_json(told.needed),
        "comparison": None if told.comparison is None else _comparison_json(told.comparison),
        "full_trace": None if got is None else trace_of(told.reading, told.context, told.actual or "", got),
    }


def _comparison_json(told: Sameness) -> dict[str, Any]:
    scores = [_exact(one) for one in told.scores] if told.witness is not None else []
    return {"equal": told.equal, "text": told.text, "witness": _exact(told.witness), "scores": scores}


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _plotted(told: Explanation) -> Fraction | None:
    if told.actual is None or told.curve is None or told.curve.variable != "actual":
        return None
    quantity = read_actual(told.actual, told.curve.unit)
    return quantity.value if isinstance(quantity, Quantity) else None


# --- audits -----------------------------------------------------------------------------------------------------------


def audit(path: Path, *, scheme: str | None = None, hidden: bool = False, accepted: Book | None = None) -> Audit:
    """Audit one file. ``scheme`` names a scheme or a TOML file; None chooses by the form's kind, year and region.

    ``accepted`` holds the readings of rules that people have confirmed.
    """
    chosen = load_scheme(scheme) if scheme else None
    document = read(path, hidden=hidden)
    try:
        return audit_document(document.source, document.forms, document.problems, chosen, accepted)
    except Exception as error:  # noqa: BLE001 - a defect of ours on one file must not lose the others
        return Audit(document.source, (), (), (*document.problems, _defect(error)))


def _defect(error: Exception) -> Problem:
    """A defect of the program as a problem of the file, so that it is seen and reported and the other files go on."""
    kind = type(error).__name__
    return Problem(
        "P11", f"程序在处理这个文件时出错（{kind}），这不是文件的问题。请把文件（可隐去数据）和这行信息反馈给我们。"
    )


def audit_many(
    paths: Sequence[Path],
    *,
    scheme: str | None = None,
    hidden: bool = False,
    jobs: int = 1,
    accepted: Book | None = None,
) -> Iterator[Audit]:
    """Audit files in the given order, ``jobs`` at a time; only a few results are held at once.

    A file that brings its process down (out of memory, a defect in a library) becomes a problem of that file.
    """
    one = partial(audit, scheme=scheme, hidden=hidden, accepted=accepted)
    if jobs <= 1 or len(paths) <= 1:
        yield from map(one, paths)
        return
    rest = list(paths)
    while rest:
        done = 0
        try:
            for result in _side_by_side(one, rest, jobs):
                done += 1
                yield result
            return
        except BrokenProcessPool:
            # One of the files in work is to blame: the next one goes alone, the others start anew.
            yield _alone(one, rest[done])
            rest = rest[done + 1 :]


def _side_by_side(one: Callable[[Path], Audit], paths: Sequence[Path], jobs: int) -> Iterator[Audit]:
    ahead = jobs * 4  # enough to keep every worker busy, few enough to keep memory flat
    others = set(active_children())
    pool = _pool(jobs)
    try:
        waiting: deque[Future[Audit]] = deque()
        for path in paths:
            waiting.append(pool.submit(one, path))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException:
        # Interrupted, or nobody wants the rest: do not finish the files in work.
        for worker in set(active_children()) - others:
            worker.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _alone(one: Callable[[Path], Audit], path: Path) -> Audit:
    with _pool(1) as pool:
        try:
            return pool.submit(one, path).result()
        except BrokenProcessPool:
            problem = Problem("P11", "读取这个文件时程序意外终止（可能内存不足），没有审核。请拆分文件后单独再试。")
            return Audit(Source(path.name, path.suffix.lstrip(".").lower(), ""), (), (), (problem,))


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Spawned, not forked: the same on every system, and the progress bar's thread holds no lock in a child.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the command: it stops its workers itself, and they say nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


_UNREADABLE = {"P01", "P02", "P03", "P05", "P09", "P11"}


def was_read(result: Audit | Document) -> bool:
    """Whether a file could be read at all (a file without a performance form was read)."""
    return bool(result.forms) or not any(problem.code in _UNREADABLE for problem in result.problems)


_SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


def collect(paths: Iterable[Path], *, without: Iterable[Path] = ()) -> list[Path]:
    """The files meant by a list of files and folders: folders in full and in name order, each file once.

    Hidden files and folders, lock files of office programs and the reports to be written (``without``) are no part of a
    folder.
    """
    reports = {os.path.abspath(path) for path in without}
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if _counts(p, path) and os.path.abspath(p) not in reports)
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _counts(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder).parts
    own = not any(part.startswith(".") for part in inside) and not path.name.startswith("~$")
    return own and path.name.lower() not in _SYSTEM_FILES and path.is_file()


# --- forms in hand ------------------------------------------------------------------------------------------------------


def assess(
    form: Mapping[str, Any], *, scheme: str | None = None, accepted: Book | None = None, memory: Memory | None = None
) -> dict[str, Any]:
    """What can be said of one form that is being filled in (a FORM object of the contract), as plain JSON.

    ``memory`` spares the work on rows that have not changed since the last time (the answer is the same without it).

    ``rows`` has one entry for each indicator: its typed target, what its rule means and how firmly, the recomputed score
    with derivation; ``weighing`` tells the sum of weights and what is missing, ``sums`` what the amounts add up to;
    ``findings`` are those of an audit, each with ``row`` (index of the indicator, None for the form) and a
    ``mark`` that stays the same as long as the finding says the same. Raises ``ValueError`` where ``kind`` is unknown.
    """
    given = _numbered(form_from_json(form))
    chosen = load_scheme(scheme) if scheme else scheme_for(given)
    audited = audit_document(Source("", "", ""), (given,), (), chosen, accepted, memory)
    case = audited.forms[0].case
    weights = [row.weight for row in case.rows]
    return {
        "schema": "hengjian.assessment/1",
        "scheme": {"name": chosen.name, "title": chosen.title},
        "rows": [_assessed(row, context_of(row.row, given), memory) for row in case.rows],
        "findings": [_marked(finding_json(finding), finding.place, given) for finding in audited.findings],
        "money": _money_json(given),
        "weights": _exact_sum([weight for weight in weights if weight is not None]),
        "weighing": _weighing_json(given),
        "sums": [asdict(one) for one in additions(given)],
        "execution": _score_json(case.execution),
        "total": None if case.recomputed_total is None else str(case.recomputed_total),
        "grade": audited.forms[0].grade,
        "rounding": "" if case.rounding is None else str(case.rounding),
    }


def computed(
    form: Mapping[str, Any], *, scheme: str | None = None, memory: Memory | None = None
) -> list[dict[str, Any]]:
    """The cells of a form that follow from its other cells, printed or not: ``{"field", "row", "text", "derivation"}``.

    Scores by rule, execution rates, total and grade; ``row`` is the position among the indicators or funds, None for the head.
    """
    given = form_from_json(form)
    chosen = load_scheme(scheme) if scheme else scheme_for(given)
    return [asdict(one) for one in computed_cells(prepare(given, 0, chosen, memory=memory))]


def check_titles() -> dict[str, str]:
    """The title of every check, by code."""
    return dict(TITLES)


_INDICATOR_FIELDS = tuple(item.name for item in fields(Indicator))


def _numbered(form: Form) -> Form:
    """The form with each indicator's number as its place, so that findings can be hung on rows even where names repeat."""
    rows = []
    for number, row in enumerate(form.indicators, 1):
        place = Place(row=number)
        cells: dict[str, Any] = {
            name: replace(value, place=place)
            for name in _INDICATOR_FIELDS
            if isinstance(value := getattr(row, name), Printed)
        }
        rows.append(replace(row, place=place, **cells))
    return replace(form, indicators=tuple(rows))


def _assessed(row: RowScore, context: Context, memory: Memory | None = None) -> dict[str, Any]:
    reading = row.reading
    told = explain if memory is None else memory.explain
    target = target_of(row.row) if row.row.target else None
    return {
        "target": target_json(target) if target is not None else None,
        "target_text": show_target(target) if target is not None else "",
        "status": None if reading is None else reading.status.value,
        "origin": "" if reading is None else reading.origin,
        "reading": "" if reading is None else told(reading, context),
        "notes": [_note_json(note) for note in row.notes],
        **_score_json(row.score),
    }


def _score_json(got: Score | None) -> dict[str, Any]:
    value = None if got is None or got.value is None else f"{got.value:.2f}"
    return {
        "score": value,
        "derivation": "" if got is None else got.derivation,
        "reason": "" if got is None else got.reason,
    }


def _marked(told: dict[str, Any], place: Place | None, form: Form) -> dict[str, Any]:
    """A finding with its row and mark; numbers of rows are no part of the mark, they change when a row is moved."""
    row = place.row - 1 if place is not None and place.row is not None and told["indicator"] is not None else None
    name = form.indicators[row].name.text if row is not None and row < len(form.indicators) else ""
    said = "\x1f".join((told["code"], name, told["field"], told["printed"], told["expected"], told["message"]))
    return {**told, "row": row, "mark": sha256(said.encode("utf-8")).hexdigest()[:32], "place": None}


def _money_json(form: Form) -> dict[str, str | None]:
    """Budget and execution of the year in yuan, None where the form does not tell them."""
    unit = form.money_unit or MoneyUnit.WAN
    fund = scored_fund(form)
    budget = fund.annual_budget if fund is not None and fund.annual_budget else None
    if budget is None and form.budget is not None:
        budget = form.budget.current_year or form.budget.total
    executed = fund.executed if fund is not None else None
    return {"budget": _yuan(budget, unit), "executed": _yuan(executed, unit)}


def _yuan(printed: Printed | None, unit: MoneyUnit) -> str | None:
    money = None if printed is None else read_money(printed.text, unit)
    return None if money is None else f"{Decimal(money.yuan.numerator) / Decimal(money.yuan.denominator):.2f}"


def _weighing_json(form: Form) -> dict[str, Any]:
    """The weights so far, and how much is missing (negative: too much) to each sum they may have; the nearest first."""
    sums = weight_sums(form)
    gaps = {whole: min((whole - one for one in sums.counted), key=abs) for whole in sums.allowed}
    return {
        "rows": _exact_sum([sums.rows]),
        "execution": None if sums.execution is None else _exact_sum([sums.execution]),
        "sum": _exact_sum([sums.full]),
        "missing": [
            {"of": _exact_sum([whole]), "points": _exact_sum([gap])}
            for whole, gap in sorted(gaps.items(), key=lambda one: abs(one[1]))
        ],
    }


def _exact_sum(numbers: Sequence[Decimal]) -> str:
    return f"{sum(numbers, Decimal(0)).normalize():f}"


def curves(form: Mapping[str, Any], *, scheme: str | None = None) -> list[str | None]:
    """The curve of each indicator's rule as SVG with target and actual marked, None where there is no curve."""
    given = form_from_json(form)
    chosen = load_scheme(scheme) if scheme else scheme_for(given)
    case = prepare(given, 0, chosen)
    drawn: list[str | None] = []
    for row in case.rows:
        if row.reading is None or len(row.reading.trees) != 1:
            drawn.append(None)
            continue
        context = context_of(row.row, given)
        actual = None if row.row.actual is None or not row.row.actual else row.row.actual.text
        shape = curve(row.reading.trees[0], context)
        told = Explanation(context, row.reading, row.notes, "", shape, row.score, actual)
        drawn.append(explanation_svg(told))
    return drawn


# --- questions to forms -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Practices:
    """How units score, told from the forms of some files: ``cases`` are all forms in order, ``units`` those with scores."""

    documents: tuple[Document, ...]
    cases: tuple[Case, ...]
    units: tuple[UnitPractice, ...]


def practices(documents: Iterable[Document], scheme: str | None = None, accepted: Book | None = None) -> Practices:
    """The scoring practice of each unit among the forms, and the rows that break it."""
    read_ = tuple(documents)
    forms = [form for document in read_ for form in document.forms]
    chosen = load_scheme(scheme) if scheme else None
    cases = tuple(prepare(form, i, chosen or scheme_for(form), forms, accepted) for i, form in enumerate(forms))
    return Practices(
        read_, cases, practices_of([case for case in cases if any(row.printed is not None for row in case.rows)])
    )


def practice_lines(told: Practices) -> Iterator[str]:
    """The practices in Chinese."""
    for place, unit in enumerate(told.units):
        yield from ("",) if place else ()
        yield from unit.lines()
    if not told.units:
        yield "这些文件里没有填报得分的表，看不出计分的做法"


def practice_answer(told: Practices) -> dict[str, Any]:
    """The practices as JSON (schema ``hengjian.practice/1``)."""
    sources = [
        (document.source.name, number) for document in told.documents for number in range(1, len(document.forms) + 1)
    ]
    forms = [
        {
            "file": name,
            "number": number,
            "project": text_of(case.form.project) or None,
            "year": case.form.year,
            "scheme": case.scheme.name,
        }
        for (name, number), case in zip(sources, told.cases, strict=True)
    ]
    problems = [
        {"file": document.source.name, **problem_json(problem)}
        for document in told.documents
        for problem in document.problems
    ]
    return practice_json(told.units, forms, problems, list(practice_lines(told)))


class QuestionError(ValueError):
    """A question to a form that cannot be answered; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A form with what was asked of it; what was not asked is None."""

    source: Source
    case: Case
    changes: tuple[Change | MoneyChange, ...]
    told: WhatIf | None = None
    route: Route | None = None
    firm: Sensitivity | None = None

    def lines(self) -> Iterator[str]:
        """The answers in Chinese."""
        for part in (self.told, self.route, self.firm):
            if part is not None:
                yield from part.lines()


def suppose(
    document: Document,
    settings: Sequence[tuple[str, str, str]],
    *,
    goal: Fraction | None = None,
    number: int = 1,
    scheme: str | None = None,
    accepted: Book | None = None,
) -> Supposed:
    """What other values would change, what is missing to ``goal`` points, and how firmly the grade stands (asked nothing else).

    ``settings`` are (field, name of the indicator, text); the name is "" for the fields of the money table. Raises
    ``QuestionError``.
    """
    if not 1 <= number <= len(document.forms):
        raise QuestionError(f"没有第{number}张表，文件中共有{len(document.forms)}张表")
    form = document.forms[number - 1]
    case = prepare(form, number - 1, load_scheme(scheme) if scheme else scheme_for(form), document.forms, accepted)
    changes = tuple(_setting(form, field, name, text) for field, name, text in settings)
    try:
        told = what_if(case, changes, accepted) if changes else None
    except ValueError as error:
        raise QuestionError(str(error)) from None
    route = None if goal is None else path_to(case, Decimal(goal.numerator) / Decimal(goal.denominator))
    firm = sensitivity(case) if told is None and route is None else None
    return Supposed(document.source, case, changes, told, route, firm)


def supposed_json(asked: Supposed) -> dict[str, Any]:
    """The answers as JSON (schema ``hengjian.what-if/1``)."""
    now = standing(asked.case)
    return what_if_json(source_json(asked.source), asked.case, asked.changes, asked.told, asked.route, asked.firm, now)


def _setting(form: Form, field: str, name: str, text: str) -> Change | MoneyChange:
    if field in MONEY_FIELDS:
        return MoneyChange(field, text)
    if field == "actual" and fold(name) in (EXECUTION, "执行率") and not _names(form, name):
        return MoneyChange("rate", text)
    return Change(_row_named(form, name), field, text)


def _row_named(form: Form, name: str) -> int:
    found = _names(form, name)
    if len(found) == 1:
        return found[0]
    if not found:
        near = get_close_matches(fold(name), [fold(row.name.text) for row in form.indicators], n=3, cutoff=0.4)
        raise QuestionError(f"表中没有指标“{name}”" + (f"，是否想用：{'、'.join(near)}" if near else ""))
    told = "、".join(form.indicators[i].name.text for i in found)
    raise QuestionError(f"有{len(found)}个指标的名称含“{name}”：{told}；请写出完整名称")


def _names(form: Form, name: str) -> list[int]:
    """The rows of a name; those that hold it where none has just it."""
    wanted = fold(name)
    names = [fold(row.name.text) for row in form.indicators]
    return [i for i, one in enumerate(names) if one == wanted] or [i for i, one in enumerate(names) if wanted in one]


# --- reports ----------------------------------------------------------------------------------------------------------


class Writer(Protocol):
    """A report that takes one audited document after the other."""

    def add(self, audit: Audit) -> None:
        """Take one document."""

    def close(self) -> None:
        """Finish the report."""


@contextmanager
def report(kind: str, output: Path | None, stream: IO[str], *, expected: int = 1) -> Iterator[Writer]:
    """A report of a kind (table, json, html, xlsx, docx) to a file or, for table and json, to a stream.

    The file appears under its name only when the block ends without an exception. Raises ``OSError`` when it cannot be
    written.
    """
    if output is None:
        writer = _stream_writer(kind, stream)
        yield writer
        writer.close()
        return
    with draft(output) as path:
        if kind in ("table", "json"):
            with path.open("w", encoding="utf-8", newline="\n") as file:
                writer = _stream_writer(kind, file)
                yield writer
                writer.close()
        else:
            writer = _file_writer(kind, path, expected)
            yield writer
            writer.close()


# The writers pull in heavy libraries: each is imported when its format is asked for.
def _stream_writer(kind: str, stream: IO[str]) -> Writer:
    if kind == "json":
        return JsonWriter(stream)
    from hengjian.reports.table import TableWriter

    return TableWriter(stream)


def _file_writer(kind: str, path: Path, expected: int) -> Writer:
    if kind == "html":
        from hengjian.reports.html import HtmlWriter

        return HtmlWriter(path, titles=TITLES, expected=expected)
    if kind == "xlsx":
        from hengjian.reports.workbook import WorkbookWriter

        return WorkbookWriter(path, titles=TITLES)
    from hengjian.reports.paper import PaperWriter

    return PaperWriter(path, titles=TITLES)


RENDERED = ("xlsx", "docx", "pdf", "html")


class RenderError(ValueError):
    """Why forms cannot be set in a format; the message is for the user."""


def render(document: Document, kind: str, output: Path) -> None:
    """Set the forms of a document anew, in official layout (``RENDERED``). Raises as ``render_forms`` does."""
    render_forms(document.forms, kind, output)


def render_forms(forms: Sequence[Form], kind: str, output: Path) -> None:
    """Set forms in official layout as xlsx, docx, pdf or html; ``read`` gives their values back.

    The file appears whole or not at all. Raises ``RenderError`` where the format cannot hold them (no Chinese font for pdf,
    a text longer than a cell of a workbook), ``OSError`` as ``report`` does.
    """
    from hengjian.reports import TypesetError
    from hengjian.reports.typeset import typeset

    with draft(output) as path:
        try:
            typeset(forms, kind, path)
        except TypesetError as error:
            raise RenderError(str(error)) from error


def typeset_json(forms: Iterable[Mapping[str, Any]], kind: str, output: Path) -> None:
    """``render_forms`` for FORM objects of the contract."""
    render_forms([form_from_json(form) for form in forms], kind, output)


def write_text(path: Path, text: str | Iterable[str]) -> None:
    """Write a text file whole or not at all."""
    with draft(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines([text] if isinstance(text, str) else text)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of texts as a CSV file: Excel takes it for UTF-8, and no text in it for a formula."""
    return (BOM + csv_text(rows)).encode("utf-8")


# --- tables of rows ---------------------------------------------------------------------------------------------------


def batch(
    address: str,
    output: Path,
    *,
    scheme: Scheme,
    table: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    **wishes: Any,
) -> "Done":
    """Score a table of indicator rows (``engines.batch``; ``wishes`` are those of its ``Job``).

    Raises ``BatchError`` with what the user must change, ``OSError`` when the output cannot be written.
    """
    from hengjian.engines.batch import Job, open_source, run_batch

    book = Path(address).suffix.lower() in _BOOKS
    source = _sheet(Path(address), table) if book else open_source(address, table)
    return run_batch(source, scheme, Job(output, **wishes), progress or (lambda done, count: None))


def batch_sample(output: Path, rows: int) -> None:
    """Write made-up indicator rows to try ``batch`` with."""
    from hengjian.engines.batch import write_sample

    write_sample(output, rows)


_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")


def _sheet(path: Path, table: str | None) -> "Rows":
    """The rows of one sheet as a person sees them (a formatted 95.0% is the text 95.0%)."""
    from hengjian.engines.table import grid_source

    layout = read_layout(path)
    grids = [block for block in layout.blocks if isinstance(block, Grid) and block.rows > 1]
    if not grids:
        told = "；".join(problem.message for problem in layout.problems)
        raise BatchError(told or f"{path.name} 里没有表格。")
    return grid_source(path, grids, table)


# --- the original beside the form -------------------------------------------------------------------------------------


def original(path: Path, *, hidden: bool = False) -> "Original":
    """A document to look at: pages to draw, or sheets, tables and lines; nothing about the file raises.

    ``Original.locate`` tells where a value that was read from the same file is shown.
    """
    from hengjian.documents.original import original as shown

    return shown(path, hidden=hidden)


def read_beside(path: Path, *, hidden: bool = False) -> tuple[Document, "Original"]:
    """A file as read, and as it is to look at; an office suite, where one is needed, is asked once only."""
    from hengjian.documents.original import original as shown

    layout = read_layout(path, hidden=hidden)
    return _document(layout), shown(path, hidden=hidden, layout=layout)


def page_picture(path: Path, page: int, width: int) -> bytes:
    """A page of a pdf or a scan as a PNG picture about ``width`` pixels wide; ``Spot.box`` fits it in percent.

    Raises ``ValueError`` with a Chinese message where there is no such page.
    """
    from hengjian.documents.original import page_picture as drawn

    return drawn(path, page, width)


def original_json(shown: "Original") -> dict[str, Any]:
    """What there is to see of a document (schema ``hengjian.original/1``): source, pages with sizes, parts with blocks, problems."""
    from hengjian.documents.original import original_json as parts

    return {
        "schema": "hengjian.original/1",
        "source": source_json(shown.source),
        **parts(shown),
        "problems": [problem_json(problem) for problem in shown.problems],
    }


def form_beside(form: Form, shown: "Original") -> dict[str, Any]:
    """The FORM object with places, each value with its ``spot`` in the original (``{"key"}``, ``{"page", "box"}`` or null).

    ``form_from_json`` reads it back, also where texts have been mended.
    """
    from hengjian.documents.original import spot_json

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(one) for one in value]
        if not isinstance(value, dict):
            return value
        if {"text", "place"} <= value.keys():
            return {**value, "spot": spot_json(shown.locate(place_from_json(value["place"]), value["text"]))}
        return {key: one if key == "place" else told(one) for key, one in value.items()}

    out: dict[str, Any] = told(form_to_json(form, places=True))
    return out


# --- the library ------------------------------------------------------------------------------------------------------


def read_library(path: Path) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The indicators of a workbook (or any table the audit reads), and what is wrong with it; nothing raises.

    The sheets or tables that have the headings of a library are read, all of them.
    """
    layout = read_layout(path)
    grids = [block for block in layout.blocks if isinstance(block, Grid)]
    found: list[Entry] = []
    problems = list(layout.problems)
    seen: dict[str, Place] = {}
    read = [entries_of([_texts(grid, row) for row in range(grid.rows)], seen) for grid in grids]
    told = [answer for answer in read if not any(problem.code == "L01" for problem in answer[1])]
    if not told and not (problems and not layout.blocks):
        told = read[:1] or [entries_of(())]
    for entries, wrong in told:
        found += entries
        problems += wrong
    return tuple(found), tuple(problems)


def _texts(grid: Grid, row: int) -> list[Text]:
    """The texts of a row, blank where a cell of another row or column reaches in."""
    cells = [grid.at(row, column) for column in range(grid.columns)]
    return [
        Text(cell.text if (cell.row, cell.column) == (row, column) else "", cell.place)
        if cell is not None
        else Text("")
        for column, cell in enumerate(cells)
    ]


def write_library(items: Iterable[Entry], path: Path) -> None:
    """Write a library as a workbook that ``read_library`` reads back exactly. Raises ``OSError``."""
    from hengjian.reports.library_book import write_library_book

    with draft(path) as temporary:
        write_library_book(items, temporary)
