"""Fetch what the pages use from the npm registry, by the lock file, and copy it to where the site serves it.

``python scripts/frontend.py``. Does nothing when it is all there already. Pages load nothing from elsewhere: an installation
without a network needs only the folder ``static/vendor`` (it is part of a built wheel).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "hengjian" / "web"
SOURCE = ROOT / "frontend"
TARGET = ROOT / "static" / "vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "icons/fonts/tabler-icons.woff2",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff": "icons/fonts/tabler-icons.woff",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf": "icons/fonts/tabler-icons.ttf",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}


def main() -> int:
    """Install by the lock file and copy; says what it does and what is missing."""
    stamp, wanted = TARGET / "stamp", _wanted()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return 0
    npm = _npm()
    if npm is None:
        print("没有找到 npm（Node.js 自带）：网页要用的样式和脚本没有安装。请安装 Node.js 后再运行。", flush=True)
        return 1
    print("· 安装网页用的样式和脚本（版本按 package-lock.json）", flush=True)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if status := subprocess.run([npm, "ci", *quiet], cwd=SOURCE).returncode:
        return status
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in FILES.items():
        path = TARGET / target
        path.parent.mkdir(parents=True, exist_ok=True)
        # Maps of minified files are for their authors; a reference to one that is not there breaks the static storage.
        text = (SOURCE / "node_modules" / source).read_bytes()
        if path.suffix in (".css", ".js"):
            text = b"\n".join(line for line in text.split(b"\n") if b"sourceMappingURL=" not in line[:40])
        path.write_bytes(text)
    stamp.write_text(wanted, encoding="ascii")
    return 0


def _wanted() -> str:
    lock = (SOURCE / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(sorted(FILES.items())).encode()).hexdigest()


def _npm() -> str | None:
    """npm, installed from the system's packages where that is possible."""
    if found := shutil.which("npm"):
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("· 安装 npm（系统软件包）", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "npm"], **quiet)  # type: ignore[call-overload]
    return shutil.which("npm")


if __name__ == "__main__":
    sys.exit(main())
