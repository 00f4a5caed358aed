"""A typed quantity in the unit of an input: C18. What does not fit, or fits only by a guess, is refused with the reason."""

import re
from fractions import Fraction

from hengjian.rules.evaluate import Env
from hengjian.rules.numerals import number
from hengjian.rules.reading import Context, target_of
from hengjian.rules.tree import Const, Expr, Input, Missing, Number, walk
from hengjian.values.quantity import Quantity
from hengjian.values.text import fold
from hengjian.values.units import Relation, convert, incompatible, relation


def in_unit(got: Quantity, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A typed quantity in the unit of the input: C18."""
    if got.sign not in ("", "="):
        return Missing(f"“{got.text}”只给出了范围，不是一个确定的实际值")
    number_ = got.value
    if one.sense in ("fall", "rise"):
        wanted = "down" if one.sense == "fall" else "up"
        if (got.direction and got.direction in ("up", "down") and got.direction != wanted) or (
            not got.direction and one.sense == "fall" and got.number < 0
        ):
            number_ = -number_
    elif one.sense == "drop":
        number_ = -number_ if got.direction == "up" else number_
    elif one.sense == "level" and got.direction in ("up", "down"):
        return Missing(f"“{got.text}”是变化幅度，规则要的是实际达到的水平")
    elif got.direction == "down" and number_ > 0 and one.unit == "%" and signed_name(context.indicator):
        number_ = -number_
    if one.sense == "early":
        number_ = -number_ if got.direction == "late" else number_
    if not one.unit:
        if got.unit == "%" and target_unit(context) not in ("", "%"):
            return Missing("实际完成值是百分比，目标值不是")
        return number_
    if not got.unit:
        return _bare(got, number_, one, tree, context, env)
    if one.unit in ("%",) and got.unit in ("%", "个百分点", "百分点"):
        if one.sense == "change" and got.unit == "%":
            return Missing("需要上年数才能算出提高了多少个百分点")
        return number_
    if one.unit == "%" and got.unit == "‰":
        return number_ / 10
    if one.unit == "%":
        if got.unit == "分" or relation(got.unit, "%") is Relation.UNKNOWN:
            return number_
        target = target_of(context.target, context.sign, context.unit)
        if target.unit in ("%", ""):
            return Missing(f"实际完成值的单位是“{got.unit}”，规则要的是百分比")
        return number_
    if got.unit == "%" and one.unit == "‰":
        return number_ * 10
    if got.unit == "%":
        target_value = env.numbers.get("target")
        if one.sense == "ratio" and isinstance(target_value, Fraction) and "%" not in context.target:
            return number_ * target_value / 100
        return Missing(f"实际完成值是百分比，规则按“{one.unit}”计算")
    converted = convert(number_, got.unit, one.unit)
    if converted is not None:
        return converted
    if "/" in one.unit and "/" not in got.unit and _far_off(number_, env):
        return Missing(f"“{got.text}”像是总数，规则按“{one.unit}”计算；请填写每一单位的数值")
    if _is_time(one.unit) and _is_time(got.unit) and {one.unit, got.unit} & _MONTHS:
        return other_unit("实际完成值", got, one)  # a month is no fixed number of days
    if got.unit.split("/")[0] == one.unit.split("/")[0] or relation(got.unit, one.unit) is not Relation.DIFFERENT:
        return number_
    if one.unit == "季度" and got.unit in ("次", "个", "期"):
        return number_
    if incompatible(got.unit, one.unit) or _is_time(one.unit) != _is_time(got.unit):
        return other_unit("实际完成值", got, one)
    return number_


def _far_off(number_: Fraction, env: Env) -> bool:
    target = env.numbers.get("target")
    return isinstance(target, Fraction) and target > 0 and not target / 20 <= number_ <= target * 20


def other_unit(what: str, got: Quantity, one: Input) -> Missing:
    """Why a quantity does not count: its unit cannot be converted."""
    return Missing(f"{what}“{got.text}”的单位是“{got.unit}”，规则按“{one.unit}”计算，两者不能换算；请核对单位或数值")


_MONTHS = frozenset(("月", "个月", "季度", "半年", "年"))


def _is_time(unit: str) -> bool:
    return unit in ("天", "月", "个月", "年", "小时", "分钟", "秒", "周", "工作日", "季度", "日")


def signed_name(indicator: str) -> bool:
    """Whether an indicator's name tells of a change, so that a fall of it is negative."""
    return any(word in indicator for word in ("增长", "增幅", "增速", "变动", "变化", "提高", "提升"))


def target_unit(context: Context) -> str:
    """The unit of the row's target, "" where it prints none."""
    return target_of(context.target, context.sign, context.unit).unit if context.target else ""


# --- without a unit ---------------------------------------------------------------------------------------------------


def _bare(got: Quantity, number_: Fraction, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A number typed without a unit: that of the target, unless only the plain number is plausible."""
    if one.unit == "%":
        if 0 < abs(number_) <= 1 and not got.scale and _two_digit_bound(tree, env, one):
            env.policies.append("unit_guess")
            return Missing(f"“{got.text}”可能是{number(number_ * 100)}%，也可能是{number(number_)}%，请写明百分号")
        return number_
    scale = printed_scale(context)
    if scale == 1 or got.scale or not number_:
        return number_
    target = env.numbers.get("target")
    if not isinstance(target, Fraction) or not target:
        return number_ * scale
    scaled, plain = number_ * scale / target, number_ / target
    if scale == _MYRIAD**2 and scaled > 20 and Fraction(1, 20) <= number_ * _MYRIAD / target <= 20:
        return Missing(f"“{got.text}”没有写单位，目标值以亿计，实际完成值像是以万计；请写明单位")
    return number_ if plain >= Fraction(1, 10) and scaled > 20 else number_ * scale


_MYRIAD = 10_000


def _two_digit_bound(tree: Expr, env: Env, one: Input) -> bool:
    target = env.numbers.get("target")
    if isinstance(target, Fraction) and abs(target) >= 10:
        return True
    return prints_percents(tree)


def prints_percents(tree: Expr) -> bool:
    """Whether a rule prints percentages as such (≥90%), so that 0.9 is none."""
    return any(isinstance(part, Const) and part.unit == "%" and part.value >= 10 for part in walk(tree))


def printed_scale(context: Context) -> int:
    """What a bare number of the target's scale is multiplied with: 万, 亿."""
    target = target_of(context.target, context.sign, context.unit) if context.target else None
    scale = target.scale if target is not None else ""
    if not scale:
        found = re.search(r"[\d.]+(万|亿)", fold(context.target))
        scale = found.group(1) if found else ""
    return {"": 1, "万": 10_000, "亿": 100_000_000}[scale]
