"""What running text says: the cost tree of a 测算依据, lists of goals, numbered headings, amounts in sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hengjian.forms.form import CostNode, Printed
from hengjian.forms.labels import NUMBERING, section_field
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place

_CHINESE = "一二三四五六七八九十"
# Markers of a nested list, from the outermost to the innermost; each stands at the start of a line or after a sentence.
_MARKERS = (
    re.compile(rf"[{_CHINESE}]{{1,3}}\s*[、.．]"),
    re.compile(rf"[（(]\s*[{_CHINESE}]{{1,3}}\s*[）)]"),
    re.compile(r"\d{1,2}\s*(?:[、．]|\.(?!\d))"),
    re.compile(r"[（(]\s*\d{1,2}\s*[）)]"),
    re.compile(r"[①-⑳]"),
)
_BOUNDARY = re.compile(r"(?:^|(?<=[\n。；;：:！!，,元]))\s*", re.M)
_AMOUNT = re.compile(r"(\d[\d,，]*(?:\.\d+)?)\s*(亿元|万元|元|万(?=[\s：:，,；;。、）)]|$))(?!\s*[/／×*xX每])")
_LEAD = re.compile(r"(?:[\s：:]|共计|共需|合计|总计|共|约需|约|需要|需|为|是|(?<=[资经费])安排)+$")
_RATE_WORDS = re.compile(r"每|人均|单价|标准|/|／|×|\*|以内|不超过|不低于|以上|以下")


@dataclass(frozen=True, slots=True)
class _Mark:
    level: int
    start: int
    end: int


def cost_tree(text: str, place: Place = NOWHERE) -> CostNode | None:
    """The tree of a cost breakdown in prose; None when the text names no total with parts.

    The total is what stands before the first numbered part, or the one outermost part that has all others under it.
    Below the total, parts named in running text (``档案维护 5 万元，慰问 3 万元``) are children where no numbered ones are;
    deeper they are kept in ``parts``.
    """
    marks = _marks(text)
    intro = text[: marks[0].start] if marks else text
    total = _named_amount(intro, place)
    nodes = _nest(text, marks, len(text), place)
    if total is not None:
        children = _lift(nodes) or _parts(intro, total)
        return replace(total, children=children) if children else None
    if len(nodes) == 1 and (children := _lift(nodes[0].children) or nodes[0].parts):
        return replace(nodes[0], children=children, parts=())
    return None


def cost_list(text: str, place: Place = NOWHERE) -> tuple[CostNode, ...]:
    """The outermost parts of a breakdown that prints no total of its own."""
    nodes = _lift(_nest(text, _marks(text), len(text), place))
    return nodes if len(nodes) > 1 else ()


def size(node: CostNode) -> int:
    """How many nodes a tree has."""
    return 1 + sum(size(child) for child in node.children)


def _marks(text: str) -> list[_Mark]:
    marks: list[_Mark] = []
    for boundary in _BOUNDARY.finditer(text):
        for level, marker in enumerate(_MARKERS):
            found = marker.match(text, boundary.end())
            if found and (not marks or found.start() >= marks[-1].end):
                marks.append(_Mark(level, found.start(), found.end()))
                break
    return marks


def _nest(text: str, marks: Sequence[_Mark], stop: int, place: Place) -> tuple[CostNode, ...]:
    """Nodes of the marked parts before ``stop``, each with the parts of a deeper marker under it."""
    out: list[CostNode] = []
    index = 0
    while index < len(marks):
        mark = marks[index]
        after = index + 1
        while after < len(marks) and marks[after].level > mark.level:
            after += 1
        inner = marks[index + 1 : after]
        until = marks[after].start if after < len(marks) else stop
        own = text[mark.end : inner[0].start if inner else until]
        node = _named_amount(own, place)
        children = _nest(text, inner, until, place)
        if node is not None:
            named = () if children else _parts(own, node)
            out.append(replace(node, children=children, parts=named))
        else:
            out.extend(children)
        index = after
    return tuple(out)


def _lift(nodes: tuple[CostNode, ...]) -> tuple[CostNode, ...]:
    """Parts in running text become children where a node right below the total has no numbered ones."""
    return tuple(
        replace(node, children=node.parts, parts=()) if node.parts and not node.children else node for node in nodes
    )


def _named_amount(text: str, place: Place) -> CostNode | None:
    """The name and amount a part begins with: ``党建工作培训费 30 万：…``."""
    sentence = re.split(r"[。；;\n]", text.strip(), maxsplit=1)[0]
    found = _AMOUNT.search(sentence)
    if found is None:
        return None
    name = _LEAD.sub("", sentence[: found.start()].strip())
    if not name or len(name) > 60 or (re.search(r"[，,：:]", name) and _RATE_WORDS.search(name)):
        return None
    return CostNode(_tight(name), found.group(1).replace("，", ","), _unit(found.group(2)), place=place)


def _parts(text: str, whole: CostNode) -> tuple[CostNode, ...]:
    """Parts named in running text after a node's own amount; none unless at least two are named in its unit."""
    rest = text[text.find(whole.amount) + len(whole.amount) :]
    parts: list[CostNode] = []
    begin = 0
    for found in _AMOUNT.finditer(rest):
        before = rest[begin : found.start()]
        clause = re.split(r"[，,；;。：:\n]", before)[-1]
        clause = re.sub(r"^[、\s]*(?:其中|包括|包含|分别为|用于)?[:：]?", "", clause)
        name = _LEAD.sub("", clause.strip())
        begin = found.end()
        if not name or _RATE_WORDS.search(clause) or _unit(found.group(2)) != whole.unit:
            continue
        if re.match(r"[\s）)]*(?:[、，,；;。\n]|$)", rest[found.end() :]) is None:
            continue
        parts.append(CostNode(_tight(name), found.group(1), _unit(found.group(2)), place=whole.place))
    return tuple(parts) if len(parts) >= 2 else ()


def _tight(name: str) -> str:
    """Without the blanks that alignment leaves between Chinese characters and numbers."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", name.strip("、，, "))


def _unit(text: str) -> MoneyUnit:
    return MoneyUnit("万元" if text == "万" else text)


# --- goals --------------------------------------------------------------------------------------------------------------


def goal_list(value: Printed) -> tuple[Printed, ...]:
    """The goals of a cell: one for each line when every line is numbered, else the whole text."""
    lines = [line.strip() for line in value.text.split("\n") if line.strip()]
    if len(lines) >= 2 and all(NUMBERING.match(line) for line in lines):
        return tuple(replace(value, text=NUMBERING.sub("", line).strip()) for line in lines)
    return (value,)


# --- headings and sentences ---------------------------------------------------------------------------------------------
_HEADING = re.compile(rf"^\s*(?:[{_CHINESE}]{{1,3}})\s*[、.．]\s*([^。；;：:]{{2,24}})(?:[：:]\s*(.*))?$", re.S)


# Other numberings make a heading only of a text that is one: 1.项目名称, （一）立项依据.
_OTHER = re.compile(
    rf"^\s*(?:\d{{1,2}}\s*[、.．]|[（(]\s*[{_CHINESE}\d]{{1,3}}\s*[）)])\s*([^。；;：:]{{2,24}})(?:[：:]\s*(.*))?$",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading of a disclosure text, what it is about, and the text printed on its own line after a colon."""

    text: str
    field: str | None
    inline: str = ""


def heading(text: str) -> Heading | None:
    """The heading of a line such as ``三、项目实施单位``."""
    found = _HEADING.match(text.strip())
    if not found:
        found = _OTHER.match(text.strip())
        if not found or section_field(found.group(1)) is None:
            return None
    shown = found.group(1).strip()
    return Heading(shown, section_field(shown), (found.group(2) or "").strip())


@dataclass(frozen=True, slots=True)
class Stated:
    """An annual amount a sentence states: amount as printed, its unit, and the year when the sentence names it."""

    amount: str
    unit: MoneyUnit
    year: int | None


_STATED = re.compile(
    r"(?:安排|预算|申请|资金|经费|投入|拨款|总额|金额|核定|下达|共计)[^。；;\n\d]{0,20}(\d[\d,，]*(?:\.\d+)?)\s*(亿元|万元|元)"
)


def stated_amount(text: str) -> Stated | None:
    """The amount a text on the year's budget states: the first of the latest year it names.

    The year of an amount is the last one named before it in its sentence.
    """
    best: Stated | None = None
    for found in _STATED.finditer(text):
        sentence = re.split(r"[。；;\n]", text[: found.start(1)])[-1]
        years = re.findall(r"(20\d\d)\s*年", sentence)
        stated = Stated(found.group(1).replace("，", ","), MoneyUnit(found.group(2)), int(years[-1]) if years else None)
        if best is None or (stated.year or 0) > (best.year or 0):
            best = stated
    return best
