"""What clients say, parsed strictly."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.hub.core.credentials import ShownKey
from web.hub.core.hub_errors import MessageRefused
from web.hub.socket.client_messages import Authenticate, Pong, Seen, Subscribe, Viewing, parse

ID = "01a20521-4ebe-75fa-83cd-3b8d5e6aa7d3"

GOOD = {
    '{"type":"auth","token":"a.b.c"}': Authenticate("a.b.c"),
    '{"type":"auth","key":"rd_x"}': Authenticate(ShownKey("rd_x")),
    '{"type":"subscribe"}': Subscribe(),
    '{"type":"subscribe","after":null,"epoch":null,"complaint":null}': Subscribe(),
    '{"type":"subscribe","after":0,"epoch":"e"}': Subscribe(after=0, epoch="e"),
    f'{{"type":"subscribe","complaint":"{ID.upper()}"}}': Subscribe(complaint=ID),
    '{"type":"pong","more":1}': Pong(),
    '{"type":"seen","seq":7}': Seen(7),
    f'{{"type":"viewing","id":"{ID}"}}': Viewing(ID),
    '{"type":"viewing","id":null}': Viewing(None),
}
BAD = [
    "",
    "{",
    "null",
    "[]",
    '"pong"',
    "{}",
    '{"type":1}',
    '{"type":["auth"]}',
    '{"type":"dance"}',
    '{"type":"auth"}',
    '{"type":"auth","token":"\\ud800"}',
    '{"type":"auth","token":["a"]}',
    '{"type":"auth","key":1}',
    '{"type":"auth","key":"\\u00e9"}',
    '{"type":"auth","token":"a.b.c","key":"rd_x"}',
    '{"type":"subscribe","after":-1}',
    '{"type":"subscribe","after":1.5}',
    '{"type":"subscribe","after":true}',
    '{"type":"subscribe","after":"1"}',
    '{"type":"subscribe","after":9223372036854775808}',
    '{"type":"subscribe","epoch":1}',
    '{"type":"subscribe","epoch":"\\ud800"}',
    '{"type":"subscribe","epoch":"%s"}' % ("e" * 65),
    '{"type":"subscribe","complaint":"x"}',
    '{"type":"subscribe","complaint":1}',
    '{"type":"seen"}',
    '{"type":"viewing","id":[]}',
    "[" * 15_000,
    '{"type":"seen","seq":' + "9" * 15_000 + "}",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_the_contract_has_is_understood(text: str) -> None:
    assert parse(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_everything_else_is_refused_with_words(text: str) -> None:
    with pytest.raises(MessageRefused) as refusal:
        parse(text)
    assert str(refusal.value)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5), st.text())
def test_hostile_values_never_raise_anything_else(value: object, other: str) -> None:
    for kind in ("auth", "subscribe", "pong", "seen", "viewing", other):
        fields = dict.fromkeys(("token", "after", "epoch", "complaint", "seq", "id"), value)
        with suppress(MessageRefused):
            parse(json.dumps({"type": kind, **fields}))


def test_a_key_stands_in_no_log_of_a_message() -> None:
    assert "rd_secret" not in repr(parse('{"type":"auth","key":"rd_secret"}'))
