"""Tables full of alerts for the benchmarks: a history that was sent, and what is owed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from complaints.alerts.recipients.preferences import Preferences
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.ids import new_id
from complaints.models import Alert, Chat, Complaint, Operator
from complaints.verbs import submit

COMPLAINTS = 200
SERIES = {
    "postgresql": "SELECT number FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS number",
    "sqlite": "WITH RECURSIVE series(number) AS (SELECT :first UNION ALL SELECT number + 1 FROM series"
    " WHERE number < :last) SELECT number FROM series",
}
IDS = {
    "postgresql": "('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid",
    "sqlite": "'00000000000070008000' || printf('%012x', number)",
}
HISTORY = """
    INSERT INTO alert (id, chat_id, complaint_id, kind, dedupe_key, priority, state, attempts, message_id,
                       shown_version, created_at, sent_at)
    SELECT {id}, pair.chat_id, pair.complaint_id, 'new', 'history:' || number, number % 4, 'sent', 1, number, 1,
           :created_at, :created_at
    FROM ({series}) AS past
    JOIN (SELECT chat.id AS chat_id, complaint.id AS complaint_id, row_number() OVER () - 1 AS place
          FROM chat CROSS JOIN complaint) AS pair ON pair.place = number % :pairs
"""


def found(database: Database, chats: int) -> tuple[list[UUID], list[UUID]]:
    """Make so many linked chats, and some complaints; return the ids of both."""
    now = utcnow()
    with database.write() as session:
        operator = Operator(
            id=new_id(),
            email="ada@example.org",
            name="Ada",
            role="agent",
            active=True,
            created_at=now,
            updated_at=now,
        )
        session.add(operator)
        session.flush()
        linked = [_chat(operator.id, place) for place in range(1, chats + 1)]
        session.execute(insert(Chat), linked)
        complaints = [_complaint(session) for _ in range(COMPLAINTS)]
    return [chat["id"] for chat in linked], [complaint.id for complaint in complaints]


def send(database: Database, first: int, last: int, *, pairs: int) -> None:
    """Add the alerts numbered so to the history, spread over chats and complaints."""
    with database.write() as session:
        engine = session.get_bind().dialect.name
        query = HISTORY.format(id=IDS[engine], series=SERIES[engine])
        created_at = (utcnow() - timedelta(days=1)).replace(tzinfo=None)
        session.execute(text(query), {"first": first, "last": last, "pairs": pairs, "created_at": created_at})
    analyze(database)


def analyze(database: Database) -> None:
    """Do what PostgreSQL's autovacuum does within a minute: sweep out dead rows and count anew."""
    work = "ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(work))


def owe(
    database: Database, chats: Sequence[UUID], complaints: Sequence[UUID], each: int, *, due_in: float = 0
) -> None:
    """Owe each chat so many alerts, due in so many seconds."""
    now = utcnow()
    rows = [
        {
            "id": new_id(),
            "chat_id": chat,
            "complaint_id": complaints[place % len(complaints)],
            "kind": "new",
            "dedupe_key": f"owed:{new_id()}",
            "priority": place % 3 + 1,
            "state": "pending",
            "attempts": 0,
            "next_attempt_at": now + timedelta(seconds=due_in),
            "created_at": now,
        }
        for chat in chats
        for place in range(each)
    ]
    with database.write() as session:
        for start in range(0, len(rows), 5000):
            session.execute(insert(Alert), rows[start : start + 5000])


def _chat(operator_id: UUID, telegram_id: int) -> dict[str, Any]:
    now = utcnow()
    return {
        "id": new_id(),
        "telegram_id": telegram_id,
        "thread_id": 0,
        "type": "private",
        "title": "Ada",
        "operator_id": operator_id,
        "state": "active",
        "preferences": Preferences().model_dump(mode="json"),
        "created_at": now,
        "updated_at": now,
    }


def _complaint(session: Session) -> Complaint:
    return submit(session, NewComplaint(description="x", severity="high"), actor=ANONYMOUS, now=utcnow())
