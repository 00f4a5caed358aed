"""Work without a mouse: sign in, find what waits, settle the findings, pass; and every page lets the keyboard go on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hengjian.web.projects.samples import PASSWORD

MOST = 150  # presses of Tab after which a page counts as a trap


@pytest.fixture
def page(site: str, chromium: Any) -> Iterator[Any]:
    """A page of nobody."""
    context = chromium.new_context(base_url=site, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    made = context.new_page()
    made.set_default_timeout(15000)
    yield made
    context.close()


FOCUS = """() => {
    const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
    return {
        tag: it.tagName, id: it.id, name: it.name || "", value: it.value || "", text: it.textContent.trim().slice(0, 40),
        seen: style.outlineStyle !== "none" || style.boxShadow !== "none", shown: box.width > 0 && box.height > 0,
    };
}"""


def tab_to(page: Any, wanted: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    """Press Tab until the focus is where it shall be; on the way it must always be seen."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at: dict[str, Any] = page.evaluate(FOCUS)
        if at["tag"] != "BODY":
            assert at["shown"], f"the focus is on something hidden: {at}"
            assert at["seen"], f"the focus cannot be seen: {at}"
        if wanted(at):
            return at
    pytest.fail(f"Tab does not reach {what}")


def sign_in(page: Any, username: str) -> None:
    """Type, Tab, type, Enter."""
    page.goto("/account/login/")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)


def test_a_reviewer_needs_no_mouse(page: Any) -> None:
    """Login, work table, review page, findings, pass."""
    sign_in(page, "danwei3")
    if page.get_by_role("link", name="档案展览进校园").count() == 0:
        pytest.skip("on this site the sheet has been passed before")
    tab_to(page, lambda at: at["tag"] == "A" and at["text"] == "档案展览进校园", "the waiting sheet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    tab_to(page, lambda at: at["name"] == "mark", "a finding")
    page.keyboard.press("Space")
    assert page.locator("#findings input[name=mark]").first.is_checked()
    tab_to(page, lambda at: at["id"] == "why", "the reason")
    page.keyboard.type("对象是参展学校的老师")
    tab_to(page, lambda at: at["value"] == "waived", "不作处理")
    page.keyboard.press("Enter")
    page.locator("#findings").get_by_text("都已处理").wait_for()
    page.wait_for_selector("#findings:focus")  # the focus stays with what has changed
    tab_to(page, lambda at: at["value"] == "pass", "通过")
    page.keyboard.press("Enter")
    page.get_by_text("已通过，现在是“主管部门审核”").wait_for()


def test_the_skip_link_and_the_menu_of_exports(page: Any) -> None:
    """The first Tab offers the text; the menu opens, is walked with arrows and closes with Escape, and gives the focus back."""
    sign_in(page, "danwei")
    page.goto("/sheets/7/")
    page.keyboard.press("Tab")
    skip = page.evaluate(FOCUS)
    assert skip["text"] == "跳到正文"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    tab_to(page, lambda at: at["text"] == "导出", "the exports")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Excel 正式表").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUS)["text"] == "Excel 正式表"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Excel 正式表").wait_for(state="hidden")
    assert page.evaluate(FOCUS)["text"] == "导出"


@pytest.mark.parametrize("address", ["/", "/queue/", "/calendar/", "/sheets/9/review/", "/overview/", "/account/help/"])
def test_no_page_holds_the_keyboard(page: Any, address: str) -> None:
    """Going on with Tab one comes round to the beginning again."""
    sign_in(page, "zhuguan")
    assert page.goto(address).ok
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Tab")
    tab_to(page, lambda at: at["text"] == "跳到正文", f"the beginning of {address} again")
