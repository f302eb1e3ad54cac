"""The trail: whatever an admin changes leaves an entry with it, by whichever door, and tells no secret."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from complaints.clock import to_wire, utcnow
from complaints.models import AuditEntry, Category, Chat, Site
from tests.factories import a_chat
from tests.integration.api.http.test_who_may import operations
from tests.integration.api.people import PASSWORD, World, problem_of

AUDIT = "/api/v1/audit"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = {"email": "bob@example.org", "name": "Bob", "role": "agent"}
WRITES = ("POST", "PUT", "PATCH", "DELETE")
ADMIN_WRITES: dict[str, Any] = {
    "POST /api-clients": {"name": "Gate"},
    "PATCH /api-clients/{client_id}": {"name": "Other"},
    "POST /api-clients/{client_id}/keys": {},
    "DELETE /api-clients/{client_id}/keys/{key_id}": None,
    "POST /api-clients/{client_id}/keys/{key_id}/rotate": {},
    "POST /categories": {"name": "smell"},
    "PATCH /categories/{word}": {"reminders": 5},
    "DELETE /categories/{word}": None,
    "POST /operators": NEW,
    "PATCH /operators/{operator_id}": {"role": "viewer"},
    "POST /operators/{operator_id}/invitations": {},
    "POST /operators/{operator_id}/reset": {},
    "POST /sites": {"name": "South"},
    "DELETE /sites/{word}": None,
}
"""Every operation by which an admin changes something, and what to send. Whoever adds one places it here."""


def admin_writes(world: World) -> set[str]:
    """Return those of the document that only admins may, and that write."""
    spec = world.app.spec
    views = {endpoint.replace(".", "_"): view for endpoint, view in world.app.view_functions.items()}
    found = set()
    for operation in operations():
        verb, _, path = operation.partition(" ")
        described = spec["paths"]["/api/v1" + path][verb.lower()]
        view = views[described["operationId"].removeprefix(f"{verb.lower()}_")]
        if verb in WRITES and vars(view).get("for_admins", False):
            found.add(operation)
    return found


def audit(world: World, query: str = "") -> list[dict[str, Any]]:
    response = world.admin.get(AUDIT + query)
    assert response.status_code == 200, response.get_data(as_text=True)
    items: list[dict[str, Any]] = response.get_json()["items"]
    return items


@SQLITE
def test_every_operation_by_which_admins_change_something_is_tried_here(world: World) -> None:
    assert admin_writes(world) == set(ADMIN_WRITES)


@SQLITE
@pytest.mark.parametrize("operation", ADMIN_WRITES)
def test_what_an_admin_changes_leaves_an_entry(world: World, operation: str) -> None:
    # Given
    admin = world.admin
    client = admin.post("/api/v1/api-clients", json={"name": "Kiosk"}).get_json()
    key = admin.post(f"/api/v1/api-clients/{client['id']}/keys", json={}).get_json()
    with world.database.write() as session:
        session.add_all([Category(name="dust", created_at=utcnow()), Site(name="dust", created_at=utcnow())])
    names = {"client_id": client["id"], "key_id": key["id"], "operator_id": str(world.operator().id)}
    verb, _, path = operation.partition(" ")
    before = world.count(AuditEntry)
    # When
    response = admin.open(
        "/api/v1" + path.format(**names, word="dust"), method=verb, json=ADMIN_WRITES[operation]
    )
    # Then
    assert response.status_code < 300, response.get_data(as_text=True)
    assert world.count(AuditEntry) > before
    entry = world.all(AuditEntry)[-1]
    assert (entry.actor_id, entry.door, entry.address) == (world.who(admin).id, "api", "127.0.0.1")
    assert entry.request_id == response.headers["X-Request-ID"]


def test_an_entry_says_what_was_and_what_is(world: World) -> None:
    # Given
    ada = world.operator(name="Ada", sites=["North"])
    # When
    world.admin.patch(f"/api/v1/operators/{ada.id}", json={"role": "viewer", "sites": None, "name": "Ada"})
    # Then
    [entry] = audit(world)
    assert entry["changes"] == {"role": ["agent", "viewer"], "sites": [["North"], None]}
    assert entry["subject"] == {"kind": "operator", "id": str(ada.id), "name": "Ada"}
    assert entry["action"] == "changed"
    assert entry["actor"]["id"] == str(world.who(world.admin).id)
    # And what changes nothing leaves none
    world.admin.patch(f"/api/v1/operators/{ada.id}", json={"role": "viewer"})
    assert len(audit(world)) == 1


def test_it_tells_no_secret_and_no_address_of_anybody(world: World) -> None:
    # When
    added = world.admin.post("/api/v1/operators", json={**NEW, "password": PASSWORD}).get_json()
    world.admin.post(f"/api/v1/operators/{added['id']}/reset")
    client = world.admin.post("/api/v1/api-clients", json={"name": "Kiosk"}).get_json()
    key = world.admin.post(f"/api/v1/api-clients/{client['id']}/keys", json={}).get_json()
    # Then
    text = str([vars(row) for row in world.all(AuditEntry)])
    for secret in ("bob@example.org", PASSWORD, "argon2", key["key"], "token_hash", "key_hash"):
        assert secret not in text
    made = audit(world)[-1]
    assert made["changes"]["password"] is None
    assert made["changes"]["role"] == [None, "agent"]


def test_what_is_refused_leaves_no_entry(world: World) -> None:
    admin = world.signed_in(world.operator("admin", password=PASSWORD))
    problem_of(admin.patch(f"/api/v1/operators/{world.who(admin).id}", json={"role": "agent"}), 409)
    problem_of(admin.post("/api/v1/operators", json={**NEW, "email": world.who(admin).email}), 409)
    assert audit(world) == []


@SQLITE
def test_who_chooses_a_password_by_a_link_is_named_for_it(world: World) -> None:
    # Given
    ada = world.operator(name="Ada", password=PASSWORD)
    url = world.admin.post(f"/api/v1/operators/{ada.id}/reset").get_json()["url"]
    # When
    form = {"token": url.partition("#")[2], "password": "a staple of another kind"}
    assert world.anonymous.post("/api/v1/auth/password/reset", json=form).status_code == 200
    # Then
    chosen, offered = audit(world)
    assert (chosen["actor"]["name"], chosen["changes"]) == ("Ada", {"password": None})
    assert (offered["action"], offered["subject"]["name"]) == ("reset_offered", "Ada")
    assert offered["actor"]["id"] != str(ada.id)


@SQLITE
def test_who_changes_a_chat_is_named_and_what_workers_do_with_it_is_not_told(world: World) -> None:
    # Given
    ada = world.operator(name="Ada")
    chat = a_chat(ada, 7)
    with world.database.write() as session:
        session.add(chat)
    # When
    path = f"/api/v1/telegram/chats/{chat.id}"
    assert world.admin.patch(path, json={"state": "muted"}).status_code == 200
    with world.database.write() as session:
        session.execute(update(Chat).values(refusals=1))
    # Then
    [entry] = audit(world)
    assert entry["changes"] == {"state": ["active", "muted"]}
    assert entry["subject"]["kind"] == "chat"


@SQLITE
def test_it_is_read_by_who_by_what_and_by_when(world: World) -> None:
    # Given
    admin, other = world.admin, world.signed_in("admin")
    for who, name in ((admin, "North"), (other, "South"), (admin, "West")):
        assert who.post("/api/v1/sites", json={"name": name}).status_code == 201
    with world.database.write() as session:
        early = utcnow() - timedelta(days=1)
        session.execute(update(AuditEntry).where(AuditEntry.subject_id == "North").values(at=early))
    hour_ago = to_wire(utcnow() - timedelta(hours=1))

    def names(query: str) -> list[str]:
        return [one["subject"]["name"] for one in audit(world, query)]

    # Then
    assert names("") == ["West", "South", "North"]
    assert names(f"?actor={world.who(other).id}") == ["South"]
    assert names("?subject=West") == ["West"]
    assert names(f"?after={hour_ago}") == ["West", "South"]
    assert names(f"?before={hour_ago}") == ["North"]
    # And page by page
    first = admin.get(f"{AUDIT}?limit=2").get_json()
    rest = admin.get(f"{AUDIT}?limit=2&cursor={first['next_cursor']}").get_json()
    assert [one["subject"]["name"] for one in first["items"] + rest["items"]] == ["West", "South", "North"]
    assert rest["next_cursor"] is None
    problem_of(admin.get(f"{AUDIT}?actor=nobody"), 422)
