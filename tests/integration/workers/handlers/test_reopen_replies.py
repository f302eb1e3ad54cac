"""Reopening from the phone: the button asks for a reason, and the reply to the question is the reason."""

import json

import pytest

from complaints.alerts.state.chat_state import unlink
from complaints.clock import utcnow
from complaints.models import Event
from complaints.telegram.stored_updates import store_updates
from complaints.words import Status
from tools.stack import eventually
from workers.dispatch import dispatch_due
from workers.telegram.handlers.consume_updates import consume_updates


@pytest.fixture
def resolved(office, chat, ada, telegram, dispatcher):
    """A complaint that Ada was alerted to and that is resolved, as her phone shows."""
    complaint = office.submit("The lift is stuck")
    dispatch_due(dispatcher)
    office.change(complaint.id, Status.RESOLVED)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    return complaint


def press_reopen(telegram, chat_id, person=None) -> None:
    message = next(m for m in reversed(telegram.messages(chat_id)) if "reply_markup" in m)
    telegram.press(chat_id, message["message_id"], "Reopen", user_id=person)


def last(telegram, chat_id) -> dict:
    return telegram.messages(chat_id)[-1]


def markup(telegram, chat_id) -> dict:
    """What the bot's last message brought with it."""
    return json.loads(telegram.calls("sendMessage", chat_id=chat_id)[-1].payload["reply_markup"])


def reasons(database) -> list[tuple[str, str]]:
    with database.read() as session:
        events = session.query(Event).order_by(Event.n).all()
        return [(e.actor_name, e.changes["reason"][1]) for e in events if "reason" in e.changes]


def test_the_button_asks_and_the_reply_reopens(database, office, telegram, ada, handle, resolved):
    # When
    press_reopen(telegram, ada)
    handle()
    question = last(telegram, ada)
    # Then the phone is asked to open its keyboard
    assert f"Why should {resolved.reference} be reopened, Ada?" in question["text"]
    assert markup(telegram, ada) == {"force_reply": True, "selective": False}
    # When
    telegram.say(ada, "  It is stuck <again> ", reply_to=question["message_id"])
    handle()
    # Then
    assert office.complaint(resolved.id).status == "in_progress"
    assert reasons(database) == [("Ada", "It is stuck <again>")]
    assert last(telegram, ada)["text"] == f"{resolved.reference} is reopened."


@pytest.mark.parametrize(
    "reason", ["\N{ZERO WIDTH SPACE}", "\N{BRAILLE PATTERN BLANK}\N{NO-BREAK SPACE}"[1:]]
)
def test_blanks_are_no_reason(database, office, telegram, ada, handle, resolved, consumer, reason):
    press_reopen(telegram, ada)
    handle()
    question = last(telegram, ada)
    say_in_reply(database, ada, question, reason)
    handle()
    assert "wants a reason in words" in last(telegram, ada)["text"]
    assert office.complaint(resolved.id).status == "resolved"


def test_a_picture_is_no_reason(database, office, telegram, ada, handle, resolved):
    press_reopen(telegram, ada)
    handle()
    say_in_reply(database, ada, last(telegram, ada), None)
    handle()
    assert "wants a reason in words" in last(telegram, ada)["text"]
    assert office.complaint(resolved.id).status == "resolved"


def say_in_reply(database, person, question, text) -> None:
    """What the sandbox's phone would not send."""
    message = {
        "message_id": 900,
        "from": {"id": person, "first_name": "Somebody"},
        "chat": question["chat"],
        "reply_to_message": question,
    }
    with database.write() as session:
        update = {"update_id": 1, "message": message if text is None else {**message, "text": text}}
        store_updates(session, [update], now=utcnow())


def test_who_comes_second_is_told_who_was_faster(office, telegram, ada, handle, resolved):
    press_reopen(telegram, ada)
    handle()
    question = last(telegram, ada)["message_id"]
    for reason in ("first", "second"):
        telegram.say(ada, reason, reply_to=question)
    handle()
    texts = [message["text"] for message in telegram.messages(ada)[-2:]]
    assert f"{resolved.reference} is in progress already, by Ada." in texts


def test_in_a_group_it_counts_who_replies(database, office, telegram, ada, handle, dispatcher, chat):
    # Given a group with a closed complaint, a stranger, a viewer and an agent for another site
    people = {name: telegram.add_user(name, started=True).id for name in ("Eve", "Vic", "Ben", "Dan")}
    office.link(office.hire("Vic", role="viewer"), people["Vic"])
    office.link(office.hire("Ben", sites=["North"]), people["Ben"])
    office.link(office.hire("Dan"), people["Dan"])
    group = telegram.add_group("Team", [ada, *people.values()]).id
    theirs = office.link(office.hire("Cy"), group, kind="group")
    complaint = office.submit(site="South")
    dispatch_due(dispatcher)
    office.change(complaint.id, Status.REJECTED)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    press_reopen(telegram, group, ada)
    handle()
    question = last(telegram, group)["message_id"]
    assert markup(telegram, group)["selective"] is True
    # When each replies
    answers = []
    for name in ("Eve", "Vic", "Ben", "Dan"):
        telegram.say(group, "It is not over", user_id=people[name], reply_to=question)
        handle()
        answers.append(office.alerts(theirs)[-1].text)
    # Then only the agent who may see it reopens it
    assert "Link yourself first" in answers[0]
    assert answers[1:3] == ["Your role allows looking, not acting.", "There is no such complaint."]
    assert answers[3] == f"<b>{complaint.reference}</b> is reopened."
    assert reasons(database) == [("Dan", "It is not over")]


def test_in_a_topic_only_a_reply_to_the_question_counts(
    office, telegram, ada, handle, dispatcher, chat, database
):
    # Given a question in a topic
    forum = telegram.add_group("Forum", [ada], type="supergroup", topics=["Complaints"]).id
    office.link(office.hire("Cy"), forum, kind="supergroup", thread_id=2)
    complaint = office.submit()
    dispatch_due(dispatcher)
    office.change(complaint.id, Status.RESOLVED)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    press_reopen(telegram, forum, ada)
    handle()
    question = last(telegram, forum)
    # When somebody just talks there: Telegram calls that a reply to the topic's first message
    root = {"message_id": 2, "chat": question["chat"], "forum_topic_created": {"name": "Complaints"}}
    talk = {
        "message_id": 901,
        "message_thread_id": 2,
        "is_topic_message": True,
        "from": {"id": ada, "first_name": "Ada"},
        "chat": question["chat"],
        "reply_to_message": root,
        "text": "Hello",
    }
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "message": talk}], now=utcnow())
    handle()
    # Then nothing happens
    assert last(telegram, forum) == question
    # When they reply to the question
    telegram.say(forum, "It is not over", user_id=ada, thread_id=2, reply_to=question["message_id"])
    handle()
    # Then
    assert office.complaint(complaint.id).status == "in_progress"
    assert last(telegram, forum)["message_thread_id"] == 2


def test_a_reply_to_anything_else_is_passed_over(office, telegram, ada, handle, resolved):
    alert = telegram.messages(ada)[-1]
    telegram.say(ada, f"{resolved.reference} is open again, I think", reply_to=alert["message_id"])
    handle()
    assert office.complaint(resolved.id).status == "resolved"
    assert len(telegram.messages(ada)) == 2


def test_a_question_whose_answer_was_lost_can_be_answered(office, telegram, ada, handle, resolved):
    # Given that nobody knows whether the question arrived
    press_reopen(telegram, ada)
    handle()
    question = last(telegram, ada)["message_id"]
    asked = office.alerts()[-1]
    office.set_alert(asked.id, state="unknown", message_id=None)
    # When
    telegram.say(ada, "It is not over", reply_to=question)
    handle()
    # Then
    assert office.complaint(resolved.id).status == "in_progress"


def test_the_button_on_an_open_complaint_says_who_was_faster(
    database, office, telegram, ada, consumer, resolved
):
    office.set_complaint(resolved.id, status="in_progress")
    press = {"id": "1", "from": {"id": ada, "first_name": "Ada"}, "data": f"reopen:{resolved.id}"}
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": press}], now=utcnow())
    consume_updates(consumer)
    said = eventually(lambda: telegram.calls("answerCallbackQuery"))
    assert "is in progress already, by" in said[0].payload["text"]


def test_a_stale_start_does_not_reopen(database, office, telegram, ada, consumer, resolved):
    press = {"id": "1", "from": {"id": ada, "first_name": "Ada"}, "data": f"start:{resolved.id}"}
    with database.write() as session:
        store_updates(session, [{"update_id": 1, "callback_query": press}], now=utcnow())
    consume_updates(consumer)
    said = eventually(lambda: telegram.calls("answerCallbackQuery"))
    assert "is resolved already, by" in said[0].payload["text"]
    assert office.complaint(resolved.id).status == "resolved"


def test_the_question_goes_to_who_asked_where_the_group_was_unlinked(
    database, office, chat, telegram, ada, handle, dispatcher
):
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.hire("Cy"), group, kind="group")
    complaint = office.submit()
    dispatch_due(dispatcher)
    office.change(complaint.id, Status.RESOLVED)
    office.let_time_pass(2)
    dispatch_due(dispatcher)
    with database.write() as session:
        unlink(session, session.merge(theirs), now=utcnow())
    press_reopen(telegram, group, ada)
    handle()
    assert "Why should" in last(telegram, ada)["text"]
    assert "Why should" not in last(telegram, group)["text"]
