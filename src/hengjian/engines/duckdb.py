"""DuckDB: columns inside this process. The only module that knows it."""

import duckdb
import pyarrow as pa


class DuckDB:
    """A database in memory, spilling to disk beyond ``memory``."""

    dialect = "duckdb"
    wide = "HUGEINT"
    together = 16
    barrier = False

    def __init__(self, memory: str = "1GB", threads: int | None = None) -> None:
        """Open it. ``memory`` as DuckDB writes it; ``threads`` None for one on each core."""
        self._base = duckdb.connect(":memory:")
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
