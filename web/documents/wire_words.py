"""What each name on the wire means, with an example: said once, wherever the name stands.

A property or parameter that has a description or an example of its own (pydantic's `Field`) keeps that. A name that
means something else in one model stands as `Model.name`.
"""

from typing import Any, NamedTuple


class Word(NamedTuple):
    """What a name means, and a value that it may have."""

    means: str
    example: Any


COMPLAINT = "01900d8f-1c2e-7b60-8a41-5f0c6a7b9d10"
OPERATOR = "01900d8f-2f11-7c04-9d52-0b8e3a1c4f20"
OTHER = "01900d8f-4a77-7e18-b263-71d90c5e8a30"
REQUEST_ID = "01900d8f-9c41-7d02-a1b5-3e7f5a6b8c90"
WHEN = "2026-01-31T12:00:00Z"
LATER = "2026-01-31T13:00:00Z"
TOKEN = "q7Jm3xV0c9TzB1nKe5RwYh8sLd2PfGa6UoXi4EvNtC0"  # noqa: S105 - nobody's

OF_EVERYTHING: dict[str, Word] = {
    "id": Word("What it is known by; never changes, never comes again (UUIDv7).", COMPLAINT),
    "Brief.id": Word("Whose id.", OPERATOR),
    "name": Word("What it or they are called.", "Ada Lovelace"),
    "created_at": Word("When it was made.", WHEN),
    "updated_at": Word("When it last changed.", LATER),
    "used_at": Word("When it was last used; null if never.", LATER),
    "expires_at": Word("Until when it is good; null without an end.", LATER),
    "items": Word("One page of the list.", []),
    "next_cursor": Word(
        "Send it as `cursor` for the next page; null on the last one.", "WyIyMDI2LTAxLTMxIl0"
    ),
    "epoch": Word(
        "Which numbering `seq` is of. Where it is another than you know, an older database was restored: "
        "read the list again.",
        "5b0f6f0e9d6f4c0c",
    ),
    "request_id": Word("The id of the request that did it: `X-Request-ID`.", REQUEST_ID),
    "email": Word("An e-mail address.", "ada@example.org"),
    "phone": Word("A telephone number, as they wrote it.", "+49 30 901820"),
    "sites": Word("The sites that it is limited to; null for every site.", ["North hall", "South hall"]),
    "time_zone": Word("A time zone of IANA's database.", "Europe/Berlin"),
    "minimum_severity": Word("What is less severe than this is left out.", "high"),
    "active": Word("Whether it may come in; false closes it.", True),
    "operator": Word("Whose it is.", {"id": OPERATOR, "name": "Ada Lovelace"}),
    "code": Word("A stable word for what is wrong: see [the list](/problems).", "transition_refused"),
    "detail": Word("A sentence for people about what is so here.", "Reopening wants a reason."),
}

OF_COMPLAINTS: dict[str, Word] = {
    "reference": Word(
        "What people call it: `RD-` and eight characters that can be said aloud.", "RD-7K2M9XQ4"
    ),
    "subject": Word("One line about it; null if nobody wrote one.", "Lift stuck"),
    "description": Word(
        "What somebody complained of, in their own words.", "The lift in house 7 is stuck again."
    ),
    "category": Word("What kind of thing it is: one of `GET /categories`.", "maintenance"),
    "severity": Word("How bad it is.", "high"),
    "site": Word(
        "Where: one of `GET /sites`, or any text while none is defined; null for nowhere.", "North hall"
    ),
    "location": Word("Where at the site, in words.", "Third floor, by the stairs"),
    "position": Word("Where on the globe; null if nobody said.", {"lat": 52.5163, "lon": 13.3777}),
    "lat": Word("Degrees north, negative to the south.", 52.5163),
    "lon": Word("Degrees east, negative to the west.", 13.3777),
    "reporter": Word(
        "Who complained; never part of an event.",
        {"name": "Grace Hopper", "email": "grace@example.org", "phone": None},
    ),
    "email_usable": Word("There, and false, where no mail could be sent to the address.", False),
    "source": Word("The API client that submitted it; null if none did.", "Tenants portal"),
    "external_id": Word("What the program that submitted it calls it.", "ticket-4711"),
    "extra": Word("A JSON object of the program's own, at most 8 KiB.", {"contract": "A-17"}),
    "status": Word("Where it stands.", "acknowledged"),
    "assignee": Word(
        "The operator who works on it; null for nobody.", {"id": OPERATOR, "name": "Ada Lovelace"}
    ),
    "duplicate_of": Word("The complaint that it duplicates; null for none.", None),
    "version": Word("Grows with each change, and is the `ETag`.", 3),
    "ack_due_at": Word("By when somebody must acknowledge it.", LATER),
    "resolve_due_at": Word("By when it must be resolved; null without such a time.", None),
    "acknowledged_at": Word("When somebody first took note of it; null if nobody did.", WHEN),
    "resolved_at": Word("When it was resolved; null while it is not.", None),
    "reason": Word("Why, in a sentence; reopening wants one.", "Repaired, and tried twice."),
    "operator_id": Word("Who is to work on it: an operator's id, or `me`.", "me"),
    "ids": Word("Which complaints, by id.", [COMPLAINT]),
    "results": Word("What became of each, in the order asked.", []),
    "ok": Word("Whether it was done.", True),
    "error": Word("Why it was not done; null where it was.", None),
    "allowed": Word("The statuses that it could have become.", ["in_progress"]),
    "text": Word("What was written.", "The engineer comes at three."),
    "visibility": Word("`public` for the reporter too, `internal` for operators alone.", "internal"),
    "author": Word("Who wrote it.", {"kind": "operator", "id": OPERATOR, "name": "Ada Lovelace"}),
    "ack_minutes": Word(
        "Minutes to acknowledge, by severity; for others the usual time holds.", {"critical": 5}
    ),
    "reminders": Word("How often who was told is reminded.", 2),
    "escalations": Word("How often the admins are told after that.", 1),
    "repeat_minutes": Word("Minutes between two of these; null: as long as the time to acknowledge.", 15),
    "Category.name": Word("What complaints name it by.", "maintenance"),
    "NewCategory.name": Word("Lower-case letters, digits, `-` and `_`.", "maintenance"),
    "Site.name": Word("What complaints name it by.", "North hall"),
    "NewSite.name": Word("What complaints name it by.", "North hall"),
    "BulkError.code": Word("As in a problem document.", "transition_refused"),
}

OF_EVENTS: dict[str, Word] = {
    "type": Word("Which message it is.", "event"),
    "seq": Word("Its place in the one order of all events; null until it is numbered, moments after.", 1042),
    "Envelope.name": Word(
        "What happened. Ignore names that you don't know.",
        "status_update",
    ),
    "occurred_at": Word("When it happened.", WHEN),
    "actor": Word("Who did it.", {"kind": "operator", "id": OPERATOR, "name": "Ada Lovelace"}),
    "kind": Word("What sort it is.", "operator"),
    "Actor.kind": Word("`operator`, `api_client`, `anonymous` or `system`.", "operator"),
    "Actor.id": Word("Whose id; null for `anonymous` and `system`.", OPERATOR),
    "data": Word("The complaint after it, as lists show it and without its reporter.", None),
    "changes": Word("Each changed field with `[before, after]`.", {"status": ["reported", "acknowledged"]}),
    "head_seq": Word(
        "The last seq before the rows were read: follow events after it, and miss nothing.", 1042
    ),
    "head": Word("The seq up to which was looked: go on after it.", 1042),
    "top": Word("The last seq of all.", 1042),
    "complete": Word(
        "False: what lies between can't be told whole. Read the list again, go on after `top`.", True
    ),
    "more": Word("Whether there is more at once.", False),
    "FeedPage.sites": Word("The sites that the caller may see; null for every site.", None),
}

OF_FIGURES: dict[str, Word] = {
    "total": Word("How many there are.", 128),
    "open": Word("How many are not yet resolved, rejected or duplicates.", 17),
    "overdue": Word("How many open ones are past a time by which something was due.", 2),
    "unacknowledged": Word("How many open ones nobody took note of.", 5),
    "mine": Word("How many open ones are assigned to the caller; 0 for programs.", 4),
    "unassigned": Word("How many open ones are assigned to nobody.", 6),
    "by_status": Word("How many stand where.", {"reported": 5, "acknowledged": 12, "resolved": 111}),
    "by_severity": Word("How many are how bad.", {"low": 20, "medium": 90, "high": 16, "critical": 2}),
    "since": Word("From when durations and days are counted.", "2026-01-01T00:00:00Z"),
    "time_to_acknowledge": Word("From submission until somebody took note.", {}),
    "time_to_resolve": Word("From submission until it was resolved.", {}),
    "per_day": Word("Each day, UTC, oldest first.", []),
    "day": Word("The day, UTC.", "2026-01-31"),
    "submitted": Word("How many came in.", 9),
    "resolved": Word("How many were resolved.", 7),
    "count": Word("Of how many this is.", 42),
    "mean_seconds": Word("The mean.", 512.4),
    "median_seconds": Word("The median.", 301.0),
    "p90_seconds": Word("Nine of ten took no longer.", 1620.5),
    "HubHealth.status": Word("`ok`; `degraded`: slower than it should be; `down`: no sockets here.", "ok"),
    "HubHealth.detail": Word("Why.", "events reach sockets"),
    "hub": Word("How the hub's threads are.", "ok"),
    "stream": Word("How reading Redis' stream goes.", "ok"),
    "connections": Word("How many sockets are open.", 214),
    "connections_by_role": Word("The same, by whose they are.", {"admin": 3, "agent": 190, "viewer": 21}),
    "HubHealth.head": Word("The newest event that was distributed.", 1042),
    "HubStats.head": Word("The newest event that was distributed.", 1042),
    "lag_ms": Word("From an event's write to that to the sockets.", {"p50": 18.0, "p99": 61.0}),
    "screen_lag_ms": Word("From an event's write to that to the screens.", {"p50": 40.0, "p99": 140.0}),
    "p50": Word("Half were no slower.", 18.0),
    "p99": Word("99 of a hundred were no slower.", 61.0),
    "processes": Word("The web processes, each by itself.", []),
    "Processes.ok": Word("How many are well.", 2),
    "degraded": Word("How many are slower than they should be.", 0),
    "down": Word("How many serve no sockets.", 0),
    "sent": Word("Event frames written.", 48210),
    "queued_bytes": Word("Bytes that wait for slow clients.", 0),
    "slow_closes": Word("Sockets closed as too slow.", 1),
    "resumes": Word("Subscriptions with a cursor.", 377),
    "resyncs": Word("Clients that were told to read the list again.", 2),
    "HubStats.complete": Word("False where Redis could not be asked about the other processes.", True),
}
