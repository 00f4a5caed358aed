"""Every form stands under the stage it belongs to, and is shown and assessed as what it is."""

import io
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from hengjian.web.evidence import actions as taking
from hengjian.web.evidence.models import FormState, Intake, IntakeForm
from hengjian.web.evidence.reader import read
from hengjian.web.evidence.reading import Outcome
from hengjian.web.people.models import User
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Sheet, Stage, Tally, stage_of
from hengjian.web.projects.tallying import recounted
from hengjian.web.projects.valuing import valued

SignedIn = Callable[[str], Client]

FORMS: dict[str, dict[str, Any]] = {
    "monitoring": {
        "kind": "monitoring",
        "year": 2027,
        "project": "云川县干部教育培训",
        "period": "1—7月",
        "money_unit": "万元",
        "funds": [
            {"item": "年度资金总额", "annual_budget": "120", "executed": "60", "rate": "50.00%", "forecast": "120"}
        ],
        "indicators": [
            {"level1": level1, "level2": level2, "name": name, "target": target, "actual": actual}
            | {"forecast": forecast, "deviation": "", "likelihood": "确定能"}
            for level1, level2, name, target, actual, forecast in (
                ("产出指标", "数量指标", "培训班期数", "≥12期", "7期", "13期"),
                ("产出指标", "质量指标", "学员结业率", "≥95%", "96%", "96%"),
                ("产出指标", "时效指标", "培训计划完成率", "≥50%", "58%", "100%"),
                ("效益指标", "社会效益指标", "学员能力提升率", "≥90%", "92%", "92%"),
                ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "93%", "93%"),
            )
        ],
    },
    "evaluation": {
        "kind": "evaluation",
        "year": 2027,
        "project": "云川县干部教育培训",
        "total": {"weight": "100", "score": "86"},
        "grade": "良",
        "indicators": [
            {
                "level1": "决策",
                "level2": "项目立项",
                "name": "立项依据充分性",
                "weight": "40",
                "score": "40",
                "actual": "—",
            },
            {
                "level1": "效益",
                "level2": "社会效益",
                "name": "学员结业率",
                "weight": "60",
                "score": "46",
                "actual": "—",
            },
        ],
    },
    "department_overall": {
        "kind": "department_overall",
        "year": 2027,
        "department": "云川县委组织部",
        "indicators": [
            {"level1": "产出指标", "level2": "数量指标", "name": "培训班期数", "target": "≥12期", "weight": "100"}
        ],
    },
}


def taken(county: dict[str, Any], kind: str, stage: Stage) -> Sheet:
    """A sheet made of a form that was read from a document."""
    clerk: User = county["jingban"]
    return actions.create_project_from_form(
        FORMS[kind],
        body=county["990100-101001"],
        stage=stage,
        year=2027,
        name="云川县干部教育培训",
        by=clerk,
        origin={},
    )


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("declaration", "declaration"),
        ("disclosure", "declaration"),
        ("responsibility", "declaration"),
        ("monitoring", "monitoring"),
        ("self_evaluation", "self_evaluation"),
        ("evaluation", "evaluation"),
        ("department_overall", None),
    ],
)
def test_a_family_of_forms_has_its_stage(kind: str, stage: str | None) -> None:
    """A department's form is one of two: the page tells by its columns."""
    assert stage_of(kind) == stage


def test_a_monitoring_form_is_shown_as_one(county: dict[str, Any], signed_in: SignedIn) -> None:
    """With its own name and columns, without points, total and grade."""
    sheet = taken(county, "monitoring", Stage.MONITORING)
    page = signed_in("jingban").get(sheet.get_absolute_url()).content.decode()
    assert "绩效监控" in page
    for words in ("监控期完成值", "全年预计完成", "完成可能性", "监控期间", "全年预计执行数"):
        assert words in page, words
    assert "总分" not in page
    live = signed_in("jingban").get(f"/sheets/{sheet.pk}/live").json()
    assert live["total"] is None
    assert live["unscored"] == 0
    assert "绩效监控" in signed_in("jingban").get(sheet.project.get_absolute_url()).content.decode()


def test_an_evaluation_keeps_what_the_document_printed(county: dict[str, Any], signed_in: SignedIn) -> None:
    """Total and grade of the document stay, are held against the sum, and a wrong grade is told."""
    sheet = taken(county, "evaluation", Stage.EVALUATION)
    assert sheet.scored
    live = signed_in("jingban").get(f"/sheets/{sheet.pk}/live").json()
    head = sheet.rows.get(part="head").key
    assert live["computed"][head]["total.score"]["text"] == "86.00"
    assert not {"F10", "F12"} & {one["code"] for one in live["findings"]}
    sheet.rows.filter(part="head").update(
        cells=sheet.rows.get(part="head").cells | {"grade": "优", "total.score": "96"}
    )
    live = signed_in("jingban").get(f"/sheets/{sheet.pk}/live?seen=").json()
    told = {one["code"]: one for one in live["findings"]}
    assert (told["F10"]["printed"], told["F10"]["expected"]) == ("96", "86")
    assert live["computed"][head]["grade"]["text"] == "良"


def test_a_departments_form_is_assessed_as_one(county: dict[str, Any]) -> None:
    """It stands under declaration or self-evaluation, and is asked what such a form owes."""
    sheet = taken(county, "department_overall", Stage.DECLARATION)
    assert (sheet.stage, sheet.family) == ("declaration", "department_overall")
    assert valued(sheet).form["kind"] == "department_overall"


def test_a_person_may_say_that_it_is_another_stage(county: dict[str, Any]) -> None:
    """Then it is a form of that stage."""
    assert taken(county, "monitoring", Stage.SELF_EVALUATION).family == "self_evaluation"


def test_sheets_of_before_get_their_stage(county: dict[str, Any], project: Project) -> None:
    """What was stored under the wrong stage until now is moved with its sums; other sheets stay as they are."""
    clerk: User = county["jingban"]
    moved = {kind: taken(county, kind, Stage.SELF_EVALUATION) for kind in ("monitoring", "evaluation")}
    overall = taken(county, "department_overall", Stage.SELF_EVALUATION)
    Sheet.objects.filter(pk=overall.pk).update(kind="")
    given = {"body": county["990100-101001"], "by": clerk, "size": 1}
    for number, (kind, sheet) in enumerate({**moved, "department_overall": overall}.items()):
        intake = Intake.objects.create(**given, name=f"{kind}.xlsx", sha256=str(number), stage=sheet.stage, sheet=sheet)
        IntakeForm.objects.create(intake=intake, number=0, kind=kind, state=FormState.TAKEN, sheet=sheet, by=clerk)
    Sheet.objects.filter(pk=moved["monitoring"].pk).update(score_total=Decimal(90), grade="优")
    import_module("hengjian.web.evidence.migrations.0005_true_stages").tell(apps, None)
    for kind, sheet in moved.items():
        sheet.refresh_from_db()
        assert (sheet.stage, sheet.kind) == (kind, "")
        assert Intake.objects.get(sheet=sheet).stage == kind
    assert (moved["monitoring"].score_total, moved["monitoring"].grade) == (None, "")
    overall.refresh_from_db()
    assert (overall.stage, overall.kind) == ("self_evaluation", "department_overall")
    assert project.sheets.get().stage == "declaration"
    held = {(t.body_id, t.year, t.stage): t.counts for t in Tally.objects.all() if t.counts}
    assert held == recounted(Sheet.objects.all())


MONITORING = (
    ("项目支出绩效目标执行监控表",),
    ("（2027年度）",),
    ("项目名称", "云川县干部教育培训"),
    ("主管部门", "云川县委组织部", "实施单位", "云川县委组织部机关"),
    *(
        (
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "1—7月执行情况",
            "全年预计完成情况",
            "偏差原因分析",
            "完成目标可能性",
        ),
    ),
    ("产出指标", "数量指标", "培训班期数", "≥12期", "7期", "13期", "", "确定能"),
    ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "92%", "92%", "", "确定能"),
)


def test_a_monitoring_document_joins_its_project(
    monkeypatch: pytest.MonkeyPatch,
    signed_in: SignedIn,
    project: Project,
    settings: Any,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Its stage is told by the reader; the project gets its monitoring sheet, rows go on under their keys; a second one is refused."""
    settings.MEDIA_ROOT = tmp_path

    def here(path: Path, name: str, **_: object) -> Outcome:
        answer = read(path, name)
        return Outcome(answer["document"], answer["original"])

    monkeypatch.setattr(taking, "read_apart", here)
    book = Workbook()
    for row in MONITORING:
        assert book.active is not None
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    clerk = signed_in("jingban")
    upload = SimpleUploadedFile("监控表.xlsx", out.getvalue())
    with django_capture_on_commit_callbacks(execute=True):
        clerk.post("/evidence/", {"body": project.body_id, "files": [upload]})
    form = IntakeForm.objects.get()
    assert form.kind == "monitoring"
    page = clerk.get(form.get_absolute_url()).content.decode()
    assert "或加到已有项目" in page
    sent = {"page": "p1", "base": "0", "stage": "monitoring", "project_year": "2027", "into": "project"}
    assert "请先选择要加到的项目" in clerk.post(f"{form.get_absolute_url()}take/", sent, follow=True).content.decode()
    declared = project.sheets.get()
    sent |= {"base": str(IntakeForm.objects.get().revision), "project": str(project.pk), "stage": "declaration"}
    again = clerk.post(f"{form.get_absolute_url()}take/", sent, follow=True).content.decode()
    assert "已经有绩效目标申报表" in again
    sent["stage"] = "monitoring"
    done = clerk.post(f"{form.get_absolute_url()}take/", sent, follow=True).content.decode()
    assert "已存为“云川县干部教育培训”的绩效监控表" in done
    made = project.sheets.get(stage="monitoring")
    assert made.rows.get(cells__name="培训班期数").key == declared.rows.get(cells__name="培训班期数").key
    assert [sheet.stage for sheet in Project.objects.get().sheets.order_by("id")] == ["declaration", "monitoring"]


def test_the_reviewer_sees_what_was_computed(county: dict[str, Any], signed_in: SignedIn, project: Project) -> None:
    """In the frozen form computed values are marked, typed ones are not; a monitoring form shows its own columns."""
    sheet = taken(county, "monitoring", Stage.MONITORING)
    fund = sheet.rows.get(part="funds")
    sheet.rows.filter(pk=fund.pk).update(cells=fund.cells | {"rate": ""})
    head = sheet.rows.get(part="head")
    sheet.rows.filter(pk=head.pk).update(cells=head.cells | {"goal.only": "全年举办培训班12期。"})
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    page = signed_in("danwei").get(f"/sheets/{sheet.pk}/review/").content.decode()
    assert '50.00% <span class="computed-mark">计算</span>' in page
    assert page.count("computed-mark") == 1
    for words in ("全年预计完成", "13期", "监控期完成值", "7期", "确定能"):
        assert words in page, words
