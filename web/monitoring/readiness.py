"""How the whole deployment is: everything that readiness promises is tried, and every silence has a name.

One look serves `/readyz`, the metrics and, by way of `/readyz`, the dashboard's banner.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from redis import Redis, RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from complaints.alert_words import AttemptOutcome
from complaints.clock import to_wire, utcnow
from complaints.db import Database
from complaints.mail.mail_stats import count_mails
from complaints.redis_client import connect
from complaints.settings import Settings
from complaints.telegram.bot_contact import unheard_since
from complaints.telegram.circuit import NO_ANSWER, TOKEN_REFUSED, current_outage
from complaints.upkeep.chat_holds import LongHold, limiter_holds, long_holds
from complaints.upkeep.oldest_waiting import KINDS, Wait, is_silence, oldest_waiting
from complaints.upkeep.process_registry import KnownProcess, stopped_processes
from complaints.upkeep.worker_heartbeat import missing_workers
from complaints.upkeep.write_probe import try_write
from complaints.words import MailState

Check = dict[str, str]
OK: Check = {"status": "ok"}
WELL = ("ok", "off")
ANSWER_TIMEOUT_SECONDS = 0.5
PROBE = "redress:readiness"
PROBE_SECONDS = 10
MOST_NAMED = 5
BOT_SILENT_SECONDS = 5
OUTAGES = {
    NO_ANSWER: "Telegram has not answered",
    TOKEN_REFUSED: "Telegram has refused TELEGRAM_BOT_TOKEN",
}
BOT_OUTAGES = {
    AttemptOutcome.TOKEN_REFUSED: "Telegram has refused TELEGRAM_BOT_TOKEN",
    AttemptOutcome.POLLED_ELSEWHERE: "another program takes the bot's buttons and commands",
    AttemptOutcome.FAILED: "Telegram refuses what the bot asks",
}
OF_WORKERS = tuple(wait for wait in Wait if wait != Wait.MAIL)
"""What waits for workers, and for nobody behind them that has a check of its own."""
AWAY = ("ConnectionError", "TimeoutError")
BOT_UNHEARD = "Telegram has not answered the bot, so that buttons and commands wait"


@dataclass
class Verdict:
    """What was found. `oldest` says since when the oldest of each kind waits, short or long.

    What could not be asked is not known: then its list is empty for that reason.
    """

    checks: dict[str, Check] = field(default_factory=dict)
    oldest: dict[Wait, datetime] = field(default_factory=dict)
    held: list[LongHold] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    stopped: list[KnownProcess] = field(default_factory=list)
    mails: dict[str, int] = field(default_factory=dict)
    oldest_known: bool = False
    workers_known: bool = False
    at: datetime = field(default_factory=utcnow)

    @property
    def status(self) -> str:
        """`down` only where intake would fail; `degraded` where anything else is wrong."""
        if self.checks["database"] != OK:
            return "down"
        return "ok" if all(check["status"] in WELL for check in self.checks.values()) else "degraded"

    def on_wire(self) -> dict[str, Any]:
        """Return it as `/readyz` answers it; `silences` only where there are any."""
        said = {"status": self.status, "checks": self.checks}
        silences = [*self._waits(), *self._holds(), *self._processes()]
        return {**said, "silences": silences} if silences else said

    def silent(self, *waits: Wait) -> list[Wait]:
        """Return those among these whose oldest has waited too long."""
        return [
            wait for wait in waits if wait in self.oldest and is_silence(wait, self.oldest[wait], self.at)
        ]

    def _waits(self) -> list[dict[str, Any]]:
        return [{"kind": wait, "since": to_wire(self.oldest[wait])} for wait in self.silent(*Wait)]

    def _holds(self) -> list[dict[str, Any]]:
        return [
            {"kind": "chat_held", "chat_id": hold.chat_id and str(hold.chat_id), "until": to_wire(hold.until)}
            for hold in self.held
        ]

    def _processes(self) -> list[dict[str, Any]]:
        gone = [{"kind": "worker_missing", "process": kind} for kind in self.missing]
        return gone + [
            {"kind": "process_stopped", "process": f"{one.kind} {one.name}", "since": to_wire(one.seen_at)}
            for one in self.stopped
        ]


class Readiness:
    """Looks when it is asked. Safe to share among threads."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def look(self) -> Verdict:
        """Try everything, each server once, so that one that hangs is waited for once."""
        found = Verdict()
        found.checks["database"] = _check(lambda: self._try_database(found))
        self._look_at_redis(found)
        found.checks["mail"] = self._mail(found)
        return found

    def _try_database(self, found: Verdict) -> Check:
        found.at = self._database.now()
        try_write(self._database, now=found.at)
        with self._database.read() as session:
            found.oldest = oldest_waiting(session, now=found.at)
            found.mails = count_mails(session, now=found.at)
        found.oldest_known = True
        if self._settings.telegram_bot_token is None:
            for wait in (Wait.SEND, Wait.CONSUME):
                found.oldest.pop(wait, None)  # without a bot alerts wait, and telegram says that they are off
        if not self._settings.mails:
            found.oldest.pop(Wait.MAIL, None)
        return OK

    def _look_at_redis(self, found: Verdict) -> None:
        broker = self._settings.broker_url
        with connect(self._settings.redis_url, answer_timeout=ANSWER_TIMEOUT_SECONDS) as client:
            redis = _check(lambda: _try_redis(client))
            if redis["status"] == "ok" or redis["detail"] not in AWAY:
                heard = {
                    "workers": _check(lambda: self._workers(client, found)),
                    "telegram": _check(lambda: self._telegram(client, found)),
                }
            else:
                away = {**redis, "detail": "Redis is away"}
                heard = {"workers": away, "telegram": self._without_bot() or away}
        found.checks["redis"] = redis
        if broker == self._settings.redis_url:
            found.checks["broker"] = redis
        else:
            with connect(broker, answer_timeout=ANSWER_TIMEOUT_SECONDS) as client:
                found.checks["broker"] = _check(lambda: _try_redis(client))
        found.checks |= heard

    def _workers(self, client: Redis, found: Verdict) -> Check:
        found.missing, found.stopped = missing_workers(client), stopped_processes(client)
        found.workers_known = True
        said = [f"not heard of lately: {', '.join(found.missing)}"] if found.missing else []
        said += [f"{one.kind} {one.name} has stopped at {to_wire(one.seen_at)}" for one in found.stopped]
        said += [
            f"the oldest {KINDS[wait].words} waits since {to_wire(found.oldest[wait])}"
            for wait in found.silent(*OF_WORKERS)
        ]
        return _told("down" if found.missing else "degraded", said)

    def _telegram(self, client: Redis, found: Verdict) -> Check:
        off = self._without_bot()
        if off:
            return off
        outage, unheard = current_outage(client), unheard_since(client)
        said = []
        if outage is not None:
            said.append(f"{OUTAGES[outage.reason]} since {to_wire(outage.since)}")
        elif unheard is not None and (utcnow() - unheard.since).total_seconds() > BOT_SILENT_SECONDS:
            said.append(f"{_bot_outage(unheard.reason)} since {to_wire(unheard.since)}")
        limited = limiter_holds(client)
        if found.checks["database"] == OK:
            with self._database.read() as session:
                found.held = long_holds(session, limited, now=found.at)
        waits = [f"{_who(hold)} until {to_wire(hold.until)}" for hold in found.held]
        if waits:
            said.append(f"Telegram makes wait: {', '.join(_some(waits))}")
        return _told("down" if len(said) > bool(waits) else "degraded", said)

    def _mail(self, found: Verdict) -> Check:
        if not self._settings.mails:
            return {"status": "off", "detail": "SMTP_URL is not set: no mail goes out"}
        failed = found.mails.get(MailState.FAILED, 0)
        said = [f"{failed} of the last day could not be delivered"] if failed else []
        said += [f"the oldest waits since {to_wire(found.oldest[wait])}" for wait in found.silent(Wait.MAIL)]
        return _told("degraded", said)

    def _without_bot(self) -> Check | None:
        if self._settings.telegram_bot_token is None:
            return {"status": "off", "detail": "TELEGRAM_BOT_TOKEN is not set: alerts are off"}
        return None


def _told(status: str, said: list[str]) -> Check:
    return {"status": status, "detail": "; ".join(_some(said))} if said else OK


def _some(said: list[str]) -> list[str]:
    return said if len(said) <= MOST_NAMED else [*said[:MOST_NAMED], f"and {len(said) - MOST_NAMED} more"]


def _who(hold: LongHold) -> str:
    return f"chat {hold.chat_id}" if hold.chat_id else "a chat that is not linked"


def _bot_outage(reason: str) -> str:
    return next((words for word, words in BOT_OUTAGES.items() if word == reason), BOT_UNHEARD)


def _check(probe: Callable[[], Check]) -> Check:
    try:
        return probe()
    except DBAPIError as error:
        return {"status": "down", "detail": _word(error.orig)}
    except (SQLAlchemyError, RedisError) as error:
        return {"status": "down", "detail": type(error).__name__}


def _word(error: BaseException | None) -> str:
    """Name the error; what SQLite says, or whoever waited for it, has no names of anybody in it."""
    return str(error) if isinstance(error, sqlite3.Error | TimeoutError) else type(error).__name__


def _try_redis(client: Redis) -> Check:
    """Write, which a Redis that is full or a replica refuses."""
    client.set(PROBE, b"1", ex=PROBE_SECONDS)
    return OK
