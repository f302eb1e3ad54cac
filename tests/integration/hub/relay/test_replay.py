"""From a cursor to live: neither hole nor double, and a resync where replay can't serve."""

import threading
from itertools import pairwise

import pytest
from redis import Redis
from sqlalchemy import delete

from complaints.events.event_stream import stream_key
from complaints.events.sequencer import start_epoch
from complaints.models import Event
from tests.integration.hub.conftest import Connect, StartHub
from tests.integration.hub.harness import wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.hub import Hub
from web.hub.stream import reader

FAR_BACK = 300
ON_EACH_ENGINE = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@ON_EACH_ENGINE
def test_subscriptions_in_the_midst_of_a_burst_have_neither_hole_nor_double(
    peer: Connect, hub: Hub, writing: Writing
) -> None:
    # Given
    burst = threading.Thread(target=lambda: [writing.submit(f"no {number}") for number in range(40)])
    ada = peer()
    burst.start()
    seqs = []
    # When
    for _ in range(3):
        ada.say(type="subscribe", after=0)
        seqs.append(ada.hear("event")["seq"])
    burst.join()
    wait_until(lambda: hub.health()["head"] == 40)
    ada.say(type="fence")
    while (message := ada.hear())["type"] != "error":
        seqs += [message["seq"]] if message["type"] == "event" else []
    # Then: a step is the next seq, or a new beginning
    assert all(after in (before + 1, 1) for before, after in pairwise(seqs))
    ada.say(type="subscribe", after=0)
    assert ada.hear_seqs(40) == list(range(1, 41))
    assert ada.hear() == {"type": "live", "head": 40}


def test_many_who_join_while_events_flow_all_hear_everything_once(peer: Connect, writing: Writing) -> None:
    # Given
    burst = threading.Thread(target=lambda: [writing.submit(f"no {number}") for number in range(50)])
    burst.start()
    # When
    peers = [peer() for _ in range(25)]
    for one in peers:
        one.say(type="subscribe", after=0)
    # Then
    assert [one.hear_seqs(50) for one in peers] == [list(range(1, 51))] * 25
    burst.join()


@pytest.fixture
def long_history(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> Writing:
    """More events than the memory's tail has at the start."""
    monkeypatch.setattr(reader, "TAIL_EVENTS", 20)
    writing.submit_many(FAR_BACK)
    writing.number()
    return writing


@ON_EACH_ENGINE
def test_a_long_absence_is_replayed_from_the_table(long_history: Writing, peer: Connect, hub: Hub) -> None:
    # When: the stream has nothing of it
    ada = peer()
    ada.say(type="subscribe", after=0)
    # Then
    assert ada.hear_seqs(FAR_BACK) == list(range(1, FAR_BACK + 1))
    assert ada.hear() == {"type": "live", "head": FAR_BACK}


def test_a_long_absence_is_replayed_from_the_stream(
    long_history: Writing, peer: Connect, redis: Redis
) -> None:
    long_history.sequence()
    ada = peer()
    ada.say(type="subscribe", after=7)
    assert ada.hear_seqs(FAR_BACK - 7) == list(range(8, FAR_BACK + 1))


def test_a_hole_that_retention_left_means_a_resync(long_history: Writing, peer: Connect) -> None:
    # Given
    with long_history.database.write() as session:
        session.execute(delete(Event).where(Event.seq == 200))
    # When
    ada = peer()
    ada.say(type="subscribe", after=0)
    # Then
    heard = [ada.hear() for _ in range(200)]
    assert [message.get("seq") for message in heard[:199]] == list(range(1, 200))
    assert (heard[199]["type"], heard[199]["reason"]) == ("resync", "retention")


def test_a_cursor_further_back_than_the_limit_is_told_to_resync(
    start_hub: StartHub, tokens: Tokens, writing: Writing
) -> None:
    # Given
    writing.submit_many(5)
    writing.number()
    ada = Peer(start_hub(replay_limit=4), tokens.give())
    # When
    ada.say(type="subscribe", after=0)
    # Then
    assert ada.hear("resync")["reason"] == "behind"
    ada.say(type="subscribe", after=1)
    assert ada.hear_seqs(4) == [2, 3, 4, 5]
    ada.close()


def test_a_cursor_beyond_the_head_is_told_to_resync_and_goes_on_live(peer: Connect, writing: Writing) -> None:
    ada = peer()
    ada.say(type="subscribe", after=1000)
    resync = ada.hear()
    writing.submit()
    assert (resync["type"], resync["reason"], resync["head"]) == ("resync", "ahead", 0)
    assert ada.hear("event")["seq"] == 1


def test_a_cursor_that_the_table_knows_but_the_hub_not_yet_is_served(peer: Connect, writing: Writing) -> None:
    # Given
    ada = peer()
    writing.submit_many(1)
    writing.number()
    # When
    ada.say(type="subscribe", after=1)
    writing.submit()
    # Then: not told to resync, and nothing of what it has already
    heard = [ada.hear(), ada.hear()]
    assert {message["type"] for message in heard} == {"event", "live"}
    assert [message["seq"] for message in heard if message["type"] == "event"] == [2]


def test_a_new_epoch_makes_everybody_resync(peer: Connect, writing: Writing) -> None:
    # Given
    ada = peer().live()
    writing.submit()
    ada.hear("event")
    # When
    epoch = start_epoch(writing.database)
    # Then
    assert ada.hear() == {"type": "resync", "head": 1, "epoch": epoch, "reason": "epoch", "sites": None}
    writing.submit()
    assert ada.hear("event")["seq"] == 2


def test_a_client_that_knows_the_new_epoch_before_the_hub_is_served(peer: Connect, writing: Writing) -> None:
    # Given
    ada = peer()
    epoch = start_epoch(writing.database)
    # When
    ada.say(type="subscribe", after=0, epoch=epoch)
    # Then
    assert ada.hear()["type"] == "live"


def test_a_stream_that_was_flushed_or_spoiled_costs_nothing(
    peer: Connect, writing: Writing, redis: Redis
) -> None:
    # Given
    ada = peer()
    epoch = ada.hello["epoch"]
    ada.live()
    writing.submit()
    assert ada.hear("event")["seq"] == 1
    # When: flushed, and then an entry that is none of ours
    redis.flushall()
    writing.submit()
    assert ada.hear("event")["seq"] == 2
    redis.xadd(stream_key(epoch), {"x": "y"}, id="3-0")
    writing.submit()
    # Then
    assert ada.hear("event")["seq"] == 3
    wait_until(lambda: ada.hub.health()["status"] == "ok")


def test_who_can_not_keep_up_with_a_burst_is_fed_as_it_reads(peer: Connect, writing: Writing) -> None:
    # Given: far more than kernel and backlog hold, while the peer reads nothing
    throttled = peer().live()
    for _ in range(5):
        writing.submit_many(100, "x" * 4000)
        writing.sequence()
    wait_until(lambda: throttled.hub.health()["head"] == 500)
    # When
    seqs = throttled.hear_seqs(500)
    # Then
    assert seqs == list(range(1, 501))
    writing.submit()
    assert throttled.hear("event")["seq"] == 501
