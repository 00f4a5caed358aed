"""Tables as users have them, scored whole: files in, files out, broken off and gone on with, and what users are told."""

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.servers import server
from hengjian import desk
from hengjian.desk import BatchError
from hengjian.engines.sample import rows
from hengjian.rules.accepted import accept
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.tree import Const

SCHEME = desk.load_scheme(desk.DEFAULT_SCHEME)
HEADER = ("表号", "评分标准", "指标值", "实际完成值", "分值", "region")
ROWS = (
    ("A", "达到95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "93.5%", "10", "东"),
    ("A", "得分=实际完成值/目标值×指标分值", "300人", "200人", "5", "东"),
    ("B", "由专家酌情打分", "提升", "有所提升", "8", "西"),
    ("B", "≥90%得满分；60%以下得0分", "90%", "75%", "4.5", "西"),
    ("B", "得分=实际完成值/目标值×指标分值", "7次", "—", "7", "西"),
)
SCORES = ["9.25", "3.33", "", "", ""]
STATUSES = ["executable", "executable", "needs_judgement", "gap", "no_value"]


def as_csv(folder: Path, encoding: str = "utf-8") -> str:
    path = folder / "指标.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return str(path)


def as_gb(folder: Path) -> str:
    return as_csv(folder, "gb18030")


def as_excel_csv(folder: Path) -> str:
    return as_csv(folder, "utf-8-sig")


def as_parquet(folder: Path) -> str:
    columns = {name: pa.array([row[i] for row in ROWS]) for i, name in enumerate(HEADER)}
    columns["分值"] = pa.array([float(row[4]) for row in ROWS])  # an export often makes numbers of weights
    pq.write_table(pa.table(columns), folder / "指标.parquet")
    return str(folder / "指标.parquet")


def as_lines(folder: Path) -> str:
    path = folder / "指标.jsonl"
    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def as_workbook(folder: Path) -> str:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append([*row[:4], float(row[4]), row[5]])
    sheet["D2"] = 0.935
    sheet["D2"].number_format = "0.0%"  # a person sees 93.5%
    book.save(folder / "指标.xlsx")
    return str(folder / "指标.xlsx")


def as_sqlite(folder: Path) -> str:
    base = sqlite3.connect(folder / "指标.sqlite")
    base.execute(f"CREATE TABLE 指标 ({', '.join(HEADER)})")
    base.executemany("INSERT INTO 指标 VALUES (?, ?, ?, ?, ?, ?)", ROWS)  # noqa: RUF100
    base.commit()
    base.close()
    return str(folder / "指标.sqlite")


def as_duckdb(folder: Path) -> str:
    base = duckdb.connect(str(folder / "指标.duckdb"))
    base.execute(f"CREATE TABLE 指标 ({', '.join(f'{name} VARCHAR' for name in HEADER)})")
    base.executemany("INSERT INTO 指标 VALUES (?, ?, ?, ?, ?, ?)", [list(row) for row in ROWS])
    base.close()
    return str(folder / "指标.duckdb")


INPUTS = (as_csv, as_gb, as_excel_csv, as_parquet, as_lines, as_workbook, as_sqlite, as_duckdb)


@pytest.mark.parametrize("written", INPUTS, ids=lambda function: function.__name__)
def test_every_input_gives_the_same_scores(written: Callable[[Path], str], tmp_path: Path) -> None:
    done = desk.batch(written(tmp_path), tmp_path / "得分.csv", scheme=SCHEME)
    got = read(tmp_path / "得分.csv")
    assert [row["score"] for row in got] == SCORES
    assert [row["status"] for row in got] == STATUSES
    assert [row["实际完成值"] for row in got] == [row[3] for row in ROWS], "what was typed stays as typed"
    assert done.rows == 5
    assert done.statuses["executable"] == 2


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_of_a_postgresql_database(tmp_path: Path) -> None:
    psycopg = pytest.importorskip("psycopg", reason="needs the extra postgres")
    with server(tmp_path / "server") as address:
        with psycopg.connect(address, autocommit=True) as base:
            base.execute("DROP TABLE IF EXISTS public.indicator_rows")
            base.execute(f"CREATE TABLE indicator_rows ({', '.join(f'{name} text' for name in HEADER)})")
            base.cursor().executemany("INSERT INTO indicator_rows VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
        output = tmp_path / "得分.csv"
        desk.batch(address, output, scheme=SCHEME, table="indicator_rows", engine="postgres", server=address)
        assert [row["score"] for row in read(output)] == SCORES


def test_outputs(tmp_path: Path) -> None:
    """Parquet keeps exact decimals, JSON lines texts, a workbook numbers; a row without a score stays blank."""
    address = as_csv(tmp_path)
    for ending in ("parquet", "jsonl", "xlsx"):
        desk.batch(address, tmp_path / f"得分.{ending}", scheme=SCHEME)
    table = pq.read_table(tmp_path / "得分.parquet")
    assert pa.types.is_decimal(table.schema.field("score").type)
    assert [None if one is None else str(one) for one in table["score"].to_pylist()] == [
        "9.25",
        "3.33",
        None,
        None,
        None,
    ]
    lines = [json.loads(line) for line in (tmp_path / "得分.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["score"] for line in lines] == ["9.25", "3.33", None, None, None]
    sheet = openpyxl.load_workbook(tmp_path / "得分.xlsx").worksheets[0]
    assert [row[6].value for row in sheet.iter_rows(min_row=2)] == [9.25, 3.33, None, None, None]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside the outputs"


def test_totals_and_summary(tmp_path: Path) -> None:
    """A total says how much of the weight has a score: a sum over half a form is no total."""
    done = desk.batch(as_csv(tmp_path), tmp_path / "得分.csv", scheme=SCHEME)
    assert [path.name for path in done.outputs] == [
        "得分.csv",
        "得分.totals.csv",
        "得分.summary.csv",
        "得分.rules.csv",
    ]
    totals = read(tmp_path / "得分.totals.csv")
    assert [
        (one["表号"], one["rows"], one["scored"], one["weight"], one["weight_scored"], one["score"]) for one in totals
    ] == [
        ("A", "2", "2", "15.00", "15.00", "12.58"),
        ("B", "3", "0", "19.50", "", ""),
    ]
    summary = read(tmp_path / "得分.summary.csv")
    assert [(one["region"], one["executable"], one["gap"]) for one in summary] == [("东", "2", "0"), ("西", "0", "1")]


def test_rules_nobody_can_apply_are_listed_to_be_sent_back(tmp_path: Path) -> None:
    """One line for each rule and place, the most used first, with the reason; sound rules and judged rows are not in it."""
    unread, broken, sound = "=详见附件三", "≥85%得满分；75%以下得0分", "达到85%得满分，否则不得分"
    path = tmp_path / "指标.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("地区", "评分标准", "指标值", "实际完成值", "分值"))
        for place, rule, actual in (
            ("乙县", broken, "80%"),
            ("甲县", unread, "80%"),
            ("甲县", broken, "90%"),
            ("甲县", broken, "80%"),
            ("甲县", sound, "70%"),
            ("甲县", sound, ""),
            ("甲县", "", "70%"),
        ):
            lines.writerow((place, rule, "≥85%", actual, "10"))
    done = desk.batch(str(path), tmp_path / "得分.parquet", scheme=SCHEME)
    assert done.faulty == 2
    got = read(tmp_path / "得分.rules.csv")
    assert [(one["rule"], one["地区"], one["rows"], one["without_score"], one["status"]) for one in got] == [
        (broken, "乙县", "1", "1", "gap"),
        (broken, "甲县", "2", "1", "gap"),
        ("'" + unread, "甲县", "1", "1", "defective"),
    ]
    assert "80%" in got[0]["why"]
    assert "没有规定" in got[0]["why"]
    assert "没有读懂" in got[2]["why"]


def test_findings_name_the_codes_of_a_rule(tmp_path: Path) -> None:
    desk.batch(as_csv(tmp_path), tmp_path / "得分.csv", scheme=SCHEME, findings=True)
    found = [row["findings"] for row in read(tmp_path / "得分.csv")]
    assert "R01" in found[3] or "R02" in found[3], found
    assert found[0] == ""


def test_several_inputs_by_their_nouns(tmp_path: Path) -> None:
    """A rule of several inputs takes them as a JSON object in the cell."""
    path = tmp_path / "指标.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rule = "每脱岗1次扣1分，每迟到早退1次扣0.5分，扣完为止"
        csv.writer(file).writerows(
            [("评分标准", "实际完成值", "分值"), (rule, '{"脱岗": "1次", "迟到早退": "3次"}', "5"), (rule, "2次", "5")]
        )
    desk.batch(str(path), tmp_path / "得分.csv", scheme=SCHEME)
    assert [row["score"] for row in read(tmp_path / "得分.csv")] == ["2.50", ""]


def test_a_column_of_ones_own_is_kept(tmp_path: Path) -> None:
    """A printed score stays; the computed one stands beside it."""
    path = tmp_path / "指标.csv"
    path.write_text("评分标准,指标值,实际完成值,分值,score\n达到5次得满分,5次,5次,4,3.9\n", encoding="utf-8")
    desk.batch(str(path), tmp_path / "得分.csv", scheme=SCHEME)
    (row,) = read(tmp_path / "得分.csv")
    assert (row["score"], row["computed_score"]) == ("3.9", "4.00")


# --- opened with a spreadsheet ----------------------------------------------------------------------------------------

FORMULAS = (
    '=HYPERLINK("http://x.example","看")',
    "=实际完成值/目标值×分值",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "'=1+1",
    "''=1+1",
)
NUMBERS = ("-5", "+3.5%", "-1,200", "-0.07", "0012", "-", "'05", "—")


def test_a_csv_opens_in_excel_as_utf_8(tmp_path: Path) -> None:
    """Without the mark Excel reads Chinese as the code page of the computer; the totals are opened, too."""
    done = desk.batch(as_csv(tmp_path), tmp_path / "得分.csv", scheme=SCHEME)
    for path in done.outputs:
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), path.name
        assert raw.count(b"\xef\xbb\xbf") == 1, path.name
        assert raw.endswith(b"\n"), path.name
        assert not raw.endswith(b"\n\n"), path.name
    desk.batch_sample(tmp_path / "示例.csv", 20)
    assert (tmp_path / "示例.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    again = desk.batch(str(tmp_path / "示例.csv"), tmp_path / "示例得分.csv", scheme=SCHEME)
    assert again.rows == 20


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx"])
def test_no_text_of_the_input_becomes_a_formula(ending: str, tmp_path: Path) -> None:
    """Texts are kept from being computed, numbers stay numbers, and what is read back is what was there."""
    rows = [*FORMULAS, *NUMBERS]
    header = ("=备注", "评分标准", "指标值", "实际完成值", "分值", "form_id")
    lines = [(note, "达到5次得满分", "5次", "5次", "4", note) for note in rows]
    pq.write_table(
        pa.table({name: pa.array([line[i] for line in lines]) for i, name in enumerate(header)}),
        tmp_path / "in.parquet",
    )
    output = tmp_path / f"得分.{ending}"
    desk.batch(str(tmp_path / "in.parquet"), output, scheme=SCHEME)
    assert shown_as_formulas(output) == []
    if ending != "xlsx":
        assert shown_as_formulas(tmp_path / "得分.totals.csv") == []
        held = cells(output)
        assert held[0][0] == "'=备注"
        assert [row[0] for row in held[1:]][len(FORMULAS) :] == [*NUMBERS], "a number is left as it stands"
    desk.batch(str(output), tmp_path / "again.parquet", scheme=SCHEME)
    table = pq.read_table(tmp_path / "again.parquet")
    assert table.column_names[0] == "=备注"
    # A sheet shows no tab or carriage return at the beginning of a cell.
    seen = [note.strip() for note in rows] if ending == "xlsx" else rows
    got = table["=备注"].to_pylist()
    assert ([one.strip() for one in got] if ending == "xlsx" else got) == seen
    assert [str(one) for one in table["computed_score"].to_pylist()] == ["4.00"] * len(rows)


def cells(path: Path) -> list[list[str]]:
    """A separated file as a spreadsheet takes it apart."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def shown_as_formulas(path: Path) -> list[str]:
    """The cells that a spreadsheet would compute, now or when somebody edits them."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        found = [cell for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in found)
        return [
            str(cell.value) for cell in found if str(cell.value).startswith(("=", "+1", "@")) and not cell.quotePrefix
        ]
    texts = [text for row in cells(path) for text in row]
    return [text for text in texts if text.startswith(tuple("=+-@\t\r＝")) and text not in NUMBERS]


# --- readings that people have confirmed ------------------------------------------------------------------------------


def test_confirmed_readings_come_first(tmp_path: Path) -> None:
    """Two readings of one rule give no score; confirmed for a row, one of them holds there and nowhere else."""
    path = tmp_path / "指标.csv"
    rule = "完成目标得满分"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ("指标名称", "评分标准", "指标值", "实际完成值", "分值"),
                ("培训期数", rule, "10期", "8期", "5"),
                ("培训期数", f" {rule} ", "10期", "9期", "5"),
                ("培训人数", rule, "10期", "8期", "5"),
                ("培训期数", "达到10期得满分，每少1期扣1分", "10期", "8期", "5"),
            ]
        )
    desk.batch(str(path), tmp_path / "得分.csv", scheme=SCHEME)
    before = [(row["score"], row["status"]) for row in read(tmp_path / "得分.csv")]
    assert before == [("", "ambiguous"), ("", "ambiguous"), ("", "ambiguous"), ("3.00", "executable")]
    context = Context("培训期数", "10期", "5")
    tree = read_rule(rule, context).trees[0]
    accept(tmp_path / "已确认.jsonl", rule, context, tree, by="测试员", at="2026-01-05")
    book = desk.load_accepted(tmp_path / "已确认.jsonl")
    desk.batch(str(path), tmp_path / "得分.csv", scheme=SCHEME, accepted=book)
    after = [(row["score"], row["status"]) for row in read(tmp_path / "得分.csv")]
    assert after == [("4.00", "executable"), ("4.50", "executable"), *before[2:]]


def test_a_run_with_another_book_is_not_mixed_up(many: Path, tmp_path: Path) -> None:
    book_path, context = tmp_path / "已确认.jsonl", Context("培训期数", "10期", "5")
    accept(book_path, "完成目标得满分", context, Const(Fraction(3), "分"), by="测试员", at="2026-01-05")
    with pytest.raises(Killed):
        desk.batch(str(many), tmp_path / "out.parquet", scheme=SCHEME, chunk=1_000, progress=killer(2_000))
    book = desk.load_accepted(book_path)
    with pytest.raises(BatchError, match="输入文件或参数与现在不同"):
        desk.batch(str(many), tmp_path / "out.parquet", scheme=SCHEME, chunk=1_000, accepted=book)


# --- broken off -------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Path:
    pq.write_table(pa.concat_tables(rows(5_000, templates=5)), tmp_path / "many.parquet", row_group_size=700)
    return tmp_path / "many.parquet"


class Killed(BaseException):
    """What a kill looks like from inside."""


def killer(at: int) -> Callable[[int, int | None], None]:
    def progress(done: int, count: int | None) -> None:
        assert count == 5_000
        if done >= at:
            raise Killed

    return progress


def test_a_killed_run_goes_on_where_it_stopped(many: Path, tmp_path: Path) -> None:
    """No row is lost or repeated, whatever the moment; the result is that of one run."""
    whole, broken = tmp_path / "whole.parquet", tmp_path / "broken.parquet"
    desk.batch(str(many), whole, scheme=SCHEME)
    for at in (1_000, 3_000, 5_000):
        with pytest.raises(Killed):
            desk.batch(str(many), broken, scheme=SCHEME, chunk=1_000, progress=killer(at))
        assert not broken.exists()
    # A kill between the file of a chunk and its mention leaves a file that nobody has named.
    (tmp_path / ".broken.parquet.parts" / "part-000005.parquet").write_bytes(b"half a file")
    done = desk.batch(str(many), broken, scheme=SCHEME, chunk=1_000)
    assert done.resumed == 5_000
    assert pq.read_table(broken).to_pylist() == pq.read_table(whole).to_pylist()
    assert sum(done.statuses.values()) == 5_000


def test_a_run_with_another_input_is_not_mixed_up(many: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    with pytest.raises(Killed):
        desk.batch(str(many), output, scheme=SCHEME, chunk=1_000, progress=killer(2_000))
    with pytest.raises(BatchError, match=r"没有做完的计算.*--afresh"):
        desk.batch(as_csv(tmp_path), output, scheme=SCHEME)
    desk.batch(as_csv(tmp_path), output, scheme=SCHEME, afresh=True)
    assert len(read(output)) == 5


def test_a_run_after_a_whole_one_begins_anew(tmp_path: Path) -> None:
    address, output = as_csv(tmp_path), tmp_path / "得分.csv"
    for _ in range(2):
        assert desk.batch(address, output, scheme=SCHEME).resumed == 0


# --- what users are told ----------------------------------------------------------------------------------------------


def trouble(tmp_path: Path) -> Iterator[tuple[str, dict[str, Any], str]]:
    (tmp_path / "空.csv").write_text("评分标准,实际完成值,分值\n", encoding="utf-8")
    (tmp_path / "缺列.csv").write_text("规则说明,完成值\n", encoding="utf-8")
    (tmp_path / "歪.csv").write_text("评分标准,实际完成值,分值\na,b\n", encoding="utf-8")
    (tmp_path / "坏.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "坏.jsonl").write_text('{"rule": "x"\n', encoding="utf-8")
    (tmp_path / "图.png").write_bytes(b"\x89PNG")
    as_csv(tmp_path)
    yield "没有.csv", {}, "找不到文件.*没有.csv"
    yield "空.csv", {}, "没有一行数据"
    yield "缺列.csv", {}, "缺少必需的列：评分标准（rule）、分值（weight）。现有的列：规则说明、完成值"
    yield "歪.csv", {}, "歪.csv 不是规整的表格.*2列，表头有3列"
    yield "坏.parquet", {}, "坏.parquet 读不出来"
    yield "坏.jsonl", {}, "坏.jsonl 第1行不是有效的 JSON"
    yield "图.png", {}, "不认识 图.png 的格式。可以用：parquet、csv"
    yield "指标.csv", {"engine": "oracle"}, "没有引擎“oracle”。可以用：duckdb、postgres、spark"
    yield "指标.csv", {"engine": "postgres"}, "--server 写明 PostgreSQL 的地址|没有安装 PostgreSQL"
    yield "指标.csv", {"form": "项目"}, "没有列“项目”，不能按它汇总。现有的列：表号、"


def test_mistakes_are_told_in_plain_words(tmp_path: Path) -> None:
    for name, wishes, message in trouble(tmp_path):
        with pytest.raises(BatchError, match=message):
            desk.batch(str(tmp_path / name), tmp_path / "out.csv", scheme=SCHEME, **wishes)
    with pytest.raises(BatchError, match=r"不能写 \.pdf 文件"):
        desk.batch(as_csv(tmp_path), tmp_path / "out.pdf", scheme=SCHEME)


def test_a_database_of_several_tables_asks_which(tmp_path: Path) -> None:
    address = as_sqlite(tmp_path)
    with sqlite3.connect(address) as base:
        base.execute("CREATE TABLE 别的 (a)")
    with pytest.raises(BatchError, match="有 2 个表（指标、别的），请用 --table 指明"):
        desk.batch(address, tmp_path / "out.csv", scheme=SCHEME)
    with pytest.raises(BatchError, match="没有表“无”"):
        desk.batch(address, tmp_path / "out.csv", scheme=SCHEME, table="无")
    assert desk.batch(address, tmp_path / "out.csv", scheme=SCHEME, table="指标").rows == 5


def test_the_sample_is_the_same_every_time(tmp_path: Path) -> None:
    desk.batch_sample(tmp_path / "a.parquet", 300)
    desk.batch_sample(tmp_path / "b.csv", 300)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 300
    assert [str(one) for one in table["actual"].to_pylist()] == [row["actual"] for row in read(tmp_path / "b.csv")]
    assert len(set(table["form_id"].to_pylist())) == 30
