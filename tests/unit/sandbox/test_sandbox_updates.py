"""The queue keeps updates until the bot confirms them."""

from sandbox.world.update_queue import UpdateQueue


def test_updates_stay_until_a_higher_offset_confirms_them():
    updates = UpdateQueue(next_id=10)
    for text in "abc":
        updates.add("message", {"text": text})

    updates.confirm(0)
    assert [u["update_id"] for u in updates.batch(100)] == [10, 11, 12]
    updates.confirm(12)
    assert [u["update_id"] for u in updates.batch(100)] == [12]


def test_a_negative_offset_keeps_the_newest():
    updates = UpdateQueue(next_id=1)
    for text in "abc":
        updates.add("message", {"text": text})

    updates.confirm(-1)

    assert [u["message"]["text"] for u in updates.batch(100)] == ["c"]


def test_only_what_the_bot_allows_is_queued_and_the_choice_is_kept():
    updates = UpdateQueue()
    updates.allow(["callback_query"])
    updates.allow(None)

    assert updates.add("message", {}) is None
    assert updates.add("callback_query", {}) is not None


def test_members_and_reactions_come_only_by_name():
    updates = UpdateQueue()

    assert updates.add("chat_member", {}) is None
    assert updates.add("my_chat_member", {}) is not None
    updates.allow(["chat_member"])
    assert updates.add("chat_member", {}) is not None
