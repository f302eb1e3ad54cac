"""The relay against others of its kind, in one run; `make bench ARGS=relay`. Wants two cores and a quiet machine.

The server runs on one core; clients, publisher and Valkey on the other. Events have 400 bytes. Ours authenticates
every socket, keeps its replay buffer, and limits a third of the sockets to a site; the others do none of that.
"""

import os
import tempfile
from pathlib import Path

from bench.relay import solo
from bench.relay.duel import fight
from bench.relay.report import table
from bench.relay.system import CLIENT_CORE


def main() -> None:
    """Print the figures."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        solo.run(Path(folder) / "solo")
        print("\n".join(table(fight(Path(folder) / "duel"))))
