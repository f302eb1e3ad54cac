"""Random histories of the whole relay: clients come and go, processes die, Redis and the table play tricks.

Each client sees exactly what it may see, once and in order, or was told to fetch its list again, with a reason.
"""

from contextlib import suppress
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from tests.unit.hub.relay import outside
from tests.unit.hub.relay.client import Client
from tests.unit.hub.relay.inside import FakeHub
from tests.unit.hub.relay.outside import FakeStream, FakeTable, publish
from web.hub.relay import replay
from web.hub.socket import encoded_event, send_buffer
from web.hub.stream import history, reader, tail

STEPS = 250
HUBS = (0, 1)
NORTH = frozenset({"North"})
VIEWS = ((None, None), (NORTH, None), (None, "c1"))
SITES = (None, "North", "South")


class Clock:
    """The time of those who wait before they try again."""

    now = 0.0


class Relay:
    """Two web processes, three clients; a seldom trouble is named last."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.versions = 0
        self.table, self.stream = FakeTable(), FakeStream()
        self.hubs = [FakeHub(self.table, self.stream) for _ in HUBS]
        self.clients = [Client(self.table, *view) for view in VIEWS]
        self.steps = {
            self.work: 30,
            self.write: 10,
            self.read: 15,
            self.connect: 3,
            self.subscribe_again: 2,
            self.ping: 3,
            self.pass_time: 4,
            self.crash: 1,
            self.lose_redis: 2,
            self.damage_the_stream: 2,
            self.lose_the_database: 1,
            self.delete_what_is_old: 1,
            self.restore_an_older_database: 1,
        }

    def run(self, steps: int) -> None:
        for step in self.random.choices(list(self.steps), list(self.steps.values()), k=steps):
            step()
        self.stream.away = self.table.away = False
        for _ in range(200):
            self.settle()
            if all(client.has_all for client in self.clients):
                return
        raise AssertionError("somebody waits in vain")

    def write(self) -> None:
        """A sequencer may die before it numbers, or between that and publishing."""
        for _ in range(self.random.randint(1, 5)):
            self.versions += 1
            complaint = self.random.choice(("c1", "c2"))
            sites = self.random.choice(SITES), self.random.choice(SITES)
            self.table.written.append((complaint, *sites, self.versions))
        if not self.table.away:
            self.table.number(self.random.choice((0, 4, 8)))
            if self.random.random() < 0.7:
                publish(self.table, self.stream)

    def work(self) -> None:
        """Let the threads of a process take some steps."""
        self._work(self.random.choice(self.hubs), *(self.random.randint(0, 3) for _ in range(3)))

    def _work(self, hub: FakeHub, reads: int, calls: int, jobs: int) -> None:
        for _ in range(reads):
            with suppress(SQLAlchemyError):
                hub.reader.read_once()
        for _ in range(min(calls, len(hub.context.loop.calls))):
            hub.context.loop.calls.popleft()()
        waiting = hub.context.helper_pool.jobs
        for _ in range(min(jobs, len(waiting))):
            waiting.pop(self.random.randrange(len(waiting)))()

    def connect(self) -> None:
        """Come, or come back; to another process, perhaps."""
        client, hub = self.random.choice(self.clients), self.random.choice(self.hubs)
        client.disconnect()
        if hub.ready and not self.table.away:
            client.connect(hub)

    def subscribe_again(self) -> None:
        self.random.choice(self.clients).subscribe_again(self.random.randint(0, 20))

    def read(self) -> None:
        self.random.choice(self.clients).read(self.random.choice((50, 300, 1000)))

    def ping(self) -> None:
        self.random.choice(self.clients).ask_for_ping()

    def pass_time(self) -> None:
        Clock.now += self.random.uniform(0.1, 4)

    def crash(self) -> None:
        place = self.random.choice(HUBS)
        self.hubs[place].crash()
        self.hubs[place] = FakeHub(self.table, self.stream)

    def lose_redis(self) -> None:
        """Find it away, back, flushed, or failed over to a copy that knows only what is older."""
        self.stream.fall_back(self.random.randint(0, 8))
        self.stream.away = self.random.random() < 0.4

    def damage_the_stream(self) -> None:
        self.stream.damage(self.table.epoch, self.random.randint(1, 4), spoil=self.random.random() < 0.5)

    def lose_the_database(self) -> None:
        self.table.away = not self.table.away

    def delete_what_is_old(self) -> None:
        self.table.deleted_to = min(self.table.top, self.table.deleted_to + self.random.randint(1, 20))

    def restore_an_older_database(self) -> None:
        """Whoever does that says so, or the sequencer sees it, if it looks before it numbers anything."""
        self.table.restore(max(self.table.deleted_to, self.table.top - self.random.randint(0, 12)))
        if self.table.away or self.stream.away or (self.stream.last(self.table.epoch) or 0) <= self.table.top:
            self.table.start_epoch()
        else:
            publish(self.table, self.stream)

    def settle(self) -> None:
        """All is well: nothing fails any more."""
        Clock.now += 4
        self.table.number(100)
        publish(self.table, self.stream)
        for hub in self.hubs:
            self._work(hub, 2, 20, 2)
            self._work(hub, 0, 20, 0)
        for client in self.clients:
            if not client.is_connected:
                client.disconnect()
                client.connect(self.hubs[0])
            client.read(1000)
            if client.is_live:
                client.ask_for_ping()


def test_every_client_sees_what_it_may_see_once_and_in_order_or_is_told_to_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outside.stand_in(monkeypatch)
    for module in (history, reader):
        monkeypatch.setattr(module, "monotonic", lambda: Clock.now)
    for module, name, small in (
        (tail, "COUNT_MAXIMUM", 5),
        (reader, "TAIL_EVENTS", 4),
        (reader, "BATCH", 4),
        (history, "PAGE_EVENTS", 3),
        (encoded_event, "CHUNK_BYTES", 400),
        (replay, "REFILL_BELOW", 700),
        (send_buffer, "BACKLOG_MAXIMUM", 1600),
    ):
        monkeypatch.setattr(module, name, small)

    @settings(max_examples=500, phases=[Phase.reuse, Phase.generate])
    @given(random=st.randoms(use_true_random=True))
    def histories(random: Random) -> None:
        Relay(random).run(STEPS)

    histories()
