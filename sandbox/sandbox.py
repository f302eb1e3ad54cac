"""The sandbox as an object: start it, script it, ask it what it received, stop it."""

import ipaddress
from pathlib import Path
from typing import Self

from sandbox.base.refusals import ScriptError, StartError
from sandbox.http.bot_api import BotApi
from sandbox.http.sandbox_app import create_app
from sandbox.http.wsgi_server import Server
from sandbox.people.script import Script
from sandbox.world.call_log import CallLog
from sandbox.world.rate_windows import RateWindows
from sandbox.world.webhook_courier import Courier
from sandbox.world.world import World

DEFAULT_TOKEN = "0000000001:sandbox"  # noqa: S105 -- opens nothing but this sandbox
BOT_USERNAME = "redress_sandbox_bot"
BOT_NAME = "Redress"


class Sandbox(Script):
    """A Telegram of one's own on a loopback port; a context manager, and all methods are thread-safe.

    ``port`` 0 takes a free one. ``state`` names a file that keeps chats, messages and ids across restarts.
    ``latency`` is a range in milliseconds. ``limits`` may be switched by ``set_limits`` later. ``seed`` makes
    faults with a probability repeatable. A pressed button can be answered for ``query_seconds``.
    Raises StartError where it can't listen or keep its state.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = DEFAULT_TOKEN,
        state: Path | None = None,
        latency: tuple[float, float] = (0.0, 0.0),
        limits: RateWindows | None = None,
        seed: int = 0,
        query_seconds: float = 30.0,
    ) -> None:
        self.token = token
        bot = {"id": _bot_id(token), "is_bot": True, "first_name": BOT_NAME, "username": BOT_USERNAME}
        world = World(
            bot=bot, limits=limits or RateWindows(), seed=seed, query_seconds=query_seconds, state=state
        )
        calls = CallLog()
        super().__init__(world, calls)
        app = create_app(self, BotApi(world, calls, token, latency, seed))
        try:
            self._server = Server(host, port, app)
        except StartError:
            self.world.storage.close()
            raise
        self._courier = Courier(self.world)
        self.host, self.port = host, self._server.port

    @property
    def base_url(self) -> str:
        """Without a slash at the end; requests of a bot go to ``{base_url}/bot<token>/<method>``."""
        host = f"[{self.host}]" if _is_v6(self.host) else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> Self:
        self._server.start()
        self._courier.start()
        return self

    def stop(self) -> None:
        """End every connection and thread, free the port, close the state's file."""
        self.world.feed.close()
        self._courier.stop()
        self._server.stop()
        with self.world.lock:
            self.world.storage.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def _bot_id(token: str) -> int:
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        raise ScriptError("a bot's token looks like 0000000001:sandbox")
    return int(number)


def _is_v6(host: str) -> bool:
    return host != "localhost" and ipaddress.ip_address(host).version == 6
