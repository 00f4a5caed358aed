"""Lines of text around and inside forms: titles, years, units, label and value after a colon, lists of goals, sections."""

import re
from dataclasses import dataclass, replace

from hengjian.forms import classify, head, prose
from hengjian.forms.draft import Draft
from hengjian.forms.form import Kind, Printed
from hengjian.forms.labels import NUMBERING, head_meaning, period_of, stated_unit
from hengjian.forms.segments import LONG_FIELDS, NOTE, Unit, coded_unit, is_small_print
from hengjian.values.place import Place

_SIDE_BY_SIDE = re.compile(r"\n|\t|\s{2,}|\u3000{2,}")
_PAGE = re.compile(r"^[\s\-—－第共页/／\d]*$")
_BULLET = re.compile(r"^[-•·●\s]+")


@dataclass(slots=True)
class LineReader:
    """Reads lines into a draft, and remembers what a line may go on from.

    ``begun`` is false while only what a page prints before the form was seen; ``in_tail`` is true after the first indicator
    table, where only known labels are believed.
    """

    draft: Draft
    kind: Kind
    begun: bool = False
    in_tail: bool = False
    section: prose.Heading | None = None
    _goals_open: bool = False
    _goals_numbered: bool = False
    _pending: str | None = None

    def close(self) -> None:
        """What comes next does not go on from the line before: a table, or a row with several cells."""
        self._goals_open = False
        self._pending = None

    def read(self, unit: Unit) -> None:
        """A line, or several facts that stand side by side or below each other in one: ``（2024年度）　　单位：万元``."""
        parts = [part for part in _SIDE_BY_SIDE.split(unit.text.strip()) if part.strip()]
        if len(parts) > 1 and len(unit.text) <= 80 and any(map(is_small_print, parts)):
            for part in parts:
                self._read(part.strip(), replace(unit, text=part, single=part.strip()))
        else:
            self._read(unit.text.strip(), unit)

    def _read(self, text: str, unit: Unit) -> None:
        if not text or _PAGE.match(text):
            return
        if self.kind is Kind.DISCLOSURE and (heading := prose.heading(text)) is not None:
            self._open_section(heading, unit.place)
        elif classify.is_title(text):
            self._title(text, unit.place)
        elif (year := head.year_alone(text)) is not None:
            self.draft.years.append((1, year))
            self._period(text, unit.place, 2)
        elif not self._pairs(text, unit.place):
            if self.section is not None:
                self._in_section(self.section, text, unit.place)
            else:
                self._loose(text, unit)

    def _title(self, text: str, place: Place) -> None:
        self.begun = True
        self.close()
        found = re.search(r"(20\d\d)\s*年\s*(度?)", text)
        if found:
            self.draft.years.append((1 if found.group(2) else 2, int(found.group(1))))
        if (money := stated_unit(text)) is not None:
            self.draft.units.append((1, money))
        if self.kind is Kind.MONITORING:
            self._period(text, place, 3)

    def _period(self, text: str, place: Place, rank: int) -> None:
        if (months := period_of(text)) is not None:
            self.draft.put("period", Printed(months, place), rank)

    def _pairs(self, text: str, place: Place) -> bool:
        """``label：value`` in a line; in a disclosure text only where it describes the unit."""
        if NOTE.match(text) or (self.section is not None and self.section.field != "unit"):
            return False
        pairs = head.pairs_in_text(text, place, strict=self.in_tail)
        for pair in pairs:
            known = pair.meaning is not None and pair.meaning.field != "extra"
            if known or self.begun or self.section is not None or self.draft.values:
                self._keep(pair)
        if pairs:
            self.close()
        return bool(pairs)

    def _keep(self, pair: head.Pair) -> None:
        if pair.meaning is not None and pair.meaning.field == "cost_prose":
            self.cost(pair.value.text, pair.value.place)
        head.put_pair(self.draft, pair)

    def _loose(self, text: str, unit: Unit) -> None:
        """A line without a label of its own: a label whose text follows, that text, a unit of money, a goal, a coded unit."""
        meaning = head_meaning(text)
        if meaning is not None and meaning.field in ("goal", *LONG_FIELDS):
            self.close()
            if meaning.field == "goal":
                self._goals_open, self._goals_numbered = True, False
            else:
                self._pending = meaning.field
        elif self._pending is not None and meaning is None and not is_small_print(text):
            self.draft.append(self._pending, Printed(text, unit.place))
        elif len(text) <= 40 and (money := stated_unit(text)) is not None:
            self.coded(unit)
            self.draft.units.append((0, money))
        elif self._goals_open:
            self._goal(text, unit.place)
        else:
            self.coded(unit)

    def coded(self, unit: Unit) -> None:
        """``203组织部`` at the head of a table: the unit and its code."""
        found = None if self.in_tail else coded_unit(unit)
        if found is not None:
            self.draft.put("unit_code", Printed(found[0], unit.place), 5)
            self.draft.put("unit", Printed(found[1], unit.place), 45)

    def _goal(self, text: str, place: Place) -> None:
        goals = self.draft.goals
        bare = _BULLET.sub("", text)
        if NUMBERING.match(bare):
            self._goals_numbered = True
            goals.append(Printed(NUMBERING.sub("", bare).strip(), place))
        elif goals and self._goals_numbered:
            goals[-1] = replace(goals[-1], text=goals[-1].text + bare)  # a wrapped line
        else:
            goals.append(Printed(bare, place))

    # --- disclosure texts -----------------------------------------------------------------------------------------------
    def _open_section(self, heading: prose.Heading, place: Place) -> None:
        self.section = heading
        self.begun = True
        self.draft.sections.append(Printed(heading.text, place))
        if heading.inline:
            self._in_section(heading, heading.inline, place)

    def _in_section(self, section: prose.Heading, text: str, place: Place) -> None:
        draft = self.draft
        value = Printed(text, place)
        if section.field == "project" and draft.get("project") is None:
            draft.put("project", replace(value, text=text.rstrip("。；; ")))
        elif section.field == "basis":
            draft.append("basis", value)
        elif section.field == "unit" and draft.get("unit") is None and _is_name(text):
            draft.put("unit", replace(value, text=text.rstrip("。")), 30)
        elif section.field == "budget":
            self._stated_budget(text, place)
            self.cost(text, place)

    def _stated_budget(self, text: str, place: Place) -> None:
        stated = prose.stated_amount(text)
        if stated is None or self.draft.get("budget_current_year") is not None:
            return
        self.draft.put("budget_current_year", Printed(stated.amount, place))
        self.draft.units.append((4, stated.unit))
        if stated.year is not None:
            self.draft.years.append((3, stated.year))

    def cost(self, text: str, place: Place) -> None:
        """Keep the cost tree a text describes."""
        tree = prose.cost_tree(text, place)
        if tree is not None:
            self.draft.trees.append(tree)


def _is_name(text: str) -> bool:
    return len(text) <= 40 and re.search(r"[。；：:]", text.rstrip("。")) is None
