"""After the commit: answer the press, and say what is to be said to who has no linked chat."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import TelegramError

from complaints.alerts.outcome.outcomes import Gone, Hold, NotSent, Outcome, Sent, Unknown
from workers.errors import Postponed
from workers.render.base.message import Message
from workers.telegram.client.error_mapping import outcome_of
from workers.telegram.client.limiter_plugin import Turn
from workers.telegram.client.send_and_edit import send
from workers.telegram.client.telegram_client import TelegramClient
from workers.telegram.incoming.effects import CallbackAnswer, Effects, Say

ANSWER_PATIENCE_SECONDS = 10.0  # a press that is answered later is refused as too old
TALK_PATIENCE_SECONDS = 60.0
TALK_PAUSE_SECONDS = 0.2
PAUSE_SECONDS = 1.0

log = structlog.get_logger()


async def perform(client: TelegramClient, effects: Effects, talk: asyncio.Semaphore) -> None:
    """Do all of it, the press first. What can't be done within its patience is logged and let go.

    Words to chats that are not linked go one after another under `talk`, a few a second: whoever floods the bot
    with commands takes little of what alerts may use.
    """
    if effects.answer is not None:
        await answer_press(client, effects.answer)
    if effects.say is not None:
        async with talk:
            await say(client, effects.say)
            await asyncio.sleep(TALK_PAUSE_SECONDS)


async def answer_press(client: TelegramClient, answer: CallbackAnswer) -> None:
    """Answer a pressed button."""

    async def attempt() -> None:
        await client.bot.answer_callback_query(answer.query_id, answer.text or None, show_alert=answer.alert)

    await _insist("answer_press", attempt, ANSWER_PATIENCE_SECONDS)


async def say(client: TelegramClient, words: Say) -> None:
    """Send words to a chat that is not linked."""

    async def attempt() -> None:
        await send(client.bot, words.telegram_id, Message(words.text), Turn(), thread=words.thread_id)

    await _insist("say", attempt, TALK_PATIENCE_SECONDS, repeat_unknown=False)


async def _insist(
    what: str, attempt: Callable[[], Awaitable[None]], patience: float, *, repeat_unknown: bool = True
) -> None:
    """Try until it is settled or the patience is over. What may have arrived is repeated only if harmless."""
    deadline = time.monotonic() + patience
    while True:
        wait = await _try(what, attempt, repeat_unknown=repeat_unknown)
        if wait is None:
            return
        if time.monotonic() + wait > deadline:
            log.warning("telegram_let_go", what=what)
            return
        await asyncio.sleep(wait)


async def _try(what: str, attempt: Callable[[], Awaitable[None]], *, repeat_unknown: bool) -> float | None:
    """Return the seconds after which to try again, or None where it is settled."""
    try:
        await attempt()
    except Postponed as postponed:
        return postponed.wait
    except TelegramError as error:
        outcome = outcome_of(error)
        if not isinstance(outcome, Sent | Gone):
            log.warning("telegram_refused", what=what, outcome=outcome.word, error=str(error))
        return _wait_after(outcome, repeat_unknown=repeat_unknown)
    return None


def _wait_after(outcome: Outcome, *, repeat_unknown: bool) -> float | None:
    match outcome:
        case Hold(seconds=seconds):
            return seconds
        case NotSent():
            return PAUSE_SECONDS
        case Unknown():
            return PAUSE_SECONDS if repeat_unknown else None
        case _:
            return None
