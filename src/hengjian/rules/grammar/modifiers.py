"""What hangs on consequences: 扣完为止, 最多扣3分, 满分5分, 保留一位小数, 不足1个按1个计, 不加分, 取最高, 倒扣."""

import re
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar.items import (
    Amount,
    Choice,
    Fixed,
    Floor,
    Formula,
    Full,
    Item,
    Most,
    NoBonus,
    PartialStep,
    Ratio,
    Remark,
    RoundTo,
    Share,
    Step,
    Unknown,
)
from hengjian.rules.grammar.line import Line
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Partial


def read_floor(line: Line, at: int) -> tuple[Item, int] | None:
    """扣完为止, 扣完本项分值为止, 扣完4分为止, 扣满3分为止, 最低0分, 最低得1分."""
    kind = line.kind(at)
    if kind in ("deduct", "least") and (left := _share_left(line, at)) is not None:
        return left
    if kind == "stop":
        end = line.skip(at + 1, "det", "weight", "de")
        end = end if line.kind(end) == "until" else at + 1  # 直至扣完该项分值为止
        return Floor(Fraction(0), line.span(at, at + 1)), line.skip(end, "until")
    if kind in ("deducted", "deduct", "full", "add", "earn", "zero") or (
        kind == "text" and line.word(at) in ("直至", "直到", "至", "到", "扣满", "加满", "满")
    ):
        end = at + 1
        points: Token | None = None
        while (
            end < line.n
            and line.kind(end)
            in ("det", "weight", "de", "text", "deducted", "deduct", "num", "full", "base", "earn", "zero", "add")
            and end - at < 7
        ):
            if line.kind(end) == "num":
                if points is not None or line.t[end].unit != "分":
                    return None
                points = line.t[end]
            end += 1
        if line.word(at) in ("直至", "直到") and line.kind(end - 1) == "deducted" and points is None:
            return Floor(Fraction(0), line.span(at, end)), line.skip(end, "until")
        if line.kind(end) == "until" and line.word(end) != "封顶":
            spread = [line.kind(k) for k in range(at, end)]
            said = "".join(line.word(k) for k in range(at, end))
            if "deducted" in spread or "zero" in spread or ("deduct" in spread and "满" in said):
                if points is None or points.value == 0:
                    return Floor(Fraction(0), line.span(at, end + 1)), end + 1
                return Most("deduct", Amount(points.value, "分"), line.span(at, end + 1)), end + 1
            if "deduct" in spread and points is not None and ("至" in said or "到" in said):
                return Floor(points.value, line.span(at, end + 1)), end + 1  # 扣至1分为止
            if "deduct" in spread and points is not None:
                return (
                    Most("deduct", Amount(points.value, "分"), line.span(at, end + 1))
                    if points.value
                    else Floor(Fraction(0), line.span(at, end + 1))
                ), end + 1
            if "add" in spread and points is not None and ("至" in said or "到" in said):
                return Most("earn", Amount(points.value, "分"), line.span(at, end + 1)), end + 1
            if "add" in spread and points is not None:
                return Most("add", Amount(points.value, "分"), line.span(at, end + 1)), end + 1
            if "full" in spread or (points is not None and ("earn" in spread or line.word(at) == "满")):
                return Most("earn", Amount(points.value, "分") if points else None, line.span(at, end + 1)), end + 1
    if (below := _below_zero(line, at) or _no_less_than_nothing(line, at)) is not None:
        return below
    if kind == "deduct" and line.word(at + 1) in ("至", "到") and line.is_points(at + 2):
        end = line.skip(at + 3, "until")
        return Floor(line.t[at + 2].value, line.span(at, end)), end
    if kind == "least" and line.is_points(after := line.skip(at + 1, "earn", "deduct", "eq", "text")):
        return Floor(line.t[after].value, line.span(at, after + 1)), line.skip(after + 1, "until")
    return None


def _no_less_than_nothing(line: Line, at: int) -> tuple[Item, int] | None:
    """得分小于0按0计, 结果为负数的按0分计, 出现负分时计0分: the floor of nothing, said of the score itself."""
    end = at
    if not line.falls_below:
        return None
    while end < line.n and end - at < 12 and line.kind(end) not in ("sep", "enum"):
        end += 1
        said = "".join(line.word(k) for k in range(at, end))
        if line.kind(end) in ("", "sep", "enum", "comma") and _NEGATIVE.fullmatch(said):
            return Floor(Fraction(0), line.span(at, end)), end
    return None


_NEGATIVE = re.compile(
    r"(?:(?:最终|计算|扣分后)?(?:得分|结果|分值|分数|总分)|(?=出现|为负))(?:小于|低于|<|出现|为|是)?(?:0分?|零分?|负数|负值|负分|负)(?:时|的|的时候|者)*,?"
    r"(?:均|则|一律)?(?:按|以|计|记|得|计为|记为)(?:0|零)分?(?:计|计算|计分|处理|记|得分)?"
)


def _share_left(line: Line, at: int) -> tuple[Item, int] | None:
    """扣至该项分值的40%为止, 最低得分值的40%: a floor that is a share of the weight."""
    lead = line.kind(at) == "deduct" and line.word(at + 1) in ("至", "到")
    if not lead and line.kind(at) != "least":
        return None
    weight = line.skip(at + (2 if lead else 1), "det", "earn", "eq")
    share = line.skip(weight + 1, "de")
    if line.kind(weight) not in ("weight", "full") or line.kind(share) != "num" or line.t[share].unit != "%":
        return None
    end = line.skip(share + 1, "until")
    return Floor(line.t[share].value, line.span(at, end), share=True), end


def _below_zero(line: Line, at: int) -> tuple[Item, int] | None:
    """最多扣至-3分, 扣到-3分为止, 最低-3分: a floor below nothing, which the text has to print (C1)."""
    if line.kind(at) not in ("most", "least", "deduct"):
        return None
    end = line.skip(at, "most", "least", "deduct", "earn", "eq")
    if line.word(end) in ("至", "到", "为"):
        end += 1
    elif not any(line.kind(k) == "least" for k in range(at, end)):
        return None
    if line.word(end) == "-" and line.is_points(end + 1):
        return Floor(-line.t[end + 1].value, line.span(at, end + 2)), line.skip(end + 2, "until")
    if line.is_points(end) and line.t[end].value < 0:
        return Floor(line.t[end].value, line.span(at, end + 1)), line.skip(end + 1, "until")
    return None


def read_most(line: Line, at: int) -> tuple[Item, int] | None:
    """最多扣3分, 最高加5分, 最高不超过5分, 累计扣分不超过2分, 满分5分, 以3分为限, 5分封顶, 上不封顶."""
    return (
        _capped(line, at)
        or _limited(line, at)
        or _counted_as(line, at)
        or _up_to_points(line, at)
        or _full_marks(line, at)
    )


def _capped(line: Line, at: int) -> tuple[Item, int] | None:
    """封顶, 上不封顶."""
    kind, place = line.kind(at), line.span(at, at + 1)
    if kind == "uncapped":
        return Remark("uncapped", line.word(at), place), at + 1
    if kind == "cap":
        return Most("earn", None, place), at + 1
    if kind == "until" and line.word(at) == "封顶" and line.items:
        if line.is_points(at + 1):
            return Most("", Amount(line.t[at + 1].value, "分"), line.span(at, at + 2)), at + 2  # 封顶7分
        return Most("", None, place), at + 1
    return None


_ALTOGETHER = ("总", "合计", "总计", "共", "总共", "合共", "单项", "本项")


def _limited(line: Line, at: int) -> tuple[Item, int] | None:
    """最多扣3分, 累计扣分不超过2分, 合计最高5分, 不超过该项分值."""
    kind = line.kind(at)
    if kind == "most":
        return _most_of(line, at, at, "")
    if kind == "le":
        behind = (
            line.items and isinstance(line.items[-1], (Step, Fixed, Most, Formula, Ratio)) and line.is_points(at + 1)
        )
        if behind or (line.word(at) == "至多" and line.kind(at + 1) in ("deduct", "add", "earn")):
            return _most_of(line, at, at, "")
        whole = line.kind(line.skip(at + 1, "det")) in ("weight", "full")
        return _most_of(line, at, at, "earn") if whole else None
    if kind not in ("sum", "deduct", "add", "earn", "full", "text", "by", "det", "weight") or line.kind(at + 1) not in (
        "le",
        "most",
    ):
        return None
    if kind == "text" and line.word(at) not in _ALTOGETHER:
        return None
    of = {"deduct": "deduct", "add": "add", "earn": "earn", "full": "earn"}.get(kind, "")
    if "扣" in line.word(at):
        of = "deduct"
    elif "加分" in line.word(at):
        of = "add"
    return _most_of(line, at, at + 1, of)


def _counted_as(line: Line, at: int) -> tuple[Item, int] | None:
    """超过5分的按5分计, 超过满分的按满分计, (得分率)大于1时取1."""
    kind = line.kind(at)
    if kind not in ("gt", "over"):
        return None
    if line.kind(at + 1) in ("full", "weight") or line.is_points(at + 1):
        after = line.skip(at + 2, "de", "comma", "weight")
        if line.kind(after) == "by" and line.kind(after + 1) in ("num", "full", "weight"):
            end = line.skip(after + 2, "earn", "scored", "weight")
            amount = Amount(line.t[after + 1].value, "分") if line.is_points(after + 1) else None
            return Most("earn", amount, line.span(at, end)), end
    if kind == "gt" and (end := _whole_at_most(line, at)) > at and line.kind(end) != "op":
        whole = line.t[at + 1].value == {"": 1, "%": 100}.get(line.t[at + 1].unit)
        return Remark("capratio" if whole else "capat", line.word(at), line.span(at, end)), end
    return None


def _up_to_points(line: Line, at: int) -> tuple[Item, int] | None:
    """以3分为限, 扣分以4分为限, 5分封顶."""
    kind = line.kind(at)
    if kind in ("deduct", "add", "earn") and line.word(at + 1) == "以" and line.kind(at + 3) == "until":
        found = read_most(line, at + 1)
        if found is not None and isinstance(found[0], Most):
            return replace(found[0], of=kind, span=line.span(at, found[1])), found[1]
    if (
        kind == "by"
        and line.word(at) == "以"
        and (line.is_points(at + 1) or line.kind(at + 1) in ("full", "weight"))
        and line.kind(at + 2) == "until"
    ):
        amount = Amount(line.t[at + 1].value, "分") if line.is_points(at + 1) else None
        return Most("", amount, line.span(at, at + 3)), at + 3
    if line.is_points(at) and line.word(at + 1) == "封顶":
        return Most("", Amount(line.t[at].value, "分"), line.span(at, at + 2)), at + 2
    return None


def _full_marks(line: Line, at: int) -> tuple[Item, int] | None:
    """满分5分, 满分为5分."""
    if line.kind(at) != "full" or line.kind(at - 1) == "earn":
        return None
    after = line.skip(at + 1, "eq", "text")
    if line.is_points(after) and (after == at + 1 or line.word(after - 1) == "为"):
        return Most("earn", Amount(line.t[after].value, "分"), line.span(at, after + 1)), after + 1
    return None


def _whole_at_most(line: Line, at: int) -> int:
    """(得分率)大于1时取1, 超过100%的按100%计: a share is never more than the whole; the place behind it, or ``at``."""
    number = line.t[at + 1] if line.kind(at + 1) == "num" else None
    if number is None or number.unit == "分":
        return at
    end = at + 2
    while line.kind(end) in ("de", "comma", "text", "by", "eq") and end < at + 6:
        end += 1
    again = line.t[end] if line.kind(end) == "num" else None
    before = line.word(end - 1)
    if again is None or (again.value, again.unit) != (number.value, number.unit):
        return at
    if line.kind(end - 1) != "by" and not before.endswith(("取", "按", "视为", "记为", "计为")):
        return at
    return line.skip(end + 1, "earn", "scored")


def _most_of(line: Line, at: int, word: int, of: str) -> tuple[Item, int] | None:
    said = line.word(word)
    if "扣" in said:
        of = "deduct"
    elif "加" in said and "累加" not in said:
        of = "add"
    elif "得" in said and "不得" not in said:
        of = of or "earn"
    end = word + 1
    while (
        line.kind(end) in ("deduct", "add", "earn", "eq", "le", "text", "det", "sum", "most", "ge") and end - word < 5
    ):
        of = {"deduct": "deduct", "add": "add", "earn": of or "earn"}.get(line.kind(end), of)
        if line.kind(end) == "text" and line.word(end) not in (
            "不超过",
            "可",
            "只",
            "至",
            "到",
            "共",
            "累计",
            "只能",
            "仅",
            "可以",
            "数",
        ):
            return None
        end += 1
    if line.kind(end) in ("full", "weight", "base"):
        of = of or "earn"
        stop = line.skip(end + 1, "until", "weight")
        if line.kind(stop) == "de" and line.kind(stop + 1) == "num":
            return Most(of, Amount(line.t[stop + 1].value, "%", True), line.span(at, stop + 2)), line.skip(
                stop + 2, "until"
            )
        if line.is_points(stop):
            return Most(of, Amount(line.t[stop].value, "分"), line.span(at, stop + 1)), line.skip(stop + 1, "until")
        return Most(of, None, line.span(at, stop)), stop
    if line.kind(end) != "num":
        return None
    token = line.t[end]
    if token.unit not in ("分", "%", ""):
        return None
    stop = end + 1
    weight = line.skip(stop, "de", "det")
    named = line.kind(weight) in ("weight", "full")
    if named:
        stop = weight + 1
    if token.unit == "%" and not named and of == "":
        return None
    stop = line.skip(stop, "until")
    return Most(of, Amount(token.value, "%" if token.unit == "%" else "分", named), line.span(at, stop)), stop


def read_rounding(line: Line, at: int) -> tuple[Item, int] | None:
    """保留一位小数, 取整数, 四舍五入."""
    if line.kind(at) != "rounding":
        return None
    end = line.skip(at + 1, "rounding", "comma", "text") if line.kind(at + 1) in ("rounding", "num", "text") else at + 1
    if line.kind(end) == "num" and line.kind(end + 1) == "decimals":
        after = line.skip(end + 2, "rounding", "text") if line.kind(end + 2) == "rounding" else end + 2
        return RoundTo(int(line.t[end].value), line.span(at, end + 2)), after
    match = [
        k
        for k in range(at, min(at + 4, line.n))
        if any(word in line.word(k) for word in ("一位", "两位", "二位", "三位", "整数"))
    ]
    if match:
        said = line.word(match[0])
        places = 1 if "一位" in said else 3 if "三位" in said else 0 if "整数" in said else 2
        end = (
            line.skip(match[0] + 1, "decimals", "rounding", "text")
            if line.kind(match[0] + 1) in ("decimals", "rounding")
            else match[0] + 1
        )
        return RoundTo(places, line.span(at, end)), end
    if line.word(at).startswith("四舍五入"):
        return Remark("rounding", line.word(at), line.span(at, at + 1)), at + 1
    return None


_NO_SCORE = frozenset({"不计分", "不得分", "不给分", "不予计分", "不记分", "不赋分", "不予得分", "不予赋分"})


def read_unfinished_step(line: Line, at: int) -> tuple[Item, int] | None:
    """不足1个百分点按1个百分点计, 不足1个不计分, 其余按线性; only where a step with that unit stands before."""
    kind = line.kind(at)
    if kind in ("linear", "ceil", "floor"):
        end = line.skip(at + 1, "scored", "earn", "deduct")
        return PartialStep(
            {"linear": Partial.LINEAR, "ceil": Partial.CEIL, "floor": Partial.FLOOR}[kind], line.span(at, end)
        ), end
    if kind != "lt" or line.kind(at + 1) != "num":
        return None
    steps = [item for item in line.items if isinstance(item, Step)]
    size = line.t[at + 1]
    if not steps or all(step.size is not None and not _same_size(step.size, size) for step in steps):
        return None
    end = (
        line.skip(at + 2, "de", "comma", "text", "shortfall", "noun")
        if line.kind(at + 2) in ("de", "comma", "text", "noun")
        else at + 2
    )
    if line.kind(end) in ("by", "reach", "eq", "ontime") or line.word(end) in (
        "均按",
        "也按",
        "视同",
        "视为",
        "算",
    ):
        after = end + 1
        if line.kind(after) == "num" and _same_size(line.t[after], size):
            after = (
                line.skip(after + 1, "earn", "scored", "deduct", "text")
                if line.kind(after + 1) in ("earn", "scored", "deduct")
                else after + 1
            )
            return PartialStep(Partial.CEIL, line.span(at, after)), after
        if line.kind(after) in ("ratio", "shortratio"):
            after = line.skip(after + 1, "earn", "scored", "deduct")
            return PartialStep(Partial.LINEAR, line.span(at, after)), after
    earns = all(step.verb == "earn" for step in steps)
    if earns and (line.kind(end) == "det" or (line.word(end) == "得" and line.kind(end + 1) in ("zero", "num"))):
        end += 1  # 每达到10%得1分，不足10%的部分得0分
    if line.kind(end) in ("ignore", "nodeduct", "noadd") or (
        line.kind(end) == "zero" and (earns or line.word(end) in _NO_SCORE)
    ):
        return PartialStep(Partial.FLOOR, line.span(at, end + 1)), line.skip(end + 1, "earn", "deduct")
    if earns and line.is_points(end) and line.t[end].value == 0:
        return PartialStep(Partial.FLOOR, line.span(at, end + 1)), end + 1
    return None


def read_word(line: Line, at: int) -> tuple[Item, int] | None:
    """One word that says all: 取最高, 减半, 不加分, 不扣分, 视为…, 倒扣."""
    kind = line.kind(at)
    if kind in ("best", "worst", "nosum", "sum"):
        if kind == "sum" and line.kind(at + 1) in ("num", "text", "reach"):
            return None
        return Choice(kind, line.span(at, at + 1)), at + 1
    if kind == "kind":
        return Remark("kind", line.word(at), line.span(at, at + 1)), at + 1
    if kind == "halve":
        return Share(Fraction(50), line.span(at, at + 1), halved=True), line.skip(at + 1, "earn", "scored")
    if kind == "noadd":
        return NoBonus(line.span(at, at + 1)), at + 1
    if kind == "nodeduct":
        return Full(line.span(at, at + 1), quiet=True), at + 1
    if line.word(at) == "视为" and (after := _judged_as(line, at)) > at:
        return Remark("kind", line.word(at), line.span(at, after)), after
    if kind == "unsupported" and line.word(at) == "倒扣" and _goes_below(line, at):
        return Remark("below", line.word(at), line.span(at, at + 1)), at + 1
    if kind == "unsupported":
        return Unknown(line.word(at), "能换算成分值的写法（如“每…扣…分”“按…比例得分”）", line.span(at, at + 1)), at + 1
    return None


def _goes_below(line: Line, at: int) -> bool:
    """Whether a floor below nothing is printed behind 可倒扣."""
    return any(
        isinstance(found[0], Floor)
        for k in range(at + 1, min(at + 8, line.n))
        if (found := _below_zero(line, k)) is not None
    )


def _judged_as(line: Line, at: int) -> int:
    """视为指标设置偏低，扣2分: what it is called changes nothing where the points follow."""
    end = at + 1
    while line.kind(end) in ("text", "noun", "target", "de", "actual", "short", "rise", "deviate", "neg"):
        end += 1
    follows = line.kind(end) == "comma" and (
        line.kind(end + 1) in ("deduct", "zero") or (line.kind(end + 1) == "earn" and line.kind(end + 2) == "num")
    )
    return end if end > at + 1 and follows else at


def _same_size(left: Token, right: Token) -> bool:
    units = {left.unit or right.unit, right.unit or left.unit}
    return left.value == right.value and (len(units) == 1 or units == {"%", "百分点"})
