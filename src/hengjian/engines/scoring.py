"""A chunk of rows scored set-wise on any engine.

The engine joins, groups and computes; Python sees each distinct rule, text and grade once. Six steps: distinct rules are
compiled (``pages``), distinct texts are read (``typed``), the reference answers for what cannot be lowered (``asked``),
one statement for each shape of rule computes the hundredths (``scored``), and all rows are gathered in their order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import lcm

import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from sqlglot import exp

from hengjian.engines.book import ACTUAL, FIELDS, Book, Shape
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
    numbered = rows.select([*FIELDS, "actual", "grade"]).append_column("row", pa.array(range(rows.num_rows), _LONG))
    engine.put("rows", numbered)
    _pages(engine, book)
    _typed(engine, book)
    parts, shapes, beyond = _scored(engine, book)
    lowered = sum(part.num_rows for part in parts)
    answered = _asked(engine, book, beyond)
    final = _get(engine, ("SELECT row, why FROM bound WHERE state = 1"))
    parts += [answered, final.append_column("hundredths", pa.nulls(final.num_rows, _LONG))]
    pages = _get(engine, ("SELECT row, plan, codes FROM paged"))
    return _gathered(book, rows.num_rows, parts, pages), Told(lowered, answered.num_rows, shapes)


@lru_cache(maxsize=256)
def _translated(text: str, dialect: str) -> str:
    """A query of this module (standard SQL) as the engine writes it."""
    return sqlglot.transpile(text, read="duckdb", write=dialect, identity=dialect == "duckdb")[0]


def _get(engine: Engine, text: str) -> pa.Table:
    return engine.get(_translated(text, engine.dialect))


def _make(engine: Engine, name: str, text: str) -> None:
    engine.make(name, _translated(text, engine.dialect))


def _longs(values: Iterable[int | None]) -> pa.Array:
    return pa.array(list(values), _LONG)


def _texts(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), pa.string())


# --- the steps --------------------------------------------------------------------------------------------------------

_ON = " AND ".join(f"r.{name} = p.{name}" for name in FIELDS)


def _pages(engine: Engine, book: Book) -> None:
    """Compile each distinct rule with what stands beside it."""
    distinct = _get(engine, (f"SELECT DISTINCT {', '.join(FIELDS)} FROM rows"))  # noqa: S608 - our own names
    columns = [distinct.column(name).to_pylist() for name in FIELDS]
    found = [book.page(row) for row in zip(*columns, strict=True)]
    pages = distinct.select(list(FIELDS))
    pages = pages.append_column("plan", _longs(plan.number for plan, _ in found))
    pages = pages.append_column("shape", _longs(plan.shape for plan, _ in found))
    pages = pages.append_column("way", _longs(plan.way for plan, _ in found))
    engine.put("pages", pages.append_column("codes", _longs(codes for _, codes in found)))
    _make(
        engine,
        "paged",
        (
            "SELECT r.row AS row, r.actual AS actual, r.grade AS grade, p.plan AS plan, p.shape AS shape, "  # noqa: S608
            f"p.way AS way, p.codes AS codes FROM rows AS r JOIN pages AS p ON {_ON}"
        ),
    )


def _typed(engine: Engine, book: Book) -> None:
    """Read each distinct text that goes into a lowered rule."""
    distinct = _get(engine, ("SELECT DISTINCT way, actual FROM paged WHERE shape > 0"))
    ways, texts = distinct.column("way").to_pylist(), distinct.column("actual").to_pylist()
    read = [book.typed(way, text) for way, text in zip(ways, texts, strict=True)]
    numbers = [one.number for one in read]
    typed = {
        "way": _longs(ways),
        "actual": _texts(texts),
        "num": _longs(None if number is None else number.numerator for number in numbers),
        "den": _longs(1 if number is None else number.denominator for number in numbers),
        "why": _longs(reason_number(one.reason) if one.reason else None for one in read),
        "state": _longs(_ASK if one.ask else _FINAL if one.final else _RUN for one in read),
    }
    engine.put("typed", pa.table(typed))
    _make(
        engine,
        "bound",
        (
            "SELECT p.row AS row, p.actual AS actual, p.grade AS grade, p.plan AS plan, p.shape AS shape, t.num AS num, "
            "t.den AS den, t.why AS why, CASE WHEN p.shape = 0 THEN 2 ELSE t.state END AS state "
            "FROM paged AS p LEFT JOIN typed AS t ON p.way = t.way AND p.actual = t.actual AND p.shape > 0"
        ),
    )


def _asked(engine: Engine, book: Book, beyond: list[int]) -> pa.Table:
    """Let the reference answer for the rest, once for each distinct row. ``beyond``: shapes no width is proved for."""
    listed = ", ".join(map(str, beyond))
    rest = f"b.state = 2 OR (b.state = 0 AND b.shape IN ({listed}))" if beyond else "b.state = 2"
    distinct = _get(engine, (f"SELECT DISTINCT b.plan, b.actual, b.grade FROM bound AS b WHERE {rest}"))  # noqa: S608
    keys = [distinct.column(name).to_pylist() for name in ("plan", "actual", "grade")]
    answers = [book.answer(*key) for key in zip(*keys, strict=True)]
    asked = {
        "plan": _longs(keys[0]),
        "actual": _texts(keys[1]),
        "grade": _texts(keys[2]),
        "hundredths": _longs(one.hundredths for one in answers),
        "why": _longs(reason_number(one.reason) if one.reason else None for one in answers),
    }
    engine.put("asked", pa.table(asked))
    return _get(
        engine,
        (
            "SELECT b.row AS row, a.hundredths AS hundredths, a.why AS why FROM bound AS b "  # noqa: S608 - numbers only
            "JOIN asked AS a ON b.plan = a.plan AND b.actual = a.actual AND b.grade = a.grade "
            f"WHERE {rest}"
        ),
    )


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is known of the actual values of one shape in a chunk."""

    den: int
    low: int
    high: int
    missing: bool


def _scored(engine: Engine, book: Book) -> tuple[list[pa.Table], int, list[int]]:
    """One formula for each shape; gives their rows, how many shapes there are, and those that no width is proved for."""
    jobs: list[str] = []
    beyond: list[int] = []
    bounds = _bounds(engine)
    shapes = [book.shapes[number - 1] for number in sorted(bounds)]
    _parameters(engine, shapes)
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


def _bounds(engine: Engine) -> dict[int, _Bounds]:
    found = _get(
        engine,
        (
            "SELECT shape, den, MIN(num) AS low, MAX(num) AS high, MAX(CASE WHEN why IS NULL THEN 0 ELSE 1 END) AS missing "
            "FROM bound WHERE state = 0 GROUP BY shape, den"
        ),
    )
    by_shape: dict[int, list[dict[str, int | None]]] = {}
    for row in found.to_pylist():
        by_shape.setdefault(row["shape"], []).append(row)
    return {shape: _bounds_of(rows) for shape, rows in by_shape.items()}


def _bounds_of(rows: Sequence[dict[str, int | None]]) -> _Bounds:
    den = lcm(*(row["den"] or 1 for row in rows))
    lows = [row["low"] * (den // (row["den"] or 1)) for row in rows if row["low"] is not None]
    highs = [row["high"] * (den // (row["den"] or 1)) for row in rows if row["high"] is not None]
    return _Bounds(den, min(lows, default=0), max(highs, default=0), any(row["missing"] for row in rows))


def _parameters(engine: Engine, shapes: Sequence[Shape]) -> None:
    """One table of the numbers of all rules: a row for each rule, as wide as the rule with most numbers."""
    wide = max((len(shape.parameters) for shape in shapes), default=0)
    plans: list[int] = []
    columns: list[list[int | None]] = [[] for _ in range(wide)]
    for shape in shapes:
        for plan, values in shape.plans:
            plans.append(plan)
            for i, column in enumerate(columns):
                column.append(int(values[i] * shape.dens[i]) if i < len(values) else None)
    table = {"plan": _longs(plans)} | {f"p{i}": _longs(column) for i, column in enumerate(columns)}
    engine.put("parameters", pa.table(table))


def _job(engine: Engine, shape: Shape, bounds: _Bounds) -> str | None:
    if max(abs(bounds.low), abs(bounds.high)) > _MOST_STORED:
        return None
    leaves: dict[Expr, Leaf] = {}
    leaves[ACTUAL] = Leaf("x", bounds.den, _below(bounds.low), _above(bounds.high), "xw" if bounds.missing else "")
    for i, one in enumerate(shape.parameters):
        numbers = [values[i] for _, values in shape.plans]
        least, most = int(min(numbers) * shape.dens[i]), int(max(numbers) * shape.dens[i])
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
    query = query.where(exp.column("shape", "b").eq(number)).where(exp.column("state", "b").eq(_RUN))
    return nested(lowered, query, barrier=barrier).sql(dialect, copy=False)


# --- all rows in their order ------------------------------------------------------------------------------------------


def _gathered(book: Book, count: int, parts: Sequence[pa.Table], pages: pa.Table) -> pa.Table:
    shared = ("row", "hundredths", "why")
    schema = pa.schema([(name, _LONG) for name in shared])
    whole = pa.concat_tables([part.select(list(shared)).cast(schema) for part in parts]).sort_by("row")
    pages = pages.sort_by("row")
    if whole.num_rows != count or not whole.column("row").equals(pages.column("row").cast(_LONG)):
        raise AssertionError("a row was lost or repeated")
    why = whole.column("why").combine_chunks()
    plans = pages.column("plan").cast(_LONG)
    statuses, reasons = _told(book, plans, why)
    codes = pc.take(_texts(book.codes), pages.column("codes").cast(_LONG).combine_chunks())
    return pa.table(
        {"hundredths": whole.column("hundredths"), "status": statuses, "reason": reasons, "codes": codes},
    )


def _told(book: Book, plans: pa.ChunkedArray, why: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Status and reason of each row, worked out once for each pair of a rule's status and a reason."""
    kinds = list(dict.fromkeys((plan.reading.status, bool(plan.reading.trees)) for plan in book.plans))
    kind_of_plan = _longs(kinds.index((plan.reading.status, bool(plan.reading.trees))) for plan in book.plans)
    kind = pc.take(kind_of_plan, plans.combine_chunks())
    packed = pc.add(pc.multiply(pc.fill_null(why, 0), len(kinds)), kind).dictionary_encode()
    texts: list[tuple[str, str]] = []
    for pair in packed.dictionary.to_pylist():
        number, index = divmod(pair, len(kinds))
        reason = reason_text(number) if number else ""
        status, read = kinds[index]
        texts.append((row_status(status, reason, read=read).value, reason))
    return (
        pc.take(_texts(status for status, _ in texts), packed.indices),
        pc.take(_texts(reason for _, reason in texts), packed.indices),
    )
