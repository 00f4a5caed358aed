"""Whole texts put into the words the grammar knows: slips of keyboard and scan (C21), terse cells, sums and places in words."""

import re
import tomllib
from fractions import Fraction
from functools import cache
from importlib.resources import files

from hengjian.rules.lexer import chinese_number
from hengjian.rules.reading import Note
from hengjian.values.finding import Level as Severity

_WHOLE = r"(?:(?:本项|该项|此项|本指标|指标|标准|该指标)?(?:权重|分值|总分|满分|分)(?:分|值)?的?)?"
_RATE = r"[\u4e00-\u9fff]{1,12}?[率度]"
_SHARE = r"\d+(?:\.\d+)?[%％]"
# 任务完成率、归档率权重分别为70%、30%，按实际值加权计分
_LISTED = re.compile(
    rf"^\s*({_RATE}(?:[、和及与]{_RATE})+)的?(?:所占)?(?:权重|比重|占比)?(?:分别|依次)(?:为|占)?({_SHARE}(?:[、，,和]{_SHARE})+)的?(?:权重)?"
    r"[，,；;](?:按|以)?(?:各自)?(?:的)?(?:实际值|实际完成值|实际完成率|完成率|实际)?(?:进行)?加权(?:求和|平均)?(?:计算)?(?:后)?(?:计分|得分|赋分)(?:，|,|。|；|;|$)"
)
# 可用率占60%，修复率占40%，分别按实际值计分
_NAMED = re.compile(
    rf"^\s*((?:{_RATE}(?:权重占?|占){_WHOLE}{_SHARE}[，,；;、]){{2,5}})(?:分别|均)?按(?:照)?(?:各自)?(?:的)?(?:实际值|实际完成值|实际完成率|实际比率|实际比例|实际)(?:加权)?"
    r"(?:乘以?(?:各自|相应|对应)?的?(?:分值|权重|权重分))?(?:计算)?(?:计分|得分|赋分)(?:后(?:相加|累加|求和|汇总|合计)|之和)?(?:，|,|。|；|;|$)"
)
# 按数量完成率（权重60%）、质量达标率（权重40%）加权计算得分
_BRACKETED = re.compile(
    rf"^\s*(?:按照?|以|由)?((?:{_RATE}[（(](?:权重|占比|占)?(?:为|占)?{_SHARE}[）)][、，,和]?){{2,5}})(?:进行)?加权(?:平均|求和)?(?:后)?(?:计算)?(?:计分|得分|赋分)(?:，|,|。|；|;|$)"
)
_GRADE_WORDS = r"优秀|良好|较好|较差|一般|不合格|合格|优|良|中|好|差"
_GRADES_RUN = re.compile(rf"(?:(?:{_GRADE_WORDS})\d+(?:\.\d+)?[分%％]?[、，,/；;]?){{2,6}}")
_NAMED_POINTS = re.compile(r"([\u4e00-\u9fffA-E]{1,8})[:：](\d+(?:\.\d+)?)")
_BARE_SHARE = re.compile(r"([^，,；;：:]*\d[^，,；;：:]*)[，,：:](100|\d{1,2}(?:\.\d+)?)([%％]|(?<=[，,：:]0))")
_ENDS = re.compile(r"[；;。\n]+")
_GAP = re.compile(r"[^\S\n]")
_FALLING_PLACES = re.compile(r"(?<=[，,；;])(?:以此类推[，,])?(?:依次|逐名|逐位)递减(\d+(?:\.\d+)?)分")
_LOOKALIKES = frozenset("OoＯlI|")
# letters where only a digit can be meant: 9O%, O.5分, 每低l个百分点
_LETTERS = re.compile(
    r"(?<=\d)[OoＯ]+(?=[OoＯ\d.%％]|[分个次人天]|$)|(?<![A-Za-z])[OoＯ](?=\.\d)|(?<=[每低少差缺扣迟超期误生现])[lI|](?=[个次项分天起件人%％])"
)
# what a rule is called or how it is laid out says nothing about the score; blanks keep the places
_HEADINGS = (
    re.compile(r"^\s*【[^】]{1,12}】"),
    re.compile(r"^\s*按[\u4e00-\u9fff]{2,10}分[档段级](?:计分|赋分|得分|评分)[：:，,]"),
    re.compile(
        r"^\s*(?:共?分[两二三四五六\d]个?(?:档次|等次|档|段|级)|分[档段级])(?:计分|赋分|得分|评分|评定)?[：:，,。]"
    ),
    re.compile(r"为第?[一二三四五六]档(?=[，,])"),
)
# …，两项合计为本指标得分: that what the clauses give is added up, where every clause is a sum of its own
_TOTAL = re.compile(
    r"[，,；;。](?:以上|上述)?(?:[两二三四五]项|各项|各部分|各分项)?(?:得分)?(?:合计|相加|之和|加总|求和)(?:后)?(?:即)?[为是](?:本|该|此)?"
    r"(?:项|指标)*(?:最终|综合|总)?(?:得分|总分|分值)(?=[。；;]?\s*$)"
)
_AS_DEDUCTION = re.compile(r"(?<=[，,；;。：:\n])([^，,；;。：:\n]*[*×/÷][^，,；;。：:\n]*)为扣分(?=[，,；;。\n]|$)")
_BOTH_SIDES = re.compile(r"(?:高于或低于|低于或高于)目标值(?=±?\d[\d.]*[%％])")
_RATIO_TIMES = re.compile(
    r"与([^，,。；;：:与\d]{2,14}?)(?:之比|的?比值|的比例|的比)(?=\s*(?:乘|[×*·xX]))"
)  # 实际数与计划数之比×6
_RATIO_OF = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:之比|比值)(?=(?:进行)?(?:计算|折算|确定|计分|得分|赋分|给分|评分|扣分|扣减))"
)
_COUNTED_POINTS = re.compile(r"(?:每|第)?(\d+)([\u4e00-\u9fff]{1,2}?)(?:的)?[得计加](\d+(?:\.\d+)?)分")
_SO_ON = re.compile(r"[，,；;](?:并|并且)?(?:以此类推|依此类推|依次类推|以次类推|由此类推)")
# 以实际收缴率与5分的乘积为得分, 得分为完成率和分值的乘积
_PRODUCT_OF = re.compile(
    r"(?:(?:以|按照?)|(?:得分|实得分)(?:为|等于|=))([^，,。；;：:与和]{2,14})[与和]([^，,。；;：:与和]{1,10}?)(?:的|之)?乘积"
    r"(?:作?为(?:得分|最终得分|该项得分)|计分|得分|计算得分|确定得分)?(?=[，,。；;]|$)"
)
_REST_OF_IT = re.compile(
    r"的[，,](?:其)?(?:超过|超出|低于|不足|高于|少于|多于|超额)(?:的)?部分(?=每)"
)  # …的，超过部分每天
# |偏差|≤8%, |偏差|不超过8%
_BARS = re.compile(r"\|[\u4e00-\u9fff]{1,10}\|(?=[≤<＜≥>＞=≦≧]|[不大小高低超等][于过高低超大小])")
# 每多（少）1支, 每超过（降低）1%, 每高于/低于1个百分点, 每降低（超过）5%
_UPWARD, _DOWNWARD = r"超过|超出|超|高于|高|多|增加|上升|提高|增长", r"低于|降低|减少|下降|不足|少于|低|少|降"
_EITHER = re.compile(
    rf"({_UPWARD})(?:[（(](?:或)?({_DOWNWARD})[)）]|/({_DOWNWARD}))|({_DOWNWARD})(?:[（(](?:或)?({_UPWARD})[)）]|/({_UPWARD}))"
)
_FULL_STOP = re.compile(r"(?<=[\u4e00-\u9fff%％)）])[.．](?=[\s\u4e00-\u9fff“①-⑳]|$)")  # 以100%为标准.控制率≤100%
# 实行量化计分法。 in front of the rule: what its way of scoring is called
_METHOD = re.compile(
    r"^\s*(?:实行|采用|采取|按照?)?(?![^，,。；;：:]*(?:率|比例|专家|插值|线性|百分|权重))[\u4e00-\u9fff]{0,8}(?:计分|评分|赋分|打分|扣分|得分|评价|考核)(?:法|方法|制|方式)[。，,：:；;]"
)
# 责任书一项不符扣1分, 一项可得2分，最高6分: one thing stands for every one of them
_EACH_FAULT = re.compile(
    r"(?<=[\u4e00-\u9fff，,；;。：:])(?<![每任意何第中同某有现生其均各完少缺差])一(?=[项处条例次起个件](?:不|未|没|无)[^，,。；;每\d]{1,10}[，,]?(?:的)?[，,]?(?:扣|减)\d)"
)
_EACH_EARNS = re.compile(
    r"(?<=[，,；;。：:])一(?=[项次篇个件场期](?:可)?得\d+(?:\.\d+)?分[，,；;]?(?:最高|最多|累计|满分))"
)


_TERM = rf"{_RATE}[×*＊✕·xX]{_SHARE}"
_MEAN = r"(?:算术|加权)?平均(?:值|数|水平)?"
_LESS, _MORE = r"(?:较|最)?低(?:者|值)|较小者|最小值", r"(?:较|最)?高(?:者|值)|较大者|最大值"
_NEXT = r"[，,；;。](?=.)"
# 综合完成率=数量完成率×60%+质量达标率×40%，…; 平均值=（A率+B率）/2，…
_MEASURE_IS = re.compile(
    rf"^\s*([\u4e00-\u9fff]{{2,10}})[=＝](?:({_TERM}(?:[+＋]{_TERM})+)|[（(]({_RATE}(?:[+＋]{_RATE})+)[）)][/÷](\d)){_NEXT}"
)
# 综合完成率按数量完成率占60%、质量达标率占40%计算，…
_MEASURE_BY = re.compile(
    rf"^\s*([\u4e00-\u9fff]{{2,10}}?)按((?:{_RATE}(?:权重)?占{_SHARE}[、，,和]?){{2,5}})(?:加权)?(?:计算|确定|折算|合成|汇总){_NEXT}"
)
# 受理及时率和办结率权重分别为40%和60%，得分=加权平均值×6分
_MEASURE_WEIGHTS = re.compile(
    rf"^\s*({_RATE}(?:[、和与及]{_RATE})+)的?权重(?:分别)?(?:为|占)({_SHARE}(?:[、，,和]{_SHARE})+){_NEXT}(?=.*加权平均)"
)
# 培训满意度与考试通过率取平均值计分，…; 以数量完成率和金额完成率中较低者计分，…
_MEASURE_OF = re.compile(
    rf"^\s*(?:以|取|按(?![期时]))?({_RATE}(?:[、和与及]{_RATE})+)(?:[两二三四五]者|[两二三四五]项(?:指标|比率|数据)?)?[中之]?的?(?:取|按|以)?(?:({_MEAN})|({_LESS})|({_MORE}))(?:(?:计分|计算|为准|确定|考核|得分)?{_NEXT}|(?=达到?|[≥>]|不低于|大于|高于|在\d|为?\d))"
)
_WORKED_OUT = re.compile(rf"加权平均(?:值|数)?|{_MEAN}|{_LESS}|{_MORE}")


def names_listed(text: str) -> list[str]:
    """入学率、巩固率和及时率 as three names."""
    return [name for name in re.split(r"[、和与]|及(?!时)", text) if name]


def worked_out_measure(text: str) -> tuple[str, list[tuple[str, Fraction]], str] | None:
    """A measure worked out from several rates at the head of a rule: how (sum, least, most), the rates with their shares, the rest.

    In the rest the measure is called 完成率. None where a rule begins otherwise.
    """
    if "率" not in text and "度" not in text:
        return None
    if "低者" in text or "高者" in text or "小者" in text or "大者" in text:
        text = _SHARED_TAIL.sub(_with_tail, text)
    if match := _MEASURE_IS.match(text):
        name, weighted, plain, count = match.groups()
        if name in ("得分", "计分", "扣分", "指标得分", "本项得分"):
            return None
        pairs = re.findall(rf"({_RATE})[×*＊✕·xX]({_SHARE})", weighted or "")
        rates = re.split(r"[+＋]", plain) if plain else []
        if rates and len(rates) != int(count):
            return None
        parts = [(one, _part_of(share_)) for one, share_ in pairs] or [(one, Fraction(1, len(rates))) for one in rates]
        return "sum", parts, text[match.end() :].replace(name, "完成率")
    if match := _MEASURE_BY.match(text):
        pairs = re.findall(rf"({_RATE})(?:权重)?占({_SHARE})", match.group(2))
        parts = [(one.lstrip("、，,和"), _part_of(share_)) for one, share_ in pairs]
        return "sum", parts, text[match.end() :].replace(match.group(1), "完成率")
    if match := _MEASURE_WEIGHTS.match(text):
        rates = names_listed(match.group(1))
        shares = re.findall(_SHARE, match.group(2))
        if len(rates) != len(shares):
            return None
        parts = [(one, _part_of(share_)) for one, share_ in zip(rates, shares, strict=True)]
        return "sum", parts, _WORKED_OUT.sub("完成率", text[match.end() :])
    if match := _MEASURE_OF.match(text):
        rates = names_listed(match.group(1))
        how = "sum" if match.group(2) else "least" if match.group(3) else "most"
        if match.group(2) and "加权" in match.group(2):
            return None
        each = Fraction(1, len(rates)) if how == "sum" else Fraction(1)
        rest = text[match.end() :]
        # 平均值达到95%: what is measured stands no more behind it
        lead = "" if match.group().endswith(tuple("，,；;。")) else "完成率"
        return how, [(one, each) for one in rates], lead + _WORKED_OUT.sub("完成率", rest)
    return None


# 国控断面、省控断面达标率: the last name tells what all of them are
_SHARED_TAIL = re.compile(
    rf"(?<=[以取按])((?:[\u4e00-\u9fff]{{2,8}}[、和与及])+)({_RATE})(?=[两二]?者?[中之]|[取按]?(?:较|最))"
)


def _with_tail(match: re.Match[str]) -> str:
    names, last = [one for one in re.split(r"[、和与及]", match.group(1)) if one], match.group(2)
    if all(one.endswith(("率", "度")) for one in names):
        return match.group()
    same = next((k for k in range(len(names[0])) if names[0][k:] in last), None)
    if same is None:
        return match.group()
    tail = last[last.index(names[0][same:]) + len(names[0]) - same :]
    return "、".join([*(one + tail for one in names), last]) if tail.endswith(("率", "度")) else match.group()


def _part_of(share_: str) -> Fraction:
    return Fraction(share_.rstrip("%％")) / 100


def weighted_sum(text: str) -> str:
    """A weighted sum of rates said in words, as the formula it is; "" for any other text."""
    pairs: list[tuple[str, str]] = []
    if "加权" not in text and "占" not in text and "权重" not in text:
        return ""
    if match := _LISTED.match(text):
        names, shares = re.findall(_RATE, match.group(1)), re.findall(_SHARE, match.group(2))
        names = [name.lstrip("、和及与") for name in names]
        pairs = list(zip(names, shares, strict=False)) if len(names) == len(shares) else []
    elif match := _NAMED.match(text):
        pairs = [(one[0], one[1]) for one in re.findall(rf"({_RATE})(?:权重占?|占){_WHOLE}({_SHARE})", match.group(1))]
    elif match := _BRACKETED.match(text):
        found = re.findall(rf"({_RATE})[（(](?:权重|占比|占)?(?:为|占)?({_SHARE})[）)]", match.group(1))
        pairs = [(name.lstrip("、，,和"), share_) for name, share_ in found]
    if match is None or len(pairs) < 2:
        return ""
    rest = text[match.end() :].strip()
    total = "+".join(f"{name}×{share_}" for name, share_ in pairs)
    return f"得分=（{total}）×分值{f'，{rest}' if rest else ''}"


def spelled_out(text: str) -> str:
    """Terse cells in whole words: 优5良4中3差0, 一级：6；二级：4, ≥80%，100%；60%-80%，60%; "" for any other text."""
    said = _GAP.sub("", text).strip().rstrip("。；;")
    if _GRADES_RUN.fullmatch(said):
        pairs = re.findall(rf"({_GRADE_WORDS})(\d+(?:\.\d+)?)([分%％]?)", said)
        if not any(unit in ("%", "％") for _, _, unit in pairs):
            return "；".join(f"{word}得{points}分" for word, points, _ in pairs)
        if all(unit in ("%", "％") or points == "0" for _, points, unit in pairs):
            return "；".join(f"{word}得分值的{points}%" for word, points, _ in pairs)
        return ""
    parts = _ENDS.split(said)
    if len(parts) < 2:
        return ""
    if _NAMED_POINTS.fullmatch(parts[0]):
        named = [_NAMED_POINTS.fullmatch(part) for part in parts]
        if all(named):
            return "；".join(f"{match.group(1)}得{match.group(2)}分" for match in named if match)
    if not _BARE_SHARE.fullmatch(parts[0]):
        return ""
    shared = [_BARE_SHARE.fullmatch(part) for part in parts]
    shares = [Fraction(match.group(2)) for match in shared if match]
    if len(shares) == len(parts) and shares[0] == 100 and shares == sorted(set(shares), reverse=True):
        return "；".join(f"{match.group(1)}得分值的{match.group(2)}%" for match in shared if match)
    return ""


def falling_places(text: str) -> str:
    """第1名得10分，第2名得9分，依次递减1分: every further place loses that much; "" for any other text."""
    found = _FALLING_PLACES.search(text) if "递减" in text else None
    if found is None:
        return ""
    printed = re.findall(r"第([\d一二三四五六七八九十]+)[名位](?:的)?[得计](\d+(?:\.\d+)?)分", text[: found.start()])
    if len(printed) < 2:
        return ""
    last, before = Fraction(printed[-1][1]), Fraction(printed[-2][1])
    if before - last != Fraction(found.group(1)):
        return ""
    return f"{text[: found.start()]}以后每后移1名扣{found.group(1)}分{text[found.end() :]}"


def and_so_on(text: str) -> str:
    """入选1个得1分，2个得2分，以此类推: the same points for each; "" where the printed entries are no even row."""
    found = _SO_ON.search(text) if "类推" in text else None
    if found is None:
        return ""
    entries = list(_COUNTED_POINTS.finditer(text, 0, found.start()))
    if not entries or entries[-1].end() != found.start() or len({entry.group(2) for entry in entries}) != 1:
        return ""
    counts = [Fraction(entry.group(1)) for entry in entries]
    each = Fraction(entries[0].group(3)) / counts[0] if counts[0] else Fraction(0)
    if counts != [Fraction(number + 1) for number in range(len(counts))] or any(
        Fraction(entry.group(3)) != each * count for entry, count in zip(entries, counts, strict=True)
    ):
        return ""
    lead = text[: entries[0].start()].rstrip("每第")
    return f"{lead}每1{entries[0].group(2)}得{entries[0].group(3)}分{text[found.end() :]}"


_RANKED = re.compile(r"(\d{1,3})[个家所](?=[^，,；;。\d]{0,8}排[名位])")
_LAST_PLACES = re.compile(
    r"(?:排名|排位|排在|排|位居|位列|列|居)?(?:最后|末尾|后|末|倒数)([一二两三四五六七八九十\d]{1,2})[名位](?=的|[，,]?[不得计扣])"
)


def last_places(text: str) -> str:
    """13个县区…排名后三位的: the last places as the places they are, where the text says how many are ranked; "" else."""
    ranked, last = (_RANKED.search(text), _LAST_PLACES.search(text)) if "排" in text else (None, None)
    if ranked is None or last is None:
        return ""
    count = Fraction(last.group(1)) if last.group(1).isdigit() else chinese_number(last.group(1))
    first = int(ranked.group(1)) - int(count or 0) + 1
    if not count or first < 2:
        return ""
    return f"{text[: last.start()]}第{first}名及以后{text[last.end() :]}"


_WIDE = str.maketrans("０１２３４５６７８９％", "0123456789%")


def _both_ways(match: re.Match[str]) -> str:
    """超过（降低） as 超过或降低, in as many places."""
    one, other = [word for word in match.groups() if word]
    return f"{one}或{other}".ljust(len(match.group()))


@cache
def _slips() -> tuple[dict[str, str], re.Pattern[str]]:
    """Slips of the keyboard and of scans, and what they mean (of one length, so that places stay); a pattern of any slip."""
    data = tomllib.loads(files("hengjian.rules").joinpath("slips.toml").read_text(encoding="utf-8"))
    slips = {str(wrong): str(right) for wrong, right in data["typos"].items()}
    return slips, re.compile("|".join(map(re.escape, slips)))


def mend(text: str) -> tuple[str, tuple[Note, ...]]:
    """The text with its slips put right (C21), and a note for each; digits and the percent sign in half width."""
    text = text.translate(_WIDE)
    if "【" in text or "档" in text or "段" in text or "级" in text:  # a look costs far less than a pattern
        for pattern in _HEADINGS:
            text = pattern.sub(lambda match: " " * len(match.group()), text)
    if ("合计" in text or "相加" in text or "和" in text) and "得分=" in text.replace("＝", "="):
        text = _TOTAL.sub(lambda match: " " * len(match.group()), text)
    if "|" in text:
        text = _BARS.sub(lambda match: match.group().replace("|", "‖"), text)
    if "为扣分" in text:
        text = _AS_DEDUCTION.sub(r"扣分=\1", text)  # 推迟天数/365天×指标分为扣分
    if "于或" in text:
        text = _BOTH_SIDES.sub("偏离目标值    ", text)
    if "与" in text and ("之比" in text or "比值" in text or "的比" in text):
        text = _RATIO_TIMES.sub(lambda match: f"/{match.group(1)}".ljust(len(match.group())), text)
        text = _RATIO_OF.sub("比例", text)
    if "乘积" in text:
        text = _PRODUCT_OF.sub(r"得分=\1×\2", text)
    if "部分每" in text:
        text = _REST_OF_IT.sub(lambda match: "的部分".ljust(len(match.group())), text)
    if "每" in text:
        text = _EITHER.sub(_both_ways, text)
    if "." in text or "．" in text:
        text = _FULL_STOP.sub("。", text)
    if "一" in text:
        text = _EACH_EARNS.sub("每", _EACH_FAULT.sub("每", text))
    if "法" in text or "制" in text or "方式" in text:
        text = _METHOD.sub(lambda match: " " * len(match.group()), text)
    slips, any_slip = _slips()
    found = []
    if any_slip.search(text):
        found = [(at, wrong, right) for wrong, right in slips.items() if (at := text.find(wrong)) >= 0]
    letters = list(_LETTERS.finditer(text)) if not _LOOKALIKES.isdisjoint(text) else []
    if not found and not letters:
        return text, ()
    mended = text
    notes = []
    for at, wrong, right in found:
        mended = mended.replace(wrong, right)
        notes.append((at, wrong, right))
    for match in letters:
        right = "".join("1" if char in "lI|" else "0" for char in match.group())
        mended = mended[: match.start()] + right + mended[match.end() :]
        notes.append((match.start(), match.group(), right))
    return mended, tuple(
        Note(
            "R10",
            Severity.INFO,
            f"“{wrong}”应是“{right}”的误写，按“{right}”读；请改正",
            (at, at + len(wrong)),
            wrong,
            right,
        )
        for at, wrong, right in notes
    )
