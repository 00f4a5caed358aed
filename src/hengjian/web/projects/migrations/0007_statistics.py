from django.db import migrations

from hengjian.web.grams import know_words


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_defects"), ("people", "0002_search")]

    operations = [know_words("projects_project", "name"), know_words("people_body", "name")]
