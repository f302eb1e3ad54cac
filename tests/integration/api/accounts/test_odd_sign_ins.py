"""People sign in with their address and password, however their keyboard composes the letters."""

import pytest
from argon2 import PasswordHasher

from complaints.accounts.passwords import hash_password, verify_password
from tests.integration.api.people import World

URL = "/api/v1/auth/login"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
def test_address_and_password_are_known_in_each_form(world: World) -> None:
    # Given
    form = {"email": "josé@bücher.example.org", "name": "José", "role": "agent"}
    added = world.admin.post(
        "/api/v1/operators", json={**form, "password": "cafe\u0301 de\u0301cafe\u0301ine\u0301"}
    )
    assert (added.status_code, added.get_json()["email"]) == (201, "josé@bücher.example.org")
    # Then
    for email in (
        "JOSE\u0301@Bu\u0308cher.example.org",
        "josé@xn--bcher-kva.example.org ",
        "\u00a0josé@bücher.example.org",
    ):
        for password in ("café décaféiné", "cafe\u0301\u00a0de\u0301cafe\u0301ine\u0301"):
            signed_in = world.anonymous.post(URL, json={"email": email, "password": password})
            assert signed_in.status_code == 200, (email, password)
    assert world.anonymous.post(URL, json={"email": email, "password": "cafe decafeine"}).status_code == 401


@SQLITE
def test_two_accounts_of_one_address_cannot_be_made(world: World) -> None:
    form = {"name": "José", "role": "agent"}
    for email, status in (("josé@bücher.example.org", 201), ("jose\u0301@xn--bcher-kva.example.org", 409)):
        made = world.admin.post("/api/v1/operators", json={**form, "email": email})
        assert made.status_code == status


def test_a_hash_from_before_is_good_for_the_password_as_it_was_typed() -> None:
    stored = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("cafe\u0301 noir")
    assert verify_password(stored, "cafe\u0301 noir")
    assert not verify_password(stored, "cafe noir")
    assert verify_password(hash_password("cafe\u0301 noir"), "café noir")


def test_a_password_is_as_long_as_its_letters(world: World) -> None:
    form = {"email": "eva@example.org", "name": "Eva", "role": "agent", "password": "e\u0301" * 9}
    assert world.admin.post("/api/v1/operators", json=form).status_code == 422
