"""What a hub hears of other processes, through a real Redis."""

import threading

from redis import Redis

from tests.integration.hub.harness import wait_until
from web.hub.stream.signal_listener import SignalListener


def refuse(_text: str) -> None:
    raise ValueError("nonsense")


def test_each_channel_has_its_hearer_and_nonsense_costs_nothing(redis: Redis) -> None:
    # Given
    handlers: list[str] = []
    subscribed: list[bool] = []
    signals = SignalListener(
        redis,
        handlers={"test:one": handlers.append, "test:two": refuse, "test:three": handlers.append},
        subscribed=lambda: subscribed.append(True),
    )
    thread = threading.Thread(target=signals.run)
    thread.start()
    wait_until(lambda: subscribed)
    # When
    for channel in ("test:two", "test:one", "test:three"):
        redis.publish(channel, f"said on {channel}")
    # Then
    assert wait_until(lambda: len(handlers) == 2 and handlers) == ["said on test:one", "said on test:three"]
    assert subscribed == [True]
    signals.stop()
    thread.join(5)
    assert not thread.is_alive()
