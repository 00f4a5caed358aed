"""One indicator table held as several grids, page by page."""

import pytest

from forms.grids import drawn
from hengjian.forms.continuation import join_tables
from hengjian.forms.layout import Block, Grid, Layout, Line, Source
from hengjian.values.place import Place

HEADER = "一级指标|二级指标|三级指标|指标值|实际完成值|分值|得分"
FIRST = drawn(f"{HEADER}\n产出指标|数量指标|培训人数|200人|200人|50|50")
REST = "|质量指标|合格率|95%|95%|40|40\n总分|<|<|<|<|90|90"


def joined(*blocks: Block) -> Layout:
    return join_tables(Layout(Source("表.docx", "docx", ""), blocks, breaks=tuple(range(1, len(blocks)))))


@pytest.mark.parametrize("between", [(), (Line("- 2 -"),), (Line("（续表）"), Line(""))])
@pytest.mark.parametrize("head", ["", HEADER + "\n"])
def test_the_rest_of_a_table_is_appended(between: tuple[Line, ...], head: str) -> None:
    layout = joined(Line("绩效自评表"), FIRST, *between, drawn(head + REST), Line("填表说明"))
    line, grid, after = layout.blocks
    assert isinstance(grid, Grid)
    assert (grid.rows, grid.page_breaks) == (4 + bool(head), (2,))
    assert grid.at(grid.rows - 1, 6) is not None
    assert (line, after) == (Line("绩效自评表"), Line("填表说明"))
    assert layout.breaks == (1, 2)


@pytest.mark.parametrize(
    "blocks",
    [
        (FIRST, Line("附件2  另一项目绩效自评表"), drawn(REST)),  # a title stands between
        (drawn(f"{HEADER}\n产出指标|数量指标|培训人数|200人|200人|50|50\n总分|<|<|<|<|50|50"), drawn(REST)),  # ended
        (FIRST, drawn("填表人|某人|联系电话|||日期|")),  # signatures
        (FIRST, drawn("项目名称|某项目|<|主管部门|某部门|<|<")),  # the next form
        (FIRST, drawn("质量指标|合格率|95%|95%|40|40")),  # another width
        (FIRST, drawn("采购品名|数量|金额||||\n印刷|1批|3||||")),  # another table
        (Grid(FIRST.cells, 2, 7, Place(sheet="甲")), Grid(drawn(REST).cells, 2, 7, Place(sheet="乙"))),  # another sheet
    ],
)
def test_other_grids_stay_apart(blocks: tuple[Block, ...]) -> None:
    assert joined(*blocks).blocks == blocks
