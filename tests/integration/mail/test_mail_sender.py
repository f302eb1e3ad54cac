"""A mail that is owed goes out, or is tried again for a day, or is refused; whose it was is then forgotten."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from complaints.accounts.single_use_tokens import RESET, require_good
from complaints.ids import new_id
from complaints.mail.letters import AddressedLetter, Letter, write_letter
from complaints.mail.outbox import (
    FIRST_WAIT,
    LIFETIME,
    LONGEST_WAIT,
    MailPostponed,
    MailTaken,
    claim_mail,
    settle_mail,
)
from complaints.models import PasswordReset
from complaints.words import MailReason, MailState

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINK = re.compile(r"https://redress\.example\.org/reset#([\w-]+)")


def test_a_letter_arrives_with_a_link_that_is_good_and_the_row_forgets_whose_it_was(
    sender, outbox, post, database
):
    # Given
    outbox.hire()
    mail = outbox.owe()
    # When
    assert sender.run() == 1
    # Then
    [letter] = post.letters
    assert letter["To"] == "ada@example.org"
    assert letter["From"] == "Redress <redress@example.org>"
    assert letter["Message-ID"] == f"<{mail.id}@example.org>"
    assert post.envelopes == [("redress@example.org", ["ada@example.org"])]
    found = LINK.search(letter.get_content())
    assert found is not None
    with database.read() as session:
        require_good(session, RESET, found[1], now=database.now())
        assert found[1] not in str([vars(row) for row in session.scalars(select(PasswordReset))])
    row = outbox.look(mail)
    assert (row.state, row.address, row.about, row.next_attempt_at) == (MailState.SENT, None, None, None)
    # And it is not sent again
    assert sender.run() == 0


@SQLITE
def test_a_host_of_other_letters_is_asked_for_in_ascii(sender, outbox, post):
    outbox.hire("ada@bücher.example")
    outbox.owe("ada@bücher.example")
    sender.run()
    assert post.envelopes == [("redress@example.org", ["ada@xn--bcher-kva.example"])]


@SQLITE
@pytest.mark.parametrize(
    ("address", "columns", "reason"),
    [
        ("nobody@example.org", {}, MailReason.NO_ACCOUNT),
        ("ada@example.org", {"active": False}, MailReason.NO_ACCOUNT),
        ("ada at example", {"email": "ada at example"}, MailReason.UNUSABLE),
        ("ada@example.org\r\nBcc: all@example.org", {}, MailReason.NO_ACCOUNT),
        ("ada@example.org,all@example.org", {}, MailReason.UNUSABLE),
    ],
)
def test_who_has_no_account_or_no_mailbox_gets_nothing(sender, outbox, post, address, columns, reason):
    outbox.hire(**columns)
    mail = outbox.owe(address)
    assert sender.run() == 1
    row = outbox.look(mail)
    assert (row.state, row.address) == (MailState.SKIPPED, None)
    assert row.reason in (reason, MailReason.UNUSABLE)
    assert post.letters == []


@SQLITE
@pytest.mark.parametrize("refusal", [{"rcpt": "550 no such mailbox"}, {"data": "554 not wanted"}])
def test_what_the_server_refuses_for_good_is_not_tried_again(sender, outbox, post, refusal):
    outbox.hire()
    mail = outbox.owe()
    vars(post).update(refusal)
    assert sender.run() == 1
    row = outbox.look(mail)
    assert (row.state, row.reason, row.address) == (MailState.FAILED, MailReason.REFUSED, None)
    assert row.code in (550, 554)
    assert sender.run() == 0


def test_what_the_server_wants_later_is_tried_later_and_ever_more_rarely(sender, outbox, post, database):
    # Given
    outbox.hire()
    mail = outbox.owe()
    post.rcpt = "451 greylisted"
    # When
    assert sender.run() == 1
    # Then
    row = outbox.look(mail)
    assert (row.state, row.reason, row.code) == (MailState.PENDING, MailReason.POSTPONED, 451)
    assert FIRST_WAIT / 3 < row.next_attempt_at - database.now() <= FIRST_WAIT
    assert sender.run() == 0
    # When much later
    later = outbox.owe(attempts=20)
    sender.run()
    assert LONGEST_WAIT / 3 < outbox.look(later).next_attempt_at - database.now() <= LONGEST_WAIT
    # And when it is taken at last
    post.rcpt = None
    with database.write() as session:
        session.merge(row).next_attempt_at = row.created_at
    assert sender.run() == 1
    assert outbox.look(mail).state == MailState.SENT


@SQLITE
def test_after_a_day_it_has_failed(sender, outbox, post, database):
    outbox.hire()
    mail = outbox.owe(created_at=database.now() - LIFETIME, reason=MailReason.POSTPONED)
    sender.run()
    row = outbox.look(mail)
    assert (row.state, row.reason, row.address) == (MailState.FAILED, MailReason.POSTPONED, None)
    assert post.letters == []


def test_of_two_who_claim_one_gets_the_mail_until_its_lease_is_over(outbox, database):
    # Given
    mail, now = outbox.owe(), database.now()
    with database.write() as session:
        first = claim_mail(session, now=now)
    assert first is not None
    lease = first.lease_token
    with database.write() as session:
        assert claim_mail(session, now=now) is None
    # When the first has died
    with database.write() as session:
        second = claim_mail(session, now=now + timedelta(minutes=3))
    assert second is not None
    assert second.attempts == 2
    # Then what it says at last counts no more
    with database.write() as session:
        assert not settle_mail(session, mail.id, lease, MailTaken(), now=now)
        assert settle_mail(session, mail.id, second.lease_token, MailTaken(), now=now)


@pytest.mark.parametrize("column", ["next_attempt_at", "lease_expires_at"])
def test_a_wait_that_a_clock_wrote_which_was_ahead_is_void(outbox, database, column):
    outbox.owe(**{column: database.now() + LONGEST_WAIT * 2, "lease_token": new_id()})
    with database.write() as session:
        assert claim_mail(session, now=database.now()) is not None


@SQLITE
def test_a_letter_that_can_not_be_written_stops_no_other(sender, outbox, post, monkeypatch):
    # Given a kind that only newer processes know
    outbox.hire()
    bad, good = outbox.owe(), outbox.owe()

    def write(session: Any, mail: Any, desk: Any) -> Any:
        if mail.id == bad.id:
            raise KeyError(mail.kind)
        return write_letter(session, mail, desk)

    monkeypatch.setattr("workers.mail.mail_sender.write_letter", write)
    # When
    assert sender.run() == 2
    # Then
    assert outbox.look(good).state == MailState.SENT
    row = outbox.look(bad)
    assert (row.state, row.reason) == (MailState.PENDING, MailReason.BROKEN)


@SQLITE
@pytest.mark.parametrize(
    "letter",
    [
        Letter("Hello\r\nBcc: all@example.org", "x"),
        Letter("Hello", "x", {"List-Unsubscribe": "<https://a>\nBcc: all@example.org"}),
    ],
)
def test_no_header_can_be_put_in(sender, outbox, post, monkeypatch, letter):
    mail = outbox.owe()
    addressed = AddressedLetter("ada@example.org", letter)
    monkeypatch.setattr("workers.mail.mail_sender.write_letter", lambda *_: addressed)
    sender.run()
    assert post.letters == []
    assert outbox.look(mail).reason == MailReason.BROKEN


@SQLITE
def test_one_thread_sends_and_a_poke_meanwhile_makes_it_look_again(sender, outbox, monkeypatch):
    # Given one that is being sent
    outbox.owe()
    inside, go_on = threading.Event(), threading.Event()

    def wait(*_: Any, **__: Any) -> MailTaken:
        inside.set()
        go_on.wait(20)
        return MailTaken()

    monkeypatch.setattr(sender, "_try", wait)
    monkeypatch.setattr(
        "workers.mail.mail_sender.write_letter", lambda *_: AddressedLetter("a@b.example", Letter("", ""))
    )
    tried: list[int] = []
    first = threading.Thread(target=lambda: tried.append(sender.run()))
    first.start()
    assert inside.wait(20)
    # When another is owed
    outbox.owe()
    assert sender.run() == 0
    # Then the first one sends it
    go_on.set()
    first.join(20)
    assert tried == [2]


@SQLITE
def test_a_server_that_is_away_is_left_alone_for_a_while(sender, outbox, monkeypatch):
    outbox.owe(), outbox.owe()
    monkeypatch.setattr(
        "workers.mail.mail_sender.write_letter", lambda *_: AddressedLetter("a@b.example", Letter("", ""))
    )
    away = MailPostponed(MailReason.NO_ANSWER, of_server=True)
    monkeypatch.setattr(sender, "_try", lambda *_: away)
    assert sender.run() == 1
    assert sender.run() == 0
