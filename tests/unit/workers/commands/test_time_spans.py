"""How long people say that a chat should be muted."""

from datetime import timedelta

import pytest

from workers.telegram.commands.time_spans import read_span


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("2h", timedelta(hours=2)),
        (" 2 h ", timedelta(hours=2)),
        ("1d12h30m", timedelta(days=1, hours=12, minutes=30)),
        ("45", timedelta(minutes=45)),
        ("45 min", timedelta(minutes=45)),
        ("1 Day 2 hours 3 minutes", timedelta(days=1, hours=2, minutes=3)),
        ("43200", timedelta(days=30)),
    ],
)
def test_a_span_is_read_as_people_type_it(typed, span):
    assert read_span(typed) == span


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "0h",
        "-1h",
        "1.5h",
        "43201",
        "31d",
        "30d1m",
        "h",
        "2w",
        "2h!",
        "2h soon",
        "two hours",
        "٢h",
        "m" * 9,
    ],
)
def test_anything_else_is_none(typed):
    assert read_span(typed) is None
