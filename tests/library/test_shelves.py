"""The shelves as an office uses them: every rule can be computed, every number says where it comes from."""

import re
from dataclasses import replace
from datetime import date

import pytest

from hengjian.library.shelves import (
    Direction,
    Entry,
    calendar,
    indicators,
    regulations,
)
from hengjian.rules.explain import explain
from hengjian.rules.reading import Context, Status
from hengjian.rules.rule import notes_of, rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import load_scheme

SCHEME = load_scheme("national-2020")
CLASSES = {
    "产出指标": {"数量指标", "质量指标", "时效指标"},
    "成本指标": {"经济成本指标"},
    "效益指标": {"社会效益指标", "可持续影响指标"},
    "满意度指标": {"服务对象满意度指标"},
}


def made(entry: Entry, target: str) -> Context:
    return Context(entry.name, target, "10", entry.level1, entry.level2, unit=entry.unit)


def usual(entry: Entry) -> list[str]:
    """The targets a unit would print: the usual ones, or some number of its own plan."""
    return [one.value for one in entry.targets] or [f"{entry.direction.sign}20{entry.unit}"]


@pytest.mark.parametrize("entry", indicators(), ids=lambda entry: entry.code)
def test_rule_can_be_executed_beside_every_usual_target(entry: Entry) -> None:
    for target in usual(entry):
        context = made(entry, target)
        reading = rule_of(entry.rule, context, SCHEME)
        codes = [note.code for note in notes_of(reading, context)]
        told = f"{entry.name} {target}: {explain(reading, context)}"
        if entry.direction is Direction.JUDGED:
            assert (reading.status, codes) == (Status.NEEDS_JUDGEMENT, ["R09"]), told
        else:
            assert (reading.status, codes) == (Status.EXECUTABLE, []), told


@pytest.mark.parametrize(
    ("entry", "better"),
    [(entry, entry.direction) for entry in indicators() if entry.direction is not Direction.JUDGED],
    ids=lambda value: value.code if isinstance(value, Entry) else str(value),
)
def test_full_marks_at_the_target_and_less_on_the_wrong_side(entry: Entry, better: Direction) -> None:
    for target in usual(entry):
        number = float(re.sub(r"[^\d.]", "", target.split("/")[0]))
        strict = target.startswith("＞")
        reading, context = rule_of(entry.rule, made(entry, target), SCHEME), made(entry, target)
        whole = [
            score(reading, context, f"{number + strict:g}").value,
            score(reading, context, f"{number / 4:g}").value,
        ]
        far = score(reading, context, f"{number * 4 + 4:g}").value
        assert whole[0] == 10, entry.name
        if better is Direction.DOWN:
            assert far is not None, entry.name
            assert far < 10, entry.name
        else:
            assert whole[1] is not None, entry.name
            assert whole[1] < 10, entry.name


def test_there_are_106_with_codes_of_their_own() -> None:
    assert len(indicators()) == 106
    assert len({entry.code for entry in indicators()}) == 106
    assert len({(entry.level2, entry.name) for entry in indicators()}) == 106


def test_codes_do_not_move() -> None:
    # Forms refer to codes: one that changes its indicator would change old forms.
    named = {entry.code: entry.name for entry in indicators()}
    assert named["ZZ-001"] == "年度考核干部人数"
    assert named["ZZ-052"] == "参训学员满意度"
    assert named["ZZ-084"] == "档案数字化单价"
    assert named["ZZ-106"] == "工作满意度"


def test_every_entry_is_complete() -> None:
    for entry in indicators():
        assert entry.level2 in CLASSES[entry.level1], entry.name
        assert all((entry.formula, entry.data, entry.evidence, entry.rule, entry.work)), entry.name
        assert bool(entry.unit) == (entry.direction is not Direction.JUDGED), entry.name


def test_every_number_says_where_it_comes_from() -> None:
    for entry in indicators():
        assert entry.sources, entry.name
        assert entry.rule_source, entry.name
        for one in entry.targets:
            assert one.source, entry.name
            # Advice never passes for a published figure.
            assert not (one.verified and "通行做法" in one.source), entry.name
        assert entry.verified == any("通行做法" not in source for source in entry.sources), entry.name
    for regulation in regulations():
        assert regulation.source, regulation.title
    assert all(stage.source for stage in calendar().stages)
    assert all(limit.source for limit in calendar().limits)


def test_texts_are_one_line_without_stray_blanks() -> None:
    for entry in indicators():
        texts = [entry.name, entry.unit, entry.formula, entry.evidence, entry.rule, entry.note, *entry.sources]
        assert all(text == text.strip() and "\n" not in text and "｜" not in text for text in texts), entry.name


# --- regulations ------------------------------------------------------------------------------------------------------


def by_code(code: str):  # type: ignore[no-untyped-def]
    return next(one for one in regulations() if one.code == code)


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("caijian-2021-4", date(2021, 7, 31), False),
        ("caijian-2021-4", date(2021, 8, 1), True),
        ("caiyu-2020-10", date(2020, 1, 31), False),
        ("caiyu-2020-10", date(2020, 2, 15), None),  # issued that month: the day is not known
        ("caiyu-2020-10", date(2020, 3, 1), True),
        ("jingcai-2021-1193", date(2020, 12, 31), False),
        ("jingcai-2021-1193", date(2024, 1, 1), None),  # repealed, but when is not known
    ],
)
def test_regulation_in_force(code: str, on: date, expected: bool | None) -> None:
    assert by_code(code).in_force(on) is expected


def test_regulation_with_an_end() -> None:
    ended = replace(by_code("caijian-2021-4"), valid_to="2024-06-30")
    assert ended.in_force(date(2024, 6, 30)) is True
    assert ended.in_force(date(2024, 7, 1)) is False


def test_regulations_have_codes_and_say_what_they_fix() -> None:
    assert len({one.code for one in regulations()}) == len(regulations()) >= 20
    assert all(one.title and one.issuer and one.issued and one.fixes for one in regulations())
    exact = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
    assert all(exact.fullmatch(text) for one in regulations() for text in (one.issued, one.valid_from) if text)


# --- calendar ---------------------------------------------------------------------------------------------------------


def test_stages_of_a_day() -> None:
    assert [stage.code for stage in calendar().on(date(2026, 8, 31), 2026)] == ["daily-monitoring", "monitoring"]
    assert "self-evaluation" in [stage.code for stage in calendar().on(date(2027, 1, 1), 2026)]
    assert calendar().on(date(2025, 3, 31), 2026) == ()


def test_stages_follow_each_other() -> None:
    for year in (2024, 2025):
        spans = [stage.dates(year) for stage in calendar().stages]
        assert all(first <= last for first, last in spans)
        assert [first for first, _ in spans] == sorted(first for first, _ in spans)


def test_time_limits_count_days_after_something() -> None:
    days = {limit.code: limit.days for limit in calendar().limits}
    assert (days["finance-approves"], days["department-approves"], days["publish-budget"]) == (20, 15, 20)
