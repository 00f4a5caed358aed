"""A chunk of rows scored set-wise on any engine.

Each distinct rule, text and grade becomes a number first (Arrow's dictionaries), so that Python looks at it once and the
engine sees whole numbers only. Where the same question (rule, text and grade) is asked again and again, each is scored once
and its answer spread over its rows. Then four steps: rules are compiled (``_pages``), texts are read (``_bound``), one
statement for each shape of rule computes the hundredths (``_scored``), and the reference answers for what cannot be lowered
(``_asked``). At the end all rows are gathered in their order.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from math import lcm

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from hengjian.engines.book import ACTUAL, FIELDS, Book, Plan, Shape
from hengjian.engines.engine import Engine
from hengjian.engines.lower import Leaf, lower, nested
from hengjian.engines.reasons import reason_number, reason_text, row_status
from hengjian.rules.tree import Expr

_LONG = pa.int64()

# How a row goes on after its text was read.
_RUN, _FINAL, _ASK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of how a chunk was done: rows computed by the engine, rows asked of the reference, shapes of rules."""

    lowered: int
    asked: int
    shapes: int


def score_chunk(engine: Engine, book: Book, rows: pa.Table) -> tuple[pa.Table, Told]:
    """Score rows of the text columns ``FIELDS``, ``actual``, ``grade`` (no nulls).

    Gives ``hundredths`` (null without a score), ``status``, ``reason``, ``codes`` in the order of the rows.
    """
    with ThreadPoolExecutor(4) as pool:
        *beside, texts, grades = pool.map(_coded, (rows.column(name) for name in (*FIELDS, "actual", "grade")))
    pages, page = _pages(book, rows, beside)
    asked = _questions(page, texts, grades)
    if asked is None:
        scored = _scored_rows(engine, book, pages, page, texts, grades)
        return scored.answers, Told(len(scored.lowered), len(scored.asked), scored.shapes)
    key, *each = asked
    scored = _scored_rows(engine, book, pages, *each)
    answers = {name: _spread(scored.answers.column(name), key) for name in scored.answers.column_names}
    return pa.table(answers), Told(_rows_of(key, scored.lowered), _rows_of(key, scored.asked), scored.shapes)


@dataclass(frozen=True, slots=True)
class _Scored:
    """Rows as ``score_chunk`` gives them, and the numbers of those computed by the engine and asked of the reference."""

    answers: pa.Table
    lowered: pa.ChunkedArray
    asked: pa.ChunkedArray
    shapes: int


def _scored_rows(
    engine: Engine, book: Book, pages: "Sequence[_Page]", page: "_Codes", texts: "_Codes", grades: "_Codes"
) -> _Scored:
    """Score each row, whether or not another asks the same."""
    bound = _bound(book, pages, page, texts)
    run, final, asking = (_of_state(bound, state) for state in (_RUN, _FINAL, _ASK))
    parts, shapes, beyond = _scored(engine, book, run)
    lowered = pa.chunked_array([chunk for part in parts for chunk in part.column("row").chunks], _LONG)
    if beyond:
        asking = pa.concat_tables([asking, run.filter(pc.is_in(run.column("shape"), _longs(beyond)))])
    answered = _asked(book, asking, texts, grades)
    parts += [answered, final.append_column("hundredths", pa.nulls(final.num_rows, _LONG))]
    return _Scored(_gathered(book, parts, pages, page), lowered, answered.column("row"), shapes)


def _of_state(bound: pa.Table, state: int) -> pa.Table:
    """The rows that go on in one way; nothing is copied where they all do, or none does."""
    wanted = pc.equal(bound.column("state"), state)
    if pc.all(wanted).as_py():
        return bound
    return bound.filter(wanted) if pc.any(wanted).as_py() else bound.slice(0, 0)


def _longs(values: Iterable[int | None]) -> pa.Array:
    return pa.array(list(values), _LONG)


def _texts(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), pa.string())


# --- numbers for texts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Codes:
    """A number for each of ``count`` rows, and what the numbers stand for. ``codes`` None: all rows have number 0."""

    count: int
    codes: pa.Array | None
    values: pa.Array

    def at(self, rows: pa.Array) -> pa.Array:
        """The numbers of some rows."""
        return pa.repeat(_ZERO, len(rows)) if self.codes is None else pc.take(self.codes, rows)

    def chosen(self, numbers: pa.Array) -> "_Codes":
        """Other rows that have these numbers."""
        return _Codes(len(numbers), None if self.codes is None else numbers, self.values)


_ZERO = pa.scalar(0, _LONG)


def _coded(column: pa.ChunkedArray | pa.Array) -> _Codes:
    """Numbers from 0 in the order of first appearance."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if _alike(whole):
        return _Codes(len(whole), None, whole.slice(0, 1))
    encoded = whole.dictionary_encode()
    return _Codes(len(whole), encoded.indices.cast(_LONG), encoded.dictionary)


def _alike(values: pa.Array) -> bool:
    """Whether all values are the same: most columns beside a rule hold one value, which is far cheaper than to number them."""
    return len(values) < 2 or (
        bool(values[0] == values[len(values) // 2] == values[-1])
        and values.slice(1).equals(values.slice(0, len(values) - 1))
    )


def _paired(first: _Codes, second: _Codes) -> _Codes:
    """A number for each pair; ``values`` are the pairs, packed: first times the number of seconds plus second."""
    if second.codes is None:
        return _Codes(first.count, first.codes, _numbers(len(first.values)))
    if first.codes is None:
        return _Codes(second.count, second.codes, _numbers(len(second.values)))
    return _coded(_packed(first, second))


def _packed(first: _Codes, second: _Codes) -> pa.Array:
    return pc.add(pc.multiply(first.codes, len(second.values)), second.codes)


def _unpaired(packed: pa.Array, second: _Codes) -> tuple[pa.Array, pa.Array]:
    """The numbers of firsts and seconds of packed pairs."""
    first = pc.divide(packed, max(len(second.values), 1))
    return first, pc.subtract(packed, pc.multiply(first, len(second.values)))


def _spread(values: pa.Array | pa.ChunkedArray, codes: _Codes) -> pa.Array:
    """The value of each row, from those of its numbers."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if codes.count and _alike(whole):
        one = whole[0]
        return pa.repeat(one, codes.count) if one.is_valid else pa.nulls(codes.count, whole.type)
    return whole if codes.codes is None else pc.take(whole, codes.codes)


def _first_rows(codes: _Codes) -> pa.Array:
    """For each number from 0 the first row that has it."""
    if codes.codes is None:
        return _numbers(min(codes.count, 1))
    # Numbers are given in the order of first appearance: a row is first where the largest number so far grows.
    grows = pc.fill_null(pc.pairwise_diff(pc.cumulative_max(codes.codes)), 1)
    return pc.indices_nonzero(pc.not_equal(grows, 0)).cast(_LONG)


@lru_cache(maxsize=4)
def _numbers(count: int) -> pa.Array:
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, _LONG), count)), 1)


# --- questions --------------------------------------------------------------------------------------------------------

# A table in which more than this share of the rows asks something new is scored row by row.
_NEW = 0.75
# So many rows tell whether that is so; numbering those of a small table is cheap enough to find out.
_LOOKED_AT = 65_536


def _questions(page: _Codes, texts: _Codes, grades: _Codes) -> tuple[_Codes, _Codes, _Codes, _Codes] | None:
    """A number for each distinct rule, text and grade, and rule, text and grade of each; None where they hardly repeat."""
    pair = _repeating(page, texts)
    key = pair and _repeating(pair, grades)
    if pair is None or key is None:
        return None
    of_pair, of_grade = _unpaired(key.values, grades)
    of_page, of_text = _unpaired(pc.take(pair.values, of_pair), texts)
    return key, page.chosen(of_page), texts.chosen(of_text), grades.chosen(of_grade)


def _repeating(first: _Codes, second: _Codes) -> _Codes | None:
    if first.codes is not None and second.codes is not None and first.count > _LOOKED_AT:
        some = _packed(first, second).slice(0, _LOOKED_AT)
        if pc.count_distinct(some).as_py() > len(some) * _NEW:
            return None
    pair = _paired(first, second)
    return pair if len(pair.values) <= pair.count * _NEW else None


def _rows_of(key: _Codes, questions: pa.ChunkedArray) -> int:
    """How many rows ask one of some distinct questions."""
    if len(questions) in (0, len(key.values)):
        return key.count if len(questions) else 0
    return int(pc.sum(pc.is_in(key.codes, questions.combine_chunks())).as_py())


# --- the steps --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """A rule with what stands beside it: its plan and the number of its findings' codes."""

    plan: Plan
    codes: int


def _pages(book: Book, rows: pa.Table, beside: Sequence[_Codes]) -> tuple[list[_Page], _Codes]:
    """Compile each distinct rule with what stands beside it; gives them and which of them each row has."""
    page = beside[0]
    for codes in beside[1:]:
        page = _paired(page, codes)
    distinct = rows.select(list(FIELDS)).take(_first_rows(page))
    pages = [_Page(*book.page(row)) for row in zip(*(column.to_pylist() for column in distinct.columns), strict=True)]
    return pages, page


def _bound(book: Book, pages: Sequence[_Page], page: _Codes, texts: _Codes) -> pa.Table:
    """Read each distinct text that goes into a lowered rule: the actual value of each row, or why there is none."""
    plans = [one.plan for one in pages]
    # Rows of rules that are not lowered are read in no way: one more way than there are.
    way = _coded(_spread(_longs(plan.way if plan.shape else -1 for plan in plans), page))
    pair = _paired(way, texts)
    ways, words = way.values.to_pylist(), texts.values.to_pylist()
    num: list[int | None] = []
    den: list[int] = []
    why: list[int | None] = []
    state: list[int] = []
    for packed in pair.values.to_pylist():
        code, word = divmod(packed, len(words))
        read = book.typed(ways[code], words[word]) if ways[code] >= 0 else None
        number = read.number if read is not None else None
        num.append(None if number is None else number.numerator)
        den.append(1 if number is None else number.denominator)
        why.append(reason_number(read.reason) if read is not None and read.reason else None)
        state.append(_ASK if read is None or read.ask else _FINAL if read.final else _RUN)
    columns: dict[str, Sequence[int | None]] = {"num": num, "den": den, "why": why, "state": state}
    return pa.table(
        {
            "row": _numbers(page.count),
            "plan": _spread(_longs(plan.number for plan in plans), page),
            "shape": _spread(_longs(plan.shape for plan in plans), page),
            **{name: _spread(_longs(values), pair) for name, values in columns.items()},
        }
    )


def _asked(book: Book, rows: pa.Table, texts: _Codes, grades: _Codes) -> pa.Table:
    """Let the reference answer for some rows, once for each distinct rule, text and grade."""
    at = rows.column("row").combine_chunks()
    codes = [_coded(rows.column("plan")), _coded(texts.at(at)), _coded(grades.at(at))]
    key = _paired(_paired(codes[0], codes[1]), codes[2])
    distinct = _first_rows(key)
    plans = pc.take(rows.column("plan"), distinct).to_pylist()
    rows_at = pc.take(at, distinct)
    words = pc.take(texts.values, texts.at(rows_at)).to_pylist()
    given = pc.take(grades.values, grades.at(rows_at)).to_pylist()
    answers = [book.answer(*one) for one in zip(plans, words, given, strict=True)]
    return pa.table(
        {
            "row": at,
            "hundredths": _spread(_longs(one.hundredths for one in answers), key),
            "why": _spread(_longs(reason_number(one.reason) if one.reason else None for one in answers), key),
        }
    )


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is known of the actual values of one shape in a chunk."""

    den: int
    low: int
    high: int
    missing: bool


def _scored(engine: Engine, book: Book, run: pa.Table) -> tuple[list[pa.Table], int, list[int]]:
    """One formula for each shape; gives their rows, how many shapes there are, and those that no width is proved for."""
    if not run.num_rows:
        return [], 0, []
    bounds = _bounds(run)
    shapes = [book.shapes[number - 1] for number in sorted(bounds)]
    plans = set(pc.unique(run.column("plan")).to_pylist())
    _parameters(engine, shapes, plans)
    needed = run.select(["row", "plan", "shape", "num", "den", "why"])
    engine.put("bound", needed.sort_by("shape") if len(shapes) > 1 else needed)
    jobs: list[str] = []
    beyond: list[int] = []
    for shape in shapes:
        job = _job(engine, shape, bounds[shape.number])
        if job is None:
            beyond.append(shape.number)
        else:
            jobs.append(job)
    parts = [
        engine.get(" UNION ALL ".join(jobs[i : i + engine.together])) for i in range(0, len(jobs), engine.together)
    ]
    return parts, len(shapes), beyond


def _bounds(run: pa.Table) -> dict[int, _Bounds]:
    missing = run.append_column("missing", pc.is_valid(run.column("why")))
    found = missing.group_by(["shape", "den"]).aggregate([("num", "min"), ("num", "max"), ("missing", "max")])
    by_shape: dict[int, list[dict[str, int | None]]] = {}
    for row in found.to_pylist():
        renamed = {"den": row["den"], "low": row["num_min"], "high": row["num_max"], "missing": row["missing_max"]}
        by_shape.setdefault(row["shape"], []).append(renamed)
    return {shape: _bounds_of(rows) for shape, rows in by_shape.items()}


def _bounds_of(rows: Sequence[dict[str, int | None]]) -> _Bounds:
    den = lcm(*(row["den"] or 1 for row in rows))
    lows = [row["low"] * (den // (row["den"] or 1)) for row in rows if row["low"] is not None]
    highs = [row["high"] * (den // (row["den"] or 1)) for row in rows if row["high"] is not None]
    return _Bounds(den, min(lows, default=0), max(highs, default=0), any(row["missing"] for row in rows))


def _parameters(engine: Engine, shapes: Sequence[Shape], wanted: set[int]) -> None:
    """One table of the numbers of all rules: a row for each rule, as wide as the rule with most numbers."""
    wide = max((len(shape.parameters) for shape in shapes), default=0)
    plans: list[int] = []
    columns: list[list[int | None]] = [[] for _ in range(wide)]
    for shape in shapes:
        for (plan, _), values in zip(shape.plans, shape.numerators(), strict=True):
            if plan not in wanted:
                continue
            plans.append(plan)
            for i, column in enumerate(columns):
                column.append(values[i] if i < len(values) else None)
    table = {"plan": _longs(plans)} | {f"p{i}": _longs(column) for i, column in enumerate(columns)}
    engine.put("parameters", pa.table(table))


def _job(engine: Engine, shape: Shape, bounds: _Bounds) -> str | None:
    if max(abs(bounds.low), abs(bounds.high)) > _MOST_STORED:
        return None
    leaves: dict[Expr, Leaf] = {}
    leaves[ACTUAL] = Leaf("x", bounds.den, _below(bounds.low), _above(bounds.high), "xw" if bounds.missing else "")
    whole = shape.numerators()
    for i, one in enumerate(shape.parameters):
        least, most = min(values[i] for values in whole), max(values[i] for values in whole)
        if least != most:
            least, most = _below(least), _above(most)
        leaves[one] = Leaf(f"p{i}", shape.dens[i], least, most)
    return _statement(shape.number, shape.trees, tuple(leaves.items()), (engine.dialect, engine.wide, engine.barrier))


# Whole numbers of inputs are stored in 64 bits.
_MOST_STORED = 10**18


def _above(bound: int) -> int:
    """An upper bound moved out to a power of ten, so that chunks share formulas; the sign and zero stay."""
    return int(10 ** len(str(bound))) if bound > 0 else -1 if bound < 0 else 0


def _below(bound: int) -> int:
    return -_above(-bound)


@lru_cache(maxsize=4096)
def _statement(
    number: int, trees: tuple[Expr, ...], leaves: tuple[tuple[Expr, Leaf], ...], manner: tuple[str, str, bool]
) -> str | None:
    """The selects of a lowered shape, nested, over the rows and numbers of its rules; None when no width suffices."""
    dialect, wide, barrier = manner
    lowered = lower(trees, dict(leaves), wide)
    if lowered is None:
        return None
    den = leaves[0][1].den
    scale = exp.cast(exp.IntDiv(this=exp.Literal.number(den), expression=exp.column("den", "b")), "BIGINT")
    x = exp.column("num", "b") if den == 1 else exp.Mul(this=exp.column("num", "b"), expression=scale)
    columns = [exp.column("row", "b"), exp.cast(x, lowered.kind).as_("x"), exp.column("why", "b").as_("xw")]
    columns += [exp.cast(exp.column(leaf.column, "p"), lowered.kind).as_(leaf.column) for _, leaf in leaves[1:]]
    query = exp.select(*columns).from_(exp.to_table("bound").as_("b"))
    on = exp.EQ(this=exp.column("plan", "b"), expression=exp.column("plan", "p"))
    query = query.join(exp.to_table("parameters").as_("p"), on=on)
    query = query.where(exp.column("shape", "b").eq(number))
    return nested(lowered, query, barrier=barrier).sql(dialect, copy=False)


# --- all rows in their order ------------------------------------------------------------------------------------------


def _gathered(book: Book, parts: Sequence[pa.Table], pages: Sequence[_Page], page: _Codes) -> pa.Table:
    shared = ("row", "hundredths", "why")
    schema = pa.schema([(name, _LONG) for name in shared])
    whole = pa.concat_tables([part.select(list(shared)).cast(schema) for part in parts])
    order = _numbers(page.count)
    if not whole.column("row").combine_chunks().equals(order):  # one shape mostly comes back in its order
        whole = whole.sort_by("row")
        if not whole.column("row").combine_chunks().equals(order):
            raise AssertionError("a row was lost or repeated")
    statuses, reasons = _told(pages, page, whole.column("why").combine_chunks())
    codes = _spread(_texts(book.codes[one.codes] for one in pages), page)
    return pa.table(
        {"hundredths": whole.column("hundredths"), "status": statuses, "reason": reasons, "codes": codes},
    )


def _told(pages: Sequence[_Page], page: _Codes, why: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Status and reason of each row, worked out once for each pair of a rule's status and a reason."""
    readings = [one.plan.reading for one in pages]
    kinds = list(dict.fromkeys((reading.status, bool(reading.trees)) for reading in readings))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    kind = _spread(_longs(numbers[reading.status, bool(reading.trees)] for reading in readings), page)
    reasons = pc.fill_null(why, 0) if why.null_count < len(why) else pa.repeat(_ZERO, len(why))
    packed = _coded(pc.add(pc.multiply(reasons, len(kinds)), kind))
    texts: list[tuple[str, str]] = []
    for pair in packed.values.to_pylist():
        number, index = divmod(pair, len(kinds))
        reason = reason_text(number) if number else ""
        status, read = kinds[index]
        texts.append((row_status(status, reason, read=read).value, reason))
    return _spread(_texts(status for status, _ in texts), packed), _spread(
        _texts(reason for _, reason in texts), packed
    )
