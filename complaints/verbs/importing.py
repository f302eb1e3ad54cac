"""Bringing in complaints from before, many in a transaction; what is there already is not brought in again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from complaints.errors import RedressError
from complaints.events.event_types import Actor
from complaints.forms.complaint_forms import ImportedComplaint
from complaints.models import Complaint
from complaints.verbs.intake import bring_in

ONE_IMPORT_EACH = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Imported:
    """What has become of a complaint: it is there, `created` by this or found; or why it was refused."""

    id: UUID | None = None
    reference: str | None = None
    created: bool = False
    refusal: RedressError | None = None


def import_batch(
    session: Session,
    forms: Sequence[ImportedComplaint],
    *,
    actor: Actor,
    api_client_id: UUID,
    allow: Callable[[ImportedComplaint], None],
    now: datetime,
    request_id: str | None,
) -> list[Imported]:
    """Bring in each that the API client has not submitted yet, by its `external_id`; return what became of each.

    `allow` raises for what the client may not submit. One that is refused stops no other. Of two imports of one
    client each waits for the other's batch.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ONE_IMPORT_EACH, {"name": f"import:{api_client_id}"})
    known = _find(session, api_client_id, [form.external_id for form in forms])
    results = []
    for form in forms:
        found = known.get(form.external_id)
        if found is not None:
            results.append(Imported(*found))
            continue
        try:
            allow(form)
            made = bring_in(
                session, form, actor=actor, now=now, request_id=request_id, api_client_id=api_client_id
            )
        except RedressError as refusal:
            results.append(Imported(refusal=refusal))
            continue
        known[form.external_id] = (made.id, made.reference)
        results.append(Imported(made.id, made.reference, created=True))
    return results


def _find(session: Session, client_id: UUID, external_ids: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    own = select(Complaint.external_id, Complaint.id, Complaint.reference).where(
        Complaint.external_id.in_(external_ids), Complaint.api_client_id == client_id
    )
    return {row.external_id: (row.id, row.reference) for row in session.execute(own) if row.external_id}
