"""Every command that a document shows works as printed: those of the readmes are run, all others are understood."""

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hengjian.cli.commands import hengjian

ROOT = Path(__file__).resolve().parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = (*READMES, *sorted((ROOT / "docs").rglob("*.md")))


def commands(page: Path) -> list[list[str]]:
    """The words of each line of a block that calls the command, without the remark behind it."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("hengjian ")]
    return [shlex.split(line.split(" > ")[0], comments=True)[1:] for line in lines]


SHOWN = [(page.relative_to(ROOT).as_posix(), words) for page in PAGES for words in commands(page)]


def test_the_documents_show_commands() -> None:
    assert len(SHOWN) > 30
    assert len({words[0] for _, words in SHOWN}) > 10


@pytest.mark.parametrize(
    ("page", "words"), SHOWN, ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_a_command_is_understood(page: str, words: list[str]) -> None:
    """Its name and options are there and take such values."""
    command = hengjian.commands[words[0]]
    try:
        command.make_context(words[0], list(words[1:]))
    except click.UsageError as error:
        pytest.fail(f"{page}: hengjian {' '.join(words)}: {error.message}")


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_commands_of_a_readme_do_what_they_say(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh folder with the samples, one after the other; each leaves the files it names."""
    shown = page.read_text(encoding="utf-8")
    (tmp_path / "samples" / "documents").mkdir(parents=True)
    for path in (ROOT / "samples").rglob("*.*"):
        if path.suffix == ".jsonl" or path.name in shown or path.name.startswith("01-"):  # all would take a minute
            shutil.copy(path, tmp_path / path.relative_to(ROOT))
    monkeypatch.chdir(tmp_path)
    for words in commands(page):
        ran = CliRunner().invoke(hengjian, words)
        assert ran.exit_code == 0, (words, ran.output)
        outputs = [words[at + 1] for at, word in enumerate(words) if word == "-o"]
        assert all((tmp_path / name).stat().st_size for name in outputs), words
        assert outputs or words[:2] == ["batch", "--demo"] or ran.stdout.strip(), words
