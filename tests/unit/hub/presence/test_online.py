"""Who is online: told to who subscribed, seldom, and never in anybody's way."""

from collections import deque
from typing import Any

import pytest

from tests.unit.hub.presence.presence_world import World
from web.hub.presence.paced_broadcast import AT_ONCE
from web.hub.presence.presence_state import NOBODY, PresenceState, decode_presence
from web.hub.socket.connection import ConnectionState


def online(*connections: Any) -> dict[str, Any]:
    operators = [one.operator for one in connections]
    return {"type": "presence", "online": {"count": len(operators), "operators": operators}}


def test_a_newcomer_is_told_at_the_next_second_and_others_after_a_few(world: World) -> None:
    # Given
    ada = world.connect("Ada")
    world.pass_seconds()
    assert ada.take() == [online(ada)]
    # When
    bob = world.connect("Bob")
    world.pass_seconds()
    # Then
    assert (bob.take(), ada.take()) == ([online(ada, bob)], [])
    world.pass_seconds(4)
    assert ada.take() == [online(ada, bob)]
    # When
    world.disconnect(bob)
    world.pass_seconds(20)
    # Then: once
    assert ada.take() == [online(ada)]


def test_who_comes_back_at_once_is_seen_by_who_came_back_before(world: World) -> None:
    # Given: everybody was told of both
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.pass_seconds()
    world.disconnect(ada)
    world.disconnect(bob)
    world.pass_seconds()
    # When
    ada = world.connect("Ada")
    world.pass_seconds()
    assert ada.take() == [online(ada)]
    bob = world.connect("Bob")
    world.pass_seconds(10)
    # Then: though both are what was told to everybody last
    assert ada.take() == [online(ada, bob)]


def test_a_program_is_nobody_who_is_there_nor_told_who_is(world: World) -> None:
    # Given
    kiosk = world.connect("Kiosk", is_program=True)
    ada = world.connect("Ada")
    # When
    world.pass_seconds(20)
    world.view(kiosk, "north")
    # Then
    assert ada.take() == [online(ada)]
    assert kiosk.take() == [{"type": "error", "detail": "viewing: programs view nothing"}]
    assert not world.asked


def test_somebody_with_several_sockets_is_one(world: World) -> None:
    # Given
    ada, again = world.connect("Ada"), world.connect("Ada")
    world.pass_seconds()
    assert again.take() == [online(ada)]
    ada.take()
    # When
    world.disconnect(again)
    world.pass_seconds(20)
    # Then
    assert ada.take() == []


def test_the_first_twenty_by_name_are_shown_and_all_are_counted(world: World) -> None:
    # Given
    everybody = [world.connect(f"P{number:02}") for number in reversed(range(30))]
    # When
    world.pass_seconds()
    # Then
    (message,) = everybody[0].take()
    assert message["online"]["count"] == 30
    assert [one["name"] for one in message["online"]["operators"]] == [
        f"P{number:02}" for number in range(20)
    ]


@pytest.mark.parametrize("busy", [{"backlog": deque()}, {"state": ConnectionState.REPLAYING}])
def test_who_waits_for_events_is_told_when_they_have_come(world: World, busy: dict[str, Any]) -> None:
    # Given
    ada = world.connect("Ada")
    calm = {name: getattr(ada, name) for name in busy}
    for name, value in busy.items():
        setattr(ada, name, value)
    # When
    world.pass_seconds(9)
    # Then
    assert ada.take() == []
    for name, value in calm.items():
        setattr(ada, name, value)
    world.pass_seconds()
    assert ada.take() == [online(ada)]


def test_a_crowd_is_told_a_few_at_a_time(world: World) -> None:
    # Given
    crowd = [world.connect("Ada") for _ in range(5 * AT_ONCE)]
    # When
    before = world.loop.turns
    world.pass_seconds(2)
    # Then
    assert [len(one.take()) for one in crowd] == [1] * len(crowd)
    assert world.loop.turns - before >= 5


def test_people_of_other_processes_are_there_too_until_they_are_not(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.pass_seconds()
    world.disconnect(bob)
    ada.take()
    # When: he comes back by another process
    world.store.of_others = PresenceState({bob.operator["id"]: "Bob"}, {})
    world.presence.changed_elsewhere("there")
    world.pass_seconds(6)
    # Then
    assert ada.take() == []
    # When: nothing was heard of its end
    world.store.of_others = NOBODY
    world.pass_seconds(16)
    # Then
    assert ada.take() == [online(ada)]


def test_other_processes_are_told_at_once_and_then_now_and_again(world: World) -> None:
    ada = world.connect("Ada")
    world.pass_seconds()
    assert world.store.told == [PresenceState({ada.operator["id"]: "Ada"}, {})]
    world.pass_seconds(9)
    assert len(world.store.told) == 1
    world.pass_seconds()
    assert len(world.store.told) == 2
    world.disconnect(ada)
    world.pass_seconds()
    assert world.store.told[2:] == [NOBODY]


def test_a_redis_that_is_away_is_asked_seldom_and_the_others_are_forgotten_in_time(world: World) -> None:
    # Given
    ada = world.connect("Ada")
    world.store.of_others = PresenceState({"b": "Bob"}, {})
    world.pass_seconds(6)
    assert ada.take()[-1]["online"]["count"] == 2
    # When
    world.store.away = True
    before = world.store.asked
    world.pass_seconds(20)
    # Then
    assert 4 <= world.store.asked - before <= 10
    assert ada.take() == []
    world.pass_seconds(30)
    assert ada.take() == [online(ada)]
    # When
    world.store.away = False
    world.pass_seconds(10)
    # Then
    assert ada.take()[-1]["online"]["count"] == 2


def test_a_hub_that_hears_of_itself_does_not_ask(world: World) -> None:
    world.pass_seconds(3)
    before = world.store.asked
    world.presence.changed_elsewhere("here")
    world.pass_seconds()
    assert world.store.asked == before
    world.presence.changed_elsewhere("there")
    world.pass_seconds()
    assert world.store.asked == before + 1


def test_a_redis_that_hangs_is_waited_for_once_and_costs_nobody_anything(world: World) -> None:
    # Given
    world.redis_hangs = True
    ada = world.connect("Ada")
    # When
    world.pass_seconds(60)
    world.connect("Bob")
    world.pass_seconds(6)
    # Then
    assert len(world.hanging) == 2
    assert len(ada.take()) == 2
    # When
    world.let_go()
    world.pass_seconds()
    assert [len(presence_state.online) for presence_state in world.store.told] == [1, 2]


def test_a_new_name_is_seen_after_a_while(world: World) -> None:
    # Given
    ada = world.connect("Ada")
    world.pass_seconds()
    ada.take()
    # When
    ada.identity.name = "Ada Lovelace"
    world.pass_seconds(15)
    # Then
    assert ada.take() == [online(ada)]


@pytest.mark.parametrize(
    "encoded",
    [b"", b"{", b"[]", b"null", b"{}", b'{"online":[],"viewing":{}}', b'{"online":{},"viewing":{"c":1}}'],
)
def test_what_another_version_left_is_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match="not people"):
        decode_presence(encoded)


def test_people_survive_the_way_through_redis() -> None:
    presence_state = PresenceState({"1": "Ada", "2": "Böb"}, {"c": {"1": "Ada"}})
    assert decode_presence(presence_state.encode()) == presence_state
