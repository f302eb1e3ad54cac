"""What a chat wants to be told: a fresh chat gets every kind that alerts, whatever its operator may see."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

import structlog
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from complaints.alerts import kinds
from complaints.alerts.recipients.wall_clock import next_time
from complaints.forms.fields import Line
from complaints.forms.time_zones import TimeZone
from complaints.texts.folding import fold_name
from complaints.words import PRIORITY, Severity

log = structlog.get_logger()


def check_kind(name: str) -> str:
    """Return the name of a kind of alert; raises pydantic's error where chats don't choose such."""
    known = list(kinds.choices())
    if name not in known:
        expected = " or ".join([", ".join(map(repr, known[:-1])), repr(known[-1])])
        raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": expected})
    return name


ChosenKind = Annotated[
    str, AfterValidator(check_kind), WithJsonSchema({"enum": list(kinds.choices()), "type": "string"})
]
Kinds = Annotated[tuple[ChosenKind, ...], Field(max_length=10)]
Lines = Annotated[tuple[Line, ...], Field(max_length=100)]


TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
LONGEST_PATIENCE_SECONDS = 3600
Patience = Annotated[int, Field(ge=1, le=LONGEST_PATIENCE_SECONDS)]


class QuietHours(BaseModel):
    """From `start` to `end` (`HH:MM`) each day, over midnight where `end` is earlier.

    Critical alerts pass unless that is switched off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: TimeOfDay
    end: TimeOfDay
    critical_passes: bool = True

    @model_validator(mode="after")
    def _refuse_empty(self) -> Self:
        if self.start == self.end:
            raise ValueError("quiet hours must not start and end at the same time")
        return self

    def end_after(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours that `now` lies in end, in UTC; None outside of them."""
        here = now.astimezone(zone)
        clock = f"{here:%H:%M}"
        over_midnight = self.end < self.start
        if over_midnight and clock >= self.start:
            return self._end_on(here.date() + timedelta(days=1), zone, now)
        begun = over_midnight or clock >= self.start
        return self._end_on(here.date(), zone, now) if begun and clock < self.end else None

    def _end_on(self, day: date, zone: ZoneInfo, now: datetime) -> datetime:
        return next_time(day, time.fromisoformat(self.end), zone, after=now)


class Preferences(BaseModel):
    """A chat's preferences; null categories or sites mean all of them.

    What would wait longer than `digest_patience_seconds` goes into a digest. `silent_low` sends alerts of low
    severity without a sound. `time_zone` is for quiet hours, and for the times in messages.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kinds: Kinds = kinds.chosen_by_default()
    minimum_severity: Severity = Severity.LOW
    categories: Lines | None = None
    sites: Lines | None = None
    time_zone: TimeZone = "UTC"
    quiet_hours: QuietHours | None = None
    digest_patience_seconds: Patience = 10
    silent_low: bool = False

    @classmethod
    def stored(cls, values: dict[str, Any]) -> Self:
        """Return what a chat's row keeps; what makes no sense any more counts as not said, so that alerts go on."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            log.warning("preferences_broken", error=str(error))
            wrong = {fault["loc"][0] for fault in error.errors() if fault["loc"]}
            return cls.model_validate({name: value for name, value in values.items() if name not in wrong})

    def want(self, kind: str, *, severity: str, category: str, site: str | None) -> bool:
        """Say whether an event of this kind about such a complaint is wanted."""
        return kind in self.kinds and self.want_such(severity=severity, category=category, site=site)

    def want_such(self, *, severity: str, category: str, site: str | None) -> bool:
        """Say whether such a complaint is wanted, of whatever kind the event is."""
        return (
            PRIORITY[Severity(severity)] <= PRIORITY[self.minimum_severity]
            and (self.categories is None or category in self.categories)
            and (self.sites is None or (site is not None and self._names(site)))
        )

    def _names(self, site: str) -> bool:
        """While no site is defined, people write them as they like."""
        sites = self.sites or ()
        return site in sites or fold_name(site) in map(fold_name, sites)

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return when the present quiet hours end, in UTC; None outside of them."""
        return None if self.quiet_hours is None else self.quiet_hours.end_after(now, ZoneInfo(self.time_zone))
