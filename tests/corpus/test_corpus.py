"""Documents of all families, in the shapes of many regions and in every format: what is printed is read, what is wrong is found.

The expectations are written from the drawings, not from what the program says. Scans need OCR and are tested with its reader.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import others, plans, selfeval, shapes
from corpus.draw import Doc
from hengjian import desk
from hengjian.audit.case import Audit
from hengjian.forms.contract import form_to_json
from hengjian.values.finding import Certainty, Level

DOCUMENTS = (*selfeval.DOCS, *plans.DOCS, *others.DOCS, *shapes.DOCS)
_NAMES = ("name", "item", "subject", "year")
_SUMS = ("合计", "小计", "总计")


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda doc: doc.name)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Doc, Path]:
    doc: Doc = request.param
    path = tmp_path_factory.mktemp("corpus") / re.sub(r"\.xls$", ".xlsx", doc.name)
    path.write_bytes(doc.data())
    return doc, path


def test_everything_printed_is_read(case: tuple[Doc, Path]) -> None:
    doc, path = case
    got = [form_to_json(form) for form in desk.read(path).forms]
    assert len(got) == len(doc.forms)
    wrong = [
        line
        for n, (gold, form) in enumerate(zip(doc.forms, got, strict=True))
        for line in _compare(gold, form, f"[{n}]")
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_wrong_is_found_and_nothing_else(case: tuple[Doc, Path]) -> None:
    doc, path = case
    audit = desk.audit(path)
    found = _found(audit)
    told = {problem.code for problem in audit.problems}
    missed = [
        row
        for row in doc.must
        if not _hit(row[0:1] + row[3:], row[1], found, len(doc.forms)) and not told & {row[0], *row[3:]}
    ]
    false = [row for row in doc.must_not if _hit(row[:1], row[1], found, len(doc.forms))]
    assert not missed, f"not reported: {missed}"
    assert not false, f"reported, but right: {false}"
    if doc.clean:
        errors = [f for f in audit.findings if f.level is Level.ERROR and f.kind is Certainty.DETERMINISTIC]
        assert not errors, [f"{f.code} {f.indicator}: {f.message}" for f in errors]


OTHER_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "tabs": ("txt", {"how": "tabs"}),
    "cells": ("txt", {"how": "cells"}),
    "word": ("docx", {"nested": True}),
    "paper": ("pdf", {"wide": False, "size": 8}),
}
MERGED = "x09-退役军人服务.html"  # a reason merged over two rows, and a total under merged cells: text loses both


@pytest.mark.parametrize("other", OTHER_FORMATS)
@pytest.mark.parametrize("doc", DOCUMENTS, ids=lambda doc: doc.name)
def test_the_format_changes_nothing(doc: Doc, other: str, tmp_path: Path) -> None:
    ending, how = OTHER_FORMATS[other]
    if ending == "txt" and doc.name == MERGED:
        pytest.skip("text does not keep merged cells")
    path = tmp_path / f"document.{ending}"
    path.write_bytes(replace(doc, name=path.name, how=how).data())
    got = [form_to_json(form) for form in desk.read(path).forms]
    assert len(got) == len(doc.forms)
    wrong = [line for gold, form in zip(doc.forms, got, strict=True) for line in _compare(gold, form, "")]
    assert not wrong, "\n".join(wrong)


# --- cells ----------------------------------------------------------------------------------------------------------------
def _bare(value: Any, key: str) -> str:
    """A text without white space and numbering, full-width forms folded."""
    text = "" if value is None else str(value)
    text = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    text = re.sub(r"\s+", "", text)
    if key in ("item", "subject", "goals", "sections"):
        text = re.sub(r"^(\d+[.、]|\(?[一二三四五六七八九十]+[)、])?(其中:?)?", "", text)
    return re.sub(r"(万元|元)$", "", text) if key == "amount" else text


def _compare(gold: Any, got: Any, path: str, key: str = "") -> Iterable[str]:
    if isinstance(gold, dict) and set(gold) != {"any_of"}:
        for name, value in gold.items():
            yield from _compare(value, got.get(name) if isinstance(got, dict) else None, f"{path}.{name}", name)
    elif isinstance(gold, list):
        yield from _lists(gold, got if isinstance(got, list) else [], path, key)
    else:
        wanted = [_bare(one, key) for one in (gold["any_of"] if isinstance(gold, dict) else [gold])]
        if _bare(got, key) not in wanted:
            yield f"{path}: {wanted[0]} -> {_bare(got, key) or 'missing'}"


def _lists(gold: Sequence[Any], got: Sequence[Any], path: str, key: str) -> Iterable[str]:
    """Rows are matched by their names; sum rows are neither wanted nor too many."""
    field = next((name for name in _NAMES if gold and isinstance(gold[0], dict) and name in gold[0]), "")

    def named(row: Any) -> str:
        return _bare(row.get(field) if isinstance(row, dict) else row, field or key)

    left = [row for row in got if named(row) not in _SUMS]
    for n, one in enumerate(gold):
        row = next((row for row in left if named(row) == named(one)), None)
        if row is None and left:
            near = difflib.get_close_matches(named(one), list(map(named, left)), 1, 0.6)
            row = next((row for row in left if near and named(row) == near[0]), left[0] if not field else None)
        if row is not None:
            left.remove(row)
        yield from _compare(one, row, f"{path}[{n}]", key)
    yield from (f"{path}: too many: {named(row)}" for row in left)


# --- findings -------------------------------------------------------------------------------------------------------------
def _found(audit: Audit) -> list[tuple[str, int | None, frozenset[str]]]:
    out = []
    for finding in audit.findings:
        names = finding.indicator
        rows = () if names is None else (names,) if isinstance(names, str) else tuple(names)
        out.append((finding.code, finding.form, frozenset(_bare(name, "") for name in rows)))
    return out


def _hit(codes: Sequence[str], where: Any, found: Iterable[tuple[str, int | None, frozenset[str]]], forms: int) -> bool:
    form, indicator = where if isinstance(where, tuple) else (None, where)
    return any(
        code in codes
        and (form is None or number is None or number == form or forms == 1)
        and (indicator is None or _bare(indicator, "") in names)
        for code, number, names in found
    )
