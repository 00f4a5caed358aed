"""How much is done for one rule: nothing here is timed, the work is counted. Speed itself is measured in ``benchmarks``."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from hengjian.engines.sample import rows
from hengjian.rules import frame, lexer, reader
from hengjian.rules.grammar import items as g
from hengjian.rules.grammar import productions
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.grammar.productions import parse
from hengjian.rules.kinds import clauses
from hengjian.rules.lexer import Token, tokens
from hengjian.rules.reading import Context

_PRINTED = [
    rule["rule"]
    for name in ("own_rules.toml", "red_rules.toml")
    for rule in tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))["rule"]
]


def _of_the_field() -> list[tuple[str, Context]]:
    seen: dict[str, Context] = {}
    for table in rows(2_000, seed=3, templates=300):
        columns = [table.column(name).to_pylist() for name in ("rule", "indicator", "target", "weight", "unit")]
        for rule, indicator, target, weight, unit in zip(*columns, strict=True):
            if rule.strip():
                seen.setdefault(rule, Context(indicator=indicator, target=target, weight=weight, unit=unit))
    return list(seen.items())


def test_a_production_that_is_not_asked_would_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wording that begins with a new kind of token must be entered in the list of productions."""
    as_listed = [parse(tokens(text)) for text in _PRINTED]
    every = tuple(production for production, _ in productions._PRODUCTIONS)
    separators = {kind: asked for kind, asked in productions._AT.items() if not asked}
    monkeypatch.setattr(productions, "_AT", separators)
    monkeypatch.setattr(productions, "_ELSEWHERE", every)
    unheard = [
        text for text, items in zip(_PRINTED, as_listed, strict=True) if repr(parse(tokens(text))) != repr(items)
    ]
    assert not unheard


def test_a_rule_is_scanned_and_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = _of_the_field()
    done: Counter[str] = Counter()

    def scan(text: str) -> tuple[Token, ...]:
        done["scanned"] += 1
        return tokens(text)

    def parsed(scanned: Sequence[Token]) -> list[g.Item]:
        done["parsed"] += 1
        return parse(scanned)

    monkeypatch.setattr(reader, "tokens", scan)
    monkeypatch.setattr(reader, "parse", parsed)
    for text, context in texts:
        reader.read_rule(text, context)
    assert len(texts) > 100
    assert done["parsed"] == done["scanned"]
    assert done["scanned"] <= len(texts) * 1.05  # a text that nobody understands is looked at in a second way


def test_a_condition_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """But where the row says nothing of the direction: then the conditions of the best clauses are looked at before."""
    texts = _of_the_field()
    read: Counter[str] = Counter()

    def counted(chunk: Sequence[Token], text: str) -> g.Cond | None:
        read[text] += 1
        return read_condition(chunk, text)

    monkeypatch.setattr(clauses, "read_condition", counted)
    monkeypatch.setattr(frame, "read_condition", counted)
    chunks = 0
    for text, context in texts:
        reading = reader.read_rule(text, context)
        chunks += sum(isinstance(item, g.Chunk) for item in parse(tokens(text))) * max(1, len(reading.trees))
    assert sum(read.values()) <= chunks * 1.25


def test_only_words_that_can_begin_so_are_tried() -> None:
    lengths = [
        len(lexer._tried(lexer.vocabulary().word_lengths, text, at)) for text in _PRINTED for at in range(len(text))
    ]
    assert sum(lengths) < len(lengths) * 1.2
