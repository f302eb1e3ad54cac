"""The words that the page is served with, so that no list of the product stands a second time in JavaScript."""

from typing import Any

from complaints.alerts.kinds import KINDS


def page_words() -> dict[str, Any]:
    """Return `{alert_kinds: {kind: {label, choice}}}`; `choice` is null where chats don't choose the kind."""
    return {
        "alert_kinds": {name: {"label": kind.label, "choice": kind.choice} for name, kind in KINDS.items()}
    }
