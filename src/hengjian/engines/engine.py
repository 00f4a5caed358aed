"""What every engine is: a dialect, and four verbs over named tables. Nothing else of a database is known outside its module."""

from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """A database that scores. Names of tables are made up by the caller and are its own; ``close`` drops them all."""

    dialect: str  # of sqlglot
    wide: str  # the type of whole numbers of at least 37 digits
    together: int  # how many rules are worth being sent as one statement
    barrier: bool  # whether nested selects must be kept apart by OFFSET 0, lest formulas be written out again and again

    def put(self, name: str, table: pa.Table) -> None:
        """Make a table (or replace it) from columns of 64-bit whole numbers and texts."""

    def make(self, name: str, query: str) -> None:
        """Make a table (or replace it) from a query."""

    def get(self, query: str) -> pa.Table:
        """The rows of a query; whole numbers as 64 bits."""

    def close(self) -> None:
        """Give back what the engine holds."""
