"""The table of indicator rows: which columns it has, and how files and databases give it in chunks of text.

Everything is text until a rule asks for a number: what a clerk typed stays what was typed. A source can begin at any row,
so that a broken run goes on where it stopped, and never holds more than a few chunks.
"""

import csv
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from hengjian.engines import BatchError
from hengjian.engines.book import FIELDS
from hengjian.forms.layout import Grid
from hengjian.values.spreadsheet import FORMULA, unguarded


class Source(Protocol):
    """A table that can be read from any row on."""

    @property
    def fingerprint(self) -> str:
        """A text that changes when the table does."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers."""

    @property
    def count(self) -> int | None:
        """How many rows there are, if that is known."""

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """Tables of ``size`` rows (the last may be shorter) from row ``first`` on, columns of text without nulls."""


# --- columns ----------------------------------------------------------------------------------------------------------


@cache
def _titles() -> dict[str, Any]:
    return tomllib.loads((files("hengjian") / "engines" / "table.toml").read_text(encoding="utf-8"))


def columns_of(headers: Sequence[str]) -> dict[str, str]:
    """Our names of columns with the headers that stand for them. Raises ``BatchError`` when a needed one is missing."""
    found: dict[str, str] = {}
    cleaned = {"".join(header.split()).lower(): header for header in reversed(headers)}
    missing = []
    for column in _titles()["column"]:
        name = column["name"]
        header = next((cleaned[title] for title in (name, *column["titles"]) if title in cleaned), None)
        if header is not None:
            found[name] = header
        elif column.get("needed"):
            missing.append(f"{column['titles'][0]}（{name}）")
    if missing:
        raise BatchError(
            f"表中缺少必需的列：{'、'.join(missing)}。现有的列：{'、'.join(headers) or '没有'}。请在第一行写上列名。"
        )
    return found


def summary_columns(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers results are summed up by when the user names none."""
    return tuple(header for header in headers if header in _titles()["summary"]["by"])


def rule_rows(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """The columns scoring needs, under our names; blank where the table has none."""
    blank = pa.repeat("", table.num_rows)
    return pa.table(
        {name: table.column(names[name]) if name in names else blank for name in (*FIELDS, "actual", "grade")}
    )


def as_text(table: pa.Table) -> pa.Table:
    """All columns as text without nulls. Numbers are written out in full (no exponent, nothing rounded)."""
    return pa.table({name: _text_column(table.column(name)) for name in table.column_names})


def _text_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        column = _written_out(column)
    elif not pa.types.is_string(kind):
        column = column.cast(pa.string())
    return pc.fill_null(column, "")


def _written_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    encoded = column.combine_chunks().dictionary_encode()
    texts = [None if value is None else _plain(value) for value in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pc.take(pa.array(texts, pa.string()), encoded.indices)])


def _plain(value: float | Decimal) -> str:
    """0.1 for 0.1, 95 for 95.0: as short as it can be without losing anything; "" for what is no number."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unguarded(table: pa.Table) -> pa.Table:
    pattern = f"^'({FORMULA.pattern})"
    return pa.table(
        {name: pc.replace_substring_regex(table.column(name), pattern, r"\1") for name in table.column_names}
    )


# --- files ------------------------------------------------------------------------------------------------------------


def open_file(path: Path) -> Source:
    """A Parquet, CSV, TSV or JSON-lines file. Raises ``BatchError`` when it cannot be read."""
    if not path.is_file():
        raise BatchError(f"找不到文件 {path}。请检查路径。")
    kinds: dict[str, Callable[[Path], Source]] = {
        ".parquet": ParquetFile,
        ".pq": ParquetFile,
        ".csv": CsvFile,
        ".tsv": CsvFile,
        ".txt": CsvFile,
        ".jsonl": JsonLines,
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise BatchError(
            f"不认识 {path.name} 的格式。可以用：parquet、csv、tsv、jsonl、xlsx、duckdb、sqlite，或 postgresql:// 开头的数据库地址。"
        )
    try:
        return kind(path)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise BatchError(f"{path.name} 读不出来，文件可能已损坏或不是这种格式（{type(error).__name__}）。") from error


def fingerprint_of(path: Path) -> str:
    """Name, size and time of a file: a run goes on only with the same file."""
    stat = path.stat()
    return f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"


class ParquetFile:
    """Rows of a Parquet file; row groups before the first wanted row are not read."""

    def __init__(self, path: Path) -> None:
        """Open the file."""
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(path)
        self.fingerprint = fingerprint_of(path)
        self.columns: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self.count: int | None = self._file.metadata.num_rows

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        group, before = 0, 0
        while group < self._file.num_row_groups and before + self._file.metadata.row_group(group).num_rows <= first:
            before += self._file.metadata.row_group(group).num_rows
            group += 1
        batches = (
            batch
            for number in range(group, self._file.num_row_groups)  # asked for all groups, Arrow keeps what it has read
            for batch in self._file.iter_batches(min(size, 65_536), row_groups=[number])
        )
        yield from chunked((pa.table(batch) for batch in batches), size, skip=first - before)


def chunked(tables: Iterable[pa.Table], size: int, skip: int = 0) -> Iterator[pa.Table]:
    """The same rows in tables of ``size`` rows of text, without the first ``skip``."""
    held: list[pa.Table] = []
    rows = 0
    for table in tables:
        if skip >= table.num_rows:
            skip -= table.num_rows
            continue
        rest, skip = table.slice(skip), 0
        while rows + rest.num_rows >= size:
            held.append(as_text(rest.slice(0, size - rows)))
            rest = rest.slice(size - rows)
            yield pa.concat_tables(held)
            held, rows = [], 0
        if rest.num_rows:
            held.append(as_text(rest))
            rows += rest.num_rows
    if held:
        yield pa.concat_tables(held)


class CsvFile:
    """Rows of a CSV or TSV file in UTF-8 or GB 18030, with a line of headers."""

    def __init__(self, path: Path) -> None:
        """Look at the beginning of the file: encoding, delimiter, headers."""
        self._path = path
        with path.open("rb") as file:
            start = file.read(1 << 20)
        self._encoding = _encoding_of(start)
        text = start.decode(self._encoding, errors="replace").lstrip("\ufeff")
        line = text.partition("\n")[0]
        self._delimiter = "\t" if line.count("\t") > line.count(",") else ","
        header = next(csv.reader(text.splitlines(keepends=True), delimiter=self._delimiter), [])
        self._headers = tuple(header)
        self.columns: tuple[str, ...] = tuple(map(unguarded, header))
        self.fingerprint = fingerprint_of(path)
        self.count: int | None = None

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        import pyarrow.csv as pcsv

        try:
            reader = pcsv.open_csv(
                self._path,
                read_options=pcsv.ReadOptions(encoding=self._encoding, block_size=16 << 20),
                parse_options=pcsv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                convert_options=pcsv.ConvertOptions(
                    column_types=dict.fromkeys(self._headers, pa.string()), strings_can_be_null=False
                ),
            )
            tables = (_unguarded(pa.table(batch).rename_columns(self.columns)) for batch in reader)
            yield from chunked(tables, size, skip=first)
        except pa.ArrowInvalid as error:
            raise BatchError(f"{self._path.name} 不是规整的表格：{_csv_trouble(str(error))}") from error


def _encoding_of(start: bytes) -> str:
    cut = start[: len(start) - 4] if len(start) >= 1 << 20 else start
    for ending in range(4):
        try:
            cut[: len(cut) - ending].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8"
    return "gb18030"


def _csv_trouble(text: str) -> str:
    found = re.search(r"(?:row #(\d+).*?)?expected (\d+) columns, got (\d+)", text, re.IGNORECASE)
    if found:
        row = f"第{found[1]}行" if found[1] else "有一行"
        return f"{row}有{found[3]}列，表头有{found[2]}列。请检查逗号和引号。"
    return "请检查逗号、引号和编码。"


class JsonLines:
    """Rows of a JSON-lines file: one object a line; the headers are the names in the first hundred lines."""

    def __init__(self, path: Path) -> None:
        """Look at the first lines for the names."""
        self._path = path
        names: dict[str, None] = {}
        for _, item in zip(range(100), self._objects(), strict=False):
            names |= dict.fromkeys(item)
        self.columns: tuple[str, ...] = tuple(names)
        self.fingerprint = fingerprint_of(path)
        self.count: int | None = None

    def _objects(self) -> Iterator[dict[str, Any]]:
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if not raw.strip():
                    continue
                try:
                    item = json.loads(raw.decode("utf-8-sig"), parse_float=str, parse_int=str)
                except (ValueError, RecursionError) as error:
                    raise BatchError(f"{self._path.name} 第{number}行不是有效的 JSON。请改正后重来。") from error
                if not isinstance(item, dict):
                    raise BatchError(f"{self._path.name} 第{number}行应为一个对象。请改正后重来。")
                yield item

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        rows = ([_cell(item.get(name)) for name in self.columns] for item in self._objects())
        yield from Rows(self.columns, rows, self.fingerprint).tables(first, size)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Rows:
    """Rows of texts that something else reads (a workbook, a database)."""

    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    fingerprint: str
    count: int | None = None

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        held: list[Sequence[object]] = []
        for number, row in enumerate(self.rows):
            if number < first:
                continue
            held.append(row)
            if len(held) == size:
                yield self._table(held)
                held = []
        if held:
            yield self._table(held)

    def _table(self, held: list[Sequence[object]]) -> pa.Table:
        return pa.table(
            {
                name: pa.array([_shown(row[i]) if i < len(row) else "" for row in held], pa.string())
                for i, name in enumerate(self.columns)
            }
        )


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case float() | Decimal():
            return _plain(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return str(value)


def sqlite_rows(path: Path, table: str | None) -> Rows:
    """A table of an SQLite file; the only one when none is named."""
    import sqlite3
    from contextlib import closing

    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        with closing(base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")) as found:
            names = [name for (name,) in found]
        name = chosen_table(names, table, path.name)
        quoted = '"' + name.replace('"', '""') + '"'
        cursor = base.execute(f"SELECT * FROM {quoted} ORDER BY rowid")  # noqa: S608 - quoted, and one of its tables
    except sqlite3.Error as error:
        raise BatchError(f"{path.name} 读不出来，可能不是 SQLite 数据库（{error}）。") from error
    headers = tuple(column[0] for column in cursor.description)
    return Rows(headers, cursor, f"{fingerprint_of(path)}:{name}")


def chosen_table(names: Sequence[str], wanted: str | None, where: str) -> str:
    """The table that is meant. Raises ``BatchError`` when that is not clear."""
    if wanted is not None:
        if wanted in names:
            return wanted
        raise BatchError(f"{where} 中没有表“{wanted}”。有：{'、'.join(names) or '没有表'}。")
    if len(names) == 1:
        return names[0]
    raise BatchError(f"{where} 中有 {len(names)} 个表（{'、'.join(names[:20])}），请用 --table 指明一个。")


def grid_source(path: Path, grids: Sequence[Grid], sheet: str | None) -> Rows:
    """The rows of a sheet as a person sees them, headers in its first row; the only sheet when none is named."""
    by_name = {grid.place.sheet or str(number): grid for number, grid in enumerate(grids, 1)}
    name = chosen_table(list(by_name), sheet, path.name)
    grid = by_name[name]
    texts = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        texts[cell.row][cell.column] = cell.text
    headers = tuple(header or f"列{number}" for number, header in enumerate(texts[0], 1))
    return Rows(headers, texts[1:], f"{fingerprint_of(path)}:{name}", len(texts) - 1)
