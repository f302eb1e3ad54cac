"""Complaints that go in, and who is told of them, as Telegram, the API and the metrics say it."""

from typing import Any

import httpx
from redis import Redis
from sqlalchemy import update

from complaints.db import Database
from complaints.models import Chat
from complaints.telegram.limiter import PREFIX
from tools.stack import PLAIN, Stack, eventually

HELD = f"{PREFIX}hold:"
REFUSED_LAST = f"{PREFIX}last_refused"


def submit(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    """Submit a critical complaint, or what the fields say; return it as it was answered."""
    answer = client.post(
        "/complaints", json={"description": "The roof is on fire", "severity": "critical", **fields}
    )
    assert answer.status_code == 201, answer.text
    complaint: dict[str, Any] = answer.json()
    return complaint


def wait_for_message(phone: httpx.Client, chat_id: int, text: str, *, seconds: float = 60) -> dict[str, Any]:
    """Return the message in the chat that says this, once it has come."""

    def look() -> dict[str, Any] | None:
        messages = phone.get(f"/chats/{chat_id}/messages").json()
        return next((one for one in messages if text in str(one.get("text"))), None)

    return eventually(look, seconds=seconds, what=f"a message to {chat_id} that says {text}")


def told_to(client: httpx.Client, complaint: dict[str, Any], chat_id: int) -> dict[str, Any]:
    """Return the complaint's first alert to the chat, as the trail has it."""
    items = client.get(f"/complaints/{complaint['id']}/alerts").raise_for_status().json()["items"]
    return next((one for one in items if one["chat"]["telegram_id"] == chat_id), {})


def measured(stack: Stack, sample: str) -> float:
    """Return the number that a scrape has for the sample (its name and labels); 0 where it has none."""
    lines = httpx.get(f"{stack.url}/metrics", timeout=10, verify=PLAIN).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{sample} ")), 0.0)


def prefer_nothing(client: httpx.Client, stack: Stack, chat_id: int) -> None:
    """Let the chat be told of nothing by itself: what comes there was another chat's."""
    chat = stack.chat(client, chat_id)
    assert chat is not None
    client.patch(f"/telegram/chats/{chat['id']}", json={"preferences": {"kinds": []}}).raise_for_status()


def end_all_holds(database: Database, redis: Redis) -> None:
    """Let nobody be made to wait any more, as after the time that Telegram had named."""
    keys = list(redis.scan_iter(match=f"{HELD}*"))
    redis.delete(REFUSED_LAST, *keys)
    with database.write() as session:
        session.execute(update(Chat).values(held_until=None))
        session.execute(update(Chat).where(Chat.lease_token.is_(None)).values(lease_expires_at=None))
