"""Rules over several counts: 脱岗1人次扣1分，迟到1人次扣0.2分; 国家级课题每项3分…; 前10个每个0.2分; places moved in a ranking."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.kinds.lists import award_name
from hengjian.rules.kinds.trees import LENGTHS_OF_TIME
from hengjian.rules.meaning import Clause, Meaning, cond_of, step_of
from hengjian.rules.tree import Arith, Branch, Case, Clamp, Combine, Compare, Const, Expr, Input, Op, Pick, Sign, Steps
from hengjian.values.text import fold

_MOVED = re.compile(r"(?:排名|排位|位次|名次)[^，,；;。]{0,4}(?:较|比|与)(?:上年|去年|上一年|上年度)")
_UNITS = frozenset(
    ("起", "处", "次", "个", "例", "件", "项", "篇", "人次", "人", "名", "条", "户", "家", "份", "辆", "宗", "场", "期")
)


def rank_moves(m: Meaning) -> Expr | None:
    """排名较上年上升或持平得满分，每下降1位扣1分: how far the place moved is what is typed (下降3位)."""
    if "名" not in m.text and "位" not in m.text:
        return None
    steps = [clause for clause in m.clauses if isinstance(clause.cons, g.Step)]
    rest = [clause for clause in m.clauses if clause not in steps]
    if len(steps) != 1 or not _MOVED.search(fold(m.text)) or (m.frame.numeric and m.frame.unit != "名次"):
        return None
    step = step_of(steps[0])
    if step.verb != "deduct" or step.way not in ("short", "rank") or step.amount is None or step.threshold is not None:
        return None
    if steps[0].cond is not None and (steps[0].cond.bounds or steps[0].cond.joined):
        return None
    for clause in rest:
        cond = clause.cond
        said = fold(cond.text) if cond is not None else ""
        if cond is None or cond.bounds or not isinstance(clause.cons, g.Full):
            return None
        if not any(word in said for word in ("保持", "持平", "上升", "前进", "提升", "不变", "未下降", "不下降")):
            return None
    size = Const(step.size.value if step.size is not None else Fraction(1))
    fallen = Arith(Op.SUB, Const(Fraction(0)), Input("actual", sense="rise"))
    lost = Arith(Op.MUL, Steps(fallen, size, span=step.span), m.amount(step.amount))
    return m.finish(Arith(Op.SUB, m.full(), lost), m.clauses)


def several_causes(m: Meaning) -> Expr | None:
    """脱岗1人次扣1分，迟到1人次扣0.2分: a count for every cause."""
    once = [clause for clause in m.clauses if _taken_once(clause)]
    ways = ("event", "late", "", "short") if once or not m.frame.numeric else ("event", "late", "")
    steps = [
        clause
        for clause in m.clauses
        if isinstance(clause.cons, g.Step)
        and clause.cons.verb == "deduct"
        and clause.cons.way in ways
        and not (
            clause.cons.size is not None and (clause.cons.size.percent or clause.cons.size.unit in LENGTHS_OF_TIME)
        )
    ]
    once = once if steps else []
    others = [
        clause for clause in m.clauses if clause not in steps and clause not in once and not _says_full(m, clause)
    ]
    if any(clause.cond is not None and clause.cond.bounds for clause in steps):
        return None
    nouns = [cause_of(clause) for clause in steps]
    if nouns in ([""], ["起"], ["次"], ["件"]) and any(_graver(m, clause) for clause in others):
        nouns = [fold(m.context.indicator)]  # 每发生一起扣2分，发生重大…的不得分
    gates = [clause for clause in others if _forbids(clause, nouns) or _too_many(clause, nouns) is not None]
    names = nouns + [event_name(cond_of(clause)) for clause in once]
    if len(gates) < len(others) or len(set(names)) != len(names) or not all(names):
        return None
    if len(steps) < 2 and not once and (not steps or not gates or nouns[0] in _UNITS or len(nouns[0]) < 3):
        return None
    lost = [(clause.span, _lost_once(m, clause)) for clause in once]
    whole = None if _all_capped(steps) else steps[-1]
    for clause, noun in zip(steps, nouns, strict=True):
        step = step_of(clause)
        if step.amount is None:
            return None
        size = step.size.value if step.size is not None else Fraction(1)
        moved: Expr = Arith(Op.MUL, counted(Input(noun), Const(size), step), m.amount(step.amount))
        lost.append((clause.span, _limited(m, moved, clause, last=clause is whole)))
    parts = [part for _, part in sorted(lost, key=lambda one: one[0])]  # in the printed order: ①, ② may name them
    left = Arith(Op.SUB, m.full(), Combine(Pick.SUM, tuple(parts)))
    body = m.finish(left, [clause if clause is whole else _uncapped(clause) for clause in steps])
    for clause in gates:
        event = _too_many(clause, nouns) or Compare(
            Input(event_name(cond_of(clause))), Sign.GT, Const(Fraction(0)), span=clause.span
        )
        body = replace(body, body=Case((Branch(event, Const(Fraction(0), "分"), span=clause.span),), body.body))
    return body


def counted(count: Expr, size: Expr, step: g.Step) -> Steps:
    """How many steps a count holds; 每满100人 counts full hundreds only."""
    if step.partial is None:
        return Steps(count, size, span=step.span)
    return Steps(count, size, step.partial, stated=True, span=step.span)


_REPEATED = re.compile(r"首次|第|初次|再次|再|累计|同一|重复|以后|之后|其中")


def _says_full(m: Meaning, clause: Clause) -> bool:
    """得满分, or 无…得6分 where 6 is the weight: what is there before anything is taken."""
    nothing = clause.cond is not None and clause.cond.state == "none" and isinstance(clause.cons, g.Points)
    whole = nothing and isinstance(clause.cons, g.Points) and clause.cons.value == m.weight
    return whole or isinstance(clause.cons, (g.Full, g.NoBonus))


def _taken_once(clause: Clause) -> bool:
    """未建立台账的扣1分 beside steps for other causes: it is so or not."""
    cond, cons = clause.cond, clause.cons
    if not isinstance(cons, g.Fixed) or cons.add or cond is None or cond.bounds or cond.joined or cond.leftover:
        return False
    told = fold(cond.text)
    return cond.state not in ("else", "reach", "ontime", "notover") and len(told) > 3 and not _REPEATED.match(told)


def _lost_once(m: Meaning, clause: Clause) -> Expr:
    """What is taken off where the printed state holds."""
    cons = clause.cons
    taken = m.amount(cons.amount) if isinstance(cons, g.Fixed) else Const(Fraction(0), "分")
    so = Compare(Input(event_name(cond_of(clause))), Sign.GT, Const(Fraction(0)), span=clause.span)
    return Case((Branch(so, taken, span=clause.span),), Const(Fraction(0), "分"))


def counts_things(step: g.Step) -> bool:
    """每新增1个国家级奖项 counts them; 每增加1个百分点 does not."""
    return step.way in ("", "event", "done") or (step.way == "over" and "增" in step.words and len(step.noun) > 2)


def _forbids(clause: Clause, nouns: Sequence[str]) -> bool:
    """发生重大事故的不得分 beside steps for other events."""
    cond = clause.cond
    if not isinstance(clause.cons, g.Zero) or cond is None or cond.bounds or cond.joined:
        return False
    name = event_name(cond)
    least = 2 if len(nouns) > 1 else 4  # 迟报1例扣1分，漏报1例扣2分，瞒报不得分
    told = cond.state == "some" or (cond.state == "text" and len(name) >= least and name[0] not in "未不无没其否")
    return told and bool(name) and name not in nouns


_GRAVE = re.compile(r"重大|较大|特大|特别重大|严重|恶性|重特大")


def _graver(m: Meaning, clause: Clause) -> bool:
    """Whether nothing is given for a graver kind of the event that the row counts."""
    cond = clause.cond
    graver = isinstance(clause.cons, g.Zero) and cond is not None and not cond.bounds and cond.state == "some"
    return graver and cond is not None and bool(_GRAVE.search(cond.text)) and not _GRAVE.search(m.context.indicator)


def _too_many(clause: Clause, nouns: Sequence[str]) -> Compare | None:
    """全年漏报3次以上的不得分 beside 每漏报1次扣1分: so many of one of the causes that nothing is left."""
    cond = clause.cond
    bounds = cond.bounds if cond is not None and not cond.joined else ()
    number = bounds[0].number if len(bounds) == 1 else None
    if not isinstance(clause.cons, g.Zero) or cond is None or number is None or number.percent or bounds[0].gap:
        return None
    said = fold(cond.text)
    named = [noun for noun in nouns if noun and noun in said]
    if len(named) != 1 or bounds[0].sign in (Sign.LT, Sign.LE, Sign.NE):
        return None
    sign = Sign.GE if bounds[0].sign is Sign.EQ else bounds[0].sign
    return Compare(Input(named[0]), sign, Const(number.value), span=clause.span)


def worst_event(m: Meaning) -> Expr | None:
    """发生一般事故的得3分，发生较大事故的不得分，未发生的得满分: the worst of several events that happened decides."""
    events = [clause for clause in m.clauses if clause.cond is not None and clause.cond.state == "some"]
    rest = [clause for clause in m.clauses if clause not in events]
    names = [event_name(cond_of(clause)) for clause in events]
    said = fold(m.frame.text)
    nothing = m.frame.none or m.frame.value == 0 or not said or said.startswith(("无", "零", "未", "不发生", "杜绝"))
    if len(events) < 2 or len(set(names)) < len(names) or not nothing or m.frame.value:
        return None
    if any(clause.cond is None or clause.cond.state not in ("none", "else") for clause in rest):
        return None
    if any(cond_of(clause).bounds or cond_of(clause).joined or m.simple(clause.cons) is None for clause in m.clauses):
        return None
    if any(not isinstance(clause.cons, g.Full) for clause in rest) or len(rest) > 1:
        return None
    worths = [(_points_of(m, clause.cons), clause, name) for clause, name in zip(events, names, strict=True)]
    branches = [
        Branch(Compare(Input(name), Sign.GT, Const(Fraction(0))), value, span=clause.span)
        for worth, clause, name in sorted(worths, key=lambda one: one[0])
        if (value := m.simple(clause.cons)) is not None
    ]
    return Clamp(Case(tuple(branches), m.full()), Const(Fraction(0), "分"), m.full())


def _points_of(m: Meaning, cons: g.Consequence) -> Fraction:
    """What a fixed consequence leaves, to put the worst first."""
    weight = m.weight if m.weight is not None else Fraction(100)
    match cons:
        case g.Points(value):
            return value
        case g.Share(value):
            return weight * value / 100
        case g.Fixed(amount):
            return weight - (amount.value if amount.unit == "分" else weight * amount.value / 100)
        case g.Full():
            return weight
        case _:
            return Fraction(0)


def several_earned(m: Meaning) -> Expr | None:
    """国家级课题每项3分，省级课题每项2分: a count for every kind of thing, all added up or the best taken."""
    earns = [clause for clause in m.clauses if isinstance(clause.cons, g.Step) and clause.cons.verb in ("earn", "add")]
    if len(earns) < 2 or len(earns) != len(m.clauses) or m.weight == 0:
        return None
    steps = [step_of(clause) for clause in earns]
    nouns = [award_name(cause_of(clause)) for clause in earns]
    if (
        any(clause.cond is not None and (clause.cond.bounds or clause.cond.joined) for clause in earns)
        or len(set(nouns)) != len(nouns)
        or not all(nouns)
        or any(noun in _UNITS for noun in nouns)
        or any(step.size is not None and (step.size.percent or step.size.unit in LENGTHS_OF_TIME) for step in steps)
        or any(step.amount is None or not counts_things(step) for step in steps)
    ):
        return None
    mods = [mod for clause in earns for mod in clause.mods] + m.mods
    kinds = {mod.kind for mod in mods if isinstance(mod, g.Choice)}
    # 同一荣誉就高不就低 forbids counting one thing twice; different things are added up all the same
    same = any(word in m.text for word in ("同一", "同项", "同类", "同个"))
    best = bool(kinds & {"best", "nosum"}) and not same
    items: list[Expr] = []
    whole = None if _all_capped(earns) else earns[-1]  # whose cap is one of the whole score
    for noun, step, clause in zip(nouns, steps, earns, strict=True):
        if step.amount is not None:
            size = Const(step.size.value if step.size is not None else Fraction(1))
            earned = Arith(Op.MUL, counted(Input(noun), size, step), m.amount(step.amount))
            items.append(_limited(m, earned, clause, last=clause is whole))
    own = [clause if clause is whole else _uncapped(clause) for clause in earns]
    return m.finish(Combine(Pick.MAX if best else Pick.SUM, tuple(items)), own)


def _uncapped(clause: Clause) -> Clause:
    """The clause without its cap, which is settled."""
    return replace(clause, mods=[mod for mod in clause.mods if not isinstance(mod, g.Most)])


def _all_capped(steps: Sequence[Clause]) -> bool:
    """每份扣0.5分，最多扣2分；每份扣1分，最多扣3分: then the last cap is no cap of the whole."""
    return all(any(isinstance(mod, g.Most) and mod.amount is not None for mod in clause.mods) for clause in steps)


def _limited(m: Meaning, moved: Expr, clause: Clause, *, last: bool) -> Expr:
    verb = step_of(clause).verb
    most = [mod for mod in clause.mods if isinstance(mod, g.Most) and mod.of in (verb, "")]
    if most and most[0].amount is not None and not last:
        return Clamp(moved, None, m.amount(most[0].amount), stated=True)
    return moved


def cause_of(clause: Clause) -> str:
    """What a step counts, without the words around it: 抽查发现脱岗1人次 is 脱岗."""
    step = step_of(clause)
    noun = step.noun
    if step.way == "short" and not noun.startswith(("未", "没", "不")):
        noun = step.words.removeprefix("每") + noun  # 每少开1次专题会 counts 少开专题会
    elif step.words and step.way in ("late", "") and not (step.every and step.words in ("每", "每发生", "每有")):
        noun = step.words.removeprefix("每") + noun
    if clause.cond is not None and clause.cond.text:
        noun = fold(clause.cond.text) + (noun if len(noun) > 1 and noun not in _UNITS else "")
    for word in (
        "抽查发现",
        "检查发现",
        "现场检查",
        "每发生",
        "每出现",
        "每发现",
        "每有",
        "发生",
        "出现",
        "发现",
        "的",
        "每",
        "如",
    ):
        noun = noun.replace(word, "") if noun != word else noun
    return noun.strip("，,、。")


def earned_in_tiers(m: Meaning) -> Expr | None:
    """前10个每个0.2分，超出部分每个0.1分."""
    earns = [clause for clause in m.clauses if isinstance(clause.cons, g.Step) and clause.cons.verb == "earn"]
    if len(earns) != 2 or len(m.clauses) != 2:
        return None
    first, second = earns
    if first.cond is None or len(first.cond.bounds) != 1 or first.cond.bounds[0].number is None:
        return None
    cut = m.frame.number(first.cond.bounds[0].number)
    sizes = [_tier_size(m, clause) for clause in earns]
    again = [
        m.frame.number(bound.number) if bound.number is not None else None
        for bound in (second.cond.bounds if second.cond is not None else ())
    ]
    if second.cond is not None and second.cond.ordinal and cut is not None:
        again = [number - 1 if number is not None else None for number in again]  # 第11场起每场得0.5分
    if any(size is None for size in sizes) or any(number != cut for number in again):
        return None
    if (
        cut is None
        or not isinstance(first.cons, g.Step)
        or not isinstance(second.cons, g.Step)
        or first.cons.amount is None
        or second.cons.amount is None
    ):
        return None
    edge = Const(cut, m.frame.unit)
    one, two = (size or Fraction(1) for size in sizes)
    below: Expr = Clamp(m.actual(), None, edge, stated=True)
    below = below if one == 1 else Steps(below, Const(one, m.frame.unit))
    low = Arith(Op.MUL, below, m.amount(first.cons.amount))
    high = Arith(Op.MUL, Steps(Arith(Op.SUB, m.actual(), edge), Const(two)), m.amount(second.cons.amount))
    return m.finish(Arith(Op.ADD, low, high), earns)


def _tier_size(m: Meaning, clause: Clause) -> Fraction | None:
    token = step_of(clause).size
    if token is None:
        return Fraction(1)
    return None if token.percent else m.frame.number(token)


def event_name(cond: g.Cond) -> str:
    """What happened, by its name alone."""
    name = fold(cond.text)
    for word in ("发生", "出现", "存在", "有", "凡", "如", "若", "一经查实", "一旦", "的", "等", "及以上"):
        name = name.replace(word, "") if len(name.replace(word, "")) > 1 else name
    return name
