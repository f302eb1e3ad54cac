"""What the rest of the product does around alerts: operators, linked chats, complaints, routing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import select, update

from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.triggers.routing import route_once
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.event_types import ANONYMOUS
from complaints.events.sequencer import number_once
from complaints.forms.complaint_forms import NewComplaint
from complaints.models import Alert, AlertAttempt, Chat, Complaint, Operator, TelegramUpdate
from complaints.verbs import change_status, submit
from complaints.words import Status
from tests.factories import a_chat, an_operator


class Office:
    """Writes to one deployment's database."""

    actor = ANONYMOUS

    def __init__(self, database: Database, redis: Redis) -> None:
        self.database = database
        self.redis = redis

    def hire(self, name: str = "Ada", role: str = "agent", sites: list[str] | None = None) -> Operator:
        operator = an_operator(name, role, sites=sites)
        with self.database.write() as session:
            session.add(operator)
        return operator

    def link(
        self, operator: Operator, telegram_id: int, *, kind: str = "private", thread_id: int = 0
    ) -> Chat:
        chat = a_chat(operator, telegram_id, type=kind, thread_id=thread_id)
        with self.database.write() as session:
            session.add(chat)
        return chat

    def submit(self, description: str = "The lift is stuck", **fields: Any) -> Complaint:
        with self.database.write() as session:
            form = NewComplaint(description=description, **fields)
            complaint = submit(session, form, actor=ANONYMOUS, now=utcnow(), request_id="request-1")
        self.sequence()
        return complaint

    def acknowledge(self, complaint_id: UUID) -> None:
        self.change(complaint_id, Status.ACKNOWLEDGED)

    def change(self, complaint_id: UUID, status: Status) -> None:
        with self.database.write() as session:
            complaint = session.get_one(Complaint, complaint_id)
            change_status(session, complaint, status=status, actor=self.actor, now=utcnow())
        self.sequence()

    def sequence(self) -> None:
        while number_once(self.database) or route_once(self.database):
            pass

    def alerts(self, chat: Chat | None = None) -> list[Alert]:
        query = select(Alert).order_by(Alert.id)
        with self.database.read() as session:
            found = session.scalars(query if chat is None else query.where(Alert.chat_id == chat.id)).all()
        return list(found)

    def alert(self) -> Alert:
        """The only alert."""
        (only,) = self.alerts()
        return only

    def attempts(self) -> list[AlertAttempt]:
        with self.database.read() as session:
            return list(session.scalars(select(AlertAttempt).order_by(AlertAttempt.number)))

    def chat(self, chat_id: UUID) -> Chat:
        with self.database.read() as session:
            return session.get_one(Chat, chat_id)

    def chats(self) -> list[Chat]:
        with self.database.read() as session:
            return list(session.scalars(select(Chat).order_by(Chat.id)))

    def complaint(self, complaint_id: UUID) -> Complaint:
        with self.database.read() as session:
            return session.get_one(Complaint, complaint_id)

    def update_errors(self) -> list[str | None]:
        """Of all updates, which have been consumed, in order."""
        with self.database.read() as session:
            rows = session.scalars(select(TelegramUpdate).order_by(TelegramUpdate.update_id)).all()
        assert all(row.consumed_at for row in rows)
        return [row.error for row in rows]

    def let_time_pass(self, seconds: float) -> None:
        """Move every due time and lease that much into the past."""
        step = timedelta(seconds=seconds)
        columns = (Alert.next_attempt_at, Alert.edit_due_at, Chat.lease_expires_at)
        with self.database.write() as session:
            for column in columns:
                for row in session.scalars(select(column.class_).where(column.is_not(None))):
                    setattr(row, column.key, getattr(row, column.key) - step)

    def let_everything_rest(self, redis: Redis) -> None:
        """End every hold and the circuit, as time would."""
        self.let_time_pass(400)
        redis.delete("redress:circuit", "redress:circuit:probe", *redis.keys("redress:limiter:hold:*"))

    def in_thread(self, work: Callable[[], object]) -> Thread:
        """Start the work beside the test."""
        thread = Thread(target=work)
        thread.start()
        return thread

    def set_chat(self, chat_id: UUID, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(update(Chat).where(Chat.id == chat_id).values(**values))

    def prefer(self, chat_id: UUID, **preferences: Any) -> None:
        """Give the chat these preferences, and else those of a fresh one."""
        self.set_chat(chat_id, preferences=Preferences(**preferences).model_dump(mode="json"))

    def set_alert(self, alert_id: UUID, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(update(Alert).where(Alert.id == alert_id).values(**values))

    def set_complaint(self, complaint_id: UUID, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(update(Complaint).where(Complaint.id == complaint_id).values(**values))
