"""What was read with doubt is never held against a form: such findings are suspicions."""

from dataclasses import replace

import pytest

from hengjian.audit.run import audit_document
from hengjian.forms.contract import form_from_json
from hengjian.forms.form import Form
from hengjian.forms.layout import Source
from hengjian.values.finding import Certainty


def wrong_form() -> Form:
    """One score is wrong; the sums fit it."""
    row = {"level1": "产出指标", "level2": "数量指标", "name": "走访户数", "target": "≥200户", "actual": "90户"}
    full = {"level1": "效益指标", "level2": "社会效益指标", "name": "问题办结数", "target": "≥50件", "actual": "50件"}
    return form_from_json(
        {
            "kind": "self_evaluation",
            "year": 2023,
            "indicators": [
                {**row, "weight": "40", "score": "25.00", "deviation": "汛期停访，2024年3月底前补访。"},
                {**full, "weight": "60", "score": "60.00", "deviation": ""},
            ],
            "total": {"weight": "100", "score": "85.00"},
        }
    )


@pytest.mark.parametrize(("uncertain", "kind"), [(False, Certainty.DETERMINISTIC), (True, Certainty.HEURISTIC)])
def test_a_wrong_score_is_an_error_only_where_it_was_read_for_certain(uncertain: bool, kind: Certainty) -> None:
    form = wrong_form()
    first, second = form.indicators
    assert first.score is not None
    form = replace(form, indicators=(replace(first, score=replace(first.score, uncertain=uncertain)), second))
    audit = audit_document(Source("表.pdf", "pdf", "", 1), (form,), ())
    (finding,) = [finding for finding in audit.findings if finding.code == "F08"]
    assert finding.kind is kind
    assert finding.message.startswith("疑似") is uncertain
    assert ("请对照原件" in finding.message) is uncertain
