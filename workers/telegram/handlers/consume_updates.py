"""Consuming Telegram's updates: the verb and `consumed_at` in one transaction, the answer after it.

A worker process makes one `UpdateDesk` (`make_update_desk`, None without a bot token); its task `consume_updates`
calls `consume_updates(consumer)`, and `worker_shutdown` calls `close()`.
"""

import asyncio
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import replace

import structlog
from pydantic import ValidationError
from redis import Redis, RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from complaints.audit.trail import Author, as_actor, sign
from complaints.chats.linking import bot_username, operator_behind
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.wakeups import CONSUME_UPDATES, Poker, answer_poke
from complaints.models import TelegramUpdate
from complaints.settings import Settings
from complaints.telegram.stored_updates import any_update, give_up, next_update
from complaints.words import Door
from workers.errors import BadUpdate
from workers.telegram.client.telegram_client import TelegramClient
from workers.telegram.commands.command import Ourselves
from workers.telegram.handlers.callbacks import handle_press
from workers.telegram.handlers.chat_memberships import handle_membership
from workers.telegram.handlers.text_messages import handle_message
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import CallbackAnswer, Effects
from workers.telegram.incoming.perform_effects import perform
from workers.telegram.incoming.update_shapes import Update, query_id_of

ANSWERS_SECONDS = 5.0
MOST_ANSWERS = 50  # on their way at once; strangers wait no longer than these take

log = structlog.get_logger()


class UpdateConsumer:
    """Consumes updates and sees to their answers. Safe to call from several threads."""

    def __init__(self, client: TelegramClient, database: Database, redis: Redis, poker: Poker) -> None:
        self.redis = redis
        self._client = client
        self._ours = Ourselves(client.settings.public_url)
        self._database = database
        self._poker = poker
        self._answers: set[Future[None]] = set()
        self._talk = asyncio.Semaphore()

    def consume_once(self) -> int:
        """Consume the oldest update; return 1, or 0 where none waits.

        One that can't be handled is recorded with its error and consumed all the same.
        """
        with self._database.read() as session:
            if not any_update(session):
                return 0
        try:
            found, effects = self._handle_next()
        except BadUpdate as bad:
            log.warning("update_refused", update=bad.update_id, error=str(bad))
            self._give_up(bad)
            self._follow_up(_effects_of(bad))
            return 1
        if found:
            self._follow_up(effects)
        return found

    def close(self) -> None:
        """Let answers that are on their way end, for a few seconds, and close the bot."""
        wait_for(self._answers, timeout=ANSWERS_SECONDS)
        self._client.close()

    def _handle_next(self) -> tuple[int, Effects]:
        with self._database.write() as session:
            row = next_update(session)
            if row is None:
                return 0, Effects()
            effects = _handle(session, row, self._know_ourselves())
            row.consumed_at = utcnow()
            row.error = effects.error
        return 1, effects

    def _know_ourselves(self) -> Ourselves:
        if self._ours.username is None:
            self._ours = replace(self._ours, username=_username(self.redis))
        return self._ours

    def _give_up(self, bad: BadUpdate) -> None:
        with self._database.write() as session:
            give_up(session, bad.update_id, str(bad), now=utcnow())

    def _follow_up(self, effects: Effects) -> None:
        if effects.wrote_event:
            self._poker.poke_sequencer()
        if effects.owes_message:
            self._poker.poke_alerts()
        if effects.say and len(self._answers) >= MOST_ANSWERS:
            log.warning("strangers_flood", chat=effects.say.telegram_id)
        elif effects.answer or effects.say:
            answer = self._client.submit(perform(self._client, effects, self._talk))
            self._answers.add(answer)
            answer.add_done_callback(self._end_answer)

    def _end_answer(self, answer: Future[None]) -> None:
        self._answers.discard(answer)
        if not answer.cancelled() and (error := answer.exception()) is not None:
            log.error("answer_broke", exc_info=error)


def make_update_consumer(
    settings: Settings, database: Database, redis: Redis, poker: Poker
) -> UpdateConsumer | None:
    """Return this process's consumer; None where there is no bot."""
    if settings.telegram_bot_token is None:
        return None
    return UpdateConsumer(TelegramClient(settings), database, redis, poker)


def consume_updates(consumer: UpdateConsumer | None) -> int:
    """Consume until no update waits; return how many."""
    if consumer is None:
        return 0
    answer_poke(consumer.redis, CONSUME_UPDATES)
    consumed = 0
    while consumer.consume_once():
        consumed += 1
    return consumed


def _username(redis: Redis) -> str | None:
    try:
        return bot_username(redis)
    except RedisError as error:
        log.warning("username_not_read", error=str(error))
        return None


def _handle(session: Session, row: TelegramUpdate, ours: Ourselves) -> Effects:
    """Do what the update asks for in the caller's transaction; raises `BadUpdate` for what can't be handled."""
    try:
        update = Update.model_validate(row.payload)
        _sign(session, update)
        effects = _dispatch(session, update, ours)
        session.flush()
    except ValidationError as error:
        raise BadUpdate(row.update_id, row.payload, f"not an update: {error.errors()[0]['msg']}") from error
    except OperationalError:
        raise  # the database is away: the update waits
    except Exception as error:
        log.exception("update_broke", update=row.update_id)
        raise BadUpdate(row.update_id, row.payload, f"{type(error).__name__}: {error}") from error
    return effects


def _sign(session: Session, update: Update) -> None:
    """What people change is recorded as theirs; of who is known by a token alone, as whose chat it is then."""
    said = update.message or update.callback_query
    if said is None or said.sender is None:
        return
    operator = operator_behind(session, said.sender.id)
    author = Author(None if operator is None else as_actor(operator), Door.TELEGRAM)
    sign(session, lambda: author)


def _dispatch(session: Session, update: Update, ours: Ourselves) -> Effects:
    now = utcnow()
    if update.callback_query is not None:
        return handle_press(session, update.update_id, update.callback_query, now=now)
    if update.message is not None:
        return handle_message(session, update.update_id, update.message, ours, now=now)
    if update.my_chat_member is not None:
        return handle_membership(session, update.my_chat_member, now=now)
    return Effects()


def _effects_of(bad: BadUpdate) -> Effects:
    """Whoever pressed is told that it went wrong."""
    query = query_id_of(bad.payload)
    return Effects(answer=None if query is None else CallbackAnswer(query, texts.BROKEN, alert=True))
