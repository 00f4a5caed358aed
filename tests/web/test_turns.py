"""The SQLite of the site: writers of one process take turns."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from hengjian.web.config.sqlite.base import DatabaseWrapper

Opened = Callable[[], DatabaseWrapper]


@pytest.fixture
def opened(db: None, tmp_path: Path) -> Opened:
    """Connections to one file, as the site opens them, but impatient."""

    def made() -> DatabaseWrapper:
        options = {"transaction_mode": "IMMEDIATE", "timeout": 0.5, "init_command": "PRAGMA journal_mode=WAL"}
        known: dict[str, Any] = {
            **connection.settings_dict,
            "NAME": str(tmp_path / "turns.sqlite3"),
            "OPTIONS": options,
        }
        return DatabaseWrapper(known, "turns")

    with made().cursor() as cursor:
        cursor.execute("CREATE TABLE line (said TEXT)")
    return made


def begin(one: DatabaseWrapper) -> None:
    """As ``atomic`` begins."""
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(opened: Opened, said: str) -> None:
    """One transaction of a writer."""
    own = opened()
    begin(own)
    own.cursor().execute("INSERT INTO line VALUES (%s)", [said])
    own.commit()
    own.set_autocommit(True)
    own.close()


def test_the_next_begins_as_soon_as_the_one_before_has_ended(opened: Opened) -> None:
    """Not a tenth of a second later, as it would by trying again and again."""
    first = opened()
    waited = []
    for _ in range(5):
        begin(first)
        second = threading.Thread(target=write, args=(opened, "second"))
        second.start()
        second.join(0.25)  # then SQLite by itself would look again after a tenth of a second
        assert second.is_alive(), "it waits"
        ended = time.monotonic()
        first.rollback()
        first.set_autocommit(True)
        second.join()
        waited.append(time.monotonic() - ended)
    first.close()
    assert sorted(waited)[2] < 0.05


def test_eight_writers_all_write(opened: Opened) -> None:
    """Nobody is turned away, nothing is lost."""

    def day() -> None:
        for number in range(10):
            write(opened, f"line {number}")

    people = [threading.Thread(target=day) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    last = opened()
    with last.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM line").fetchone() == (80,)
    last.close()


@pytest.mark.parametrize("how", ["closed in the middle", "refused"])
def test_a_turn_is_given_back_however_it_ends(opened: Opened, tmp_path: Path, how: str) -> None:
    """A connection that breaks, and one that is refused since another process writes, hold up nobody."""
    broken = opened()
    if how == "refused":
        other = sqlite3.connect(tmp_path / "turns.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            begin(broken)
        other.rollback()
        other.close()
    else:
        begin(broken)
        broken.close()
    write(opened, "after")
