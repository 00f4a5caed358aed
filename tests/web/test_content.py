"""A form taken into the site as rows, and made of them again, is the same form."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from forms.anything import any_form
from hengjian.forms.contract import form_from_json, form_to_json
from hengjian.forms.form import Form
from hengjian.web.projects.content import form_of, row_from_json, rows_of


def told(form: Form) -> dict[str, Any]:
    """What the contract says of a form, without places and what is derived; a record without fields says nothing."""
    plain = form_to_json(form)
    del plain["reading"]
    for row in plain["indicators"]:
        del row["place"]
    return {name: value for name, value in plain.items() if value != {}}


@settings(max_examples=100, deadline=None)
@given(any_form())
def test_no_fact_of_a_form_is_lost_in_rows(form: Form) -> None:
    """Neither when it is confirmed from a file (with places) nor through a frozen version."""
    form = replace(form, sums=tuple(dict(form.sums).items()))
    for places in (False, True):
        rows = rows_of(json.loads(json.dumps(form_to_json(form, places=places))))
        frozen = [row_from_json(json.loads(json.dumps(row.json()))) for row in rows]
        assert told(form_from_json(form_of(form.kind.value, frozen))) == told(form)
