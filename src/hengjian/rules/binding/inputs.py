"""The door of what was typed: a cell's text, texts by noun or a person's grade become the inputs of a tree."""

from collections.abc import Mapping

from hengjian.rules.binding.cell import MAIN, fill_text
from hengjian.rules.binding.number import counts_change, is_event
from hengjian.rules.binding.states import choose_words
from hengjian.rules.binding.table import fill_table
from hengjian.rules.binding.units import printed_scale, prints_percents, signed_name, target_unit
from hengjian.rules.evaluate import Env
from hengjian.rules.reading import Context, target_number, target_of
from hengjian.rules.tree import Expr, Input, Missing, has_human, inputs_in, stated_in
from hengjian.rules.wording import read_grade


def bind(tree: Expr, context: Context, actual: str | Mapping[str, str], grade: str | None, env: Env) -> Missing | None:
    """Fill ``env`` with what was typed, as the inputs of a tree; ``Missing`` where nothing was typed that could count."""
    stated = stated_in(tree)
    target = target_number(context)
    env.numbers["target"] = Missing("目标值不是一个数") if target is None else target
    env.grade = read_grade(grade) if grade is not None and grade.strip() else None
    if isinstance(actual, str):
        problem = fill_text(tree, wanted_in(tree), stated, actual, context, env)
    else:
        problem = fill_table(wanted_in(tree), stated, actual, context, env)
    if problem is None:
        choose_words(tree, stated, env)
    return problem


def wanted_in(tree: Expr) -> list[Input]:
    """The inputs that have to be typed: all but what stands in the row beside."""
    return [one for one in inputs_in(tree) if one.name not in ("weight", "target")]


def door(tree: Expr, context: Context) -> tuple[Input, tuple[object, ...]] | None:
    """The one input of a tree and all that decides how a typed text becomes its number, besides the target's number.

    Trees and rows with equal doors ``bind`` equal texts to equal numbers, unless binding asks ``env.numbers`` for the
    target. None for trees of several inputs or none, and where words or a person decide.
    """
    wanted = wanted_in(tree)
    alone = len(wanted) == 1 or (wanted and wanted[0].name in MAIN and len({one.name for one in wanted}) == 1)
    if not alone or stated_in(tree) or has_human(tree):
        return None
    # An input may stand there with several senses: they are filled in turn.
    return wanted[0], tuple(_way(one, tree, context) for one in wanted)


def _way(one: Input, tree: Expr, context: Context) -> tuple[object, ...]:
    if one.name.startswith("late_"):
        return one, context.year
    return (
        one,
        one.unit == "%" and signed_name(context.indicator),
        counts_change(one, context),
        target_unit(context),
        printed_scale(context),
        "%" in context.target,
        prints_percents(tree),
        is_event(tree, one),
        target_of(context.target, context.sign, context.unit).period if context.target else None,
    )
