"""How updates reach the bot: by long polling, by webhook, and what is in them."""

import asyncio
import threading
import time

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from sandbox import Sandbox, ScriptError

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Acknowledge", callback_data="ack:1")]])


class FakeProduct:
    """Records the updates pushed to it; answers 500 as often as it was told to."""

    def __init__(self, failures=0):
        self.got, self.failures = [], failures
        self._server = make_server("127.0.0.1", 0, self._app)
        self.url = f"http://127.0.0.1:{self._server.port}/hook"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._server.shutdown()
        self._thread.join()

    @Request.application
    def _app(self, request):
        self.got.append((request.get_json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        self.failures -= 1
        return Response("", 500 if self.failures >= 0 else 200)


def test_a_typed_command_becomes_an_update_with_its_entity(sandbox, bot, run, ada):
    sandbox.say(ada, "/start TOKEN")

    (update,) = run(bot.get_updates())

    assert update.message.text == "/start TOKEN"
    assert update.message.entities[0].type == "bot_command"
    assert (update.message.from_user.id, update.message.chat.type) == (ada, "private")


def test_polling_waits_for_the_next_update(sandbox, bot, run, ada):
    threading.Timer(0.2, lambda: sandbox.say(ada, "late")).start()

    started = time.monotonic()
    (update,) = run(bot.get_updates(timeout=30))

    assert update.message.text == "late"
    assert time.monotonic() - started < 30


def test_polling_without_news_answers_nothing_after_its_time(bot, run):
    assert run(bot.get_updates(timeout=0)) == ()


def test_updates_come_again_until_confirmed(sandbox, bot, run, ada):
    sandbox.say(ada, "one")
    sandbox.say(ada, "two")

    first = run(bot.get_updates())
    again = run(bot.get_updates(offset=first[1].update_id))

    assert [u.message.text for u in first] == ["one", "two"]
    assert [u.message.text for u in again] == ["two"]
    assert run(bot.get_updates(limit=1, offset=first[1].update_id + 1)) == ()


def test_of_two_polls_the_older_one_loses(sandbox, bot, run, ada):
    async def both():
        async with Bot(sandbox.token, base_url=f"{sandbox.base_url}/bot") as twin:
            older = asyncio.create_task(bot.get_updates(timeout=5))
            await asyncio.to_thread(sandbox.wait_for, lambda: sandbox.calls("getUpdates"))
            newer = asyncio.create_task(twin.get_updates(timeout=5))
            with pytest.raises(Conflict, match="terminated by other getUpdates"):
                await older
            await asyncio.to_thread(sandbox.say, ada, "hello")
            return await newer

    assert [u.message.text for u in run(both())] == ["hello"]


def test_with_a_webhook_there_is_no_polling(sandbox, bot, run):
    with FakeProduct() as product:
        run(bot.set_webhook(product.url, secret_token="s3cret", allowed_updates=["message"]))
        info = run(bot.get_webhook_info())
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            run(bot.get_updates())
        run(bot.delete_webhook())

    assert (info.url, info.allowed_updates) == (product.url, ("message",))
    assert run(bot.get_updates()) == ()
    assert run(bot.get_webhook_info()).url == ""


def test_a_webhook_gets_every_update_in_order_until_it_was_taken(sandbox, bot, run, ada):
    with FakeProduct(failures=2) as product:
        run(bot.set_webhook(product.url, secret_token="s3cret"))
        for text in ("one", "two"):
            sandbox.say(ada, text)
        sandbox.wait_for(lambda: len(product.got) == 4)
        sandbox.wait_for(lambda: run(bot.get_webhook_info()).pending_update_count == 0)
        info = run(bot.get_webhook_info())

    assert [update["message"]["text"] for update, _ in product.got] == ["one", "one", "one", "two"]
    assert {secret for _, secret in product.got} == {"s3cret"}
    assert info.last_error_message.endswith("500")


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/hook", "https://example.org/hook", "ftp://127.0.0.1/x", "no"]
)
def test_a_webhook_beyond_this_machine_is_refused(bot, run, url):
    with pytest.raises(BadRequest, match="Bad webhook"):
        run(bot.set_webhook(url))


def test_a_pressed_button_asks_the_bot_and_can_be_answered_once(sandbox, bot, run, ada):
    sent = run(bot.send_message(ada, "RD-1", reply_markup=KEYS))
    asked = sandbox.press(ada, sent.message_id, "Acknowledge")
    (update,) = run(bot.get_updates())

    assert (update.callback_query.id, update.callback_query.data) == (asked.id, "ack:1")
    assert update.callback_query.from_user.id == ada
    assert update.callback_query.message.message_id == sent.message_id
    assert run(update.callback_query.answer("Done"))
    with pytest.raises(BadRequest, match="Query is too old"):
        run(update.callback_query.answer("Done"))


def test_an_answer_that_comes_late_is_too_old(run, ada, sandbox, bot, monkeypatch):
    sent = run(bot.send_message(ada, "RD-1", reply_markup=KEYS))
    monkeypatch.setattr(sandbox.world, "query_seconds", 0.0)
    asked = sandbox.press(ada, sent.message_id, "ack:1")

    with pytest.raises(BadRequest, match="Query is too old"):
        run(bot.answer_callback_query(asked.id))


def test_in_a_group_the_bot_hears_only_what_concerns_it(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada])
    sandbox.say(group.id, "just talking")
    sandbox.say(group.id, "/link@another_bot TOKEN")
    sandbox.say(group.id, "/link TOKEN")
    sandbox.say(group.id, "hey @redress_sandbox_bot")
    hello = run(bot.send_message(group.id, "hello"))
    sandbox.say(group.id, "an answer", reply_to=hello.message_id)

    updates = run(bot.get_updates())

    heard = [u.message.text for u in updates if u.message and u.message.text]
    assert heard == ["/link TOKEN", "hey @redress_sandbox_bot", "an answer"]
    assert updates[0].my_chat_member.new_chat_member.status == "member"
    assert updates[1].message.new_chat_members[0].id == bot.id
    assert updates[-1].message.reply_to_message.text == "hello"


def test_blocking_kicking_and_migrating_are_told(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada])
    run(bot.get_updates(offset=-1))
    sandbox.block(ada)
    sandbox.unblock(ada)
    new = sandbox.migrate(group.id)
    sandbox.kick(new.id)

    updates = run(bot.get_updates())[1:]

    changes = [
        (u.my_chat_member.old_chat_member.status, u.my_chat_member.new_chat_member.status)
        for u in updates
        if u.my_chat_member
    ]
    assert changes == [("member", "kicked"), ("kicked", "member"), ("member", "kicked")]
    assert [u.message.migrate_to_chat_id for u in updates if u.message] == [new.id, None]
    assert [u.message.migrate_from_chat_id for u in updates if u.message] == [None, group.id]


def remembered(sandbox):
    state = sandbox.state(100)
    chats = {chat["id"]: chat for chat in state["chats"]}
    return chats, state["users"], state["messages"], state["commands"]


def test_chats_messages_and_updates_survive_a_restart(tmp_path, run):
    state = tmp_path / "state.db"
    with Sandbox(state=state) as first:
        ada = first.add_user("Ada", started=True).id
        group = first.add_group("Ops", [ada], type="supergroup", topics=["Alerts"])
        first.say(ada, "before")
        first.block(ada)
        before = remembered(first)
        waiting = [u["update_id"] for u in first.world.updates.batch(100)]
    with Sandbox(state=state) as second:
        assert remembered(second) == before
        assert [u["update_id"] for u in second.world.updates.batch(100)] == waiting
        second.unblock(ada)
        assert second.say(ada, "after")["message_id"] == 2
        assert second.world.updates.batch(100)[-1]["update_id"] > waiting[-1]
        assert second.add_group("Next").id != group.id


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s: s.say(4242, "x"),
        lambda s: s.say(1001, "  "),
        lambda s: s.press(1001, 1, "ack"),
        lambda s: s.unblock(s.add_user("Eve", started=True).id),
        lambda s: s.kick(1001),
        lambda s: s.migrate(1001),
        lambda s: s.add_group("", []),
        lambda s: s.add_group("Ops", topics=["Alerts"]),
        lambda s: s.add_user("Eve", user_id=1001),
        lambda s: s.fault("http_500", colour="red"),
        lambda s: s.fault("http_500", methods="getMe"),
    ],
)
def test_a_wrong_script_is_told_and_changes_nothing(sandbox, wrong):
    with pytest.raises(ScriptError):
        wrong(sandbox)

    assert sandbox.messages(1001) == []
