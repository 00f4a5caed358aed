"""What a cell means for a rule where it does not hold just one plain number: the score, or the reason for none."""

import pytest

from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.rule import rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import load_scheme

_RATIO = "达到指标值得满分；未达到的，得分=实际完成值/指标值×指标分值"
_SHORT = "每少1次扣0.5分，扣完为止"
_POINTS = "每低于目标值1个百分点扣0.5分，扣完为止"
_ALL = "达到目标值得满分，否则不得分"
_LATE = "按期完成得满分，每推迟1天扣0.2分，扣完为止"
_ON_TIME = "按时完成得满分，未按时完成不得分"


def _value(rule: str, target: str, weight: str, actual: str, indicator: str = "某项工作") -> str:
    context = Context(indicator=indicator, target=target, weight=weight, year=2024)
    got = score(read_rule(rule, context), context, actual)
    assert got.value is not None or got.reason
    return "" if got.value is None else str(got.value)


@pytest.mark.parametrize(
    ("rule", "target", "weight", "actual", "value"),
    [
        # a part of the whole: the whole must be the target
        (_RATIO, "20场", "6", "18场/20场", "5.40"),
        (_RATIO, "15万元", "6", "12.5万元/15万元", "5.00"),
        (_RATIO, "15万元", "6", "12/15", "4.80"),
        (_RATIO, "15万元", "6", "12.5万元/18万元", ""),
        (_RATIO, "20场", "6", "三分之二", ""),
        (_POINTS, "100%", "5", "49/50", "4.00"),
        (_POINTS, "100%", "5", "98人/100人", "4.00"),
        # how far it has got
        (_RATIO, "24场", "6", "完成率75%", "4.50"),
        (_RATIO, "24场", "6", "完成九成", "5.40"),
        ("每少1场扣0.5分，扣完为止", "24场", "6", "完成三分之二", "2.00"),
        ("不超过目标值得满分，超过不得分", "≤50万元", "6", "完成率95%", ""),
        # one of several numbers
        (_RATIO, "100人", "5", "2期80人", "4.00"),
        (_RATIO, "3批次", "3", "2批45人", "2.00"),
        (_RATIO, "20场", "6", "共演出16场，完成率80%", "4.80"),
        (_POINTS, "98%", "5", "97%，较上年提高1.2个百分点", "4.50"),
        (_RATIO, "20场", "6", "12场+线上4场", ""),
        (_RATIO, "100人", "5", "2期", ""),
        # a number a period
        (_SHORT, "12次", "6", "每月1次", "6.00"),
        (_SHORT, "每月1次", "6", "每季度2次", "4.00"),
        (_SHORT, "4次/年", "4", "半年1次", "3.00"),
        (_SHORT, "4次/年", "4", "每天1次", ""),
        # only a range: a score where all of it scores alike
        (_ALL, "≥90%", "5", "90%以上", "5.00"),
        (_ALL, "≥90%", "5", "85%以上", ""),
        (_ALL, "≥90%", "5", "85%-90%", ""),
        (_ALL, "≥90%", "5", "85%-89%", "0.00"),
        (_RATIO, "300人", "6", "300余人", "6.00"),
        (_RATIO, "300人", "6", "近300人", ""),
        (_ALL, "300人", "6", "近300人", "0.00"),
        (_RATIO, "24场", "6", "超额完成", "6.00"),
        ("达到目标得满分，超过目标30%以上的扣1分", "24场", "6", "超额完成", ""),
        ("≥80%得5分；70%（含）-80%得4分；60%（含）-70%得3分；低于60%不得分", "≥80%", "5", "72%-76%", "4.00"),
        ("≥80%得5分；70%（含）-80%得4分；60%（含）-70%得3分；低于60%不得分", "≥80%", "5", "不足60%", "0.00"),
        # nothing that was achieved
        (_ALL, "≥2项", "4", "2项受理中", ""),
        (_ALL, "≥2项", "4", "2项待验收", ""),
        (_ALL, "≥2项", "4", "拟建2项", ""),
        (_RATIO, "20场", "6", "其中进校园9场", ""),
        (_SHORT, "24期", "6", "第20期", ""),
        (_SHORT, "12次", "6", "缺2次", ""),
        (_RATIO, "800万元", "8", "剩余80万元", ""),
        (_RATIO, "24场", "6", "未完成3场", ""),
        ("30日内下达得满分，每超1日扣0.5分，扣完为止", "30日内", "5", "超2日", "4.00"),
        # units
        (_RATIO, "50户", "5", "40人", ""),
        (_RATIO, "500人次", "5", "4期", ""),
        (_RATIO, "24期", "6", "18篇", "4.50"),
        ("每超出5%扣1分，扣完为止", "≤550元/人", "5", "5.5万元", ""),
        ("每超出5%扣1分，扣完为止", "≤550元/人", "5", "605元", "3.00"),
        ("每低于目标值1%扣0.5分，扣完为止", "1.5亿元", "10", "14700", ""),
        ("每低于目标值1%扣0.5分，扣完为止", "1.5亿元", "10", "1.47", "9.00"),
        # days
        (_LATE, "2024年11月30日前", "5", "11月完成", "5.00"),
        (_LATE, "2024年11月30日前", "5", "12月完成", ""),
        (_LATE, "2024年11月15日前", "5", "11月完成", ""),
        (_LATE, "2024年11月30日前", "5", "12.5", "4.00"),
        (_LATE, "2024年11月30日前", "5", "提前完成", "5.00"),
        (_ON_TIME, "10月底前", "4", "第三季度", "4.00"),
        (_ON_TIME, "10月底前", "4", "四季度", ""),
        (_ON_TIME, "10月底前", "4", "11月下旬", "0.00"),
        (_ON_TIME, "2024年12月31日前", "4", "2024年", "4.00"),
        (_ON_TIME, "4月底前", "4", "4月15日开工", "4.00"),
        ("按期完成得4分，每提前1天加0.2分，最高加1分", "10月底前", "5", "提前完成", ""),
        # words
        (_POINTS, "100%", "5", "全部归档", "5.00"),
        (_POINTS, "90%", "5", "应保尽保", "5.00"),
        (_POINTS, "90%", "5", "全部未签订", ""),
        ("控制在目标值以内得满分，超出不得分", "20万元", "5", "未超预算", "5.00"),
    ],
)
def test_what_a_cell_means(rule: str, target: str, weight: str, actual: str, value: str) -> None:
    assert _value(rule, target, weight, actual) == value


_PARTS = "培训期数和培训人数各占50%，分别按完成比例计分，超过目标按目标计"
_ITEMS = "得分=完成项数/总项数×分值"
_RATES = "得分=（数据有效率×60%+上传率×40%）×10分"
_CAUSES = "迟到每人次扣0.2分，旷工每人次扣1分，扣完为止"
_BEST = "0次得4分，1-2次得2分，3次及以上不得分"


@pytest.mark.parametrize(
    ("rule", "target", "weight", "actual", "value"),
    [
        (_PARTS, "2期100人", "6", "2期80人", "5.40"),
        (_PARTS, "2期100人", "6", "期数1期，人数50人", "3.00"),
        (_PARTS, "2期100人", "6", "2期", ""),
        (_PARTS, "2期100人", "6", "1期20人，2期60人", ""),
        (_ITEMS, "20项", "8", "18/20", "7.20"),
        (_ITEMS, "20项", "8", "18项", "7.20"),
        (_ITEMS, "20项", "8", "90%", "7.20"),
        (_ITEMS, "20项", "8", "20项全部完成", "8.00"),
        (_ITEMS, "20项", "8", "18人", ""),
        (_RATES, "100%", "10", "数据有效率98%，上传率95%", "9.68"),
        (_RATES, "100%", "10", "有效率98%、上传率95%", "9.68"),
        (_RATES, "100%", "10", "98%/95%", ""),
        (_RATES, "100%", "10", "数据有效率98%，及时率95%", ""),
        (_CAUSES, "无违纪", "5", "迟到3人次，旷工0", "4.40"),
        (_CAUSES, "无违纪", "5", "旷工2人次", "3.00"),
        (_CAUSES, "无违纪", "5", "发生1起迟到", "4.80"),
        (_CAUSES, "无违纪", "5", "无", "5.00"),
        # one number told twice
        ("每少1次扣1分", "每季度1次，全年4次", "4", "3次", "3.00"),
        ("每少1次扣1分", "每月1次，共12次", "6", "每月1次", "6.00"),
        # a band above the one the target lies in
        (_BEST, "≤2次", "4", "1次", "2.00"),
        (_BEST, "≤2次", "4", "0", "4.00"),
        # words that bound a number
        ("增速7%以上得满分，每低0.5个百分点扣1分，扣完为止", "同比增长7%", "8", "负增长", "0.00"),
        ("5日内办结得满分，超过不得分", "5日内", "4", "当天办结", "4.00"),
        ("5日内办结得满分，超过不得分", "5日内", "4", "当月办结", ""),
        ("前10名得满分，每后退1名扣0.5分，扣完为止", "全省前10", "6", "第十二名", "5.00"),
        # words of one meaning
        ("较上年提高得满分，持平得2分，下降不得分", "逐年提高", "4", "增长12%", "4.00"),
        ("较上年提高得满分，持平得2分，下降不得分", "逐年提高", "4", "降低了0.5个百分点", "0.00"),
        ("按时拨付得满分，未按时拨付不得分", "全年", "4", "及时拨付", "4.00"),
        ("按时拨付得满分，未按时拨付不得分", "全年", "4", "基本及时", ""),
    ],
)
def test_several_inputs_and_words(rule: str, target: str, weight: str, actual: str, value: str) -> None:
    assert _value(rule, target, weight, actual) == value


@pytest.mark.parametrize(
    ("actual", "reason"),
    [
        ("85%-95%", "范围"),
        ("190/200人待核实", "读不出"),
        ("2项受理中", "还没有完成"),
    ],
)
def test_the_reason_says_what_to_do(actual: str, reason: str) -> None:
    context = Context(indicator="合格率", target="≥90%", weight="5")
    got = score(read_rule(_ALL, context), context, actual)
    assert got.value is None
    assert reason in got.reason


def test_a_range_shows_in_the_sum() -> None:
    context = Context(indicator="合格率", target="≥90%", weight="5")
    got = score(read_rule(_ALL, context), context, "95%以上")
    assert "95%以上" in got.line


@pytest.mark.parametrize(
    ("actual", "value"), [("97.5%", "9.75"), ("12.5万元/15万元", "8.33"), ("103%", "10.00"), ("/", "")]
)
def test_an_execution_rate_needs_no_target(actual: str, value: str) -> None:
    """The national scheme scores it as rate × weight; its whole is the budget."""
    context = Context(indicator="预算执行率", target="", weight="10")
    got = score(rule_of("", context, load_scheme("national-2020")), context, actual)
    assert ("" if got.value is None else str(got.value)) == value
