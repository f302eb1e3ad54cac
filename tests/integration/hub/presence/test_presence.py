"""Presence and signals between hubs: two in the test's process, two real ones, one of which is killed."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import event

from complaints.accounts.sessions import REVOKED_CHANNEL, Identity
from complaints.alerts.state.alert_signals import ALERTS_CHANNEL, encode_changes
from complaints.events.sequencer import start_epoch
from complaints.models import Complaint, Operator
from tests.integration.hub.conftest import Connect, Deploy, StartHub
from tests.integration.hub.harness import Client, Deployment, wait_until
from tests.integration.hub.peers import Peer, Tokens
from tests.integration.hub.writing import Writing
from web.hub.presence.presence_store import KEEP_SECONDS, PRESENCE_CHANNEL, PRESENCES, presence_key

NO_SUCH = {"type": "error", "detail": "viewing: no such complaint"}


def hear_online(client: Client | Peer, count: int) -> dict[str, Any]:
    """Return the first presence that says that so many are online."""
    while (said := client.hear("presence")).get("online", {}).get("count") != count:
        pass
    return said


def hear_viewers(client: Client | Peer, complaint: UUID, count: int) -> list[str]:
    """Return who views the complaint, once they are so many."""
    while True:
        said = client.hear("presence")
        if said.get("complaint") == str(complaint) and len(said["operators"]) == count:
            return [operator["id"] for operator in said["operators"]]


def operator_of(tokens: Tokens, token: str) -> UUID:
    (known,) = tokens.identify([token])
    assert isinstance(known, Identity)
    return known.holder_id


def view(one: Peer, complaint: UUID) -> Peer:
    one.say(type="viewing", id=str(complaint))
    return one


pytestmark = pytest.mark.usefixtures("short_seconds")


@pytest.fixture
def pair(start_hub: StartHub, tokens: Tokens) -> Iterator[tuple[Peer, Peer]]:
    """Two operators, each at a hub of their own."""
    peers = tuple(Peer(start_hub(), tokens.give(name)) for name in ("ada", "bob"))
    yield peers[0].live(), peers[1].live()
    for one in peers:
        one.close()


def test_operators_at_two_hubs_see_each_other_come_view_and_go(
    pair: tuple[Peer, Peer], writing: Writing, tokens: Tokens
) -> None:
    # Given
    ada, bob = pair
    complaint = writing.submit()
    everybody = sorted(str(operator_of(tokens, name)) for name in ("ada", "bob"))
    # Then
    for one in pair:
        shown = hear_online(one, 2)["online"]["operators"]
        assert [operator["id"] for operator in shown] == everybody
        assert {operator["name"] for operator in shown} == {"Ada"}
    # When
    for one in pair:
        view(one, complaint.id)
    # Then
    assert hear_viewers(ada, complaint.id, 2) == hear_viewers(bob, complaint.id, 2) == everybody
    # When
    bob.say(type="viewing", id=None)
    # Then
    assert hear_viewers(ada, complaint.id, 1) == [str(operator_of(tokens, "ada"))]
    bob.close()
    hear_online(ada, 1)


def test_what_becomes_of_an_alert_is_told_to_who_views_its_complaint(
    pair: tuple[Peer, Peer], writing: Writing, redis: Redis
) -> None:
    # Given
    ada, bob = pair
    complaint, other = writing.submit(), writing.submit()
    view(ada, complaint.id)
    view(bob, other.id)
    hear_viewers(ada, complaint.id, 1)
    hear_viewers(bob, other.id, 1)
    # When
    for nonsense in ("nonsense", "[[1]]", "{}"):
        redis.publish(ALERTS_CHANNEL, nonsense)
    redis.publish(ALERTS_CHANNEL, encode_changes([(str(complaint.id), "a1", "sent")]))
    redis.publish(ALERTS_CHANNEL, encode_changes([(str(other.id), "a2", "failed")]))
    # Then
    for one, about, alert in ((ada, complaint, ("a1", "sent")), (bob, other, ("a2", "failed"))):
        assert one.hear("signal") == {
            "type": "signal",
            "name": "alert",
            "complaint": str(about.id),
            "alert": dict(zip(("id", "state"), alert, strict=True)),
        }


def test_a_complaint_out_of_sight_is_refused_like_one_that_there_is_not(
    peer: Connect, writing: Writing
) -> None:
    # Given
    ada, south = peer(sites=["North"]), writing.submit(site="South")
    # Then
    assert view(ada, south.id).hear("error") == NO_SUCH
    assert view(ada, UUID(int=7)).hear("error") == NO_SUCH


def test_one_that_moves_out_of_sight_is_viewed_no_more(peer: Connect, writing: Writing, redis: Redis) -> None:
    # Given
    ada, bob, complaint = peer(sites=["North"]).live(), peer().live(), writing.submit(site="North")
    view(ada, complaint.id)
    hear_viewers(view(bob, complaint.id), complaint.id, 2)
    # When
    writing.move(complaint.id, "South")
    # Then
    hear_viewers(bob, complaint.id, 1)
    redis.publish(ALERTS_CHANNEL, encode_changes([(str(complaint.id), "a1", "sent")]))
    bob.hear("signal")
    ada.say(type="fence")
    while (said := ada.hear())["type"] != "error":
        assert said["type"] != "signal"


def test_a_new_epoch_is_reason_to_ask_again_where_everything_is(peer: Connect, writing: Writing) -> None:
    # Given
    ada, bob, complaint = peer(sites=["North"]).live(), peer().live(), writing.submit(site="North")
    view(ada, complaint.id)
    hear_viewers(view(bob, complaint.id), complaint.id, 2)
    # When: moved by no event that anybody will see
    with writing.database.write() as session:
        session.get_one(Complaint, complaint.id).site = "South"
    start_epoch(writing.database)
    # Then
    hear_viewers(bob, complaint.id, 1)
    assert ada.hear("error") == NO_SUCH


def test_an_operator_whose_sites_change_views_it_no_more(
    peer: Connect, writing: Writing, tokens: Tokens, redis: Redis
) -> None:
    # Given
    ada, bob, complaint = peer(sites=["North"]).live(), peer().live(), writing.submit(site="North")
    view(ada, complaint.id)
    hear_viewers(view(bob, complaint.id), complaint.id, 2)
    # When
    operator_id = operator_of(tokens, "token 0")
    with writing.database.write() as session:
        session.get_one(Operator, operator_id).sites = ["South"]
    redis.publish(REVOKED_CHANNEL, f"operator:{operator_id}")
    # Then
    hear_viewers(bob, complaint.id, 1)


@pytest.mark.own_database
def test_a_flood_of_wishes_is_few_questions_to_the_database(peer: Connect, writing: Writing) -> None:
    # Given
    ada, complaint = peer().live(), writing.submit()
    questions: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "complaint.site" in statement and "complaint.id IN" in statement:
            questions.append(statement)

    event.listen(writing.database.engine, "before_cursor_execute", count)
    began = time.monotonic()
    # When
    for number in range(300):
        view(ada, UUID(int=number))
    hear_viewers(view(ada, complaint.id), complaint.id, 1)
    # Then
    assert 1 <= len(questions) <= 2 + (time.monotonic() - began) / 0.2


def at_both_hubs(deployment: Deployment, stack: ExitStack, token: str) -> dict[str, Client]:
    """Connect until there is a client at each of the two processes; return the first by the hub's name."""
    clients: dict[str, Client] = {}

    def connect() -> bool:
        client = stack.enter_context(deployment.client(token))
        name = client.hear("welcome")["connection"].partition(".")[0]
        client.say(type="subscribe")
        clients.setdefault(name, client)
        return len(clients) == 2

    wait_until(connect)
    return clients


def test_people_of_a_killed_process_vanish_and_its_neighbours_stay(deploy: Deploy) -> None:
    # Given: Ada at both processes, Bob only at the one that will be killed
    deployment = deploy(WEB_CONCURRENCY="2", SOCKETS_PER_OPERATOR="1000")
    ada, bob = deployment.token(), deployment.token()
    wait_until(lambda: len(deployment.stats(ada)["processes"]) == 2)
    complaint = deployment.submit()
    with ExitStack() as stack:
        (_, witness), (doomed, _) = at_both_hubs(deployment, stack, ada).items()
        other = at_both_hubs(deployment, stack, bob)
        leaving = other.pop(doomed)
        leaving.say(type="viewing", id=str(complaint.id))
        (staying,) = other.values()
        staying.ws.close()
        witness.say(type="viewing", id=str(complaint.id))
        hear_viewers(witness, complaint.id, 2)
        # When
        (pid,) = [one["pid"] for one in deployment.stats(ada)["processes"] if one["name"] == doomed]
        os.kill(pid, signal.SIGKILL)
        # Then: what it told would expire by itself; the test does not wait for that
        assert 0 < deployment.redis.ttl(presence_key(doomed)) <= KEEP_SECONDS
        deployment.redis.pexpire(presence_key(doomed), 1)
        deployment.redis.publish(PRESENCE_CHANNEL, "")
        hear_viewers(witness, complaint.id, 1)


def test_a_hub_that_ends_takes_its_people_along_at_once(
    start_hub: StartHub, tokens: Tokens, redis: Redis
) -> None:
    # Given
    staying, ending = start_hub(), start_hub()
    ada, bob = Peer(staying, tokens.give("ada")).live(), Peer(ending, tokens.give("bob")).live()
    hear_online(ada, 2)
    # When
    ending.drain(2)
    # Then
    hear_online(ada, 1)
    for one in (ada, bob):
        one.close()
    wait_until(lambda: redis.scard(PRESENCES) == 1)
