"""Every rung: an exception of the library's becomes one outcome."""

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from complaints.alerts.outcome.outcomes import (
    Failed,
    Gone,
    Hold,
    Moved,
    NotSent,
    PolledElsewhere,
    Sent,
    TokenRefused,
    Unknown,
    Unparsable,
    Unreachable,
)
from workers.telegram.client.error_mapping import outcome_of


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


REQUEST = httpx.Request("POST", "https://api.telegram.org")


@pytest.fixture(autouse=True)
def timedeltas(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


def test_a_429_with_a_time_holds_for_that_time():
    assert outcome_of(RetryAfter(7)) == Hold(7.0, everybody=False)


def test_a_429_without_a_time_holds_everybody_for_a_moment():
    assert outcome_of(NetworkError("Too Many Requests (429)")) == Hold(3.0, everybody=True)


def test_a_429_whose_words_alone_have_a_time_holds_for_that_time():
    assert outcome_of(NetworkError("Too Many Requests: retry after 30")) == Hold(30.0, everybody=False)


def test_a_migrated_group_has_a_new_id():
    assert outcome_of(ChatMigrated(-1007)) == Moved(-1007)


def test_a_bot_that_was_blocked_can_not_reach_the_chat():
    blocked = outcome_of(Forbidden("Forbidden: bot was blocked by the user"))
    assert blocked == Unreachable("Forbidden: bot was blocked by the user")


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden (403). Parsing the server response b'<p>blocked by the group policy' failed"),
        BadRequest("Bad Request (400). Parsing the server response b'<p>no rights, user' failed"),
        InvalidToken("Not Found (404). Parsing the server response b'<p>nginx' failed"),
    ],
)
def test_a_page_of_something_on_the_way_blames_neither_chat_nor_token(error):
    assert isinstance(outcome_of(caused(error, TelegramError("Invalid server response"))), Unknown)


@pytest.mark.parametrize("error", [Forbidden("Forbidden (403)"), BadRequest("Bad Request (400)")])
def test_nor_does_an_answer_without_a_word(error):
    assert isinstance(outcome_of(error), Unknown)


@pytest.mark.parametrize("error", [BadRequest("FLOOD_WAIT_45"), NetworkError("FLOOD_PREMIUM_WAIT_45")])
def test_a_flood_is_a_hold_whatever_it_is_called(error):
    assert outcome_of(error) == Hold(45.0, everybody=False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bad Request: chat not found", Unreachable),
        ("Bad Request: CHAT NOT FOUND", Unreachable),
        ("Bad Request: not enough rights to send text messages to the chat", Unreachable),
        ("Bad Request: message thread not found", Unreachable),
        ("Bad Request: message to edit not found", Gone),
        ("Bad Request: can't parse entities: unexpected end tag at byte offset 3", Unparsable),
        ("Bad Request: message is too long", Unparsable),
        ("Bad Request: BUTTON_URL_INVALID", Unparsable),
        ("Bad Request: message text is empty", Failed),
    ],
)
def test_a_bad_request_is_told_apart_by_its_text_without_case(text, kind):
    assert type(outcome_of(BadRequest(text))) is kind


def test_an_edit_that_changes_nothing_is_a_success():
    assert outcome_of(BadRequest("Bad Request: message is not modified: it is the same")) == Sent(None)


def test_a_refused_token_says_nothing_of_the_token():
    assert outcome_of(InvalidToken("The token `123:secret` was rejected")) == TokenRefused(
        "Telegram doesn't accept the bot's token"
    )


def test_a_conflict_means_that_somebody_else_polls():
    assert type(outcome_of(Conflict("terminated by other getUpdates request"))) is PolledElsewhere


@pytest.mark.parametrize(
    "cause",
    [
        httpx.ConnectError("refused", request=REQUEST),
        httpx.ConnectTimeout("slow", request=REQUEST),
        httpx.PoolTimeout("full", request=REQUEST),
        httpx.ProxyError("no", request=REQUEST),
    ],
)
def test_what_never_reached_a_connection_was_not_sent(cause):
    error = TimedOut() if isinstance(cause, httpx.TimeoutException) else NetworkError("httpx")
    assert type(outcome_of(caused(error, cause))) is NotSent


@pytest.mark.parametrize(
    "error",
    [
        caused(TimedOut(), httpx.ReadTimeout("slow", request=REQUEST)),
        caused(TimedOut(), httpx.WriteTimeout("slow", request=REQUEST)),
        caused(NetworkError("httpx.ReadError"), httpx.ReadError("reset", request=REQUEST)),
        caused(NetworkError("httpx"), httpx.RemoteProtocolError("cut", request=REQUEST)),
        NetworkError("Bad Gateway (502)"),
        NetworkError("Internal Server Error (500)"),
        TelegramError("Invalid server response"),
        TimedOut(),
    ],
)
def test_what_was_written_and_not_answered_is_unknown(error):
    assert type(outcome_of(error)) is Unknown


def test_a_text_beyond_telegrams_limit_goes_once_more_shorter():
    assert type(outcome_of(NetworkError("Request Entity Too Large (413)"))) is Unparsable
