"""Whatever the kernel takes at a time, what a peer reads are whole frames in the order they were offered."""

from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameDecoder, Opcode

from tests.unit.hub.conftest import FakeConnectionOwner
from web.hub.core.close_codes import CloseCode
from web.hub.socket.connection import Connection
from web.hub.socket.frames import pong_frame, text_frame
from web.hub.socket.ticket import Ticket


class GreedlessSocket:
    """Takes what the test lets it take."""

    def __init__(self) -> None:
        self.taken = b""
        self.context = 0

    def fileno(self) -> int:
        return 0

    def send(self, data: bytes | memoryview) -> int:
        part = bytes(data[: self.context])
        if not part:
            raise BlockingIOError
        self.context -= len(part)
        self.taken += part
        return len(part)

    def shutdown(self, _how: int) -> None: ...


SIZES = st.sampled_from([0, 1, 5, 125, 126, 300, 70_000])
RUNS = st.lists(SIZES, min_size=1, max_size=3).map(lambda sizes: ("run", sizes))
PONGS = st.binary(max_size=125).map(lambda payload: ("pong", payload))
ROOM = st.sampled_from([1, 2, 3, 64, 128, 5_000, 100_000]).map(lambda size: ("room", size))


def frames(data: bytes) -> list[tuple[Opcode, bytes]]:
    """Read with wsproto, which refuses what is no frame; an unfinished one is left out."""
    decoder, read, payload = FrameDecoder(client=True), [], b""
    decoder.receive_bytes(data)
    while (part := decoder.process_buffer()) is not None:
        payload += part.payload
        if part.frame_finished:
            read.append((part.opcode, payload))
            payload = b""
    return read


@given(steps=st.lists(RUNS | PONGS | ROOM, max_size=30), close_after=st.integers(0, 30))
def test_frames_are_never_cut_mixed_or_reordered_and_a_goodbye_is_the_last(
    steps: list, close_after: int
) -> None:
    # Given
    sock, offered = GreedlessSocket(), []
    connection = Connection(sock, 1, Ticket("a", counted=False), FakeConnectionOwner())  # type: ignore[arg-type]
    # When
    for place, (kind, value) in enumerate(steps):
        if place == close_after:
            connection.close(CloseCode.RESTART)
        if kind == "room":
            sock.context += value
            connection.flush()
        elif kind == "pong" and connection.is_open:
            offered.append((Opcode.PONG, value))
            connection.send_frame(pong_frame(value))
        elif kind == "run" and connection.is_open:
            texts = [bytes([65 + len(offered) % 26]) * size for size in value]
            offered += [(Opcode.TEXT, text) for text in texts]
            connection.offer(b"".join(map(text_frame, texts)))
    connection.close(CloseCode.RESTART)
    sock.context = 10_000_000
    connection.flush()
    # Then
    *heard, (last, _) = frames(sock.taken)
    assert heard == offered[: len(heard)]
    assert last is Opcode.CLOSE
