"""Forms drawn as text, as a user would see them, and what the audit says of them.

A drawing has head lines (``year: 2024``, ``goal.expected: …``, ``extra.标签: …``, ``goals: …`` once for each goal) and
tables: a line ``[indicators]``, a header of contract fields, one line for each row, cells parted by ``|``. An empty cell is
printed and blank; ``~`` is a field the form does not print. ``bands.优``, ``history.上年`` and ``extra.…`` are columns, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hengjian.audit.case import Audit, Entry
from hengjian.audit.run import audit_document
from hengjian.forms.contract import form_from_json
from hengjian.forms.form import Form, Printed, Remark
from hengjian.forms.layout import Source
from hengjian.rules.scheme import Scheme
from hengjian.values.finding import Certainty, Finding, Level, Problem

SOURCE = Source("drawn.txt", "txt", "0" * 64)

SELF_EVALUATION = """
kind: self_evaluation
year: 2024
title: 项目支出绩效自评表
project: 基层干部培训经费
department: 云溪县委组织部
unit: 云溪县委组织部
money_unit: 万元
goal.expected: 举办集中培训12期，培训960人次，学员满意度达到90%以上。
goal.achieved: 已举办集中培训12期，实际培训940人次，学员满意度94%。
total.weight: 100
total.score: 99.44
[funds]
item | initial_budget | annual_budget | executed | weight | rate | score | part
年度资金总额 | 160.00 | 158.00 | 152.47 | 10 | 96.50% | 9.65 |
当年财政拨款 | 150.00 | 148.00 | 142.47 | — | 96.26% | — |
上年结转资金 | 10.00 | 10.00 | 10.00 | — | 100.00% | — |
[indicators]
level1 | level2 | name | target | actual | weight | score | deviation
成本指标 | 经济成本指标 | 培训单位成本 | ≤420元/人·天 | 405元/人·天 | 20 | 20 |
产出指标 | 数量指标 | 集中培训期数 | ≥12期 | 12期 | 10 | 10 |
产出指标 | 数量指标 | 参训学员人次 | ≥960人次 | 940人次 | 10 | 9.79 | 汛期一个班减员20人，已在9月补训，2025年错开汛期排班
产出指标 | 质量指标 | 学员结业合格率 | ≥95% | 96.2% | 10 | 10 |
产出指标 | 时效指标 | 培训计划完成时间 | 2024年11月底前 | 2024年11月20日 | 10 | 10 |
效益指标 | 社会效益指标 | 基层难题办结率 | ≥85% | 88% | 20 | 20 |
满意度指标 | 服务对象满意度指标 | 参训学员满意度 | ≥90% | 94% | 10 | 10 | 有效问卷386份
"""

DECLARATION = """
kind: declaration
year: 2025
title: 项目支出绩效目标申报表
project: 云溪县干部档案整理项目
department: 云溪县委组织部
unit: 云溪县干部档案中心
money_unit: 元
start: 2025-03-01
end: 2025-11-30
basis: 《2024—2027年全县档案工作规划》
budget.total: 1,500,000.00
budget.current_year: 1,500,000.00
goals: 2025年安排资金150万元，整理干部档案3000卷，扫描合格率不低于98%。
[prior_years]
year | budget | executed | rate
2023 | 900,000.00 | 882,000.00 | 98.00%
2024 | 1,200,000.00 | 1,170,000.00 | 97.50%
[funding_sources]
item | amount
财政拨款 | 1,400,000.00
其他资金 | 100,000.00
[cost_items]
subject | amount
30201 办公费 | 60,000.00
30227 委托业务费 | 1,440,000.00
[procurement]
item | quantity | amount
档案整理服务 | 1项 | 1,440,000.00
[schedule]
name | start | end
招标采购 | 2025-03-01 | 2025-04-30
整理扫描 | 2025-05-01 | 2025-11-15
[indicators]
level1 | level2 | name | target | weight
成本指标 | 经济成本指标 | 单卷整理成本 | ≤480元/卷 | 20
产出指标 | 数量指标 | 整理干部档案卷数 | ≥3000卷 | 20
产出指标 | 质量指标 | 扫描图像合格率 | ≥98% | 10
产出指标 | 时效指标 | 整理完成时间 | 2025年11月15日前 | 10
效益指标 | 社会效益指标 | 档案查借阅及时率 | ≥95% | 20
满意度指标 | 服务对象满意度指标 | 查档人员满意度 | ≥92% | 10
"""

MONITORING = """
kind: monitoring
year: 2024
title: 项目支出绩效目标执行监控表
project: 基层干部培训经费
department: 云溪县委组织部
unit: 云溪县委组织部
money_unit: 万元
period: 1—7月
goal.expected: 举办集中培训12期，培训960人次，学员满意度达到90%以上。
[funds]
item | annual_budget | executed | rate | forecast
年度资金总额 | 158.00 | 90.06 | 57.00% | 158.00
[indicators]
level1 | level2 | name | target | actual | forecast | likelihood | deviation
成本指标 | 经济成本指标 | 培训单位成本 | ≤420元/人·天 | 405元/人·天 | 410元/人·天 | 确定能 |
产出指标 | 数量指标 | 集中培训期数 | ≥12期 | 7期 | 12期 | 确定能 |
产出指标 | 数量指标 | 参训学员人次 | ≥960人次 | 561人次 | 960人次 | 确定能 |
产出指标 | 质量指标 | 学员结业合格率 | ≥95% | 96.2% | 96% | 确定能 |
产出指标 | 时效指标 | 培训计划完成时间 | 2024年11月底前 | 未到时间 | 2024年11月20日 | 确定能 |
效益指标 | 社会效益指标 | 基层难题办结率 | ≥85% | 60% | 86% | 确定能 |
满意度指标 | 服务对象满意度指标 | 参训学员满意度 | ≥90% | 94% | 94% | 确定能 |
"""

EVALUATION = """
kind: evaluation
year: 2023
title: 绩效评价指标体系评分表
project: 云溪县引才补贴项目
grade: 良
total.weight: 100
total.score: 85
[indicators]
level1 | level2 | name | target | actual | weight | score | rule | deviation | level1_weight | level2_weight
决策 | 项目立项 | 立项依据充分性 | — | 依据充分 | 20 | 18 | 评价要点：①依据明确；②程序规范。每项不符合扣2分，扣完为止 | 缺少可行性论证 | 20 | 20
过程 | 资金管理 | 资金到位率 | ≥100% | 96% | 20 | 16 | 到位率达到100%得满分，每低1个百分点扣1分，扣完为止 | 第四季度资金结转下年 | 20 | 20
产出 | 产出数量 | 发放补贴人数 | ≥500人 | 480人 | 30 | 26 | 达到500人得满分，每少5人扣1分，扣完为止 | 20人未通过年审 | 30 | 30
效益 | 项目效益 | 人才留存率 | ≥90% | 87% | 30 | 25 | ≥90%得30分；80%≤留存率＜90%得25分；＜80%不得分 | 3人调离 | 30 | 30
"""

OVERALL = """
kind: department_overall
year: 2023
title: 部门整体支出绩效自评表
department: 云溪县委组织部
unit: 云溪县委组织部
money_unit: 万元
tasks_total: 300.00
total.weight: 100
total.score: 99.00
[funds]
item | initial_budget | annual_budget | executed | weight | rate | score
年度预算总额 | 300.00 | 300.00 | 294.00 | 10 | 98.00% | 9.80
[tasks]
name | amount
干部培训 | 180.00
人才服务 | 120.00
[indicators]
name | sign | target | measure_unit | actual | weight | score | deviation
培训期数 | ≥ | 20 | 期 | 20 | 30 | 30 |
人才服务人次 | ≥ | 1500 | 人次 | 1460 | 30 | 29.2 | 年末一场活动改在次年1月举办，已列入2024年计划
三公经费控制率 | ≤ | 100 | % | 88 | 30 | 30 |
"""

_LISTS = ("goals", "sections")
_TEXT_ONLY = ("kind", "money_unit")


def draw(drawing: str, *edits: tuple[str, str], texts: Sequence[str] = (), **more: Any) -> Form:
    """The form of a drawing after ``edits`` (old, new), each of which must fit exactly once.

    ``texts`` are printed texts beside the fields; ``more`` is JSON of the contract that a drawing cannot show.
    """
    for old, new in edits:
        if drawing.count(old) != 1:
            raise ValueError(f"{old!r} stands {drawing.count(old)} times in the drawing")
        drawing = drawing.replace(old, new)
    data = _parse(drawing)
    total = data.pop("tasks_total", None)
    form = form_from_json({**data, **more})
    if total is not None:
        form = replace(form, tasks_total=Printed(total))
    return replace(form, texts=tuple(Printed(text) for text in texts))


def _parse(drawing: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    table, header = "", list[str]()
    for line in drawing.strip().splitlines():
        if not line.strip():
            continue
        if line.startswith("["):
            table, header = line.strip("[] "), []
        elif table and not header:
            header = [cell.strip() for cell in line.split("|")]
        elif table:
            data.setdefault(table, []).append(_row(header, [cell.strip() for cell in line.split("|")]))
        else:
            name, _, text = line.partition(":")
            _put(data, name.strip(), text.strip())
    return data


def _row(header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, text in zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True):
        if name == "part":
            row[name] = text == "是"
        elif text != "~":
            _put(row, name, text)
    return row


def _put(data: dict[str, Any], name: str, text: str) -> None:
    if name in _LISTS:
        data.setdefault(name, []).append(text)
    elif "." in name:
        outer, inner = name.split(".", 1)
        data.setdefault(outer, {})[inner] = text
    else:
        data[name] = text


def audit(*forms: Form, problems: Sequence[Problem] = (), scheme: Scheme | None = None) -> Audit:
    """The audit of a file that holds these forms."""
    return audit_document(SOURCE, forms, problems, scheme)


def found(code: str, *forms: Form, problems: Sequence[Problem] = (), scheme: Scheme | None = None) -> list[Finding]:
    """What is found under one code."""
    return [finding for finding in audit(*forms, problems=problems, scheme=scheme).findings if finding.code == code]


def codes(*forms: Form, scheme: Scheme | None = None) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(finding.code for finding in audit(*forms, scheme=scheme).findings)


def blocking(*forms: Form) -> list[tuple[str, str | tuple[str, ...] | None]]:
    """Every deterministic error with the row it is about."""
    return [
        (finding.code, finding.indicator)
        for finding in audit(*forms).findings
        if finding.level is Level.ERROR and finding.kind is Certainty.DETERMINISTIC
    ]


def ledger(form: Form) -> Mapping[str, Entry]:
    """The ledger of a form by code."""
    return {entry.code: entry for entry in audit(form).forms[0].ledger}


def with_remark(form: Form, code: str, message: str, indicator: str | None = None) -> Form:
    """A form with something its reader noticed."""
    return replace(form, remarks=(Remark(code, message, indicator=indicator),))
