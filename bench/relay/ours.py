"""Redress: gunicorn with the hub, authenticated, a third of the sockets limited to a site.

Events go into the Redis stream by the sequencer's own script, as they do in production; the table lags behind,
which a hub takes for what it is.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice
from uuid import UUID

from flask import Flask
from flask_jwt_extended import create_access_token
from sqlalchemy import update
from sqlalchemy.orm import Session

from bench.databases import migrated
from bench.relay.crowd import Manners
from bench.relay.system import CLIENT_CORE, SEQ_START, System, event_body, on_core
from bench.relay.wire import upgrade_request
from complaints.accounts.sessions import open_session
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_feed import SequencedEvent, read_head
from complaints.events.event_stream import EventStream
from complaints.ids import new_id
from complaints.models import Operator, StreamMeta
from complaints.redis_client import connect
from complaints.settings import load_settings
from tools.environment import free_port
from tools.valkey import EmbeddedValkey
from web.app import create_app

SITE = "Harbour 7"
COMPLAINT = "01979f6a-0000-7000-8000-000000000001"
PEOPLE = 60
LIFETIME = timedelta(hours=6)
PATH = "/api/v1/websocket"
SUBSCRIBE = {"type": "subscribe"}


class Redress(System):
    """Ours."""

    name = "redress"
    signs_of_life = "/api/v1/websocket/health"
    manners = Manners(
        greeting=[json.dumps(SUBSCRIBE).encode()],
        ready=b'"type":"live"',
        ping=b'"type":"ping"',
        pong=b'{"type":"pong"}',
    )

    def start(self) -> None:
        """Start Valkey on the clients' core and gunicorn on the server's."""
        with on_core(CLIENT_CORE):
            valkey = self.things.enter_context(EmbeddedValkey(self.folder / "valkey", free_port()))
        database = self.things.enter_context(migrated(f"sqlite:///{self.folder / 'redress.db'}"))
        redis = self.things.enter_context(connect(valkey.url))
        environment = {
            "REDRESS_ENV": "test",
            "DATABASE_URL": database.url,
            "REDIS_URL": valkey.url,
            "JWT_SECRET_KEY": "of-a-relay-that-lives-as-long-as-its-bench",
            "PORT": str(self.port),
            "PUBLIC_URL": f"http://{self.host}",
            "SOCKETS_PER_OPERATOR": "100000",
        }
        self.app, self.people = _sign_in(database, environment)
        self.stream = EventStream(redis)
        self.epoch = _stand_at(database, SEQ_START)
        command = (sys.executable, "-m", "gunicorn", "-c", "web/gunicorn_conf.py", "web.wsgi:app")
        self.run(*command, **environment)

    def requests(self, count: int) -> list[bytes]:
        """Return handshakes with tokens that the server has never seen, each with its own."""
        return [
            upgrade_request(self.host, PATH, {"Authorization": f"Bearer {token}"})
            for token in self.new_tokens(count)
        ]

    def new_tokens(self, count: int) -> list[str]:
        """Return so many new tokens, of the people in turn."""
        with self.app.app_context():
            return [
                create_access_token(
                    str(operator), additional_claims={"sid": str(own)}, expires_delta=LIFETIME
                )
                for operator, own in islice(cycle(self.people), count)
            ]

    def publish(self, numbers: Sequence[int]) -> None:
        """Append to the stream."""
        events = [
            SequencedEvent(SEQ_START + number, COMPLAINT, SITE, SITE, event_body(number))
            for number in numbers
        ]
        self.stream.append(self.epoch, events[0].seq - 1, events)


def resuming_after(number: int, epoch: str) -> Manners:
    """Return the manners of clients that come back after that event."""
    wish = SUBSCRIBE | {"after": SEQ_START + number, "epoch": epoch}
    manners = Redress.manners
    return Manners([json.dumps(wish).encode()], manners.ready, manners.ping, manners.pong)


def _sign_in(database: Database, environment: dict[str, str]) -> tuple[Flask, list[tuple[UUID, UUID]]]:
    """Return who signs tokens, and so many people; every third may see one site only, that of all events."""
    settings = load_settings(**{name.lower(): value for name, value in environment.items()})
    app = create_app(settings, enqueue=lambda task, request_id: None)
    with database.write() as session:
        return app, [_person(session, sites=None if place % 3 else [SITE]) for place in range(PEOPLE)]


def _person(session: Session, *, sites: list[str] | None) -> tuple[UUID, UUID]:
    """Return a new operator's id and their session's."""
    now, own = utcnow(), new_id()
    operator = Operator(
        id=new_id(),
        email=f"{own}@example.org",
        name="Ada",
        role="agent",
        sites=sites,
        active=True,
        created_at=now,
        updated_at=now,
    )
    session.add(operator)
    open_session(session, operator, "jti", session_id=own, now=now, user_agent=None, address=None)
    return operator.id, own


def _stand_at(database: Database, top: int) -> str:
    """Let the one total order stand at `top`; return its epoch."""
    with database.write() as session:
        session.execute(update(StreamMeta).values(top=top))
        return read_head(session).epoch
