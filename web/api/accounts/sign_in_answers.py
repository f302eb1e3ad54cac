"""What a sign-in answers, in a body or in cookies."""

import threading
from typing import Any
from uuid import UUID

import structlog
from flask import jsonify, request
from redis import RedisError
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import Acceptance
from complaints.accounts.password_changes import choose_password
from complaints.accounts.passwords import hash_password
from complaints.accounts.sessions import ACCESS_LIFETIME, REVOKED_CHANNEL, open_session
from complaints.accounts.single_use_tokens import TokenKind, require_good
from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.models import Operator, OperatorSession
from complaints.redis_client import connect
from web.api.accounts.known_places import remember_browser
from web.api.shapes import Shape
from web.http.access_tokens import make_access_token, make_refresh_token, set_cookies
from web.http.app_services import services
from web.http.client_address import client_address

USER_AGENT_MAXIMUM = 320
log = structlog.get_logger()


class Who(Shape):
    """The operator who signed in."""

    id: UUID
    email: str
    name: str
    role: str


class Tokens(Shape):
    """What a sign-in gives; the tokens are absent where cookies carry them. `expires_in` is in seconds."""

    access_token: str | None = None
    refresh_token: str | None = None
    expires_in: int
    operator: Who


def sign_in(session: Session, operator: Operator, *, cookies: bool) -> Any:
    """Open a session for the operator of this database session; return what the view answers."""
    session_id = new_id()
    refresh, jti = make_refresh_token(operator.id, session_id)
    row = open_session(
        session,
        operator,
        jti,
        session_id=session_id,
        now=utcnow(),
        user_agent=request.user_agent.string[:USER_AGENT_MAXIMUM] or None,
        address=client_address() or None,
    )
    return answer_tokens(row, refresh, cookies=cookies)


def choose_and_sign_in(kind: TokenKind, form: Acceptance) -> Any:
    """Give the token's operator the password that they chose, and answer as a sign-in; raises `Invalid`, `Busy`."""
    here, now = services(), utcnow()
    with here.database.read() as session:
        require_good(session, kind, form.token, now=now)
    password_hash = hash_password(form.password)
    with here.database.write() as session:
        chosen = choose_password(session, kind, form.token, password_hash, now=now)
        body = sign_in(session, chosen, cookies=form.cookies)
    tell_revoked(f"operator:{chosen.id}")
    return body


def answer_tokens(row: OperatorSession, refresh: str, *, cookies: bool) -> Any:
    """Return what the view answers: a new access token and this refresh token."""
    access, who = make_access_token(row), row.operator
    body = {
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "operator": {"id": str(who.id), "email": who.email, "name": who.name, "role": who.role},
    }
    if not cookies:
        return {"access_token": access, "refresh_token": refresh, **body}
    response = jsonify(body)
    set_cookies(response, access, refresh)
    remember_browser(response, who.id)
    return response


def tell_revoked(what: str) -> None:
    """Tell all hubs that a session (its id) or an operator (`operator:<id>`) has other rights now.

    From a thread of its own: a Redis that hangs keeps nobody from signing out.
    """
    redis_url = services().settings.redis_url
    threading.Thread(target=_publish, args=(redis_url, what), name="revocation", daemon=True).start()


def _publish(redis_url: str, what: str) -> None:
    try:
        with connect(redis_url) as redis:
            redis.publish(REVOKED_CHANNEL, what)
    except RedisError as error:
        log.warning("revocation_not_told", error=str(error))  # hubs look at all their sessions every 15 s
