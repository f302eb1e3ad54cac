"""Limits and scripted faults, and the exception of python-telegram-bot that each must become."""

import logging
import time
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)


@pytest.fixture(autouse=True)
def _quiet():
    """The client logs every body that it can't read."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL)


def trouble(run, coroutine):
    with pytest.raises(TelegramError) as raised:
        run(coroutine)
    return raised.value


def test_a_second_message_within_a_second_must_wait(sandbox, bot, run, ada):
    sandbox.set_limits(on=True)
    sent = run(bot.send_message(ada, "one"))

    error = trouble(run, bot.edit_message_text("two", ada, sent.message_id))

    assert isinstance(error, RetryAfter)
    assert error.retry_after == timedelta(seconds=1)
    (call,) = sandbox.violations()
    assert (call.method, call.violation, call.status, call.acted) == ("editMessageText", "chat", 429, False)


def test_everybody_together_and_a_group_have_windows_too(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada])
    sandbox.set_limits(on=True, all="4/10", chat="100/1", group="3/60")

    errors = [run_quietly(run, bot.send_message(group.id, str(n))) for n in range(4)]
    errors += [run_quietly(run, bot.send_message(ada, str(n))) for n in range(2)]

    assert [type(e) for e in errors] == [*[type(None)] * 3, RetryAfter, type(None), RetryAfter]
    assert [c.violation for c in sandbox.violations()] == ["group", "all"]
    assert 58 <= errors[3].retry_after.total_seconds() <= 60


def run_quietly(run, coroutine):
    try:
        run(coroutine)
    except TelegramError as error:
        return error


def test_answers_to_buttons_and_look_ups_do_not_count(sandbox, bot, run, ada):
    sandbox.set_limits(on=True)
    run(bot.send_message(ada, "one"))

    for _ in range(5):
        run(bot.get_chat(ada))
        trouble(run, bot.answer_callback_query("unknown"))

    assert sandbox.violations() == []


@pytest.mark.parametrize(
    ("fault", "expected", "words", "acted"),
    [
        ({"kind": "http_500"}, NetworkError, "Internal Server Error", False),
        ({"kind": "http_502"}, NetworkError, "Bad Gateway", False),
        ({"kind": "retry_after", "retry_after": 7}, RetryAfter, "in 0:00:07", False),
        ({"kind": "retry_after", "seconds": 9}, RetryAfter, "in 0:00:09", False),
        ({"kind": "retry_after", "told": False}, NetworkError, "Too Many Requests", False),
        ({"kind": "broken_json"}, TelegramError, "Invalid server response", True),
        ({"kind": "reset_before"}, NetworkError, "httpx.ReadError", False),
        ({"kind": "reset_after"}, NetworkError, "httpx.ReadError", True),
        ({"kind": "hang"}, TimedOut, "Timed out", False),
        ({"kind": "hang", "acted": True}, TimedOut, "Timed out", True),
        ({"kind": "outage", "seconds": 30}, NetworkError, "Bad Gateway", False),
        ({"kind": "outage", "seconds": 30, "how": "reset_before"}, NetworkError, "ReadError", False),
        ({"kind": "unauthorized"}, InvalidToken, "Unauthorized", False),
        ({"kind": "conflict"}, Conflict, "terminated by other getUpdates", False),
        ({"kind": "not_modified"}, BadRequest, "not modified", False),
        ({"kind": "cannot_parse_entities"}, BadRequest, "parse entities", False),
        ({"kind": "message_too_long"}, BadRequest, "too long", False),
        ({"kind": "chat_not_found"}, BadRequest, "not found", False),
    ],
)
def test_each_fault_becomes_its_exception_and_takes_effect_or_not(
    sandbox, bot, run, ada, fault, expected, words, acted
):
    sandbox.fault(**fault)

    patience = 0.15 if fault["kind"] == "hang" else 10
    error = trouble(run, bot.send_message(ada, "x", read_timeout=patience))

    assert type(error) is expected
    assert words in str(error)
    assert bool(sandbox.messages(ada)) is acted
    (call,) = sandbox.wait_for(lambda: sandbox.calls("sendMessage"))  # it may be heard after we gave up
    assert (call.outcome, call.acted) == (f"fault:{fault['kind']}", acted)
    assert call.answered >= call.arrived


def test_after_a_fault_the_next_call_goes_through(sandbox, bot, run, ada):
    sandbox.fault("reset_before", count=1)

    trouble(run, bot.send_message(ada, "lost"))

    assert run(bot.send_message(ada, "kept")).text == "kept"
    assert sandbox.faults() == []


def test_a_fault_for_one_chat_and_method_leaves_the_others_alone(sandbox, bot, run, ada):
    eve = sandbox.add_user("Eve", started=True).id
    fault = sandbox.fault("retry_after", retry_after=5, chat_id=ada, methods=("sendMessage",))

    assert isinstance(trouble(run, bot.send_message(ada, "x")), RetryAfter)
    assert run(bot.send_message(eve, "x")).text == "x"
    assert run(bot.get_chat(ada)).id == ada
    sandbox.remove_fault(fault)
    assert run(bot.send_message(ada, "x")).text == "x"


def test_latency_passes_partly_before_arrival_and_partly_after(sandbox, bot, run, ada):
    sandbox.fault("latency", latency=(150, 150))

    started = time.monotonic()
    run(bot.send_message(ada, "x"))
    ended = time.monotonic()

    (call,) = sandbox.calls("sendMessage")
    assert ended - started >= 0.15
    assert started < call.arrived < call.answered < ended


def test_a_wrong_token_and_an_unknown_method_are_refused(sandbox, bot, run):
    stranger = Bot("2:other", base_url=f"{sandbox.base_url}/bot")

    with pytest.raises(InvalidToken):
        run(stranger.get_me())
    answer = httpx.post(f"{sandbox.base_url}/bot{sandbox.token}/sendPigeon", trust_env=False)

    assert answer.status_code == 404
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    run(stranger.request.shutdown())


def test_a_connection_is_kept_for_the_next_call(sandbox, bot, run, ada, monkeypatch):
    seen = []
    take = sandbox._server.process_request
    monkeypatch.setattr(sandbox._server, "process_request", lambda *a: (seen.append(a[1]), take(*a)))

    for _ in range(3):
        run(bot.get_chat(ada))

    assert len(seen) <= 1


def test_the_log_tells_what_came_in_order(sandbox, bot, run, ada):
    run(bot.get_me())
    sent = run(bot.send_message(ada, "x"))
    trouble(run, bot.send_message(4242, "x"))

    calls = sandbox.calls()

    assert [c.method for c in calls] == ["getMe", "sendMessage", "sendMessage"]
    assert [c.outcome for c in calls] == ["ok", "ok", "refused"]
    assert calls[1].message_id == sent.message_id
    assert calls[2].description == "Bad Request: chat not found"
    assert [c.n for c in calls] == sorted(c.n for c in calls)
    assert sandbox.calls(after=calls[1].n) == [calls[2]]
    assert abs(calls[0].arrived_at - time.time()) < 60


def test_reset_goes_back_to_the_start_without_using_update_ids_again(sandbox, bot, run, ada):
    sandbox.say(ada, "one")
    (before,) = run(bot.get_updates())
    sandbox.fault("http_500")

    sandbox.reset()
    sandbox.say(1001, "two")

    (after,) = run(bot.get_updates())
    assert after.update_id > before.update_id
    assert [c["id"] for c in sandbox.state(10)["chats"]] == [1001]
    assert sandbox.faults() == []
