"""R, and D14-D19: what the rule room notices is told for the row, once for each code, under the level of the catalogue."""

import pytest

from audit.forms import DECLARATION, EVALUATION, draw, found

RULE = "≥90%得30分；80%≤留存率＜90%得25分；＜80%不得分"

DEFECTS = [
    ("R01", "高于90%得30分；低于90%得10分"),
    ("R02", "≥90%得30分；80%≤留存率≤90%得25分；＜80%不得分"),
    ("R04", "≥90%得30分；80%≤留存率＜70%得25分；＜90%不得分"),
    ("R05", "≥90%得30分；80%≤留存率＜90得25分；＜80%不得分"),
    ("R07", "达到90%得30分，每低1个百分点扣5分"),
    ("R10", "按县里去年的老办法来"),
]


@pytest.mark.parametrize(("code", "rule"), DEFECTS)
def test_a_defect_of_a_rule_is_told_for_its_row(code: str, rule: str) -> None:
    (finding,) = found(code, draw(EVALUATION, (RULE, rule)))
    assert finding.indicator == "人才留存率"
    assert finding.field == "rule"
    assert finding.message
    assert finding.printed in rule


@pytest.mark.parametrize("code", ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R10", "D18", "D19"])
def test_a_sound_rule_is_left_alone(code: str) -> None:
    assert [finding.indicator for finding in found(code, draw(EVALUATION))] == []


BANDS = ("name | target | weight", "name | target | weight | bands.优 | bands.良 | bands.中 | bands.差")
ROW = "整理干部档案卷数 | ≥3000卷 | 20"


def banded(name: str, *bands: str) -> tuple[str, str]:
    """The edit that prints grades for a row."""
    return ROW, f"{name} | ~ | 20 | {' | '.join(bands)}"


@pytest.mark.parametrize(
    ("code", "name", "bands"),
    [
        ("D14", "项目落地数", ("＞4项", "＜4项，＞2项", "＜2项", "无")),
        ("D16", "到岗率", ("95%以上", "95%-80%", "80%-70%", "70%以下")),
        ("D17", "培训完成率", ("100%", "90%", "80%", "70%")),
        ("D15", "考核完成率", ("90%以上", "80%以上", "60%以上", "60%以下")),
        ("D05", "系统安全运行率", ("0次", "1次", "2次", "3次")),
    ],
)
def test_printed_grades(code: str, name: str, bands: tuple[str, ...]) -> None:
    form = draw(DECLARATION, BANDS, banded(name, *bands))
    (finding,) = found(code, form)
    assert (finding.indicator, finding.field) == (name, "bands")


@pytest.mark.parametrize("code", ["D14", "D15", "D16", "D17", "D05"])
def test_grades_that_touch_without_overlap(code: str) -> None:
    sound = banded("到岗率", "95%（含）以上", "80%（含）—95%（不含）", "70%（含）—80%（不含）", "70%（不含）以下")
    assert not found(code, draw(DECLARATION, BANDS, sound))


def test_d18_a_number_of_another_row() -> None:
    (finding,) = found(
        "D18", draw(EVALUATION, ("达到500人得满分，每少5人扣1分，扣完为止", "达到5000人得满分，每少5人扣1分，扣完为止"))
    )
    assert finding.indicator == "发放补贴人数"
    assert not found(
        "F08", draw(EVALUATION, ("达到500人得满分，每少5人扣1分，扣完为止", "达到5000人得满分，每少5人扣1分，扣完为止"))
    )
