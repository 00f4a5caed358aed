"""What a document is: which lines are titles of forms, which kind a form is, and whether it is about performance at all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hengjian.forms.form import Kind, Remark
from hengjian.forms.indicators import find_headers
from hengjian.forms.labels import NUMBERING, head_meaning, vocabulary
from hengjian.forms.layout import Block, Grid, Layout, Line
from hengjian.values.place import Place
from hengjian.values.text import fold

_ATTACHED = re.compile(r"^附(?:件|表)\s*[\d一二三四五六七八九十]*(?:[-—.]\d+)?\s*[:：.、]?\s*")
_RESIDUE = re.compile(
    r"\[bookmark:[^\]]*\]|(?<![A-Za-z])_(?:GoBack|Toc\d+|Hlk\d+|Ref\d+)\b|\\\*\s*MERGEFORMAT"
    r"|(?:HYPERLINK|PAGEREF)\s+(?:\\l\s+)?\"?[\w:/.#-]+\"?(?:\s*\\[a-z])*|错误[!！]\s*未(?:找到引用源|定义书签)。?"
)
# The first words of a header whose levels are those of an evaluation framework, not of targets.
_FRAMEWORK = frozenset({"决策", "过程", "投入", "项目决策", "项目管理", "项目过程"})


def is_title(text: str) -> bool:
    """Whether a line is the title of a form or of its indicator table: short, no sentence, ends in 表."""
    plain = title_core(text)
    if not 3 <= len(plain) <= 45 or re.search(r"[。；;！!？?…]|\.{3}", plain):
        return False
    words = vocabulary().titles
    if any(stop in plain for stop in words["stop"]) or head_meaning(text) is not None:
        return False
    return plain.endswith(words["endings"]) and any(word in plain for word in words["subjects"])


def is_foreign_title(text: str) -> bool:
    """Whether a line is the title of another table that budgets and accounts print, such as 一般公共预算支出表."""
    if len(text) > 60:
        return False
    plain = title_core(text)
    words = vocabulary().titles
    return (
        plain.endswith("表")
        and any(w in plain for w in words["foreign"])
        and not any(w in plain for w in words["subjects"])
    )


def title_core(text: str) -> str:
    """A title, folded, without 附件1, numbering, and notes in brackets at its ends."""
    plain = NUMBERING.sub("", _ATTACHED.sub("", fold(text)))
    while (cut := re.sub(r"\([^()]*\)$", "", plain)) != plain:
        plain = cut
    return plain


def title_text(text: str) -> str:
    """A title as printed, without 附件1 before it."""
    return _ATTACHED.sub("", text.strip())


def joins_before(text: str, before: str) -> bool:
    """Whether a title goes on from the line before it: ``…部门预算项目支出`` / ``(绩效目标)申报表``."""
    shown, before = fold(text), fold(before)
    if not 2 <= len(before) <= 40 or re.search(r"[。；;:,，\d]$|[:：]", before) or before.endswith("表"):
        return False
    if re.fullmatch(r"\(?20\d\d年?度?\)?", before) or _ATTACHED.fullmatch(before):
        return False
    if shown.startswith("(") and not re.match(r"\(\d", shown):
        return True
    return before.endswith(
        ("项目支出", "整体支出", "绩效", "绩效目标", "专项资金", "部门预算", "部门预算项目", "预算项目")
    )


def kind_of(
    titles: Sequence[str], columns: Iterable[str], levels: Iterable[str], *, sections: int, overall: bool
) -> Kind:
    """The kind of a form from its titles, the columns and first-level names of its indicator table, and its headings.

    ``sections`` counts the numbered headings of a disclosure text; ``overall`` is true where the head names a department
    and no project.
    """
    columns = set(columns)
    bands = any(column.startswith("bands:") for column in columns)
    if bands and "activity" in columns:
        return Kind.RESPONSIBILITY
    if sections >= 3:
        return Kind.DISCLOSURE
    for title in titles:
        if (kind := _kind_of_title(title_core(title), columns)) is not None:
            return kind
    if columns & {"forecast", "likelihood"}:
        return Kind.MONITORING
    framework = bool({fold(level) for level in levels} & _FRAMEWORK)
    if "score" in columns and framework and not overall:
        return Kind.EVALUATION
    if overall:
        return Kind.DEPARTMENT_OVERALL
    return Kind.SELF_EVALUATION if columns & {"actual", "score"} else Kind.DECLARATION


def _kind_of_title(title: str, columns: set[str]) -> Kind | None:
    words = vocabulary().titles

    def says(kind: Kind) -> bool:
        return any(word in title for word in words[kind.value])

    if says(Kind.RESPONSIBILITY):
        return Kind.RESPONSIBILITY
    if says(Kind.MONITORING):
        return Kind.MONITORING
    if says(Kind.DEPARTMENT_OVERALL):
        return Kind.DEPARTMENT_OVERALL
    if says(Kind.SELF_EVALUATION):
        return Kind.SELF_EVALUATION
    if says(Kind.EVALUATION):
        return Kind.EVALUATION
    if says(Kind.DECLARATION):
        # 绩效目标完成情况表 prints what was achieved: it is a self-evaluation whatever its title says.
        return Kind.SELF_EVALUATION if {"actual", "score"} <= columns else Kind.DECLARATION
    return None


def is_performance(layout: Layout) -> bool:
    """Whether a document is about performance: a form, an indicator table, or a heading that says so."""
    texts = 0
    tokens: set[str] = set()
    words = vocabulary()
    for block in layout.blocks:
        if isinstance(block, Grid):
            if find_headers(block):
                return True
            shown = [cell.text for cell in block.cells]
        else:
            shown = [block.text]
        for text in shown:
            plain = fold(text)
            if not plain:
                continue
            texts += 1
            if is_title(text):
                return True
            # The subject of a document stands at its head; an entry of a menu is shorter, a sentence of an article longer.
            if texts <= 12 and 10 <= len(plain) <= 40 and any(report in plain for report in words.reports):
                return True
            if len(plain) <= 24:
                tokens.update(token for token in words.tokens if token in plain)
    return len(tokens) >= 4


def without_residue(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Remark, ...]]:
    """The blocks without the marks a word processor left in the text, and a remark (A12) for each."""
    remarks: list[Remark] = []

    def clean(text: str, place: Place) -> str:
        found = _RESIDUE.search(text)
        if not found:
            return text
        remarks.append(
            Remark(
                "A12",
                f"文本中残留文字处理软件的标记“{found.group()[:40]}”，读取时已略去；请在原文中删除后重新导出。",
                place,
            )
        )
        return _RESIDUE.sub("", text)

    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Line):
            text = clean(block.text, block.place)
            out.append(block if text == block.text else replace(block, text=text))
        elif any(_RESIDUE.search(cell.text) for cell in block.cells):
            out.append(
                replace(block, cells=tuple(replace(cell, text=clean(cell.text, cell.place)) for cell in block.cells))
            )
        else:
            out.append(block)
    return tuple(out), tuple(remarks)
