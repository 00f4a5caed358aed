"""Spark: a cluster, or cores of this machine. The only module that knows it."""

from typing import TYPE_CHECKING

from hengjian.engines import BatchError

if TYPE_CHECKING:
    from hengjian.engines.engine import Engine


def open_spark(server: str | None) -> "Engine":
    """Connect."""
    raise BatchError("暂不支持 Spark。")
