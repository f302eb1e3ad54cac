"""Every operation of the document, tried by everybody: who gets in, and who finds nothing there.

Whoever adds an operation places it here. What a path names is of another site than the limited admin's.
"""

import json
from collections.abc import Callable
from typing import Any, get_args
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from complaints.accounts.api_keys import USUAL_SCOPES, Scope
from complaints.ids import new_id
from complaints.models import Alert, Category, Chat
from tests.factories import a_chat
from tests.integration.api.people import World
from tools.documents import DOCUMENT

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEYS: dict[str, tuple[Scope, ...]] = {
    "key": get_args(Scope),
    "usual": USUAL_SCOPES,
    "reads": ("complaints:read",),
    "writes": ("complaints:read", "complaints:write"),
    "comments": ("comments:write",),
    "feed": ("events:read",),
}
"""Programs by what their key opens; `northern` has all of it, for another site."""
PROGRAMS = " ".join([*KEYS, "northern"])
EVERYBODY = f"admin limited agent viewer {PROGRAMS} nobody"
OPERATORS = "admin limited agent viewer"
WHO_MAY = {
    "GET /alerts": "admin limited agent",
    "POST /alerts/{alert_id}/retry": "admin agent",
    "GET /api-clients": "admin",
    "POST /api-clients": "admin",
    "GET /api-clients/{client_id}": "admin",
    "PATCH /api-clients/{client_id}": "admin",
    "GET /api-clients/{client_id}/keys": "admin",
    "POST /api-clients/{client_id}/keys": "admin",
    "DELETE /api-clients/{client_id}/keys/{key_id}": "admin",
    "POST /api-clients/{client_id}/keys/{key_id}/rotate": "admin",
    "GET /audit": "admin",
    "POST /auth/login": EVERYBODY,
    "POST /auth/logout": OPERATORS,
    "GET /auth/me": OPERATORS,
    "POST /auth/password": OPERATORS,
    "POST /auth/password/forgot": EVERYBODY,
    "POST /auth/password/reset": EVERYBODY,
    "POST /auth/refresh": "",
    "GET /auth/sessions": OPERATORS,
    "DELETE /auth/sessions/{session_id}": "",
    "GET /categories": f"{OPERATORS} {PROGRAMS}",
    "POST /categories": "admin",
    "DELETE /categories/{word}": "admin",
    "PATCH /categories/{word}": "admin",
    "GET /complaints": f"{OPERATORS} key usual reads writes northern",
    "POST /complaints": "admin limited agent key usual northern",
    "POST /complaints/bulk": "admin limited agent key writes northern",
    "GET /complaints/counts": f"{OPERATORS} key usual reads writes northern",
    "GET /complaints/export.csv": f"{OPERATORS} key usual reads writes northern",
    "POST /complaints/import": "key northern",
    "GET /complaints/{name}": "admin agent viewer key reads writes",
    "PATCH /complaints/{name}": "admin agent key writes",
    "GET /complaints/{name}/alerts": "admin agent viewer",
    "DELETE /complaints/{name}/assignee": "admin agent key writes",
    "PUT /complaints/{name}/assignee": "admin agent key writes",
    "GET /complaints/{name}/comments": "admin agent viewer key reads writes",
    "POST /complaints/{name}/comments": "admin agent key comments",
    "GET /complaints/{name}/events": "admin agent viewer key reads writes",
    "GET /complaints/{name}/similar": "admin agent viewer key reads writes",
    "POST /complaints/{name}/status": "admin agent key writes",
    "GET /events": f"{OPERATORS} key feed northern",
    "POST /invitations/accept": EVERYBODY,
    "GET /me/preferences": OPERATORS,
    "PUT /me/preferences": OPERATORS,
    "GET /operators": "admin limited agent",
    "POST /operators": "admin",
    "GET /operators/{operator_id}": "admin",
    "PATCH /operators/{operator_id}": "admin",
    "POST /operators/{operator_id}/invitations": "admin",
    "POST /operators/{operator_id}/reset": "admin",
    "GET /sites": f"{OPERATORS} {PROGRAMS}",
    "POST /sites": "admin",
    "DELETE /sites/{word}": "",
    "GET /stats": f"{OPERATORS} key usual reads writes northern",
    "GET /telegram/chats": OPERATORS,
    "DELETE /telegram/chats/{chat_id}": "admin",
    "GET /telegram/chats/{chat_id}": "admin",
    "PATCH /telegram/chats/{chat_id}": "admin",
    "POST /telegram/chats/{chat_id}/test": "admin",
    "POST /telegram/link": OPERATORS,
    "POST /telegram/webhook": "",
    "GET /websocket/health": EVERYBODY,
    "GET /websocket/stats": "admin limited",
}
BODIES: dict[str, Any] = {
    "POST /auth/login": {"email": "nobody@example.org"},
    "POST /complaints": {"description": "x", "site": "North"},
    "POST /complaints/bulk": {"ids": [str(new_id())], "status": "acknowledged"},
    "POST /complaints/{name}/comments": {"text": "x"},
    "POST /complaints/{name}/status": {"status": "acknowledged"},
    "PATCH /complaints/{name}": {"subject": "x"},
    "PUT /complaints/{name}/assignee": {"operator_id": "me"},
    "PATCH /telegram/chats/{chat_id}": {"state": "muted"},
}


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"login_failures_per_address": "100/60"}


def operations() -> list[str]:
    document = json.loads(DOCUMENT.read_text())
    verbs = ("get", "post", "put", "patch", "delete")
    return [
        f"{verb.upper()} {path.removeprefix('/api/v1')}"
        for path, found in document["paths"].items()
        for verb in found
        if verb in verbs
    ]


class Place:
    """A place with two sites, somebody of each kind, and one of everything that a path can name, all of South."""

    def __init__(self, world: World) -> None:
        self.callers: dict[str, FlaskClient] = {
            "limited": world.signed_in("admin", sites=["North"]),
            "viewer": world.signed_in("viewer"),
            "agent": world.signed_in("agent"),
            **{name: world.program(*scopes) for name, scopes in KEYS.items()},
            "northern": world.program(sites=("North",)),
            "nobody": world.app.test_client(),
            "admin": world.signed_in("admin"),
        }
        admin = self.callers["admin"]
        colleague = world.operator("agent", sites=["South"], email="south@example.org")
        complaint = admin.post("/api/v1/complaints", json={"description": "x", "site": "South"}).get_json()
        client = admin.post("/api/v1/api-clients", json={"name": "Kiosk"}).get_json()
        key = admin.post(f"/api/v1/api-clients/{client['id']}/keys", json={}).get_json()
        chat, alert = a_chat(colleague, 7), new_id()
        with world.database.write() as session:
            session.add(chat)
            session.add(Category(name="dust", created_at=chat.created_at))
            session.flush()
            session.add(an_alert(alert, chat, complaint["id"]))
        self.names = {
            "alert_id": str(alert),
            "client_id": client["id"],
            "key_id": key["id"],
            "session_id": str(new_id()),
            "name": complaint["id"],
            "operator_id": str(colleague.id),
            "chat_id": str(chat.id),
        }

    def path(self, operation: str) -> tuple[str, str]:
        verb, _, path = operation.partition(" ")
        word = "Nowhere" if path.startswith("/sites") else "dust"
        return verb, "/api/v1" + path.format(**self.names, word=word)


def an_alert(alert_id: Any, chat: Chat, complaint_id: str) -> Alert:
    return Alert(
        id=alert_id,
        chat_id=chat.id,
        complaint_id=UUID(complaint_id),
        kind="new",
        dedupe_key="x",
        priority=1,
        state="failed",
        attempts=1,
        created_at=chat.created_at,
    )


def test_every_operation_has_its_place() -> None:
    assert sorted(WHO_MAY) == sorted(operations())


@SQLITE
@pytest.mark.parametrize("operation", WHO_MAY)
def test_only_they_get_in(world: World, operation: str) -> None:
    # Given
    place = Place(world)
    verb, path = place.path(operation)
    body = None if verb in ("GET", "DELETE") else BODIES.get(operation, {})
    # When
    codes = {
        name: caller.open(path, method=verb, json=body, headers={"If-Match": "*"}).status_code
        for name, caller in place.callers.items()
    }
    # Then
    inside = {name for name, code in codes.items() if code not in (401, 403, 404)}
    assert inside == set(WHO_MAY[operation].split()), codes


LISTS: dict[str, Callable[[Any], set[str]]] = {
    "/telegram/chats": lambda body: {one["title"] for one in body["items"]},
    "/sites": lambda body: {one["name"] for one in body["items"]} - {"North"},
    "/alerts": lambda body: {one["id"] for one in body["items"]},
    "/complaints": lambda body: {one["id"] for one in body["items"]},
    "/events": lambda body: {one["data"]["id"] for one in body["items"]},
    "/operators": lambda body: {one.get("email", "") for one in body["items"]} & {"south@example.org"},
}


@SQLITE
@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_nothing_of_another_site(world: World, path: str) -> None:
    place = Place(world)
    if path == "/sites":
        place.callers["admin"].post("/api/v1/sites", json={"name": "South"})
    if path == "/events":
        world.number()
    everywhere = ["usual"] if path == "/complaints" else []
    callers = ["admin", "limited", "northern", *everywhere]
    answers = {name: place.callers[name].get(f"/api/v1{path}") for name in callers}
    seen = {name: LISTS[path](one.get_json()) for name, one in answers.items() if one.status_code == 200}
    assert seen.pop("admin")
    assert "limited" in seen
    assert not any(seen.values())
