"""Django's SQLite, whose writers within a process wait for each other by a lock.

SQLite itself lets who finds the database busy sleep and try again, up to a tenth of a second at a time and in no order: of eight
writers some wait for seconds while the database is idle in between. A lock hands the turn over at once. Between processes
(server and worker) the waiting is SQLite's, and so it is should the lock not be had for as long as SQLite would try.
"""

import threading
from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as Plain

_TURNS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # by database


class DatabaseWrapper(Plain):
    """A connection that takes the turn of its process for each transaction; the type stubs leave out what it overrides."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Not in a transaction."""
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None  # while it is ours

    def _start_transaction_under_autocommit(self) -> None:
        turn = _TURNS[str(self.settings_dict["NAME"])]
        if turn.acquire(timeout=float(self.settings_dict["OPTIONS"].get("timeout", 5))):
            self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _set_autocommit(self, autocommit: bool) -> None:
        try:
            super()._set_autocommit(autocommit)  # type: ignore[misc]
        finally:
            if autocommit:  # committed or rolled back
                self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()
