"""J · disclosure and files: one defect and its correct neighbours for every code."""

from dataclasses import replace

import pytest

from audit.forms import DECLARATION, SELF_EVALUATION, draw, found, ledger
from hengjian.forms.form import Kind
from hengjian.values.finding import Problem
from hengjian.values.money import MoneyUnit
from hengjian.values.place import Place

DISCLOSURE = DECLARATION.replace("kind: declaration", "kind: disclosure")


def test_j01_a_text_without_its_target_table() -> None:
    head, _, _ = DISCLOSURE.partition("[indicators]")
    (finding,) = found("J01", draw(head))
    assert finding.message == "公开的项目文本里没有绩效目标表"
    assert not found("J01", draw(DISCLOSURE))


@pytest.mark.parametrize(("day", "late"), [("2025年3月1日", False), ("2025-03-02", True)])
def test_j02_twenty_days_after_approval(day: str, late: bool) -> None:
    dates = ("money_unit: 元", f"money_unit: 元\nextra.批复日期: 2025年2月9日\nextra.公开日期: {day}")
    told = found("J02", draw(DISCLOSURE, dates))
    assert bool(told) is late
    assert not late or told[0].derivation == "2025-03-02 − 2025-02-09 = 21日 > 20日"
    assert ledger(draw(DISCLOSURE))["J02"].outcome.value == "insufficient_data"


def test_j04_a_mark_of_secrecy() -> None:
    assert len(found("J04", draw(DISCLOSURE, texts=["秘密★5年"]))) == 1
    assert not found("J04", draw(DISCLOSURE, texts=["加强保密教育，守住国家秘密"]))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("extra.是否公开: 否", True),
        ("extra.是否公开: 否\nextra.不公开理由: 涉及国家秘密", False),
        ("extra.是否公开: 否（涉及国家秘密）", False),
        ("extra.是否公开: 是", False),
    ],
)
def test_j05_no_publication_without_a_reason(cells: str, told: bool) -> None:
    assert bool(found("J05", draw(DISCLOSURE, ("money_unit: 元", f"money_unit: 元\n{cells}")))) is told


def test_j06_a_scan_is_unreadable_and_nothing_else() -> None:
    (finding,) = found("J06", problems=[Problem("P01", "没有文字层", Place(page=1))])
    assert "第1页" in finding.message
    assert "不代表表格有缺漏" in finding.message
    assert not found("A01", problems=[Problem("P01", "没有文字层", Place(page=1))])
    assert not found("J06", draw(SELF_EVALUATION))


def test_j07_amounts_without_a_unit() -> None:
    bare = replace(draw(SELF_EVALUATION), money_unit=None)
    (finding,) = found("J07", bare)
    assert "160.00、158.00、152.47" in finding.message
    assert len(found("J07", replace(bare, money_unit=MoneyUnit.WAN, money_unit_inferred=True))) == 1
    assert not found("J07", draw(SELF_EVALUATION))
    assert not found("J07", draw("kind: evaluation\nyear: 2024"))


def test_j07_a_unit_in_every_cell_will_do() -> None:
    drawing = "kind: department_overall\nyear: 2024\n[tasks]\nname | amount\n干部培训 | 180万元\n人才服务 | 120万元\n"
    assert not found("J07", draw(drawing))


def test_j08_an_empty_table() -> None:
    empty = "kind: self_evaluation\nyear: 2024\nproject: 某项目\n"
    assert len(found("J08", draw(empty))) == 1
    assert not found("J08", draw(empty, texts=["本单位2024年没有政府性基金预算拨款安排的支出，故本表无数据。"]))
    assert not found("J08", draw(SELF_EVALUATION))


def test_j09_a_sign_read_as_a_two() -> None:
    (finding,) = found("J09", draw(SELF_EVALUATION, ("≥12期 | 12期", "26期 | 12期")))
    assert (finding.indicator, finding.expected) == ("集中培训期数", "≥6期")
    assert not found("J09", draw(SELF_EVALUATION, ("≥12期 | 12期", "26期 | 25期")))
    assert not found("J09", draw(SELF_EVALUATION, ("≥12期 | 12期", "20期 | 8期")))


@pytest.mark.parametrize("code", ["J03"])
def test_what_needs_another_file_says_so(code: str) -> None:
    assert draw(DISCLOSURE).kind is Kind.DISCLOSURE
    assert ledger(draw(DISCLOSURE))[code].outcome.value == "insufficient_data"
