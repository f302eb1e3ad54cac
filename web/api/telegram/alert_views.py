"""Alerts: who was told what, when, and every attempt; and sending again by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import g
from pydantic import BeforeValidator
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, ReasonCode
from complaints.alerts.outcome.retry_by_hand import retry
from complaints.clock import to_wire, utcnow
from complaints.errors import Refused
from complaints.events.snapshot import Instant
from complaints.forms.choices import one_of
from complaints.models import Alert, AlertAttempt, Chat, Complaint
from complaints.queries.finding import find, find_row
from complaints.queries.pages.paging import KeyPart, ListOrder, by_id, read_page
from complaints.words import Role
from web.api.parameters import PageQuery, split
from web.api.shapes import AlertRef, Shape
from web.http.app_services import services
from web.http.permissions import caller, signed_in
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("alerts", __name__, tag="Alerts")
NEWEST_FIRST = ListOrder("-created_at", (KeyPart(Alert.created_at, datetime), KeyPart(Alert.id, UUID)))
State = Annotated[str, one_of(AlertState)]


class AlertQuery(PageQuery):
    """Which alerts; several states are separated by commas."""

    state: Annotated[tuple[State, ...], BeforeValidator(split)] = ()


class AlertChat(Shape):
    """The chat that an alert is owed to."""

    id: UUID
    telegram_id: int
    title: str


class DigestState(Shape):
    """How the digest stands that an alert went into."""

    state: State
    sent_at: Instant | None


class AlertShape(Shape):
    """One message owed to one chat; `reference` is its complaint's."""

    id: UUID
    kind: str
    state: State
    priority: int
    complaint_id: UUID | None
    reference: str | None
    chat_id: UUID
    chat: AlertChat
    digest_id: UUID | None
    digest: DigestState | None
    message_id: int | None
    attempts: int
    reason: str | None
    reason_code: Annotated[str, one_of(ReasonCode)] | None
    next_attempt_at: Instant | None
    created_at: Instant
    sent_at: Instant | None


class AttemptShape(Shape):
    """One try to send an alert; `outcome` is null while nobody knows."""

    number: int
    started_at: Instant
    finished_at: Instant | None
    outcome: str | None
    detail: str | None


class AlertWithHistory(AlertShape):
    """One message owed to one chat, with every try."""

    history: list[AttemptShape]


class AlertPage(Shape):
    """Alerts, newest first."""

    items: list[AlertShape]
    next_cursor: str | None


class HistoryPage(Shape):
    """A complaint's alerts with their tries, oldest first."""

    items: list[AlertWithHistory]
    next_cursor: str | None


@blueprint.get("/alerts")
@signed_in(Role.AGENT)
@blueprint.input(AlertQuery, location="query", arg_name="query")
@blueprint.output(AlertPage)
@blueprint.doc(summary="List alerts")
def list_alerts(query: AlertQuery) -> Any:
    """Return alerts, newest first."""
    rows = _visible()
    if query.state:
        rows = rows.where(Alert.state.in_(query.state))
    with services().database.read() as session:
        page = read_page(session, rows, NEWEST_FIRST, cursor=query.cursor, limit=query.limit)
        return {"items": _on_wire(session, page.rows), "next_cursor": page.next_cursor}


@blueprint.get("/complaints/<name>/alerts")
@signed_in()
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(HistoryPage)
@blueprint.doc(summary="Who was told of a complaint")
def list_alerts_of_complaint(name: str, query: PageQuery) -> Any:
    """Return the complaint's alerts with every attempt."""
    with services().database.read() as session:
        complaint = find(session, name, sites=caller().sites)
        rows = select(Alert).where(Alert.complaint_id == complaint.id)
        page = read_page(session, rows, by_id(Alert.id), **query.model_dump())
        tries = _attempts(session, page.rows)
        items = [{**item, "history": tries[item["id"]]} for item in _on_wire(session, page.rows)]
    return {"items": items, "next_cursor": page.next_cursor}


@blueprint.post("/alerts/<alert_id>/retry")
@signed_in(Role.AGENT)
@blueprint.output(AlertRef, 202)
@refuses(Refused)
@blueprint.doc(summary="Send an alert again")
def retry_alert(alert_id: str) -> Any:
    """Make a failed or unknown alert pending again."""
    with services().database.write() as session:
        alert = find_row(session, _visible().with_for_update(of=Alert), Alert.id, alert_id, "alert")
        retry(session, alert, now=utcnow())
    services().poker.poke_alerts(g.request_id)
    return {"id": alert.id}


def _visible() -> Select[Alert]:
    """Alerts of complaints that the caller may see; those about no complaint only to who sees everything."""
    sites = caller().sites
    if sites is None:
        return select(Alert)
    seen = select(Complaint.id).where(Complaint.site.in_(sites))
    return select(Alert).where(Alert.complaint_id.in_(seen))


def _attempts(session: Session, alerts: Sequence[Alert]) -> dict[UUID, list[dict[str, Any]]]:
    tries: dict[UUID, list[dict[str, Any]]] = {alert.id: [] for alert in alerts}
    rows = select(AlertAttempt).where(AlertAttempt.alert_id.in_(tries)).order_by(AlertAttempt.number)
    for row in session.scalars(rows):
        tries[row.alert_id].append(
            {
                "number": row.number,
                "started_at": to_wire(row.started_at),
                "finished_at": to_wire(row.finished_at),
                "outcome": row.outcome,
                "detail": row.detail,
            }
        )
    return tries


def _on_wire(session: Session, alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    complaints = {alert.complaint_id for alert in alerts}
    digests = {alert.digest_id for alert in alerts}
    about = select(Complaint.id, Complaint.reference).where(Complaint.id.in_(complaints - {None}))
    references: dict[UUID | None, str] = {row.id: row.reference for row in session.execute(about)}
    into = select(Alert).where(Alert.id.in_(digests - {None}))
    found: dict[UUID | None, Alert] = {digest.id: digest for digest in session.scalars(into)}
    return [
        _one_on_wire(alert, references.get(alert.complaint_id), found.get(alert.digest_id))
        for alert in alerts
    ]


def _one_on_wire(alert: Alert, reference: str | None, digest: Alert | None) -> dict[str, Any]:
    chat: Chat = alert.chat
    return {
        "id": alert.id,
        "kind": alert.kind,
        "state": alert.state,
        "priority": alert.priority,
        "complaint_id": alert.complaint_id,
        "reference": reference,
        "chat_id": alert.chat_id,
        "chat": {"id": chat.id, "telegram_id": chat.telegram_id, "title": chat.title},
        "digest_id": alert.digest_id,
        "digest": None if digest is None else {"state": digest.state, "sent_at": to_wire(digest.sent_at)},
        "message_id": alert.message_id,
        "attempts": alert.attempts,
        "reason": alert.reason,
        "reason_code": alert.reason_code,
        "next_attempt_at": to_wire(alert.next_attempt_at),
        "created_at": to_wire(alert.created_at),
        "sent_at": to_wire(alert.sent_at),
    }
