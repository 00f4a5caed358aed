"""Help: at once, in Chinese, and equal to what is written down."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from cli.running import HOUSE, run
from cli.schemas import NAMES, schema
from hengjian import __version__
from hengjian.cli.commands import hengjian


def script(folder: str, name: str) -> ModuleType:
    path = HOUSE / folder / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_stored_overview_is_that_of_the_commands() -> None:
    stored = (HOUSE / "src" / "hengjian" / "cli" / "help.txt").read_text(encoding="utf-8")
    assert stored == script("scripts", "write_help").overview(), "run python scripts/write_help.py"


@pytest.mark.parametrize("name", ["cli", "json"])
def test_the_reference_is_that_of_the_commands(name: str) -> None:
    writer = script("scripts", "write_reference")
    stored = (HOUSE / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    wanted = {"cli": writer.cli, "json": writer.tables}[name]()
    assert stored == wanted, "run python scripts/write_reference.py"


def test_the_reference_names_every_command_option_and_field() -> None:
    commands = (HOUSE / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    for name, command in hengjian.commands.items():
        assert f"## hengjian {name}" in commands
        for param in command.params:
            assert param.opts[-1] in commands or param.param_type_name == "argument"
    fields = (HOUSE / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    for name in NAMES:
        for field in _fields(schema(name)):
            assert f"{field}`" in fields, f"{name}: {field}"


def _fields(part: object) -> set[str]:
    if isinstance(part, list):
        return {name for item in part for name in _fields(item)}
    if not isinstance(part, dict):
        return set()
    own = set(part.get("properties", {}))
    return own.union(*(_fields(value) for value in part.values())) - {"text", "place"} if part else own


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_the_overview_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; sys.argv = ['hengjian', *sys.argv[1:]]; from hengjian.cli import main; main();"
        "print([m for m in ('click', 'rich', 'lxml', 'openpyxl', 'decimal', 'pathlib') if m in sys.modules], file=sys.stderr)"
    )
    # -S: what the environment loads at its start is not ours to judge; the package is found by its folder.
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(HOUSE / "src"), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.stdout.startswith("用法：hengjian 命令")
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", list(hengjian.commands))
def test_every_command_has_a_chinese_help(name: str) -> None:
    result = CliRunner().invoke(hengjian, [name, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"用法：hengjian {name} [选项]")
    assert "选项：" in result.stdout
    for english in ("Usage", "Options", "Show this", "default"):
        assert english not in result.stdout


def test_the_version() -> None:
    assert run("--version").stdout == f"hengjian {__version__}\n"


def test_python_m_works() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hengjian", "--version"], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout == f"hengjian {__version__}\n"


def test_the_start_benchmark_measures_both(tmp_path: Path) -> None:
    ours, empty = script("benchmarks", "start").medians(2)
    assert empty > 0
    assert 0 < ours < 1
