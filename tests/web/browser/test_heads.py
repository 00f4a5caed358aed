"""Heads of long tables stay in sight, on a desk and on a phone; on paper nothing is wider than the page."""

from collections.abc import Callable
from typing import Any

import pytest

Visit = Callable[..., Any]
TOP = "selector => document.querySelector(selector).getBoundingClientRect().top"


def pasted(page: Any, rows: int) -> None:
    """Put a block of indicators into the table, as from a spreadsheet."""
    lines = [
        f"产出指标\t数量指标\t第{n}项完成数\t≥{n}项\t\t1\t达到目标值得满分，否则不得分" for n in range(1, rows + 1)
    ]
    page.locator("#indicators tbody tr").first.locator("td[data-field=level1]").click()
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "\n".join(lines),
    )
    page.wait_for_function("rows => document.querySelectorAll('#indicators tbody tr').length > rows", arg=rows)


def test_the_head_of_a_sheet_stays(new_sheet: Callable[..., Any]) -> None:
    """Below the bar of the page where the table fits; within its own box on a phone; keys do not lead under the head."""
    page = new_sheet("长表的表头")
    pasted(page, 40)
    page.wait_for_selector("#indicators .sheet-scroll.fits")
    page.evaluate("window.scrollTo({top: document.querySelector('#indicators').offsetTop + 900, behavior: 'instant'})")
    bar = page.evaluate("document.querySelector('#bar').getBoundingClientRect().bottom")
    assert page.evaluate(TOP, "#indicators thead th") == pytest.approx(bar, abs=1)
    page.locator("#indicators tbody tr").nth(30).locator("td[data-field=target]").click()
    for _ in range(28):
        page.keyboard.press("ArrowUp")
    at = page.evaluate("document.querySelector('#indicators td.at').getBoundingClientRect().top")
    assert at >= page.evaluate("document.querySelector('#indicators thead th').getBoundingClientRect().bottom") - 1
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector("#indicators .sheet-scroll:not(.fits)")
    page.evaluate("document.querySelector('#indicators .sheet-scroll').scrollTop = 600")
    box = page.evaluate(TOP, "#indicators .sheet-scroll")
    assert page.evaluate(TOP, "#indicators thead th") == pytest.approx(box, abs=1)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('#indicators thead th')).position") == "static"
    assert page.evaluate("getComputedStyle(document.querySelector('#indicators .sheet-scroll')).maxHeight") == "none"


@pytest.mark.parametrize(
    ("who", "path"), [("jingban", "/projects/"), ("caizheng", "/library/"), ("danwei", "/sheets/9/review/")]
)
def test_the_head_of_a_list_stays(visit: Visit, who: str, path: str) -> None:
    """At the top of the window while its rows go by."""
    page = visit(who, path, height=420)
    table = "table.indicators" if "review" in path else "main table"
    page.evaluate(
        """selector => {
            const row = document.querySelectorAll(`${selector} > tbody > tr`)[5];
            window.scrollTo({ top: row.getBoundingClientRect().top + window.scrollY, behavior: "instant" });
        }""",
        table,
    )
    assert page.evaluate(TOP, f"{table} thead th") == pytest.approx(0, abs=1)


PRINTED = (
    ("jingban", ("/", "/projects/", "/projects/6/", "/account/help/")),
    ("danwei", ("/", "/sheets/9/review/", "/sheets/9/versions/2/")),
    ("caizheng", ("/", "/queue/", "/calendar/", "/library/schemes/")),
    ("lingdao", ("/overview/",)),
    ("guanli", ("/account/users/", "/account/bodies/")),
)


@pytest.mark.parametrize(("who", "paths"), PRINTED)
def test_paper_is_wide_enough(visit: Visit, who: str, paths: tuple[str, ...]) -> None:
    """On upright A4 with the browser's own margins."""
    page = visit(who, paths[0], width=718)
    page.emulate_media(media="print")
    wide = {}
    for path in paths:
        assert page.goto(path).ok, path
        wide[path] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == dict.fromkeys(paths, 0)
