"""Sheets taken from monitoring and evaluation forms get the stage of their own; sheets of other families know their family."""

from typing import Any

from django.db import migrations, models

from hengjian.web.projects.tallying import added, ancestors, contribution

_STAGES = {"monitoring": "monitoring", "evaluation": "evaluation"}
_FAMILIES = {
    ("declaration", "disclosure"),
    ("declaration", "responsibility"),
    ("declaration", "department_overall"),
    ("self_evaluation", "department_overall"),
}


def tell(apps: Any, editor: Any) -> None:
    """What a sheet is was read from its document: by the last form that was taken into it."""
    forms = apps.get_model("evidence", "IntakeForm").objects.filter(state="taken", sheet__isnull=False)
    last = {form.sheet_id: form for form in forms.order_by("changed_at", "pk").select_related("sheet")}
    for form in last.values():
        sheet = form.sheet
        if (sheet.stage, form.kind) in _FAMILIES:
            sheet.kind = form.kind
            sheet.save(update_fields=["kind"])
        elif sheet.stage == "self_evaluation" and form.kind in _STAGES:
            _shift(apps, sheet, -1)
            sheet.stage = _STAGES[form.kind]
            if sheet.stage == "monitoring":  # it earns no points
                sheet.score_total, sheet.grade = None, ""
            sheet.save(update_fields=["stage", "score_total", "grade"])
            apps.get_model("evidence", "Intake").objects.filter(sheet=sheet).update(stage=sheet.stage)
            _shift(apps, sheet, 1)


def _shift(apps: Any, sheet: Any, sign: int) -> None:
    """Take a sheet out of the sums of the overview, or put it in."""
    change = {name: sign * value for name, value in contribution(sheet).items()}
    for body in ancestors(sheet.path):
        tally, _ = apps.get_model("projects", "Tally").objects.get_or_create(
            body_id=body, year=sheet.year, stage=sheet.stage
        )
        tally.counts = added(tally.counts, change)
        tally.save(update_fields=["counts"])


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_hidden"), ("projects", "0008_stages")]

    operations = [
        migrations.AlterField(
            model_name="intake",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("declaration", "绩效目标申报"),
                    ("monitoring", "绩效监控"),
                    ("self_evaluation", "绩效自评"),
                    ("evaluation", "绩效评价"),
                ],
                max_length=20,
                verbose_name="阶段",
            ),
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
