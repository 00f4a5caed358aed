"""Write ``docs/reference/cli.md`` and ``docs/reference/json.md`` anew from the commands and the JSON Schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from hengjian.cli.commands import SCHEMAS, hengjian
from hengjian.desk import schema_text

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

CLI_HEAD = """# Commands

Written by `scripts/write_reference.py` from the commands themselves; the texts below are what `--help` shows.

Exit status of every command: 0 when everything was read, whatever was found; 1 when `--fail-on` makes findings count; 2 when
a file could not be read or written or an argument is wrong (all other files are still done); 3 for a defect of the program;
130 when interrupted. Reports and answers go to the output, everything else (problems, progress) to the error output. Output
is UTF-8 whatever the locale; a report file is replaced only when the new one is complete.
"""
CLI_TAIL = """
## Examples

```
hengjian audit 收件箱/ --jobs 2 -o 报告.xlsx        # a folder into one workbook, worst first
hengjian audit 自评表.docx --fail-on error          # status 1 when there are errors
hengjian read 自评表.pdf --places > 自评表.json      # every value with its place
hengjian score rules.jsonl -o scores.jsonl          # one JSON object a line
hengjian explain "每低于1个百分点扣0.5分，扣完为止" --target 95% --weight 10 --actual 93.5 --svg 曲线.svg
```

A line of `hengjian score` has `id`, `indicator`, `target`, `weight`, `rule` and `points`, a list of `{"actual", "grade"}`;
`actual` is what a clerk types, or an object from printed nouns to texts where a rule needs several inputs; `grade` is the
human grade. `level1`, `level2`, `sign` and `unit` may be given, too. A line of `hengjian target` has `id` and `target`.
"""
JSON_HEAD = """# JSON

Written by `scripts/write_reference.py` from the JSON Schemas in the package; `hengjian schema NAME` prints one. Fields are
only ever added. Printed values are texts exactly as printed; recomputed numbers are texts, too, so that no digit is lost.
"""


def cli() -> str:
    """The reference of the commands."""
    parts = [CLI_HEAD]
    for name, command in hengjian.commands.items():
        context = click.Context(
            command, info_name=f"hengjian {name}", max_content_width=100, terminal_width=100, color=False
        )
        parts.append(f"\n## hengjian {name}\n\n```\n{command.get_help(context).strip()}\n```\n")
    return "".join(parts) + CLI_TAIL


def tables() -> str:
    """The reference of the JSON fields: one table for each schema, nested objects below their field."""
    parts = [JSON_HEAD]
    for name in SCHEMAS:
        schema = json.loads(schema_text(name))
        parts.append(f"\n## {name}\n\n{schema['title']}.\n\n{_table(schema)}")
        for title, part in schema.get("$defs", {}).items():
            if _properties(part):
                parts.append(f"\n### {name}: {title}\n\n{part.get('description', '')}\n\n{_table(part)}")
    return "".join(parts)


def _table(schema: dict[str, Any]) -> str:
    rows = [f"| `{path}` | {kind} | {text.replace('|', chr(92) + '|')} |\n" for path, kind, text in _rows(schema, "")]
    return "| field | value | meaning |\n|---|---|---|\n" + "".join(rows)


def _rows(schema: dict[str, Any], before: str) -> Iterator[tuple[str, str, str]]:
    for name, part in _properties(schema).items():
        yield before + name, _kind(part), part.get("description", "")
        mark = "[]." if part.get("type") == "array" else "."
        yield from _rows(part, f"{before}{name}{mark}")


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object, of the objects in an array, or of the object among alternatives."""
    if "items" in schema:
        return _properties(schema["items"])
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for choice in schema.get("anyOf", ()):
        found |= _properties(choice)
    return found


def _kind(part: dict[str, Any]) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{'null' if value is None else value}`" for value in part["enum"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_kind(choice) for choice in part["anyOf"]))
    kind = part.get("type", "any")
    if kind == "array":
        return f"list of {_kind(part['items'])}"
    if kind == "object" and "additionalProperties" in part:
        return f"object of {_kind(part['additionalProperties'])}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "cli.md").write_text(cli(), encoding="utf-8", newline="\n")
    (FOLDER / "json.md").write_text(tables(), encoding="utf-8", newline="\n")
