"""Access tokens that were verified before: what was found out about them is kept, but not beyond their time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from flask import Flask
from flask_jwt_extended import create_access_token

from complaints.clock import utcnow
from complaints.errors import TokenExpired, Unauthenticated
from complaints.settings import load_settings
from web.http import access_tokens

SESSION = UUID(int=7)
SECRET = "of-tokens-that-live-as-long-as-their-test"


def app_with(secret: str) -> Flask:
    app = Flask(__name__)
    settings = load_settings(
        redress_env="test",
        database_url="sqlite:////nowhere/at/all.db",
        redis_url="redis://127.0.0.1:1/0",
        jwt_secret_key=secret,
    )
    access_tokens.register(app, settings)
    return app


@pytest.fixture
def app() -> Iterator[Flask]:
    made = app_with(SECRET)
    with made.app_context():
        yield made


@pytest.fixture
def token(app: Flask) -> str:
    made: str = create_access_token("ada", additional_claims={"sid": str(SESSION)})
    return made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that PyJWT has looked at."""
    seen: list[str] = []
    decode = jwt.decode

    def noting(token: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(token)
        return decode(token, *args, **kwargs)

    monkeypatch.setattr(jwt, "decode", noting)
    return seen


def test_a_token_is_looked_at_once_and_says_the_same_each_time(
    app: Flask, token: str, looks: list[str]
) -> None:
    first, second = access_tokens.access_claims(token), access_tokens.access_claims(token)
    assert looks == [token]
    assert first == second
    assert first[0] == SESSION
    assert timedelta() < first[1] - utcnow() <= access_tokens.ACCESS_LIFETIME


def test_a_token_that_was_good_is_refused_when_its_time_is_over(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    _, ends = access_tokens.access_claims(token)
    # When
    monkeypatch.setattr("web.http.access_tokens.utcnow", lambda: ends)
    # Then
    with pytest.raises(TokenExpired):
        access_tokens.access_claims(token)


def test_a_token_that_was_good_is_refused_under_another_key(app: Flask, token: str) -> None:
    # Given
    access_tokens.access_claims(token)
    # When
    with app_with(SECRET[::-1]).app_context(), pytest.raises(Unauthenticated):
        access_tokens.access_claims(token)


def test_a_token_that_was_refused_is_looked_at_again(app: Flask, looks: list[str]) -> None:
    token = create_access_token("ada", additional_claims={"sid": "none"})
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            access_tokens.access_claims(token)
    assert looks == [token, token]
