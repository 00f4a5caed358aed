"""The ledger: every owed check has one outcome with a reason, and a clean form passes what can be done on it."""

from dataclasses import replace

import pytest

from audit.forms import DECLARATION, EVALUATION, MONITORING, OVERALL, SELF_EVALUATION, audit, blocking, draw, ledger
from hengjian.audit.case import Case, Check, Outcome, RowScore
from hengjian.audit.checks import CHECKS
from hengjian.values.finding import Certainty

# What the audit owes a clean self-evaluation form and how each check ends: p passed, n not applicable, i insufficient
# data, - not implemented. A check that is added, or that begins to answer, changes this line on purpose.
GOLDEN = [
    "A03p",
    "A04p",
    "A05p",
    "A06p",
    "A07n",
    "A08n",
    "A09p",
    "A10p",
    "A11p",
    "A12p",
    "A13p",
    "A14i",
    "A15i",
    "A16p",
    "A17p",
    "B01p",
    "B02p",
    "B03p",
    "B04p",
    "B05p",
    "B06p",
    "B07p",
    "B09p",
    "B14i",
    "B16p",
    "B18p",
    "B19n",
    "B20n",
    "B21p",
    "C01p",
    "C02p",
    "C03p",
    "C04p",
    "C05p",
    "C06p",
    "C07p",
    "C08p",
    "C09p",
    "C10p",
    "C11p",
    "C12p",
    "C13n",
    "C14p",
    "C15n",
    "C16i",
    "C17i",
    "C18p",
    "C19i",
    "D01p",
    "D02p",
    "D03p",
    "D04p",
    "D05p",
    "D06p",
    "D07p",
    "D08p",
    "D09n",
    "D10n",
    "D11p",
    "D12p",
    "D13p",
    "D20n",
    "D21p",
    "F01p",
    "F02p",
    "F03n",
    "F04p",
    "F05p",
    "F07p",
    "F08p",
    "F09p",
    "F10p",
    "F11p",
    "F12n",
    "F13p",
    "F14p",
    "F15p",
    "F16p",
    "F17p",
    "G01p",
    "G02p",
    "G03p",
    "G04p",
    "G05p",
    "G06p",
    "G07p",
    "G08n",
    "G09p",
    "G10p",
    "G11p",
    "G12i",
    "G17i",
    "H01n",
    "J07p",
    "J08p",
    "J09p",
    "R01n",
    "R02n",
    "R03n",
    "R04n",
    "R05n",
    "R06n",
    "R07n",
    "R08n",
    "R09n",
    "R10n",
    "D14n",
    "D15n",
    "D16n",
    "D17n",
    "D18n",
    "D19n",
]

SIGNS = {Outcome.PASSED: "p", Outcome.NOT_APPLICABLE: "n", Outcome.INSUFFICIENT_DATA: "i", Outcome.NOT_IMPLEMENTED: "-"}


def test_the_golden_ledger_of_a_clean_form() -> None:
    got = [
        f"{code}{SIGNS[entry.outcome]}"
        for code, entry in ledger(draw(SELF_EVALUATION, texts=["有效问卷386份"])).items()
    ]
    assert got == GOLDEN


@pytest.mark.parametrize("drawing", [SELF_EVALUATION, DECLARATION, MONITORING, EVALUATION, OVERALL])
def test_a_clean_form_has_no_finding_but_of_judged_rules(drawing: str) -> None:
    told = [finding for finding in audit(draw(drawing)).findings if finding.code not in ("R06", "R09")]
    assert told == []
    assert blocking(draw(drawing)) == []


@pytest.mark.parametrize("drawing", [SELF_EVALUATION, DECLARATION, MONITORING, EVALUATION, OVERALL])
def test_every_owed_check_is_answered_once_and_every_gap_has_its_reason(drawing: str) -> None:
    form = draw(drawing)
    entries = audit(form).forms[0].ledger
    owed = [check.code for check in CHECKS if form.kind in check.kinds]
    assert [entry.code for entry in entries] == owed
    done = (Outcome.PASSED, Outcome.FAILED)
    assert all(bool(entry.reason) is (entry.outcome not in done) for entry in entries)


@pytest.mark.parametrize("drawing", [SELF_EVALUATION, DECLARATION, MONITORING, EVALUATION, OVERALL])
def test_an_empty_form_is_never_accused_of_wrong_numbers(drawing: str) -> None:
    """Nothing but the family: checks must say that there is nothing to check, and never fail or raise."""
    kind = drawing.split("\n")[1]
    told = {finding.code for finding in audit(draw(kind)).findings}
    assert told <= {"J08"}


def test_counts_add_up() -> None:
    (form,) = audit(draw(SELF_EVALUATION, ("10 | 9.79", "10 | 9.5"))).forms
    assert sum(form.count(outcome) for outcome in Outcome) == len(form.ledger)
    assert form.count(Outcome.FAILED) == 2  # F08, and the total no longer adds up (F10)


def test_a_case_is_prepared_once_for_all_checks() -> None:
    (form,) = audit(draw(SELF_EVALUATION)).forms
    case: Case = form.case
    assert len(case.rows) == len(case.form.indicators)
    assert all(isinstance(row, RowScore) for row in case.rows)
    assert str(case.recomputed_total) == "99.44"


def test_findings_name_rows_by_their_printed_name() -> None:
    finding = next(f for f in audit(draw(SELF_EVALUATION, ("10 | 9.79", "10 | 9.5"))).findings if f.code == "F08")
    assert (finding.form, finding.indicator, finding.field, finding.printed, finding.expected) == (
        0,
        "参训学员人次",
        "score",
        "9.5",
        "9.79",
    )
    assert finding.place is not None


def test_deterministic_errors_come_first() -> None:
    form = draw(
        SELF_EVALUATION, ("10 | 9.79", "10 | 9.5"), ("参训学员满意度", "系统满意度"), ("≥90% | 94%", "≥90% | 100%")
    )
    ranks = [
        (finding.kind is Certainty.HEURISTIC, "EWI".index(finding.level.value)) for finding in audit(form).findings
    ]
    assert ranks == sorted(ranks)


def test_every_check_has_a_function() -> None:
    assert [check.code for check in CHECKS if isinstance(check, Check) and check.run is None] == []


def test_two_forms_of_one_file_keep_their_numbers_apart() -> None:
    wrong = draw(SELF_EVALUATION, ("10 | 9.79", "10 | 9.5"))
    other = replace(draw(DECLARATION), project=None)
    told = [finding for finding in audit(other, wrong).findings if finding.code == "F08"]
    assert [finding.form for finding in told] == [1]
