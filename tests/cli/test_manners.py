"""Manners of the command: pipes, terminals, interrupts, other programs at the same file."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from cli.running import DOCUMENTS, TOOL, run, sample
from cli.test_help import script

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and terminals")
ENVIRONMENT = {**os.environ, "COLUMNS": "100", "TERM": "xterm-256color"}


# --- pipes --------------------------------------------------------------------------------------------------------------


def test_piped_output_is_plain() -> None:
    told = run("audit", *DOCUMENTS[:3], env={"FORCE_COLOR": "", "TERM": "xterm-256color"})
    assert "\x1b" not in told.stdout + told.stderr
    assert told.stderr == ""  # no progress bar
    assert not [line for line in told.stdout.splitlines() if line != line.rstrip()]
    assert max(sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in told.stdout.splitlines()) <= 120


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_output_is_utf8_whatever_the_locale(locale: str) -> None:
    told = run("audit", sample("02"), "--format", "json", env={"LC_ALL": locale, "LANG": locale})
    assert "人才服务保障经费" in told.stdout
    wrong = run("audit", "没有这个文件.pdf", env={"LC_ALL": locale, "LANG": locale})
    assert "没有这个文件.pdf" in wrong.stdout
    assert "用法：" in run("--help", env={"LC_ALL": locale, "PYTHONIOENCODING": "ascii"}).stdout


@POSIX
@pytest.mark.parametrize(
    "arguments", [("read", sample("02")), ("audit", *DOCUMENTS[:3]), ("--help",), ("score", "LINES")]
)
def test_a_reader_that_stops_early_is_no_error(arguments: tuple[str | Path, ...], tmp_path: Path) -> None:
    lines = tmp_path / "规则.jsonl"
    lines.write_text('{"id": 1, "rule": "", "target": "5"}\n' * 3000, encoding="utf-8")
    command = [TOOL, *(str(lines) if a == "LINES" else str(a) for a in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()  # like head that has seen enough
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=100) == 0


# --- a terminal ---------------------------------------------------------------------------------------------------------


@POSIX
def test_many_files_side_by_side_with_a_progress_bar_in_order_and_in_flat_memory(tmp_path: Path) -> None:
    """The small variant of benchmarks/many.py, which runs a thousand files."""
    many = script("benchmarks", "many")
    folder = tmp_path / "in"
    folder.mkdir()
    paths = many.make(folder, 40)
    report = tmp_path / "报告.json"
    told = many.watch([TOOL, "audit", str(folder), "--jobs", "2", "-o", str(report)])
    assert told.status == 0
    assert max(told.peaks()) < 400_000  # kilobytes; the thousand files of the benchmark take no more
    assert "审核" in told.screen
    assert "40/40" in told.screen or "39/40" in told.screen
    documents = json.loads(report.read_text(encoding="utf-8"))["documents"]
    assert [document["source"]["name"] for document in documents] == [path.name for path in paths]
    assert all(document["forms"] for document in documents)


@POSIX
def test_a_terminal_gets_colour() -> None:
    import pty

    near, far = pty.openpty()
    process = subprocess.Popen([TOOL, "audit", str(sample("02"))], stdout=far, stderr=subprocess.PIPE, env=ENVIRONMENT)
    os.close(far)
    seen = b""
    while True:
        try:
            chunk = os.read(near, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    assert process.wait(timeout=100) == 0
    assert b"\x1b[1;31m" in seen
    assert "错误 F08" in seen.decode("utf-8")


# --- interrupts and deaths -----------------------------------------------------------------------------------------------


def start_slow_audit(folder: Path, report: Path, jobs: int) -> "subprocess.Popen[bytes]":
    """An audit of many files that has begun to write; it runs in a process group of its own, as in a shell."""
    many = script("benchmarks", "many")
    folder.mkdir()
    many.make(folder, 80)
    # A run of the tests in the background ignores Ctrl-C, and so would all that it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [TOOL, "audit", str(folder), "--jobs", str(jobs), "-o", str(report)],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 100
    while not any(path.name.startswith(".") and path.stat().st_size > 8_000 for path in report.parent.iterdir()):
        assert process.poll() is None, "it was too fast to be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_ends_quietly_and_leaves_the_old_report(jobs: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    report = out / "报告.json"
    report.write_text("旧的", encoding="utf-8")
    process = start_slow_audit(tmp_path / "in", report, jobs)
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches the workers, too
    _, said = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "已中断。已写好的文件保持完整" in said.decode("utf-8")
    assert b"Traceback" not in said
    assert [path.name for path in out.iterdir()] == ["报告.json"]
    assert report.read_text(encoding="utf-8") == "旧的"


@POSIX
def test_a_killed_process_leaves_the_old_report_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    report = out / "报告.json"
    report.write_text("旧的", encoding="utf-8")
    process = start_slow_audit(tmp_path / "in", report, 1)
    process.kill()
    process.communicate(timeout=100)
    assert report.read_text(encoding="utf-8") == "旧的"
    assert all(path.name.startswith(".") for path in out.iterdir() if path != report)
    again = run("audit", sample("01"), "-o", report)  # what lies about does not disturb the next run
    assert again.returncode == 0
    assert json.loads(report.read_text(encoding="utf-8"))["documents"]
    assert run("audit", out, "--format", "json").stdout.count('"source"') == 1


def test_two_writers_at_once_leave_one_whole_report(tmp_path: Path) -> None:
    report = tmp_path / "报告.xlsx"
    commands = [[TOOL, "audit", str(sample(start)), "-o", str(report)] for start in ("01", "02")]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for command in commands]
    assert [process.wait(timeout=100) for process in processes] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == [report.name]
    either = []
    for start in ("01", "02"):
        run("audit", sample(start), "-o", tmp_path / f"{start}.xlsx")
        either.append(_content(tmp_path / f"{start}.xlsx"))
    assert _content(report) in either


def _content(path: Path) -> object:
    import openpyxl

    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["汇总"].iter_rows()]


def test_a_report_in_its_own_folder_is_not_audited_itself(tmp_path: Path) -> None:
    (tmp_path / "表.docx").write_bytes(sample("02").read_bytes())
    (tmp_path / "~$表.docx").write_bytes(b"lock")
    (tmp_path / "Thumbs.db").write_bytes(b"\xd0\xcf")
    (tmp_path / ".隐藏").mkdir()
    (tmp_path / ".隐藏" / "x.docx").write_bytes(b"")
    for _ in range(2):
        told = run("audit", ".", "--format", "xlsx", cwd=tmp_path)
        assert told.returncode == 0
    import openpyxl

    book = openpyxl.load_workbook(tmp_path / "衡鉴审核报告.xlsx")
    assert [row[1].value for row in book["汇总"].iter_rows(min_row=2)] == ["表.docx"]
    assert "未能审核" not in book.sheetnames


@POSIX
def test_a_device_is_written_to_and_not_replaced() -> None:
    told = run("audit", sample("01"), "--format", "json", "-o", "/dev/null")
    assert told.returncode == 0
    assert Path("/dev/null").is_char_device()


@POSIX
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "真.json", tmp_path / "链接.json"
    real.write_text("旧的", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    assert run("audit", sample("01"), "-o", link).returncode == 0
    assert link.is_symlink()
    assert "hengjian.audit/1" in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_the_command_is_the_one_under_test() -> None:
    assert Path(TOOL).parent == Path(sys.executable).parent


def test_what_is_for_django_goes_to_django(tmp_path: Path) -> None:
    """Options behind the name of a management command are not ours, and need no -- before them."""
    data = {"HENGJIAN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hengjian.web.config.settings"}
    assert run("manage", "migrate", "--verbosity", "0", env=data).returncode == 0
    ran = run(
        "manage", "create_administrator", "--code", "990100", "--name", "云川县", "--username", "guanli", env=data
    )
    assert ran.returncode == 0, ran.stderr
    assert "初始密码" in ran.stdout
