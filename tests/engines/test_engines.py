"""Every engine against the shared conformance suite; an engine that is not installed is skipped with a message."""

import os
from collections.abc import Iterator

import pytest

from engines.conformance import check_rows, check_trees, hard_rows, sample_rows
from engines.servers import server
from hengjian.engines import ENGINES, BatchError
from hengjian.engines.batch import open_engine
from hengjian.engines.engine import Engine

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


def test_random_trees_mean_what_run_says(engine: Engine) -> None:
    """Nulls, zeros, ties, bounds, negative numbers: equal hundredths and equal reasons."""
    assert check_trees(engine, TREES[engine.dialect]) > TREES[engine.dialect] // 2


def test_rows_that_go_wrong_in_databases(engine: Engine) -> None:
    check_rows(engine, hard_rows())


def test_rows_of_the_field(engine: Engine) -> None:
    check_rows(engine, sample_rows(2_000))
