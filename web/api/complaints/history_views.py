"""What happened: a complaint's timeline and comments, and the feed of all events for programs."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from apiflask import APIBlueprint
from sqlalchemy import select

from complaints.events.envelope import as_removed, envelope
from complaints.events.event_feed import read_head
from complaints.models import Comment, Event
from complaints.queries.finding import find, may_see
from complaints.queries.pages.paging import KeyPart, ListOrder, read_page
from web.api.parameters import FeedQuery, PageQuery
from web.api.shapes import CommentPage, EventPage, FeedPage, comment_on_wire, page_on_wire
from web.http.app_services import services
from web.http.permissions import READING, caller, reads

blueprint = APIBlueprint("histories", __name__, tag="Histories")
AS_APPENDED = ListOrder("n", (KeyPart(Event.n, int),))
AS_WRITTEN = ListOrder("created_at", (KeyPart(Comment.created_at, datetime), KeyPart(Comment.id, UUID)))


@blueprint.get("/complaints/<name>/events")
@reads(*READING)
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(EventPage)
@blueprint.doc(summary="A complaint's timeline")
def list_events(name: str, query: PageQuery) -> Any:
    """Return the events of one complaint, oldest first; `seq` is null for one not yet numbered."""
    with services().database.read() as session:
        complaint = find(session, name, **caller().sight)
        rows = select(Event).where(Event.complaint_id == complaint.id)
        page = read_page(session, rows, AS_APPENDED, **query.model_dump())
    return page_on_wire(page, envelope)


@blueprint.get("/complaints/<name>/comments")
@reads(*READING)
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(CommentPage)
@blueprint.doc(summary="A complaint's comments")
def list_comments(name: str, query: PageQuery) -> Any:
    """Return the comments under one complaint, oldest first; programs see the public ones."""
    with services().database.read() as session:
        complaint = find(session, name, **caller().sight)
        rows = select(Comment).where(Comment.complaint_id == complaint.id)
        if caller().key is not None:
            rows = rows.where(Comment.visibility == "public")
        page = read_page(session, rows, AS_WRITTEN, **query.model_dump())
    return page_on_wire(page, comment_on_wire)


@blueprint.get("/events")
@reads("events:read")
@blueprint.input(FeedQuery, location="query", arg_name="query")
@blueprint.output(FeedPage)
@blueprint.doc(summary="The feed of all events")
def feed(query: FeedQuery) -> Any:
    """Return numbered events after a seq, in order. A foreign `epoch` means: read the list again.

    `head` is the seq up to which this answer looked: go on after it, at once where there is `more`. Not `complete`
    means the same as a foreign epoch: some of what came after `after` was deleted, or it is beyond the end. `top`
    is the last seq of all: who reads the list again goes on after it. `sites` are those that the caller may see.
    """
    sites = caller().sites
    with services().database.read() as session:
        head = read_head(session)
        rows = select(Event).where(Event.seq > query.after, Event.seq <= head.top)
        events = session.scalars(rows.order_by(Event.seq).limit(query.limit)).all()
    items = [item for item in map(_visible, events) if item is not None]
    reached = cast(int, events[-1].seq) if len(events) == query.limit else head.top
    return {
        "items": items,
        "head": reached,
        "epoch": head.epoch,
        "complete": len(events) == reached - query.after,
        "more": reached < head.top,
        "top": head.top,
        "sites": None if sites is None else sorted(sites),
    }


def _visible(event: Event) -> dict[str, Any] | None:
    """Return the event as the caller may see it: whole, as `removed`, or not at all."""
    sites, after = caller().sites, event.data["site"]
    if may_see(sites, after):
        return envelope(event)
    left = may_see(sites, event.changes.get("site", [after])[0])
    return as_removed(envelope(event)) if left else None
