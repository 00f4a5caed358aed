"""Made-up indicator rows of any number, as a nation's self-evaluations hold them: for tests, demonstrations, measurements.

Every ten rows are one form of a made-up project. Rules come in the kinds and proportions of the field, each worded in
several ways with numbers of its own; what clerks typed has the field's blanks, dashes, words, missing units and slips. The
same seed always gives the same rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import pyarrow as pa

REGIONS = tuple(f"{name}省" for name in ("云岭", "海东", "江北", "河西", "川南", "湖中", "桂源", "青原"))
UNITS = tuple(
    f"{name}{kind}" for name in ("清河", "石桥", "南溪", "东岭", "白沙") for kind in ("组织部", "党校", "老干部局")
)
COLUMNS = (
    "row_id",
    "form_id",
    "region",
    "unit_name",
    "year",
    "class",
    "indicator",
    "rule",
    "target",
    "unit",
    "weight",
    "actual",
    "grade",
)

_ROWS_OF_A_FORM = 10
_WEIGHTS = ("10", "10", "10", "10", "10", "8", "8", "8", "6", "10")
_TYPED = 40  # texts made up for each row of a template
_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a form's template and what clerks type there."""

    class_: str
    indicator: str
    rule: str
    target: str
    unit: str
    weight: str
    typed: tuple[tuple[str, str], ...]  # actual, grade


def rows(count: int, *, seed: int = 1, templates: int = 500) -> Iterator[pa.Table]:
    """Tables of at most 100,000 rows, ``count`` rows in all. ``templates`` forms with their own rules and targets."""
    random = Random(seed)  # noqa: S311 - samples, no secrets
    lines = [_line(random, weight) for _ in range(templates) for weight in _WEIGHTS]
    pools = {
        "class": pa.array([line.class_ for line in lines]),
        "indicator": pa.array([line.indicator for line in lines]),
        "rule": pa.array([line.rule for line in lines]),
        "target": pa.array([line.target for line in lines]),
        "unit": pa.array([line.unit for line in lines]),
        "weight": pa.array([line.weight for line in lines]),
    }
    actuals = pa.array([actual for line in lines for actual, _ in line.typed])
    grades = pa.array([grade for line in lines for _, grade in line.typed])
    for first in range(0, count, _CHUNK):
        size = min(_CHUNK, count - first)
        yield _chunk(Random(f"{seed}/{first}"), first, size, templates, pools, actuals, grades)  # noqa: S311


def _chunk(
    random: Random,
    first: int,
    size: int,
    templates: int,
    pools: dict[str, pa.Array],
    actuals: pa.Array,
    grades: pa.Array,
) -> pa.Table:
    forms = range(first // _ROWS_OF_A_FORM, (first + size - 1) // _ROWS_OF_A_FORM + 1)
    template = {form: random.randrange(templates) for form in forms}
    where = [(random.randrange(len(REGIONS)), random.randrange(len(UNITS)), random.randrange(3)) for _ in forms]
    numbers = range(first, first + size)
    line = [template[i // _ROWS_OF_A_FORM] * _ROWS_OF_A_FORM + i % _ROWS_OF_A_FORM for i in numbers]
    place = [where[i // _ROWS_OF_A_FORM - forms.start] for i in numbers]
    picked = [one * _TYPED + j for one, j in zip(line, random.choices(range(_TYPED), k=size), strict=True)]
    at = pa.array(line)
    columns = {
        "row_id": pa.array(numbers, pa.int64()),
        "form_id": pa.array([f"F{i // _ROWS_OF_A_FORM:09d}" for i in numbers]),
        "region": pa.array([REGIONS[one] for one, _, _ in place]),
        "unit_name": pa.array([UNITS[one] for _, one, _ in place]),
        "year": pa.array([str(2022 + one) for _, _, one in place]),
        **{name: pool.take(at) for name, pool in pools.items()},
        "actual": actuals.take(pa.array(picked)),
        "grade": grades.take(pa.array(picked)),
    }
    return pa.table({name: columns[name] for name in COLUMNS})


def _line(random: Random, weight: str) -> _Line:
    (kind,) = random.choices([one for one, _ in _KINDS], [share for _, share in _KINDS])
    return kind(random, weight)


# --- kinds of rows ----------------------------------------------------------------------------------------------------

_COUNTED = (
    ("举办培训班", "期", 4, 60),
    ("轮训基层干部", "人", 120, 9000),
    ("慰问老党员", "人次", 30, 2600),
    ("新建活动阵地", "个", 2, 80),
    ("摄制教学片", "部", 2, 24),
    ("档案数字化", "卷", 500, 40000),
    ("开展实地督导", "次", 3, 40),
    ("印发学习读本", "册", 300, 60000),
)
_RATES = ("参训率", "合格率", "覆盖率", "按时办结率", "验收通过率", "政策知晓率", "资料归档率")
_PEOPLE = ("参训学员", "服务对象", "基层党组织", "离退休干部")


def _scatter(random: Random, around: float, unit: str, places: int = 0) -> list[tuple[str, str]]:
    """Typed numbers around a target: mostly on it or near, some zero, some far, some without their unit."""
    texts: list[tuple[str, str]] = []
    for _ in range(_TYPED):
        factor = random.choice((1, 1, 1, random.uniform(0.9, 1.1), random.uniform(0.3, 1.3), random.uniform(0.7, 1)))
        number = f"{around * factor:.{places}f}"
        texts.append((number + random.choice((unit, unit, unit, "")), ""))
    return texts


def _with_slips(random: Random, texts: list[tuple[str, str]], words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Blanks, dashes, zeros and words among the numbers."""
    for text in ("", "—", "0", *words):
        if random.random() < 0.5:
            texts[random.randrange(len(texts))] = (text, "")
    return tuple(texts)


def _share(random: Random, weight: str) -> _Line:
    name, unit, low, high = random.choice(_COUNTED)
    target = random.randint(low, high)
    rule = random.choice(
        (
            "完成目标得满分，未完成的，得分=实际完成值/目标值×指标分值",
            f"达到{target}{unit}得满分；未达到的，按完成比例计分",
            f"①完成{target}{unit}及以上得{weight}分；②未完成的按实际完成数÷计划数×指标分值计分",
            "完成率达到100%得满分，每低1个百分点扣{}分，扣完为止".format(random.choice(("0.1", "0.2", "0.5", "1"))),
        )
    )
    typed = _with_slips(random, _scatter(random, target, unit), ("未开展", f"约{target}{unit}", "已完成"))
    return _Line("数量指标", f"{name}数量", rule, f"≥{target}{unit}", "", weight, typed)


def _rate(random: Random, weight: str) -> _Line:
    target = random.choice((80, 85, 88, 90, 92, 95, 96, 98, 100))
    step = random.choice(("0.5", "1", "2", "3", "5"))
    points = random.choice(("0.1", "0.2", "0.3", "0.5", "0.6", "1", "1.5", "2"))
    name = random.choice(_RATES)
    rule = random.choice(
        (
            f"{name}达到{target}%得满分，每降低{step}个百分点扣{points}分，扣完为止",
            f"{name}≥{target}%的，得{weight}分；每低于{step}个百分点，扣{points}分，扣完为止",
            f"达到{target}%及以上得满分；{target}%以下按实际比例÷{target}%×分值计分",
            f"{name}{target}%以上（含）得满分，{target - 20}%（含）—{target}%得{points}分，{target - 20}%以下不得分",
        )
    )
    typed = _with_slips(random, _scatter(random, target, "%", random.choice((0, 1, 2))), ("达到目标", "未统计"))
    return _Line("质量指标", name, rule, f"≥{target}%", "", weight, typed)


def _bands(random: Random, weight: str) -> _Line:
    top = random.choice((90, 92, 95))
    who, first = random.choice(_PEOPLE), random.randint(60, 80)
    full = int(weight)
    rule = random.choice(
        (
            f"满意度≥{top}%得{full}分；{first}%≤满意度＜{top}%得{full * 3 // 5}分；满意度＜{first}%得0分",
            f"满意度达到{top}%得满分，低于{top}%的，得分=满意度÷{top}%×分值，低于{first}%不得分",
            f"满意度{top}%以上得满分，每下降1个百分点扣{random.choice(('0.2', '0.25', '0.5', '1'))}分，低于{first}%不得分",
        )
    )
    typed = _with_slips(random, _scatter(random, top, "%", random.choice((0, 1, 2))), ("未开展调查", "/"))
    return _Line("满意度指标", f"{who}满意度", rule, f"≥{top}%", "", weight, typed)


def _cost(random: Random, weight: str) -> _Line:
    target = random.choice((50, 80, 120, 200, 350, 400, 450, 600, 1500))
    over = random.choice((1, 2, 5, 10))
    rule = random.choice(
        (
            f"不超过{target}元得满分，每超过{over}%扣{random.choice(('0.5', '1', '2'))}分，扣完为止",
            f"人均成本≤{target}元得满分，超过的不得分",
            f"控制在{target}元以内得{weight}分，每超出{over}元扣{random.choice(('0.1', '0.2', '0.5'))}分，扣完为止",
        )
    )
    typed = _with_slips(random, _scatter(random, target, "元", random.choice((0, 2))), ("未超标准", "0.03万元"))
    return _Line("成本指标", "人均培训成本", rule, f"≤{target}元", "", weight, typed)


def _date(random: Random, weight: str) -> _Line:
    month, day = random.randint(3, 12), random.choice((10, 15, 20, 25, 28))
    rule = random.choice(
        (
            f"{month}月{day}日前完成得满分，每推迟{random.choice((1, 2, 3, 5, 7))}天扣{random.choice(('0.5', '1', '2'))}分，扣完为止",
            f"在{month}月{day}日前完成得满分，逾期完成的不得分",
        )
    )
    texts: list[tuple[str, str]] = []
    for _ in range(_TYPED):
        end = random.choice((day, day, random.randint(1, 28)))
        texts.append((random.choice((f"{month}月{end}日", f"2023年{month}月{end}日", "按时完成", f"延迟{end}天")), ""))
    typed = _with_slips(random, texts, ("未完成",))
    return _Line("时效指标", "任务完成时间", rule, f"{month}月{day}日前", "", weight, typed)


def _incidents(random: Random, weight: str) -> _Line:
    points = random.choice(("0.5", "1", "2", "3", "5"))
    rule = random.choice(
        (
            f"未发生安全责任事故得满分，每发生1起扣{points}分，扣完为止",
            f"每出现1次差错扣{points}分，扣完为止",
            "发生一起及以上不得分，未发生得满分",
        )
    )
    texts = [(random.choice(("0起", "0", "无", "未发生", "1起", "2起", "3")), "") for _ in range(_TYPED)]
    return _Line("质量指标", "安全责任事故数", rule, "0起", "", weight, tuple(texts))


def _judged(random: Random, weight: str) -> _Line:
    rule = random.choice(
        (
            "根据作用发挥情况，好得满分，较好得80%，一般得60%，差不得分",
            f"效果显著得{weight}分，效果较好得{int(weight) - 2}分，效果一般得{int(weight) // 2}分，没有效果不得分",
            "由评价组根据实际情况酌情打分",
            f"达成预期得{weight}分；部分达成得{int(weight) // 2}分；未达成不得分",
        )
    )
    words = ("好", "较好", "一般", "差", "显著", "", "达成预期", "部分达成", weight, str(int(weight) - 1))
    texts = [(random.choice(("效果良好", "已达成", "有所提升")), random.choice(words)) for _ in range(_TYPED)]
    return _Line("社会效益指标", "干部队伍素质", rule, "有所提升", "", weight, tuple(texts))


def _defective(random: Random, weight: str) -> _Line:
    target = random.choice((85, 90, 95))
    rule = random.choice(
        (
            f"≥{target}%得满分；{target - 10}%以下得0分",
            f"达到{target}%得满分，{target - 5}%—{target}%得{int(weight) // 2}分，{target}%—100%得{int(weight) - 1}分",
            "详见评分细则",
            "",
            f"未达到{target}%酌情扣分",
        )
    )
    typed = _with_slips(random, _scatter(random, target, "%", 1), ("完成",))
    return _Line("质量指标", random.choice(_RATES), rule, f"≥{target}%", "", weight, typed)


def _money(random: Random, weight: str) -> _Line:
    target = random.choice((10, 12, 48, 105, 260, 1200))
    rule = random.choice(
        (
            "按预算执行率计分，得分=实际支出/预算数×指标分值，最高得满分",
            f"到位{target}万元得满分，未足额到位的按比例计分",
        )
    )
    texts: list[tuple[str, str]] = []
    for _ in range(_TYPED):
        part = random.choice((1, 1, random.uniform(0.5, 1), random.uniform(0.9, 1.2)))
        texts.append(
            (random.choice((f"{target * part:.2f}万元", f"{target * part:.2f}", f"{target * part * 10000:,.0f}元")), "")
        )
    return _Line("成本指标", "专项资金支出", rule, f"{target}万元", "", weight, _with_slips(random, texts, ()))


_KINDS: tuple[tuple[Callable[[Random, str], _Line], float], ...] = (
    (_share, 0.26),
    (_rate, 0.24),
    (_bands, 0.12),
    (_cost, 0.08),
    (_date, 0.08),
    (_incidents, 0.06),
    (_judged, 0.08),
    (_defective, 0.05),
    (_money, 0.03),
)
