"""The sandbox as an object: start it, script it, ask it what it received, stop it."""

import ipaddress
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from sandbox.http.bot_api import BotApi
from sandbox.http.sandbox_app import create_app
from sandbox.http.wsgi_server import Server
from sandbox.people.phones import Phones
from sandbox.refusals import ScriptError, StartError, misuse
from sandbox.world.call_log import Call, CallLog
from sandbox.world.faults import Fault
from sandbox.world.rate_windows import RateWindow, RateWindows
from sandbox.world.webhook_courier import Courier
from sandbox.world.world import Message, World

DEFAULT_TOKEN = "0000000001:sandbox"  # noqa: S105 -- opens nothing but this sandbox
BOT_USERNAME = "redress_sandbox_bot"
BOT_NAME = "Redress"
SHOWN_CALLS = 40


class Sandbox(Phones):
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
        self.world = World(
            bot=bot, limits=limits or RateWindows(), seed=seed, query_seconds=query_seconds, state=state
        )
        super().__init__(self.world)
        self._calls = CallLog()
        app = create_app(self, BotApi(self.world, self._calls, token, latency, seed))
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

    def messages(self, chat_id: int) -> list[Message]:
        """What the chat shows now, oldest first, as Message objects of the Bot API."""
        with self.world.lock:
            if chat_id not in self.world.chats:
                raise ScriptError(f"there is no chat {chat_id}")
            return list(self.world.messages[chat_id].values())

    def calls(
        self, *methods: str, chat_id: int | None = None, after: int = 0, violations: bool = False
    ) -> list[Call]:
        """What the bot sent, in order of arrival, narrowed by all that is given."""
        return self._calls.select(methods, chat_id, after, violations)

    def violations(self) -> list[Call]:
        """Calls that overflowed one of Telegram's windows."""
        return self.calls(violations=True)

    def clear_calls(self) -> None:
        self._calls.clear()

    def wait_for(self, condition: Callable[[], Any], timeout: float = 60.0) -> Any:
        """Wait until ``condition()`` is true and return its value; looks again whenever a call comes or ends."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not within {timeout} s; the bot's last calls: {self.calls()[-5:]}")
            with self._calls.changed:
                self._calls.changed.wait(min(left, 0.05))
        return value

    def fault(self, kind: str, **options: Any) -> int:
        """Put a fault in force (see ``world.faults.Fault`` for the options) and return its id."""
        try:
            fault = Fault(kind, **options)
        except ValidationError as error:
            raise misuse(error) from error
        with self.world.lock:
            self.world.faults.add(fault)
        self.world.tell_controls()
        return fault.id

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force, oldest first."""
        with self.world.lock:
            return self.world.faults.listed()

    def remove_fault(self, fault_id: int) -> None:
        with self.world.lock:
            self.world.faults.remove(fault_id)
        self.world.tell_controls()

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()
        self.world.tell_controls()

    def set_limits(
        self,
        *,
        on: bool | None = None,
        all: str | None = None,
        chat: str | None = None,
        group: str | None = None,
    ) -> None:
        """Switch or change Telegram's limits (rates as ``30/1``: messages/seconds); what is not given stays."""
        rates = {"all": all, "chat": chat, "group": group}
        parsed = {name: RateWindow.parse(rate) for name, rate in rates.items() if rate is not None}
        with self.world.lock:
            limits = self.world.limits
            limits.on = limits.on if on is None else on
            for name, rate in parsed.items():
                setattr(limits, name, rate)
        self.world.tell_controls()

    def reset(self) -> None:
        """Back to the start: the default user alone, no calls, no faults; limits keep their rates."""
        with self.world.lock:
            self._calls.clear()
            self.world.reset()

    def state(self, shown: int) -> dict[str, Any]:
        """Everything that the page shows, the last ``shown`` messages of each chat, and the feed's cursor."""
        with self.world.lock:
            world = self.world
            chats = [world.show_chat(chat) for chat in world.visible_chats()]
            return {
                "cursor": world.feed.cursor,
                "bot": world.bot,
                "users": [user.wire() for user in world.users.values()],
                "chats": chats,
                "messages": {c["id"]: list(world.messages[c["id"]].values())[-shown:] for c in chats},
                "commands": world.commands,
                "calls": [call.brief() for call in self._recent_calls()],
                **world.controls(),
            }

    def _recent_calls(self) -> list[Call]:
        answered = [call for call in self.calls() if call.answered and call.method != "getUpdates"]
        return answered[: -SHOWN_CALLS - 1 : -1]


def _bot_id(token: str) -> int:
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        raise ScriptError("a bot's token looks like 0000000001:sandbox")
    return int(number)


def _is_v6(host: str) -> bool:
    return host != "localhost" and ipaddress.ip_address(host).version == 6
