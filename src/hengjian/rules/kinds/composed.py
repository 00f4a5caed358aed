"""Rules over several measures, put together from what is said of each: parts that earn, deductions, bonuses, events that forbid.

入库率低于100%的，每低1个百分点扣0.5分，最多扣5分；欠税率高于2%的，每高0.1个百分点扣0.2分: the clauses are sorted into strands, one
for each measure, in the order of the text. A strand that earns is read as a rule of its own, with its printed points as its
weight; a strand that only takes or gives points is an amount beside them. Asked only where no plainer kind fits, or where a
rule over one number would take two measures for one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.line import carries_meaning
from hengjian.rules.kinds.counts import cause_of, counted, counts_things, event_name
from hengjian.rules.kinds.gates import counted_name
from hengjian.rules.kinds.lists import award_name, scale_of
from hengjian.rules.kinds.trees import LENGTHS_OF_TIME, part_tree
from hengjian.rules.meaning import Clause, Meaning, short
from hengjian.rules.reading import Context, Status
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
    Pick,
    Sign,
    Some,
    Steps,
    inputs_in,
    stated_in,
    with_places,
)
from hengjian.values.text import fold

_ZERO = Const(Fraction(0), "分")
# words in front of a measure that belong to the sentence, not to its name
_LEAD = re.compile(
    r"^(?:其中|另外|此外|同时|并且|且|在此基础上|如果|如|若|凡|对于?|因|另|并|以及|全年|年度|本年度|当年|年内)*[:：，,、]?"
)
_TAIL = re.compile(r"(?:达到|达|完成|实现|为|的|在|每|,|，)+$")
# words that only say again what is measured
_GENERIC = frozenset(
    ("", "完成率", "完成", "实际", "实际值", "实际完成值", "实际完成", "指标值", "目标值", "得分", "比例", "达到", "部分", "超过部分", "不足部分", "低于部分", "超出部分")
)  # fmt: skip
_DIRECTION = re.compile(
    r"(?:降低|下降|减少|增加|上升|提高|偏离|超出|超过|超额|延迟|推迟|逾期|低于|高于|[低高少多超差缺降增])+"
)
_WRONGS = ("挪用", "截留", "挤占", "虚报", "弄虚作假", "套取", "骗取", "违规", "违反", "瞒报", "谎报", "伪造", "擅自")
# 首次…，以后…: one event counted on
_ORDER = re.compile(
    r"首|初次|第[一二三四五六七八九十\d]|再|以后|此后|之后|其后|重复|前[一二三四五六七八九十\d]|超出|超过|其余"
)
_RATE = ("率", "度", "比例", "比重", "占比", "增幅", "增速", "进度")
_COUNTED = (*_RATE, "数", "量", "额", "数量", "次数", "人数")
_NUMBERING = re.compile(
    r"(?:[;；。,，、\s]*(?:[①-⑳]|[（(][\d一二三四五六七八九]{1,2}[)）]|\d{1,2}[.、．]|第[一二三四五]，?|[一二三四五]是)?\s*)$"
)


@dataclass(slots=True)
class Strand:
    """What a rule says of one measure: its name ("" for the row's own) and the clauses about it, in order."""

    name: str
    clauses: list[Clause] = field(default_factory=list)
    event: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.clauses[0].span[0]


@dataclass(slots=True)
class _Sum:
    """The pieces of a score while they are gathered."""

    parts: list[Expr] = field(default_factory=list)
    worth: Fraction = Fraction(0)
    losses: list[tuple[Expr, Fraction | None, Strand]] = field(default_factory=list)
    gains: list[tuple[Expr, Fraction | None]] = field(default_factory=list)
    gates: list[Condition] = field(default_factory=list)


def composed(m: Meaning) -> Expr | None:
    """The tree of a rule over several measures (clauses gathered, nothing settled); None where it is not one."""
    if not m.weight or not m.clauses:
        return None
    return _sections(m) or _strung(m)


# --- numbered sections ------------------------------------------------------------------------------------------------


def _sections(m: Meaning) -> Expr | None:
    """1.…得4分，每发现一处扣1分；2.…得2分，否则不得分: whole rules under numbers, whose points make the weight."""
    starts = _tops(m)
    if len(starts) < 2 or any(clause.span[0] < starts[0] for clause in m.clauses):
        return None
    ends = [*starts[1:], len(m.text)]
    held = [
        [clause for clause in m.clauses if start <= clause.span[0] < end]
        for start, end in zip(starts, ends, strict=True)
    ]
    worths = [_section_worth(m, clauses) if clauses else None for clauses in held]
    known = [worth for worth in worths if worth]
    if len(known) < len(held) or sum(known) != m.weight:
        return None
    items: list[Expr] = []
    for start, end, clauses, worth in zip(starts, ends, held, known, strict=True):
        strand = Strand(_subject(m, clauses[0])[0] or _spoken(clauses[0]), clauses)
        tree = _read(m, strand, end, worth, start=start, ticked=True)
        if tree is None:
            return None
        items.append(tree)
    names = [{*(one.name for one in inputs_in(item)), *(one.input for one in stated_in(item))} for item in items]
    if any(one & two for k, one in enumerate(names) for two in names[k + 1 :]):
        return None
    if any(stated_in(item) for item in items):
        m.raise_to(Status.NEEDS_JUDGEMENT)
    return Clamp(Combine(Pick.SUM, tuple(items)), _ZERO, m.full())


def _tops(m: Meaning) -> list[int]:
    """Where the sections of the first kind of numbering begin: 1. 2. or （1）（2）, whichever stands first."""
    breaks = [item for item in m.items if isinstance(item, g.Break) and item.label]
    kind = _numbering_kind(breaks[0].label) if breaks else ""
    return [item.span[1] for item in breaks if _numbering_kind(item.label) == kind]


def _numbering_kind(label: str) -> str:
    return re.sub(r"[①-⑳\d一二三四五六七八九十]+", "#", fold(label))


def _section_worth(m: Meaning, clauses: Sequence[Clause]) -> Fraction | None:
    """The full marks of a section: its best points, its list of items added up, or the most it can lose."""
    if _is_list(clauses):
        return sum((one.cons.value for one in clauses if isinstance(one.cons, g.Points)), Fraction(0))
    points = [one.cons.value for one in clauses if isinstance(one.cons, g.Points)]
    return max(points) if points else _most(m, clauses)


def _is_list(clauses: Sequence[Clause]) -> bool:
    """制定办法得3分；签订责任书得3分: things that a person ticks off."""
    return len(clauses) > 1 and all(
        isinstance(one.cons, g.Points)
        and one.cond is not None
        and not one.cond.bounds
        and not one.cond.joined
        and one.cond.date is None
        and one.cond.state in ("text", "ontime", "reach")
        for one in clauses
    )


def _spoken(clause: Clause) -> str:
    """What a clause without a number speaks of: 资产账实相符."""
    return _named(clause.cond.text) if clause.cond is not None and not clause.cond.bounds else ""


# --- strands in a row -------------------------------------------------------------------------------------------------


def _strung(m: Meaning) -> Expr | None:
    """What is said of one measure after the other, added up."""
    if _unfit(m):
        return None
    strands = _strands(m)
    if strands is None or sum(bool(strand.name) for strand in strands) < 2 - _own_measure(strands):
        return None
    total = _Sum()
    ends = [*(strand.start for strand in strands[1:]), len(m.text)]
    for strand, end in zip(strands, ends, strict=True):
        if not _add(m, total, strand, end) or _leaves_out(m, strand, end):
            return None
    return _whole(m, total)


def may_be_composed(m: Meaning) -> bool:
    """Whether numbers or names promise several measures: a look at the clauses, before anything is read again."""
    if not m.weight or len(m.clauses) < 2:
        return False
    said = [_subject(m, clause)[0] for clause in m.clauses]
    names = {name for name in said if name}
    return len(names) > 1 or bool(names and not said[0]) or len(_tops(m)) > 1


def _leaves_out(m: Meaning, strand: Strand, end: int) -> bool:
    """Whether words of weight stand in a strand that no clause of it took (被投诉的，降低一档)."""
    if not strand.event and not _constant(strand):
        return False  # read as a rule of its own, which says so itself
    own = [one.chunk for one in m.loose if strand.start <= one.chunk.span[0] < end]
    return any(carries_meaning(token) for chunk in own for token in chunk.tokens)


def _own_measure(strands: Sequence[Strand]) -> bool:
    """Whether the first strand measures the row's own number without naming it, or is a list."""
    first = strands[0]
    measured = any(clause.cond is not None and (clause.cond.bounds or clause.cond.date) for clause in first.clauses)
    worked = any(isinstance(clause.cons, (g.Formula, g.Ratio)) for clause in first.clauses)
    return not first.name and (measured or worked or _is_list(first.clauses))


def _unfit(m: Meaning) -> bool:
    """What a sum of strands has no place for: a choice among results, a printed rounding, a floor above nothing."""
    mods = [*m.mods, *(mod for clause in m.clauses for mod in clause.mods)]
    return any(
        isinstance(mod, (g.RoundTo, g.Mean))
        or (isinstance(mod, g.Choice) and mod.kind not in ("sum", "nosum"))
        or (isinstance(mod, g.Floor) and mod.value > 0)
        for mod in mods
    )


# --- strands ----------------------------------------------------------------------------------------------------------


def _strands(m: Meaning) -> list[Strand] | None:
    """The clauses sorted by what they measure; None where one measure is spoken of in two places."""
    strands: list[Strand] = []
    for clause in m.clauses:
        name, event = _subject(m, clause)
        last = strands[-1] if strands else None
        same = last is not None and (not name or _one_measure(name, last.name, event or last.event))
        same = same and not (last is not None and _opens(clause, name, last))
        if last is not None and same:
            last.clauses.append(clause)
            last.name = last.name or (name if not _constant(last) else "")
            continue
        strands.append(Strand(name, [clause], event))
    named = [strand for strand in strands if strand.name]
    if len({strand.name for strand in named}) < len(named):
        return None
    return strands


def _opens(clause: Clause, name: str, last: Strand) -> bool:
    """巡护200次得4分，每少5次扣0.1分；其中夜间巡护50次得2分: points of its own behind the steps of a like-named measure."""
    stepped = any(isinstance(one.cons, g.Step) for one in last.clauses[1:])
    return stepped and isinstance(clause.cons, g.Points) and bool(name) and name != last.name


def _one_measure(one: str, two: str, event: bool) -> bool:
    """满意度 and 群众满意度 are one measure; 问题 and 问题未整改 are two events."""
    return bool(one and two) and (one == two or (not event and (one in two or two in one)))


def _subject(m: Meaning, clause: Clause) -> tuple[str, bool]:
    """What a clause measures by its printed name ("" where it goes on with what stands before), and whether it is an event."""
    cond, cons = clause.cond, clause.cons
    if isinstance(cons, g.Step):
        return _step_subject(m, clause)
    if cond is None:
        return "", False
    if cond.bounds:
        one = cond.bounds[0].number
        if isinstance(cons, g.Fixed) and _once(clause):
            return _event_subject(fold(cond.measure) or fold(m.text[cond.span[0] : one.start if one else cond.span[1]]))
        return _bounded_subject(m, cond), False
    if isinstance(cons, g.Zero) and _happening(cond, veto=cons.veto):
        return _event_subject(event_name(cond))
    if isinstance(cons, g.Fixed) and _happening(cond):
        return _event_subject(event_name(cond))
    return "", False


def _step_subject(m: Meaning, clause: Clause) -> tuple[str, bool]:
    cond, step = clause.cond, clause.cons
    if not isinstance(step, g.Step):
        return "", False
    if cond is not None and cond.bounds:
        return _bounded_subject(m, cond), False
    timed = step.size is not None and (step.size.percent or step.size.unit in LENGTHS_OF_TIME)
    if (counts_things(step) if step.verb != "deduct" else step.way in ("event", "", "done")) and not timed:
        return _event_subject(award_name(cause_of(clause)) if step.verb != "deduct" else cause_of(clause))
    said = _named(fold(cond.text)) if cond is not None else ""
    return (said if said.endswith(_COUNTED) else ""), False


def _event_subject(said: str) -> tuple[str, bool]:
    name = _LEAD.sub("", said).strip("，,、：:")
    name = re.sub(r"^(?:发生|出现|发现|存在|有|被|受到|受)(?=.{2})", "", name)
    if _ORDER.match(name):
        return "", True
    return (name if len(name) >= 2 and re.search(r"[\u4e00-\u9fff]", name) else ""), True


def _bounded_subject(m: Meaning, cond: g.Cond) -> str:
    """The measure of a clause with bounds; a distance (超额完成50%以上) goes on with the measure before."""
    if any(bound.gap for bound in cond.bounds):
        return ""
    said = fold(m.text[cond.span[0] : cond.bounds[0].span[0]])
    if "评" in said or "分" in said:  # 按时报送的，自评质量得分90分以上: words of scoring are part of the name
        return _named(re.split("[,，;；]", said)[-1])
    return _named(cond.measure)


@lru_cache(maxsize=4096)  # the same few nouns stand in most rules
def _named(measure: str) -> str:
    name = _TAIL.sub("", _LEAD.sub("", fold(measure))).strip('“”"')
    return "" if name in _GENERIC or "基础上" in name or len(name) < 2 or _DIRECTION.fullmatch(name) else name


def _once(clause: Clause) -> bool:
    """被通报1次扣1分: one of a countable thing."""
    cond = clause.cond
    if cond is None or len(cond.bounds) != 1 or cond.leftover or cond.joined:
        return False
    number = cond.bounds[0].number
    return cond.bounds[0].bare and number is not None and number.value == 1 and not number.percent and not number.scale


def _happening(cond: g.Cond, *, veto: bool = False) -> bool:
    """发生重大舆情的, 被上级通报的: an event, not a state of the work; with a veto a name alone tells (重大案件直接不得分)."""
    said = fold(cond.text)
    if cond.bounds or cond.joined:
        return False
    told = said.startswith(("被", "受到", "因", "造成", "引发", *_WRONGS)) or (veto and said[0] not in "未不无没其否")
    return cond.state == "some" or (told and cond.state in ("text", "late"))


def _constant(strand: Strand) -> bool:
    """基准分3分; 落实到位得5分; 无案件得10分: points to start from, no measure of their own."""
    if len(strand.clauses) != 1 or not isinstance(strand.clauses[0].cons, (g.Points, g.Full)):
        return False
    cond = strand.clauses[0].cond
    return cond is None or (
        not cond.bounds and not cond.joined and cond.date is None and cond.state in ("none", "text", "reach", "")
    )


# --- what a strand is worth -------------------------------------------------------------------------------------------


def _add(m: Meaning, total: _Sum, strand: Strand, end: int) -> bool:
    """Put one strand where it belongs; False where it is none of a sum."""
    kinds = [clause.cons for clause in strand.clauses]
    if any(clause.cond is not None and (clause.cond.joined or clause.cond.leftover) for clause in strand.clauses):
        return False
    if all(isinstance(cons, g.Zero) for cons in kinds) and strand.event:
        total.gates.append(_forbidden(strand))
        return True
    if all(isinstance(cons, (g.Step, g.Fixed, g.Zero)) for cons in kinds) and _moves(kinds):
        return _add_moved(m, total, strand, end)
    if _constant(strand):
        cons = strand.clauses[0].cons
        value = cons.value if isinstance(cons, g.Points) else m.weight or Fraction(0)
        total.parts.append(Const(value, "分"))
        total.worth += value
        return True
    if _is_list(strand.clauses):
        return _add_list(m, total, strand, end)
    return _add_part(m, total, strand, end)


def _add_list(m: Meaning, total: _Sum, strand: Strand, end: int) -> bool:
    """A list that a person ticks off, beside what is taken for events."""
    worth = _section_worth(m, strand.clauses)
    tree = _read(m, replace(strand, name=""), end, worth, ticked=True) if worth else None
    if tree is None or worth is None or any(one.name == "actual" for one in inputs_in(tree)):
        return False
    m.raise_to(Status.NEEDS_JUDGEMENT)
    total.parts.append(tree)
    total.worth += worth
    return True


def _moves(kinds: Sequence[g.Consequence]) -> bool:
    """Whether clauses all take points, or all give them; one that earns is a part."""
    verbs = {cons.verb for cons in kinds if isinstance(cons, g.Step)}
    verbs |= {"add" if cons.add else "deduct" for cons in kinds if isinstance(cons, g.Fixed)}
    return verbs in ({"deduct"}, {"add"})


def _forbidden(strand: Strand) -> Condition:
    names = [name for name in re.split(r"或者?|、", strand.name) if name]
    names = [re.sub(r"^(?:被|受到?|发生|出现)(?=.{3})", "", name) for name in names]
    if any(len(name) < 3 for name in names):
        names = [strand.name]
    found: list[Condition] = [Compare(Input(name), Sign.GT, Const(Fraction(0))) for name in names]
    return found[0] if len(found) == 1 else Some(tuple(found))


def _most(m: Meaning, clauses: Sequence[Clause]) -> Fraction | None:
    """The most a strand may move or earn, in points."""
    for mod in (mod for clause in clauses for mod in clause.mods if isinstance(mod, g.Most)):
        if mod.amount is not None:
            share = mod.amount.unit == "%"
            return (m.weight or Fraction(0)) * mod.amount.value / 100 if share else mod.amount.value
    return None


def _add_moved(m: Meaning, total: _Sum, strand: Strand, end: int) -> bool:
    """Points taken (or given) for one measure: so many for each event, or what a rule of its own would take off."""
    limit = _most(m, strand.clauses)
    gives = any(
        (isinstance(cons, g.Step) and cons.verb == "add") or (isinstance(cons, g.Fixed) and cons.add)
        for cons in (clause.cons for clause in strand.clauses)
    )
    moved = _for_each(m, strand) if strand.event else _taken_once(m, strand)
    if moved is None and not gives and strand.name:
        moved = _taken(m, strand, end)
    if moved is None:
        return False
    if gives:
        total.gains.append((moved, limit))
    else:
        total.losses.append((moved, limit, strand))
    return True


def _taken_once(m: Meaning, strand: Strand) -> Expr | None:
    """参评率低于80%的，扣1分: once, where another measure is beyond its bound."""
    clause = strand.clauses[0]
    cond, cons = clause.cond, clause.cons
    if len(strand.clauses) != 1 or not isinstance(cons, g.Fixed) or cond is None or not strand.name:
        return None
    numbers = [(bound, bound.number) for bound in cond.bounds if bound.number is not None and not bound.gap]
    if len(numbers) != len(cond.bounds) or any(bound.bare or bound.of_target for bound, _ in numbers):
        return None
    items: list[Condition] = []
    for bound, number in numbers:
        unit = "%" if number.percent else number.unit
        items.append(Compare(Input(strand.name, unit), bound.sign, Const(number.value * scale_of(number), unit)))
    held = items[0] if len(items) == 1 else Every(tuple(items))
    return Case((Branch(held, m.amount(cons.amount), span=clause.span),), _ZERO)


def _for_each(m: Meaning, strand: Strand) -> Expr | None:
    """每发生1起扣2分; 被通报1次扣1分."""
    if len(strand.clauses) != 1 or not strand.name:
        return None
    cons = strand.clauses[0].cons
    if isinstance(cons, g.Fixed) and _once(strand.clauses[0]):
        return Arith(Op.MUL, Steps(Input(strand.name), Const(Fraction(1)), span=cons.span), m.amount(cons.amount))
    if isinstance(cons, g.Fixed):
        happened = Branch(Compare(Input(strand.name), Sign.GT, Const(Fraction(0))), m.amount(cons.amount))
        return Case((replace(happened, span=strand.clauses[0].span),), _ZERO)
    if not isinstance(cons, g.Step) or cons.amount is None or cons.high is not None or cons.threshold is not None:
        return None
    size = Const(cons.size.value if cons.size is not None else Fraction(1))
    return Arith(Op.MUL, counted(Input(strand.name), size, cons), m.amount(cons.amount))


def _read(
    m: Meaning, strand: Strand, end: int, worth: Fraction, *, start: int | None = None, ticked: bool = False
) -> Expr | None:
    """A strand as a rule of its own."""
    start = strand.start if start is None else start
    text = _NUMBERING.sub("", m.text[start:end])
    name = strand.name or counted_name(strand.clauses) or fold(m.context.indicator) or "实际完成值"
    row = Context(name, _target(m, strand), short(worth), year=m.context.year)
    if not strand.name:
        row = replace(m.context, weight=short(worth))
    tree = part_tree(m.read_rule(text, row), row, name, ticked=ticked)
    return None if tree is None else with_places(tree, lambda place: (place[0] + start, place[1] + start))


def _target(m: Meaning, strand: Strand) -> str:
    """The printed number that earns the most, as the target of the strand."""
    for clause in strand.clauses:
        bounds = clause.cond.bounds if clause.cond is not None else ()
        if len(bounds) == 1 and isinstance(clause.cons, (g.Points, g.Full)) and bounds[0].number is not None:
            token = bounds[0].number
            sign = {Sign.LE: "≤", Sign.LT: "<", Sign.GT: ">"}.get(bounds[0].sign, "≥")
            return "" if bounds[0].gap or bounds[0].of_target else f"{sign}{m.text[token.start : token.end]}"
    return ""


def _taken(m: Meaning, strand: Strand, end: int) -> Expr | None:
    """What a strand of steps takes off, from the rule it would be alone."""
    weight = m.weight or Fraction(0)
    tree = _read(m, strand, end, weight)
    if tree is None:
        return None
    full = Const(weight, "分")
    body = tree.body if isinstance(tree, Clamp) else None
    if isinstance(body, Arith) and body.op is Op.SUB and isinstance(body.left, Const) and body.left.value == weight:
        return body.right
    return Arith(Op.SUB, full, tree)


def _add_part(m: Meaning, total: _Sum, strand: Strand, end: int) -> bool:
    """A strand that earns points of its own."""
    worth = _worth(m, strand)
    tree = _read(m, strand, end, worth) if worth else None
    if worth is None or tree is None:
        return False
    total.parts.append(tree)
    total.worth += worth
    return True


def _worth(m: Meaning, strand: Strand) -> Fraction | None:
    """The printed full marks of a strand."""
    points = [clause.cons.value for clause in strand.clauses if isinstance(clause.cons, g.Points)]
    earns = [clause for clause in strand.clauses if isinstance(clause.cons, g.Step) and clause.cons.verb == "earn"]
    if earns:
        return None if points else _most(m, strand.clauses)
    if points:
        return max(points)
    full = [clause for clause in strand.clauses if isinstance(clause.cons, (g.Full, g.Ratio, g.Formula))]
    return m.weight if full else None


# --- the whole --------------------------------------------------------------------------------------------------------


def _whole(m: Meaning, total: _Sum) -> Expr | None:
    """All pieces together; None where their points do not add up to the weight."""
    weight = m.weight or Fraction(0)
    capped, common = _caps([limit for _, limit, _ in total.losses])
    losses = [_limited(expr, limit) for (expr, _, _), limit in zip(total.losses, capped, strict=True)]
    parts, worth = list(total.parts), total.worth
    if not parts and not total.gains:
        parts, worth = [m.full()], weight
    elif worth < weight and not total.gains and worth + sum(limit for limit in capped if limit) == weight:
        own = [(limit, loss) for limit, loss in zip(capped, losses, strict=True) if limit]
        parts += [Clamp(Arith(Op.SUB, Const(limit, "分"), loss), _ZERO, None) for limit, loss in own]
        losses, worth = [loss for limit, loss in zip(capped, losses, strict=True) if not limit], weight
    if not _adds_up(m, total, worth):
        return None
    body = parts[0] if len(parts) == 1 else Combine(Pick.SUM, tuple(parts))
    own_limits, shared = _caps([limit for _, limit in total.gains])
    gains = [_limited(expr, limit) for (expr, _), limit in zip(total.gains, own_limits, strict=True)]
    if gains:
        body = Arith(Op.ADD, body, _limited(_summed(gains), shared))
    if losses:
        body = Arith(Op.SUB, body, _limited(_summed(losses), common))
    for gate in total.gates:
        body = Case((Branch(gate, _ZERO),), body)
    if len({one.name for one in inputs_in(body)} - {"weight"}) + len(stated_in(body)) < 2:
        return None
    return Clamp(body, _ZERO, m.full())


def _summed(items: Sequence[Expr]) -> Expr:
    return items[0] if len(items) == 1 else Combine(Pick.SUM, tuple(items))


def _caps(limits: list[Fraction | None]) -> tuple[list[Fraction | None], Fraction | None]:
    """The cap of each, and one of all: a cap printed behind the last of several without any is one of their sum."""
    if limits and limits[-1] is not None and any(limit is None for limit in limits[:-1]):
        return [*limits[:-1], None], limits[-1]
    return limits, None


def _limited(expr: Expr, limit: Fraction | None) -> Expr:
    return expr if limit is None else Clamp(expr, None, Const(limit, "分"), stated=True)


def _adds_up(m: Meaning, total: _Sum, worth: Fraction) -> bool:
    """Whether the printed points make the weight: alone, or with all that can be added."""
    if not total.gains:
        return worth == m.weight
    limits = [limit for _, limit in total.gains]
    if worth == 0 or m.weight is None or worth >= m.weight:
        return False  # what is added above full marks needs a limit of its own: asked elsewhere
    said = any(isinstance(mod, g.Most) and mod.of in ("", "earn") for clause in m.clauses for mod in clause.mods)
    each, shared = _caps(limits)
    most = shared if shared is not None else sum((limit or Fraction(0) for limit in each), Fraction(0))
    return said or (None not in (each if shared is None else [shared]) and worth + most == m.weight)
