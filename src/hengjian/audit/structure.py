"""A · identity and structure: is it a form at all, are its fields filled, do years and bases fit, is anything private in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations

from hengjian.audit.case import (
    Answer,
    Case,
    Check,
    FileCheck,
    Found,
    Outcome,
    Skip,
    due,
    elsewhere,
    project_name,
    same_project,
    target_of,
    text_of,
)
from hengjian.audit.words import has, plans, replaced, words
from hengjian.forms.form import Form, Indicator, Kind, Printed
from hengjian.rules.reading import Note
from hengjian.values.calendar import read_period, years_in
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.place import Place
from hengjian.values.quantity import Empty, empty_kind
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
        if one.kind is two.kind or not one.project or not two.project or not same_project(one, two):
            continue
        if _stripped(project_name(one)) == _stripped(project_name(two)):
            continue
        code = text_of(one.project_code)
        what = f"同一项目编码{code}下" if code else "同一单位、指标相同的两张表"
        message = f"{what}项目名称不一致：“{one.project.text}”和“{two.project.text}”"
        derivation = f"“{one.project.text}” ≠ “{two.project.text}”"
        place = two.project.place
        found.append(
            Found(message, None, "project", place, two.project.text, one.project.text, derivation, whole_file=True)
        )
    return tuple(found)


def _stripped(name: str) -> str:
    """A project's name without its year and punctuation, which vary between the stages of one project."""
    return re.sub(r"(?:19|20)\d\d(?:年度?)?|[^\w\u4e00-\u9fff]|[_“”\"]", "", name)


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
    blank = [(name, title, printed) for name, title, printed in fields if printed is not None and not printed]
    if form.kind is Kind.DECLARATION:
        blank += [("goals", "绩效目标", goals) for goals in form.goals[:1] if not any(form.goals)]
        blank += [
            ("contact", label, printed)
            for label, printed in form.extra
            if not printed and re.fullmatch("(?:项目)?(?:负责人|联系人)(?:姓名)?", fold(label))
        ]
    return tuple(
        Found(f"“{title}”没有填写", None, name, printed.place, "", title)
        for name, title, printed in blank
        if printed is not None
    )


# A doubled mark inside text, or a mark that is all a cell holds. A single × or * belongs to a formula.
_INSIDE = re.compile(r"×{2,}|(?<![A-Za-z0-9])[XxＸｘ]{2,}(?![A-Za-z])|[*＊]{2,}|〔\s*〕")
# In a filled field only: on paper a line or a box is where somebody signs or ticks.
_FIELD = re.compile(
    r"_{3,}|＿{2,}|□{2,}|\[\s+\]|…{2,}$|\.{6,}"
    r"|(?<![A-Za-z0-9+＋)）率数])[×XxＸ](?=(?:期|次|人次|人|个|场|份|项|万元|元|%|％|月|日)(?![数均价率]))"
)
_LABEL = r"(?:(?:指标|目标|任务|内容|措施)\s*\d+\s*[:：]?)"
_WHOLE = re.compile(
    rf"{_LABEL}?(?:[*＊]+|…+|\.{{3,}}|。{{3,}}|·{{3,}}|[XxＸ×]{{1,3}})|{_LABEL}|[（(]?(?:请|此处|在此)填(?:写|报)[^，。]{{0,20}}[)）]?"
)
# 138****5678, 张××, 李XX: somebody took care to hide a number or a name.
_MASKED = re.compile(r"\d[*＊]{2,}\d|(?:负责人|联系人|填表人|经办人|姓名|电话|证号|账号)[^，。；]{0,8}[*＊×XxＸ]")
_HIDDEN_NAME = re.compile(r"[\u4e00-\u9fff][×XxＸ*＊○]{1,2}")
_ENTRIES = frozenset({"name", "target", "actual", "goal", "goals", "project", "deviation"})


def placeholder(case: Case) -> Answer:
    """A05: a mark of the template is left where something was to be filled in."""
    found = []
    rules = {text_of(row.rule).strip() for row in case.form.indicators}
    for field, printed, row in _texts(case.form):
        text = printed.text.strip()
        if field == "rule" or text in rules or _HIDDEN_NAME.fullmatch(text) or _MASKED.search(text):
            continue  # the variables of a formula (X≥1.5%, P、Y) are no placeholders
        match = _INSIDE.search(text) or (_FIELD.search(text) if field in _ENTRIES else None)
        if match is None and (field in _ENTRIES or field == "text"):
            match = _WHOLE.fullmatch(text)
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
    told = {printed.text for _, printed in named if printed is not None}
    told |= {
        printed.text for row in form.indicators for name in _ROW_TEXTS if (printed := getattr(row, name)) is not None
    }
    for printed in (*(value for _, value in form.extra), *form.texts):
        if printed and printed.text not in told:
            told.add(printed.text)
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
        said = [told for told in years_in(_COMPARED.sub("", form.conclusion.text)) if told <= year + 1]
        # A later year alone is that of a measure, unless the conclusion calls it the year under review.
        told = [one for one in said if one < year or f"{one}年度" in fold(form.conclusion.text)]
        if told and year not in said:
            message = f"评价结论写的是{told[0]}年度，表格是{year}年度"
            place = form.conclusion.place
            found.append(
                Found(message, None, "conclusion", place, f"{told[0]}年度", f"{year}年度", f"{told[0]} ≠ {year}")
            )
    found += _years_of_goals(form, year)
    for row in form.indicators:
        end = due(target_of(row), None)
        # A past date cannot be this year's target; a later one may belong to a project of several years.
        if end is not None and end.year < year:
            message = f"指标值的时间是{end.year}年，表格是{year}年度"
            where = row.target.place if row.target else None
            found.append(Found(message, row, "target", where, text_of(row.target), f"{year}年", f"{end.year} < {year}"))
    return tuple(found) + tuple(_span_of_project(form, year))


# 较2022年、比2021年: what is compared with. 2019—2022年 is left out by ``years_in``.
_COMPARED = re.compile(
    r"(?:较|比|同比|与|对比|相比于?|超过|高于|低于|自|从|截至|上年|上一年)[（(]?(?:19|20)\d\d年(?:度|底|末)?"
)
# The year a goal is for stands at the head of a sentence and is followed by what will be done.
_LEADING = re.compile(
    r"(?:^|[。；;\n：:])\s*(?:\d{1,2}[.、．]|[（(]\d{1,2}[)）]|目标\d{1,2}[:：])?\s*(?:到|至|在|通过)?((?:19|20)\d\d)年(?:度)?(?:内|底前?|末|全年)?"
    r"[，,]?\s*(?:计划|预计|拟|将|完成|举办|开展|组织|实现|培训|建成|建设|安排|确保|力争)"
)
_DEADLINE = re.compile(
    r"(?<!已)(?:于|在)?((?:19|20)\d\d)年(?:\d{1,2}月(?:\d{1,2}日)?)?(?:底|末)?(?:之)?前(?!已|的|入|安排|结转|下达)"
)


def _years_of_goals(form: Form, year: int) -> Iterator[Found]:
    """Goals that are written for an earlier year: the form was copied."""
    goal = form.goal
    fields = [("goals", printed) for printed in form.goals]
    if goal is not None:
        fields += [("goal", printed) for printed in (goal.expected, goal.adjusted) if printed is not None]
    for field, printed in fields:
        text = fold(printed.text) if "\n" not in printed.text else "\n".join(map(fold, printed.text.split("\n")))
        if str(year) in text:
            continue
        told = next((int(found[1]) for found in (*_LEADING.finditer(text), *_DEADLINE.finditer(text))), None)
        if told is not None and told < year:
            message = f"绩效目标写的是{told}年的事，表格是{year}年度"
            yield Found(message, None, field, printed.place, f"{told}年", f"{year}年", f"{told} < {year}")


def _span_of_project(form: Form, year: int) -> Iterator[Found]:
    """A project that is over before the form's year, or begins after it."""
    start, end = read_period(text_of(form.start), year), read_period(text_of(form.end), year)
    if end is not None and form.end is not None and end.end.year < year and form.kind is Kind.DECLARATION:
        message = f"项目终止时间是{form.end.text}，表格是{year}年度"
        yield Found(message, None, "end", form.end.place, form.end.text, f"不早于{year}年", f"{end.end.year} < {year}")
    first = start.start or start.end if start is not None else None
    if first is not None and form.start is not None and first.year > year:
        message = f"项目开始时间是{form.start.text}，表格是{year}年度"
        yield Found(
            message, None, "start", form.start.place, form.start.text, f"不晚于{year}年", f"{first.year} > {year}"
        )


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
                derivation = f"{match.group(2)} < {year}"
                found.append(
                    Found(message, row, field, printed.place, match.group(), f"{year}年仍有效的依据", derivation)
                )
        for name, last in plans():
            if name in text and last < year and not _PAST.search(text[text.index(name) + len(name) :][:6]):
                message = f"“{name}”规划期到{last}年止，到{year}年已经届满"
                found.append(
                    Found(message, row, field, printed.place, name, f"{year}年仍有效的依据", f"{last} < {year}")
                )
        for match in _YEARLY.finditer(text):
            # A budget is drawn up in the year before: that year's plan is still at hand then.
            if int(match.group(1)) < year - (case.form.kind in (Kind.DECLARATION, Kind.DISCLOSURE)):
                message = f"依据是{match.group(1)}年的{match.group(2)}，表格是{year}年度"
                expected = f"{year}年的{match.group(2)}"
                found.append(
                    Found(message, row, field, printed.place, match.group(), expected, f"{match.group(1)} < {year}")
                )
        for paper, since, by in replaced():
            if fold(paper) in fold(text) and year >= since:
                message = f"“{paper}”已由{by}取代"
                found.append(Found(message, row, field, printed.place, paper, by))
    return tuple(_once_a_row(found))


_PAST = re.compile("期间|以来|末|收官")
# Papers that are for one year only.
_YEARLY = re.compile(r"(20\d\d)年度?[^《》，。；;、\n]{0,16}?(工作要点|工作计划|年度计划|任务清单)")


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
            numbers = [int(text) for text in _NUMBERED.findall(piece)] or list(years_in(piece))
            if event and numbers and max(numbers) <= year - 2:
                message = f"疑似沿用已结束事项的依据：{max(numbers)}年关于“{event}”的文件，用于{year}年"
                found.append(Found(message, row, field, printed.place, piece.strip(), f"{year}年仍在进行的事项"))
    return tuple(found)


# --- structure the reader noticed ---------------------------------------------------------------------------------------


_RESIDUE = re.compile(
    r"错误[!！]\s*未(?:找到|定义)\s*(?:引用源|书签)|Error!\s*(?:Reference|Bookmark)|\[bookmark:[^\]]*\]|_GoBack|_Toc\d{4,}"
    r"|\bMERGEFORMAT\b|\bMERGEFIELD\b|\{\s*PAGE\b|#(?:REF|NAME\?|VALUE|DIV/0|N/A)!?(?![A-Za-z])"
)


def residue(case: Case) -> Answer:
    """A12: marks of a word processor or spreadsheet that nobody meant to print; those the reader took out and those left."""
    found = list(_told(case, "A12"))
    told = "".join(item.message for item in found)
    for field, printed, row in _texts(case.form):
        match = _RESIDUE.search(printed.text)
        if match is not None and match.group() not in told:
            told += match.group()
            message = f"留有文字处理软件的残留“{match.group()}”"
            found.append(Found(message, row, field, printed.place, match.group(), "删去"))
    return tuple(found)


def _told(case: Case, code: str) -> Iterator[Found]:
    by_name = {row.name.text: row for row in case.form.indicators}
    for remark in case.form.remarks:
        if remark.code == code:
            yield Found(remark.message, by_name.get(remark.indicator or ""), "", remark.place)


def _remark(code: str) -> Callable[[Case], Answer]:
    def check(case: Case) -> Answer:
        return tuple(_told(case, code))

    return check


# --- names and people ---------------------------------------------------------------------------------------------------


def variant_characters(case: Case) -> Answer:
    """A03 (疑似): one place name with two characters that look alike (硚口 and 硤口)."""
    form = case.form
    head = (form.title, form.unit, form.department)
    printed = [*form.texts] or [
        printed for _, printed, _ in _texts(form)
    ]  # each text once, so that the counts are right
    text = "\n".join([*(one.text for one in printed), *(text_of(one) for one in head if not form.texts)])
    listed = "".join(words("confusable"))
    names: dict[str, dict[str, int]] = {}
    for match in re.finditer(r"([\u3400-\u9fff])(?=([\u4e00-\u9fff]))", text):
        character, after = match.group(1), match.group(2)
        if _uncommon(character) or character in listed:
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
            odd = next((one for one in printed if f"{alike[-1]}{after}" in one.text), None)
            found.append(Found(message, None, "", odd.place if odd else None, shown, f"{alike[0]}{after}"))
    return tuple(found)


@cache
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


_MOBILE = re.compile(r"(?<![\dA-Za-z.])1[3-9]\d(?:[- ]?\d{4}){2}(?![\dA-Za-z.])")
_DIGITS = re.compile(r"\d{3}")  # the least that any of these numbers holds together
_LOCAL = re.compile(r"(?:电话|传真|联系方式|手机)[^\d]{0,6}(\d{7,8})(?!\d)")
_LANDLINE = re.compile(r"(?<![\dA-Za-z.])0\d{2,3}[-—－ ]?\d{7,8}(?![\dA-Za-z])")
_IDENTITY = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_data(case: Case) -> Answer:
    """A13: telephone or identity numbers. The message masks them."""
    form = case.form
    hits: list[tuple[str, str, Place]] = []
    codes = {fold(text_of(code)) for code in (form.project_code, form.unit_code, form.department_code)}
    for label, printed in form.extra:
        if re.search("电话|联系方式|传真", label) and re.fullmatch(r"\d{7,8}", fold(printed.text)):
            hits.append(("电话号码", fold(printed.text), printed.place))
    for _, printed, _ in _texts(form):
        text = printed.text
        if _DIGITS.search(text) is None or fold(text) in codes:
            continue
        hits += [("电话号码", m.group(1), printed.place) for m in _LOCAL.finditer(text)]
        hits += [("身份证号", m.group(), printed.place) for m in _IDENTITY.finditer(text) if _valid_identity(m.group())]
        hits += [("手机号", m.group(), printed.place) for m in _MOBILE.finditer(text)]
        hits += [("电话号码", m.group(), printed.place) for m in _LANDLINE.finditer(text)]
    unique: dict[str, tuple[str, Place]] = {}
    for kind, number, place in hits:
        unique.setdefault(re.sub(r"\D", "", number) or number, (kind, place))
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
    text = "\n".join(re.sub(r"^\s*[（(]?\d{1,2}[)）.、．]", "", goal.text) for goal in goals)
    bare = _DUTY.sub("", re.sub(r"20\d\d年?度?|[一二三四五六七八九十]、|\d+[、.．)）]", "", text))
    if re.search(r"\d", bare) or has(bare, "result"):
        return ()
    message = "疑似只列了工作职责：绩效目标没有数量，也没有预期结果"
    return (Found(message, None, "goals", goals[0].place, goals[0].text[:40], "写明要达到的结果和数量"),)


# 完成上级交办的其他工作: a duty however it ends.
_DUTY = re.compile(r"(?:承办|完成|做好)[^。；;\n]{0,12}?交办的?[^。；;\n]{0,8}|完成[^。；;\n，,]{0,6}(?:日常|各项)工作")
_FILLERS = re.compile("^(?:已经?|不断|进一步|持续|全面|基本|圆满|顺利|较好地?)+")


def copied_goal(case: Case) -> Answer:
    """A15 (疑似): the goal of an earlier year's form of the same project, word for word but for the year."""
    form = case.form
    older = [
        other
        for other in case.siblings
        if other.kind is form.kind
        and project_name(other) == project_name(form) != ""
        and other.year is not None
        and form.year is not None
        and other.year < form.year
    ]
    if not older:
        return Skip(Outcome.INSUFFICIENT_DATA, "需要往年的同一表格")
    now, then = _goal_text(form), _goal_text(older[-1])
    if len(now) < 12 or SequenceMatcher(None, now, then, autojunk=False).ratio() < 0.95:
        return ()
    message = f"疑似照抄往年：绩效目标与{older[-1].year}年的几乎完全相同"
    place = (
        form.goals[0].place if form.goals else form.goal.expected.place if form.goal and form.goal.expected else None
    )
    return (Found(message, None, "goals", place, now[:40], "按当年任务重新编写"),)


def _goal_text(form: Form) -> str:
    goals = [*form.goals, *([form.goal.expected] if form.goal is not None and form.goal.expected else [])]
    return re.sub(r"20\d\d", "", fold("".join(goal.text for goal in goals)))


def actual_repeats_target(case: Case) -> Answer:
    """A17 (疑似): what was achieved only repeats the words of the target."""
    rows = [row for row in case.form.indicators if row.target and row.actual]
    found = []
    if case.form.kind in (Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL):
        for row in case.form.indicators:
            scored = row.score is not None and re.search(r"\d", row.score.text)
            if row.actual is not None and empty_kind(row.actual.text) is Empty.BLANK and row.target and scored:
                message = f"疑似没有实际情况：有得分{text_of(row.score)}，没有填写实际完成值"
                found.append(Found(message, row, "actual", row.actual.place, "", "写明实际结果"))
    if not rows and not found and (case.form.goal is None or case.form.goal.achieved is None):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有完成值")
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
    elif goal is not None and goal.expected and goal.achieved is not None and not goal.achieved:
        message = "疑似没有实际情况：有预期目标，没有填写目标的实际完成情况"
        found.append(Found(message, None, "goal", goal.achieved.place, "", "写明实际完成情况"))
    return tuple(found)


def _check(
    code: str, title: str, level: str, run: Callable[[Case], Answer] | None, why: str, advice: str, kind: str = "D"
) -> Check:
    kinds = frozenset(Kind)
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )


_GOALS = "《中央部门预算绩效目标管理办法》（财预〔2015〕88号）：绩效目标应当指向明确、细化量化、合理可行、相应匹配"

CHECKS = (
    _check("A03", "疑似名称用字不一致", "W", variant_characters, "同一名称应使用同一个字", "核对地名、单位名的用字（扫描识别常把形近字弄错）。", "H"),
    _check("A04", "必填项空白", "E", blank_field, "表头各项应当填写完整", "补填。"),
    _check("A05", "模板占位符未替换", "E", placeholder, "占位符不是填报内容", "换成实际内容，或删去。"),
    _check("A06", "年度不符", "W", other_year, "表中年度应一致", "核对是否从以前年度的表格复制而来。"),
    _check("A07", "依据过期", "W", expired_basis, "依据应在当年有效", "换成现行有效的依据。"),
    _check("A08", "疑似依据的事项已结束", "W", finished_event, "依据应与当年工作有关", "核对是否沿用旧依据。", "H"),
    _check("A09", "列与表头错位", "W", _remark("A09"), "每行的列数应与表头一致", "对照原件核对错位的行。"),
    _check("A10", "层级丢失", "W", _remark("A10"), "下级指标应归入上级指标", "补填一级、二级指标。"),
    _check("A11", "表内重复表头", "I", _remark("A11"), "跨页的表头不是指标", "转换文件时去掉重复表头。"),
    _check("A12", "文字处理软件的残留", "I", residue, "书签等标记不是填报内容", "删去。"),
    _check("A13", "个人信息", "W", personal_data, "《个人信息保护法》：公开前应取得同意或去标识化", "公开前删去电话、证件号等。"),
    _check("A14", "缺少佐证材料", "W", elsewhere("需要佐证材料清单"), "《项目支出绩效评价管理办法》（财预〔2020〕10号）：评价应有真实、完整的佐证材料", "附上要求的佐证材料。"),
    _check("A15", "疑似目标照抄往年", "W", copied_goal, _GOALS, "按当年任务重新编写绩效目标。", "H"),
    _check("A16", "疑似目标只是职责", "W", duties_for_goals, _GOALS, "写明预期结果和数量。", "H"),
    _check("A17", "疑似没有实际完成情况", "W", actual_repeats_target, "完成情况应写实际结果", "写明做了什么、结果如何。", "H"),
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
