"""Rules over a list of things: 国家级5分、省级3分 (awards), ①…2分；②…1分 (a checklist that a person ticks)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.lexer import Token, chinese_number
from hengjian.rules.meaning import Clause, Loose, Meaning, cond_of, short, step_of
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Input,
    Op,
    Partial,
    Pick,
    Sign,
    Stated,
    Steps,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

# 不符合的不得分, 符合的得分，不符合的不得分 behind a list of items
_SAYS_NOT = re.compile(
    r"(?:(?:凡)?(?:符合|满足|达到)(?:要求)?的?(?:得分|得相应分值?|计分)[,，])?(?:不符合|未|否则|不达|不满足|缺)"
)


_NOT_SO = re.compile(
    r"(?:任(?:一|何一)项|其中)?(?:不符合|不满足|达不到|未达到?)(?:上述|相应|以上)?(?:要求|条件|标准|规定)?(?:的项)?的?"
)


def award_rule(m: Meaning) -> Expr | None:
    """国家级5分、省级3分、市级1分，取最高 or 可累加."""
    kinds = {mod.kind for clause in m.clauses for mod in clause.mods if isinstance(mod, g.Choice)} | {
        mod.kind for mod in m.mods if isinstance(mod, g.Choice)
    }
    caps = [mod for clause in m.clauses for mod in clause.mods if isinstance(mod, g.Most)]
    if any("累计" in m.text[slice(*cap.span)] or "合计" in m.text[slice(*cap.span)] for cap in caps):
        kinds |= {"sum"}  # 累计最高5分
    texts = [
        clause
        for clause in m.clauses
        if clause.cond is not None
        and (not clause.cond.bounds or ("sum" in kinds and _one_of_a_kind(clause.cond)))
        and isinstance(clause.cons, g.Points)
    ]
    if len(texts) < 2 or len(texts) != len(m.clauses) or not kinds & {"best", "nosum", "sum"}:
        return None
    items: list[Expr] = []
    summed = "sum" in kinds and "best" not in kinds and "nosum" not in kinds
    for clause in texts:
        if not isinstance(clause.cons, g.Points):
            return None
        noun = award_name(_named(m, cond_of(clause)))
        points = m.points(clause.cons.value)
        count = Input(noun)
        items.append(
            Arith(Op.MUL, count, points)
            if summed
            else Case((Branch(Compare(count, Sign.GE, Const(Fraction(1))), points),), Const(Fraction(0), "分"))
        )
    return Clamp(Combine(Pick.SUM if summed else Pick.MAX, tuple(items)), Const(Fraction(0), "分"), m.full())


def _one_of_a_kind(cond: g.Cond) -> bool:
    """被省委办公厅采用1篇: one of what the words in front of it name."""
    token = cond.bounds[0].number if len(cond.bounds) == 1 else None
    counted = token is not None and token.value == 1 and not token.percent and token.unit not in ("分", "名次", "")
    return counted and cond.bounds[0].bare and not cond.leftover and len(fold(cond.measure)) > 1


def _named(m: Meaning, cond: g.Cond) -> str:
    """What an award is called: without the one it is counted by."""
    token = cond.bounds[0].number if cond.bounds else None
    return m.text[cond.span[0] : token.start] if token is not None else cond.text


def checklist_rule(m: Meaning) -> Expr | None:
    """①…，2分；②…，1分: a person ticks the items; or ①…②… and 每有一处不合规扣1分."""
    listed = [loose for loose in m.loose if loose.label]
    if len(listed) >= 2 and (counted := _by_number_met(m, listed)) is not None:
        return counted
    labelled = [
        clause
        for clause in m.clauses
        if isinstance(clause.cons, (g.Points, g.Share))
        and clause.cond is not None
        and not clause.cond.bounds
        and clause.cond.state != "else"
    ]
    rest = [clause for clause in m.clauses if clause not in labelled and not isinstance(clause.cons, g.NoBonus)]
    if len(labelled) >= 2 and all(_says_again(m, clause, labelled) for clause in rest):
        points = [clause.cons.value for clause in labelled if isinstance(clause.cons, g.Points)]
        summed = (
            len(points) == len(labelled)
            and m.weight is not None
            and (sum(points) == m.weight)
            and max(points) < m.weight
        )
        ticks = (
            all(clause.label for clause in labelled)
            and len(points) == len(labelled)
            and 0 not in points
            and (m.weight is None or max(points) < m.weight)
        )
        earned = all(
            not isinstance(clause.cons, g.Points) or clause.cons.bare or clause.label or summed for clause in labelled
        )
        if (summed or ticks) and earned:
            return _ticked(m, labelled, points)
    steps = [clause for clause in m.clauses if isinstance(clause.cons, g.Step)]
    others = [clause for clause in m.clauses if clause not in steps]
    restated = all(_restates_step(clause) or _whole_list(m, clause) for clause in others)
    if len(steps) == 1 and restated and len(listed) >= 2:
        m.raise_to(Status.NEEDS_JUDGEMENT)
        step = step_of(steps[0])
        if step.amount is None or step.verb not in ("deduct", "earn"):
            return None
        if step.verb == "earn" and step.amount.unit == "分" and (step.size is None or step.size.value == 1):
            each = [Clause(None, steps[0].cons, label=loose.label) for loose in listed]
            return _ticked(m, each, [step.amount.value] * len(each))
        count = Input("actual", step.size.unit if step.size is not None else "")
        size = Const(step.size.value if step.size is not None else Fraction(1))
        moved = Arith(Op.MUL, Steps(count, size, Partial.LINEAR), m.amount(step.amount))
        body: Expr = Arith(Op.SUB, m.full(), moved) if step.verb == "deduct" else moved
        enough = m.weight is not None and step.amount.unit == "分" and step.amount.value * len(listed) <= m.weight
        tree = m.finish(body, steps)
        return replace(tree, stated=True) if enough else tree  # all items together take no more than there is
    return None


def _restates_step(clause: Clause) -> bool:
    """每项1分，符合得分，不符合不得分: what every item gives, said again."""
    said_not = clause.cond is not None and _SAYS_NOT.match(fold(clause.cond.text)) is not None
    return isinstance(clause.cons, g.Zero) and said_not and not cond_of(clause).bounds


_ALL_MET = re.compile(
    r"(?:以上|上述)?(?:[一二两三四五六七八九十\d]+|各|所有)?(?:[项条个点])?(?:要点|内容|条件|要求)?(?:全部|均|都|全)(?:符合|满足|达到|做到|达标|具备|合规|落实|完成)(?:要求|条件|标准|规定|以上要求|上述要求)?的?"
    r"|(?:符合|满足|达到|具备)(?:以上|上述)?(?:全部|所有|各项)(?:要求|条件|标准|要点|内容)?的?"
)
_NONE_MET = re.compile(
    r"(?:以上|上述)?(?:各项|[一二两三四五六七八九十\d]项)?(?:均|都|全部|全)(?:不|未)(?:符合|满足|达到|达标|具备)(?:要求)?的?"
)
_SOME_MET = re.compile(
    r"(?:只|仅)?(?:符合|满足|达到|具备|做到|完成)?(?:其中|任意|任)?(?P<count>[一二两三四五六七八九十\d]+)[项条个点](?:要点|内容|条件)?(?:符合|满足|达到|达标|具备)?(?:要求|条件)?的?"
)


def _whole_list(m: Meaning, clause: Clause) -> bool:
    """全部符合得4分 beside 一项不符合扣1分: full marks for the whole list."""
    full = isinstance(clause.cons, g.Full) or (isinstance(clause.cons, g.Points) and clause.cons.value == m.weight)
    return full and clause.cond is not None and _ALL_MET.fullmatch(fold(clause.cond.text)) is not None


def _number_met(cond: g.Cond, count: int) -> int | None:
    """How many items a clause asks for: 全部符合, 符合其中两项, 均不符合; None where it says something else."""
    said = fold(cond.text)
    if _ALL_MET.fullmatch(said):
        return count
    if _NONE_MET.fullmatch(said) or (cond.state == "else" and not cond.bounds):
        return 0
    some = _SOME_MET.fullmatch(said)
    if some is None:
        return None
    got = int(some["count"]) if some["count"].isdigit() else chinese_number(some["count"])
    return int(got) if got is not None and 0 < got <= count else None


def _by_number_met(m: Meaning, listed: Sequence[Loose]) -> Expr | None:
    """①…②…③… and how many of them are met: 符合一项得1分; 各占1分; 全部符合得2分，符合一项得1分，均不符合不得分."""
    rest = [clause for clause in m.clauses if not isinstance(clause.cons, g.NoBonus)]
    if not rest or any(
        not isinstance(one.cons, (g.Full, g.Zero, g.Points, g.Share)) or one.cond is None for one in rest
    ):
        return None
    first = rest[0].cons
    each = [Clause(None, first, label=loose.label) for loose in listed]
    points = first.value if isinstance(first, g.Points) else Fraction(0)
    said_again = all(_SAYS_MET.fullmatch(fold(cond_of(one).text)) or _says_not_met(one) for one in rest[1:])
    met = [_number_met(cond_of(one), len(listed)) for one in rest]
    if isinstance(first, g.Points) and said_again and (first.each or (met == [1] and points * len(listed) == m.weight)):
        return _ticked(m, each, [points] * len(each))
    worths = [m.simple(one.cons) for one in rest]
    if None in met or len(set(met)) < len(met) or met[0] != len(listed) or len(met) < 2:
        return None
    m.raise_to(Status.NEEDS_JUDGEMENT)
    ticks = tuple(
        Case((Branch(Stated(("符合",), _item_label(loose.label, number)), Const(Fraction(1))),), Const(Fraction(0)))
        for number, loose in enumerate(listed)
    )
    m.check_top([worth for worth in worths if worth is not None])
    branches = tuple(
        Branch(Compare(Combine(Pick.SUM, ticks), Sign.EQ, Const(Fraction(number))), worth, span=one.span)
        for number, worth, one in zip(met, worths, rest, strict=True)
        if number is not None and worth is not None
    )
    return Clamp(Case(branches), Const(Fraction(0), "分"), m.cap())


_SAYS_MET = re.compile(r"(?:凡)?(?:符合|满足|达到|具备)(?:要求|条件|标准|的)*")


def _says_not_met(clause: Clause) -> bool:
    cond = cond_of(clause)
    return isinstance(clause.cons, g.Zero) and (cond.state == "else" or _SAYS_NOT.match(fold(cond.text)) is not None)


def _says_again(m: Meaning, clause: Clause, items: Sequence[Clause]) -> bool:
    """每缺一项扣相应分值, 不符合的不得分 behind a list of items with points: what the points say already."""
    cons, cond = clause.cons, clause.cond
    if not all(item.label for item in items):
        others = [one for one in m.clauses if one.cond is not None and one.cond.state == "else"]
        points = [item.cons.value for item in items if isinstance(item.cons, g.Points)]
        whole = len(points) == len(items) and sum(points) == m.weight  # the points alone say that it is a list
        said_not = cond is not None and _NOT_SO.fullmatch(fold(cond.text)) is not None
        each = clause in others and len(others) == len(items)  # 甲得1分，否则不得分；乙得2分，否则不得分
        return whole and isinstance(cons, g.Zero) and (said_not or each)
    if isinstance(cons, g.Zero):
        said_not = cond is not None and (cond.state == "else" or _SAYS_NOT.match(fold(cond.text)) is not None)
        return cond is not None and not cond.bounds and said_not
    if not isinstance(cons, g.Step) or cons.verb != "deduct" or (cons.size is not None and cons.size.value != 1):
        return False
    if cons.amount is None:
        return True
    return cons.amount.unit == "分" and all(
        isinstance(item.cons, g.Points) and item.cons.value == cons.amount.value for item in items
    )


def _ticked(m: Meaning, clauses: Sequence[Clause], points: Sequence[Fraction]) -> Expr:
    m.raise_to(Status.NEEDS_JUDGEMENT)
    total = sum(points, Fraction(0))
    if m.weight is not None and total != m.weight and m.weight != 0:
        choice = m.option(
            "items",
            2,
            Status.DEFECTIVE,
            Note(
                "R07",
                Severity.WARNING,
                f"各要点合计{short(total)}分，分值是{short(m.weight)}分，两处不一致；请核对各要点的分数",
                example=f"{short(total)}分",
            ),
        )
        m.scale = Fraction(1) if choice == 0 else m.weight / total
        m.cap_at = total if choice == 0 else None
    items: list[Expr] = []
    for number, (clause, got) in enumerate(zip(clauses, points, strict=True)):
        name = _item_label(clause.label, number) if clause.label else fold(clause.cond.text if clause.cond else "")
        items.append(Case((Branch(Stated(("符合",), name), m.points(got)),), Const(Fraction(0), "分")))
    return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), m.cap())


def all_of(conditions: Sequence[Condition]) -> Condition:
    """Conditions joined by 且."""
    return conditions[0] if len(conditions) == 1 else Every(tuple(conditions))


def scale_of(token: Token) -> Fraction:
    """What a printed 万 or 亿 multiplies by."""
    return Fraction({"": 1, "万": 10_000, "亿": 100_000_000}[token.scale])


def _item_label(label: str, number: int) -> str:
    circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
    return label if label in circled else circled[number] if number < len(circled) else label


def award_name(text: str) -> str:
    """An award by its name alone."""
    name = fold(text)
    for word in (
        "获得",
        "获",
        "取得",
        "受到",
        "被评为",
        "荣获",
        "表彰的",
        "表彰",
        "奖励的",
        "奖励",
        "荣誉的",
        "荣誉",
        "奖项",
        "的",
        "及以上",
    ):
        name = name.replace(word, "") if name != word else name
    return name or fold(text)
