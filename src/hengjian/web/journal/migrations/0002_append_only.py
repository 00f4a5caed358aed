"""The database refuses to change or delete a row of ``journal_event``."""

from django.db import migrations

from hengjian.web.journal.guard import refuse_changes


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("journal", "0001_initial")]
    operations = [refuse_changes("journal_event")]
