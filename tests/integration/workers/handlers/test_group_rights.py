"""Groups: who manages them, and with whose rights buttons are pressed in them."""

import pytest

from tests.integration.workers.handlers.group_talk import last, offer
from tools.stack import eventually
from workers.dispatch import dispatch_due


@pytest.fixture
def ben(telegram) -> int:
    return telegram.add_user("Ben", started=True).id


def answers(telegram, count) -> list[str]:
    found = [call.payload.get("text", "") for call in telegram.calls("answerCallbackQuery")]
    return found if len(found) == count else []


@pytest.mark.parametrize("command", ["/stop", "/mute 2h", "/settings", "/start", "/unmute"])
def test_who_is_not_linked_manages_no_group(office, telegram, ada, handle, command):
    # Given a linked group with a member who is not
    group = telegram.add_group("Team", [ada]).id
    chat = office.link(office.hire("Cy"), group, kind="group")
    # When
    telegram.say(group, command, user_id=ada)
    handle()
    # Then
    assert "Link yourself first" in last(telegram, group)
    assert office.chat(chat.id).state == "active"


@pytest.mark.parametrize("command", ["/stop", "/mute 2h", "/settings", "/start", "/unmute"])
def test_an_agent_does_not_manage_the_group_of_another(office, chat, telegram, ada, handle, command):
    group = telegram.add_group("Team", [ada]).id
    theirs = office.link(office.hire("Cy <3"), group, kind="group")
    telegram.say(group, command, user_id=ada)
    handle()
    assert "Only Cy <3, whose alerts arrive here, or an admin" in last(telegram, group)
    assert office.chat(theirs.id).state == "active"


def test_the_groups_own_operator_and_admins_manage_it(office, telegram, ada, ben, handle):
    # Given a group of Ada's, and an admin in it
    group = telegram.add_group("Team", [ada, ben]).id
    operator = office.hire("Ada")
    office.link(operator, ada)
    office.link(office.hire("Ben", role="admin"), ben)
    chat = office.link(operator, group, kind="group")
    # When
    telegram.say(group, "/stop", user_id=ben)
    handle()
    stopped = office.chat(chat.id).state
    telegram.say(group, "/start", user_id=ada)
    handle()
    # Then
    assert stopped == "left"
    assert office.chat(chat.id).state == "active"


def test_in_a_group_everybody_presses_with_their_own_rights(
    office, chat, telegram, ada, ben, handle, dispatcher
):
    # Given a group with an agent for another site and a viewer
    eve = telegram.add_user("Eve", started=True).id
    office.link(office.hire("Ben", sites=["North"]), ben)
    office.link(office.hire("Eve", role="viewer"), eve)
    group = telegram.add_group("Team", [ada, ben, eve]).id
    office.link(office.hire("Cy"), group, kind="group")
    complaint = office.submit(site="South")
    dispatch_due(dispatcher)
    message = telegram.messages(group)[-1]["message_id"]
    # When
    for person in (ben, eve, ada):
        telegram.press(group, message, "Resolve", user_id=person)
    handle()
    # Then
    said = eventually(lambda: answers(telegram, 3))
    assert "There is no such complaint." in said
    assert "Your role allows looking, not acting." in said
    assert f"{complaint.reference} resolved." in said
    assert "Resolved by Ada" in last(telegram, group)


def test_who_was_stopped_in_private_still_acts_in_the_group(office, chat, telegram, ada, handle, dispatcher):
    group = telegram.add_group("Team", [ada]).id
    office.link(office.hire("Cy"), group, kind="group")
    telegram.say(ada, "/stop")
    handle()
    complaint = office.submit()
    dispatch_due(dispatcher)
    telegram.press(group, telegram.messages(group)[-1]["message_id"], "Acknowledge", user_id=ada)
    handle()
    assert office.complaint(complaint.id).status == "acknowledged"


def test_a_token_takes_nobody_elses_group_over_unless_it_is_an_admins(
    database, office, telegram, ada, ben, handle
):
    # Given a group that alerts Ada's colleagues
    group = telegram.add_group("Team", [ada, ben]).id
    chat = office.link(office.hire("Ada"), group, kind="group")
    # When somebody else says a token of their own in it
    telegram.say(group, f"/link {offer(database, office.hire('Eve', role='viewer'))}", user_id=ben)
    handle()
    # Then
    eventually(lambda: "/stop ends them first" in last(telegram, group))
    assert office.chat(chat.id).operator_id == chat.operator_id
    # But an admin may
    admin = office.hire("Root", role="admin")
    telegram.say(group, f"/link {offer(database, admin)}", user_id=ben)
    handle()
    assert office.chat(chat.id).operator_id == admin.id
