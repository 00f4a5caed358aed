"""The catalogue in the code, its handbook ``docs/checks.md`` and the table of the house say the same."""

import re
from pathlib import Path

import pytest

from hengjian.audit.case import Check
from hengjian.audit.checks import CHECKS, FILE_CHECKS, TITLES

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "docs" / "checks.md"
TABLE = ROOT.parent / "shared" / "checks.md"
ALL = {check.code: check for check in (*CHECKS, *FILE_CHECKS)}


def _sections() -> dict[str, str]:
    parts = re.split(r"^### ([A-Z]\d\d) ", HANDBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_codes_are_unique() -> None:
    assert len(ALL) == len(CHECKS) + len(FILE_CHECKS) == len(TITLES)


def test_every_code_has_its_heading_and_every_heading_its_code() -> None:
    assert sorted(_sections()) == sorted(ALL)


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_heading_says_what_the_code_says(code: str) -> None:
    """Title, level and kind stand in the handbook as in the catalogue; norm and advice are there; an example is given."""
    text, check = _sections()[code], ALL[code]
    assert text.splitlines()[0].strip() == check.title
    kind = {"D": "确定", "H": "疑似"}[check.kind.value]
    assert f"**级别** {check.level.value} · **性质** {kind}" in text
    for label in ("**问题**", "**判断**", "**适用**", "**依据**", "**处理**", "**示例**"):
        assert label in text, label
    assert check.why in text
    assert check.advice in text


@pytest.mark.parametrize("code", sorted(ALL))
def test_every_check_names_its_norm_and_what_to_do(code: str) -> None:
    check = ALL[code]
    assert check.title
    assert len(check.why) >= 4
    assert check.advice.endswith("。") or "重试" in check.advice
    if isinstance(check, Check):
        assert check.kinds


@pytest.mark.skipif(not TABLE.exists(), reason="the table of codes is not shipped")
def test_levels_and_kinds_are_those_of_the_table() -> None:
    rows = re.findall(
        r"^\| ([A-Z]\d\d) \|.*\| (\S+) \| (\S+) \|$", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    table = {code: (level.split("/"), kind.split("/")) for code, level, kind in rows}
    assert sorted(table) == sorted(ALL)
    wrong = [
        code
        for code, check in ALL.items()
        if check.level.value not in table[code][0] or check.kind.value not in table[code][1]
    ]
    assert wrong == []
