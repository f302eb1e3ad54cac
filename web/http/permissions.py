"""Who calls: an operator with a token, a program with a key, or nobody known."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from uuid import UUID

from flask import g, request

from complaints.accounts.api_keys import Scope, find_by_key, is_use_to_note, note_use, works_on_own_alone
from complaints.accounts.rights import as_sites, has_role, sites_of
from complaints.accounts.sessions import find_live
from complaints.clock import utcnow
from complaints.errors import Forbidden, Unauthenticated
from complaints.events.event_types import ANONYMOUS, Actor, ActorKind
from complaints.models import ApiKey, Operator
from complaints.setting_values import parse_rate
from complaints.words import Role
from web.http.access_tokens import access_cookie, session_in_request
from web.http.app_services import services
from web.http.rate_limits import take_place
from web.limits.windows import Window

View = Callable[..., Any]
OPERATORS = ("bearer", "cookie")
KEY = "apiKey"
ANYBODY = ""
SUBMITTING: Scope = "complaints:submit"
IMPORTING: Scope = "complaints:import"
READING: tuple[Scope, ...] = ("complaints:read", "complaints:read_own")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends this request. `operator` is set for operators, `key` for API clients."""

    actor: Actor
    sites: frozenset[str] | None
    operator: Operator | None = None
    session_id: UUID | None = None
    key: ApiKey | None = None

    @property
    def sight(self) -> dict[str, Any]:
        """What bounds their sight, as whoever finds complaints wants it: sites, and a client's own complaints."""
        is_bound = self.key is not None and works_on_own_alone(self.key)
        return {"sites": self.sites, "submitted_by": self.actor.id if is_bound else None}


def caller() -> Caller:
    """Return who sends this request, as the view's decorator found out."""
    return cast(Caller, g.caller)


def operator() -> Operator:
    """Return the operator who sends this request; only in views that let nobody else in."""
    found = caller().operator
    if found is None:
        raise Forbidden("Only operators may do this.")
    return found


def signed_in(role: Role = Role.VIEWER) -> Callable[[View], View]:
    """Let in only operators of at least this role (401, 403)."""
    return _let_in(lambda: _operator(role), OPERATORS, for_admins=role == Role.ADMIN)


def runs_the_place(view: View) -> View:
    """Let in only admins who are not limited to sites: who runs the place decides what others see (401, 403)."""
    return _let_in(_unlimited_admin, OPERATORS, for_admins=True)(view)


def knows_the_words(view: View) -> View:
    """Let in operators, and API clients whatever their scopes (401, 429)."""
    return _let_in(lambda: _operator_or_client(Role.VIEWER), (*OPERATORS, KEY))(view)


def reads(*scopes: Scope) -> Callable[[View], View]:
    """Let in operators, and API clients whose key has one of the scopes (401, 403, 429)."""
    return _let_in(lambda: _operator_or_client(Role.VIEWER, *scopes), (*OPERATORS, KEY), scopes)


def acts(scope: Scope) -> Callable[[View], View]:
    """Let in operators who may act on complaints, and API clients whose key has the scope (401, 403, 429)."""
    return _let_in(lambda: _operator_or_client(Role.AGENT, scope), (*OPERATORS, KEY), (scope,))


def imports(view: View) -> View:
    """Let in only API clients whose key has the scope to import (401, 403, 429)."""
    return _let_in(lambda: _client(IMPORTING), (KEY,), (IMPORTING,))(view)


def submits(view: View) -> View:
    """Let in who may submit: operators, API clients, and anybody where PUBLIC_INTAKE is on (401, 403, 429)."""
    return _let_in(_submitter, (*OPERATORS, KEY, ANYBODY), (SUBMITTING,))(view)


def _let_in(
    find: Callable[[], Caller],
    schemes: tuple[str, ...],
    scopes: tuple[Scope, ...] = (),
    *,
    for_admins: bool = False,
) -> Callable[[View], View]:
    """Call the view for whom `find` finds; the OpenAPI document says whom."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.caller = find()
            return view(*args, **kwargs)

        vars(guarded).update(schemes=schemes, scopes=scopes, for_admins=for_admins)
        return guarded

    return decorate


def _operator(role: Role) -> Caller:
    session_id, _ = session_in_request()
    with services().database.read() as session:
        found = find_live(session, session_id, now=utcnow()).operator
    if not has_role(found.role, role):
        raise Forbidden(f"This wants the role {role}; yours is {found.role}.")
    return Caller(Actor(ActorKind.OPERATOR, found.id, found.name), sites_of(found), found, session_id)


def _unlimited_admin() -> Caller:
    found = _operator(Role.ADMIN)
    if found.sites is not None:
        raise Forbidden("Only an admin of every site may do this.")
    return found


def _operator_or_client(role: Role, *scopes: Scope) -> Caller:
    return _client(*scopes) if _has_key() else _operator(role)


def _has_key() -> bool:
    return "X-API-Key" in request.headers


def _client(*scopes: Scope) -> Caller:
    """Return the program whose key was sent, if it has one of the scopes, or any scope where none is named."""
    if not _has_key():
        raise Unauthenticated("This wants an API key: send X-API-Key.")
    database, now = services().database, utcnow()
    with database.read() as session:
        key = find_by_key(session, request.headers["X-API-Key"], now=now)
    if key.rate is not None:
        take_place(Window(parse_rate(key.rate), f"key:{key.id}"))
    if scopes and not set(scopes).intersection(key.scopes):
        raise Forbidden(f"This wants an API key with the scope {' or '.join(scopes)}.")
    if is_use_to_note(key, now=now):
        with database.write() as session:
            note_use(session, key.id, now=now)
    actor = Actor(ActorKind.API_CLIENT, key.client.id, key.client.name)
    return Caller(actor, as_sites(key.sites), key=key)


def _submitter() -> Caller:
    if _has_key():
        return _client(SUBMITTING)
    try:
        return _operator(Role.AGENT)
    except Unauthenticated:
        if services().settings.public_intake and not _claims_to_be_known():
            return Caller(ANONYMOUS, None)
        raise


def _claims_to_be_known() -> bool:
    """An operator whose token has expired is told so, not taken for somebody unknown; raises `TokenExpired`."""
    return "Authorization" in request.headers or access_cookie() is not None
