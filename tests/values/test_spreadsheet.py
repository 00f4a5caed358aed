"""No text of a CSV file is a formula to the program that opens it."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from hengjian.values.spreadsheet import csv_text, guarded, unguarded

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"]) | st.sampled_from("'=+-@\t\r＝＋－＠0123456789.,%"), max_size=8
)


@given(TEXTS)
@example("'=1+1")
@example("''-")
def test_a_guarded_text_is_given_back_and_begins_no_formula(text: str) -> None:
    held = guarded(text)
    assert unguarded(held) == text
    if held[:1] in tuple("=+-@＝＋－＠\t\r"):
        assert all(sign in "+-.,%0123456789" for sign in held), "only a number or a dash may begin so"


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=3))
def test_a_csv_file_holds_the_texts(rows: list[list[str]]) -> None:
    read = [list(map(unguarded, row)) for row in csv.reader(io.StringIO(csv_text(rows), newline=""))]
    assert read == rows
