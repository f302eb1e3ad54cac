"""Another web process beside the stack's own, for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.e2e.web_beside import web_beside
from tools.stack import Stack

FAILURES = 3


@pytest.fixture(scope="module")
def beside(stack: Stack) -> Iterator[str]:
    """Where another web process serves the API, which is told by a proxy who its clients are."""
    limits = {"LOGIN_FAILURES_PER_ACCOUNT": f"{FAILURES}/60", "LOGIN_FAILURES_PER_ADDRESS": "1000/60"}
    with web_beside(stack, TRUSTED_PROXIES="1", **limits) as port:
        yield f"http://127.0.0.1:{port}/api/v1"
