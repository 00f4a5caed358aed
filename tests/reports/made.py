"""Audits made by hand, so that a report is tested apart from what the checks say today."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from hengjian.audit.case import Audit, Case, Entry, FormAudit, Outcome, RowScore, context_of
from hengjian.forms.contract import form_from_json
from hengjian.forms.form import Form
from hengjian.forms.layout import Source
from hengjian.rules.rule import rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import load_scheme
from hengjian.values.finding import Certainty, Finding, Level, Problem
from hengjian.values.place import Place
from hengjian.values.rounding import NATIONAL

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "documents"
DOCUMENTS = sorted(path for path in SAMPLES.iterdir() if "扫描件" not in path.name)
SCHEME = load_scheme("national-2020")

ROWS: list[dict[str, Any]] = [
    {
        "level1": "产出指标",
        "level2": "数量指标",
        "name": "培训期数",
        "target": "≥20期",
        "actual": "18期",
        "weight": "40",
        "score": "40",
        "rule": "",
    },
    {
        "level1": "产出指标",
        "level2": "质量指标",
        "name": "培训合格率",
        "target": "≥95%",
        "actual": "96%",
        "weight": "50",
        "score": "50",
        "rule": "≥95%得满分，每低于1个百分点扣0.5分，扣完为止",
    },
]
FORM: dict[str, Any] = {
    "kind": "self_evaluation",
    "year": 2024,
    "title": "项目支出绩效自评表",
    "project": "干部培训经费",
    "department": "中共云溪县委组织部",
    "unit": "云溪县干部学校",
    "money_unit": "万元",
    "funds": [
        {"item": "年度资金总额", "annual_budget": "100", "executed": "90", "weight": "10", "rate": "90%", "score": "9"}
    ],
    "goal": {"expected": "举办培训20期。", "achieved": "举办培训18期。"},
    "total": {"weight": "100", "score": "99"},
    "indicators": ROWS,
}


def case_of(form: Form) -> Case:
    """A form with readings and scores, as the audit prepares it."""
    rows = []
    for row in form.indicators:
        context = context_of(row, form)
        reading = rule_of(row.rule.text if row.rule else "", context, SCHEME)
        got = score(reading, context, row.actual.text if row.actual else "")
        printed = Decimal(row.score.text) if row.score and row.score.text else None
        rows.append(RowScore(row, reading, got, printed, Decimal(row.weight.text) if row.weight else None))
    values = [row.score.value for row in rows if row.score is not None and row.score.value is not None]
    return Case(form, 0, SCHEME, tuple(rows), None, NATIONAL, sum(values, Decimal(9)))


def made(name: str, findings: tuple[Finding, ...] = (), *, problems: tuple[Problem, ...] = (), **changes: Any) -> Audit:
    """An audit of one form: ``FORM`` with ``changes``."""
    form = form_from_json({**FORM, **changes})
    ledger = (
        Entry("F08", Outcome.FAILED),
        Entry("A06", Outcome.PASSED),
        Entry("G12", Outcome.INSUFFICIENT_DATA, "需要佐证材料"),
    )
    part = FormAudit(case_of(form), ledger, Decimal("99"), "优")
    return Audit(Source(name, "docx", "0" * 64), (part,), findings, problems)


WRONG = Finding(
    "F08",
    Level.ERROR,
    Certainty.DETERMINISTIC,
    "得分与评分标准的计算结果不符：应为36.00，填报40",
    form=0,
    indicator="培训期数",
    field="score",
    place=Place(table=1, row=10, column=8),
    printed="40",
    expected="36.00",
    derivation="18期 ÷ 20期 × 40 = 36.00；填报40；多计4",
    why="未完成指标值的按比例计分",
    advice="按列出的算式改正得分。",
)
TOTAL = Finding(
    "F10",
    Level.WARNING,
    Certainty.DETERMINISTIC,
    "总分99不等于各项得分之和95",
    form=0,
    field="total.score",
    place=Place(page=1),
    printed="99",
    expected="95",
)
SUSPECTED = Finding(
    "C18",
    Level.WARNING,
    Certainty.HEURISTIC,
    "疑似对象不清",
    form=0,
    indicator=("培训期数", "培训合格率"),
    field="name",
)
NOTE = Finding(
    "F05", Level.INFO, Certainty.DETERMINISTIC, "分值超过30%", form=0, indicator="培训合格率", field="weight"
)
NO_FORM = Finding("A01", Level.ERROR, Certainty.DETERMINISTIC, "这个文件里没有绩效表格")

BAD = made("坏表.docx", (WRONG, TOTAL, NOTE, SUSPECTED))
GOOD = made("好表.docx", project="人才服务经费")
CAREFUL = made("隐藏表.xlsx", problems=(Problem("P08", "有1个隐藏的工作表“底稿”没有读取。", Place(sheet="底稿")),))
UNREAD = Audit(
    Source("损坏.pdf", "pdf", "1" * 64, 3), (), (), (Problem("P03", "文件已损坏，没有读出。请重新导出后再试。"),)
)
POEM = Audit(Source("诗.txt", "txt", "2" * 64), (), (NO_FORM,), (Problem("P06", "没有找到绩效表。"),))

# What an attacker, or a clumsy export, may leave in a form.
MARKUP = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://example.invalid","点这里")'
NASTY = made(
    "坏<b>名.docx",
    (
        Finding(
            "F08",
            Level.ERROR,
            Certainty.DETERMINISTIC,
            f"“{MARKUP}”不对",
            form=0,
            indicator=FORMULA,
            field="score",
            printed="-1+1",
            expected="+5",
            derivation="@SUM(A1)",
            why='"><img src=x onerror=alert(2)>',
            advice="</li></ul><h1>",
        ),
    ),
    project=MARKUP,
    unit="＝全角\x07响铃",
    indicators=[
        {**ROWS[0], "name": FORMULA, "target": "=1+1", "actual": "-5期", "deviation": "+@" + MARKUP},
        {**ROWS[1], "name": "很长的" + "指标名称" * 200, "level1": '"onclick="alert(3)'},
    ],
)
EVERYTHING = (BAD, GOOD, CAREFUL, UNREAD, POEM, NASTY)
TITLES = {
    "F08": "得分与公式不符",
    "F10": "总分不等于各项之和",
    "C18": "疑似满意度对象不清",
    "F05": "分值分布",
    "A01": "不是绩效文件",
}
