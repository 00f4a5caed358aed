"""One cell's text for all the inputs of a tree: a number, a share of a checklist, several numbers, or words alone."""

import re
from fractions import Fraction

from hengjian.rules.binding.number import number_for
from hengjian.rules.binding.table import CIRCLED, by_part, fill_table
from hengjian.rules.binding.units import target_unit
from hengjian.rules.evaluate import Env, value
from hengjian.rules.reading import Context
from hengjian.rules.tree import Arith, Case, Expr, Input, Missing, Number, Op, Stated, has_human, inputs_in, walk
from hengjian.rules.wording import says_reached, says_right
from hengjian.values.achieved import read_progress, read_share
from hengjian.values.quantity import Empty, Quantity, read_actual
from hengjian.values.text import fold
from hengjian.values.words import words

MAIN = ("actual", "late_days", "late_months", "rank")


def fill_text(
    tree: Expr, wanted: list[Input], stated: list[Stated], actual: str, context: Context, env: Env
) -> Missing | None:
    """Put one cell's text into the environment."""
    env.text = actual
    if not wanted:
        return _fill_states(tree, stated, actual, env)
    if (shared := _share_of_items(tree, actual, wanted, context, env)) is not None:
        env.numbers |= shared
        return None
    main, others = _main_and_others(wanted)
    if len(wanted) > 1 and (not main or others):
        parted = by_part(actual, wanted)
        if isinstance(parted, Missing):
            return parted
        if parted:
            none = {one.name: "0" for one in wanted if _none_best(tree, one)}
            return fill_table(wanted, stated, none | parted, context, env)
    got = read_actual(actual)
    if isinstance(got, Empty):
        if env.grade is None or not (stated or has_human(tree)):
            return Missing("未填实际完成值")
        env.numbers.update((one.name, Missing("未填实际完成值")) for one in wanted)
        return None
    for one in main:
        env.numbers[one.name] = number_for(one, actual, got, tree, context, env)
    if main:
        _fill_beside(others, env)
    else:
        _fill_named(others, fold(actual), got, env)
    return None


def _main_and_others(wanted: list[Input]) -> tuple[list[Input], list[Input]]:
    """What one number in the cell is for, and what has a printed noun of its own; a single noun is the main one."""
    main = [one for one in wanted if one.name in MAIN]
    others = [one for one in wanted if one not in main]
    return (others, []) if len(others) == 1 and not main else (main, others)


def _fill_states(tree: Expr, stated: list[Stated], actual: str, env: Env) -> Missing | None:
    """No number is wanted: a checklist answered as a whole or by a count, else words or a person's grade."""
    if stated and all(CIRCLED.fullmatch(one.input) for one in stated):
        names = list(dict.fromkeys(one.input for one in stated))
        counted = _COUNTED.fullmatch(fold(actual))
        met = int(counted.group(1) or counted.group(2)) if counted and _alike_items(tree) else None
        if says_right(fold(actual)):
            met = len(names)
        if met is not None and met <= len(names):
            env.words.update({name: "符合" if place < met else "不符合" for place, name in enumerate(names)})
            return None
    asked = stated or has_human(tree)
    if asked and env.grade is None and (not fold(actual) or isinstance(read_actual(actual), Empty)):
        return Missing("未填实际完成值，也没有人工评定")
    return None


def _fill_beside(others: list[Input], env: Env) -> None:
    """Nouns beside a main number, of which the cell says nothing more."""
    for one in others:
        count = env.numbers.get("actual")
        if not one.name.startswith("其中"):
            env.numbers[one.name] = Missing(f"还需要“{one.name}”的数值，请分项填写")
        elif isinstance(count, Fraction) and count <= 1:
            env.numbers[one.name] = Fraction(0)
        else:
            env.numbers[one.name] = Missing("还需要其中重复发生的次数")


def _fill_named(others: list[Input], said: str, got: Quantity | None, env: Env) -> None:
    """Several nouns and one text: 无 is none of any, 发生脱岗 one of that and none of the others."""
    if isinstance(got, Quantity) and got.value == 0:
        env.numbers.update((one.name, Fraction(0)) for one in others)
        return
    _fill_beside(others, env)
    if any(one.name in said for one in others):
        for one in others:
            if one.name not in said:
                env.numbers[one.name] = Fraction(0)
            elif not one.name.startswith("其中"):
                env.numbers[one.name] = Fraction(1)


def _none_best(tree: Expr, one: Input) -> bool:
    """Whether an input counts bad events, so that a text that names only the others says there were none of these."""
    rest = {other.name: Fraction(0) for other in inputs_in(tree)} | {"weight": Fraction(100)}
    at_zero, at_one = (value(tree, Env({**rest, one.name: Fraction(count)})) for count in (0, 1))
    return isinstance(at_zero, Fraction) and isinstance(at_one, Fraction) and at_zero > at_one


def _share_of_items(
    tree: Expr, actual: str, wanted: list[Input], context: Context, env: Env
) -> dict[str, Number] | None:
    """达标项数÷总项数 from ``18/20``, or from ``18项`` or 已完成 beside a target of 20项: the target is the whole."""
    pair = next(
        (
            (part.left, part.right)
            for part in walk(tree)
            if isinstance(part, Arith)
            and part.op is Op.DIV
            and isinstance(part.left, Input)
            and isinstance(part.right, Input)
        ),
        None,
    )
    if pair is None or {one.name for one in pair} != {one.name for one in wanted} or len(wanted) != 2:
        return None
    part, whole = (one.name for one in pair)
    known = isinstance(env.numbers.get("target"), Fraction) or not context.target.strip()
    if known and re.search(r"目标|计划|指标(?!总|个数|项数)|应|年初", whole):
        return None
    if (share := read_share(actual)) is not None:
        return (
            {part: share.value, whole: Fraction(1)}
            if share.spoken
            else {part: share.part.value, whole: share.whole.value}
        )
    if (rate := read_progress(actual)) is not None:
        return {part: rate.value, whole: Fraction(100)}
    got, target = read_actual(actual), env.numbers.get("target")
    unit = target_unit(context)
    if isinstance(got, Quantity) and got.unit == "%" and not got.sign:
        return {part: got.value, whole: Fraction(100)}
    if unit == "%" or not isinstance(target, Fraction) or target <= 0:
        return None
    if says_reached(fold(actual)):
        return {part: target, whole: target}
    if isinstance(got, Quantity) and not got.sign and not got.near and not words().pending.search(fold(actual)):
        return {part: got.value, whole: target} if got.unit in ("", unit) else None
    return None


_COUNTED = re.compile(
    r"(?:符合|满足|达到|完成|具备)(?:要求的?)?(\d{1,2})(?:项|条|个)|(\d{1,2})(?:项|条|个)(?:符合|满足|达到|完成|具备)(?:要求)?"
)


def _alike_items(tree: Expr) -> bool:
    """Whether every item of a checklist gives the same points, so that a count says enough."""
    given = [
        branch.value
        for part in walk(tree)
        if isinstance(part, Case)
        for branch in part.branches
        if isinstance(branch.condition, Stated)
    ]
    return len(set(given)) == 1
