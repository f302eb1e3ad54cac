"""What `make run` says once everything is up: where to look and how to sign in."""

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from tools.environment import VAR

START_SECONDS = 30
LOOK_SECONDS = 0.2
TEXT = """
  Redress is up.

  Dashboard         {PUBLIC_URL}
  Sign in           {ADMIN_EMAIL}  /  {ADMIN_PASSWORD}{phone}
  API               {PUBLIC_URL}/api/v1/docs
  Data              {data}
{faults}
  Ctrl-C stops everything; the data stays. LOG_LEVEL=INFO shows more than warnings.
"""


def welcome(environment: dict[str, str], sandbox_url: str | None) -> None:
    """Wait until all parts are ready, or long enough, and print where to look."""
    checks = _readiness(f"http://127.0.0.1:{environment['PORT']}/readyz")
    if checks is None:
        return
    phone = f"\n  Telegram sandbox  {sandbox_url}   (a phone to receive alerts on)" if sandbox_url else ""
    faults = "".join(
        f"\n  Not ready yet     {name}: {check.get('detail', check['status'])}\n"
        for name, check in checks.items()
        if check["status"] == "down"
    )
    print(TEXT.format(**environment, phone=phone, data=VAR, faults=faults), flush=True)


def _readiness(url: str) -> dict[str, dict[str, str]] | None:
    """Return the checks of `/readyz` once all are well, or what they are after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    answer: dict[str, Any] = {}
    while answer.get("status") != "ok" and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        answer = _ask(url) or answer
    return answer.get("checks")


def _ask(url: str) -> dict[str, Any] | None:
    try:
        with urlopen(url, timeout=5) as response:  # noqa: S310 - our own web process
            return dict(json.load(response))
    except HTTPError as refusal:
        return dict(json.load(refusal))
    except OSError:
        return None
