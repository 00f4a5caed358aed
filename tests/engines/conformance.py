"""What every engine must do, run against each of them: the same table, the same hundredths, the same statuses.

The reference is ``rules.run``. Trees are random and rows are rich in what goes wrong in databases: nulls, zeros, ties of
the rounding, values on a bound, negative numbers, divisors of zero, conditions that cannot be known.
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pyarrow as pa
from sqlglot import exp

from hengjian.engines.book import FIELDS, Book, answer_of
from hengjian.engines.engine import Engine
from hengjian.engines.lower import Leaf, lower, nested
from hengjian.engines.reasons import READINGS_DIFFER, reason_number, reason_text
from hengjian.engines.sample import rows
from hengjian.engines.scoring import score_chunk
from hengjian.engines.table import as_text
from hengjian.rules.evaluate import Env, holds, value
from hengjian.rules.reading import Context
from hengjian.rules.rule import rule_of
from hengjian.rules.scheme import load_scheme
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
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
from hengjian.rules.wording import read_grade
from hengjian.values.rounding import NATIONAL

NUMBERS = tuple(map(Fraction, ("0", "1", "-2", "3", "95", "100", "0.5", "7.25", "1/3", "0.005", "12.345", "-0.5")))
INPUTS = (Input("x"), Input("y"), Input("weight"))
STATED = (Stated(("是",), "s"), Stated(("否", "未"), "s"))
HUMAN = Human()

# --- random trees -----------------------------------------------------------------------------------------------------


def tree(random: Random, depth: int) -> Expr:
    """An expression of at most so many levels."""
    if depth == 0 or random.random() < 0.15:
        leaf = random.choice((*INPUTS, *INPUTS, "const", "const", HUMAN if random.random() < 0.2 else "const"))
        return Const(random.choice(NUMBERS)) if isinstance(leaf, str) else leaf
    below = depth - 1

    def part() -> Expr:
        return tree(random, below)

    match random.randrange(9):
        case 0 | 1:
            return Arith(random.choice(tuple(Op)), part(), part())
        case 2:
            return Steps(part(), part(), random.choice(tuple(Partial)))
        case 3:
            bounds = [None if random.random() < 0.3 else part() for _ in range(2)]
            return Clamp(part(), bounds[0], bounds[1])
        case 4 | 5:
            count = random.randint(0, 3)
            clauses = tuple(Branch(condition(random, below), part()) for _ in range(count))
            return Case(clauses, None if random.random() < 0.3 else part())
        case 6:
            return Combine(random.choice(tuple(Pick)), tuple(part() for _ in range(random.randint(0, 3))))
        case 7:
            points = sorted(
                {Fraction(random.randint(0, 100)): Fraction(random.randint(0, 20), 2) for _ in range(3)}.items()
            )
            return Interpolate(part(), tuple(points))
        case _:
            if random.random() < 0.2:
                return Missing("评分标准没有写明公式")
            return Rounded(part(), random.randint(0, 2), truncate=random.random() < 0.5)


def condition(random: Random, depth: int) -> Condition:
    """A condition of at most so many levels."""
    match random.randrange(6) if depth else 0:
        case 4:
            parts = tuple(condition(random, depth - 1) for _ in range(random.randint(0, 3)))
            return Every(parts) if random.random() < 0.5 else Some(parts)
        case 5:
            return Not(condition(random, depth - 1)) if random.random() < 0.5 else random.choice(STATED)
        case _:
            return Compare(tree(random, min(depth, 1)), random.choice(tuple(Sign)), tree(random, min(depth, 1)))


def environment(random: Random) -> Env:
    """Numbers, some missing; a state in words, perhaps none; a grade, perhaps none."""
    env = Env()
    for name in ("x", "y"):
        number = random.choice((*NUMBERS, Fraction(random.randint(-200, 20_000), random.choice((1, 2, 4, 8, 100)))))
        env.numbers[name] = Missing(f"没有{name}") if random.random() < 0.1 else number
    env.numbers["weight"] = Fraction(random.choice(("0", "5", "10", "2.5", "0.01")))
    said = random.choice(("是", "否", "未", None))
    if said is not None:
        env.words["s"] = said
    env.grade = read_grade(random.choice(("3", "0", "2.005"))) if random.random() < 0.8 else None
    return env


# --- lowered trees against the reference ------------------------------------------------------------------------------


def expected(trees: Sequence[Expr], env: Env) -> tuple[int | None, str]:
    """Hundredths and reason by the reference."""
    results = [value(one, env) for one in trees]
    for result in results:
        if isinstance(result, Missing):
            return None, result.reason
    scores = {int(NATIONAL.apply(result).scaleb(2)) for result in results if isinstance(result, Fraction)}
    return (scores.pop(), "") if len(scores) == 1 else (None, READINGS_DIFFER)


def table_of(envs: Sequence[Env]) -> tuple[pa.Table, dict[Expr | Condition, Leaf]]:
    """The columns of the leaves for each environment, numerators over 800 · 1000 · 3."""
    den = 800 * 1000 * 3
    columns: dict[str, pa.Array] = {"row": pa.array(range(len(envs)), pa.int64())}
    leaves: dict[Expr | Condition, Leaf] = {}
    numbers: list[Expr] = [*INPUTS, HUMAN]
    for i, node in enumerate(numbers):
        found = [value(node, env) for env in envs]
        tops = [None if isinstance(one, Missing) else int(one * den) for one in found]
        columns[f"n{i}"] = pa.array(tops, pa.int64())
        columns[f"w{i}"] = pa.array(
            [reason_number(one.reason) if isinstance(one, Missing) else None for one in found], pa.int64()
        )
        known = [top for top in tops if top is not None]
        missing = len(known) < len(tops)
        leaves[node] = Leaf(f"n{i}", den, min(known), max(known), f"w{i}" if missing else "")
    for i, stated in enumerate(STATED):
        truths = [holds(stated, env) for env in envs]
        columns[f"t{i}"] = pa.array([None if isinstance(one, Missing) else int(one) for one in truths], pa.int64())
        columns[f"u{i}"] = pa.array(
            [reason_number(one.reason) if isinstance(one, Missing) else None for one in truths], pa.int64()
        )
        leaves[stated] = Leaf(f"t{i}", why=f"u{i}")
    return pa.table(columns), leaves


def check_trees(engine: Engine, count: int, *, seed: int = 7, size: int = 60, at_once: int = 20) -> int:
    """Random trees, one reading or two, on random rows: hundredths and reasons must be those of ``run``. Gives how many."""
    random = Random(seed)  # noqa: S311 - tests
    envs = [environment(random) for _ in range(size)]
    table, leaves = table_of(envs)
    engine.put("conformance", table)
    asked: list[tuple[Sequence[Expr], exp.Select]] = []
    for _ in range(count):
        trees = [tree(random, random.randint(1, 3)) for _ in range(2 if random.random() < 0.1 else 1)]
        lowered = lower(trees, leaves, engine.wide)
        if lowered is None:
            continue
        columns: list[exp.Expr] = [exp.column("row")]
        for leaf in leaves.values():
            if leaf.den == 1:
                truth = exp.EQ(this=exp.column(leaf.column), expression=exp.Literal.number(1))
                columns += [truth.as_(leaf.column), exp.column(leaf.why)]
            else:
                columns.append(exp.cast(exp.column(leaf.column), lowered.kind).as_(leaf.column))
                columns += [exp.column(leaf.why)] if leaf.why else []
        number = exp.cast(exp.Literal.number(len(asked)), "BIGINT").as_("tree")
        query = nested(lowered, exp.select(*columns).from_("conformance"), barrier=engine.barrier)
        asked.append((trees, query.select(number)))
    got: dict[tuple[int, int], tuple[int | None, str]] = {}
    for first in range(0, len(asked), at_once):
        text = " UNION ALL ".join(query.sql(engine.dialect) for _, query in asked[first : first + at_once])
        for row in engine.get(text).to_pylist():
            why = "" if row["why"] is None else reason_text(row["why"])
            got[row["tree"], row["row"]] = (row["hundredths"], why)
    wrong = [
        (trees, env, expected(trees, env), got[i, j])
        for i, (trees, _) in enumerate(asked)
        for j, env in enumerate(envs)
        if expected(trees, env) != got[i, j]
    ]
    assert wrong == [], f"{len(wrong)} differ, the first: {wrong[0]}"
    assert len(got) == len(asked) * size
    return len(asked)


# --- rows of a table against the reference ----------------------------------------------------------------------------

HARD = (
    # rule, target, weight, actual, grade
    ("得分=实际完成值/目标值×指标分值", "0", "10", "5", ""),  # a divisor of zero
    ("得分=实际完成值/目标值×指标分值", "8个", "10", "0.004个", ""),  # 0.005: a tie
    ("得分=实际完成值/目标值×指标分值", "16个", "0.08", "1个", ""),  # 0.005 again, from another side
    ("得分=实际完成值/目标值×指标分值", "300个", "10", "1,00个", ""),
    ("得分=实际完成值/目标值×指标分值", "3万人", "10", "20001", ""),  # the scale of the target
    ("得分=实际完成值/目标值×指标分值", "3万人", "10", "2.0001万人", ""),
    ("得分=实际完成值/目标值×指标分值", "7个", "10", "1/3", ""),
    ("得分=实际完成值/目标值×指标分值", "999999999999999个", "10", "333333333333333个", ""),  # wide numbers
    ("得分=实际完成值/目标值×指标分值", "1个", "10", "999999999999999999个", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "95%", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "94.99%", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "0.9", ""),  # perhaps a percent sign is missing
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "—", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "/", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "已完成", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "未完成", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "10", "良好", ""),
    ("达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "", "90%", ""),  # no weight
    ("≥90%得满分；60%以下得0分", "90%", "10", "75%", ""),  # a gap
    ("≥90%得满分；60%以下得0分", "90%", "10", "90%", ""),
    ("6月30日前完成得满分，每推迟1天扣0.5分，扣完为止", "6月30日前", "5", "2023年7月3日", ""),
    ("6月30日前完成得满分，每推迟1天扣0.5分，扣完为止", "6月30日前", "5", "延迟4天", ""),
    ("6月30日前完成得满分，每推迟1天扣0.5分，扣完为止", "6月30日前", "5", "未完成", ""),
    ("效果显著得满分，较好得80%，一般得60%，差不得分", "显著", "10", "显著", "较好"),
    ("效果显著得满分，较好得80%，一般得60%，差不得分", "显著", "10", "显著", ""),
    ("由专家酌情打分", "提升", "10", "提升", "11"),
    ("由专家酌情打分", "提升", "10", "提升", "7.5"),
    ("每发生1起事故扣2分，扣完为止", "0起", "5", "未发生", ""),
    ("每发生1起事故扣2分，扣完为止", "0起", "5", "3起", ""),
    ("详见附件", "≥3个", "5", "3个", ""),
    ("", "≥3个", "5", "2个", ""),
    ("", "", "", "", ""),
    ("得分=实际完成值/目标值×指标分值", "8个", "10", "4'; DROP TABLE rows; --", ""),
    ("得分=实际完成值/目标值×指标分值", "8个", "10", '\\N\t"4"\n', ""),
)


def hard_rows(times: int = 2) -> pa.Table:
    """Rows of what goes wrong, each of them so many times: what is asked again and again is scored once, all else row by row."""
    table = pa.table(
        {
            name: pa.array([row[i] for row in HARD * times], pa.string())
            for i, name in enumerate(("rule", "target", "weight", "actual", "grade"))
        }
    )
    return _complete(table)


def sample_rows(count: int, templates: int = 20) -> pa.Table:
    """Made-up rows of the field."""
    return _complete(as_text(pa.concat_tables(rows(count, seed=3, templates=templates))))


def _complete(table: pa.Table) -> pa.Table:
    blank = pa.array([""] * table.num_rows, pa.string())
    return pa.table(
        {name: table.column(name) if name in table.column_names else blank for name in (*FIELDS, "actual", "grade")}
    )


def check_rows(engine: Engine, table: pa.Table) -> None:
    """Every row must have the hundredths and the status of the reference."""
    scheme = load_scheme("national-2020")
    scored, told = score_chunk(engine, Book(scheme), table)
    assert scored.num_rows == table.num_rows
    assert told.lowered > 0
    wrong = []
    known: dict[tuple[str, ...], tuple[int | None, str]] = {}
    for row, result in zip(table.to_pylist(), scored.to_pylist(), strict=True):
        key = tuple(row.values())
        if key not in known:
            context = _context(row)
            answer = answer_of(rule_of(row["rule"], context, scheme), context, row["actual"], row["grade"])
            known[key] = (answer.hundredths, answer.status.value)
        got = (result["hundredths"], result["status"])
        if got != known[key]:
            wrong.append((row, known[key], got, result["reason"]))
    assert wrong == [], f"{len(wrong)} of {table.num_rows} rows differ, the first: {wrong[0]}"


def _context(row: dict[str, str]) -> Context:
    return Context(
        indicator=row["indicator"],
        target=row["target"],
        weight=row["weight"],
        level1=row["level1"],
        level2=row["level2"],
        sign=row["sign"],
        unit=row["unit"],
        year=int(row["year"]) if row["year"] else None,
    )
