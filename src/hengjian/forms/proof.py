"""Checksums of a form: the sums, rates and totals that confirm, or fail to confirm, that it was read right."""

from hengjian.forms.form import Form


def prove(form: Form) -> Form:
    """The form with its identities and its proof state."""
    return form
