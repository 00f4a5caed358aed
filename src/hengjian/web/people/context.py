"""What every page shows of the person who is logged in."""

from typing import Any

from django.http import HttpRequest


def desk_of_user(request: HttpRequest) -> dict[str, Any]:
    """Roles of the user, for the menu."""
    user = getattr(request, "user", None)
    return {"my_roles": user.roles if user is not None and user.is_authenticated else frozenset()}
