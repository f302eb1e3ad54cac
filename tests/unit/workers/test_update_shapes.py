"""Names of people and groups as Telegram sends them, which is as somebody typed them."""

import pytest

from workers.telegram.incoming.update_shapes import MessageChat, Person

NAMES = {
    "Ada\nLovelace": "Ada Lovelace",
    "Zoe\u0308\u2028\u202e\x1b": "Zoë",
    "\u3164": "7",
    "\u2800\u200d\u0301": "7",
    "": "7",
}


@pytest.mark.parametrize(("typed", "name"), NAMES.items(), ids=ascii)
def test_a_name_is_one_line_or_the_id_where_nobody_could_see_it(typed: str, name: str) -> None:
    assert Person(id=7, first_name=typed).name == name
    assert MessageChat(id=7, type="group", title=typed).name == name


def test_both_names_of_a_person_make_one() -> None:
    assert Person(id=7, first_name="Ada ", last_name="\u3164Lovelace").name == "Ada Lovelace"
