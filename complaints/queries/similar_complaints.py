"""Which open complaints may be about the same: at the same site or close by, lately, in much the same words.

Texts are compared by the three-letter pieces that they have in common, as PostgreSQL's pg_trgm does it: the order
of words, endings and small slips matter little, and scripts without spaces are compared as well. The measure is the
cosine of the two sets (Ochiai's coefficient), so that a short text can be like a long one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from complaints.models import Complaint
from complaints.queries.complaint_filters import Filters, conditions
from complaints.queries.nearness import Near, is_near
from complaints.texts.folding import fold
from complaints.words import OPEN

LATELY = timedelta(days=30)
CLOSE_METRES = 200.0
CANDIDATES_MAXIMUM = 50  # the newest: a site where more are open has other troubles
COMPARED_CHARACTERS = 400
LEAST_LIKENESS = 0.4
SIMILAR_MAXIMUM = 10
PIECE = 3
TEXTS_KEPT = 2000


@dataclass(frozen=True, slots=True)
class SimilarComplaint:
    """A complaint, and how alike its text is, from 0 to 1."""

    id: UUID
    reference: str
    subject: str | None
    likeness: float


def find_similar(
    session: Session,
    complaint: Complaint,
    *,
    now: datetime,
    sites: frozenset[str] | None,
    submitted_by: UUID | None = None,
) -> list[SimilarComplaint]:
    """Return those that are alike, the likest first; `sites` and `submitted_by` bound what may be seen."""
    close = _close_to(complaint)
    if not close:
        return []
    seen = Filters(status=tuple(OPEN), created_after=now - LATELY, sites=sites, submitted_by=submitted_by)
    candidates = (
        select(
            Complaint.id,
            Complaint.reference,
            Complaint.subject,
            func.substr(Complaint.description, 1, COMPARED_CHARACTERS),
        )
        .where(*conditions(seen, now), or_(*close), Complaint.id != complaint.id)
        .order_by(Complaint.created_at.desc(), Complaint.id.desc())
        .limit(CANDIDATES_MAXIMUM)
    )
    own = _pieces(complaint.subject, complaint.description[:COMPARED_CHARACTERS])
    found = [
        SimilarComplaint(id_, reference, subject, likeness)
        for id_, reference, subject, description in session.execute(candidates)
        if (likeness := _likeness(own, _pieces(subject, description))) >= LEAST_LIKENESS
    ]
    return sorted(found, key=lambda one: one.likeness, reverse=True)[:SIMILAR_MAXIMUM]


def _close_to(complaint: Complaint) -> list[ColumnElement[bool]]:
    """Return the conditions of which one makes another complaint one of the same place."""
    found: list[ColumnElement[bool]] = []
    if complaint.site is not None:
        found.append(Complaint.site == complaint.site)
    if complaint.latitude is not None and complaint.longitude is not None:
        found.append(is_near(Near(complaint.latitude, complaint.longitude, CLOSE_METRES)))
    return found


@lru_cache(TEXTS_KEPT)
def _pieces(*texts: str | None) -> frozenset[str]:
    """Return the pieces of the texts' words; a word's beginning and end count as well.

    They are kept: what is open at a place is compared with everything new there.
    """
    return frozenset(
        padded[at : at + PIECE]
        for word in _words(texts)
        for padded in (f" {word} ",)
        for at in range(max(1, len(padded) - PIECE + 1))
    )


def _words(texts: Iterable[str | None]) -> Iterable[str]:
    for text in texts:
        yield from "".join(letter if letter.isalnum() else " " for letter in fold(text or "")).split()


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return round(len(one & other) / math.sqrt(len(one) * len(other)), 2)
