"""The shared limiter: one Lua script decides, on Redis' clock, who may speak to Telegram when.

| key                                  | value                                    | lives          |
| ------------------------------------ | ---------------------------------------- | -------------- |
| `redress:limiter:born`               | when this Redis first served the limiter | for ever       |
| `redress:limiter:all`                | when everybody's next slot begins        | until then     |
| `redress:limiter:recent`             | ZSET: requests that count, until when    | a minute       |
| `redress:limiter:hold:all`           | nobody sends before                      | until then     |
| `redress:limiter:chat:{chat}`        | the chat is busy until                   | until then     |
| `redress:limiter:hold:chat:{chat}`   | the chat (`None`: who has none) is held until | until then |
| `redress:limiter:group:{chat}`       | the group's theoretical arrival time     | until then     |
| `redress:limiter:last_refused`       | hash: `who` got the last 429, its `hold` | five seconds   |

Values are microseconds since 1970. The algorithm is GCRA (ITU-T I.371), every window checked before one is
charged. A chat is busy from the grant until its answer is stamped, and one interval more: counted from the
answer, jitter on the way can't bring two messages closer together. For the same reason no more requests than
Telegram permits are in flight or answered within everybody's window: at 28/s alone, a round trip that varies
by 0.35 s put 4 % of the requests above 30 in some second. Where `born` is missing, Redis was
flushed and the windows are forgotten: everybody is held for a second and a slot, a group for its interval, and
groups have no burst for a minute. Keys outlive their moment by a minute, which changes nothing.

No moment is believed that lies further ahead than it can: Redis' clock was set back since.
"""

from dataclasses import dataclass
from pathlib import Path

from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from complaints.setting_values import Rate

PREFIX = "redress:limiter:"
HERE = Path(__file__).parent
ASK = (HERE / "limiter.lua").read_text()
STAMP = (HERE / "limiter_stamp.lua").read_text()

MICROSECONDS = 1_000_000
ALL_SHARE = 28 / 30  # of what Telegram permits to everybody: room for jitter on the way
GROUP_BURST = 3
GROUP_MARGIN = 1.002
ANSWERS_AHEAD_SECONDS = 0.5  # how far ahead a callback answer may reserve: it never waits behind messages
LONGEST_HOLD_SECONDS = 900.0  # a chat is tried again after this, whatever Telegram said
LONGEST_HOLD_ALL_SECONDS = 30.0
BUSY_SECONDS = 30.0  # a chat whose answer never came is free again after this


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a request is for: a chat, a group, or (`chat` None) nobody in particular."""

    chat: int | None = None
    group: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What the limiter said: send in `wait` seconds, or (not granted) ask again in `wait` seconds.

    `shared` is true where everybody has to wait, not only this target. `ticket` names the granted request.
    """

    granted: bool
    wait: float
    shared: bool
    ticket: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The windows as the script wants them, in seconds, a little slower than Telegram permits."""

    all_interval: float
    all_count: int
    all_window: float
    chat_interval: float
    group_interval: float
    group_burst: int
    born_hold: float
    born_care: float

    @classmethod
    def within(cls, everybody: Rate, chat: Rate, group: Rate) -> "Pace":
        """Return the pace that keeps below these rates.

        A GCRA of burst b and interval i lets `floor(w / i) + b` through in a window of w seconds; the group's
        interval is chosen so that this is its count (20 a minute, burst 3: one per 3.34 s).
        """
        burst = min(GROUP_BURST, group.count)
        all_interval = everybody.seconds / (everybody.count * ALL_SHARE)
        chat_interval = chat.seconds / chat.count
        return cls(
            all_interval=all_interval,
            all_count=everybody.count,
            all_window=everybody.seconds,
            chat_interval=chat_interval,
            group_interval=group.seconds / (group.count - burst + 1) * GROUP_MARGIN,
            group_burst=burst,
            born_hold=max(1.0, chat_interval, 2 * all_interval)
            + all_interval,  # a slot reserved before may still come
            born_care=max(60.0, group.seconds),
        )


def be_born(redis: BlockingRedis) -> None:
    """Let a Redis that is new, or was flushed, begin its second of silence now and not at the first request."""
    if not redis.exists(_key("born")):
        seconds, microseconds = redis.time()
        redis.set(_key("born"), seconds * MICROSECONDS + microseconds, nx=True)


def budget_in_use(redis: BlockingRedis, permitted: int) -> float:
    """Return the share of everybody's window that is taken now; 1 is all of the `permitted` requests."""
    seconds, microseconds = redis.time()
    now = seconds * MICROSECONDS + microseconds
    return int(redis.zcount(_key("recent"), f"({now}", "+inf")) / permitted


class Limiter:
    """Asks the script. Raises redis' errors where Redis is away: then nothing may be sent.

    `now` (seconds) replaces Redis' clock, for simulations; never mix both on one database.
    """

    def __init__(self, redis: Redis, pace: Pace) -> None:
        self.pace = pace
        self._ask = redis.register_script(ASK)
        self._stamp = redis.register_script(STAMP)

    async def ask(
        self, target: Target, *, first: bool = False, messages: int = 1, now: float | None = None
    ) -> Grant:
        """Charge one request to `target`, or charge nothing and say how long to wait.

        It brings so many `messages`: an album counts as what is in it, but for the chat's own second. `first` is for
        callback answers: they may reserve further ahead, so that they go before messages.
        """
        pace = self.pace
        ahead = max(ANSWERS_AHEAD_SECONDS, pace.all_interval) if first else pace.all_interval
        granted, wait, shared, ticket = await self._ask(
            keys=[_key("born"), _key("all"), _key("recent"), _key("hold:all"), *_chat_keys(target)],
            args=[
                _micro(pace.all_interval),
                pace.all_count,
                _micro(ahead),
                _micro(BUSY_SECONDS),
                _micro(pace.chat_interval),
                _micro(pace.group_interval),
                pace.group_burst,
                _micro(pace.born_hold),
                _micro(pace.born_care),
                int(first),
                int(target.chat is not None),
                int(target.group),
                _clock(now),
                _micro(2 * (max(ANSWERS_AHEAD_SECONDS, pace.all_interval) + pace.all_interval)),
                _micro(LONGEST_HOLD_ALL_SECONDS),
                _micro(LONGEST_HOLD_SECONDS),
                _micro(pace.all_window),
                messages,
            ],
        )
        return Grant(bool(granted), wait / MICROSECONDS, bool(shared), ticket)

    async def stamp(
        self,
        target: Target,
        ticket: int,
        *,
        hold: float = 0.0,
        everybody: bool = False,
        now: float | None = None,
    ) -> bool:
        """Record that the request to `target` granted as `ticket` was answered, or will never be.

        `hold` seconds (a 429) keep the target silent, for `LONGEST_HOLD_SECONDS` at most; and everybody, for
        `LONGEST_HOLD_ALL_SECONDS` at most, where asked for or where another target was refused just before. Returns
        whether everybody is held now.
        """
        pace = self.pace
        chat_key, hold_key, group_key = _chat_keys(target)
        held = await self._stamp(
            keys=[
                *(_key(name) for name in ("born", "recent", "hold:all")),
                chat_key,
                hold_key,
                group_key,
                _key("last_refused"),
            ],
            args=[
                ticket,
                _micro(pace.all_window),
                _micro(pace.chat_interval),
                _micro(pace.group_interval),
                _micro(hold),
                "" if target.chat is None else target.chat,
                int(target.group),
                int(everybody),
                _clock(now),
                _micro(LONGEST_HOLD_ALL_SECONDS),
                _micro(LONGEST_HOLD_SECONDS),
                pace.group_burst,
            ],
        )
        return bool(held)


def _key(name: str) -> str:
    return PREFIX + name


def _chat_keys(target: Target) -> list[str]:
    return [_key(f"{kind}:{target.chat}") for kind in ("chat", "hold:chat", "group")]


def _micro(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


def _clock(now: float | None) -> int | str:
    return "" if now is None else _micro(now)
