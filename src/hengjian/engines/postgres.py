"""PostgreSQL: a server, reached with psycopg 3. The only module that knows it."""

from typing import TYPE_CHECKING

from hengjian.engines import BatchError
from hengjian.engines.table import Source

if TYPE_CHECKING:
    from hengjian.engines.engine import Engine


def postgres_source(address: str, table: str | None) -> Source:
    """A table of a database."""
    raise BatchError("暂不支持 PostgreSQL。")


def open_postgres(server: str | None) -> "Engine":
    """Connect."""
    raise BatchError("暂不支持 PostgreSQL。")
