"""Finding a few words among very many names without reading them all, on any database.

The name of a project, a unit or a publication is kept once more as its pairs of neighbouring characters (``grams_of``), each
pair a row of a table whose key begins with the pair. A word is looked up by its pairs; what is found is checked against the
name itself by the query that uses it, since a name may hold all pairs of a word but not the word. Words that very many names
have are not looked up at all: reading in the order of the page meets them soon enough (docs/decisions/0012).
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef

MOST = 2000  # what more names than that have is met soon by reading in order
_PAIRS = 6  # pairs of a long word that are looked up


class Gram(models.Model):
    """A pair of characters that stands in the name of its owner; the key is the pair and the owner."""

    gram = models.CharField(max_length=2)

    class Meta:
        """Of each owner kind its own table."""

        abstract = True


def grams_of(*texts: str) -> set[str]:
    """The pairs of neighbouring characters in texts, letters in lower case, blanks left out."""
    return {
        text[at : at + 2]
        for text in (one.lower() for one in texts)
        for at in range(len(text) - 1)
        if not text[at].isspace() and not text[at + 1].isspace()
    }


def keys_with(grams: "models.QuerySet[Any]", owner: str, *words: str) -> set[int] | None:
    """The keys of the owners (a foreign key of the grams' table) whose name may hold all of some words.

    None where they are more than ``MOST``, and for single characters, which are no pairs.
    """
    first, *others = dict.fromkeys(pair for word in words for pair in _spread(word)) or [""]
    if not first:
        return None
    found = grams.filter(gram=first)
    for gram in others:
        found = found.filter(Exists(grams.filter(gram=gram, **{owner: OuterRef(owner)})))
    keys = set(found.values_list(owner, flat=True)[: MOST + 1])
    return None if len(keys) > MOST else keys


def _spread(word: str) -> list[str]:
    """Some pairs of a word, from all over it."""
    low = word.lower()
    pairs = list(dict.fromkeys(pair for at in range(len(low) - 1) for pair in sorted(grams_of(low[at : at + 2]))))
    step = max(1, -(-len(pairs) // _PAIRS))
    return pairs[::step]


def rows_for(model: type[Any], owner: str, names: Iterable[tuple[int, tuple[str, ...]]]) -> list[Any]:
    """Unsaved rows of a grams' table for owners (key, names)."""
    return [model(gram=gram, **{f"{owner}_id": key}) for key, texts in names for gram in sorted(grams_of(*texts))]


def fill_pairs(app: str, model: str, grams: str, *names: str) -> migrations.RunPython:
    """A migration step that fills a new grams' table from the names (fields of the owner's model) that are there already."""

    def forwards(apps: Any, editor: Any) -> None:
        pairs = apps.get_model(app, grams)
        owners = (
            (pk, tuple(texts)) for pk, *texts in apps.get_model(app, model).objects.values_list("pk", *names).iterator()
        )
        while batch := list(islice(owners, 1000)):
            pairs.objects.bulk_create(rows_for(pairs, model.lower(), batch), batch_size=2000)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def know_words(table: str, *columns: str) -> migrations.RunPython:
    """A migration step: PostgreSQL is to know how many names have a word in them, by statistics of what a search asks for."""

    def forwards(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            for column in columns:
                editor.execute(f'CREATE STATISTICS {table}_{column}_words ON (UPPER("{column}"::text)) FROM {table}')
            editor.execute(f"ANALYZE {table}")

    def backwards(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            for column in columns:
                editor.execute(f"DROP STATISTICS IF EXISTS {table}_{column}_words")

    return migrations.RunPython(forwards, backwards)
