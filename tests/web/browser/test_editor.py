"""Filling in a sheet in a browser: with the keyboard, from Excel, without a connection, in two windows."""

import contextlib
import os
import random
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import CHROMIUM
from hengjian.web.projects.samples import PASSWORD

Opened = Callable[..., Any]
GAP = "≥95%得满分，90%-95%得5分，80%以下得0分"
BLOCK = (
    "产出指标\t数量指标\t培训班期数\t≥12期\n"
    "\t\t培训人次\t≥600人次\n"
    '\t质量指标\t"学员\n结业率"\t≥95%\n'
    "效益指标\t社会效益指标\t履职能力\t明显提升\n"
    "满意度指标\t服务对象满意度指标\t学员满意度\t≥90%"
)


def cell(page: Any, row: int, field: str, part: str = "indicators") -> Any:
    """A cell of a table; rows are counted from 1, the blank one is the last."""
    return page.locator(f"#{part} tbody tr").nth(row - 1).locator(f"td[data-field='{field}']")


def saved(page: Any) -> None:
    """Wait until everything is saved."""
    page.wait_for_selector("#saving.is-saved")


def paste(page: Any, text: str) -> None:
    """Paste a text as a spreadsheet puts it on the clipboard."""
    page.evaluate(
        """(text) => {
            const clip = new DataTransfer();
            clip.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clip, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def texts(page: Any, field: str, part: str = "indicators") -> list[str]:
    """The stored texts of a column, read from a fresh page, without the blank row."""
    found: list[str] = page.locator(f"#{part} tbody tr:not(.blank) td[data-field='{field}'] .t").all_text_contents()
    return found


def fill(page: Any, row: int, *values: tuple[str, str]) -> None:
    """Type values into cells of a row."""
    for field, text in values:
        cell(page, row, field).click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def test_a_row_is_entered_with_the_keyboard_alone(new_sheet: Opened) -> None:
    """Tab leads to the table; typing, Tab and Enter fill a row; it is there after the page is loaded again."""
    page = new_sheet("键盘填报")
    page.locator("#indicators .grid-field").focus()
    for text in ("产出指标", "数量指标", "培训班期数", "≥12期", "期", "30", "达到目标值得满分，未达到的按完成比例计分"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert cell(page, 1, "name").inner_text() == "培训班期数"
    assert cell(page, 1, "rule").inner_text() == "达到目标值得满分，未达到的按完成比例计分"
    page.wait_for_selector("#weight-sum:text('30/')")


def test_a_block_of_excel_is_pasted_and_undone(new_sheet: Opened) -> None:
    """Five rows by four columns land in new rows, merged classes are continued, quotes and line breaks kept; Ctrl+Z takes it back."""
    page = new_sheet("粘贴")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    saved(page)
    assert texts(page, "name") == ["培训班期数", "培训人次", "学员\n结业率", "履职能力", "学员满意度"]
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert texts(page, "level1") == ["产出指标"] * 3 + ["效益指标", "满意度指标"]
    assert texts(page, "level2")[:3] == ["数量指标", "数量指标", "质量指标"]
    cell(page, 1, "name").click()
    paste(page, "甲\t1项\n乙\t2项")
    page.keyboard.press("Control+z")
    saved(page)
    assert texts(page, "name")[:2] == ["培训班期数", "培训人次"]


def test_weights_add_up_live(new_sheet: Opened) -> None:
    """The sum says what is missing, and that it is right."""
    page = new_sheet("分值")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    cell(page, 1, "weight").click()
    paste(page, "30\n10\n20\n20\n7")
    page.wait_for_selector("#weight-sum:text-is('87/90 差 3')")
    cell(page, 5, "weight").click()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    page.wait_for_selector("#weight-sum:text-is('90')")


def test_a_rule_is_explained_while_it_is_typed(new_sheet: Opened) -> None:
    """Before the cell is left: what it means, its curve, and the values without a score."""
    page = new_sheet("规则")
    page.locator("#indicators .grid-field").focus()
    paste(page, "满意度指标\t服务对象满意度指标\t学员满意度\t≥95%")
    cell(page, 1, "weight").click()
    page.keyboard.type("10")
    cell(page, 1, "rule").click()
    page.keyboard.type(GAP)
    page.wait_for_selector("#side-meaning .sheet-note:has-text('85%')")
    assert "没有规定得多少分" in page.inner_text("#side-meaning")
    assert "90%≤实际值" in page.inner_text("#read-back")
    assert page.locator("#side-meaning img.sheet-curve").evaluate("image => image.naturalWidth") > 0
    assert "至少为95%" in page.inner_text("#side-meaning")
    page.fill("#need", "5")
    page.wait_for_selector(".sheet-need:has-text('要得5分')")


def test_nothing_is_lost_without_a_connection(new_sheet: Opened) -> None:
    """The page says what is not saved; when the connection is back it saves by itself."""
    page = new_sheet("断网")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    saved(page)
    page.context.set_offline(True)
    fill(page, 1, ("target", "≥14期"), ("weight", "25"))
    page.wait_for_selector("#saving:has-text('未保存 2 处')")
    page.context.set_offline(False)
    saved(page)
    page.reload()
    assert cell(page, 1, "target").locator(".t").inner_text() == "≥14期"


def test_what_was_queued_survives_a_crash(new_sheet: Opened) -> None:
    """A page that dies without a connection leaves its changes, even half a cell; the next page sends them."""
    page = new_sheet("崩溃")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    saved(page)
    page.context.route("**/cells", lambda route: route.abort())
    fill(page, 2, ("target", "≥700人次"))
    cell(page, 3, "target").click()
    page.keyboard.type("≥9")
    page.wait_for_selector("#saving:has-text('未保存 2 处')")
    address = page.url
    context = page.context
    page.evaluate("window.onpagehide = null")
    page.close(run_before_unload=False)
    context.unroute("**/cells")
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector("html.sheet-ready")
    saved(again)
    again.reload()
    again.wait_for_selector("html.sheet-ready")
    assert texts(again, "target")[1:3] == ["≥700人次", "≥9"]


def test_an_ended_session_keeps_what_was_typed(new_sheet: Opened) -> None:
    """The status line leads to the login; after it the changes are saved with the new session."""
    page = new_sheet("登录过期")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    saved(page)
    page.context.clear_cookies()
    fill(page, 1, ("target", "≥15期"))
    page.wait_for_selector("#saving:has-text('登录已过期')")
    with page.context.expect_page() as opened:
        page.click("#saving a")
    login = opened.value
    login.fill("#id_username", "jingban")
    login.fill("#id_password", "hengjian-2026")
    login.press("#id_password", "Enter")
    login.wait_for_selector("html.sheet-ready")
    saved(page)
    saved(login)
    login.reload()
    assert cell(login, 1, "target").locator(".t").inner_text() == "≥15期"


@pytest.mark.parametrize("mine", [True, False])
def test_two_windows_lose_nothing(new_sheet: Opened, visit: Opened, mine: bool) -> None:
    """Changes of the other window arrive; where both changed one cell the second decides, and both texts are shown."""
    one = new_sheet(f"两个窗口{mine}")
    one.locator("#indicators .grid-field").focus()
    paste(one, BLOCK)
    saved(one)
    two = visit("jingban", one.url, within=one.context)
    two.wait_for_selector("html.sheet-ready")
    fill(one, 1, ("target", "≥14期"))
    fill(one, 2, ("weight", "15"))
    saved(one)
    two.evaluate("window.dispatchEvent(new Event('focus'))")
    two.wait_for_selector("#indicators td[data-field=weight] .t:text-is('15')")
    one.context.route("**/live*", lambda route: route.abort())  # the first window does not hear of it
    fill(two, 1, ("target", "≥16期"))
    saved(two)
    fill(one, 1, ("target", "≥18期"))
    one.wait_for_selector("#side-open:has-text('≥16期')")
    assert "≥18期" in one.inner_text("#side-open")
    assert "经办一" in one.inner_text("#side-open")
    one.context.unroute("**/live*")
    one.click(f"#side-open button:has-text('{'保留我的' if mine else '用对方的'}')")
    saved(one)
    one.reload()
    one.wait_for_selector("html.sheet-ready")
    assert texts(one, "target")[0] == ("≥18期" if mine else "≥16期")
    assert one.locator("#side-open").is_hidden()


def test_costs_add_up_as_a_tree(new_sheet: Opened) -> None:
    """Rows are put under each other with Alt and arrows; the difference is shown beside the amount."""
    page = new_sheet("支出")
    page.locator("#cost .grid-field").focus()
    paste(page, "培训费\t100\n场地费\t60\n师资费\t30")
    for row in (2, 3):
        cell(page, row, "name", "cost").click()
        page.keyboard.press("Alt+ArrowRight")
    page.wait_for_selector("#cost .sum:has-text('差 10.00')")
    cell(page, 3, "amount", "cost").click()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    page.wait_for_selector("#cost .sum:has-text('相符')")


def depths(page: Any) -> list[tuple[str, int]]:
    """The rows of the cost tree with how deep each is drawn; the blank one with its words."""
    cells = page.locator("#cost tbody tr:not(.blank) td[data-field=name]")
    return [
        (one.inner_text(), int((re.search(r"depth-(\d)", str(one.get_attribute("class"))) or [0, 0])[1]))
        for one in cells.all()
    ]


def test_the_level_of_a_new_cost_is_chosen(new_sheet: Opened) -> None:
    """Buttons add beside or below a row; the blank row says where it stands, and Alt with arrows changes that."""
    page = new_sheet("级次")
    page.locator("#cost .grid-field").focus()
    page.keyboard.type("培训费")
    page.keyboard.press("Enter")
    cell(page, 1, "name", "cost").click()
    page.get_by_role("button", name="增加下级").click()
    page.keyboard.type("场地费")
    page.keyboard.press("Enter")
    assert depths(page) == [("培训费", 0), ("场地费", 1)]
    blank = page.locator("#cost tr.blank td[data-field=name]")
    assert "属于“培训费”" in blank.inner_text()
    blank.click()
    page.keyboard.press("Alt+ArrowLeft")
    assert "最上一级" in blank.inner_text()
    page.keyboard.type("印刷费")
    page.keyboard.press("Enter")
    assert depths(page) == [("培训费", 0), ("场地费", 1), ("印刷费", 0)]
    cell(page, 1, "name", "cost").click()
    page.get_by_role("button", name="增加同级").click()
    page.keyboard.type("师资费")
    page.keyboard.press("Enter")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert depths(page) == [("培训费", 0), ("场地费", 1), ("师资费", 0), ("印刷费", 0)]


def test_a_phone_does_not_scroll_sideways(new_sheet: Opened) -> None:
    """Only the tables scroll in themselves."""
    page = new_sheet("手机", width=390, height=844)
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    saved(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_reviewer_sees_the_same_table_and_cannot_type(visit: Opened) -> None:
    """No field of the page takes a letter."""
    page = visit("danwei", "/sheets/1/")
    page.wait_for_selector("html.sheet-ready")
    before = cell(page, 1, "target").inner_text()
    cell(page, 1, "target").click()
    page.keyboard.type("改")
    page.keyboard.press("Enter")
    assert cell(page, 1, "target").inner_text() == before
    assert page.locator("button:has-text('加一行')").count() == 0


def test_chinese_is_typed_into_a_cell_at_once(new_sheet: Opened) -> None:
    """An input method composes in the cell from its first letter; letters being composed are never saved."""
    page = new_sheet("输入法")
    page.locator("#indicators .grid-field").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    keys = page.context.new_cdp_session(page)
    for letters in ("p", "pe", "pei", "peix", "peixun"):
        keys.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
        )
    page.wait_for_timeout(1000)
    assert texts(page, "name") == []
    keys.send("Input.insertText", {"text": "培训"})
    page.keyboard.press("Enter")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert texts(page, "name") == ["培训"]


def test_cells_are_copied_with_the_keyboard(new_sheet: Opened) -> None:
    """Ctrl+C takes the range in the form spreadsheets take, Ctrl+V puts it, Delete clears, Ctrl+Z and Ctrl+Y go back and forth."""
    page = new_sheet("复制")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK)
    cell(page, 3, "name").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    cell(page, 6, "name").click()
    page.keyboard.press("Control+v")
    saved(page)
    assert texts(page, "name")[5:] == ["学员\n结业率", "履职能力"]
    assert texts(page, "target")[5:] == ["≥95%", "明显提升"]
    page.keyboard.press("Delete")
    assert texts(page, "target")[5:] == ["", ""]
    page.keyboard.press("Control+z")
    assert texts(page, "target")[5:] == ["≥95%", "明显提升"]
    page.keyboard.press("Control+y")
    assert texts(page, "target")[5:] == ["", ""]
    page.keyboard.press("Control+z")
    cell(page, 6, "name").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+Delete")
    assert len(texts(page, "name")) == 5
    page.keyboard.press("Control+z")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert texts(page, "name")[5:] == ["学员\n结业率", "履职能力"]


def test_rows_are_added_and_moved_with_the_keyboard(new_sheet: Opened) -> None:
    """Ctrl+Enter, Alt with arrows; the order is there after the page is loaded again."""
    page = new_sheet("移动")
    page.locator("#goals .grid-field").focus()
    paste(page, "甲\n乙\n丙")
    cell(page, 3, "text", "goals").click()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("丁")
    page.keyboard.press("Enter")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert texts(page, "text", "goals") == ["丙", "丁", "甲", "乙"]


def test_a_suggestion_fills_the_row(new_sheet: Opened) -> None:
    """Typing part of a name offers indicators of the library; taking one fills what is blank."""
    page = new_sheet("提示")
    page.locator("#indicators .grid-field").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("满意度")
    page.wait_for_selector(".grid-list:not([hidden]) li")
    name = page.locator(".grid-list:not([hidden]) li span").first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    saved(page)
    assert texts(page, "name") == [name]
    assert texts(page, "level1") == ["满意度指标"]


def test_a_killed_browser_loses_no_key(site: str, driver: Any, tmp_path: Path) -> None:
    """Without a connection, in the middle of a cell, the browser is killed; started again it saves what was typed."""
    start = {"executable_path": CHROMIUM, "args": ["--no-sandbox"], "base_url": site}
    context = driver.chromium.launch_persistent_context(tmp_path, **start)
    page = context.pages[0]
    page.goto("/account/login/")
    page.fill("#id_username", "jingban")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.goto("/projects/new/")
    page.fill("#name", "断电")
    page.fill("#year", "2027")
    page.locator("main form button").first.click()
    page.wait_for_selector("html.sheet-ready")
    address = page.url
    cookies = context.cookies()
    context.set_offline(True)
    page.locator("#indicators .grid-field").focus()
    for text in ("产出指标", "数量指标", "培训班期数", "≥12期"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("达到目标值得满分")
    page.wait_for_timeout(300)
    _kill(str(tmp_path))
    with contextlib.suppress(Exception):
        context.close()
    again = driver.chromium.launch_persistent_context(tmp_path, **start)
    again.add_cookies(cookies)
    page = again.pages[0]
    page.goto(address)
    page.wait_for_selector("html.sheet-ready")
    saved(page)
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    assert texts(page, "name") == ["培训班期数"]
    assert texts(page, "target") == ["≥12期"]
    assert "达到目标值得满分" in page.inner_text("#indicators tbody")
    again.close()


def _kill(folder: str) -> None:
    """Kill the browser that works in a folder, all of it, at once."""
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().decode(errors="replace") if process.name.isdecimal() else ""
            if f"--user-data-dir={folder}" in command:
                os.kill(int(process.name), signal.SIGKILL)


def test_a_sheet_is_submitted_from_the_page(new_sheet: Opened, visit: Opened) -> None:
    """What lacks is told beside the table and when one tries; complete, it goes to the unit's reviewer.

    What another page types after that is not saved, but kept until the person gives it up.
    """
    page = new_sheet("送审")
    assert "没有绩效指标" in page.inner_text("#lacking")
    page.click("#submit")
    page.wait_for_selector(".alert-danger:has-text('还不能送审')")
    page.wait_for_selector("html.sheet-ready")
    page.locator("#indicators .grid-field").focus()
    paste(page, BLOCK.replace("\t\t培训人次\t≥600人次", "\t时效指标\t按期完成率\t100%"))
    cell(page, 1, "weight").click()
    paste(page, "20\n10\n20\n30\n10")
    page.locator("#head td[data-field='goal.only']").click()
    page.keyboard.type("举办培训班12期，培训600人次，提升干部履职能力。")
    page.keyboard.press("Enter")
    page.locator("#head td[data-field='budget.current_year']").click()
    page.keyboard.type("120")
    saved(page)
    other = visit("jingban", page.url)
    other.wait_for_selector("html.sheet-ready")
    page.click("#submit")
    page.wait_for_selector(".alert-success:has-text('单位审核')")
    fill(other, 1, ("target", "≥99期"))
    other.wait_for_selector("#saving:has-text('1 处没有保存：这张表现在是“单位审核”')")
    other.reload()
    other.wait_for_selector("html.sheet-ready")
    other.wait_for_selector("#saving:has-text('1 处没有保存')")
    other.on("dialog", lambda dialog: dialog.accept())
    other.click("#saving button:has-text('放弃修改')")
    other.wait_for_selector("#saving:not(:has-text('没有保存'))", state="attached")
    other.wait_for_selector("html.sheet-ready")
    other.wait_for_selector("#indicators tbody tr:first-child td[data-field='target'] .t:text-is('≥12期')")


@pytest.mark.parametrize("seed", range(int(os.environ.get("HENGJIAN_HARD", "1"))))
def test_two_pages_end_with_the_same_table(new_sheet: Opened, visit: Opened, seed: int) -> None:
    """Both change, add, move and remove rows at once, with and without a connection; in the end both show what is stored."""
    chance = random.Random(seed)  # noqa: S311 - the same walk each time
    one = new_sheet(f"同时{seed}")
    one.locator("#goals .grid-field").focus()
    paste(one, "\n".join(f"目标{n}" for n in range(6)))
    saved(one)
    two = visit("jingban", one.url)
    two.wait_for_selector("html.sheet-ready")
    typed: set[str] = set()
    for turn in range(24):
        page = chance.choice((one, two))
        lines = page.locator("#goals tbody tr:not(.blank)").count()
        row = chance.randint(1, max(lines, 1))
        cell(page, row, "text", "goals").click()
        what = chance.choice(("type", "type", "type", "add", "up", "remove" if lines > 3 else "type", "flap"))
        if what in ("type", "add"):
            if what == "add":
                page.keyboard.press("Control+Enter")
            typed.add(f"改动{turn}")
            page.keyboard.type(f"改动{turn}")
            page.keyboard.press("Enter")
        elif what == "flap":
            page.context.set_offline(chance.random() < 0.5)
        else:
            page.keyboard.press({"up": "Alt+ArrowUp", "remove": "Control+Delete"}[what])
    shown: list[str] = []
    for page in (one, two):
        page.context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        saved(page)
        shown.append(page.inner_text("#side-open") if page.locator("#side-open").is_visible() else "")
        while page.locator("#side-open").is_visible():
            page.locator("#side-open li").first.locator("button").nth(1).click()
    for page in (one, two):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.wait_for_timeout(800)
    seen = [texts(page, "text", "goals") for page in (one, two)]
    one.reload()
    one.wait_for_selector("html.sheet-ready")
    stored = texts(one, "text", "goals")
    assert seen == [stored, stored]


def test_a_self_evaluation_is_scored_as_it_is_filled_in(visit: Opened) -> None:
    """A blank score shows what the rule gives, in grey; a reason is marked where points are lost; another score is marked."""
    page = visit("jingban", "/sheets/1/")
    page.wait_for_selector("html.sheet-ready")
    kept = {
        (row, field): cell(page, row, field).inner_text()
        for row, field in ((4, "score"), (4, "deviation"), (8, "score"))
    }
    for row, field in ((4, "score"), (4, "deviation")):
        cell(page, row, field).click()
        page.keyboard.press("Delete")
    fill(page, 8, ("score", "9.5"))
    page.wait_for_selector("#indicators td.owed")
    assert cell(page, 4, "score").locator(".computed").inner_text() == "7.84"
    assert "2352人次 ÷ 2400人次 × 8 = 7.84" in str(cell(page, 4, "score").locator(".computed").get_attribute("title"))
    assert "owed" in str(cell(page, 4, "deviation").get_attribute("class"))
    page.wait_for_selector("#indicators tr:nth-child(8) td.bad[data-field='score']")
    assert "错误须先改正" in page.inner_text("#lacking")
    for _ in kept:
        page.keyboard.press("Control+z")
    saved(page)
    assert {(row, field): cell(page, row, field).locator(".t").inner_text() for row, field in kept} == kept
