"""The trace of one score as data (schema ``hengjian.trace/1``): rule, canonical text, policies, steps, exact and printed score.

The same record goes into reports, workbooks and programs of others; ``hengjian/schema/trace.schema.json`` fixes its shape
and ``docs/rules/trace.md`` explains it. Numbers are texts: ``exact`` is a whole number or a fraction ``37/4``.
"""

from typing import Any

from hengjian.rules.canonical import VERSION, show
from hengjian.rules.reading import Context, Reading
from hengjian.rules.score import Score

SCHEMA = "hengjian.trace/1"


def trace_of(reading: Reading, context: Context, actual: str, score: Score) -> dict[str, Any]:
    """The trace of a score that ``run.score`` gave for an actual value under a reading."""
    return {
        "schema": SCHEMA,
        "language": VERSION,
        "rule": reading.text,
        "origin": reading.origin,
        "status": reading.status.value,
        "canonical": [show(tree) for tree in reading.trees],
        "target": context.target,
        "weight": context.weight,
        "actual": actual,
        "exact": None if score.exact is None else str(score.exact),
        "value": None if score.value is None else f"{score.value:f}",
        "derivation": score.derivation,
        "reason": score.reason,
        "policies": list(score.policies),
        "steps": [{"label": step.label, "text": step.text} for step in score.trace],
    }
