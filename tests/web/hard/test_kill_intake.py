"""The site is killed (server, worker and all) while documents are dropped, read and confirmed: nothing is lost or half-done.

The suite kills it once, on SQLite; ``HENGJIAN_HARD=30`` kills it thirty times on each database.
"""

import hashlib
import http.client
import http.cookiejar
import io
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from hengjian.web.projects.samples import PASSWORD

HERE = Path(__file__).parent
DROPS = 6  # documents in each round; then only what was read is confirmed
ROUNDS = int(os.environ.get("HENGJIAN_HARD", "1"))
PATIENCE = 180  # seconds for an answer or a start: a busy machine is slow, and that is no fault of the site
WAITING = re.compile(r'<a href="/evidence/(\d+)/"(?:(?!<tr>).)*?待确认', re.DOTALL)
pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is of POSIX systems")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that leads on is an answer."""

    def redirect_request(self, *_: object) -> None:
        """Do not follow."""
        return


class Clerk:
    """A browser of a clerk: keeps its cookies through every restart."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), NoRedirect)

    def get(self, path: str) -> str:
        """The text of a page."""
        with self.opener.open(self.address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode("utf-8"))

    def post(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> tuple[int, str]:
        """Status and text (or where it leads)."""
        request = urllib.request.Request(  # noqa: S310 - our own site
            self.address + path, body, {"Content-Type": kind, "Accept": "application/json"}
        )
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            return error.code, str(error.headers.get("Location", ""))

    def token(self, path: str) -> str:
        """The token against forged requests that a page holds."""
        found = re.search(r'"X-CSRFToken": "([^"]+)"', self.get(path).replace("&quot;", '"'))
        assert found is not None
        return found.group(1)

    def sign_in(self) -> None:
        """Sign in as the first clerk of the samples."""
        sent = {"username": "jingban", "password": PASSWORD, "csrfmiddlewaretoken": self.token("/account/login/")}
        status, where = self.post("/account/login/", urllib.parse.urlencode(sent).encode())
        assert (status, where) == (302, "/")

    def drop(self, name: str, data: bytes, unit: str, token: str) -> bool:
        """Drop a document; whether the site said that it has it."""
        mark = uuid.uuid4().hex
        parts = [("csrfmiddlewaretoken", token), ("body", unit)]
        body = "".join(
            f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts
        ).encode()
        body += f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        body += data + f"\r\n--{mark}--\r\n".encode()
        status, text = self.post("/evidence/", body, f"multipart/form-data; boundary={mark}")
        return status == 200 and bool(json.loads(text)["files"][0]["ok"])

    def take(self, pk: int, token: str) -> str:
        """Confirm the first form of a document as it was read; where the answer leads."""
        sent = {
            "csrfmiddlewaretoken": token,
            "stage": "self_evaluation",
            "project_year": "2026",
            "project_name": f"项目{pk}",
        }
        return self.post(f"/evidence/{pk}/form/1/take/", urllib.parse.urlencode(sent).encode())[1]


def form(project: str) -> bytes:
    """A self-evaluation with three indicators."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        ("项目支出绩效自评表",),
        ("（2026年度）",),
        ("项目名称", project),
        ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"),
        ("产出指标", "数量指标", "培训班期数", "≥12期", "12期", "50", "50"),
        ("效益指标", "社会效益指标", "学员结业率", "≥95%", "96%", "30", "30"),
        ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "92%", "20", "20"),
    ):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def own_port() -> int:
    """A free port that the system gives to nobody else while the site is down (below those it takes by itself)."""
    for port in random.Random(os.getpid()).sample(range(20000, 32000), 200):  # noqa: S311 - no secret
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


class Site:
    """The site as ``hengjian site`` starts it."""

    def __init__(self, folder: Path, database: str = "") -> None:
        """On an empty database (SQLite where no address is given)."""
        self.port = own_port()
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
        self.environment = kept | {
            "HENGJIAN_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "kill_settings",
            "PYTHONPATH": os.pathsep.join((str(HERE.parents[2] / "src"), str(HERE))),
        }
        if database:
            self.environment["HENGJIAN_DATABASE"] = database
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *extra: str) -> None:
        """Start server and worker, and wait until it answers."""
        log = (self.folder / "site.log").open("ab")
        command = [sys.executable, "-m", "hengjian", "site", "--port", str(self.port), *extra]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, start_new_session=True, cwd=HERE.parents[2]
        )
        until = time.monotonic() + 300
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/account/login/", timeout=5).close()  # noqa: S310 - our own
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail("the site did not start:\n" + (self.folder / "site.log").read_text(encoding="utf-8")[-3000:])

    def kill(self) -> None:
        """Kill -9 server, worker and all."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:  # its children die a little later, and nobody else may listen before
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.05)

    def wait_until_read(self) -> None:
        """After the last restart everything comes to rest."""
        until = time.monotonic() + 60 + 20 * DROPS * ROUNDS
        while time.monotonic() < until and self.look("--under-way") != ["0"]:
            time.sleep(1)

    def look(self, asked: str) -> list[str]:
        """What database and files say."""
        done = subprocess.run(
            [sys.executable, str(HERE / "look_after.py"), asked],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()


@pytest.fixture(params=["sqlite", "postgresql"] if ROUNDS > 1 else ["sqlite"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site with the samples that nobody has killed yet."""
    made = Site(tmp_path, request.getfixturevalue("postgres")() if request.param == "postgresql" else "")
    made.start("--samples")
    yield made
    if made.process is not None:
        made.kill()


class Work:
    """A clerk who drops and confirms until the site is gone, and notes what the site said it has."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.documents: list[str] = []
        self.projects: list[int] = []

    def day(self, number: int, stop: threading.Event) -> None:
        """One round; it ends in the middle of something."""
        try:
            page = self.clerk.get("/evidence/")
            unit = re.search(r'name="body" value="(\d+)"', page)
            assert unit is not None
            token = self.clerk.token("/evidence/")
            for place in itertools.count():
                data = form(f"第{number}轮第{place}个项目")
                if place < DROPS and self.clerk.drop(f"{number}-{place}.xlsx", data, unit.group(1), token):
                    self.documents.append(hashlib.sha256(data).hexdigest())
                self._confirm(token)
                if stop.wait(0.2):
                    return
        except (OSError, http.client.HTTPException):
            return  # killed: whatever was under way may or may not have been done, nobody was told

    def _confirm(self, token: str) -> None:
        """Confirm one document that waits for a person."""
        waiting = re.findall(
            r'<a href="/evidence/(\d+)/"(?:(?!<tr>).)*?待确认', self.clerk.get("/evidence/"), re.DOTALL
        )
        if not waiting:
            return
        pk = int(waiting[-1])
        if self.clerk.take(pk, token).startswith("/projects/"):
            self.projects.append(pk)


def confirm_at_once(site: Site, clerk: Clerk, clicks: int = 20) -> int | None:
    """Confirm one document from many browsers in the same moment; how many were told that it is a project now."""
    waiting = WAITING.findall(clerk.get("/evidence/"))
    if not waiting:
        return None
    token = clerk.token("/evidence/")
    told: list[str] = []

    def click() -> None:
        other = Clerk(site.address)
        other.cookies = clerk.cookies
        other.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(clerk.cookies), NoRedirect)
        told.append(other.take(int(waiting[0]), token))

    threads = [threading.Thread(target=click) for _ in range(clicks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(where.startswith("/projects/") for where in told)


def test_killed_in_the_middle_nothing_is_lost_or_half_done(site: Site, tmp_path: Path) -> None:
    """After every kill the next start goes on where it was; at the end all that was acknowledged is there, once."""
    clerk = Clerk(site.address)
    clerk.sign_in()
    work = Work(clerk)
    chance = random.Random(4)  # noqa: S311 - when to kill
    for number in range(ROUNDS):
        stop = threading.Event()
        thread = threading.Thread(target=work.day, args=(number, stop))
        had = len(work.documents), len(work.projects)
        thread.start()
        until = time.monotonic() + PATIENCE
        while (thread.is_alive() and time.monotonic() < until) and not (
            len(work.documents) > had[0] and (number % 2 == 0 or len(work.projects) > had[1])
        ):
            time.sleep(0.05)  # something is told to be done; every other round, also that a form was confirmed
        time.sleep(3 * chance.random())
        site.kill()
        stop.set()
        thread.join()
        site.start()
    site.wait_until_read()
    assert confirm_at_once(site, clerk) in (None, 1), "of many clicks in one moment one wins"
    told = tmp_path / "acknowledged.json"
    told.write_text(json.dumps({"documents": work.documents, "projects": work.projects}), encoding="utf-8")
    assert work.documents, "something was dropped before the kill"
    assert work.projects or ROUNDS == 1, "something was confirmed before the kill"
    assert site.look(str(told)) == []
