"""`/settings`: a panel whose buttons change what the chat is told, for every preference, and for nobody else."""

from complaints.chats.muting import LONGEST
from complaints.clock import utcnow
from complaints.models import Site
from tests.integration.workers.preferences.pressing import said, wishes


def test_the_panel_shows_what_arrives(telegram, ada, panel):
    text = telegram.messages(ada)[-1]["text"]
    for line in (
        "Told about: new complaints, assignments",
        "Severity: all",
        "Categories: all",
        "Sites: all",
        "Quiet hours: none",
        "Time zone: UTC",
        "longer than 10 s",
        "Low severity: with a sound",
        "Muted: no",
    ):
        assert line in text


def test_kinds_are_switched_one_by_one(office, chat, press, telegram):
    press("What", "Changes of status", "✓ Assignments")
    assert wishes(office, chat).kinds == ("new", "status")
    text = press("✓ New complaints", "✓ Changes of status", "« Back")
    assert wishes(office, chat).kinds == ()
    assert "Told about: nothing" in text
    assert "Saved." in said(telegram)


def test_the_lowest_severity_is_chosen(office, chat, press):
    text = press("Severity", "High", "« Back")
    assert wishes(office, chat).minimum_severity == "high"
    assert "Severity: high and above" in text


def test_categories_are_chosen_and_none_means_all(office, chat, press):
    press("Categories", "noise", "safety")
    assert wishes(office, chat).categories == ("noise", "safety")
    press("✓ noise")
    assert wishes(office, chat).categories == ("safety",)
    press("✓ safety")
    assert wishes(office, chat).categories is None
    press("noise")
    text = press("All, and those to come", "« Back")
    assert wishes(office, chat).categories is None
    assert "Categories: all" in text


def test_sites_are_chosen_in_parts_of_a_long_list(database, office, chat, press):
    # Given more sites than fit on a page, with names of any length
    with database.write() as session:
        session.add_all(
            Site(name=f"Site {number:02} {'é' * 150}", created_at=utcnow()) for number in range(30)
        )
    # When
    press("Sites", "More ›")
    label = f"Site 25 {'é' * 150}"[:39] + "…"
    press(label)
    # Then
    assert wishes(office, chat).sites == (f"Site 25 {'é' * 150}",)
    assert "Sites" in press("‹ Before")


def test_who_is_limited_to_sites_is_offered_those(office, telegram, ada, handle):
    chat = office.link(office.hire("Ada", sites=["North <1>", "South"]), ada)
    telegram.say(ada, "/settings")
    handle()
    message = telegram.messages(ada)[-1]["message_id"]
    for label in ("Sites", "North <1>"):
        telegram.press(ada, message, label)
        handle()
    assert wishes(office, chat).sites == ("North <1>",)


def test_quiet_hours_are_set_moved_and_ended(office, chat, press):
    press("Quiet hours", "22:00–07:00", "From 21:00", "To 07:15", "✓ Critical alerts pass")
    hours = wishes(office, chat).quiet_hours
    assert (hours.start, hours.end, hours.critical_passes) == ("21:00", "07:15", False)
    assert "21:00–07:15 UTC, nothing passes" in press("« Back")
    press("Quiet hours", "Critical alerts pass", "No quiet hours")
    assert wishes(office, chat).quiet_hours is None


def test_quiet_hours_that_end_let_go_what_was_held(office, chat, ada, telegram, press):
    # Given an alert that quiet hours hold back
    held = office.submit()
    alert = office.alerts(chat)[-1]
    later = utcnow() + LONGEST
    office.prefer(chat.id, quiet_hours={"start": "22:00", "end": "07:00"})
    office.set_alert(alert.id, held=True, next_attempt_at=later)
    # When
    press("Quiet hours", "No quiet hours")
    # Then
    assert any(held.reference in message["text"] for message in telegram.messages(ada))


def test_the_time_zone_is_chosen_by_region(office, chat, press):
    text = press("Time zone", "America …", "More ›", "‹ Before", "Adak")
    assert wishes(office, chat).time_zone == "America/Adak"
    assert "Now: America/Adak" in text
    press("« Regions", "Europe/Berlin")
    assert wishes(office, chat).time_zone == "Europe/Berlin"


def test_digest_patience_and_silence_are_set(office, chat, press):
    press("Digest", "5 min", "« Back")
    text = press("Low: no sound")
    assert wishes(office, chat).digest_patience_seconds == 300
    assert wishes(office, chat).silent_low is True
    assert "longer than 5 min" in text
    assert "without a sound" in text
    press("✓ Low: no sound")
    assert wishes(office, chat).silent_low is False


def test_the_chat_is_muted_and_unmuted(office, chat, press):
    assert "Muted: until" in press("Mute", "8 h")
    assert office.chat(chat.id).muted_until is not None
    press("Until /unmute")
    assert (office.chat(chat.id).state, office.chat(chat.id).muted_until) == ("muted", None)
    assert "Muted: no" in press("Not muted", "« Back")
    assert office.chat(chat.id).state == "active"


def test_done_takes_the_buttons_away(press, telegram, ada):
    assert "Told about" in press("Done")
    assert "reply_markup" not in telegram.messages(ada)[-1]


def test_every_page_goes_back_to_the_first(press, telegram, ada):
    for label in ("What", "Severity", "Categories", "Sites", "Quiet hours", "Time zone", "Digest", "Mute"):
        assert "What arrives here" in press(label, "« Back")
