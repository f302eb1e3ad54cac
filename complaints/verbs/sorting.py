"""The words to sort complaints by: categories, and sites. Their names are their keys."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.trail import note_created
from complaints.db import insert_ignoring
from complaints.errors import NotFound, Refused
from complaints.models import Category, Complaint, Site
from complaints.queries.known_words import find_site, limiting_sites
from complaints.texts.kept_form import as_line
from complaints.words import DEFAULT_CATEGORY

Word = TypeVar("Word", Category, Site)


def add_word(session: Session, kind: type[Word], name: str, *, now: datetime) -> Word:
    """Add the category or site and return it; raises `Refused` where there is one of this name, however spelt."""
    if not insert_ignoring(session, kind, [{"name": name, "created_at": now}]):
        raise Refused(f"{name!r} is there already.")
    word = session.get_one(kind, name)
    note_created(session, word)
    return word


def change_category(session: Session, name: str, times: dict[str, Any]) -> Category:
    """Set the category's named columns and return it; raises `NotFound`.

    The number of reminders and their distance hold for all complaints from their next step on; when a complaint
    must be acknowledged was settled when it came in.
    """
    category = _find_category(session, name)
    for column, value in times.items():
        setattr(category, column, value)
    return category


def delete_category(session: Session, name: str) -> None:
    """Delete a category that no complaint has; raises `NotFound`, or `Refused` where it is needed."""
    category = _find_category(session, name)
    if name == DEFAULT_CATEGORY:
        raise Refused(f"{name!r} is the default category.")
    if session.scalar(select(Complaint.id).where(Complaint.category == name).limit(1)) is not None:
        raise Refused(f"{name!r} is the category of a complaint.")
    session.delete(category)


def delete_site(session: Session, name: str) -> None:
    """Delete a site that no complaint, operator or key names; raises `NotFound`, or `Refused` where one does."""
    site = find_site(session, as_line(name))
    if site is None:
        raise NotFound("There is no site of this name.")
    if session.scalar(select(Complaint.id).where(Complaint.site == site.name).limit(1)) is not None:
        raise Refused(f"{site.name!r} is the site of a complaint.")
    if site.name in limiting_sites(session):
        raise Refused(f"An operator or a key is limited to {site.name!r}.")
    session.delete(site)


def _find_category(session: Session, name: str) -> Category:
    found = None if "\x00" in name else session.get(Category, name)
    if found is None:
        raise NotFound("There is no category of this name.")
    return found
