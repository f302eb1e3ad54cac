"""What clients may send, as RFC 6455 has it, and what must not be."""

import struct
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol

from web.hub.codes import Close
from web.hub.decoder import MESSAGE_MAXIMUM, Decoder, Goodbye, InputRefused, Ping, Received, Text

MASK = b"\x01\x02\x03\x04"


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    first = (0x80 if fin else 0) | rsv | opcode
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, bit | len(payload))
    else:
        head = struct.pack("!BBH", first, bit | 126, len(payload))
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def decode(data: bytes) -> list[Received]:
    return list(Decoder().feed(data))


GOOD = {
    "text": (frame(1, b"hello"), [Text("hello")]),
    "empty text": (frame(1), [Text("")]),
    "two messages": (frame(1, b"a") + frame(1, b"b"), [Text("a"), Text("b")]),
    "fragments": (frame(1, b"he", fin=False) + frame(0, b"llo"), [Text("hello")]),
    "a character in two fragments": (frame(1, b"\xc3", fin=False) + frame(0, b"\xa9"), [Text("é")]),
    "a ping among fragments": (
        frame(1, b"a", fin=False) + frame(9, b"!") + frame(0, b"b"),
        [Ping(b"!"), Text("ab")],
    ),
    "ping": (frame(9, b"123"), [Ping(b"123")]),
    "pong is nothing": (frame(10, b"123"), []),
    "close": (frame(8, struct.pack("!H", 1000) + b"bye"), [Goodbye(1000)]),
    "close without code": (frame(8), [Goodbye(None)]),
    "close of an application": (frame(8, struct.pack("!H", 4999)), [Goodbye(4999)]),
    "the largest message": (frame(1, b"x" * MESSAGE_MAXIMUM), [Text("x" * MESSAGE_MAXIMUM)]),
}
BAD = {
    "unmasked": (frame(1, b"a", masked=False), Close.PROTOCOL_ERROR),
    "reserved bit": (frame(1, b"a", rsv=0x40), Close.PROTOCOL_ERROR),
    "reserved opcode": (frame(3, b"a"), Close.PROTOCOL_ERROR),
    "reserved control opcode": (frame(11), Close.PROTOCOL_ERROR),
    "fragmented ping": (frame(9, b"a", fin=False), Close.PROTOCOL_ERROR),
    "long ping": (frame(9, b"a" * 126), Close.PROTOCOL_ERROR),
    "continuation of nothing": (frame(0, b"a"), Close.PROTOCOL_ERROR),
    "text within a message": (frame(1, b"a", fin=False) + frame(1, b"b"), Close.PROTOCOL_ERROR),
    "length longer than needed": (b"\x81\xfe\x00\x01" + MASK + b"a", Close.PROTOCOL_ERROR),
    "close with one byte": (frame(8, b"a"), Close.PROTOCOL_ERROR),
    "close with a code nobody may send": (frame(8, struct.pack("!H", 1005)), Close.PROTOCOL_ERROR),
    "close with code 0": (frame(8, b"\0\0"), Close.PROTOCOL_ERROR),
    "close with a reason that is not UTF-8": (frame(8, b"\x03\xe8\xff"), Close.INVALID_PAYLOAD),
    "text that is not UTF-8": (frame(1, b"\xff"), Close.INVALID_PAYLOAD),
    "half a character at the end": (frame(1, b"\xc3"), Close.INVALID_PAYLOAD),
    "binary": (frame(2, b"a"), Close.UNSUPPORTED_DATA),
    "too large": (frame(1, b"x" * (MESSAGE_MAXIMUM + 1)), Close.TOO_LARGE),
    "too large in fragments": (
        frame(1, b"x" * MESSAGE_MAXIMUM, fin=False) + frame(0, b"x"),
        Close.TOO_LARGE,
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_well_formed_is_read(name: str) -> None:
    data, expected = GOOD[name]
    assert decode(data) == expected


@pytest.mark.parametrize("name", GOOD)
def test_it_does_not_matter_where_the_network_cuts(name: str) -> None:
    data, expected = GOOD[name]
    decoder = Decoder()
    assert [one for byte in data for one in decoder.feed(bytes([byte]))] == expected
    assert decoder.idle


@pytest.mark.parametrize("name", BAD)
def test_what_breaks_protocol_or_bounds_is_refused_with_its_code(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(InputRefused) as refusal:
        decode(data)
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
    assert list(decoder.feed(frame(0, b"b"))) == [Text("ab")]


@given(st.binary(max_size=300))
def test_no_input_raises_anything_else(data: bytes) -> None:
    with suppress(InputRefused):
        decode(data)


@given(st.lists(st.text(max_size=300), max_size=5))
def test_every_text_arrives_as_it_was_sent(texts: list[str]) -> None:
    client = FrameProtocol(client=True, extensions=[])
    data = b"".join(bytes(client.send_data(text)) for text in texts)
    assert decode(data) == [Text(text) for text in texts]
