"""What is disclosed of a project: a frozen page with a stable address and a digest."""

from django.conf import settings
from django.db import models

from hengjian.web.projects.models import Project


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

    class Meta:
        """Numbered within the project."""

        constraints = [models.UniqueConstraint(fields=["address", "number"], name="publication_once")]
        indexes = [models.Index(fields=["-at", "-id"], name="publication_at")]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Withdrawal(models.Model):
    """A disclosure taken back, with the reason that the page then shows."""

    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField("原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The reason."""
        return self.reason
