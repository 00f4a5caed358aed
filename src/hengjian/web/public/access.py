"""What anyone may read. The same 404 for what is absent and for what was never published."""

from django.http import Http404

from hengjian.web.projects.access import NOT_FOUND
from hengjian.web.public.models import Publication


def publication_for(address: str, number: int | None = None) -> Publication:
    """A disclosure by its address: the one of a number, else the last. Raises ``Http404``."""
    found = Publication.objects.filter(address=address).select_related("withdrawal")
    if number is not None:
        found = found.filter(number=number)
    publication = found.order_by("-number").first()
    if publication is None:
        raise Http404(NOT_FOUND)
    return publication
