"""The database refuses to change or delete a row of ``projects_version``."""

from django.db import migrations

from hengjian.web.journal.guard import refuse_changes


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("projects", "0001_initial")]
    operations = [refuse_changes("projects_version")]
