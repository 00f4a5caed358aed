"""What a performance form is: a head, money tables, goals, indicator rows, totals. A family is a choice of these parts.

Every printed value is a ``Printed`` with its place. ``None`` means the form does not print the field at all; a
``Printed`` with empty text means the cell is there and blank. Field names are the public contract (``docs/reference``).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place


class Kind(StrEnum):
    """The family of a form."""

    DECLARATION = "declaration"  # 项目支出绩效目标申报表
    DISCLOSURE = "disclosure"  # 项目文本公开
    SELF_EVALUATION = "self_evaluation"  # 项目支出绩效自评表
    MONITORING = "monitoring"  # 绩效目标执行监控表
    DEPARTMENT_OVERALL = "department_overall"  # 部门整体支出绩效目标 / 自评表
    RESPONSIBILITY = "responsibility"  # 职责—活动绩效表
    EVALUATION = "evaluation"  # 绩效评价指标体系评分表


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed value. ``shared`` counts the rows of the merged cell it comes from; ``lead`` is true on the first of them.

    ``uncertain`` marks a value the reader is unsure of (OCR, a repaired shift).
    """

    text: str
    place: Place = NOWHERE
    shared: int = 1
    lead: bool = True
    uncertain: bool = False

    def __bool__(self) -> bool:
        """Whether anything is printed."""
        return bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator row. See ``docs/glossary.md`` for the printed Chinese term of each field."""

    name: Printed
    level1: Printed | None = None
    level2: Printed | None = None
    level3: Printed | None = None
    code: Printed | None = None
    target: Printed | None = None
    actual: Printed | None = None
    weight: Printed | None = None
    score: Printed | None = None
    deviation: Printed | None = None
    rule: Printed | None = None
    basis: Printed | None = None
    standard: Printed | None = None
    goal: Printed | None = None
    activity: Printed | None = None
    history: tuple[tuple[str, Printed], ...] = ()  # ("前年", ...), ("上年", ...)
    bands: tuple[tuple[str, Printed], ...] = ()  # ("优", ...), ("良", ...), ("中", ...), ("差", ...)
    forecast: Printed | None = None
    likelihood: Printed | None = None
    reason_kind: Printed | None = None
    sign: Printed | None = None
    measure_unit: Printed | None = None
    initial_target: Printed | None = None
    coefficient: Printed | None = None
    core: Printed | None = None
    remark: Printed | None = None
    level1_weight: Printed | None = None
    level2_weight: Printed | None = None
    extra: tuple[tuple[str, Printed], ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Fund:
    """One row of the money table (年初预算数, 全年预算数, 全年执行数, 分值, 执行率, 得分; monitoring adds 全年预计执行数)."""

    item: Printed
    initial_budget: Printed | None = None
    annual_budget: Printed | None = None
    executed: Printed | None = None
    weight: Printed | None = None
    rate: Printed | None = None
    score: Printed | None = None
    forecast: Printed | None = None
    reason: Printed | None = None
    part: bool = False  # printed under 其中
    extra: tuple[tuple[str, Printed], ...] = ()


@dataclass(frozen=True, slots=True)
class PriorYear:
    """Budget and execution of an earlier year."""

    year: int
    budget: Printed | None = None
    executed: Printed | None = None
    rate: Printed | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A named amount: a funding source (``item``), a cost item (``subject``) or a task (``name``)."""

    name: Printed
    amount: Printed
    part: bool = False  # printed under 其中: a part of the row before, not a further item
    note: Printed | None = None


@dataclass(frozen=True, slots=True)
class CostNode:
    """A node of the cost breakdown that the prose of 测算依据 describes. ``amount`` is the number as printed."""

    name: str
    amount: str
    unit: MoneyUnit | None = None
    children: tuple["CostNode", ...] = ()
    place: Place = NOWHERE
    parts: tuple["CostNode", ...] = ()  # parts named in running text below the numbered ones; not in the contract


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of the procurement list."""

    item: Printed
    quantity: Printed | None = None
    amount: Printed | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """One row of the schedule."""

    name: Printed
    start: Printed | None = None
    end: Printed | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """The annual goal as expected, adjusted and achieved; a form with one text only has ``expected``."""

    expected: Printed | None = None
    adjusted: Printed | None = None
    achieved: Printed | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """A duty (level 1) or activity (level 2) of a responsibility table."""

    name: Printed
    level: int
    budget: Printed | None = None
    description: Printed | None = None
    goal: Printed | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Total and annual amount of a project."""

    total: Printed | None = None
    current_year: Printed | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The total row of weights and scores."""

    weight: Printed | None = None
    score: Printed | None = None


class Proof(StrEnum):
    """How far the sums on the form confirm that it was read right."""

    PROVED = "proved"  # every row's weight or score takes part in a sum that holds
    CONSISTENT = "consistent"  # the sums that can be formed hold, but do not cover every row
    UNPROVED = "unproved"  # no sum can be formed, or one does not hold


@dataclass(frozen=True, slots=True)
class Identity:
    """One checksum: what should equal what, whether it does, and the line of arithmetic."""

    name: str
    holds: bool
    derivation: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A structural fact the reader noticed (A09 shifted columns, A10 lost hierarchy, A11 repeated header, A12 residue)."""

    code: str
    message: str
    place: Place = NOWHERE
    indicator: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form as read from a document."""

    kind: Kind
    year: int | None = None
    title: Printed | None = None
    project: Printed | None = None
    project_code: Printed | None = None
    project_type: Printed | None = None
    department: Printed | None = None
    department_code: Printed | None = None
    unit: Printed | None = None
    unit_code: Printed | None = None
    money_unit: MoneyUnit | None = None
    money_unit_inferred: bool = False
    nature: Printed | None = None
    start: Printed | None = None
    end: Printed | None = None
    period: Printed | None = None
    budget: Budget | None = None
    prior_years: tuple[PriorYear, ...] = ()
    funding_sources: tuple[Amount, ...] = ()
    cost_items: tuple[Amount, ...] = ()
    cost_breakdown: CostNode | None = None
    procurement: tuple[Purchase, ...] = ()
    schedule: tuple[Milestone, ...] = ()
    funds: tuple[Fund, ...] = ()
    tasks: tuple[Amount, ...] = ()
    tasks_total: Printed | None = None  # the printed 合计 of the tasks
    sums: tuple[tuple[str, Printed], ...] = ()  # other printed 合计 rows: (field of the list, amount)
    activities: tuple[Activity, ...] = ()
    sections: tuple[Printed, ...] = ()
    goals: tuple[Printed, ...] = ()
    goal: Goal | None = None
    indicators: tuple[Indicator, ...] = ()
    total: Total | None = None
    grade: Printed | None = None
    conclusion: Printed | None = None
    problems: Printed | None = None
    measures: Printed | None = None
    basis: Printed | None = None  # 立项依据
    extra: tuple[tuple[str, Printed], ...] = ()
    texts: tuple[Printed, ...] = ()  # every printed text of the form, for checks on wording
    proof: Proof = Proof.UNPROVED
    identities: tuple[Identity, ...] = ()
    repairs: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    place: Place = field(default=NOWHERE)
