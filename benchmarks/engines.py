"""Measure batch scoring: against hand-written SQL, against the reference, over sizes, across engines.

Run ``python benchmarks/engines.py [part …]``; the parts are ``single``, ``mixed``, ``same``, ``sizes``, ``compile``, ``kill``,
``spark`` (all but ``sizes``, ``kill`` and ``spark`` when none is named). ``--rows`` sets the number of rows, ``--engine`` the engines of ``same`` (with commas), ``--server`` the
address of PostgreSQL.
``single`` and ``mixed`` run in turn with the statement by hand and give medians, by processor time and by the clock; other
times are the least of several runs. On a busy machine compare the ratios, and those by processor time first.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from statistics import median

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from hengjian.engines.batch import Job, open_engine, open_source, run_batch
from hengjian.engines.book import FIELDS, Book, answer_of
from hengjian.engines.duckdb import DuckDB
from hengjian.engines.sample import rows
from hengjian.engines.scoring import score_chunk
from hengjian.engines.table import as_text
from hengjian.rules.reading import Context, Reading
from hengjian.rules.rule import rule_of
from hengjian.rules.scheme import load_scheme

SCHEME = load_scheme("national-2020")


def least(times: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def in_turn(times: int, *works: Callable[[], object]) -> list[tuple[float, float]]:
    """Median seconds of processor and by the clock of works that are run one after the other, again and again."""
    taken: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(times):
        for work, found in zip(works, taken, strict=True):
            start, used = time.perf_counter(), time.process_time()
            work()
            found.append((time.process_time() - used, time.perf_counter() - start))
    return [(median(used for used, _ in found), median(clock for _, clock in found)) for found in taken]


def complete(table: pa.Table) -> pa.Table:
    """The columns scoring needs."""
    blank = pa.array([""] * table.num_rows, pa.string())
    return pa.table(
        {name: table.column(name) if name in table.column_names else blank for name in (*FIELDS, "actual", "grade")}
    )


# --- against hand-written SQL -----------------------------------------------------------------------------------------

# What a person writes as exact SQL over the clerks' texts: digits as whole hundredths of a percent, the numbers of the rules
# in a table of their own.
BY_HAND = """
SELECT row, CASE WHEN n >= target * 100 THEN 1000
  ELSE (2 * greatest(0, 1000 * step - points * greatest(0, target * 100 - n)) + step) // (2 * step) END AS hundredths
FROM (SELECT row, rule, CAST(CAST(rtrim(actual, '%') AS DECIMAL(18, 2)) * 100 AS BIGINT) AS n FROM base)
JOIN numbers USING (rule) ORDER BY row
"""


def rules_by_hand(count: int) -> list[tuple[str, str, int, int, int]]:
    """Rules as printed, their targets, and their numbers: 10 points, so much off for each step missed."""
    made = []
    for i in range(count):
        target, points, step = 60 + i % 40, 1 + i // 40 % 4, 1 + i // 160
        rule = f"达到{target}%得满分，每低{step}个百分点扣{points}分，扣完为止"
        made.append((rule, f"≥{target}%", target, points, step))
    return made


def against_hand(count: int, size: int) -> None:
    """The whole work over clerks' texts, ours and that of a statement written by hand."""
    made = rules_by_hand(count)
    pick = random.Random(1)  # noqa: S311 - samples
    at = [pick.randrange(count) for _ in range(size)]
    table = pa.table(
        {
            "rule": pa.array([made[i][0] for i in at]),
            "target": pa.array([made[i][1] for i in at]),
            "weight": pa.array(["10"] * size),
            "actual": pa.array([f"{pick.randrange(3000, 10000) / 100:.2f}%" for _ in range(size)]),
        }
    )
    base = duckdb.connect()
    numbered = table.append_column("row", pa.array(range(size), pa.int64()))
    results: list[pa.Table] = []
    base.execute("CREATE TABLE numbers (rule VARCHAR, target BIGINT, points BIGINT, step BIGINT)")
    base.executemany("INSERT INTO numbers VALUES (?, ?, ?, ?)", [[rule, *numbers] for rule, _, *numbers in made])

    def by_hand() -> None:
        base.register("incoming", numbered)
        base.execute("CREATE OR REPLACE TEMP TABLE base AS SELECT row, rule, actual FROM incoming")
        results[:] = [base.sql(BY_HAND).to_arrow_table()]

    engine, book, whole = DuckDB(), Book(SCHEME), complete(table)
    first = least(1, lambda: score_chunk(engine, book, whole))
    by_hand()
    ours, hand = in_turn(11, lambda: score_chunk(engine, book, whole), by_hand)
    scored, told = score_chunk(engine, book, whole)
    differ = sum(
        a != b for a, b in zip(scored["hundredths"].to_pylist(), results[0]["hundredths"].to_pylist(), strict=True)
    )
    print(
        f"{count:4d} rules, {size} rows (first time {first:.2f} s, {told.shapes} shapes): "
        + "; ".join(
            f"{by}: ours {mine:.3f} s, by hand {theirs:.3f} s, ratio {mine / theirs:.2f}"
            for by, mine, theirs in zip(("processor", "clock"), ours, hand, strict=True)
        )
        + f"; {differ} differences"
    )


# --- against the reference --------------------------------------------------------------------------------------------


def same(size: int, names: str, server: str | None) -> None:
    """Made-up rows by engines and by ``rules.run``: how many differ."""
    table = complete(as_text(pa.concat_tables(rows(size))))
    start = time.perf_counter()
    columns = [table.column(column).to_pylist() for column in table.column_names]
    known: dict[tuple[str, ...], tuple[int | None, str]] = {}
    wanted = []
    for row in zip(*columns, strict=True):
        if row not in known:
            known[row] = reference(row)
        wanted.append(known[row])
    print(f"run: {size} rows, {len(known)} distinct, {time.perf_counter() - start:.0f} s", flush=True)
    for name in names.split(","):
        engine, book = open_engine(name, server if name == "postgres" else None), Book(SCHEME)
        start = time.perf_counter()
        scored, told = score_chunk(engine, book, table)
        taken = time.perf_counter() - start
        again = least(1, partial(score_chunk, engine, book, table))
        got = zip(scored["hundredths"].to_pylist(), scored["status"].to_pylist(), strict=True)
        differ = sum(one != other for one, other in zip(got, wanted, strict=True))
        print(
            f"{name}: {taken:.1f} s, again {again:.1f} s; by the engine {told.lowered}, by the reference {told.asked} "
            f"({book.asked} distinct); {differ} differences from run",
            flush=True,
        )
        engine.close()


@cache
def reading_of(row: tuple[str, ...]) -> tuple[Reading, Context]:
    """The rule of a row's ``FIELDS``, read without the book."""
    values = dict(zip(FIELDS, row, strict=True))
    context = Context(
        values["indicator"], values["target"], values["weight"], unit=values["unit"], year=int(values["year"])
    )
    return rule_of(values["rule"], context, SCHEME), context


def reference(row: tuple[str, ...]) -> tuple[int | None, str]:
    """Hundredths and status of a row by ``rules.run``."""
    answer = answer_of(*reading_of(row[: len(FIELDS)]), *row[len(FIELDS) :])
    return answer.hundredths, answer.status.value


# --- sizes, kills, compiling ------------------------------------------------------------------------------------------


def sizes(largest: int) -> None:
    """Time for each row and the most memory held, from file to file, in a process of its own for each size."""
    size = 100_000
    while size <= largest:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            with pq.ParquetWriter(path, next(rows(1)).schema) as file:
                for table in rows(size):
                    file.write_table(table)
            code = "import sys, benchmarks.engines as e; e.one_size(sys.argv[1])"
            subprocess.run([sys.executable, "-c", code, str(path)], check=True, cwd=Path(__file__).parent.parent)
        size *= 10


def one_size(path: str) -> None:
    """Score one file and print time and memory."""
    import resource

    start, used = time.perf_counter(), time.process_time()
    done = run_batch(open_source(path), SCHEME, Job(Path(path).with_name("out.parquet")))
    taken, used = time.perf_counter() - start, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{done.rows:>10} rows: {taken:7.1f} s, {taken / done.rows * 1e6:6.2f} µs a row ({used / done.rows * 1e6:.2f} µs of "
        f"processor), most memory {memory:.0f} MB"
    )


def overhead(largest: int) -> None:
    """What Spark costs beside DuckDB on one machine: its start, and each row, at 10^5 rows and more. Linux only.

    By the clock, and by processor time of this process and all below it (Spark's work is done by a Java process).
    """
    book = Book(SCHEME)
    for name in ("duckdb", "spark"):
        start, used = time.perf_counter(), processor()
        engine = open_engine(name)
        engine.get("SELECT 1 AS one")
        print(f"{name}: start {time.perf_counter() - start:.1f} s, {processor() - used:.1f} s of processor", flush=True)
        size = 100_000
        while size <= largest:
            table = pa.concat_tables(complete(as_text(table)) for table in rows(size))
            score_chunk(engine, book, table)
            times = []
            for _ in range(2):
                start, used = time.perf_counter(), processor()
                score_chunk(engine, book, table)
                times.append((time.perf_counter() - start, processor() - used))
            clock, busy = (min(one[i] for one in times) / size * 1e6 for i in (0, 1))
            print(f"{name}: {size} rows, rules known: {clock:.2f} µs a row, {busy:.2f} µs of processor", flush=True)
            size *= 10
        engine.close()


def processor() -> float:
    """Processor seconds of this process and of those below it that are alive."""
    ticks, parents = dict[int, int](), dict[int, int]()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)], ticks[int(path.parent.name)] = int(told[1]), int(told[11]) + int(told[12])
    mine = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return sum(ticks.get(pid, 0) for pid in mine) / os.sysconf("SC_CLK_TCK")


def kill() -> None:
    """Kill the command again and again; the result must be that of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "hengjian", "batch"]
        subprocess.run([*command, "--demo", "20000", str(folder / "rows.parquet")], check=True, capture_output=True)
        scoring = [*command, str(folder / "rows.parquet"), "--chunk", "2000", "-o"]
        subprocess.run([*scoring, str(folder / "whole.parquet")], check=True, capture_output=True)
        killed = 0
        while not (folder / "broken.parquet").exists():
            process = subprocess.Popen([*scoring, str(folder / "broken.parquet")], stderr=subprocess.DEVNULL)
            # Killed somewhere in the chunk after the next one.
            while process.poll() is None and len(list(folder.glob(".broken.parquet.parts/*.parquet"))) < killed * 2 + 1:
                time.sleep(0.01)
            if killed < 3 and process.poll() is None:
                time.sleep(random.random() / 5)  # noqa: S311 - no secret
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
            process.wait()
        whole, broken = pq.read_table(folder / "whole.parquet"), pq.read_table(folder / "broken.parquet")
        print(
            f"killed {killed} times: the result is {'the same' if whole.to_pylist() == broken.to_pylist() else 'NOT the same'}"
        )


def compiling(count: int) -> None:
    """Distinct rows of the field compiled in a second."""
    table = complete(as_text(pa.concat_tables(rows(count * 2, templates=count // 10))))
    distinct = table.select(list(FIELDS)).group_by(list(FIELDS)).aggregate([]).to_pylist()[:count]
    book = Book(SCHEME)
    start = time.perf_counter()
    for row in distinct:
        book.page(tuple(row[name] for name in FIELDS))
    taken = time.perf_counter() - start
    print(
        f"{len(distinct)} distinct rows, {len({row['rule'] for row in distinct})} rule texts: {len(distinct) / taken:.0f} a second "
        f"({book.pages} compiled, {len(book.shapes)} shapes)"
    )


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--server")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "single": lambda: against_hand(1, asked.rows),
        "mixed": lambda: against_hand(500, asked.rows),
        "same": lambda: same(asked.rows, asked.engine, asked.server),
        "sizes": lambda: sizes(asked.rows),
        "compile": lambda: compiling(5_000),
        "kill": kill,
        "spark": lambda: overhead(asked.rows),
    }
    for name in asked.parts or ("single", "mixed", "same", "compile"):
        parts[name]()


if __name__ == "__main__":
    main()
