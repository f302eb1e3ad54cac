"""Many who sign in at once take neither the memory nor the way of complaints, and strangers lock nobody out.

Tries are counted exactly, however many come together; several who refresh one token together are answered the same.
Two processes: what is done at one counts at the other.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from complaints.accounts.passwords import AT_ONCE, hash_password
from complaints.db import Database
from complaints.ids import new_id
from tests.e2e.barred.conftest import FAILURES
from tests.e2e.telling import submit
from tests.e2e.web_beside import NAME
from tests.factories import an_operator
from tools.stack import ADMIN_PASSWORD, PLAIN, Stack

pytestmark = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
MANY = 60
PASSWORD_MIB = 64
HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")


@pytest.fixture
def crowd(beside: str) -> Iterator[httpx.Client]:
    """A client for many at once."""
    limits = httpx.Limits(max_connections=MANY)
    with httpx.Client(base_url=beside, limits=limits, timeout=30, verify=PLAIN) as client:
        yield client


@pytest.fixture
def email(database: Database) -> str:
    """The e-mail of somebody with the admin's password."""
    row = an_operator("Ada", password_hash=hash_password(ADMIN_PASSWORD))
    with database.write() as session:
        session.add(row)
    return row.email


def sign_in(
    client: httpx.Client, email: str, password: str = ADMIN_PASSWORD, address: str = "192.0.2.1"
) -> httpx.Response:
    credentials = {"email": email, "password": password}
    return client.post("/auth/login", json=credentials, headers={"X-Forwarded-For": address})


def most_mib_of(master: int) -> float:
    """Return the most memory that the worker of this gunicorn ever had, and let it be counted anew."""
    [worker] = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    found = HIGH_WATER.search(Path(f"/proc/{worker}/status").read_text())
    assert found is not None
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    return int(found[1]) / 1024


def test_sixty_at_once_leave_room_for_complaints(
    stack: Stack, client: httpx.Client, crowd: httpx.Client, email: str
) -> None:
    # Given a process that has looked at a password before
    assert sign_in(crowd, email).status_code == 200
    client.base_url = crowd.base_url
    most_mib_of(stack.pid(NAME))
    before = most_mib_of(stack.pid(NAME))
    # When
    with ThreadPoolExecutor(MANY) as many:
        answers = [many.submit(sign_in, crowd, f"{number}-{email}") for number in range(MANY)]
        for _ in range(5):
            submit(client, severity="low")
        told = [one.result() for one in answers]
    # Then complaints go between them, and who is one too many is told to come back
    codes = Counter(one.status_code for one in told)
    assert set(codes) == {401, 503}
    assert all(int(one.headers["Retry-After"]) > 0 for one in told if one.status_code == 503)
    assert most_mib_of(stack.pid(NAME)) - before < (AT_ONCE + 1) * PASSWORD_MIB


def test_many_tries_at_once_are_no_more_than_as_many_one_by_one(crowd: httpx.Client, email: str) -> None:
    # Given somebody who signed in from their own place
    assert sign_in(crowd, email, address="192.0.2.7").status_code == 200
    # When strangers try together, from everywhere
    with ThreadPoolExecutor(8) as strangers:
        tries = [strangers.submit(sign_in, crowd, email, "x", f"198.51.100.{n}") for n in range(16)]
        codes = Counter(one.result().status_code for one in tries)
    # Then
    assert codes[401] <= FAILURES
    assert set(codes) <= {401, 429, 503}
    while sign_in(crowd, email, "x", "198.51.100.99").status_code != 429:
        continue
    assert sign_in(crowd, email, address="198.51.100.1").status_code == 429
    # And the owner gets in from where they were before
    assert sign_in(crowd, email, address="192.0.2.7").status_code == 200


def test_who_refresh_together_are_answered_the_same_and_an_old_token_closes_all(
    stack: Stack, crowd: httpx.Client, email: str
) -> None:
    urls = (f"{stack.url}/api/v1", str(crowd.base_url).rstrip("/"))
    first: dict[str, Any] = sign_in(crowd, email, address=f"192.0.2.{new_id().int % 250}").json()

    def refresh(token: str, place: int = 0) -> httpx.Response:
        return crowd.post(f"{urls[place % 2]}/auth/refresh", json={"refresh_token": token})

    def me(tokens: dict[str, Any], place: int = 0) -> int:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return crowd.get(f"{urls[place % 2]}/auth/me", headers=headers).status_code

    # When tabs refresh together, at either process
    with ThreadPoolExecutor(4) as tabs:
        asked = [tabs.submit(refresh, first["refresh_token"], place) for place in range(4)]
        answers = [one.result().raise_for_status().json() for one in asked]
    # Then all go on from there
    named = {jwt.decode(one["refresh_token"], options={"verify_signature": False})["jti"] for one in answers}
    assert len(named) == 1
    assert [me(one, place) for place, one in enumerate(answers)] == [200] * 4
    newest = refresh(answers[0]["refresh_token"]).raise_for_status().json()
    # But who shows the first one after that has stolen it
    stolen = refresh(first["refresh_token"], 1)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session_revoked")
    assert [me(newest, place) for place in range(2)] == [401, 401]
