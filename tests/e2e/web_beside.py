"""A second web process of the stack, with an environment of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tools.environment import free_port
from tools.stack import PLAIN, Stack, eventually

NAME = "second web"


@contextmanager
def web_beside(stack: Stack, **environment: str) -> Iterator[int]:
    """Give the port of a second web process, which runs while the block does."""
    port = free_port()
    stack.start("web", alias=NAME, PORT=str(port), **environment)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}")
        yield port
    finally:
        stack.stop(NAME)


def wait_until_healthy(url: str) -> None:
    """Return once sockets are served there."""

    def healthy() -> bool:
        try:
            return httpx.get(f"{url}/api/v1/websocket/health", timeout=5, verify=PLAIN).status_code == 200
        except httpx.HTTPError:
            return False

    eventually(healthy, seconds=30, what=f"{url}'s health")
