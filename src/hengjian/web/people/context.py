"""What every page shows of the person who is logged in."""

from typing import Any

from django.http import HttpRequest

from hengjian.web.people.models import Role


def desk_of_user(request: HttpRequest) -> dict[str, Any]:
    """Roles of the user, for the menu."""
    user = getattr(request, "user", None)
    roles = user.roles if user is not None and user.is_authenticated else frozenset()
    return {"my_roles": roles, "reviews": bool(roles & {Role.UNIT, Role.DEPARTMENT, Role.FINANCE})}
