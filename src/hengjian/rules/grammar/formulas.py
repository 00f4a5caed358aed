"""Printed formulas: ``得分=实际/目标×10``, 执行率×10分, ``min(a/b，1)``, ``（A为…，B为…）``; what each noun in them stands for."""

import re
from collections.abc import Sequence

from hengjian.rules.grammar.items import Break, Calc, Define, Extreme, Formula, Item, Name, Number, Remark, Size, Term
from hengjian.rules.grammar.line import ENDS, TEXTLIKE, Line
from hengjian.rules.lexer import Token
from hengjian.rules.tree import Op

_FORMULA_STOP = frozenset(
    {
        "stop",
        "most",
        "cap",
        "uncapped",
        "zero",
        "best",
        "nosum",
        "human",
        "linear",
        "ceil",
        "floor",
        "rounding",
        "else",
        "scored",
        "kind",
        "veto",
        "noadd",
        "nodeduct",
        "deducted",
    }
)
_DEEPEST = 12  # nested brackets and signs in one formula; nobody prints more
_MOST_SIGNS = 80
_OPENERS = frozenset({*ENDS, "comma"})  # what may stand in front of a rule's opening words
_PLAN_MARKS = (
    "计划",
    "目标",
    "指标值",
    "应",
    "预算",
    "任务",
    "年初",
    "预期",
    "规定",
    "控制",
    "上限",
    "标准",
    "额定",
    "核定",
    "批复",
)
_OWN_NOUNS = (
    "应急",
    "应用",
    "应对",
    "应届",
    "计划生育",
    "标准化",
    "预算单位",
    "目标责任",
)  # nouns that only look like plans


def whole_formula(tokens: Sequence[Token]) -> Formula | None:
    """A chunk that is a formula and nothing else (``执行率×10``), or None."""
    return _bare_formula(Line(tokens))


def read_formula(line: Line, at: int) -> tuple[Item, int] | None:
    """得分=…, 扣分=…, Y=…, 得分为（实际/计划）×分值."""
    start = at
    kind = line.kind(at)
    if kind in ("weight", "det") and line.kind(at + 1) in ("earn", "deduct"):
        at += 1
        kind = line.kind(at)
    deduct = kind == "deduct" and line.word(at) in (
        "扣分",
        "扣减分值",
        "扣除分值",
        "扣减",
        "扣减得分",
        "扣减分数",
        "扣分值",
        "减分",
    )
    score = (
        (
            kind == "earn"
            and line.word(at) in ("得分", "分值为", "计分", "得分为", "赋分", "评分", "得", "计", "评分为", "计为")
        )
        or (kind == "noun" and line.word(at) in ("考核得分", "评价得分"))
        or (kind == "weight" and line.word(at) in ("应得分", "应得分值"))
        or _names_score(line, at)
    )
    sign = at + 1
    if (deduct or score) and line.kind(sign) == "var" and line.kind(sign + 1) in ("cmp", "eq", "colon"):
        sign += 1  # 得分Y=…; in 得N/M×6分 the letter begins the formula
    if kind == "var" and line.kind(sign) == "cmp" and line.word(sign) == "=" and line.word(at)[0] in "YSFyZ得":
        score = True
    if kind == "text" and line.word(at) in ("扣分数", "应扣分", "扣分额"):
        deduct = True
    if not (deduct or score):
        return None
    body_at = -1
    if line.kind(sign) == "cmp" and line.word(sign) == "=":
        body_at = sign + 1
    elif (
        line.kind(sign) in ("eq", "colon")
        or line.word(at) in ("得分为", "分值为", "评分为", "计为", "得", "计", "计分", "得分")
    ) and kind != "var":
        body_at = sign + 1 if line.kind(sign) in ("eq", "colon") else sign
        if not calculates(line, body_at):
            return None
    if body_at < 0 or (
        kind == "var" and line.kind(body_at) == "num" and line.kind(body_at + 1) in ("", "comma", *ENDS)
    ):
        return None  # S=5 gives points
    return formula_from(line, start, body_at, line.n, deduct)


def _names_score(line: Line, at: int) -> bool:
    """分值=实际数/任务数×30: 分值 for 得分, in front of what is worked out."""
    return (
        line.multiplies
        and line.kind(at) == "weight"
        and line.kind(at - 1) in ("", *_OPENERS)
        and line.word(at + 1) == "="
        and calculates(line, at + 2)
    )


def read_opening_formula(line: Line, at: int) -> tuple[Item, int] | None:
    """执行率×10分，超过100%按100%计: a rule that opens with the formula itself, 得分= left unsaid.

    Only what multiplies out to the weight or to points is a score; 实际数/计划数×100%，… explains a rate.
    """
    if not line.multiplies:
        return None  # asked first: it settles nearly every place
    if line.kind(at - 1) == "comma" and at > 1 and (worked := _bare_result(line, at)) is not None:
        return worked
    if line.items and not isinstance(line.items[-1], (Define, Break)):
        return None
    if at > 0 and (line.kind(at - 1) not in _OPENERS or not _begins(line, at)):
        return None
    if not all(isinstance(item, (Define, Break)) for item in line.items):
        return None
    if sum(isinstance(item, Break) and item.label != "" for item in line.items) > 1 or not calculates(line, at):
        return None
    found = formula_from(line, at, at, line.n, False)
    if found is None or line.kind(found[1]) != "comma" or line.repaired:
        return None
    if not isinstance(found[0], Formula) or not _makes_points(found[0].body) or _calculates_again(line, found[1]):
        return None
    return found


def _bare_result(line: Line, at: int) -> tuple[Item, int] | None:
    """实际值>目标值，4×目标值/实际值: behind a condition with a comparison the formula is what is scored."""
    first = at - 1
    while first > 0 and line.kind(first - 1) not in (*ENDS, "comma"):
        first -= 1
    told = any(line.kind(k) in ("cmp", "gt", "lt", "ge", "le", "else") for k in range(first, at))
    if not told or not calculates(line, at):
        return None  # 否则，规范化率×4
    if line.items and line.items[-1].span[1] > line.t[first].start:
        return None  # something was made of the words before
    found = formula_from(line, at, at, line.n, False)
    if found is None or line.kind(found[1]) not in ("", *ENDS) or line.repaired:
        return None
    return found if isinstance(found[0], Formula) and _makes_points(found[0].body) else None


def _begins(line: Line, at: int) -> bool:
    """Whether nothing but separators stands between the last item (or the beginning) and ``at``."""
    before = at - 1
    while before >= 0 and line.kind(before) in _OPENERS:
        before -= 1
    return before < 0 or (bool(line.items) and line.t[before].end <= line.items[-1].span[1])


def _calculates_again(line: Line, at: int) -> bool:
    """及时率×4分 behind 完成率×6分: a second product that defines nothing, so the first is not the whole score."""
    starts = [k + 1 for k in range(at, line.n) if line.kind(k) in _OPENERS]
    return any(calculates(line, k) and not _defines(line, k) for k in starts)


def _defines(line: Line, at: int) -> bool:
    """Whether the clause holds an equals sign."""
    end = next((k for k in range(at, line.n) if line.kind(k) in _OPENERS), line.n)
    return any(line.kind(k) == "cmp" and line.word(k) == "=" for k in range(at, end))


def formula_from(line: Line, start: int, body_at: int, limit: int, deduct: bool) -> tuple[Item, int] | None:
    """The formula of ``body_at``, for an item that begins at ``start``; it ends before ``limit``."""
    line.repaired = False
    if sum(token.kind == "op" for token in line.t[body_at:limit]) > _MOST_SIGNS:
        return None
    parsed = expression(line, body_at, limit)
    if parsed is None:
        return None
    body, end = parsed
    while line.kind(end) == "op" and line.word(end) == ")" and end < limit:
        line.repaired = True
        if end + 1 < limit and line.kind(end + 1) == "op" and line.word(end + 1) in "*/+-":
            more = _continued(line, body, end + 1, limit)
            if more is None:
                break
            body, end = more
        else:
            end += 1
    if line.kind(end) == "text" and line.word(end) == "分" and end < limit:
        end += 1  # 计6×完成数/目标数分
    return Formula(body, deduct, line.span(start, end), line.repaired), end


def _continued(line: Line, left: Term, at: int, limit: int) -> tuple[Term, int] | None:
    """The rest of an expression behind a bracket that was never opened: the bracket opened at the beginning."""
    while at < limit and line.kind(at) == "op" and line.word(at) in "*/+-":
        parsed = _factor(line, at + 1, limit)
        if parsed is None:
            return None
        left, at = Calc(Op(line.word(at)), left, parsed[0]), parsed[1]
    return left, at


def calculates(line: Line, at: int) -> bool:
    """Whether an operator of multiplication or division comes before the clause ends."""
    depth = 0
    if not line.multiplies:
        return False
    while at < line.n and line.kind(at) not in ENDS and not (line.kind(at) == "comma" and depth == 0):
        if line.kind(at) == "op":
            if line.word(at) in "*/":
                return True
            depth += {"(": 1, ")": -1}.get(line.word(at), 0)
        if line.kind(at) in _FORMULA_STOP:
            return False
        at += 1
    return False


def _bare_formula(line: Line) -> Formula | None:
    if not line.multiplies or any(token.kind in ("cmp", "sep", "comma") for token in line.t):
        return None
    found = formula_from(line, 0, line.skip(0, "by"), line.n, False)
    if (
        found is None
        or not isinstance(found[0], Formula)
        or line.skip(found[1], "comma", "de", "scored", "earn") < line.n
    ):
        return None
    return found[0]


def expression(line: Line, at: int, limit: int) -> tuple[Term, int] | None:
    """A sum from ``at`` on, and the place behind it; ends before ``limit``."""
    parsed = _product(line, at, limit)
    if parsed is None:
        return None
    left, at = parsed
    while (
        at < limit
        and (line.kind(at) in ("op", "range"))
        and line.word(at) in ("+", "-", "—", "~")
        and (parsed := _product(line, at + 1, limit))
    ):
        left, at = Calc(Op.ADD if line.word(at) == "+" else Op.SUB, left, parsed[0]), parsed[1]
    return left, at


def _product(line: Line, at: int, limit: int) -> tuple[Term, int] | None:
    parsed = _factor(line, at, limit)
    if parsed is None:
        return None
    left, at = parsed
    if at < limit and line.word(at) == "占" and (whole := _name(line, at + 1, limit)):
        left, at = Calc(Op.DIV, left, _plain_share(whole[0])), whole[1]  # 完成面积占计划面积的比例
    if isinstance(left, Number) and at < limit and line.kind(at) == "var" and (letter := _name(line, at, limit)):
        left, at = Calc(Op.MUL, left, letter[0]), letter[1]  # 0.5A
    while (
        at < limit
        and line.kind(at) == "op"
        and line.word(at) in ("*", "/")
        and (parsed := _factor(line, at + 1, limit))
    ):
        left, at = Calc(Op.MUL if line.word(at) == "*" else Op.DIV, left, parsed[0]), parsed[1]
        named = line.skip(at, "de")
        if named > at and line.kind(named) == "ratio" and line.kind(named + 1) == "op":
            at = named + 1  # 参训人数/260人的比例乘以5分
    return left, at


def _factor(line: Line, at: int, limit: int) -> tuple[Term, int] | None:
    at = line.skip(at, "de")
    if at >= limit:
        return None
    if line.kind(at) == "op" and line.word(at) == "|":
        line.depth += 1
        inner = expression(line, at + 1, limit) if line.depth <= _DEEPEST else None
        line.depth -= 1
        if inner is None or line.word(inner[1]) != "|":
            return None
        return Size(inner[0]), inner[1] + 1
    if line.kind(at) == "function":
        return _picked(line, at, limit)
    if line.kind(at) == "op" and line.word(at) == "(":
        line.depth += 1
        parsed = expression(line, at + 1, limit) if line.depth <= _DEEPEST else None
        line.depth -= 1
        if parsed is None:
            return None
        body, end = parsed
        if line.kind(end) == "op" and line.word(end) == ")" and end < limit:
            return body, end + 1
        line.repaired = True
        return _close_before_weight(body), end
    if line.kind(at) == "num":
        end = at + 1
        if (
            line.t[at].unit == "分"
            and line.kind(end) == "op"
            and line.word(end) == "("
            and line.kind(end + 1) == "weight"
        ):
            end += 3
        return Number(line.t[at]), end
    return _name(line, at, limit)


def _picked(line: Line, at: int, limit: int) -> tuple[Term, int] | None:
    """min(实际值/目标值，1)."""
    least = line.word(at).lower().startswith(("min", "最小", "较小", "取小"))
    if line.word(at + 1) != "(" or line.depth >= _DEEPEST:
        return None
    items: list[Term] = []
    end = at + 1
    line.depth += 1
    while end < limit and (end == at + 1 or line.kind(end) in ("comma", "dun", "sep")):
        parsed = expression(line, end + 1, limit)
        if parsed is None:
            break
        items.append(parsed[0])
        end = parsed[1]
    line.depth -= 1
    if line.word(end) != ")" or len(items) < 2:
        return None
    return Extreme(least, tuple(items)), end + 1


def _name(line: Line, at: int, limit: int) -> tuple[Term, int] | None:
    start, kinds = at, []
    while at < limit:
        kind = line.kind(at)
        if kind in _FORMULA_STOP or (kind == "comma") or kind in ENDS or kind in ("cmp", "colon"):
            break
        if kind == "op":
            if line.word(at) == "(" and start < at and not _opens_factor(line, at):
                close = at + 1
                while close < limit and line.word(close) != ")":
                    close += 1
                inner = [k for k in range(at + 1, close) if line.kind(k) == "num"]
                if close >= limit or any(line.kind(k) in ("eq", "cmp") for k in range(at + 1, close)):
                    break
                if len(inner) == 1 and close - at == 2:
                    return Number(line.t[inner[0]]), close + 1
                if not inner:
                    at = close + 1
                    continue
            break
        if (
            kind == "text"
            and line.word(at) == "分"
            and start < at
            and line.kind(at + 1) in ("", "sep", "comma", "enum")
        ):
            break
        if kind == "num":
            if start < at and line.kind(at - 1) not in ("op",) and line.t[at].unit != "分":
                return Number(line.t[at]), at + 1
            break
        if kind == "dun":
            if start < at and line.kind(at + 1) in ("text", "noun", "var"):
                at += 1
                continue
            break
        if kind not in TEXTLIKE and kind not in ("full", "cap", "decimals"):
            break  # 达标点位数: 位数 says how many decimals only behind a number
        if kind == "var" and start < at:
            break
        kinds.append(kind)
        at += 1
    if at == start:
        return None
    text = "".join(line.word(k) for k in range(start, at)).partition("(")[0]
    return Name(text, role_of(text, kinds), line.span(start, at)), at


def _opens_factor(line: Line, at: int) -> bool:
    return any(
        line.kind(k) == "op" and line.word(k) in "*/+-"
        for k in range(at + 1, min(at + 12, line.n))
        if ")" not in "".join(line.word(j) for j in range(at, k))
    )


def read_definition(line: Line, at: int) -> tuple[Item, int] | None:
    """执行率=执行数/预算数; X为…; (A为年初目标值，B为实际完成值)."""
    kind, following = line.kind(at), line.kind(at + 1)
    if kind == "define":
        if line.word(at) in ("即", "即为") and following in ("earn", "zero", "full", "num"):
            return None  # 达标即得满分: at once, no definition
        return Remark("define", line.word(at), line.span(at, at + 1)), line.skip(at + 1, "colon", "comma")
    if kind == "text" and line.word(at) in ("设", "令", "记", "以") and following == "var":
        return read_definition(line, at + 1)
    if kind == "var":
        return _worked_out(line, at) or _stands_for(line, at)
    if kind == "by" and following == "var" and (line.kind(at + 2) == "letter" or line.word(at + 2) in ("表示", "代表")):
        return Define(line.word(at + 1), None, "", line.span(at, at + 3)), at + 3
    if kind == "target" and following == "eq" and line.kind(at + 2) == "cmp" and line.kind(at + 3) != "num":
        return Remark("kind", line.word(at + 2), line.span(at, at + 3)), at + 3
    return _let(line, at) or _named_formula(line, at)


def _let(line: Line, at: int) -> tuple[Item, int] | None:
    """设执行率为x, 记完成数为A."""
    kind, said = line.kind(at), line.word(at)
    if kind == "text" and said.startswith(("设", "令", "记")) and len(said) < 12:
        mark = at + 1
        while line.kind(mark) in TEXTLIKE - {"eq", "var"} and mark - at < 8:
            mark += 1
        said = said[1:] + "".join(line.word(k) for k in range(at + 1, mark))
    elif kind == "earn" and said == "记" and line.kind(at + 1) in ("text", "noun", "actual"):
        mark = line.skip(at + 1, "text", "noun", "actual", "rate")
        said = "".join(line.word(k) for k in range(at + 1, mark))
    else:
        return None
    if line.kind(mark) != "eq" or line.kind(mark + 1) != "var":
        return None
    return Define(line.word(mark + 1), None, said, line.span(at, mark + 2)), mark + 2


def _worked_out(line: Line, at: int) -> tuple[Item, int] | None:
    """X=实际数/计划数: a letter for a number that is no score yet."""
    if line.word(at + 1) != "=" or line.kind(at + 1) != "cmp" or not calculates(line, at + 2):
        return None
    found = formula_from(line, at, at + 2, line.n, False)
    if found is None or not isinstance(found[0], Formula) or _makes_points(found[0].body):
        return None
    return Define(line.word(at), found[0].body, "", found[0].span), found[1]


def _stands_for(line: Line, at: int) -> tuple[Item, int] | None:
    """A为年初目标值, B指实际完成值, C：完成率."""
    dashed = line.kind(at + 1) in ("range", "colon") or line.word(at + 1) in ("-", "=")
    if not (
        line.kind(at + 1) in ("eq", "letter")
        or line.word(at + 1) in ("指", "表示", "代表")
        or (dashed and line.kind(at + 2) in ("actual", "target", "text", "noun"))
    ):
        return None
    end = at + 2
    while (
        end < line.n and line.kind(end) not in ("sep", "comma", "enum", "num", "cmp", "colon") and line.word(end) != ")"
    ):
        end += 1
    if line.kind(end) in ("num", "cmp"):
        return None
    text = "".join(line.word(k) for k in range(at + 2, end))
    return Define(line.word(at), None, text, line.span(at, end)), end


def _named_formula(line: Line, at: int) -> tuple[Item, int] | None:
    """执行率=执行数/预算数."""
    if line.kind(at) not in ("text", "noun", "ratio", "actual", "target", "ontime"):
        return None
    end = at
    while (line.kind(end) in TEXTLIKE and line.kind(end) not in ("earn", "else")) or line.kind(end) == "dun":
        end += 1
    if line.word(end) != "=" or line.kind(end) != "cmp" or end == at or not calculates(line, end + 1):
        return None
    found = formula_from(line, at, end + 1, line.n, False)
    if found is None or not isinstance(found[0], Formula):
        return None
    text = "".join(line.word(k) for k in range(at, end))
    return Define(text, found[0].body, "", found[0].span), found[1]


def _close_before_weight(body: Term) -> Term:
    """Where the closing bracket is missing: (1-a/b×分值 can only mean (1-a/b)×分值, which gives full marks at the best value."""
    if (
        isinstance(body, Calc)
        and body.op in (Op.ADD, Op.SUB)
        and isinstance(body.right, Calc)
        and body.right.op is Op.MUL
        and _is_weight(body.right.right)
    ):
        return Calc(Op.MUL, Calc(body.op, body.left, body.right.left), body.right.right)
    return body


def _plain_share(term: Term) -> Term:
    """计划面积的比例, after 占, is 计划面积."""
    if not isinstance(term, Name):
        return term
    text = term.text
    for tail in ("的比例", "的比重", "比例", "的"):
        text = text.removesuffix(tail)
    return Name(text, role_of(text, ["target"] if text.startswith(_PLAN_MARKS) else []), term.span)


def _makes_points(term: Term) -> bool:
    """执行率×10分, 分值×实际数÷计划数: a product with the weight or with points in it."""
    if not isinstance(term, Calc) or term.op not in (Op.MUL, Op.DIV):
        return False
    sides = (term.left, term.right) if term.op is Op.MUL else (term.left,)
    return any(_is_weight(side) or _makes_points(side) or (term.op is Op.MUL and _is_factor(side)) for side in sides)


def _is_factor(term: Term) -> bool:
    """A plain number that can only be points (执行率×10); 100 makes a percentage."""
    return isinstance(term, Number) and not term.token.unit and 1 < term.token.value != 100


def _is_weight(term: Term) -> bool:
    return (isinstance(term, Name) and term.role == "weight") or (isinstance(term, Number) and term.token.unit == "分")


# 目标完成率 is how much of the target is done, unless an actual rate stands beside it (实际完成率÷目标完成率)
DONE_RATES = re.compile(
    r"(?:年度|全年|本年)?(?:目标|计划|任务|指标)(?:任务|值|计划|目标)?(?:实际)?(?:完成|达成|实现)[率度]"
)


def role_of(text: str, kinds: Sequence[str]) -> str:
    """What a noun of a formula stands for, from its words."""
    if "lateness" in kinds or ("late" in kinds and text.endswith(("天数", "日数", "天", "月数"))):
        return "late"
    if any(kind in ("weight", "full") for kind in kinds) and not any(kind in ("actual", "target") for kind in kinds):
        return "weight"
    if "shortratio" in kinds:
        return "shortratio"
    if "overratio" in kinds:
        return "overratio"
    if "excess" in kinds or ("over" in kinds and text.endswith(("数", "额", "值", "量"))):
        return "over"
    if text.startswith(("差额", "缺口", "缺额", "未完成数", "未完成量", "差值")):
        return "short"
    if text in ("A", "a"):
        return "letterA"
    if text in ("B", "b"):
        return "letterB"
    if "ratio" in kinds:
        return "done"
    if text.endswith(("执行率", "支出率", "到位率")) and not text.startswith(("计划", "目标", "实际")):
        return ""
    planned = text.startswith(("计划", "目标", "预期", "年初计划", "年初目标", "应完成"))
    if text.startswith(("实际", "全年实际", "全年执行", "实绩", "年度实际")) or ("actual" in kinds and not planned):
        return "actual"
    rate = text.endswith(("率", "度"))  # 标准化率 is the row's own rate, 计划体检率 is not
    if rate and not text.startswith(("计划", "目标", "预期", "规定")):
        return ""
    if text.startswith(_OWN_NOUNS):
        return ""
    if text.startswith(
        ("年初下达", "上级下达", "下达任务", "下达计划", "下达目标", "下达指标", "年初安排", "年初确定")
    ):
        return "target"
    if text.startswith("年初") and not any(mark in text for mark in ("计划", "目标", "指标", "任务", "预算", "预期")):
        return ""  # 年初用水量 is an amount of its own
    if text.startswith(_PLAN_MARKS) or "target" in kinds or text.startswith(("全年预算", "调整后预算", "应")):
        return "target"
    if text.endswith("天数") and any(mark in text for mark in ("推迟", "延迟", "逾期", "超期", "滞后", "延误")):
        return "late"
    return ""
