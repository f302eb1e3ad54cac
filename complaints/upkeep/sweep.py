"""Sweeping: what only the time brings about."""

from complaints.alerts.outcome.rerouting import reroute_stranded_once
from complaints.alerts.triggers.reminders import remind_once
from complaints.chats.muting import wake_muted_once
from complaints.db import Database


def sweep_once(db: Database) -> int:
    """Remind, wake chats whose mute is over, reroute what is stranded; return how much that was."""
    return remind_once(db) + wake_muted_once(db) + reroute_stranded_once(db)
