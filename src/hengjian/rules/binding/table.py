"""Several inputs at once: texts by the nouns a clerk wrote, or one text that names them all."""

import re
from collections.abc import Mapping
from fractions import Fraction

from hengjian.rules.binding.number import number_for
from hengjian.rules.binding.typed import fits
from hengjian.rules.binding.units import other_unit
from hengjian.rules.evaluate import Env, shown_name
from hengjian.rules.reading import Context
from hengjian.rules.tree import Input, Missing, Number, Stated
from hengjian.rules.wording import says_nothing_wrong, says_reached, says_right, says_short
from hengjian.values.achieved import read_numbers
from hengjian.values.quantity import Empty, Quantity, read_actual
from hengjian.values.text import fold
from hengjian.values.units import incompatible

CIRCLED = re.compile("[①-⑳]")
_SPOKEN_NUMBER = re.compile(r"\(?第?([一二三四五六七八九十])(?:是|、|\)|项|点|条)?")  # 一是, （二）, 第三项
_NUMBERED = re.compile(r"\(?(\d{1,2})[).、]?")


_LACKS = re.compile(r"[缺少欠漏差]")  # what is missing is no number of what is done


def fill_table(
    wanted: list[Input], stated: list[Stated], actual: Mapping[str, str], context: Context, env: Env
) -> Missing | None:
    """Put texts by noun into the environment: each input takes the key that names it best."""
    keys = dict(actual)
    if [one.name for one in wanted] == ["actual"] and keys and all(CIRCLED.fullmatch(fold(key)) for key in keys):
        bad = sum(says_short(fold(text)) for text in keys.values())
        good = sum(
            not says_short(fold(text)) and (says_reached(fold(text)) or says_right(fold(text)))
            for text in keys.values()
        )
        if bad + good == len(keys):
            env.numbers["actual"] = Fraction(bad)
            return None
    keys = _named_in_order(wanted, stated, keys)
    _fill_share(wanted, keys, env)
    wanted = [one for one in wanted if one.name not in env.numbers]
    pairs = sorted(((likeness(one.name, key), one, key) for one in wanted for key in keys), key=lambda item: -item[0])
    taken: dict[str, str] = {}
    used: set[str] = set()
    for close, one, key in pairs:
        if close >= 0.5 and one.name not in taken and key not in used:
            taken[one.name] = key
            used.add(key)
    rest = [key for key in keys if key not in used]
    open_ = [one for one in wanted if one.name not in taken]
    apart = len(rest) == 1 and len(open_) == 1 and _LACKS.match(rest[0]) and not _LACKS.match(open_[0].name)
    if len(rest) == 1 and len(open_) == 1 and len(wanted) == len(keys) and not apart:
        taken[open_[0].name] = rest[0]
        rest = []
    for one in wanted:
        key = taken.get(one.name, "")
        if not key:
            env.numbers[one.name] = Missing(f"缺少“{shown_name(one)}”的数值")
            continue
        got = read_actual(keys[key])
        if isinstance(got, Empty):
            env.numbers[one.name] = Missing(f"“{key}”没有填写")
            continue
        env.numbers[one.name] = _part(one, keys[key], got, context, env)
    for statement in stated:
        best = max(keys, key=lambda key: likeness(statement.input, _label(key)), default="")
        if best and (statement.input == best or likeness(statement.input, _label(best)) >= 0.5):
            env.words[statement.input] = keys[best]
    return None


def _named_in_order(wanted: list[Input], stated: list[Stated], keys: dict[str, str]) -> dict[str, str]:
    """①, ②, ③ beside inputs that the rule names in words: the first, the second, the third of them as printed."""
    labels = [_label(key) for key in keys]
    names = list(dict.fromkeys([one.name for one in wanted] or [one.input for one in stated]))
    plain = not any(CIRCLED.fullmatch(name) or name in ("actual", "late_days", "late_months", "rank") for name in names)
    if len(names) < 2 or not plain or sorted(labels) != [chr(ord("①") + place) for place in range(len(names))]:
        return keys
    return {names[ord(label) - ord("①")]: text for label, text in zip(labels, keys.values(), strict=True)}


def _label(key: str) -> str:
    """The number of an item as the tree names it: （2）, 2. and 2、 are ②."""
    match = _NUMBERED.fullmatch(fold(key))
    spoken = _SPOKEN_NUMBER.fullmatch(fold(key))
    number_ = int(match.group(1)) if match else "一二三四五六七八九十".index(spoken.group(1)) + 1 if spoken else 0
    return chr(ord("①") + number_ - 1) if 1 <= number_ <= 20 else key


def _fill_share(wanted: list[Input], keys: dict[str, str], env: Env) -> None:
    """A rate whose definition the rule prints (追加额/预算数), from its two counts."""
    shares = [one for one in wanted if one.sense.startswith("share:")]
    if not shares or len(keys) < 2:
        return
    above, _, below = shares[0].sense.removeprefix("share:").partition("/")
    more, _, less = above.partition("-")
    found: dict[str, Fraction] = {}
    for name in dict.fromkeys(noun for noun in (more, less, below) if noun):
        key = max((key for key in keys if key not in found), key=lambda key: likeness(name, key), default="")
        got = read_actual(keys[key]) if key and likeness(name, key) >= 0.5 else None
        if not isinstance(got, Quantity):
            return
        found[key] = got.value
        if name == below:
            bottom = key
        if name == more:
            top = key
    a, b = found[top], found[bottom]
    if less:
        a -= next(number_ for key, number_ in found.items() if key != top and (less == below or key != bottom))
    env.numbers[shares[0].name] = a / b * 100 if b else Missing(f"“{bottom}”为0，无法计算比率")
    for key in found:
        keys.pop(key)


def _part(one: Input, text: str, got: Quantity | Empty | None, context: Context, env: Env) -> Number:
    if one.name.startswith("late_"):
        return number_for(one, text, got, one, context, env)
    if isinstance(got, Quantity):
        if got.unit and one.unit and incompatible(got.unit, one.unit):
            return other_unit(f"“{one.name}”的", got, one)
        if one.unit == "%" and got.unit == "" and 0 < abs(got.value) <= 1:
            env.policies.append("unit_guess")
            return Missing(f"“{text}”可能少了百分号，请写明")
        return got.value
    said = fold(text)
    if says_nothing_wrong(said) or said in ("否", "未发生"):
        return Fraction(0)
    if said in ("是", "有", "发生", "已发生", "存在", "出现"):
        return Fraction(1)
    return Missing(f"“{one.name}”的“{text}”读不出一个数")


# --- several inputs in one text ---------------------------------------------------------------------------------------

_COUNTED = re.compile(r"(?:发生|出现|发现|有|共)?(?P<text>\d+(?:人次|[次起例人件]))(?P<label>[一-鿿]{2,12})")
_LABELLED = re.compile(
    r"(?P<label>[一-鿿][一-鿿()]{0,14}?)(?:为|达到?|共|:|=|有)?(?P<text>(?:[-<>=≥≤约近]?\d|[零一二两三四五六七八九十百]+[一-鿿]|百分之)[^一-鿿]*[一-鿿/%‰·]{0,5}|无|没有|未发生|未出现)"
)


def by_part(text: str, wanted: list[Input]) -> dict[str, str] | Missing | None:
    """One text for several inputs (``数据有效率98%，上传率95%``; ``2期100人``) as texts by input; None where it names none of them.

    ``Missing`` where it names numbers that cannot all be told apart.
    """
    said = fold(text)
    names = list(dict.fromkeys(one.name for one in wanted))
    pieces = [piece for piece in re.split(r"[,;、。]|和(?=[一-鿿])", said) if piece]
    labelled = [found for piece in pieces if (found := _COUNTED.fullmatch(piece) or _LABELLED.fullmatch(piece))]
    if labelled and len(labelled) == len(pieces):
        taken: dict[str, str] = {}
        for found in labelled:
            likely = sorted(((likeness(name, found["label"]), name) for name in names), reverse=True)
            if likely[0][0] < 0.5 or likely[0][1] in taken or (len(likely) > 1 and likely[1][0] == likely[0][0]):
                return _untold(text, names)
            taken[likely[0][1]] = found["text"]
        return taken
    numbers = read_numbers(text)
    if len(numbers) < 2:
        return None
    taken = {}
    for one in wanted:
        own = [number for number in numbers if one.unit and fits(number.quantity.unit, one.unit)]
        if len(own) != 1 or own[0].change:
            return _untold(text, names)
        taken[one.name] = own[0].quantity.text
    return taken if len(set(taken.values())) == len(numbers) == len(names) else _untold(text, names)


def _untold(text: str, names: list[str]) -> Missing:
    return Missing(f"“{text.strip()}”里的几个数分不清各是哪一项，请分项填写：{'、'.join(names)}")


def likeness(name: str, key: str) -> float:
    """How well a key names an input: shared characters in order, over the shorter name."""
    a, b = fold(name), fold(key)
    if a == b:
        return 2.0
    if not a or not b:
        return 0.0
    short, long_ = (a, b) if len(a) <= len(b) else (b, a)
    at = hit = 0
    for char in short:
        found = long_.find(char, at)
        if found >= 0:
            hit += 1
            at = found + 1
    return hit / len(short) - (len(long_) - len(short)) * 0.001
