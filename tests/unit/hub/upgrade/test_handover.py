"""The end that is put in a socket's place serves all threads, also the first that come together."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from web.upgrade import handover
from web.upgrade.handover import take_over


def test_the_first_sockets_may_leave_together(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given: nobody left before, and making what takes their place takes a while
    make = socket.socketpair

    def make_slowly() -> Any:
        time.sleep(0.05)
        return make()

    handover._nowhere.cache_clear()
    with ExitStack() as stack:
        pairs = [make() for _ in range(4)]
        for ours, theirs in pairs:
            stack.enter_context(ours)
            stack.enter_context(theirs)
        monkeypatch.setattr(socket, "socketpair", make_slowly)
        # When
        with ThreadPoolExecutor(len(pairs)) as pool:
            kept = list(pool.map(take_over, [ours for ours, _ in pairs]))
        # Then: each goes on where it went to, and what gunicorn has leads nowhere
        for one, (ours, theirs) in zip(kept, pairs, strict=True):
            stack.enter_context(one)
            one.sendall(b"still here")
            assert theirs.recv(100) == b"still here"
            assert ours.recv(100) == b""
        assert len({ours.fileno() for ours, _ in pairs}) == len(pairs)
        assert handover._nowhere.cache_info().misses == 1
