"""Who asks: the signed-in user of a request, and the bodies and users they may administer."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from hengjian.web.people.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in user (the middleware lets nobody else in)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
