"""PostgreSQL: a server, reached with psycopg 3 (extra ``postgres``). The only module that knows it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from hengjian.engines import BatchError
from hengjian.engines.table import Source, chosen_table, chunked

try:
    import psycopg
    from psycopg import sql
except ImportError as missing:
    raise BatchError(
        "没有安装 PostgreSQL 的连接程序。请运行 pip install 'hengjian[postgres]'，或改用 --engine duckdb。"
    ) from missing


def open_postgres(server: str | None) -> "Postgres":
    """Connect to the server at an address (``postgresql://…``). Raises ``BatchError``."""
    if server is None:
        raise BatchError("请用 --server 写明 PostgreSQL 的地址，例如 postgresql://用户@主机/数据库。")
    return Postgres(_connected(server))


def _connected(server: str) -> "psycopg.Connection[Any]":
    try:
        return psycopg.connect(server, autocommit=True)
    except psycopg.Error as error:
        raise BatchError(f"连不上 PostgreSQL：{_reason(error)}。请检查地址、用户和密码。") from error


def _reason(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__


class Postgres:
    """Temporary tables of one connection: nothing of the user's is touched, nothing stays."""

    dialect = "postgres"
    wide = "DECIMAL(38, 0)"
    together = 16
    barrier = True

    def __init__(self, base: "psycopg.Connection[Any]") -> None:
        """Set the connection for large sets: no compiling of formulas, room for hashing, no loops in loops."""
        self._base = base
        for setting in ("jit = off", "work_mem = '128MB'", "enable_nestloop = off", "enable_mergejoin = off"):
            base.execute(f"SET {setting}")

    def put(self, name: str, table: pa.Table) -> None:
        """See ``Engine``."""
        kinds = {True: sql.SQL('text COLLATE "C"'), False: sql.SQL("bigint")}
        columns = [
            sql.SQL(" ").join((sql.Identifier(field.name), kinds[pa.types.is_string(field.type)]))
            for field in table.schema
        ]
        self._drop(name)
        self._base.execute(
            sql.SQL("CREATE TEMP TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(columns))
        )
        query = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))
        options = pcsv.WriteOptions(include_header=False)
        with self._base.cursor() as cursor, cursor.copy(query) as copy:
            for batch in _clean(table).to_batches(max_chunksize=20_000):
                sink = pa.BufferOutputStream()
                pcsv.write_csv(batch, sink, options)
                copy.write(sink.getvalue().to_pybytes())
        self._base.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))

    def make(self, name: str, query: str) -> None:
        """See ``Engine``."""
        self._drop(name)
        self._base.execute(f"CREATE TEMP TABLE {name} AS {query}".encode())
        self._base.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))

    def get(self, query: str) -> pa.Table:
        """See ``Engine``."""
        self._drop("fetched")
        # The types are read from the table: asking for them beforehand would plan the query twice.
        self._base.execute(f"CREATE TEMP TABLE fetched AS {query}".encode())
        described = self._base.execute("SELECT * FROM fetched LIMIT 0").description or []
        kinds = {column.name: pa.string() if column.type_code == 25 else pa.int64() for column in described}
        with self._base.cursor() as cursor, cursor.copy("COPY fetched TO STDOUT (FORMAT csv, HEADER)") as copy:
            data = b"".join(bytes(block) for block in copy)
        self._drop("fetched")
        return pcsv.read_csv(
            pa.BufferReader(data),
            parse_options=pcsv.ParseOptions(newlines_in_values=True),
            convert_options=pcsv.ConvertOptions(
                column_types=kinds, null_values=[""], strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )

    def _drop(self, name: str) -> None:
        self._base.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))

    def close(self) -> None:
        """See ``Engine``."""
        with suppress(psycopg.Error):
            self._base.close()


def _clean(table: pa.Table) -> pa.Table:
    """PostgreSQL's texts hold no NUL."""
    for i, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            table = table.set_column(i, field.name, pc.replace_substring(table.column(i), "\x00", "\ufffd"))
    return table


# --- tables of the user -----------------------------------------------------------------------------------------------


def postgres_source(address: str, table: str | None) -> Source:
    """A table of a database (``schema.table``, or the only one). Raises ``BatchError``."""
    base = _connected(address)
    try:
        found = base.execute(
            "SELECT CASE schemaname WHEN 'public' THEN tablename ELSE schemaname || '.' || tablename END FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        ).fetchall()
        return _Table(base, chosen_table([name for (name,) in found], table, f"数据库 {base.info.dbname}"))
    except psycopg.Error as error:
        raise BatchError(f"PostgreSQL 的表读不出来：{_reason(error)}。") from error


class _Table:
    """A table in the order in which its rows are stored."""

    def __init__(self, base: "psycopg.Connection[Any]", name: str) -> None:
        self._base = base
        self._name = sql.Identifier(*name.rpartition(".")[::2]) if "." in name else sql.Identifier(name)
        query = sql.SQL("SELECT * FROM {} LIMIT 0").format(self._name)
        self.columns: tuple[str, ...] = tuple(column.name for column in base.execute(query).description or ())
        counted = base.execute(sql.SQL("SELECT count(*) FROM {}").format(self._name)).fetchone()
        self.count: int | None = counted[0] if counted else None
        info = base.info
        self.fingerprint = f"{info.host}:{info.port}/{info.dbname}/{name}:{self.count}"

    def tables(self, first: int, size: int) -> Iterator[pa.Table]:
        """See ``Source``."""
        query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY ctid OFFSET {}) TO STDOUT (FORMAT csv, HEADER)").format(
            sql.SQL(", ").join(
                sql.SQL("coalesce({0}::text, '') AS {0}").format(sql.Identifier(name)) for name in self.columns
            ),
            self._name,
            sql.Literal(first),
        )
        with self._base.cursor() as cursor, cursor.copy(query) as copy:
            reader = pcsv.open_csv(
                pa.PythonFile(_Blocks(iter(copy)), mode="r"),
                read_options=pcsv.ReadOptions(block_size=4 << 20),
                parse_options=pcsv.ParseOptions(newlines_in_values=True),
                convert_options=pcsv.ConvertOptions(column_types=dict.fromkeys(self.columns, pa.string())),
            )
            yield from chunked((pa.table(batch) for batch in reader), size)


class _Blocks:
    """The blocks of a COPY as a file."""

    closed = False

    def __init__(self, blocks: Iterator[bytes | bytearray | memoryview]) -> None:
        self._blocks, self._held = blocks, b""

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; b"" at the end."""
        parts, length = [self._held], len(self._held)
        while size < 0 or length < size:
            block = next(self._blocks, None)
            if block is None:
                break
            parts.append(bytes(block))
            length += len(parts[-1])
        whole = b"".join(parts)
        cut = len(whole) if size < 0 else size
        self._held = whole[cut:]
        return whole[:cut]

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def close(self) -> None:
        """Nothing to give back."""
        self.closed = True
