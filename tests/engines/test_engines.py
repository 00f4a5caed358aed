"""Every engine against the shared conformance suite; an engine that is not installed is skipped with a message."""

import os
from collections.abc import Iterator

import pyarrow as pa
import pytest

from engines.conformance import check_rows, check_trees, hard_rows, sample_rows
from engines.servers import server
from hengjian.engines import ENGINES, BatchError
from hengjian.engines.batch import open_engine
from hengjian.engines.book import Book
from hengjian.engines.engine import Engine
from hengjian.engines.scoring import score_chunk
from hengjian.rules.scheme import load_scheme

TREES = {"duckdb": 300, "postgres": 100, "spark": 30}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "postgres":
        with server(tmp_path_factory.mktemp("postgres")) as address:
            yield from opened("postgres", address)
    else:
        yield from opened(request.param, None)


def _wanted(name: str) -> None:
    if name == "spark" and not os.environ.get("HENGJIAN_SPARK"):
        pytest.skip("Spark starts slowly: set HENGJIAN_SPARK=1 to hold it to the suite, too")


def opened(name: str, address: str | None) -> Iterator[Engine]:
    _wanted(name)
    try:
        engine = open_engine(name, address)
    except BatchError as error:
        pytest.skip(str(error))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    yield from opened("duckdb", None)


def test_random_trees_mean_what_run_says(engine: Engine) -> None:
    """Nulls, zeros, ties, bounds, negative numbers: equal hundredths and equal reasons."""
    assert check_trees(engine, TREES[engine.dialect]) > TREES[engine.dialect] // 2


@pytest.mark.parametrize("times", [1, 2, 5])
def test_rows_that_go_wrong_in_databases(engine: Engine, times: int) -> None:
    check_rows(engine, hard_rows(times))


def test_equal_rows_are_counted_one_by_one(duckdb: Engine) -> None:
    """However often a question is asked, each of its rows is told to be done by the engine or by the reference."""
    once, several = (score_chunk(duckdb, Book(load_scheme("national-2020")), hard_rows(times))[1] for times in (1, 3))
    assert (several.lowered, several.asked, several.shapes) == (3 * once.lowered, 3 * once.asked, once.shapes)
    assert once.lowered > 0
    assert once.asked > 0


@pytest.mark.parametrize("at", range(0, 12, 3))
def test_one_row_and_one_row_many_times(duckdb: Engine, at: int) -> None:
    """A table in which nothing changes from row to row."""
    row = hard_rows().slice(at, 1)
    alone, many = (
        score_chunk(duckdb, Book(load_scheme("national-2020")), pa.concat_tables([row] * times))[0].to_pylist()
        for times in (1, 7)
    )
    assert len(alone) == 1
    assert many == alone * 7


def test_a_table_without_rows_has_no_scores(duckdb: Engine) -> None:
    scored, told = score_chunk(duckdb, Book(load_scheme("national-2020")), hard_rows().slice(0, 0))
    assert scored.num_rows == 0
    assert scored.column_names == ["hundredths", "status", "reason", "codes"]
    assert (told.lowered, told.asked, told.shapes) == (0, 0, 0)


def test_rows_of_the_field(engine: Engine) -> None:
    check_rows(engine, sample_rows(2_000))
