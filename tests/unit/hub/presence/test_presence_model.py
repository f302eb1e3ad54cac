"""Random comings and goings: whatever happened, in the end everybody knows who is there."""

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.hub.presence.presence_world import World
from web.hub.presence import exchange, presence
from web.hub.presence.presence_state import NOBODY, PresenceState

NAMES = st.sampled_from(["Ada", "Bob", "Cy"])
COMPLAINTS = st.sampled_from(["north", "south", "unknown", None])
ELSEWHERE = st.sampled_from(
    [NOBODY, PresenceState({"z": "Zoe"}, {"north": {"z": "Zoe"}}), PresenceState({"y": "Yan"}, {})]
)
PLACES = st.integers(0, 20)
STEPS = st.one_of(
    st.tuples(st.just("connect"), NAMES),
    st.tuples(st.just("disconnect"), PLACES),
    st.tuples(st.just("view"), PLACES, COMPLAINTS),
    st.tuples(st.just("busy"), PLACES, st.booleans()),
    st.tuples(st.just("elsewhere"), ELSEWHERE),
    st.tuples(st.just("redis"), st.booleans()),
    *[st.tuples(st.just("pass"), st.integers(1, 3))] * 3,
)


class History:
    """Takes the steps in a world, and keeps what everybody wished for and was told last."""

    def __init__(self) -> None:
        self.world = World()
        self.here: list[Any] = []
        self.open: dict[Any, str | None] = {}

    def take(self, step: tuple[Any, ...]) -> None:
        kind, *details = step
        getattr(self, f"_{kind}")(*details)

    def _connect(self, name: str) -> None:
        self.here.append(self.world.connect(name))

    def _disconnect(self, place: int) -> None:
        if self.here:
            gone = self.here.pop(place % len(self.here))
            self.world.disconnect(gone)
            self.open.pop(gone, None)

    def _view(self, place: int, complaint: str | None) -> None:
        if self.here:
            one = self.here[place % len(self.here)]
            self.world.view(one, complaint)
            self.open[one] = complaint

    def _busy(self, place: int, busy: bool) -> None:
        if self.here:
            self.here[place % len(self.here)].backlog = deque() if busy else None

    def _elsewhere(self, presence_state: PresenceState) -> None:
        self.world.store.of_others = presence_state
        self.world.presence.changed_elsewhere("there")

    def _redis(self, away: bool) -> None:
        self.world.store.away = away

    def _pass(self, seconds: int) -> None:
        self.world.pass_seconds(seconds)

    def end(self) -> None:
        """Everything is well again, for a while."""
        self._redis(False)
        for one in self.here:
            one.backlog = None
        self._pass(15)

    def operators(self, complaint: str | None = None) -> dict[str, str]:
        """Return who is online, or who views the complaint."""
        others = self.world.store.of_others
        there = others.online if complaint is None else others.viewing.get(complaint, {})
        here = [one for one in self.here if complaint is None or self.open.get(one) == complaint]
        return {**there, **{one.operator["id"]: one.operator["name"] for one in here}}


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=5, max_size=50))
def test_in_the_end_everybody_knows_who_is_online_and_who_views_what_they_view(steps: list[Any]) -> None:
    # Given: nobody looks now and then, by themselves
    history = History()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "LOOK_EVERY_SECONDS", float("inf"))
        patch.setattr(exchange, "RENEW_EVERY_SECONDS", float("inf"))
        # When
        for step in steps:
            history.take(step)
        history.end()
    # Then
    for one in history.here:
        heard = one.take()
        online = [message["online"] for message in heard if "online" in message][-1]
        assert known(online["operators"]) == history.operators()
        assert online["count"] == len(history.operators())
        complaint = history.open.get(one)
        if complaint in history.world.sites:
            viewers = [message["operators"] for message in heard if message.get("complaint") == complaint]
            assert known(viewers[-1]) == history.operators(complaint)
    assert set(history.world.store.told[-1].viewing) == set(history.open.values()) & set(history.world.sites)


def known(operators: list[dict[str, str]]) -> dict[str, str]:
    return {operator["id"]: operator["name"] for operator in operators}
