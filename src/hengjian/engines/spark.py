"""Spark: a cluster, or the cores of this machine (extra ``spark``, needs Java 17). The only module that knows it.

Tables go in and out as Parquet files in a folder that all workers must see: for a cluster, set ``HENGJIAN_SPARK_FOLDER``.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from hengjian.engines import BatchError

try:
    from pyspark.sql import SparkSession
except ImportError as missing:
    raise BatchError("没有安装 Spark。请运行 pip install 'hengjian[spark]'，或改用 --engine duckdb。") from missing

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "true",  # an overflow would be an error, never a wrong number or a silent null
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.compression.codec": "zstd",
    # Thousands of formulas are faster interpreted than compiled to Java classes that are used once.
    "spark.sql.codegen.wholeStage": "false",
}
_LOCAL = {
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.default.parallelism": "4",
}


def open_spark(server: str | None) -> "Spark":
    """Start or reach Spark (``spark://…``; None: two cores of this machine). Raises ``BatchError``."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise BatchError("Spark 需要 Java（17 或更新）。请安装 Java 并设好 JAVA_HOME，或改用 --engine duckdb。")
    master = server or "local[2]"
    builder = SparkSession.builder.master(master).appName("hengjian")
    for name, setting in (_SETTINGS | (_LOCAL if master.startswith("local") else {})).items():
        builder = builder.config(name, setting)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    except Exception as error:
        raise BatchError(
            f"Spark 没有启动（{type(error).__name__}）。请检查 Java 的版本和 --server 的地址，或改用 --engine duckdb。"
        ) from error
    return Spark(session)


class Spark:
    """Views over Parquet files of one session."""

    dialect = "spark"
    wide = "DECIMAL(38, 0)"
    together = 16
    barrier = False

    def __init__(self, session: Any) -> None:
        """Take a session and make a folder for its tables."""
        self._session = session
        self._folder = Path(tempfile.mkdtemp(prefix="hengjian-", dir=os.environ.get("HENGJIAN_SPARK_FOLDER")))
        self._made = 0

    def put(self, name: str, table: pa.Table) -> None:
        """See ``Engine``."""
        path = self._path()
        path.mkdir()
        pq.write_table(table, path / "part.parquet", row_group_size=65_536)
        self._view(name, path)

    def make(self, name: str, query: str) -> None:
        """See ``Engine``."""
        path = self._path()
        self._session.sql(query).write.parquet(path.as_uri())
        self._view(name, path)

    def get(self, query: str) -> pa.Table:
        """See ``Engine``."""
        path = self._path()
        self._session.sql(query).write.parquet(path.as_uri())
        table = ds.dataset(path, format="parquet").to_table()
        shutil.rmtree(path, ignore_errors=True)
        # Spark notes its schema there, and would believe it of tables made from this one.
        return table.replace_schema_metadata(None)

    def _path(self) -> Path:
        self._made += 1
        return self._folder / f"{self._made:06d}"

    def _view(self, name: str, path: Path) -> None:
        """Let a name stand for files; the files it stood for before are no longer needed."""
        self._session.read.parquet(path.as_uri()).createOrReplaceTempView(name)
        mark = self._folder / f"{name}.now"
        if mark.exists():
            shutil.rmtree(self._folder / mark.read_text(encoding="utf-8"), ignore_errors=True)
        mark.write_text(path.name, encoding="utf-8")

    def close(self) -> None:
        """See ``Engine``."""
        self._session.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
