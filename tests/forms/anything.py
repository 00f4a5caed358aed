"""Forms that hold anything, for properties: every field there or not, and texts that people, programs and mistakes put into cells."""

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from hengjian.forms.form import (
    Activity,
    Amount,
    Budget,
    CostNode,
    Form,
    Fund,
    Goal,
    Indicator,
    Kind,
    Milestone,
    Printed,
    PriorYear,
    Purchase,
    Total,
)
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE

NASTY = (
    "", "0", "0.00", "—", "——", "/", "无", " ", "=1+1", "+86", "-5期", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"点\")",
    "其中：其中：财政拨款", "合计", "总分", "绩效指标", "序号", "1.培训\n2.调研", "县委\n组织部", "一\n\n\n二", "　　缩进",
    "_x0041_", "_x000D_", "\r\n换行\r", "\x00\x07响铃\x1b", "<b>粗</b>&amp;", "#strong[x] *粗* $x^2$ \\", "12 期 a b",
    "（2031年度）", "金额单位：亿元", "填报单位（盖章）：", "一级指标", "项目名称：甲", "𠮷野家", "\ufeff零宽\u200b", "A\tB\u00a0C", "≥95%",
    "附件1", "第1页", "TRUE", "2024-01-01", "1e5", "'引号", "长" * 300,
)  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.sampled_from("甲乙丙，。；：%≥=+-@12 ab\n　_<&(（"), max_size=12))
PRINTED = st.builds(Printed, TEXTS)
MAYBE = st.one_of(st.none(), PRINTED)
LABELS = st.sampled_from(("前年", "上年", "优", "分值", "得分", "甲\n乙", "指标名称", "备注", "=1"))
PAIRS = st.lists(st.tuples(LABELS, PRINTED), max_size=2, unique_by=lambda pair: pair[0]).map(tuple)


def tuples(strategy: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=size).map(tuple)


AMOUNTS = tuples(st.builds(Amount, PRINTED, PRINTED, part=st.booleans(), note=MAYBE))
NODES = st.recursive(
    st.builds(CostNode, TEXTS, TEXTS, st.sampled_from([None, *MoneyUnit])),
    lambda inner: st.builds(
        CostNode, TEXTS, TEXTS, st.just(None), tuples(inner, 2), st.just(NOWHERE), tuples(inner, 1)
    ),
    max_leaves=4,
)
INDICATOR_FIELDS = [
    item.name for item in fields(Indicator) if item.name not in ("name", "history", "bands", "extra", "place")
]


@st.composite
def indicators(draw: st.DrawFn) -> tuple[Indicator, ...]:
    """Rows that share most of their columns, as a table does; some rows lack one."""
    columns = draw(st.sets(st.sampled_from(INDICATOR_FIELDS), max_size=9))
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        cells: dict[str, Any] = {name: draw(MAYBE if draw(st.integers(0, 9)) == 0 else PRINTED) for name in columns}
        groups: dict[str, Any] = {
            name: draw(PAIRS) for name in ("history", "bands", "extra") if draw(st.integers(0, 3)) == 0
        }
        rows.append(Indicator(draw(PRINTED), **cells, **groups))
    return tuple(rows)


@st.composite
def any_form(draw: st.DrawFn) -> Form:
    """A declaration or a self-evaluation with any of its fields, and anything in them."""
    kind = draw(st.sampled_from([Kind.DECLARATION, Kind.SELF_EVALUATION]))
    texts: dict[str, Any] = {
        name: draw(MAYBE)
        for name in (
            "title", "project_code", "project_type", "department", "department_code", "unit", "unit_code", "nature",
            "start", "end", "period", "grade", "conclusion", "problems", "measures", "basis",
        )
        if draw(st.booleans())
    }  # fmt: skip
    fund = st.builds(Fund, PRINTED, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, st.booleans(), PAIRS)
    money = draw(st.sampled_from([None, MoneyUnit.WAN, MoneyUnit.YUAN]))
    sums = draw(
        st.lists(st.tuples(st.sampled_from(["funding_sources", "cost_items", "procurement"]), PRINTED), max_size=3)
    )
    return Form(
        kind,
        draw(st.one_of(st.none(), st.integers(1990, 2100))),
        project=draw(PRINTED),
        money_unit=money,
        money_unit_inferred=money is not None and draw(st.booleans()),
        budget=draw(st.one_of(st.none(), st.builds(Budget, MAYBE, MAYBE))),
        prior_years=draw(tuples(st.builds(PriorYear, st.integers(1990, 2100), MAYBE, MAYBE, MAYBE), 2)),
        funding_sources=draw(AMOUNTS),
        cost_items=draw(AMOUNTS),
        cost_breakdown=draw(st.one_of(st.none(), NODES)),
        procurement=draw(tuples(st.builds(Purchase, PRINTED, MAYBE, MAYBE))),
        schedule=draw(tuples(st.builds(Milestone, PRINTED, MAYBE, MAYBE))),
        funds=draw(tuples(fund)),
        tasks=draw(AMOUNTS),
        tasks_total=draw(MAYBE),
        sums=tuple(sorted(sums, key=lambda pair: ["funding_sources", "cost_items", "procurement"].index(pair[0]))),
        goals=draw(tuples(PRINTED, 2)),
        goal=draw(st.one_of(st.none(), st.builds(Goal, MAYBE, MAYBE, MAYBE))),
        activities=draw(tuples(st.builds(Activity, PRINTED, st.integers(1, 3), MAYBE, MAYBE, MAYBE), 2)),
        indicators=draw(indicators()),
        total=draw(st.one_of(st.none(), st.builds(Total, MAYBE, MAYBE))),
        extra=draw(st.lists(st.tuples(st.sampled_from(["填报人", "联系电话", "项目概况", "项目名称", "甲"]), PRINTED), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)),
        **texts,
    )  # fmt: skip
