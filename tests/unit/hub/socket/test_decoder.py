"""What clients may send, as RFC 6455 has it, and what must not be."""

import tracemalloc
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol

from tests.unit.hub.client_frames import BAD, GOOD, frame
from web.hub.core.hub_errors import InputRefused
from web.hub.socket.decoder import Decoder, Received, TextMessage


def whole(received: Iterable[Received | None]) -> list[Received]:
    """Leave out frames that made nothing whole."""
    return [one for one in received if one is not None]


def decode(data: bytes) -> list[Received]:
    return whole(Decoder().feed(data))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_well_formed_is_read(name: str) -> None:
    data, expected = GOOD[name]
    assert decode(data) == expected


@pytest.mark.parametrize("name", GOOD)
def test_it_does_not_matter_where_the_network_cuts(name: str) -> None:
    data, expected = GOOD[name]
    decoder = Decoder()
    assert [one for byte in data for one in whole(decoder.feed(bytes([byte])))] == expected
    assert decoder.idle


@pytest.mark.parametrize("name", BAD)
def test_what_breaks_protocol_or_bounds_is_refused_with_its_code(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(InputRefused) as refusal:
        decode(data)
    assert refusal.value.code is code


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_as_well_where_the_network_cuts_it(name: str) -> None:
    data, code = BAD[name]
    decoder = Decoder()
    with pytest.raises(InputRefused) as refusal:
        [one for byte in data for one in whole(decoder.feed(bytes([byte])))]
    assert refusal.value.code is code


@pytest.mark.parametrize("part", [frame(1, b"ab")[:1], frame(1, b"ab")[:-1], frame(1, b"a", fin=False)])
def test_a_decoder_is_kept_only_while_something_is_unfinished(part: bytes) -> None:
    decoder = Decoder()
    assert decoder.idle
    list(decoder.feed(part))
    assert not decoder.idle


def test_empty_fragments_without_end_take_no_memory() -> None:
    # Given
    decoder = Decoder()
    list(decoder.feed(frame(1, b"a", fin=False)))
    empty = frame(0, fin=False) * 1000
    # When
    tracemalloc.start()
    for _ in range(20):
        list(decoder.feed(empty))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Then
    assert grown < 50_000
    assert whole(decoder.feed(frame(0, b"b"))) == [TextMessage("ab")]


@given(st.binary(max_size=300))
def test_no_input_raises_anything_else(data: bytes) -> None:
    with suppress(InputRefused):
        decode(data)


@given(st.lists(st.text(max_size=300), max_size=5))
def test_every_text_arrives_as_it_was_sent(texts: list[str]) -> None:
    client = FrameProtocol(client=True, extensions=[])
    data = b"".join(bytes(client.send_data(text)) for text in texts)
    assert decode(data) == [TextMessage(text) for text in texts]
