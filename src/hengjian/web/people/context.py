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


# Which entry of the menu a page belongs to, where it is not the one of its app.
_HERE = {
    "projects:home": "home",
    "projects:overview": "overview",
    "projects:defects": "overview",
    "projects:queue": "queue",
    "projects:review": "queue",
    "projects:calendar": "calendar",
    "evidence:attachments": "projects",
    "evidence:evidence": "projects",
    "public:disclose": "projects",
    "people:password": "password",
    "people:help": "help",
}


def _here(request: HttpRequest) -> str:
    """The entry of the menu that the page belongs to."""
    match = request.resolver_match
    return "" if match is None else _HERE.get(match.view_name, match.namespace)


def desk_of_user(request: HttpRequest) -> dict[str, Any]:
    """Roles of the user and where they are, for the menu."""
    user = getattr(request, "user", None)
    roles = user.roles if user is not None and user.is_authenticated else frozenset()
    return {
        "my_roles": roles,
        "here": _here(request),
        "reviews": bool(roles & {Role.UNIT, Role.DEPARTMENT, Role.FINANCE}),
        "export_kinds": EXPORT_KINDS,
    }
