"""The core of the work in a browser that runs no script: plain forms and links."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hengjian.web.projects.samples import PASSWORD

Plain = Callable[[str, str], Any]
ROWS = (
    ("产出指标", "数量指标", "巡查档案室次数", "≥24次", "20", "达到目标值得满分，未达到的按完成比例计分"),
    ("产出指标", "质量指标", "问题整改率", "=100%", "20", "得分=整改率×分值，最高不超过分值"),
    ("产出指标", "时效指标", "巡查完成时间", "12月20日前", "10", "按时完成得满分，逾期不得分"),
    ("效益指标", "社会效益指标", "档案安全事故数", "≤0起", "30", "没有事故得满分，每有1起扣15分，扣完为止"),
    ("满意度指标", "服务对象满意度指标", "查档群众满意度", "≥90%", "10", "≥90%得满分，每低1个百分点扣1分，扣完为止"),
)


@pytest.fixture
def plain(site: str, chromium: Any) -> Iterator[Plain]:
    """Pages as someone, without script."""
    contexts: dict[str, Any] = {}

    def opened(username: str, address: str) -> Any:
        if username not in contexts:
            contexts[username] = chromium.new_context(base_url=site, locale="zh-CN", java_script_enabled=False)
            page = contexts[username].new_page()
            page.set_default_timeout(20000)
            if username:
                page.goto("/account/login/")
                page.fill("#id_username", username)
                page.fill("#id_password", PASSWORD)
                page.get_by_role("button", name="登录").click()
        page = contexts[username].pages[0]
        page.goto(address)
        return page

    yield opened
    for context in contexts.values():
        context.close()


def test_declare_review_and_find(plain: Plain) -> None:
    """A new project, its rows by the row form, submitted; the reviewer settles and passes; the list finds it."""
    clerk = plain("jingban3", "/projects/new/")
    clerk.fill("#name", "云川县档案室巡查")
    clerk.fill("#year", "2027")
    clerk.get_by_role("button", name="新建并填报").click()
    clerk.wait_for_url("**/sheets/*/")
    sheet = clerk.url
    clerk.goto(sheet + "head/")
    clerk.fill("[name='goal.only']", "全年巡查档案室24次，问题整改率100%，不发生安全事故。")
    clerk.fill("[name='budget.current_year']", "6")
    clerk.get_by_role("button", name="保存").click()
    clerk.locator("#funds tbody").get_by_role("link", name="修改", exact=True).first.click()
    clerk.fill("[name=annual_budget]", "6")
    clerk.get_by_role("button", name="保存").click()
    for row in ROWS:
        clerk.locator("#indicators .card-header").get_by_role("link", name="加一行").click()
        for field, text in zip(("level1", "level2", "name", "target", "weight", "rule"), row, strict=True):
            clerk.fill(f"[name={field}]", text)
        clerk.get_by_role("button", name="保存").click()
    assert "巡查档案室次数" in clerk.inner_text("#indicators")
    clerk.goto(sheet)
    clerk.click("#submit")
    assert "已送审" in clerk.inner_text("#messages")

    unit = plain("danwei3", "/queue/")
    unit.get_by_role("link", name="云川县档案室巡查").first.click()
    boxes = unit.locator("#findings input[name=mark]")
    if boxes.count():
        for number in range(boxes.count()):
            boxes.nth(number).check()
        unit.fill("#why", "已核对，情况属实")
        unit.get_by_role("button", name="不作处理").click()
        assert "都已处理" in unit.inner_text("#findings")
    unit.get_by_role("button", name="通过", exact=True).click()
    assert "已通过，现在是“主管部门审核”" in unit.inner_text("#messages")

    clerk.goto("/projects/")
    clerk.fill("#q", "档案室巡查")
    clerk.get_by_role("button", name="查找").click()
    assert "云川县档案室巡查" in clerk.inner_text("#rows")
    assert "驻村" not in clerk.inner_text("#rows")


def test_disclose_and_read(plain: Plain) -> None:
    """What was withheld before is chosen again; anyone reads the page, its explanations and curves."""
    unit = plain("danwei", "/projects/6/")
    unit.locator("main").get_by_role("link", name="公开", exact=True).click()
    assert unit.locator("[value='column:deviation']").is_checked()
    unit.get_by_role("button", name="公开", exact=True).click()
    assert "已公开" in unit.inner_text("#messages")
    page = plain("", "/public/?q=干部教育")
    page.get_by_role("link", name="云川县干部教育培训").click()
    assert "实际支出 117.36 万元" in page.inner_text("main")
    page.locator("summary").nth(1).click()
    assert "算式" in page.inner_text("main")
    assert page.locator(".curves svg").first.is_visible()
    assert "调动未能结业" not in page.inner_text("main")


def test_the_menu_is_there_on_a_phone(plain: Plain) -> None:
    """The button that opens the menu needs a script; without one the menu stands open."""
    page = plain("jingban3", "/")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.get_by_role("link", name="项目", exact=True).is_visible()
    assert not page.get_by_role("button", name="打开菜单").is_visible()
