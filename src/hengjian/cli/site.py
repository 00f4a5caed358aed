"""The commands of the web application: start it, prove its record. Settings are named, not imported: the doors are strangers."""

import os
import signal
import subprocess
import sys

import click

_SETTINGS = "hengjian.web.config.settings"
# Requests that a process takes at once; who comes later waits at the door.
_BACKPRESSURE = "64"


def threads(cores: int) -> int:
    """How many requests a process works on at once: two for each core, for one waits while the other reckons.

    At least eight: on two cores, sixteen clients saved half as much again as with five, since most of a save is waiting for the
    database. At most sixteen: every thread keeps a connection to the database, and a PostgreSQL grants a hundred.
    """
    return min(16, max(8, 2 * cores + 1))


def _django() -> None:
    """Make Django ready; says what to install where it is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    try:
        import django
    except ImportError:
        raise click.ClickException("没有安装网站部分，请运行 pip install 'hengjian[web]'。") from None
    django.setup()


@click.option("--host", default="127.0.0.1", metavar="地址", help="监听的地址（默认 127.0.0.1，只供本机）。")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), metavar="端口", help="端口（默认 8000）。")
@click.option("--workers", default=1, type=click.IntRange(1, 64), metavar="个数", help="网页进程的个数（默认 1）。")
@click.option("--samples", is_flag=True, help="首次启动时载入样例机构、账号和文件。")
def site(host: str, port: int, workers: int, samples: bool) -> None:
    """启动网站：申报、审核、自评、公开。自动建立或升级数据库，连同后台任务一起启动，按 Ctrl+C 停止。

    数据放在当前目录的 data 文件夹（HENGJIAN_DATA 可改），默认用 SQLite；设 HENGJIAN_DATABASE=postgres://… 则用 PostgreSQL。
    """
    _django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if samples:
        call_command("load_samples")
    click.echo(f"网站地址：http://{host}:{port}/　按 Ctrl+C 停止")
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    server += [
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads(os.cpu_count() or 1)),
        "--backpressure",
        _BACKPRESSURE,
        "--workers-kill-timeout",
        "3",  # seconds to finish what is under way when the site is stopped
        "--no-ws",
        "--log-level",
        "error",
        "hengjian.web.config.wsgi:application",
    ]
    worker = [sys.executable, "-m", "django", "work", "--interval", "1", "--no-startup-delay"]
    _together(server, worker)


def _together(*commands: list[str]) -> None:
    """Run programs side by side; when one ends or the user interrupts, end all."""
    running = list(map(_shielded, commands))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(program.poll() is None for program in running):
            try:
                running[0].wait(1)
            except subprocess.TimeoutExpired:
                continue
    except KeyboardInterrupt:
        pass
    finally:
        for program in running:
            program.terminate()
        for program in running:
            _waited(program)


def _shielded(command: list[str]) -> "subprocess.Popen[bytes]":
    """Start a program that Ctrl-C does not reach: this process ends it in order."""
    if sys.platform == "win32":
        return subprocess.Popen(command, creationflags=subprocess.CREATE_NEW_PROCESS_GROUP)  # noqa: S603 - our own program
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what is blocked is so in the program, too
    try:
        return subprocess.Popen(command)  # noqa: S603 - our own program
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _waited(program: subprocess.Popen[bytes]) -> None:
    """Wait for a program to end; one that is in the middle of a document is stopped: the next start goes on with it."""
    try:
        program.wait(10)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def verify_log() -> None:
    """核验网站的操作记录（哈希链）、冻结的版本和公开的内容：指出被改动、缺少或硬塞的；全部无误时给出总摘要，可抄下备查。"""
    _django()
    from importlib import import_module

    proving = import_module("hengjian.web.proving")
    proof = proving.Proof()
    broken = list(proving.prove(proof))
    for one in broken:
        click.echo(f"{one.stream} 第{one.number}条：{one.message}")
    click.echo(
        f"共 {proof.streams} 个对象、{proof.events} 条记录，" + (f"{len(broken)} 处不符" if broken else "全部相符")
    )
    click.echo(f"总摘要 {proof.digest}")
    sys.exit(1 if broken else 0)


@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="参数…")
def manage(arguments: tuple[str, ...]) -> None:
    """网站的管理命令（Django），例如 hengjian manage migrate。"""
    _django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["hengjian manage", *arguments])
