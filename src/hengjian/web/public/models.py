"""What is disclosed of a project: a frozen page with a stable address and a digest."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from hengjian.web.grams import Gram, keys_with
from hengjian.web.projects.models import Project


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Reads of what is disclosed."""

    def current(self) -> "PublicationQuerySet":
        """The last disclosure of each project, without those taken back."""
        later = Publication.objects.filter(address=OuterRef("address"), number__gt=OuterRef("number"))
        taken_back = Withdrawal.objects.filter(
            publication=OuterRef("pk")
        )  # no join: of it PostgreSQL expects few to be left
        return self.filter(~Exists(later), ~Exists(taken_back))

    def matching(self, words: str) -> "PublicationQuerySet":
        """Those whose title or unit has every word of a search. Asks the database what few of them have."""
        asked = words.replace("\0", "").split()[:5]
        keys = keys_with(PublicationGram.objects.all(), "publication", *asked)
        found = self if keys is None else self.filter(pk__in=keys)
        for word in asked:
            found = found.filter(Q(title__icontains=word) | Q(unit__icontains=word))
        return found


class Publication(models.Model):
    """One disclosure of a project. A later one replaces it on the page; the earlier stay readable under their number.

    ``content`` is canonical JSON of what anyone may read; ``withheld`` says which parts are kept back and why. The database
    refuses to change it; what is taken back gets a ``Withdrawal``.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="publications")
    address = models.SlugField(max_length=24)  # the same for all disclosures of a project
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    content = models.TextField()
    withheld = models.TextField(default="[]")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PublicationQuerySet.as_manager()

    class Meta:
        """Numbered within the project."""

        constraints = [models.UniqueConstraint(fields=["address", "number"], name="publication_once")]
        indexes = [models.Index(fields=["year", "-id"], name="publication_newest")]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class PublicationGram(Gram):
    """A pair of characters in the title or the unit of a publication."""

    pk = models.CompositePrimaryKey("gram", "publication")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="grams")


class Withdrawal(models.Model):
    """A disclosure taken back, with the reason that the page then shows."""

    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField("原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The reason."""
        return self.reason
