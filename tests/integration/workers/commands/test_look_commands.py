"""`/open`, `/status` and `/help`: who may see what, where."""

from datetime import timedelta

from complaints.clock import utcnow
from complaints.words import Status
from tools.stack import eventually
from workers.telegram.handlers.consume_updates import consume_updates


def last(telegram, chat_id) -> str:
    return telegram.messages(chat_id)[-1]["text"]


def test_open_lists_the_most_urgent_and_the_oldest_first(office, chat, ada, telegram, handle):
    # Given
    office.set_chat(chat.id, state="muted")
    low = office.submit("a <low> one", severity="low")
    older = office.submit("first\n\ncritical one", severity="critical", site="North")
    newer = office.submit("second critical one", severity="critical")
    closed = office.submit("closed")
    office.change(closed.id, Status.RESOLVED)
    # When
    telegram.say(ada, "/open")
    handle()
    # Then
    text = last(telegram, ada)
    places = [text.index(complaint.reference) for complaint in (older, newer, low)]
    assert places == sorted(places)
    assert text.startswith("Open: 3\n")
    assert "North\nfirst critical one\n" in text
    assert "a <low> one" in text
    assert closed.reference not in text
    assert text.endswith("https://redress.example.org/?status=open")


def test_open_counts_what_it_does_not_list(office, chat, ada, telegram, handle):
    office.set_chat(chat.id, state="muted")
    for number in range(12):
        office.submit(f"number {number}")
    telegram.say(ada, "/open")
    handle()
    assert last(telegram, ada).count("RD-") == 10
    assert "and 2 more" in last(telegram, ada)


def test_open_says_when_nothing_is(chat, ada, telegram, handle):
    telegram.say(ada, "/open")
    handle()
    assert last(telegram, ada) == "No complaint is open."


def test_everybody_sees_only_their_own_sites(office, telegram, ada, handle):
    office.link(office.hire("Ada", sites=["North"]), ada)
    north, south = office.submit(site="North"), office.submit(site="South")
    telegram.say(ada, "/open")
    handle()
    assert north.reference in last(telegram, ada)
    assert south.reference not in last(telegram, ada)


def test_in_a_group_only_what_both_the_group_and_who_asks_may_see(office, telegram, ada, handle):
    # Given Ada of North and East, in a group of Cy's, who works for North and South; and Eve, whom nobody knows
    eve = telegram.add_user("Eve", started=True).id
    group = telegram.add_group("Team", [ada, eve]).id
    office.link(office.hire("Ada", sites=["North", "East"]), ada)
    theirs = office.link(office.hire("Cy", sites=["North", "South"]), group, kind="group")
    office.set_chat(theirs.id, state="muted")
    complaints = {site: office.submit(site=site).reference for site in ("North", "South", "East")}
    # When
    telegram.say(group, "/open", user_id=ada)
    handle()
    seen = last(telegram, group)
    telegram.say(group, "/status", user_id=eve)
    handle()
    # Then
    assert {site for site, reference in complaints.items() if reference in seen} == {"North"}
    assert "Link yourself first" in last(telegram, group)


def test_status_tells_how_things_stand_and_what_arrives(office, chat, ada, telegram, handle):
    # Given three open complaints, of which one is acknowledged and one overdue
    office.prefer(chat.id, kinds=["new"], minimum_severity="high", categories=["noise"], silent_low=True)
    first, second = office.submit(), office.submit()
    office.submit()
    office.acknowledge(first.id)
    office.set_complaint(second.id, ack_due_at=utcnow() - timedelta(minutes=1))
    # When
    telegram.say(ada, "/status")
    handle()
    # Then
    text = last(telegram, ada)
    assert text.startswith("Open: 3, of these 2 not acknowledged, 1 overdue.\nAlerts arrive here.\n")
    for part in ("new complaints;", "high and above", "categories: noise", "sites: all", "without a sound"):
        assert part in text


def test_status_tells_of_mute_quiet_hours_and_stop(office, chat, ada, telegram, handle):
    # Given quiet hours all day but a minute of it, in which this test does not run
    now = utcnow()
    start, end = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (-5, -10))
    quiet = {"start": start, "end": end}
    # When, Then
    said = []
    for values in ({"state": "muted"}, {"state": "active"}, {"state": "left", "state_reason": "stopped"}):
        office.prefer(chat.id, quiet_hours=quiet)
        office.set_chat(chat.id, **values)
        telegram.say(ada, "/status")
        handle()
        said.append(last(telegram, ada))
    assert "This chat is muted until /unmute." in said[0]
    assert "This chat is quiet until" in said[1]
    assert "No alerts arrive here. /start brings them back." in said[2]


def test_help_names_every_command(chat, ada, telegram, handle):
    telegram.say(ada, "/help")
    handle()
    for command in ("/open", "/status", "/mute", "/unmute", "/settings", "/stop", "/start", "/help"):
        assert command in last(telegram, ada)


def test_a_closed_account_learns_nothing(database, office, chat, ada, telegram, consumer, receive):
    with database.write() as session:
        session.get_one(type(office.chat(chat.id).operator), chat.operator_id).active = False
    office.submit("secret")
    for command in ("/open", "/status", "/help", "/settings", "/mute", "/start"):
        telegram.say(ada, command)
    receive()
    consume_updates(consumer)
    eventually(lambda: len(telegram.calls("sendMessage")) == 6)
    assert {m["text"] for m in telegram.messages(ada) if m["from"]["is_bot"]} == {
        "The account that this chat was linked to is closed."
    }
    assert office.alerts() == []
