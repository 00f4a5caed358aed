"""Schemes as a finance bureau edits them: what is shipped, what is inherited, what a wrong file is told."""

from decimal import Decimal
from pathlib import Path

import pytest

from hengjian.forms.form import Form, Indicator, Kind, Printed
from hengjian.rules.scheme import Band, Scheme, SchemeError, load_scheme, scheme_for, schemes
from hengjian.values.rounding import NATIONAL


@pytest.mark.parametrize("name", schemes())
def test_every_shipped_scheme_loads_and_names_its_sources(name: str) -> None:
    scheme = load_scheme(name)
    assert scheme.title
    assert all(source for _, source in scheme.sources)
    assert set(scheme.verified) <= {field for field, _ in scheme.sources}


def test_the_national_scheme_holds_the_numbers_of_the_handbook() -> None:
    scheme = load_scheme("national-2020")
    assert dict(scheme.class_weights) == {"产出指标": 50, "效益指标": 30, "满意度指标": 10, "预算执行率": 10}
    assert scheme.qualitative == (Decimal(80), Decimal(60))
    assert scheme.grade_bands == (
        Band(Decimal(90), "优"),
        Band(Decimal(80), "良"),
        Band(Decimal(60), "中"),
        Band(Decimal(0), "差"),
    )
    assert scheme.rounding == NATIONAL
    assert scheme.over_fulfilment == Decimal("1.3")
    assert scheme.ceilings == ()
    assert "qualitative" in scheme.verified


def test_a_region_states_only_what_differs() -> None:
    jiangxi, national = load_scheme("jiangxi"), load_scheme("national-2020")
    assert (jiangxi.reverse, jiangxi.satisfaction) == ("R2", "step")
    assert jiangxi.qualitative == (Decimal(80), Decimal(50))
    assert jiangxi.grade_bands == national.grade_bands
    assert "江西" in jiangxi.source("reverse")


def test_an_unverified_number_says_so() -> None:
    assert load_scheme("national-2021").source("class_weights").endswith("（未核实）")
    assert "未核实" not in load_scheme("national-2020").source("class_weights")
    assert load_scheme("national-2020").source("ceilings") == "未核实"


def test_the_weights_with_cost() -> None:
    scheme = load_scheme("national-2021")
    assert [int(weight) for _, weight in scheme.class_weights] == [20, 40, 20, 10, 10]
    assert "成本指标" in scheme.required_classes


# --- choosing ---------------------------------------------------------------------------------------------------------


def _form(
    kind: Kind, year: int | None = None, unit: str = "", project: str = "", classes: tuple[str, ...] = ()
) -> Form:
    rows = tuple(Indicator(Printed("某指标"), level1=Printed(level1)) for level1 in classes)
    return Form(kind, year=year, unit=Printed(unit), project=Printed(project), indicators=rows)


@pytest.mark.parametrize(
    ("form", "name", "why"),
    [
        (_form(Kind.SELF_EVALUATION, 2023), "national-2020", "表的种类"),
        (_form(Kind.SELF_EVALUATION, 2024, classes=("成本指标", "产出指标")), "national-2021", "一级指标有“成本指标”"),
        (_form(Kind.SELF_EVALUATION, 2020, classes=("成本指标",)), "national-2020", "表的种类"),
        (_form(Kind.SELF_EVALUATION, 2020, unit="上海市某局"), "shanghai", "表头有“上海”"),
        (_form(Kind.SELF_EVALUATION, 2023, unit="赣州市云岭县委组织部"), "jiangxi", "表头有“赣州”"),
        (_form(Kind.SELF_EVALUATION, 2023, unit="云岭县委组织部", project="赴上海招商"), "national-2020", "表的种类"),
        (_form(Kind.DEPARTMENT_OVERALL, 2023), "national-overall", "表的种类"),
        (_form(Kind.EVALUATION, 2023), "national-evaluation", "表的种类"),
        (_form(Kind.RESPONSIBILITY), "hebei-duty", "表的种类"),
    ],
)
def test_a_form_gets_the_scheme_of_its_kind_year_and_region(form: Form, name: str, why: str) -> None:
    scheme = scheme_for(form)
    assert scheme.name == name
    assert why in scheme.chosen


# --- a bureau's own file ----------------------------------------------------------------------------------------------


def _own(folder: Path, text: str) -> Scheme:
    path = folder / "本县.toml"
    path.write_text(text, encoding="utf-8")
    return load_scheme(str(path))


def test_a_file_of_the_users_own_inherits(tmp_path: Path) -> None:
    scheme = _own(
        tmp_path,
        'extends = "national-2020"\ntitle = "云岭县方案"\n[reason_line]\nvalue = 85\nsource = "云财绩〔2024〕3号"\nverified = true\n',
    )
    assert scheme.reason_line == 85
    assert scheme.reverse == "R1"
    assert scheme.source("reason_line") == "云财绩〔2024〕3号"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "不符合 TOML 格式"),
        ('title = "甲"\n', "缺少参数：class_weights"),
        ('extends = "national-2020"\n[reason_line]\nvalue = 85\n', "“reason_line”应写成一个表"),
        ('extends = "national-2020"\n[reason_line]\nvalue = 85\nsource = " "\n', "没有写依据"),
        (
            'extends = "national-2020"\n[reason_line]\nvalue = 850\nsource = "甲"\n',
            "“reason_line”应为0 到 100 之间的百分数，例如 90，实际为 850",
        ),
        ('extends = "national-2020"\n[reverse]\nvalue = "R9"\nsource = "甲"\n', "“reverse”应为R1"),
        ('extends = "national-2020"\n[reverse]\nvalue = ["R1"]\nsource = "甲"\n', "“reverse”应为R1"),
        (
            'extends = "national-2020"\n[class_weights]\nvalue = { "产出指标" = 50 }\nsource = "甲"\n',
            "合计应为 100，实际为 50",
        ),
        (
            'extends = "national-2020"\n[grade_bands]\nvalue = [[60, "中"], [90, "优"], [0, "差"]]\nsource = "甲"\n',
            "从高到低",
        ),
        ('extends = "national-2020"\n[grade_bands]\nvalue = [[90, "优"]]\nsource = "甲"\n', "最后一档下限为 0"),
        ('extends = "national-2020"\n[qualitative]\nvalue = [60, 80]\nsource = "甲"\n', "qualitative 应从高到低"),
        ('extends = "national-2020"\n[qualitative]\nvalue = [80]\nsource = "甲"\n', "states 应有 2 档"),
        ('extends = "national-2020"\n[satisfaction]\nvalue = "bands"\nsource = "甲"\n', "必须写 satisfaction_bands"),
        (
            'extends = "national-2020"\n[rounding]\nvalue = { places = 9, mode = "half_up" }\nsource = "甲"\n',
            "“rounding”应为",
        ),
        ('extends = "national-2020"\n[verified]\nvalue = 1\nsource = "甲"\n', "不认识的参数“verified”"),
        (
            'extends = "national-2020"\n[reason_line]\nvalue = 85\nsource = "甲"\nverified = "是"\n',
            "verified 应为 true 或 false",
        ),
        ('extends = "nowhere"\n', "没有名为“nowhere”的方案。可用的方案：anhui、"),
        ("extends = 3\n", "extends 应为一个方案的名称"),
        ('extends = "national-2020"\ntitle = 3\n', "title 和 region 应为文字"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong_and_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SchemeError) as caught:
        _own(tmp_path, text)
    assert said in str(caught.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SchemeError, match=r"没有名为“guizhou”的方案。.*national-2020"):
        load_scheme("guizhou")


def test_a_missing_file_and_a_foreign_encoding(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="读不到方案文件"):
        load_scheme(str(tmp_path / "没有.toml"))
    path = tmp_path / "旧.toml"
    path.write_bytes('title = "方案"'.encode("gb18030"))
    with pytest.raises(SchemeError, match="不是 UTF-8 编码"):
        load_scheme(str(path))


def test_files_that_extend_each_other(tmp_path: Path) -> None:
    one, two = tmp_path / "甲.toml", tmp_path / "乙.toml"
    one.write_text(f"extends = '{two}'", encoding="utf-8")
    two.write_text(f"extends = '{one}'", encoding="utf-8")
    with pytest.raises(SchemeError, match="互相引用"):
        load_scheme(str(one))


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "带标记.toml"
    path.write_text('extends = "national-2020"\ntitle = "甲"\n', encoding="utf-8-sig")
    assert load_scheme(str(path)).title == "甲"
