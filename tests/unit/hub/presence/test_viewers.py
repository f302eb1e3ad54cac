"""Who views a complaint, as far as they may see it, and what they are told."""

from typing import Any

import pytest

from complaints.events.event_feed import SequencedEvent
from tests.unit.hub.presence.presence_world import World, news, views
from web.hub.presence.presence_state import PresenceState
from web.hub.socket.encoded_event import EncodedEvent

NO_SUCH = {"type": "error", "detail": "viewing: no such complaint"}


def moved(complaint: str, before: str | None, after: str | None) -> list[EncodedEvent]:
    envelope = b'{"occurred_at":"2026-05-01T12:00:00Z"}'
    return [EncodedEvent(SequencedEvent(1, complaint, before, after, envelope))]


def test_who_views_it_is_told_to_all_who_do(world: World) -> None:
    # Given
    ada, bob, eve = world.connect("Ada"), world.connect("Bob"), world.connect("Eve")
    world.view(ada, "north")
    world.view(eve, "south")
    world.pass_seconds()
    assert news(ada) == [views("north", ada)]
    # When
    world.view(bob, "north")
    world.pass_seconds()
    # Then
    assert (news(ada), news(bob)) == ([views("north", ada, bob)],) * 2
    # When
    world.view(ada, None)
    world.pass_seconds(20)
    # Then
    assert (news(ada), news(bob), news(eve)) == ([], [views("north", bob)], [views("south", eve)])
    # When
    world.disconnect(bob)
    world.view(ada, "north")
    world.pass_seconds()
    assert news(ada) == [views("north", ada)]


def test_who_says_it_again_is_told_again_without_a_look_at_the_database(world: World) -> None:
    ada = world.connect("Ada")
    for _ in range(2):
        world.view(ada, "north")
        world.pass_seconds()
    assert news(ada) == [views("north", ada)] * 2
    assert world.asked == [{"north"}]


@pytest.mark.parametrize("complaint", ["south", "nowhere", "unknown"])
def test_what_may_not_be_seen_and_what_there_is_not_are_answered_alike(world: World, complaint: str) -> None:
    # Given
    ada, anybody = world.connect("Ada", ["North"]), world.connect("Bob")
    world.view(anybody, complaint)
    # When
    world.view(ada, complaint)
    world.pass_seconds(2)
    world.presence.alerts_changed([(complaint, "a1", "sent")])
    world.pass_seconds()
    # Then
    assert news(ada) == [NO_SUCH]
    assert views(complaint, ada, anybody) not in news(anybody)


def test_a_flood_of_wishes_is_one_question_at_a_time_and_the_newest_counts(world: World) -> None:
    # Given
    world.database_hangs = True
    ada = world.connect("Ada")
    # When
    for number in range(1000):
        world.view(ada, f"number {number}")
    world.view(ada, "north")
    # Then
    assert len(world.hanging) == 1
    world.let_go()
    world.pass_seconds(2)
    assert world.asked == [{"number 0"}, {"north"}]
    assert news(ada) == [views("north", ada)]


def test_a_wish_repeated_while_it_is_looked_up_is_answered_by_that(world: World) -> None:
    world.database_hangs = True
    ada = world.connect("Ada")
    for _ in range(5):
        world.view(ada, "north")
    world.let_go()
    world.pass_seconds(2)
    assert world.asked == [{"north"}]
    assert news(ada) == [views("north", ada)]


def test_a_database_that_is_away_is_asked_again_and_newer_wishes_count(world: World) -> None:
    # Given
    world.database_away = True
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.view(ada, "north")
    world.view(bob, "north")
    # When
    world.database_away = False
    world.view(bob, "south")
    world.pass_seconds(2)
    assert news(ada) == news(bob) == []
    world.pass_seconds(6)
    # Then
    assert (news(ada), news(bob)) == ([views("north", ada)], [views("south", bob)])


def test_many_who_wish_at_once_are_one_question(world: World) -> None:
    crowd = [world.connect("Ada") for _ in range(50)]
    for one in crowd:
        world.presence.view(one, "north")
    world.pass_seconds(2)
    assert world.asked == [{"north"}]
    assert all(news(one) for one in crowd)


def test_a_wish_that_was_taken_back_while_it_was_looked_up_comes_to_nothing(world: World) -> None:
    # Given
    world.database_hangs = True
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.view(ada, "north")
    world.view(bob, "north")
    # When
    world.view(ada, None)
    world.disconnect(bob)
    world.let_go()
    world.pass_seconds(2)
    # Then
    assert (news(ada), news(bob)) == ([], [])
    assert world.store.told[-1].viewing == {}


def test_a_complaint_that_moves_out_of_sight_is_viewed_no_more(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada", ["North"]), world.connect("Bob")
    world.view(ada, "north")
    world.view(bob, "north")
    world.pass_seconds()
    assert news(ada) == news(bob) == [views("north", ada, bob)]
    # When
    world.presence.moved(moved("north", "North", "South"))
    world.presence.alerts_changed([("north", "a1", "sent")])
    world.pass_seconds()
    # Then
    assert news(ada) == []
    assert views("north", bob) in news(bob)


def test_a_complaint_that_moves_while_it_is_looked_up_is_looked_up_again(world: World) -> None:
    # Given: the answer is read, but has not come
    world.database_hangs = True
    ada = world.connect("Ada", ["North"])
    world.view(ada, "north")
    world.hanging[0] = lambda job=world.hanging[0], sites=dict(world.sites): _with(world, sites, job)
    # When
    world.sites["north"] = "South"
    world.presence.moved(moved("north", "North", "South"))
    world.let_go()
    world.pass_seconds(2)
    # Then
    assert news(ada) == [NO_SUCH]


def _with(world: World, sites: dict[str, str | None], job: Any) -> None:
    present, world.sites = world.sites, sites
    job()
    world.sites = present


def test_who_may_see_it_no_more_is_told_nothing_more(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada"), world.connect("Bob")
    for one in (ada, bob):
        world.view(one, "north")
    world.pass_seconds()
    assert news(ada) == news(bob) == [views("north", ada, bob)]
    # When
    ada.identity.sites = frozenset(["South"])
    bob.identity.sites = frozenset(["South"])
    world.presence.rights_changed(bob)
    world.presence.alerts_changed([("north", "a1", "sent")])
    world.pass_seconds(2)
    # Then: be it by word or by the look before sending
    assert news(ada) == news(bob) == []
    assert world.store.told[-1].viewing == {}


def test_after_events_may_have_passed_unseen_everything_is_looked_up_again(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada", ["North"]), world.connect("Bob")
    for one in (ada, bob):
        world.view(one, "north")
    world.pass_seconds()
    ada.take()
    # When
    world.sites["north"] = "South"
    world.presence.look_again()
    world.pass_seconds(2)
    # Then
    assert news(ada) == [NO_SUCH]
    assert news(bob)[-1] == views("north", bob)


def test_viewers_of_other_processes_are_named_too(world: World) -> None:
    # Given
    ada = world.connect("Ada")
    world.view(ada, "north")
    world.pass_seconds()
    ada.take()
    # When
    world.store.of_others = PresenceState({"b": "Bob"}, {"north": {"b": "Bob"}, "south": {"c": "Cy"}})
    world.presence.changed_elsewhere("there")
    world.pass_seconds(2)
    # Then
    assert news(ada) == [
        {"type": "presence", "complaint": "north", "operators": [ada.operator, {"id": "b", "name": "Bob"}]}
    ]
