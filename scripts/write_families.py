"""Write ``docs/rules/families.md`` anew from the examples in ``docs/rules/families.toml``."""

import tomllib
from pathlib import Path
from typing import Any

from hengjian.rules.canonical import show
from hengjian.rules.curve import characters, curve
from hengjian.rules.explain import explain
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.rule import notes_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"

HEAD = """# Families of rules

Written by `scripts/write_families.py` from `families.toml`; a test scores every point below. Families are many, meanings
few: each is read by the same grammar into the same dozen nodes ([canonical text](canonical.md)). C1 to C21 are the
conventions of reading, R and D codes the findings of the audit. Curves show the score (upwards) over the actual value.
"""


def page() -> str:
    """The page of all families."""
    families = tomllib.loads((FOLDER / "families.toml").read_text(encoding="utf-8"))["family"]
    return HEAD + "".join(map(_family, families))


def _family(one: dict[str, Any]) -> str:
    row = Context(one["indicator"], one["target"], one["weight"])
    reading = read_rule(one["rule"], row)
    lines = [f"\n## {one['id']} · {one['title']}\n"]
    lines += [f"{one['notes']}\n"] if one["notes"] else []
    lines.append(f"> {one['indicator']}　指标值 {one['target'] or '（无）'}　分值 {one['weight']}  \n> {one['rule']}\n")
    lines.append(f"`{reading.status.value}`: {explain(reading, row)}\n")
    lines += [f"- {note.code}: {note.message}" for note in notes_of(reading, row)]
    lines.append("" if not notes_of(reading, row) else "\n")
    for tree in reading.trees:
        lines.append(f"```\n{show(tree)}\n```\n")
    lines.append(_points(one["points"]))
    drawn = curve(reading.trees[0], row) if reading.trees else None
    if drawn is not None:
        lines.append(f"```\n{characters(drawn, width=56, height=8)}\n```\n")
    return "\n".join(line for line in lines if line).rstrip() + "\n"


def _points(points: list[list[str]]) -> str:
    rows = [
        f"| {point[0].replace(';', '；') or '（空）'} | {point[1] if len(point) > 2 else ''} | {point[-1] or '—'} |"
        for point in points
    ]
    return "| actual | grade | score |\n|---|---|---|\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (FOLDER / "families.md").write_text(page(), encoding="utf-8")
