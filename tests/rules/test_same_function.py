"""The rules of our own in other words: whatever changes no meaning must give the same function, proved on exact curves."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.rules.lexer import Token, tokens, vocabulary
from hengjian.rules.questions import same
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context, Reading
from hengjian.rules.run import score

_OWN: list[dict[str, Any]] = [
    rule
    for name in ("own_rules.toml", "red_rules.toml")
    for rule in tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))["rule"]
]

# Words of one class of the vocabulary that may stand for each other in any place where one of them stands.
_SYNONYMS: tuple[tuple[str, ...], ...] = (
    (
        "扣完为止",
        "减完为止",
        "扣完即止",
        "扣至0分",
        "扣到0分",
        "扣至零分",
        "不计负分",
        "最低0分",
        "扣光为止",
        "扣净为止",
    ),
    ("不得分", "不计分", "不赋分", "不予得分", "不予计分", "不给分"),
    ("大于等于", "不低于", "不少于", "大于或等于", "不小于"),
    ("小于等于", "不高于", "不超过", "小于或等于", "不多于", "不大于"),
    ("否则", "反之", "其余情况", "其他情况", "其余"),
    ("按时", "按期", "如期"),
    ("目标值", "指标值", "年度指标值", "年初目标值", "年度目标值"),
    ("指标分值", "指标分", "权重分", "分值", "该指标分值", "本项分值"),
    ("推迟", "延迟", "延误", "逾期", "滞后"),
    ("取最高", "就高", "取最高分", "按最高分计"),
)
_CLASS = {word: group for group in _SYNONYMS for word in group}
_NUMBERINGS: tuple[Callable[[int], str], ...] = (
    lambda number: "①②③④⑤⑥⑦⑧⑨"[number],
    lambda number: f"（{number + 1}）",
    lambda number: f"({number + 1})",
    lambda number: f"{number + 1}、",
    lambda number: f"（{'一二三四五六七八九'[number]}）",
)
_BAND = re.compile(
    r"[^，,；;。\n每]*\d[^，,；;。\n每]*[，,]?(?:得|计|赋)[^，,；;。\n]{1,8}|[^，,；;。\n每]*\d[^，,；;。\n每]*[，,]?不得分"
)


def _context(rule: dict[str, Any]) -> Context:
    return Context(indicator=rule["indicator"], target=rule["target"], weight=rule["weight"])


# --- changes of wording that change nothing ---------------------------------------------------------------------------


def _synonyms(text: str, random: Random, rule: dict[str, Any]) -> str:
    """Another word of the vocabulary for one token; nouns that only contain the word stay."""
    found = [token for token in tokens(text) if token.text in _CLASS and text[token.start : token.end] == token.text]
    return _put(text, [(token, random.choice(_CLASS[token.text])) for token in found if random.random() < 0.7])


def _put(text: str, changes: list[tuple[Token, str]]) -> str:
    for token, said in sorted(changes, key=lambda change: -change[0].start):
        text = text[: token.start] + said + text[token.end :]
    return text


def _widths(text: str, random: Random, rule: dict[str, Any]) -> str:
    """Commas, brackets, percent signs and digits in half or full width."""
    pairs = {
        "，": ",",
        "；": ";",
        "（": "(",
        "）": ")",
        "：": ":",
        "%": "％",
        "＜": "<",
        "＞": ">",
        "＝": "=",
        "×": "*",
    }
    both = pairs | {half: full for full, half in pairs.items() if half not in ",:"}
    out = []
    for place, char in enumerate(text):
        beside_digit = text[place + 1 : place + 2].isdigit() and text[place - 1 : place].isdigit()
        change = char in both and random.random() < 0.5 and not (char in "，,：:" and beside_digit)
        wide = char.isdigit() and char.isascii() and random.random() < 0.2
        out.append(both[char] if change else chr(ord(char) + 0xFEE0) if wide else char)
    return "".join(out)


def _blanks(text: str, random: Random, rule: dict[str, Any]) -> str:
    """Blanks between tokens."""
    ends = [token.start for token in tokens(text)[1:] if random.random() < 0.3]
    for place in reversed(ends):
        text = f"{text[:place]} {text[place:]}"
    return text


def _numerals(text: str, random: Random, rule: dict[str, Any]) -> str:
    """1个百分点, 一个百分点; ① （1） 1、 （一）, all in one style."""
    text = re.sub(
        r"(?<=[低高少超差降加过于迟误期缺生现多有])1(?=个百分点|[个次天起件人名场例处项家户期][，,扣减])",
        lambda _: random.choice("1一１"),
        text,
    )
    marks = [token for token in tokens(text) if token.kind == "enum"]
    if marks and all(token.text in "①②③④⑤⑥⑦⑧⑨" for token in marks):
        style = random.choice(_NUMBERINGS)
        text = _put(text, [(token, style("①②③④⑤⑥⑦⑧⑨".index(token.text))) for token in marks])
    return text


def _points(text: str, random: Random, rule: dict[str, Any]) -> str:
    """每低1个百分点 and 每低1% in a row measured in % (C8)."""
    if "%" not in rule["target"] or "目标值的" in text or "百分点" in rule["target"]:
        return text
    text = re.sub(r"(?<=每低|每少|每差|每超)(\d+(?:\.\d+)?)(?:个百分点|%)(?=[，,]?扣)", _either(random), text)
    return text


def _either(random: Random) -> Callable[[re.Match[str]], str]:
    return lambda match: match.group(1) + random.choice(("%", "个百分点", "％", "个百分点"))


def _joined(text: str, random: Random, rule: dict[str, Any]) -> str:
    """及以上, 或以上, （含）以上; 且, 并且."""
    text = re.sub(
        r"(?<=[\d%个次人])(?:及以上|（含）以上)", lambda _: random.choice(("及以上", "（含）以上", "和以上")), text
    )
    return re.sub(r"且(?=[^，,；;。]*\d)", lambda _: random.choice(("且", "并且")), text)


def _order(text: str, random: Random, rule: dict[str, Any]) -> str:
    """Bands in another order: each says by itself where it holds (C6)."""
    end = "。" if text.endswith("。") else ""
    parts = re.split(r"[；;]", text.rstrip("。；;"))
    if len(parts) < 3 or not all(_BAND.fullmatch(part) for part in parts) or any("其" in part for part in parts):
        return text
    return "；".join(reversed(parts)) + end


_CHANGES = (_synonyms, _widths, _blanks, _numerals, _points, _joined, _order)


# --- one function -----------------------------------------------------------------------------------------------------


def _agree(one: Reading, two: Reading, rule: dict[str, Any]) -> bool:
    """The same status and the same function; where no curve proves it, the same scores at the rule's points."""
    if one.status is not two.status or len(one.trees) != len(two.trees):
        return False
    context = _context(rule)
    for first, second in zip(one.trees, two.trees, strict=True):
        told = same(first, second, context).equal
        if told is False:
            return False
        if told is None and not _same_scores(one, two, rule):
            return False
    return True


def _same_scores(one: Reading, two: Reading, rule: dict[str, Any]) -> bool:
    context = _context(rule)
    for point in rule["points"]:
        actual = dict(part.split("=", 1) for part in point[0].split(";")) if "=" in point[0] else point[0]
        grade = point[1] if len(point) == 3 else None
        if score(one, context, actual, grade).value != score(two, context, actual, grade).value:
            return False
    return True


@pytest.mark.parametrize("change", _CHANGES, ids=lambda change: change.__name__.strip("_"))
@settings(max_examples=70, deadline=None, derandomize=True, database=None)
@given(number=st.integers(0, len(_OWN) - 1), random=st.randoms(use_true_random=False))
def test_other_words_give_the_same_function(
    change: Callable[[str, Random, dict[str, Any]], str], number: int, random: Random
) -> None:
    rule = _OWN[number]
    changed = change(rule["rule"], random, rule)
    if changed != rule["rule"]:
        context = _context(rule)
        assert _agree(read_rule(rule["rule"], context), read_rule(changed, context), rule), changed


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(number=st.integers(0, len(_OWN) - 1), random=st.randoms(use_true_random=False))
def test_all_changes_together_give_the_same_function(number: int, random: Random) -> None:
    rule = _OWN[number]
    changed = rule["rule"]
    for change in (_order, _joined, _points, _synonyms, _numerals, _widths, _blanks):
        changed = change(changed, random, rule)
    context = _context(rule)
    assert _agree(read_rule(rule["rule"], context), read_rule(changed, context), rule), changed


def test_every_synonym_is_a_word_of_one_class() -> None:
    words = vocabulary().words
    for group in _SYNONYMS:
        assert len({words[word] for word in group}) == 1, group


def test_a_change_of_meaning_is_noticed() -> None:
    rule = {"indicator": "办结率", "target": "≥95%", "weight": "5", "points": [["95%", "5.00"]]}
    text = "办结率达到95%得满分，每低1个百分点扣0.5分，扣完为止"
    context = _context(rule)
    for other in (text.replace("0.5", "0.4"), text.replace("每低1", "每低2"), text + "，低于90%不得分"):
        assert not _agree(read_rule(text, context), read_rule(other, context), rule), other
