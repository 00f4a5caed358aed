"""The reader behind the DMN TCK score, on small models written here: what it says yes to is right, the rest it declines."""

import importlib.util
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

_FILE = Path(__file__).parents[2] / "benchmarks" / "dmn_tck.py"

_MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="tiny">
{inputs}<decision name="answer">{logic}</decision></definitions>"""
_TEST = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>tiny.dmn</modelName><testCase id="1">{inputs}<resultNode name="answer" type="decision"><expected>{expected}</expected>
</resultNode></testCase></testCases>"""


@pytest.fixture(scope="module")
def tck() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dmn_tck_under_test", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _value(text: str) -> str:
    if text == "null":
        return '<value xsi:nil="true"/>'
    kind = "boolean" if text in ("true", "false") else "decimal" if text.lstrip("-")[:1].isdigit() else "string"
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def _run(tck: ModuleType, folder: Path, logic: str, expected: str, **inputs: str) -> str:
    """``passed``, ``failed`` or the reason why the case is outside the tree."""
    place = folder / "TestCases" / "compliance-level-3" / "0071-feel-between"
    place.mkdir(parents=True, exist_ok=True)
    data = "".join(
        f'<inputData name="{name}"><variable name="{name}" typeRef="{"string" if _value(text).count("string") else "number"}"/>'
        "</inputData>"
        for name, text in inputs.items()
    )
    nodes = "".join(f'<inputNode name="{name}">{_value(text)}</inputNode>' for name, text in inputs.items())
    (place / "tiny.dmn").write_text(_MODEL.format(inputs=data, logic=logic), encoding="utf-8")
    (place / "tiny-test-01.xml").write_text(_TEST.format(inputs=nodes, expected=_value(expected)), encoding="utf-8")
    tally = tck.run(folder)
    assert tally.cases == 1
    if tally.outside:
        return str(next(iter(tally.outside)))
    return "failed" if tally.wrong else "passed"


def _literal(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression><text>{escaped}</text></literalExpression>"


@pytest.mark.parametrize(
    ("feel", "result"),
    [
        ("7 - 2 * 3", "1"),
        ("-3 ** 2", "9"),
        ("2 ** 3 ** 2", "64"),
        ("4 ** -1", "0.25"),
        ("8 / (2 - 2)", "null"),
        ("3 between 3 and 4", "true"),
        ("7 in (7..9]", "false"),
        ("9 in ]7..9]", "true"),
        ("9 in [7..9[", "false"),
        ("5 in (< 2, [5..6))", "true"),
        ("null > 1", "null"),
        ("false and null > 1", "false"),
        ("true and null > 1", "null"),
        ("if 2 > 1 then 10 else 20", "10"),
        ("decimal(0.125, 2)", "0.12"),
        ("decimal(-0.375, 2)", "-0.38"),
        ("decimal(1250, -2)", "1200"),
        ("round half up(-2.5, 0)", "-3"),
        ("round half down(-2.5, 0)", "-2"),
        ("round half down(2.51, 0)", "3"),
        ("round up(-1.01, 1)", "-1.1"),
        ("round down(-1.09, 1)", "-1"),
        ("floor(-1.01)", "-2"),
        ("ceiling(n: -1.99)", "-1"),
        ("modulo(-7, 3)", "2"),
        ("max(1, 4, 3) + abs(-2)", "6"),
        ("1 /* one */ + 1 // two", "2"),
    ],
)
def test_expression_has_its_result(tck: ModuleType, tmp_path: Path, feel: str, result: str) -> None:
    assert _run(tck, tmp_path, _literal(feel), result) == "passed"


@pytest.mark.parametrize(
    ("feel", "result"),
    [("7 in (7..9]", "true"), ("decimal(0.125, 2)", "0.13"), ("1 / 3", "0.33"), ("1 / 0", "0"), ("2 > 1", "1")],
)
def test_a_wrong_expectation_fails(tck: ModuleType, tmp_path: Path, feel: str, result: str) -> None:
    assert _run(tck, tmp_path, _literal(feel), result) == "failed"


@pytest.mark.parametrize(
    ("feel", "reason"),
    [
        ("null = 3", "NULLS"),
        ("if null > 1 then 1 else 2", "NULLS"),
        ('"a" + "b"', "TEXTS"),
        ("[1, 2]", "LISTS"),
        ("true + 1", "TYPES"),
        ("abs(1, 2)", "TYPES"),
        ("2 ** 0.5", "LARGE"),
        ('date("2031-05-04") > 3', "TIMES"),
    ],
)
def test_other_meanings_are_not_forced(tck: ModuleType, tmp_path: Path, feel: str, reason: str) -> None:
    assert _run(tck, tmp_path, _literal(feel), "null") == getattr(tck, reason)


def _table(attributes: str, *rules: tuple[str, str], default: str = "") -> str:
    output = (
        f"<output><defaultOutputEntry><text>{default}</text></defaultOutputEntry></output>" if default else "<output/>"
    )
    rows = "".join(
        f"<rule><inputEntry><text>{test.replace('<', '&lt;')}</text></inputEntry><outputEntry><text>{out}</text></outputEntry></rule>"
        for test, out in rules
    )
    head = "<input><inputExpression><text>rate done</text></inputExpression></input>"
    return f"<decisionTable {attributes}>{head}{output}{rows}</decisionTable>"


_BANDS = ((">= 95", "8"), ("[80..95)", "5"), ("< 60, = 70", "1"))


@pytest.mark.parametrize(
    ("rate", "points"), [("95", "8"), ("94.99", "5"), ("80", "5"), ("79.99", "null"), ("70", "1"), ("59", "1")]
)
def test_bands_of_a_unique_table(tck: ModuleType, tmp_path: Path, rate: str, points: str) -> None:
    assert _run(tck, tmp_path, _table('hitPolicy="UNIQUE"', *_BANDS), points, **{"rate done": rate}) == "passed"


_LAYERS = ((">= 10", "4"), (">= 20", "2"), (">= 30", "3"))


@pytest.mark.parametrize(
    ("attributes", "result"),
    [
        ('hitPolicy="FIRST"', "4"),
        ('hitPolicy="COLLECT" aggregation="MIN"', "2"),
        ('hitPolicy="COLLECT" aggregation="MAX"', "4"),
        ('hitPolicy="COLLECT" aggregation="SUM"', "9"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "3"),
    ],
)
def test_overlapping_rules_by_policy(tck: ModuleType, tmp_path: Path, attributes: str, result: str) -> None:
    assert _run(tck, tmp_path, _table(attributes, *_LAYERS), result, **{"rate done": "30"}) == "passed"


@pytest.mark.parametrize(
    "attributes", ['hitPolicy="UNIQUE"', 'hitPolicy="ANY"', 'hitPolicy="COLLECT"', 'hitPolicy="RULE ORDER"']
)
def test_lists_and_forbidden_overlaps_are_declined(tck: ModuleType, tmp_path: Path, attributes: str) -> None:
    assert _run(tck, tmp_path, _table(attributes, *_LAYERS), "null", **{"rate done": "30"}) == tck.POLICY


def test_output_texts_are_grades_and_inputs_may_be_words(tck: ModuleType, tmp_path: Path) -> None:
    table = _table("", ('"calm","mild"', '"go"'), ('not("calm","mild")', '"stay"'))
    assert _run(tck, tmp_path, table, "go", **{"rate done": "mild"}) == "passed"
    assert _run(tck, tmp_path, table, "stay", **{"rate done": "storm"}) == "passed"


def test_long_results_are_compared_at_their_printed_digits(tck: ModuleType) -> None:
    third = Fraction(1, 3)
    assert tck.agrees(third, (Fraction("0.3333333333"), 10, 10)) == "digits"
    assert tck.agrees(third, (Fraction("0.33333333333333339"), 17, 17)) == "noise"
    assert tck.agrees(third, (Fraction("0.3333333343"), 10, 10)) == ""
