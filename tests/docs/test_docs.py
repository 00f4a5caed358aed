"""The documents are tied to the code: what one says the other has."""

import importlib.util
import re
from dataclasses import fields
from pathlib import Path

import pytest

from hengjian.forms.form import Activity, Form, Fund, Goal, Indicator, Kind, Milestone, PriorYear, Purchase, Total

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("record", [Form, Indicator, Fund, PriorYear, Purchase, Milestone, Goal, Activity, Total])
def test_every_field_has_its_printed_term(record: type) -> None:
    """A newcomer finds the Chinese term of every field in the glossary."""
    words = set(re.findall(r"[a-z_0-9]+", GLOSSARY))
    missing = [
        field.name for field in fields(record) if field.name not in words and field.name not in ("kind", "place")
    ]
    assert not missing


def test_every_family_is_named() -> None:
    """Each family stands in the glossary under its printed title."""
    assert [kind.value for kind in Kind if f"`{kind.value}`" not in GLOSSARY] == []


def test_links_lead_somewhere() -> None:
    """Relative links of the documents point at files that exist."""
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_every_sample_is_described() -> None:
    """The table of samples names every sample."""
    table = (ROOT / "samples" / "README.md").read_text(encoding="utf-8")
    files = sorted(path.stem for path in (ROOT / "samples" / "documents").iterdir())
    assert [name for name in files if name not in table] == []


def test_the_guide_stands_on_the_site() -> None:
    """帮助 says what docs/guide.zh-CN.md says."""
    spec = importlib.util.spec_from_file_location("write_guide", ROOT / "scripts" / "write_guide.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = ROOT / "src" / "hengjian" / "web" / "templates" / "people" / "help.html"
    wanted = module.html((ROOT / "docs" / "guide.zh-CN.md").read_text(encoding="utf-8"))
    assert page.read_text(encoding="utf-8") == wanted, "run python scripts/write_guide.py"
