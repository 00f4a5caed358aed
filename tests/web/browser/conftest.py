"""The site as people use it: the real server with the samples, and a browser that walks over it.

``HENGJIAN_TEST_DATABASE`` (address of an empty PostgreSQL) runs the same tests on it, ``HENGJIAN_TEST_SITE`` (address of a
site with the samples) on a site that runs already.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hengjian.web.projects.samples import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
START = 300  # seconds until the server must answer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped, and say so.

    A busy machine can be slower than a person: what fails is tried twice more, and the report tells that it was.
    """
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.flaky(reruns=2))
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="没有找到 Chromium 浏览器"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with the samples."""
    if running := os.environ.get("HENGJIAN_TEST_SITE"):
        yield running
        return
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    folder = tmp_path_factory.mktemp("site")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
    kept["HENGJIAN_DATA"] = str(folder)
    if database := os.environ.get("HENGJIAN_TEST_DATABASE"):
        kept["HENGJIAN_DATABASE"] = database
    command = [sys.executable, "-m", "hengjian", "site", "--samples", "--port", str(port), "--workers", "1"]
    with (folder / "site.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=kept, stdout=log, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, server, folder / "site.log")
            yield address
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()  # noqa: S310 - our own server
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the site did not start:\n" + log.read_text(encoding="utf-8")[-3000:])


@pytest.fixture(scope="package")
def driver() -> Iterator[Any]:
    """Playwright. It is stopped with this package, so that no event loop stays behind for the tests of Django."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(driver: Any) -> Iterator[Any]:
    """The browser."""
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def signed() -> dict[str, Any]:
    """The cookies of people who have signed in, so that not every test waits for the login."""
    return {}


@pytest.fixture
def visit(site: str, chromium: Any, signed: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Open pages as someone: ``visit("jingban", "/", width=390)`` gives a page, signed in, in a browser of its own.

    What the browser complains of (an error of a script, something the security policy refuses) fails the test.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def opened(username: str, path: str = "/", *, width: int = 1440, height: int = 900, within: Any = None) -> Any:
        context = within or chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=site,
            locale="zh-CN",
            storage_state=signed.get(username),
        )
        if within is None:
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        if within is None and username not in signed:
            page.goto("/account/login/")
            page.fill("#id_username", username)
            page.fill("#id_password", PASSWORD)
            page.press("#id_password", "Enter")
            page.wait_for_url(lambda address: "login" not in address)
            signed[username] = context.storage_state()
        assert page.goto(path).ok, f"no such page: {path}"
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def new_sheet(visit: Callable[..., Any]) -> Callable[..., Any]:
    """A page with the empty declaration of a new project: ``new_sheet("培训", username="jingban")``."""

    def made(name: str, username: str = "jingban", **more: Any) -> Any:
        page = visit(username, "/projects/new/", **more)
        page.fill("#name", name)
        page.fill("#year", "2027")
        page.locator("main form button").first.click()
        page.wait_for_url("**/sheets/*/")
        page.wait_for_selector("html.sheet-ready")
        return page

    return made
