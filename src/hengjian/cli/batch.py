"""The command ``batch``: a table of any size goes in, the same table with scores comes out, with totals and a summary."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hengjian.cli.confirmed import load_accepted

if TYPE_CHECKING:
    from hengjian.desk import Done

_STATUSES = {
    "executable": "已计算",
    "needs_judgement": "人工评定",
    "ambiguous": "规则有歧义",
    "defective": "规则有缺陷",
    "gap": "规则未规定",
    "no_value": "没有可用的完成值",
}


@click.argument("address", required=False, metavar="输入")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="文件", help="写到 parquet、csv、jsonl 或 xlsx 文件。"
)
@click.option("--engine", default="duckdb", metavar="名称", help="duckdb（默认）、postgres 或 spark。")
@click.option("--server", metavar="地址", help="postgres 或 spark 的地址，如 postgresql://…、spark://…。")
@click.option("--table", metavar="名称", help="数据库中的表或工作簿中的工作表。")
@click.option("--scheme", metavar="名称", help="没有评分标准的行按哪个评分方案计分。")
@click.option("--findings", is_flag=True, help="同时检查每条评分标准（漏洞、重叠等），较慢。")
@click.option(
    "--accepted",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="已由人确认读法的评分标准（explain --accept 写成的文件），优先采用。",
)
@click.option("--form", metavar="列名", help="按哪一列合计每张表的总分（默认 form_id）。")
@click.option("--by", multiple=True, metavar="列名", help="按哪些列汇总（可多次；默认地区、单位、年度、指标类别）。")
@click.option(
    "--chunk", type=click.IntRange(1_000, 5_000_000), default=500_000, metavar="行数", help="每次处理的行数。"
)
@click.option("--afresh", is_flag=True, help="不接着上次没有做完的，从头做。")
@click.option("--demo", type=click.IntRange(1, 1_000_000_000), metavar="行数", help="不计算，只写出一份虚构的示例表。")
def batch(
    address: str | None,
    output: Path | None,
    engine: str,
    server: str | None,
    table: str | None,
    scheme: str | None,
    findings: bool,
    accepted: Path | None,
    form: str | None,
    by: tuple[str, ...],
    chunk: int,
    afresh: bool,
    demo: int | None,
) -> None:
    """成批计算整张表的得分（parquet、csv、xlsx 或数据库），可中断后接着做。"""
    from hengjian import desk

    try:
        if demo is not None:
            # The output may be given as the only argument: batch --demo 1000 sample.parquet
            path = output or (Path(address) if address else Path("示例.parquet"))
            desk.batch_sample(path, demo)
            click.echo(f"{demo} 行虚构的示例已写到 {path}", err=True)
            return
        if address is None or output is None:
            raise click.UsageError("请写明输入的表和 --output 文件，例如 hengjian batch 指标.csv --output 得分.csv。")
        chosen = desk.load_scheme(scheme or desk.DEFAULT_SCHEME)
        book = load_accepted(accepted)
        with _progress() as progress:
            done = desk.batch(
                address,
                output,
                scheme=chosen,
                table=table,
                progress=progress,
                engine=engine,
                server=server,
                findings=findings,
                accepted=book,
                form=form,
                by=by or None,
                chunk=chunk,
                afresh=afresh,
            )
    except (desk.BatchError, desk.SchemeError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(_told(done), err=True)


def _told(done: "Done") -> str:
    counts = "，".join(f"{_STATUSES[name]} {count}" for name, count in done.statuses.most_common())
    lines = [f"共 {done.rows} 行：{counts}。"]
    if done.resumed:
        lines.append(f"其中 {done.resumed} 行上次已经算好。")
    lines.append(f"数据库成批计算 {done.lowered} 行，逐条解释 {done.asked} 行。")
    if done.faulty:
        lines.append(f"{done.faulty} 条评分标准不能照原文计算，逐条原因见 {done.outputs[-1]}，可退回原单位修改。")
    lines.append("已写到 " + "、".join(map(str, done.outputs)))
    return "\n".join(lines)


@contextmanager
def _progress() -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on a terminal, nothing when piped."""
    if not sys.stderr.isatty():
        yield lambda done, count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("计算"), BarColumn(), MofNCompleteColumn(), TextColumn("剩余"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("计算", total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count)
