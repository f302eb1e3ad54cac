"""What an alert says."""

from datetime import timedelta

import pytest

from complaints.alerts.messages.status_origin import StatusOrigin
from complaints.alerts.queue.job import Job
from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.models import Complaint, Operator
from workers.render.alert_message import render
from workers.render.base.message import age, is_linkable

NOW = utcnow()


def complaint(**values) -> Complaint:
    fields = {
        "id": new_id(),
        "reference": "RD-ABCDEFGH",
        "subject": None,
        "description": "It leaks",
        "category": "maintenance",
        "severity": "high",
        "site": None,
        "status": "reported",
        "assignee_id": None,
        "assignee": None,
        "version": 1,
        "created_at": NOW - timedelta(minutes=4),
    }
    return Complaint(**{**fields, **values})


def job(about: Complaint | None, **values) -> Job:
    fields = {
        "alert_id": new_id(),
        "chat_id": new_id(),
        "lease": new_id(),
        "telegram_id": 7,
        "thread_id": 0,
        "kind": "new",
        "priority": 1,
        "created_at": NOW,
        "request_id": None,
        "complaint": about,
        "status_origin": StatusOrigin("Website", NOW - timedelta(minutes=4)),
    }
    return Job(**{**fields, **values})


def shown(about: Complaint | None, public_url: str = "https://redress.example.org", **values):
    return render(job(about, **values), public_url=public_url, now=NOW)


def labels(message) -> list[str]:
    return [button.label for row in message.rows for button in row]


def test_an_alert_names_what_matters():
    message = shown(complaint(subject="Leak", site="North", severity="critical"))
    for part in (
        "RD-ABCDEFGH",
        "critical",
        "maintenance",
        "North",
        "4 min old",
        "Reported by Website",
        "Leak",
    ):
        assert part in message.text


def test_whatever_people_typed_is_escaped():
    message = shown(complaint(subject="<a href='x'>", description="1 < 2 & 3 > 2", site="<b>"))
    assert "&lt;a href='x'&gt;" in message.text
    assert "1 &lt; 2 &amp; 3 &gt; 2" in message.text
    assert "· &lt;b&gt;" in message.text


@pytest.mark.parametrize("letter", ["x", "&", "<", "\N{PILE OF POO}", "\N{COMBINING ACUTE ACCENT}"])
def test_a_text_of_any_letters_stays_within_telegrams_limit(letter):
    message = shown(
        complaint(subject=letter * 200, description=letter * 4000), status_origin=StatusOrigin(letter * 320)
    )
    seen = message.text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert len(seen.encode("utf-16-le")) // 2 <= 4096
    assert "…" in message.text


def test_a_cut_never_splits_a_character():
    message = shown(complaint(description="a" + "\N{PILE OF POO}" * 2000))
    assert "\ufffd" not in message.text
    message.text.encode()


@pytest.mark.parametrize(
    ("status", "fitting"),
    [
        ("reported", ["Acknowledge", "Assign to me", "Start", "Resolve"]),
        ("acknowledged", ["Assign to me", "Start", "Resolve"]),
        ("on_hold", ["Assign to me", "Start", "Resolve"]),
        ("in_progress", ["Assign to me", "Resolve"]),
        ("resolved", ["Reopen"]),
        ("rejected", ["Reopen"]),
        ("duplicate", ["Reopen"]),
    ],
)
def test_buttons_fit_the_state(status, fitting):
    ada = Operator(id=new_id(), name="Ada")
    taken = complaint(status=status, assignee=ada, assignee_id=ada.id)
    assert labels(shown(complaint(status=status))) == [*fitting, "Open"]
    assert labels(shown(taken)) == [*(label for label in fitting if label != "Assign to me"), "Open"]


def test_callback_data_fits_into_64_bytes():
    actions = [button.action for row in shown(complaint()).rows for button in row if button.action]
    assert len(actions) == 4
    assert all(len(action.encode()) <= 64 for action in actions)


def test_a_local_address_is_written_out_because_telegram_refuses_it_in_a_button():
    message = shown(complaint(), public_url="http://127.0.0.1:8000")
    assert "Open" not in labels(message)
    assert "http://127.0.0.1:8000/complaints/RD-ABCDEFGH" in message.text


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        ("https://redress.example.org/x", True),
        ("http://8.8.8.8/x", True),
        ("http://localhost:8000/x", False),
        ("http://10.0.0.3/x", False),
        ("http://[::1]/x", False),
        ("http://intranet/x", False),
    ],
)
def test_telegram_takes_only_public_hosts_in_buttons(url, takes):
    assert is_linkable(url) is takes


def test_a_repeat_says_so_and_names_the_reference():
    assert "Possible repeat of RD-ABCDEFGH" in shown(complaint(), repeat=True).text


def test_a_plain_message_has_neither_markup_nor_addresses_in_buttons():
    message = shown(complaint(description="a <b> & c"), plain=True)
    assert message.plain
    assert "a <b> & c" in message.text
    assert "<b>RD" not in message.text
    assert labels(message) == ["Acknowledge", "Assign to me", "Start", "Resolve"]


def test_a_list_of_possibly_missed_alerts_names_the_first_and_counts_the_rest():
    message = shown(None, kind="notice", missed=tuple(f"RD-{number:08}" for number in range(60)))
    assert "RD-00000000" in message.text
    assert "and 10 more" in message.text


@pytest.mark.parametrize(
    ("passed", "words"),
    [(timedelta(seconds=-3), "0 s"), (timedelta(minutes=59), "59 min"), (timedelta(days=3), "3 d")],
)
def test_an_age_is_told_in_its_largest_unit(passed, words):
    assert age(passed) == words
