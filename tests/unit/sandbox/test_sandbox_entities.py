"""What Telegram finds in plain text, and how it trims."""

from sandbox.text.entities import detect, trim


def found(text):
    return [(e["type"], e["offset"], e["length"]) for e in detect(text)]


def test_commands_links_mentions_and_hashtags_are_found():
    assert found("/start abc") == [("bot_command", 0, 6)]
    assert found("/mute@redress_sandbox_bot 2h") == [("bot_command", 0, 25)]
    assert found("see https://example.org/a, now") == [("url", 4, 21)]
    assert found("hi @ada_admin #urgent") == [("mention", 3, 10), ("hashtag", 14, 7)]


def test_addresses_without_a_scheme_are_found_too():
    assert found("see example.com/a or пример.рф") == [("url", 4, 13), ("url", 21, 9)]
    assert found("tg://resolve?domain=a 10.0.0.1:80") == [("url", 0, 21), ("url", 22, 11)]
    assert found("ada@example.org $USD") == [("email", 0, 15), ("cashtag", 16, 4)]
    assert found("e.g. 3.5 of it.Then v1.2.3.4 a@b") == []


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
