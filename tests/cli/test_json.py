"""The JSON contract: every answer follows its shipped schema, and says what the file says."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from cli.running import DOCUMENTS, HOUSE, run, sample
from cli.schemas import NAMES, complaints, schema
from hengjian.cli.commands import hengjian

ACCEPTANCE = HOUSE.parent / "shared" / "acceptance"


def answer(*arguments: str | Path) -> Any:
    result = CliRunner().invoke(hengjian, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"hengjian.{name}/1"


@pytest.mark.parametrize("name", NAMES)
def test_schema_command_prints_what_is_shipped(name: str) -> None:
    assert answer("schema", name) == schema(name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name[:2])
def test_read_follows_its_schema(path: Path) -> None:
    plain = answer("read", path)
    assert complaints("document", plain) == []
    assert plain["source"]["name"] == path.name
    assert plain["source"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("path", DOCUMENTS[:3], ids=lambda path: path.name[:2])
def test_places_add_a_place_to_every_value_and_change_nothing_else(path: Path) -> None:
    with_places = answer("read", path, "--places")
    assert complaints("document", with_places) == []
    target = with_places["forms"][0]["indicators"][0]["target"]
    assert set(target) == {"text", "place"}
    assert target["place"]["text"]

    def compare(placed: Any, plain: Any) -> None:
        if isinstance(placed, dict) and isinstance(plain, str):
            assert placed["text"] == plain
        elif isinstance(placed, dict):
            # What stands beside the values says more of where they stand, nothing else.
            assert placed.keys() - plain.keys() <= {"part", "place", "sums", "tasks_total", "unit", "parts"}
            for key, value in plain.items():
                compare(placed[key], value)
        elif isinstance(placed, list):
            assert len(placed) == len(plain)
            for one, two in zip(placed, plain, strict=True):
                compare(one, two)
        else:
            assert placed == plain

    compare(with_places, answer("read", path))


def test_audit_follows_its_schema_and_keeps_the_order_of_the_files(tmp_path: Path) -> None:
    report = tmp_path / "报告.json"
    mixed = [*reversed(DOCUMENTS), tmp_path / "没有这个文件.docx"]
    told = run("audit", *mixed, "-o", report)
    assert told.returncode == 2  # the last one is missing; the others are done
    audit = json.loads(report.read_text(encoding="utf-8"))
    assert complaints("audit", audit) == []
    assert [d["source"]["name"] for d in audit["documents"]] == [path.name for path in mixed]
    for document in audit["documents"]:
        for form in document["forms"]:
            counts = dict(form["checks"])
            assert counts.pop("owed") == sum(counts.values()) == len(form["ledger"])
        for finding in document["findings"]:
            assert finding["form"] is None or finding["form"] < len(document["forms"])
            assert finding["message"]
    assert audit["documents"][-1]["problems"][0]["code"] == "P03"


def test_scores_come_line_by_line_in_order(tmp_path: Path) -> None:
    rules = [
        {
            "id": "甲",
            "indicator": "培训合格率",
            "target": "≥95%",
            "weight": "10",
            "rule": "≥95%得满分，每低于1个百分点扣0.5分，扣完为止",
            "points": [{"actual": "96%"}, {"actual": "93%"}, {"actual": "50%"}, {"actual": ""}],
        },
        {
            "id": 2,
            "indicator": "工作质量",
            "target": "好",
            "weight": "10",
            "rule": "好得10分，较好得8分，一般得6分，差不得分",
            "points": [{"actual": "按时完成"}, {"grade": "较好", "actual": ""}],
        },
        {
            "id": None,
            "indicator": "培训人次",
            "target": "≥300人次",
            "weight": "10",
            "rule": "",
            "points": [{"actual": 150}],
        },
    ]
    file = tmp_path / "规则.jsonl"
    file.write_text("\n".join(json.dumps(rule, ensure_ascii=False) for rule in rules) + "\n\n", encoding="utf-8-sig")
    result = CliRunner().invoke(hengjian, ["score", str(file)])
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [complaints("score", line) for line in lines] == [[], [], []]
    assert [line["id"] for line in lines] == ["甲", 2, None]
    assert lines[0]["scores"] == ["10.00", "9.00", "0.00", None]
    assert lines[0]["status"] == "executable"
    assert lines[0]["reading"]
    assert lines[1]["scores"][1] == "8.00"
    assert lines[2]["scores"] == ["5.00"]


def test_numbers_in_json_lines_stay_as_typed(tmp_path: Path) -> None:
    file = tmp_path / "规则.jsonl"
    file.write_text(
        '{"id":1,"indicator":"支出","target":"1000000000000000.10元","weight":10,"rule":"",'
        '"points":[{"actual":1000000000000000.10},{"actual":0.1e0}]}',
        encoding="utf-8",
    )
    (line,) = CliRunner().invoke(hengjian, ["score", str(file)]).stdout.splitlines()
    assert json.loads(line)["scores"][0] == "10.00"


def test_targets_follow_their_schema(tmp_path: Path) -> None:
    file = tmp_path / "指标值.jsonl"
    texts = ["≥95%", "300人", "2024年12月底前", "3~5个工作日", "有效提升", "", "4.6万平方米", None]
    file.write_text("\n".join(json.dumps({"id": n, "target": t}) for n, t in enumerate(texts)), encoding="utf-8")
    lines = [json.loads(line) for line in CliRunner().invoke(hengjian, ["target", str(file)]).stdout.splitlines()]
    assert [complaints("target", line) for line in lines] == [[]] * len(texts)
    assert [line["id"] for line in lines] == list(range(len(texts)))
    assert (lines[0]["parsed"]["comparator"], lines[0]["parsed"]["low"], lines[0]["parsed"]["unit"]) == (">=", 95, "%")


def test_explanation_follows_its_schema() -> None:
    rule = "≥95%得满分，每低于1个百分点扣0.5分，扣完为止"
    told = answer("explain", rule, "--target", "≥95%", "--weight", "10", "--actual", "93.5%", "--json")
    assert complaints("explanation", told) == []
    assert told["score"] == "9.25"
    assert told["trace"]
    silent = answer("explain", "完成情况好", "--json")
    assert complaints("explanation", silent) == []
    assert silent["score"] is None


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="../shared is not here: acceptance material is not shipped")
@pytest.mark.parametrize("name", ["rules", "targets"])
def test_acceptance_lines_follow_the_schemas(name: str) -> None:
    verb = {"rules": "score", "targets": "target"}[name]
    result = CliRunner().invoke(hengjian, [verb, str(ACCEPTANCE / f"{name}-dev.jsonl")])
    assert result.exit_code == 0
    assert [line for line in map(json.loads, result.stdout.splitlines()) if complaints(verb, line)] == []


def test_one_sample_end_to_end_as_another_program_would_use_it() -> None:
    told = run("audit", sample("02"), "--format", "json")
    assert told.returncode == 0
    (document,) = json.loads(told.stdout)["documents"]
    codes = {finding["code"] for finding in document["findings"]}
    assert {"F08", "F10", "B04", "D04"} <= codes
    wrong = next(finding for finding in document["findings"] if finding["code"] == "F08")
    assert (wrong["indicator"], wrong["printed"], wrong["expected"]) == ("人才认定办结件数", "9.5", "9.00")
    assert wrong["place"]["text"] == "第1个表第10行第8列"
