"""Tokens: flask-jwt-extended signs them, a session row makes them good.

An access token names the operator (`sub`) and the session (`sid`). Programs carry it as a bearer header; browsers
as an HttpOnly cookie, and then writes also carry the CSRF token that another cookie shows to the page's scripts.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import jwt
from flask import Flask, Response, current_app, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_jwt,
    get_jwt_identity,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt import ExpiredSignatureError, PyJWTError
from jwt.types import Options

from complaints.accounts.sessions import ACCESS_LIFETIME, REFRESH_LIFETIME
from complaints.clock import utcnow
from complaints.errors import Forbidden, TokenExpired, Unauthenticated
from complaints.models import OperatorSession
from complaints.settings import Settings
from web.http.response_headers import cookie_name, cookie_path

ACCESS_COOKIE = "access_token_cookie"
REFRESH_COOKIE = "refresh_token_cookie"
ACCESS_CSRF_COOKIE = "csrf_access_token"
REFRESH_CSRF_COOKIE = "csrf_refresh_token"
ALGORITHM = "HS256"
REFRESH_PATH = "/api/v1/auth"
EXPIRED = "The token has expired. Refresh it."
VERIFIED_MAXIMUM = 20_000
LEEWAY_SECONDS = 10  # how far the clock of the process that made a token may be from that of who checks it
REQUIRED: Options = {"require": ["exp", "sub"]}


def register(app: Flask, settings: Settings) -> None:
    """Configure flask-jwt-extended for the app."""
    https = settings.has_https
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret_key.get_secret_value(),
        JWT_ALGORITHM=ALGORITHM,
        JWT_DECODE_LEEWAY=LEEWAY_SECONDS,
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=REFRESH_LIFETIME,
        JWT_ACCESS_COOKIE_NAME=cookie_name(ACCESS_COOKIE, https=https),
        JWT_REFRESH_COOKIE_NAME=cookie_name(REFRESH_COOKIE, https=https),
        JWT_ACCESS_CSRF_COOKIE_NAME=cookie_name(ACCESS_CSRF_COOKIE, https=https),
        JWT_REFRESH_CSRF_COOKIE_NAME=cookie_name(REFRESH_CSRF_COOKIE, https=https),
        JWT_REFRESH_COOKIE_PATH=cookie_path(REFRESH_PATH, https=https),
        JWT_COOKIE_SECURE=https,
        JWT_COOKIE_SAMESITE="Strict",
        JWT_COOKIE_CSRF_PROTECT=True,
        JWT_SESSION_COOKIE=False,
    )
    previous = settings.jwt_secret_key_previous
    app.config["JWT_SECRET_KEY_PREVIOUS"] = previous and previous.get_secret_value()
    manager = JWTManager(app)
    manager.decode_key_loader(lambda headers, _claims: _key_of(headers))


def make_access_token(session: OperatorSession) -> str:
    """Return a new access token for the session."""
    claims = {"sid": str(session.id)}
    token = create_access_token(
        str(session.operator.id), additional_claims=claims, additional_headers=_key_id()
    )
    return cast(str, token)


def make_refresh_token(operator_id: UUID, session_id: UUID) -> tuple[str, str]:
    """Return a new refresh token and its `jti`, by which the session knows the one that is good."""
    token = create_refresh_token(
        str(operator_id), additional_claims={"sid": str(session_id)}, additional_headers=_key_id()
    )
    return token, decode_token(token)["jti"]


def name_next_refresh_token(session_id: UUID, jti: str) -> str:
    """Return the `jti` of the refresh token that follows the one with this `jti`: the same whenever it is asked."""
    return _derive(f"{session_id}:{jti}")


def make_next_refresh_token(session: OperatorSession, jti: str) -> str:
    """Return the refresh token with this `jti`, good since the session was rotated: the same to all who ask."""
    made = session.used_at
    claims = {
        "sid": str(session.id),
        "jti": jti,
        "iat": made,
        "nbf": made,
        "exp": made + REFRESH_LIFETIME,
        "csrf": _derive(f"csrf:{jti}"),
    }
    identity = str(session.operator.id)
    return cast(str, create_refresh_token(identity, additional_claims=claims, additional_headers=_key_id()))


def set_cookies(response: Response, access: str, refresh: str) -> None:
    """Carry both tokens in HttpOnly cookies, each with its CSRF cookie."""
    set_access_cookies(response, access, max_age=int(ACCESS_LIFETIME.total_seconds()))
    set_refresh_cookies(response, refresh, max_age=int(REFRESH_LIFETIME.total_seconds()))


def unset_cookies(response: Response) -> None:
    """Make the browser forget the tokens."""
    unset_jwt_cookies(response)


def access_cookie() -> str | None:
    """Return the access token that the request's cookie carries.

    Raises `TokenExpired` where the browser has thrown it away, with its time: a session is left, to refresh it by.
    """
    token = request.cookies.get(current_app.config["JWT_ACCESS_COOKIE_NAME"])
    if token is None and current_app.config["JWT_REFRESH_CSRF_COOKIE_NAME"] in request.cookies:
        raise TokenExpired(EXPIRED)
    return token


def session_in_request(*, refresh: bool = False) -> tuple[UUID, dict[str, Any]]:
    """Return the session's id and the claims of the token that the request carries.

    Raises `TokenExpired`, `Forbidden` for a write by cookie without its CSRF token, or `Unauthenticated`.
    """
    try:
        verify_jwt_in_request(refresh=refresh)
    except CSRFError as error:
        raise Forbidden(f"{error}: a write by cookie carries X-CSRF-TOKEN.") from None
    except (PyJWTError, JWTExtendedException) as error:
        raise _refusal(error) from None
    get_jwt_identity()
    _refuse_expired(get_jwt())
    return _session_id(get_jwt()), get_jwt()


def refresh_claims(token: str) -> tuple[UUID, dict[str, Any]]:
    """Return the session's id and the claims of a refresh token given in a body; raises as above."""
    claims = _decode(token, "refresh")
    _refuse_expired(claims)
    return _session_id(claims), claims


def access_claims(token: str) -> tuple[UUID, datetime]:
    """Return the session that an access token names, and the token's end; raises as above."""
    session_id, expires_at = _verified(token, _key())
    if expires_at <= utcnow():
        raise TokenExpired(EXPIRED)
    return session_id, expires_at


@lru_cache(VERIFIED_MAXIMUM)
def _verified(token: str, _key_now: str) -> tuple[UUID, datetime]:
    """Keep what was verified: thousands whom the network cut off come back at once, with the tokens that they had.

    What a token says and who signed it never changes, only whether its time is over. A refusal is not kept.
    """
    claims = _decode(token, "access")
    return _session_id(claims), datetime.fromtimestamp(claims["exp"], UTC)


def secret_keys() -> tuple[str, ...]:
    """Return the present secret key, and the one before it while that is good."""
    previous: str | None = current_app.config["JWT_SECRET_KEY_PREVIOUS"]
    return (_key(),) if previous is None else (_key(), previous)


def _key() -> str:
    return cast(str, current_app.config["JWT_SECRET_KEY"])


def _derive(said: str) -> str:
    return hmac.new(_key().encode(), said.encode(), hashlib.sha256).hexdigest()


def _key_id() -> dict[str, str]:
    return {"kid": _name_of(_key())}


def _name_of(key: str) -> str:
    """Return by what name a token says which key signed it: of the key it tells nothing."""
    return hashlib.sha256(f"kid:{key}".encode()).hexdigest()[:16]


def _key_of(headers: Mapping[str, Any]) -> str:
    """Return the key that the token says, if it is one of ours; else the present one."""
    previous: str | None = current_app.config["JWT_SECRET_KEY_PREVIOUS"]
    is_previous = previous is not None and headers.get("kid") == _name_of(previous)
    return previous if previous is not None and is_previous else _key()


def _decode(token: str, wanted: str) -> dict[str, Any]:
    """Return the claims; raises as above.

    By PyJWT itself: the extension's `decode_token` decodes three times, a tenth of what letting a socket in takes.
    """
    try:
        key = _key_of(jwt.get_unverified_header(token))
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=[ALGORITHM], options=REQUIRED, leeway=LEEWAY_SECONDS
        )
    except (PyJWTError, ValueError) as error:
        raise _refusal(error) from None
    if claims.get("type") != wanted:
        raise Unauthenticated(
            f"This is not an {wanted} token." if wanted == "access" else "Not a refresh token."
        )
    return claims


def _refuse_expired(claims: dict[str, Any]) -> None:
    """The leeway is for beginnings: a token that has ended has ended."""
    if claims["exp"] <= utcnow().timestamp():
        raise TokenExpired(EXPIRED)


def _session_id(claims: dict[str, Any]) -> UUID:
    try:
        return UUID(str(claims["sid"]))
    except (KeyError, ValueError):
        raise Unauthenticated("The token names no session.") from None


def _refusal(error: Exception) -> Unauthenticated:
    if isinstance(error, ExpiredSignatureError):
        return TokenExpired(EXPIRED)
    return Unauthenticated("Sign in, or send a valid token.")
