"""What every page shows of the person who is logged in."""

from typing import Any

from django.http import HttpRequest

from hengjian.web.people.models import Role

EXPORT_KINDS = (
    ("xlsx", "Excel 正式表"),
    ("docx", "Word 正式表"),
    ("pdf", "PDF 正式表"),
    ("csv", "CSV 指标表"),
    ("json", "JSON 数据"),
)


def desk_of_user(request: HttpRequest) -> dict[str, Any]:
    """Roles of the user, for the menu."""
    user = getattr(request, "user", None)
    roles = user.roles if user is not None and user.is_authenticated else frozenset()
    return {
        "my_roles": roles,
        "reviews": bool(roles & {Role.UNIT, Role.DEPARTMENT, Role.FINANCE}),
        "export_kinds": EXPORT_KINDS,
    }
