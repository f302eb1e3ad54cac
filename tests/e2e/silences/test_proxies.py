"""Proxies of the environment: a Telegram on this machine is reached past them, one elsewhere through SOCKS.

What can't be read is one line that names the variable: no process ends of it, intake goes on, and the alert waits.
"""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from complaints.telegram.circuit import CIRCUIT
from tests.e2e.telling import submit, wait_for_message
from tests.e2e.web_beside import NAME, web_beside
from tests.integration.workers.socks_server import SocksServer
from tools.stack import Stack, eventually

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
NOBODY = "http://127.0.0.1:1"
ELSEWHERE = "telegram.test"
SENDERS = ("bot", "alerts")


def begin_anew(stack: Stack, *names: str, **environment: str) -> None:
    """Start who speaks to Telegram, or those of them, with these variables beside their own."""
    for name in names or SENDERS:
        stack.stop(name)
        stack.start(name, **environment)


@pytest.fixture
def unsent(stack: Stack, client: httpx.Client, phone: httpx.Client, redis: Redis) -> Iterator[list[str]]:
    """References of complaints of which nobody could be told; once the senders are as they were, somebody is."""
    chat_id, references = stack.link_chat(client, phone, "Ada"), []
    yield references
    begin_anew(stack)
    redis.delete(CIRCUIT)
    for reference in references:
        wait_for_message(phone, chat_id, reference)
    stack.wait_until_ready()


def test_telegram_is_reached_on_the_right_way_or_not_at_all(
    stack: Stack, client: httpx.Client, phone: httpx.Client, unsent: list[str]
) -> None:
    # Given a Telegram on this machine, and proxies that lead nowhere or can't be read
    begin_anew(stack, "bot", HTTP_PROXY=NOBODY, ALL_PROXY="nonsense://x", NO_PROXY="http://[::1")
    # When, then
    stack.link_chat(client, phone, "Ben")
    # Given one elsewhere, and a proxy that knows the way
    elsewhere = {"TELEGRAM_API_URL": f"http://{ELSEWHERE}:{stack.telegram_port}"}
    with SocksServer(asked_for=ELSEWHERE) as proxy:
        begin_anew(stack, ALL_PROXY=proxy.url, **elsewhere)
        # When, then
        cleo = stack.link_chat(client, phone, "Cleo")
        wait_for_message(phone, cleo, submit(client)["reference"])
        assert set(proxy.asked) == {ELSEWHERE}
    # Given a proxy that can't be read
    before = {name: len(stack.log(name).read_text()) for name in SENDERS}
    unreadable = {"ALL_PROXY": "http://[::1", **elsewhere}
    begin_anew(stack, **unreadable)
    with web_beside(stack, **unreadable) as port:
        # When
        client.base_url = f"http://127.0.0.1:{port}/api/v1"
        unsent.append(submit(client)["reference"])
    # Then
    for name in SENDERS:
        eventually(lambda name=name: "ALL_PROXY is no proxy that can be used" in stack.log(name).read_text())
        assert "Traceback" not in stack.log(name).read_text()[before[name] :]
    assert "Traceback" not in stack.log(NAME).read_text()
