"""A mail server in a thread, and the product's way to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from redis import Redis

from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.mail.outbox import owe_mail
from complaints.models import Mail, Operator
from complaints.settings import Settings
from complaints.words import MailKind
from tests.factories import an_operator
from tools.environment import free_port
from workers.mail.mail_sender import MailSender, make_mail_sender


@dataclass
class Post:
    """What arrived, and what the server answers to RCPT and DATA, where it is no plain yes."""

    letters: list[EmailMessage] = field(default_factory=list)
    rcpt: str | None = None
    data: str | None = None
    encrypted: list[bool] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        if self.data:
            return self.data
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.encrypted.append(session.ssl is not None)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.letters.append(found)
        return "250 OK"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp_options() -> dict[str, Any]:
    """Options of the server that a test wants otherwise."""
    return {}


@pytest.fixture
def smtp_port(post: Post, smtp_options: dict[str, Any]) -> Iterator[int]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), **smtp_options)
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def smtp_url(smtp_port: int) -> str:
    return f"smtp://127.0.0.1:{smtp_port}"


@pytest.fixture
def mail_settings(database: Database, valkey_url: str, smtp_url: str) -> Settings:
    values: dict[str, Any] = {
        "redress_env": "test",
        "database_url": database.url,
        "redis_url": valkey_url,
        "jwt_secret_key": "a-long-key-that-only-this-test-knows",
        "public_url": "https://redress.example.org",
        "smtp_url": smtp_url,
        "mail_from": "Redress <redress@example.org>",
    }
    return Settings(**values)


@pytest.fixture
def sender(mail_settings: Settings, database: Database, redis: Redis, poker: Poker) -> MailSender:
    made = make_mail_sender(mail_settings, database, redis, poker)
    assert made is not None
    return made


class Outbox:
    """Owes mails, and looks what became of them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def hire(self, email: str = "ada@example.org", **columns: Any) -> Operator:
        operator = an_operator("Ada", email=email, **columns)
        with self.database.write() as session:
            session.add(operator)
        return operator

    def owe(self, address: str = "ada@example.org", **columns: Any) -> Mail:
        with self.database.write() as session:
            mail = owe_mail(session, MailKind.PASSWORD_RESET, address, now=self.database.now())
            for name, value in columns.items():
                setattr(mail, name, value)
        return mail

    def look(self, mail: Mail) -> Mail:
        with self.database.read() as session:
            return session.get_one(Mail, mail.id)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)
