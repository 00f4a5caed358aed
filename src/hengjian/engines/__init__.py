"""Rules over tables: lowered to SQL and run set-wise. Each engine module alone knows its database."""

ENGINES = ("duckdb", "postgres", "spark")


class BatchError(Exception):
    """Why a batch cannot be done, as a Chinese sentence for the user."""
