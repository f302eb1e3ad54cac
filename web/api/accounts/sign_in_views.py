"""Signing in and out, refreshing, and seeing one's sessions."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import make_response
from pydantic import Field, StrictBool
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.passwords import PASSWORD_MAXIMUM
from complaints.accounts.sessions import revoke, rotate
from complaints.clock import to_wire, utcnow
from complaints.errors import (
    Busy,
    CredentialsWrong,
    Forbidden,
    NotFound,
    SessionRevoked,
    Throttled,
    TokenExpired,
    Unauthenticated,
)
from complaints.events.snapshot import Instant
from complaints.forms.fields import Form
from complaints.ids import parse_id
from complaints.models import Operator, OperatorSession
from complaints.texts.email_addresses import as_account
from web.api.accounts.known_places import known_place
from web.api.accounts.password_tries import try_password
from web.api.accounts.sign_in_answers import Tokens, answer_tokens, sign_in, tell_revoked
from web.api.shapes import OperatorShape, Shape, operator_on_wire
from web.http.access_tokens import (
    make_next_refresh_token,
    name_next_refresh_token,
    refresh_claims,
    session_in_request,
    unset_cookies,
)
from web.http.app_services import services
from web.http.permissions import caller, operator, signed_in
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("auth", __name__, tag="Sign-in")


class Credentials(Form):
    """An operator's e-mail and password; `cookies` asks for HttpOnly cookies in place of tokens."""

    email: Annotated[str, Field(min_length=1, max_length=320)]
    password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAXIMUM)]
    cookies: StrictBool = False


class RefreshForm(Form):
    """The refresh token; absent where the cookie carries it."""

    refresh_token: Annotated[str, Field(max_length=4096)] | None = None


class SessionShape(Shape):
    """One sign-in of the operator."""

    id: UUID
    user_agent: str | None
    address: str | None
    created_at: Instant
    used_at: Instant
    current: bool


class SessionPage(Shape):
    """The operator's open sessions, newest first."""

    items: list[SessionShape]
    next_cursor: str | None


@blueprint.post("/auth/login")
@blueprint.input(Credentials, arg_name="form")
@blueprint.output(Tokens)
@refuses(CredentialsWrong, Throttled, Busy)
@blueprint.doc(summary="Sign in")
def login(form: Credentials) -> Any:
    """Open a session. Failures are throttled by account and by address; successes don't count.

    Who signed in before from this address or browser is throttled by their own failures alone.
    """
    found = _check_credentials(form)
    with services().database.write() as session:
        return sign_in(session, session.get_one(Operator, found.id), cookies=form.cookies)


@blueprint.post("/auth/refresh")
@blueprint.input(RefreshForm, arg_name="form")
@blueprint.output(Tokens)
@refuses(Unauthenticated, TokenExpired, SessionRevoked, Forbidden)
@blueprint.doc(summary="Refresh the access token")
def refresh_tokens(form: RefreshForm) -> Any:
    """Rotate the refresh token. One that was used before closes its session, whoever shows it.

    Within five seconds of its use it is answered the same token again: two tabs may have shown it at once.
    """
    in_body = form.refresh_token is not None
    session_id, claims = (
        refresh_claims(form.refresh_token or "") if in_body else session_in_request(refresh=True)
    )
    next_jti = name_next_refresh_token(session_id, claims["jti"])
    with services().database.write() as session:
        row = rotate(session, session_id, claims["jti"], next_jti, now=utcnow())
        if row is not None:
            return answer_tokens(row, make_next_refresh_token(row, next_jti), cookies=not in_body)
    tell_revoked(str(session_id))
    raise SessionRevoked("This refresh token was used before; the session is closed.")


@blueprint.post("/auth/logout")
@signed_in()
@blueprint.output({}, 204)
@blueprint.doc(summary="Sign out")
def logout() -> Any:
    """Close this session, its sockets too, and forget the cookies."""
    _revoke(session_in_request()[0])
    response = make_response("", 204)
    unset_cookies(response)
    return response


@blueprint.get("/auth/me")
@signed_in()
@blueprint.output(OperatorShape)
@blueprint.doc(summary="Who am I")
def me() -> Any:
    """Return the operator who is signed in."""
    return operator_on_wire(operator())


@blueprint.get("/auth/sessions")
@signed_in()
@blueprint.output(SessionPage)
@blueprint.doc(summary="My open sessions")
def list_sessions() -> Any:
    """Return the caller's open sessions."""
    now = utcnow()
    query = select(OperatorSession).where(
        OperatorSession.operator_id == operator().id,
        OperatorSession.revoked_at.is_(None),
        OperatorSession.expires_at > now,
    )
    with services().database.read() as session:
        rows = session.scalars(query.order_by(OperatorSession.id.desc())).all()
    return {"items": [_session_on_wire(row) for row in rows], "next_cursor": None}


@blueprint.delete("/auth/sessions/<session_id>")
@signed_in()
@blueprint.output({}, 204)
@blueprint.doc(summary="Close one of my sessions")
def delete_session(session_id: str) -> Any:
    """Close a session of the caller's, its sockets too."""
    identifier = parse_id(session_id)
    if identifier is None or not _revoke(identifier):
        raise NotFound("You have no such open session.")
    return "", 204


def _check_credentials(form: Credentials) -> Operator:
    email = as_account(form.email)
    with services().database.read() as session:
        found = None if "\x00" in form.email else _find_operator(session, email)
        place = None if found is None else known_place(session, found)
    if not try_password(found, form.password, email=email, place=place) or found is None:
        raise CredentialsWrong("E-mail or password is wrong.")
    return found


def _find_operator(session: Session, email: str) -> Operator | None:
    return session.scalar(select(Operator).where(Operator.email == email))


def _revoke(session_id: UUID) -> bool:
    with services().database.write() as session:
        done = revoke(session, session_id, operator().id, now=utcnow())
    tell_revoked(str(session_id))
    return done


def _session_on_wire(row: OperatorSession) -> dict[str, Any]:
    return {
        "id": row.id,
        "user_agent": row.user_agent,
        "address": row.address,
        "created_at": to_wire(row.created_at),
        "used_at": to_wire(row.used_at),
        "current": row.id == caller().session_id,
    }
