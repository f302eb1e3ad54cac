"""Finding the files of complaints, and the pictures among them that Telegram can show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.errors import NotFound
from complaints.file_formats.recognition import PICTURES
from complaints.ids import parse_id
from complaints.models import Attachment, Complaint
from complaints.queries.finding import find, find_locked
from complaints.words import DrawingState


def attachments_of(session: Session, complaint: Complaint) -> Sequence[Attachment]:
    """Return the complaint's files in the order in which they came."""
    if not complaint.attachment_count:
        return ()
    query = select(Attachment).where(Attachment.complaint_id == complaint.id)
    return session.scalars(query.order_by(Attachment.id)).all()


def find_attachment(session: Session, text: str, **sight: Any) -> Attachment:
    """Return the file with this id, if its complaint may be seen; raises `NotFound`. For `sight` see `find`."""
    attachment = _by_id(session, text)
    find(session, str(attachment.complaint_id), **sight)
    return attachment


def find_attachment_locked(session: Session, text: str, **sight: Any) -> tuple[Attachment, Complaint]:
    """Return the file as above, with its complaint, whose row is locked: nobody else deletes it meanwhile."""
    complaint = find_locked(session, str(_by_id(session, text).complaint_id), **sight)
    session.expire_all()
    return _by_id(session, text), complaint


def count_pictures(session: Session, complaint_id: UUID) -> int:
    """Return how many pictures the complaint has."""
    query = select(func.count()).where(Attachment.complaint_id == complaint_id)
    return session.scalar(query.where(Attachment.content_type.in_(PICTURES))) or 0


def previewed(session: Session, complaint_id: UUID, *, most: int, skip: int = 0) -> tuple[UUID, ...]:
    """Return the complaint's first pictures of which there are previews, after the first `skip`."""
    query = select(Attachment.id).where(
        Attachment.complaint_id == complaint_id, Attachment.drawing == DrawingState.DONE
    )
    return tuple(session.scalars(query.order_by(Attachment.id).limit(most).offset(skip)))


def _by_id(session: Session, text: str) -> Attachment:
    identifier = parse_id(text)
    found = None if identifier is None else session.get(Attachment, identifier)
    if found is None:
        raise NotFound("There is no such attachment.")
    return found
