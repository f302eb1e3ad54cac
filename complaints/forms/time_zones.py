"""Time zones, by their names in IANA's database."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field


@cache
def zone_names() -> frozenset[str]:
    """Return the names of IANA's database; read once, for it takes milliseconds and each chat's row asks."""
    return frozenset(available_timezones() - {"localtime"})  # this machine's own, which no other one has


def check_time_zone(name: str) -> str:
    """Return the name; raises ValueError where IANA's database has no such zone."""
    if name not in zone_names():
        raise ValueError("wants a time zone of IANA's database, for example Europe/Berlin")
    return name


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(check_time_zone)]
