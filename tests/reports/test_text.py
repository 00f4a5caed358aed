"""The JSON and the terminal report, word for word, and what stands in them when there is little or much to say."""

import io
import json
import os
from pathlib import Path

import pytest

from hengjian.audit.case import Audit
from hengjian.reports.json import JsonWriter
from hengjian.reports.table import TableWriter
from reports.made import BAD, CAREFUL, EVERYTHING, GOOD, NASTY, POEM, UNREAD, made

GOLDEN = Path(__file__).parent / "golden"


def as_json(*audits: Audit) -> str:
    out = io.StringIO()
    writer = JsonWriter(out)
    for audit in audits:
        writer.add(audit)
    writer.close()
    return out.getvalue()


def as_table(*audits: Audit) -> str:
    out = io.StringIO()
    writer = TableWriter(out)
    for audit in audits:
        writer.add(audit)
    writer.close()
    return out.getvalue()


def same_as_golden(name: str, text: str) -> None:
    """Compare with the stored text; HENGJIAN_GOLDEN=1 stores it anew (then read the difference)."""
    path = GOLDEN / name
    if os.environ.get("HENGJIAN_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_json_word_for_word() -> None:
    told = json.loads(as_json(BAD, GOOD, UNREAD, POEM))
    same_as_golden("audit.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def test_json_of_nothing_is_json() -> None:
    assert json.loads(as_json()) == {"schema": "hengjian.audit/1", "documents": []}


def test_json_keeps_what_is_printed() -> None:
    (document,) = json.loads(as_json(NASTY))["documents"]
    assert document["forms"][0]["project"] == "<script>alert(1)</script>"
    assert document["findings"][0]["indicator"].startswith("=HYPERLINK(")


def test_table_word_for_word() -> None:
    same_as_golden("table.txt", as_table(BAD, GOOD, CAREFUL, UNREAD, POEM))


def test_one_correct_form_says_that_nothing_was_found() -> None:
    told = as_table(GOOD)
    assert "未发现问题。" in told
    assert "汇总" not in told


def test_the_summary_has_the_worst_first_and_names_what_was_not_read() -> None:
    told = as_table(GOOD, CAREFUL, BAD, UNREAD)
    summary = told[told.index("汇总（问题多的在前）") :]
    assert summary.index("坏表.docx") < summary.index("好表.docx")
    assert "共4个文件、3张表：错误1，警告1，提示1，疑似1。" in summary
    assert "未能审核：损坏.pdf：文件已损坏" in summary


def test_markup_and_control_characters_cannot_disturb_the_terminal() -> None:
    told = as_table(made("[red]红[/red].docx", project="\x1b[31m红色"), NASTY)
    assert "[red]红[/red].docx" in told
    assert "\x1b" not in told
    assert "\x07" not in told


def test_lines_have_no_blanks_at_their_ends_and_fit() -> None:
    for line in as_table(*EVERYTHING).splitlines():
        assert line == line.rstrip()
        assert len(line) <= 120


@pytest.mark.parametrize("number", [60])
def test_a_long_summary_is_cut_and_says_where_the_rest_is(number: int) -> None:
    told = as_table(*[GOOD] * number)
    assert "只列前50张表，共60张" in told
    assert "--format xlsx" in told
