"""Programs at the socket: who gets in with an API key, what it hears, and for how long."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from complaints.accounts.sessions import REVOKED_CHANNEL
from complaints.clock import to_wire, utcnow
from complaints.models import ApiKey
from tests.integration.hub.harness import Client, Deployment, wait_until
from tests.integration.hub.program import Program
from web.hub.loop.heartbeat import Intervals

SOON_SECONDS = Intervals().recheck_every_seconds / 2
SHORT_SECONDS = 4  # of a key that must be welcomed before it ends, on a busy machine too
Make = Callable[..., Program]


@pytest.fixture
def make(deployment: Deployment) -> Iterator[Make]:
    """Make programs of the shared gunicorn."""
    with ExitStack() as stack:

        def one(**form: Any) -> Program:
            program = Program(deployment, **form)
            stack.callback(program.close)
            return program

        yield one


@contextmanager
def live(program: Program, key: str | None = None) -> Iterator[Client]:
    with program.socket(key) as client:
        client.hear("welcome")
        client.say(type="subscribe")
        client.hear("live")
        yield client


def test_a_key_counts_at_the_handshake_and_has_no_end_unless_it_says_so(make: Make) -> None:
    forever, brief = make(), make(expires_at=to_wire(utcnow() + timedelta(minutes=5)))
    with forever.socket() as client:
        assert client.hear("welcome")["expires_in"] is None
    with brief.socket() as client:
        assert 200 < client.hear("welcome")["expires_in"] <= 300


def test_the_first_message_can_carry_the_key_and_its_use_is_noted(deployment: Deployment, make: Make) -> None:
    program = make()
    with deployment.client() as client:
        # When
        client.say(type="auth", key=program.key)
        # Then
        assert client.hear("welcome")["sites"] is None
    with deployment.database.read() as session:
        assert session.get_one(ApiKey, UUID(program.made["id"])).used_at is not None


def test_a_program_hears_of_its_sites_alone(deployment: Deployment, make: Make) -> None:
    # Given
    north, south = f"North {uuid4()}", f"South {uuid4()}"
    with live(make(sites=[north])) as client:
        # When
        deployment.submit("not for it", site=south)
        here = deployment.submit("for it", site=north)
        deployment.move(here.id, south)
        # Then
        events = [client.hear("event") for _ in range(2)]
        assert [(one["name"], one["data"]["id"]) for one in events] == [
            ("new_complaint", str(here.id)),
            ("removed", str(here.id)),
        ]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"scopes": ["complaints:read"]}, 4500),
        ({"expires_at": to_wire(datetime(2999, 1, 1, tzinfo=UTC))}, 4005),
    ],
)
def test_a_key_that_follows_nothing_and_one_that_is_over_are_closed(
    deployment: Deployment, make: Make, form: Any, code: int
) -> None:
    # Given
    program = make(**form)
    if "expires_at" in form:
        with deployment.database.write() as session:
            session.execute(
                update(ApiKey).where(ApiKey.id == UUID(program.made["id"])).values(expires_at=utcnow())
            )
    # Then
    with program.socket() as client:
        assert client.closed_with() == code
    with deployment.client() as client:
        client.say(type="auth", key=program.key)
        assert client.closed_with() == code


def test_what_is_no_key_is_closed_with_4500(deployment: Deployment, make: Make) -> None:
    key = make().key
    for wrong in (key[:-1] + ("x" if key[-1] != "x" else "y"), "nonsense", key + key):
        with deployment.client(headers={"X-API-Key": wrong}) as client:
            assert client.closed_with() == 4500


@pytest.mark.parametrize("act", [Program.revoke, Program.shut])
def test_a_revoked_key_ends_its_sockets_at_once_and_lets_in_no_more(
    deployment: Deployment, make: Make, act: Callable[[Program], None]
) -> None:
    # Given
    program, bystander = make(), make()
    with live(program) as gone, live(bystander) as stays:
        # When
        act(program)
        # Then
        assert gone.closed_with(SOON_SECONDS) == 4503
        deployment.submit()
        assert stays.hear("event")
    with program.socket() as client:
        assert client.closed_with() == 4503


def test_a_key_that_is_replaced_ends_its_sockets_after_the_overlap_and_the_new_one_can_come_in_band(
    make: Make, deployment: Deployment
) -> None:
    # Given
    program = make()
    with live(program) as changes_over, live(program) as does_not:
        # When
        newer = program.rotate(overlap_hours=1)["key"]
        changes_over.say(type="auth", key=newer)
        changes_over.say(type="subscribe")
        changes_over.hear("live")
        end_overlap(deployment, program)
        # Then
        assert does_not.closed_with(SOON_SECONDS) == 4005
        deployment.submit()
        assert changes_over.hear("event")


def end_overlap(deployment: Deployment, program: Program) -> None:
    """Bring the end of the first key near, and let the hub know as a rotation does."""
    ends = utcnow() + timedelta(seconds=1)
    with deployment.database.write() as session:
        session.execute(update(ApiKey).where(ApiKey.id == UUID(program.made["id"])).values(expires_at=ends))
    deployment.redis.publish(REVOKED_CHANNEL, program.made["id"])


def test_a_key_of_another_program_or_a_token_does_not_renew(deployment: Deployment, make: Make) -> None:
    program, other = make(), make()
    for shown in ({"key": other.key}, {"token": deployment.token()}):
        with live(program) as client:
            client.say(type="auth", **shown)
            assert client.closed_with() == 4500


def test_a_key_ends_its_sockets_with_itself(make: Make) -> None:
    program = make(expires_at=to_wire(utcnow() + timedelta(seconds=SHORT_SECONDS)))
    with live(program) as client:
        assert client.closed_with() == 4005


def test_a_program_has_so_many_sockets_whatever_keys_it_has(make: Make) -> None:
    program = make()
    second = program.make_key()["key"]
    with live(program), live(program), live(program, second), program.socket(second) as fourth:
        assert fourth.closed_with() == 4504


def test_a_program_is_nobody_who_is_there(deployment: Deployment, make: Make) -> None:
    # Given
    program, operator = make(), deployment.operator()
    complaint = deployment.submit()
    with live(program) as client, deployment.live(deployment.token(operator)) as person:
        # When
        shown = person.hear("presence")["online"]
        # Then
        assert program.id not in {one["id"] for one in shown["operators"]}
        client.say(type="viewing", id=str(complaint.id))
        assert client.hear("error")["detail"] == "viewing: programs view nothing"
        admin = deployment.token(deployment.operator("admin"))
        roles = deployment.wait_for_stats(
            admin, lambda stats: stats and stats["connections_by_role"].get("api_client")
        )["connections_by_role"]
        assert roles["api_client"] >= 1


def test_a_good_key_comes_in_where_an_address_has_no_room_for_the_unknown(
    deployment: Deployment, make: Make
) -> None:
    program = make()
    with deployment.client(), deployment.client(), deployment.client(), deployment.client():
        wait_until(lambda: deployment.refused() == (429, "too_many_unauthenticated"))
        assert deployment.refused(**{"X-API-Key": program.key[:-1]}) == (429, "too_many_unauthenticated")
        with program.socket() as client:
            assert client.hear("welcome")


def test_a_pages_origin_counts_for_a_key_too(deployment: Deployment, make: Make) -> None:
    shown = {"X-API-Key": make().key, "Origin": "http://evil.example"}
    assert deployment.refused(**shown) == (403, "origin_refused")
