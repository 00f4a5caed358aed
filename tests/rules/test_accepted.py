"""Accepted rules: confirmed once, used again for the very same text, asked again for any other."""

import json
from pathlib import Path

import pytest

from hengjian.rules.accepted import accept, key_of, load, reading_of
from hengjian.rules.canonical import parse, show
from hengjian.rules.reading import Context, Status
from hengjian.rules.rule import rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import load_scheme

ROW = Context("参训人数", "≥100人", "10")
RULE = "每少1人酌减0.1分"
TREE = parse("限(分值 - 步数(100人 - 实际值(人), 每 1人, 满一步才计, 写明) × 0.1分, 不低于 0分, 不高于 分值)")


def _book(tmp_path: Path) -> Path:
    path = tmp_path / "确认" / "规则.jsonl"
    accept(path, RULE, ROW, TREE, by="经办人甲", at="2026-01-05T09:30", note="与财政所电话确认")
    return path


def test_a_confirmed_reading_is_used_again(tmp_path: Path) -> None:
    book = load(_book(tmp_path))
    reading = book.reading(RULE, ROW)
    assert reading is not None
    assert (reading.status, reading.trees, reading.origin) == (Status.EXECUTABLE, (TREE,), "accepted")
    assert reading.inputs == ("actual",)
    assert str(score(reading, ROW, "80人").value) == "8.00"
    assert book.flaws == ()


def test_spaces_and_full_width_signs_are_the_same_text(tmp_path: Path) -> None:
    book = load(_book(tmp_path))
    assert book.reading(" 每少 １ 人酌减0.1分", Context("参训人数", "≥１００人", "10")) is not None


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("每少1人酌减0.2分", ROW),
        (RULE, Context("参训人数", "≥120人", "10")),
        (RULE, Context("参训人数", "≥100人", "8")),
        (RULE, Context("参训人数", "≥100人", "10", year=2026)),
        (RULE, Context("参会人数", "≥100人", "10")),
    ],
)
def test_a_changed_text_is_asked_about_again(tmp_path: Path, rule: str, row: Context) -> None:
    assert load(_book(tmp_path)).reading(rule, row) is None


def test_a_later_confirmation_holds(tmp_path: Path) -> None:
    path = _book(tmp_path)
    other = parse("分段{ 实际值(人) ≥ 100人 → 分值; 其余 → 0分 }")
    accept(path, RULE, ROW, other, by="经办人乙", at="2026-02-01")
    book = load(path)
    assert len(book.entries) == 1
    reading = book.reading(RULE, ROW)
    assert reading is not None
    assert reading.trees == (other,)
    assert book.entries[key_of(RULE, ROW)].by == "经办人乙"


def test_the_file_tells_a_person_what_was_confirmed(tmp_path: Path) -> None:
    (line,) = _book(tmp_path).read_text(encoding="utf-8").splitlines()
    data = json.loads(line)
    assert data["rule"] == RULE
    assert data["row"] == {"indicator": "参训人数", "target": "≥100人", "weight": "10"}
    assert data["tree"] == show(TREE)
    assert (data["by"], data["at"], data["note"]) == ("经办人甲", "2026-01-05T09:30", "与财政所电话确认")


def test_a_missing_file_is_an_empty_book(tmp_path: Path) -> None:
    assert load(tmp_path / "没有.jsonl").entries == {}


def test_nobody_confirms_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="须写明确认人"):
        accept(tmp_path / "a.jsonl", RULE, ROW, TREE, by=" ", at="2026-01-05")
    assert not (tmp_path / "a.jsonl").exists()


def _edited(path: Path, **changes: object) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **changes}, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tree": "分值"}, "与确认时不一致（被改动过）"),
        ({"by": "别人"}, "被改动过"),
        ({"version": 7}, "第7版写的，本程序用第1版；请对原文重新确认"),
        ({"schema": "other/1"}, "不是确认记录"),
    ],
)
def test_an_altered_entry_does_not_count(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = _book(tmp_path)
    _edited(path, **changes)
    book = load(path)
    assert book.reading(RULE, ROW) is None
    (flaw,) = book.flaws
    assert flaw.line == 1
    assert words in flaw.message
    assert flaw.message.startswith("规则.jsonl 第1行")


def test_a_broken_line_loses_only_itself(tmp_path: Path) -> None:
    """A line cut short, then a new confirmation: the new one counts."""
    path = _book(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    assert load(path).reading(RULE, ROW) is None
    accept(path, RULE, ROW, TREE, by="经办人甲", at="2026-01-06")
    book = load(path)
    assert book.reading(RULE, ROW) is not None
    assert [flaw.line for flaw in book.flaws] == [1]
    assert "不是有效的 JSON" in book.flaws[0].message


def test_a_file_saved_by_notepad_still_reads(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends."""
    path = _book(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(path).reading(RULE, ROW) is not None


def test_a_confirmed_rule_may_need_a_person() -> None:
    reading = reading_of("酌情", parse("人评(不低于 0分, 不高于 分值)"))
    assert reading.status is Status.NEEDS_JUDGEMENT


def test_a_confirmed_reading_comes_before_the_readers_own(tmp_path: Path) -> None:
    scheme = load_scheme("national-2020")
    book = load(_book(tmp_path))
    assert rule_of(RULE, ROW, scheme, accepted=book).origin == "accepted"
    assert rule_of(RULE, ROW, scheme).origin == "printed"
    assert rule_of(RULE + "。", Context("参训人数", "≥90人", "10"), scheme, accepted=book).origin == "printed"
