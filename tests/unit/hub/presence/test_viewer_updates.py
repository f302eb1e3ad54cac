"""Signals of alerts: to who views the complaint, and to nobody who is busy."""

from collections import deque

from tests.unit.hub.presence.presence_world import World, news, views


def test_alerts_states_reach_who_views_the_complaint_the_newest_of_each(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.view(ada, "north")
    world.view(bob, "south")
    world.pass_seconds()
    ada.take(), bob.take()
    # When
    changes = [("north", "a1", "sending"), ("north", "a2", "failed"), ("north", "a1", "sent")]
    world.presence.alerts_changed(changes)
    world.loop.run(world.now)
    # Then
    assert ada.take() == [
        {"type": "signal", "name": "alert", "complaint": "north", "alert": {"id": alert, "state": state}}
        for alert, state in (("a1", "sent"), ("a2", "failed"))
    ]
    assert bob.take() == []


def test_a_busy_viewer_loses_signals_and_is_told_of_viewers_later(world: World) -> None:
    # Given
    ada, bob = world.connect("Ada"), world.connect("Bob")
    world.view(ada, "north")
    world.pass_seconds()
    ada.take()
    ada.backlog = deque()
    # When
    world.presence.alerts_changed([("north", "a1", "sent")])
    world.view(bob, "north")
    world.pass_seconds(3)
    assert news(ada) == []
    ada.backlog = None
    world.pass_seconds(2)
    # Then
    assert news(ada) == [views("north", ada, bob)]
