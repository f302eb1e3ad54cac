"""Telegram through proxies of the environment: past them on this machine, through SOCKS, and never by guess."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram import Bot
from telegram.error import NetworkError

from complaints.alerts.outcome.outcomes import NotSent
from tests.integration.workers.socks_server import SocksServer
from workers.dispatch import dispatch_due
from workers.telegram.client.error_mapping import outcome_of
from workers.telegram.client.proxies import goes_through_proxy, unusable_proxy
from workers.telegram.client.telegram_client import make_request

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def database_url(renewed_sqlite_url: str) -> str:
    return renewed_sqlite_url


class BotApi(BaseHTTPRequestHandler):
    """A Telegram that tells its bot's name to whoever asks, by whatever name of a host."""

    def do_POST(self) -> None:
        result = {"id": 7, "is_bot": True, "first_name": "Redress", "username": "redress_bot"}
        body = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a Telegram listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BotApi) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def ask(api_url: str) -> str:
    """Ask a Telegram at this base for the bot's name."""

    async def get_me() -> str:
        request = make_request(1, api_url)
        made = Bot("7:x", base_url=f"{api_url}/bot", request=request, get_updates_request=request)
        async with made as bot:
            return (await bot.get_me()).username or ""

    return asyncio.run(get_me())


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("value", [NOBODY, "socks5://127.0.0.1:1", "nonsense://x", "http://[::1"])
def test_a_telegram_on_this_machine_is_reached_past_any_proxy(
    office, chat, ada, telegram, monkeypatch, redis, request, name, value
):
    monkeypatch.setenv(name, value)
    office.submit()
    dispatch_due(request.getfixturevalue("dispatcher"))
    assert len(telegram.messages(ada)) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_telegram_elsewhere_is_reached_through_socks(port, monkeypatch, name, scheme):
    with SocksServer() as proxy:
        monkeypatch.setenv(name, proxy.url.replace("socks5", scheme))
        assert ask(f"http://telegram.test:{port}") == "redress_bot"
        assert proxy.asked
        assert set(proxy.asked) == {"telegram.test"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks4://127.0.0.1:1080"),
        ("ALL_PROXY", "socks://127.0.0.1:1080"),
        ("HTTPS_PROXY", "http://[::1"),
        ("HTTP_PROXY", "http://proxy.example.org:port"),
        ("HTTP_PROXY", "http://"),
        ("NO_PROXY", "http://[::1"),
    ],
)
def test_what_can_not_be_used_is_named_and_nobody_is_asked_past_it(
    telegram, monkeypatch, capsys, name, value
):
    monkeypatch.setenv(name, value)
    reason = unusable_proxy()
    assert reason is not None
    assert reason.startswith(name)
    # When
    with pytest.raises(NetworkError) as raised:
        ask("http://telegram.test")
    # Then
    assert isinstance(outcome_of(raised.value), NotSent)
    assert name in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("proxy.example.org:3128", True),
        ("http://user:secret@proxy.example.org", True),
        ("", True),
        ("ftp://x", False),
    ],
)
def test_a_proxy_is_a_url_or_a_host(monkeypatch, value, usable):
    monkeypatch.setenv("HTTPS_PROXY", value)
    assert (unusable_proxy() is None) is usable
    assert "secret" not in str(unusable_proxy())


@pytest.mark.parametrize(
    ("api_url", "through"),
    [
        ("http://127.0.0.1:8081", False),
        ("http://127.1.2.3", False),
        ("http://[::1]:8081", False),
        ("http://localhost:8081", False),
        ("http://bot.localhost", False),
        ("http://LOCALHOST.:8081", False),
        ("http://127.1:8081", False),
        ("http://0.0.0.0:8081", False),
        ("http://[::ffff:127.0.0.1]:8081", False),
        ("https://api.telegram.org", True),
        ("http://10.0.0.1", True),
    ],
)
def test_only_this_machine_is_without(api_url, through):
    assert goes_through_proxy(api_url) is through
