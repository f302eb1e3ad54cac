"""API clients: programs that call the API."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import ClientPatch, NewClient
from complaints.accounts.clients import add_client, change_client
from complaints.clock import to_wire, utcnow
from complaints.errors import Refused
from complaints.events.event_types import ActorKind
from complaints.events.snapshot import Instant
from complaints.models import ApiClient
from complaints.queries.finding import find_row
from complaints.queries.pages.paging import by_id, read_page
from web.api.accounts.sign_in_answers import tell_revoked
from web.api.parameters import PageQuery, named_fields
from web.api.shapes import Shape, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import repeatable
from web.http.permissions import runs_the_place
from web.idempotency.answered_once import answer_once
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("clients", __name__, tag="API clients")


class ClientShape(Shape):
    """A program that calls the API."""

    id: UUID
    name: str
    active: bool
    created_at: Instant


class ClientPage(Shape):
    """Programs in the order in which they were added."""

    items: list[ClientShape]
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
@refuses(Refused)
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
        return _client_on_wire(find_client(session, client_id))


@blueprint.patch("/api-clients/<client_id>")
@runs_the_place
@blueprint.input(ClientPatch, arg_name="form")
@blueprint.output(ClientShape)
@refuses(Refused)
@blueprint.doc(summary="Change an API client")
def patch_client(client_id: str, form: ClientPatch) -> Any:
    """Rename the program, or close it (`active: false`): its keys are refused from then on, and its sockets end."""
    fields = named_fields(form)
    with services().database.write() as session:
        client = find_client(session, client_id)
        change_client(session, client, fields)
        body = _client_on_wire(client)
    if not client.active:
        tell_revoked(f"{ActorKind.API_CLIENT}:{client.id}")
    return body


def find_client(session: Session, client_id: str) -> ApiClient:
    """Return the program with this id; raises `NotFound`."""
    return find_row(session, select(ApiClient), ApiClient.id, client_id, "API client")


def _client_on_wire(row: ApiClient) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "active": row.active,
        "created_at": to_wire(row.created_at),
    }
