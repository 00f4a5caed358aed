"""A library as a table: what people type is understood or named, and nothing is lost on the way out and in."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.library.book import Text, columns, entries_of, rows_of
from hengjian.library.shelves import Direction, Entry, UsualTarget, indicators
from hengjian.values.finding import Problem
from hengjian.values.place import Place


def table(*rows: str) -> list[list[Text]]:
    """Rows of cells parted by ``|``, with the places a workbook gives them."""
    return [
        [
            Text(text.strip(), Place(sheet="指标", cell=f"{string.ascii_uppercase[at]}{number}"))
            for at, text in enumerate(row.split("|"))
        ]
        for number, row in enumerate(rows, 1)
    ]


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.code, problem.place.cell or "" if problem.place else "") for problem in problems]


def written(entries: tuple[Entry, ...]) -> list[list[Text]]:
    return [[Text(column.heading) for column in columns()], *([Text(text) for text in row] for row in rows_of(entries))]


def test_shipped_library_comes_back_exactly() -> None:
    assert entries_of(written(indicators())) == (indicators(), ())


word = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="｜"), min_size=1, max_size=12)
blank = word | st.just("")
entry = st.builds(
    Entry,
    name=word,
    level1=word,
    level2=word.filter(lambda text: text not in {"数量", "质量", "时效"}),
    direction=st.sampled_from(Direction),
    code=blank,
    unit=blank,
    formula=blank,
    rule=blank,
    note=blank,
    targets=st.lists(st.builds(UsualTarget, word, word, st.booleans()), max_size=3).map(tuple),
    sources=st.lists(word, max_size=3).map(tuple),
    verified=st.booleans(),
)


@given(st.lists(entry, max_size=4, unique_by=lambda one: one.code or one.level2 + one.name))
def test_any_library_comes_back_exactly(entries: list[Entry]) -> None:
    assert entries_of(written(tuple(entries))) == (tuple(entries), ())


def test_headings_of_other_systems_in_any_order_below_a_title() -> None:
    rows = table(
        "某县绩效指标库",
        "三级指标 | 层次分类 | 计算 符号 | 指标值 | 评（扣）分标准",
        "培训期次 | 数量 | ＞＝ | 12期 | ",
        "培训期次合格率 | 质量指标 | 正向指标 |  | 按比例",
        "| | | |",
    )
    rows[2][2] = Text(">=")
    entries, problems = entries_of(rows)
    assert problems == ()
    assert [(one.name, one.level1, one.level2, one.direction) for one in entries] == [
        ("培训期次", "产出指标", "数量指标", Direction.UP),
        ("培训期次合格率", "产出指标", "质量指标", Direction.UP),
    ]
    assert entries[0].targets == (UsualTarget("12期"),)


def test_sign_is_taken_from_the_target_where_its_column_is_missing() -> None:
    entries, problems = entries_of(table("指标名称|二级指标|指标值", "单价|经济成本|≤55元/卷", "卷数|数量|=8卷"))
    assert problems == ()
    assert [one.direction for one in entries] == [Direction.DOWN, Direction.FIXED]


@pytest.mark.parametrize(
    ("row", "code", "cell", "says"),
    [
        ("|数量指标|≥|", "L02", "A2", "指标名称"),
        ("培训期次||≥|", "L02", "B2", "指标“培训期次”没有填“二级指标”"),
        ("培训期次|数量指标||", "L02", "C2", "计算符号"),
        ("培训期次|数量指标||12期", "L02", "C2", "计算符号"),
        ("培训期次|数量指标|很好|", "L03", "C2", "“很好”"),
        ("培训期次|我县特色|≥|", "L02", "A2", "一级指标"),
    ],
)
def test_row_that_is_not_understood_is_named_and_left_out(row: str, code: str, cell: str, says: str) -> None:
    entries, problems = entries_of(table("指标名称|二级指标|计算符号|指标值", row, "出勤率|质量指标|≥|≥90%"))
    assert [one.name for one in entries] == ["出勤率"]
    assert told(problems) == [(code, cell)]
    assert says in problems[0].message
    assert "没有读入" in problems[0].message


def test_code_or_name_twice() -> None:
    entries, problems = entries_of(
        table(
            "编码|指标名称|二级指标|计算符号",
            "A-1|出勤率|质量指标|≥",
            "A-1|通过率|质量指标|≥",
            "|参训率|质量指标|≥",
            "|参训率|质量指标|≥",
            "|参训率|数量指标|≥",
        )
    )
    assert [(one.code, one.name) for one in entries] == [("A-1", "出勤率"), ("", "参训率"), ("", "参训率")]
    assert told(problems) == [("L04", "A3"), ("L04", "B5")]
    assert "编码“A-1”重复（前一次在工作表“指标” A2）" in problems[0].message


def test_targets_and_their_sources_must_match() -> None:
    rows = table("指标名称|二级指标|计算符号|常用指标值|指标值出处", "成本|经济成本|≤|≤550元｜≤650元|某办法")
    entries, problems = entries_of(rows)
    assert (entries, told(problems)) == ((), [("L03", "E2")])
    assert "有2个常用指标值，“指标值出处”却有1个" in problems[0].message


def test_unknown_column_is_named_once_and_the_rest_is_read() -> None:
    entries, problems = entries_of(table("指标名称|二级指标|计算符号|幸运数字", "出勤率|质量指标|≥|7"))
    assert len(entries) == 1
    assert told(problems) == [("L05", "D1")]
    assert "幸运数字" in problems[0].message


def test_table_that_is_no_library() -> None:
    entries, problems = entries_of(table("姓名|电话", "张三|1"))
    assert (entries, told(problems)) == ((), [("L01", "A1")])
    assert "“指标名称”、“二级指标”" in problems[0].message
    assert entries_of(())[1][0].code == "L01"
