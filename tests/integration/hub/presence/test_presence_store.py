"""What web processes tell each other of their people, in a real Redis."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from web.hub.presence.presence_state import NOBODY, PresenceState
from web.hub.presence.presence_store import (
    KEEP_SECONDS,
    PRESENCE_CHANNEL,
    PRESENCES,
    PresenceStore,
    presence_key,
)

ADA = PresenceState({"1": "Ada"}, {"c": {"1": "Ada"}})
BOB = PresenceState({"2": "Bob"}, {"c": {"2": "Bob"}, "d": {"2": "Bob"}})


@pytest.fixture
def board(redis: Redis) -> PresenceStore:
    return PresenceStore(redis)


@pytest.fixture
def news(redis: Redis) -> Iterator[Any]:
    """Everything that has been said on the channel."""
    channel = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    channel.subscribe(PRESENCE_CHANNEL)
    channel.get_message(timeout=5)

    def said() -> list[str]:
        redis.publish(PRESENCE_CHANNEL, "fence")
        heard = []
        while (text := channel.get_message(timeout=5)["data"].decode()) != "fence":
            heard.append(text)
        return heard

    yield said
    channel.close()


def test_people_of_several_processes_are_known_together(board: PresenceStore, redis: Redis) -> None:
    board.publish("one", ADA)
    PresenceStore(redis).publish("two", BOB)
    assert board.others("three") == PresenceState(
        {"1": "Ada", "2": "Bob"}, {"c": {"1": "Ada", "2": "Bob"}, "d": {"2": "Bob"}}
    )
    assert board.others("one") == BOB
    assert 0 < redis.ttl(presence_key("one")) <= KEEP_SECONDS  # type: ignore[operator]


def test_only_what_is_new_is_news(board: PresenceStore, news: Any) -> None:
    board.publish("one", ADA)
    board.publish("one", ADA)
    assert news() == ["one"]
    board.publish("one", BOB)
    board.withdraw("one")
    assert news() == ["one", "one"]


def test_who_ended_or_died_is_listed_no_more(board: PresenceStore, redis: Redis) -> None:
    # Given
    board.publish("ended", ADA)
    board.publish("died", BOB)
    # When
    board.withdraw("ended")
    redis.delete(presence_key("died"))
    # Then
    assert redis.smembers(PRESENCES) == {b"died"}
    assert board.others("mine") == NOBODY
    assert redis.smembers(PRESENCES) == set()


def test_what_another_version_left_is_passed_over(board: PresenceStore, redis: Redis) -> None:
    board.publish("one", ADA)
    redis.sadd(PRESENCES, "other")
    redis.set(presence_key("other"), b'["another shape"]')
    assert board.others("mine") == ADA
