"""Words beside printed states (健全, 基本健全, 否则): the clause that was meant, and none when two fit alike."""

from collections.abc import Sequence
from fractions import Fraction

from hengjian.rules.evaluate import Env, quiet, value
from hengjian.rules.tree import Case, Expr, Human, Number, Stated, has_human, walk
from hengjian.rules.wording import (
    Grade,
    denies,
    falls_short,
    is_yes_or_no,
    leaves_open,
    matches,
    same_scale,
    says_nothing_wrong,
    says_partly,
    says_reached,
    says_short,
    says_yes,
)
from hengjian.values.quantity import Quantity, read_actual
from hengjian.values.text import fold


def choose_words(tree: Expr, stated: list[Stated], env: Env) -> None:
    """Decide which of the printed states was meant: the best fitting clause, and none when two fit alike."""
    said = env.grade.word if env.grade is not None else ""
    text = env.text
    by_input: dict[str, list[Stated]] = {}
    for statement in stated:
        by_input.setdefault(statement.input, []).append(statement)
    for name, group in by_input.items():
        choices = list(dict.fromkeys(statement.words for statement in group))
        heard = env.words.get(name, "") if name != "actual" else ""
        if name == "actual":
            heard = said or ("" if env.grade is not None else text)
            if env.grade is not None and not said:
                env.words.pop(name, None)
                if branch := _human_branch(tree, env) or _fixed_branch(tree, env):
                    env.words[name] = branch
                continue
            if not said and env.grade is None and has_human(tree) is not None and not heard:
                continue
        if not heard:
            continue
        if name != "actual" and len(choices) == 1 and not _is_phrase(choices[0]) and not _is_label(name):
            holds = _fact_holds(name, heard)
            if holds is None:
                env.words.pop(name, None)
            else:
                env.words[name] = choices[0][0] if holds else "\x00no"
            continue
        if name != "actual" and len(choices) == 1 and not _is_phrase(choices[0]):
            good = says_reached(fold(heard)) or (says_nothing_wrong(fold(heard)) and not says_short(fold(heard)))
            bad = says_short(fold(heard))
            if good or bad:
                env.words[name] = choices[0][0] if good and not bad else "\x00no"
            continue
        if name != "actual" and len(choices) == 2 and (told := _yes_or_no_side(choices, fold(heard))):
            env.words[name] = told
            continue
        graded = name == "actual" and env.grade is not None and bool(said)
        side = _side(tree, choices, fold(said), env) if graded else ""
        answered = is_yes_or_no(fold(said)) and side != "" and not any(fold(said) in words for words in choices)
        if side and answered:
            env.words[name] = side
            continue
        found = matches(heard, choices) if side is not None or not answered else None
        if found is not None:
            env.words[name] = choices[found][0]
        elif graded and not has_human(tree):
            # a word nobody knows is no grade: 否则 is for the states that are known not to be the printed ones
            if side or (side is not None and _is_other(tree, choices, fold(said), env)):
                env.words[name] = side or "\x00other"
            else:
                env.words.pop(name, None)
        elif env.grade is not None and said:
            env.words[name] = "\x00other"
        else:
            env.words.pop(name, None)
        if found is None and name == "actual" and env.grade is None:
            env.words.pop(name, None)
            if len(choices) == 1 and says_short(fold(heard)) and _is_other(tree, choices, fold(heard), env):
                env.words[name] = "\x00other"  # 未完成初稿 beside 完成初稿得3分，否则0分


def _is_label(name: str) -> bool:
    """①: an item of a checklist without a name of its own."""
    return len(name) == 1


def _fact_holds(name: str, heard: str) -> bool | None:
    """Whether a named fact (获得市级以上表彰, 空缺补选到位) is so, by a yes or no, a count, or its own words; None for any other word."""
    said = fold(heard)
    got = read_actual(heard)
    if isinstance(got, Quantity):
        wrong = name.startswith(_DENIALS)
        return got.value == 0 if wrong else got.value > 0
    if said in ("有", "已有", "具备", "√", name, f"已{name}"):
        return True
    if said in ("×", "不具备", f"未{name}", f"没有{name}") or says_short(said) or says_partly(said):
        return False
    return True if says_reached(said) or says_nothing_wrong(said) else None


_DENIALS = ("未", "没有", "没", "无", "不")


def _yes_or_no_side(choices: Sequence[tuple[str, ...]], heard: str) -> str:
    """有, 是, √ or 无, 否 beside 没有制定方案 and 制定了方案: the state that is meant; "" where it is none of these words."""
    denied = [words[0] for words in choices if words[0].startswith(_DENIALS)]
    said = [words[0] for words in choices if not words[0].startswith(_DENIALS)]
    if len(denied) != 1 or len(said) != 1:
        return ""
    if heard in ("有", "是", "已", "√", "有方案", "具备"):
        return said[0]
    return denied[0] if heard in ("无", "否", "没有", "未", "×", "没") else ""


def _side(tree: Expr, choices: Sequence[tuple[str, ...]], said: str, env: Env) -> str | None:
    """是, √, 达到 beside a rule of two outcomes: the better one; 否, ×, 未达到: the other.

    "" where that is not what was said, None where the word could mean either.
    """
    yes = says_yes(said)
    both = [
        part
        for part in walk(tree)
        if isinstance(part, Case) and all(isinstance(branch.condition, Stated) for branch in part.branches)
    ]
    if yes is None or len(both) != 1 or (env.grade is not None and env.grade.text != said):
        return ""
    case = both[0]
    values = [value(branch.value, quiet(env)) for branch in case.branches]
    names = [words[0] for words in choices]
    if case.otherwise is not None:
        values.append(value(case.otherwise, quiet(env)))
        names.append("\x00other")
    if len(values) != 2 or len(names) != 2 or not all(isinstance(one, Fraction) for one in values):
        return ""
    first, second = values
    if not isinstance(first, Fraction) or not isinstance(second, Fraction) or first == second:
        return ""
    if first < second and leaves_open(said, choices[0][0]):
        return None
    return names[0] if (first > second) == yes else names[1]


def _is_other(tree: Expr, choices: Sequence[tuple[str, ...]], said: str, env: Env) -> bool:
    """A word known to name none of the printed states: 不健全; 未达到 where 否则 is the worst; 部分健全 beside one state."""
    if same_scale(said, [words[0] for words in choices]):
        return True
    if says_partly(said) and len(choices) > 1:
        return False
    if any(denies(said, phrase) for words in choices for phrase in words):
        return True
    return falls_short(said) and all(
        _worst(part, env) for part in walk(tree) if isinstance(part, Case) and part.otherwise is not None
    )


def _worst(case: Case, env: Env) -> bool:
    """Whether 否则 gives no more than any printed state."""
    rest = value(case.otherwise, quiet(env)) if case.otherwise is not None else None
    values = [value(branch.value, quiet(env)) for branch in case.branches]
    return isinstance(rest, Fraction) and all(isinstance(one, Fraction) and rest <= one for one in values)


def _is_phrase(words: tuple[str, ...]) -> bool:
    return words[:1] != ("符合",)


# --- a number given by a person ---------------------------------------------------------------------------------------


def _human_branch(tree: Expr, env: Env) -> str:
    """A bare number was given: the clause that takes one."""
    for part in walk(tree):
        if isinstance(part, Case):
            for branch in part.branches:
                if any(isinstance(below, Human) for below in walk(branch.value)) and isinstance(
                    branch.condition, Stated
                ):
                    human = next(below for below in walk(branch.value) if isinstance(below, Human))
                    if (
                        (env.grade is not None and env.grade.deduct is not None)
                        or not human.deduct
                        or len(part.branches) > 1
                    ):
                        return branch.condition.words[0]
    return ""


def _fixed_branch(tree: Expr, env: Env) -> str:
    """A bare number beside printed states: the one state that gives just that; "" where none does (C20)."""
    got = _given_points(env.grade, env.numbers.get("weight")) if env.grade is not None else None
    found: list[str] = []
    for part in walk(tree):
        if not isinstance(part, Case) or not all(isinstance(branch.condition, Stated) for branch in part.branches):
            continue
        for branch in part.branches:
            if isinstance(branch.condition, Stated) and value(branch.value, quiet(env)) == got:
                found.append(branch.condition.words[0])
        if part.otherwise is not None and value(part.otherwise, quiet(env)) == got:
            found.append("\x00other")
    return found[0] if found and got is not None else ""


def _given_points(given: Grade | None, weight: Number | None) -> Fraction | None:
    if given is None:
        return None
    if given.points is not None or not isinstance(weight, Fraction):
        return given.points
    return given.share * weight / 100 if given.share is not None else weight - given.deduct if given.deduct else None
