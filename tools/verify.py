"""`make verify URL=…`: check a running deployment from outside, step by step, and clean up after it.

Signs in with VERIFY_EMAIL and VERIFY_PASSWORD (on this machine: `make run`'s own admin). Submits one complaint of
severity low, follows it to a socket and to the chats that are linked, and rejects it at the end. A step that needs
what an earlier one did not get is left out.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from docs.client import Complaint, Problem, Redress
from tools.environment import KEPT, development_environment

HERE = ("127.0.0.1", "localhost", "::1")
SOCKET_SECONDS = 10
ALERT_SECONDS = 30
PATIENCE_SECONDS = 5


class StepFailed(Exception):
    """A step did not do what it should; the text says what was seen."""


class Verification:
    """The steps, in order, against one deployment; each returns what it saw."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.redress = Redress(url, patience_seconds=PATIENCE_SECONDS)
        self.email, self.password = email, password
        self.complaint: Complaint | None = None

    def health(self) -> str:
        """Ask for liveness and readiness."""
        self.redress.send("GET", "/healthz")
        ready = self.redress.send("GET", "/readyz").json()
        if ready["status"] != "ok":
            faults = {name: check for name, check in ready["checks"].items() if check["status"] != "ok"}
            raise StepFailed(f"{ready['status']}: {faults}")
        return "ready"

    def sign_in(self) -> str:
        """Open a session."""
        return str(self.redress.sign_in(self.email, self.password)["email"])

    def submit_and_see(self) -> str:
        """Submit a complaint and see its event on a socket."""
        http = self.redress.http
        address = str(http.base_url).rstrip("/").replace("http", "ws", 1) + "/api/v1/websocket"
        headers = {"Authorization": http.headers["Authorization"]}
        with connect(address, additional_headers=headers, open_timeout=SOCKET_SECONDS) as socket:
            socket.send(json.dumps({"type": "subscribe"}))
            self._wait(socket, lambda message: message["type"] == "live")
            made = self.redress.submit("Verification of this deployment.", severity="low")
            began, self.complaint = time.monotonic(), made
            self._wait(socket, lambda message: message.get("data", {}).get("id") == made["id"])
        return f"{made['reference']} on a socket after {(time.monotonic() - began) * 1000:.0f} ms"

    def stats(self) -> str:
        """Ask for the sockets' health and numbers."""
        health = self.redress.call("GET", "/websocket/health")
        if health["status"] != "ok":
            raise StepFailed(str(health))
        stats = self.redress.call("GET", "/websocket/stats")
        return f"{stats['connections']} connections, head {stats['head']}"

    def alerts(self) -> str:
        """Follow the complaint's alerts until each has an outcome."""
        if self.complaint is None:
            raise StepFailed("no complaint to follow")
        deadline = time.monotonic() + ALERT_SECONDS
        while True:
            items = list(self.redress.items(f"/complaints/{self.complaint['id']}/alerts"))
            waiting = [item for item in items if _is_on_its_way(item)]
            if not waiting and (items or time.monotonic() > deadline - ALERT_SECONDS + 3):
                break
            if time.monotonic() > deadline:
                raise StepFailed(f"{len(waiting)} alerts are still waiting after {ALERT_SECONDS} s")
            time.sleep(0.2)
        bad = [item for item in items if item["state"] in ("failed", "unknown")]
        if bad:
            raise StepFailed("; ".join(f"{item['chat']['title']}: {item['reason']}" for item in bad))
        if not items:
            return "no linked chat wants complaints of severity low"
        held = [item for item in items if item["state"] == "pending"]
        more = f", {len(held)} held back by quiet hours" if held else ""
        return f"{len(items) - len(held)} alerts settled{more}"

    def clean_up(self) -> str:
        """Reject what was submitted and close the session."""
        if self.complaint is not None:
            self.redress.change_status(self.complaint["id"], "rejected", reason="verification")
        self.redress.sign_out()
        return "signed out" if self.complaint is None else "rejected the complaint, signed out"

    def _wait(self, socket: Any, wanted: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + SOCKET_SECONDS
        while not wanted(json.loads(socket.recv(timeout=max(0, deadline - time.monotonic())))):
            pass


def main(url: str = "") -> int:
    """Run every step, say how each went; return 0 if all went well."""
    url, email, password = _target(url)
    check = Verification(url, email, password)
    outcomes = [_run(check.health), _run(check.sign_in)]
    if outcomes[-1]:
        steps = (check.submit_and_see, check.stats, check.alerts, check.clean_up)
        outcomes += [_run(step) for step in steps]
    return 0 if all(outcomes) else 1


def _target(url: str) -> tuple[str, str, str]:
    """Return URL, e-mail and password; this machine's own password never leaves it."""
    known: dict[str, str] = dict(os.environ)
    if KEPT.exists():
        own = development_environment(dict(os.environ))
        url = url or f"http://127.0.0.1:{own['PORT']}"
        if httpx.URL(url).host in HERE:
            known = {"VERIFY_EMAIL": own["ADMIN_EMAIL"], "VERIFY_PASSWORD": own["ADMIN_PASSWORD"], **known}
    if httpx.URL(url).scheme not in ("http", "https"):
        sys.exit("redress: say which deployment: make verify URL=https://…")
    try:
        return url, known["VERIFY_EMAIL"], known["VERIFY_PASSWORD"]
    except KeyError as missing:
        sys.exit(f"redress: set {missing.args[0]}, of an admin of {url}")


def _is_on_its_way(alert: dict[str, Any]) -> bool:
    """Say whether the alert should have an outcome soon: quiet hours may hold one back until they end."""
    if alert["state"] != "pending":
        return bool(alert["state"] == "sending")
    due = datetime.fromisoformat(alert["next_attempt_at"])
    return due < datetime.now(UTC) + timedelta(seconds=ALERT_SECONDS)


def _run(step: Callable[[], str]) -> bool:
    name = step.__name__.replace("_", " ")
    try:
        print(f"  ok    {name}: {step()}", flush=True)
    except (
        StepFailed,
        Problem,
        httpx.HTTPError,
        WebSocketException,
        OSError,
        TimeoutError,
        KeyError,
    ) as fault:
        kind = "" if isinstance(fault, (StepFailed, Problem)) else f"{type(fault).__name__}: "
        print(f"  FAIL  {name}: {kind}{fault}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
