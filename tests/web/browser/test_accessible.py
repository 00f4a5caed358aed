"""axe-core over the main pages, desktop and phone: no serious violation, and no page that scrolls sideways on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[3] / "src" / "hengjian" / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    ("jingban", "/"),
    ("jingban", "/projects/"),
    ("jingban", "/projects/new/"),
    ("jingban", "/projects/1/"),
    ("jingban", "/sheets/1/"),
    ("jingban", "/sheets/5/"),
    ("jingban", "/evidence/"),
    ("jingban", "/evidence/sheets/1/"),
    ("jingban", "/library/"),
    ("jingban", "/library/1/"),
    ("jingban", "/library/regulations/"),
    ("jingban", "/account/password/"),
    ("jingban", "/account/help/"),
    ("danwei", "/sheets/9/review/"),
    ("danwei", "/sheets/9/compare/"),
    ("danwei", "/sheets/9/versions/2/"),
    ("danwei", "/public/projects/6/disclose/"),
    ("danwei", "/public/"),
    ("danwei", "/public/ > 云川县干部教育培训"),
    ("caizheng", "/"),
    ("caizheng", "/queue/"),
    ("caizheng", "/calendar/"),
    ("caizheng", "/library/schemes/"),
    ("lingdao", "/overview/"),
    ("guanli", "/account/users/"),
    ("guanli", "/account/users/new/"),
    ("guanli", "/account/users/1/"),
    ("guanli", "/account/bodies/"),
    ("guanli", "/account/bodies/1/"),
    ("guanli", "/account/jobs/"),
)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core 未安装（npm ci）")
@pytest.mark.parametrize("width", [1440, 390])
def test_no_serious_violation(visit: Callable[..., Any], width: int) -> None:
    """Serious and critical ones of axe-core; one list for all pages, so that all are seen at once."""
    axe = AXE.read_text(encoding="utf-8")
    found: list[str] = []
    pages: dict[str, Any] = {}
    for who, where in PAGES:
        address, _, link = where.partition(" > ")
        if who in pages:
            assert pages[who].goto(address).ok, address
        else:
            pages[who] = visit(who, address, width=width, height=900 if width > 500 else 844)
        page = pages[who]
        if link:
            page.get_by_role("link", name=link).first.click()
            page.wait_for_url(lambda now, before=address: not now.endswith(before))
        page.wait_for_load_state("load")
        page.evaluate(axe)
        told = page.evaluate("axe.run({resultTypes: ['violations']})")
        for violation in told["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = violation["nodes"][0]
                found.append(f"{address}: {violation['id']} {where['target']} {where['failureSummary'][:200]}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{address}: {wide} px wider than the window of {width}")
    assert not found, "\n".join(found)
