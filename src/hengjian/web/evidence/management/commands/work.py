"""``hengjian manage work``: the background worker. It reads dropped documents, and looks after those another worker lost."""

import logging
import threading
import time
from typing import Any

from django.db import close_old_connections, connections
from django.db.utils import DatabaseError
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from hengjian.web.evidence import files
from hengjian.web.evidence.actions import lease, recover_reading, tidy_queue
from hengjian.web.evidence.models import Intake

_HOURLY = 3600.0


class Command(db_worker.Command):
    """The worker of the task queue, with the sweep beside it."""

    help = "后台任务：读取导入的文件；接手意外中断的任务"

    def configure_logging(self, verbosity: int) -> None:
        """Say what went wrong; that it works is nothing to report."""
        super().configure_logging(verbosity)
        if verbosity <= 1:
            for name in ("django_tasks", "django_tasks_db"):
                logging.getLogger(name).setLevel(logging.ERROR)

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once, then work, sweeping every few seconds."""
        _sweep()
        stop = threading.Event()
        sweeper = threading.Thread(target=_sweep_on, args=(stop,), daemon=True)
        sweeper.start()
        try:
            super().handle(*args, **options)
        finally:
            stop.set()
            sweeper.join(5)


def _sweep_on(stop: threading.Event) -> None:
    cleaned = -_HOURLY
    while not stop.wait(lease() / 2):
        close_old_connections()
        try:
            _sweep()
            if time.monotonic() - cleaned > _HOURLY:
                files.sweep_incoming()
                tidy_queue()
                cleaned = time.monotonic()
        except (DatabaseError, OSError):
            continue  # the database is busy or gone for a moment: next time
    connections.close_all()


def _sweep() -> None:
    if Intake.objects.lost(timezone.now()).exists():
        recover_reading()
