"""D · target values: a number, a sign, a unit, the right direction, no target copied from year to year.

The D codes that only a scoring rule can break (D14-D19) are told by ``audit.rules``.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from hengjian.audit.case import Answer, Case, Check, Found, Outcome, RowScore, Skip, actual_of, due, target_of, text_of
from hengjian.forms.form import Form, Indicator, Kind
from hengjian.rules.naming import has, last
from hengjian.values.calendar import read_period
from hengjian.values.finding import Certainty, Level
from hengjian.values.quantity import Empty, Quantity, Relation, convert, empty_kind, read_quantity, relation
from hengjian.values.target import Comparator, Target
from hengjian.values.text import fold
from hengjian.values.units import unit_pattern

# A name that ends so is a rate; the words before it may make it another thing.
_RATE = re.compile(r"(?:率|比例|占比|比重)(?:\([^)]*\))?$")
_NO_RATE = re.compile(r"(?:频|税|汇|利|费|功|效|速|倍)率$")


def _wanted(form: Form) -> list[Indicator]:
    """Rows whose target cell holds something."""
    return [row for row in form.indicators if row.target is not None and empty_kind(row.target.text) is None]


def _ruled(row: Indicator) -> bool:
    return bool(text_of(row.rule).strip()) or any(printed for _, printed in row.bands)


def _each(case: Case, check: Callable[[Indicator], Found | None]) -> Answer:
    rows = _wanted(case.form)
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有指标值")
    return tuple(found for row in rows if (found := check(row)) is not None)


def _found(message: str, row: Indicator, field: str = "target", expected: str = "", derivation: str = "") -> Found:
    printed = getattr(row, field)
    return Found(message, row, field, printed.place if printed else None, text_of(printed), expected, derivation)


def no_number(case: Case) -> Answer:
    """D01: only words (完成, 提升, 健全), and no rule or grades that say how they are scored."""

    def check(row: Indicator) -> Found | None:
        if _ruled(row) or target_of(row).comparator is not Comparator.QUALITATIVE:
            return None
        if _NONE_OF_IT.match(fold(text_of(row.target))):
            return None  # 零发生, 不发生: none of something can be counted
        return _found(
            f"指标值“{text_of(row.target)}”没有数量，也没有分档标准，无法衡量", row, expected="可衡量的数值或分档"
        )

    return _each(case, check)


_NONE_OF_IT = re.compile("零|无(?!纸|障碍|缝)|不发生|未发生|不出现|没有|杜绝")


def no_sign(case: Case) -> Answer:
    """D02: a bare number, where 不低于 or 不高于 must be guessed. One finding when no target of the form has a sign."""
    numeric = [row for row in _wanted(case.form) if not row.bands and _has_number(target_of(row))]
    if not numeric:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有数量指标值")
    bare = [row for row in numeric if _bare(target_of(row))]
    if len(bare) == len(numeric) and len(bare) > 1:
        examples = "、".join(text_of(row.target) for row in bare[:3])
        message = f"{len(bare)}个数量指标值都没有写明方向（≥、≤或=），例如{examples}"
        return (Found(message, None, "target", bare[0].place, examples, "≥、≤或="),)
    return tuple(
        _found(f"指标值“{text_of(row.target)}”没有写明方向（≥、≤或=）", row, expected="≥、≤或=") for row in bare
    )


def _has_number(target: Target) -> bool:
    if target.comparator is Comparator.COMPOUND:
        return any(_has_number(part) for part in target.parts)
    return (target.low is not None or target.high is not None) and not target.text


def _bare(target: Target) -> bool:
    if target.comparator is Comparator.COMPOUND:
        return all(_bare(part) for part in target.parts if _has_number(part))
    return target.comparator is None and target.low is not None and not target.text


def no_unit(case: Case) -> Answer:
    """D03: a number without a unit, or the unit written as a word (百分比)."""

    def check(row: Indicator) -> Found | None:
        printed = fold(text_of(row.target))
        if re.search(r"\d\(?百分比\)?", printed):
            return _found(
                f"指标值“{text_of(row.target)}”把单位写成了“百分比”", row, expected=f"{printed.replace('百分比', '%')}"
            )
        target = target_of(row)
        value = target.low if target.low is not None else target.high
        if value is None or value == 0 or target.unit or target.text or target.comparator is Comparator.COMPOUND:
            return None
        if _unit_in_name(row.name.text) or re.search("系数|指数|比值|倍数|[得评]分$", fold(row.name.text)):
            return None
        actual = actual_of(row)
        unit = actual.unit if actual is not None else ""
        told = f"（完成值为{text_of(row.actual)}）" if unit else ""
        return _found(
            f"指标值“{text_of(row.target)}”没有计量单位{told}",
            row,
            expected=f"{text_of(row.target)}{unit or '（单位）'}",
        )

    return _each(case, check)


def _unit_in_name(name: str) -> bool:
    """Whether the name carries the unit (培训期数（期）, 覆盖率(%))."""
    match = re.search(r"[(,](?:单位:)?([^(),:]{1,6})\)?$", fold(name))
    return match is not None and re.fullmatch(rf"(?:[万亿])?(?:{unit_pattern()}|[%‰])", match[1]) is not None


# Units that clerks use for one and the same thing: no mismatch.
_ALIKE = (
    frozenset(["期", "次", "场", "场次", "期次", "批", "批次", "轮", "班次", "班"]),
    frozenset(["次", "起", "件", "例", "宗", "人次"]) - {"人次"},
    frozenset(["户", "家"]),
    frozenset(["份", "张", "套", "册", "本"]),
    frozenset(["小时", "时"]),
    frozenset(["天", "日", "工作日"]),
)
_VAGUE = frozenset(["个", "项", "类", "种", "处"])


def units_clash(one: str, two: str) -> bool:
    """Whether two units measure different things beyond doubt (人 and 人次; not 期 and 次, nor 个 and anything that is counted)."""
    if relation(one, two) is not Relation.DIFFERENT or any({one, two} <= group for group in _ALIKE):
        return False
    vague = one in _VAGUE or two in _VAGUE
    return not (vague and "%" not in (one, two) and "元" not in (one, two) and "人次" not in (one, two))


def unit_mismatch(case: Case) -> Answer:
    """D04: target and actual measure different things (人 and 人次)."""

    def check(row: Indicator) -> Found | None:
        target, actual = target_of(row), actual_of(row)
        if target.comparator in (Comparator.COMPOUND, Comparator.DATE, Comparator.QUALITATIVE):
            return None
        if actual is None or not actual.unit or not target.unit or actual.number == 0:
            return None
        if not units_clash(target.unit, actual.unit) or target.direction or target.base:
            return None
        message = f"指标值的单位是“{target.unit}”，完成值的单位是“{actual.unit}”，不能直接比较"
        return _found(message, row, "actual", target.unit, f"{text_of(row.target)} ↔ {text_of(row.actual)}")

    rows = [row for row in _wanted(case.form) if row.actual is not None]
    return _each(case, check) if rows else Skip(Outcome.NOT_APPLICABLE, "表中没有完成值")


def rate_as_count(case: Case) -> Answer:
    """D05: a rate with a count as its value, or with grades that count."""

    def check(row: Indicator) -> Found | None:
        name = fold(row.name.text)
        if not _RATE.search(name) or _NO_RATE.search(name):
            return None
        target = target_of(row)
        if target.unit and 0 not in (target.low, target.high) and _counts(target.unit):
            return _found(f"“{row.name.text}”是比率，指标值却是“{text_of(row.target)}”", row, expected="百分数")
        return None

    found = [item for row in _wanted(case.form) if (item := check(row)) is not None]
    for row in case.form.indicators:
        name = fold(row.name.text)
        if row.bands and _RATE.search(name) and not _NO_RATE.search(name):
            counted = [printed for _, printed in row.bands if _band_counts(printed.text)]
            if counted and not any("%" in fold(printed.text) for _, printed in row.bands):
                shown = "、".join(printed.text for printed in counted)
                message = f"“{row.name.text}”是比率，分档却按数量划分（{shown}）"
                found.append(Found(message, row, "bands", counted[0].place, shown, "百分数"))
    return tuple(found) if case.form.indicators else Skip(Outcome.NOT_APPLICABLE, "表中没有指标")


def _counts(unit: str) -> bool:
    return unit not in ("倍", "成", "比", "‰", "百分点", "分", "次/年") and relation(unit, "%") is Relation.DIFFERENT


def _band_counts(text: str) -> bool:
    return bool(re.search(r"\d\s*(?:次|个|人|起|项|件|家|场|期)", fold(text)))


def share_over_100(case: Case) -> Answer:
    """D06: a share that is to be more than all."""

    def check(row: Indicator) -> Found | None:
        target, name, actual = target_of(row), fold(row.name.text), actual_of(row)
        value = target.low if target.low is not None else target.high
        share = target.unit == "%" and (_RATE.search(name) or re.search("(?:满意|知晓|认可|支持)度$", name))
        if not share or has(name, "beyond") or target.base or target.direction:
            return None
        if value is not None and value > 100:
            message = f"“{row.name.text}”最多100%，指标值却是“{text_of(row.target)}”"
            return _found(message, row, expected="不超过100%", derivation=f"{value}% > 100%")
        if actual is not None and actual.unit == "%" and actual.value > 100 and not actual.direction:
            message = f"“{row.name.text}”最多100%，完成值却是“{text_of(row.actual)}”"
            return _found(message, row, "actual", "不超过100%", f"{actual.number}% > 100%")
        return None

    return _each(case, check)


def wrong_direction(case: Case) -> Answer:
    """D07: ≥ on something that should be small (a cost, a complaint, an accident)."""

    def check(row: Indicator) -> Found | None:
        target, name = target_of(row), fold(row.name.text)
        if target.comparator in (Comparator.AT_MOST, Comparator.LESS):
            return _at_most_of_good(row, target, name)
        if target.comparator not in (Comparator.AT_LEAST, Comparator.MORE) or target.direction or target.base:
            return None
        cost = "成本" in text_of(row.level1) + text_of(row.level2) and not _RATE.search(name)
        # 投诉办结率 and 成本节约率 are good things: the word that stands last decides.
        good = last(name, "positive") > last(name, "reverse") or re.search(
            "节约|节省|降低|减少|压减|压降|下降|挽回|治理|整治|消除|化解|处置|处理|查处|防治|防控|清理|清除|整改|拆除|关停|取缔|排查|调处|受理|办理|办结|修复|救治|救助",
            name,
        )
        if good or target.low == 0 or not (cost or has(name, "reverse")):
            return None
        sign = "≥" if target.comparator is Comparator.AT_LEAST else "＞"
        message = f"“{row.name.text}”越小越好，指标值却写成“{text_of(row.sign)}{text_of(row.target)}”"
        return _found(
            message,
            row,
            expected=text_of(row.target).replace("≥", "≤").replace("不低于", "不高于"),
            derivation=f"{sign} → ≤",
        )

    return _each(case, check)


_GOOD_RATE = re.compile(
    "(?:满意度|满意率|合格率|准确率|覆盖率|及时率|达标率|出勤率|到课率|知晓率|知晓度|参与率|完好率|普及率|通过率|优良率|办结率|整改率|化解率|完成率)$"
)


def _at_most_of_good(row: Indicator, target: Target, name: str) -> Found | None:
    """≤ on a rate that should be high; ≤100% only names its natural limit."""
    if not _GOOD_RATE.search(name) or has(name, "reverse") or target.high is None or target.high >= 100:
        return None
    message = f"“{row.name.text}”越大越好，指标值却写成“{text_of(row.sign)}{text_of(row.target)}”"
    expected = text_of(row.target).replace("≤", "≥").replace("不高于", "不低于")
    return _found(message, row, expected=expected, derivation="≤ → ≥")


def at_least_all(case: Case) -> Answer:
    """D08: ≥100 % of a share, which can only be equal."""

    def check(row: Indicator) -> Found | None:
        target, name = target_of(row), fold(row.name.text)
        share = target.unit == "%" and (_RATE.search(name) or name.endswith(("满意度", "知晓度")))
        if not share or target.low != 100 or target.comparator is not Comparator.AT_LEAST or target.base:
            return None
        if has(name, "beyond") and not name.endswith("完成率"):
            return None
        return _found(f"“{row.name.text}”不可能超过100%，“≥100%”应为“=100%”", row, expected="=100%")

    return _each(case, check)


def _history(row: Indicator) -> dict[str, str]:
    return {label: printed.text for label, printed in row.history}


def below_history(case: Case) -> Answer:
    """D09: a target far below what was reached last year (under 0.7 of it)."""
    if not any(row.history for row in case.form.indicators):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有以前年度的数值")

    def check(row: Indicator) -> Found | None:
        before, target = read_quantity(_history(row).get("上年", "")), read_quantity(text_of(row.target))
        if before is None or target is None or before.value <= 0 or has(fold(row.name.text), "reverse"):
            return None
        if relation(before.unit, target.unit) is Relation.DIFFERENT or target.value * 10 >= before.value * 7:
            return None
        message = f"指标值{text_of(row.target)}远低于上年的{_history(row)['上年']}"
        share = f"{int(target.value / before.value * 100)}%"
        return _found(message, row, derivation=f"{text_of(row.target)} ÷ {_history(row)['上年']} = {share} < 70%")

    return _each(case, check)


def three_years_same(case: Case) -> Answer:
    """D10: one and the same number three years running."""
    if not any(row.history for row in case.form.indicators):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有以前年度的数值")

    def check(row: Indicator) -> Found | None:
        past = [text for _, text in row.history]
        now = _number(text_of(row.target))
        if len(past) < 2 or now is None or any(_number(text.text) != now for text in past):
            return None
        told = " = ".join([*(text.text for text in past), text_of(row.target)])
        message = f"连续三年都是“{text_of(row.target)}”"
        return Found(message, row, "history", past[0].place, text_of(row.target), "按当年任务测算", told)

    return _each(case, check)


def _number(text: str) -> tuple[Fraction, str] | str | None:
    """What a target cell asks for, without its sign; a text with a number that is not one number as it stands."""
    quantity = read_quantity(text)
    if quantity is not None:
        return quantity.value, quantity.unit
    return fold(text) if re.search(r"\d", text) else None


def all_equal(case: Case) -> Answer:
    """D11: on (nearly) all quantitative rows the actual is exactly the target: set after the fact, or not measured."""
    pairs = [(row, *_pair(row)) for row in case.rows]
    told = [(row.row, target, actual) for row, target, actual in pairs if target is not None and actual is not None]
    if len(told) < 5:
        return Skip(Outcome.NOT_APPLICABLE, "同时有指标值和完成值的数量指标不足5个")
    # 100 % against 100 % is what a share normally gives; only counts and amounts can look made up.
    open_ended = [
        (row, target, actual) for row, target, actual in told if not (target.unit == "%" and target.value == 100)
    ]
    same = [row for row, target, actual in told if target.value == actual.value]
    if len(same) * 100 <= len(told) * 95 or len(open_ended) < 3:
        return ()
    message = f"{len(told)}个数量指标中有{len(same)}个完成值与指标值完全相同，疑为事后填写或未实际统计"
    return (
        Found(
            message, None, "actual", same[0].place, f"{len(same)}/{len(told)}", "", f"{len(same)} ÷ {len(told)} > 95%"
        ),
    )


def _pair(row: RowScore) -> tuple[Quantity | None, Quantity | None]:
    target = read_quantity(text_of(row.row.target).lstrip("≥≤=＝≧≦><＞＜ "))
    actual = read_quantity(text_of(row.row.actual).lstrip("≥≤=＝≧≦><＞＜ "))
    return target, actual


def no_target(case: Case) -> Answer:
    """D12: the cell of the target is there and blank (— and / say that none applies)."""
    form = case.form
    rows = [row for row in form.indicators if row.target is not None and not row.bands]
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有指标值一栏")
    blank = [row for row in rows if row.target is not None and empty_kind(row.target.text) is Empty.BLANK]
    blank = [row for row in blank if not text_of(row.measure_unit).strip() or not text_of(row.actual)]
    if form.kind is Kind.EVALUATION:
        return Skip(Outcome.NOT_APPLICABLE, "评价指标可以按要点评分，不必有指标值") if blank else ()
    return tuple(_found("没有填写年度指标值", row, expected="指标值") for row in blank)


def relative_to_nothing(case: Case) -> Answer:
    """D13 (疑似): 100 % of a plan whose number is nowhere printed."""

    def check(row: Indicator) -> Found | None:
        target, name = target_of(row), fold(row.name.text)
        if target.unit != "%" or target.low != 100 or not re.search("(?:完成|达成|实现)(?:率|比例)$", name):
            return None
        if re.search(r"\d", name) or re.search(
            r"\d+\s*(?:人|次|期|个|项|场|件|户|家)", fold(text_of(row.remark) + text_of(row.basis))
        ):
            return None
        return _found(
            f"疑似没有基数：“{row.name.text}”为100%，但没有写明计划数是多少", row, expected="同时写明计划数量"
        )

    return _each(case, check)


def after_end(case: Case) -> Answer:
    """D20: the target date is after the project's end."""
    span = read_period(text_of(case.form.end), case.form.year)
    if span is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有项目终止时间")
    end = span.end

    def check(row: Indicator) -> Found | None:
        last = due(target_of(row), case.form.year)
        if last is None or last <= end:
            return None
        message = f"指标值的时间{last.isoformat()}晚于项目终止时间{end.isoformat()}"
        derivation = f"{last.isoformat()} > {end.isoformat()}"
        return _found(message, row, expected=f"不晚于{end.isoformat()}", derivation=derivation)

    return _each(case, check)


# The highest class of the central training-fee rule (财行〔2016〕540号 and its 2017 amendment), yuan per person and day.
_TRAINING_CAP = 760


def over_standard(case: Case) -> Answer:
    """D21: a unit cost above the official standard (training: the cap of the highest class)."""

    def check(row: Indicator) -> Found | None:
        if "培训" not in row.name.text:
            return None
        target, actual = target_of(row), actual_of(row)
        values = [("target", target.high_value if target.high is not None else target.low_value, target.unit)]
        values += [("actual", actual.value, actual.unit)] if actual is not None else []
        for field, value, unit in values:
            per_day = convert(value, unit, "元/人·天") if value is not None and unit else None
            if per_day is None or per_day <= _TRAINING_CAP:
                continue
            printed = text_of(getattr(row, field))
            message = f"培训综合成本{printed}高于一类培训的上限{_TRAINING_CAP}元/人·天"
            derivation = f"{printed} > {_TRAINING_CAP}元/人·天"
            return _found(message, row, field, f"≤{_TRAINING_CAP}元/人·天", derivation)
        return None

    return _each(case, check)


def _check(
    code: str, title: str, level: str, run: Callable[[Case], Answer], why: str, advice: str, kind: str = "D"
) -> Check:
    kinds = frozenset(Kind)
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )


_GUIDE = "《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》（财预〔2021〕101号）"
_GOALS = "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应当指向明确、细化量化、合理可行、相应匹配"

CHECKS = (
    _check("D01", "指标值没有数量", "W", no_number, _GOALS, "改为数量、比率或时间，确需定性的，写明分档标准。"),
    _check("D02", "指标值没有方向", "W", no_sign, _GUIDE, "写明≥、≤或=。"),
    _check("D03", "计量单位缺失或不规范", "W", no_unit, _GUIDE, "补写计量单位。"),
    _check("D04", "单位不一致", "E", unit_mismatch, "指标值与完成值应使用同一计量单位", "统一单位后重新填报和计分。"),
    _check("D05", "比率填成数量", "E", rate_as_count, "比率指标的值应为百分数", "改填百分数，或把指标名称改为数量指标。"),
    _check("D06", "比率超过100%", "W", share_over_100, "占比类指标不可能超过100%", "核对指标值。"),
    _check("D07", "方向相反", "W", wrong_direction, "成本、差错、投诉等指标越小越好", "把≥改为≤。"),
    _check("D08", "“≥100%”", "I", at_least_all, "占比类指标不可能超过100%", "改为“=100%”。"),
    _check("D09", "低于以前年度", "W", below_history, _GOALS, "说明下降的原因，或提高指标值。"),
    _check("D10", "三年不变", "W", three_years_same, _GOALS, "按当年任务重新测算。"),
    _check("D11", "完成值与指标值全部相同", "W", all_equal, "完成值应来自实际统计", "按业务记录核实完成值。"),
    _check("D12", "没有指标值", "E", no_target, _GOALS, "补填指标值。"),
    _check("D13", "疑似相对目标没有基数", "W", relative_to_nothing, _GOALS, "写明计划数量。", "H"),
    _check("D20", "时间晚于项目终止", "E", after_end, "指标的完成时间应在项目期内", "改正时间。"),
    _check("D21", "单位成本高于标准", "W", over_standard, "《中央和国家机关培训费管理办法》：一类培训综合定额标准（760元/人·天）；各地标准另有规定的从其规定", "按标准测算，或说明依据。"),
)  # fmt: skip
