"""Complaints: the list, one of them, and the corrections to it."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from sqlalchemy.orm import Session
from werkzeug.http import parse_etags, quote_etag

from complaints.accounts.rights import require_site
from complaints.attachments.kept_attachments import attachments_of
from complaints.clock import utcnow
from complaints.errors import StaleVersion, VersionRequired
from complaints.events.event_feed import read_head
from complaints.forms.complaint_forms import ComplaintPatch
from complaints.models import Complaint
from complaints.queries.complaint_counts import count_complaints
from complaints.queries.complaint_filters import Filters
from complaints.queries.complaint_list import list_complaints
from complaints.queries.finding import find, find_locked
from complaints.verbs import edit
from web.api.parameters import ComplaintQuery, FilterQuery, named_fields
from web.api.shapes import (
    AttachmentShape,
    ComplaintPage,
    ComplaintShape,
    OneComplaintShape,
    Shape,
    page_on_wire,
)
from web.http.app_services import services
from web.http.declared_headers import (
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    answers,
    as_headers,
    is_required,
    read_header,
    takes,
)
from web.http.permissions import READING, acts, caller, operator, reads

blueprint = APIBlueprint("complaints", __name__, tag="Complaints")


class CountsShape(Shape):
    """How many complaints there are of a filter, and how they stand."""

    total: int
    open: int
    overdue: int
    unacknowledged: int
    mine: int
    unassigned: int
    by_status: dict[str, int]
    by_severity: dict[str, int]


@blueprint.get("/complaints")
@reads(*READING)
@blueprint.input(ComplaintQuery, location="query", arg_name="query")
@blueprint.output(ComplaintPage)
@blueprint.doc(summary="List complaints")
def list_page(query: ComplaintQuery) -> Any:
    """List complaints by filters, a page at a time.

    `head_seq` was read before the rows: subscribe after it and miss nothing. A row may already show what an event
    not yet numbered says; keep the one with the newer `version`.
    """
    with services().database.read() as session:
        head = read_head(session)
        page = list_complaints(
            session,
            filters_of(query),
            sort=query.sort,
            cursor=query.cursor,
            limit=query.limit,
            now=utcnow(),
        )
        shown = page_on_wire(page, ComplaintShape.of)
    return {**shown, "head_seq": head.top, "epoch": head.epoch}


@blueprint.get("/complaints/counts")
@reads(*READING)
@blueprint.input(FilterQuery, location="query", arg_name="query")
@blueprint.output(CountsShape)
@blueprint.doc(summary="Count complaints")
def get_counts(query: FilterQuery) -> Any:
    """Count the complaints of a filter. All but the total and the sums by status and severity are of open ones."""
    me = caller().operator
    with services().database.read() as session:
        return asdict(
            count_complaints(session, filters_of(query), me=None if me is None else me.id, now=utcnow())
        )


@blueprint.get("/complaints/<name>")
@reads(*READING)
@takes(IF_NONE_MATCH)
@answers(ETAG)
@blueprint.output(OneComplaintShape)
@blueprint.doc(summary="Get one complaint by id or reference", responses=[304])
def get_one(name: str) -> Any:
    """Return the complaint with its ETag; 304 where `If-None-Match` names the present version."""
    with services().database.read() as session:
        complaint = find(session, name, **caller().sight)
        if parse_etags(read_header(IF_NONE_MATCH)).contains_weak(_etag_of(complaint)):
            return Response(status=304, headers=etag_header(complaint))
        return answer(session, complaint)


@blueprint.patch("/complaints/<name>")
@acts("complaints:write")
@takes(IF_MATCH, required=True)
@answers(ETAG)
@blueprint.input(ComplaintPatch, arg_name="form")
@blueprint.output(OneComplaintShape)
@blueprint.doc(summary="Correct a complaint", responses=[412, 428])
def patch_one(name: str, form: ComplaintPatch) -> Any:
    """Change the named fields; `If-Match` must name the version that they were read from."""
    fields = named_fields(form)
    if form.reporter is not None:
        fields["reporter"] = form.reporter.as_stored()
    if "site" in fields:
        require_site(caller().sites, form.site)
    with services().database.write() as session:
        complaint = find_locked(session, name, **caller().sight)
        check_if_match(session, complaint)
        edit(
            session,
            complaint,
            fields=fields,
            actor=caller().actor,
            now=utcnow(),
            request_id=g.request_id,
        )
        body = answer(session, complaint)
    services().poker.poke_sequencer(g.request_id)
    return body


def filters_of(query: FilterQuery) -> Filters:
    """Return the domain's filters for a query, with what the caller may see at all."""
    return Filters(
        status=query.status,
        severity=query.severity,
        category=query.category,
        site=query.site,
        reference=query.reference,
        external_id=query.external_id,
        source=query.source,
        assignee=operator().id if query.assignee == "me" else query.assignee,
        text=query.q,
        created_after=query.created_after,
        created_before=query.created_before,
        updated_after=query.updated_after,
        updated_before=query.updated_before,
        due_before=query.due_before,
        overdue=query.overdue,
        near=query.near,
        **caller().sight,
    )


def check_if_match(session: Session, complaint: Complaint) -> None:
    """Raise unless `If-Match` names the present version (`StaleVersion`, `VersionRequired`)."""
    named = read_header(IF_MATCH)
    if named is None and is_required(IF_MATCH):
        raise VersionRequired('Send If-Match with the version that you read, for example If-Match: "3".')
    if named is not None and _etag_of(complaint) not in parse_etags(named):
        raise StaleVersion(
            "The complaint has changed since you read it.", alone(session, complaint).on_wire()
        )


def answer(session: Session, complaint: Complaint) -> tuple[OneComplaintShape, int, dict[str, str]]:
    """Return the complaint as a view answers it, with its ETag."""
    return alone(session, complaint), 200, etag_header(complaint)


def alone(session: Session, complaint: Complaint) -> OneComplaintShape:
    """Return the complaint by itself, with its files."""
    files = [AttachmentShape.of(one) for one in attachments_of(session, complaint)]
    return OneComplaintShape.model_validate({**vars(ComplaintShape.of(complaint)), "attachments": files})


def etag_header(complaint: Complaint) -> dict[str, str]:
    """Return the header that names the complaint's version."""
    return as_headers({ETAG: quote_etag(_etag_of(complaint))})


def _etag_of(complaint: Complaint) -> str:
    """Return the entity tag, unquoted: the version."""
    return str(complaint.version)
