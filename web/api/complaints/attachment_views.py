"""The files of complaints: sent, listed, fetched and deleted."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, g, request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.attachments.filing import StoredFile, store_files
from complaints.attachments.kept_attachments import find_attachment, find_attachment_locked
from complaints.attachments.object_store import AttachmentStore, Part
from complaints.clock import utcnow
from complaints.errors import AttachmentsOff, Busy, Forbidden, IdempotencyRunning, NotFound
from complaints.models import Attachment, Complaint
from complaints.queries.finding import find, find_locked
from complaints.queries.paging import KeyPart, ListOrder, read_page
from complaints.verbs import attach, detach
from complaints.words import DrawingState, Role
from web.api.parameters import PageQuery, Query
from web.api.shapes import AttachmentPage, AttachmentShape, Shape, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import (
    ETAG,
    IF_NONE_MATCH,
    IF_RANGE,
    RANGE,
    answers,
    repeatable,
    takes,
)
from web.http.permissions import READING, acts, attaches, caller, reads
from web.idempotency.answered_once import answer_once, was_answered
from web.uploads.declared_bodies import takes_files_alone
from web.uploads.file_answers import FileOnWire, file_answer
from web.uploads.multipart_request import Uploads, uploads_alone

blueprint = APIBlueprint("attachments", __name__, tag="Attachments")
AS_ADDED = ListOrder("id", (KeyPart(Attachment.id, UUID),))
WEBP = "image/webp"
BYTES: Any = {
    "description": "The file, or the part of it that was asked for",
    "content": {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}},
}
FILE_ANSWERS: Any = {"200": BYTES, "206": BYTES}


class AddedAttachments(Shape):
    """The files that were added, in the order in which they were sent."""

    items: list[AttachmentShape]


class AttachmentQuery(Query):
    """What of a file to answer."""

    thumbnail: bool = Field(default=False, description="`1`: of a picture, a small WebP.", examples=[True])


class UploadedFiles(BaseModel):
    """By what an upload is known again."""

    complaint: UUID
    files: list[dict[str, str]]


@blueprint.post("/complaints/<name>/attachments")
@attaches
@repeatable
@takes_files_alone
@answers(ETAG)
@blueprint.output(AddedAttachments, 201)
@blueprint.doc(summary="Add files", responses=[409, 413, 415, 422, 503])
def post_attachments(name: str) -> Any:
    """Add up to five files to the complaint, all or none of them; a complaint has at most twenty.

    What a file is is decided by its content. Pictures lose what they say beside themselves (GPS, camera), and keep
    which way up they are. A program with `complaints:submit` alone adds to what it has submitted itself.

    Send `Idempotency-Key` so that a retry is harmless: it compares the files' content.
    """
    sight = caller().upload_sight
    with services().database.read() as session:
        complaint_id = find(session, name, **sight).id
    uploads = uploads_alone(request)
    return add_once(complaint_id, uploads, lambda session: find_locked(session, str(complaint_id), **sight))


def add_once(complaint_id: UUID, uploads: Uploads, find_it: Callable[[Session], Complaint]) -> Any:
    """Add the files to the complaint that `find_it` locks, as the request's caller; return what the view answers.

    A request that is sent again gets the first answer. Whoever it is that uploads, their rights were looked at.
    """
    database, form = services().database, UploadedFiles(complaint=complaint_id, files=list(uploads.marks))
    with database.read() as session:
        is_repeat = was_answered(session, form)
    stored = [] if is_repeat else put_away(uploads)
    with database.write() as session:
        complaint = find_it(session)

        def add() -> dict[str, Any]:
            check_stored(uploads, stored)
            actor, now = caller().actor, utcnow()
            added = attach(session, complaint, stored, actor=actor, now=now, request_id=g.request_id)
            return {"items": [AttachmentShape.of(one).model_dump(mode="json") for one in added]}

        answered = answer_once(session, add, form)
    poke_for(stored)
    return answered


@blueprint.get("/complaints/<name>/attachments")
@reads(*READING)
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(AttachmentPage)
@blueprint.doc(summary="A complaint's files")
def list_attachments(name: str, query: PageQuery) -> Any:
    """Return the files of one complaint in the order in which they came."""
    with services().database.read() as session:
        complaint = find(session, name, **caller().sight)
        rows = select(Attachment).where(Attachment.complaint_id == complaint.id)
        page = read_page(session, rows, AS_ADDED, **query.model_dump())
    return page_on_wire(page, AttachmentShape.of)


@blueprint.get("/attachments/<attachment_id>")
@reads(*READING)
@takes(RANGE)
@takes(IF_RANGE)
@takes(IF_NONE_MATCH)
@answers(ETAG)
@blueprint.input(AttachmentQuery, location="query", arg_name="query")
@blueprint.doc(summary="Get a file", responses={**FILE_ANSWERS, "304": {}, "409": {}, "416": {}, "503": {}})
def get_attachment(attachment_id: str, query: AttachmentQuery) -> Response:
    """Return the file's bytes, or with `thumbnail=1` a small WebP of a picture; 503 while that is not drawn yet."""
    with services().database.read() as session:
        attachment = find_attachment(session, attachment_id, **caller().sight)
    store = the_store()
    return file_answer(request, (_thumbnail if query.thumbnail else _original)(attachment, store))


@blueprint.delete("/attachments/<attachment_id>")
@acts("complaints:write")
@blueprint.output({}, 204)
@blueprint.doc(summary="Delete a file")
def delete_attachment(attachment_id: str) -> Any:
    """Delete the file for good. Whoever sent it may, and admins may delete any."""
    with services().database.write() as session:
        attachment, complaint = find_attachment_locked(session, attachment_id, **caller().sight)
        _check_may_delete(attachment)
        detach(session, complaint, attachment, actor=caller().actor, now=utcnow(), request_id=g.request_id)
    services().poker.poke_sequencer(g.request_id)
    services().poker.poke_attachments(g.request_id)
    return ""


def put_away(uploads: Uploads) -> list[StoredFile]:
    """Put the files into the store; raises `AttachmentsOff`, and as `store_files` does."""
    return store_files(services().database, the_store(), uploads.files) if uploads.files else []


def check_stored(uploads: Uploads, stored: Sequence[StoredFile]) -> None:
    """Raise `IdempotencyRunning` where files were thought to be a repeat, whose record has just had its time."""
    if len(stored) != len(uploads.files):
        raise IdempotencyRunning("This Idempotency-Key has just had its time. Try again.")


def the_store() -> AttachmentStore:
    """Return where files are kept; raises `AttachmentsOff` where that is nowhere."""
    store = services().attachments
    if store is None:
        raise AttachmentsOff("No files are kept here: ATTACHMENTS_URL is not set.")
    return store


def poke_for(stored: Sequence[StoredFile]) -> None:
    """Wake who numbers the events, and who draws small pictures."""
    services().poker.poke_sequencer(g.request_id)
    if any(one.width is not None for one in stored):
        services().poker.poke_attachments(g.request_id)


def _check_may_delete(attachment: Attachment) -> None:
    who = caller()
    is_admin = who.operator is not None and who.operator.role == Role.ADMIN
    if not is_admin and attachment.uploader_id != who.actor.id:
        raise Forbidden("Only whoever sent it, or an admin, may delete a file.")


def _original(attachment: Attachment, store: AttachmentStore) -> FileOnWire:
    return FileOnWire(
        attachment.filename,
        attachment.content_type,
        attachment.bytes,
        attachment.sha256,
        partial(store.read, attachment.id, Part.ORIGINAL),
    )


def _thumbnail(attachment: Attachment, store: AttachmentStore) -> FileOnWire:
    if attachment.drawing == DrawingState.PENDING:
        raise Busy("The thumbnail is not drawn yet.", 1)
    if attachment.drawing != DrawingState.DONE:
        raise NotFound("There is no thumbnail of this file.")
    content = store.read_whole(attachment.id, Part.THUMBNAIL)
    return FileOnWire(
        f"{attachment.filename}.webp",
        WEBP,
        len(content),
        f"{attachment.sha256}-thumbnail",
        lambda start, end: iter((content[start:end],)),
    )
