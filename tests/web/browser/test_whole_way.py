"""A project from a dropped document to its public page, every step by the person whose work it is, on the real site."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

Visit = Callable[..., Any]
ROWS = (
    ("项目支出绩效目标申报表",),
    ("（2027年度）",),
    ("项目名称", "云川县村干部轮训"),
    ("主管部门", "云川县委组织部", "实施单位", "云川县委组织部机关"),
    ("项目资金（万元）", "年度资金总额：", "60"),
    ("年度总体目标", "轮训村干部400人，提升履职能力。"),
    ("一级指标", "二级指标", "三级指标", "指标值", "分值", "评分标准"),
    ("产出指标", "数量指标", "轮训人数", "≥400人", "30", "达到目标值得满分，未达到的按完成比例计分"),
    ("产出指标", "质量指标", "结业率", "≥95%", "15", "≥95%得满分，每低1个百分点扣1分，扣完为止"),
    ("产出指标", "时效指标", "完成时间", "2027年11月底前", "10", "按期完成得满分，每延迟1天扣0.5分，扣完为止"),
    ("效益指标", "社会效益指标", "履职能力", "明显提升", "25", "明显提升得满分，有所提升得60%，无提升不得分"),
    ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "10", "达到90%得满分，每低1个百分点扣0.5分，扣完为止"),
)


def workbook(folder: Path) -> Path:
    """A declaration as a unit sends it."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in ROWS:
        page.append(row)
    path = folder / "村干部轮训申报表.xlsx"
    book.save(path)
    return path


def evidence(folder: Path) -> Path:
    """A small PDF."""
    path = folder / "结业名册.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 720, "list")
    canvas.save()
    return path


def passed(visit: Visit, sheet: str, who: str) -> None:
    """A reviewer gives a reason for what is only a warning, and passes the sheet."""
    page = visit(who, "/queue/")
    page.get_by_role("link", name="云川县村干部轮训").first.click()
    assert f"/sheets/{sheet}/" in page.url
    boxes = page.locator("#findings input[name=mark]")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    if boxes.count():
        page.fill("#why", "已核对，情况属实")
        page.click("#findings button[value=waived]")
        page.locator("#findings").get_by_text("都已处理").wait_for()
    page.click("#steps button[value=pass]")
    page.get_by_text("已通过").wait_for()


def submitted(page: Any) -> None:
    """Submit the sheet that is open, once everything is saved."""
    page.wait_for_selector("#saving.is-saved")
    page.reload()
    page.wait_for_selector("html.sheet-ready")
    page.click("#submit")
    page.wait_for_selector(".alert")
    assert "已送审" in page.inner_text(".alert")


def typed(page: Any, row: int, field: str, text: str, part: str = "indicators") -> None:
    """Type into a cell as with a spreadsheet."""
    page.locator(f"#{part} tbody tr").nth(row - 1).locator(f"td[data-field='{field}']").click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def monitored(visit: Visit, project: str) -> None:
    """In August the clerk monitors: begun at the desk, gone on with on a phone, submitted there, passed by three."""
    desk = visit("jingban", project)
    desk.get_by_role("button", name="开始绩效监控").click()
    desk.wait_for_selector("html.sheet-ready")
    sheet = desk.url.rstrip("/").split("/")[-1]
    for row, text in enumerate(("230人", "96%", "2027年11月20日", "有所提升", "92%"), 1):
        typed(desk, row, "actual", text)
    for row, text in enumerate(("400人", "96%", "2027年11月20日", "明显提升", "92%"), 1):
        typed(desk, row, "forecast", text)
    typed(desk, 1, "executed", "34", part="funds")
    likelihood = desk.locator("#indicators tbody tr").nth(0).locator("td[data-field=likelihood]")
    likelihood.dblclick()
    desk.get_by_role("option", name="确定能").click()
    desk.wait_for_selector("#saving.is-saved")
    assert likelihood.inner_text() == "确定能"
    phone = visit("jingban", f"/sheets/{sheet}/", width=390, height=844)
    phone.wait_for_selector("html.sheet-ready")
    for row in range(2, 6):
        typed(phone, row, "likelihood", "有可能")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_text("送审还缺").wait_for(state="hidden")
    submitted(phone)
    for who in ("danwei", "zhuguan", "caizheng"):
        passed(visit, sheet, who)


def checked_by_the_department(visit: Visit, project: str) -> None:
    """The department evaluates what the unit has said of itself, which stands beside; the finance bureau passes it."""
    page = visit("zhuguan", project)
    page.get_by_role("button", name="开始绩效评价").click()
    page.wait_for_selector("html.sheet-ready")
    sheet = page.url.rstrip("/").split("/")[-1]
    assert "412人" in page.inner_text("#indicators")
    for row, text in enumerate(("405人", "95%", "2027年11月20日", "明显提升", "90%"), 1):
        typed(page, row, "actual", text)
    typed(page, 1, "executed", "60", part="funds")
    page.get_by_text("100.00").first.wait_for()
    submitted(page)
    passed(visit, sheet, "caizheng")


def test_from_a_dropped_document_to_the_public_page(visit: Visit, tmp_path: Path) -> None:
    """Import, confirm, submit, three reviews; monitoring, self-evaluation with evidence, evaluation; disclosure, verification."""
    clerk = visit("jingban", "/evidence/")
    document = workbook(tmp_path)
    clerk.set_input_files("#files", document)
    clerk.get_by_role("button", name="上传").click()
    line = clerk.locator("#intakes tr", has_text=document.name)
    line.get_by_text("待确认").wait_for(timeout=60000)
    line.get_by_role("link", name=document.name).click()
    clerk.get_by_role("button", name="存为新项目").click()
    clerk.wait_for_url("**/projects/*/")
    project = clerk.url
    clerk.get_by_role("link", name="绩效目标申报").first.click()
    clerk.wait_for_selector("html.sheet-ready")
    declared = clerk.url.rstrip("/").split("/")[-1]
    submitted(clerk)
    for who in ("danwei", "zhuguan", "caizheng"):
        passed(visit, declared, who)

    monitored(visit, project)
    clerk.goto(project)
    clerk.get_by_role("button", name="开始绩效自评").click()
    clerk.wait_for_selector("html.sheet-ready")
    evaluated = clerk.url.rstrip("/").split("/")[-1]
    for row, text in enumerate(("412人", "93%", "2027年11月20日", "明显提升", "91.5%"), 1):
        typed(clerk, row, "actual", text)
    typed(clerk, 2, "deviation", "两名学员因公未能结业，已安排下期补训。")
    typed(clerk, 1, "executed", "60", part="funds")
    clerk.locator("#head td[data-field='goal.achieved']").click()
    clerk.keyboard.type("轮训村干部412人，履职能力明显提升。")
    clerk.keyboard.press("Enter")
    clerk.wait_for_selector("#saving.is-saved")
    clerk.get_by_text("98.00").first.wait_for()
    clerk.goto(f"/evidence/sheets/{evaluated}/files/")
    clerk.set_input_files("input[type=file]", evidence(tmp_path))
    clerk.get_by_role("button", name="上传").click()
    clerk.get_by_text("结业名册.pdf").first.wait_for()
    clerk.goto(f"/sheets/{evaluated}/")
    clerk.wait_for_selector("html.sheet-ready")
    submitted(clerk)
    for who in ("danwei", "zhuguan", "caizheng"):
        passed(visit, evaluated, who)
    checked_by_the_department(visit, project)

    unit = visit("danwei", project)
    unit.get_by_role("link", name="公开", exact=True).last.click()
    unit.check("input[value='column:deviation']")
    unit.fill("input[name='reason:column:deviation']", "涉及个人情况")
    unit.get_by_role("button", name="公开", exact=True).click()
    unit.get_by_text("已公开").first.wait_for()

    page = unit.context.browser.new_context(base_url=unit.url.split("/public/")[0]).new_page()
    page.goto("/public/?q=村干部")
    page.get_by_role("link", name="云川县村干部轮训").click()
    page.get_by_text("实际支出 60.00 万元").wait_for()
    assert "因公未能结业" not in page.inner_text("body")
    digest = page.locator("code.digest").first.inner_text()
    with page.expect_download() as loading:
        page.get_by_role("link", name="JSON").click()
    assert hashlib.sha256(Path(loading.value.path()).read_bytes()).hexdigest() == digest
    page.context.close()
