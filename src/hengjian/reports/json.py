"""The public JSON of ``hengjian audit`` (schema ``hengjian.audit/1``), written document by document."""

import json
from typing import IO, Any

from hengjian.audit.case import Audit, FormAudit, Outcome, text_of
from hengjian.forms.contract import place_to_json
from hengjian.forms.layout import Source
from hengjian.values.finding import Finding, Problem


class JsonWriter:
    """Writes ``{"schema", "documents": [...]}`` to a stream without holding the documents."""

    def __init__(self, stream: IO[str]) -> None:
        """Begin the object."""
        self._stream = stream
        self._any = False
        stream.write('{"schema": "hengjian.audit/1", "documents": [')

    def add(self, audit: Audit) -> None:
        """Write one document."""
        self._stream.write(",\n" if self._any else "\n")
        self._stream.write(json.dumps(audit_json(audit), ensure_ascii=False))
        self._any = True

    def close(self) -> None:
        """End the object."""
        self._stream.write("\n]}\n")
        self._stream.flush()


def audit_json(audit: Audit) -> dict[str, Any]:
    """One element of ``documents``."""
    return {
        "source": source_json(audit.source),
        "forms": [_form_json(form) for form in audit.forms],
        "findings": [finding_json(finding) for finding in audit.findings],
        "problems": [problem_json(problem) for problem in audit.problems],
    }


def source_json(source: Source) -> dict[str, Any]:
    """``{"name", "format", "sha256", "pages"}``."""
    return {"name": source.name, "format": source.format, "sha256": source.sha256, "pages": source.pages}


def problem_json(problem: Problem) -> dict[str, Any]:
    """``{"code", "message", "place"}``."""
    return {
        "code": problem.code,
        "message": problem.message,
        "place": place_to_json(problem.place) if problem.place else None,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding with the field names of the contract."""
    return {
        "code": finding.code,
        "level": finding.level.value,
        "kind": finding.kind.value,
        "form": finding.form,
        "indicator": list(finding.indicator) if isinstance(finding.indicator, tuple) else finding.indicator,
        "field": finding.field,
        "place": place_to_json(finding.place) if finding.place else None,
        "printed": finding.printed,
        "expected": finding.expected,
        "derivation": finding.derivation,
        "message": finding.message,
        "why": finding.why,
        "advice": finding.advice,
    }


def _form_json(audit: FormAudit) -> dict[str, Any]:
    form = audit.case.form
    rounding = audit.case.rounding
    return {
        "kind": form.kind.value,
        "project": text_of(form.project) or None,
        "year": form.year,
        "printed_total": _number(audit.printed_total),
        "recomputed_total": _number(audit.case.recomputed_total),
        "rounding": {"places": rounding.places, "mode": rounding.mode.value, "text": str(rounding)}
        if rounding
        else None,
        "scheme": audit.case.scheme.name,
        "grade": audit.grade or None,
        "reading": form.proof.value,
        "checks": {
            "owed": len(audit.ledger),
            "passed": audit.count(Outcome.PASSED),
            "failed": audit.count(Outcome.FAILED),
            "not_applicable": audit.count(Outcome.NOT_APPLICABLE),
            "insufficient_data": audit.count(Outcome.INSUFFICIENT_DATA),
            "unreadable": audit.count(Outcome.UNREADABLE),
            "not_implemented": audit.count(Outcome.NOT_IMPLEMENTED),
        },
        "ledger": [{"code": e.code, "outcome": e.outcome.value, "reason": e.reason} for e in audit.ledger],
        "rows": [
            {
                "indicator": row.row.name.text,
                "printed": _number(row.printed),
                "recomputed": _number(row.score.value if row.score else None),
                "derivation": row.score.derivation if row.score else "",
                "reason": row.score.reason if row.score else "",
            }
            for row in audit.case.rows
        ],
    }


def _number(value: object) -> str | None:
    return None if value is None else f"{value}"
