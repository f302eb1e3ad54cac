"""The form in which texts are kept, and what can be seen of them."""

from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.texts.kept_form import MARKS_MAXIMUM, as_line, as_password, as_prose, lines_of
from complaints.texts.visibility import can_be_seen

ANY = st.text(st.characters(exclude_categories=["Cs"]))
LINES = {
    "Lift\nRD-00000000": "Lift RD-00000000",
    "a\r\nb\rc\vd\fe\x85f\u2028g\u2029h\x1ci": "a b c d e f g h i",
    " \u00a0North \u3000 Hall\u2009": "North Hall",
    "Zu\u0308rich": "Zürich",
    "\x1b[31mred\x07\x9b": "[31mred",
    "\u202eAda\u2069\u200f": "Ada",
    "Nor\u200bth\ufeff\u00ad": "North",
    "North\u3164\u2800": "North",
    "North\U000e0053\U000e0065": "North",
    "🏴\U000e0067\U000e0062\U000e007f": "🏴\U000e0067\U000e0062\U000e007f",
    "👩\u200d🔧 می\u200cخواهم": "👩\u200d🔧 می\u200cخواهم",
    "Z" + "\u0335" * 40: "Z" + "\u0335" * MARKS_MAXIMUM,
}


@pytest.mark.parametrize(("text", "line"), LINES.items(), ids=ascii)
def test_a_line_is_one_line(text: str, line: str) -> None:
    assert as_line(text) == line


@given(ANY)
def test_whatever_is_put_on_a_line_is_in_form_and_stays_so(text: str) -> None:
    line = as_line(text)
    assert len(line.splitlines()) < 2
    assert line == line.strip() == normalize("NFC", line) == as_line(line)
    assert not any(category(letter) in ("Cc", "Zl", "Zp") for letter in line)


@given(ANY)
def test_prose_keeps_what_was_written_and_is_in_nfc(text: str) -> None:
    assert as_prose(text) == normalize("NFC", text).strip() == as_prose(as_prose(text))


def test_prose_has_a_line_for_each_that_anybody_would_see() -> None:
    assert lines_of("a\r\nb\u2028\u202ec\x0bd\n\ne") == ["a", "b", "c", "d", "", "e"]


def test_a_password_is_the_same_however_it_is_composed() -> None:
    assert as_password("cafe\u0301\u00a0noir") == as_password("café noir") == "café noir"


NOTHING = [
    "\u3164",
    "\u2800",
    "\u0301",
    "\U000e0041\U000e0042",
    "\ufe0f",
    "\u115f",
    "\u200d",
    "\u034f",
    "\u2065",
    " \u00a0",
]


@pytest.mark.parametrize("text", [*NOTHING, "".join(NOTHING)], ids=ascii)
def test_nothing_can_be_seen_of_it(text: str) -> None:
    assert not can_be_seen(text)


@pytest.mark.parametrize(
    "text", ["x", "نص", "e\u0301", "\u3164x", "\U0001fae8", "\ufffd", "—", "한", "⠓"], ids=ascii
)
def test_something_can_be_seen_of_it(text: str) -> None:
    assert can_be_seen(text)
