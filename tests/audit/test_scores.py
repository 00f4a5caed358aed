"""F · weights, scores, arithmetic: one defect and its correct neighbours for every code."""

import pytest

from audit.forms import DECLARATION, EVALUATION, OVERALL, SELF_EVALUATION, audit, draw, found, ledger
from hengjian.rules.scheme import load_scheme

TOTAL = ("total.score: 99.44", "total.score: ")

DEFECTS = [
    ("F01", DECLARATION, [("≤480元/卷 | 20", "≤480元/卷 | 22")], None, "指标92"),
    ("F01", SELF_EVALUATION, [("12期 | 10 | 10", "12期 | 8 | 8")], None, "指标88 + 预算执行率10 = 98；应为100"),
    ("F01", SELF_EVALUATION, [("total.weight: 100", "total.weight: 98"), ("12期 | 10 | 10", "12期 | 8 | 8")], None, "应为100"),
    ("F01", SELF_EVALUATION, [("total.weight: 100", "total.weight: 110")], None, "应为填报的合计110"),
    ("F01", EVALUATION, [("≥500人 | 480人 | 30", "≥500人 | 480人 | 25")], None, "指标95"),
    ("F02", DECLARATION, [("≥3000卷 | 20", "≥3000卷 | 25"), ("≤480元/卷 | 20", "≤480元/卷 | 15")], None, "成本15"),
    ("F03", EVALUATION, [("年审 | 30 | 30", "年审 | 30 | 31")], None, "填报31"),
    ("F04", SELF_EVALUATION, [("12期 | 10 | 10", "12期 |  | 10")], "集中培训期数", ""),
    ("F04", SELF_EVALUATION, [("12期 | 10 | 10", "12期 | 0 | 0")], "集中培训期数", ""),
    ("F05", DECLARATION, [("≥3000卷 | 20", "≥3000卷 | 50")], "整理干部档案卷数", "50 ÷ 120"),
    ("F07", SELF_EVALUATION, [("12期 | 10 | 10", "12期 | 10 | 11")], "集中培训期数", "11 > 10"),
    ("F07", SELF_EVALUATION, [("12期 | 10 | 10", "12期 | 10 | -1")], "集中培训期数", "-1 < 0"),
    ("F08", SELF_EVALUATION, [("10 | 9.79", "10 | 9.5")], "参训学员人次", "940人次 ÷ 960人次 × 10 = 9.79；填报9.5；少计0.29"),
    ("F08", SELF_EVALUATION, [("96.2% | 10 | 10", "96.2% | 10 | 9")], "学员结业合格率", "少计1"),
    ("F08", SELF_EVALUATION, [("405元/人·天 | 20 | 20", "462元/人·天 | 20 | 17")], "培训单位成本", "少计1"),
    ("F08", EVALUATION, [("480人 | 30 | 26", "480人 | 30 | 27")], "发放补贴人数", "填报27"),
    ("F09", SELF_EVALUATION, [("10 | 9.79", "10 | 10")], "参训学员人次", "多计0.21"),
    ("F09", SELF_EVALUATION, [("405元/人·天 | 20 | 20", "462元/人·天 | 20 | 20")], "培训单位成本", "填报20"),
    ("F09", SELF_EVALUATION, [("2024年11月20日 | 10 | 10", "2024年12月20日 | 10 | 10")], "培训计划完成时间", ""),
    ("F10", SELF_EVALUATION, [("total.score: 99.44", "total.score: 99.74")], None, "指标得分89.79 + 预算执行率9.65 = 99.44；填报99.74"),
    ("F10", OVERALL, [("total.score: 99.00", "total.score: 98.00")], None, "89.2 + 预算执行率9.80 = 99.00"),
    ("F11", SELF_EVALUATION, [("148.00 | 142.47 | — | 96.26% | —", "148.00 | 142.47 | 10 | 96.26% | 9.63"), ("total.score: 99.44", "total.score: 109.07")], None, "应为99.44"),
    ("F12", EVALUATION, [("grade: 良", "grade: 优")], None, "总分85 → 良"),
    ("F12", EVALUATION, [("grade: 良", "conclusion: 综合得分85分，评价等级为“优”。")], None, "总分85 → 良"),
    ("F13", SELF_EVALUATION, [("10 | 9.79", "10 | 9.7")], None, "9.7917→9.7"),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "帮带机制健全 | 部分达成年度指标并具有一定效果 | 20 | 19")], "基层难题办结率", "20 × 60%～80%"),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "帮带机制健全 | 达成年度指标 | 20 | 15")], "基层难题办结率", "20 × 80%～100%"),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "运行稳定 | 基本运行稳定 | 20 | 20")], "基层难题办结率", "填报20 = 分值20"),
    ("F15", OVERALL, [("88 | 30 | 30", "88 | 30 | 26.4")], "三公经费控制率", "填报26.4"),
    ("F16", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 94.80 | 10 | 60.00% | 6.00"), ("total.score: 99.44", "total.score: 95.79")], None, "执行率60.00%"),
    ("F17", SELF_EVALUATION, [("940人次 | 10 | 9.79", "960人次 | 10 | 10"), ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 158.00 | 10 | 100.00% | 10"), ("total.score: 99.44", "total.score: 100")], None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "derivation"), DEFECTS)
def test_a_defect_is_told(
    code: str, drawing: str, edits: list[tuple[str, str]], indicator: str | None, derivation: str
) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert derivation in finding.derivation


NEAR_MISSES = [
    ("F01", SELF_EVALUATION, []),
    ("F01", DECLARATION, []),
    ("F01", DECLARATION, [("≤480元/卷 | 20", "≤480元/卷 | 30")]),  # 100 without the execution rate
    ("F01", SELF_EVALUATION, [("total.weight: 100", "total.weight: 90")]),  # the total of the indicators
    ("F01", SELF_EVALUATION, [("12期 | 10 | 10", "12期 | 10.0005 | 10")]),
    ("F02", SELF_EVALUATION, [("成本指标 | 经济成本指标", "产出指标 | 成本指标"), ("88% | 20 | 20", "88% | 30 | 30"), ("≤420元/人·天 | 405元/人·天 | 20 | 20", "≤420元/人·天 | 405元/人·天 | 10 | 10")]),  # 50 / 30 / 10
    ("F03", EVALUATION, []),
    ("F04", SELF_EVALUATION, [("12期 | 12期 | 10 | 10", "12期 | — | — | —")]),
    ("F05", DECLARATION, []),
    ("F07", SELF_EVALUATION, []),
    ("F08", SELF_EVALUATION, [("10 | 9.79", "10 | 9.8")]),
    ("F08", SELF_EVALUATION, [("10 | 9.79", "10 | 9.7")]),
    ("F08", SELF_EVALUATION, [("405元/人·天 | 20 | 20", "462元/人·天 | 20 | 18")]),  # R1: 20 × (1 − 42/420)
    ("F08", SELF_EVALUATION, [("405元/人·天 | 20 | 20", "462元/人·天 | 20 | 18.18")]),  # R2: 420 ÷ 462 × 20
    ("F08", SELF_EVALUATION, [("94% | 10 | 10", "85% | 10 | 8")]),  # bands of 101号
    ("F08", SELF_EVALUATION, [("2024年11月20日 | 10 | 10", "2024年12月20日 | 10 | 8")]),  # what late costs is not said
    ("F08", SELF_EVALUATION, [("≥12期 | 12期 | 10 | 10", "≥12期 | 18期 | 10 | 8")]),  # points off for a low target
    ("F08", SELF_EVALUATION, [("≥12期 | 12期 | 10 | 10", "≥12期 | 5期 | 10 | 0")]),  # under a passing threshold
    ("F08", SELF_EVALUATION, [("940人次 | 10 | 9.79", "940人 | 10 | 9")]),  # D04: cannot be compared
    ("F09", SELF_EVALUATION, [("12期 | 12期", "0.96千人次 | 960人次")]),
    ("F09", SELF_EVALUATION, [("2024年11月底前 | 2024年11月20日", "11月底前 | 11月30日")]),
    ("F10", SELF_EVALUATION, [("total.score: 99.44", "total.score: 99.4")]),
    ("F10", SELF_EVALUATION, [("total.score: 99.44", "total.score: 89.44"), ("12期 | 12期 | 10 | 10", "12期 | — | — | —")]),
    ("F10", SELF_EVALUATION, [TOTAL]),
    ("F11", SELF_EVALUATION, [("148.00 | 142.47 | — | 96.26% | —", "148.00 | 142.47 | 10 | 96.26% | 9.63")]),
    ("F12", EVALUATION, [("total.score: 85", "total.score: 80")]),
    ("F12", EVALUATION, [("grade: 良", "grade: 优秀"), ("total.score: 85", "total.score: 90.00")]),
    ("F12", EVALUATION, [("grade: 良", "grade: 差"), ("total.score: 85", "total.score: 59.99")]),
    ("F12", EVALUATION, [("grade: 良", "conclusion: 结果优于上年，评价等级为良。")]),
    ("F13", SELF_EVALUATION, []),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "帮带机制健全 | 部分达成年度指标并具有一定效果 | 20 | 15.9")]),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "帮带机制健全 | 达成年度指标 | 20 | 16")]),
    ("F14", SELF_EVALUATION, [("≥85% | 88% | 20 | 20", "运行稳定 | 运行稳定 | 20 | 20")]),
    ("F15", OVERALL, []),
    ("F16", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 126.40 | 10 | 80.00% | 8.00"), ("total.score: 99.44", "total.score: 97.79")]),
    ("F17", SELF_EVALUATION, []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def test_the_more_specific_of_two_labels() -> None:
    def labels(*edits: tuple[str, str]) -> set[str]:
        return {
            f.code
            for f in audit(draw(SELF_EVALUATION, *edits)).findings
            if f.code in ("F07", "F08", "F09", "F14", "F15")
        }

    assert labels(("12期 | 10 | 10", "12期 | 10 | 11")) == {"F07"}
    assert labels(("10 | 9.79", "10 | 10")) == {"F09"}
    assert labels(("≥85% | 88% | 20 | 20", "运行稳定 | 基本运行稳定 | 20 | 20")) == {"F14"}


def test_f06_a_weight_changed_after_approval() -> None:
    plan = draw(
        DECLARATION,
        ("year: 2025", "year: 2024"),
        ("project: 云溪县干部档案整理项目", "project: 基层干部培训经费"),
        ("扫描图像合格率 | ≥98% | 10", "学员结业合格率 | ≥95% | 8"),
    )
    (finding,) = found("F06", plan, draw(SELF_EVALUATION))
    assert (finding.form, finding.indicator, finding.derivation) == (None, "学员结业合格率", "8 → 10")
    same = draw(
        DECLARATION,
        ("year: 2025", "year: 2024"),
        ("project: 云溪县干部档案整理项目", "project: 基层干部培训经费"),
        ("扫描图像合格率 | ≥98% | 10", "学员结业合格率 | ≥95% | 10"),
    )
    assert not found("F06", same, draw(SELF_EVALUATION))


@pytest.mark.parametrize(
    ("scheme", "score", "code"),
    [("jiangxi", "11", None), ("national-2020", "11", "F14"), ("jiangxi", "9.9", "F14")],
)
def test_f14_follows_the_scheme(scheme: str, score: str, code: str | None) -> None:
    """Jiangxi draws the line of 部分达成 at 50 %, not at 60 %."""
    row = ("≥85% | 88% | 20 | 20", f"帮带机制健全 | 部分达成年度指标并具有一定效果 | 20 | {score}")
    assert bool(found("F14", draw(SELF_EVALUATION, row), scheme=load_scheme(scheme))) == (code is not None)


@pytest.mark.parametrize(
    ("coefficient", "score", "wrong"), [("97.92%", "19.58", False), ("97.92%", "19.85", True), ("99%", "19.80", True)]
)
def test_f08_a_printed_coefficient(coefficient: str, score: str, wrong: bool) -> None:
    header = ("score | deviation\n培训期数", "score | deviation | coefficient\n培训期数")
    row = (
        "1460 | 30 | 29.2 | 年末一场活动改在次年1月举办，已列入2024年计划",
        f"1468.8 | 20 | {score} | 场地冲突，已补办 | {coefficient}",
    )
    assert bool(found("F08", draw(OVERALL, header, row))) is wrong


def test_a_whole_column_of_another_rule_accuses_nobody() -> None:
    """Three rows that all follow another rule show a practice, not three errors."""
    rows = [
        ("12期 | 12期 | 10 | 10", "12期 | 10期 | 10 | 7"),
        ("940人次 | 10 | 9.79", "800人次 | 10 | 6"),
        ("≥85% | 88% | 20 | 20", "≥85% | 70% | 20 | 13"),
    ]
    assert not found("F08", draw(SELF_EVALUATION, *rows))
    assert len(found("F08", draw(SELF_EVALUATION, *rows[:2]))) == 2


def test_f08_says_what_it_could_not_compute() -> None:
    only_words = [
        (" | ≤420元/人·天 | 405元/人·天", " | 节约 | 节约"),
        ("≥12期 | 12期", "齐全 | 齐全"),
        ("≥960人次 | 940人次", "足额 | 足额"),
        ("≥95% | 96.2%", "良好 | 良好"),
        ("2024年11月底前 | 2024年11月20日", "及时 | 及时"),
        ("≥85% | 88%", "显著 | 显著"),
        ("≥90% | 94%", "满意 | 满意"),
    ]
    entry = ledger(draw(SELF_EVALUATION, *only_words))["F08"]
    assert entry.outcome.value == "insufficient_data"
    assert "没有一行能按评分标准复算" in entry.reason


def test_the_recomputed_total_stands_beside_the_printed_one() -> None:
    (form,) = audit(
        draw(SELF_EVALUATION, ("10 | 9.79", "10 | 9.5"), ("total.score: 99.44", "total.score: 99.15"))
    ).forms
    assert (str(form.printed_total), str(form.case.recomputed_total), form.grade) == ("99.15", "99.44", "优")


def test_how_a_begun_step_counts_is_the_units_business_where_the_rule_is_silent() -> None:
    """94.5 % is half a step short of 95 %: 0.5 less, nothing less, or 1 less; 0.7 less is none of these."""
    rule = "到位率达到95%得满分，每低1个百分点扣1分，扣完为止"
    old = "资金到位率 | ≥100% | 96% | 20 | 16 | 到位率达到100%得满分，每低1个百分点扣1分，扣完为止"
    for score, codes in (("19.5", []), ("19", []), ("20", []), ("19.3", ["F08"])):
        form = draw(EVALUATION, (old, f"资金到位率 | ≥95% | 94.5% | 20 | {score} | {rule}"))
        assert [f.code for code in ("F08", "F09") for f in found(code, form)] == codes, score
