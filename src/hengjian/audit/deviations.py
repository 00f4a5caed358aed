"""G · deviations, evidence, process: is every shortfall explained, does the explanation say something, was anybody asked.

A reason cell that is merged over several rows explains them all. Where a text export lost the merge, a blank below a reason
cannot be told from a missing one: nothing is said about such a row.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

from hengjian.audit.case import (
    Answer,
    Case,
    Check,
    FileCheck,
    Found,
    Outcome,
    RowScore,
    Skip,
    context_of,
    decimal,
    scored_fund,
    text_of,
)
from hengjian.audit.words import words
from hengjian.forms.form import Form, Indicator, Kind, Printed
from hengjian.rules.defaults import Direction, direction
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.quantity import Quantity, empty_kind, read_actual
from hengjian.values.target import Comparator, read_target
from hengjian.values.text import fold

_SCORED = frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.EVALUATION})


def _silent(printed: Printed | None) -> bool:
    """Whether a reason cell says nothing at all."""
    text = text_of(printed)
    return empty_kind(text) is not None or fold(text) in words("nothing")


def _short(row: RowScore) -> bool:
    return row.printed is not None and row.weight is not None and row.printed < row.weight


def _lost_merge(case: Case, index: int) -> bool:
    """Whether a blank reason may belong to a merged cell above whose span a text export lost."""
    row = case.rows[index].row
    if row.deviation is None or (row.deviation.place.line is None and row.place.line is None):
        return False
    for above in reversed(case.rows[:index]):
        if not _short(above) or fold(text_of(above.row.level2)) != fold(text_of(row.level2)):
            return False
        if not _silent(above.row.deviation):
            return True
    return False


def no_reason(case: Case) -> Answer:
    """G01: points were lost and the reason cell is blank."""
    if not any(row.row.deviation is not None for row in case.rows) or not any(
        row.printed is not None for row in case.rows
    ):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有得分或没有偏差原因一栏")
    found = []
    for index, row in enumerate(case.rows):
        if not _short(row) or row.row.deviation is None or not _silent(row.row.deviation) or _lost_merge(case, index):
            continue
        message = f"得分{row.printed}低于分值{row.weight}，没有说明偏差原因"
        found.append(
            Found(
                message,
                row.row,
                "deviation",
                row.row.deviation.place,
                row.row.deviation.text,
                "偏差原因和改进措施",
                f"{row.printed} < {row.weight}",
            )
        )
    return tuple(found)


def merged_reason(case: Case) -> Answer:
    """G02: one merged reason stands for several rows."""
    found = []
    for index, row in enumerate(case.rows):
        cell = row.row.deviation
        if cell is None or cell.shared < 2 or not cell.lead or _silent(cell):
            continue
        names = "、".join(other.row.name.text for other in case.rows[index : index + cell.shared])
        message = f"一个合并单元格的原因说明了{cell.shared}个指标：{names}"
        found.append(Found(message, row.row, "deviation", cell.place, cell.text, "逐项说明"))
    return tuple(found)


def copied_reason(case: Case) -> Answer:
    """G03 (疑似): the same reason in the cells of several rows."""
    cells = [
        (row.row, fold(text_of(row.row.deviation)))
        for row in case.rows
        if row.row.deviation is not None and row.row.deviation.lead
    ]
    cells = [(row, text) for row, text in cells if len(text) >= 6 and text not in words("nothing")]
    found = []
    for row, text in cells:
        others = [other.name.text for other, said in cells if other is not row and _same_words(text, said)]
        if others:
            message = f"疑似套用：原因与“{'、'.join(others[:3])}”{'等' if len(others) > 3 else ''}相同"
            found.append(
                Found(
                    message,
                    row,
                    "deviation",
                    row.deviation.place if row.deviation else None,
                    text_of(row.deviation),
                    "按本指标的实际情况说明",
                )
            )
    return tuple(found)


def _same_words(one: str, two: str) -> bool:
    """Equal, or one begins with the whole of the other's cause."""
    if one == two:
        return True
    first, second = (re.split("[,，。;；]", text)[0] for text in (one, two))
    return len(first) >= 8 and first == second


def _bare(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", text)


def hollow_reason(case: Case) -> Answer:
    """G04 (疑似): the reason has no content (客观原因, 按计划推进)."""
    found = []
    for row in case.rows:
        cell = row.row.deviation
        if cell is None or _silent(cell):
            continue
        text = _bare(cell.text)
        if text in words("hollow") or (len(text) <= 4 and _short(row)):
            message = f"疑似空话：“{cell.text}”没有说明具体原因"
            found.append(Found(message, row.row, "deviation", cell.place, cell.text, "具体原因和措施"))
    return tuple(found)


def no_measure(case: Case) -> Answer:
    """G05 (疑似): a cause, and nothing that is done about it."""
    if case.form.kind not in (Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.MONITORING):
        return Skip(Outcome.NOT_APPLICABLE, "这类表格不要求写改进措施")
    found = []
    for row in case.rows:
        cell = row.row.deviation
        if cell is None or _silent(cell) or not cell.lead or _bare(cell.text) in words("hollow"):
            continue
        missed = _short(row) or (
            row.score is not None
            and row.score.exact is not None
            and row.weight is not None
            and row.score.exact < row.weight
        )
        if (missed or case.form.kind is Kind.MONITORING) and not any(word in cell.text for word in words("measure")):
            message = "疑似没有措施：只说明了原因，没有写怎样改进"
            found.append(Found(message, row.row, "deviation", cell.place, cell.text, "改进措施、时限"))
    return tuple(found)


def _values(row: Indicator) -> tuple[Fraction, Fraction] | None:
    """(target, actual) in printed numbers times their scales."""
    target = read_target(text_of(row.target), sign=text_of(row.sign), unit=text_of(row.measure_unit))
    actual = read_actual(text_of(row.actual), text_of(row.measure_unit))
    value = target.low if target.low is not None else target.high
    if (
        target.comparator in (Comparator.DATE, Comparator.COMPOUND, Comparator.RANGE)
        or value is None
        or not isinstance(actual, Quantity)
    ):
        return None
    scale = {"": 1, "万": 10_000, "亿": 100_000_000}.get(target.scale, 1)
    return Fraction(value) * scale, actual.value


def far_over(case: Case) -> Answer:
    """G06: 1.3 times the target or more, and no reason."""
    line = Fraction(case.scheme.over_fulfilment or Fraction(13, 10))
    rows = [row.row for row in case.rows if row.row.actual is not None and row.row.deviation is not None]
    if not rows or case.form.kind is Kind.MONITORING:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有完成值或没有偏差原因一栏")
    found = []
    for row in rows:
        pair = _values(row)
        if pair is None or pair[0] <= 0 or pair[1] < pair[0] * line or not _silent(row.deviation):
            continue
        if direction(context_of(row, case.form)) is not Direction.UP:
            continue
        ratio = f"{float(pair[1] / pair[0]):.3f}"
        message = f"完成值{text_of(row.actual)}是指标值{text_of(row.target)}的{ratio}倍，没有说明原因"
        derivation = f"{text_of(row.actual)} ÷ {text_of(row.target)} = {ratio} ≥ {float(line):.1f}"
        found.append(
            Found(
                message,
                row,
                "deviation",
                row.deviation.place if row.deviation else None,
                text_of(row.deviation),
                "说明超额的原因，或提高指标值",
                derivation,
            )
        )
    return tuple(found)


def reason_against_numbers(case: Case) -> Answer:
    """G07 (疑似): the numbers say it was met, the reason says it was not."""
    found = []
    for row in case.rows:
        cell = row.row.deviation
        full = row.printed is not None and row.weight is not None and row.printed == row.weight
        met = (
            row.score is not None
            and row.score.exact is not None
            and row.weight is not None
            and row.score.exact >= row.weight
        )
        if (
            cell is not None
            and cell.lead
            and full
            and met
            and re.search("未完成|未达到|没有完成|未能完成|未达标", cell.text)
        ):
            found.append(
                Found("疑似矛盾：数据显示已完成并得满分，原因却说未完成", row.row, "deviation", cell.place, cell.text)
            )
    return tuple(found)


def nothing_to_improve(case: Case) -> Answer:
    """G08: problems and measures are both 无 although points were lost."""
    form = case.form
    if form.problems is None or form.measures is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有存在问题、改进措施两栏")
    if not (_nothing(form.problems) and _nothing(form.measures)):
        return ()
    missed = [row.row.name.text for row in case.rows if _short(row)]
    rate = _rate(case)
    if rate is not None and rate < 90:
        missed.append("预算执行率")
    if not missed:
        return ()
    message = f"{'、'.join(missed[:3])}等{len(missed)}项没有完成，存在问题和改进措施却都填“无”"
    return (Found(message, None, "problems", form.problems.place, form.problems.text, "问题和措施"),)


def _nothing(printed: Printed) -> bool:
    return fold(printed.text).rstrip("。") in words("nothing")


def _rate(case: Case) -> Fraction | None:
    fund = scored_fund(case.form)
    if fund is None:
        return None
    budget, done = decimal(text_of(fund.annual_budget)), decimal(text_of(fund.executed))
    return Fraction(done) / Fraction(budget) * 100 if budget and done is not None else None


def _satisfaction(form: Form) -> list[Indicator]:
    return [
        row
        for row in form.indicators
        if re.search("满意度|满意率", fold(row.name.text)) or "满意" in fold(text_of(row.level1))
    ]


def no_survey(case: Case) -> Answer:
    """G09: satisfaction is reported and no survey is spoken of anywhere in the form."""
    rows = [row for row in _satisfaction(case.form) if row.actual]
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有满意度完成值")
    if any(re.search("问卷|样本|调查|测评|评议|回访", text.text) for text in case.form.texts):
        return ()
    return Skip(Outcome.INSUFFICIENT_DATA, "表内没有提到问卷或样本；是否开展调查须看佐证材料")


def all_satisfied(case: Case) -> Answer:
    """G10: satisfaction of 100 %, as target or as result."""
    rows = _satisfaction(case.form)
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有满意度指标")
    found = []
    for row in rows:
        for field, title in (("actual", "完成值"), ("target", "指标值")):
            text = fold(text_of(getattr(row, field))) + ("%" if fold(text_of(row.measure_unit)) == "%" else "")
            if re.fullmatch(r"[=≥]?100(?:\.0+)?%+", text):
                printed = getattr(row, field)
                found.append(Found(f"满意度{title}为100%", row, field, printed.place, printed.text, "按调查结果填报"))
                break
    return tuple(found)


_SAMPLE = re.compile(
    r"有效(?:问卷|样本|票|回收)[^0-9]{0,6}(\d+)\s*(?:份|人|张|户|个|票)|(?:问卷|样本)[^0-9]{0,8}?(\d+)\s*(?:份|人|张|户|个)"
)


def small_sample(case: Case) -> Answer:
    """G11: fewer than 30 valid answers."""
    rows = _satisfaction(case.form)
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有满意度指标")
    found, told = [], False
    for row in rows:
        cells = [row.deviation, row.remark, row.basis, row.actual, *(printed for _, printed in row.extra)]
        for cell in cells:
            numbers = [int(a or b) for a, b in _SAMPLE.findall(text_of(cell))]
            valid = [int(a) for a, _ in _SAMPLE.findall(text_of(cell)) if a]
            told = told or bool(numbers)
            size = min(valid or numbers, default=None)
            if size is not None and size < 30 and cell is not None:
                message = f"有效问卷只有{size}份，不足30份，样本太少"
                found.append(Found(message, row, "deviation", cell.place, cell.text, "不少于30份", f"{size} < 30"))
                break
    return tuple(found) if told else Skip(Outcome.INSUFFICIENT_DATA, "表中没有写明问卷份数")


# --- across the stages of one project ---------------------------------------------------------------------------------------

_STAGES = (Kind.DECLARATION, Kind.MONITORING, Kind.SELF_EVALUATION)


def _stages(cases: tuple[Case, ...]) -> list[tuple[Form, Form]]:
    """Pairs (earlier, later) of forms of one project and year in one file."""
    order = {kind: index for index, kind in enumerate(_STAGES)}
    forms = [case.form for case in cases if case.form.kind in order and case.form.project]
    return [
        (a, b)
        for one, two in combinations(forms, 2)
        for a, b in [sorted((one, two), key=lambda form: order[form.kind])]
        if a.kind is not b.kind
        and fold(text_of(a.project)) == fold(text_of(b.project))
        and (a.year == b.year or None in (a.year, b.year))
    ]


def _dropped(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G15: an indicator of the earlier stage is missing in the later one."""
    found = []
    for earlier, later in _stages(cases):
        names = {fold(row.name.text) for row in later.indicators}
        gone = [row for row in earlier.indicators if fold(row.name.text) not in names]
        if gone and len(gone) * 2 <= len(earlier.indicators):
            shown = "、".join(row.name.text for row in gone[:5])
            found.append(
                Found(f"后一环节缺少指标：{shown}", tuple(gone), "indicators", later.place, "", shown, whole_file=True)
            )
    return tuple(found)


def _changed(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G16: a target differs between stages and no adjustment is printed."""
    found = []
    for earlier, later in _stages(cases):
        before = {fold(row.name.text): row for row in earlier.indicators}
        for row in later.indicators:
            old = before.get(fold(row.name.text))
            if old is None or row.initial_target is not None or not old.target or not row.target:
                continue
            if fold(old.target.text).lstrip("≥=") != fold(row.target.text).lstrip("≥="):
                message = f"“{row.name.text}”的指标值由“{old.target.text}”变为“{row.target.text}”，没有调整记录"
                found.append(
                    Found(message, row, "target", row.target.place, row.target.text, old.target.text, whole_file=True)
                )
    return tuple(found)


def _against_monitoring(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G13: monitoring called it impossible, the self-evaluation says it was done."""
    found = []
    for earlier, later in _stages(cases):
        if earlier.kind is not Kind.MONITORING:
            continue
        hopeless = {fold(row.name.text): row for row in earlier.indicators if "不可能" in text_of(row.likelihood)}
        for row in later.indicators:
            if (
                fold(row.name.text) in hopeless
                and row.score
                and row.weight
                and decimal(row.score.text) == decimal(row.weight.text)
            ):
                message = f"监控时认为“{row.name.text}”不可能完成，自评却得满分"
                found.append(Found(message, row, "score", row.score.place, row.score.text, whole_file=True))
    return tuple(found)


def _check(
    code: str,
    title: str,
    level: str,
    kinds: frozenset[Kind],
    run: Callable[[Case], Answer],
    why: str,
    advice: str,
    kind: str = "D",
) -> Check:
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )


def _elsewhere(reason: str) -> Callable[[Case], Answer]:
    def check(_case: Case) -> Answer:
        return Skip(Outcome.INSUFFICIENT_DATA, reason)

    return check


_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）：未完成目标或偏离目标较大的，应分析并说明原因，研究改进措施"
_REASONS = _SCORED | {Kind.MONITORING}

CHECKS = (
    _check("G01", "扣分没有原因", "E", _SCORED, no_reason, _SELF, "补填偏差原因和改进措施。"),
    _check("G02", "合并的原因", "I", _REASONS, merged_reason, _SELF, "逐项说明。"),
    _check("G03", "疑似套用的原因", "W", _REASONS, copied_reason, _SELF, "按每个指标的实际情况说明。", "H"),
    _check("G04", "疑似空话", "W", _REASONS, hollow_reason, _SELF, "写明具体原因。", "H"),
    _check("G05", "疑似没有措施", "W", _REASONS, no_measure, _SELF, "写明措施、责任和时限。", "H"),
    _check("G06", "大幅超额没有说明", "W", _SCORED, far_over, f"{_SELF}；完成值达到指标值1.3倍以上的，一般视为目标偏低", "说明超额原因，下年度提高指标值。"),
    _check("G07", "疑似原因与数据矛盾", "W", _SCORED, reason_against_numbers, _SELF, "核对完成值或原因。", "H"),
    _check("G08", "没有问题和措施", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), nothing_to_improve, _SELF, "如实填写问题和改进措施。"),
    _check("G09", "满意度没有调查", "W", _SCORED, no_survey, "满意度应来自问卷调查（财预〔2021〕101号）", "附问卷、样本和日期。"),
    _check("G10", "满意度100%", "I", _REASONS | {Kind.DECLARATION, Kind.DISCLOSURE}, all_satisfied, "全部满意的调查结果很少见", "核对样本和统计口径。"),
    _check("G11", "样本太少", "W", _SCORED, small_sample, "通行做法：有效样本不少于30份", "扩大样本。"),
    _check("G12", "佐证日期", "W", _SCORED, _elsewhere("需要佐证材料"), "", "", "H"),
    _check("G14", "红灯没有整改", "W", frozenset({Kind.MONITORING}), _elsewhere("需要整改记录"), "", ""),
    _check("G17", "逾期报送", "W", _SCORED, _elsewhere("需要报送时间和任务期限"), "", ""),
    _check("G18", "评价人员", "W", frozenset({Kind.EVALUATION}), _elsewhere("需要评价人员名单"), "", ""),
)  # fmt: skip

FILE_CHECKS = (
    FileCheck(code="G13", title="监控与自评矛盾", level=Level.WARNING, kind=Certainty.DETERMINISTIC, run=_against_monitoring, why="各环节的结论应能相互印证", advice="核对监控结论和自评结果。"),
    FileCheck(code="G15", title="指标缺失", level=Level.ERROR, kind=Certainty.DETERMINISTIC, run=_dropped, why="批复的指标应全部自评（财预〔2020〕10号）", advice="补填缺少的指标，或附调整批复。"),
    FileCheck(code="G16", title="指标值变动", level=Level.ERROR, kind=Certainty.DETERMINISTIC, run=_changed, why="绩效目标一经批复，一般不予调整；确需调整的，按程序报批（财预〔2015〕88号）", advice="按批复的指标值自评，或附调整批复。"),
)  # fmt: skip
