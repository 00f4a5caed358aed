"""Scoring a table of any size: chunk by chunk, going on after a kill, results in one file with totals, a summary and the list of faulty rules.

Beside the output stands a folder ``.NAME.parts`` while the work goes on: one Parquet file for each finished chunk and a
manifest that names them. Both are written under another name and renamed, the manifest last, so that a chunk is either
done and named or will be done again; no row is lost or repeated. The folder goes when the output is whole.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from hengjian.engines import ENGINES, BatchError
from hengjian.engines.book import FIELDS, Book, context_of
from hengjian.engines.engine import Engine
from hengjian.engines.reasons import RowStatus
from hengjian.engines.scoring import Told, score_chunk
from hengjian.engines.table import (
    Source,
    columns_of,
    open_file,
    rule_rows,
    sqlite_rows,
    summary_columns,
)
from hengjian.rules.accepted import Book as Confirmed
from hengjian.rules.canonical import show
from hengjian.rules.reading import Context, weight_of
from hengjian.rules.rule import notes_of, rule_of
from hengjian.rules.scheme import Scheme
from hengjian.values.finding import Level
from hengjian.values.spreadsheet import BOM, like_formula, write_csv

CHUNK = 500_000

# What the output adds to the columns of the table.
_ADDED = ("score", "status", "reason", "findings")
_HUNDREDTHS, _WEIGHT = "_hundredths", "_weight"
_OUTPUTS = (".parquet", ".pq", ".csv", ".tsv", ".jsonl", ".xlsx")
_MOST_ROWS_OF_A_SHEET = 1_048_575


@dataclass(frozen=True, slots=True)
class Job:
    """What is wanted. ``form`` and ``by`` name headers; None: chosen by their names. ``server``: address of the engine."""

    output: Path
    engine: str = "duckdb"
    server: str | None = None
    findings: bool = False
    form: str | None = None
    by: tuple[str, ...] | None = None
    chunk: int = CHUNK
    afresh: bool = False  # forget an earlier run that was broken off
    accepted: Confirmed | None = None  # readings that people have confirmed


@dataclass(slots=True)
class Done:
    """What was done. ``lowered`` rows were computed by the engine, ``asked`` by the reference; ``resumed`` were there already."""

    rows: int = 0
    resumed: int = 0
    lowered: int = 0
    asked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    outputs: list[Path] = field(default_factory=list)
    faulty: int = 0  # rules in the list of those that cannot be applied as printed


Progress = Callable[[int, int | None], None]
"""Told the rows done and how many there are, if that is known."""


def open_source(address: str, table: str | None = None) -> Source:
    """The table of a file or a database address. Raises ``BatchError``. Workbooks are the desk's to read."""
    if address.startswith(("postgresql://", "postgres://")):
        from hengjian.engines.postgres import postgres_source

        return postgres_source(address, table)
    path = Path(address)
    match path.suffix.lower():
        case ".duckdb" | ".ddb":
            from hengjian.engines.duckdb import duckdb_source

            _present(path)
            return duckdb_source(path, table)
        case ".sqlite" | ".sqlite3" | ".db":
            _present(path)
            return sqlite_rows(path, table)
        case _:
            return open_file(path)


def _present(path: Path) -> None:
    if not path.is_file():
        raise BatchError(f"找不到文件 {path}。请检查路径。")


def open_engine(name: str, server: str | None = None) -> Engine:
    """An engine by name. Raises ``BatchError`` when it is not installed or cannot be reached."""
    match name:
        case "duckdb":
            from hengjian.engines.duckdb import DuckDB

            return DuckDB()
        case "postgres":
            from hengjian.engines.postgres import open_postgres

            return open_postgres(server)
        case "spark":
            from hengjian.engines.spark import open_spark

            return open_spark(server)
        case _:
            raise BatchError(f"没有引擎“{name}”。可以用：{'、'.join(ENGINES)}。")


def run_batch(source: Source, scheme: Scheme, job: Job, progress: Progress = lambda done, count: None) -> Done:
    """Score a table. Raises ``BatchError`` for what the user must change, ``OSError`` when the output cannot be written."""
    names = columns_of(source.columns)
    form, by = _keys(source.columns, names, job)
    added = _added(source.columns)
    if job.output.suffix.lower() not in _OUTPUTS:
        raise BatchError(f"不能写 {job.output.suffix or '没有扩展名的'} 文件。输出可以是：{'、'.join(_OUTPUTS)}。")
    parts = _Parts(job, _settings(source, scheme, names, job))
    done = Done(rows=parts.rows, resumed=parts.rows)
    progress(done.rows, source.count)
    engine: Engine | None = None
    try:
        book = Book(scheme, findings=job.findings, confirmed=job.accepted)
        for table in source.tables(parts.rows, job.chunk):
            engine = engine or open_engine(job.engine, job.server)
            book = Book(scheme, findings=job.findings, confirmed=job.accepted) if book.full else book
            scored, told = score_chunk(engine, book, rule_rows(table, names))
            parts.add(_with_scores(table, scored, names, added), added["status"], told)
            done.rows += table.num_rows
            progress(done.rows, source.count)
    finally:
        if engine is not None:
            engine.close()
    done.lowered, done.asked, done.statuses = parts.told()
    faults = _Faults(scheme, job.accepted, names, by[0] if by else None, added)
    done.outputs = _finish(parts, job, form, by, added, faults)
    done.faulty = faults.count
    return done


def _keys(headers: Sequence[str], names: Mapping[str, str], job: Job) -> tuple[str | None, tuple[str, ...]]:
    wanted = [*(job.by or ()), *([job.form] if job.form else [])]
    unknown = [name for name in wanted if name not in headers]
    if unknown:
        raise BatchError(f"没有列“{'、'.join(unknown)}”，不能按它汇总。现有的列：{'、'.join(headers)}。")
    return job.form or names.get("form_id"), summary_columns(headers) if job.by is None else job.by


def _added(headers: Sequence[str]) -> dict[str, str]:
    """The names of the added columns; a table that already has such a column keeps it."""
    return {name: f"computed_{name}" if name in headers else name for name in _ADDED}


def _settings(source: Source, scheme: Scheme, names: Mapping[str, str], job: Job) -> dict[str, Any]:
    return {
        "input": source.fingerprint,
        "scheme": scheme.name,
        "columns": dict(names),
        "findings": job.findings,
        "accepted": _mark(job.accepted),
        "chunk": job.chunk,
    }


def _mark(book: Confirmed | None) -> str:
    """A text that changes when a confirmed reading does: a run goes on only with the same ones."""
    lines = [] if book is None else sorted(f"{key} {show(one.tree)}" for key, one in book.entries.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _with_scores(table: pa.Table, scored: pa.Table, names: Mapping[str, str], added: Mapping[str, str]) -> pa.Table:
    hundredths = scored.column("hundredths")
    for name, column in (("status", "status"), ("reason", "reason"), ("findings", "codes")):
        table = table.append_column(added[name], scored.column(column))
    return table.append_column(_HUNDREDTHS, hundredths).append_column(_WEIGHT, _weights(table.column(names["weight"])))


def _weights(column: pa.ChunkedArray) -> pa.Array:
    """Weights in hundredths of a point, null where there is none."""
    encoded = column.combine_chunks().dictionary_encode()
    read = [weight_of(Context(weight=text)) for text in encoded.dictionary.to_pylist()]
    values = [int(one * 100) if isinstance(one, Fraction) and (one * 100).denominator == 1 else None for one in read]
    return pc.take(pa.array(values, pa.int64()), encoded.indices)


# --- parts and their manifest -----------------------------------------------------------------------------------------


class _Parts:
    """The finished chunks of one job."""

    def __init__(self, job: Job, settings: dict[str, Any]) -> None:
        self.folder = job.output.parent / f".{job.output.name}.parts"
        self._manifest = self.folder / "manifest.json"
        self._settings = settings
        if job.afresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.chunks: list[dict[str, Any]] = self._earlier()
        self.folder.mkdir(parents=True, exist_ok=True)

    def _earlier(self) -> list[dict[str, Any]]:
        try:
            manifest = json.loads(self._manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        if manifest.get("settings") != self._settings:
            raise BatchError(
                f"{self.folder} 里有一次没有做完的计算，但输入文件或参数与现在不同。"
                "要接着做请用原来的输入和参数；要从头做请加 --afresh。"
            )
        chunks: list[dict[str, Any]] = manifest["chunks"]
        whole = [chunk for chunk in chunks if (self.folder / chunk["file"]).is_file()]
        return whole if len(whole) == len(chunks) else []

    @property
    def rows(self) -> int:
        """How many rows are done."""
        return sum(chunk["rows"] for chunk in self.chunks)

    @property
    def paths(self) -> list[Path]:
        """The files in the order of their rows."""
        return [self.folder / chunk["file"] for chunk in self.chunks]

    def add(self, table: pa.Table, status: str, told: Told) -> None:
        """Keep a finished chunk: its file first, then its name in the manifest."""
        import pyarrow.parquet as pq

        name = f"part-{len(self.chunks):06d}.parquet"
        fresh = self.folder / f"{name}.new"
        pq.write_table(table, fresh, compression="zstd", compression_level=1)
        _flushed(fresh, self.folder / name)
        statuses = {item["values"]: item["counts"] for item in table.column(status).value_counts().to_pylist()}
        self.chunks.append(
            {"file": name, "rows": table.num_rows, "lowered": told.lowered, "asked": told.asked, "statuses": statuses}
        )
        self._write()

    def _write(self) -> None:
        manifest = {"schema": "hengjian.batch/1", "settings": self._settings, "chunks": self.chunks}
        fresh = self._manifest.with_suffix(".new")
        fresh.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        _flushed(fresh, self._manifest)

    def told(self) -> tuple[int, int, Counter[str]]:
        """Rows computed by the engine, rows asked of the reference, rows by status."""
        statuses: Counter[str] = Counter()
        for chunk in self.chunks:
            statuses.update(chunk["statuses"])
        return sum(chunk["lowered"] for chunk in self.chunks), sum(chunk["asked"] for chunk in self.chunks), statuses

    def clear(self) -> None:
        """The work is done."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _flushed(fresh: Path, path: Path) -> None:
    with fresh.open("r+b") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


# --- the output -------------------------------------------------------------------------------------------------------

# Exact: DECIMAL times DECIMAL is one, DECIMAL / DECIMAL is a DOUBLE.
_HUNDREDTH = "CAST(0.01 AS DECIMAL(3, 2))"
_SCORE = f'CAST("{_HUNDREDTHS}" AS DECIMAL(18, 0)) * {_HUNDREDTH}'


def _finish(
    parts: _Parts, job: Job, form: str | None, by: tuple[str, ...], added: Mapping[str, str], faults: "_Faults"
) -> list[Path]:
    outputs = [job.output]
    if not parts.chunks:
        parts.clear()
        raise BatchError("表里没有一行数据，没有写任何文件。")
    _whole(parts, job.output, added)
    measures = _measures(added["status"])
    listed: tuple[tuple[str, tuple[str, ...]], ...] = (("totals", (form,) if form else ()), ("summary", by))
    for name, keys in listed:
        if keys:
            path = job.output.with_name(f"{job.output.stem}.{name}.csv")
            _renamed(path, partial(_sum, parts, keys, measures))
            outputs.append(path)
    path = job.output.with_name(f"{job.output.stem}.rules.csv")
    _renamed(path, partial(faults.write, parts.paths))
    outputs.append(path)
    parts.clear()
    return outputs


def _sum(parts: _Parts, keys: Sequence[str], measures: Sequence[tuple[str, str]], fresh: Path) -> None:
    from hengjian.engines.duckdb import summed

    summed(parts.paths, keys, measures, fresh)


def _measures(status: str) -> list[tuple[str, str]]:
    scored = f'"{_HUNDREDTHS}" IS NOT NULL'
    counts = [(one.value, f"count(*) FILTER (\"{status}\" = '{one.value}')") for one in RowStatus]
    return [
        ("rows", "count(*)"),
        ("scored", f'count("{_HUNDREDTHS}")'),
        ("weight", _points(f'sum("{_WEIGHT}")')),
        ("weight_scored", _points(f'sum("{_WEIGHT}") FILTER ({scored})')),
        ("score", _points(f'sum("{_HUNDREDTHS}")')),
        *counts,
    ]


def _points(hundredths: str) -> str:
    return f"CAST({hundredths} AS DECIMAL(34, 0)) * {_HUNDREDTH}"


class _Faults:
    """The list of rules that cannot be applied as printed, to be sent back to those who wrote them.

    One line for each rule and place (``by``: the header of the first column of the summary), the most used rules first.
    What is wrong is told of one of the rule's rows, the first in the order of the alphabet, so that a second run says the same.
    """

    _SHOWN = ("indicator", "target", "weight")

    def __init__(
        self,
        scheme: Scheme,
        accepted: Confirmed | None,
        names: Mapping[str, str],
        by: str | None,
        added: Mapping[str, str],
    ) -> None:
        self.count = 0
        self._scheme, self._accepted, self._names, self._by, self._added = scheme, accepted, names, by, added
        self._last: tuple[tuple[str, ...], str] = ((), "")

    def write(self, parts: Sequence[Path], fresh: Path) -> None:
        """Write the list as CSV; ``count`` then says how many rules it has."""
        from hengjian.engines.duckdb import found, quoted

        rule, status = quoted(self._names["rule"]), quoted(self._added["status"])
        place = quoted(self._by) if self._by else rule
        row = ", ".join(
            f"{name} := {quoted(self._names[name]) if name in self._names else chr(39) * 2}" for name in FIELDS
        )
        columns = (
            rule, place, "count(*)", f'count(*) FILTER ("{_HUNDREDTHS}" IS NULL)', f"max({status})",
            f"min({quoted(self._added['findings'])})", f"min(struct_pack({row}))", f"sum(count(*)) OVER (PARTITION BY {rule}) AS all_rows",
        )  # fmt: skip
        wrong = ", ".join(f"'{one.value}'" for one in _FAULTY)
        rest = f"WHERE {status} IN ({wrong}) AND trim({rule}) <> '' GROUP BY {rule}, {place} ORDER BY all_rows DESC, {rule}, {place}"
        header = (
            "rule",
            *([self._by] if self._by else []),
            "rows",
            "without_score",
            "status",
            "findings",
            *self._SHOWN,
            "why",
        )
        with fresh.open("w", encoding="utf-8-sig", newline="") as file:
            write_csv(file, [header], end="\n")
            for text, where, rows, blank, kind, codes, example, _ in found(parts, columns, rest):
                own = [where] if self._by else []
                shown = [example[name] for name in self._SHOWN]
                line = (text, *own, rows, blank, kind, codes, *shown, self._why(text, example))
                write_csv(file, [line], end="\n")

    def _why(self, text: str, example: Mapping[str, str]) -> str:
        key = tuple(example[name] for name in FIELDS)
        if key != self._last[0]:
            if text != (self._last[0] or ("",))[0]:
                self.count += 1
            context = context_of(key)
            notes = notes_of(rule_of(text, context, self._scheme, accepted=self._accepted), context)
            faults = [note for note in notes if note.level is not Level.INFO] or notes
            self._last = (key, "；".join(dict.fromkeys(note.message.rstrip("。；") for note in faults)))
        return self._last[1]


_FAULTY = (RowStatus.AMBIGUOUS, RowStatus.DEFECTIVE, RowStatus.GAP)


def _whole(parts: _Parts, output: Path, added: Mapping[str, str]) -> None:
    import pyarrow.parquet as pq

    if output.suffix.lower() in (".parquet", ".pq"):
        _renamed(output, lambda fresh: _parquet(parts, fresh, added))
        return
    from hengjian.engines.duckdb import gather, quoted

    headers = [name for name in pq.read_schema(parts.paths[0]).names if name not in (_HUNDREDTHS, _WEIGHT)]
    own = [name for name in headers if name not in added.values()]
    columns = [(name, quoted(name)) for name in own]
    text = output.suffix.lower() == ".jsonl"
    columns += [
        (added[name], (f"CAST({_SCORE} AS VARCHAR)" if text else _SCORE) if name == "score" else quoted(added[name]))
        for name in _ADDED
    ]
    if output.suffix.lower() == ".xlsx":
        _renamed(output, lambda fresh: _workbook(parts, fresh, [name for name, _ in columns], added))
    else:
        _renamed(output, lambda fresh: gather(parts.paths, fresh, columns))


def _parquet(parts: _Parts, fresh: Path, added: Mapping[str, str]) -> None:
    """Row group by row group: half the work and a quarter of the memory of a COPY that keeps the order."""
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    try:
        for path in parts.paths:
            for batch in pq.ParquetFile(path).iter_batches(_GROUP):
                table = pa.table(batch)
                exact = pc.multiply(table.column(_HUNDREDTHS).cast(pa.decimal128(19, 0)), _CENT).cast(_SCORE_TYPE)
                others = [name for name in table.column_names if name not in (_HUNDREDTHS, _WEIGHT, *added.values())]
                columns = {name: table.column(name) for name in others}
                columns |= {added[name]: exact if name == "score" else table.column(added[name]) for name in _ADDED}
                whole = pa.table(columns)
                writer = writer or pq.ParquetWriter(fresh, whole.schema, compression="zstd", compression_level=1)
                writer.write_table(whole)
    finally:
        if writer is not None:
            writer.close()


_GROUP = 100_000
_SCORE_TYPE = pa.decimal128(18, 2)
_CENT = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def _workbook(parts: _Parts, fresh: Path, headers: Sequence[str], added: Mapping[str, str]) -> None:
    import openpyxl
    import pyarrow.parquet as pq

    if parts.rows > _MOST_ROWS_OF_A_SHEET:
        raise BatchError(f"一张工作表最多{_MOST_ROWS_OF_A_SHEET}行，结果有{parts.rows}行。请输出为 parquet 或 csv。")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("得分")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name) for name in headers])
    for path in parts.paths:
        for batch in pq.ParquetFile(path).iter_batches(10_000):
            for row in batch.to_pylist():
                hundredths = row[_HUNDREDTHS]
                row[added["score"]] = None if hundredths is None else hundredths / 100
                sheet.append([_cell(sheet, row[name]) for name in headers])
    book.save(fresh)


def _cell(sheet: Any, value: object) -> object:
    """What a workbook can hold: no control characters, and a text that begins like a formula stays one, even when edited."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    if not value:
        return None
    cell = WriteOnlyCell(sheet, "".join(char for char in value if char >= " " or char in "\n\t"))
    cell.data_type = "s"
    cell.quotePrefix = like_formula(value)
    return cell


def _renamed(path: Path, write: Callable[[Path], None]) -> None:
    """Write under another name, then take the place of ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        write(fresh)
        _flushed(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def write_sample(output: Path, count: int, seed: int = 1) -> None:
    """Write made-up rows (``engines.sample``) as Parquet or CSV. Raises ``BatchError`` for another ending."""
    from hengjian.engines.sample import rows

    match output.suffix.lower():
        case ".parquet" | ".pq":
            import pyarrow.parquet as pq

            _renamed(output, lambda fresh: _stream(pq.ParquetWriter, fresh, rows(count, seed=seed)))
        case ".csv":
            import pyarrow.csv as pcsv

            def write(fresh: Path) -> None:
                with fresh.open("wb") as file:
                    file.write(BOM.encode())
                    _stream(pcsv.CSVWriter, file, rows(count, seed=seed))

            _renamed(output, write)
        case _:
            raise BatchError(f"示例只能写成 .parquet 或 .csv，不能写成 {output.name}。")


def _stream(writer: Any, place: Path | BinaryIO, tables: Iterable[pa.Table]) -> None:
    first = next(iterator := iter(tables))
    with writer(place, first.schema) as file:
        file.write_table(first)
        for table in iterator:
            file.write_table(table)
