"""The courier: pushes updates to the webhook, one at a time, in order, until each was taken."""

import threading
import time
from typing import Any

import httpx

from sandbox.world.world import World

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
TIMEOUT = 30.0


class Courier:
    """A thread that lives as long as the sandbox. An update leaves the queue only after a 2xx."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._pause = FIRST_PAUSE

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        with self._world.lock:
            self._world.changed.notify_all()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        if not self._wait():
            return
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            while job := self._wait():
                self._push_once(client, *job)

    def _wait(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The webhook and the oldest update, once there are both; None when stopping."""
        world = self._world
        with world.lock:
            world.changed.wait_for(
                lambda: self._stopping.is_set() or (world.webhook and world.updates.pending)
            )
            if self._stopping.is_set():
                return None
            return world.webhook, world.updates.batch(1)[0]

    def _push_once(self, client: httpx.Client, hook: dict[str, Any], update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
        try:
            answer = client.post(hook["url"], json=update, headers=headers)
            problem = "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
        except httpx.HTTPError as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            self._failed(hook, problem)
        else:
            self._taken(update)

    def _taken(self, update: dict[str, Any]) -> None:
        self._pause = FIRST_PAUSE
        with self._world.lock:
            self._world.updates.confirm(update["update_id"] + 1)

    def _failed(self, hook: dict[str, Any], problem: str) -> None:
        with self._world.lock:
            hook |= {"last_error_date": int(time.time()), "last_error_message": problem}
        self._stopping.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
