"""The desk as a program uses it: files in, audits out, whatever the files are like."""

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from hengjian import desk
from hengjian.audit.case import Audit
from hengjian.reports.draft import draft

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "documents"
POEM = next(path for path in SAMPLES.iterdir() if path.name.startswith("13"))
FORM = next(path for path in SAMPLES.iterdir() if path.name.startswith("02"))


def poems(folder: Path, number: int) -> list[Path]:
    """Files that are read at once and are no forms."""
    paths = [folder / f"{n:02d}.txt" for n in range(number)]
    for path in paths:
        path.write_text(f"第{path.stem}首：山路元无雨，空翠湿人衣。", encoding="utf-8")
    return paths


def names(audits: list[Audit]) -> list[str]:
    return [audit.source.name for audit in audits]


def test_files_side_by_side_come_in_the_order_given(tmp_path: Path) -> None:
    paths = [*poems(tmp_path, 12), FORM, POEM]
    side_by_side = list(desk.audit_many(paths, jobs=2))
    assert names(side_by_side) == [path.name for path in paths]
    assert side_by_side == list(desk.audit_many(paths, jobs=1))
    assert not active_children()


def test_nobody_waits_for_files_that_nobody_wants(tmp_path: Path) -> None:
    results = desk.audit_many(poems(tmp_path, 200), jobs=2)
    next(results)
    assert active_children()
    results.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 60
    while active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not active_children()


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_worker_that_is_killed_loses_no_file(tmp_path: Path) -> None:
    """As when the system runs out of memory and ends a process."""
    paths = poems(tmp_path, 40)
    results = desk.audit_many(paths, jobs=2)
    first = next(results)
    victim = active_children()[0].pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    assert names([first, *results]) == [path.name for path in paths]


def die(_: Path) -> Audit:
    os._exit(9)


def test_a_file_that_kills_its_process_every_time_becomes_a_problem_of_that_file() -> None:
    told = desk._alone(die, Path("文件夹/很大.xlsx"))
    assert (told.source.name, told.source.format, told.forms) == ("很大.xlsx", "xlsx", ())
    assert told.problems[0].code == "P11"
    assert "程序意外终止（可能内存不足）" in told.problems[0].message
    assert not desk.was_read(told)


def test_a_defect_in_a_check_loses_only_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def break_down(*_: object) -> Audit:
        raise KeyError("内部")

    monkeypatch.setattr("hengjian.desk.audit_document", break_down)
    audits = list(desk.audit_many([FORM, POEM]))
    assert [[p.code for p in audit.problems][-1] for audit in audits] == ["P11", "P11"]
    assert "这不是文件的问题" in audits[0].problems[-1].message


def test_folders_are_taken_in_full_and_in_name_order_each_file_once(tmp_path: Path) -> None:
    for name in ("b/乙.txt", "a/甲.txt", "a/.git/x.txt", ".DS_Store", "a/~$甲.docx", "a/desktop.ini", "丙.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("", encoding="utf-8")
    found = desk.collect([tmp_path / "丙.txt", tmp_path, tmp_path / "没有.txt"], without=[tmp_path / "b" / "乙.txt"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["丙.txt", os.path.join("a", "甲.txt"), "没有.txt"]


def test_a_hidden_file_that_is_named_is_taken(tmp_path: Path) -> None:
    path = tmp_path / ".表.txt"
    path.write_text("", encoding="utf-8")
    assert desk.collect([path]) == [path]


# --- drafts -------------------------------------------------------------------------------------------------------------


def test_a_draft_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "报告.html"
    target.write_text("旧的", encoding="utf-8")
    drafts: list[str] = []

    def half() -> Iterator[str]:
        yield "半"
        drafts.extend(path.name for path in tmp_path.iterdir() if path != target)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.write_text(target, half())
    assert [(name[0], name[-5:]) for name in drafts] == [(".", ".html")]
    assert target.read_text(encoding="utf-8") == "旧的"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_new_report_can_be_read_by_colleagues_and_an_old_one_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "报告.txt"
    desk.write_text(target, "一")
    assert target.stat().st_mode & 0o777 == 0o644
    target.chmod(0o660)
    desk.write_text(target, ["二", "三"])
    assert target.stat().st_mode & 0o777 == 0o660
    assert target.read_text(encoding="utf-8") == "二三"


def test_an_error_names_the_report_and_not_the_draft(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("", encoding="utf-8")
    with pytest.raises((FileExistsError, NotADirectoryError)) as caught, draft(tmp_path / "x" / "报告.html"):
        raise AssertionError("the block must not begin")
    assert caught.value.filename == str(tmp_path / "x" / "报告.html")


def test_very_long_names_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("绩" * 75 + ".json")
    desk.write_text(target, "{}")
    assert target.exists()
