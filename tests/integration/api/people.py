"""Who calls the API in tests, and a look at what the calls left in the database."""

import queue
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from apiflask import APIFlask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from complaints.accounts.api_keys import Scope, make_key
from complaints.accounts.clients import add_client
from complaints.accounts.passwords import hash_password
from complaints.accounts.sessions import open_session
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.sequencer import number_once
from complaints.events.wakeups import answer_poke
from complaints.ids import new_id
from complaints.models import Base, Operator
from tests.factories import an_operator
from web.http.access_tokens import make_access_token, make_refresh_token

PASSWORD = "correct horse battery"


class Pokes:
    """Records what was put on the broker, and answers like the task that it wakes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()

    def record(self, task: str, _request_id: str | None) -> None:
        answer_poke(self._redis, task)
        self._names.put(task)

    def next(self) -> str:
        """Return the next poke; raises `queue.Empty` where none comes within two seconds."""
        return self._names.get(timeout=2)


class World:
    """Makes callers; `anonymous` is one that nobody knows."""

    def __init__(self, app: APIFlask) -> None:
        self.app = app
        self.database: Database = app.extensions["redress"].database
        self.anonymous = app.test_client()
        self.operators: dict[FlaskClient, Operator] = {}

    def operator(self, role: str = "agent", *, sites: list[str] | None = None, **fields: Any) -> Operator:
        """Add an operator, who has a password where one is given."""
        password = fields.pop("password", None)
        name = fields.pop("name", f"{role.capitalize()} Lovelace")
        hashed = password and hash_password(password)
        row = an_operator(name, role, sites=sites, password_hash=hashed, **fields)
        with self.database.write() as session:
            session.add(row)
        return row

    def signed_in(self, who: str | Operator = "agent", *, sites: list[str] | None = None) -> FlaskClient:
        """Return a client that carries an operator's bearer token."""
        operator = self.operator(who, sites=sites) if isinstance(who, str) else who
        client = self.with_token(self.token(operator))
        self.operators[client] = operator
        return client

    def who(self, client: FlaskClient) -> Operator:
        """Return the operator whose token the client carries."""
        return self.operators[client]

    def token(self, operator: Operator, *, now: datetime | None = None) -> str:
        """Open a session for the operator; return an access token of it."""
        now = now or utcnow()
        session_id = new_id()
        with self.app.app_context(), self.database.write() as session:
            _, jti = make_refresh_token(operator.id, session_id)
            row = open_session(
                session,
                session.get_one(Operator, operator.id),
                jti,
                session_id=session_id,
                now=now,
                user_agent="test",
                address="127.0.0.1",
            )
            return make_access_token(row)

    def with_token(self, token: str) -> FlaskClient:
        client = self.app.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def program(
        self, *scopes: Scope, name: str = "Kiosk", expired: bool = False, **limits: Any
    ) -> FlaskClient:
        """Return a client that carries the API key of a new API client; without scopes it has all of them."""
        now = utcnow()
        with self.database.write() as session:
            row = add_client(session, f"{name} {new_id()}", now=now)
            expires_at = now - timedelta(seconds=1) if expired else None
            scopes = scopes or get_args(Scope)
            _, key = make_key(session, row.id, scopes=scopes, expires_at=expires_at, now=now, **limits)
        return self.with_key(key)

    def with_key(self, key: str) -> FlaskClient:
        client = self.app.test_client(use_cookies=False)
        client.environ_base["HTTP_X_API_KEY"] = key
        return client

    def complaint(self, **fields: Any) -> dict[str, Any]:
        """Submit a complaint as an admin; return it as everybody reads it."""
        response = self.admin.post("/api/v1/complaints", json={"description": "The lift is stuck", **fields})
        assert response.status_code == 201, response.get_data(as_text=True)
        answer = response.get_json()
        return {name: answer[name] for name in answer if name != "possible_duplicates"}

    @property
    def admin(self) -> FlaskClient:
        for client, operator in self.operators.items():
            if operator.role == "admin" and operator.sites is None:
                return client
        return self.signed_in("admin")

    def number(self) -> None:
        """Number every event, as the events worker does."""
        while number_once(self.database):
            pass

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with self.database.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    def count(self, model: type[Any]) -> int:
        """Return how many rows the table has."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def one(self, model: type[Any], key: str) -> Any:
        """Return the row with this id."""
        with self.database.read() as session:
            return session.get_one(model, UUID(key))

    def all(self, model: type[Any]) -> list[Any]:
        """Return the table's rows, in the order of their keys."""
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(*model.__table__.primary_key)))


def problem_of(response: TestResponse, status: int) -> dict[str, Any]:
    """Return the problem document of an error; fails where the response is anything else."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert {"type", "title", "detail", "code", "errors"} <= set(body)
    return body
