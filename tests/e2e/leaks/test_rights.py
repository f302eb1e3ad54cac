"""Who may not see something finds it nowhere: not in a list, not under its address, and not in a second answer.

Over HTTP, by everybody: an admin who is limited to a site, an agent, a viewer, an API key and nobody.
"""

from collections.abc import Iterator
from contextlib import ExitStack

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


@pytest.fixture
def everybody(stack: Stack, client: httpx.Client, database: Database) -> Iterator[dict[str, httpx.Client]]:
    """Clients by who they are."""
    tag, hashed = new_id(), hash_password(ADMIN_PASSWORD)
    with database.write() as session:
        for name, (role, sites) in PEOPLE.items():
            email = f"{name}-{tag}@example.org"
            session.add(an_operator(name, role, email=email, sites=sites, password_hash=hashed))
    keys = {"key": ("complaints:submit", "complaints:read", "events:read"), "kiosk": ("complaints:submit",)}
    with ExitStack() as opened:
        made = {name: sign_in(stack, f"{name}-{tag}@example.org") for name in PEOPLE}
        made |= {
            name: client_of(stack, **{"X-API-Key": a_key(client, *scopes)}) for name, scopes in keys.items()
        }
        made["nobody"] = client_of(stack)
        for one in made.values():
            opened.callback(one.close)
        yield made


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
def test_nobody_gets_in_who_may_not(everybody: dict[str, httpx.Client], southern: dict[str, str]) -> None:
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
    client: httpx.Client, everybody: dict[str, httpx.Client], southern: dict[str, str]
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
    client: httpx.Client, everybody: dict[str, httpx.Client], name: str
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
