"""A kind that is in the table, and nowhere else, goes the whole way; one that an event owes on a condition, too."""

import dataclasses
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from complaints.alerts.kinds import KINDS, Kind, Matters, Told, WhenLost
from complaints.alerts.messages.panels import Panel
from complaints.alerts.queue.prepare import take_jobs
from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import utcnow
from complaints.events.event_types import EventType
from complaints.forms.complaint_forms import NewComment
from complaints.models import Complaint, Event
from complaints.setting_values import Rate
from complaints.telegram.limiter import Pace
from complaints.verbs.commenting import comment
from tests.integration.alerts.outcome.losing import add_alert, lose, rows
from web.page_words import page_words
from workers.dispatch import dispatch_due
from workers.render.base.render_context import RenderContext
from workers.render.preferences.settings_message import panel_message

pytestmark = pytest.mark.own_database

REMARK = "remark"
PUBLIC_REMARK = "public_remark"
TELEGRAMS = Pace.within(Rate(30, 1), Rate(1, 1), Rate(20, 60))


@pytest.fixture(autouse=True)
def made_up_kind(monkeypatch, database) -> None:
    """Two kinds that no code names: an alert for each comment, and one for those that everybody may read."""
    row = Kind(
        owed_by=EventType.COMMENT_ADDED,
        told=Told.WHO_CHOSE_IT,
        choice="remarks",
        matters=Matters.ALWAYS,
        merges=True,
        when_lost=WhenLost.GOES_ELSEWHERE,
        follows=True,
        answers=False,
        label="Remark",
        heading="Somebody remarked",
    )
    monkeypatch.setitem(KINDS, REMARK, row)
    monkeypatch.setitem(KINDS, PUBLIC_REMARK, dataclasses.replace(row, choice="news", only_if=_is_public))
    _let_in(database)


def _is_public(event: Event) -> bool:
    return event.changes["comment"][1]["visibility"] == "public"


def _let_in(database) -> None:
    """Do as the migration would that comes with a kind: the constraint of kinds refuses it no more."""
    if database.is_sqlite:
        ignore = "PRAGMA ignore_check_constraints=ON"
        event.listen(database.engine, "connect", lambda made, _: made.execute(ignore))
        return
    with database.write() as session:
        session.execute(text("ALTER TABLE alert DROP CONSTRAINT ck_alert_kind"))


@pytest.fixture
def remark(office, chat):
    """Make a complaint with so many remarks, of which the chat is told and of nothing else."""
    office.prefer(chat.id, kinds=(REMARK,))

    def make(count: int = 1, visibility: str = "internal"):
        complaint = office.submit()
        with office.database.write() as session:
            for number in range(count):
                form = NewComment(text=f"no {number}", visibility=visibility)
                comment(
                    session, session.get_one(Complaint, complaint.id), form, actor=office.actor, now=utcnow()
                )
        office.sequence()
        return complaint

    return make


def test_an_event_owes_it_to_who_chose_it(office, chat, remark):
    other = office.link(office.hire("Bo"), 7)
    remark()
    assert rows(office, chat) == [(REMARK, "pending", None)]
    assert [kind for kind, _, _ in rows(office, other)] == ["new"]


def test_an_event_owes_it_only_where_its_condition_holds(office, chat, remark):
    office.prefer(chat.id, kinds=(PUBLIC_REMARK,))
    remark()
    assert rows(office, chat) == []
    remark(visibility="public")
    assert rows(office, chat) == [(PUBLIC_REMARK, "pending", None)]


def test_an_event_for_which_a_condition_fails_owes_nothing_and_keeps_the_error(
    office, chat, remark, monkeypatch
):
    broken = dataclasses.replace(KINDS[REMARK], only_if=lambda event: event.changes["nothing"])
    monkeypatch.setitem(KINDS, PUBLIC_REMARK, broken)
    remark()
    assert rows(office, chat) == []
    with office.database.read() as session:
        failed = session.scalars(select(Event.routing_error).where(Event.routing_error.is_not(None))).all()
    assert failed == ["KeyError('nothing')"]


def test_it_is_sent_and_follows_its_complaint(office, chat, ada, remark, dispatcher, telegram):
    complaint = remark()
    dispatch_due(dispatcher)
    assert telegram.messages(ada)[0]["text"].startswith("🟡 Somebody remarked")
    office.acknowledge(complaint.id)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    assert "Acknowledged by" in telegram.messages(ada)[0]["text"]
    assert [state for _, state, _ in rows(office, chat)] == ["sent"]


def test_too_many_become_a_digest(database, office, chat, remark):
    remark(15)
    take_jobs(database, limit=10, pace=TELEGRAMS, now=utcnow() + timedelta(seconds=1))
    states = [state for _, state, _ in rows(office, chat)]
    assert states == ["pending"] * 10 + ["merged"] * 5


def test_it_goes_elsewhere_where_the_chat_is_lost(office, chat, remark):
    fallback_chat = office.link(office.hire("Root", role="admin"), 9)
    office.prefer(fallback_chat.id, kinds=())
    remark()
    lose(office, chat)
    assert rows(office, chat) == [(REMARK, "skipped", None)]
    assert rows(office, fallback_chat) == [(REMARK, "pending", chat.id)]


def test_it_waits_for_the_end_of_quiet_hours(database, office, chat, remark):
    hours = {"start": "00:00", "end": "23:59"}
    office.prefer(chat.id, kinds=(REMARK,), quiet_hours=hours)
    remark()
    take_jobs(database, limit=10, pace=TELEGRAMS, now=utcnow())
    (alert,) = office.alerts(chat)
    assert (alert.state, alert.held) == ("pending", True)


@pytest.fixture
def later(office, chat):
    """A complaint of which the chat is owed an alert of a kind that only a newer process knows."""
    office.prefer(chat.id, kinds=())
    complaint = office.submit()
    office.sequence()
    add_alert(office, chat, complaint_id=complaint.id, kind="later")
    return complaint


def test_one_that_only_a_newer_process_knows_is_sent_and_followed(
    office, chat, ada, later, dispatcher, telegram
):
    add_alert(office, chat, complaint_id=later.id, kind="new")
    for _ in range(2):
        dispatch_due(dispatcher)
        office.let_time_pass(2)
    assert [state for _, state, _ in rows(office, chat)] == ["sent", "sent"]
    assert any(message["text"].startswith("🟡 Complaint") for message in telegram.messages(ada))
    office.acknowledge(later.id)
    for _ in range(2):
        office.let_time_pass(2)
        dispatch_due(dispatcher)
    assert all("Acknowledged by" in message["text"] for message in telegram.messages(ada))


def test_one_that_only_a_newer_process_knows_goes_elsewhere_where_the_chat_is_lost(office, chat, later):
    fallback_chat = office.link(office.hire("Root", role="admin"), 9)
    office.prefer(fallback_chat.id, kinds=())
    lose(office, chat)
    assert rows(office, chat) == [("later", "skipped", None)]
    assert rows(office, fallback_chat) == [("later", "pending", chat.id)]


def test_the_page_and_the_phone_offer_it():
    panel = Panel("kinds", "active", None)
    context = RenderContext("https://redress.example.org", ZoneInfo("UTC"), utcnow())
    labels = [
        button.label for row in panel_message(panel, None, Preferences(), context).rows for button in row
    ]
    assert any("Remarks" in label for label in labels)
    assert page_words()["alert_kinds"][REMARK] == {"label": "Remark", "choice": "remarks"}
