"""Who may not see something finds it nowhere: not in a list, not under its address, and not in a second answer.

Over HTTP, by everybody: an admin who is limited to a site, an agent, a viewer, an API key and nobody.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import httpx
import pytest

from complaints.accounts.passwords import hash_password
from complaints.db import Database
from complaints.ids import new_id
from tests.e2e.telling import submit
from tests.factories import a_chat, an_operator
from tests.integration.api.http.test_who_may import BODIES, WHO_MAY, an_alert
from tools.stack import ADMIN_PASSWORD, PLAIN, Stack

SQLITE = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
HIDDEN = (401, 403, 404)
PEOPLE = {"limited": ("admin", ["North"]), "northern": ("agent", ["North"]), "agent": ("agent", None)}
PEOPLE |= {"viewer": ("viewer", None)}
SCOPES = {"key": ("complaints:submit", "complaints:read", "events:read"), "kiosk": ("complaints:submit",)}


def client_of(stack: Stack, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=10, verify=PLAIN)


def sign_in(stack: Stack, email: str) -> httpx.Client:
    client = client_of(stack)
    answer = client.post("/auth/login", json={"email": email, "password": ADMIN_PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
    return client


def a_key(client: httpx.Client, *scopes: str) -> str:
    """Return a new program's API key."""
    program = client.post("/api-clients", json={"name": f"Kiosk {new_id()}"}).raise_for_status().json()
    made = client.post(f"/api-clients/{program['id']}/keys", json={"scopes": scopes})
    return str(made.raise_for_status().json()["key"])


class Everybody:
    """Clients by who they are; each signs in when asked for first."""

    def __init__(self, stack: Stack, admin: httpx.Client, tag: str) -> None:
        self._stack, self._admin, self._tag = stack, admin, tag
        self._opened = ExitStack()
        self._made: dict[str, httpx.Client] = {"admin": admin}

    def close(self) -> None:
        self._opened.close()

    def __getitem__(self, name: str) -> httpx.Client:
        if name not in self._made:
            self._made[name] = self._opened.enter_context(closing(self._make(name)))
        return self._made[name]

    def _make(self, name: str) -> httpx.Client:
        if name in SCOPES:
            return client_of(self._stack, **{"X-API-Key": a_key(self._admin, *SCOPES[name])})
        return client_of(self._stack) if name == "nobody" else sign_in(self._stack, email(name, self._tag))


@pytest.fixture
def everybody(stack: Stack, client: httpx.Client, database: Database) -> Iterator[Everybody]:
    """Whoever there is."""
    tag, hashed = str(new_id()), hash_password(ADMIN_PASSWORD)
    with database.write() as session:
        for name, (role, sites) in PEOPLE.items():
            row = an_operator(name, role, email=email(name, tag), sites=sites, password_hash=hashed)
            session.add(row)
    with closing(Everybody(stack, client, tag)) as made:
        yield made


def email(name: str, tag: str) -> str:
    return f"{name}-{tag}@example.org"


@pytest.fixture
def southern(client: httpx.Client, database: Database) -> dict[str, str]:
    """One of everything that a path can name, all of South."""
    colleague, alert = an_operator("Colleague", sites=["South"]), new_id()
    chat = a_chat(
        colleague, -colleague.id.int % 2**62, state="left"
    )  # nobody's at Telegram: nothing goes there
    complaint = submit(client, site="South", severity="low")
    with database.write() as session:
        session.add(colleague)
        session.flush()
        session.add(chat)
        session.flush()
        session.add(an_alert(alert, chat, complaint["id"]))
    program = client.post("/api-clients", json={"name": f"Southern {new_id()}"}).json()
    key = client.post(f"/api-clients/{program['id']}/keys", json={}).json()
    return {
        "alert_id": str(alert),
        "client_id": program["id"],
        "key_id": key["id"],
        "session_id": str(new_id()),
        "name": complaint["id"],
        "operator_id": str(colleague.id),
        "chat_id": str(chat.id),
        "word": "nowhere",
    }


@SQLITE
def test_nobody_gets_in_who_may_not(everybody: Everybody, southern: dict[str, str]) -> None:
    inside = []
    for operation, permitted in WHO_MAY.items():
        verb, _, path = operation.partition(" ")
        body = None if verb in ("GET", "DELETE") else BODIES.get(operation, {})
        for name in {"limited", "agent", "viewer", "key", "nobody"} - set(permitted.split()):
            headers = {"If-Match": "*"}
            answer = everybody[name].request(verb, path.format(**southern), json=body, headers=headers)
            if answer.status_code not in HIDDEN:
                inside.append((name, operation, answer.status_code))
    assert inside == []


@SQLITE
def test_a_limited_admin_s_lists_have_nothing_of_another_site(
    client: httpx.Client, everybody: Everybody, southern: dict[str, str]
) -> None:
    lists = {"/alerts": "alert_id", "/complaints": "name", "/operators": "operator_id"}
    lists |= {"/telegram/chats": "chat_id"}
    for path, what in lists.items():
        seen = {
            name: southern[what] in [one["id"] for one in who.get(path).raise_for_status().json()["items"]]
            for name, who in (("admin", client), ("limited", everybody["limited"]))
        }
        assert seen == {"admin": True, "limited": False}, path


@pytest.mark.parametrize(
    ("stack", "name"), [("sqlite", "kiosk"), ("postgresql", "northern")], indirect=["stack"], ids=str
)
def test_sending_it_again_shows_no_more_than_the_first_answer(
    client: httpx.Client, everybody: Everybody, name: str
) -> None:
    # Given a complaint that moves to another site, where somebody takes it
    body = {"description": "x", "site": "North", "reporter": {"name": "Ada"}}
    again = {"json": body, "headers": {"Idempotency-Key": str(new_id())}}
    first = everybody[name].post("/complaints", **again)
    path = f"/complaints/{first.json()['id']}"
    client.put(f"{path}/assignee", json={"operator_id": "me"}).raise_for_status()
    secret = {"site": "South", "description": "a secret of South's"}
    client.patch(path, json=secret, headers={"If-Match": "*"}).raise_for_status()
    # When
    second = everybody[name].post("/complaints", **again)
    # Then
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
