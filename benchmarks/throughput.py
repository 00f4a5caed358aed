"""Rows a second beside others: ``python benchmarks/throughput.py [--openfisca PYTHON] [--rows 1000000] [--sheet 20000]``.

The same scoring five ways in one run: rows of three printed rules (in proportion, in steps, in bands), with weights and
targets of their own, from what clerks typed to hundredths of a point:

- hengjian's reference (``rules.run``, one row after the other) and its DuckDB engine (set-wise)
- OpenFisca-core, vectorised over numpy, with PYTHON of an environment of its own where ``openfisca-core`` is installed
  (``python -m venv V && V/bin/pip install openfisca-core``); three times: from the same texts, from arrays of numbers (beside
  which stand our formulas alone), and from a situation, the form in which its own interface takes 20,000 rows
- a workbook with live formulas, opened, recalculated and saved by LibreOffice (its start is taken off), and by ``formulas``

Then the rules themselves: distinct texts compiled in a second by one core. Rates are by the clock and by processor time (all
threads); on a busy machine the latter are to be trusted. The results of all are compared with the reference. Linux only.
"""

import argparse
import csv
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from openpyxl import Workbook

from hengjian.engines.book import FIELDS, Book
from hengjian.engines.duckdb import DuckDB
from hengjian.engines.sample import rows as sample_rows
from hengjian.engines.scoring import score_chunk
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.rule import rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import load_scheme

SCHEME = load_scheme("national-2020")
OPENFISCA_BAR, SHEET_BAR, COMPILE_BAR = 20, 1000, 2000

RATIO, STEP, BAND = 0, 1, 2
_RULES = {
    RATIO: "完成目标得满分，未完成的，得分=实际完成值/目标值×指标分值",
    STEP: "达到目标值得满分，每低1个百分点扣0.5分，扣完为止",
    BAND: "≥95%得满分；80%（含）—95%得分值的60%；80%以下不得分",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: which rule, numbers for those who need them, and the texts that are typed."""

    kind: int
    target: int
    weight: int
    actual: Decimal

    @property
    def texts(self) -> dict[str, str]:
        """The columns of ``hengjian batch``."""
        unit = "人" if self.kind == RATIO else "%"
        target = {RATIO: f"≥{self.target}人", STEP: f"≥{self.target}%", BAND: "≥95%"}[self.kind]
        return {
            "rule": _RULES[self.kind],
            "target": target,
            "weight": str(self.weight),
            "actual": f"{self.actual}{unit}",
        }


def made(count: int) -> list[Row]:
    """Rows as a nation's forms have them; the same every time."""
    chance = random.Random(11)  # noqa: S311 - samples
    found = []
    for _ in range(count):
        kind, weight = chance.randrange(3), chance.choice((5, 6, 8, 10))
        target = chance.choice((120, 200, 350, 480)) if kind == RATIO else chance.choice((85, 90, 95))
        actual = (
            Decimal(chance.randrange(target * 13 // 10))
            if kind == RATIO
            else Decimal(chance.randrange(6000, 10001)) / 100
        )
        found.append(Row(kind, target, weight, actual))
    return found


@dataclass(slots=True)
class Rate:
    """Rows a second, by the clock and by processor time."""

    name: str
    clock: float
    processor: float
    differ: int | None = None  # None: results were not compared


@dataclass(slots=True)
class Watch:
    """Clock and processor seconds of this process and of its children."""

    clock: float = field(default_factory=time.perf_counter)
    processor: float = field(default_factory=lambda: _processor())

    def rate(self, name: str, rows: int, differ: int | None = None) -> Rate:
        """The rate since the watch was started."""
        return Rate(name, rows / (time.perf_counter() - self.clock), rows / (_processor() - self.processor), differ)


def _processor() -> float:
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def best(rates: list[Rate]) -> Rate:
    """The fastest run by each of the two clocks."""
    return Rate(rates[0].name, max(r.clock for r in rates), max(r.processor for r in rates), rates[0].differ)


# --- ours -------------------------------------------------------------------------------------------------------------


def reference(rows: list[Row]) -> tuple[Rate, list[int | None]]:
    """``rules.run``, each rule read once, each row scored anew."""
    readings = {}
    watch, results = Watch(), list[int | None]()
    for row in rows:
        texts = row.texts
        context = Context(target=texts["target"], weight=texts["weight"])
        key = (texts["rule"], context)
        if key not in readings:
            readings[key] = rule_of(texts["rule"], context, SCHEME)
        got = score(readings[key], context, texts["actual"])
        results.append(None if got.value is None else int(got.value.scaleb(2)))
    return watch.rate("hengjian, reference", len(rows), 0), results


class _Heard(DuckDB):
    """Notes what it is asked while a chunk is scored, so that it can be asked again."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, query: str) -> pa.Table:
        """See ``Engine``."""
        self.asked = [*self.asked, query]
        return super().get(query)


def engine(rows: list[Row], wanted: list[int | None]) -> list[Rate]:
    """The DuckDB engine: from texts, and its formulas alone over numbers that were read before."""
    texts = [row.texts for row in rows]
    blank = pa.array([""] * len(rows), pa.string())
    table = pa.table(
        {
            name: pa.array([t[name] for t in texts]) if name in texts[0] else blank
            for name in (*FIELDS, "actual", "grade")
        }
    )
    base, whole, alone = _Heard(), list[Rate](), list[Rate]()
    results: list[int | None] = []
    for _ in range(3):
        base.asked = []
        watch = Watch()
        scored, told = score_chunk(base, Book(SCHEME), table)
        whole.append(watch.rate("hengjian, DuckDB, from texts", len(rows)))
        results = scored["hundredths"].to_pylist()
        watch = Watch()
        for query in tuple(base.asked):  # the formulas over rows that are bound already
            base.get(query)
        alone.append(watch.rate("hengjian, DuckDB, from numbers", told.lowered))
    base.close()
    differ = _differ(results, wanted)
    found = [best(whole), best(alone)]
    for rate in found:
        rate.differ = differ
    return found


def _differ(got: list[int | None], wanted: list[int | None]) -> int:
    """How many of the rows the reference did are otherwise (it does the first ones only)."""
    return sum(a != b for a, b in zip(got, wanted, strict=False))


# --- OpenFisca-core ---------------------------------------------------------------------------------------------------

# Runs in the other environment: argument 1 a file of columns, 2 a file for the answer.
OPENFISCA = """
import csv, json, sys, time
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

line = build_entity("line", "lines", "A row of a form", is_person=True)

def number(name, kind):
    return type(name, (Variable,), {"value_type": kind, "entity": line, "definition_period": DateUnit.YEAR, "label": name})

class score(Variable):
    value_type = float
    entity = line
    definition_period = DateUnit.YEAR
    label = "Score"

    def formula(lines, period):
        kind, actual = lines("kind", period), lines("actual", period)
        target, weight = lines("target", period), lines("weight", period)
        ratio = np.minimum(1, actual / target) * weight
        step = np.clip(weight - 0.5 * np.maximum(0, target - actual), 0, weight)
        band = np.where(actual >= 95, weight, np.where(actual >= 80, weight * 0.6, 0))
        raw = np.select([kind == 0, kind == 1], [ratio, step], band)
        return np.floor(raw * 100 + 0.5) / 100

system = TaxBenefitSystem([line])
for name, kind in (("kind", int), ("actual", float), ("target", float), ("weight", float)):
    system.add_variable(number(name, kind))
system.add_variable(score)

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    table = list(csv.reader(file))
columns = [np.array(column) for column in zip(*table)]

def read():
    kind, actual, target, weight = columns
    strip = lambda texts: np.char.strip(texts, "\u2265%\u4eba").astype(float)
    return {"kind": kind.astype(int), "actual": strip(actual), "target": strip(target), "weight": weight.astype(float)}

def run(arrays):
    simulation = SimulationBuilder().build_default_simulation(system, count=len(table))
    for name, array in arrays.items():
        simulation.set_input(name, "2024", array)
    return simulation.calculate("score", "2024")

def timed(work, times=3):
    found = []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        result = work()
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    return result, min(f[0] for f in found), min(f[1] for f in found)

few = table[:int(sys.argv[3])]

def described():
    lines = {}
    for i, (kind, actual, target, weight) in enumerate(few):
        told = (("kind", int(kind)), ("actual", actual), ("target", target), ("weight", weight))
        lines[str(i)] = {name: {"2024": float(str(text).strip("\u2265%\u4eba"))} for name, text in told}
    simulation = SimulationBuilder().build_from_entities(system, {"lines": lines})
    return simulation.calculate("score", "2024")

arrays = read()
result, *numbers = timed(lambda: run(arrays))
_, *texts = timed(lambda: run(read()))
_, *situations = timed(described, 1)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump({"situations": situations, "numbers": numbers, "texts": texts, "hundredths": np.rint(np.asarray(result, float) * 100).astype(int).tolist()}, file)
"""


def openfisca(python: str, rows: list[Row], wanted: list[int | None], folder: Path) -> list[Rate]:
    """OpenFisca-core over the same rows; nothing when it does not run."""
    script, columns, answer = folder / "of.py", folder / "rows.csv", folder / "of.json"
    script.write_text(OPENFISCA, encoding="utf-8")
    with columns.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            texts = row.texts
            csv.writer(file).writerow((row.kind, texts["actual"], texts["target"], texts["weight"]))
    few = min(len(rows), 20_000)
    command = [python, str(script), str(columns), str(answer), str(few)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"OpenFisca-core did not run: {done.stderr.strip().splitlines()[-1:]}")
        return []
    told = json.loads(answer.read_text(encoding="utf-8"))
    differ = _differ(told["hundredths"], wanted)
    counts = {"texts": len(rows), "numbers": len(rows), "situations": few}
    return [
        Rate(
            f"OpenFisca-core, from {how}",
            count / told[how][0],
            count / max(told[how][1], 1e-9),
            differ if count == len(rows) else None,
        )
        for how, count in counts.items()
    ]


# --- spreadsheets -----------------------------------------------------------------------------------------------------

_FORMULAS = {
    RATIO: "=ROUND(MIN(1,B{0}/C{0})*D{0},2)",
    STEP: "=ROUND(MAX(0,D{0}-0.5*MAX(0,C{0}-B{0})),2)",
    BAND: "=ROUND(IF(B{0}>=95,D{0},IF(B{0}>=80,D{0}*0.6,0)),2)",
}


def workbook(path: Path, rows: list[Row]) -> None:
    """Numbers and one live formula in each row; no results are stored, so that they must be computed."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise SystemExit("openpyxl made no sheet")
    for i, row in enumerate(rows, start=1):
        sheet.append((row.kind, float(row.actual), row.target, row.weight, _FORMULAS[row.kind].format(i)))
    book.save(path)


def libreoffice(rows: list[Row], wanted: list[int | None], folder: Path) -> list[Rate]:
    """Open, recalculate, save as csv; the same for a workbook of one row is the start and is taken off."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return []
    seconds = []
    for name, part in (("warm", rows[:1]), ("one", rows[:1]), ("all", rows)):
        path = folder / f"{name}.xlsx"
        workbook(path, part)
        watch = Watch()
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "csv", "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        seconds.append((time.perf_counter() - watch.clock, _processor() - watch.processor))
    with (folder / "all.csv").open(encoding="utf-8", newline="") as file:
        results: list[int | None] = [int(Decimal(line[4]) * 100) for line in csv.reader(file)]
    clock, processor = (max(1e-9, whole - start) for whole, start in zip(seconds[2], seconds[1], strict=True))
    return [Rate("LibreOffice", len(rows) / clock, len(rows) / processor, _differ(results, wanted))]


_BY_FORMULAS = """
import sys, time, warnings
warnings.simplefilter("ignore")
import formulas
clock, processor = time.perf_counter(), time.process_time()
formulas.ExcelModel().loads(sys.argv[1]).finish().calculate()
print(time.perf_counter() - clock, time.process_time() - processor)
"""


def by_formulas(rows: list[Row], folder: Path) -> list[Rate]:
    """The library ``formulas``, when it is installed."""
    path = folder / "few.xlsx"
    workbook(path, rows)
    command = [sys.executable, "-c", _BY_FORMULAS, str(path)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return []
    clock, processor = map(float, done.stdout.split()[-2:])
    return [Rate(f"formulas ({len(rows)} rows)", len(rows) / clock, len(rows) / processor)]


# --- compiling --------------------------------------------------------------------------------------------------------


def compiling(count: int) -> tuple[int, float]:
    """Distinct rule texts of the field read in a second of one core, none seen before."""
    seen: dict[str, Context] = {}
    templates = count
    for seed in range(1, 20):
        for table in sample_rows(templates * 10, seed=seed, templates=templates):
            columns = [table.column(name).to_pylist() for name in ("rule", "indicator", "target", "weight", "unit")]
            for rule, indicator, target, weight, unit in zip(*columns, strict=True):
                if rule.strip():
                    seen.setdefault(rule, Context(indicator=indicator, target=target, weight=weight, unit=unit))
        if len(seen) >= count + 100:
            break
    chosen = list(seen.items())[: count + 100]
    for rule, context in chosen[:100]:  # grammar and vocabulary are loaded by the first
        read_rule(rule, context)
    start = time.process_time()
    for rule, context in chosen[100:]:
        read_rule(rule, context)
    return len(chosen) - 100, (len(chosen) - 100) / (time.process_time() - start)


# --- all together -----------------------------------------------------------------------------------------------------


def _against(ours: Rate, others: list[Rate], bar: int) -> None:
    for other in others:
        clock, processor = ours.clock / other.clock, ours.processor / other.processor
        met = "met" if min(clock, processor) >= bar else "NOT met"
        print(f"{ours.name} / {other.name}: {clock:.2f} by the clock, {processor:.2f} by processor; bar {bar}: {met}")


def main() -> None:
    """Print rates, ratios and bars."""
    arguments = argparse.ArgumentParser(description="Rows a second beside others.")
    arguments.add_argument("--openfisca", metavar="PYTHON", help="interpreter of an environment with openfisca-core")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--reference", type=int, default=20_000, help="rows for the reference")
    arguments.add_argument("--sheet", type=int, default=20_000, help="rows of the workbook")
    arguments.add_argument("--texts", type=int, default=5_000, help="distinct rules to compile")
    chosen = arguments.parse_args()
    rows = made(chosen.rows)
    own, wanted = reference(rows[: chosen.reference])
    rates = [own, *engine(rows, wanted)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fisca = openfisca(chosen.openfisca, rows, wanted, folder) if chosen.openfisca else []
        sheets = [*libreoffice(rows[: chosen.sheet], wanted, folder), *by_formulas(rows[:1000], folder)]
    print(
        f"{chosen.rows} rows; differences in the first {len(wanted)} rows, {sum(one is None for one in wanted)} without score"
    )
    print(f"{'':34} {'rows/s':>12} {'rows/s of processor':>20} {'differ':>7}")
    for rate in [*rates, *fisca, *sheets]:
        print(
            f"{rate.name:34} {rate.clock:12,.0f} {rate.processor:20,.0f} {'-' if rate.differ is None else rate.differ:>7}"
        )
    _against(rates[1], [rate for rate in fisca if "numbers" not in rate.name], OPENFISCA_BAR)
    _against(rates[2], [rate for rate in fisca if "numbers" in rate.name], OPENFISCA_BAR)
    _against(rates[1], sheets, SHEET_BAR)
    count, speed = compiling(chosen.texts)
    print(
        f"compile: {count} distinct texts, {speed:,.0f} a second and core; bar {COMPILE_BAR}: {'met' if speed >= COMPILE_BAR else 'NOT met'}"
    )


if __name__ == "__main__":
    main()
