"""G · deviations, evidence, process: is every shortfall explained, does the explanation say something, was anybody asked.

A reason cell that is merged over several rows explains them all. Where a text export lost the merge, a blank below a reason
cannot be told from a missing one: nothing is said about such a row.
"""

import re
from fractions import Fraction

from hengjian.audit.case import (
    Answer,
    Case,
    FileCheck,
    Found,
    Outcome,
    RowScore,
    Skip,
    actual_of,
    context_of,
    decimal,
    elsewhere,
    owed_check,
    scored_fund,
    stages,
    target_of,
    text_of,
)
from hengjian.audit.words import words
from hengjian.forms.form import Form, Indicator, Kind, Printed
from hengjian.rules.defaults import Direction, direction
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.money import MoneyUnit, read_money
from hengjian.values.quantity import Relation, convert, empty_kind, relation
from hengjian.values.rounding import Rounding
from hengjian.values.target import Comparator
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


_REASON_BELOW = re.compile("(?:偏差|未完成|未达|扣分|失分).{0,10}原因")


def no_reason(case: Case) -> Answer:
    """G01: points were lost and the reason cell is blank."""
    if not any(row.row.deviation is not None for row in case.rows) or not any(
        row.printed is not None for row in case.rows
    ):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有得分或没有偏差原因一栏")
    if any(_REASON_BELOW.search(name) and not _silent(value) for name, value in case.form.extra):
        return Skip(Outcome.INSUFFICIENT_DATA, "原因在表下集中说明，不能逐行核对")
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


_LEAD_IN = re.compile("^(?:主要)?(?:由于|因为|是因为|因|受|系|鉴于|原因为|原因是|主要是)")
_LEAD_OUT = re.compile("(?:的?(?:影响|所致|导致|造成|原因)|中|等|的)$")


def _hollow(text: str) -> bool:
    """Whether every piece of a reason is a phrase without content, with or without 由于 … 影响 around it."""
    pieces = [_bare(piece) for piece in re.split("[,，。;；、]", fold(text)) if _bare(piece)]
    return bool(pieces) and all(_phrase(piece) for piece in pieces)


def _phrase(piece: str) -> bool:
    hollow = words("hollow")
    variants = {piece, _LEAD_IN.sub("", piece)}
    variants |= {_LEAD_OUT.sub("", one) for one in variants}
    return any(one in hollow or f"{one}原因" in hollow for one in variants)


def hollow_reason(case: Case) -> Answer:
    """G04 (疑似): the reason has no content (客观原因, 按计划推进)."""
    found = []
    for row in case.rows:
        cell = row.row.deviation
        if cell is None or _silent(cell):
            continue
        if _hollow(cell.text) or (_short(row) and re.fullmatch(r"\D{1,4}", _bare(cell.text))):
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
        if cell is None or _silent(cell) or not cell.lead or _hollow(cell.text):
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
    target, actual = target_of(row), actual_of(row)
    value = target.low_value if target.low is not None else target.high_value
    if target.comparator in (Comparator.DATE, Comparator.COMPOUND, Comparator.RANGE) or value is None or actual is None:
        return None
    # 人 against 人次 (D04) is compared all the same; 元 against 万元 is converted first.
    same = convert(actual.value, actual.unit, target.unit) if actual.unit and target.unit else None
    return value, same if same is not None else actual.value


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
        ratio = f"{Rounding(3).apply(pair[1] / pair[0])}"
        message = f"完成值{text_of(row.actual)}是指标值{text_of(row.target)}的{ratio}倍，没有说明原因"
        bound = f"{Rounding(2).apply(line).normalize():f}"
        derivation = f"{text_of(row.actual)} ÷ {text_of(row.target)} = {ratio} ≥ {bound}"
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
            message = "疑似矛盾：数据显示已完成并得满分，原因却说未完成"
            found.append(Found(message, row.row, "deviation", cell.place, cell.text, "数据与原因一致"))
        elif (
            cell is not None
            and cell.lead
            and _short(row)
            and re.search("(?:已|已经)(?:全部|全面|圆满|如期|按期|超额)*完成|超额完成|全部达标", cell.text)
            and not re.search("未|没有|不足|差|低于|延|推迟|滞后|但|仅|部分", cell.text)
        ):
            message = "疑似矛盾：得分低于分值，原因却说已经完成"
            found.append(Found(message, row.row, "deviation", cell.place, cell.text, "数据与原因一致"))
    return tuple(found)


def nothing_to_improve(case: Case) -> Answer:
    """G08: problems and measures are both 无 although points were lost."""
    form = case.form
    cells = [cell for cell in (form.problems, form.measures) if cell is not None]
    if not cells:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有存在问题、改进措施两栏")
    if not all(_nothing(cell) for cell in cells):
        return ()
    missed = [row.row.name.text for row in case.rows if _short(row)]
    rate = _rate(case)
    if rate is not None and rate < 90:
        missed.append("预算执行率")
    if not missed:
        return ()
    told = "、".join(missed[:3]) + (f"等{len(missed)}项" if len(missed) > 3 else "")
    message = f"{told}没有达到目标，存在问题和改进措施却都填“无”或空白"
    field = "problems" if form.problems is not None else "measures"
    return (Found(message, None, field, cells[0].place, cells[0].text, "问题和措施"),)


def _nothing(printed: Printed) -> bool:
    return empty_kind(printed.text) is not None or fold(printed.text).rstrip("。") in words("nothing")


def _rate(case: Case) -> Fraction | None:
    fund = scored_fund(case.form)
    if fund is None:
        return None
    unit = case.form.money_unit or MoneyUnit.YUAN
    budget, done = read_money(text_of(fund.annual_budget), unit), read_money(text_of(fund.executed), unit)
    return done.yuan / budget.yuan * 100 if budget is not None and done is not None and budget.yuan else None


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
    found = []
    for row in rows:
        actual, score = actual_of(row), decimal(text_of(row.score))
        if actual is None or actual.number == 0 or score == 0:
            continue  # not asked, and no points taken for it
        for cell in (row.deviation, row.remark, row.basis, row.actual, *(printed for _, printed in row.extra)):
            if cell is not None and _NOT_ASKED.search(fold(cell.text)):
                message = f"没有开展调查，却填报满意度{text_of(row.actual)}"
                found.append(Found(message, row, "actual", cell.place, cell.text, "附问卷、样本和日期"))
                break
    if found:
        return tuple(found)
    if any(re.search("问卷|样本|调查|测评|评议|回访", text.text) for text in case.form.texts):
        return ()
    return Skip(Outcome.INSUFFICIENT_DATA, "表内没有提到问卷或样本；是否开展调查须看佐证材料")


_NOT_ASKED = re.compile(
    "(?:未|没有|尚未|没)(?:能)?(?:组织|开展|进行|发放|做|实施)[^,，。；;]{0,8}(?:问卷|调查|测评|回访)|无(?:问卷|调查)"
)


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


_NUMBER_OF = r"[^0-9，。；;,]{0,8}?(\d+)\s*(?:份|人|张|户|名|票)"
# Valid answers first; then those that came back; then those that were asked.
_SAMPLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"有效(?:问卷|样本|票|回收|答卷|评价表){_NUMBER_OF}|(\d+)\s*份有效",
        rf"(?:回收|收回|收到){_NUMBER_OF}",
        rf"(?:问卷|样本量?|抽样|抽取|抽查|抽访|访谈|受访者?|调查对象|随机调查){_NUMBER_OF}",
    )
)


def _sample(text: str) -> int | None:
    """How many answers a text speaks of, by the narrowest count it names."""
    for pattern in _SAMPLES:
        numbers = [
            int(number)
            for groups in pattern.findall(text)
            for number in ([groups] if isinstance(groups, str) else groups)
            if number
        ]
        if numbers:
            return min(numbers)
    return None


def small_sample(case: Case) -> Answer:
    """G11: fewer than 30 valid answers."""
    rows = _satisfaction(case.form)
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有满意度指标")
    found, told = [], False
    for row in rows:
        names = [(name, getattr(row, name)) for name in ("deviation", "remark", "basis", "actual", "standard")]
        cells = [*names, *(("extra", printed) for _, printed in row.extra)]
        for field, cell in cells:
            size = _sample(text_of(cell))
            told = told or size is not None
            if size is not None and size < 30 and cell is not None:
                message = f"有效问卷只有{size}份，不足30份，样本太少"
                found.append(Found(message, row, field, cell.place, cell.text, "不少于30份", f"{size} < 30"))
                break
    if not told and (
        prose := next((t for t in case.form.texts if "有效" in t.text and _sample(t.text) is not None), None)
    ):
        size, told = _sample(prose.text), True
        if size is not None and size < 30:
            message = f"有效问卷只有{size}份，不足30份，样本太少"
            found.append(Found(message, rows[0], "actual", prose.place, prose.text, "不少于30份", f"{size} < 30"))
    return tuple(found) if told else Skip(Outcome.INSUFFICIENT_DATA, "表中没有写明问卷份数")


# --- across the stages of one project ---------------------------------------------------------------------------------------


def _dropped(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G15: an indicator of the earlier stage is missing in the later one."""
    found = []
    for earlier, later in stages(cases):
        names = {_key(row) for row in later.indicators}
        gone = [row for row in earlier.indicators if _key(row) not in names]
        # More than half gone: another table, or another way of naming, not indicators dropped.
        if len(gone) * 2 > len(earlier.indicators):
            continue
        for row in gone:
            message = f"{_STAGE_NAMES[earlier.kind]}里的“{row.name.text}”在{_STAGE_NAMES[later.kind]}里没有了"
            expected = f"保留“{row.name.text}”或附调整批复"
            found.append(Found(message, row, "indicators", later.place, "", expected, whole_file=True))
    return tuple(found)


_STAGE_NAMES = {Kind.DECLARATION: "申报表", Kind.MONITORING: "监控表", Kind.SELF_EVALUATION: "自评表"}


def _key(row: Indicator) -> str:
    """What a row is recognised by in another stage: its name without numbering and punctuation."""
    return re.sub(r"^(?:指标)?\d{1,2}[.、:：)）]?|[^\w]|_", "", fold(row.name.text))


def _changed(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G16: a target differs between stages and no adjustment is printed."""
    found = []
    for earlier, later in stages(cases):
        before = {_key(row): row for row in earlier.indicators}
        logged = later.goal is not None and bool(later.goal.adjusted)
        for row in later.indicators:
            old = before.get(_key(row))
            if old is None or not old.target or not row.target or logged or _logged(row) or _same_target(old, row):
                continue
            message = f"“{row.name.text}”的指标值由“{_shown(old)}”变为“{_shown(row)}”，没有调整记录"
            derivation = f"{_shown(old)} → {_shown(row)}"
            place = row.target.place
            found.append(Found(message, row, "target", place, _shown(row), _shown(old), derivation, whole_file=True))
    return tuple(found)


def _shown(row: Indicator) -> str:
    return f"{text_of(row.sign)}{text_of(row.target)}{text_of(row.measure_unit)}"


def _logged(row: Indicator) -> bool:
    """Whether the row itself tells of an adjustment: an initial value beside it, or words in a remark."""
    cells = (row.remark, row.deviation, *(printed for _, printed in row.extra))
    return row.initial_target is not None or any("调整" in text_of(cell) or "变更" in text_of(cell) for cell in cells)


_UP = (Comparator.AT_LEAST, Comparator.MORE)
_DOWN = (Comparator.AT_MOST, Comparator.LESS)


def _same_target(one: Indicator, two: Indicator) -> bool:
    """Whether two targets ask for the same, however they are written (≥12期, 12 with 期 in the unit column, 12期)."""
    if fold(_shown(one)) == fold(_shown(two)):
        return True
    a, b = target_of(one), target_of(two)
    if a.comparator is Comparator.DATE or b.comparator is Comparator.DATE:
        return a.date_to is not None and b.date_to is not None and a.date_to[-5:] == b.date_to[-5:]
    values = [(t.low_value if t.low is not None else t.high_value) for t in (a, b)]
    if None in values or Comparator.COMPOUND in (a.comparator, b.comparator):
        return fold(text_of(one.target)) == fold(text_of(two.target))
    turned = (a.comparator in _UP and b.comparator in _DOWN) or (a.comparator in _DOWN and b.comparator in _UP)
    units = bool(a.unit and b.unit) and relation(a.unit, b.unit) is Relation.DIFFERENT
    return values[0] == values[1] and not turned and not units


def _against_monitoring(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """G13: monitoring called it impossible, the self-evaluation says it was done."""
    found = []
    for earlier, later in stages(cases):
        if earlier.kind is not Kind.MONITORING:
            continue
        said = {_key(row): text_of(row.likelihood) for row in earlier.indicators if row.likelihood}
        for row in later.indicators:
            told, score, weight = said.get(_key(row), ""), decimal(text_of(row.score)), decimal(text_of(row.weight))
            if not told or score is None or not weight or row.score is None:
                continue
            hopeless = "不可能" in told or "无法" in told
            sure = "确定能" in told or fold(told) in ("能", "能完成", "确定")
            if hopeless and score == weight:
                message = f"监控时认为“{row.name.text}”{told}，自评却得满分"
            elif sure and score * 10 < weight * 6 and _silent(row.deviation):
                message = f"监控时认为“{row.name.text}”{told}，自评却只得{score}分（分值{weight}），没有说明原因"
            else:
                continue
            derivation = f"监控：{told}；自评：{score}/{weight}"
            found.append(Found(message, row, "score", row.score.place, row.score.text, "", derivation, whole_file=True))
    return tuple(found)


# --- who evaluated ----------------------------------------------------------------------------------------------------------


def few_evaluators(case: Case) -> Answer:
    """G18: fewer than three evaluators are named."""
    lists = [
        (label, printed)
        for label, printed in case.form.extra
        if re.search("评价(?:小?组|工作组)?(?:成员|人员)|评审专家|评价专家", label)
    ]
    if not lists:
        return Skip(Outcome.INSUFFICIENT_DATA, "需要评价人员名单")
    label, printed = lists[0]
    names = [name for name in re.split(r"[、，,；;\s]+", re.sub(r"[（(][^（）()]*[)）]", "", printed.text)) if name]
    if not names:
        return (Found(f"“{label}”没有填写", None, "extra", printed.place, "", "不少于3人"),)
    if len(names) >= 3:
        return ()
    message = f"“{label}”只有{len(names)}人，一般不少于3人"
    return (Found(message, None, "extra", printed.place, printed.text, "不少于3人", f"{len(names)} < 3"),)


_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）：未完成目标或偏离目标较大的，应分析并说明原因，研究改进措施"
_REASONS = _SCORED | {Kind.MONITORING}

CHECKS = (
    owed_check("G01", "扣分没有原因", "E", _SCORED, no_reason, _SELF, "补填偏差原因和改进措施。"),
    owed_check("G02", "合并的原因", "I", _REASONS, merged_reason, _SELF, "逐项说明。"),
    owed_check("G03", "疑似套用的原因", "W", _REASONS, copied_reason, _SELF, "按每个指标的实际情况说明。", "H"),
    owed_check("G04", "疑似空话", "W", _REASONS, hollow_reason, _SELF, "写明具体原因。", "H"),
    owed_check("G05", "疑似没有措施", "W", _REASONS, no_measure, _SELF, "写明措施、责任和时限。", "H"),
    owed_check("G06", "大幅超额没有说明", "W", _SCORED, far_over, f"{_SELF}；完成值达到指标值1.3倍以上的，一般视为目标偏低", "说明超额原因，下年度提高指标值。"),
    owed_check("G07", "疑似原因与数据矛盾", "W", _SCORED, reason_against_numbers, _SELF, "核对完成值或原因。", "H"),
    owed_check("G08", "没有问题和措施", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), nothing_to_improve, _SELF, "如实填写问题和改进措施。"),
    owed_check("G09", "满意度没有调查", "W", _SCORED, no_survey, "满意度应来自问卷调查（财预〔2021〕101号）", "附问卷、样本和日期。"),
    owed_check("G10", "满意度100%", "I", _REASONS | {Kind.DECLARATION, Kind.DISCLOSURE}, all_satisfied, "全部满意的调查结果很少见", "核对样本和统计口径。"),
    owed_check("G11", "样本太少", "W", _SCORED, small_sample, "通行做法：有效样本不少于30份", "扩大样本。"),
    owed_check("G12", "疑似佐证不在年度内", "W", _SCORED, elsewhere("需要佐证材料"), "佐证材料应形成于评价年度", "换成评价年度内的佐证材料。", "H"),
    owed_check("G14", "红灯没有整改", "W", frozenset({Kind.MONITORING}), elsewhere("需要整改记录"), "《中央部门预算绩效运行监控管理暂行办法》（财预〔2019〕136号）：对监控发现的问题应及时纠正", "附整改记录。"),
    owed_check("G17", "逾期报送", "W", _SCORED, elsewhere("需要报送时间和任务期限"), "应在规定期限内报送", "按期报送。"),
    owed_check("G18", "评价人员不足", "W", frozenset({Kind.EVALUATION}), few_evaluators, "部分地区规定评价组不少于3人并签名", "补充评价人员并由其签名。"),
)  # fmt: skip

FILE_CHECKS = (
    FileCheck(code="G13", title="监控与自评矛盾", level=Level.WARNING, kind=Certainty.DETERMINISTIC, run=_against_monitoring, why="各环节的结论应能相互印证", advice="核对监控结论和自评结果。"),
    FileCheck(code="G15", title="指标缺失", level=Level.ERROR, kind=Certainty.DETERMINISTIC, run=_dropped, why="批复的指标应全部自评（财预〔2020〕10号）", advice="补填缺少的指标，或附调整批复。"),
    FileCheck(code="G16", title="指标值变动", level=Level.ERROR, kind=Certainty.DETERMINISTIC, run=_changed, why="绩效目标一经批复，一般不予调整；确需调整的，按程序报批（财预〔2015〕88号）", advice="按批复的指标值自评，或附调整批复。"),
)  # fmt: skip
