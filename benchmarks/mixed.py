"""Five hundred rules, beside OpenFisca-core: ``python -m benchmarks.mixed --openfisca PYTHON [--rows 1000000] [--fisca 100000]``.

One table of rows whose rules are 500 different ones (in proportion with a threshold, in steps, in bands, each with numbers
of its own), as clerks typed them; scores in hundredths come out. Beside hengjian's DuckDB engine stand, from the same texts,

- one OpenFisca ``Variable`` for each rule over the whole population, a row's score chosen by its rule: how its users write
  legislation of many cases
- one simulation for each rule over its own rows only, split and put together by numpy: the kindest way that still has one
  formula for each rule
- three formulas for the three kinds with the numbers of the rules as inputs of the rows: what somebody writes who has done
  by hand what our compiler does (told apart: nobody has read a rule there)

PYTHON is the interpreter of an environment with ``openfisca-core``. It reckons in 32-bit floats: the wrong hundredths are
counted against our engine's, and ours against ``rules.run`` on the first rows. Rates are by the clock and by processor time.
The engine's first time includes compiling the rules. ``--fisca``: rows for the first way, which takes 2 KB a row.
"""

import argparse
import csv
import json
import random
import subprocess
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from benchmarks.throughput import SCHEME, Rate, Watch, best

from hengjian.engines.book import FIELDS, Book
from hengjian.engines.duckdb import DuckDB
from hengjian.engines.scoring import score_chunk
from hengjian.rules.reading import Context
from hengjian.rules.rule import rule_of
from hengjian.rules.run import score

BAR = 20
RATIO, STEP, BAND = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed rule: its kind, its text, and the numbers in it (threshold; step and points; two bounds and a share)."""

    kind: int
    text: str
    numbers: tuple[Decimal, Decimal, Decimal]


def rules() -> list[Rule]:
    """100 rules in proportion, 200 in steps, 200 in bands."""
    none = Decimal(0)
    found = []
    for threshold in range(100):
        tail = f"；完成率低于{threshold}%的不得分" if threshold else ""
        text = f"完成目标得满分，未完成的，得分=实际完成值/目标值×指标分值{tail}"
        found.append(Rule(RATIO, text, (Decimal(threshold), none, none)))
    for i in range(200):
        step, points = Decimal(1 + i % 5), Decimal(1 + i // 5) / 20
        text = f"达到目标值得满分，每低{step}个百分点扣{points}分，扣完为止"
        found.append(Rule(STEP, text, (step, points, none)))
    for i in range(200):
        high, low, share = Decimal(90 + i % 10), Decimal(60 + i // 10), Decimal(50 + i % 45)
        text = f"≥{high}%得满分；{low}%（含）—{high}%得分值的{share}%；{low}%以下不得分"
        found.append(Rule(BAND, text, (high, low, share)))
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """Which rule, and the texts beside it."""

    rule: int
    target: str
    weight: str
    actual: str


def rows(book: list[Rule], count: int) -> list[Row]:
    """Rows in no order; the same every time."""
    chance = random.Random(7)  # noqa: S311 - samples
    found = []
    for _ in range(count):
        at = chance.randrange(len(book))
        rule, weight = book[at], str(chance.choice((5, 6, 8, 10)))
        if rule.kind == RATIO:
            goal = chance.choice((120, 200, 350, 480))
            found.append(Row(at, f"≥{goal}人", weight, f"{chance.randrange(goal * 13 // 10)}人"))
        else:
            goal = int(rule.numbers[0]) if rule.kind == BAND else chance.choice((85, 90, 95))
            found.append(Row(at, f"≥{goal}%", weight, f"{Decimal(chance.randrange(5000, 10001)) / 100}%"))
    return found


def ours(book: list[Rule], table: list[Row]) -> tuple[list[Rate], list[int | None]]:
    """The engine from texts: the first time (with compiling), and again."""
    blank = pa.array([""] * len(table), pa.string())
    columns = {
        "rule": pa.array([book[row.rule].text for row in table]),
        "target": pa.array([row.target for row in table]),
        "weight": pa.array([row.weight for row in table]),
        "actual": pa.array([row.actual for row in table]),
    }
    whole = pa.table({name: columns.get(name, blank) for name in (*FIELDS, "actual", "grade")})
    base, pages = DuckDB(), Book(SCHEME)
    watch = Watch()
    scored, _ = score_chunk(base, pages, whole)
    first = watch.rate("hengjian, DuckDB, first time", len(table))
    again = []
    for _ in range(3):
        watch = Watch()
        scored, _ = score_chunk(base, pages, whole)
        again.append(watch.rate("hengjian, DuckDB, again", len(table)))
    base.close()
    return [first, best(again)], scored["hundredths"].to_pylist()


def wrong_beside_run(book: list[Rule], table: list[Row], got: list[int | None]) -> int:
    """How many of the first rows the engine scored otherwise than ``rules.run``."""
    wrong = 0
    for row, mine in zip(table, got, strict=False):
        context = Context(target=row.target, weight=row.weight)
        wanted = score(rule_of(book[row.rule].text, context, SCHEME), context, row.actual).value
        wrong += mine != (None if wanted is None else int(wanted.scaleb(2)))
    return wrong


# Runs in the other environment: rows, rules, answer, rows for the first way.
FISCA = """
import csv, json, sys, time
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

line = build_entity("line", "lines", "A row of a form", is_person=True)
with open(sys.argv[2], encoding="utf-8") as file:
    rules = [(kind, *map(float, numbers)) for kind, numbers in json.load(file)]
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    columns = [np.array(column) for column in zip(*csv.reader(file))]
few = int(sys.argv[4])

def variable(name, kind, formula=None):
    told = {"value_type": kind, "entity": line, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), told | ({"formula": formula} if formula else {}))

def points(kind, a, b, c, actual, target, weight):
    if kind == 0:
        rate = actual / target
        raw = np.where(rate * 100 < a, 0, np.minimum(1, rate) * weight)
    elif kind == 1:
        raw = np.clip(weight - b * np.maximum(0, target - actual) / a, 0, weight)
    else:
        raw = np.where(actual >= a, weight, np.where(actual >= b, weight * c / 100, 0))
    return np.floor(raw * 100 + 0.5) / 100

def beside(lines, period):
    return lines("actual", period), lines("target", period), lines("weight", period)

def one(rule):
    return lambda lines, period: points(*rule, *beside(lines, period))

def chosen(lines, period):
    mine, found = lines("rule", period), np.zeros(lines.count, dtype=np.float32)
    for i in range(len(rules)):
        found = np.where(mine == i, lines(f"rule_{i}", period), found)
    return found

def by_kind(lines, period):
    a, b, c = (lines(name, period) for name in "abc")
    kinds = lines("kind", period)
    safe = np.where(kinds == 1, a, 1)
    each = [points(k, safe if k == 1 else a, b, c, *beside(lines, period)) for k in range(3)]
    return np.select([kinds == 0, kinds == 1], each[:2], each[2])

system = TaxBenefitSystem([line])
for name, kind in (("rule", int), ("kind", int), ("actual", float), ("target", float), ("weight", float), ("a", float), ("b", float), ("c", float)):
    system.add_variable(variable(name, kind))
for i, rule in enumerate(rules):
    system.add_variable(variable(f"rule_{i}", float, one(rule)))
system.add_variable(variable("score", float, chosen))
system.add_variable(variable("by_kind", float, by_kind))

def read(columns):
    strip = lambda texts: np.char.strip(texts, "\\u2265%\\u4eba").astype(float)
    rule, actual, target, weight = columns
    return {"rule": rule.astype(int), "actual": strip(actual), "target": strip(target), "weight": weight.astype(float)}

def run(arrays, wanted):
    simulation = SimulationBuilder().build_default_simulation(system, count=len(arrays["actual"]))
    for name, array in arrays.items():
        simulation.set_input(name, "2024", array)
    return simulation.calculate(wanted, "2024")

def variables():
    return run(read([column[:few] for column in columns]), "score")

def simulations():
    arrays = read(columns)
    order = np.argsort(arrays["rule"], kind="stable")
    ends = np.searchsorted(arrays["rule"][order], np.arange(len(rules) + 1))
    found = np.zeros(len(order), dtype=np.float32)
    for i in range(len(rules)):
        at = order[ends[i]:ends[i + 1]]
        if len(at):
            found[at] = run({name: arrays[name][at] for name in ("actual", "target", "weight")}, f"rule_{i}")
    return found

def kinds():
    arrays = read(columns)
    numbers = np.array(rules)[arrays["rule"]]
    more = {"kind": numbers[:, 0].astype(int)} | {name: numbers[:, i + 1] for i, name in enumerate("abc")}
    return run(arrays | more, "by_kind")

told = {}
for work, count in ((variables, few), (simulations, len(columns[0])), (kinds, len(columns[0]))):
    times = []
    for _ in range(2):
        clock, processor = time.perf_counter(), time.process_time()
        result = work()
        times.append((time.perf_counter() - clock, time.process_time() - processor))
    hundredths = np.rint(np.asarray(result, float) * 100).astype(int).tolist()
    told[work.__name__] = [count, min(t[0] for t in times), min(t[1] for t in times), hundredths]
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump(told, file)
"""

_WAYS = {
    "variables": "OpenFisca-core, one Variable a rule",
    "simulations": "OpenFisca-core, one simulation a rule",
    "kinds": "OpenFisca-core, three formulas",
}


def openfisca(python: str, book: list[Rule], table: list[Row], few: int, got: list[int | None]) -> list[Rate]:
    """The three ways; ``differ`` counts rows that are not our hundredths."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, columns, numbers, answer = (folder / one for one in ("of.py", "rows.csv", "rules.json", "of.json"))
        script.write_text(FISCA, encoding="utf-8")
        numbers.write_text(json.dumps([(one.kind, list(map(str, one.numbers))) for one in book]), encoding="utf-8")
        with columns.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((row.rule, row.actual, row.target, row.weight) for row in table)
        command = [python, str(script), str(columns), str(numbers), str(answer), str(min(few, len(table)))]
        subprocess.run(command, check=True)
        told = json.loads(answer.read_text(encoding="utf-8"))
    found = []
    for way, title in _WAYS.items():
        count, clock, processor, hundredths = told[way]
        differ = sum(a != b for a, b in zip(hundredths, got, strict=False))
        found.append(Rate(f"{title} ({count} rows)", count / clock, count / processor, differ))
    return found


def main() -> None:
    """Print rates, ratios and wrong hundredths."""
    arguments = argparse.ArgumentParser(description="Five hundred rules beside OpenFisca-core.")
    arguments.add_argument("--openfisca", metavar="PYTHON", required=True)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--fisca", type=int, default=100_000, help="rows for one Variable a rule")
    arguments.add_argument("--reference", type=int, default=5_000, help="rows compared with rules.run")
    asked = arguments.parse_args()
    book = rules()
    table = rows(book, asked.rows)
    mine, got = ours(book, table)
    mine[0].differ = mine[1].differ = wrong_beside_run(book, table[: asked.reference], got)
    others = openfisca(asked.openfisca, book, table, asked.fisca, got)
    print(f"{len(book)} rules, {len(table)} rows, {sum(one is None for one in got)} without a score")
    print(f"{'':52} {'rows/s':>12} {'rows/s of processor':>20} {'wrong':>7}")
    for rate in (*mine, *others):
        print(f"{rate.name:52} {rate.clock:12,.0f} {rate.processor:20,.0f} {rate.differ:>7}")
    for other in others:
        clock, processor = mine[1].clock / other.clock, mine[1].processor / other.processor
        met = "met" if min(clock, processor) >= BAR else "NOT met"
        print(f"again / {other.name}: {clock:.2f} by the clock, {processor:.2f} by processor; bar {BAR}: {met}")


if __name__ == "__main__":
    main()
