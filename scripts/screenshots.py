"""Photographs the main screens of the site into docs/images/site: a site of its own with the samples, desktop and phone.

``python scripts/screenshots.py`` starts everything itself; ``--site ADDRESS`` looks at a site that runs already, ``--out
FOLDER`` puts the pictures elsewhere, ``--only NAME`` takes those whose name begins so, ``--whole`` the whole length of pages.
"""

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "hengjian-2026"  # noqa: S105 - the samples'
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
# name, who looks, address (or a project and a link or button on its page), sizes
SCREENS: tuple[tuple[str, str, str, str], ...] = (
    ("login", "", "/account/login/", "desktop phone"),
    ("work-table", "jingban", "/", "desktop phone"),
    ("projects", "jingban", "/projects/", "desktop phone"),
    ("project", "jingban", "/projects/?q=干部教育培训&year={evaluated} > 云川县干部教育培训", "desktop phone"),
    ("sheet", "jingban", "/projects/?q=党员教育中心 > 绩效目标申报：", "desktop phone"),
    ("self-evaluation", "jingban", "/projects/?q=驻村 > 绩效自评：", "desktop"),
    ("monitoring", "jingban", "/projects/?q=驻村 > 绩效监控：", "desktop phone"),
    ("import", "jingban", "/evidence/", "desktop"),
    ("queue", "caizheng", "/queue/", "desktop phone"),
    ("review", "danwei", "/queue/ > 云川县干部教育培训", "desktop phone"),
    ("version", "danwei", "/queue/ > 云川县干部教育培训 > 定稿第", "desktop"),
    ("compare", "danwei", "/queue/ > 云川县干部教育培训 > 版本比较", "desktop"),
    ("calendar", "caizheng", "/calendar/", "desktop"),
    ("overview", "lingdao", "/overview/", "desktop phone"),
    ("library", "caizheng", "/library/", "desktop phone"),
    ("users", "guanli", "/account/users/", "desktop"),
    ("disclose", "danwei", "/projects/?q=干部教育培训&year={evaluated} > 云川县干部教育培训 > =公开", "desktop"),
    ("public", "", "/public/ > 云川县干部教育培训", "desktop phone"),
)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images" / "site")
    parser.add_argument("--only", default="")
    parser.add_argument("--whole", action="store_true")
    given = parser.parse_args()
    with running(given.site) as address:
        photograph(address, given.out, given.only, whole=given.whole)


@contextmanager
def running(address: str) -> Iterator[str]:
    """The address of a site: the given one, or one of our own on a new folder."""
    if address:
        yield address
        return
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
        command = [sys.executable, "-m", "hengjian", "site", "--samples", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env={**kept, "HENGJIAN_DATA": folder})
        address = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + 300
            while not answers(address):
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the site did not start")
                time.sleep(0.5)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def answers(address: str) -> bool:
    """Whether the site is up."""
    try:
        urllib.request.urlopen(f"{address}/account/login/", timeout=5).close()  # noqa: S310 - our own server
    except (urllib.error.URLError, OSError):
        return False
    return True


def photograph(address: str, out: Path, only: str, *, whole: bool) -> None:
    """All screens, into a folder."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        known: dict[str, Any] = {}
        for name, who, where, sizes in SCREENS:
            if not name.startswith(only):
                continue
            for size in sizes.split():
                width, height = SIZES[size]
                view: Any = {"width": width, "height": height}
                context = chromium.new_context(
                    viewport=view, base_url=address, locale="zh-CN", storage_state=known.get(who)
                )
                context.set_default_timeout(30000)
                page = context.new_page()
                if who and who not in known:
                    sign_in(page, who)
                    known[who] = context.storage_state()
                walk_to(page, where)
                (out / f"{name}-{size}.png").write_bytes(small(page.screenshot(full_page=whole)))
                context.close()
        chromium.close()


def sign_in(page: Any, who: str) -> None:
    """With the password of the samples."""
    page.goto("/account/login/")
    page.fill("#id_username", who)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda address: "login" not in address)


def walk_to(page: Any, where: str) -> None:
    """Open an address, then follow links by their words ("=" before: exactly these)."""
    today = time.localtime()
    evaluated = today.tm_year - (today.tm_mon <= 6)
    first, *links = where.format(evaluated=evaluated).split(" > ")
    page.goto(first)
    for words in links:
        exact = words.startswith("=")
        page.get_by_role("link", name=words.removeprefix("="), exact=exact).last.click()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)


def small(png: bytes) -> bytes:
    """The picture with 128 colours: a third of the size, and no eye sees it."""
    made = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    main()
