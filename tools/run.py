"""`make run`: the whole product on this machine, until Ctrl-C.

Starts what the environment leaves open (embedded Valkey, Telegram sandbox), migrates, then runs every process
type of the Procfile under honcho, and says where to look and how to sign in.
"""

import fcntl
import os
import shlex
import subprocess
import sys
import threading
from contextlib import ExitStack

from sandbox import DEFAULT_TOKEN
from tools.environment import VAR, development_environment, free_port, is_taken
from tools.processes import run_all
from tools.procfile import ROOT, commands
from tools.valkey import EmbeddedValkey
from tools.welcome import welcome

SANDBOX_PORT = 8081
SANDBOX_STATE = VAR / "telegram-sandbox.db"
HIGHEST_PORT = 65535
NOT_FOR_OTHERS = 0o077


def main() -> int:
    """Run until something ends it; return the exit status."""
    os.umask(NOT_FOR_OTHERS)
    VAR.mkdir(exist_ok=True)
    environment = development_environment(dict(os.environ))
    with ExitStack() as stack:
        _be_alone(stack)
        _check_port(environment["PORT"])
        _provide_redis(environment, stack)
        sandbox = _provide_telegram(environment)
        processes = commands()
        _release(processes.pop("release"), environment)
        sandbox_url = environment["TELEGRAM_API_URL"] if sandbox else None
        threading.Thread(target=welcome, args=(environment, sandbox_url), daemon=True).start()
        return run_all({**sandbox, **processes}, environment, str(ROOT))


def _be_alone(stack: ExitStack) -> None:
    lock = stack.enter_context((VAR / "run.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("redress: `make run` runs already in this checkout")


def _check_port(written: str) -> None:
    if not (written.isdecimal() and 0 < int(written) <= HIGHEST_PORT):
        sys.exit(f"redress: PORT: wants a number from 1 to {HIGHEST_PORT}, not {written!r}")
    port = int(written)
    if is_taken(port):
        sys.exit(f"redress: port {port} is taken; choose another one: make run PORT={free_port()}")


def _provide_redis(environment: dict[str, str], stack: ExitStack) -> None:
    if not environment.get("REDIS_URL"):
        valkey = stack.enter_context(EmbeddedValkey(VAR / "valkey", free_port()))
        environment["REDIS_URL"] = valkey.url


def _provide_telegram(environment: dict[str, str]) -> dict[str, str]:
    """Return the sandbox's command where no bot token is set, and point the environment at it."""
    if environment.get("TELEGRAM_BOT_TOKEN") or environment["REDRESS_ENV"] == "production":
        return {}
    port = free_port() if is_taken(SANDBOX_PORT) else SANDBOX_PORT
    environment["TELEGRAM_BOT_TOKEN"] = DEFAULT_TOKEN
    environment["TELEGRAM_API_URL"] = f"http://127.0.0.1:{port}"
    return {"telegram": f"python -m sandbox --port {port} --state {shlex.quote(str(SANDBOX_STATE))}"}


def _release(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment, check=False)  # noqa: S602 - our Procfile
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the processes ran, so nothing but the Valkey was there to stop
        sys.exit(130)
