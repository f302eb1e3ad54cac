"""Tuning: changing what a chat wants to be told, over the API and on the phone alike."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alerts.queue.quiet_hours import release_held
from complaints.alerts.recipients.preferences import Kinds, Lines, Patience, Preferences, TimeOfDay
from complaints.errors import Invalid
from complaints.forms.fields import Form, absent
from complaints.forms.time_zones import TimeZone
from complaints.models import Category, Chat
from complaints.queries.known_words import spelt_site
from complaints.words import Severity

POINTER = "/preferences"


class QuietHoursPatch(Form):
    """What to change about quiet hours; the first time both ends are wanted."""

    start: TimeOfDay = absent()
    end: TimeOfDay = absent()
    critical_passes: bool = absent()


class PreferencesPatch(Form):
    """What to change about a chat's preferences; what is absent stays."""

    kinds: Kinds = absent()
    minimum_severity: Severity = absent()
    categories: Lines | None = absent()
    sites: Lines | None = absent()
    time_zone: TimeZone = absent()
    quiet_hours: QuietHoursPatch | None = absent()
    digest_patience_seconds: Patience = absent()
    silent_low: bool = absent()


def lock_chat(session: Session, chat_id: UUID) -> Chat:
    """Return the chat as it is now, locked until the transaction ends: of two changes none undoes the other."""
    query = select(Chat).where(Chat.id == chat_id).with_for_update(of=Chat, key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def tune(session: Session, chat: Chat, changes: dict[str, Any], *, now: datetime) -> Preferences:
    """Merge the changes into the locked chat's preferences and return them; raises `Invalid` with the pointer.

    `changes` has JSON values and is merged as RFC 7396 has it: what is absent stays, null brings the default
    back. What quiet hours held back is looked at again.
    """
    _check_categories(session, chat, changes)
    if changes.get("sites"):
        changes = {**changes, "sites": _spelt_sites(session, chat, changes["sites"])}
    before = Preferences.stored(chat.preferences).model_dump(mode="json")
    try:
        preferences = Preferences.model_validate(_merged(before, changes))
    except ValidationError as error:
        raise _invalid(error) from error
    chat.preferences = preferences.model_dump(mode="json")
    chat.updated_at = now
    session.flush()
    release_held(session, chat, now=now)
    return preferences


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    kept = target if isinstance(target, dict) else {}
    merged = {**kept, **{name: _merged(kept.get(name), value) for name, value in patch.items()}}
    return {name: value for name, value in merged.items() if patch.get(name, value) is not None}


def _check_categories(session: Session, chat: Chat, changes: dict[str, Any]) -> None:
    """Refuse what does not exist, save what the chat has already."""
    names = changes.get("categories") or ()
    known = {*(session.scalars(select(Category.name)) if names else ()), *_had(chat, "categories")}
    for place, name in enumerate(names):
        if name not in known:
            raise Invalid(f"There is no category {name!r}.", f"{POINTER}/categories/{place}")


def _spelt_sites(session: Session, chat: Chat, names: list[str]) -> list[str]:
    """Return the sites as they are spelt; raises `Invalid` for what does not exist, save what the chat has."""
    had = _had(chat, "sites")
    spelt = [
        name if name in had else str(spelt_site(session, name, f"{POINTER}/sites/{place}"))
        for place, name in enumerate(names)
    ]
    return list(dict.fromkeys(spelt))


def _had(chat: Chat, field: str) -> list[str]:
    return list(chat.preferences.get(field) or ())


def _invalid(error: ValidationError) -> Invalid:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    pointer = "".join(f"/{part}" for part in fault["loc"])
    return Invalid(fault["msg"].removeprefix("Value error, "), POINTER + pointer)
