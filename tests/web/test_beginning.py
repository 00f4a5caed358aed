"""What begins from an approved declaration: monitoring, self-evaluation, evaluation, each by whom it belongs to, to its approval."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from test_public import evaluated
from test_workflow import walk

from hengjian.web.journal.models import Event
from hengjian.web.journal.record import Proof, verify
from hengjian.web.people.actions import create_user, give_post
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Sheet, Stage, State
from hengjian.web.projects.samples import PASSWORD
from hengjian.web.public import actions as public

SignedIn = Callable[[str], Client]
REACHED = ("7期", "58%", "96%", "有所提升", "93%")
EXPECTED = ("12期", "100%", "96%", "明显提升", "93%")


def begun(client: Client, project: Project, stage: Stage) -> Sheet:
    """Press the button of the project page; the form that opens."""
    page = client.get(project.get_absolute_url()).content.decode()
    assert f"开始{stage.label}" in page
    answer = client.post(f"/projects/{project.pk}/begin/{stage}/")
    sheet = project.sheets.get(stage=stage)
    assert answer.headers["Location"] == sheet.get_absolute_url()
    return sheet


def typed(client: Client, sheet: Sheet, cells: dict[tuple[str, str], str]) -> None:
    """Type into cells that are blank."""
    sheet.refresh_from_db()
    changes = [
        {"id": f"{sheet.revision}-{n}", "do": "set", "row": row, "field": field, "from": "", "to": to}
        for n, ((row, field), to) in enumerate(cells.items())
    ]
    sent = json.dumps({"base": sheet.revision, "changes": changes})
    answer = client.post(f"/sheets/{sheet.pk}/cells", sent, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["conflicts"] == []


def step(client: Client, sheet: Sheet, name: str) -> str:
    """Submit, withdraw, pass or return; what the next page says."""
    sheet.refresh_from_db()
    expected = sheet.revision if name == "submit" else sheet.version
    sent = {"step": name, "expected": expected, "reason": "请再核实"}
    return client.post(f"/sheets/{sheet.pk}/step/", sent, follow=True).content.decode()


def waived(client: Client, sheet: Sheet) -> None:
    """Give a reason for every finding."""
    sheet.refresh_from_db()
    findings = sheet.versions.latest("number").data["assessment"]["findings"]
    marks = [finding["mark"] for finding in findings if finding["level"] != "I"]
    client.post(f"/sheets/{sheet.pk}/decide/", {"mark": marks, "verdict": "waived", "reason": "已核对，情况属实"})


def money(sheet: Sheet) -> str:
    """The key of the row of the whole budget."""
    return sheet.rows.get(part="funds").key


def monitored(client: Client, sheet: Sheet) -> None:
    """Fill in a monitoring form."""
    cells = {(f"row{n}", "actual"): text for n, text in enumerate(REACHED)}
    cells |= {(f"row{n}", "forecast"): text for n, text in enumerate(EXPECTED)}
    cells |= {(f"row{n}", "likelihood"): "确定能" for n in range(5)}
    typed(client, sheet, cells | {(money(sheet), "executed"): "70", (money(sheet), "forecast"): "118"})


def test_monitoring_from_the_declaration_to_its_approval(
    county: dict[str, Any], project: Project, signed_in: SignedIn
) -> None:
    """What was promised is there, in the columns of the printed form; it goes through the three reviews; all is on record."""
    walk(county, project)
    clerk = signed_in("jingban")
    sheet = begun(clerk, project, Stage.MONITORING)
    page = clerk.get(sheet.get_absolute_url()).content.decode()
    heads = ["年度指标值", "监控期完成值", "全年预计完成", "偏差原因类别", "偏差原因分析", "完成可能性"]
    assert sorted(heads, key=page.index) == heads
    for words in ("监控期间", "1—7月", "监控期执行数", "全年预计执行数", "≥12期", "达到目标值得满分", "举办培训班12期"):
        assert words in page, words
    assert "还不能送审" in (told := step(clerk, sheet, "submit"))
    assert "5 个指标没有填监控期完成值；5 个指标没有填完成可能性" in told
    monitored(clerk, sheet)
    live = clerk.get(f"/sheets/{sheet.pk}/live").json()
    assert live["lacking"] == []
    assert live["computed"][money(sheet)]["rate"]["text"] == "58.33%"
    assert "单位审核" in step(clerk, sheet, "submit")
    for who in ("danwei", "zhuguan", "caizheng"):
        waived(signed_in(who), sheet)
        assert "已通过" in step(signed_in(who), sheet, "pass")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.score_total, sheet.grade) == (State.APPROVED, None, "")
    leader = signed_in("lingdao").get("/overview/?year=2027&stage=monitoring").content.decode()
    assert "58.3%" in leader
    assert '<td>确定能</td><td class="num">5</td>' in leader
    assert "平均得分" not in leader
    opened = Event.objects.get(stream=sheet.stream, what="opened")
    assert json.loads(opened.data)["from"] == "declaration"
    assert "按审定的绩效目标" in clerk.get(project.get_absolute_url()).content.decode()
    assert list(verify(Proof())) == []


def test_the_audit_looks_at_a_monitoring_that_began_here(
    county: dict[str, Any], project: Project, signed_in: SignedIn
) -> None:
    """A forecast below what was reached, and money far behind the months, are found as in a form that was imported."""
    walk(county, project)
    clerk = signed_in("jingban")
    sheet = begun(clerk, project, Stage.MONITORING)
    typed(clerk, sheet, {("row0", "actual"): "7期", ("row0", "forecast"): "6期", (money(sheet), "executed"): "12"})
    found = {one["code"]: one for one in clerk.get(f"/sheets/{sheet.pk}/live").json()["findings"]}
    assert found["H03"]["message"] == "全年预计6期少于已完成的7期"
    assert "到7月底预算执行率只有10.00%，时间已过58.33%" in found["H04"]["message"]


def test_the_official_form_of_a_monitoring(county: dict[str, Any], project: Project, signed_in: SignedIn) -> None:
    """Its own title and columns; what is handed out is read back without loss."""
    walk(county, project)
    clerk = signed_in("jingban")
    sheet = begun(clerk, project, Stage.MONITORING)
    monitored(clerk, sheet)
    answer = clerk.get(f"/sheets/{sheet.pk}/file.xlsx")
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    texts = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    for words in ("项目支出绩效目标执行监控表", "监控期间", "1—7月", "已执行数", "全年预计执行数", "实际完成情况"):
        assert words in texts, words
    for words in ("全年预计完成情况", "偏差原因类别", "完成目标可能性", "确定能"):
        assert words in texts, words
    assert "全年执行数" not in texts, "in July nobody knows it"


def test_who_may_begin_what(county: dict[str, Any], project: Project, signed_in: SignedIn) -> None:
    """Nothing before the approval; then the clerk monitors and the reviewer evaluates; each once; leaders and others nothing."""
    clerk = signed_in("jingban")
    assert "开始绩效" not in clerk.get(project.get_absolute_url()).content.decode()
    told = clerk.post(f"/projects/{project.pk}/begin/monitoring/", follow=True).content.decode()
    assert "绩效目标还没有审定，不能开始绩效监控" in told
    walk(county, project)
    offered = {
        who: [
            s.label
            for s in Stage
            if f"开始{s.label}" in signed_in(who).get(project.get_absolute_url()).content.decode()
        ]
        for who in ("jingban", "danwei", "zhuguan", "caizheng", "lingdao", "guanli")
    }
    assert offered.pop("jingban") == ["绩效监控", "绩效自评"]
    assert offered.pop("zhuguan") == offered.pop("caizheng") == ["绩效评价"]
    assert set(map(tuple, offered.values())) == {()}
    refused = signed_in("lingdao").post(f"/projects/{project.pk}/begin/monitoring/", follow=True).content.decode()
    assert "只有单位经办可以开始绩效监控" in refused
    refused = clerk.post(f"/projects/{project.pk}/begin/evaluation/", follow=True).content.decode()
    assert "只有主管部门审核或财政审核可以开始绩效评价" in refused
    assert clerk.post(f"/projects/{project.pk}/begin/declaration/").status_code == 404
    assert signed_in("jingban3").post(f"/projects/{project.pk}/begin/monitoring/").status_code == 404
    begun(clerk, project, Stage.MONITORING)
    again = clerk.post(f"/projects/{project.pk}/begin/monitoring/", follow=True).content.decode()
    assert "已经有绩效监控表" in again
    assert "开始绩效监控" not in clerk.get(project.get_absolute_url()).content.decode()
    assert project.sheets.count() == 2


def test_a_department_evaluates(county: dict[str, Any], project: Project, signed_in: SignedIn) -> None:
    """The reviewer fills in and submits; the unit may read and not write; the finance bureau passes; nobody else has it in hand."""
    evaluated(county, project)
    department = signed_in("zhuguan")
    sheet = begun(department, project, Stage.EVALUATION)
    page = department.get(sheet.get_absolute_url()).content.decode()
    for words in ("绩效评价（部门评价）", "单位自评完成值", "12期", "扣分原因", "评价等级"):
        assert words in page, words
    assert sheet.project.name in department.get("/").content.decode(), "among what is to be filled in"
    assert page.index("单位自评完成值") < page.index("实际完成值") < page.index("扣分原因")
    assert "5 个指标没有填得分" in step(department, sheet, "submit")
    unit = signed_in("jingban")
    refused = unit.post(f"/sheets/{sheet.pk}/cells", "{}", content_type="application/json")
    assert refused.status_code == 404
    assert 'id="submit-form"' not in unit.get(sheet.get_absolute_url()).content.decode()
    own = unit.get(project.get_absolute_url()).content.decode()
    assert f'action="/sheets/{sheet.pk}/scheme/"' not in own
    assert ">填报<" not in own
    assert ">填报<" in department.get(project.get_absolute_url()).content.decode()
    reached = ("12期", "100%", "94%", "明显提升", "88%")
    cells = {(f"row{n}", "actual"): text for n, text in enumerate(reached)}
    cells |= {("row2", "deviation"): "抽查结业名册，结业率为94%。", ("row4", "deviation"): "回访满意度为88%。"}
    typed(department, sheet, cells | {(money(sheet), "executed"): "117.6"})
    live = department.get(f"/sheets/{sheet.pk}/live").json()
    assert live["lacking"] == []
    assert live["whole"]["total"] == "97.80"  # 30 + 10 + 19 + 20 + 9, and 117.6 ÷ 120 of ten
    assert "现在是“财政审核”" in step(department, sheet, "submit")
    assert department.get("/queue/").content.decode().count(sheet.project.name) == 0, "nobody reviews their own"
    waived(signed_in("caizheng"), sheet)
    assert "已通过" in step(signed_in("caizheng"), sheet, "pass")
    sheet.refresh_from_db()
    assert (sheet.state, str(sheet.score_total), sheet.grade) == (State.APPROVED, "97.80", "优")
    assert list(verify(Proof())) == []


def test_an_evaluation_comes_back(county: dict[str, Any], project: Project, signed_in: SignedIn) -> None:
    """It can be withdrawn and returned, and is then in the department's hands again, not in the unit's."""
    walk(county, project)
    department = signed_in("zhuguan")
    sheet = begun(department, project, Stage.EVALUATION)
    typed(department, sheet, {(f"row{n}", "actual"): text for n, text in enumerate(EXPECTED)})
    step(department, sheet, "submit")
    assert "已撤回" in step(department, sheet, "withdraw")
    step(department, sheet, "submit")
    assert "已退回" in step(signed_in("caizheng"), sheet, "return")
    sheet.refresh_from_db()
    assert sheet.state == State.RETURNED
    assert "请再核实" in signed_in("zhuguan").get("/").content.decode()
    assert "请再核实" not in signed_in("jingban").get("/").content.decode()


def test_a_finance_bureau_evaluates_with_four_eyes(
    county: dict[str, Any], project: Project, signed_in: SignedIn
) -> None:
    """Who evaluated for the bureau does not pass it; a colleague does."""
    walk(county, project)
    other = create_user(username="caizheng2", name="财政审核二", password=PASSWORD, by=None, must_change=False)
    give_post(other, role="finance", body=county["990100"], by=None)
    finance = signed_in("caizheng")
    sheet = begun(finance, project, Stage.EVALUATION)
    assert "绩效评价（财政评价）" in finance.get(sheet.get_absolute_url()).content.decode()
    typed(finance, sheet, {(f"row{n}", "actual"): text for n, text in enumerate(EXPECTED)})
    step(finance, sheet, "submit")
    assert "不能审核自己送审的表" in step(finance, sheet, "pass")
    waived(signed_in("caizheng2"), sheet)
    assert "已通过" in step(signed_in("caizheng2"), sheet, "pass")


def test_the_calendar_tells_who_has_not_begun_to_monitor(
    county: dict[str, Any], project: Project, signed_in: SignedIn
) -> None:
    """With a deadline for monitoring, projects without such a form are listed, and one that began is owed."""
    walk(county, project)
    due = str(timezone.localdate() + timedelta(days=3))
    told = {"body": county["990100"], "year": "2027", "stage": "monitoring", "due": due, "warn_days": "7"}
    actions.set_deadline(**told, by=county["caizheng"])
    finance = signed_in("caizheng")
    assert "还没有开始绩效监控" in finance.get("/calendar/").content.decode()
    begun(signed_in("jingban"), project, Stage.MONITORING)
    assert "还没有开始绩效监控" not in finance.get("/calendar/").content.decode()
    assert "还有 3 天" in signed_in("jingban").get("/").content.decode()


@pytest.mark.parametrize("stage", [Stage.MONITORING, Stage.EVALUATION])
def test_citizens_are_told_what_each_form_is(
    county: dict[str, Any], project: Project, signed_in: SignedIn, stage: Stage
) -> None:
    """A published monitoring is no promise, and an evaluation is not the unit's own."""
    walk(county, project)
    who = "jingban" if stage == Stage.MONITORING else "zhuguan"
    client = signed_in(who)
    sheet = begun(client, project, stage)
    if stage == Stage.MONITORING:
        monitored(client, sheet)
    else:
        typed(client, sheet, {(f"row{n}", "actual"): text for n, text in enumerate(EXPECTED)})
    step(client, sheet, "submit")
    for reviewer in ("danwei", "zhuguan", "caizheng") if stage == Stage.MONITORING else ("caizheng",):
        waived(signed_in(reviewer), sheet)
        step(signed_in(reviewer), sheet, "pass")
    made = public.publish_project(project, stages=[stage], withheld=[], by=county["danwei"])
    page = Client().get(f"/public/{made.address}/").content.decode()
    assert ("年中做到哪一步" in page) == (stage == Stage.MONITORING)
    assert ("评价下来怎样" in page) == (stage == Stage.EVALUATION)
    assert "单位自己评价" not in page
    assert "当初定的目标" not in page
