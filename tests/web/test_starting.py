"""Starting and stopping the site: what a person reads on the screen, and that Ctrl-C ends it at once."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hengjian.cli.site import threads


@pytest.mark.parametrize(("cores", "number"), [(1, 8), (2, 8), (4, 9), (8, 16), (64, 16)])
def test_threads_suit_the_machine(cores: int, number: int) -> None:
    """Enough while most of them wait for the database; never more connections than a PostgreSQL grants."""
    assert threads(cores) == number


@pytest.mark.skipif(sys.platform == "win32", reason="sends Ctrl-C as other systems do")
def test_the_screen_says_what_people_need(tmp_path: Path) -> None:
    """The address, and nothing of the machinery; Ctrl-C to the whole group ends server and worker quietly."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HENGJIAN_", "DJANGO_"))}
    kept["HENGJIAN_DATA"] = str(tmp_path)
    log = tmp_path / "screen.txt"
    with log.open("wb") as screen:
        command = [sys.executable, "-m", "hengjian", "site", "--port", str(port)]
        site = subprocess.Popen(command, env=kept, stdout=screen, stderr=screen, start_new_session=True)
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and site.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.3)
            began = time.monotonic()
            os.killpg(site.pid, signal.SIGINT)
            site.wait(30)
            took = time.monotonic() - began
        finally:
            if site.poll() is None:
                os.killpg(site.pid, signal.SIGKILL)
    assert log.read_text(encoding="utf-8").split() == [f"网站地址：http://127.0.0.1:{port}/", "按", "Ctrl+C", "停止"]
    assert took < 15
