"""What an operator prefers for themselves: language, time zone, and how the dashboard calls for them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, ValidationError

from complaints.forms.fields import Form
from complaints.forms.time_zones import TimeZone
from complaints.models import Operator
from complaints.words import Severity

LANGUAGE = re.compile(
    r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3})){0,4}", re.IGNORECASE
)


def check_language(tag: str) -> str:
    """Return the tag as it is written by rule (RFC 5646, section 2.1.1); raises ValueError for what is none."""
    if not LANGUAGE.fullmatch(tag):
        raise ValueError("wants a language tag such as en, pt-BR or zh-Hant (BCP 47)")
    first, *rest = tag.lower().split("-")
    return "-".join([first, *map(_spelt, rest)])


def _spelt(part: str) -> str:
    is_region, is_script = len(part) == 2, len(part) == 4 and part.isalpha()
    return part.upper() if is_region else part.title() if is_script else part


Language = Annotated[str, Field(max_length=35), AfterValidator(check_language)]


class Alarm(Form):
    """How the open dashboard calls for its operator: for complaints of at least `minimum_severity`."""

    sound: StrictBool = False
    desktop: StrictBool = False
    minimum_severity: Severity = Severity.HIGH


class PersonalPreferences(Form):
    """What an operator prefers. Without `language` or `time_zone` those of their browser hold."""

    language: Language | None = None
    time_zone: TimeZone | None = None
    alarm: Alarm = Alarm()


def preferences_of(operator: Operator) -> PersonalPreferences:
    """Return what the operator chose; all as it is from the start where that makes no sense any more."""
    try:
        return PersonalPreferences.model_validate(operator.preferences or {})
    except ValidationError:
        return PersonalPreferences()


def prefer(operator: Operator, preferences: PersonalPreferences) -> None:
    """Keep what the operator chose."""
    operator.preferences = preferences.model_dump(mode="json")
