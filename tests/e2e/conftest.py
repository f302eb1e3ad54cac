"""One whole Redress for the end-to-end tests, on each engine; tests that break it mend it again."""

from collections.abc import Iterator

import httpx
import pytest

from tools.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one stack in one worker of pytest-xdist."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if "stack" in getattr(item, "fixturenames", ()):
            engine = callspec.params.get("stack", "sqlite") if callspec else "sqlite"
            item.add_marker(pytest.mark.xdist_group(f"stack-{engine}"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running product: web, events, alerts, beat, bot, Valkey and the Telegram sandbox."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgresql_stack_url")
    with Stack(tmp_path_factory.mktemp("stack"), database_url=url) as running:
        yield running


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """The API, signed in as the first admin."""
    signed_in = stack.sign_in()
    yield signed_in
    signed_in.close()


@pytest.fixture
def phone(stack: Stack) -> Iterator[httpx.Client]:
    """The sandbox's scripting API, without faults or limits from another test."""
    with stack.phone() as scripting:
        scripting.delete("/faults").raise_for_status()
        scripting.put("/limits", json={"on": True}).raise_for_status()
        yield scripting
