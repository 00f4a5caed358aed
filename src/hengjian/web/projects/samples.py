"""The sample installation: an invented county with its departments, accounts for every role, and the sample documents.

Loaded through the same actions that people use, and documents through the real reading. Safe to run again.
"""

from pathlib import Path
from typing import Any

from hengjian import desk
from hengjian.web.library import actions as library
from hengjian.web.people import actions as people
from hengjian.web.people.models import Body, User
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project

PASSWORD = "hengjian-2026"  # noqa: S105 - printed on the screen for whoever tries the samples

BODIES = (
    # code, name, kind, parent
    ("990100", "云川县", "region", None),
    ("990100-101", "云川县委组织部", "department", "990100"),
    ("990100-101001", "云川县委组织部机关", "unit", "990100-101"),
    ("990100-101002", "云川县人才服务中心", "unit", "990100-101"),
    ("990100-102", "云川县档案局", "department", "990100"),
    ("990100-102001", "云川县档案馆", "unit", "990100-102"),
)
ACCOUNTS = (
    # user name, name, role, body
    ("jingban", "经办一", "clerk", "990100-101001"),
    ("jingban2", "经办二", "clerk", "990100-101002"),
    ("jingban3", "经办三", "clerk", "990100-102001"),
    ("danwei", "单位审核一", "unit", "990100-101001"),
    ("danwei2", "单位审核二", "unit", "990100-101002"),
    ("danwei3", "单位审核三", "unit", "990100-102001"),
    ("zhuguan", "主管审核一", "department", "990100-101"),
    ("zhuguan2", "主管审核二", "department", "990100-102"),
    ("caizheng", "财政审核一", "finance", "990100"),
    ("lingdao", "领导一", "leader", "990100"),
    ("guanli", "管理员一", "admin", "990100"),
)
# Which sample document belongs to which unit and stage.
DOCUMENTS = (
    ("01-自评表-干部教育培训-2024.xlsx", "990100-101001", "self_evaluation"),
    ("02-自评表-人才服务-2023.docx", "990100-101002", "self_evaluation"),
    ("03-自评表-村级组织运转-2022.html", "990100-101001", "self_evaluation"),
    ("04-申报表-档案数字化-2025.xlsx", "990100-102001", "declaration"),
    ("05-申报表-党建示范点-2024.docx", "990100-101001", "declaration"),
)


def load(documents: Path) -> bool:
    """Load what is missing; false when the samples are there already."""
    library.stock()
    if Body.objects.exists():
        return False
    bodies: dict[str, Body] = {}
    for code, name, kind, parent in BODIES:
        bodies[code] = people.create_body(
            code=code, name=name, kind=kind, parent=bodies[parent] if parent else None, by=None
        )
    for username, name, role, body in ACCOUNTS:
        user = people.create_user(username=username, name=name, password=PASSWORD, by=None, must_change=False)
        people.give_post(user, role=role, body=bodies[body], by=None)
    for file, code, stage in DOCUMENTS:
        if (documents / file).exists():
            _take_in(documents / file, bodies[code], stage)
    return True


def _take_in(path: Path, body: Body, stage: str) -> Project:
    clerk = User.objects.get(posts__role="clerk", posts__body=body)
    document = desk.document_json(desk.read(path), places=True)
    form: dict[str, Any] = document["forms"][0]
    name = form.get("project", "")
    title = name["text"] if isinstance(name, dict) else str(name)
    sheet = actions.create_project_from_form(
        form,
        body=body,
        stage=stage,
        year=int(form.get("year") or 2025),
        name=title or path.stem,
        by=clerk,
        origin={"from": "document", "name": path.name, "sha256": document["source"]["sha256"]},
    )
    return sheet.project
