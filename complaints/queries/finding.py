"""Finding one complaint by what people call it, and one row of another kind by its id."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from complaints.errors import NotFound
from complaints.ids import normalise_reference, parse_id
from complaints.models import Complaint
from complaints.texts.kept_form import as_line

T = TypeVar("T")


def find(
    session: Session, name: str, *, sites: frozenset[str] | None, submitted_by: UUID | None = None
) -> Complaint:
    """Return the complaint with this id or reference, if someone limited to `sites` may see it.

    `submitted_by` is the API client whose complaints alone may be seen, if there is one. Raises `NotFound` for a
    name that is neither, and for what may not be seen.
    """
    return _one(session, _by_name(name), sites, submitted_by)


def find_locked(
    session: Session, name: str, *, sites: frozenset[str] | None, submitted_by: UUID | None = None
) -> Complaint:
    """Return the complaint as `find` does, with its row locked until the transaction ends."""
    return _one(session, _locked(_by_name(name)), sites, submitted_by)


def find_row(session: Session, rows: Select[T], key: Any, text: str, what: str) -> T:
    """Return the row whose column `key` is the id in the text; raises `NotFound`, which says what there is not."""
    identifier = parse_id(text)
    found = None if identifier is None else session.scalar(rows.where(key == identifier))
    if found is None:
        raise NotFound(f"There is no such {what}.")
    return found


def load_sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Return the site of each of these complaints, whoever asks; those that there are not are left out."""
    rows = session.execute(select(Complaint.id, Complaint.site).where(Complaint.id.in_(list(ids))))
    return {row.id: row.site for row in rows}


def may_see(sites: frozenset[str] | None, site: str | None) -> bool:
    """Say whether someone limited to `sites` (None: not limited) may see a complaint of `site`.

    An old event may spell it in another form.
    """
    return sites is None or (site is not None and (site in sites or as_line(site) in sites))


def _locked(query: Select[Complaint]) -> Select[Complaint]:
    """Lock against other changes, not against who only refers to the row: routing inserts alerts about it."""
    return query.with_for_update(of=Complaint, key_share=True).execution_options(populate_existing=True)


def _by_name(name: str) -> Select[Complaint]:
    identifier = parse_id(name)
    if identifier is not None:
        return select(Complaint).where(Complaint.id == identifier)
    reference = normalise_reference(name)
    if reference is None:
        raise NotFound("There is no such complaint.")
    return select(Complaint).where(Complaint.reference == reference)


def _one(
    session: Session, query: Select[Complaint], sites: frozenset[str] | None, submitted_by: UUID | None
) -> Complaint:
    complaint = session.scalar(query)
    is_others = submitted_by is not None and complaint is not None and complaint.api_client_id != submitted_by
    if complaint is None or is_others or not may_see(sites, complaint.site):
        raise NotFound("There is no such complaint.")
    return complaint
