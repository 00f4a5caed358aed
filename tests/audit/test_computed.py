"""Cells that follow from other cells, and the memory that spares unchanged rows."""

import json
from typing import Any

from hengjian import desk


def form(**more: Any) -> dict[str, Any]:
    """A self-evaluation with three rows, 90 points, and ten for execution."""
    rows = [
        {
            "name": "培训班期数",
            "target": "≥12期",
            "actual": "12期",
            "weight": "40",
            "rule": "达到目标值得满分，未达到的按完成比例计分",
        },
        {"name": "按期完成率", "target": "100%", "actual": "90%", "weight": "30", "rule": "得分=按期完成率×分值"},
        {
            "name": "学员满意度",
            "target": "≥90%",
            "actual": "92%",
            "weight": "20",
            "rule": "达到90%得满分，每低1个百分点扣0.5分，扣完为止",
        },
    ]
    fund = {"item": "年度资金总额", "annual_budget": "120", "executed": "114", "weight": "10", "rate": "", "score": ""}
    for row in rows:
        row |= {"level1": "产出指标", "level2": "数量指标", "score": ""}
    whole = {"kind": "self_evaluation", "year": 2027, "project": "云川县干部教育培训", "money_unit": "万元"}
    return {**whole, "funds": [fund], "indicators": rows, **more}


def told(given: dict[str, Any]) -> dict[tuple[str, int | None], tuple[str, str]]:
    """The computed cells by field and row."""
    return {(one["field"], one["row"]): (one["text"], one["derivation"]) for one in desk.computed(given)}


def test_rate_scores_total_and_grade_come_with_their_reason() -> None:
    """Each says how it was found."""
    cells = told(form())
    assert cells["funds.rate", 0] == ("95.00%", "114 ÷ 120 = 95.00%")
    assert cells["funds.score", 0][0] == "9.50"
    assert cells["score", 1][0] == "27.00"
    assert cells["total.weight", None] == ("100", "指标分值合计90 + 预算执行率10 = 100")
    assert cells["total.score", None] == ("96.50", "指标得分87.00 + 预算执行率9.50 = 96.50")
    assert cells["grade", None] == ("优", "90分及以上优，80分及以上良，60分及以上中；总分96.50 → 优")


def test_a_printed_score_counts_as_printed() -> None:
    """So the total never disagrees with the sum that F10 makes; the wrong score is a finding of its own."""
    given = form(total={"score": "94.50"})
    for row, score in zip(given["indicators"], ("40", "25", "20"), strict=True):
        row["score"] = score
    given["funds"][0]["score"] = "9.5"
    assert told(given)["total.score", None] == ("94.50", "指标得分85.00 + 预算执行率9.50 = 94.50")
    codes = {finding["code"] for finding in desk.assess(given)["findings"]}
    assert "F08" in codes
    assert "F10" not in codes


def test_no_total_while_a_score_is_missing() -> None:
    """A row without an actual value, a score in words, an execution that cannot be computed: none is a zero."""
    for change in ({"actual": ""}, {"score": "优"}):
        given = form()
        given["indicators"][1] |= change
        assert ("total.score", None) not in told(given)
    given = form()
    given["funds"][0]["executed"] = "—"
    assert not {("total.score", None), ("funds.rate", 0), ("funds.score", 0)} & told(given).keys()


def test_a_row_that_does_not_apply_is_left_out_of_the_total() -> None:
    """A dash in the score says so; it is no missing score."""
    given = form()
    given["indicators"][2] |= {"weight": "/", "score": "—", "actual": ""}
    assert told(given)["total.score", None][0] == "76.50"


def test_a_rate_across_units_of_money_is_not_made_up() -> None:
    """Budget in 万元, execution evidently in yuan: that is a finding (B04), not a rate of a million percent."""
    given = form()
    given["funds"][0] |= {"annual_budget": "120", "executed": "1140000"}
    given["funds"][0]["rate"] = "95.00%"
    cells = told(given)
    assert ("funds.rate", 0) not in cells


def test_a_declaration_has_no_total_score() -> None:
    """Nothing is scored there."""
    given = {**form(), "kind": "declaration"}
    assert {field for field, _ in told(given)} == {"funds.rate"}


def test_the_answer_with_a_memory_is_the_answer_without() -> None:
    """Whatever was asked before: other values, another order, another scheme, another year."""
    memory = desk.Memory(size=5)
    for step in range(12):
        given = form(year=2027 - step % 2)
        given["indicators"][step % 3] |= {"actual": f"{80 + step}%", "weight": str(20 + step % 4)}
        given["indicators"] = given["indicators"][step % 3 :] + given["indicators"][: step % 3]
        scheme = ("national-2020", None)[step % 2]
        plain = desk.assess(given, scheme=scheme)
        assert json.dumps(desk.assess(given, scheme=scheme, memory=memory)) == json.dumps(plain)
        assert desk.computed(given, scheme=scheme, memory=memory) == desk.computed(given, scheme=scheme)
