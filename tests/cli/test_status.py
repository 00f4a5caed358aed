"""Exit status, and what a user is told when something is wrong: what, where, why, what to do, in Chinese."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.running import DOCUMENTS, run, sample
from hengjian.cli.commands import hengjian


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(hengjian, [*map(str, arguments)])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name[:2])
def test_status_says_whether_findings_count(path: Path) -> None:
    plain = call("audit", path, "--format", "json")
    assert plain.exit_code == 0  # whatever was found
    (document,) = json.loads(plain.stdout)["documents"]
    levels = {finding["level"] for finding in document["findings"]}
    assert call("audit", path, "--fail-on", "error").exit_code == ("E" in levels)
    assert call("audit", path, "--fail-on", "warning").exit_code == bool({"E", "W"} & levels)


@pytest.mark.parametrize(("start", "status"), [("01", 0), ("02", 1)])
def test_a_correct_form_passes_and_a_wrong_one_does_not(start: str, status: int) -> None:
    assert call("audit", sample(start), "--fail-on", "warning").exit_code == status


def test_an_unreadable_file_among_good_ones_gives_2_and_the_others_are_done(tmp_path: Path) -> None:
    broken = tmp_path / "损坏.xlsx"
    broken.write_bytes(sample("04").read_bytes()[:700])
    empty = tmp_path / "空.docx"
    empty.write_bytes(b"")
    told = run("audit", broken, sample("02"), empty, "没有.pdf", "--fail-on", "error")
    assert told.returncode == 2  # weightier than 1
    assert "人才服务保障经费" in told.stdout
    for name in ("损坏.xlsx", "空.docx", "没有.pdf"):
        assert f"未能审核：{name}：" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("aduit", "x.docx"), "没有这个命令：aduit（是否想用 audit？）"),
        (("打分",), "没有这个命令：打分"),
        (("audit",), "缺少参数 文件或文件夹…"),
        (("audit", "x.docx", "--formt", "json"), "没有选项 --formt（是否想用 --format？）"),
        (("audit", "x.docx", "--format", "pdf"), "--format 的值“pdf”不对，只能是 table、json、html、xlsx、docx"),
        (("audit", "x.docx", "--jobs", "0"), "--jobs 应为 1 到 64 之间的整数"),
        (("audit", "x.docx", "--jobs", "两"), "--jobs 应为 1 到 64 之间的整数"),
        (("audit", "x.docx", "-o"), "选项 -o 后面缺少值"),
        (("audit", "x.docx", "--fail-on", "all"), "--fail-on 的值“all”不对，只能是 error、warning"),
        (("audit", "x.docx", "--scheme", "月球方案"), "没有名为“月球方案”的方案。可用的方案："),
        (("score", "x.jsonl", "--scheme", "没有.toml"), "没有.toml"),
        (("explain", "每低1个百分点", "扣1分"), "多出了参数：扣1分。含空格的文字请用引号括起来"),
        (("schema", "表"), "只能是 document、audit、score、target、explanation"),
        (("render", "x.docx"), "缺少参数 --output"),
        (("render", "x.docx", "-o", "x.wps"), "不知道要写成什么格式：x.wps。请用 --format xlsx|docx|pdf|html"),
        (("score", "没有.jsonl"), "找不到“没有.jsonl”，请检查路径"),
        (("target", "."), "“.”是文件夹，请给出文件名"),
    ],
)
def test_wrong_use_is_explained(arguments: tuple[str, ...], says: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("错误：")
    assert says in result.stderr


@pytest.mark.parametrize("verb", ["read", "audit"])
def test_a_missing_file_is_named(verb: str) -> None:
    result = call(verb, "没有这个文件.docx")
    assert result.exit_code == 2
    assert "找不到文件“没有这个文件.docx”。请核对路径和文件名" in result.output


def test_reading_a_folder_says_so(tmp_path: Path) -> None:
    result = call("read", tmp_path)
    assert result.exit_code == 2
    assert "是文件夹，不是文件" in result.stderr
    assert json.loads(result.stdout)["problems"][0]["code"] == "P03"


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    result = call("audit", tmp_path)
    assert result.exit_code == 2
    assert "这些文件夹里没有可审核的文件" in result.stderr


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": 1, "target": "5%"', "不是有效的 JSON"),
        (b"{'id': 1}", "不是有效的 JSON"),
        ('{"id": 1, "target": "五成"}'.encode("gb18030"), "不是有效的 JSON（应为一行一个对象，UTF-8 编码）"),
        (b"[1, 2]", '应为 {"id": …} 形式的对象'),
        (b"95", '应为 {"id": …} 形式的对象'),
        (b'{"id": 1, "points": {"actual": "5"}}', "的 points 应为列表"),
        (b'{"id": 1, "points": [{"actual": "5"}, 95]}', '的 points 第2项应为 {"actual": "完成值"}'),
        (b"[" * 5000, "不是有效的 JSON"),
    ],
)
@pytest.mark.parametrize("verb", ["score", "target"])
def test_a_bad_line_is_named_and_the_others_are_answered(verb: str, line: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "输入.jsonl"
    good = json.dumps({"id": "好", "target": "≥5%", "points": []}).encode()
    file.write_bytes(good + b"\n\n" + line + b"\n" + good + b"\n")
    result = call(verb, file)
    assert result.exit_code == 2
    assert "输入.jsonl 第3行" in result.stderr
    assert says in result.stderr
    answers = [json.loads(text) for text in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["好", None, "好"]
    assert "第3行" in (answers[1]["error"] if verb == "target" else answers[1]["findings"][0]["message"])


@pytest.mark.parametrize("verb", ["read", "audit", "render"])
def test_an_output_that_is_a_folder_is_refused_before_the_work(verb: str, tmp_path: Path) -> None:
    folder = tmp_path / "报告.html"
    folder.mkdir()
    result = call(verb, sample("01"), "-o", folder)
    assert result.exit_code == 2
    assert "报告.html”是文件夹，请给出文件名" in result.stderr
    assert list(tmp_path.iterdir()) == [folder]


def test_an_output_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    result = call("audit", sample("01"), "-o", tmp_path / "文件" / "报告.html")
    assert result.exit_code == 2
    assert "所在的路径不是文件夹，请换一个位置" in result.stderr


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_folder_without_leave_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        result = call("audit", sample("01"), "-o", tmp_path / "报告.html")
    finally:
        tmp_path.chmod(0o700)
    assert result.exit_code == 2
    assert "没有权限读写" in result.stderr


def test_an_output_folder_is_made_when_it_is_missing(tmp_path: Path) -> None:
    report = tmp_path / "2024" / "报告.json"
    assert call("audit", sample("01"), "-o", report).exit_code == 0
    assert json.loads(report.read_text(encoding="utf-8"))["documents"]


@pytest.mark.parametrize("form", ["html", "xlsx", "docx"])
def test_a_report_that_is_no_text_gets_a_name_when_none_is_given(form: str, tmp_path: Path) -> None:
    told = run("audit", sample("01"), "--format", form, cwd=tmp_path)
    assert told.returncode == 0
    assert "报告已写到 衡鉴审核报告." in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == [f"衡鉴审核报告.{form}"]


def test_a_defect_of_the_program_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("内部")

    monkeypatch.setattr("hengjian.desk.explain_rule", break_down)
    monkeypatch.delenv("HENGJIAN_DEBUG", raising=False)
    result = call("explain", "得满分")
    assert result.exit_code == 3
    assert "程序出错（RuntimeError：内部）。请反馈这行信息" in result.stderr


def test_a_rule_without_a_curve_says_so_and_writes_none(tmp_path: Path) -> None:
    result = call("explain", "由评审组酌情打分", "--weight", "5", "--svg", tmp_path / "曲线.svg")
    assert result.exit_code == 0
    assert "没有可画的曲线" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_explaining_a_rule_shows_meaning_curve_score_and_sum(tmp_path: Path) -> None:
    drawing = tmp_path / "曲线.svg"
    rule = "合格率≥95%得满分，每低于1个百分点扣0.5分，扣完为止"
    told = run("explain", rule, "--target", "≥95%", "--weight", "10", "--actual", "93.5", "--svg", drawing)
    assert told.returncode == 0
    assert "含义（可以直接计算）：" in told.stdout
    assert "得分：9.25" in told.stdout
    assert drawing.read_text(encoding="utf-8").startswith("<svg")


def test_rendering_what_is_no_form_writes_nothing(tmp_path: Path) -> None:
    result = call("render", sample("13"), "-o", tmp_path / "表.html")
    assert result.exit_code == 2
    assert "没有找到绩效表" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_audit_writes_several_reports(tmp_path: Path) -> None:
    """A page, a workbook and the screen from one reading of the files."""
    page, book = tmp_path / "报告.html", tmp_path / "报告.xlsx"
    done = run("audit", sample("13"), "-o", str(page), "-o", str(book), "-o", "-")
    assert done.returncode == 0
    assert "A01" in done.stdout
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert book.read_bytes().startswith(b"PK")


def test_two_reports_cannot_be_one_file(tmp_path: Path) -> None:
    same = str(tmp_path / "报告.html")
    done = run("audit", sample("13"), "-o", same, "-o", same)
    assert done.returncode == 2
    assert "请分别取名" in done.stderr
