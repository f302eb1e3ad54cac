"""The page of `/settings` for quiet hours."""

from complaints.alerts.recipients.preferences import QuietHours
from workers.render.base.message import Button
from workers.render.preferences.choice_pages import BACK
from workers.render.preferences.page_parts import Screen, SettingsPage, choice, leaf, switch
from workers.render.preferences.preference_words import quiet_in_words

PRESETS = (("22:00", "07:00"), ("20:00", "08:00"), ("18:00", "06:00"))
STEPS = (-60, -15, 15, 60)
DAY_MINUTES = 24 * 60


def quiet_page(screen: Screen) -> SettingsPage:
    """When only what is critical may make a sound."""
    hours = screen.preferences.quiet_hours
    text = (
        "What comes during quiet hours arrives as one digest afterwards.\n"
        f"Now: {quiet_in_words(screen.preferences)}\nTime zone: {screen.preferences.time_zone}"
    )
    chosen = None if hours is None else (hours.start, hours.end)
    presets = tuple(_hours(f"{start}–{end}", start, end, chosen == (start, end)) for start, end in PRESETS)
    if hours is None:
        return SettingsPage("Quiet hours", text, (presets, (leaf("Time zone", "zones"),), BACK))
    return SettingsPage("Quiet hours", text, (presets, *_tuning(hours), BACK))


def shift(clock: str, minutes: int) -> str:
    """Return the time of day so many minutes later, over midnight too."""
    hour, _, minute = clock.partition(":")
    moved = (int(hour) * 60 + int(minute) + minutes) % DAY_MINUTES
    return f"{moved // 60:02}:{moved % 60:02}"


def _tuning(hours: QuietHours) -> tuple[tuple[Button, ...], ...]:
    starts = [(shift(hours.start, step), hours.end) for step in STEPS]
    ends = [(hours.start, shift(hours.end, step)) for step in STEPS]
    passes = hours.critical_passes
    return (
        tuple(_hours(f"From {start}", start, end) for start, end in starts if start != end),
        tuple(_hours(f"To {end}", start, end) for start, end in ends if start != end),
        (choice("Critical alerts pass", "pass", switch(not passes), chosen=passes),),
        (choice("No quiet hours", "quiet", "off"), leaf("Time zone", "zones")),
    )


def _hours(label: str, start: str, end: str, chosen: bool = False) -> Button:
    return choice(label, "quiet", f"{start}-{end}".replace(":", ""), chosen=chosen)
