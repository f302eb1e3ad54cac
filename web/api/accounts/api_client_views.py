"""API clients: programs that submit complaints, and their keys."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import ClientPatch, NewClient, NewKey
from complaints.accounts.clients import Scope, add_client, change_client, make_key
from complaints.clock import to_wire, utcnow
from complaints.errors import Invalid
from complaints.events.snapshot import Instant
from complaints.models import ApiClient, ApiKey
from complaints.queries.finding import find_row
from complaints.queries.paging import by_id, read_page
from web.api.parameters import PageQuery, named_fields
from web.api.shapes import Shape, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import repeatable
from web.http.permissions import runs_the_place
from web.idempotency.answered_once import answer_once

blueprint = APIBlueprint("clients", __name__, tag="API clients")


class ClientShape(Shape):
    """A program that submits complaints."""

    id: UUID
    name: str
    active: bool
    created_at: Instant


class ClientPage(Shape):
    """Programs in the order in which they were added."""

    items: list[ClientShape]
    next_cursor: str | None


class KeyShape(Shape):
    """One key of a program; `used_at` is right to the hour."""

    id: UUID
    prefix: str
    scopes: list[Scope]
    expires_at: Instant | None
    revoked_at: Instant | None
    used_at: Instant | None
    created_at: Instant


class MadeKeyShape(KeyShape):
    """A new key, shown this once."""

    key: str


class KeyPage(Shape):
    """A program's keys in the order in which they were made, revoked ones too."""

    items: list[KeyShape]
    next_cursor: str | None


@blueprint.get("/api-clients")
@runs_the_place
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(ClientPage)
@blueprint.doc(summary="List API clients")
def list_clients(query: PageQuery) -> Any:
    """Return the programs that were let in."""
    with services().database.read() as session:
        page = read_page(session, select(ApiClient), by_id(ApiClient.id), **query.model_dump())
    return page_on_wire(page, _client_on_wire)


@blueprint.post("/api-clients")
@runs_the_place
@repeatable
@blueprint.input(NewClient, arg_name="form")
@blueprint.output(ClientShape, 201)
@blueprint.doc(summary="Add an API client")
def post_client(form: NewClient) -> Any:
    """Add a program; make a key for it next."""
    with services().database.write() as session:
        return answer_once(
            session, lambda: _client_on_wire(add_client(session, form.name, now=utcnow())), form
        )


@blueprint.get("/api-clients/<client_id>")
@runs_the_place
@blueprint.output(ClientShape)
@blueprint.doc(summary="Get one API client")
def get_client(client_id: str) -> Any:
    """Return one program."""
    with services().database.read() as session:
        return _client_on_wire(_find(session, client_id))


@blueprint.patch("/api-clients/<client_id>")
@runs_the_place
@blueprint.input(ClientPatch, arg_name="form")
@blueprint.output(ClientShape)
@blueprint.doc(summary="Change an API client", responses=[409])
def patch_client(client_id: str, form: ClientPatch) -> Any:
    """Rename the program, or close it (`active: false`): from then on all its keys are refused."""
    fields = named_fields(form)
    with services().database.write() as session:
        client = _find(session, client_id)
        change_client(session, client, fields)
        return _client_on_wire(client)


@blueprint.get("/api-clients/<client_id>/keys")
@runs_the_place
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(KeyPage)
@blueprint.doc(summary="List an API client's keys")
def list_keys(client_id: str, query: PageQuery) -> Any:
    """Return what can be known of the keys; the keys themselves are not kept."""
    with services().database.read() as session:
        keys = select(ApiKey).where(ApiKey.client_id == _find(session, client_id).id)
        page = read_page(session, keys, by_id(ApiKey.id), **query.model_dump())
    return page_on_wire(page, _key_on_wire)


@blueprint.post("/api-clients/<client_id>/keys")
@runs_the_place
@repeatable
@blueprint.input(NewKey, arg_name="form")
@blueprint.output(MadeKeyShape, 201)
@blueprint.doc(summary="Make a key")
def post_key(client_id: str, form: NewKey) -> Any:
    """Make a key; it is shown this once. Without `scopes` it may submit, and no more."""
    with services().database.write() as session:
        client = _find(session, client_id)
        return answer_once(session, lambda: _make_key(session, client, form), form)


@blueprint.delete("/api-clients/<client_id>/keys/<key_id>")
@runs_the_place
@blueprint.output({}, 204)
@blueprint.doc(summary="Revoke a key")
def delete_key(client_id: str, key_id: str) -> Any:
    """Refuse the key from now on; it stays listed."""
    with services().database.write() as session:
        client = _find(session, client_id)
        good = select(ApiKey).where(ApiKey.client_id == client.id, ApiKey.revoked_at.is_(None))
        find_row(session, good, ApiKey.id, key_id, "key that is still good").revoked_at = utcnow()
    return "", 204


def _find(session: Session, client_id: str) -> ApiClient:
    return find_row(session, select(ApiClient), ApiClient.id, client_id, "API client")


def _make_key(session: Session, client: ApiClient, form: NewKey) -> dict[str, Any]:
    now = utcnow()
    if form.expires_at is not None and form.expires_at <= now:
        raise Invalid("This is in the past.", "/expires_at")
    row, key = make_key(session, client.id, scopes=form.scopes, expires_at=form.expires_at, now=now)
    return {**_key_on_wire(row), "key": key}


def _client_on_wire(row: ApiClient) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "active": row.active,
        "created_at": to_wire(row.created_at),
    }


def _key_on_wire(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.id,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "expires_at": to_wire(row.expires_at),
        "revoked_at": to_wire(row.revoked_at),
        "used_at": to_wire(row.used_at),
        "created_at": to_wire(row.created_at),
    }
