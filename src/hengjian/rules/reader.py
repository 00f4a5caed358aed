"""Read one printed rule beside its row: the one door from text to ``Reading``.

``grammar`` says what is printed; ``kinds`` and ``numbers`` what it means for this row: which way is better, where steps
begin, what 完成 means. A question with two defensible answers is asked by ``Meaning.option``: the rule is then read once for
every answer, and each gives a tree. A piece that is not understood makes the rule defective (R10): it is never left out
silently.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from hengjian.rules.anchors import with_levels
from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.productions import parse
from hengjian.rules.grammar.tidy import tidy
from hengjian.rules.kinds.gates import without_negation
from hengjian.rules.kinds.lists import scale_of
from hengjian.rules.kinds.trees import TARGET_LABEL, measured_by, part_tree, renamed, unanswered
from hengjian.rules.kinds.understanding import understood
from hengjian.rules.lexer import tokens
from hengjian.rules.meaning import Meaning, short, unread
from hengjian.rules.mending import (
    and_so_on,
    falling_places,
    last_places,
    mend,
    names_listed,
    spelled_out,
    weighted_sum,
    worked_out_measure,
)
from hengjian.rules.reading import Context, Reading, Status, weight_of
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Expr,
    Input,
    Op,
    Pick,
    Sign,
    Stated,
    input_names,
    inputs_in,
    with_places,
)
from hengjian.values.text import fold

_MOST_TREES = 8
_LONGEST = 2_000
# 每低于1个百分点（不足1个百分点按1个百分点计算）扣0.4分: the bracket belongs behind the step
_BRACKETED_STEP = re.compile(
    r"(每[^，。；（(]{1,16})[（(]((?:不足|不满|不到|未满)[^）)]{2,24})[）)]([，,]?(?:扣|减)[^，。；,;]{1,12})"
)
# （1）走访户数（4分）： or 核查率，4分。 or 宣讲场次满分3分，: a part of a rule with its points or its share of the weight
_SECTION = re.compile(
    r"(?:^|[;；。\n])\s*(?:[①-⑳]|[（(]?[\d一二三四五六七八九]{1,2}[)）]|\d{1,2}[.、．]|[一二三四五六七八九]、)?\s*"
    r"([\u4e00-\u9fffA-Za-z]{2,20}?)\s*(?:[（(]\s*(?:满分)?\s*(\d+(?:\.\d+)?)\s*(分|[%％])\s*[)）]\s*[:：。，,]?(?=\s*[^\s；;。])"
    r"|[，,]\s*(?:满分)?(\d+(?:\.\d+)?)(分)\s*[。:：]|(\d+(?:\.\d+)?)(分)\s*[:：]|(?:满分|占)(\d+(?:\.\d+)?)(分)\s*[，,:：。])"
)
_NOTHING = r"(?:的)?[，,]?(?:本项|该项|此项)*(?:直接|一律|均)?(?:不予?[得计赋给记]分|[得计记为](?:0|零)分|零分)"
_GATE_FIRST = re.compile(
    rf"^\s*([^，,；;。的]{{3,20}}){_NOTHING}[；;，,。]\s*([^，,；;。的]{{2,20}})的[，,](.+)$", re.S
)
_GATE_LAST = re.compile(
    rf"^\s*([^，,；;。的]{{3,20}})的[，,](.+)[；;。]\s*([^，,；;。的]{{3,20}}){_NOTHING}[。]?\s*$", re.S
)
_OWN_STATE = re.compile(r"(?:按时|按期|全部|如期|及时)?(?:完成|达到|达标|实现|达成)(?:目标|任务|计划|指标)?值?")
_BY_RATE = re.compile(r"^按照?([\u4e00-\u9fff]{2,14}(?:率|度))(?:计分|得分|赋分|评分)[，,：:](?=.*[率度\d])")
_FIRST_RATE = re.compile(r"[\u4e00-\u9fff]{1,14}?[率度]")
# A blank before a number may part two bands (60% 3分 70% 4分), but not behind two characters that are no number.
_ANY_BLANK = re.compile(r"[^\S\n]")
_BLANK = re.compile(r"[^\S\n](?![^\S\n]*\d)|(?<=[\u4e00-\u9fff，；：。、]{2})[^\S\n]")
_STRICT = re.compile(r"[<>](?!=)")
_OPPOSITE = {Sign.LT: Sign.GE, Sign.LE: Sign.GT, Sign.GT: Sign.LE, Sign.GE: Sign.LT}


def read_rule(text: str, context: Context) -> Reading:
    """Read one printed rule beside its row. Never raises; what is not understood is a note R10 and no tree."""
    if not text.strip():
        return Reading(text, Status.DEFECTIVE, (), (unread(text, (0, 0), "评分标准是空的", "评分标准的文字"),))
    if len(text) > _LONGEST:
        return Reading(
            text,
            Status.DEFECTIVE,
            (),
            (unread(text, (0, len(text)), f"评分标准长达{len(text)}字，超出可读的{_LONGEST}字", "较短的评分标准"),),
        )
    if _ANY_BLANK.search(text) and _BLANK.search(text):
        kept = [place for place in range(len(text)) if not _BLANK.match(text, place)]
        reading = read_rule("".join(text[place] for place in kept), context)
        return _with_blanks(reading, text, kept)
    mended, notes = mend(text)
    if (levels := with_levels(mended, context)) is not None:
        return replace(read_rule(*levels), text=text)
    mended = _LISTED_WORTHS.sub(_listed_again, mended) if "分别" in mended else mended
    summed = _sections(mended, context)
    if summed is not None:
        return replace(summed, text=text, notes=notes)
    if (worked := _worked_out(mended, context)) is not None:
        return replace(worked, text=text, notes=(*notes, *worked.notes))
    if (each := _for_each(mended, context)) is not None:
        return replace(each, text=text, notes=notes)
    weighted = (
        weighted_sum(mended)
        or spelled_out(mended)
        or falling_places(mended)
        or and_so_on(mended)
        or last_places(mended)
    )
    reading = _read(weighted or mended, parse(tokens(weighted or mended)), context, "printed")
    if not reading.trees and (moved := _BRACKETED_STEP.sub(r"\1\3，\2", mended)) != mended:
        other = _read(moved, parse(tokens(moved)), context, "printed")
        reading = other if other.status is Status.EXECUTABLE else reading
    gated = _gated(mended, context, reading)
    if gated is not None:
        return replace(gated, text=text, notes=(*notes, *gated.notes))
    if weighted and not reading.trees:
        reading = _read(mended, parse(tokens(mended)), context, "printed")
    return replace(reading, text=text, notes=(*notes, *reading.notes)) if notes or reading.text != text else reading


def _sections(text: str, context: Context) -> Reading | None:
    """①走访户数（4分）：达到200户得满分，每少1户扣0.1分；②归档率（2分）：…: whole rules whose scores are added up."""
    weight = amount_of(context)
    intro = _SECTIONS_OF.match(text)
    if intro is not None and weight is not None and Fraction(intro.group(1)) == weight:
        text = text[intro.end() :]  # 本项共8分：…
    found = list(_SECTION.finditer(text))
    if len(found) < 2 or found[0].start() != 0 or weight is None:
        return None
    printed = [[one for one in match.groups()[1:] if one] for match in found]
    shares = {unit.replace("％", "%") for _, unit in printed}
    points = [Fraction(number) * (weight / 100 if unit in "%％" else 1) for number, unit in printed]
    names = [fold(match.group(1)) for match in found]
    if len(shares) != 1 or sum(points) != weight or len(set(names)) != len(names):
        return None
    items: list[Expr] = []
    for match, name, most, end in zip(
        found, names, points, [*(match.start() for match in found[1:]), len(text)], strict=True
    ):
        target = _target_part(context.target, name, found.index(match), len(found))
        rule = text[match.end() : end].strip("；;。 \n")
        rule = f"得分{rule}" if rule.startswith(("=", "＝")) else rule
        counted = _COUNTED_OVER.search(rule)
        name = fold(counted.group(1)) if counted else name
        row = Context(name, target, short(most), year=context.year)
        tree = part_tree(read_rule(rule, row), row, name)
        if tree is None:
            return None
        items.append(tree)
    return _added_up(text, items)


def _added_up(text: str, items: Sequence[Expr]) -> Reading:
    """Parts with rules of their own, whose scores together are that of the row."""
    total = Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), Input("weight", "分"))
    return Reading(text, Status.EXECUTABLE, (total,), (), _input_names([total]))


# 病案率、使用率分别占4分、6分。病案率≥90%得4分…: the points are printed again with each measure
_LISTED_WORTHS = re.compile(
    r"^\s*((?:[\u4e00-\u9fff]{2,14}[、和与及])+[\u4e00-\u9fff]{2,14}?)(?:[两二三四五]项(?:指标)?)?(?:分值|权重)?分别(?:占|为|计)((?:\d+(?:\.\d+)?(?:分|[%％])[、，,和]?)+)[；;。，,]"
)


def _listed_again(match: re.Match[str]) -> str:
    """Nothing in the place of a list of points or shares that the rule prints again; the list itself where it does not."""
    names = names_listed(match.group(1))
    worths = re.findall(r"(\d+(?:\.\d+)?)(分|[%％])", match.group(2))
    rest = match.string[match.end() :]
    again = len(names) == len(worths) and all(
        re.search(rf"{name}(?:[^；;。]*?得{re.escape(worth)}分|[×*＊✕·xX]{re.escape(worth)}[%％])", rest)
        for name, (worth, _) in zip(names, worths, strict=True)
    )
    return "" if again else match.group()


# 入学率、巩固率、升学率各2分，每项达到95%得2分，…
_EACH_WORTH = re.compile(
    r"^\s*([\u4e00-\u9fff]{2,14}(?:[、和与及][\u4e00-\u9fff]{2,14})+?)(?:[两二三四五]项)?(?:指标)?(?:(?:各占?|均为?|分别为?各?|每项)(\d+(?:\.\d+)?)分|各占(一半|50[%％]))[，,；;:：。](?=.*\d)"
)


def _for_each(text: str, context: Context) -> Reading | None:
    """入学率、巩固率各4分，每项达到95%得4分，每低1个百分点扣0.2分: one rule for each of several measures."""
    found = _EACH_WORTH.match(text) if any(word in text for word in ("各", "均", "分别", "每项")) else None
    weight = amount_of(context)
    if found is None or weight is None:
        return None
    names = names_listed(found.group(1))
    worth = Fraction(found.group(2)) if found.group(2) else weight / 2
    if len(names) < 2 or len(set(names)) < len(names) or worth * len(names) != weight:
        return None
    rule = re.sub(r"(?:每[一]?项|各项|各自|均|分别|单项)(?:指标)?(?=[达完低超不未实])", "", text[found.end() :])
    items: list[Expr] = []
    for name in names:
        row = Context(fold(name), "", short(worth), year=context.year)
        tree = part_tree(read_rule(rule, row), row, fold(name))
        if tree is None:
            return None
        items.append(tree)
    return _added_up(text, items)


_SECTIONS_OF = re.compile(
    r"\s*(?:本项|该项|本指标|该指标|此项)?(?:指标)?(?:满分|共计?|合计|总分|分值)?(?:为)?(\d+(?:\.\d+)?)分[，,：:。；;](?:其中|包括)?[：:，,]?"
)
_COUNTED_OVER = re.compile(r"得分=((?:实际|已)[\u4e00-\u9fff]{2,10})[/÷]")  # what is typed is the count, not the rate
_PERCENT = re.compile(r"[≥≤>＞<＜]?\d+(?:\.\d+)?[%％]")


def _worked_out(text: str, context: Context) -> Reading | None:
    """综合完成率按数量完成率占60%、质量达标率占40%计算，综合完成率达到95%得满分…: a rule over a measure of several rates."""
    found = worked_out_measure(text)
    if found is None:
        return None
    how, parts, rest = found
    printed = _PERCENT.findall(context.target)
    row = replace(context, indicator="完成率", target=printed[0] if len(printed) == 1 else "", unit="", sign="")
    inner = read_rule(rest.strip(), row)
    measures = [one for tree in inner.trees for one in inputs_in(tree) if one.name not in ("weight", "target")]
    whole = how != "sum" or sum(share_ for _, share_ in parts) == 1
    names = {name for name, _ in parts}
    if inner.status is not Status.EXECUTABLE or len(inner.trees) != 1 or not whole or len(names) < len(parts):
        return None
    if not measures or any(one.name != "actual" or one.unit != "%" for one in measures):
        return None
    rates: list[Expr] = [
        Arith(Op.MUL, Input(fold(name), "%"), Const(share_)) if share_ != 1 else Input(fold(name), "%")
        for name, share_ in parts
    ]
    pick = {"sum": Pick.SUM, "least": Pick.MIN, "most": Pick.MAX}[how]
    tree = measured_by(inner.trees[0], Combine(pick, tuple(rates)), row)
    return replace(inner, trees=(tree,), inputs=_input_names([tree]))


def _gated(text: str, context: Context, reading: Reading) -> Reading | None:
    """未取得批复的不得分；取得批复的，…: a state or a count beside the rule proper decides whether it applies at all."""
    if "分" not in text or "的" not in text or not any(word in text for word in ("不", "0分", "零分")):
        return None
    found = _GATE_FIRST.match(text)
    if found is not None:
        shut, opened, rest = found.groups()
    elif (found := _GATE_LAST.match(text)) is not None:
        opened, rest, shut = found.groups()
    else:
        return None
    exists = shut.startswith(("存在", "发生", "出现", "有")) and opened.startswith(
        ("不存在", "未发生", "未出现", "没有")
    )
    if reading.trees and not (exists and "率" in rest and reading.inputs == ("actual",)):
        return None
    closed = _shut(shut, opened, exists=exists)
    if closed is None:
        return None
    by_rate = _BY_RATE.match(rest)
    rest = rest[by_rate.end() :] if by_rate else rest
    named = by_rate.group(1) if by_rate else (rate.group() if (rate := _FIRST_RATE.search(rest)) else "")
    label = TARGET_LABEL.match(fold(context.target))
    name = fold(named) or (label.group(1) if label else fold(context.indicator))
    inner = read_rule(rest, context)
    if inner.status is not Status.EXECUTABLE:
        inner = read_rule(rest, replace(context, target=""))
    if inner.status is not Status.EXECUTABLE or len(inner.trees) != 1:
        return None
    if {one.name for one in inputs_in(inner.trees[0])} - {"weight", "target"} != {"actual"}:
        return None
    zero, proper = Const(Fraction(0), "分"), renamed(inner.trees[0], name)
    branches = (Branch(closed, zero, span=(0, len(text))),)
    tree: Expr = Case(branches, proper)
    if isinstance(closed, Stated):
        tree = Case((*branches, Branch(Stated((opened,), closed.input), proper, span=(0, len(text)))))
    return replace(inner, text=text, trees=(tree,), inputs=_input_names([tree]))


def _shut(shut: str, opened: str, *, exists: bool) -> Condition | None:
    """When nothing is scored: the printed state, or the printed bound of another measure; None unless the two are opposites."""
    one, two = (read_condition(tidy(tokens(part)), part) for part in (shut, opened))
    if one is not None and one.bounds and two is not None:
        number, measure = one.bounds[0].number, fold(one.measure)
        again = two.bounds[0].number if two.bounds else None
        same = again is not None and number is not None and (again.value, again.unit) == (number.value, number.unit)
        silent = not two.bounds and fold(opened) in ("不超过", "未超过", "不低于", "未低于", "不足", "超过", "达到")
        if number is None or len(one.bounds) != 1 or len(measure) < 2 or one.bounds[0].bare or not (same or silent):
            return None
        if same and two.bounds[0].sign not in (_OPPOSITE.get(one.bounds[0].sign),):
            return None
        unit = "%" if number.percent else number.unit
        return Compare(Input(measure, unit), one.bounds[0].sign, Const(number.value * scale_of(number), unit))
    if (one is not None and one.bounds) or (two is not None and two.bounds):
        return None
    if exists:
        name = re.sub(r"^(?:存在|发生|出现|有)", "", shut)
        denied = re.sub(r"^(?:不存在|未发生|未出现|没有)", "", opened)
        return Stated((shut,), name) if denied in ("", name) else None
    name, negated = without_negation(shut)
    plain, denied_too = without_negation(opened.removeprefix("已").removeprefix("有"))
    happened = re.match(r"(?:被|受到|受|发生|出现|存在|有)(?=.{3})", shut)
    if happened and not negated and denied_too and plain and set(plain) <= set(shut):
        return Compare(Input(shut[happened.end() :]), Sign.GT, Const(Fraction(0)))  # 被通报的不得分；未被通报的，…
    if not negated or denied_too or _OWN_STATE.fullmatch(name) or len(name) < 3:
        return None
    return Stated((shut,), name) if plain == name.removeprefix("已") else None


def amount_of(context: Context) -> Fraction | None:
    """The weight of the row, or None."""
    got = weight_of(context)
    return got if isinstance(got, Fraction) else None


def _target_part(target: str, name: str, number: int, count: int) -> str:
    """The piece of a compound target that names a part; else the piece at its place."""
    pieces = [piece.strip() for piece in re.split(r"[，,、；;/\n]", target) if piece.strip()]
    for piece in pieces:
        if name in fold(piece):
            return fold(piece).replace(name, "").strip("：:为")
    best = max(pieces, key=lambda piece: len(set(fold(piece)) & set(name)), default="")
    if best and len(set(fold(best)) & set(name)) >= min(3, len(name)):
        return re.sub(r"^[\u4e00-\u9fff]*?(?=不低于|不高于|不超过|不少于|[≥≤<>＜＞\d])", "", best)
    if len(pieces) == count:
        return re.sub(r"^[\u4e00-\u9fff]*?(?=不低于|不高于|不超过|不少于|[≥≤<>＜＞\d])", "", pieces[number])
    return ""


def read_bands(bands: Mapping[str, str], context: Context, points: Mapping[str, str] | None = None) -> Reading:
    """Read the columns 优/良/中/差. ``points`` says what each grade gives (``5分``, ``80%``); without it only grades result."""
    target = "；".join(f"{word}：{cell.strip()}" for word, cell in bands.items() if cell.strip())
    rule = "，".join(f"{word}得{points[word]}" for word in bands if points and word in points)
    inner = replace(context, target=target)
    reading = read_rule(rule, inner) if rule else _graded_only(target, inner)
    return replace(reading, text=target, origin="bands")


def _graded_only(target: str, context: Context) -> Reading:
    return _read("", [], context, "bands")


def _with_blanks(reading: Reading, text: str, kept: Sequence[int]) -> Reading:
    """A reading of the text without its blanks, its places those of the printed text."""

    def put(place: tuple[int, int]) -> tuple[int, int]:
        start, end = place
        return (
            kept[start] if start < len(kept) else len(text),
            kept[end - 1] + 1 if 0 < end <= len(kept) else len(text) if end else 0,
        )

    return replace(with_places(reading, put), text=text)


def _read(text: str, items: Sequence[g.Item], context: Context, origin: str) -> Reading:
    """Run the meaning once for every answer to every open question."""
    first = Meaning(text, items, context, {}, read_rule)
    tree = understood(first)
    trees = [] if tree is None else [tree]
    questions = dict(first.asked)
    if tree is not None and questions:
        answers = [
            dict(zip(questions, combination, strict=True))
            for combination in product(*(range(count) for count in questions.values()))
        ]
        for answer in answers[1:_MOST_TREES]:
            other = understood(Meaning(text, items, context, answer, read_rule))
            if other is not None and other not in trees:
                trees.append(other)
    notes = tuple(dict.fromkeys(first.notes))
    status = first.status
    if not trees:
        status = Status.DEFECTIVE
    elif len(trees) == 1 and status is Status.AMBIGUOUS and not first.firm:
        status = Status.EXECUTABLE
    if trees and status in (Status.EXECUTABLE, Status.AMBIGUOUS):
        gap = unanswered(trees[0], context, first.frame, first.probes, signs=bool(_STRICT.search(fold(text))))
        if gap is not None:
            notes = (*notes, gap)
            status = Status.DEFECTIVE
    return Reading(text, status, tuple(trees), notes, _input_names(trees), origin)


def _input_names(trees: Sequence[Expr]) -> tuple[str, ...]:
    names = dict.fromkeys(name for tree in trees for name in input_names(tree))
    return tuple(name for name in names if name not in ("weight", "target"))
