"""What is the same for people, however it was typed; e-mail addresses and references too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.ids import new_reference, normalise_reference
from complaints.texts.email_addresses import as_account, takes_mail
from complaints.texts.folding import fold
from complaints.texts.search_text import search_text, search_words

SAME = [
    ("Zürich West", "zu\u0308rich\u00a0WEST"),
    ("Ｈａｌｌ　２", "hall 2"),
    ("STRASSE", "straße"),
    ("ΑΘΗΝΑΣ", "αθηνας"),
    ("БЕТОН", "бетон"),
    ("İstanbul", "istanbul"),
    ("ISPARTA", "ısparta"),
    ("ﾊﾟﾘ", "パリ"),
    ("A\u2011B", "a-b"),
    ("O\u2019Neill", "o'neill"),
    ("❤\ufe0f", "❤"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("North", "South"), ("Hall 2", "Hall 3"), ("がく", "かく"), ("é", "e")]
)
def test_these_are_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_to_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


ACCOUNTS = {
    "Anna@XN--MNCHEN-3YA.de": "anna@münchen.de",
    " anna@mu\u0308nchen.DE ": "anna@münchen.de",
    "Jose\u0301@example.org": "josé@example.org",
    "admin@localhost": "admin@localhost",
    "Not an address": "not an address",
}


@pytest.mark.parametrize(("typed", "account"), ACCOUNTS.items(), ids=ascii)
def test_an_account_is_known_by_one_address(typed: str, account: str) -> None:
    assert as_account(typed) == account == as_account(account)


def test_no_mail_can_be_sent_to_odd_addresses() -> None:
    odd = ["a..b.@example.jp", "anna@firma.local", "anna", "", "a@b@c.org", "x" * 300 + "@example.org"]
    assert [address for address in odd if takes_mail(address)] == []
    assert takes_mail("anna@bücher.example.org")


@pytest.mark.parametrize(
    "typed", ["rd-7k3m0q1x", "RD 7K3M OQIX", " rd7k3moqlx ", "ＲＤ－7K3M0Q1X", "Rd\u20117k3m-0q1x"]
)
def test_a_reference_is_read_as_people_type_it(typed: str) -> None:
    assert normalise_reference(typed) == "RD-7K3M0Q1X"


@pytest.mark.parametrize(
    "typed", ["", "RD-", "RD-7K3M0Q1", "RD-7K3M0Q1U", "XX-7K3M0Q1X", "7K3M0Q1X", "RD-7K3M0Q1XX"]
)
def test_what_is_no_reference(typed: str) -> None:
    assert normalise_reference(typed) is None


def test_every_reference_is_found_by_each_spelling_of_it() -> None:
    for reference in (new_reference() for _ in range(200)):
        text = search_text(reference, [])
        for typed in (reference, reference.lower(), reference.replace("-", ""), reference.replace("-", " ")):
            for alike in (typed, typed.replace("0", "O"), typed.replace("1", "l").replace("0", "o")):
                assert all(word in text for word in search_words(alike))
