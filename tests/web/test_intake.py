"""Documents dropped on the page: what is refused and why, reading in the background, mending, confirming."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from hengjian import desk
from hengjian.documents import scan
from hengjian.web.evidence import actions, files, reading
from hengjian.web.evidence.confirming import Mends, mended_rows, sheet_of
from hengjian.web.evidence.models import FormState, Intake, IntakeForm, IntakeState
from hengjian.web.evidence.reader import read
from hengjian.web.evidence.reading import Outcome
from hengjian.web.journal.models import Event
from hengjian.web.projects.content import form_of
from hengjian.web.projects.models import Project, Sheet
from hengjian.web.projects.valuing import rows_data, valued

DOCUMENTS = Path(__file__).parents[3] / "shared" / "acceptance" / "documents"
SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
Drop = Callable[..., Any]
OnCommit = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Files of the tests lie apart."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading happens in this process: the same reader, without starting another Python for each file."""

    def here(path: Path, name: str, *, hidden: bool = False, **_: object) -> Outcome:
        answer = read(path, name, hidden=hidden)
        return Outcome(answer["document"], answer["original"])

    monkeypatch.setattr(actions, "read_apart", here)


@pytest.fixture
def drop(signed_in: Callable[[str], Client], at_once: None, django_capture_on_commit_callbacks: OnCommit) -> Drop:
    """Drop files as someone through the page, and let the worker read them."""

    def dropped(*uploads: tuple[str, bytes], who: str = "jingban", **extra: str) -> Any:
        client = signed_in(who)
        made = [SimpleUploadedFile(name, data) for name, data in uploads]
        body = extra.pop("body", "") or str(_own_unit(who))
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/evidence/", {"body": body, "files": made}, headers={"Accept": "application/json"})

    return dropped


def _own_unit(who: str) -> int:
    from hengjian.web.people.models import Body

    return Body.objects.get(posts__user__username=who).pk


ROWS = (
    ("项目支出绩效自评表",),
    ("（2026年度）",),
    ("项目名称", "云川县干部教育培训"),
    ("主管部门", "云川县委组织部", "实施单位", "云川县委组织部机关"),
    ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"),
    ("产出指标", "数量指标", "培训班期数", "≥12期", "12期", "50", "50", ""),
    ("效益指标", "社会效益指标", "学员结业率", "≥95%", "93%", "30", "28", "2 名学员未结业"),
    ("满意度指标", "服务对象满意度指标", "学员满意度", "≥90%", "92%", "20", "20", ""),
    ("总分", "", "", "", "", "100", "98", ""),
)


def workbook(*sheets: tuple[tuple[str, ...], ...]) -> bytes:
    """A workbook with a form on each sheet."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets or (ROWS,), 1):
        made = book.create_sheet(f"表{number}")
        for row in rows:
            made.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def named(project: str) -> tuple[tuple[str, ...], ...]:
    """The form with another project's name."""
    return tuple((row[0], project) if row[0] == "项目名称" else row for row in ROWS)


def page_of(client: Client, address: str) -> str:
    """The text of a page."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def fields_of(html: str) -> dict[str, Any]:
    """What a browser would send of the form of the confirm page."""
    page: Any = lxml.html.fromstring(html)
    form = page.get_element_by_id("mending")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        if name in ("sure", "cut"):
            sent.setdefault(name, []).append(value)
        else:
            # As browsers do: the line end after the tag is no part of a text, the others are sent as two characters.
            sent[name] = value.removeprefix("\n").replace("\n", "\r\n") if name.startswith("v:") else value
    return sent


# --- dropping -----------------------------------------------------------------------------------------------------------


def test_a_dropped_document_is_read_and_waits_for_a_person(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """The answer says it was taken; the form is read; nothing enters."""
    answer = drop(("自评表.xlsx", workbook())).json()["files"]
    assert answer == [
        {
            "name": "自评表.xlsx",
            "ok": True,
            "message": "已收到，排队读取",
            "url": f"/evidence/{Intake.objects.get().pk}/",
        }
    ]
    found = Intake.objects.get()
    assert found.state == IntakeState.READ
    assert found.kind == "xlsx"
    assert files.path_of(found.file).read_bytes()[:2] == b"PK"
    assert found.file == f"{found.sha256[:2]}/{found.sha256}"
    assert not Project.objects.exists()
    told = list(Event.objects.filter(stream=found.stream).values_list("what", "by_name"))
    assert told == [("taken_in", "经办一"), ("read", "")]
    html = page_of(signed_in("jingban"), f"/evidence/{found.pk}/")
    assert "培训班期数" in html
    assert "没有拿不准的格" in html
    assert "读取已证实" in html


def test_the_page_works_without_script(signed_in: Callable[[str], Client], at_once: None) -> None:
    """A plain form post answers with a page that tells what became of each file."""
    made = [SimpleUploadedFile("好.xlsx", workbook()), SimpleUploadedFile("坏.exe", b"MZ\0\0")]
    page = signed_in("jingban").post("/evidence/", {"body": _own_unit("jingban"), "files": made}, follow=True)
    html = page.content.decode()
    assert "收到 1 份文件，正在后台读取。" in html
    assert "“坏.exe”的文件名里有 .exe" in html
    assert "排队中" in html


def _zip(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in entries.items():
            package.writestr(name.replace("__", "/"), data)
    return out.getvalue()


BAD: tuple[tuple[str, bytes, str], ...] = (
    ("自评表.exe", workbook(), "文件名里有 .exe"),
    ("自评表.pdf.exe", b"%PDF-1.4", "文件名里有 .exe"),
    ("自评表.exe.pdf", b"%PDF-1.4", "文件名里有 .exe"),
    ("自评表.xlsx.js", b"alert(1)", "文件名里有 .js"),
    ("自评表.xlsx", b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 200, "认不出格式"),
    ("自评表.docx", b"\x7fELF\x02\x01\x01" + b"\0" * 200, "认不出格式"),
    ("脚本.txt", b"#!/bin/sh\nrm -rf /\n", "内容是脚本"),
    ("网页.txt", b"<?php system($_GET['c']); ?>", "内容是脚本"),
    ("资料.docx", _zip(a=b"x", b=b"y"), "内容是压缩包"),
    ("资料.rar", b"Rar!\x1a\x07\x00" + b"\0" * 100, "内容是压缩包"),
    ("资料.gz", b"\x1f\x8b\x08" + b"\0" * 100, "内容是压缩包"),
    ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "文件名里有 .svg"),
    ("图.txt", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "内容是脚本"),
    ("空.xlsx", b"", "空文件"),
    ("二进制.txt", bytes(range(256)) * 4, "认不出格式"),
    ("版式.ofd", _zip(**{"OFD.xml": b"<x/>"}), "OFD"),
)


@pytest.mark.parametrize(("name", "data", "words"), BAD, ids=[name for name, _, _ in BAD])
def test_what_is_no_document_is_refused_in_words(drop: Drop, name: str, data: bytes, words: str) -> None:
    """Programs, scripts, archives, empty and unknown files: refused by content and name, and the other file goes on."""
    answers = drop((name, data), ("好.xlsx", workbook())).json()["files"]
    assert [answer["ok"] for answer in answers] == [False, True]
    assert words in answers[0]["message"]
    assert Intake.objects.get().name == "好.xlsx"
    assert not list((Path(settings.MEDIA_ROOT) / "incoming").iterdir()), "nothing is left of what was refused"


def test_a_name_is_only_a_name(drop: Drop) -> None:
    """Folders, control characters and characters that turn the text are no part of it; a page cannot be smuggled in."""
    for raw, shown in (
        ("../../../etc/自评表.xlsx", "自评表.xlsx"),
        ("..\\..\\windows\\自评表2.xlsx", "自评表2.xlsx"),
        ("自评\u202exslx.表.xlsx", "自评xslx.表.xlsx"),
        ("长" * 300 + ".xlsx", "长" * 145 + ".xlsx"),
    ):
        assert files.clean_name(raw) == shown
    drop(("../../../../tmp/逃逸.xlsx", workbook()))
    assert Intake.objects.get().name == "逃逸.xlsx"
    assert not Path("/tmp/逃逸.xlsx").exists()  # noqa: S108 - the point of the test


def test_a_name_cannot_carry_a_script(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """What is in a file name or a cell is text wherever it is shown."""
    evil = "<img src=x onerror=alert(1)>"
    drop((f"{evil}.xlsx".replace("/", ""), workbook(named(evil))))
    found = Intake.objects.get()
    client = signed_in("jingban")
    for address in ("/evidence/", f"/evidence/{found.pk}/", f"/evidence/{found.pk}/form/1/"):
        html = page_of(client, address)
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html


def test_the_limits_hold(drop: Drop, settings: Any) -> None:
    """What is too big is cut off while it streams; what is too many is named; the others are taken."""
    settings.UPLOAD_LIMIT = 20_000
    settings.UPLOAD_FILES = 2
    big = b"%PDF-1.4" + b"x" * 30_000
    answers = drop(("一.xlsx", workbook()), ("大.pdf", big), ("二.xlsx", workbook(named("二")))).json()["files"]
    assert [(answer["name"], answer["ok"]) for answer in answers[:2]] == [("一.xlsx", True), ("二.xlsx", True)]
    assert "“大.pdf”超过 0 MB 的上限" in answers[2]["message"]
    answers = drop(*[(f"{n}.xlsx", workbook(named(f"项目{n}"))) for n in range(4)]).json()["files"]
    assert [answer["ok"] for answer in answers] == [True, True, False, False]
    assert "一次最多 2 份文件" in answers[3]["message"]


def test_the_same_content_is_taken_once(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """Dropped again under another name it is told, with a link; another unit may drop it."""
    data = workbook()
    first = drop(("自评表.xlsx", data)).json()["files"][0]["url"]
    again = drop(("改了名.xlsx", data)).json()["files"][0]
    assert again["ok"] is False
    assert again["url"] == first
    assert "内容完全相同" in again["message"]
    assert drop(("自评表.xlsx", data), who="jingban2").json()["files"][0]["ok"] is True
    found = Intake.objects.get(body__posts__user__username="jingban")
    signed_in("jingban").post(f"/evidence/{found.pk}/drop/", {"reason": "传错了"})
    assert drop(("自评表.xlsx", data)).json()["files"][0]["ok"] is True, "given up before, taken anew"


def test_documents_of_others_do_not_exist(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """A clerk of another unit gets the 404 of absent things everywhere; a reviewer above sees, but may not act."""
    drop(("自评表.xlsx", workbook()))
    pk = Intake.objects.get().pk
    pages = [f"/evidence/{pk}/", f"/evidence/{pk}/form/1/", f"/evidence/{pk}/file/", f"/evidence/{pk}/page/1/"]
    acts = [
        f"/evidence/{pk}/{act}/"
        for act in ("drop", "again", "hidden", "form/1/mend", "form/1/take", "form/1/merge", "form/1/leave")
    ]
    stranger, reviewer = signed_in("jingban2"), signed_in("danwei")
    absent = stranger.get("/evidence/999999/").content
    for address in pages:
        answer = stranger.get(address)
        assert answer.status_code == 404, address
        assert answer.content == absent or answer.content[:80] == absent[:80]
    for address in acts:
        assert stranger.post(address).status_code == 404, address
        assert reviewer.post(address).status_code == 404, address
    assert reviewer.get(pages[1]).status_code == 200
    assert "确认入库" not in page_of(reviewer, pages[1])
    assert "自评表.xlsx" not in page_of(stranger, "/evidence/")
    assert drop(("自评表.xlsx", workbook()), body=str(_own_unit("jingban2"))).json()["files"][0]["ok"] is False
    assert Client().get(f"/evidence/{pk}/").status_code == 302


def test_a_file_without_a_form_says_so(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """It is kept, not taken; the page says why and offers to read it again."""
    drop(("通知.txt", "关于召开会议的通知。\n请准时参加。\n".encode()))
    found = Intake.objects.get()
    assert found.state == IntakeState.FAILED
    html = page_of(signed_in("jingban"), f"/evidence/{found.pk}/")
    assert "没有读出绩效表" in html
    assert "重新读取" in html


def test_a_zip_bomb_is_refused_by_the_reader(drop: Drop) -> None:
    """A workbook that unpacks to gigabytes is not unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for entry in good.namelist():
            bad.writestr(entry, good.read(entry))
        bad.writestr("xl/worksheets/bomb.xml", b"\0" * 80_000_000)
    drop(("炸弹.xlsx", out.getvalue()))
    found = Intake.objects.get()
    assert found.state == IntakeState.FAILED
    assert "压缩" in found.message or "解压" in found.message


def test_the_original_is_only_ever_saved(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """It comes as an attachment of plain bytes, so that a page in it never runs here."""
    page = b"<html><body><script>alert(1)</script><table><tr><td>x</td></tr></table></body></html>"
    drop(("网页.html", page))
    answer = signed_in("jingban").get(f"/evidence/{Intake.objects.get().pk}/file/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == page  # type: ignore[attr-defined]


# --- reading in the background ------------------------------------------------------------------------------------------


def test_reading_happens_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The real reader answers with the document and its original."""
    path = tmp_path / "x"
    path.write_bytes(workbook())
    outcome = reading.read_apart(path, "自评表.xlsx", beat=lambda: True, every=1)
    assert outcome.document is not None
    assert outcome.original is not None
    assert outcome.document["source"]["name"] == "自评表.xlsx"
    cell = outcome.document["forms"][0]["indicators"][0]["target"]
    assert cell["text"] == "≥12期"
    assert cell["spot"] == {"key": "s1-D6"}


def test_a_document_cannot_hang_the_worker(tmp_path: Path) -> None:
    """After the time limit the reader is stopped, and the person is told what to do."""
    path = tmp_path / "x"
    path.write_bytes(workbook())
    outcome = reading.read_apart(path, "慢.xlsx", beat=lambda: True, every=1, limit=0.05)
    assert outcome.document is None
    assert "还没有读完，已停止" in outcome.message


def _waiting(county: dict[str, Any], tmp_path: Path) -> Intake:
    stored = files.document(SimpleUploadedFile("自评表.xlsx", workbook()))
    return actions.take_in(stored, body=county["990100-101001"], by=county["jingban"])


def test_a_worker_that_dies_loses_nothing(county: dict[str, Any], tmp_path: Path) -> None:
    """When its lease is over the sweep puts the document back; its late answer is not taken; the third death is told."""
    made = _waiting(county, tmp_path)
    first = actions.begin_reading(made.pk)
    assert first is not None
    assert actions.begin_reading(made.pk) is None, "one worker at a time"
    assert actions.recover_reading() == 0, "the lease holds"
    for attempt in (2, 3):
        Intake.objects.filter(pk=made.pk).update(until=timezone.now() - timedelta(seconds=1))
        assert actions.recover_reading() == 1
        assert Intake.objects.get().state == IntakeState.WAITING
        held = actions.begin_reading(made.pk)
        assert held is not None
        assert held.tries == attempt
    assert actions.keep_reading(first) is False
    actions.finish_reading(first, Outcome({"forms": [], "problems": []}, {}))
    assert Intake.objects.get().state == IntakeState.READING, "an answer after the lease changes nothing"
    Intake.objects.filter(pk=made.pk).update(until=timezone.now() - timedelta(seconds=1))
    actions.recover_reading()
    found = Intake.objects.get()
    assert found.state == IntakeState.FAILED
    assert "连续 3 次意外终止" in found.message
    assert files.path_of(found.file).exists()


def test_a_document_nobody_was_told_of_is_found(county: dict[str, Any], tmp_path: Path) -> None:
    """The server died between storing it and telling the queue: the sweep tells the queue."""
    made = _waiting(county, tmp_path)
    assert actions.recover_reading() == 0
    Intake.objects.filter(pk=made.pk).update(until=timezone.now() - timedelta(seconds=1))
    assert actions.recover_reading() == 1
    found = Intake.objects.get()
    assert found.state == IntakeState.WAITING
    assert found.until is not None
    assert found.until > timezone.now()


def test_a_dropped_document_is_not_read_after_all(county: dict[str, Any], tmp_path: Path) -> None:
    """Given up while it was being read, it stays given up."""
    made = _waiting(county, tmp_path)
    held = actions.begin_reading(made.pk)
    assert held is not None
    actions.drop_intake(made, reason="", by=county["jingban"])
    answer = read(files.path_of(made.file), made.name)
    actions.finish_reading(held, Outcome(answer["document"], answer["original"]))
    assert Intake.objects.get().state == IntakeState.DROPPED
    assert not IntakeForm.objects.exists()


# --- mending and confirming ---------------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch, drop: Drop) -> IntakeForm:
    """A dropped form with two values the reader is unsure of."""

    def here(path: Path, name: str, **_: object) -> Outcome:
        answer = read(path, name)
        rows = answer["document"]["forms"][0]["indicators"]
        rows[0]["actual"]["uncertain"] = True
        rows[1]["score"]["uncertain"] = True
        return Outcome(answer["document"], answer["original"])

    monkeypatch.setattr(actions, "read_apart", here)
    drop(("自评表.xlsx", workbook()))
    return IntakeForm.objects.get()


def test_what_is_uncertain_must_be_mended_or_confirmed(
    doubtful: IntakeForm, signed_in: Callable[[str], Client]
) -> None:
    """Until then nothing enters; what has been mended is kept; the record names both."""
    client = signed_in("jingban")
    address = f"/evidence/{doubtful.intake_id}/form/1/"
    html = page_of(client, address)
    assert "2 处拿不准" in html
    sent = fields_of(html)
    first = next(name for name, value in sent.items() if value == "12期")
    score = next(name for name, value in sent.items() if value == "28")
    sent[first] = "13期"
    page = client.post(f"{address}take/", sent, follow=True).content.decode()
    assert "还有 1 处拿不准没有核对：得分“28”" in page
    assert not Project.objects.exists()
    sent = fields_of(page)
    assert sent[first] == "13期", "kept"
    sent["sure"] = score.removeprefix("v:")
    answer = client.post(f"{address}take/", sent)
    sheet = Sheet.objects.get()
    assert answer["Location"] == sheet.project.get_absolute_url()
    assert (sheet.project.name, sheet.year, sheet.stage) == ("云川县干部教育培训", 2026, "self_evaluation")
    row = sheet.rows.filter(part="indicators").first()
    assert row is not None
    assert row.cells["actual"] == "13期"
    assert "uncertain" not in row.places["actual"]
    assert row.places["actual"]["spot"] == {"key": "s1-E6"}
    told = json.loads(Event.objects.get(what="confirmed").data)
    assert told["mended"] == [{"row": "培训班期数", "label": "实际完成值", "from": "12期", "to": "13期"}]
    assert told["sure"] == [{"row": "学员结业率", "label": "得分", "text": "28"}]
    origin = json.loads(Event.objects.get(what="opened").data)
    assert origin["intake"] == doubtful.intake_id
    assert origin["sha256"] == doubtful.intake.sha256
    assert Intake.objects.get().state == IntakeState.CONFIRMED
    html = page_of(signed_in("caizheng"), f"/evidence/sheets/{sheet.pk}/")
    assert "这张表导入自" in html
    assert address in html


def test_mended_values_are_saved_exactly(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """Blanks, line ends, quotes and signs come out as they were typed; a row that is cut does not enter."""
    drop(("自评表.xlsx", workbook()))
    client = signed_in("jingban")
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    sent = fields_of(page_of(client, address))
    reason = next(name for name, value in sent.items() if value == "2 名学员未结业")
    typed = "\n首行空\r\n“引号” <b>&amp;</b>\t制表 末尾空格 "
    sent[reason] = typed
    third = next(name for name, value in sent.items() if value == "学员满意度").removeprefix("v:").partition(".")[0]
    sent["cut"] = [third]
    client.post(f"{address}take/", sent)
    rows = list(Sheet.objects.get().rows.filter(part="indicators"))
    assert [row.name for row in rows] == ["培训班期数", "学员结业率"]
    assert rows[1].cells["deviation"] == typed.replace("\r\n", "\n")
    assert json.loads(Event.objects.get(what="confirmed").data)["cut"] == ["学员满意度"]


def test_confirmed_twice_it_enters_once(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """A second click makes no second project."""
    drop(("自评表.xlsx", workbook()))
    client = signed_in("jingban")
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    sent = fields_of(page_of(client, address))
    client.post(f"{address}take/", sent)
    page = client.post(f"{address}take/", sent, follow=True)
    assert "已入库，不能再改" in page.content.decode()
    assert Project.objects.count() == 1


def test_several_forms_are_confirmed_one_by_one(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """Each becomes a project of its own or is left; the document is done when none waits."""
    drop(("三张.xlsx", workbook(named("甲项目"), named("乙项目"), named("丙项目"))))
    found = Intake.objects.get()
    client = signed_in("jingban")
    html = page_of(client, f"/evidence/{found.pk}/")
    assert "文件里的 3 张表" in html
    for number in (1, 2):
        address = f"/evidence/{found.pk}/form/{number}/"
        client.post(f"{address}take/", fields_of(page_of(client, address)))
        assert Intake.objects.get().state == IntakeState.READ
    client.post(f"/evidence/{found.pk}/form/3/leave/")
    assert Intake.objects.get().state == IntakeState.CONFIRMED
    assert sorted(Project.objects.values_list("name", flat=True)) == ["乙项目", "甲项目"]
    states = list(IntakeForm.objects.values_list("state", flat=True))
    assert states == [FormState.TAKEN, FormState.TAKEN, FormState.LEFT]


def test_a_form_is_put_into_a_sheet_after_comparing(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """The page shows every change before; rows that go on keep their keys; a stale comparison is refused."""
    client = signed_in("jingban")
    drop(("旧.xlsx", workbook()))
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    client.post(f"{address}take/", fields_of(page_of(client, address)))
    sheet = Sheet.objects.get()
    keys = {row.name: row.key for row in sheet.rows.all()}
    newer = tuple(
        ("产出指标", "数量指标", "培训班期数", "≥12期", "14期", "50", "50", "") if row[2:3] == ("培训班期数",) else row
        for row in ROWS
    )
    drop(("新.xlsx", workbook(newer)))
    address = f"/evidence/{Intake.objects.exclude(state=IntakeState.CONFIRMED).get().pk}/form/1/"
    sent = fields_of(page_of(client, address)) | {"sheet": str(sheet.pk)}
    html = client.post(f"{address}merge/", sent, follow=True).content.decode()
    assert "共 1 处改动" in html
    assert "12期</del>" in html
    assert "14期</ins>" in html
    assert sheet.rows.get(name="培训班期数").cells["actual"] == "12期", "nothing has changed yet"
    client.post(f"{address}merge/", {"sheet": sheet.pk, "expected": sheet.revision + 5})
    assert sheet.rows.get(name="培训班期数").cells["actual"] == "12期"
    client.post(f"{address}merge/", {"sheet": sheet.pk, "expected": sheet.revision})
    assert sheet.rows.get(name="培训班期数").cells["actual"] == "14期"
    assert {row.name: row.key for row in sheet.rows.all()} == keys
    assert Event.objects.filter(stream=sheet.stream, what="replaced").count() == 1
    assert Project.objects.count() == 1


def test_mends_are_kept_while_typing(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """The page sends what was typed in the background; another browser finds it."""
    drop(("自评表.xlsx", workbook()))
    client = signed_in("jingban")
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    sent = fields_of(page_of(client, address))
    field = next(name for name, value in sent.items() if value == "93%")
    sent[field] = "94%"
    part = client.post(f"{address}mend/", sent, headers={"HX-Request": "true"}).content.decode()
    assert "已改 1 处" in part
    assert "<html" not in part
    html = page_of(signed_in("jingban"), address)
    assert fields_of(html)[field] == "94%"
    assert "读作：93%" in html
    sent[field] = "x" * 9000
    answer = client.post(f"{address}mend/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "一格最多 8000 字" in answer.content.decode()


def test_two_pages_on_one_form_lose_nothing(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """The later page is told what was changed elsewhere, and chooses; nothing is overwritten unseen."""
    drop(("自评表.xlsx", workbook()))
    one, two = signed_in("jingban"), signed_in("jingban")
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    first, second = fields_of(page_of(one, address)), fields_of(page_of(two, address))
    actual = next(name for name, value in first.items() if value == "12期")
    share = next(name for name, value in first.items() if value == "93%")
    one.post(f"{address}mend/", first | {actual: "13期"})
    answer = two.post(f"{address}mend/", second | {share: "94%"}, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "经办一在别处改过这张表" in text
    assert "13期" in text
    assert fields_of(page_of(one, address))[share] == "93%"
    refused = two.post(f"{address}take/", second | {share: "94%"})
    assert refused.status_code == 409
    assert "94%" in refused.content.decode(), "what was typed comes along"
    assert not Project.objects.exists()
    answer = one.post(f"{address}mend/", first | {actual: "14期"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, "its own last save, whose answer was lost, is no conflict"
    two.post(f"{address}mend/", second | {share: "94%", "base": "2"})
    kept = fields_of(page_of(one, address))
    assert (kept[actual], kept[share]) == ("12期", "94%")


def test_known_content_leads_to_the_former(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """Without script, too."""
    data = workbook()
    drop(("自评表.xlsx", data))
    upload = SimpleUploadedFile("又一次.xlsx", data)
    answer = signed_in("jingban").post("/evidence/", {"body": _own_unit("jingban"), "files": [upload]})
    assert answer["Location"] == Intake.objects.get().get_absolute_url()


def test_hidden_sheets_are_read_when_a_person_asks(
    drop: Drop, signed_in: Callable[[str], Client], django_capture_on_commit_callbacks: OnCommit
) -> None:
    """They are named first; asked for, they are read; once a form of the document has been dealt with it is too late."""
    book = load_workbook(io.BytesIO(workbook(named("甲项目"), named("乙项目"))))
    book["表2"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    drop(("有隐藏.xlsx", out.getvalue()))
    found = Intake.objects.get()
    client = signed_in("jingban")
    assert found.forms.count() == 1
    assert "连同隐藏的工作表重新读取" in page_of(client, f"/evidence/{found.pk}/form/1/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/evidence/{found.pk}/hidden/")
    assert [form.title for form in found.forms.all()] == ["甲项目", "乙项目"]
    page = client.post(f"/evidence/{found.pk}/hidden/", follow=True).content.decode()
    assert "没有未读取的隐藏工作表" in page


def test_the_pages_ask_little(
    drop: Drop, signed_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    """However many documents and forms there are."""
    drop(*[(f"{n}.xlsx", workbook(named(f"甲{n}"), named(f"乙{n}"))) for n in range(6)])
    client = signed_in("jingban")
    found = Intake.objects.latest("pk")
    for address in ("/evidence/", f"/evidence/{found.pk}/", f"/evidence/{found.pk}/form/1/"):
        with django_assert_max_num_queries(15):
            client.get(address)


# --- the acceptance documents -------------------------------------------------------------------------------------------

_SOURCES = sorted(DOCUMENTS.glob("*")) if DOCUMENTS.exists() else []
_QUICK = [path for path in _SOURCES if "scan" not in path.name and path.suffix not in (".doc", ".rtf")]


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_what_goes_out_comes_in_again(kind: str, drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """A form in official layout, dropped again, has the same values, cell by cell."""
    client = signed_in("jingban")
    drop(("自评表.xlsx", workbook()))
    address = f"/evidence/{Intake.objects.get().pk}/form/1/"
    client.post(f"{address}take/", fields_of(page_of(client, address)))
    first = Sheet.objects.get()
    file = client.get(f"/sheets/{first.pk}/file.{kind}")
    drop((f"又来.{kind}", b"".join(file) if file.streaming else file.content))
    again = Intake.objects.exclude(state=IntakeState.CONFIRMED).get()
    assert again.state == IntakeState.READ, again.message
    address = f"/evidence/{again.pk}/form/1/"
    sent = fields_of(page_of(client, address))
    sent["sure"] = [name.removeprefix("v:") for name in sent if name.startswith("v:")]
    client.post(f"{address}take/", sent)
    second = Sheet.objects.latest("pk")
    assert second != first
    assert _plain(valued(second).form) == _plain(valued(first).form)


@pytest.mark.skipif(not _SOURCES, reason="needs ../shared/acceptance, which is not shipped")
@pytest.mark.parametrize("path", _QUICK, ids=[path.name for path in _QUICK])
def test_acceptance_documents_enter_without_loss(path: Path, drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """Confirmed as they were read, every value of the sheet is the value that was read."""
    drop((path.name, path.read_bytes()))
    found = Intake.objects.get()
    client = signed_in("jingban")
    document = desk.read(path)
    plain = desk.document_json(document)["forms"]
    assert found.forms.count() == len(plain)
    for number, form in enumerate(plain, 1):
        address = f"/evidence/{found.pk}/form/{number}/"
        sent = fields_of(page_of(client, address))
        sent["sure"] = [name.removeprefix("v:") for name in sent if name.startswith("v:")]
        sent["project_year"] = sent["project_year"] or "2024"  # where none is printed the person is asked
        client.post(f"{address}take/", sent)
        taken = found.forms.get(number=number - 1)
        assert taken.state == FormState.TAKEN, [str(m) for m in client.get(address).context["messages"]]
        assert taken.mends == {}
        assert taken.sheet is not None
        stored = form_of(form["kind"], rows_data(taken.sheet))
        assert _plain(stored) == _plain({**form, "year": taken.sheet.year})
        valued(taken.sheet)


_PAPER = (
    ("档案柜购置数量", "≥30组", "30组", "15", "15"),
    ("档案整理卷数", "≥6000卷", "5400卷", "15", "13.5"),
    ("设备验收合格率", "≥98%", "100%", "20", "20"),
    ("查档平均用时", "≤15分钟", "12分钟", "30", "30"),
    ("查档单位满意度", "≥90%", "94.5%", "10", "10"),
)


@pytest.mark.skipif(not scan.available(), reason="character recognition is not installed")
def test_a_scan_enters_with_the_values_of_the_paper(drop: Drop, signed_in: Callable[[str], Client]) -> None:
    """A picture, recognised, looked through beside the original, confirmed: what is stored is what is printed."""
    drop(("扫描件.pdf", next(SAMPLES.glob("12-*.pdf")).read_bytes()))
    found = Intake.objects.get()
    assert found.state == IntakeState.READ, found.message
    client = signed_in("jingban")
    address = f"/evidence/{found.pk}/form/1/"
    html = page_of(client, address)
    assert 'class="original' in html
    sent = fields_of(html)
    assert sent["project_name"] == "档案库房改造"
    doubtful = re.search(r"(\d+) 处拿不准", html)
    if doubtful:
        refused = client.post(f"{address}take/", sent, follow=True).content.decode()
        assert f"还有 {doubtful.group(1)} 处拿不准没有核对" in refused
    sent["sure"] = [name.removeprefix("v:") for name in sent if name.startswith("v:")]
    client.post(f"{address}take/", sent)
    sheet = Sheet.objects.get()
    assert (sheet.stage, sheet.year, sheet.project.name) == ("self_evaluation", 2023, "档案库房改造")
    rows = [row.cells for row in sheet.rows.filter(part="indicators")]
    names = ("name", "target", "actual", "weight", "score")
    assert [tuple(row[name] for name in names) for row in rows] == list(_PAPER)
    funds = [row.cells for row in sheet.rows.filter(part="funds")]
    assert [(row["annual_budget"], row["executed"]) for row in funds] == [("48.00", "46.08")] * 2
    assert valued(sheet).assessment["total"] == "98.10"
    told = {finding["code"] for finding in valued(sheet).assessment["findings"] if finding["level"] == "E"}
    assert "G01" in told, "5400 of 6000 without a reason"
    assert not told & {"B01", "B02", "B03", "B04", "F08", "F09", "F10"}, "every score and sum proves the reading"


def _plain(value: Any) -> Any:
    """A form without places and without what rows do not keep."""
    if isinstance(value, dict):
        if "text" in value:
            return value["text"]
        left_out = (
            ("place", "reading", "part", "sums", "tasks_total", "unit", "parts")
            if "name" in value or "kind" in value
            else ("place", "part")
        )
        return {
            name: _plain(one)
            for name, one in value.items()
            if name not in left_out or (name == "unit" and "kind" in value)
        }
    return [_plain(one) for one in value] if isinstance(value, list) else value


def test_mends_hold_on_lists_the_head_keeps(drop: Drop) -> None:
    """Cost items and other labelled texts are mended where they stand."""
    form = {
        "kind": "declaration",
        "cost_items": [{"subject": {"text": "讲课费"}, "amount": {"text": "10", "uncertain": True}}],
        "extra": {"项目概况": {"text": "旧"}},
        "prior_years": [{"year": 2025, "budget": {"text": "5"}}],
        "indicators": [],
    }
    look = sheet_of(form, Mends())
    assert [cell.address for cell in look.owed] == ["0.cost_items/0/amount"]
    mends = Mends({"0.cost_items/0/amount": "12", "0.extra/项目概况": "新", "0.prior_years/0/year": "2024"})
    head = mended_rows(form, mends)[0].cells
    assert head["cost_items"][0]["amount"] == {"text": "12"}
    assert head["extra"]["项目概况"]["text"] == "新"
    assert head["prior_years"][0]["year"] == 2024
    assert form["cost_items"][0]["amount"] == {"text": "10", "uncertain": True}, "what was read is not touched"  # type: ignore[index]
    assert not sheet_of(form, mends).owed
