"""Questions to a rule and to a form, and confirmed readings, as a user asks them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.running import sample
from cli.schemas import complaints
from hengjian.cli.commands import hengjian

STEP = "每低于目标值1个百分点扣0.5分，扣完为止"
ROW = ("--indicator", "合格率", "--target", "≥95%", "--weight", "10")


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(hengjian, [*map(str, arguments)])


def said(*arguments: str | Path) -> str:
    result = ask(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_explain_tells_what_a_score_needs_and_the_canonical_text() -> None:
    told = said("explain", STEP, *ROW, "--need", "8")
    assert "要得8分，实际完成值至少为91%" in told
    assert "规则文本：\n限(分值" in told


def test_explain_compares_two_wordings() -> None:
    same = said("explain", STEP, *ROW, "--compare", "每低1%扣0.5分，最低0分")
    assert "两种写法是同一" in same
    other = said("explain", STEP, *ROW, "--compare", "每低于目标值1个百分点扣1分，扣完为止")
    assert "两种写法不同：实际值为" in other


def test_the_json_answer_follows_its_schema() -> None:
    asked = ("--need", "8", "--compare", "达到目标得满分，否则不得分", "--actual", "93.4%", "--json")
    answer = json.loads(said("explain", STEP, *ROW, *asked))
    assert complaints("explanation", answer) == []
    assert complaints("trace", answer["full_trace"]) == []
    assert answer["needed"]["ranges"] == [
        {"low": "91", "low_included": True, "high": "100", "high_included": True},
    ]
    assert answer["comparison"]["equal"] is False
    assert (answer["full_trace"]["exact"], answer["full_trace"]["value"]) == ("46/5", "9.20")
    assert answer["full_trace"]["canonical"] == answer["canonical"]


def test_a_confirmed_reading_is_used_by_score_and_audit(tmp_path: Path) -> None:
    """Two readings give no score; once a person has chosen one, it does."""
    rule, row = "每低1%扣5%", ("--indicator", "到位率", "--target", "≥90%", "--weight", "10")
    assert "没有得分" in said("explain", rule, *row, "--actual", "88%")
    kept = tmp_path / "确认.jsonl"
    undecided = ask("explain", rule, *row, "--accept", kept, "--by", "审核人甲")
    assert undecided.exit_code == 2
    assert "请用 --choice 1 到" in undecided.stderr
    chosen = ask("explain", rule, *row, "--accept", kept, "--by", "审核人甲", "--choice", "1", "--note", "按分值")
    assert chosen.exit_code == 0, chosen.output
    assert "已确认并记入" in chosen.stderr
    assert "得分：9.00" in said("explain", rule, *row, "--actual", "88%", "--accepted", kept)
    lines = tmp_path / "rules.jsonl"
    item = {
        "id": 1,
        "indicator": "到位率",
        "target": "≥90%",
        "weight": "10",
        "rule": rule,
        "points": [{"actual": "88%"}],
    }
    lines.write_text(json.dumps(item, ensure_ascii=False), encoding="utf-8")
    answer = json.loads(said("score", lines, "--accepted", kept))
    assert (answer["status"], answer["scores"]) == ("executable", ["9.00"])


def test_a_text_of_ones_own_can_be_confirmed(tmp_path: Path) -> None:
    kept = tmp_path / "确认.jsonl"
    rule = "由局务会研究确定"
    own = "分段{ 实际值(%) ≥ 90% → 分值; 其余 → 0分 }"
    said("explain", rule, *ROW, "--accept", kept, "--by", "审核人甲", "--canonical", own)
    assert "得分：10.00" in said("explain", rule, *ROW, "--actual", "91%", "--accepted", kept)
    wrong = ask(
        "explain", rule, *ROW, "--accept", kept, "--by", "审核人甲", "--canonical", "分段{ 实际值(%) ≥ 90% 分值 }"
    )
    assert wrong.exit_code == 2
    assert "^" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", STEP, *ROW, "--accept", "x.jsonl"), "须写明确认人"),
        (("explain", STEP, *ROW, "--need", "很多"), "--need 应为一个数，实际为“很多”"),
        (("explain", STEP, *ROW, "--accepted", "没有.jsonl"), "找不到已确认规则的文件"),
        (("explain", STEP, *ROW, "--accept", "x.jsonl", "--by", "甲", "--choice", "3"), "没有第3种读法"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: tuple[str, ...], words: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_altered_confirmation_is_told_and_not_used(tmp_path: Path) -> None:
    kept = tmp_path / "确认.jsonl"
    said("explain", STEP, *ROW, "--accept", kept, "--by", "审核人甲")
    kept.write_text(kept.read_text(encoding="utf-8").replace("0.5分", "5分"), encoding="utf-8")
    result = ask("explain", STEP, *ROW, "--actual", "94%", "--accepted", kept)
    assert result.exit_code == 0
    assert "被改动过" in result.stderr
    assert "得分：9.50" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--actual", "没有等号"), "--actual 应写成“指标=值”"),
        (("--actual", "不存在的指标名=5"), "表中没有指标“不存在的指标名”"),
        (("--form", "9"), "没有第9张表"),
    ],
)
def test_a_question_about_nothing_is_told(arguments: tuple[str, ...], words: str) -> None:
    result = ask("what-if", _scored(), *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_sensitivity_of_a_sample() -> None:
    told = said("what-if", _scored())
    assert told.startswith("总分")


def test_practice_of_a_sample() -> None:
    told = said("practice", _scored())
    assert "项与本单位的做法相符" in told


def _scored() -> Path:
    """A sample with scores that all can be recomputed."""
    return next(path for path in sample("01").parent.iterdir() if "自评" in path.name and path.suffix == ".docx")


def test_another_value_and_the_way_to_a_total() -> None:
    told = said("what-if", _scored(), "--actual", "人才政策宣讲场次=24场", "--goal", "100")
    assert "“人才政策宣讲场次”：8.33分 → 10分\n总分：94.92分 → 96.59分，等级不变\n" in told
    assert "“人才认定办结件数”现得9分，还可多得1分：得满分实际完成值至少为600件（现为540件）\n" in told


# --- answers as data ----------------------------------------------------------------------------------------------------


def test_what_if_as_data_follows_its_schema_and_says_what_the_sentences_say() -> None:
    asked = ("--actual", "人才政策宣讲场次=21场", "--rate", "72%", "--goal", "95", "--scheme", "platform-ceiling")
    answer = json.loads(said("what-if", _scored(), *asked, "--json"))
    assert complaints("what-if", answer) == []
    row, money = answer["moved"]
    assert row["indicator"] == "人才政策宣讲场次"
    assert row["before"] == {"score": "8.33", "exact": "25/3", "derivation": "20场 ÷ 24场 × 10 = 8.33"}
    assert row["after"] == {"score": "8.75", "exact": "35/4", "derivation": "21场 ÷ 24场 × 10 = 8.75"}
    assert (money["indicator"], money["after"]["score"]) == ("预算执行率", "7.20")
    after = answer["after"]
    assert (after["execution_rate"], after["sum"], after["limit"], after["total"], after["grade"]) == (
        "72", "94.24", "89", "89", "良"
    )  # fmt: skip
    assert answer["text"] == said("what-if", _scored(), *asked).splitlines()
    assert [change["field"] for change in answer["changes"]] == ["actual", "rate"]
    assert answer["route"]["goal"] == "95"
    assert answer["sensitivity"] is None
    for one in answer["route"]["improvements"]:
        assert one["gain"] == f"{Decimal(one['weight']) - Decimal(one['score'])}"


def test_sensitivity_as_data_follows_its_schema() -> None:
    answer = json.loads(said("what-if", _scored(), "--json"))
    assert complaints("what-if", answer) == []
    assert (answer["changes"], answer["after"], answer["moved"], answer["route"]) == ([], None, [], None)
    assert answer["sensitivity"]["total"] == answer["now"]["total"]


def test_practice_as_data_follows_its_schema() -> None:
    answer = json.loads(said("practice", _scored(), sample("01"), "--json"))
    assert complaints("practice", answer) == []
    assert [form["file"] for form in answer["forms"]] == [_scored().name, sample("01").name]
    assert answer["text"] == said("practice", _scored(), sample("01")).splitlines()
    broken = [(one["form"], one["indicator"], one["expected"]) for unit in answer["units"] for one in unit["breaks"]]
    assert (0, "人才认定办结件数", "9.00") in broken
    nothing = json.loads(said("practice", sample("04"), "--json"))
    assert complaints("practice", nothing) == []
    assert (nothing["units"], nothing["text"]) == ([], ["这些文件里没有填报得分的表，看不出计分的做法"])


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--executed", "480"), "“预算执行率”：8.3分 → 10分"),
        (("--budget", "398.4", "--executed", "398.4"), "“预算执行率”：8.3分 → 10分"),
        (("--rate", "50%"), "“预算执行率”：8.3分 → 5分"),
        (("--actual", "预算执行率=50%"), "“预算执行率”：8.3分 → 5分"),
    ],
)
def test_the_execution_can_be_changed(arguments: tuple[str, ...], line: str) -> None:
    assert said("what-if", _scored(), *arguments).splitlines()[0] == line


def test_a_senseless_amount_is_told() -> None:
    result = ask("what-if", _scored(), "--executed", "很多")
    assert result.exit_code == 2
    assert "全年执行数应为不小于0的金额，实际为“很多”" in result.stderr
