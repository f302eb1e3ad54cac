"""How a hub is put together: every part once, each after those that it needs."""

import os
from collections.abc import Callable
from functools import cached_property, partial
from time import monotonic

from redis import Redis

from complaints.accounts.sessions import REVOKED_CHANNEL
from complaints.alerts.state.alert_signals import ALERTS_CHANNEL, decode_changes
from complaints.db import Database
from complaints.events.event_stream import EventStream
from complaints.settings import Settings
from web.hub.core.credentials import Identify
from web.hub.core.hub_status import HubStatus
from web.hub.core.measurements import LagHistogram
from web.hub.database_reads import DatabaseReads
from web.hub.entry.admission import Admission
from web.hub.entry.authenticator import Authenticator
from web.hub.entry.descriptors import raise_descriptor_limit, sockets_that_fit
from web.hub.entry.operator_cap import OperatorCap
from web.hub.entry.operator_places import OperatorPlaces
from web.hub.entry.recheck import Recheck
from web.hub.hub import Hub, HubParts
from web.hub.lifecycle.arrivals import Arrivals
from web.hub.lifecycle.connections import Connections
from web.hub.lifecycle.housekeeping import Housekeeping
from web.hub.lifecycle.message_handler import MessageHandler
from web.hub.loop.context import HubContext
from web.hub.loop.heartbeat import Heartbeat, Intervals
from web.hub.loop.redis_jobs import RedisJobs
from web.hub.presence.presence import Presence
from web.hub.presence.presence_store import PRESENCE_CHANNEL, PresenceStore
from web.hub.relay.fanout import Fanout
from web.hub.relay.replay import Replayer
from web.hub.socket.connection import Connection
from web.hub.stream.history import History
from web.hub.stream.reader import StreamReader
from web.hub.stream.reader_state import ReaderState
from web.hub.stream.signal_listener import SignalListener
from web.hub.telemetry.health_check import HealthCheck
from web.hub.telemetry.process_reports import ProcessReports
from web.hub.telemetry.report_store import ReportStore
from web.hub.telemetry.reporter import Reporter

NAME_BYTES = 5


def build_hub(
    settings: Settings,
    database: Database,
    redis: Redis,
    identify: Identify,
    *,
    intervals: Intervals | None = None,
    group: str | None = None,
    lost: Callable[[], object] | None = None,
) -> Hub:
    """Return a hub that has not started. Opens the loop's descriptors: build it in the process that serves.

    `group` is shared by the workers of one gunicorn; `lost` is called when a thread has died.
    """
    wiring = Wiring(settings, database, redis, identify, intervals=intervals or Intervals(), group=group)
    return Hub(wiring.parts(), lost=lost or (lambda: None))


class Wiring:
    """One property a part, made when the first that needs it asks: a circle among them can't be built."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        redis: Redis,
        identify: Identify,
        *,
        intervals: Intervals,
        group: str | None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._redis = redis
        self._identify = identify
        self._intervals = intervals
        self._name = os.urandom(NAME_BYTES).hex()
        self._group = group or self._name
        self._status = HubStatus()
        self._context = HubContext()
        self._stream = EventStream(redis)
        self._reader_state = ReaderState()
        self._lags = LagHistogram(monotonic())
        self._screen_lags = LagHistogram(monotonic())
        self._report_store = ReportStore(redis)
        self._presence_store = PresenceStore(redis)
        self._cap = OperatorCap(redis, settings.sockets_per_operator)
        self._jobs = RedisJobs(self._context)
        self._places = OperatorPlaces(self._name, self._context, self._cap, self._jobs)
        self._reads = DatabaseReads(database)

    def parts(self) -> HubParts:
        """Return what the hub itself uses."""
        return HubParts(
            group=self._group,
            status=self._status,
            context=self._context,
            admission=self._admission,
            connections=self._connections,
            reader=self._reader,
            reader_state=self._reader_state,
            signals=self._signals,
            health=self._health,
            reporter=self._reporter,
            process_reports=ProcessReports(self._name, self._context, self._report_store, self._reporter),
            last_jobs=(
                self._places.release_all,
                partial(self._presence_store.withdraw, self._name),
                partial(self._report_store.withdraw, self._name),
            ),
        )

    @cached_property
    def _admission(self) -> Admission:
        return Admission(
            sockets=sockets_that_fit(self._settings.sockets_per_process, raise_descriptor_limit()),
            unauthenticated_per_address=self._settings.sockets_unauthenticated_per_address,
        )

    @cached_property
    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(self._context, self._intervals)

    @cached_property
    def _replayer(self) -> Replayer:
        history = History(self._database, self._stream)
        return Replayer(
            self._context,
            read_head=history.head,
            read_page=history.read,
            follow=self._reader_state.look_now,
            limit=self._settings.replay_limit,
        )

    @cached_property
    def _presence(self) -> Presence:
        return Presence(self._name, self._context, self._presence_store, self._reads.sites)

    @cached_property
    def _health(self) -> HealthCheck:
        return HealthCheck(self._status, self._reader_state, self._lags)

    @cached_property
    def _reporter(self) -> Reporter:
        return Reporter(
            self._name,
            self._group,
            self._context,
            self._health,
            lags=self._lags,
            screen_lags=self._screen_lags,
        )

    @cached_property
    def _recheck(self) -> Recheck:
        presence, replayer = self._presence, self._replayer

        def rights_changed(connection: Connection) -> None:
            presence.rights_changed(connection)
            replayer.rights_changed(connection)

        return Recheck(self._context, self._reads.identities, rights_changed, self._heartbeat.token_renewed)

    @cached_property
    def _housekeeping(self) -> Housekeeping:
        return Housekeeping(
            self._jobs,
            places=self._places,
            recheck=self._recheck,
            recheck_every_seconds=self._intervals.recheck_every_seconds,
            health=self._health,
            reporter=self._reporter,
            report_store=self._report_store,
            windows=(self._lags, self._screen_lags),
        )

    @cached_property
    def _message_handler(self) -> MessageHandler:
        authenticator = Authenticator(
            self._context,
            self._heartbeat,
            identify=self._identify,
            admission=self._admission,
            cap=self._cap,
            recheck=self._recheck,
            places=self._places,
        )
        return MessageHandler(
            self._context,
            authenticator=authenticator,
            heartbeat=self._heartbeat,
            replayer=self._replayer,
            presence=self._presence,
            screen_lags=self._screen_lags,
        )

    @cached_property
    def _connections(self) -> Connections:
        return Connections(
            self._context,
            self._status,
            admission=self._admission,
            heartbeat=self._heartbeat,
            replayer=self._replayer,
            presence=self._presence,
            places=self._places,
            housekeeping=self._housekeeping,
            message_handler=self._message_handler,
        )

    @cached_property
    def _reader(self) -> StreamReader:
        arrivals = Arrivals(
            self._context,
            self._status,
            fanout=Fanout(self._context, self._lags, self._replayer.fall_behind),
            replayer=self._replayer,
            presence=self._presence,
            report=self._housekeeping.report,
        )
        probe = partial(self._context.redis_thread.submit, self._redis.ping)
        return StreamReader(self._database, self._stream, arrivals, self._reader_state, probe=probe)

    @cached_property
    def _signals(self) -> SignalListener:
        call, recheck, presence = self._context.loop.call, self._recheck, self._presence

        def look_again() -> None:
            """Signals may have passed unheard."""
            recheck.all()
            presence.changed_elsewhere(None)

        return SignalListener(
            self._redis,
            handlers={
                REVOKED_CHANNEL: lambda text: call(partial(recheck.signalled, text)),
                PRESENCE_CHANNEL: lambda text: call(partial(presence.changed_elsewhere, text)),
                ALERTS_CHANNEL: lambda text: call(partial(presence.alerts_changed, decode_changes(text))),
            },
            subscribed=partial(call, look_again),
        )
