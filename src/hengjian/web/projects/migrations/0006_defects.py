"""The codes of findings in a table of their own, for finding the sheets of a code."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def fill(apps: Any, editor: Any) -> None:
    sheets = apps.get_model("projects", "Sheet").objects.filter(version__gt=0).values_list("pk", "facts")
    defect = apps.get_model("projects", "Defect")
    rows = [defect(code=code, sheet_id=pk) for pk, facts in sheets.iterator() for code in facts.get("codes", ())]
    defect.objects.bulk_create(rows, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_codes")]

    operations = [
        migrations.CreateModel(
            name="Defect",
            fields=[
                ("code", models.CharField(max_length=8)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="defects", to="projects.sheet"
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "code", "sheet", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
