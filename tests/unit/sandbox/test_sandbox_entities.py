"""What Telegram finds in plain text, and how it trims."""

from sandbox.text.entities import detect, trim


def found(text):
    return [(e["type"], e["offset"], e["length"]) for e in detect(text)]


def test_commands_links_mentions_and_hashtags_are_found():
    assert found("/start abc") == [("bot_command", 0, 6)]
    assert found("/mute@redress_sandbox_bot 2h") == [("bot_command", 0, 25)]
    assert found("see https://example.org/a, now") == [("url", 4, 21)]
    assert found("hi @ada_admin #urgent") == [("mention", 3, 10), ("hashtag", 14, 7)]


def test_a_slash_inside_a_word_is_no_command():
    assert found("and/or /a/b 1/2") == []


def test_offsets_count_utf16_units():
    assert found("\U0001f525 /start") == [("bot_command", 3, 6)]


def test_nothing_is_found_inside_code():
    code = [{"type": "code", "offset": 0, "length": 6}]

    assert detect("/start", code) == []


def test_outer_white_space_goes_and_entities_follow():
    text, entities = trim("  hot  ", [{"type": "bold", "offset": 0, "length": 7}])

    assert text == "hot"
    assert entities == [{"type": "bold", "offset": 0, "length": 3}]


def test_an_entity_of_white_space_alone_vanishes():
    assert trim("x  ", [{"type": "bold", "offset": 1, "length": 2}]) == ("x", [])
