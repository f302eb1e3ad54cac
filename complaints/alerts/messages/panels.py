"""Panels: notices that are made anew whenever they are sent or edited, from what the chat is then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.alert_words import AlertState, NoticeSort
from complaints.alerts.messages.notices import SORTS
from complaints.alerts.messages.sent_messages import find_message
from complaints.alerts.recipients.preferences import Preferences
from complaints.alerts.state.alert_state import end
from complaints.models import Alert, Category, Chat, Site

QUESTION = "question"
PANELS = frozenset(name for name, sort in SORTS.items() if sort.is_panel)


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows: one `page` of the chat's settings, or a question that wants a reply.

    `categories` and `sites` are what there is to choose from.
    """

    page: str
    state: str
    muted_until: datetime | None
    categories: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


def panel_of(session: Session, alert: Alert, chat: Chat) -> Panel | None:
    """Return the panel that the alert is, as it stands now; None for any other alert."""
    if alert.notice not in PANELS:
        return None
    if alert.notice == NoticeSort.QUESTION:
        return Panel(QUESTION, chat.state, chat.muted_until)
    preferences = Preferences.stored(chat.preferences)
    return Panel(
        page=alert.text or "",
        state=chat.state,
        muted_until=chat.muted_until,
        categories=known_categories(session, preferences),
        sites=known_sites(session, chat, preferences),
    )


def known_categories(session: Session, preferences: Preferences) -> tuple[str, ...]:
    """Return every category, and those that the chat still wants though they are gone."""
    names = session.scalars(select(Category.name))
    return tuple(sorted({*names, *(preferences.categories or ())}))


def known_sites(session: Session, chat: Chat, preferences: Preferences) -> tuple[str, ...]:
    """Return the sites that the chat's operator may see, and those that the chat wants."""
    own = chat.operator.sites
    names = session.scalars(select(Site.name)) if own is None else own
    return tuple(sorted({*names, *(preferences.sites or ())}))


def find_panel(session: Session, telegram_id: int, thread_id: int, message_id: int) -> Alert | None:
    """Return the alert that was sent as this message, if it shows a chat's settings.

    A message that nobody knows is taken for one whose answer was lost: see `prove_arrival`.
    """
    alert = find_message(session, telegram_id, message_id) or _lost_panel(session, telegram_id, thread_id)
    return alert if alert is not None and alert.notice == NoticeSort.PANEL else None


def prove_arrival(alert: Alert, message_id: int) -> None:
    """Record that a panel whose answer was lost did arrive: somebody who may press it did."""
    if alert.message_id is None:
        end(alert, AlertState.SENT, None)
        alert.message_id = message_id


def _lost_panel(session: Session, telegram_id: int, thread_id: int) -> Alert | None:
    query = select(Alert).join(Chat, Chat.id == Alert.chat_id)
    lost = query.where(
        Chat.telegram_id == telegram_id,
        Chat.thread_id == thread_id,
        Alert.state == AlertState.UNKNOWN,
        Alert.message_id.is_(None),
        Alert.notice == NoticeSort.PANEL,
    )
    return session.scalar(lost.order_by(Alert.id.desc()).limit(1))
