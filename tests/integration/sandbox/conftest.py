"""A sandbox on a port of its own, and a real python-telegram-bot that talks to it."""

import asyncio

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox import Sandbox


def make_bot(sandbox):
    """A bot that does not load certificates, which here would cost more than the test."""
    plain = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(sandbox.token, f"{sandbox.base_url}/bot", request=plain[0], get_updates_request=plain[1])


@pytest.fixture
def sandbox(monkeypatch):
    """A running sandbox; Telegram's limits are off unless a test switches them on."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns of each RetryAfter
    with Sandbox() as running:
        running.set_limits(on=False)
        yield running


@pytest.fixture
def run():
    """Run a coroutine on the test's one loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def bot(sandbox, run):
    client = make_bot(sandbox)
    run(client.initialize())
    sandbox.clear_calls()
    yield client
    run(client.shutdown())


@pytest.fixture
def ada(sandbox):
    """The id of a person who has started the bot, which is the id of their chat."""
    return sandbox.add_user("Ada", "Lovelace", started=True).id
