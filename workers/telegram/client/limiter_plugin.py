"""The plug-in: every request of the bot passes here, and only here is the limiter charged.

In this order: the circuit, the limiter, the caller's last word (`Turn.before`), the request, the stamp. What may
not go now is `Postponed`: nothing was sent and nothing was charged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from redis import RedisError
from telegram.error import TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from complaints.alerts.outcome.outcomes import Hold, NotSent, Outcome, TokenRefused, Unknown
from complaints.telegram.circuit import NO_ANSWER, TOKEN_REFUSED, Circuit
from complaints.telegram.limiter import Grant, Limiter, Target
from workers.errors import Postponed
from workers.telegram.client.error_mapping import outcome_of
from workers.telegram.client.priority_gate import PriorityGate

PATIENCE_SECONDS = 1.0
REQUEST_SECONDS = 20.0
LATER_SECONDS = 1.0
UPLOADS_LATER_SECONDS = 5.0
TELL_AGAIN_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Together less than a chat is busy for whose answer never came."""
CALLBACK_ANSWER = "answerCallbackQuery"
EDIT = "editMessageText"
PHOTO, ALBUM = "sendPhoto", "sendMediaGroup"

log = structlog.get_logger()

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Callback = Callable[..., Coroutine[Any, Any, Answer]]


@dataclass(frozen=True, slots=True)
class Turn:
    """How a request waits: its priority (lower is sooner), for how many seconds, and what comes right before it.

    `before` runs after the grant; what it raises stops the request.
    """

    priority: int = 1
    patience: float = PATIENCE_SECONDS
    before: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """One request of the library's, as it was handed to the plug-in."""

    callback: Callback
    args: Any
    kwargs: dict[str, Any]
    endpoint: str
    target: Target
    turn: Turn
    messages: int = 1

    @property
    def first(self) -> bool:
        return self.endpoint == CALLBACK_ANSWER

    @property
    def is_edit(self) -> bool:
        """Edits are tried again, so that one which always fails must not lengthen everybody's pause."""
        return self.endpoint == EDIT

    @property
    def is_upload(self) -> bool:
        """Uploads take long where the way is narrow: that says nothing of alerts, which must not wait for it."""
        return self.endpoint in (PHOTO, ALBUM)

    async def make(self) -> Answer:
        async with asyncio.timeout(REQUEST_SECONDS):
            return await self.callback(*self.args, **self.kwargs)

    async def look(self) -> None:
        """Ask for something harmless in its place."""
        await self.callback("getMe", {}, **self.kwargs)


class SharedRateLimiter(BaseRateLimiter[Turn]):
    """python-telegram-bot's seat for a limiter; ours is shared by all processes."""

    def __init__(self, limiter: Limiter, circuit: Circuit) -> None:
        self._limiter = limiter
        self._circuit = circuit
        self._gate = PriorityGate()
        self._telling: set[asyncio.Task[None]] = set()

    async def initialize(self) -> None:
        """Nothing to prepare: scripts are loaded when first used."""

    async def shutdown(self) -> None:
        """Nothing to end: the connections belong to who made them."""

    async def process_request(
        self,
        callback: Callback,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Turn | None,
    ) -> Answer:
        """Make the request when it may be made; raises `Postponed`, or what the library raises."""
        chat = data.get("chat_id")
        if chat is None and endpoint != CALLBACK_ANSWER:
            return await callback(*args, **kwargs)
        target = Target() if chat is None else Target(int(chat), group=int(chat) < 0)
        messages = len(data["media"]) if endpoint == ALBUM else 1
        request = _Request(callback, args, kwargs, endpoint, target, rate_limit_args or Turn(), messages)
        try:
            probe = await self._pass_circuit(request)
            ticket = await self._prepare(request, probe)
        except RedisError as error:
            log.warning("redis_away", error=str(error))
            raise Postponed("Redis is away: nothing may be sent", LATER_SECONDS, shared=True) from error
        return await self._send(request, ticket, probe)

    async def _pass_circuit(self, request: _Request) -> bool:
        entry = await self._circuit.enter()
        if entry.wait > 0:
            raise Postponed("Telegram does not answer", entry.wait, shared=True)
        if entry.probe and request.is_upload:
            await self._circuit.give_back()
            raise Postponed(
                "pictures wait until Telegram has answered something small", UPLOADS_LATER_SECONDS
            )
        return entry.probe

    async def _prepare(self, request: _Request, probe: bool) -> int:
        try:
            if probe:
                await self._look_before_probing(request)
            grant = await self._wait_for_grant(request)
            await self._last_word(request, grant)
        except BaseException:
            if probe:
                await self._circuit.give_back()
            raise
        return grant.ticket

    async def _look_before_probing(self, request: _Request) -> None:
        """A probe that fails here, at something harmless, makes no unknown."""
        try:
            await request.look()
        except TelegramError as error:
            await self._circuit.fail(_why(outcome_of(error)) or NO_ANSWER, probe=True)
            raise Postponed("Telegram still does not answer", LATER_SECONDS, shared=True) from error

    async def _wait_for_grant(self, request: _Request) -> Grant:
        deadline = time.monotonic() + request.turn.patience
        grant = await self._ask(request, deadline)
        while not grant.granted:
            if grant.shared or time.monotonic() + grant.wait > deadline:
                raise Postponed("the limiter says later", grant.wait, shared=grant.shared)
            await asyncio.sleep(grant.wait)
            grant = await self._ask(request, deadline)
        await asyncio.sleep(grant.wait)
        return grant

    async def _ask(self, request: _Request, deadline: float) -> Grant:
        """Ask in turn, and go on asking while it is everybody who has to wait."""
        if request.first:
            return await self._limiter.ask(request.target, first=True)
        async with self._gate.passing(request.turn.priority):
            grant = await self._limiter.ask(request.target, messages=request.messages)
            while not grant.granted and grant.shared and time.monotonic() + grant.wait < deadline:
                await asyncio.sleep(grant.wait)
                grant = await self._limiter.ask(request.target, messages=request.messages)
            return grant

    async def _last_word(self, request: _Request, grant: Grant) -> None:
        if request.turn.before is None:
            return
        try:
            await request.turn.before()
        except BaseException:
            await self._limiter.stamp(request.target, grant.ticket)
            raise

    async def _send(self, request: _Request, ticket: int, probe: bool) -> Answer:
        outcome: Outcome | None = None
        try:
            return await request.make()
        except TimeoutError as error:
            outcome = Unknown("no answer in time")
            raise TimedOut from error
        except TelegramError as error:
            outcome = outcome_of(error)
            raise
        finally:
            await self._tell(request, ticket, outcome, probe)

    async def _tell(self, request: _Request, ticket: int, outcome: Outcome | None, probe: bool) -> None:
        try:
            await self._note(request, ticket, outcome, probe)
        except RedisError as error:
            log.warning("answer_not_stamped", error=str(error))
            later = asyncio.create_task(self._note_later(request, ticket, outcome, probe))
            self._telling.add(later)
            later.add_done_callback(self._telling.discard)

    async def _note(self, request: _Request, ticket: int, outcome: Outcome | None, probe: bool) -> None:
        hold = outcome if isinstance(outcome, Hold) else Hold(0.0, everybody=False)
        why = _why(outcome)
        if request.is_upload and why == NO_ANSWER:
            why = None
        await self._limiter.stamp(request.target, ticket, hold=hold.seconds, everybody=hold.everybody)
        if why is None:
            await self._circuit.succeed(probe=probe)
        else:
            await self._circuit.fail(why, probe=probe, alone=probe and request.is_edit)

    async def _note_later(self, request: _Request, ticket: int, outcome: Outcome | None, probe: bool) -> None:
        """Note it once Redis takes it; where that is long, the chat stays busy until its key expires."""
        for pause in TELL_AGAIN_SECONDS:
            await asyncio.sleep(pause)
            with suppress(RedisError):
                await self._note(request, ticket, outcome, probe)
                return


def _why(outcome: Outcome | None) -> str | None:
    """Return why the circuit must open after this outcome, or None where Telegram answered."""
    if isinstance(outcome, TokenRefused):
        return TOKEN_REFUSED
    return NO_ANSWER if isinstance(outcome, Unknown | NotSent) else None
