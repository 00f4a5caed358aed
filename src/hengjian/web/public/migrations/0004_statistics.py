from django.db import migrations

from hengjian.web.grams import know_words


class Migration(migrations.Migration):
    dependencies = [("public", "0003_search")]

    operations = [know_words("public_publication", "title", "unit")]
