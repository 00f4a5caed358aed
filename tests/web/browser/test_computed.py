"""What is computed, as a clerk sees it while filling in a self-evaluation."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

Opened = Callable[..., Any]


def evaluation(visit: Opened) -> Any:
    """The open self-evaluation of the samples."""
    page = visit("jingban", "/projects/?q=驻村")
    page.get_by_role("link", name="绩效自评：").click()
    page.wait_for_selector("html.sheet-ready")
    return page


def test_total_and_grade_say_why_and_are_not_typed(visit: Opened) -> None:
    """The cell shows the number, its mark and its derivation; typing changes nothing and says so."""
    page = evaluation(visit)
    total = page.locator("#head td[data-field='total.weight']")
    expect(total.locator(".computed")).to_have_text("100")
    expect(total.locator(".why")).to_contain_text("指标分值合计")
    total.click()
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    expect(total.locator(".computed")).to_have_text("100")
    expect(page.locator("#saving")).to_contain_text("已全部保存")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "90");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(total.locator(".computed")).to_have_text("100")


def test_a_blank_rate_is_computed_and_stays_blank(visit: Opened) -> None:
    """It follows the amount as soon as that is typed, muted, with its reason; what is stored stays blank."""
    page = evaluation(visit)
    row = page.locator("#funds tbody tr").first
    row.locator("td[data-field=executed]").click()
    before = row.locator("td[data-field=executed] .t").inner_text()
    budget = row.locator("td[data-field=annual_budget] .t").inner_text()
    page.keyboard.type(str(float(budget) / 2))
    page.keyboard.press("Tab")
    rate = row.locator("td[data-field=rate]")
    expect(rate.locator(".computed")).to_have_text("50.00%")
    assert f"÷ {budget} = 50.00%" in str(rate.locator(".computed").get_attribute("title"))
    assert rate.locator(".t").inner_text() == ""
    page.keyboard.press("Control+z")
    expect(row.locator("td[data-field=executed] .t")).to_have_text(before)
    expect(page.locator("#saving")).to_contain_text("已全部保存")


def test_too_many_files_get_a_page(visit: Opened) -> None:
    """Sent by an ordinary form, without script: the whole answer arrives, in Chinese."""
    page = visit("jingban", "/evidence/")
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            for (let n = 0; n < 230; n++) files.items.add(new File(["x".repeat(2000)], `${n}.txt`));
            const form = document.querySelector("form[enctype='multipart/form-data']");
            form.querySelector("input[type=file]").files = files.files;
            HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    expect(page.get_by_role("heading", name="一次选的文件太多")).to_be_visible()
    expect(page.locator("main")).to_contain_text("一次最多上传 50 份文件")


def test_what_is_said_of_before_looks_like_it(new_sheet: Opened) -> None:
    """From the change until the answer that knows it, sums and findings are marked as being checked; then they hold again."""
    page = new_sheet("核对中")
    page.locator("#indicators .grid-field").focus()
    page.keyboard.type("产出指标")
    page.keyboard.press("Enter")
    expect(page.locator("#saving")).to_contain_text("已全部保存")
    expect(page.locator("html.sheet-stale")).to_have_count(0)
    held: list[Any] = []
    page.route("**/live?**", lambda route: held.append(route))
    page.locator("#indicators tbody tr").first.locator("td[data-field=weight]").click()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.locator("#stale-note")).to_be_visible()
    expect(page.locator("#saving")).to_contain_text("已全部保存")
    expect(page.locator("#stale-note")).to_be_visible()
    page.unroute("**/live?**")
    for route in held:
        route.continue_()
    expect(page.locator("#weight-sum")).to_contain_text("40")
    expect(page.locator("#stale-note")).to_be_hidden()
