"""The documents are tied to the code: what one says the other has."""

import importlib.util
import re
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

from hengjian.audit.case import Outcome
from hengjian.engines.reasons import RowStatus
from hengjian.forms.form import (
    Activity,
    Amount,
    Budget,
    CostNode,
    Form,
    Fund,
    Goal,
    Indicator,
    Kind,
    Milestone,
    PriorYear,
    Purchase,
    Total,
)
from hengjian.rules.reading import Status
from hengjian.rules.scheme import Scheme
from hengjian.rules.tree import Branch, Condition, Expr, Partial
from hengjian.values.finding import Certainty, Level
from hengjian.values.quantity import Empty
from hengjian.values.target import Comparator
from hengjian.web.projects.models import Stage

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


RECORDS = (
    Form,
    Indicator,
    Fund,
    Amount,
    CostNode,
    Budget,
    PriorYear,
    Purchase,
    Milestone,
    Goal,
    Activity,
    Total,
    Scheme,
)
TERMS = (Kind, Stage, Status, RowStatus, Outcome, Comparator, Empty, Partial, Level, Certainty)


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_has_its_printed_term(record: type) -> None:
    """A newcomer finds the Chinese term of every field in the glossary."""
    words = set(re.findall(r"[a-z_0-9]+", GLOSSARY))
    missing = [
        field.name for field in fields(record) if field.name not in words and field.name not in ("kind", "place")
    ]
    assert not missing


@pytest.mark.parametrize("terms", TERMS)
def test_every_term_stands_in_the_glossary(terms: type[StrEnum]) -> None:
    """What a program says in English has its Chinese."""
    assert [term.value for term in terms if f"`{term.value}`" not in GLOSSARY] == []


def test_every_node_of_a_rule_stands_in_the_glossary() -> None:
    nodes = (*get_args(Expr), *get_args(Condition), Branch, Level)
    assert len(nodes) > 15
    assert [node.__name__ for node in nodes if f"`{node.__name__}`" not in GLOSSARY] == []


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
