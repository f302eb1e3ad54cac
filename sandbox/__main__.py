"""``python -m sandbox``: the sandbox as a process of its own, for development and tests."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.base.refusals import ScriptError, StartError
from sandbox.sandbox import DEFAULT_TOKEN, Sandbox
from sandbox.world.rate_windows import RateWindow, RateWindows

PERMITTED = {"development", "test"}


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; 2 with one line on stderr where it can't or mustn't start."""
    options = _parser().parse_args(argv)
    try:
        _check_environment()
        sandbox = _make(options)
    except (StartError, ScriptError) as error:
        sys.stderr.write(f"telegram sandbox: {error}\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sandbox.start()
    sys.stdout.write(f"telegram sandbox: {sandbox.base_url}\n")
    sys.stdout.flush()
    stop.wait()
    sandbox.stop()
    return 0


def _check_environment() -> None:
    """An unset REDRESS_ENV means production."""
    environment = os.environ.get("REDRESS_ENV") or "production"
    if environment not in PERMITTED:
        raise StartError(
            f"REDRESS_ENV is {environment}; the sandbox runs only where it is development or test"
        )


def _make(options: argparse.Namespace) -> Sandbox:
    limits = RateWindows(
        all=RateWindow.parse(options.rate_all),
        chat=RateWindow.parse(options.rate_chat),
        group=RateWindow.parse(options.rate_group),
        on=options.limits,
    )
    return Sandbox(
        host=options.host,
        port=options.port,
        token=options.token,
        state=options.state,
        latency=_range(options.latency),
        limits=limits,
        seed=options.seed,
    )


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    try:
        bounds = float(low), float(high or low)
    except ValueError:
        raise StartError(f"a latency looks like 50-400 (milliseconds), not {text!r}") from None
    if not 0 <= bounds[0] <= bounds[1]:
        raise StartError(f"a latency runs from less to more milliseconds, not {text!r}")
    return bounds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the one token that is accepted")
    parser.add_argument("--state", type=Path, help="file that keeps chats and messages across restarts")
    parser.add_argument("--latency", default="0", metavar="MS-MS", help="round trip in milliseconds")
    parser.add_argument("--limits", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--rate-all", default="30/1", metavar="N/S", help="messages/seconds to everybody")
    parser.add_argument("--rate-chat", default="1/1", metavar="N/S", help="messages/seconds to one chat")
    parser.add_argument("--rate-group", default="20/60", metavar="N/S", help="messages/seconds to a group")
    parser.add_argument("--seed", type=int, default=0, help="repeats faults that have a probability")
    return parser


if __name__ == "__main__":
    sys.exit(main())
