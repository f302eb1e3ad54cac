"""What people change on Telegram is recorded as theirs, like what they change on the dashboard."""

import pytest
from sqlalchemy import select

from complaints.chats.linking import offer_link
from complaints.clock import utcnow
from complaints.models import AuditEntry

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def trail(database) -> list[tuple[str, str, str, list[str]]]:
    with database.read() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(row.actor_name, row.door, row.action, sorted(row.changes)) for row in rows]


def test_who_links_a_chat_by_a_token_and_mutes_it_is_named(database, office, ada, telegram, handle):
    # Given
    operator = office.hire("Ada")
    with database.write() as session:
        token = offer_link(session, operator, api_url="https://x.example", username=None, now=utcnow()).token
    # When
    telegram.say(ada, f"/start {token}")
    handle()
    telegram.say(ada, "/mute 2h")
    handle()
    # Then
    assert trail(database) == [
        ("Ada", "telegram", "created", ["operator_id", "preferences", "state"]),
        ("Ada", "telegram", "changed", ["muted_until", "state"]),
    ]


def test_what_changes_nothing_leaves_nothing(database, office, chat, ada, telegram, handle):
    office.submit()
    telegram.say(ada, "/open")
    handle()
    assert trail(database) == []
