"""The bot process: one of several takes the updates, whatever Telegram does."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from complaints.chats.linking import bot_username
from complaints.clock import utcnow
from complaints.models import Lease, TelegramUpdate
from complaints.telegram.bot_lease import give_bot_lease_back, hold_bot_lease
from workers.telegram.bot import bot_process as botprocess
from workers.telegram.bot.bot_process import BotProcess
from workers.telegram.bot.long_polling import Poller
from workers.telegram.handlers.text_messages import COMMANDS

LOCAL = "http://127.0.0.1:9"


@pytest.fixture
def database_url(renewed_sqlite_url):
    """One engine is enough here: what differs between them is tested with the claims."""
    return renewed_sqlite_url


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    for name in (
        "ASK_AGAIN_SECONDS",
        "RENEW_SECONDS",
        "AFTER_CONFLICT_SECONDS",
        "WATCH_SECONDS",
        "LONGEST_BACKOFF_SECONDS",
    ):
        monkeypatch.setattr(botprocess, name, 0.1)


def updates(database) -> list[TelegramUpdate]:
    with database.read() as session:
        return session.query(TelegramUpdate).all()


def holder(database) -> str | None:
    with database.read() as session:
        lease = session.get(Lease, "bot")
        return None if lease is None else lease.holder


@asynccontextmanager
async def running(*bots: BotProcess):
    tasks = [asyncio.create_task(bot.run()) for bot in bots]
    try:
        yield
    finally:
        for bot in bots:
            bot.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


async def until(condition, seconds: float = 8) -> None:
    """Wait for what happens in other threads and tables: there is no event to wait for."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def test_updates_are_stored_and_confirmed_and_the_lease_is_given_back(
    settings, database, redis, poker, telegram, ada
):
    async def scenario() -> None:
        async with running(BotProcess(settings, database, redis, poker)):
            telegram.say(ada, "/help")
            await until(lambda: len(updates(database)) == 1)
            await until(lambda: not telegram.world.updates.pending)
            assert holder(database) is not None

    asyncio.run(scenario())
    assert holder(database) is None
    assert bot_username(redis)


def test_of_two_bots_one_polls_and_the_other_takes_over(settings, database, redis, poker, telegram, ada):
    async def scenario() -> None:
        first, second = (BotProcess(settings, database, redis, poker) for _ in range(2))
        async with running(second):
            await until(lambda: holder(database) is not None)
            held_by = holder(database)
            async with running(first):
                telegram.say(ada, "one")
                await until(lambda: len(updates(database)) == 1)
                assert holder(database) == held_by
                second.stop()
                await until(lambda: holder(database) not in (None, held_by))
                telegram.say(ada, "two")
                await until(lambda: len(updates(database)) == 2)

    asyncio.run(scenario())


def test_a_conflict_makes_the_bot_stand_down_and_try_again(settings, database, redis, poker, telegram, ada):
    async def scenario() -> None:
        telegram.fault("conflict", count=2, methods=("getUpdates",))
        async with running(BotProcess(settings, database, redis, poker)):
            telegram.say(ada, "hello")
            await until(lambda: len(updates(database)) == 1)

    asyncio.run(scenario())
    assert [call.status for call in telegram.calls("getUpdates")].count(409) >= 2


def test_a_telegram_that_is_away_at_the_start_is_waited_for(settings, database, redis, poker, telegram, ada):
    async def scenario() -> None:
        telegram.fault("outage", seconds=1, how="reset_before")
        async with running(BotProcess(settings, database, redis, poker)):
            telegram.say(ada, "hello")
            await until(lambda: len(updates(database)) == 1)

    asyncio.run(scenario())
    assert any(call.outcome == "fault:outage" for call in telegram.calls())


def test_with_a_secret_the_webhook_is_set_and_mended(settings, database, redis, poker, telegram):
    secret = SecretStr("s3cret-word")
    hooked = settings.model_copy(update={"telegram_webhook_secret": secret, "public_url": LOCAL})

    async def scenario() -> None:
        async with running(BotProcess(hooked, database, redis, poker)):
            await until(lambda: telegram.calls("setWebhook"))
            await until(lambda: telegram.calls("getWebhookInfo"))

    asyncio.run(scenario())
    assert telegram.calls("getUpdates") == []
    payload = telegram.calls("setWebhook")[0].payload
    assert payload["url"] == f"{LOCAL}/api/v1/telegram/webhook"
    assert payload["secret_token"] == "s3cret-word"
    assert payload["max_connections"] == "1"


def test_a_webhook_that_takes_several_updates_at_once_is_mended(settings, database, redis, poker, telegram):
    # Given a webhook that is ours, and not in turn
    secret = SecretStr("s3cret-word")
    hooked = settings.model_copy(update={"telegram_webhook_secret": secret, "public_url": LOCAL})

    async def scenario() -> None:
        async with running(BotProcess(hooked, database, redis, poker)):
            await until(lambda: telegram.calls("setWebhook"))
            telegram.world.webhook["max_connections"] = 40
            await until(lambda: len(telegram.calls("setWebhook")) == 2)

    # When, Then
    asyncio.run(scenario())
    assert telegram.world.webhook["max_connections"] == 1


@pytest.mark.parametrize("refused", [False, True])
def test_the_commands_are_shown_in_private_chats_and_groups(
    settings, database, redis, poker, telegram, ada, refused
):
    # Given a Telegram that may refuse them
    if refused:
        telegram.fault("http_500", methods=("setMyCommands",), count=2)

    async def scenario() -> None:
        async with running(BotProcess(settings, database, redis, poker)):
            telegram.say(ada, "/help")
            await until(lambda: len(updates(database)) == 1)

    # When
    asyncio.run(scenario())
    # Then it polls, and the commands are told where they can be
    shown = {scope: {item["command"] for item in menu} for scope, menu in telegram.world.commands.items()}
    if refused:
        assert shown == {}
    else:
        group = next(menu for scope, menu in shown.items() if "group" in scope)
        private = shown["default"]
        assert group - private == {"link"}
        assert private == set(COMMANDS) - {"link"}


def test_without_a_token_the_process_waits_until_it_is_stopped(settings, database, redis, poker, telegram):
    quiet = settings.model_copy(update={"telegram_bot_token": None})

    async def scenario() -> None:
        async with running(BotProcess(quiet, database, redis, poker)):
            await until(lambda: redis.exists("redress:alive:bot"))

    asyncio.run(scenario())
    assert telegram.calls() == []


def test_the_lease_goes_to_one_and_to_the_next_when_it_ran_out(database):
    now = utcnow()
    with database.write() as session:
        assert hold_bot_lease(session, "a", now=now)
        assert hold_bot_lease(session, "a", now=now + timedelta(seconds=5))
        assert not hold_bot_lease(session, "b", now=now + timedelta(seconds=15))
        assert hold_bot_lease(session, "b", now=now + timedelta(seconds=21))
        give_bot_lease_back(session, "a")
        assert not hold_bot_lease(session, "a", now=now + timedelta(seconds=22))
        give_bot_lease_back(session, "b")
        assert hold_bot_lease(session, "a", now=now + timedelta(seconds=22))


class FakeBot:
    """Hands out batches, and records the offsets that it was asked for."""

    def __init__(self, *batches: list[dict]) -> None:
        self.batches = list(batches)
        self.offsets: list[int | None] = []

    async def take_updates(self, offset: int | None, *, seconds: int) -> list[dict]:
        self.offsets.append(offset)
        return self.batches.pop(0)


def test_after_a_quiet_while_updates_with_lower_numbers_are_taken_too(database, redis, poker):
    bot = FakeBot([{"update_id": 900}], [], [{"update_id": 5}], [])
    poller = Poller(bot, database, redis, poker)
    for _ in range(4):
        asyncio.run(poller.poll_once())
    assert bot.offsets == [None, 901, None, 6]
    assert {row.update_id for row in updates(database)} == {900, 5}
