"""Passwords: changing one's own, and choosing another one by a link."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field

from complaints.accounts.account_forms import Acceptance, Password
from complaints.accounts.password_changes import change_password, wrong_password
from complaints.accounts.passwords import PASSWORD_MAXIMUM, hash_password
from complaints.accounts.single_use_tokens import RESET
from complaints.clock import utcnow
from complaints.forms.fields import Form
from web.api.accounts.known_places import known_place
from web.api.accounts.password_tries import try_password
from web.api.accounts.sign_in_answers import Tokens, choose_and_sign_in, tell_revoked
from web.http.app_services import services
from web.http.permissions import caller, operator, signed_in

blueprint = APIBlueprint("passwords", __name__, tag="Sign-in")


class PasswordChange(Form):
    """The password that is good now, and the one to come."""

    current_password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAXIMUM)]
    new_password: Password


class ResetForm(Acceptance):
    """The token of a link (what stands behind its `#`) and the password that its operator chose."""


@blueprint.post("/auth/password")
@signed_in()
@blueprint.input(PasswordChange, arg_name="form")
@blueprint.output({}, 204)
@blueprint.doc(summary="Change my password", responses=[429, 503])
def post_password(form: PasswordChange) -> Any:
    """Change the password; every other session ends, its sockets too, and links to choose one are void.

    A wrong `current_password` counts as a failed sign-in.
    """
    here, who = services(), operator()
    with here.database.read() as session:
        place = known_place(session, who)
    if not try_password(who, form.current_password, email=who.email, place=place):
        raise wrong_password()
    password_hash = hash_password(form.new_password)
    with here.database.write() as session:
        change_password(session, who, password_hash, keep=caller().session_id, now=utcnow())
    tell_revoked(f"operator:{who.id}")
    return "", 204


@blueprint.post("/auth/password/reset")
@blueprint.input(ResetForm, arg_name="form")
@blueprint.output(Tokens)
@blueprint.doc(summary="Choose another password by a link", responses=[503])
def post_reset(form: ResetForm) -> Any:
    """Choose a password and be signed in; every earlier session of the account ends."""
    return choose_and_sign_in(RESET, form)
