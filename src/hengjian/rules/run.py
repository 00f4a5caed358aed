"""The reference meaning of a rule: what a person achieved goes in, an exact score with its derivation comes out.

What was typed becomes the inputs of the tree (``binding``), the tree is evaluated (``evaluate``) and the sum told in words
(``derivation``). Everything is a fraction until the one rounding at the end. Where a text leaves the number open, or where
defensible readings differ, a score is given only if all of them agree.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.binding.inputs import bind, wanted_in
from hengjian.rules.binding.lateness import months_late
from hengjian.rules.derivation import derivation
from hengjian.rules.evaluate import TINY, Env, Range, quiet, value
from hengjian.rules.reading import Context, Reading, weight_of
from hengjian.rules.score import Score, Step, rounded_as
from hengjian.rules.tree import (
    Compare,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Missing,
    Not,
    Number,
    Some,
    Stated,
    inputs_in,
    walk,
)
from hengjian.values.calendar import days_late
from hengjian.values.rounding import NATIONAL, Rounding

# Why there is no score though every reading gives one.
READINGS_DIFFER = "规则有几种读法，得分不同"


def score(
    reading: Reading,
    context: Context,
    actual: str | Mapping[str, str],
    grade: str | None = None,
    rounding: Rounding = NATIONAL,
) -> Score:
    """The score of one actual value under a reading.

    ``actual`` is the cell's text, or texts by the nouns printed in the rule. ``grade`` is what a person gave: a word
    (较好), points (3.5), a word with a share or points (部分达成@70%), a deduction (扣1分).
    """
    if not reading.trees:
        return Score(None, None, reason="评分标准未能读懂，不计算得分")
    weight = weight_of(context)
    runs = [_one(tree, context, weight, actual, grade) for tree in reading.trees]
    first, env = runs[0]
    policies = tuple(dict.fromkeys(policy for _, used in runs for policy in used.policies))
    missing = next((result for result, _ in runs if isinstance(result, Missing)), None)
    if missing is not None:
        if len(runs) > 1 and not all(isinstance(result, Missing) for result, _ in runs):
            policies = (*policies, "readings_differ")
        return Score(None, None, reason=missing.reason, policies=policies, trace=tuple(env.path))
    values = [rounding.apply(result) for result, _ in runs if not isinstance(result, Missing)]
    if len(set(values)) > 1:
        texts = "、".join(dict.fromkeys(str(one) for one in values))
        return Score(
            None,
            None,
            reason=f"{READINGS_DIFFER}（{texts}），须先明确规则",
            policies=(*policies, "readings_differ"),
            trace=tuple(env.path),
        )
    exact = first if isinstance(first, Fraction) else Fraction(0)
    line = derivation(reading.trees[0], env)
    trace = (*env.path, Step("算式", line.removesuffix(" =")))
    return rounded_as(Score(exact, None, policies=policies, line=line, trace=trace), rounding)


def _one(
    tree: Expr, context: Context, weight: Number, actual: str | Mapping[str, str], grade: str | None
) -> tuple[Number, Env]:
    env = Env({"weight": weight})
    problem = bind(tree, context, actual, grade, env)
    if problem is not None:
        return problem, env
    words = env.state
    if words:
        return _in_words(tree, words, wanted_in(tree), env), env
    return value(tree, env), env


# --- where a text leaves the number open ------------------------------------------------------------------------------


def _in_words(tree: Expr, words: str, wanted: list[Input], env: Env) -> Number:
    """The clerk typed 已完成 or 未完成 where a number was due: give a score only if every such number scores the same."""
    if env.open is not None:
        return _in_range(tree, env.open, env)
    target = env.numbers.get("target")
    name = next(
        (one.name for one in wanted if one.name in ("actual", "late_days", "late_months")),
        wanted[0].name if wanted else "",
    )
    if not name:
        return value(tree, env)
    if words == "late":
        tries = [Fraction(1), Fraction(10_000)]
    elif not isinstance(target, Fraction):
        bounds = [
            part.right.value for part in walk(tree) if isinstance(part, Compare) and isinstance(part.right, Const)
        ]
        if not bounds:
            return Missing("实际完成值只写了文字，请填写数字")
        target = max(bounds)
        tries = [target] if words == "reached" else [Fraction(0), target - TINY]
    elif words == "reached":
        tries = [target]
    elif words == "partly":
        tries = [TINY, target / 2, target - TINY]
    else:
        up = value(tree, _with(env, name, target + 1))
        at = value(tree, _with(env, name, target))
        worse_above = isinstance(up, Fraction) and isinstance(at, Fraction) and up < at
        tries = [target + TINY, target * 1000 + 1000] if worse_above else [Fraction(0), target - TINY]
    results = [value(tree, _with(env, name, trial)) for trial in tries]
    if any(isinstance(result, Missing) for result in results):
        return next(result for result in results if isinstance(result, Missing))
    if len(set(results)) > 1:
        return Missing("实际完成值只写了未完成，得分取决于完成了多少，请填写数字")
    env.numbers[name] = tries[0]
    env.policies = [policy for policy in env.policies if policy != "partial_step"]
    return results[0]


def _in_range(tree: Expr, left: Range, env: Env) -> Number:
    """The score where every number that was left open gives the same one."""
    results: list[Number] = []
    trials = _days_of(left) if left.days else [{left.name: trial} for trial in _trials(tree, left, env)]
    for trial in trials:
        result = value(tree, replace(env, numbers={**env.numbers, **trial}, policies=[], path=[]))
        results.append(result)
        if isinstance(result, Missing) or result != results[0]:
            break
    missing = next((result for result in results if isinstance(result, Missing)), None)
    if missing is not None:
        return missing
    if len(set(results)) > 1:
        what = "完成日期" if left.days else "数字"
        return Missing(f"“{left.text}”只给出了范围，不是一个确定的实际值，范围之内得分不同，请填写确切的{what}")
    env.numbers |= trials[0]
    return results[0]


def _days_of(left: Range) -> list[dict[str, Number]]:
    if left.deadline is None:
        return []
    return [
        {"late_days": Fraction(days_late(day, left.deadline)), "late_months": months_late(day, left.deadline)}
        for day in left.days
    ]


_MANY = tuple(map(Fraction, ("1.01", "1.1", "1.25", "1.5", "2", "3", "5", "10", "100", "1000")))


def _trials(tree: Expr, left: Range, env: Env) -> list[Fraction]:
    """Numbers of a range that show every piece of a rule: its ends, what the rule compares with, and points between."""
    marks = {
        mark
        for part in walk(tree)
        if not isinstance(part, Compare | Every | Some | Not | Stated | Human | Missing)
        and all(one.name in ("weight", "target") for one in inputs_in(part))
        and isinstance(mark := value(part, quiet(env)), Fraction)
    }
    low, high = left.low, left.high
    if high is None:
        base = max([low or Fraction(0), *marks, Fraction(1)])
        high = base * 1000
        marks |= {base * many for many in _MANY} | {(low or Fraction(0)) * many for many in _MANY}
    if low is None:
        low = min(Fraction(0), *marks, high) if high >= 0 else high * 1000
    first = low if left.low_incl else low + TINY
    last = high if left.high_incl else high - TINY
    between = {first + (last - first) * Fraction(place, 16) for place in range(1, 16)}
    around = {mark + shift for mark in marks for shift in (-TINY, Fraction(0), TINY)}
    return [first, *sorted(trial for trial in between | around if first < trial < last), last]


def _with(env: Env, name: str, trial: Fraction) -> Env:
    return replace(env, numbers={**env.numbers, name: trial}, policies=[], path=[])
