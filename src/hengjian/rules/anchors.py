"""Named levels of the measure (基础值20亿元，满分值30亿元) in a rule that speaks of them by name: the numbers in their place."""

import re
from dataclasses import replace

from hengjian.rules.reading import Context
from hengjian.values.text import fold

_NAMES = r"(?:基础|基本|基准|起步|起评|保底|底线|门槛|及格|合格|达标|标准|良好|优秀|满分|挑战|期望|目标|最低|最高|下限|上限)(?:目标)?值"
_NUMBER = r"[≥≤]?\d[\d,]*(?:\.\d+)?[万亿]?(?:[%％‰]|个?百分点|[\u4e00-\u9fff]{0,3}(?:/[\u4e00-\u9fff·]{1,4})?)"
_LEVEL = re.compile(rf"({_NAMES})[为是:：]?\s*({_NUMBER})(?=[，,、；;。/\s）)]|$)")
# at the head of a rule: 基础值为60%，满分值为90%，低于基础值不得分…
_HEAD = re.compile(rf"^\s*(?:{_LEVEL.pattern}[，,、；;。\s]*){{2,5}}")


def with_levels(text: str, context: Context) -> tuple[str, Context] | None:
    """The rule with the printed numbers in the place of the names of levels, beside the best of them as the target.

    None where the rule names no level, or nothing says what a named one is.
    """
    if "值" not in text:
        return None
    head = _HEAD.match(text)
    printed = dict(_LEVEL.findall(context.target) or (_LEVEL.findall(head.group()) if head else []))
    if len(printed) < 2:
        return None
    rest = text[head.end() :] if head else text
    used = [name for name in printed if name in rest]
    if not used or (not head and len(_LEVEL.sub("", context.target).strip("，,、；;。/ ")) > 0):
        return None
    best = next((name for name in _BEST if name in printed), list(printed)[-1])
    for name in sorted(used, key=len, reverse=True):
        rest = rest.replace(name, fold(printed[name]).lstrip("≥≤"))
    return rest, replace(context, target=printed[best]) if not head or not context.target.strip() else context


_BEST = ("满分值", "满分目标值", "优秀值", "挑战值", "最高值", "目标值", "期望值")
