"""From a dropped document to the project page, in a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook

AXE = Path(__file__).parents[3] / "src" / "hengjian" / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ROWS = (
    ("项目支出绩效自评表",),
    ("（2026年度）",),
    ("项目名称", "云川县党员教育阵地"),
    ("主管部门", "云川县委组织部", "实施单位", "云川县委组织部机关"),
    ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"),
    ("产出指标", "数量指标", "阵地建设个数", "≥12个", "12个", "50", "50", ""),
    ("效益指标", "社会效益指标", "党员参学率", "≥95%", "93%", "30", "28", "外出务工党员未参加"),
    ("满意度指标", "服务对象满意度指标", "党员满意度", "≥90%", "92%", "20", "20", ""),
    ("总分", "", "", "", "", "100", "98", ""),
)


def form(folder: Path, project: str) -> Path:
    """A self-evaluation of a project as a workbook."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in ROWS:
        page.append((row[0], project) if row[0] == "项目名称" else row)
    path = folder / f"{project}.xlsx"
    book.save(path)
    return path


def dropped(page: Any, *paths: Path) -> None:
    """Drag files from the desktop onto the page."""
    page.evaluate(
        """async (files) => {
            const data = new DataTransfer();
            for (const [name, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name));
            for (const kind of ["dragenter", "dragover", "drop"])
                document.body.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
        }""",
        [[path.name, list(path.read_bytes())] for path in paths],
    )


def violations(page: Any) -> list[str]:
    """What axe-core finds serious about a page."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    told = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in told if one["impact"] in ("serious", "critical")]


def test_from_the_desktop_to_the_project(visit: Callable[..., Any], tmp_path: Path) -> None:
    """Drop, watch it being read, mend a value beside the original, confirm, and be on the project's page."""
    page = visit("jingban", "/evidence/")
    bad = tmp_path / "表.pdf.exe"
    bad.write_bytes(b"MZ\0\0")
    dropped(page, form(tmp_path, "党员教育阵地一"), bad)
    page.get_by_text("文件名里有 .exe").wait_for()
    page.locator(".uploads .ok", has_text="党员教育阵地一.xlsx").wait_for()
    line = page.locator("#intakes tr", has_text="党员教育阵地一.xlsx")
    line.get_by_text("待确认").wait_for(timeout=60000)
    line.get_by_role("link", name="党员教育阵地一.xlsx").click()
    page.wait_for_url("**/form/1/")
    actual = page.get_by_role("textbox", name="党员参学率 实际完成值")
    actual.focus()
    lit = page.locator(".original .lit")
    assert lit.inner_text() == "93%"
    score = page.get_by_role("textbox", name="党员参学率 得分")
    score.fill("29")
    page.locator(".strip", has_text="读作：28").wait_for()
    page.locator(".findings", has_text="党员参学率").wait_for(state="attached")
    score.fill("28")
    page.locator(".original td", has_text="外出务工党员未参加").click()
    assert page.evaluate("document.activeElement.value") == "外出务工党员未参加"
    page.get_by_text("已改").wait_for(state="detached")
    assert violations(page) == []
    actual.fill("94%")
    page.get_by_text("已改 1 处").wait_for()
    page.reload()
    assert actual.input_value() == "94%", "kept without a button"
    page.get_by_role("button", name="存为新项目").click()
    page.wait_for_url("**/projects/*/")
    page.get_by_role("heading", name="党员教育阵地一").wait_for()
    page.get_by_text("已入库").wait_for()


def test_the_confirm_page_on_a_phone(visit: Callable[..., Any], tmp_path: Path) -> None:
    """Nothing stands over the edge; a value can be mended."""
    page = visit("jingban", "/evidence/", width=390, height=844)
    page.set_input_files("#files", form(tmp_path, "党员教育阵地二"))
    page.get_by_role("button", name="上传").click()
    line = page.locator("#intakes tr", has_text="党员教育阵地二.xlsx")
    line.get_by_text("待确认").wait_for(timeout=60000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    line.get_by_role("link", name="党员教育阵地二.xlsx").click()
    page.wait_for_url("**/form/1/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("textbox", name="阵地建设个数 实际完成值").fill("13个")
    page.get_by_text("已改 1 处").wait_for()
    assert violations(page) == []


def test_a_second_page_is_told(visit: Callable[..., Any], tmp_path: Path) -> None:
    """What one page changed is not overwritten by another unseen; while the connection is gone nothing is lost."""
    page = visit("jingban", "/evidence/")
    dropped(page, form(tmp_path, "党员教育阵地三"))
    line = page.locator("#intakes tr", has_text="党员教育阵地三.xlsx")
    line.get_by_text("待确认").wait_for(timeout=60000)
    line.get_by_role("link", name="党员教育阵地三.xlsx").click()
    page.wait_for_url("**/form/1/")
    other = visit("jingban", page.url, within=page.context)
    page.get_by_role("textbox", name="党员满意度 实际完成值").fill("93%")
    page.get_by_text("已改 1 处").wait_for()
    other.get_by_role("textbox", name="党员参学率 实际完成值").fill("96%")
    other.get_by_text("在别处改过这张表").wait_for()
    other.get_by_role("link", name="用别处改过的").click()
    assert other.get_by_role("textbox", name="党员满意度 实际完成值").input_value() == "93%"
    other.context.set_offline(True)
    other.get_by_role("textbox", name="党员参学率 实际完成值").fill("97%")
    other.get_by_text("改动还没有保存").wait_for()
    other.context.set_offline(False)
    other.get_by_text("已改 2 处").wait_for()
