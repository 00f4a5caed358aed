"""The database refuses to change or delete a row of ``public_publication``."""

from django.db import migrations

from hengjian.web.journal.guard import refuse_changes


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("public", "0001_initial")]
    operations = [refuse_changes("public_publication")]
