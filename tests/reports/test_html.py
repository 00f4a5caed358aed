"""The HTML report in a real browser: offline, by keyboard, on a phone, on paper, with hostile content, with many files."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hengjian import desk
from hengjian.audit.case import Audit
from hengjian.reports.html import HtmlWriter
from hengjian.reports.typeset import typeset
from reports.made import BAD, CAREFUL, DOCUMENTS, EVERYTHING, FORMULA, GOOD, MARKUP, NASTY, POEM, TITLES, UNREAD

CHROMIUM = next(
    filter(
        None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge"))
    ),
    None,
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: the page is not tried in a browser"
)

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # A test machine's administrator has no sandbox to run in.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from the disk; a complaint on the console or a request to anywhere fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def show(path: Path, width: int = 1400, height: int = 900) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.extend({request.url} - {path.as_uri()}))
        page.goto(path.as_uri())
        return page

    yield show
    for page in pages:
        page.close()
    assert complaints == []


def report(path: Path, *audits: Audit, expected: int = 1) -> Path:
    writer = HtmlWriter(path, titles=TITLES, expected=expected)
    for audit in audits:
        writer.add(audit)
    writer.close()
    return path


@pytest.fixture(scope="module")
def samples() -> list[Audit]:
    return list(desk.audit_many(DOCUMENTS))


def visible(page: Page, query: str) -> list[str]:
    # Not inner_text: parts far below the window are not laid out until they are scrolled to.
    return [item.text_content() or "" for item in page.locator(query).all() if item.is_visible()]


def test_the_samples_open_from_the_disk_without_a_word(opened: Open, tmp_path: Path, samples: list[Audit]) -> None:
    page = opened(report(tmp_path / "报告.html", *samples))
    assert page.title() == "绩效文件审核报告"
    assert page.locator("section.document").count() == len(samples)
    first = page.locator("tr.of-form").first.inner_text()
    assert "人才服务保障经费" in first  # the worst form
    assert "未能审核" in page.locator("section[aria-label=汇总]").inner_text()


def test_every_finding_stands_on_the_page_once(opened: Open, tmp_path: Path) -> None:
    page = opened(report(tmp_path / "报告.html", BAD))
    page.locator("#open-all").click()
    found = visible(page, ".findings li")
    assert len([text for text in found if "F08" in text]) == 1
    assert len([text for text in found if "F10" in text]) == 1
    # A finding on two rows stands at both.
    assert len([text for text in found if "C18" in text]) == 2
    assert "18期 ÷ 20期 × 40 = 36.00；填报40；多计4" in found[[("F08" in text) for text in found].index(True)]


def test_a_correct_form_says_that_nothing_was_found(opened: Open, tmp_path: Path) -> None:
    page = opened(report(tmp_path / "报告.html", GOOD))
    assert page.locator("article .ok").inner_text() == "未发现问题。"


def test_filters_by_level_code_and_words(opened: Open, tmp_path: Path) -> None:
    page = opened(report(tmp_path / "报告.html", GOOD, BAD, POEM, UNREAD))
    page.locator("#open-all").click()

    def documents() -> list[str]:
        return [re.sub(r"^\d+\. ", "", text) for text in visible(page, "section.document > h2")]

    assert documents() == ["好表.docx", "坏表.docx", "诗.txt", "损坏.pdf"]
    assert page.locator("#shown").inner_text() == "显示 6 条"
    page.locator("input[name=level][value=E]").uncheck()
    assert documents() == ["坏表.docx"]
    assert not any("F08" in text for text in visible(page, ".findings li"))
    page.locator("input[name=level][value=E]").check()
    page.locator("#by-code").select_option("A01")
    assert documents() == ["诗.txt"]
    assert visible(page, "tr.of-form") == []
    page.locator("#by-code").select_option("")
    page.locator("#by-words").fill("人才服务")
    assert documents() == ["好表.docx"]
    assert len(visible(page, "tr.of-form")) == 1
    page.locator("#by-words").fill("没有这样的")
    assert documents() == []
    assert page.locator("#shown").inner_text() == "显示 0 条"
    page.locator("#by-words").fill("")
    assert len(documents()) == 4


def test_details_open_and_close_by_keyboard_alone(opened: Open, tmp_path: Path) -> None:
    page = opened(report(tmp_path / "报告.html", BAD))
    assert visible(page, "tr.detail") == []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("toggle"):
            break
    assert page.evaluate("document.activeElement.innerText") == "F08 C18"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"  # one sees where one is
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    (detail,) = visible(page, "tr.detail")
    assert "应为36.00，填报40" in detail
    assert "评分标准的含义：" in detail
    assert page.locator("tr.detail:visible svg").count() == 1
    page.keyboard.press("Space")
    assert visible(page, "tr.detail") == []


def test_without_scripts_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report(tmp_path / "报告.html", BAD).as_uri())
    assert page.locator("tr.detail").first.is_visible()
    assert not page.locator(".filters").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_scrolls_tables_and_not_the_page(
    width: int, opened: Open, tmp_path: Path, samples: list[Audit]
) -> None:
    page = opened(report(tmp_path / "报告.html", *samples, *EVERYTHING), width=width, height=844)
    page.locator("#open-all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("tr.detail .grid").first.bounding_box()
    assert box is not None
    assert box["width"] <= width  # the detail fits although its table is wider


@pytest.mark.parametrize("width", [1024, 1400])
def test_a_desktop_page_does_not_scroll_sideways(
    width: int, opened: Open, tmp_path: Path, samples: list[Audit]
) -> None:
    page = opened(report(tmp_path / "报告.html", *samples), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_on_a4_with_the_details_of_findings(opened: Open, tmp_path: Path) -> None:
    import pypdfium2

    page = opened(report(tmp_path / "报告.html", GOOD, BAD))
    page.pdf(path=tmp_path / "报告.pdf", prefer_css_page_size=True)
    printed = pypdfium2.PdfDocument(tmp_path / "报告.pdf")
    text = ""
    for sheet in printed:
        assert [round(length) for length in sheet.get_size()] == [842, 595]  # A4 across, in points
        text += sheet.get_textpage().get_text_range()
    assert len(printed) == 3  # summary, and a page for each document
    assert "应为36.00，填报40" in text
    assert "举办培训18期" in text  # goals are folded away on the screen, not on paper
    assert "展开明细" not in text
    printed.close()
    assert visible(page, "tr.detail") == []  # as it was


def test_what_a_form_prints_never_becomes_markup(opened: Open, tmp_path: Path) -> None:
    path = report(tmp_path / "报告.html", NASTY)
    page = opened(path)
    page.locator("#open-all").click()
    assert page.evaluate("document.scripts.length") == 1
    assert page.locator("img, article h1, article b b, main [onclick], main [onerror]").count() == 0
    assert MARKUP in page.locator("article dl.facts").inner_text()
    assert FORMULA in page.locator("td.name").first.inner_text()
    assert MARKUP not in path.read_text(encoding="utf-8")


def test_rendered_forms_are_escaped_too(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "表.html"
    typeset([NASTY.forms[0].case.form], "html", path)
    page = opened(path)
    assert page.evaluate("document.scripts.length") == 0
    assert MARKUP in page.locator("body").inner_text()


def test_a_hidden_sheet_is_mentioned(opened: Open, tmp_path: Path) -> None:
    page = opened(report(tmp_path / "报告.html", CAREFUL))
    assert "工作表“底稿”：有1个隐藏的工作表“底稿”没有读取。" in page.locator(".problem").inner_text()


def test_three_hundred_documents_stay_usable(opened: Open, tmp_path: Path, samples: list[Audit]) -> None:
    worst = samples[1]  # eight rows, seventeen findings
    path = report(tmp_path / "报告.html", *[worst] * 300, expected=300)
    assert path.stat().st_size < 300 * 40_000
    assert "<svg" not in path.read_text(encoding="utf-8")
    page = opened(path)
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert took < 15_000  # milliseconds; 700 on a quiet machine
    took = page.evaluate(
        """() => { const box = document.getElementById('by-words'), start = performance.now();
        box.value = '没有'; box.dispatchEvent(new Event('input', {bubbles: true}));
        document.body.offsetHeight; return performance.now() - start; }"""
    )
    assert took < 6_000
    assert page.locator("section.document:not(.hide)").count() == 0


def test_few_documents_have_curves_many_have_none(tmp_path: Path) -> None:
    few = report(tmp_path / "少.html", BAD, expected=60).read_text(encoding="utf-8")
    many = report(tmp_path / "多.html", BAD, expected=61).read_text(encoding="utf-8")
    assert few.count("<svg") == 2
    assert many.count("<svg") == 0
