"""PostgreSQL is to know how many names have a word in them: the statistics of the expression that a search asks for."""

from typing import Any

from django.db import migrations

_NAMES = {"project_names": "projects_project", "body_names": "people_body"}


def make(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for name, table in _NAMES.items():
            editor.execute(f'CREATE STATISTICS {name} ON (UPPER("name"::text)) FROM {table}')


def drop(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        for name in _NAMES:
            editor.execute(f"DROP STATISTICS {name}")


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_defects"), ("people", "0002_search")]

    operations = [migrations.RunPython(make, drop)]
