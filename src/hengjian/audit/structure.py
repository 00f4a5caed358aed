"""A · identity and structure: is it a form at all, are its fields filled, do years and bases fit, is anything private in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from hengjian.audit.case import Answer, Case, Check, FileCheck, Found, Outcome, Skip, text_of
from hengjian.audit.words import has, replaced, words
from hengjian.forms.form import Form, Indicator, Kind, Printed
from hengjian.rules.reading import Note
from hengjian.values.calendar import read_period
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.place import Place
from hengjian.values.target import Comparator, read_target
from hengjian.values.text import fold

_UNREAD = frozenset({"P01", "P02", "P03", "P05", "P09", "P11"})


# --- is it a form -------------------------------------------------------------------------------------------------------


def _no_form(cases: tuple[Case, ...], problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """A01: the file could be read and holds no performance form."""
    if cases or any(problem.code in _UNREAD for problem in problems):
        return ()
    return (Found("这个文件里没有绩效表格：没有找到绩效表的标题、指标表头或资金表", None, "", None, whole_file=True),)


def _other_name(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """A02: one project code (or one unit with one project) under two names in the stages of a file."""
    found = []
    for left, right in combinations(cases, 2):
        one, two = left.form, right.form
        if one.kind is two.kind or not one.project or not two.project:
            continue
        code = fold(text_of(one.project_code)), fold(text_of(two.project_code))
        same_code = code[0] and code[0] == code[1]
        names = fold(one.project.text), fold(two.project.text)
        if names[0] != names[1] and same_code:
            message = (
                f"同一项目编码{text_of(one.project_code)}下项目名称不一致：“{one.project.text}”和“{two.project.text}”"
            )
            found.append(
                Found(message, None, "project", two.project.place, two.project.text, one.project.text, whole_file=True)
            )
    return tuple(found)


# --- fields -------------------------------------------------------------------------------------------------------------


def blank_field(case: Case) -> Answer:
    """A04: a required field is printed and blank."""
    form = case.form
    goal = form.goal.expected if form.goal is not None else None
    fields = (
        ("project", "项目名称", form.project),
        ("department", "主管部门", form.department),
        ("unit", "实施单位", form.unit),
        ("goal", "绩效目标", goal),
    )
    found = [
        Found(f"“{title}”没有填写", None, name, printed.place, "", title)
        for name, title, printed in fields
        if printed is not None and not printed
    ]
    return tuple(found)


# A doubled mark inside text, or a mark that is all a cell holds. A single × or * belongs to a formula.
_INSIDE = re.compile(r"×{2,}|(?<![A-Za-z])[XxＸｘ]{2,}(?![A-Za-z])|[*＊]{2,}|_{3,}|＿{2,}|□{2,}|〔\s*〕|\[\s{1,}\]")
_WHOLE = re.compile(r"(?:指标\d+[:：]?)?(?:[*＊]+|…+|\.{3,}|。{3,}|·{3,}|[XxＸ×]{1,3})|指标\d+[:：]?")


def placeholder(case: Case) -> Answer:
    """A05: a mark of the template is left where something was to be filled in."""
    found = []
    for field, printed, row in _texts(case.form):
        text = printed.text.strip()
        inside = _INSIDE.search(text)
        # The variables of a formula (X≥1.5%, P、Y) are no placeholders.
        if inside is not None and field == "rule":
            inside = None
        whole = _WHOLE.fullmatch(text) if field in ("name", "target", "goal", "project", "text") else None
        match = inside or whole
        if match is not None:
            start = max(0, match.start() - 8)
            piece = text[start : match.end() + 6].replace("\n", "")
            message = f"留有模板占位符“{match.group()}”：{piece}"
            found.append(Found(message, row, field, printed.place, match.group(), "实际内容"))
    return tuple(_once(found))


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """Each message once: a text stands both in its field and among all texts of the form."""
    seen: set[str] = set()
    for item in found:
        if item.message not in seen:
            seen.add(item.message)
            yield item


_ROW_TEXTS = ("name", "target", "actual", "deviation", "rule", "basis", "remark", "goal")


def _texts(form: Form) -> Iterator[tuple[str, Printed, Indicator | None]]:
    """(field, text, row) of everything a form prints: named fields first, then what stands in no field."""
    named: list[tuple[str, Printed | None]] = [
        ("project", form.project),
        ("conclusion", form.conclusion),
        ("basis", form.basis),
    ]
    named += [("problems", form.problems), ("measures", form.measures)]
    named += [("goals", goal) for goal in form.goals]
    if form.goal is not None:
        named += [("goal", form.goal.expected), ("goal", form.goal.adjusted), ("goal", form.goal.achieved)]
    named += [("activities", activity.goal) for activity in form.activities]
    for field, printed in named:
        if printed:
            yield field, printed, None
    for row in form.indicators:
        for field in _ROW_TEXTS:
            printed = getattr(row, field)
            if printed:
                yield field, printed, row
    for _, printed in form.extra:
        if printed:
            yield "text", printed, None
    for printed in form.texts:
        if printed:
            yield "text", printed, None


# --- years and bases ----------------------------------------------------------------------------------------------------


def other_year(case: Case) -> Answer:
    """A06: a year in the text that cannot be the form's (conclusion, target date, rule). Plans and measures have their own."""
    form, year = case.form, case.form.year
    found = [
        Found(
            note.message,
            row.row,
            "rule",
            row.row.rule.place if row.row.rule else None,
            _piece(row.row, note),
            note.repair,
        )
        for row in case.rows
        for note in row.notes
        if note.code == "A06"
    ]
    if year is None:
        return tuple(found) or Skip(Outcome.INSUFFICIENT_DATA, "表上没有年度")
    if form.conclusion:
        years = [int(text) for text in re.findall(r"(20\d\d)年度", form.conclusion.text)]
        if years and year not in years and f"{year}年" not in form.conclusion.text:
            message = f"评价结论写的是{years[0]}年度，表格是{year}年度"
            found.append(Found(message, None, "conclusion", form.conclusion.place, f"{years[0]}年度", f"{year}年度"))
    for row in form.indicators:
        target = read_target(text_of(row.target))
        period = read_period(text_of(row.target)) if target.comparator is Comparator.DATE else None
        # A past date cannot be this year's target; a later one may belong to a project of several years.
        if period is not None and period.end.year < year:
            message = f"指标值的时间是{period.end.year}年，表格是{year}年度"
            place = row.target.place if row.target else None
            found.append(Found(message, row, "target", place, text_of(row.target), f"{year}年"))
    return tuple(found)


def _piece(row: Indicator, note: Note) -> str:
    text = text_of(row.rule)
    return text[slice(*note.span)] if note.span else text


_SPAN = re.compile(r"(?<!\d)(20\d\d)年?(?:度)?[-—–－~～至到]+(20\d\d)年?")
_PAPER = re.compile("规划|计划|方案|纲要|意见|行动|要点|办法")


def expired_basis(case: Case) -> Answer:
    """A07: a plan whose years are over, or a paper that was replaced, as the basis of this year."""
    year = case.form.year
    bases = list(_bases(case.form))
    if year is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "表上没有年度")
    if not bases:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有依据")
    found = []
    for field, printed, row in bases:
        text = printed.text
        for match in _SPAN.finditer(text):
            around = text[max(0, match.start() - 25) : match.end() + 45]
            if int(match.group(2)) < year and int(match.group(1)) < int(match.group(2)) and _PAPER.search(around):
                message = f"依据的规划期是{match.group(1)}—{match.group(2)}年，到{year}年已经届满"
                found.append(Found(message, row, field, printed.place, match.group(), f"{year}年仍有效的依据"))
        for paper, since, by in replaced():
            if fold(paper) in fold(text) and year >= since:
                message = f"“{paper}”已由{by}取代"
                found.append(Found(message, row, field, printed.place, paper, by))
    return tuple(_once_a_row(found))


def _once_a_row(found: list[Found]) -> Iterator[Found]:
    seen: set[tuple[int, str]] = set()
    for item in found:
        key = (id(item.indicator), item.message)
        if key not in seen:
            seen.add(key)
            yield item


def _bases(form: Form) -> Iterator[tuple[str, Printed, Indicator | None]]:
    if form.basis:
        yield "basis", form.basis, None
    for label, printed in form.extra:
        if "依据" in label and printed:
            yield "basis", printed, None
    for row in form.indicators:
        if row.basis:
            yield "basis", row.basis, row


_NUMBERED = re.compile(r"[〔\[（(【]\s*(20\d\d)\s*[〕\]）)】]")


def finished_event(case: Case) -> Answer:
    """A08 (疑似): a paper of an earlier year about an event that is over."""
    year = case.form.year
    bases = list(_bases(case.form))
    if year is None or not bases:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有依据或年度")
    found = []
    for field, printed, row in bases:
        for piece in re.split("[;；\n]", printed.text):
            event = next((word for word in words("event") if word in piece), None)
            numbers = [int(text) for text in _NUMBERED.findall(piece)]
            if event and numbers and max(numbers) <= year - 2:
                message = f"疑似沿用已结束事项的依据：{max(numbers)}年关于“{event}”的文件，用于{year}年"
                found.append(Found(message, row, field, printed.place, piece.strip(), f"{year}年仍在进行的事项"))
    return tuple(found)


# --- structure the reader noticed ---------------------------------------------------------------------------------------


def _remark(code: str) -> Callable[[Case], Answer]:
    def check(case: Case) -> Answer:
        by_name = {row.name.text: row for row in case.form.indicators}
        return tuple(
            Found(remark.message, by_name.get(remark.indicator or ""), "", remark.place)
            for remark in case.form.remarks
            if remark.code == code
        )

    return check


# --- names and people ---------------------------------------------------------------------------------------------------


def variant_characters(case: Case) -> Answer:
    """A03 (疑似): one place name with two characters that look alike (硚口 and 硤口)."""
    text = (
        "".join(printed.text for _, printed, _ in _texts(case.form))
        + text_of(case.form.title)
        + text_of(case.form.unit)
    )
    text += text_of(case.form.department)
    names: dict[str, dict[str, int]] = {}
    for match in re.finditer(r"([\u3400-\u9fff])(?=([\u4e00-\u9fff]))", text):
        character, after = match.group(1), match.group(2)
        if _uncommon(character) or any(character in pair for pair in words("confusable")):
            names.setdefault(after, {}).setdefault(character, 0)
            names[after][character] += 1
    found = []
    for after, seen in names.items():
        alike = sorted(
            {c for a, b in combinations(sorted(seen), 2) if _alike(a, b) for c in (a, b)}, key=lambda c: -seen[c]
        )
        if len(alike) > 1:
            shown = "、".join(f"{character}{after}（{seen[character]}处）" for character in alike)
            message = f"疑似同一名称用了不同的字：{shown}"
            found.append(Found(message, None, "", None, shown, f"{alike[0]}{after}"))
    return tuple(found)


def _uncommon(character: str) -> bool:
    """Whether a character is outside the 3,755 commonest (GB 2312 level 1)."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return code[0] >= 0xD8


def _alike(one: str, two: str) -> bool:
    """A listed pair, or two uncommon characters of one radical (they stand close together in the code table)."""
    if any(one in pair and two in pair for pair in words("confusable")):
        return True
    return _uncommon(one) and _uncommon(two) and abs(ord(one) - ord(two)) <= 96


_MOBILE = re.compile(r"(?<![\dA-Za-z])1[3-9]\d{9}(?![\dA-Za-z])")
_LANDLINE = re.compile(r"(?<![\dA-Za-z.])0\d{2,3}[-—－ ]?\d{7,8}(?![\dA-Za-z])")
_IDENTITY = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_data(case: Case) -> Answer:
    """A13: telephone or identity numbers. The message masks them."""
    hits: list[tuple[str, str, Place]] = []
    for _, printed, _ in _texts(case.form):
        text = printed.text
        hits += [("身份证号", m.group(), printed.place) for m in _IDENTITY.finditer(text) if _valid_identity(m.group())]
        hits += [("手机号", m.group(), printed.place) for m in _MOBILE.finditer(text)]
        hits += [("电话号码", m.group(), printed.place) for m in _LANDLINE.finditer(text)]
    unique = {number: (kind, place) for kind, number, place in hits}
    if not unique:
        return ()
    shown = "、".join(f"{kind}{_masked(number)}" for number, (kind, _) in unique.items())
    place = next(iter(unique.values()))[1]
    return (Found(f"含有个人信息或联系方式：{shown}", None, "phone", place, shown, "公开前删去或遮盖"),)


def _masked(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def _valid_identity(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _CHECK_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


# --- goals --------------------------------------------------------------------------------------------------------------


def duties_for_goals(case: Case) -> Answer:
    """A16 (疑似): the goal lists duties and promises neither a number nor a result."""
    form = case.form
    goals = [goal for goal in form.goals if goal]
    if form.goal is not None and form.goal.expected:
        goals.append(form.goal.expected)
    if not goals:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有绩效目标文字")
    text = "".join(re.sub(r"^\s*[（(]?\d{1,2}[)）.、．]", "", goal.text) for goal in goals)
    if re.search(r"\d", re.sub(r"20\d\d年?|\d+[、.．]", "", text)) or has(text, "result"):
        return ()
    message = "疑似只列了工作职责：绩效目标没有数量，也没有预期结果"
    return (Found(message, None, "goals", goals[0].place, goals[0].text[:40], "写明要达到的结果和数量"),)


_FILLERS = re.compile("^(?:已经?|不断|进一步|持续|全面|基本|圆满|顺利|较好地?)+")


def actual_repeats_target(case: Case) -> Answer:
    """A17 (疑似): what was achieved only repeats the words of the target."""
    rows = [row for row in case.form.indicators if row.target and row.actual]
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有完成值")
    found = []
    for row in rows:
        target, actual = fold(text_of(row.target)), fold(text_of(row.actual))
        wordy = len(target) >= 7 and not re.search(r"\d", target)
        if wordy and (
            _FILLERS.sub("", actual) == _FILLERS.sub("", target)
            or (target in actual and len(actual) <= len(target) + 6)
        ):
            message = f"疑似没有实际情况：完成值“{text_of(row.actual)}”只是重复了指标值"
            found.append(
                Found(
                    message,
                    row,
                    "actual",
                    row.actual.place if row.actual else None,
                    text_of(row.actual),
                    "写明实际结果",
                )
            )
    form = case.form
    goal = form.goal
    if goal is not None and goal.expected and goal.achieved and fold(goal.expected.text) == fold(goal.achieved.text):
        message = "疑似没有实际情况：目标完成情况与预期目标的文字完全相同"
        found.append(Found(message, None, "goal", goal.achieved.place, goal.achieved.text[:40], "写明实际完成情况"))
    return tuple(found)


def _check(
    code: str, title: str, level: str, run: Callable[[Case], Answer] | None, why: str, advice: str, kind: str = "D"
) -> Check:
    kinds = frozenset(Kind)
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )


def _elsewhere(reason: str) -> Callable[[Case], Answer]:
    def check(_case: Case) -> Answer:
        return Skip(Outcome.INSUFFICIENT_DATA, reason)

    return check


_GOALS = "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应当指向明确、细化量化、合理可行、相应匹配"

CHECKS = (
    _check("A03", "名称用字不一致", "W", variant_characters, "同一名称应使用同一个字", "核对地名、单位名的用字（扫描识别常把形近字弄错）。", "H"),
    _check("A04", "必填项空白", "E", blank_field, "表头各项应当填写完整", "补填。"),
    _check("A05", "模板占位符未替换", "E", placeholder, "占位符不是填报内容", "换成实际内容，或删去。"),
    _check("A06", "年度不符", "W", other_year, "表中年度应一致", "核对是否从以前年度的表格复制而来。"),
    _check("A07", "依据过期", "W", expired_basis, "依据应在当年有效", "换成现行有效的依据。"),
    _check("A08", "依据的事项已结束", "W", finished_event, "依据应与当年工作有关", "核对是否沿用旧依据。", "H"),
    _check("A09", "列与表头错位", "W", _remark("A09"), "每行的列数应与表头一致", "对照原件核对错位的行。"),
    _check("A10", "层级丢失", "W", _remark("A10"), "下级指标应归入上级指标", "补填一级、二级指标。"),
    _check("A11", "表内重复表头", "I", _remark("A11"), "跨页的表头不是指标", "转换文件时去掉重复表头。"),
    _check("A12", "文字处理软件的残留", "I", _remark("A12"), "书签等标记不是填报内容", "删去。"),
    _check("A13", "个人信息", "W", personal_data, "《个人信息保护法》：公开前应取得同意或去标识化", "公开前删去电话、证件号等。"),
    _check("A14", "佐证材料", "W", _elsewhere("需要佐证材料清单"), "", ""),
    _check("A15", "目标照抄往年", "W", _elsewhere("需要往年的同一表格"), "", "", "H"),
    _check("A16", "目标只是职责", "W", duties_for_goals, _GOALS, "写明预期结果和数量。", "H"),
    _check("A17", "完成情况照抄目标", "W", actual_repeats_target, "完成情况应写实际结果", "写明做了什么、结果如何。", "H"),
)  # fmt: skip

FILE_CHECKS = (
    FileCheck(
        code="A01",
        title="不是绩效文件",
        level=Level.ERROR,
        kind=Certainty.DETERMINISTIC,
        run=_no_form,
        why="绩效表格应有标题、指标表头或资金表",
        advice="请确认文件是否发错；如确是绩效表格，请把文件发给我们以便改进。",
    ),
    FileCheck(
        code="A02",
        title="项目名称不一致",
        level=Level.WARNING,
        kind=Certainty.DETERMINISTIC,
        run=_other_name,
        why="同一项目在各环节应使用同一名称",
        advice="以批复的项目名称为准。",
    ),
)
