"""The pages of `/settings` with long lists: categories, sites and time zones, some at a time."""

from collections.abc import Iterable, Sequence

from complaints.forms.time_zones import zone_names
from workers.render.base.message import Button, Rows, in_rows
from workers.render.preferences.choice_pages import ABREAST, BACK
from workers.render.preferences.page_parts import Screen, SettingsPage, choice, key_of, leaf, switch

SHOWN = 20
USUAL_ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Tokyo",
)
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def categories_page(screen: Screen) -> SettingsPage:
    """Which categories; all of them means those to come, too."""
    wanted = screen.preferences.categories
    rows = _names(screen, "categories", "category", screen.panel.categories, wanted)
    return SettingsPage("Categories", "Complaints of which categories?", rows)


def sites_page(screen: Screen) -> SettingsPage:
    """Which sites; all of them means every one that the operator may see."""
    known, wanted = screen.panel.sites, screen.preferences.sites
    text = "Complaints of which sites?" if known else "No sites are defined, so that all are alike."
    return SettingsPage("Sites", text, _names(screen, "sites", "site", known, wanted))


def zones_page(screen: Screen) -> SettingsPage:
    """The time zone: usual ones and regions, or the zones of a region."""
    text, region = f"Now: {screen.preferences.time_zone}", screen.place[0] if screen.place else None
    if region in REGIONS:
        zones = sorted(name for name in zone_names() if name.startswith(f"{region}/"))
        buttons = [_zone(screen, name, name.partition("/")[2]) for name in zones]
        back = (leaf("« Regions", "zones"),)
        return SettingsPage("Time zone", text, (*_some(screen, f"zones.{region}", buttons), back))
    usual = [_zone(screen, name, name) for name in USUAL_ZONES]
    regions = [leaf(f"{region} …", f"zones.{region}.0") for region in REGIONS]
    return SettingsPage("Time zone", text, (*in_rows(usual, ABREAST), *in_rows(regions, ABREAST), BACK))


def _zone(screen: Screen, name: str, label: str) -> Button:
    return choice(label.replace("_", " "), "zone", name, chosen=name == screen.preferences.time_zone)


def _names(screen: Screen, page: str, what: str, known: Sequence[str], wanted: Iterable[str] | None) -> Rows:
    chosen = frozenset(wanted or ())
    every = choice("All, and those to come", what, "all", chosen=wanted is None)
    buttons = [
        choice(name, what, f"{key_of(name)}.{switch(name not in chosen)}", chosen=name in chosen)
        for name in known
    ]
    return ((every,), *_some(screen, page, buttons), BACK)


def _some(screen: Screen, page: str, buttons: Sequence[Button]) -> Rows:
    """Return the buttons of the present part, and buttons to the parts before and after it."""
    last = max(0, len(buttons) - 1) // SHOWN
    part = min(_number(screen.place), last)
    turning = []
    if part > 0:
        turning.append(leaf("‹ Before", f"{page}.{part - 1}"))
    if part < last:
        turning.append(leaf("More ›", f"{page}.{part + 1}"))
    shown = in_rows(buttons[part * SHOWN : (part + 1) * SHOWN], ABREAST)
    return (*shown, tuple(turning)) if turning else shown


def _number(place: tuple[str, ...]) -> int:
    number = place[-1] if place else ""
    return int(number) if number.isdecimal() else 0
