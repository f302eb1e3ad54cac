"""Keys of API clients: made, listed, replaced by another, revoked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import NewKey, Rotation
from complaints.accounts.api_keys import Scope, make_key, rotate_key
from complaints.clock import to_wire, utcnow
from complaints.errors import Invalid, Refused
from complaints.events.snapshot import Instant
from complaints.models import ApiKey
from complaints.queries.finding import find_row
from complaints.queries.pages.paging import by_id, read_page
from web.api.accounts.api_client_views import find_client
from web.api.accounts.sign_in_answers import tell_revoked
from web.api.parameters import PageQuery
from web.api.shapes import Shape, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import repeatable
from web.http.permissions import runs_the_place
from web.idempotency.answered_once import answer_once
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("keys", __name__, tag="API clients")


class KeyShape(Shape):
    """One key of a program; `used_at` is right to the hour.

    `sites` null means every site; `rate` is how many requests it has in how many seconds, null without a limit of
    its own; `replaced_by` is the key that took its place, by its id.
    """

    id: UUID
    prefix: str
    scopes: list[Scope]
    sites: list[str] | None
    rate: str | None
    expires_at: Instant | None
    revoked_at: Instant | None
    replaced_by: UUID | None
    used_at: Instant | None
    created_at: Instant


class MadeKeyShape(KeyShape):
    """A new key, shown this once."""

    key: str


class KeyPage(Shape):
    """A program's keys in the order in which they were made, revoked ones too."""

    items: list[KeyShape]
    next_cursor: str | None


@blueprint.get("/api-clients/<client_id>/keys")
@runs_the_place
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(KeyPage)
@blueprint.doc(summary="List an API client's keys")
def list_keys(client_id: str, query: PageQuery) -> Any:
    """Return what can be known of the keys; the keys themselves are not kept."""
    with services().database.read() as session:
        page = read_page(session, _keys_of(session, client_id), by_id(ApiKey.id), **query.model_dump())
    return page_on_wire(page, _on_wire)


@blueprint.post("/api-clients/<client_id>/keys")
@runs_the_place
@repeatable
@blueprint.input(NewKey, arg_name="form")
@blueprint.output(MadeKeyShape, 201)
@blueprint.doc(summary="Make a key")
def post_key(client_id: str, form: NewKey) -> Any:
    """Make a key; it is shown this once. Without `scopes` it may submit, and read what its program submitted.

    | scope | opens |
    | --- | --- |
    | `complaints:submit` | submitting |
    | `complaints:read_own` | what its program submitted, and no other complaint even to who may write |
    | `complaints:read` | every complaint of its sites, its timeline and public comments, the CSV file, figures |
    | `complaints:write` | status, assignee, corrections, many at once |
    | `comments:write` | comments |
    | `complaints:import` | submitting what is from before: when it came and how it stands; many at once |
    | `events:read` | the feed and the socket: what happens at its sites, whoever submitted it |

    `sites` limit all of it: what the key may see, and what it may submit or move to.
    """
    with services().database.write() as session:
        client = find_client(session, client_id)
        return answer_once(session, lambda: _make(session, client.id, form), form)


@blueprint.post("/api-clients/<client_id>/keys/<key_id>/rotate")
@runs_the_place
@repeatable
@blueprint.input(Rotation, arg_name="form")
@blueprint.output(MadeKeyShape, 201)
@refuses(Refused)
@blueprint.doc(summary="Replace a key")
def post_rotation(client_id: str, key_id: str, form: Rotation) -> Any:
    """Make a key that opens what this one does, good for as long as this one was made for; it is shown this once.

    This one is good for `overlap_hours` more, so that the program can change over; it is replaced once. 409 where
    that was done, or it is no longer good.
    """
    with services().database.write() as session:
        locked = _keys_of(session, client_id).with_for_update(of=ApiKey)
        row = find_row(session, locked, ApiKey.id, key_id, "key")
        body = answer_once(session, lambda: _rotate(session, row, form), form)
    tell_revoked(str(row.id))
    return body


@blueprint.delete("/api-clients/<client_id>/keys/<key_id>")
@runs_the_place
@blueprint.output({}, 204)
@blueprint.doc(summary="Revoke a key")
def delete_key(client_id: str, key_id: str) -> Any:
    """Refuse the key from now on; its sockets end at once, and it stays listed."""
    with services().database.write() as session:
        good = _keys_of(session, client_id).where(ApiKey.revoked_at.is_(None))
        row = find_row(session, good, ApiKey.id, key_id, "key that is still good")
        row.revoked_at = utcnow()
    tell_revoked(str(row.id))
    return "", 204


def _keys_of(session: Session, client_id: str) -> Select[ApiKey]:
    return select(ApiKey).where(ApiKey.client_id == find_client(session, client_id).id)


def _make(session: Session, client_id: UUID, form: NewKey) -> dict[str, Any]:
    now = utcnow()
    if form.expires_at is not None and form.expires_at <= now:
        raise Invalid("This is in the past.", "/expires_at")
    return _made(make_key(session, client_id, **dict(form), now=now))


def _rotate(session: Session, row: ApiKey, form: Rotation) -> dict[str, Any]:
    return _made(rotate_key(session, row, overlap=timedelta(hours=form.overlap_hours), now=utcnow()))


def _on_wire(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.id,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "sites": row.sites,
        "rate": row.rate,
        "expires_at": to_wire(row.expires_at),
        "revoked_at": to_wire(row.revoked_at),
        "replaced_by": row.replaced_by,
        "used_at": to_wire(row.used_at),
        "created_at": to_wire(row.created_at),
    }


def _made(made: tuple[ApiKey, str]) -> dict[str, Any]:
    row, key = made
    return {**_on_wire(row), "key": key}
