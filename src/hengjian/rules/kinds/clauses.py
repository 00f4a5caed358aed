"""Clauses from what is printed: which condition belongs to which consequence, and what target, letters and introductions settle."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.formulas import whole_formula
from hengjian.rules.grammar.line import carries_meaning
from hengjian.rules.kinds.trees import LENGTHS_OF_TIME
from hengjian.rules.lexer import Token, tokens
from hengjian.rules.meaning import Clause, Loose, Meaning, short
from hengjian.rules.numbers.formulas import names_in
from hengjian.rules.tree import Op, Sign
from hengjian.values.calendar import PER_YEAR
from hengjian.values.text import fold

# words that hand out points: a chunk with one of them is no introduction
_SCORING = frozenset({"by", "earn", "scored", "weight", "ratio", "shortratio", "overratio", "add", "lt", "else"})
_ALL_PARTS = re.compile(
    r"(?:两项|两个|两者|二者|两类|各项)[\u4e00-\u9fff]{0,4}?(?:均|都|全部)(?:达到|达标|完成|满足|实现)"
)
_SPOKEN_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_EACH = re.compile(r"每(半年|季度|季|月|周|年)")


@dataclass(slots=True)
class _Open:
    """What was printed and waits for its consequence: a chunk, and the numbering it stands under."""

    chunk: g.Chunk | None = None
    label: str = ""

    def lay_aside(self, m: Meaning, label: str | None = None) -> None:
        """Nothing follows the chunk: it is an introduction, or not understood (``settle_loose``)."""
        if self.chunk is not None:
            m.loose.append(Loose(self.chunk, self.label if label is None else label))
            self.chunk = None


def gather_clauses(m: Meaning) -> None:
    """Clauses from items: a chunk is the condition of the consequence right behind it."""
    for item in m.items:
        if isinstance(item, g.Define):
            _define(m, item)
    waiting = _Open()
    for item in m.items:
        if isinstance(item, g.Chunk):
            waiting.lay_aside(m)
            waiting.chunk = _without_basis(m, item)
        elif isinstance(item, g.Break):
            waiting.lay_aside(m)
            if item.label or (item.span and m.text[item.span[0] : item.span[0] + 1] in "；;。\n"):
                waiting.label = item.label
        elif isinstance(item, g.Unknown):
            _unknown(m, item)
            waiting.chunk = None
        elif isinstance(item, (g.Floor, g.Most, g.PartialStep, g.RoundTo, g.Choice, g.Remark, g.Define, g.Mean)):
            if not _modify(m, item, waiting):
                return
        else:
            _conclude(m, item, waiting)
    waiting.lay_aside(m)


def _modify(m: Meaning, item: g.Modifier, waiting: _Open) -> bool:
    """Hang a modifier on the clause before it; False where the rule is not understood."""
    if isinstance(item, g.Mean):
        m.mods.append(item)
        waiting.lay_aside(m, "mean")
        return True
    if isinstance(item, g.Define):
        _define(m, item)
        return True
    if isinstance(item, g.Remark) and item.kind == "capat":
        if not _at_target(m, item):
            m.fail(item.span, "以目标值为限的写法（如“超过目标值的按目标值计”）")
            return False
        waiting.chunk = None  # 超过1500亩按1500亩计, where 1500 is the target
        return True
    if isinstance(item, g.Remark) and item.kind == "capratio":
        if "超" in item.text or item.text in ("大于", "高于"):
            m.caps.append(_said(m, waiting.chunk))  # 各项比率超过100%的按100%计
        if waiting.chunk is not None:
            waiting.chunk = None  # 超过目标按目标计
            return True
    if isinstance(item, g.Most) and waiting.chunk is not None and m.clauses and _quiet(m, waiting.chunk):
        waiting.chunk = None
    (m.clauses[-1].mods if m.clauses else m.mods).append(item)
    return True


def _conclude(m: Meaning, item: g.Consequence, waiting: _Open) -> None:
    """A clause: the consequence, with the chunk in front of it as its condition."""
    chunk = waiting.chunk
    if isinstance(item, g.Ratio) and chunk is not None:
        chunk = _without_every(chunk)
    cond = read_condition(_lettered(m, chunk.tokens), m.text) if chunk is not None else None
    item = _settled(item, chunk)
    last = m.clauses[-1].cons if m.clauses else None
    if chunk is None and isinstance(item, g.Range) and isinstance(last, g.Discretion):
        m.clauses[-1].cons = replace(item, deduct=last.deduct)  # 酌情打分，0-5分
        return
    if chunk is None and isinstance(item, g.Points) and _says_weight(m, item, last):
        if item.value != m.weight:
            m.fail(item.span, f"本行的分值{short(m.weight)}分" if m.weight is not None else "本行的分值")
        return  # 按到位资金占计划的比重计算得分（3分）
    if chunk is None and isinstance(item, g.Zero) and isinstance(last, g.Zero) and last.veto:
        return  # 一票否决，得0分
    if cond is not None and chunk is not None and _says_nothing_new(m, item, cond, chunk):
        cond = None
    span = (chunk.span[0] if chunk is not None else item.span[0], item.span[1])
    m.clauses.append(Clause(cond, item, label=waiting.label, span=span))
    waiting.chunk = None


def _settled(item: g.Consequence, chunk: g.Chunk | None) -> g.Consequence:
    """0分 is nothing; and what is nothing for a surplus takes nothing (超出部分不计分: full marks and no more)."""
    if isinstance(item, g.Points) and item.value == 0 and not item.base:
        item = g.Zero(item.span)
    if isinstance(item, g.Zero) and chunk is not None and _excess_only(chunk.tokens):
        return g.NoBonus(item.span)
    return item


def _says_nothing_new(m: Meaning, item: g.Consequence, cond: g.Cond, chunk: g.Chunk) -> bool:
    """Whether what stands in front of a step or a formula is no condition of it."""
    if isinstance(item, g.Step):
        if any(token.kind == "every" for token in chunk.tokens) and not cond.leftover:
            return True  # 每季度召开1次，每缺1次扣1分: the target said again
        if item.verb == "deduct" and item.way == "short" and _IN_A_PERIOD.search(_said(m, chunk)):
            return True  # 年中和年底各一次，少一次扣2分
        return item.verb == "earn" and _says_how_many(m, cond)  # 共8个子项，每完成1个子项得0.5分
    if not isinstance(item, g.Formula):
        return False
    said = _said(m, chunk)
    if chunk.tokens[0].text.startswith(("已", "未")) or said.startswith(("已", "未")) or _answers(m, said):
        return False
    return cond.state == "text" and not cond.bounds and not cond.leftover and not cond.joined  # 本项得分=…


def _said(m: Meaning, chunk: g.Chunk | None) -> str:
    return fold(m.text[slice(*chunk.span)]) if chunk is not None else ""


def _without_every(chunk: g.Chunk) -> g.Chunk:
    """每超支按超支额占预算的比例扣分: no step, so 每 says no more than whenever."""
    if len(chunk.tokens) < 2 or chunk.tokens[0].text != "每" or any(t.kind == "num" for t in chunk.tokens):
        return chunk
    return g.Chunk(chunk.tokens[1:], (chunk.tokens[1].start, chunk.span[1]))


def _says_weight(m: Meaning, item: g.Points, last: g.Consequence | None) -> bool:
    """Whether points stand in brackets right behind a share or a formula: the weight said again."""
    return (
        isinstance(last, (g.Formula, g.Ratio, g.Straight))
        and not item.base
        and fold(m.text[slice(*item.span)]).startswith("(")
        and not m.text[last.span[1] : item.span[0]].strip()
    )


def _answers(m: Meaning, said: str) -> bool:
    """没有制定方案的不得分；制定了方案的，得分=…: the state a clause before denies."""
    denied = [fold(one.cond.text) for one in m.clauses if one.cond is not None and isinstance(one.cons, g.Zero)]
    lead = re.split(r"[,，的]", said)[0]
    return any(
        one.startswith(("未", "没", "无", "不"))
        and len(lead) > 2
        and len(set(lead) & set(one)) * 4 >= 3 * len(set(lead))
        for one in denied
    )


def _at_target(m: Meaning, item: g.Remark) -> bool:
    """Whether the number at which the result is cut off is the target, so that the weight cuts it off as well."""
    number = next((token for token in tokens(m.text[slice(*item.span)]) if token.kind == "num"), None)
    return number is not None and m.frame.value is not None and m.frame.number(number) == m.frame.value


def _excess_only(read: Sequence[Token]) -> bool:
    """超过30%的，超出部分…, 超额部分…, 多完成的部分…: what is spoken of is the surplus, not the whole result."""
    clause = read[max((k for k, token in enumerate(read) if token.kind == "comma"), default=-1) + 1 :]
    said = "".join(token.text for token in clause).removesuffix("的")
    over = any(token.kind in ("excess", "over", "gt", "rise") for token in clause)
    return over and said.endswith(("部分", "超出数", "超额数", "超出量"))


def _lettered(m: Meaning, read: tuple[Token, ...]) -> tuple[Token, ...]:
    """B≥A with A为计划数，B为完成数: the letters as the words they stand for, the actual in front."""
    if not any(token.kind == "var" for token in read):
        return read
    read = _renamed(m, read)
    sign = next((k for k, token in enumerate(read) if token.kind in ("cmp", *_SPOKEN_SIGNS)), 0)
    if not sign or sign + 1 >= len(read) or read[sign - 1].kind != "var" or read[sign + 1].kind != "var":
        return read
    usual = {"A": "target", "B": "actual"}
    left, right = (m.letters.get(read[k].text, usual.get(read[k].text, "")) for k in (sign - 1, sign + 1))
    if {left, right} != {"actual", "target"}:
        return read
    actual, target = (read[sign - 1], read[sign + 1]) if left == "actual" else (read[sign + 1], read[sign - 1])
    printed = _SPOKEN_SIGNS.get(read[sign].kind, read[sign].text)
    mark = printed if left == "actual" else _TURNED.get(printed, printed)
    middle = (
        replace(actual, kind="actual", text="实际值"),
        replace(read[sign], kind="cmp", text=mark),
        replace(target, kind="target", text="目标值"),
    )
    return (*read[: sign - 1], *middle, *read[sign + 2 :])


def _renamed(m: Meaning, read: tuple[Token, ...]) -> tuple[Token, ...]:
    """实际值A不大于目标值T: the letter behind a noun stands for it from here on."""
    kept: list[Token] = []
    for token in read:
        if token.kind == "var" and kept and kept[-1].kind in ("actual", "target"):
            m.letters[token.text] = kept[-1].kind
        else:
            kept.append(token)
    return read if len(kept) == len(read) else tuple(kept)


_SOURCES = ("结果", "记录", "资料", "数据", "报告", "台账", "通报", "文件", "报表", "为准")


def _without_basis(m: Meaning, chunk: g.Chunk) -> g.Chunk | None:
    """以计划数为基数，以100%为标准: what the rule starts from is no condition."""
    if not any(token.kind in ("by", "eq") for token in chunk.tokens):
        return chunk
    stop = next(
        (number for number, token in enumerate(chunk.tokens) if token.kind in ("comma", "dun")), len(chunk.tokens)
    )
    head = chunk.tokens[:stop]
    lead = next((number for number, token in enumerate(head) if token.kind not in ("text", "noun", "target")), stop)
    named = [token.kind for token in head[lead:]][:1] == ["by"]  # 控制率以100%为限
    if not named and [token.kind for token in head[:2]] != ["num", "eq"]:  # 85%为基准
        return chunk
    said = "".join(
        token.text for token in ((*head[:lead], *head[lead + 1 :]) if named else head)
    )  # 依据充分 starts from nothing
    if (
        said.startswith(("目标", "计划"))
        and chunk.tokens[stop + 1 : stop + 2]
        and [t.kind for t in head[-2:]] == ["eq", "num"]
    ):
        m.intro = head[-1]  # 目标完成率为100%，当X≥100%时
        rest = chunk.tokens[stop + 1 :]
        return g.Chunk(rest, (rest[0].start, chunk.span[1]))
    comma = next((number for number, token in enumerate(chunk.tokens) if token.kind == "comma"), 0)
    looked_up = "".join(token.text for token in chunk.tokens[lead:comma])
    if named and looked_up.endswith(_SOURCES) and not any(t.kind == "num" for t in chunk.tokens[:comma]):
        rest = chunk.tokens[comma + 1 :]  # 依据审计、检查结果，出现违规问题的: where it is looked up
        return g.Chunk(rest, (rest[0].start, chunk.span[1])) if rest else None
    if not any(
        word in said
        for word in ("基数", "标准", "基础", "依据", "上限", "下限", "基准", "考核", "底线", "起点", "目标值", "为限")
    ) or any(token.kind in ("cmp", "ge", "le", "gt", "lt") for token in head):
        return chunk
    numbers = [token for token in head if token.kind == "num"]
    if len(numbers) > 1:
        return chunk
    if numbers:
        m.intro = numbers[0]
    rest = chunk.tokens[stop + 1 :]
    return g.Chunk(rest, (rest[0].start, chunk.span[1])) if rest else None


def settle_base(m: Meaning) -> None:
    """基础分6分，完成目标得基础分: the basic points are those printed once, not the whole weight."""
    printed = [clause for clause in m.clauses if isinstance(clause.cons, g.Points) and clause.cons.base]
    named = [clause for clause in m.clauses if isinstance(clause.cons, g.Full) and clause.cons.base]
    if len(printed) != 1 or not named or not isinstance(printed[0].cons, g.Points):
        return
    for clause in named:
        clause.cons = replace(printed[0].cons, span=clause.cons.span)
    if printed[0].cond is None:
        named[0].mods[:0] = printed[0].mods
        m.clauses.remove(printed[0])


def _settle_quotients(m: Meaning) -> None:
    """实际/目标≥0.8得2分，低于0.8不得分: a bare decimal that another clause compares a quotient with means that quotient."""
    compared = [clause.cond for clause in m.clauses if clause.cond is not None and clause.cond.term is not None]
    printed = {bound.number.value for cond in compared for bound in cond.bounds if bound.number is not None}
    if not compared or any(value > 3 for value in printed):
        return
    for clause in m.clauses:
        cond = clause.cond
        if cond is None or cond.term is not None or cond.joined or fold(cond.measure) or not cond.bounds:
            continue
        numbers = [bound.number for bound in cond.bounds if bound.number is not None and not bound.gap]
        bare = all(not number.unit and not number.scale and number.value in printed for number in numbers)
        if bare and len(numbers) == len(cond.bounds):
            clause.cond = replace(cond, term=compared[0].term)


def _settle_compared(m: Meaning) -> None:
    """得分=[1-(支出数-预算数)/预算数]×6，支出数≤预算数得6分: two nouns compared are the bound of the rate made of them."""
    rates = [
        rate for clause in m.clauses if isinstance(clause.cons, g.Formula) for rate in _excess_rates(clause.cons.body)
    ]
    for clause in m.clauses:
        cond = clause.cond
        if cond is None or cond.joined or len(cond.bounds) != 1 or cond.bounds[0].number is not None or not rates:
            continue
        more, less = (fold(name.text) for name in names_in(rates[0].left))
        said = fold(cond.text)
        if said.startswith(more) and less in said:
            nothing = Token("num", "0", *cond.bounds[0].span, Fraction(0), "")
            clause.cond = replace(cond, term=rates[0], bounds=(replace(cond.bounds[0], number=nothing),))


def _excess_rates(term: g.Term) -> list[g.Calc]:
    """The quotients (a-b)/b of a formula."""
    if not isinstance(term, g.Calc):
        return []
    top = term.left
    if (
        term.op is Op.DIV
        and isinstance(top, g.Calc)
        and top.op is Op.SUB
        and isinstance(top.left, g.Name)
        and isinstance(top.right, g.Name)
        and isinstance(term.right, g.Name)
        and fold(top.right.text) == fold(term.right.text)
    ):
        return [term]
    return [*_excess_rates(term.left), *_excess_rates(term.right)]


_ONE_OF = ("一项", "其一", "任一", "之一", "一个条件", "其中1项", "只达到一个", "达到一个", "有一个", "1项", "一条")
_NONE_OF = (
    "均不",
    "都不",
    "都没有",
    "均没有",
    "均未",
    "都未",
    "两项均",
    "全不",
    "两项都",
    "均达不到",
    "未满足",
    "均无",
    "都无",
    "皆无",
    "均否",
    "皆未",
    "皆不",
)
_JOINED = re.compile(r"[，,、；;]|并且|或者|同时|[且或并]")


def _speaks_of_parts(said: str) -> bool:
    """仅满足一项, 均未实现, 满足其一: words that only make sense beside several conditions."""
    return _OF_PARTS.search(said) is not None


_OF_PARTS = re.compile("|".join((*_ONE_OF, *_NONE_OF)))


def _settle_states(m: Meaning) -> None:
    """空缺补选到位 joined with 比例达到95%, where another clause counts how many of them hold: each is a fact of its own."""
    conds = [clause.cond for clause in m.clauses if clause.cond is not None]
    if not any(_speaks_of_parts(fold(cond.text)) for cond in conds) or any(cond.joined for cond in conds):
        return
    for clause in m.clauses:
        cond = clause.cond
        if cond is None or isinstance(clause.cons, (g.Step, g.Zero, g.Formula, g.Ratio)):
            continue
        pieces = [piece for piece in _JOINED.split(m.text[slice(*cond.span)]) if piece.strip()]
        facts = [piece for piece in pieces if not _speaks_of_parts(fold(piece))]
        parts = [_fact(m, cond, piece) for piece in facts]
        known = tuple(part for part in parts if part is not None)
        if len(known) < 2 or len(known) < len(parts) or len({part.measure for part in known}) < len(known):
            continue
        either = len(facts) < len(pieces) or "或" in cond.text
        clause.cond = g.Cond(cond.text, cond.span, joined=known, any=either)
        return


def _fact(m: Meaning, cond: g.Cond, piece: str) -> g.Cond | None:
    """One of several joined conditions: bounds of a named measure, or a state that holds or does not."""
    start = m.text.index(piece, cond.span[0])
    read = [token for token in tokens(m.text) if start <= token.start and token.end <= start + len(piece)]
    found = read_condition(read, m.text)
    if found is None or found.leftover or found.date is not None or found.joined:
        return None
    if found.bounds:
        return found if len(fold(found.measure)) > 1 and found.bounds[0].number is not None else None
    name = fold(piece).removesuffix("的")
    return g.Cond(name, found.span, "text", name) if len(name) > 2 else None


def settle_proportion(m: Meaning) -> None:
    """按进度得分。完成的得满分，未完成的按比例得分。得分=实际/计划×分值: one proportion, announced before and worked out behind."""
    last = m.clauses[-1] if m.clauses else None
    told = [clause for clause in m.clauses if isinstance(clause.cons, g.Ratio) and clause.cons.kind == "done"]
    if not told or last is None:
        return
    if isinstance(last.cons, g.Formula) and not last.cons.deduct and last.cond is None:
        if m.clauses[-2:-1] != told[-1:] or told[-1].cond is None or last.mods:
            return
        for clause in told:
            clause.cons = replace(last.cons, span=clause.cons.span)
        m.clauses.pop()
    first = m.clauses[0]
    if first in told and first.cond is None and any(clause.cond is not None for clause in told):
        m.clauses.remove(first)


def settle_conditions(m: Meaning) -> None:
    """达到预期效果 beside a target in words is a state; 满足其中一项 speaks of the conditions joined before."""
    _settle_states(m)
    _settle_parts(m)
    _settle_shares(m)
    _settle_quotients(m)
    _settle_compared(m)
    joined = next((clause.cond for clause in m.clauses if clause.cond is not None and clause.cond.joined), None)
    for clause in m.clauses:
        cond = clause.cond
        if cond is None:
            continue
        if _each_period(m, cond):
            if not _restates(m, cond):
                m.fail(cond.span, "与目标值一致的次数（如目标值写明“每月1次”）")
                return
            clause.cond = g.Cond(cond.text, cond.span, "reach")
        elif joined is not None and (told := _of_joined(joined, cond)) is not None:
            clause.cond = told
        elif _tells_state(m, cond):
            short_ = any(bound.sign in (Sign.LT, Sign.LE) for bound in cond.bounds)
            state = cond.state if cond.state in ("short", "reach", "else") else "short" if short_ else "reach"
            clause.cond = replace(cond, bounds=(), state=state)


def _of_joined(joined: g.Cond, cond: g.Cond) -> g.Cond | None:
    """满足其中一项, 均不满足: what a clause says of the conditions joined before; None where it says something else."""
    if cond is joined or cond.joined:
        return None
    said = fold(cond.text)
    if any(word in said for word in _ONE_OF) and not any(word in said for word in ("均", "都", "未满足任")):
        return replace(joined, text=cond.text, span=cond.span, any=True)
    if any(word in said for word in _NONE_OF) and not cond.measure_bounds():
        return g.Cond(cond.text, cond.span, "else")
    return None


def _tells_state(m: Meaning, cond: g.Cond) -> bool:
    """Whether 达到目标 is a state, because the target is no number."""
    if not cond.bounds or m.frame.numeric or m.frame.deadline:
        return False
    return all(bound.number is None and not bound.average for bound in cond.bounds)


def _settle_parts(m: Meaning) -> None:
    """两项指标均达到的 beside a target of two parts: the parts are the conditions."""
    if len(m.frame.parts) != 2:
        return
    for clause in m.clauses:
        cond = clause.cond
        if cond is None or cond.joined or not _ALL_PARTS.search(fold(cond.text)):
            continue
        parts = []
        for label, frame in m.frame.parts:
            if frame.value is None or not label:
                return
            number = Token("num", short(frame.value), *cond.span, frame.value, frame.unit)
            bound = g.Bound(Sign.LE if frame.down else Sign.GE, number, cond.span)
            parts.append(g.Cond(label, cond.span, measure=label, bounds=(bound,)))
        clause.cond = g.Cond(cond.text, cond.span, joined=tuple(parts))
        return


def _settle_shares(m: Meaning) -> None:
    """0.85≤执行率<0.95 in a row measured in %: decimals up to one are shares of one in every clause."""
    conds = [clause.cond for clause in m.clauses if clause.cond is not None and clause.cond.bounds]
    numbers = [bound.number for cond in conds for bound in cond.bounds if bound.number is not None]
    if m.frame.unit != "%" or (m.frame.value or Fraction(0)) < 10 or len(numbers) < 2:
        return
    if any(number.unit or number.scale or not 0 < number.value <= 1 for number in numbers):
        return
    if any(isinstance(clause.cons, (g.Formula, g.Step)) or (clause.cond and clause.cond.term) for clause in m.clauses):
        return
    for clause in m.clauses:
        if clause.cond is not None:
            bounds = tuple(
                bound
                if bound.number is None
                else replace(bound, number=replace(bound.number, value=bound.number.value * 100, unit="%"))
                for bound in clause.cond.bounds
            )
            clause.cond = replace(clause.cond, bounds=bounds)


_SCORE_NAMES = re.compile(r"(?:本项|该项|指标|最终|实际)?得分值?")  # Y为得分
_AS_BASE = re.compile(r"以(\d+(?:\.\d+)?)分为(?:基数|基础|起点|起评分)")
_ON_BASE = re.compile(r"的?基础(?:之)?上|为(?:基数|基础|起点|起评分)")


def settle_starts(m: Meaning) -> None:
    """85%至95%的，在10分基础上每低1个百分点扣0.5分: the points a stretch of steps starts from are no bound."""
    for clause in m.clauses:
        cond = clause.cond
        if not isinstance(clause.cons, g.Step) or cond is None:
            continue
        if len(cond.joined) == 2 and (told := _AS_BASE.fullmatch(fold(cond.joined[1].text))) is not None:
            clause.base, clause.cond = Fraction(told.group(1)), cond.joined[0]  # 以8分为基数
            continue
        if not cond.bounds:
            continue
        last = cond.bounds[-1]
        if last.number is None or last.number.unit != "分" or not last.bare or len(cond.bounds) < 2:
            continue
        if _ON_BASE.match(m.text, last.number.end):
            clause.base = last.number.value
            clause.cond = replace(cond, bounds=cond.bounds[:-1])


def settle_table(m: Meaning) -> None:
    """发生1起扣3分，发生2起扣6分，发生3起及以上不得分: the first entry is a value like the others, no step."""
    later = [
        bound.number
        for clause in m.clauses
        if isinstance(clause.cons, (g.Fixed, g.Zero, g.Points)) and clause.cond is not None
        for bound in clause.cond.bounds
        if bound.number is not None
    ]
    for clause in m.clauses:
        step = clause.cons
        if (
            not isinstance(step, g.Step)
            or step.every
            or clause.cond is not None
            or step.size is None
            or step.amount is None
            or step.verb != "deduct"
            or step.high is not None
        ):
            continue
        size = step.size
        if not any(token.value == size.value + 1 and token.unit == size.unit for token in later):
            continue
        span = (step.span[0], size.end)
        bound = g.Bound(Sign.EQ, size, span, bare=True)
        state = {"short": "short", "event": "some", "": "text"}.get(step.way, step.way)
        clause.cond = g.Cond(m.text[slice(*span)], span, state, step.noun, (bound,))
        clause.cons = g.Fixed(step.amount, False, step.span)


def _each_period(m: Meaning, cond: g.Cond) -> bool:
    """每月召开1次: a count for every period, here or in a part joined with others."""
    if any(_each_period(m, part) for part in cond.joined):
        return True
    counted = [bound.number for bound in cond.bounds if bound.number is not None]
    return (
        bool(counted)
        and _EACH.search(fold(cond.text)) is not None
        and not any(token.percent or token.unit in LENGTHS_OF_TIME for token in counted)
    )


def _restates(m: Meaning, cond: g.Cond) -> bool:
    """Whether it says the target again: 每季度1次 beside 4次 a year, with or without 全年4次."""
    if cond.joined:
        return all(_restates(m, part) for part in cond.joined)
    number = cond.bounds[0].number if len(cond.bounds) == 1 else None
    if number is None or m.frame.value is None or cond.bounds[0].sign in (Sign.LT, Sign.LE):
        return False
    period = _EACH.search(fold(cond.text))
    count = m.frame.number(number)
    if count is None:
        return False
    return count == m.frame.value or (period is not None and count * PER_YEAR.get(period[1], 1) == m.frame.value)


def _quiet(m: Meaning, chunk: g.Chunk) -> bool:
    return not any(carries_meaning(token) for token in chunk.tokens)


def _unknown(m: Meaning, item: g.Unknown) -> None:
    if item.text.startswith("加倍扣分") or item.text in ("双倍扣分", "加倍"):
        steps = [clause for clause in m.clauses if isinstance(clause.cons, g.Step)]
        if steps:
            steps[-1].mods.append(g.Remark("double", item.text, item.span))
            return
    m.fail(item.span, item.expected)


def _settle_one_each(m: Meaning) -> None:
    """培育1家得1分，最多得8分: with more to be earned than one gives, every one is meant."""
    if len(m.clauses) != 1 or not m.frame.value or m.frame.value <= 1:
        return
    clause = m.clauses[0]
    cond, cons = clause.cond, clause.cons
    if cond is None or not isinstance(cons, g.Points) or cons.base or len(cond.bounds) != 1 or cond.leftover:
        return
    number = cond.bounds[0].number
    limits = [mod.amount for mod in clause.mods if isinstance(mod, g.Most) and mod.of in ("", "earn")]
    more = any(limit is None or (limit.unit == "分" and limit.value > cons.value) for limit in limits)
    if number is None or number.value != 1 or number.percent or not more:
        return
    if not (cond.bounds[0].bare or cond.bounds[0].reach):
        return
    if m.frame.number(number) != 1:
        return
    noun = fold(m.text[cond.span[0] : number.start])
    clause.cons = g.Step("", "earn", number, g.Amount(cons.value, "分"), noun, cons.span, words="每", every=False)
    clause.cond = None


def settle_earned(m: Meaning) -> None:
    """每发表核心期刊论文1篇得2分，普通期刊论文1篇得1分: the 每 of the first clause holds for those behind it."""
    _settle_added(m)
    _settle_one_each(m)
    for before, clause in pairwise(m.clauses):
        step, cond = before.cons, clause.cond
        if (
            not isinstance(step, g.Step)
            or step.verb != "earn"
            or "每" not in step.words
            or not isinstance(clause.cons, g.Points)
        ):
            continue
        number = cond.bounds[0].number if cond is not None and len(cond.bounds) == 1 and cond.bounds[0].bare else None
        if cond is None or number is None or number.value != 1 or number.percent or cond.joined or cond.leftover:
            continue
        unit = step.size.unit if step.size is not None else ""
        named = m.text[cond.span[0] : number.start]
        if step.way not in ("", "event", "done") or len(fold(named)) < 2 or (unit and number.unit != unit):
            continue
        amount = g.Amount(clause.cons.value, "分")
        clause.cons = g.Step("", "earn", number, amount, fold(named), clause.cons.span, words="每", every=False)
        clause.cond = None


def _settle_added(m: Meaning) -> None:
    """国家级1项得4分，省级1项得2分，可累计: points for each of several kinds of things, without 每."""
    kinds = {mod.kind for clause in m.clauses for mod in clause.mods if isinstance(mod, g.Choice)}
    named: list[tuple[Clause, Token, str]] = []
    for clause in m.clauses:
        cond = clause.cond
        number = cond.bounds[0].number if cond is not None and len(cond.bounds) == 1 and cond.bounds[0].bare else None
        if cond is None or number is None or number.value != 1 or number.percent or cond.joined or cond.leftover:
            return
        named.append((clause, number, fold(m.text[cond.span[0] : number.start])))
    if "sum" not in kinds or len(named) < 2 or len({name for _, _, name in named}) < len(named):
        return
    if any(not isinstance(clause.cons, g.Points) or len(name) < 2 for clause, _, name in named):
        return
    for clause, number, name in named:
        if isinstance(clause.cons, g.Points):
            amount = g.Amount(clause.cons.value, "分")
            clause.cons = g.Step("", "earn", number, amount, name, clause.cons.span, words="每", every=False)
            clause.cond = None


def _says_how_many(m: Meaning, cond: g.Cond) -> bool:
    """共8个子项, 全年16场: the number of the target, counted in front of a step."""
    number = cond.bounds[0].number if len(cond.bounds) == 1 and cond.bounds[0].bare else None
    counted = number is not None and bool(number.unit) and not number.percent
    return counted and number is not None and not cond.leftover and m.frame.number(number) == m.frame.value


def _define(m: Meaning, item: g.Define) -> None:
    if item.body is not None:
        m.defined[fold(item.name)] = item.body
    elif item.text and not _SCORE_NAMES.fullmatch(fold(item.text)):
        m.letter_nouns[item.name] = fold(item.text)
        actual = any(mark in item.text for mark in ("实际", "完成值", "完成数", "执行数"))
        target = any(mark in item.text for mark in ("目标", "计划", "指标值", "预期", "任务"))
        m.letters[item.name] = (
            "actual"
            if actual and not (target and not item.text.startswith("实际"))
            else "target"
            if target
            else "actual"
        )


def settle_loose(m: Meaning) -> None:
    """Chunks without a consequence: introductions are understood, harmless words dropped, anything else fails."""
    kept: list[Loose] = []
    for loose in m.loose:
        if loose.label == "mean":
            kept.append(loose)
            continue
        formula = whole_formula(loose.chunk.tokens)
        if formula is not None:
            m.clauses.insert(0, Clause(None, formula, span=loose.chunk.span))
            continue
        heavy = [
            token for token in loose.chunk.tokens if carries_meaning(token) or token.kind == "var" or _works(token)
        ]
        scoring = any(token.kind in _SCORING and len(token.text) > 1 for token in loose.chunk.tokens)
        if not heavy and not (scoring and not loose.label and len(loose.chunk.tokens) > 1):
            kept.append(loose)
            continue
        if not _introduces(m, loose.chunk):
            m.fail(loose.chunk.span)
    m.loose = kept


def _works(token: Token) -> bool:
    """A sign of multiplication or division: a piece of a formula that was cut off."""
    return token.kind == "op" and token.text in "*/"


_IN_A_PERIOD = re.compile(r"(?:半年|年底|年中|年初|季度|季末|月末|月底)[^，。；]{0,6}(?=\d|[一二三四两])")


def _introduces(m: Meaning, chunk: g.Chunk) -> bool:
    """全年开展48次, 以100%为标准, 每季度召开1次, 允许退单5次: a threshold or the target said again."""
    cond = read_condition(chunk.tokens, m.text)
    if cond is None or cond.leftover or any(token.kind in _SCORING for token in chunk.tokens):
        return False
    if cond.date is not None and not cond.bounds:
        return True
    if len(cond.bounds) != 1 or cond.bounds[0].number is None or cond.bounds[0].number.unit in ("档", "级", "档次"):
        return False  # 被投诉的，降低一档 changes the result
    if any(token.kind == "op" for token in chunk.tokens):
        return all(token.kind != "op" or token.text in "()" for token in chunk.tokens)
    if not any(token.kind == "every" for token in chunk.tokens) and not _IN_A_PERIOD.search(fold(cond.text)):
        # 每季度召开1次, 半年1次 say the target again
        m.intro = cond.bounds[0].number
    return True
