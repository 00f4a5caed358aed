"""Codes are searched by how they begin, in any case. The index is PostgreSQL's alone: SQLite reads the codes."""

from typing import Any

from django.db import migrations

_MAKE = 'CREATE INDEX project_code_begins ON projects_project (UPPER("code"::text) text_pattern_ops)'


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_MAKE)


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX project_code_begins")


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_search")]

    operations = [
        migrations.RemoveIndex(model_name="project", name="project_code"),
        migrations.RunPython(make, drop),
    ]
