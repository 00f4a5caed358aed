"""What is frozen of a sheet when it is submitted: what it still lacks, its content, and what lists show of it."""

from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian.web.projects.content import LIKELIHOODS, text_of
from hengjian.web.projects.models import Sheet, Stage
from hengjian.web.projects.valuing import Valued


def content_of(sheet: Sheet, told: Valued) -> dict[str, Any]:
    """What is frozen of a sheet."""
    return {
        "schema": "hengjian.version/1",
        "project": {"code": sheet.project.code, "name": sheet.project.name, "unit": sheet.project.body.code},
        "stage": sheet.stage,
        "year": sheet.year,
        "form": told.form,
        "rows": [row.json() for row in told.rows],
        "computed": sorted(list(address) for address in told.filled),
        "assessment": told.assessment,
        "total": told.total,
        "grade": told.grade,
    }


def missing_of(sheet: Sheet, told: Valued) -> list[str]:
    """What a sheet lacks before it may be submitted, in Chinese."""
    out = []
    if not told.indicators:
        out.append("没有绩效指标")
    blockers = [f for f in told.assessment["findings"] if f["level"] == "E" and f["kind"] == "D"]
    if blockers:
        names = "、".join(dict.fromkeys(f"{f['code']} {f['message']}" for f in blockers[:3]))
        out.append(f"有 {len(blockers)} 处错误须先改正（{names}{'…' if len(blockers) > 3 else ''}）")
    for name, what in _ASKED.get(sheet.stage, ()):
        rows = [row for row in told.indicators if not text_of(row.cells.get(name)).strip()]
        if name == "score":  # what weighs nothing earns nothing
            rows = [row for row in rows if text_of(row.cells.get("weight")).strip()]
        out += [f"{len(rows)} 个指标没有填{what}"] if rows else []
    return out


# What every indicator must hold before a sheet goes to review, by stage.
_ASKED: dict[str, tuple[tuple[str, str], ...]] = {
    Stage.MONITORING: (("actual", "监控期完成值"), ("likelihood", "完成可能性")),
    Stage.SELF_EVALUATION: (("actual", "实际完成值"),),
    Stage.EVALUATION: (("score", "得分"),),
}


def summarise(sheet: Sheet, told: Valued) -> None:
    """What lists show of the frozen version."""
    assessment = told.assessment
    sheet.rows_count = len(told.indicators)
    sheet.weight_total = _decimal(assessment["weights"])
    sheet.score_total = _decimal(told.total) if sheet.scored else None
    sheet.grade = told.grade[:10] if sheet.score_total is not None else ""
    sheet.errors, sheet.warnings = told.errors, told.warnings
    money = assessment["money"]
    sheet.budget, sheet.executed = _decimal(money["budget"]), _decimal(money["executed"])
    sheet.completion = completion_of(told)
    sheet.gap = None
    if sheet.completion is not None and sheet.budget and sheet.executed is not None:
        sheet.gap = min(abs(sheet.executed / sheet.budget - sheet.completion), Decimal(99)).quantize(Decimal("0.0001"))
    sheet.facts = {"classes": _classes(told), "codes": _codes(told), **_outlook(sheet, told)}


def _classes(told: Valued) -> dict[str, list[str]]:
    """Points earned and possible in each first-level class, of the rows that have both."""
    sums: dict[str, list[Decimal]] = {}
    for row in told.indicators:
        score, full = _decimal(row.cells.get("score")), _decimal(row.cells.get("weight"))
        if score is not None and full:
            earned = sums.setdefault(text_of(row.cells.get("level1")).strip() or "未分类", [Decimal(0), Decimal(0)])
            earned[0] += score
            earned[1] += full
    return {name: [str(part) for part in parts] for name, parts in sums.items()}


def _outlook(sheet: Sheet, told: Valued) -> dict[str, dict[str, int]]:
    """Of a monitoring, how many indicators will be reached for certain, perhaps, or not at all."""
    if sheet.stage != Stage.MONITORING:
        return {}
    said = (text_of(row.cells.get("likelihood")).strip() for row in told.indicators)
    return {"outlook": dict(Counter(text if text in LIKELIHOODS else "其他" for text in said if text))}


def _codes(told: Valued) -> dict[str, int]:
    """How many findings of each code, information left out."""
    return dict(Counter(finding["code"] for finding in told.assessment["findings"] if finding["level"] != "I"))


def completion_of(told: Valued) -> Decimal | None:
    """The share of the indicators' weight that was earned, None where nothing is scored."""
    earned = weight = Decimal(0)
    for row in told.indicators:
        score, full = _decimal(row.cells.get("score")), _decimal(row.cells.get("weight"))
        if score is not None and full:
            earned, weight = earned + score, weight + full
    return (earned / weight).quantize(Decimal("0.0001")) if weight else None


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).strip()).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        return None
