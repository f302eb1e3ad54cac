"""Events on their way: who sees what, what the tail keeps, how writes are joined."""

import json

import pytest

from tests.unit.hub.conftest import MakeEncodedEvent
from web.hub.socket.encoded_event import CHUNK_BYTES, EncodedEvent, chunks
from web.hub.socket.frames import payload_of
from web.hub.stream.tail import BYTES_MAXIMUM, COUNT_MAXIMUM, Tail

NORTH = frozenset({"North"})


def said(frame: bytes | None) -> dict[str, object] | None:
    return None if frame is None else json.loads(payload_of(frame))


def test_an_event_is_its_envelope_as_a_message(make_encoded_event: MakeEncodedEvent) -> None:
    message = said(make_encoded_event(7, "North", "North").frame_for(None))
    assert message is not None
    assert list(message)[:4] == ["type", "seq", "name", "occurred_at"]
    assert (message["type"], message["seq"], message["name"]) == ("event", 7, "status_update")


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("North", "North", "status_update"),
        ("South", "North", "status_update"),
        (None, "North", "status_update"),
        ("North", "South", "removed"),
        ("North", None, "removed"),
        ("South", "South", None),
        (None, None, None),
    ],
)
def test_sites_before_and_after_decide(
    make_encoded_event: MakeEncodedEvent, before: str | None, after: str | None, name: str | None
) -> None:
    message = said(make_encoded_event(7, before, after).frame_for(NORTH))
    assert (message and message["name"]) == name


def test_removed_says_which_complaint_and_nothing_of_where_it_went(
    make_encoded_event: MakeEncodedEvent,
) -> None:
    message = said(make_encoded_event(7, "North", "South", description="x").frame_for(NORTH))
    assert message is not None
    assert message["data"] == {"id": "c1", "reference": "RD-1", "version": 3}
    assert (message["changes"], message["seq"], message["type"]) == ({}, 7, "event")
    assert "South" not in json.dumps(message)


def test_a_narrowed_view_has_one_complaint(make_encoded_event: MakeEncodedEvent) -> None:
    encoded = make_encoded_event(7)
    assert encoded.frame_for(None, "c1") == encoded.frame
    assert encoded.frame_for(None, "c2") is None


def test_runs_fit_one_write_and_lose_nothing(make_encoded_event: MakeEncodedEvent) -> None:
    encoded_events = [make_encoded_event(seq, description="x" * 10_000) for seq in range(1, 21)]
    runs = list(chunks(encoded_events))
    assert [one.seq for run in runs for one in run] == list(range(1, 21))
    assert all(sum(len(one.frame) for one in run[:-1]) < CHUNK_BYTES for run in runs)
    assert len(runs) < 5


def test_the_tail_serves_who_is_inside_it_and_never_opens_a_hole(
    make_encoded_event: MakeEncodedEvent,
) -> None:
    # Given
    tail = Tail()
    tail.restart(10, [make_encoded_event(seq) for seq in (5, 8, 9, 10)])
    # Then: 5 is beyond a hole
    assert [tail.covers(after) for after in (6, 7, 9, 10, 11)] == [False, True, True, True, False]
    tail.append(make_encoded_event(11))
    assert [one.seq for one in tail.above(8)] == [9, 10, 11]
    assert (tail.get(8), tail.get(5)) != (None, None)
    with pytest.raises(ValueError, match="13 does not follow 11"):
        tail.append(make_encoded_event(13))


def test_the_tail_is_bounded_in_count_and_bytes(make_encoded_event: MakeEncodedEvent) -> None:
    tail = Tail()
    for seq in range(1, COUNT_MAXIMUM + 100):
        tail.append(make_encoded_event(seq))
    assert tail.head - tail.first + 1 == COUNT_MAXIMUM
    big: list[EncodedEvent] = [make_encoded_event(seq, description="x" * 1_000_000) for seq in range(1, 21)]
    tail.restart(20, big)
    assert sum(len(one.frame) for one in tail.above(tail.first - 1)) <= BYTES_MAXIMUM
    assert tail.head == 20
