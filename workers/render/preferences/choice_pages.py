"""The pages of `/settings` whose choices are fixed."""

from complaints.alert_words import ChatState
from complaints.alerts import kinds
from complaints.words import Severity
from workers.render.base.message import in_rows
from workers.render.preferences.page_parts import DONE, FRONT, Screen, SettingsPage, choice, leaf, switch
from workers.render.preferences.preference_words import (
    kinds_in_words,
    mute_in_words,
    names_in_words,
    quiet_in_words,
    severity_in_words,
    sound_in_words,
    span_in_words,
)

ABREAST = 2
PATIENCES = (5, 10, 30, 60, 300, 900, 3600)
MUTES = {30: "30 min", 60: "1 h", 480: "8 h", 1440: "1 day", 10080: "1 week"}
BACK = (leaf("« Back", FRONT),)
LEAVES = {
    "kinds": "What",
    "severity": "Severity",
    "categories": "Categories",
    "sites": "Sites",
    "quiet": "Quiet hours",
    "zones": "Time zone",
    "digest": "Digest",
    "mute": "Mute",
}


def front(screen: Screen) -> SettingsPage:
    """Everything at a glance, and a button to each page."""
    wishes, panel = screen.preferences, screen.panel
    muted = mute_in_words(panel.state, panel.muted_until, screen.zone, now=screen.context.now)
    lines = (
        f"Told about: {kinds_in_words(wishes)}",
        f"Severity: {severity_in_words(wishes)}",
        f"Categories: {names_in_words(wishes.categories)}",
        f"Sites: {names_in_words(wishes.sites)}",
        f"Quiet hours: {quiet_in_words(wishes)}",
        f"Time zone: {wishes.time_zone}",
        f"Digest: where single alerts would take longer than {span_in_words(wishes.digest_patience_seconds)}",
        f"Low severity: {sound_in_words(wishes)}",
        f"Muted: {muted}",
    )
    if panel.page == DONE:
        return SettingsPage("What arrives here", "\n".join(lines), ())
    silent = wishes.silent_low
    last = (
        choice("Low: no sound", "silent", switch(not silent), chosen=silent),
        leaf("Done", DONE),
    )
    leaves = [leaf(label, page) for page, label in LEAVES.items()]
    return SettingsPage("What arrives here", "\n".join(lines), (*in_rows(leaves, ABREAST), last))


def kinds_page(screen: Screen) -> SettingsPage:
    """Which kinds of alert."""
    wanted = screen.preferences.kinds
    buttons = [
        choice(
            words.capitalize(),
            "kind",
            f"{kind}.{switch(kind not in wanted)}",
            chosen=kind in wanted,
        )
        for kind, words in kinds.choices().items()
    ]
    return SettingsPage("What", "What is this chat told about?", (*in_rows(buttons, 1), BACK))


def severity_page(screen: Screen) -> SettingsPage:
    """From which severity on."""
    lowest = screen.preferences.minimum_severity
    buttons = [choice(word.capitalize(), "severity", word, chosen=word == lowest) for word in Severity]
    text = "From which severity on does this chat receive alerts?"
    return SettingsPage("Severity", text, (*in_rows(buttons, ABREAST), BACK))


def digest_page(screen: Screen) -> SettingsPage:
    """How long single alerts may take before they become a digest."""
    patience = screen.preferences.digest_patience_seconds
    buttons = [
        choice(span_in_words(seconds), "patience", str(seconds), chosen=seconds == patience)
        for seconds in PATIENCES
    ]
    text = (
        "Telegram takes one message a second. Where single alerts would take longer than this, "
        f"the rest comes as one digest.\nNow: {span_in_words(patience)}"
    )
    return SettingsPage("Digest", text, (*in_rows(buttons, ABREAST), BACK))


def mute_page(screen: Screen) -> SettingsPage:
    """How long no alerts at all."""
    panel = screen.panel
    muted = mute_in_words(panel.state, panel.muted_until, screen.zone, now=screen.context.now)
    spans = [choice(label, "mute", str(minutes)) for minutes, label in MUTES.items()]
    ends = (choice("Until /unmute", "mute", "on"), choice("Not muted", "mute", "off"))
    rows = (*in_rows(spans, ABREAST), ends if panel.state == ChatState.MUTED else ends[:1], BACK)
    return SettingsPage("Mute", f"How long should no alerts arrive here?\nMuted: {muted}", rows)
