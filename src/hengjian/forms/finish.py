"""From what was read to the form: title, year and unit of money, goals, cost tree, and the texts of the form."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hengjian.forms import funds, head, prose
from hengjian.forms.draft import Draft
from hengjian.forms.form import CostNode, Form, Fund, Goal, Kind, Printed, PriorYear
from hengjian.forms.labels import item_name
from hengjian.forms.segments import Segment, Unit
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE
from hengjian.values.text import fold


@dataclass(frozen=True, slots=True)
class Finish:
    """The last step: the draft, the kind of the form, the stretch of the document it comes from, and the whole document."""

    draft: Draft
    kind: Kind
    segment: Segment
    everything: Sequence[Unit]

    def form(self) -> Form:
        """The form, not yet proved."""
        draft, kind = self.draft, self.kind
        if kind is Kind.MONITORING:
            draft.funds = funds.monitored(draft.funds)
        if kind is Kind.DEPARTMENT_OVERALL:
            self._overall()
        year = draft.best_year() or self._year_in_text()
        if year is not None and not draft.prior_years:
            prior = (draft.get("prior_budget"), draft.get("prior_executed"), draft.get("prior_rate"))
            draft.prior_years += [PriorYear(year - 1, *prior)] if any(v is not None for v in prior) else []
        unit, inferred = self._money_unit()
        title = self._shown_title()
        values = draft.taken(
            "project", "project_code", "project_type", "department", "department_code", "unit", "unit_code", "nature",
            "start", "end", "period", "grade", "conclusion", "problems", "measures", "basis",
        )  # fmt: skip
        if kind is not Kind.MONITORING:
            values.pop("period", None)
        goal, goals = self._goal_and_goals()
        return Form(
            kind=kind,
            year=year,
            title=title,
            money_unit=unit,
            money_unit_inferred=inferred,
            budget=funds.budget_of(draft),
            prior_years=tuple(draft.prior_years),
            funding_sources=tuple(draft.funding_sources),
            cost_items=tuple(draft.cost_items),
            cost_breakdown=self._breakdown(),
            procurement=tuple(draft.procurement),
            schedule=tuple(draft.schedule),
            funds=tuple(draft.funds),
            tasks=tuple(draft.tasks),
            tasks_total=next((v for name, v in draft.sums if name == "tasks"), None),
            sums=tuple((name, v) for name, v in draft.sums if name != "tasks"),
            activities=tuple(draft.activities),
            sections=tuple(draft.sections),
            goals=goals,
            goal=goal,
            indicators=tuple(draft.indicators),
            total=draft.total,
            extra=tuple(draft.extra),
            texts=self._texts(),
            repairs=tuple(draft.repairs),
            remarks=tuple(draft.remarks),
            place=title.place if title else (self.segment.units[0].place if self.segment.units else NOWHERE),
            **values,
        )

    def _shown_title(self) -> Printed | None:
        """The first title that names a form, not only its indicator table."""
        titles = self.segment.titles
        return titles[0] if titles and self.kind is not Kind.DISCLOSURE else None

    def _overall(self) -> None:
        draft = self.draft
        if draft.get("department") is None and draft.get("unit") is not None:
            draft.values["department"] = draft.values["unit"]
        if not draft.funds and draft.spending:
            current = draft.get("budget_current_year")
            if current is not None:
                draft.funds.append(Fund(Printed("年度资金总额", current.place), annual_budget=current))
            for name, value in draft.spending:
                shown, among = item_name(name)
                draft.funds.append(
                    Fund(Printed(shown, value.place), annual_budget=value, part=among or current is not None)
                )

    def _goal_and_goals(self) -> tuple[Goal | None, tuple[Printed, ...]]:
        draft = self.draft
        expected, adjusted, achieved = (draft.get(f"goal_{name}") for name in ("expected", "adjusted", "achieved"))
        if self.kind in (Kind.DECLARATION, Kind.DISCLOSURE):
            more = (expected,) if expected else ()
            return None, tuple(draft.goals) + more
        if expected is None and draft.goals:
            expected = Printed("\n".join(g.text for g in draft.goals), draft.goals[0].place)
        if expected is None and adjusted is None and achieved is None:
            return None, ()
        return Goal(expected, adjusted, achieved), ()

    def _breakdown(self) -> CostNode | None:
        draft = self.draft
        if self.kind is not Kind.DECLARATION:
            return None
        explained = [
            tree
            for item in draft.cost_items
            if item.note is not None and (tree := prose.cost_tree(item.note.text, item.note.place)) is not None
        ]
        whole = [tree for tree in explained if len(draft.cost_items) == 1 or re.search(r"总|合计|项目资金", tree.name)]
        if draft.trees or whole:
            return max((*draft.trees, *whole), key=prose.size)
        return self._cost_rows()

    def _cost_rows(self) -> CostNode | None:
        """A tree of the rows of the cost table, where the prose explains rows by their parts and prints no total."""
        draft = self.draft
        unit, _ = self._money_unit()
        rows: list[CostNode] = []
        for item in draft.cost_items:
            note = item.note
            tree = prose.cost_tree(note.text, note.place) if note is not None else None
            parts = prose.cost_list(note.text, note.place) if note is not None and tree is None else ()
            children = tree.children if tree is not None else parts
            rows.append(CostNode(item.name.text, item.amount.text, unit, children, item.amount.place))
        if not any(row.children for row in rows):
            return None
        if len(rows) == 1:
            return rows[0]
        total = next((v for name, v in draft.sums if name == "cost_items"), draft.get("budget_current_year"))
        return CostNode("合计", total.text, unit, tuple(rows), total.place) if total is not None and total else None

    def _texts(self) -> tuple[Printed, ...]:
        out: list[Printed] = []
        for unit in self.segment.units:
            if unit.grid is None:
                if unit.text.strip():
                    out.append(Printed(unit.text.strip(), unit.place))
            else:
                out.extend(head.printed(cell) for cell in unit.grid.starts(unit.row) if cell.text.strip())
        return tuple(out)

    def _year_in_text(self) -> int | None:
        """The year that headings around the form, its goals or its amounts state; None when they disagree or are silent."""
        first = self.segment.units[0] if self.segment.units else None
        for unit in self.everything:
            if unit is first:
                break
            found = re.search(r"(20\d\d)\s*年度|(20\d\d)\s*年.{0,20}(?:绩效|项目文本|预算公开)", unit.text)
            if unit.grid is None and found and len(unit.text) <= 60:
                return int(found.group(1) or found.group(2))
        counts = Counter(
            int(year)
            for text in self._texts()
            for year in re.findall(r"(20\d\d)\s*年度", text.text)
            if not re.search(r"《[^》]*20\d\d年度", text.text)
        )
        if self.kind is Kind.RESPONSIBILITY or not counts:
            return None
        years = counts.most_common(2)
        return years[0][0] if len(years) == 1 or years[0][1] > years[1][1] else None

    def _money_unit(self) -> tuple[MoneyUnit | None, bool]:
        draft = self.draft
        stated = draft.best_unit()
        if stated is not None:
            return stated, False
        amounts = [
            p.text
            for p in (
                *(v for f in draft.funds for v in (f.initial_budget, f.annual_budget, f.executed)),
                *(a.amount for a in (*draft.cost_items, *draft.funding_sources, *draft.tasks)),
                *(p.amount for p in draft.procurement),
                draft.get("budget_total"),
                draft.get("budget_current_year"),
                *(a.budget for a in draft.activities),
            )
            if p is not None and p
        ]
        printed_units = {MoneyUnit(m.group(1)) for t in amounts if (m := re.search(r"(亿元|万元|元)\s*$", t.strip()))}
        if len(printed_units) == 1:
            return printed_units.pop(), False
        proofs = [*draft.trees]
        for item in draft.cost_items:
            if item.note is None:
                continue
            if (tree := prose.cost_tree(item.note.text)) is not None:
                proofs.append(tree)
            parts = prose.cost_list(item.note.text)
            if parts and len({part.unit for part in parts}) == 1:
                total = sum((Fraction(part.amount.replace(",", "")) for part in parts), Fraction(0))
                proofs.append(replace(parts[0], amount=str(total)))
        return _inferred_unit(amounts, proofs)


def _inferred_unit(amounts: Sequence[str], trees: Sequence[CostNode]) -> tuple[MoneyUnit | None, bool]:
    """The unit that fits when none is printed: proved by the total the prose states, or plain from the size of the numbers."""
    numbers = [Fraction(n) for t in amounts if re.fullmatch(r"\d+(?:\.\d+)?", n := fold(t).replace(",", ""))]
    numbers = [n for n in numbers if n]
    if not numbers:
        return None, False
    for tree in trees:
        if tree.unit is None:
            continue
        yuan = Fraction(tree.amount.replace(",", "")) * tree.unit.yuan
        for unit in (MoneyUnit.YUAN, MoneyUnit.WAN):
            if any(n * unit.yuan == yuan for n in numbers):
                return unit, True
    # A budget of less than 100 000 元 with kopeck-like decimals, or of more than ten billion, is no project's budget.
    if max(numbers) >= 1_000_000:
        return MoneyUnit.YUAN, True
    if max(numbers) < 20_000 and any("." in t for t in amounts):
        return MoneyUnit.WAN, True
    return None, False
