"""What clients send, by the sections of the Autobahn test-suite: well-formed, and what a server must refuse."""

import struct

from web.hub.core.close_codes import CloseCode
from web.hub.socket.decoder import MESSAGE_MAXIMUM, CloseFrame, PingFrame, Received, TextMessage

MASK = b"\x01\x02\x03\x04"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

Good = dict[str, tuple[bytes, list[Received]]]
Bad = dict[str, tuple[bytes, CloseCode]]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """Return one frame of a client."""
    first = (0x80 if fin else 0) | rsv | opcode
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, bit | len(payload))
    elif len(payload) < 65_536:
        head = struct.pack("!BBH", first, bit | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, bit | 127, len(payload))
    return head + (mask(payload) if masked else payload)


def mask(payload: bytes) -> bytes:
    """Return the masking key and the masked payload."""
    return MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def fragments(*payloads: bytes) -> bytes:
    """Return one text message in as many frames."""
    last = len(payloads) - 1
    return b"".join(
        frame(0 if place else TEXT, payload, fin=place == last) for place, payload in enumerate(payloads)
    )


def goodbye(code: int, reason: bytes = b"") -> bytes:
    """Return a Close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


GREEK = "κόσμε".encode()
SIZES = (0, 125, 126, 127, 128, MESSAGE_MAXIMUM)
EDGES_OF_UTF8 = "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff\ufeff"
PINGS = [b"%d" % number for number in range(10)]

TEXTS: Good = {f"a text of {size}": (frame(TEXT, b"x" * size), [TextMessage("x" * size)]) for size in SIZES}
PINGING: Good = {
    "ping": (frame(PING), [PingFrame(b"")]),
    "ping with bytes that are no text": (frame(PING, b"\0\xff\xfe"), [PingFrame(b"\0\xff\xfe")]),
    "ping of 125": (frame(PING, b"x" * 125), [PingFrame(b"x" * 125)]),
    "pong that nobody asked for": (frame(PONG) + frame(PONG, b"123"), []),
    "pong and ping": (frame(PONG, b"1") + frame(PING, b"2"), [PingFrame(b"2")]),
    "ten pings": (b"".join(frame(PING, one) for one in PINGS), [PingFrame(one) for one in PINGS]),
}
FRAGMENTED: Good = {
    "two fragments": (fragments(b"he", b"llo"), [TextMessage("hello")]),
    "empty fragments": (fragments(b"", b"", b"a", b"", b""), [TextMessage("a")]),
    "nothing in three fragments": (fragments(b"", b"", b""), [TextMessage("")]),
    "messages in fragments and whole": (
        fragments(b"a", b"b") + frame(TEXT, b"c") + fragments(b"d", b"e"),
        [TextMessage("ab"), TextMessage("c"), TextMessage("de")],
    ),
    "control frames among fragments": (
        frame(TEXT, b"a", fin=False)
        + frame(PING, b"!")
        + frame(PONG, b"?")
        + frame(0, b"b", fin=False)
        + frame(PING)
        + frame(0, b"c"),
        [PingFrame(b"!"), PingFrame(b""), TextMessage("abc")],
    ),
}
UTF8: Good = {
    "UTF-8": (frame(TEXT, GREEK), [TextMessage("κόσμε")]),
    "UTF-8 in fragments of a byte": (fragments(*[bytes([byte]) for byte in GREEK]), [TextMessage("κόσμε")]),
    "the edges of UTF-8": (frame(TEXT, EDGES_OF_UTF8.encode()), [TextMessage(EDGES_OF_UTF8)]),
}
CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
CLOSING: Good = {
    "close without a code": (frame(CLOSE), [CloseFrame(None)]),
    "close with a reason": (goodbye(1000, GREEK), [CloseFrame(1000)]),
    "close with the longest reason": (goodbye(1000, b"x" * 123), [CloseFrame(1000)]),
    **{f"close with {code}": (goodbye(code), [CloseFrame(code)]) for code in CODES},
}
GOOD = TEXTS | PINGING | FRAGMENTED | UTF8 | CLOSING

RESERVED: Bad = {
    **{
        f"reserved bit {rsv:#x} on {opcode}": (frame(opcode, b"ab", rsv=rsv), CloseCode.PROTOCOL_ERROR)
        for rsv in (0x10, 0x20, 0x40, 0x70)
        for opcode in (TEXT, CLOSE, PING)
    },
    **{
        f"reserved opcode {opcode}": (frame(opcode), CloseCode.PROTOCOL_ERROR)
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    },
}
FRAMING: Bad = {
    "an unmasked text": (frame(TEXT, b"a", masked=False), CloseCode.PROTOCOL_ERROR),
    "an unmasked ping": (frame(PING, masked=False), CloseCode.PROTOCOL_ERROR),
    "16 bits for a short length": (b"\x81\xfe\x00\x7d" + mask(b"x" * 125), CloseCode.PROTOCOL_ERROR),
    "64 bits for a short length": (
        b"\x81\xff" + struct.pack("!Q", 200) + mask(b"a"),
        CloseCode.PROTOCOL_ERROR,
    ),
    "a length with the highest bit": (
        b"\x81\xff" + struct.pack("!Q", 1 << 63) + mask(b"a"),
        CloseCode.PROTOCOL_ERROR,
    ),
    "binary": (frame(BINARY, b"a"), CloseCode.UNSUPPORTED_DATA),
    "an empty binary": (frame(BINARY), CloseCode.UNSUPPORTED_DATA),
    "a byte too large": (frame(TEXT, b"x" * (MESSAGE_MAXIMUM + 1)), CloseCode.TOO_LARGE),
    "a text of 65535": (frame(TEXT, b"x" * 65_535), CloseCode.TOO_LARGE),
    "a text of 65536": (frame(TEXT, b"x" * 65_536), CloseCode.TOO_LARGE),
    "too large in fragments": (fragments(b"x" * MESSAGE_MAXIMUM, b"x"), CloseCode.TOO_LARGE),
}
CONTROL: Bad = {
    **{
        f"{opcode} in fragments": (frame(opcode, fin=False), CloseCode.PROTOCOL_ERROR)
        for opcode in (8, 9, 10)
    },
    **{
        f"{opcode} of 126": (frame(opcode, b"\x03\xe8" + b"x" * 124), CloseCode.PROTOCOL_ERROR)
        for opcode in (8, 9, 10)
    },
}
OUT_OF_PLACE: Bad = {
    "continuation of nothing": (frame(0, b"a"), CloseCode.PROTOCOL_ERROR),
    "a beginning of nothing's continuation": (frame(0, b"a", fin=False), CloseCode.PROTOCOL_ERROR),
    "continuation after the end": (fragments(b"a", b"b") + frame(0, b"c"), CloseCode.PROTOCOL_ERROR),
    "text within a message": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), CloseCode.PROTOCOL_ERROR),
}
NOT_UTF8 = {
    "a lone continuation": b"\x80",
    "an overlong slash": b"\xc0\xaf",
    "an overlong slash in three": b"\xe0\x80\xaf",
    "an overlong slash in four": b"\xf0\x80\x80\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "a byte of no character": b"\xfe",
}
BROKEN_TEXT: Bad = {
    **{
        name: (frame(TEXT, GREEK + wrong + b"x"), CloseCode.INVALID_PAYLOAD)
        for name, wrong in NOT_UTF8.items()
    },
    "half a character at the end": (frame(TEXT, b"\xe2\x82"), CloseCode.INVALID_PAYLOAD),
    "half a character at the end of fragments": (fragments(b"a", b"\xe2\x82"), CloseCode.INVALID_PAYLOAD),
    "a fragment that is wrong before the last has come": (
        frame(TEXT, GREEK, fin=False) + frame(0, b"\xed\xa0\x80", fin=False),
        CloseCode.INVALID_PAYLOAD,
    ),
    "a frame that is wrong before its end has come": (
        frame(TEXT, GREEK + b"\xf4\x90" + b"x" * 90)[:40],
        CloseCode.INVALID_PAYLOAD,
    ),
}
CODES_OF_NOBODY = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
BROKEN_CLOSE: Bad = {
    "close of one byte": (frame(CLOSE, b"a"), CloseCode.PROTOCOL_ERROR),
    "close with a reason that is not UTF-8": (goodbye(1000, b"\xed\xa0\x80"), CloseCode.INVALID_PAYLOAD),
    "close with a reason too long": (goodbye(1000, b"x" * 124), CloseCode.PROTOCOL_ERROR),
    **{f"close with {code}": (goodbye(code), CloseCode.PROTOCOL_ERROR) for code in CODES_OF_NOBODY},
}
BAD = RESERVED | FRAMING | CONTROL | OUT_OF_PLACE | BROKEN_TEXT | BROKEN_CLOSE
