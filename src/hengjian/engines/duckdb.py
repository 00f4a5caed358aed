"""DuckDB: columns inside this process. The only module that knows it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from hengjian.engines import BatchError
from hengjian.engines.table import Source, chosen_table, chunked, fingerprint_of
from hengjian.values.spreadsheet import BOM, FORMULA, HARMLESS, csv_text


class DuckDB:
    """A database in memory, spilling to disk beyond ``memory``."""

    dialect = "duckdb"
    wide = "HUGEINT"
    together = 16
    barrier = False

    def __init__(self, memory: str = "1GB", threads: int | None = None) -> None:
        """Open it. ``memory`` as DuckDB writes it; ``threads`` None for one on each core."""
        self._base = duckdb.connect(":memory:")
        self._base.execute("SET enable_progress_bar = false")
        self._base.execute(f"SET memory_limit = '{memory}'")
        if threads is not None:
            self._base.execute(f"SET threads = {threads}")

    def put(self, name: str, table: pa.Table) -> None:
        """See ``Engine``."""
        self._base.register("incoming", table)
        self._base.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608 - our own name
        self._base.unregister("incoming")

    def make(self, name: str, query: str) -> None:
        """See ``Engine``."""
        self._base.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')

    def get(self, query: str) -> pa.Table:
        """See ``Engine``."""
        return self._base.sql(query).to_arrow_table()

    def close(self) -> None:
        """See ``Engine``."""
        self._base.close()


def duckdb_source(path: Path, table: str | None) -> Source:
    """A table of a DuckDB file; the only one when none is named. Raises ``BatchError``."""
    try:
        base = duckdb.connect(str(path), read_only=True)
        names = [name for (name,) in base.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        name = chosen_table(names, table, path.name)
        return _Table(base, name, f"{fingerprint_of(path)}:{name}")
    except duckdb.Error as error:
        raise BatchError(f"{path.name} 读不出来，可能不是 DuckDB 数据库，或正被别的程序打开。") from error


class _Table:
    """A table read in the order of its rows."""

    def __init__(self, base: duckdb.DuckDBPyConnection, name: str, fingerprint: str) -> None:
        self._base, self.fingerprint = base, fingerprint
        self._quoted = '"' + name.replace('"', '""') + '"'
        described = base.execute(f"SELECT * FROM {self._quoted} LIMIT 0").description or []  # noqa: S608 - quoted
        self.columns: tuple[str, ...] = tuple(column[0] for column in described)
        counted = base.execute(f"SELECT count(*) FROM {self._quoted}").fetchone()  # noqa: S608 - quoted
        self.count: int | None = counted[0] if counted else None

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        query = f"SELECT * FROM {self._quoted} OFFSET {first}"  # noqa: S608 - quoted
        reader = self._base.cursor().sql(query).to_arrow_reader(min(size, 65_536))
        yield from chunked((pa.table(batch) for batch in reader or ()), size)


# --- putting parts together -------------------------------------------------------------------------------------------


def gather(parts: Sequence[Path], output: Path, columns: Sequence[tuple[str, str]]) -> None:
    """Write Parquet parts as one CSV or JSON-lines file, row for row. ``columns``: name and SQL formula of each."""
    if output.suffix.lower() in (".csv", ".tsv"):
        _separated(parts, output, columns)
        return
    selected = ", ".join(f"{formula} AS {quoted(name)}" for name, formula in columns)
    _copy(f"SELECT {selected} FROM {_parts(parts)}", output, "FORMAT json")  # noqa: S608


def summed(parts: Sequence[Path], by: Sequence[str], measures: Sequence[tuple[str, str]], output: Path) -> None:
    """Sums over Parquet parts as a CSV file, one line for each combination of the columns ``by``, in their order."""
    keys = ", ".join(map(quoted, by))
    _separated(parts, output, [*((name, quoted(name)) for name in by), *measures], f"GROUP BY {keys} ORDER BY {keys}")


def found(parts: Sequence[Path], columns: Sequence[str], rest: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a query over Parquet parts; ``columns`` are SQL formulas, ``rest`` what follows FROM."""
    base = _base(parts[0].parent)
    answer = base.execute(f"SELECT {', '.join(columns)} FROM {_parts(parts)} {rest}")  # noqa: S608
    while rows := answer.fetchmany(1_000):
        yield from rows
    base.close()


def _separated(parts: Sequence[Path], output: Path, columns: Sequence[tuple[str, str]], rest: str = "") -> None:
    """A CSV or TSV file. People open CSV with Excel: it begins with a mark of UTF-8, and no text in it is a formula."""
    tab = output.suffix.lower() == ".tsv"
    line = csv_text([[name for name, _ in columns]], tab=tab, end="\n")
    selected = ", ".join(_guarded(formula) if formula == quoted(name) else formula for name, formula in columns)
    head = _text(("" if tab else BOM) + line)
    # With a prefix the lines have line ends between them only: the last one comes from the suffix.
    kind = f"FORMAT csv, HEADER false, DELIMITER '{chr(9) if tab else ','}', PREFIX {head}, SUFFIX '\n'"
    _copy(f"SELECT {selected} FROM {_parts(parts)} {rest}", output, kind)  # noqa: S608


def _guarded(column: str) -> str:
    """``values.spreadsheet.guarded`` in SQL; all columns of a part that are there as they were are texts."""
    formula, harmless = (_text(pattern) for pattern in (f"^({FORMULA.pattern})", HARMLESS.pattern))
    unsafe = f"regexp_matches({column}, {formula}) AND NOT regexp_full_match({column}, {harmless})"
    return f"CASE WHEN {unsafe} THEN chr(39) || {column} ELSE {column} END"


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _parts(parts: Sequence[Path]) -> str:
    listed = ", ".join(_text(path) for path in parts)
    return f"read_parquet([{listed}])"


def _text(said: Path | str) -> str:
    return "'" + str(said).replace("'", "''") + "'"


def _copy(query: str, output: Path, kind: str) -> None:
    base = _base(output.parent / f".{output.name}.spill")
    base.execute(f"COPY ({query}) TO {_text(output)} ({kind})")
    base.close()


def _base(spill: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that puts what does not fit into the folder ``spill``."""
    base = duckdb.connect(":memory:")
    base.execute("SET enable_progress_bar = false")
    base.execute("SET memory_limit = '768MB'")
    base.execute(f"SET temp_directory = {_text(spill)}")
    return base
