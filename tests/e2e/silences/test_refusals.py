"""A refusal in whatever words is no silence: what names the chat or a right is told elsewhere, slow mode is a hold.

A text that nobody knows counts against the chat, and makes it unreachable after a few in a row. All are counted.
"""

from collections.abc import Iterator

import httpx
import pytest
from redis import Redis

from complaints.db import Database
from tests.e2e.telling import (
    end_all_holds,
    measured,
    prefer_nothing,
    submit,
    told_to,
    wait_for_message,
)
from tools.crowd import crowd
from tools.stack import Stack, eventually

AT_ONCE = {
    "CHAT_RESTRICTED": "chat_restricted",
    "need administrator rights in the channel chat": "need administrator rights in the channel chat",
    "group chat was upgraded to a supergroup chat": "group chat was upgraded to a supergroup chat",
}
"""What Telegram says, and how the metrics count it."""
SLOW_MODE = "SLOWMODE_WAIT_600"
UNHEARD_OF = "THE_MOON_IS_FULL_7"


@pytest.fixture
def refused(database: Database, phone: httpx.Client, redis: Redis) -> Iterator[dict[str, int]]:
    """Telegram's ids of chats by the words with which whatever goes there is refused."""
    texts = [*AT_ONCE, SLOW_MODE, UNHEARD_OF]
    with crowd(database, phone, people=len(texts)) as chats:
        for text, chat_id in zip(texts, chats, strict=True):
            fault = {"kind": "refused", "text": text, "chat_id": chat_id}
            phone.post("/faults", json=fault).raise_for_status()
        yield dict(zip(texts, chats, strict=True))
    phone.delete("/faults").raise_for_status()
    end_all_holds(database, redis)


@pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
def test_every_refusal_is_told_elsewhere_and_counted(
    stack: Stack, client: httpx.Client, phone: httpx.Client, chat_id: int, refused: dict[str, int]
) -> None:
    # Given an admin's chat that chose nothing
    prefer_nothing(client, stack, chat_id)
    # When
    complaint = submit(client)
    # Then
    wait_for_message(phone, chat_id, complaint["reference"])
    for text, lost in refused.items():
        eventually(
            lambda lost=lost: told_to(client, complaint, lost).get("reason_code") == "rerouted",
            what=f"what follows from {text}",
        )
    states = {text: (stack.chat(client, lost) or {})["state"] for text, lost in refused.items()}
    assert states == {**dict.fromkeys(refused, "unreachable"), SLOW_MODE: "active"}
    assert "makes this chat wait until" in told_to(client, complaint, refused[SLOW_MODE])["reason"]
    tries = {text: len(told_to(client, complaint, refused[text])["history"]) for text in refused}
    assert {text for text, number in tries.items() if number == 1} == {*AT_ONCE, SLOW_MODE}
    assert tries[UNHEARD_OF] >= 3
    for word in (*AT_ONCE.values(), "the_moon_is_full_#"):
        sample = f'redress_telegram_refusals_total{{text="{word}"}}'
        eventually(lambda sample=sample: measured(stack, sample) > 0, what=sample)
