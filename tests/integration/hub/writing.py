"""What other processes do: sign people in, write complaints, number their events, publish them."""

import uuid

from redis import Redis

from complaints.accounts.sessions import open_session
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_stream import EventStream, publish_once
from complaints.events.event_types import ANONYMOUS
from complaints.events.sequencer import number_once
from complaints.forms.complaint_forms import NewComment, NewComplaint
from complaints.ids import new_id
from complaints.models import Complaint, Operator
from complaints.verbs import comment, edit, submit
from tests.factories import an_operator


class Writing:
    """Writes to one deployment's database and stream."""

    def __init__(self, database: Database, redis: Redis) -> None:
        self.database = database
        self.stream = EventStream(redis)

    def submit(self, description: str = "Leak", site: str | None = None) -> Complaint:
        """Write a complaint, number and publish it: what the events worker does after a poke."""
        with self.database.write() as session:
            form = NewComplaint(description=description, site=site)
            complaint = submit(session, form, actor=ANONYMOUS, now=utcnow())
        self.sequence()
        return complaint

    def submit_many(self, count: int, description: str = "Leak") -> None:
        """Write complaints in one transaction; they are not numbered yet."""
        with self.database.write() as session:
            for _ in range(count):
                submit(session, NewComplaint(description=description), actor=ANONYMOUS, now=utcnow())

    def comment(self, complaint_id: uuid.UUID, text: str) -> None:
        with self.database.write() as session:
            complaint = session.get_one(Complaint, complaint_id)
            form = NewComment(text=text, visibility="internal")
            comment(session, complaint, form, actor=ANONYMOUS, now=utcnow())
        self.sequence()

    def move(self, complaint_id: uuid.UUID, site: str) -> None:
        with self.database.write() as session:
            complaint = session.get_one(Complaint, complaint_id)
            edit(session, complaint, fields={"site": site}, actor=ANONYMOUS, now=utcnow())
        self.sequence()

    def number(self) -> None:
        while number_once(self.database):
            pass

    def sequence(self) -> None:
        while number_once(self.database) or publish_once(self.database, self.stream):
            pass

    def operator(self, role: str = "admin", sites: list[str] | None = None) -> uuid.UUID:
        operator = an_operator(role=role, sites=sites, password_hash="-")
        with self.database.write() as session:
            session.add(operator)
        return operator.id

    def session(self, operator_id: uuid.UUID) -> uuid.UUID:
        session_id = new_id()
        with self.database.write() as session:
            open_session(
                session,
                session.get_one(Operator, operator_id),
                "jti",
                session_id=session_id,
                now=utcnow(),
                user_agent=None,
                address=None,
            )
        return session_id
