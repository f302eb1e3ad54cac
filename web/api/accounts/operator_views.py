"""Operators: who may sign in, and the invitations with which they choose a password."""

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import Acceptance, NewOperator, OperatorPatch
from complaints.accounts.operators import add_operator, change_operator, invite
from complaints.accounts.password_changes import start_reset
from complaints.accounts.passwords import hash_password
from complaints.accounts.rights import colleagues, has_role, oversees
from complaints.accounts.single_use_tokens import INVITATION, ShownToken, invitation_url, reset_url
from complaints.clock import to_wire, utcnow
from complaints.errors import Busy, NotFound, Refused
from complaints.events.snapshot import Instant
from complaints.models import Operator
from complaints.queries.finding import find_row
from complaints.queries.pages.paging import by_id, read_page
from complaints.words import Role
from web.api.accounts.sign_in_answers import Tokens, choose_and_sign_in, tell_revoked
from web.api.parameters import PageQuery, named_fields
from web.api.shapes import ColleagueShape, OperatorShape, Shape, operator_on_wire, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import repeatable
from web.http.permissions import caller, operator, runs_the_place, signed_in
from web.idempotency.answered_once import answer_once
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("operators", __name__, tag="Operators")


class InvitationShape(Shape):
    """A link with which the operator chooses a password, shown this once."""

    token: str
    url: str
    expires_at: Instant


class ResetLinkShape(Shape):
    """A link with which an operator chooses another password, shown this once."""

    url: str
    expires_at: Instant


class AddedOperatorShape(OperatorShape):
    """The operator who was added; `invitation` is null where a password was given."""

    invitation: InvitationShape | None


class OperatorPage(Shape):
    """Operators in the order in which they were added; of those whom the caller doesn't run, less is told."""

    items: list[OperatorShape | ColleagueShape]
    next_cursor: str | None


@blueprint.get("/operators")
@signed_in(Role.AGENT)
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(OperatorPage)
@blueprint.doc(summary="List operators")
def list_operators(query: PageQuery) -> Any:
    """Return everybody who shares a site with the caller, closed accounts too: agents need them to assign."""
    with services().database.read() as session:
        rows = select(Operator).where(Operator.id.in_(colleagues(session, caller().sites)))
        page = read_page(session, rows, by_id(Operator.id), **query.model_dump())
    return page_on_wire(page, _as_seen)


@blueprint.post("/operators")
@runs_the_place
@repeatable
@blueprint.input(NewOperator, arg_name="form")
@blueprint.output(AddedOperatorShape, 201)
@refuses(Refused, Busy)
@blueprint.doc(summary="Add an operator")
def post_operator(form: NewOperator) -> Any:
    """Add an operator; without a password the answer has an invitation to hand over."""
    password_hash = None if form.password is None else hash_password(form.password)
    with services().database.write() as session:
        return answer_once(session, lambda: _add(session, form, password_hash), form)


@blueprint.get("/operators/<operator_id>")
@signed_in(Role.ADMIN)
@blueprint.output(OperatorShape)
@blueprint.doc(summary="Get one operator")
def get_operator(operator_id: str) -> Any:
    """Return one operator; an admin limited to sites sees those whose sites are among theirs."""
    with services().database.read() as session:
        return operator_on_wire(_find_overseen(session, operator_id))


@blueprint.patch("/operators/<operator_id>")
@runs_the_place
@blueprint.input(OperatorPatch, arg_name="form")
@blueprint.output(OperatorShape)
@refuses(Refused)
@blueprint.doc(summary="Change an operator")
def patch_operator(operator_id: str, form: OperatorPatch) -> Any:
    """Change the named fields. `active: false` closes the account: its sessions and sockets end at once."""
    fields = named_fields(form)
    with services().database.write() as session:
        found = _find(session, operator_id)
        rights_changed = change_operator(session, found, fields, now=utcnow())
        body = operator_on_wire(found)
    if rights_changed:
        tell_revoked(f"operator:{found.id}")
    return body


@blueprint.post("/operators/<operator_id>/invitations")
@runs_the_place
@repeatable
@blueprint.output(InvitationShape, 201)
@refuses(Refused)
@blueprint.doc(summary="Invite an operator again")
def post_invitation(operator_id: str) -> Any:
    """Make a new invitation, for one that expired or a password that was forgotten; earlier ones are void."""
    with services().database.write() as session:
        found = _find(session, operator_id)
        return answer_once(session, lambda: _invitation_on_wire(invite(session, found, now=utcnow())))


@blueprint.post("/invitations/accept")
@blueprint.input(Acceptance, arg_name="form")
@blueprint.output(Tokens)
@refuses(Busy)
@blueprint.doc(summary="Accept an invitation")
def post_acceptance(form: Acceptance) -> Any:
    """Choose a password and be signed in; every earlier session of the account ends."""
    return choose_and_sign_in(INVITATION, form)


@blueprint.post("/operators/<operator_id>/reset")
@signed_in(Role.ADMIN)
@repeatable
@blueprint.output(ResetLinkShape, 201)
@refuses(Refused)
@blueprint.doc(summary="Make a link for who lost their password")
def post_reset_link(operator_id: str) -> Any:
    """Make a link with which the operator chooses another password: once, within an hour. Hand it to them alone."""
    with services().database.write() as session:
        found = _find_overseen(session, operator_id)
        return answer_once(session, lambda: _reset_on_wire(start_reset(session, found, now=utcnow())))


def _find(session: Session, operator_id: str) -> Operator:
    return find_row(session, select(Operator), Operator.id, operator_id, "operator")


def _find_overseen(session: Session, operator_id: str) -> Operator:
    found = _find(session, operator_id)
    if not oversees(operator(), found):
        raise NotFound("There is no such operator.")
    return found


def _add(session: Session, form: NewOperator, password_hash: str | None) -> dict[str, Any]:
    now = utcnow()
    added = add_operator(session, form, password_hash, now=now)
    invited = invite(session, added, now=now) if password_hash is None else None
    invitation = None if invited is None else _invitation_on_wire(invited)
    return {**operator_on_wire(added), "invitation": invitation}


def _as_seen(row: Operator) -> dict[str, Any]:
    whole = operator_on_wire(row)
    if has_role(operator().role, Role.ADMIN) and oversees(operator(), row):
        return whole
    return {name: whole[name] for name in ColleagueShape.model_fields}


def _invitation_on_wire(invited: ShownToken) -> dict[str, Any]:
    return {
        "token": invited.token,
        "url": invitation_url(services().settings.public_url, invited.token),
        "expires_at": to_wire(invited.expires_at),
    }


def _reset_on_wire(shown: ShownToken) -> dict[str, Any]:
    return {
        "url": reset_url(services().settings.public_url, shown.token),
        "expires_at": to_wire(shown.expires_at),
    }
