"""C · indicator design: required classes, the right class, one thing measured, a result rather than an input."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from hengjian.audit.case import Answer, Case, Check, Found, Outcome, Skip, decimal, elsewhere, target_of, text_of
from hengjian.audit.money import largest_amount
from hengjian.audit.words import has, words
from hengjian.forms.form import Form, Indicator, Kind
from hengjian.values.finding import Certainty, Level
from hengjian.values.money import show_money
from hengjian.values.quantity import Relation, relation
from hengjian.values.target import Comparator, Target
from hengjian.values.text import fold

_CLASSED = frozenset(
    {Kind.DECLARATION, Kind.DISCLOSURE, Kind.SELF_EVALUATION, Kind.MONITORING, Kind.DEPARTMENT_OVERALL}
)
# Words that show a class under any of its printed names (产出指标, 产出数量, 时效指标, 时间指标 …).
_CLASSES = {
    "产出": "产出|数量|质量|时效",
    "效益": "效益|效果|影响",
    "满意度": "满意",
    "数量": "数量",
    "质量": "质量",
    "时效": "时效|时间|进度|及时",
    "成本": "成本|经济性",
}


def _stem(name: str) -> str:
    return fold(name).removesuffix("指标")


def _levels(form: Form) -> set[str]:
    return {
        fold(text_of(level)) for row in form.indicators for level in (row.level1, row.level2) if text_of(level).strip()
    }


def missing_class(case: Case) -> Answer:
    """C01: a class that the scheme requires is missing. One finding names them all."""
    levels = _levels(case.form)
    if not levels or not any(_has_class(levels, name) for name in ("产出", "效益", "满意度")):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有一级、二级指标")
    wanted = dict.fromkeys(_stem(name) for name in (*case.scheme.required_classes, *case.scheme.required_subclasses))
    missing = [name for name in wanted if name != "成本" and not _has_class(levels, name)]
    # A class that is only counted at the first level is not there in its second-level kinds either.
    shown_second = any(text_of(row.level2).strip() for row in case.form.indicators)
    if not shown_second:
        missing = [name for name in missing if name in ("产出", "效益", "满意度")]
    if "满意度" in missing and _weights_without_satisfaction(case.form):
        missing.remove("满意度")
    if not missing:
        return ()
    message = f"缺少{'、'.join(missing)}指标"
    return (
        Found(message, None, "level2", case.form.indicators[0].place, "、".join(sorted(levels)), "、".join(missing)),
    )


def _weights_without_satisfaction(form: Form) -> bool:
    """Whether the other classes share all points by a split the guides allow where nobody is served (101号: 效益 takes the 10)."""
    sums: dict[str, Decimal] = {}
    for row in form.indicators:
        weight = decimal(text_of(row.weight))
        name = fold(text_of(row.level1)).removesuffix("指标")
        if weight is None or not name:
            return False
        sums[name] = sums.get(name, Decimal(0)) + weight
    return sums in _NO_SATISFACTION


_NO_SATISFACTION: tuple[dict[str, Decimal], ...] = (
    {"产出": Decimal(50), "效益": Decimal(40)},
    {"产出": Decimal(60), "效益": Decimal(30)},
    {"成本": Decimal(20), "产出": Decimal(40), "效益": Decimal(30)},
)


def _has_class(levels: set[str], name: str) -> bool:
    return any(re.search(_CLASSES.get(name, re.escape(name)), level) for level in levels)


def missing_cost(case: Case) -> Answer:
    """C02: no cost class where the scheme makes it one of its own."""
    levels = _levels(case.form)
    required = any(_stem(name) == "成本" for name in (*case.scheme.required_classes, *case.scheme.required_subclasses))
    if not levels or not required:
        return Skip(Outcome.NOT_APPLICABLE, "评分方案没有要求成本指标")
    if _has_class(levels, "成本"):
        return ()
    return (Found("缺少成本指标", None, "level1", case.form.indicators[0].place, "", "成本指标"),)


def _class_of(row: Indicator) -> str:
    return fold(text_of(row.level1)) + fold(text_of(row.level2))


def execution_as_cost(case: Case) -> Answer:
    """C03: the execution rate as a cost indicator: counted twice beside the 10 points of the execution row."""
    rows = [row for row in case.form.indicators if "成本" in _class_of(row)]
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有成本指标")
    return tuple(
        Found(
            "预算执行率不是成本指标，会与预算执行率的10分重复计算",
            row,
            "level2",
            None,
            row.name.text,
            "单位成本或总成本",
        )
        for row in rows
        if re.search("执行率|支出率|支付率|支出进度|执行进度|支付进度|资金使用率|预算完成率", fold(row.name.text))
    )


def wrong_class(case: Case) -> Answer:
    """C04 (疑似): an indicator in a class it does not belong to."""
    found = []
    for row in case.form.indicators:
        name, level = fold(row.name.text), _class_of(row)
        if "经济效益" in level and has(name, "not_economic") and not re.search("成本|收入|产值|税|节约|经济", name):
            message = f"疑似放错类别：“{row.name.text}”不是经济效益"
            found.append(Found(message, row, "level2", None, text_of(row.level2), "社会效益、质量或可持续影响"))
        elif "社会效益" in level and has(name, "not_social") and "社会成本" not in name:
            message = f"疑似放错类别：“{row.name.text}”不是社会效益"
            found.append(Found(message, row, "level2", None, text_of(row.level2), "经济效益或生态效益"))
        elif "时效" in level and re.search("(?:人数|人次|期数|场次|数量|册数|卷数|份数)$", name):
            message = f"疑似放错类别：“{row.name.text}”是数量，不是时效"
            found.append(Found(message, row, "level2", None, text_of(row.level2), "数量指标"))
        elif "数量" in level and re.search("(?:及时率|及时性|按时完成率|完成时间|完成时限)$", name):
            message = f"疑似放错类别：“{row.name.text}”是时效，不是数量"
            found.append(Found(message, row, "level2", None, text_of(row.level2), "时效指标"))
        elif "质量" in level and re.search(
            "(?:培训|参训|受训|服务|参加|发放|惠及)[^率]*(?:人数|人次)$|(?:期数|场次)$", name
        ):
            message = f"疑似放错类别：“{row.name.text}”是数量，不是质量"
            found.append(Found(message, row, "level2", None, text_of(row.level2), "数量指标"))
        elif "满意" in name and "满意" not in level and level and "质量" not in level and "社会效益" not in level:
            found.append(
                Found(
                    f"疑似放错类别：“{row.name.text}”应属满意度", row, "level2", None, text_of(row.level2), "满意度指标"
                )
            )
    return tuple(found)


def output_for_benefit(case: Case) -> Answer:
    """C05 (疑似): a benefit that only counts what was done, or an output that speaks of an effect."""
    found = []
    for row in case.form.indicators:
        name, level, target = fold(row.name.text), _class_of(row), target_of(row)
        counted = target.unit in ("次", "期", "场", "人次", "份", "篇", "批") and not re.search(
            "投诉|事故|违|减少|新增|带动|惠及|受益|服务", name
        )
        if re.search("效益", level) and counted and re.search("举办|开展|组织|印发|发放|培训|召开|采购", name):
            found.append(
                Found(
                    f"疑似把产出写成效益：“{row.name.text}”是做了多少",
                    row,
                    "level1",
                    None,
                    text_of(row.level1),
                    "产出指标",
                )
            )
        elif re.search("产出", level) and re.search("满意度|影响力|获得感|认同感", name):
            found.append(
                Found(
                    f"疑似把效益写成产出：“{row.name.text}”",
                    row,
                    "level1",
                    None,
                    text_of(row.level1),
                    "效益或满意度指标",
                )
            )
    return tuple(found)


_MEASURE = re.compile("(?:率|数|数量|次数|人次|程度|水平|度|金额|成本|时间|情况)(?:\\([^)]*\\))?[。.]?$")
_EFFECT = re.compile("增强|提升|提高|改善|完善|优化|加强|健全")


def two_in_one(case: Case) -> Answer:
    """C06: two things in one indicator: two numbers in the target, or two measures in the name."""
    found = []
    for row in case.form.indicators:
        target = target_of(row)
        name = fold(row.name.text)
        if target.comparator is Comparator.COMPOUND and sum(_measured(part) for part in target.parts) > 1:
            found.append(_two(row, "target", f"指标值“{text_of(row.target)}”里有两个数，应分成两个指标"))
        elif not row.bands and _two_measures(name):
            found.append(_two(row, "name", f"“{row.name.text}”说的是两件事，应分成两个指标"))
    return tuple(found)


def _measured(part: Target) -> bool:
    return (part.low is not None or part.high is not None) and part.comparator is not Comparator.DATE


def _two_measures(name: str) -> bool:
    pieces = [piece for piece in re.split("[,;，；]", name) if piece]
    if len(pieces) != 2 or len(name) > 40 or not _MEASURE.search(pieces[1]):
        return bool(_JOINED.search(name))
    return bool(_EFFECT.search(pieces[0]) or _MEASURE.search(pieces[0]))


_JOINED = re.compile(
    "(?:率|度|性|人次|人数|次数|个数|期数|场次)(?:以及|及|和|与|、).{2,}(?:率|度|性|人次|人数|次数|个数|期数|场次)$"
)


def _two(row: Indicator, field: str, message: str) -> Found:
    printed = getattr(row, field)
    return Found(message, row, field, printed.place if printed else None, text_of(printed), "一个指标只衡量一件事")


def sentence_as_name(case: Case) -> Answer:
    """C07 (疑似): the name is a sentence or a slogan, not something that can be measured."""
    found = []
    for row in case.form.indicators:
        name = fold(row.name.text)
        wordy = (
            len(name) >= 16
            and not _MEASURE.search(name)
            and re.search("[,;。，；]|切实|扎实|深入|全面|着力|大力|努力", name)
        )
        if wordy or (len(name) >= 10 and name.endswith("。")):
            found.append(
                Found(
                    "疑似把口号写成指标：名称是一句话，不是可衡量的事项",
                    row,
                    "name",
                    row.name.place,
                    row.name.text,
                    "简短的名词，如“培训期数”",
                )
            )
    return tuple(found)


def input_as_target(case: Case) -> Answer:
    """C08 (疑似): money or staff put in, written as an output or a benefit."""
    return tuple(
        Found(
            f"疑似把投入当作绩效：“{row.name.text}”是花了多少，不是做成了什么",
            row,
            "name",
            row.name.place,
            row.name.text,
            "产出或效果",
        )
        for row in case.form.indicators
        if (has(fold(row.name.text), "input") or _SPENT.search(fold(row.name.text)))
        and "成本" not in _class_of(row)
        and not re.search(
            "率$|准确|及时|成本|带动|撬动|节约|减免|增收|引进|吸引|捐赠|挽回|追缴|清收", fold(row.name.text)
        )
    )


_SPENT = re.compile(
    "(?:补贴|补助|资金|经费|预算|奖金|采购|拨款|支出|兑现|投入)(?:发放|支付|使用|安排|兑现)?(?:总?金额|总额|额度?|规模|数额)$"
)


def beyond_the_unit(case: Case) -> Answer:
    """C09 (疑似): a result of the whole city or province credited to one county office."""
    form = case.form
    office = fold(text_of(form.unit) + text_of(form.department))
    county = bool(re.search("(?<!自治)[区县旗](?!域)", office))
    found = []
    for row in form.indicators:
        text = fold(row.name.text + text_of(row.target))
        wide = county and re.search("全市|全省|全国", fold(row.name.text))
        if wide or (has(text, "beyond_unit") and (county or not re.search("全市|全省", text))):
            found.append(
                Found(
                    "疑似不能归因于本单位：这是更大范围的结果",
                    row,
                    "name",
                    row.name.place,
                    row.name.text,
                    "本单位能够影响的结果",
                )
            )
    return tuple(found)


@lru_cache(maxsize=4096)
def _core(name: str) -> str:
    """A name without endings and fillers that carry no meaning of their own."""
    core = re.sub("[的和与及、]", "", fold(name))
    changed = True
    while changed:
        changed = False
        for ending in words("generic"):
            if core.endswith(ending) and len(core) - len(ending) >= 3:
                core, changed = core[: -len(ending)], True
    return core


@lru_cache(maxsize=4096)
def _bigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


@dataclass(frozen=True, slots=True)
class _Measure:
    """What a row measures, as far as it tells whether another row measures the same. ``pairs`` are a set, bit by bit."""

    pairs: int
    size: int
    unit: str | None
    people: str  # the folded target where it is a number of people, else ""

    def overlaps(self, other: "_Measure") -> bool:
        """Whether two rows of one activity and sort measure the same: one name holds the other, or both ask for one number."""
        shared, small = (self.pairs & other.pairs).bit_count(), min(self.size, other.size)
        within = shared == small >= 3
        if not within and not (self.people and self.people == other.people and shared >= 2 and shared * 2 >= small):
            return False
        return self.unit == other.unit or not (
            self.unit and other.unit and relation(self.unit, other.unit) is Relation.DIFFERENT
        )


def _measures(rows: Sequence[Indicator]) -> list[list[tuple[int, _Measure]]]:
    """The rows that may measure the same, in groups of one activity and sort, each row with its number.

    A count, a rate, a date and a wording of one thing are views of it, not indicators of the same.
    """
    bits: dict[str, int] = {}
    groups: dict[tuple[str, str], list[tuple[int, _Measure]]] = {}
    for number, row in enumerate(rows):
        core = _core(row.name.text)
        if len(core) < 3:
            continue
        pairs = 0
        for pair in _bigrams(core):
            pairs |= 1 << bits.setdefault(pair, len(bits))
        target, printed = target_of(row), fold(text_of(row.target))
        people = printed if "人" in printed and "%" not in printed and re.search(r"\d", text_of(row.target)) else ""
        measure = _Measure(pairs, pairs.bit_count(), target.unit, people)
        groups.setdefault((text_of(row.activity), _sort(target)), []).append((number, measure))
    return list(groups.values())


def _sort(target: Target) -> str:
    if target.comparator in (Comparator.DATE, Comparator.QUALITATIVE):
        return target.comparator.value
    return "%" if target.unit == "%" else "number"


def duplicates(case: Case) -> Answer:
    """C10 (疑似): two rows that measure the same. Each of the two rows gets a finding that names the other."""
    if case.form.kind is Kind.RESPONSIBILITY:
        return Skip(Outcome.NOT_APPLICABLE, "职责活动表的指标按活动区分")
    others: dict[int, list[Indicator]] = {}
    rows = case.form.indicators
    for group in _measures(rows):
        for (i, one), (j, two) in combinations(group, 2):
            if one.overlaps(two):
                others.setdefault(i, []).append(rows[j])
                others.setdefault(j, []).append(rows[i])
    return tuple(
        Found(
            f"疑似重复：与“{'”“'.join(other.name.text for other in same)}”衡量的是同一件事",
            rows[i],
            "name",
            rows[i].name.place,
            rows[i].name.text,
            "保留一个，或写明区别",
        )
        for i, same in sorted(others.items())
    )


def contradictory(case: Case) -> Answer:
    """C11 (疑似): two rows that measure the same with different results."""
    found: list[Found] = []
    told = [
        (row, fold(text_of(row.actual)), fold(text_of(row.target)), _core(row.name.text))
        for row in case.form.indicators
        if row.actual
    ]
    others: dict[int, list[Indicator]] = {}
    for group in _measures([row for row, *_ in told]):
        for (i, one), (j, two) in combinations(group, 2):
            (row, result, target, core), (other, other_result, other_target, other_core) = told[i], told[j]
            if result != other_result and (target == other_target or core == other_core) and one.overlaps(two):
                others.setdefault(i, []).append(other)
                others.setdefault(j, []).append(row)
    found = []
    for i, rows in sorted(others.items()):
        row = told[i][0]
        against = "，".join(f"“{other.name.text}”为“{text_of(other.actual)}”" for other in rows)
        message = f"疑似自相矛盾：完成值“{text_of(row.actual)}”，而{against}"
        found.append(Found(message, row, "actual", row.actual.place if row.actual else None, text_of(row.actual)))
    return tuple(found) if told else Skip(Outcome.NOT_APPLICABLE, "表中没有完成值")


# A promise in a goal: words, a number and a unit that counts (举办培训班12期).
_PROMISE = re.compile(
    r"([\u4e00-\u9fff、]{2,16}?)(?:不少于|不低于|超过|达到|达|≥|共|约)?(\d[\d,.]*)(余)?(万)?(期|次|场|人次|人|名|个|件|册|份|篇|户|家|卷|套|项|批|台|条)(?!年|月|以上的)"
)
_COMMON = re.compile(
    "完成|开展|组织|工作|实现|举办|全年|计划|建设|全区|全县|全市|覆盖|达到|不少|左右|以上|数量|进行|确保|提供|其中|累计|新增|共计|项目"
)


def goal_without_indicator(case: Case) -> Answer:
    """C12 (疑似): the goal promises a number of things that no indicator speaks of."""
    form = case.form
    goal = form.goal
    goals = [*form.goals, *(one for one in (goal.adjusted or goal.expected if goal is not None else None,) if one)]
    if not goals or not form.indicators:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有绩效目标文字或没有指标")
    spoken = frozenset(
        pair
        for row in form.indicators
        for pair in _bigrams(fold(row.name.text + text_of(row.target) + text_of(row.remark)))
    )
    found, told = [], set()
    for printed in goals:
        for clause in re.split("[，,。；;：:\n]", fold(printed.text)):
            for match in _PROMISE.finditer(clause):
                nouns = _bigrams_of(_COMMON.sub(" ", match.group(1)))
                if len(nouns) < 2 or nouns & spoken or match.group() in told:
                    continue
                told.add(match.group())
                message = f"疑似没有对应指标：目标写了“{match.group()}”，指标里没有这一项"
                found.append(Found(message, None, "goal", printed.place, match.group(), "补设相应指标"))
    return tuple(found)


def _bigrams_of(text: str) -> frozenset[str]:
    return frozenset(pair for word in text.split() for pair in _bigrams(word))


def beyond_the_money(case: Case) -> Answer:
    """C13 (疑似): a cost is to be kept under twice all the money the form speaks of, or more: it is the cost of something else.

    Which indicator a budget line pays for cannot be told from words (食宿 is part of 培训费): only amounts speak here, and a
    limit that is a little above the budget is a round number.
    """
    form = case.form
    rows = [(row, limit) for row in form.indicators if (limit := _cost_limit(row)) is not None]
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "没有以金额为指标值的成本指标")
    if form.money_unit is None or form.money_unit_inferred:
        return Skip(Outcome.INSUFFICIENT_DATA, "表上没有写明金额单位，不能同指标值比较")
    whole = largest_amount(form)
    if whole is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "表上没有资金数，不能同指标值比较")
    shown = show_money(whole.yuan, whole.unit)
    return tuple(
        Found(
            f"疑似与资金无关：成本控制数“{text_of(row.target)}”是表上全部资金{shown}的两倍以上，管的可能不是这笔钱",
            row,
            "target",
            row.target.place if row.target is not None else None,
            text_of(row.target),
            f"不超过{shown}",
        )
        for row, limit in rows
        if limit >= 2 * whole.yuan > 0
    )


def _cost_limit(row: Indicator) -> Fraction | None:
    """The most yuan that an economic cost may come to, None where the target is no such amount."""
    named = _class_of(row)
    target = target_of(row)
    if "成本" not in named or re.search("社会|生态|环境", named) or target.unit != "元" or target.base is not None:
        return None
    if target.comparator not in (Comparator.AT_MOST, Comparator.LESS):
        return None
    return target.high_value


def same_in_both_terms(case: Case) -> Answer:
    """C15: the targets (or the goal) of the whole project and of the year are the same although it runs over several years."""
    form = case.form
    whole, year = (form.budget.total, form.budget.current_year) if form.budget is not None else (None, None)
    pairs = [
        (row, printed)
        for row in form.indicators
        for label, printed in row.extra
        if _LONG_TERM.search(label) and printed and row.target
    ]
    texts = [
        printed
        for label, printed in form.extra
        if _LONG_TERM.search(label) and "目标" in label and len(fold(printed.text)) >= 10
    ]
    if not pairs and not texts:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有同时列出实施期和年度目标")
    if whole is not None and year is not None and whole and fold(whole.text) == fold(year.text):
        return Skip(Outcome.NOT_APPLICABLE, "项目总额等于当年预算，实施期只有一年")
    numbers = [
        (row, printed) for row, printed in pairs if re.search(r"\d", printed.text) and "%" not in fold(printed.text)
    ]
    if len(numbers) >= 2 and all(fold(printed.text) == fold(text_of(row.target)) for row, printed in numbers):
        message = f"{len(numbers)}个数量指标的实施期目标值与年度目标值完全相同"
        shown = "、".join(printed.text for _, printed in numbers[:3])
        return (Found(message, None, "target", numbers[0][1].place, shown, "分别测算实施期和年度的指标值"),)
    goals = {fold(goal.text) for goal in (*form.goals, form.goal.expected if form.goal else None) if goal}
    same = next((printed for printed in texts if fold(printed.text) in goals), None)
    if same is None:
        return ()
    message = "实施期目标与年度目标的文字完全相同"
    return (Found(message, None, "goal", same.place, same.text[:40], "分别写明实施期目标和年度目标"),)


_LONG_TERM = re.compile("实施期|中长期|长期|总体|全周期")


def no_library_code(case: Case) -> Answer:
    """C16: the form has a column for the code of the indicator library and a row leaves it blank."""
    coded = [row for row in case.form.indicators if row.code is not None]
    if not any(row.code for row in coded):
        return Skip(Outcome.INSUFFICIENT_DATA, "表中没有指标库编码，需要当地的指标库")
    return tuple(
        Found(
            "没有指标库编码，可能不是指标库里的指标",
            row,
            "code",
            row.code.place if row.code else None,
            "",
            "指标库编码",
        )
        for row in coded
        if not row.code
    )


def number_of_rows(case: Case) -> Answer:
    """C14: fewer than three indicators."""
    count = len(case.form.indicators)
    if not count or case.form.kind in (Kind.RESPONSIBILITY, Kind.EVALUATION):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有指标，或这类表格不限个数")
    if count >= 3:
        return ()
    return (
        Found(
            f"只有{count}个指标，一般不少于3个",
            None,
            "indicators",
            case.form.indicators[0].place,
            f"{count}",
            "3个以上",
        ),
    )


def vague_satisfaction(case: Case) -> Answer:
    """C18 (疑似): nobody is named whose satisfaction it is."""
    found = []
    for row in case.form.indicators:
        name = fold(row.name.text)
        match = re.search("^(.*?)(?:满意度|满意率)(?:指标|评价|调查)?$", name)
        if match is None:
            continue
        who = re.sub("对.*$", "", match.group(1)) or match.group(1)
        named = any(word in who for word in words("people")) or any(word in match.group(1) for word in words("people"))
        if not named and (match.group(1) in words("vague_satisfaction") or len(match.group(1)) <= 4):
            found.append(
                Found(
                    f"疑似对象不清：“{row.name.text}”没有说明是谁的满意度",
                    row,
                    "name",
                    row.name.place,
                    row.name.text,
                    "如“参训学员满意度”",
                )
            )
    return tuple(found)


def _check(
    code: str, title: str, level: str, run: Callable[[Case], Answer] | None, why: str, advice: str, kind: str = "D"
) -> Check:
    return Check(
        code=code,
        title=title,
        level=Level(level),
        kind=Certainty(kind),
        kinds=_CLASSED if code in ("C01", "C02") else frozenset(Kind),
        run=run,
        why=why,
        advice=advice,
    )


_GUIDE = "《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》（财预〔2021〕101号）：指标应高度关联、重点突出、量化易评"
_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）"

CHECKS = (
    _check("C01", "缺少必要的指标类别", "E", missing_class, f"{_SELF}：产出指标包括数量、质量、时效，另设效益和服务对象满意度", "补设缺少的指标；确不适用的，说明理由。"),
    _check("C02", "缺少成本指标", "W", missing_cost, _GUIDE, "补设成本指标。"),
    _check("C03", "预算执行率当作成本", "W", execution_as_cost, "预算执行率单独计10分，不再作为成本指标", "改为单位成本、总成本或成本节约率。"),
    _check("C04", "疑似类别不当", "W", wrong_class, _GUIDE, "改放到相应类别。", "H"),
    _check("C05", "疑似产出效益混淆", "W", output_for_benefit, _GUIDE, "产出写做了什么，效益写带来什么变化。", "H"),
    _check("C06", "一个指标两件事", "W", two_in_one, _GUIDE, "拆成两个指标，分别赋分。"),
    _check("C07", "疑似口号", "W", sentence_as_name, _GUIDE, "改为简短、可衡量的名称。", "H"),
    _check("C08", "疑似以投入为绩效", "W", input_as_target, "不以资金、人员投入作为绩效目标", "改为产出或效果。", "H"),
    _check("C09", "疑似无法归因", "W", beyond_the_unit, _GUIDE, "改为本单位工作直接带来的结果。", "H"),
    _check("C10", "疑似重复", "W", duplicates, _GUIDE, "合并或写明区别。", "H"),
    _check("C11", "疑似自相矛盾", "W", contradictory, "同一事项只能有一个结果", "核对两个完成值。", "H"),
    _check("C12", "疑似目标没有对应指标", "W", goal_without_indicator, _GUIDE, "为目标中的这项任务补设指标，或从目标中删去。", "H"),
    _check("C13", "疑似指标与资金无关", "W", beyond_the_money, _GUIDE, "核对控制数；指标管的是别的资金的，删去或改为本项目的成本。", "H"),
    _check("C14", "指标过少", "I", number_of_rows, _GUIDE, "补充核心指标。"),
    _check("C15", "实施期与年度目标相同", "W", same_in_both_terms, "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标按时效分为中长期目标和年度目标", "分别测算实施期目标和年度目标。"),
    _check("C16", "没有指标库编码", "W", no_library_code, "要求从指标库选取指标的地区，指标应有库内编码", "从指标库选取，或说明自设指标的理由。"),
    _check("C17", "固化指标被改动", "E", elsewhere("需要上级下达的固化指标"), "上级下达的固化指标不得自行修改", "恢复下达的指标，或附调整批复。"),
    _check("C18", "疑似满意度对象不清", "W", vague_satisfaction, _GUIDE, "写明服务对象。", "H"),
    _check("C19", "转移支付未分地区", "W", elsewhere("需要项目的资金层级"), "转移支付应分地区、分级次填列绩效目标（财预〔2015〕163号）", "补填分地区、分级次的目标。"),
)  # fmt: skip
