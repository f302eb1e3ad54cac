"""Our frames, read back by another implementation."""

import pytest
from wsproto.frame_protocol import Frame, FrameProtocol, Opcode

from web.hub.socket.frames import close_frame, end_of_frame, message_frame, payload_of, pong_frame, text_frame

LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]


def read(data: bytes) -> list[Frame]:
    client = FrameProtocol(client=True, extensions=[])
    client.receive_bytes(data)
    return list(client.received_frames())


@pytest.mark.parametrize("length", LENGTHS)
def test_a_text_frame_of_any_length_is_read_back(length: int) -> None:
    frame = text_frame(b"x" * length)
    assert "".join(part.payload for part in read(frame)) == "x" * length
    assert payload_of(frame) == b"x" * length


def test_a_message_is_json_in_utf8() -> None:
    assert read(message_frame({"type": "ping", "name": "Zoë"}))[0].payload == '{"type":"ping","name":"Zoë"}'


def test_a_close_frame_carries_code_and_reason_cut_between_characters() -> None:
    (frame,) = read(close_frame(4001, "é" * 100))
    assert frame.payload == (4001, "é" * 61)
    assert read(close_frame(None))[0].payload == (1005, "")


def test_a_pong_carries_the_pings_payload() -> None:
    (frame,) = read(pong_frame(b"12345"))
    assert (frame.opcode, frame.payload) == (Opcode.PONG, b"12345")


@pytest.mark.parametrize("length", LENGTHS)
def test_the_end_of_the_frame_that_was_begun_is_found_in_a_run(length: int) -> None:
    # Given
    first, second = text_frame(b"x" * length), text_frame(b"yy")
    run = first + second
    # Then
    assert end_of_frame(run, 0) == 0
    assert end_of_frame(run, 1) == len(first)
    assert end_of_frame(run, len(first)) == len(first)
    assert end_of_frame(run, len(first) + 1) == len(run)
