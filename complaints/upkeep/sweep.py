"""Sweeping: what only the time brings about."""

from complaints.alerts.outcome.rerouting import reroute_held_once, reroute_stranded_once
from complaints.alerts.queue.void_waits import void_waits_once
from complaints.alerts.triggers.reminders import remind_once, void_reminders_once
from complaints.chats.muting import wake_muted_once
from complaints.db import Database
from complaints.upkeep.search_backlog import make_recent_searchable_once


def sweep_once(db: Database) -> int:
    """Take each step once; return how much there was to do."""
    steps = (
        void_reminders_once,
        remind_once,
        wake_muted_once,
        reroute_stranded_once,
        reroute_held_once,
        void_waits_once,
        make_recent_searchable_once,
    )
    return sum(step(db) for step in steps)
