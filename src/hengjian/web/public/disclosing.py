"""What is published of a project: the approved versions without what is withheld, and the same in plain words.

Pure: content in, content out. A content is canonical JSON (``hengjian.publication/1``) whose SHA-256 is the digest on the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian import desk
from hengjian.web.projects.content import HEAD_LABELS, RowData, form_of
from hengjian.web.projects.models import Part, Stage
from hengjian.web.templatetags.shown import share, wan

SCHEMA = "hengjian.publication/1"
# What may be withheld, by address: a field of the head, a whole part, a column of the indicator table.
WITHHOLDABLE: tuple[tuple[str, str], ...] = (
    ("head:basis", "立项依据"),
    ("head:problems", "存在问题"),
    ("head:measures", "改进措施"),
    ("part:funding_sources", "资金来源"),
    ("part:cost", "支出构成"),
    ("part:procurement", "采购"),
    ("part:schedule", "实施计划"),
    ("column:rule", "评分标准"),
    ("column:deviation", "偏差原因分析"),
    ("column:basis", "指标解释"),
    ("column:remark", "备注"),
)
LABELS = dict(WITHHOLDABLE)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something kept back, with the reason that the page shows. ``where`` may also be ``row:KEY`` (one indicator)."""

    where: str
    label: str
    reason: str

    def json(self) -> dict[str, str]:
        """As published."""
        return {"where": self.where, "label": self.label, "reason": self.reason}


def published_form(kind: str, rows: Iterable[RowData], withheld: Iterable[Withheld]) -> dict[str, Any]:
    """A form without what is withheld."""
    hidden = {one.where for one in withheld}
    kept = []
    for row in rows:
        if f"part:{row.part}" in hidden or f"row:{row.key}" in hidden:
            continue
        cells = dict(row.cells)
        if row.part == Part.HEAD:
            cells = {name: value for name, value in cells.items() if f"head:{name}" not in hidden}
        elif row.part == Part.INDICATORS:
            cells = {name: value for name, value in cells.items() if f"column:{name}" not in hidden}
        kept.append(RowData(row.key, row.part, cells, row.parent))
    return form_of(kind, kept)


@dataclass(frozen=True, slots=True)
class Personal:
    """A place that looks like personal data; the message masks it."""

    stage: str
    message: str
    mark: str


def personal_data(forms: Sequence[Mapping[str, Any]]) -> list[Personal]:
    """What in the forms looks like a telephone or identity number."""
    return [
        Personal(str(form["kind"]), finding["message"], finding["mark"])
        for form in forms
        for finding in desk.assess(form)["findings"]
        if finding["code"] == "A13"
    ]


@dataclass(frozen=True, slots=True)
class Words:
    """How the page speaks of a sheet: its heading, what it is, what the values and the total are called."""

    heading: str
    about: str
    actual: str = ""  # "" where the form has no values that were reached
    total: str = ""


WORDS = {
    Stage.DECLARATION: Words("当初定的目标", "绩效目标申报：年初定下的目标，和每项指标怎样打分。"),
    Stage.MONITORING: Words("年中做到哪一步", "绩效监控：年中对照目标看进度，预计全年能不能完成。", "已完成"),
    Stage.SELF_EVALUATION: Words(
        "完成得怎样", "绩效自评：单位对照目标自己打分，经主管部门和财政部门审核。", "完成", "自评总分"
    ),
    Stage.EVALUATION: Words("评价下来怎样", "绩效评价：主管部门或财政部门核实以后，对照目标打分。", "完成", "评价总分"),
}


# --- in plain words ---------------------------------------------------------------------------------------------------


def sentences(content: Mapping[str, Any]) -> list[str]:
    """What the money did, for someone who never saw such a form."""
    project = content["project"]
    forms = {sheet["stage"]: sheet for sheet in content["sheets"]}
    declared, evaluated = forms.get(Stage.DECLARATION), forms.get(Stage.SELF_EVALUATION) or forms.get(Stage.EVALUATION)
    last = evaluated or declared or next(iter(forms.values()), None)
    if last is None:
        return []
    money = last["assessment"]["money"]
    told = [f"{project['year']}年，{project['unit']}实施“{project['name']}”。{_spent(money)}"]
    if goal := _goal(last["form"]):
        told.append(f"要做的事：{goal}")
    if evaluated is not None:
        told.append(_achieved(evaluated))
    elif declared is not None:
        told.append(f"设了 {len(last['form']['indicators'])} 项指标来衡量做得怎样，年度结束后公布完成情况。")
    return [one for one in told if one]


def _spent(money: Mapping[str, str | None]) -> str:
    budget, executed = _number(money.get("budget")), _number(money.get("executed"))
    if budget is None:
        return ""
    words = f"安排资金 {wan(budget)} 万元"
    if executed is not None:
        part = f"，占 {share(executed / budget)}" if budget else ""
        words += f"，实际支出 {wan(executed)} 万元{part}"
    return words + "。"


def _goal(form: Mapping[str, Any]) -> str:
    goal = form.get("goal", "")
    text = goal if isinstance(goal, str) else goal.get("expected", "")
    return text.strip() or "；".join(text for text in form.get("goals", ()) if text)


def _achieved(sheet: Mapping[str, Any]) -> str:
    rows = [result for result in results(sheet) if result.full is not None]
    full = sum(result.full is True for result in rows)
    who = "评价" if sheet["stage"] == Stage.EVALUATION else "单位自己评价"
    words = f"设了 {len(sheet['form']['indicators'])} 项指标，其中 {full} 项得满分"
    if part := len(rows) - full:
        words += f"，{part} 项没有得满分"
    total, grade = sheet["assessment"]["total"], sheet["assessment"]["grade"]
    return words + (f"。{who}得 {total} 分" + (f"（{grade}）" if grade else "") + "。" if total else "。")


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator in the words of the page. ``full`` tells whether full marks were given, None where there is no score."""

    name: str
    group: str
    target: str
    actual: str
    weight: str
    score: str
    full: bool | None
    rule: str
    reading: str
    derivation: str
    deviation: str


def results(sheet: Mapping[str, Any]) -> list[Result]:
    """The indicators of a published sheet."""
    told = sheet["assessment"]["rows"]
    return [_result(row, said) for row, said in zip(sheet["form"]["indicators"], told, strict=True)]


def execution(sheet: Mapping[str, Any]) -> Result | None:
    """The points for spending the budget, which belong to the total but to no indicator; None where the form gives none."""
    fund = next((row for row in sheet["form"].get("funds", ()) if row.get("weight", "").strip()), None)
    if fund is None:
        return None
    told = sheet["assessment"]["execution"]
    text = fund.get("score", "").strip() or told["score"] or ""
    weight, score = _number(fund["weight"]), _number(text)
    return Result(
        name="预算执行率",
        group="",
        target="",
        actual=fund.get("rate", ""),
        weight=fund["weight"],
        score=text,
        full=None if weight is None or score is None else score >= weight,
        rule="实际支出占预算的比例" if told["derivation"] else "",
        reading="",
        derivation=told["derivation"],
        deviation="",
    )


def whole_weight(shown: Iterable[Result]) -> str:
    """The sum of the points to be had, "" where one of them is no number."""
    weights = [_number(one.weight) for one in shown]
    known = [one for one in weights if one is not None]
    return f"{sum(known, Decimal(0)).normalize():f}" if len(known) == len(weights) else ""


def _result(row: Mapping[str, Any], said: Mapping[str, Any]) -> Result:
    weight, score = _number(row.get("weight")), _number(row.get("score"))
    return Result(
        name=row.get("name", ""),
        group=" · ".join(text for text in (row.get("level1", ""), row.get("level2", "")) if text),
        target=row.get("target", ""),
        actual=row.get("actual", ""),
        weight=row.get("weight", ""),
        score=row.get("score", ""),
        full=None if weight is None or score is None else score >= weight,
        rule=row.get("rule", ""),
        reading=said["reading"] if row.get("rule") else "",
        derivation=said["derivation"] if row.get("rule") else "",
        deviation=row.get("deviation", ""),
    )


def head_facts(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The head of a published form: label and text."""
    told = []
    for name, label in HEAD_LABELS.items():
        value = form.get(name)
        if isinstance(value, str) and value.strip() and name not in ("title", "project"):
            told.append((label, value))
    return told


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text).strip())
    except (InvalidOperation, ValueError):
        return None
