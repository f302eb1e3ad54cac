"""`make run`: the whole product on this machine, until Ctrl-C.

Starts what the environment leaves open (embedded Valkey, Telegram sandbox), migrates, then runs every process
type of the Procfile under honcho, and says where to look and how to sign in.
"""

import fcntl
import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from urllib.error import URLError
from urllib.request import urlopen

from honcho.manager import Manager

from tools.environment import VAR, development_environment, free_port, is_taken
from tools.procfile import ROOT, commands
from tools.valkey import EmbeddedValkey
from workers.telegram.sandbox import DEFAULT_TOKEN

SANDBOX_PORT = 8081
SANDBOX_STATE = VAR / "telegram-sandbox.db"
START_SECONDS = 60


def main() -> int:
    """Run until something ends it; return the exit status."""
    VAR.mkdir(exist_ok=True)
    environment = development_environment(dict(os.environ))
    with ExitStack() as stack:
        _be_alone(stack)
        port = int(environment["PORT"])
        if is_taken(port):
            sys.exit(f"redress: port {port} is taken; choose another one: make run PORT={port + 1}")
        _provide_redis(environment, stack)
        sandbox = _provide_telegram(environment)
        processes = commands()
        _release(processes.pop("release"), environment)
        return _run_all({**sandbox, **processes}, environment)


def _be_alone(stack: ExitStack) -> None:
    lock = stack.enter_context((VAR / "run.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("redress: `make run` runs already in this checkout")


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
    return {"telegram": f"python -m workers.telegram.sandbox --port {port} --state {SANDBOX_STATE}"}


def _release(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment, check=False)  # noqa: S602 - our Procfile
    if done.returncode:
        sys.exit(done.returncode)


def _run_all(processes: dict[str, str], environment: dict[str, str]) -> int:
    manager = Manager()
    for name, command in processes.items():
        manager.add_process(name, f"exec {command}", env=environment, cwd=str(ROOT))
    threading.Thread(target=_welcome, args=(environment,), daemon=True).start()
    manager.loop()
    stopped_by_hand = manager.returncode in (130, 143)
    return 0 if stopped_by_hand else int(manager.returncode or 0)


def _welcome(environment: dict[str, str]) -> None:
    """Say where to look, once the web process answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{environment['PORT']}/readyz", timeout=2):
                break
        except (URLError, OSError):
            time.sleep(0.2)
    phone = (
        ""
        if "api.telegram.org" in environment.get("TELEGRAM_API_URL", "api.telegram.org")
        else (f"\n  Telegram sandbox  {environment['TELEGRAM_API_URL']}   (a phone to receive alerts on)")
    )
    print(
        f"""
  Redress is up.

  Dashboard         {environment["PUBLIC_URL"]}
  Sign in           {environment["ADMIN_EMAIL"]}  /  {environment["ADMIN_PASSWORD"]}{phone}
  API               {environment["PUBLIC_URL"]}/api/v1/docs
  Data              {VAR}

  Ctrl-C stops everything; the data stays.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
