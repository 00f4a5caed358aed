"""From the words of a rule to its meaning: trees over the row's target and weight, with an honest status.

``grammar`` says what is printed; here it is understood: which way is better, where steps begin, what 完成 means for this
target. A question with two defensible answers is asked by ``_Meaning.option``: the rule is then read once for every answer,
and each gives a tree. A piece that is not understood makes the rule defective (R10): it is never left out silently.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import cache, partial
from importlib.resources import files
from itertools import pairwise, product

from hengjian.rules import grammar as g
from hengjian.rules.frame import Frame
from hengjian.rules.lexer import Token, tokens
from hengjian.rules.meaning import Clause, Loose, Meaning, cond_of, share, short, step_of, unread
from hengjian.rules.numerals import amount
from hengjian.rules.numeric import lower_condition, probe_bounds, read_numeric
from hengjian.rules.reading import Context, Note, Reading, Status
from hengjian.rules.run import Env, inputs_in, target_number, value, weight_of
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
    Human,
    Input,
    Interpolate,
    Level,
    Missing,
    Not,
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Stated,
    Steps,
)
from hengjian.rules.tree import Missing as Silent
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_MOST_TREES = 8
_LONGEST = 2_000
_MOST_CLAUSES = 40


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
    if _BLANK.search(text):
        kept = [place for place in range(len(text)) if not _BLANK.match(text, place)]
        reading = read_rule("".join(text[place] for place in kept), context)
        return _with_blanks(reading, text, kept)
    mended, notes = _mended(text)
    summed = _sections(mended, context)
    if summed is not None:
        return replace(summed, text=text, notes=notes)
    weighted = _weighted(mended) or _spelled_out(mended) or _falling_places(mended)
    reading = _read(weighted or mended, g.parse(tokens(weighted or mended)), context, "printed")
    if not reading.trees and (moved := _BRACKETED_STEP.sub(r"\1\3，\2", mended)) != mended:
        other = _read(moved, g.parse(tokens(moved)), context, "printed")
        reading = other if other.status is Status.EXECUTABLE else reading
    gated = _gated(mended, context, reading)
    if gated is not None:
        return replace(gated, text=text, notes=(*notes, *gated.notes))
    if weighted and not reading.trees:
        reading = _read(mended, g.parse(tokens(mended)), context, "printed")
    return replace(reading, text=text, notes=(*notes, *reading.notes)) if notes or reading.text != text else reading


# 每低于1个百分点（不足1个百分点按1个百分点计算）扣0.4分: the bracket belongs behind the step
_BRACKETED_STEP = re.compile(r"(每[^，。；（(]{1,16})[（(](不足[^）)]{2,24})[）)]([，,]?(?:扣|减)[^，。；,;]{1,12})")
_RATE = r"[\u4e00-\u9fff]{1,12}?[率度]"
_SHARE = r"\d+(?:\.\d+)?[%％]"
# 任务完成率、归档率权重分别为70%、30%，按实际值加权计分
_LISTED = re.compile(
    rf"^\s*({_RATE}(?:[、和及与]{_RATE})+)的?(?:所占)?(?:权重|比重|占比)?(?:分别|依次)(?:为|占)?({_SHARE}(?:[、，,和]{_SHARE})+)的?(?:权重)?"
    r"[，,；;](?:按|以)?(?:各自)?(?:的)?(?:实际值|实际完成值|实际完成率|完成率|实际)?(?:进行)?加权(?:求和|平均)?(?:计算)?(?:后)?(?:计分|得分|赋分)(?:，|,|。|；|;|$)"
)
# 可用率占60%，修复率占40%，分别按实际值计分
_NAMED = re.compile(
    rf"^\s*((?:{_RATE}(?:权重)?占{_SHARE}[，,；;、]){{2,5}})(?:分别|均)?按(?:照)?(?:实际值|实际完成值|实际)(?:加权)?(?:计分|得分|赋分)(?:，|,|。|；|;|$)"
)


def _weighted(text: str) -> str:
    """A weighted sum of rates said in words, as the formula it is; "" for any other text."""
    pairs: list[tuple[str, str]] = []
    if match := _LISTED.match(text):
        names, shares = re.findall(_RATE, match.group(1)), re.findall(_SHARE, match.group(2))
        names = [name.lstrip("、和及与") for name in names]
        pairs = list(zip(names, shares, strict=False)) if len(names) == len(shares) else []
    elif match := _NAMED.match(text):
        pairs = [(one[0], one[1]) for one in re.findall(rf"({_RATE})(?:权重)?占({_SHARE})", match.group(1))]
    if match is None or len(pairs) < 2:
        return ""
    rest = text[match.end() :].strip()
    total = "+".join(f"{name}×{share_}" for name, share_ in pairs)
    return f"得分=（{total}）×分值{f'，{rest}' if rest else ''}"


_GRADE_WORDS = r"优秀|良好|较好|较差|一般|不合格|合格|优|良|中|好|差"
_GRADES_RUN = re.compile(rf"(?:(?:{_GRADE_WORDS})\d+(?:\.\d+)?分?[、，,/；;]?){{2,6}}")
_NAMED_POINTS = re.compile(r"([\u4e00-\u9fffA-E]{1,8})[:：](\d+(?:\.\d+)?)")
_BARE_SHARE = re.compile(r"([^，,；;：:]*\d[^，,；;：:]*)[，,：:](100|\d{1,2}(?:\.\d+)?)([%％]|(?<=[，,：:]0))")


def _spelled_out(text: str) -> str:
    """Terse cells in whole words: 优5良4中3差0, 一级：6；二级：4, ≥80%，100%；60%-80%，60%; "" for any other text."""
    said = text.strip().rstrip("。；;")
    if _GRADES_RUN.fullmatch(said):
        return "；".join(
            f"{word}得{points}分" for word, points in re.findall(rf"({_GRADE_WORDS})(\d+(?:\.\d+)?)", said)
        )
    parts = [part.strip() for part in re.split(r"[；;\n]", said)]
    if len(parts) < 2:
        return ""
    named = [_NAMED_POINTS.fullmatch(part) for part in parts]
    if all(named):
        return "；".join(f"{match.group(1)}得{match.group(2)}分" for match in named if match)
    shared = [_BARE_SHARE.fullmatch(part) for part in parts]
    shares = [Fraction(match.group(2)) for match in shared if match]
    if len(shares) == len(parts) and shares[0] == 100 and shares == sorted(set(shares), reverse=True):
        return "；".join(f"{match.group(1)}得分值的{match.group(2)}%" for match in shared if match)
    return ""


_FALLING_PLACES = re.compile(r"(?<=[，,；;])(?:以此类推[，,])?(?:依次|逐名|逐位)递减(\d+(?:\.\d+)?)分")


def _falling_places(text: str) -> str:
    """第1名得10分，第2名得9分，依次递减1分: every further place loses that much; "" for any other text."""
    found = _FALLING_PLACES.search(text)
    printed = re.findall(
        r"第([\d一二三四五六七八九十]+)[名位](?:的)?[得计](\d+(?:\.\d+)?)分", text[: found.start()] if found else ""
    )
    if found is None or len(printed) < 2:
        return ""
    last, before = Fraction(printed[-1][1]), Fraction(printed[-2][1])
    if before - last != Fraction(found.group(1)):
        return ""
    return f"{text[: found.start()]}以后每后移1名扣{found.group(1)}分{text[found.end() :]}"


# （1）走访户数（4分）： or 核查率，4分。 or 宣讲场次满分3分，: a part of a rule with its points or its share of the weight
_SECTION = re.compile(
    r"(?:^|[;；。\n])\s*(?:[①-⑳]|[（(]?[\d一二三四五六七八九]{1,2}[)）]|\d{1,2}[.、．]|[一二三四五六七八九]、)?\s*"
    r"([\u4e00-\u9fffA-Za-z]{2,20}?)(?:[（(](?:满分)?(\d+(?:\.\d+)?)(分|[%％])[)）]\s*[:：。，,]?(?=\s*[^\s；;。])"
    r"|[，,]\s*(?:满分)?(\d+(?:\.\d+)?)(分)\s*[。:：]|满分(\d+(?:\.\d+)?)(分)\s*[，,:：。])"
)


def _sections(text: str, context: Context) -> Reading | None:
    """①走访户数（4分）：达到200户得满分，每少1户扣0.1分；②归档率（2分）：…: whole rules whose scores are added up."""
    found = list(_SECTION.finditer(text))
    weight = amount_of(context)
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
        tree = _part(rule, Context(name, target, short(most), year=context.year), name)
        if tree is None:
            return None
        items.append(tree)
    total = Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), Input("weight", "分"))
    return Reading(text, Status.EXECUTABLE, (total,), (), _input_names([total]))


_NOTHING = r"(?:的)?[，,]?(?:本项|该项)?(?:不得分|得0分|计0分|不计分)"
_GATE_FIRST = re.compile(
    rf"^\s*([^，,；;。的]{{3,20}}){_NOTHING}[；;，,。]\s*([^，,；;。的]{{2,20}})的[，,](.+)$", re.S
)
_GATE_LAST = re.compile(
    rf"^\s*([^，,；;。的]{{3,20}})的[，,](.+)[；;。]\s*([^，,；;。的]{{3,20}}){_NOTHING}[。]?\s*$", re.S
)
_OWN_STATE = re.compile(r"(?:按时|按期|全部|如期|及时)?(?:完成|达到|达标|实现|达成)(?:目标|任务|计划|指标)?值?")
_BY_RATE = re.compile(r"^按照?([\u4e00-\u9fff]{2,14}(?:率|度))(?:计分|得分|赋分|评分)[，,：:](?=.*[率度\d])")
_FIRST_RATE = re.compile(r"[\u4e00-\u9fff]{1,14}?[率度]")


def _gated(text: str, context: Context, reading: Reading) -> Reading | None:
    """未取得批复的不得分；取得批复的，…: a state or a count beside the rule proper decides whether it applies at all."""
    if "分" not in text or "的" not in text or ("不" not in text and "0分" not in text):
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
    label = _LABEL.match(fold(context.target))
    name = fold(named) or (label.group(1) if label else fold(context.indicator))
    inner = read_rule(rest, context)
    if inner.status is not Status.EXECUTABLE:
        inner = read_rule(rest, replace(context, target=""))
    if inner.status is not Status.EXECUTABLE or len(inner.trees) != 1:
        return None
    if {one.name for one in inputs_in(inner.trees[0])} - {"weight", "target"} != {"actual"}:
        return None
    zero, proper = Const(Fraction(0), "分"), _renamed(inner.trees[0], name)
    branches = (Branch(closed, zero, span=(0, len(text))),)
    tree: Expr = Case(branches, proper)
    if isinstance(closed, Stated):
        tree = Case((*branches, Branch(Stated((opened,), closed.input), proper, span=(0, len(text)))))
    return replace(inner, text=text, trees=(tree,), inputs=_input_names([tree]))


def _shut(shut: str, opened: str, *, exists: bool) -> Condition | None:
    """When nothing is scored: the printed state, or the printed bound of another measure; None unless the two are opposites."""
    one, two = (g.condition(tokens(part), part) for part in (shut, opened))
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
        return Compare(Input(measure, unit), one.bounds[0].sign, Const(number.value * _scale(number), unit))
    if (one is not None and one.bounds) or (two is not None and two.bounds):
        return None
    if exists:
        name = re.sub(r"^(?:存在|发生|出现|有)", "", shut)
        denied = re.sub(r"^(?:不存在|未发生|未出现|没有)", "", opened)
        return Stated((shut,), name) if denied in ("", name) else None
    name, negated = _without_negation(shut)
    plain, denied_too = _without_negation(opened.removeprefix("已").removeprefix("有"))
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


@cache
def _slips() -> dict[str, str]:
    """Slips of the keyboard and of scans, and what they mean; sides of one length, so that places stay."""
    data = tomllib.loads(files("hengjian.rules").joinpath("slips.toml").read_text(encoding="utf-8"))
    return {str(wrong): str(right) for wrong, right in data["typos"].items()}


# letters where only a digit can be meant: 9O%, O.5分, 每低l个百分点
_LETTERS = re.compile(
    r"(?<=\d)[OoＯ]+(?=[OoＯ\d.%％]|[分个次人天]|$)|(?<![A-Za-z])[OoＯ](?=\.\d)|(?<=[每低少差缺扣迟超期误生现])[lI|](?=[个次项分天起件人%％])"
)


# what a rule is called or how it is laid out says nothing about the score; blanks keep the places
_HEADINGS = (
    re.compile(r"^\s*【[^】]{1,12}】"),
    re.compile(r"^\s*按[\u4e00-\u9fff]{2,10}分[档段级](?:计分|赋分|得分|评分)[：:，,]"),
    re.compile(r"为第?[一二三四五六]档(?=[，,])"),
)
_BLANK = re.compile(r"[^\S\n](?![^\S\n]*\d)")  # a blank before a number may part two bands (60% 3分 70% 4分)
_AS_DEDUCTION = re.compile(r"(?<=[，,；;。：:\n])([^，,；;。：:\n]*[*×/÷][^，,；;。：:\n]*)为扣分(?=[，,；;。\n]|$)")
_BOTH_SIDES = re.compile(r"(?:高于或低于|低于或高于)目标值(?=±?\d[\d.]*[%％])")
_BARS = re.compile(r"\|[\u4e00-\u9fff]{1,10}\|(?=\s*[≤<＜≥>＞=])")  # |偏差|≤8%
_EITHER = re.compile(r"(多|高|超|增加|上升)[（(](少|低|减少|下降)[)）]")  # 每多（少）1支


def _mended(text: str) -> tuple[str, tuple[Note, ...]]:
    """The text with its slips put right (C21), and a note for each."""
    for pattern in _HEADINGS:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    if _BARS.search(text):
        text = _BARS.sub(lambda match: match.group().replace("|", "‖"), text)
    text = _AS_DEDUCTION.sub(r"扣分=\1", text)  # 推迟天数/365天×指标分为扣分
    text = _BOTH_SIDES.sub("偏离目标值    ", text)
    text = _EITHER.sub(lambda match: f"{match.group(1)}或{match.group(2)}".ljust(len(match.group())), text)
    found = [(at, wrong, right) for wrong, right in _slips().items() if (at := text.find(wrong)) >= 0]
    letters = list(_LETTERS.finditer(text))
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

    def visit(part: object, name: str = "") -> object:
        if name == "span" and isinstance(part, tuple):
            start, end = part
            return (
                kept[start] if start < len(kept) else len(text),
                kept[end - 1] + 1 if 0 < end <= len(kept) else len(text) if end else 0,
            )
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if is_dataclass(part) and not isinstance(part, type):
            return type(part)(**{one.name: visit(getattr(part, one.name), one.name) for one in fields(part)})
        return part

    moved = visit(reading)
    if not isinstance(moved, Reading):
        raise TypeError("a reading stays a reading")
    return replace(moved, text=text)


def _read(text: str, items: Sequence[g.Item], context: Context, origin: str) -> Reading:
    """Run the meaning once for every answer to every open question."""
    first = _Rule(text, items, context, {})
    tree = first.read()
    trees = [] if tree is None else [tree]
    questions = dict(first.asked)
    if tree is not None and questions:
        answers = [
            dict(zip(questions, combination, strict=True))
            for combination in product(*(range(count) for count in questions.values()))
        ]
        for answer in answers[1:_MOST_TREES]:
            other = _Rule(text, items, context, answer).read()
            if other is not None and other not in trees:
                trees.append(other)
    notes = tuple(dict.fromkeys(first.notes))
    status = first.status
    if not trees:
        status = Status.DEFECTIVE
    elif len(trees) == 1 and status is Status.AMBIGUOUS and not first.firm:
        status = Status.EXECUTABLE
    if trees and status in (Status.EXECUTABLE, Status.AMBIGUOUS):
        gap = _gap(trees[0], context, first.frame, first.probes)
        if gap is not None:
            notes = (*notes, gap)
            status = Status.DEFECTIVE
    return Reading(text, status, tuple(trees), notes, _input_names(trees), origin)


def _input_names(trees: Sequence[Expr]) -> tuple[str, ...]:
    names = [one.name for tree in trees for one in inputs_in(tree) if one.name not in ("weight", "target")]
    return tuple(dict.fromkeys(names))


class _Rule(Meaning):
    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> Expr | None:
        self.gather()
        if not self.clauses and self.frame.grades:
            return self.grades_without_points()
        tree = self.understand()
        if self.failed or tree is None:
            self.status = Status.DEFECTIVE
            if not any(note.code == "R10" for note in self.notes):
                self.fail((0, len(self.text)))
            return None
        return self.with_counts(tree)

    def with_counts(self, tree: Expr) -> Expr:
        """Where the rule says how the row's rate is worked out, its counts may be typed instead of the rate."""
        if self.frame.unit != "%":
            return tree
        ways = [way for body in self.defined.values() if (way := _counted(body))]
        if len(ways) != 1:
            return tree
        plain = {
            one for one in inputs_in(tree) if one.name == "actual" and one.unit == "%" and one.sense in ("", "level")
        }
        return _resensed(tree, plain, f"share:{ways[0]}")

    def gather(self) -> None:
        """Clauses from items: a chunk is the condition of the consequence right behind it."""
        for item in self.items:
            if isinstance(item, g.Define):
                self.define(item)
        pending: g.Chunk | None = None
        label = ""
        for position, item in enumerate(self.items):
            if isinstance(item, g.Chunk):
                if pending is not None:
                    self.loose.append(Loose(pending, label))
                pending = self.without_basis(item)
            elif isinstance(item, g.Break):
                if pending is not None:
                    self.loose.append(Loose(pending, label))
                    pending = None
                label = item.label or (
                    "" if item.span and self.text[item.span[0] : item.span[0] + 1] in "；;。\n" else label
                )
            elif isinstance(item, g.Unknown):
                self.unknown(item, pending, position)
                pending = None
            elif isinstance(item, (g.Floor, g.Most, g.PartialStep, g.RoundTo, g.Choice, g.Remark, g.Define, g.Mean)):
                if isinstance(item, g.Mean):
                    if pending is not None:
                        self.mods.append(item)
                        self.loose.append(Loose(pending, "mean"))
                        pending = None
                    else:
                        self.mods.append(item)
                    continue
                if isinstance(item, g.Define):
                    self.define(item)
                    continue
                if isinstance(item, g.Remark) and item.kind == "capratio" and pending is not None:
                    pending = None  # 超过目标按目标计
                    continue
                if isinstance(item, g.Most) and pending is not None and self.clauses and self.quiet(pending):
                    pending = None
                (self.clauses[-1].mods if self.clauses else self.mods).append(item)
            else:
                cond = g.condition(self.lettered(pending.tokens), self.text) if pending is not None else None
                if isinstance(item, g.Points) and item.value == 0 and not item.base:
                    item = g.Zero(item.span)
                if (
                    isinstance(item, g.Step)
                    and pending is not None
                    and any(t.kind == "every" for t in pending.tokens)
                    and (cond is None or not cond.leftover)
                ):
                    cond = None  # 每季度召开1次，每缺1次扣1分: the target said again
                last = self.clauses[-1].cons if self.clauses else None
                if isinstance(item, g.Range) and pending is None and isinstance(last, g.Discretion):
                    self.clauses[-1].cons = replace(item, deduct=last.deduct)  # 酌情打分，0-5分
                    continue
                if pending is None and isinstance(item, g.Zero) and isinstance(last, g.Zero) and last.veto:
                    continue  # 一票否决，得0分
                span = (pending.span[0] if pending is not None else item.span[0], item.span[1])
                if (
                    isinstance(item, g.Formula)
                    and pending is not None
                    and not pending.tokens[0].text.startswith(("已", "未"))
                    and not fold(self.text[slice(*pending.span)]).startswith(("已", "未"))
                    and cond is not None
                    and cond.state == "text"
                    and not cond.bounds
                    and not cond.leftover
                    and not cond.joined
                ):
                    cond = None  # 本项得分=…
                self.clauses.append(Clause(cond, item, label=label, span=span))
                pending = None
        if pending is not None:
            self.loose.append(Loose(pending, label))

    def lettered(self, read: tuple[Token, ...]) -> tuple[Token, ...]:
        """B≥A with A为计划数，B为完成数: the letters as the words they stand for, the actual in front."""
        read = self.renamed(read)
        sign = next((k for k, token in enumerate(read) if token.kind in ("cmp", *_SPOKEN_SIGNS)), 0)
        if not sign or sign + 1 >= len(read) or read[sign - 1].kind != "var" or read[sign + 1].kind != "var":
            return read
        usual = {"A": "target", "B": "actual"}
        left, right = (self.letters.get(read[k].text, usual.get(read[k].text, "")) for k in (sign - 1, sign + 1))
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

    def renamed(self, read: tuple[Token, ...]) -> tuple[Token, ...]:
        """实际值A不大于目标值T: the letter behind a noun stands for it from here on."""
        kept: list[Token] = []
        for token in read:
            if token.kind == "var" and kept and kept[-1].kind in ("actual", "target"):
                self.letters[token.text] = kept[-1].kind
            else:
                kept.append(token)
        return read if len(kept) == len(read) else tuple(kept)

    def without_basis(self, chunk: g.Chunk) -> g.Chunk | None:
        """以计划数为基数，以100%为标准: what the rule starts from is no condition."""
        if chunk.tokens[0].kind != "by":
            return chunk
        stop = next(
            (number for number, token in enumerate(chunk.tokens) if token.kind in ("comma", "dun")), len(chunk.tokens)
        )
        head = chunk.tokens[:stop]
        said = "".join(token.text for token in head)
        if not any(
            word in said
            for word in ("基数", "标准", "基础", "依据", "上限", "下限", "基准", "考核", "底线", "起点", "目标值")
        ) or any(token.kind in ("cmp", "ge", "le", "gt", "lt") for token in head):
            return chunk
        numbers = [token for token in head if token.kind == "num"]
        if len(numbers) > 1:
            return chunk
        if numbers:
            self.intro = numbers[0]
        rest = chunk.tokens[stop + 1 :]
        return g.Chunk(rest, (rest[0].start, chunk.span[1])) if rest else None

    def settle_conditions(self) -> None:
        """达到预期效果 beside a target in words is a state; 满足其中一项 speaks of the conditions joined before."""
        self.settle_parts()
        self.settle_shares()
        joined = next((clause.cond for clause in self.clauses if clause.cond is not None and clause.cond.joined), None)
        for clause in self.clauses:
            cond = clause.cond
            if cond is None:
                continue
            if self.each_period(cond):
                if not self.restates(cond):
                    self.fail(cond.span, "与目标值一致的次数（如目标值写明“每月1次”）")
                    return
                clause.cond = g.Cond(cond.text, cond.span, "reach")
                continue
            if joined is not None and cond is not joined and not cond.joined:
                said = fold(cond.text)
                if any(
                    word in said
                    for word in (
                        "一项",
                        "其一",
                        "任一",
                        "之一",
                        "一个条件",
                        "其中1项",
                        "只达到一个",
                        "达到一个",
                        "有一个",
                        "1项",
                        "一条",
                    )
                ) and not any(word in said for word in ("均", "都", "未满足任")):
                    clause.cond = replace(joined, text=cond.text, span=cond.span, any=True)
                    continue
                if (
                    any(
                        word in said
                        for word in (
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
                        )
                    )
                    and not cond.measure_bounds()
                ):
                    clause.cond = g.Cond(cond.text, cond.span, "else")
                    continue
            if (
                cond.bounds
                and not self.frame.numeric
                and not self.frame.deadline
                and all(bound.number is None and not bound.average for bound in cond.bounds)
            ):
                state = "short" if any(bound.sign in (Sign.LT, Sign.LE) for bound in cond.bounds) else "reach"
                clause.cond = replace(
                    cond, bounds=(), state=cond.state if cond.state in ("short", "reach", "else") else state
                )

    def settle_parts(self) -> None:
        """两项指标均达到的 beside a target of two parts: the parts are the conditions."""
        if len(self.frame.parts) != 2:
            return
        for clause in self.clauses:
            cond = clause.cond
            if cond is None or cond.joined or not _ALL_PARTS.search(fold(cond.text)):
                continue
            parts = []
            for label, frame in self.frame.parts:
                if frame.value is None or not label:
                    return
                number = Token("num", short(frame.value), *cond.span, frame.value, frame.unit)
                bound = g.Bound(Sign.LE if frame.down else Sign.GE, number, cond.span)
                parts.append(g.Cond(label, cond.span, measure=label, bounds=(bound,)))
            clause.cond = g.Cond(cond.text, cond.span, joined=tuple(parts))
            return

    def settle_shares(self) -> None:
        """0.85≤执行率<0.95 in a row measured in %: decimals up to one are shares of one in every clause."""
        conds = [clause.cond for clause in self.clauses if clause.cond is not None and clause.cond.bounds]
        numbers = [bound.number for cond in conds for bound in cond.bounds if bound.number is not None]
        if self.frame.unit != "%" or (self.frame.value or Fraction(0)) < 10 or len(numbers) < 2:
            return
        if any(number.unit or number.scale or not 0 < number.value <= 1 for number in numbers):
            return
        if any(
            isinstance(clause.cons, (g.Formula, g.Step)) or (clause.cond and clause.cond.term)
            for clause in self.clauses
        ):
            return
        for clause in self.clauses:
            if clause.cond is not None:
                bounds = tuple(
                    bound
                    if bound.number is None
                    else replace(bound, number=replace(bound.number, value=bound.number.value * 100, unit="%"))
                    for bound in clause.cond.bounds
                )
                clause.cond = replace(clause.cond, bounds=bounds)

    def settle_table(self) -> None:
        """发生1起扣3分，发生2起扣6分，发生3起及以上不得分: the first entry is a value like the others, no step."""
        later = [
            bound.number
            for clause in self.clauses
            if isinstance(clause.cons, (g.Fixed, g.Zero, g.Points)) and clause.cond is not None
            for bound in clause.cond.bounds
            if bound.number is not None
        ]
        for clause in self.clauses:
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
            clause.cond = g.Cond(self.text[slice(*span)], span, state, step.noun, (bound,))
            clause.cons = g.Fixed(step.amount, False, step.span)

    def each_period(self, cond: g.Cond) -> bool:
        """每月召开1次: a count for every period, here or in a part joined with others."""
        if any(self.each_period(part) for part in cond.joined):
            return True
        counted = [bound.number for bound in cond.bounds if bound.number is not None]
        return (
            bool(counted)
            and _EACH.search(fold(cond.text)) is not None
            and not any(token.percent or token.unit in _TIMES for token in counted)
        )

    def restates(self, cond: g.Cond) -> bool:
        """Whether it says the target again: 每季度1次 beside 4次 a year, with or without 全年4次."""
        if cond.joined:
            return all(self.restates(part) for part in cond.joined)
        number = cond.bounds[0].number if len(cond.bounds) == 1 else None
        if number is None or self.frame.value is None or cond.bounds[0].sign in (Sign.LT, Sign.LE):
            return False
        period = _EACH.search(fold(cond.text))
        count = self.frame.number(number)
        if count is None:
            return False
        return count == self.frame.value or (
            period is not None and count * _PER_YEAR[period.group(1)] == self.frame.value
        )

    def quiet(self, chunk: g.Chunk) -> bool:
        return not any(g.heavy(token) for token in chunk.tokens)

    def unknown(self, item: g.Unknown, pending: g.Chunk | None, position: int) -> None:
        if item.text.startswith("加倍扣分") or item.text in ("双倍扣分", "加倍"):
            steps = [clause for clause in self.clauses if isinstance(clause.cons, g.Step)]
            if steps:
                steps[-1].mods.append(g.Remark("double", item.text, item.span))
                return
        self.fail(item.span, item.expected)

    def define(self, item: g.Define) -> None:
        if item.body is not None:
            self.defined[fold(item.name)] = item.body
        elif item.text:
            actual = any(mark in item.text for mark in ("实际", "完成值", "完成数", "执行数"))
            target = any(mark in item.text for mark in ("目标", "计划", "指标值", "预期", "任务"))
            self.letters[item.name] = (
                "actual"
                if actual and not (target and not item.text.startswith("实际"))
                else "target"
                if target
                else "actual"
            )

    # --- understanding ------------------------------------------------------------------------------------------------

    def understand(self) -> Expr | None:
        self.settle_loose()
        self.settle_conditions()
        self.settle_table()
        self.check_row()
        if self.failed:
            return None
        if not self.clauses:
            return None
        if len(self.clauses) > _MOST_CLAUSES:
            self.fail((0, len(self.text)), f"不超过{_MOST_CLAUSES}条的评分标准")
            return None
        for reader in (
            self.spread_levels,
            self.graded_target,
            self.award,
            self.checklist,
            self.rank_moves,
            self.several_causes,
            self.several_earned,
            self.parts,
            self.gate,
            self.tiers,
            self.judged,
            partial(read_numeric, self),
        ):
            tree = reader()
            if tree is not None or self.failed:
                return tree
        return None

    def check_row(self) -> None:
        """What is wrong with the row itself: a unit column that contradicts the target, a change without its base."""
        if self.frame.doubtful and self.frame.unit != "%":
            self.note(
                "D03", Severity.WARNING, f"目标值“{self.context.target.strip()}”里的计量单位与数值不符，按数值的单位读"
            )
            self.raise_to(Status.DEFECTIVE)
            self.firm = True
        if self.frame.sense == "change":
            self.note("R06", Severity.WARNING, "规则要与上年比较，上年的数值不在本行；请填写提高（降低）了多少个百分点")
            self.raise_to(Status.AMBIGUOUS)
            self.firm = True

    def settle_loose(self) -> None:
        """Chunks without a consequence: introductions are understood, harmless words dropped, anything else fails."""
        kept: list[Loose] = []
        for loose in self.loose:
            if loose.label == "mean":
                kept.append(loose)
                continue
            formula = g.whole_formula(loose.chunk.tokens)
            if formula is not None:
                self.clauses.insert(0, Clause(None, formula, span=loose.chunk.span))
                continue
            heavy = [token for token in loose.chunk.tokens if g.heavy(token) or token.kind == "var"]
            scoring = any(token.kind in _SCORING and len(token.text) > 1 for token in loose.chunk.tokens)
            if not heavy and not (scoring and not loose.label and len(loose.chunk.tokens) > 1):
                kept.append(loose)
                continue
            if not self.introduces(loose.chunk):
                self.fail(loose.chunk.span)
        self.loose = kept

    def introduces(self, chunk: g.Chunk) -> bool:
        """全年开展48次, 以100%为标准, 每季度召开1次, 允许退单5次: a threshold or the target said again."""
        cond = g.condition(chunk.tokens, self.text)
        if cond is None or cond.leftover or any(token.kind in _SCORING for token in chunk.tokens):
            return False
        if cond.date is not None and not cond.bounds:
            return True
        if len(cond.bounds) != 1 or cond.bounds[0].number is None:
            return False
        if any(token.kind == "op" for token in chunk.tokens):
            return all(token.kind != "op" or token.text in "()" for token in chunk.tokens)
        if not any(token.kind == "every" for token in chunk.tokens):  # 每季度召开1次 says the target again
            self.intro = cond.bounds[0].number
        return True

    # --- whole-rule shapes --------------------------------------------------------------------------------------------

    def grades_without_points(self) -> Expr | None:
        self.raise_to(Status.AMBIGUOUS)
        self.firm = True
        self.note("R06", Severity.WARNING, "只列出了优、良、中、差的标准，没有写明各等次得多少分；只能判定等次")
        branches = []
        for word, conditions in self.frame.grades:
            low = self.grade_condition(word, conditions)
            if low is None:
                return None
            branches.append(Branch(low, Silent("没有写明该等次得多少分"), grade=word))
        self.grade_gap(branches)
        return Case(tuple(branches))

    def grade_gap(self, branches: Sequence[Branch]) -> None:
        probe = Case(tuple(Branch(branch.condition, Const(Fraction(1)), branch.grade) for branch in branches))
        gap = _gap(probe, self.context, self.frame, self.probes)
        if gap is not None:
            self.notes.append(replace(gap, code="D14"))
            self.raise_to(Status.DEFECTIVE)

    def grade_condition(self, word: str, text: str) -> Condition | None:
        cond = g.condition(tokens(text), text)
        if cond is None:
            return None
        probe_bounds(self, cond)
        lowered = lower_condition(self, cond, best=False, grade=True)
        return lowered

    def graded_target(self) -> Expr | None:
        """优/良/中/差 in the target, and what each gives in the rule."""
        if not self.frame.grades:
            return None
        grades = dict(self.frame.grades)
        given: dict[str, Expr] = {}
        for clause in self.clauses:
            if isinstance(clause.cons, g.Spread):
                return self.spread_over(clause.cons, list(grades))
            if clause.cond is None:
                continue
            word = next(
                (word for word in grades if fold(clause.cond.text).endswith(word) or fold(clause.cond.text) == word),
                None,
            )
            result = self.simple(clause.cons)
            if word is None or result is None:
                self.fail(clause.span)
                return None
            given[word] = result
        return self.grade_case(given)

    def spread_over(self, spread: g.Spread, words: Sequence[str]) -> Expr | None:
        if len(spread.items) != len(words):
            self.fail(spread.span, f"与{len(words)}个等次一一对应的分数")
            return None
        given: dict[str, Expr] = {}
        for word, item in zip(words, spread.items, strict=True):
            result = self.simple(item)
            if result is None:
                self.fail(spread.span)
                return None
            given[word] = result
        return self.grade_case(given)

    def grade_case(self, given: Mapping[str, Expr]) -> Expr | None:
        branches = []
        for word, text in self.frame.grades:
            condition = self.grade_condition(word, text)
            if condition is None or word not in given:
                self.fail((0, len(self.text)), f"“{word}”一档得多少分")
                return None
            branches.append(Branch(condition, given[word], grade=word))
        self.grade_gap(branches)
        self.check_top([branch.value for branch in branches])
        exact = [
            branch for branch in branches if isinstance(branch.condition, Compare) and branch.condition.sign is Sign.EQ
        ]
        rest = [branch for branch in branches if branch not in exact]
        return Clamp(Case((*exact, *rest)), Const(Fraction(0), "分"), self.full())

    def spread_levels(self) -> Expr | None:
        """达成、部分达成、未达成三档，分别按100%-80%、80%-60%、60%-0%."""
        spreads = [clause for clause in self.clauses if isinstance(clause.cons, g.Spread)]
        if not spreads or self.frame.grades:
            return None
        clause = spreads[0]
        if not isinstance(clause.cons, g.Spread):
            return None
        words = self.listed_words(clause)
        if len(words) != len(clause.cons.items):
            self.fail(clause.cons.span, f"与前面所列{len(words)}档一一对应的分数")
            return None
        self.raise_to(Status.NEEDS_JUDGEMENT)
        if not any(isinstance(item, g.Range) for item in clause.cons.items):
            branches = []
            for word, item in zip(words, clause.cons.items, strict=True):
                result = self.simple(item)
                if result is None:
                    return None
                branches.append(Branch(Stated((word,)), result))
            self.check_top([branch.value for branch in branches])
            return Clamp(Case(tuple(branches)), Const(Fraction(0), "分"), self.full())
        lows = [item.low for item in clause.cons.items if isinstance(item, g.Range)]
        return Human(
            tuple(
                self.level(item, (word,), number == 0 or not isinstance(item, g.Range) or item.high not in lows)
                for number, (word, item) in enumerate(zip(words, clause.cons.items, strict=True))
            )
        )

    def listed_words(self, clause: Clause) -> list[str]:
        text = fold(clause.cond.text) if clause.cond is not None else ""
        text = (
            text.rpartition("分为")[2]
            if "分为" in text
            else text.rpartition("为")[2]
            if "、" in text.rpartition("为")[2]
            else text
        )
        text = text.rpartition(":")[2]
        for tail in (
            "三档",
            "四档",
            "五档",
            "两档",
            "三个档次",
            "四个档次",
            "等次",
            "三个等级",
            "四个等级",
            "四个等次",
            "三个等次",
            "档",
            "的",
            "等级",
            "三级",
            "四级",
        ):
            text = text.removesuffix(tail)
        return [word for word in text.replace("和", "、").replace("及", "、").replace(",", "、").split("、") if word]

    def level(self, item: g.Share | g.Points | g.Range, words: tuple[str, ...], top: bool) -> Level:
        if isinstance(item, g.Range):
            low, high = (
                (self.points(item.low), self.points(item.high))
                if item.unit == "分"
                else (share(self.full(), item.low), share(self.full(), item.high))
            )
            # a bound that two bands print belongs to the one that marks it （含）, else to the better band
            return Level(words, low, high, item.low_incl, top)
        result = self.simple(item) or Const(Fraction(0), "分")
        return Level(words, result, result)

    def award(self) -> Expr | None:
        """国家级5分、省级3分、市级1分，取最高 or 可累加."""
        kinds = {mod.kind for clause in self.clauses for mod in clause.mods if isinstance(mod, g.Choice)} | {
            mod.kind for mod in self.mods if isinstance(mod, g.Choice)
        }
        texts = [
            clause
            for clause in self.clauses
            if clause.cond is not None and not clause.cond.bounds and isinstance(clause.cons, g.Points)
        ]
        if len(texts) < 2 or len(texts) != len(self.clauses) or not kinds & {"best", "nosum", "sum"}:
            return None
        items: list[Expr] = []
        summed = "sum" in kinds and "best" not in kinds and "nosum" not in kinds
        for clause in texts:
            if not isinstance(clause.cons, g.Points):
                return None
            noun = _award_name(cond_of(clause).text)
            points = self.points(clause.cons.value)
            count = Input(noun)
            items.append(
                Arith(Op.MUL, count, points)
                if summed
                else Case((Branch(Compare(count, Sign.GE, Const(Fraction(1))), points),), Const(Fraction(0), "分"))
            )
        return Clamp(Combine(Pick.SUM if summed else Pick.MAX, tuple(items)), Const(Fraction(0), "分"), self.full())

    def checklist(self) -> Expr | None:
        """①…，2分；②…，1分: a person ticks the items; or ①…②… and 每有一处不合规扣1分."""
        labelled = [
            clause
            for clause in self.clauses
            if isinstance(clause.cons, (g.Points, g.Share))
            and clause.cond is not None
            and not clause.cond.bounds
            and clause.cond.state != "else"
        ]
        rest = [clause for clause in self.clauses if clause not in labelled and not isinstance(clause.cons, g.NoBonus)]
        if len(labelled) >= 2 and all(self.says_again(clause, labelled) for clause in rest):
            points = [clause.cons.value for clause in labelled if isinstance(clause.cons, g.Points)]
            summed = (
                len(points) == len(labelled)
                and self.weight is not None
                and (sum(points) == self.weight)
                and max(points) < self.weight
            )
            ticks = (
                all(clause.label for clause in labelled)
                and len(points) == len(labelled)
                and 0 not in points
                and (self.weight is None or max(points) < self.weight)
            )
            earned = all(
                not isinstance(clause.cons, g.Points) or clause.cons.bare or clause.label or summed
                for clause in labelled
            )
            if (summed or ticks) and earned:
                return self.ticked(labelled, points)
        steps = [clause for clause in self.clauses if isinstance(clause.cons, g.Step)]
        listed = [loose for loose in self.loose if loose.label]
        if len(steps) == 1 and len(self.clauses) == 1 and len(listed) >= 2:
            self.raise_to(Status.NEEDS_JUDGEMENT)
            step = step_of(steps[0])
            if step.amount is None or step.verb not in ("deduct", "earn"):
                return None
            if step.verb == "earn" and step.amount.unit == "分" and (step.size is None or step.size.value == 1):
                each = [Clause(None, steps[0].cons, label=loose.label) for loose in listed]
                return self.ticked(each, [step.amount.value] * len(each))
            count = Input("actual", step.size.unit if step.size is not None else "")
            size = Const(step.size.value if step.size is not None else Fraction(1))
            moved = Arith(Op.MUL, Steps(count, size, Partial.LINEAR), self.amount(step.amount))
            body: Expr = Arith(Op.SUB, self.full(), moved) if step.verb == "deduct" else moved
            return self.finish(body, steps)
        return None

    def says_again(self, clause: Clause, items: Sequence[Clause]) -> bool:
        """每缺一项扣相应分值, 不符合的不得分 behind a list of items with points: what the points say already."""
        if not all(item.label for item in items):
            return False
        cons, cond = clause.cons, clause.cond
        if isinstance(cons, g.Zero):
            return (
                cond is not None
                and not cond.bounds
                and fold(cond.text).startswith(("不符合", "未", "否则", "不达", "不满足"))
            )
        if not isinstance(cons, g.Step) or cons.verb != "deduct" or (cons.size is not None and cons.size.value != 1):
            return False
        if cons.amount is None:
            return True
        return cons.amount.unit == "分" and all(
            isinstance(item.cons, g.Points) and item.cons.value == cons.amount.value for item in items
        )

    def ticked(self, clauses: Sequence[Clause], points: Sequence[Fraction]) -> Expr:
        self.raise_to(Status.NEEDS_JUDGEMENT)
        total = sum(points, Fraction(0))
        if self.weight is not None and total != self.weight and self.weight != 0:
            choice = self.option(
                "items",
                2,
                Status.DEFECTIVE,
                Note(
                    "R07",
                    Severity.WARNING,
                    f"各要点合计{short(total)}分，分值是{short(self.weight)}分，两处不一致；请核对各要点的分数",
                    example=f"{short(total)}分",
                ),
            )
            self.scale = Fraction(1) if choice == 0 else self.weight / total
            self.cap_at = total if choice == 0 else None
        items: list[Expr] = []
        for number, (clause, got) in enumerate(zip(clauses, points, strict=True)):
            name = _item_label(clause.label, number) if clause.label else fold(clause.cond.text if clause.cond else "")
            items.append(Case((Branch(Stated(("符合",), name), self.points(got)),), Const(Fraction(0), "分")))
        return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), self.cap())

    def rank_moves(self) -> Expr | None:
        """排名较上年上升或持平得满分，每下降1位扣1分: how far the place moved is what is typed (下降3位)."""
        steps = [clause for clause in self.clauses if isinstance(clause.cons, g.Step)]
        rest = [clause for clause in self.clauses if clause not in steps]
        if len(steps) != 1 or not _MOVED.search(fold(self.text)) or (self.frame.numeric and self.frame.unit != "名次"):
            return None
        step = step_of(steps[0])
        if (
            step.verb != "deduct"
            or step.way not in ("short", "rank")
            or step.amount is None
            or step.threshold is not None
        ):
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
        lost = Arith(Op.MUL, Steps(fallen, size, span=step.span), self.amount(step.amount))
        return self.finish(Arith(Op.SUB, self.full(), lost), self.clauses)

    def several_causes(self) -> Expr | None:
        """脱岗1人次扣1分，迟到1人次扣0.2分: a count for every cause."""
        steps = [
            clause
            for clause in self.clauses
            if isinstance(clause.cons, g.Step)
            and clause.cons.verb == "deduct"
            and clause.cons.way in ("event", "late", "")
            and not (clause.cons.size is not None and (clause.cons.size.percent or clause.cons.size.unit in _TIMES))
        ]
        others = [
            clause
            for clause in self.clauses
            if clause not in steps and not isinstance(clause.cons, (g.Full, g.NoBonus))
        ]
        if any(clause.cond is not None and clause.cond.bounds for clause in steps):
            return None
        nouns = [self.cause(clause) for clause in steps]
        gates = [clause for clause in others if self.forbids(clause, nouns)]
        if len(gates) < len(others) or len(set(nouns)) != len(nouns) or not all(nouns):
            return None
        if len(steps) < 2 and (not steps or not gates or nouns[0] in _UNITS or len(nouns[0]) < 3):
            return None
        parts: list[Expr] = []
        for clause, noun in zip(steps, nouns, strict=True):
            step = step_of(clause)
            if step.amount is None:
                return None
            size = step.size.value if step.size is not None else Fraction(1)
            moved: Expr = Arith(Op.MUL, Steps(Input(noun), Const(size)), self.amount(step.amount))
            parts.append(self.limited(moved, clause, last=clause is steps[-1] and not self.all_capped(steps)))
        left = Arith(Op.SUB, self.full(), Combine(Pick.SUM, tuple(parts)))
        body = (
            Clamp(left, Const(Fraction(0), "分"), self.full()) if self.all_capped(steps) else self.finish(left, steps)
        )
        for clause in gates:
            event = Compare(Input(_event_name(cond_of(clause))), Sign.GT, Const(Fraction(0)), span=clause.span)
            body = replace(body, body=Case((Branch(event, Const(Fraction(0), "分"), span=clause.span),), body.body))
        return body

    @staticmethod
    def counts_things(step: g.Step) -> bool:
        """每新增1个国家级奖项 counts them; 每增加1个百分点 does not."""
        return step.way in ("", "event", "done") or (step.way == "over" and "增" in step.words and len(step.noun) > 2)

    @staticmethod
    def forbids(clause: Clause, nouns: Sequence[str]) -> bool:
        """发生重大事故的不得分 beside steps for other events."""
        cond = clause.cond
        if not isinstance(clause.cons, g.Zero) or cond is None or cond.bounds or cond.joined or cond.state != "some":
            return False
        name = _event_name(cond)
        return bool(name) and name not in nouns

    def several_earned(self) -> Expr | None:
        """国家级课题每项3分，省级课题每项2分: a count for every kind of thing, all added up or the best taken."""
        earns = [
            clause for clause in self.clauses if isinstance(clause.cons, g.Step) and clause.cons.verb in ("earn", "add")
        ]
        if len(earns) < 2 or len(earns) != len(self.clauses) or self.weight == 0:
            return None
        steps = [step_of(clause) for clause in earns]
        nouns = [_award_name(self.cause(clause)) for clause in earns]
        if (
            any(clause.cond is not None and (clause.cond.bounds or clause.cond.joined) for clause in earns)
            or len(set(nouns)) != len(nouns)
            or not all(nouns)
            or any(noun in _UNITS for noun in nouns)
            or any(step.size is not None and (step.size.percent or step.size.unit in _TIMES) for step in steps)
            or any(step.amount is None or not self.counts_things(step) for step in steps)
        ):
            return None
        mods = [mod for clause in earns for mod in clause.mods] + self.mods
        kinds = {mod.kind for mod in mods if isinstance(mod, g.Choice)}
        best = "best" in kinds or ("nosum" in kinds and "同一" not in self.text and "同项" not in self.text)
        items: list[Expr] = []
        for noun, step in zip(nouns, steps, strict=True):
            if step.amount is not None:
                size = Const(step.size.value if step.size is not None else Fraction(1))
                items.append(Arith(Op.MUL, Steps(Input(noun), size, span=step.span), self.amount(step.amount)))
        return self.finish(Combine(Pick.MAX if best else Pick.SUM, tuple(items)), earns)

    @staticmethod
    def all_capped(steps: Sequence[Clause]) -> bool:
        """每份扣0.5分，最多扣2分；每份扣1分，最多扣3分: then the last cap is no cap of the whole."""
        return all(any(isinstance(mod, g.Most) and mod.amount is not None for mod in clause.mods) for clause in steps)

    def limited(self, moved: Expr, clause: Clause, *, last: bool) -> Expr:
        most = [mod for mod in clause.mods if isinstance(mod, g.Most) and mod.of in ("deduct", "")]
        if most and most[0].amount is not None and not last:
            return Clamp(moved, None, self.amount(most[0].amount), stated=True)
        return moved

    def cause(self, clause: Clause) -> str:
        step = step_of(clause)
        noun = step.noun
        if step.words and step.way in ("late", "") and not (step.every and step.words in ("每", "每发生", "每有")):
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

    def parts(self) -> Expr | None:
        """报告率100%得3分，抽查率10%以上得3分; 期数占40%，覆盖率占60%，分别按完成比例计分; a target of several parts."""
        means = [mod for mod in self.mods if isinstance(mod, g.Mean)]
        for clause in self.clauses:
            means += [mod for mod in clause.mods if isinstance(mod, g.Mean)]
        formulas = [clause for clause in self.clauses if isinstance(clause.cons, g.Formula)]
        if formulas and means:
            return None
        named = [
            clause
            for clause in self.clauses
            if clause.cond is not None
            and clause.cond.bounds
            and isinstance(clause.cons, (g.Points, g.Share))
            and clause.cond.measure
            and (clause.cond.state not in ("late", "early", "ontime") or _dated_measure(clause.cond))
        ]
        rest = [clause for clause in self.clauses if clause not in named]
        names = [self.part_name(clause.cond.measure) for clause in named if clause.cond is not None]
        if len(set(names)) < len(names) and all(cond_of(clause).date for clause in named):
            starts = [(cond_of(clause).span[0], cond_of(clause).bounds[0].span[0]) for clause in named]
            names = [self.part_name(self.text[start:end]) for start, end in starts]  # 6月底支付进度, 9月底支付进度
        if (
            len(named) >= 2
            and len(set(names)) == len(names)
            and not _alike(names)
            and (
                all(isinstance(clause.cons, (g.Zero, g.Full, g.NoBonus)) for clause in rest)
                or self.each_in_proportion(named, rest)
            )
        ):
            values = [clause.cons.value for clause in named if isinstance(clause.cons, (g.Points, g.Share))]
            share = all(isinstance(clause.cons, g.Share) for clause in named)
            if sum(values) == (100 if share else self.weight):
                return self.summed(named, names, ratio=self.each_in_proportion(named, rest))
        stepped = self.parts_with_steps(named, rest, names)
        if stepped is None:
            stepped = self.sectioned(named, names)
        if stepped is not None:
            return stepped
        parts = self.frame.parts
        if len(parts) >= 2 and (means or self.refers_to_target()):
            return self.by_part(parts, means)
        return None

    def each_in_proportion(self, named: Sequence[Clause], rest: Sequence[Clause]) -> bool:
        """6月底…得4分，9月底…得3分；未达到的按比例得分: what falls short earns its share of its own part."""
        return (
            len(rest) == 1
            and self.clauses[-1] is rest[0]
            and isinstance(rest[0].cons, g.Ratio)
            and rest[0].cons.kind == "done"
            and rest[0].cond is not None
            and rest[0].cond.state == "short"
            and not rest[0].cond.bounds
            and all(
                len(cond_of(clause).bounds) == 1 and cond_of(clause).bounds[0].sign in (Sign.GE, Sign.EQ)
                for clause in named
            )
        )

    def parts_with_steps(self, named: Sequence[Clause], rest: Sequence[Clause], names: Sequence[str]) -> Expr | None:
        """A率达到95%得3分，每低1个百分点扣0.3分；B率达到90%得3分，每低…: every part loses its own steps."""
        points = [clause.cons.value for clause in named if isinstance(clause.cons, g.Points)]
        if len(named) < 2 or len(set(names)) != len(names) or _alike(names) or sum(points) != self.weight:
            return None
        if (
            len(points) != len(named)
            or len(rest) != len(named)
            or self.clauses != [clause for pair in zip(named, rest, strict=True) for clause in pair]
        ):
            return None
        items: list[Expr] = []
        for clause, after, name, most in zip(named, rest, names, points, strict=True):
            step, bounds = after.cons, cond_of(clause).bounds
            number = bounds[0].number if len(bounds) == 1 else None
            if (
                not isinstance(step, g.Step)
                or step.verb != "deduct"
                or step.way != "short"
                or step.amount is None
                or step.amount.unit != "分"
                or step.high is not None
                or after.cond is not None
                or number is None
                or bounds[0].sign not in (Sign.GE, Sign.EQ)
                or (step.size is not None and step.size.percent is not number.percent)
            ):
                return None
            unit = "%" if number.percent else number.unit
            size = Const(step.size.value * _scale(step.size) if step.size is not None else Fraction(1), unit)
            away = Arith(Op.SUB, Const(number.value * _scale(number), unit), Input(name, unit))
            lost = Arith(Op.MUL, Steps(away, size, span=step.span), self.amount(step.amount))
            full = self.points(most)
            items.append(Clamp(Arith(Op.SUB, full, lost), Const(Fraction(0), "分"), full))
        return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), self.full())

    def sectioned(self, named: Sequence[Clause], names: Sequence[str]) -> Expr | None:
        """件数达到50件得3分，未达到的按比例得分；合格率达到95%得5分，每低1个百分点扣0.5分: a whole rule for every measure."""
        points = [clause.cons.value for clause in named if isinstance(clause.cons, g.Points)]
        if len(points) != len(named) or len(named) < 2 or len(set(names)) != len(names) or _alike(names):
            return None
        if sum(points) != self.weight or self.clauses[0] is not named[0]:
            return None
        starts = [self.section_start(clause) for clause in named]
        items: list[Expr] = []
        for clause, name, most, start, end in zip(
            named, names, points, starts, [*starts[1:], len(self.text)], strict=True
        ):
            bounds = cond_of(clause).bounds
            token = bounds[0].number
            if len(bounds) != 1 or token is None or bounds[0].gap or bounds[0].of_target:
                return None
            sign = {Sign.LE: "≤", Sign.LT: "<", Sign.GT: ">"}.get(bounds[0].sign, "≥")
            target = f"{sign}{self.text[token.start : token.end]}"
            text = _NUMBERING.sub("", self.text[start:end].strip())
            tree = _part(text, Context(name, target, str(most)), name)
            if tree is None:
                return None
            items.append(tree)
        return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), self.full())

    def section_start(self, clause: Clause) -> int:
        return clause.span[0]

    def refers_to_target(self) -> bool:
        return all(
            clause.cond is None or not (clause.cond.bounds or clause.cond.joined) for clause in self.clauses
        ) and not any(isinstance(clause.cons, g.Formula) for clause in self.clauses)

    def part_name(self, measure: str) -> str:
        return fold(measure)

    def summed(self, clauses: Sequence[Clause], names: Sequence[str], *, ratio: bool = False) -> Expr | None:
        items: list[Expr] = []
        for clause, name in zip(clauses, names, strict=True):
            cond = cond_of(clause)
            unit = next((bound.number.unit for bound in cond.bounds if bound.number is not None), "")
            measure = Input(name, "%" if unit in ("%", "百分点") else unit)
            compares = [self.compare_bound(bound, measure, unit, best=True) for bound in cond.bounds]
            result = self.simple(clause.cons)
            if result is None or any(one is None for one in compares):
                self.fail(clause.span)
                return None
            less: Expr = Const(Fraction(0), "分")
            whole = compares[0]
            if ratio and isinstance(whole, Compare) and isinstance(whole.right, Const) and whole.right.value:
                less = Arith(Op.MUL, Arith(Op.DIV, measure, whole.right), result)
            reached = _every([one for one in compares if one is not None])
            items.append(Case((Branch(reached, result, span=clause.span),), less))
        return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), self.full())

    def compare_bound(self, bound: g.Bound, measure: Expr, unit: str, *, best: bool) -> Condition | None:
        if bound.number is None:
            return None
        sign = Sign.GE if bound.bare or bound.reach else bound.sign
        value_ = bound.number.value * _scale(bound.number)
        return Compare(measure, sign, Const(value_, unit), span=bound.span)

    def by_part(self, parts: Sequence[tuple[str, Frame]], means: Sequence[g.Mean]) -> Expr | None:
        """One rule for every part of a compound target, weighted as printed."""
        weights: list[Fraction] | None = None
        labels = [label for label, _ in parts]
        if means:
            printed = [mean.value for mean in means]
            if len(printed) == len(parts) and all(one is not None for one in printed):
                weights = [one for one in printed if one is not None]
                spoken = [
                    fold("".join(token.text for token in loose.chunk.tokens))
                    for loose in self.loose
                    if loose.label == "mean"
                ]
                if len(spoken) == len(parts):
                    labels = spoken
                if sum(weights) != 100:
                    self.note("R07", Severity.WARNING, f"各部分占比合计{short(sum(weights, Fraction(0)))}%，不是100%")
                    self.raise_to(Status.DEFECTIVE)
            else:
                weights = [Fraction(100, len(parts))] * len(parts)
        inner: list[Expr] = []
        for label, frame in zip(labels, (frame for _, frame in parts), strict=True):
            measure = Input(label or frame.unit or "数量", frame.unit)
            got = self.part_rule(measure, frame)
            if got is None:
                return None
            inner.append(got)
        if weights is None:
            choice = self.option(
                "parts",
                2,
                Status.AMBIGUOUS,
                Note("R06", Severity.WARNING, "目标值有几个部分，规则没有写明各占多少分；请写明各部分的权重"),
            )
            if choice == 1:
                return Clamp(
                    Arith(Op.MUL, self.full(), Combine(Pick.MIN, tuple(_floored(one) for one in inner))),
                    Const(Fraction(0), "分"),
                    self.full(),
                )
            weights = [Fraction(100, len(parts))] * len(parts)
        items = tuple(
            share(Arith(Op.MUL, self.full(), one), weight) for one, weight in zip(inner, weights, strict=True)
        )
        return Clamp(Combine(Pick.SUM, items), Const(Fraction(0), "分"), self.full())

    def part_rule(self, measure: Input, frame: Frame) -> Expr | None:
        """The share (0 to 1) a part earns: in proportion, or all or nothing."""
        one = Const(Fraction(1))
        goal = Const(frame.value or Fraction(0), frame.unit)
        ratio = Arith(Op.DIV, goal, measure) if frame.down else Arith(Op.DIV, measure, goal)
        kinds = [clause.cons for clause in self.clauses]
        if any(isinstance(cons, g.Ratio) for cons in kinds):
            return Clamp(ratio, Const(Fraction(0)), one)
        if any(isinstance(cons, g.Zero) for cons in kinds):
            return Case((Branch(Compare(measure, Sign.LE if frame.down else Sign.GE, goal), one),), Const(Fraction(0)))
        self.fail((0, len(self.text)), "各部分如何计分")
        return None

    def gate(self) -> Expr | None:
        """发生X的一票否决，不得分；否则…: an event beside the rule proper."""
        if len(self.clauses) < 2:
            return None
        for position, clause in enumerate(self.clauses):
            if not isinstance(clause.cons, g.Zero) or clause.cond is None or clause.cond.bounds:
                continue
            paired = self.paired_state(clause, position)
            if paired is not None:
                return paired
            if not (
                clause.cons.veto or (clause.cond.state in ("some", "text") and self.other_matter(clause, position))
            ):
                continue
            rest = [other for number, other in enumerate(self.clauses) if number != position]
            if not any(self.measured(other) for other in rest):
                continue
            noun = _event_name(clause.cond)
            outer = self.clauses
            self.clauses = [self.without_gate(other) for other in rest]
            inner = self.judged() or read_numeric(self)
            self.clauses = outer
            if inner is None:
                return None
            named = self.rate_named(rest)
            if named:
                inner = _renamed(inner, named)
            return Case(
                (
                    Branch(
                        Compare(Input(noun), Sign.GT, Const(Fraction(0))), Const(Fraction(0), "分"), span=clause.span
                    ),
                ),
                inner,
            )
        return None

    def paired_state(self, clause: Clause, position: int) -> Expr | None:
        """未制定方案的不得分；已制定方案的，按…: a state in words decides whether the rest applies."""
        cond = cond_of(clause)
        said = fold(cond.text).removesuffix("本项").removesuffix("该项").removesuffix("的")
        name, negated = _without_negation(said)
        if cond.bounds or cond.joined or len(name) < 2 or not negated or not isinstance(clause.cons, g.Zero):
            return None
        plain = cond.state == "text" or (cond.state == "none" and said.startswith(("无", "没有")))
        if not plain and (cond.state != "late" or self.frame.deadline or not cond.measure):
            return None  # 未开展调查的不得分: nothing done is a number, 0 (C19)
        others = [other for number, other in enumerate(self.clauses) if number != position]
        found = next(((one, lead) for one in others if (lead := self.opposite(one, name, negated=negated))), None)
        if found is None or not any(self.measured(one) for one in others):
            return None
        other, lead = found
        rest = self.after_lead(other, lead)
        if rest is None:
            return None
        outer = self.clauses
        self.clauses = [rest if one is other else one for one in others]
        inner = self.judged() or read_numeric(self)
        named = self.rate_named(self.clauses)
        self.clauses = outer
        if inner is None:
            return None
        if not named and any(one.name == "actual" for one in inputs_in(inner)):
            label = _LABEL.match(fold(self.context.target))
            named = label.group(1) if label else fold(self.context.indicator)
        return Case(
            (
                Branch(Stated((said,), name), Const(Fraction(0), "分"), span=clause.span),
                Branch(Stated((lead,), name), _renamed(inner, named) if named else inner, span=other.span),
            )
        )

    def opposite(self, clause: Clause, name: str, *, negated: bool) -> str:
        """The words of a clause that say the opposite of a state: 已制定, 在制定方案的基础上, 不存在的; "" for none."""
        if clause.cond is None:
            return ""
        lead = re.split(r"[,，的]", fold(clause.cond.text))[0]
        plain, denied = _without_negation(lead.removeprefix("在"))
        if denied == negated:
            return ""
        if lead in ("不存在", "未发生", "未出现", "没有", "未发现", "否则", "已通过", "通过"):
            return lead
        if negated and lead.startswith("已") and len(lead) <= 4 and lead[1:2] in name:
            return lead
        return (
            lead
            if _shared(plain.removeprefix("已"), name) and len(set(plain) & set(name)) * 2 >= len(set(plain))
            else ""
        )

    def after_lead(self, clause: Clause, lead: str) -> Clause | None:
        """The clause without its opening state: 调用及时的，储备达到20种 is 储备达到20种."""
        cond = cond_of(clause)
        read = [token for token in tokens(self.text) if cond.span[0] <= token.start < cond.span[1]]
        cut = next((k for k, token in enumerate(read) if token.kind == "comma"), len(read))
        rest = read[cut + 1 :]
        if not rest:
            return replace(clause, cond=None) if not isinstance(clause.cons, g.Zero) else None
        return replace(clause, cond=g.condition(rest, self.text))

    def rate_named(self, clauses: Sequence[Clause]) -> str:
        """The printed name of the measure of a formula or ratio (落实率)."""
        for clause in clauses:
            if isinstance(clause.cons, g.Formula):
                names = [
                    fold(name.text)
                    for name in _term_names(clause.cons.body)
                    if name.role in ("", "actual", "done") and fold(name.text).endswith(("率", "度", "占比", "比重"))
                ]
                if len(set(names)) == 1:
                    return names[0]
            if isinstance(clause.cons, g.Ratio) and fold(clause.cons.noun).endswith(("率", "度")):
                return fold(clause.cons.noun)
        return self.named_measure(clauses)

    def other_matter(self, clause: Clause, position: int) -> bool:
        """Whether a zero clause speaks of an event the other clauses do not measure."""
        cond = cond_of(clause)
        name = _event_name(cond)
        rest = [other for number, other in enumerate(self.clauses) if number != position and other.cond is not None]
        if not name or cond.state not in ("some",):
            return False
        if self.frame.value is None or self.frame.value == 0:
            return False
        return any(
            (other.cond is not None and other.cond.bounds and other.cond.measure)
            or isinstance(other.cons, (g.Step, g.Formula, g.Ratio))
            for other in rest
        ) and name not in fold(self.context.indicator)

    def measured(self, clause: Clause) -> bool:
        return isinstance(clause.cons, (g.Step, g.Ratio, g.Formula)) or bool(
            clause.cond is not None and clause.cond.bounds
        )

    def named_measure(self, clauses: Sequence[Clause]) -> str:
        for clause in clauses:
            if clause.cond is not None and clause.cond.bounds:
                name = fold(clause.cond.measure)
                for word in ("未发生", "未出现", "没有发生", "否则", "的", ","):
                    name = name.replace(word, "")
                if name:
                    return name
        return ""

    def without_gate(self, clause: Clause) -> Clause:
        cond = clause.cond
        if cond is None:
            return clause
        if cond.state in ("none", "else") and not cond.bounds:
            return replace(clause, cond=None) if self.measured(clause) else clause
        if cond.state in ("none", "else"):
            return replace(clause, cond=replace(cond, state=""))
        return clause

    def tiers(self) -> Expr | None:
        """前10个每个0.2分，超出部分每个0.1分."""
        earns = [clause for clause in self.clauses if isinstance(clause.cons, g.Step) and clause.cons.verb == "earn"]
        if len(earns) != 2 or len(self.clauses) != 2:
            return None
        first, second = earns
        if first.cond is None or len(first.cond.bounds) != 1 or first.cond.bounds[0].number is None:
            return None
        cut = self.frame.number(first.cond.bounds[0].number)
        sizes = [self.tier_size(clause) for clause in earns]
        again = [
            self.frame.number(bound.number) if bound.number is not None else None
            for bound in (second.cond.bounds if second.cond is not None else ())
        ]
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
        edge = Const(cut, self.frame.unit)
        one, two = (size or Fraction(1) for size in sizes)
        below: Expr = Clamp(self.actual(), None, edge, stated=True)
        below = below if one == 1 else Steps(below, Const(one, self.frame.unit))
        low = Arith(Op.MUL, below, self.amount(first.cons.amount))
        high = Arith(Op.MUL, Steps(Arith(Op.SUB, self.actual(), edge), Const(two)), self.amount(second.cons.amount))
        return self.finish(Arith(Op.ADD, low, high), earns)

    def tier_size(self, clause: Clause) -> Fraction | None:
        token = step_of(clause).size
        if token is None:
            return Fraction(1)
        return None if token.percent else self.frame.number(token)

    # --- a person decides ---------------------------------------------------------------------------------------------

    def judged(self) -> Expr | None:
        """Rules over words: 明显得满分，较明显得80%; 酌情扣分; 达到要求得满分，否则不得分 where the target is no number."""
        human = [clause for clause in self.clauses if isinstance(clause.cons, (g.Discretion, g.Range))]
        wordy = [
            clause
            for clause in self.clauses
            if clause.cond is not None and not clause.cond.bounds and not clause.cond.joined
        ]
        if human:
            return self.human(human)
        if len(wordy) < len([clause for clause in self.clauses if not isinstance(clause.cons, g.NoBonus)]) and not (
            wordy and all(self.simple(clause.cons) is not None for clause in self.clauses)
        ):
            return None
        if any(self.simple(clause.cons) is None and not isinstance(clause.cons, g.NoBonus) for clause in self.clauses):
            return None
        if any(clause.cond is not None and (clause.cond.bounds or clause.cond.joined) for clause in self.clauses):
            return None
        mixed = self.is_state_rule()
        if not mixed:
            return None
        if self.frame.numeric and not self.more_than_numbers():
            return None
        if not self.frame.numeric and self.frame.deadline:
            return None
        if not self.frame.numeric and self.counts_events():
            return None
        self.raise_to(Status.NEEDS_JUDGEMENT if not self.frame.numeric else Status.EXECUTABLE)
        return self.worded()

    def is_state_rule(self) -> bool:
        return bool(self.clauses) and all(
            clause.cond is not None for clause in self.clauses if not isinstance(clause.cons, g.NoBonus)
        )

    def counts_events(self) -> bool:
        """无X得满分；发生X不得分 beside a target such as 无 or 零: a number."""
        return all(
            clause.cond is not None and clause.cond.state in ("none", "some", "else") for clause in self.clauses
        ) and (
            self.frame.none
            or not self.frame.text
            or fold(self.frame.text).startswith(("无", "零", "未发生", "不发生", "杜绝"))
        )

    def more_than_numbers(self) -> bool:
        """完成改造并通过验收: a state no number of the target can express."""
        return any(
            clause.cond is not None
            and (
                " 且" in clause.cond.text
                or any(
                    word in clause.cond.text
                    for word in ("并通过", "并且", "且通过", "并验收", "且验收", "并投入", "并经")
                )
            )
            for clause in self.clauses
        )

    def worded(self) -> Expr:
        branches = []
        otherwise: Expr | None = None
        for clause in self.clauses:
            result = self.simple(clause.cons)
            if result is None or clause.cond is None:
                continue
            if clause.cond.state == "else":
                otherwise = result
                continue
            branches.append(Branch(Stated(_phrases(clause.cond)), result, span=clause.span))
        if otherwise is None and len(self.clauses) == 1 and isinstance(self.clauses[0].cons, (g.Zero, g.Fixed)):
            denied = fold(self.clauses[0].cond.text if self.clauses[0].cond is not None else "")
            if denied.startswith(("未", "没", "不")) and not getattr(self.clauses[0].cons, "add", False):
                otherwise = self.full()  # 未落实不得分: what is not so loses nothing
        self.check_top([*[branch.value for branch in branches], *([otherwise] if otherwise is not None else [])])
        if self.scale != 1 or self.cap_at is not None:
            branches = [replace(branch, value=self.rescaled(branch.value)) for branch in branches]
        return Clamp(Case(tuple(branches), otherwise), Const(Fraction(0), "分"), self.cap())

    def rescaled(self, expr: Expr) -> Expr:
        if isinstance(expr, Const):
            return Const(expr.value * self.scale, expr.unit)
        return Const(self.cap_at, "分") if self.cap_at is not None and isinstance(expr, Input) else expr

    def human(self, human: Sequence[Clause]) -> Expr | None:
        self.raise_to(Status.NEEDS_JUDGEMENT)
        caps = [mod for clause in self.clauses for mod in clause.mods if isinstance(mod, g.Most)] + [
            mod for mod in self.mods if isinstance(mod, g.Most)
        ]
        ranges = [clause for clause in human if isinstance(clause.cons, g.Range) and not clause.cons.deduct]
        if len(ranges) >= 2:
            levels = []
            for number, clause in enumerate(self.clauses):
                if clause.cond is None:
                    self.fail(clause.span, "这一档的条件")
                    return None
                if isinstance(clause.cons, (g.Range, g.Points, g.Share)):
                    shared = any(
                        isinstance(one.cons, g.Range)
                        and isinstance(clause.cons, g.Range)
                        and one is not clause
                        and one.cons.low == clause.cons.high
                        for one in self.clauses
                    )
                    levels.append(self.level(clause.cons, _phrases(clause.cond), number == 0 or not shared))
                elif isinstance(clause.cons, g.Zero):
                    levels.append(Level(_phrases(clause.cond), Const(Fraction(0), "分"), Const(Fraction(0), "分")))
                elif isinstance(clause.cons, g.Full):
                    levels.append(Level(_phrases(clause.cond), self.full(), self.full()))
                else:
                    self.fail(clause.span)
                    return None
            return Human(tuple(levels))
        branches: list[Branch] = []
        otherwise: Expr | None = None
        for clause in self.clauses:
            result = self.simple(clause.cons)
            person = result if result is not None else self.person(clause, caps)
            if person is None:
                self.fail(clause.span)
                return None
            if clause.cond is None or (len(self.clauses) == 1):
                otherwise = person
                continue
            if clause.cond.bounds and self.frame.numeric:
                lowered = lower_condition(self, clause.cond, best=result is not None)
                if lowered is None:
                    self.fail(clause.span)
                    return None
                branches.append(Branch(lowered, person, span=clause.span))
            elif self.frame.numeric and clause.cond.state in ("reach", "short", "over", "notover", "none", "some"):
                lowered = lower_condition(self, clause.cond, best=True)
                if lowered is None:
                    self.fail(clause.span)
                    return None
                branches.append(Branch(lowered, person, span=clause.span))
            elif clause.cond.state == "else":
                otherwise = person
            else:
                branches.append(Branch(Stated(_phrases(clause.cond)), person, span=clause.span))
        if not branches and otherwise is not None:
            if (
                len(self.clauses) == 1
                and self.frame.numeric
                and self.clauses[0].cond is not None
                and self.clauses[0].cond.state in ("short", "over", "reach")
            ):
                lowered = lower_condition(self, self.clauses[0].cond, best=False)
                if lowered is not None:
                    return Clamp(
                        Case((Branch(Not(lowered), self.full()),), otherwise), Const(Fraction(0), "分"), self.full()
                    )
            return otherwise
        if (
            otherwise is not None
            and not isinstance(otherwise, Const)
            and any(isinstance(branch.condition, Stated) for branch in branches)
        ):
            # 其余酌情扣分: the number a person gives stands for every state
            first = branches[0]
            return (
                Case((Branch(first.condition, otherwise),), otherwise)
                if len(branches) == 1
                else Case(tuple(branches), otherwise)
            )
        return Clamp(Case(tuple(branches), otherwise), Const(Fraction(0), "分"), self.full())

    def person(self, clause: Clause, caps: Sequence[g.Most]) -> Expr | None:
        cons = clause.cons
        if isinstance(cons, g.Range):
            low, high = (
                (self.points(cons.low), self.points(cons.high))
                if cons.unit == "分"
                else (share(self.full(), cons.low), share(self.full(), cons.high))
            )
            return Human(deduct=cons.deduct, low=low, high=high)
        if isinstance(cons, g.Discretion):
            taken = [cap for cap in caps if cap.amount is not None and cap.of in ("deduct", "") and cons.deduct]
            if taken and taken[0].amount is not None:
                return Human(deduct=True, low=Const(Fraction(0), "分"), high=self.amount(taken[0].amount))
            given = [cap for cap in caps if cap.amount is not None and cap.of in ("earn", "", "add")]
            if given and given[0].amount is not None:
                return Human(high=self.amount(given[0].amount))
            return Human()
        return None


# words that hand out points: a chunk with one of them is no introduction
_SCORING = frozenset({"by", "earn", "scored", "weight", "ratio", "shortratio", "overratio", "add", "lt", "else"})
_TIMES = ("天", "月", "小时", "分钟", "周", "季度", "年")
_MOVED = re.compile(r"(?:排名|排位|位次|名次)[^，,；;。]{0,4}(?:较|比|与)(?:上年|去年|上一年|上年度)")
_OPPOSITE = {Sign.LT: Sign.GE, Sign.LE: Sign.GT, Sign.GT: Sign.LE, Sign.GE: Sign.LT}
_ALL_PARTS = re.compile(
    r"(?:两项|两个|两者|二者|两类|各项)[\u4e00-\u9fff]{0,4}?(?:均|都|全部)(?:达到|达标|完成|满足|实现)"
)
_SPOKEN_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
_TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_EACH = re.compile(r"每(半年|季度|季|月|周|年)")
_PER_YEAR = {"半年": 2, "季度": 4, "季": 4, "月": 12, "周": 52, "年": 1}
_UNITS = frozenset(
    ("起", "处", "次", "个", "例", "件", "项", "篇", "人次", "人", "名", "条", "户", "家", "份", "辆", "宗", "场", "期")
)


def _dated_measure(cond: g.Cond) -> bool:
    """6月底支付进度达到45%: a rate on a day, no lateness."""
    return cond.date is not None and all(bound.number is not None and bound.number.percent for bound in cond.bounds)


def _floored(expr: Expr) -> Expr:
    """A part in the reading "all parts must be reached": its share counts only when whole."""
    return Case((Branch(Compare(expr, Sign.GE, Const(Fraction(1))), Const(Fraction(1))),), Const(Fraction(0)))


def _every(conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Every(tuple(conditions))


def _scale(token: Token) -> Fraction:
    return Fraction({"": 1, "万": 10_000, "亿": 100_000_000}[token.scale])


def _phrases(cond: g.Cond) -> tuple[str, ...]:
    """The printed state and, for 或, each of its halves."""
    text = fold(cond.text)
    for word in ("专家评价为", "评价为", "评定为", "评为", "等级为", "结果为", "考核为", "鉴定为", "测评为"):
        if word in text:
            text = text.rpartition(word)[2]
    text = text.removesuffix("的").strip("(),，、:")
    halves = [half for half in text.split("或") if len(half) > 1]
    return tuple(dict.fromkeys((text, *(halves if len(halves) > 1 else ()))))


def _item_label(label: str, number: int) -> str:
    circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
    return label if label in circled else circled[number] if number < len(circled) else label


def _award_name(text: str) -> str:
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


def _event_name(cond: g.Cond) -> str:
    name = fold(cond.text)
    for word in ("发生", "出现", "存在", "有", "凡", "如", "若", "一经查实", "一旦", "的", "等", "及以上"):
        name = name.replace(word, "") if len(name.replace(word, "")) > 1 else name
    return name


_DENIED = ("没有", "未能", "未按规定", "未", "不", "无", "没")


def _without_negation(text: str) -> tuple[str, bool]:
    """``未制定方案`` → (``制定方案``, True); ``项目未通过验收`` → (``项目通过验收``, True)."""
    for word in _DENIED:
        at = text.find(word)
        if 0 <= at <= 6:
            return text[:at] + text[at + len(word) :], True
    for word in ("存在", "发生", "出现"):
        if text.startswith(word):
            return text.removeprefix(word), False
    return text, False


def _shared(one: str, two: str) -> bool:
    return len(set(one) & set(two)) >= 2


def _term_names(term: g.Term) -> list[g.Name]:
    match term:
        case g.Name():
            return [term]
        case g.Size(inner):
            return _term_names(inner)
        case g.Extreme(_, items):
            return [name for item in items for name in _term_names(item)]
        case g.Calc(_, left, right):
            return [*_term_names(left), *_term_names(right)]
        case _:
            return []


# what a target measures, printed in front of its number (培训人数200人)
_LABEL = re.compile(r"([\u4e00-\u9fff]{2,12}?)(?=不低于|不高于|不超过|不少于|达到|[≥≤<>\d])")
# the number of the next part at the end of a section
_NUMBERING = re.compile(
    r"(?:[;；。,，、\s]*(?:[①-⑳]|[（(][\d一二三四五六七八九]{1,2}[)）]|\d{1,2}[.、．]|第[一二三四五]，?)?\s*)$"
)


def _part(text: str, context: Context, name: str) -> Expr | None:
    """The tree of one part of a rule, its measure called by its printed name; None unless it has one plain meaning."""
    reading = read_rule(text, context)
    if reading.status is not Status.EXECUTABLE or len(reading.trees) != 1:
        return None
    got = target_number(context)
    named = _replaced(
        reading.trees[0],
        {
            "weight": Const(Fraction(context.weight), "分"),
            "target": None if got is None else Const(got),
        },
    )
    if {one.name for one in inputs_in(named)} != {"actual"}:
        return None
    return _renamed(named, name)


def _counted(body: g.Term) -> str:
    """``支出数/预算数`` or ``计划数-实际数/计划数`` for a rate worked out from counts (×100%); "" for any other formula."""
    while isinstance(body, g.Calc) and body.op is Op.MUL and isinstance(body.right, g.Number):
        if body.right.token.value != 100:
            return ""
        body = body.left
    if not isinstance(body, g.Calc) or body.op is not Op.DIV or not isinstance(body.right, g.Name):
        return ""
    top = body.left
    names = [top] if isinstance(top, g.Name) else []
    if isinstance(top, g.Calc) and top.op is Op.SUB and isinstance(top.left, g.Name) and isinstance(top.right, g.Name):
        names = [top.left, top.right]
    texts = [fold(name.text) for name in (*names, body.right)]
    if not names or any(text.endswith(("率", "度", "比例", "比重")) or text in ("A", "B") for text in texts):
        return ""
    return f"{'-'.join(texts[:-1])}/{texts[-1]}"


def _resensed(node: Expr, which: Collection[Input], sense: str) -> Expr:
    """The tree with another sense for some inputs."""

    def visit(part: object) -> object:
        if isinstance(part, Input):
            return replace(part, sense=sense) if part in which else part
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if is_dataclass(part) and not isinstance(part, type):
            return type(part)(**{one.name: visit(getattr(part, one.name)) for one in fields(part)})
        return part

    result = visit(node)
    if not isinstance(
        result, Arith | Case | Clamp | Combine | Const | Human | Input | Interpolate | Silent | Rounded | Steps
    ):
        raise TypeError("an expression stays an expression")
    return result


def _replaced(node: Expr, values: Mapping[str, Const | None]) -> Expr:
    """The tree with constants for some inputs, in the unit of the input."""

    def visit(part: object) -> object:
        if isinstance(part, Input) and (known := values.get(part.name)) is not None:
            return replace(known, unit=part.unit or known.unit)
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if is_dataclass(part) and not isinstance(part, type):
            return type(part)(**{one.name: visit(getattr(part, one.name)) for one in fields(part)})
        return part

    result = visit(node)
    if not isinstance(
        result, Arith | Case | Clamp | Combine | Const | Human | Input | Interpolate | Silent | Rounded | Steps
    ):
        raise TypeError("an expression stays an expression")
    return result


def _alike(names: Sequence[str]) -> bool:
    """Whether two names are one measure printed differently (满意度 and 群众满意度)."""
    return any(a != b and (a in b or b in a) for a in names for b in names)


def _renamed(node: Expr, name: str) -> Expr:
    """The tree with the actual value called by its printed name."""

    def visit(part: object) -> object:
        if isinstance(part, Input) and part.name == "actual":
            return replace(part, name=name)
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if is_dataclass(part) and not isinstance(part, type):
            changes = {one.name: visit(getattr(part, one.name)) for one in fields(part)}
            return type(part)(**changes)
        return part

    result = visit(node)
    if not isinstance(
        result, Arith | Case | Clamp | Combine | Const | Human | Input | Interpolate | Silent | Rounded | Steps
    ):
        raise TypeError("an expression stays an expression")
    return result


# --- proofs the status needs ------------------------------------------------------------------------------------------


def _gap(tree: Expr, context: Context, frame: Frame, probes: Sequence[Fraction]) -> Note | None:
    """A value between the printed bounds that no clause names; single points count only for whole numbers."""
    points = sorted(set(probes))
    if not points:
        return None
    whole = frame.whole and all(point.denominator == 1 for point in points)
    tries: list[Fraction] = []
    for low, high in pairwise(points):
        if whole:
            tries += [low, *({low + 1, (low + high) // 2, high - 1} if high - low > 1 else ())]
        else:
            tries.append((low + high) / 2)
    tries += [points[-1]] if whole else []
    beyond = points[-1] + 1 if frame.unit not in ("%", "分") or points[-1] != 100 else None
    below = points[0] - 1 if points[0] > (1 if frame.unit == "名次" else 0) else None
    for trial in [
        *tries,
        *([beyond] if beyond is not None and not (frame.unit == "%" and beyond > 100) else []),
        *([max(below, Fraction(0))] if below is not None else []),
    ]:
        env = Env(
            {
                "weight": Fraction(10),
                "target": frame.value if frame.value is not None else Fraction(1),
                "actual": trial,
                "late_days": trial,
            }
        )
        got = value(tree, env)
        if isinstance(got, Missing) and got.reason.startswith("评分标准没有规定"):
            text = amount(trial, frame.unit)
            return Note(
                "R01", Severity.ERROR, f"实际完成值为{text}时，规则没有规定得多少分；请补上这一段", example=text
            )
    return None


__all__ = ["read_bands", "read_rule"]
