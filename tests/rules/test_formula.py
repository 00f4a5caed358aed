"""The live formula gives the same score as the rule, to the last printed digit."""

import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction as F
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.rules.defaults import default_reading
from hengjian.rules.evaluate import Env, value
from hengjian.rules.formula import excel
from hengjian.rules.reading import Context
from hengjian.rules.scheme import load_scheme
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Interpolate,
    Missing,
    Not,
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
)
from hengjian.values.rounding import NATIONAL, Mode, Rounding

W, ZERO = Input("weight"), Const(F(0))
RATE = Input("actual", "%")
CELLS = {"actual": "A1", "weight": "B1"}


def _c(value: str | int, unit: str = "") -> Const:
    return Const(F(value), unit)


def _steps(partial: Partial, size: str = "1") -> Expr:
    steps = Steps(Arith(Op.SUB, _c(95, "%"), RATE), _c(size, "%"), partial)
    return Clamp(Arith(Op.SUB, W, Arith(Op.MUL, steps, _c("0.5"))), ZERO, W)


def _default(target: str, indicator: str, scheme: str = "national-2020") -> Expr:
    return default_reading(Context(indicator, target, "7"), load_scheme(scheme)).trees[0]


TREES: tuple[Expr, ...] = (
    _default("≥90%", "合格率"),
    _default("≤30天", "平均用时"),
    _default("≤30天", "平均用时", "jiangxi"),
    _default("0起", "安全事故"),
    _default("≥90%", "服务对象满意度", "yunnan"),
    _default("≥90%", "服务对象满意度", "jiangxi"),
    _steps(Partial.LINEAR, "0.3"),
    _steps(Partial.FLOOR, "0.3"),
    _steps(Partial.CEIL, "0.3"),
    Interpolate(RATE, ((F(60), F(0)), (F(80), F(10)), (F(100), F(11)))),
    Combine(Pick.MAX, (_steps(Partial.FLOOR), _c(1))),
    Combine(Pick.SUM, (Combine(Pick.MIN, (W, _c(3))), _c("0.25"))),
    Case(
        (
            Branch(Every((Compare(RATE, Sign.GT, _c(80)), Not(Compare(RATE, Sign.EQ, _c(90))))), _c(5)),
            Branch(Some((Compare(RATE, Sign.LE, _c(10)), Compare(RATE, Sign.NE, _c(90)))), _c(2)),
        ),
        Rounded(Arith(Op.DIV, W, _c(3)), 1),
    ),
    Case((Branch(Compare(RATE, Sign.GE, _c(60)), W),), Missing("未规定")),
)


def _reached() -> Expr:
    return Case((Branch(Compare(RATE, Sign.GE, _c(90, "%")), W),))


@cache
def _calculator(formula: str) -> Callable[[float, float], object]:
    formulas = pytest.importorskip("formulas", reason="没有安装公式求值库")
    run = formulas.Parser().ast(formula)[1].compile()
    names = list(run.inputs)

    def calculate(actual: float, weight: float) -> object:
        given = {"A1": actual, "B1": weight}
        return run(*(given[name] for name in names)).item()

    return calculate


@pytest.mark.parametrize("tree", TREES)
def test_a_spreadsheet_computes_what_the_rule_says(tree: Expr) -> None:
    formula = excel(tree, CELLS)
    assert formula is not None
    assert formula.startswith("=")
    calculate = _calculator(formula)
    for actual in ("0", "10", "12.345", "59.9", "60", "79.95", "80", "89.99", "90", "94.1", "95", "100", "45", "31"):
        exact = _exact(tree, F(actual))
        got = calculate(float(F(actual)), 7.0)
        assert (got == "") if exact is None else (abs(float(str(got)) - float(NATIONAL.apply(exact))) < 1e-9)


def _exact(tree: Expr, actual: F) -> F | None:
    got = value(tree, Env({"weight": F(7), "actual": actual, "late_days": actual}))
    return None if isinstance(got, Missing) else got


@settings(max_examples=40, deadline=None)
@given(hundredths=st.integers(0, 10_000))
def test_halves_are_rounded_up_in_spite_of_floats(hundredths: int) -> None:
    """实际值÷100×5 hits a half of a hundredth at every odd value."""
    tree = Arith(Op.MUL, Arith(Op.DIV, RATE, _c(100)), _c(5))
    formula = excel(tree, CELLS)
    assert formula is not None
    actual = F(hundredths, 100)
    got = _calculator(formula)(float(actual), 0.0)
    assert abs(float(str(got)) - float(NATIONAL.apply(actual / 20))) < 1e-9


def test_the_units_own_rounding_is_kept() -> None:
    formula = excel(Arith(Op.MUL, Arith(Op.DIV, RATE, _c(100)), W), CELLS, Rounding(1, Mode.TRUNCATE))
    assert formula == '=IF(OR(A1="",B1=""),"",IFERROR(TRUNC(((A1/100)*B1)+1E-9,1),""))'
    assert _calculator(formula)(99.0, 2.0) == 1.9


def test_a_cell_may_be_an_expression() -> None:
    formula = excel(_reached(), {"actual": "C2*100", "weight": "$D$2"})
    assert formula == '=IF($D$2="","",IFERROR(ROUND(IF(((C2*100)-90)>=-1E-9,$D$2,NA())+1E-9,2),""))'


@pytest.mark.parametrize(
    "tree",
    [
        Human(),
        Case((Branch(Compare(RATE, Sign.GE, _c(90)), W),), Human()),
        Case((Branch(Stated(("是",)), W),), ZERO),
        Arith(Op.MUL, Input("覆盖率", "%"), W),
    ],
)
def test_what_people_or_missing_cells_decide_has_no_formula(tree: Expr) -> None:
    assert excel(tree, CELLS) is None


def test_a_rule_too_long_for_a_cell_has_no_formula() -> None:
    branches = tuple(Branch(Compare(RATE, Sign.EQ, _c(i)), _c(i)) for i in range(400))
    assert excel(Case(branches), CELLS) is None


@pytest.mark.skipif(shutil.which("soffice") is None, reason="没有安装 LibreOffice")
def test_an_office_program_computes_the_same(tmp_path: Path) -> None:
    """One workbook with every rule and a few values, recalculated by a real program."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    expected: list[str] = []
    for tree in TREES:
        for actual in ("12.345", "79.95", "90", "94.1", "31"):
            row = len(expected) + 1
            sheet.cell(row, 1, float(F(actual)))
            sheet.cell(row, 2, 7)
            sheet.cell(row, 3, excel(tree, {"actual": f"A{row}", "weight": f"B{row}"}))
            exact = _exact(tree, F(actual))
            expected.append("" if exact is None else f"{float(NATIONAL.apply(exact)):g}")
    book.save(tmp_path / "表.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "csv",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "表.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "表.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[2] for line in lines] == expected
