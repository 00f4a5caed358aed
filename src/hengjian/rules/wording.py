"""Words instead of numbers: grades people give (``部分达成@70%``, ``扣1分``), and states clerks type (``已完成``, ``未发生``)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hengjian.values.text import fold


@dataclass(frozen=True, slots=True)
class Grade:
    """A human grade in parts: a word, points, a share of the weight in percent, or a deduction in points."""

    text: str
    word: str = ""
    points: Fraction | None = None
    share: Fraction | None = None
    deduct: Fraction | None = None


_DEDUCTED = re.compile(r"(?:扣减?|减)(?:去|了)?(\d+(?:\.\d+)?)分?")
_POINTS = re.compile(r"(?:得|计)?(\d+(?:\.\d+)?)分?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")


def read_grade(text: str) -> Grade:
    """A grade as typed: ``较好``, ``3.5``, ``部分达成@70%``, ``达成@4.5``, ``扣1分``, ``下降@扣2分``."""
    said = fold(text)
    word, at, rest = said.rpartition("@")
    if not at:
        word, rest = "", said
    for pattern, name in ((_DEDUCTED, "deduct"), (_SHARE, "share"), (_POINTS, "points")):
        found = pattern.fullmatch(rest)
        if found:
            return Grade(said, word, **{name: Fraction(found.group(1))})
    return Grade(said, said)


_NEGATIONS = ("未", "不", "没", "无")
_PARTLY = ("部分", "较", "比较", "基本", "有一定", "一定", "一般", "欠", "尚", "有所")


_HOW_MUCH = re.compile(r"(?:了|约)?\d+(?:\.\d+)?(?:%|个?百分点|倍)$")
# Words of one meaning, each group under its first.
_ALIKE = (
    ("按时", re.compile(r"按期限|按期|及时|如期|准时")),
    ("提高", re.compile(r"增长|提升|上升|增加|上涨")),
    ("下降", re.compile(r"降低|减少|下滑|回落")),
)


_TURNED = re.compile(r"([一-鿿]{2,8})(?:已|均已|已经)(完成|建成|通过|取得|出台|实现|达到)")


def matches(said: str, choices: Sequence[Sequence[str]]) -> int | None:
    """Which of several printed phrases a word means, or None when none or more than one fits.

    提高3% is 提高, and 及时拨付 按时拨付, where the phrases as typed fit none.
    """
    found = _matches(said, choices)
    if found is None and (turned := _TURNED.fullmatch(fold(said))):
        found = _matches(f"{turned[2]}{turned[1]}", choices)  # 初稿已完成 is 完成初稿
    if found is not None:
        return found
    word = _HOW_MUCH.sub("", fold(said))
    if word and word != fold(said) and (found := _matches(word, choices)) is not None:
        return found
    return (
        _matches(_alike(word), [[_alike(fold(phrase)) for phrase in phrases] for phrases in choices]) if word else None
    )


def _alike(phrase: str) -> str:
    for first, others in _ALIKE:
        phrase = others.sub(first, phrase)
    return phrase


def _matches(said: str, choices: Sequence[Sequence[str]]) -> int | None:
    """Which of several printed phrases a word means, or None when none or more than one fits.

    An equal phrase wins; else the word's characters must stand in the phrase in order, and both must agree in negation
    and degree (达成 is neither 未达成 nor 部分达成).
    """
    word = fold(said)
    for number, phrases in enumerate(choices):
        if any(fold(phrase) == word for phrase in phrases):
            return number
    scored: list[tuple[float, int]] = []
    for number, phrases in enumerate(choices):
        best = max((_fit(word, fold(phrase)) for phrase in phrases), default=0.0)
        if best > 0:
            scored.append((best, number))
    scored.sort(reverse=True)
    if not scored and len(choices) == 2:
        return _by_polarity(word, choices)
    if not scored:
        return _by_extent(word, choices)
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]


def _by_polarity(word: str, choices: Sequence[Sequence[str]]) -> int | None:
    """未达到 beside 达到要求/未达标: of two opposite clauses the one of the same sign, for the plain words of reaching."""
    good, bad = says_reached(word), says_short(word)
    negative = [_degree(fold(phrases[0]))[0] for phrases in choices]
    if good == bad or negative[0] == negative[1]:
        return None
    return negative.index(bad)


def _by_extent(word: str, choices: Sequence[Sequence[str]]) -> int | None:
    """达到 beside 完成/部分完成/未完成: the one clause of the same extent, for the plain words of reaching."""
    meant = _extent(word)
    found = [number for number, phrases in enumerate(choices) if meant and _extent(fold(phrases[0])) == meant]
    return found[0] if len(found) == 1 else None


def _extent(word: str) -> str:
    """``full``, ``part`` or ``none`` for plain words of reaching, "" for any other."""
    if says_partly(word):
        return "part" if says_short(word) or says_reached(_plain(word)) else ""
    return "full" if says_reached(word) else "none" if says_short(word) else ""


def _fit(word: str, phrase: str) -> float:
    """How much of a phrase a word covers; 0 unless one stands in the other in order and both agree in negation and degree."""
    if not word:
        return 0.0
    for short, long_ in ((word, phrase), (phrase, word)):
        at = 0
        for char in short:
            found = long_.find(char, at)
            if found < 0:
                break
            at = found + 1
        else:
            # what follows the matched part (…且效果较差) says nothing about the degree of the state named
            if _degree(short) != _degree(long_[:at] if short is word else long_):
                return 0.0
            return len(short) / len(long_) + (1 if short in long_ else 0)
    return 0.0


_COMPARED = re.compile(r"较(?:上|去|往|同|前|基)(?:一)?(?:年度?|期|季度|月)")  # 较上年提高 is 提高 in full


def _degree(phrase: str) -> tuple[bool, bool]:
    plain = _COMPARED.sub("", phrase.replace("全部或基本", "").replace("基本或全部", ""))
    return any(mark in plain for mark in _NEGATIONS), any(mark in plain for mark in _PARTLY)


# 按时公开, 按合同约定的时间交付: what was done on time, whatever it was
_IN_TIME = (
    r"(?:按时|按期|及时|如期|准时|(?:按|在)(?:照)?(?:计划|规定|合同|要求|约定|合同约定|序时)的?(?:时间|时限|期限|进度|节点|时间节点|工期)(?:要求)?(?:前|内)?)"
    r"(?:完成|公开|报送|上报|办结|发放|拨付|支付|兑现|提交|开展|推进|实施|开工|竣工|完工|验收|编制|发布|公示|反馈|缴纳|交付|投用|建成|印发|报告|批复|下达)"
)
_REACHED = re.compile(
    rf"(?:均|都|已|全部|能)?{_IN_TIME}(?:了|完毕|到位)?|"
    r"(?:是|已?(?:全部|全面|圆满|顺利|均|如期|按期|按时|及时|准时|足额|按计划|按要求)*(?:完成|达标|达到|实现|落实|达成|合格|通过|到位|验收|办结|建成)(?:目标|计划|任务|要求|指标|预期|率)*(?:并通过验收|并验收)?|按时|按期|及时|如期|准时|每次均及时|均及时|未超期|符合|合规|达标)"
)
_SHORT = re.compile(
    rf"(?:尚|均)?(?:未|没有|没|不)(?:能)?{_IN_TIME}|"
    r"(?:否|(?:尚|均)?(?:未|没有|没|不)(?:能|有)?(?:按时|按期|及时|如期|准时|全部|全面|足额|按计划|按要求|完全)*(?:完成|达标|达到|实现|落实|达成|合格|通过|到位|验收|办结|建成|及时|按时|符合)?(?:目标|计划|任务|要求|指标)*|部分(?:完成|达到|达标|实现|达成|落实)|逾期|延迟|推迟|滞后|不及时|不符合|不达标|不合格|有违规|不合规)"
)
_NOTHING = re.compile(r"(?:均|都)?(?:无|没有|未发现|未发生|未出现|零|未收到|未有|不存在)(?:[\u4e00-\u9fff]{0,12})")
_RIGHT = re.compile(
    r"(?:全部|均|都|全|每次均|各项均)?(?:合规|符合|正常|规范|达标|合格|及时|齐全|齐备|完整|完备|健全|无异常|无违规|无问题|符合要求)(?:[\u4e00-\u9fff]{0,10})"
)


# 全部办结, 应保尽保, 全覆盖: of all of it something good is said.
_WHOLE = re.compile(
    r"(?:已|均已|都已|均|目前)?(?:全部|全数|悉数|全面|100%|百分之百)(?:已)?(?:完成|覆盖|到位|合格|达标|签订|签约|签署|归档|共享|办结|办理|整改|落实|发放|兑现|拨付|支付|支出|上报|报送|通过|验收|公开|入库|建成|投用|投入使用|安置|就业|参保|参加|录入|接入|联网|履约|交付|结业|毕业|培训|回访|回收|处置|处理|解决|化解|更新|使用|检测|检验|受训|参训)(?:到位|完毕|完成|合格|落实)?"
    r"|(?:实现|已|做到)?(?:全|全员|全域|无死角)覆盖|应([一-鿿])尽\1"
)
# 未超支, 没有超出: the bound of what may be spent or taken is kept.
_KEPT = re.compile(
    r"(?:均|都)?(?:未|没有|没|无|不)(?:超支|超出|超过|超标|超限|超期|超时|超|突破)(?:预算|目标|标准|限额|指标|规定|时限|情况|现象|值)*"
)


_ALREADY = re.compile(r"已(?:经)?[\u4e00-\u9fff]{1,6}")
_NOT_YET = re.compile(r"(?:尚未|未|没有|没)[\u4e00-\u9fff]{1,6}")
_NEVER = re.compile(
    r"(?:尚未|未|没有|没)(?:评|填|定|知|打分|考核|考评|测评|提供|说明|明确|统计|发生|出现|发现|产生|收到|接到|超|逾期|延|推迟|滞后|有|见|造成|引发|突破|下降|减少)"
)


def says_reached(said: str) -> bool:
    """``已完成``, ``是``, ``按时``, ``已出台``: the target is reached."""
    return any(pattern.fullmatch(said) for pattern in (_REACHED, _ALREADY, _WHOLE, _KEPT))


_EARLY = re.compile(
    r"(?:已|均|全部|全面|大幅|按要求)*提前(?:全部|全面|顺利|圆满)?(?:完成|达标|实现|达成|交付|办结|竣工|完工|到位|报送|上报|拨付|支付|验收|建成)?了?(?:年度|全年|全部)?(?:目标|计划|任务|工作)*"
)


def says_early(said: str) -> bool:
    """``提前完成``: before the deadline, nobody says how long."""
    return bool(_EARLY.fullmatch(said))


_MORE = re.compile(
    r"(?:均|全部|大幅|大幅度|已)?(?:超额|超目标|超计划|超预期|超任务)(?:完成|实现|达成|达标)?了?(?:年度|全年|全部)?(?:目标|计划|任务|指标|要求)*"
)


def says_more(said: str) -> bool:
    """``超额完成``: the target is reached or passed."""
    return bool(_MORE.fullmatch(said))


def says_short(said: str) -> bool:
    """``未完成``, ``否``, ``不及时``: it is not."""
    if _SHORT.fullmatch(said):
        return said not in ("未发生", "未出现", "未超期")
    return bool(_NOT_YET.fullmatch(said)) and not _NEVER.match(said)


_UNDONE = re.compile(r"(?:尚|暂|均)?(?:未|没有|没)(?:进行|实施)?([一-鿿]{2})")
_ALL_OF = re.compile(r"(?:已|均|都)*(?:全部|全数|全员|均已|都已)(?:已)?([一-鿿]{2})(?:到位|完毕|完成)?")
# To fall short of these is no nothing.
_ENDS = frozenset(
    (
        "完成",
        "达标",
        "达到",
        "达成",
        "办结",
        "建成",
        "竣工",
        "完工",
        "通过",
        "验收",
        "到位",
        "落实",
        "实现",
        "合格",
        "及时",
        "按时",
    )
)


def says_undone(said: str, indicator: str) -> bool:
    """``未接种`` where the indicator counts 接种: none of it was done."""
    found = _UNDONE.fullmatch(said)
    return found is not None and found[1] not in _ENDS and found[1] in fold(indicator)


def says_all_of(said: str, indicator: str) -> bool:
    """``全部建档`` where the indicator tells of 建档: all of it was done."""
    found = _ALL_OF.fullmatch(said)
    return found is not None and found[1] in fold(indicator)


def says_none(said: str) -> bool:
    """``无``, ``未发生``, ``无投诉``: the quantity is zero."""
    return bool(_NOTHING.fullmatch(said))


def says_right(said: str) -> bool:
    """``全部合规``, ``正常``, ``每次均及时``: nothing is wrong."""
    return bool(_RIGHT.fullmatch(said))


def says_nothing_wrong(said: str) -> bool:
    """Either of the two."""
    return says_none(said) or says_right(said)


_YES = frozenset(("是", "是的", "√", "✓", "✔", "☑", "符合", "符合要求", "达标", "通过"))
_NO = frozenset(("否", "不是", "×", "✗", "✘", "不符合", "不符合要求", "不达标", "未达标", "不通过", "未通过"))
_BARE = frozenset(("是", "是的", "否", "不是", "有", "没有", "无"))


def says_yes(said: str) -> bool | None:
    """``是``, ``√``, ``达到`` → True, ``否``, ``×``, ``未达到`` → False: an answer to a yes/no rule; None for any other word."""
    yes, no = said in _YES or says_reached(said), said in _NO or says_short(said)
    return None if yes == no else yes


def is_yes_or_no(said: str) -> bool:
    """Words that answer any yes/no question whatever the rule prints."""
    return said in _YES or said in _NO


def leaves_open(said: str, phrase: str) -> bool:
    """是 beside 存在违规: whether it affirms the printed state or the indicator cannot be told."""
    return said in _BARE and not _degree(fold(phrase))[0]


_SCALE = frozenset(
    [
        "优秀",
        "优",
        "优良",
        "良好",
        "良",
        "较好",
        "好",
        "中",
        "中等",
        "一般",
        "合格",
        "及格",
        "较差",
        "差",
        "不合格",
        "不及格",
    ]
)


def same_scale(said: str, phrases: Sequence[str]) -> bool:
    """差 beside 优 and 良: another grade of the scale the printed ones belong to."""
    words = [fold(phrase).removesuffix("等次").removesuffix("等级") for phrase in phrases]
    for lead in ("获得", "获", "评定为", "评为", "考核为", "结果为", "取得"):
        words = [word.removeprefix(lead) for word in words]
    return fold(said) in _SCALE and all(word in _SCALE for word in words)


def says_partly(said: str) -> bool:
    """``部分达到``, ``基本健全``: a state held in part."""
    return _degree(fold(said))[1]


def falls_short(said: str) -> bool:
    """``未达到``, ``否``, ``部分达到``: short of what was asked, wholly or in part."""
    word = fold(said)
    return says_short(word) or (says_partly(word) and says_reached(_plain(word)))


def denies(said: str, phrase: str) -> bool:
    """不健全, 部分健全 beside 健全; 健全 beside 不健全: a known word for not being in the printed state."""
    word, state = fold(said), fold(phrase)
    negated, partly = _degree(word)
    state_negated, state_partly = _degree(state)
    if negated == state_negated and (negated or partly == state_partly):
        return False
    if partly and state_negated:
        return False
    core, printed = _plain(word), _plain(state)
    return bool(core) and bool(printed) and _fit(core, printed) > 0


def _plain(phrase: str) -> str:
    for mark in (*_NEGATIONS, *sorted(_PARTLY, key=len, reverse=True)):
        phrase = phrase.replace(mark, "")
    return phrase
