"""The commands of ``hengjian``: arguments, progress, exit status. What they mean is decided at the desk.

Exit status: 0 when every file was read, whatever was found; 1 when ``--fail-on`` makes findings count; 2 when a file
could not be read or the arguments are wrong (the other files are still done).
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from hengjian import __version__
from hengjian.cli.batch import batch
from hengjian.cli.confirmed import load_accepted as _load_accepted
from hengjian.cli.site import manage, site, verify_log

if TYPE_CHECKING:
    from hengjian.desk import Explanation, Scheme

FORMATS = ("table", "json", "html", "xlsx", "docx")
SCHEMAS = ("document", "audit", "score", "target", "explanation", "trace", "what-if", "practice", "original")
_FILE = click.Path(path_type=Path)


class _ReaderGoneError(Exception):
    """The reader of our output (head, less) has gone."""


class _Chinese(click.Group):
    """Help and usage errors in Chinese."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "命令 [参数…]", prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _option_list(self, ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str(80)) for name in self.list_commands(ctx)]
        _definitions("命令", rows, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and write out what is buffered; click itself would end with 1 when the reader has gone."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _ReaderGoneError from error
        return result

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run; turn click's English errors into Chinese ones with the same exit status."""
        _speak_utf8()
        try:
            status = super().main(*args, **{**extra, "standalone_mode": False})
            sys.exit(status if isinstance(status, int) else 0)
        except click.Abort:
            click.echo("已中断。已写好的文件保持完整，未写完的没有留下。", err=True)
            sys.exit(130)
        except click.ClickException as error:
            click.echo(f"错误：{_in_chinese(error)}", err=True)
            if isinstance(error, click.UsageError) and error.ctx is not None:
                click.echo(f"用 {error.ctx.command_path} --help 查看用法。", err=True)
            sys.exit(error.exit_code)
        except _ReaderGoneError:
            # Nothing is wrong. What is still buffered must go somewhere, or Python complains when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            click.echo(f"错误：{_os_reason(error)}", err=True)
            sys.exit(2)
        except Exception as error:
            if os.environ.get("HENGJIAN_DEBUG"):
                raise
            click.echo(
                f"程序出错（{type(error).__name__}：{error}）。请反馈这行信息；设环境变量 HENGJIAN_DEBUG=1 可看到细节。",
                err=True,
            )
            sys.exit(3)


class _Command(click.Command):
    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [piece.replace("OPTIONS", "选项") for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _option_list(self, ctx, formatter)


def _option_list(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    _definitions("选项", [row for option in options if (row := option.get_help_record(ctx)) is not None], formatter)


def _definitions(title: str, rows: list[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    """Two columns aligned by what a terminal shows: a Chinese character is two columns wide."""
    widths = [sum(2 if east_asian_width(c) in "WF" else 1 for c in term) for term, _ in rows]
    column = min(max(widths, default=0), 28) + 2
    formatter.write(f"\n{title}：\n")
    for (term, text), width in zip(rows, widths, strict=True):
        gap = " " * (column - width) if width < column else "\n  " + " " * column
        formatter.write(f"  {term}{gap}{text}\n")


def _speak_utf8() -> None:
    """JSON and Chinese text go out as UTF-8 even where the console's code page is another."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def _in_chinese(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            near = f"（是否想用 {'、'.join(error.possibilities)}？）" if error.possibilities else ""
            return f"没有选项 {error.option_name}{near}。"
        case click.MissingParameter():
            return f"缺少参数 {_param(error)}。"
        case click.BadParameter():
            return _bad_value(error)
        case click.BadOptionUsage() if "requires an argument" in error.message:
            return f"选项 {error.option_name} 后面缺少值。"
        case click.UsageError() if (given := _quoted(error.message, "No such command")) is not None:
            return f"没有这个命令：{given}{_near(given, hengjian.commands)}"
        case click.UsageError() if "unexpected extra argument" in error.message:
            given = error.message.rpartition("(")[2].rstrip(")")
            return f"多出了参数：{given}。含空格的文字请用引号括起来。"
        case click.UsageError() if error.message == "Missing command.":
            return "没有写命令。"
        case _:
            return error.format_message()


def _param(error: click.BadParameter) -> str:
    """What the help calls the parameter."""
    param = error.param
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name if param is not None else ""


def _bad_value(error: click.BadParameter) -> str:
    name = _param(error)
    match error.param.type if error.param is not None else None:
        case click.Choice() as choice:
            given = _quoted(error.message, "")
            shown = f"“{given}”" if given is not None else ""
            return f"{name} 的值{shown}不对，只能是 {'、'.join(map(str, choice.choices))}。"
        case click.IntRange() as limits:
            return f"{name} 应为 {limits.min} 到 {limits.max} 之间的整数。"
        case _:
            return f"{name} 的值不对：{error.message}"


def _quoted(message: str, start: str) -> str | None:
    """What stands in quotes in one of click's English messages, None where it is another message."""
    return message.split("'")[1] if message.startswith(start) and message.count("'") >= 2 else None


def _near(given: str, known: Iterable[str]) -> str:
    close = get_close_matches(given, known, n=2, cutoff=0.5)
    return f"（是否想用 {'、'.join(close)}？）" if close else ""


_help = click.help_option("--help", "-h", help="显示帮助。")


@click.group(cls=_Chinese, invoke_without_command=False, add_help_option=False)
@_help
@click.version_option(__version__, "--version", message="hengjian %(version)s", help="显示版本。")
def hengjian() -> None:
    """衡鉴：读懂预算绩效表格，复算得分，核对每一个数。

    离线运行，不调用任何网络服务或模型服务。
    """


def _command(name: str, *, passes_on: bool = False) -> Callable[[Callable[..., None]], click.Command]:
    """A command of the program; ``passes_on``: from its first argument on, all is for another program."""
    settings = {"allow_interspersed_args": not passes_on, "ignore_unknown_options": passes_on}

    def wrap(function: Callable[..., None]) -> click.Command:
        made = hengjian.command(name, cls=_Command, add_help_option=False, context_settings=settings)
        return made(_help(function))

    return wrap


_output = click.option("--output", "-o", type=_FILE, metavar="文件", help="写到文件（默认写到屏幕）。")
_scheme = click.option(
    "--scheme", metavar="名称", help="评分方案名称或自己的 TOML 文件（默认按表格的年度和类型选择）。"
)
_accepted = click.option(
    "--accepted", type=_FILE, metavar="文件", help="已由人确认读法的评分标准（explain --accept 写成的文件），优先采用。"
)
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_hidden = click.option("--hidden", is_flag=True, help="也读取隐藏的工作表（默认只提示有隐藏表）。")


@_command("read")
@click.argument("file", type=_FILE, metavar="文件")
@_output
@click.option("--places", is_flag=True, help="每个值都附上所在位置（页、框、单元格或行）。")
@_hidden
def read(file: Path, output: Path | None, places: bool, hidden: bool) -> None:
    """把一份绩效文件读成结构化数据（JSON）。"""
    from hengjian import desk

    document = desk.read(file, hidden=hidden)
    _write_json(desk.document_json(document, places=places), output)
    _say_problems(file, document.problems)
    _exit(2 if not desk.was_read(document) else 0)


@_command("target")
@click.argument("file", type=_FILE, metavar="输入.jsonl")
@_output
def target(file: Path, output: Path | None) -> None:
    """解析指标值（每行一个 JSON 对象：id、target）。"""
    from hengjian import desk

    _answer_lines(file, output, desk.target_line, lambda message: {"id": None, "parsed": None, "error": message})


@_command("score")
@click.argument("file", type=_FILE, metavar="输入.jsonl")
@_output
@_scheme
@_accepted
def score(file: Path, output: Path | None, scheme: str | None, accepted: Path | None) -> None:
    """按评分标准计算得分（每行一个 JSON 对象：指标、指标值、分值、规则、完成值）。"""
    from hengjian import desk

    chosen, book = _load_scheme(scheme or desk.DEFAULT_SCHEME), _load_accepted(accepted)

    def broken(message: str) -> dict[str, Any]:
        finding = {"code": "R10", "level": "W", "message": message}
        return {"id": None, "status": "defective", "reading": "", "scores": [], "findings": [finding]}

    _answer_lines(file, output, lambda item: desk.score_line(item, chosen, book), broken)


@_command("explain")
@click.argument("rule", metavar="评分标准")
@click.option("--indicator", default="", metavar="文字", help="指标名称。")
@click.option("--target", default="", metavar="文字", help="指标值，如 ≥95%。")
@click.option("--weight", default="", metavar="分", help="分值。")
@click.option("--actual", metavar="文字", help="实际完成值：给出时同时计算得分。")
@click.option("--grade", metavar="文字", help="人工评定的等级或分数（定性指标）。")
@click.option("--need", metavar="分", help="反过来问：至少完成多少才能得这么多分。")
@click.option("--compare", metavar="评分标准", help="与另一种写法比较：是不是同一个函数，不同在哪里。")
@click.option("--svg", type=_FILE, metavar="文件", help="把得分曲线画成 SVG 图。")
@_json
@click.option("--accept", type=_FILE, metavar="文件", help="确认这种读法，记入文件（须同时写 --by）。")
@click.option("--by", default="", metavar="姓名", help="确认人。")
@click.option("--note", default="", metavar="文字", help="确认的说明。")
@click.option("--choice", type=int, metavar="数", help="有几种读法时，确认第几种。")
@click.option("--canonical", metavar="规则文本", help="确认自己改写的规则文本，而不是程序的读法。")
@_scheme
@_accepted
def explain(
    rule: str,
    indicator: str,
    target: str,
    weight: str,
    actual: str | None,
    grade: str | None,
    need: str | None,
    compare: str | None,
    svg: Path | None,
    as_json: bool,
    accept: Path | None,
    scheme: str | None,
    accepted: Path | None,
    **confirmed: Any,
) -> None:
    """说明一条评分标准是什么意思：复述、曲线、漏洞、规则文本，以及得分。"""
    from hengjian import desk
    from hengjian.desk import Context

    context = Context(indicator=indicator, target=target, weight=weight)
    chosen = _load_scheme(scheme or desk.DEFAULT_SCHEME)
    book, points = _load_accepted(accepted), None if need is None else _number("--need", need)
    told = desk.explain_rule(
        rule, context, actual=actual, grade=grade, need=points, other=compare, scheme=chosen, accepted=book
    )
    if svg is not None:
        drawn = desk.explanation_svg(told)
        if drawn is None:
            click.echo("这条规则没有可画的曲线（需要人工评定，或未能读懂）。", err=True)
        else:
            desk.write_text(svg, drawn)
    if as_json:
        _write_json(desk.explanation_json(told), None)
    else:
        click.echo(desk.explanation_text(told))
    if accept is not None:
        _accept(accept, rule, told, **confirmed)


def _accept(file: Path, rule: str, told: "Explanation", **confirmed: Any) -> None:
    from hengjian import desk

    now = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        entry = desk.accept_reading(file, rule, told, at=now, **confirmed)
    except desk.AcceptError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"已确认并记入 {file}：{entry.by}，{entry.at}", err=True)


@_command("audit")
@click.argument("paths", type=_FILE, nargs=-1, required=True, metavar="文件或文件夹…")
@click.option("--format", "form", type=click.Choice(FORMATS), help="输出格式（默认 table；给了 --output 时按扩展名）。")
@click.option(
    "--output",
    "-o",
    "outputs",
    type=_FILE,
    multiple=True,
    metavar="文件",
    help="写到文件；可以给几个，一次审核写出几种报告，“-”表示屏幕。",
)
@click.option("--jobs", "-j", type=click.IntRange(1, 64), default=1, metavar="数", help="同时处理的文件数。")
@click.option("--fail-on", type=click.Choice(("error", "warning")), help="有这一级的问题时以状态 1 退出。")
@_scheme
@_accepted
@_hidden
def audit(
    paths: tuple[Path, ...],
    form: str | None,
    outputs: tuple[Path, ...],
    jobs: int,
    fail_on: str | None,
    scheme: str | None,
    accepted: Path | None,
    hidden: bool,
) -> None:
    """审核绩效文件：复算得分，核对数据，列出问题及依据。"""
    from hengjian import desk

    reports = _reports(form, outputs)
    written = [output for _, output in reports if output is not None]
    if scheme:
        _load_scheme(scheme)
    book = _load_accepted(accepted)
    files = desk.collect(paths, without=written)
    if not files:
        raise click.UsageError("这些文件夹里没有可审核的文件。")
    status = 0
    counted = {"error": ("E",), "warning": ("E", "W"), None: ()}[fail_on]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(desk.report(kind, output, sys.stdout, expected=len(files))) for kind, output in reports
        ]
        results = desk.audit_many(files, scheme=scheme, hidden=hidden, jobs=jobs, accepted=book)
        for result in _progress(results, len(files), "审核"):
            for writer in writers:
                writer.add(result)
            if not desk.was_read(result):
                status = 2
            elif status == 0 and any(finding.level.value in counted for finding in result.findings):
                status = 1
    for output in written:
        click.echo(f"报告已写到 {output}", err=True)
    _exit(status)


def _reports(form: str | None, outputs: tuple[Path, ...]) -> list[tuple[str, Path | None]]:
    """(kind, file) of each report wanted; None is the screen. Formats that no screen shows get a file of their own."""
    if form is not None and len(outputs) > 1:
        raise click.UsageError("给了几个 --output 时，格式由各自的扩展名决定，请去掉 --format。")
    if not outputs:
        kind = form or "table"
        return [(kind, Path(f"衡鉴审核报告.{kind}") if kind in ("html", "xlsx", "docx") else None)]
    if len(set(outputs)) < len(outputs):
        raise click.UsageError("几个 --output 写的是同一个文件，请分别取名。")
    return [(form or _format_of(output), None if str(output) == "-" else output) for output in outputs]


_command("batch")(batch)
_command("site")(site)
_command("verify-log")(verify_log)
_command("manage", passes_on=True)(manage)


@_command("practice")
@click.argument("paths", type=_FILE, nargs=-1, required=True, metavar="文件或文件夹…")
@_json
@_scheme
@_accepted
@_hidden
def practice(paths: tuple[Path, ...], as_json: bool, scheme: str | None, accepted: Path | None, hidden: bool) -> None:
    """从填报的得分看出各单位自己的计分做法，只列不合其做法的指标。"""
    from hengjian import desk

    if scheme:
        _load_scheme(scheme)
    book = _load_accepted(accepted)
    documents = [desk.read(path, hidden=hidden) for path in desk.collect(paths)]
    for document in documents:
        _say_problems(Path(document.source.name), document.problems)
    told = desk.practices(documents, scheme, book)
    if as_json:
        _write_json(desk.practice_answer(told), None)
    else:
        click.echo("\n".join(desk.practice_lines(told)))
    _exit(0 if all(map(desk.was_read, documents)) else 2)


@_command("what-if")
@click.argument("file", type=_FILE, metavar="文件")
@click.option("--actual", multiple=True, metavar="指标=值", help="改一个指标的实际完成值（可写几次）。")
@click.option("--weight", multiple=True, metavar="指标=分", help="改一个指标的分值。")
@click.option("--target", multiple=True, metavar="指标=值", help="改一个指标的指标值。")
@click.option("--rule", multiple=True, metavar="指标=评分标准", help="改一个指标的评分标准。")
@click.option("--executed", multiple=True, metavar="金额", help="改全年执行数（单位同表），预算执行率随之变动。")
@click.option("--budget", multiple=True, metavar="金额", help="改全年预算数（单位同表）。")
@click.option("--rate", multiple=True, metavar="百分数", help="改预算执行率，如 85%。")
@click.option("--goal", metavar="总分", help="哪些指标还差多少才能到这个总分。")
@click.option("--form", "number", type=int, default=1, metavar="数", help="第几张表（默认第1张）。")
@_json
@_scheme
@_accepted
@_hidden
def what_if(
    file: Path,
    goal: str | None,
    number: int,
    as_json: bool,
    scheme: str | None,
    accepted: Path | None,
    hidden: bool,
    **changes: tuple[str, ...],
) -> None:
    """假设：改一个数，得分和等级怎样变；离目标总分还差什么；等级稳不稳。"""
    from hengjian import desk

    if scheme:
        _load_scheme(scheme)
    settings = [(field, *_setting(field, text)) for field, texts in changes.items() for text in texts]
    wanted = None if goal is None else _number("--goal", goal)
    document = desk.read(file, hidden=hidden)
    _say_problems(file, document.problems)
    if not document.forms:
        _exit(2)
    book = _load_accepted(accepted)
    try:
        asked = desk.suppose(document, settings, goal=wanted, number=number, scheme=scheme, accepted=book)
    except desk.QuestionError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        _write_json(desk.supposed_json(asked), None)
    else:
        click.echo("\n".join(asked.lines()))


def _setting(field: str, text: str) -> tuple[str, str]:
    if field in ("executed", "budget", "rate"):
        return "", text.strip()
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise click.UsageError(f"--{field} 应写成“指标=值”，实际为“{text}”。")
    return name.strip(), value.strip()


def _number(option: str, text: str) -> Fraction:
    try:
        return Fraction(Decimal(text.strip().removesuffix("分")))
    except (ArithmeticError, ValueError):
        raise click.UsageError(f"{option} 应为一个数，实际为“{text}”。") from None


@_command("render")
@click.argument("file", type=_FILE, metavar="文件")
@click.option(
    "--format",
    "form",
    type=click.Choice(("xlsx", "docx", "pdf", "html")),
    help="输出格式（默认按 --output 的扩展名）。",
)
@click.option("--output", "-o", type=_FILE, required=True, metavar="文件", help="写到这个文件。")
@_hidden
def render(file: Path, form: str | None, output: Path, hidden: bool) -> None:
    """把读出的表格重新排成规范版式的文件（Excel、Word、PDF 或 HTML）。"""
    from hengjian import desk

    kind = form or output.suffix.lstrip(".").lower()
    if kind not in desk.RENDERED:
        raise click.UsageError(f"不知道要写成什么格式：{output.name}。请用 --format {'|'.join(desk.RENDERED)}。")
    document = desk.read(file, hidden=hidden)
    _say_problems(file, document.problems)
    if document.forms:
        try:
            desk.render(document, kind, output)
        except desk.RenderError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"已写到 {output}", err=True)
    _exit(0 if document.forms else 2)


@_command("schema")
@click.argument("name", type=click.Choice(SCHEMAS), metavar="名称")
@_output
def schema(name: str, output: Path | None) -> None:
    """显示一种 JSON 输出的结构定义。

    名称是 document、audit、score、target、explanation、trace、what-if、practice、original 之一。
    """
    from hengjian import desk

    _write(desk.schema_text(name), output)


# --- manners ----------------------------------------------------------------------------------------------------------


def _answer_lines(
    file: Path,
    output: Path | None,
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    broken: Callable[[str], dict[str, Any]],
) -> None:
    from hengjian import desk

    bad = 0

    def lines() -> Iterator[str]:
        nonlocal bad
        for item in desk.Lines(file):
            if isinstance(item, desk.LineError):
                bad += 1
                click.echo(item.message, err=True)
                yield json.dumps(broken(item.message), ensure_ascii=False) + "\n"
            else:
                yield json.dumps(answer(item), ensure_ascii=False) + "\n"

    if output is None:
        for line in lines():
            sys.stdout.write(line)
    else:
        desk.write_text(output, lines())
    _exit(2 if bad else 0)


def _os_reason(error: OSError) -> str:
    """Why a file could not be read or written, in the words of a clerk."""
    name = f"“{error.filename}”" if error.filename else ""
    match error:
        case FileNotFoundError():
            return f"找不到{name or '文件'}，请检查路径。"
        case IsADirectoryError():
            return f"{name}是文件夹，请给出文件名。"
        case FileExistsError() | NotADirectoryError():
            return f"{name}所在的路径不是文件夹，请换一个位置。"
        case PermissionError():
            return f"没有权限读写{name}。请换一个位置，检查文件属性，或先关闭正在使用它的程序。"
        case _ if error.errno == errno.ENOSPC:
            return f"磁盘已满，{name}没有写成。请清理磁盘，或换一个位置。"
        case _:
            return f"读写{name}失败（{error.strerror or error}）。请换一个位置再试。"


def _load_scheme(name: str) -> "Scheme":
    from hengjian import desk

    try:
        return desk.load_scheme(name)
    except desk.SchemeError as error:
        raise click.UsageError(str(error)) from error


def _format_of(output: Path | None) -> str:
    suffix = output.suffix.lstrip(".").lower() if output is not None else ""
    return suffix if suffix in FORMATS else "table"


def _write_json(value: object, output: Path | None) -> None:
    _write(json.dumps(value, ensure_ascii=False, indent=1) + "\n", output)


def _write(text: str, output: Path | None) -> None:
    from hengjian import desk

    if output is None:
        sys.stdout.write(text)
    else:
        desk.write_text(output, text)


def _say_problems(file: Path, problems: Iterable[Any]) -> None:
    for problem in problems:
        where = f"（{problem.place}）" if problem.place and str(problem.place) else ""
        click.echo(f"{file.name}{where}：[{problem.code}] {problem.message}", err=True)


def _progress(items: Iterable[Any], total: int, what: str) -> Iterator[Any]:
    """The items with a progress bar on a terminal, without one when piped or when there is only one."""
    if total < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("剩余"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        for item in items:
            yield item
            bar.advance(task)


def _exit(status: int) -> None:
    if status:
        raise click.exceptions.Exit(status)
