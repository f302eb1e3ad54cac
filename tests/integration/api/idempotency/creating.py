"""Every POST that creates, and what to send it: whoever adds one places it here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from complaints.accounts.api_keys import make_key
from complaints.clock import utcnow
from complaints.models import (
    Alert,
    ApiClient,
    ApiKey,
    Base,
    Category,
    Comment,
    Complaint,
    Invitation,
    LinkToken,
    Operator,
    PasswordReset,
    Site,
)
from tests.factories import a_chat
from tests.integration.api.people import World

KEY = "k-1"
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True)
class Creating:
    """What comes of it, a body, another one where it takes any, and how to find the secret of its answer.

    `once`: it is not done again under another key either, but refused.
    """

    makes: type[Base]
    body: dict[str, Any]
    other: dict[str, Any] | None = None
    secret: Callable[[Any], str] | None = None
    once: bool = False


def an_invitation(email: str) -> dict[str, Any]:
    return {"email": email, "name": "Grace", "role": "agent"}


CREATING = {
    "/api-clients": Creating(ApiClient, {"name": "Gate"}, {"name": "Lobby"}),
    "/api-clients/{client_id}/keys": Creating(
        ApiKey, {}, {"scopes": ["complaints:read"]}, lambda answer: answer["key"]
    ),
    "/api-clients/{client_id}/keys/{key_id}/rotate": Creating(
        ApiKey, {}, {"overlap_hours": 1}, lambda answer: answer["key"], once=True
    ),
    "/categories": Creating(Category, {"name": "dust"}, {"name": "smell", "reminders": 3}),
    "/complaints": Creating(Complaint, {"description": "x"}, {"description": "y"}),
    "/complaints/{name}/comments": Creating(Comment, {"text": "x"}, {"text": "y"}),
    "/operators": Creating(
        Operator,
        an_invitation("a@example.org"),
        an_invitation("b@example.org"),
        lambda answer: answer["invitation"]["token"],
    ),
    "/operators/{operator_id}/invitations": Creating(Invitation, {}, secret=lambda answer: answer["token"]),
    "/operators/{operator_id}/reset": Creating(
        PasswordReset, {}, secret=lambda answer: answer["url"].partition("#")[2]
    ),
    "/sites": Creating(Site, {"name": "North"}, {"name": "South"}),
    "/telegram/chats/{chat_id}/test": Creating(Alert, {}),
    "/telegram/link": Creating(LinkToken, {}, secret=lambda answer: answer["token"]),
}
SECRET = [path for path, creating in CREATING.items() if creating.secret]


class Place:
    """One of everything that a path can name, and an admin who asks for more."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.admin = world.admin
        self.operator = world.who(self.admin)
        chat, client = (
            a_chat(self.operator, 7),
            self.admin.post("/api/v1/api-clients", json={"name": "Kiosk"}),
        )
        client_id = client.get_json()["id"]
        with world.database.write() as session:
            session.add(chat)
            key, _ = make_key(session, UUID(client_id), now=utcnow())
        self.names = {
            "client_id": client_id,
            "key_id": str(key.id),
            "name": world.complaint()["id"],
            "operator_id": str(world.operator().id),
            "chat_id": str(chat.id),
        }

    def send(
        self, path: str, body: dict[str, Any] | None = None, *, who: FlaskClient | None = None, key: str = KEY
    ) -> TestResponse:
        """Send what the table says, or this body, under the key."""
        said = CREATING[path].body if body is None else body
        url = "/api/v1" + path.format(**self.names)
        return (who or self.admin).post(url, json=said, headers={"Idempotency-Key": key})

    def again(self) -> FlaskClient:
        """Return a client of its own that is the admin too."""
        return self.world.with_token(self.world.token(self.operator))

    def made(self, path: str) -> int:
        """Return how many there are of what the path makes."""
        return self.world.count(CREATING[path].makes)
