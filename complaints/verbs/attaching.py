"""Giving files to a complaint, and taking one away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.attachments.filing import StoredFile
from complaints.attachments.strays import claim_stored, let_go
from complaints.errors import AttachmentsFull, StoreUnavailable
from complaints.events.append import append_event
from complaints.events.event_types import Actor, EventType
from complaints.file_formats.recognition import PICTURES
from complaints.models import Attachment, Complaint
from complaints.words import DrawingState

FILES_MAXIMUM = 20
RETRY_AFTER_SECONDS = 1


def attach(
    session: Session,
    complaint: Complaint,
    files: Sequence[StoredFile],
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> list[Attachment]:
    """Give the locked complaint these files, of which the store has the bytes; append `attachment_added` for each.

    Raises `AttachmentsFull`, and `StoreUnavailable` where they were put there so long ago that they are gone.
    """
    if complaint.attachment_count + len(files) > FILES_MAXIMUM:
        raise AttachmentsFull(
            f"A complaint has at most {FILES_MAXIMUM} attachments; this one has {complaint.attachment_count}."
        )
    complaint.attachment_count += len(files)
    complaint.version += 1
    complaint.updated_at = now
    added = add_rows(session, complaint, files, actor=actor, now=now)
    tell_of_added(session, complaint, added, actor=actor, now=now, request_id=request_id)
    return added


def add_rows(
    session: Session, complaint: Complaint, files: Sequence[StoredFile], *, actor: Actor, now: datetime
) -> list[Attachment]:
    """Add the rows of files that the complaint counts already; raises `StoreUnavailable` as above."""
    if not claim_stored(session, [one.id for one in files], now=now):
        raise StoreUnavailable("Storing the files took too long. Send them again.", RETRY_AFTER_SECONDS)
    added = [_row(complaint, one, actor, now) for one in files]
    session.add_all(added)
    return added


def tell_of_added(
    session: Session,
    complaint: Complaint,
    added: Sequence[Attachment],
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> None:
    """Append `attachment_added` for each."""
    for one in added:
        append_event(
            session,
            complaint,
            EventType.ATTACHMENT_ADDED,
            actor=actor,
            changes={"attachment": [None, _brief(one)]},
            now=now,
            request_id=request_id,
        )


def detach(
    session: Session,
    complaint: Complaint,
    attachment: Attachment,
    *,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Take the file away from its locked complaint and append `attachment_removed`; its bytes are swept after."""
    complaint.attachment_count -= 1
    complaint.version += 1
    complaint.updated_at = now
    session.delete(attachment)
    let_go(session, [attachment.id], now=now)
    append_event(
        session,
        complaint,
        EventType.ATTACHMENT_REMOVED,
        actor=actor,
        changes={"attachment": [_brief(attachment), None]},
        now=now,
        request_id=request_id,
    )


def _row(complaint: Complaint, one: StoredFile, actor: Actor, now: datetime) -> Attachment:
    is_picture = one.content_type in PICTURES
    return Attachment(
        id=one.id,
        complaint_id=complaint.id,
        filename=one.filename,
        content_type=one.content_type,
        bytes=one.bytes,
        sha256=one.sha256,
        width=one.width,
        height=one.height,
        uploader_kind=actor.kind,
        uploader_id=actor.id,
        uploader_name=actor.name,
        drawing=DrawingState.PENDING if is_picture else None,
        drawing_attempts=0,
        next_drawing_at=now if is_picture else None,
        created_at=now,
    )


def _brief(attachment: Attachment) -> dict[str, Any]:
    """Return what events tell of it: nothing that says more than the list of files does."""
    return {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "bytes": attachment.bytes,
        "width": attachment.width,
        "height": attachment.height,
    }
