"""``hengjian batch`` as a user runs it: tables with readings that people have confirmed."""

import csv
from pathlib import Path

from cli.running import run

RULE = "完成目标得满分"


def table(folder: Path) -> Path:
    path = folder / "指标.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("指标名称", "评分标准", "指标值", "实际完成值", "分值"), ("培训期数", RULE, "10期", "8期", "5")]
        )
    return path


def scores(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["score"] for row in csv.DictReader(file)]


def test_a_reading_confirmed_with_explain_is_used_for_the_table(tmp_path: Path) -> None:
    path, book, output = table(tmp_path), tmp_path / "已确认.jsonl", tmp_path / "得分.csv"
    assert run("batch", path, "-o", output).returncode == 0
    assert scores(output) == [""], "two readings of one rule: no score"
    confirmed = run(
        "explain",
        RULE,
        "--target",
        "10期",
        "--weight",
        "5",
        "--indicator",
        "培训期数",
        "--accept",
        book,
        "--choice",
        "1",
        "--by",
        "测试员",
    )
    assert confirmed.returncode == 0, confirmed.stderr
    assert run("batch", path, "-o", output, "--accepted", book).returncode == 0
    assert scores(output) == ["4.00"]


def test_a_line_that_does_not_count_is_told(tmp_path: Path) -> None:
    path, book = table(tmp_path), tmp_path / "已确认.jsonl"
    book.write_text("{坏\n", encoding="utf-8")
    done = run("batch", path, "-o", tmp_path / "得分.csv", "--accepted", book)
    assert done.returncode == 0
    assert "已确认.jsonl 第1行不是有效的 JSON" in done.stderr


def test_a_book_that_is_not_there(tmp_path: Path) -> None:
    done = run("batch", table(tmp_path), "-o", tmp_path / "得分.csv", "--accepted", tmp_path / "没有.jsonl")
    assert done.returncode == 2
    assert "找不到已确认规则的文件" in done.stderr
    assert not (tmp_path / "得分.csv").exists()
