"""Passwords: changing one's own, and choosing another one by a link that comes by mail or from an admin."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

from complaints.accounts.account_forms import EMAIL_MAXIMUM, Acceptance, Password
from complaints.accounts.password_changes import change_password, wrong_password
from complaints.accounts.passwords import PASSWORD_MAXIMUM, hash_password
from complaints.accounts.single_use_tokens import RESET
from complaints.clock import utcnow
from complaints.errors import Busy, MailOff, Throttled
from complaints.forms.fields import Form, in_form
from complaints.mail.outbox import owe_mail
from complaints.setting_values import Rate
from complaints.texts.email_addresses import as_account
from complaints.texts.kept_form import as_line
from complaints.words import MailKind
from web.api.accounts.known_places import known_place
from web.api.accounts.password_tries import try_password
from web.api.accounts.sign_in_answers import Tokens, choose_and_sign_in, tell_revoked
from web.http.app_services import services
from web.http.client_address import limited_address
from web.http.permissions import caller, operator, signed_in
from web.http.rate_limits import take_place
from web.limits.windows import Window
from web.problems.declared_refusals import refuses

ASKED_PER_ACCOUNT = Rate(3, 3600)
ASKED_PER_ADDRESS = Rate(20, 3600)

blueprint = APIBlueprint("passwords", __name__, tag="Sign-in")


class PasswordChange(Form):
    """The password that is good now, and the one to come."""

    current_password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAXIMUM)]
    new_password: Password


class ForgottenForm(Form):
    """The e-mail by which an account is known."""

    email: Annotated[str, Field(min_length=1, max_length=EMAIL_MAXIMUM), in_form(as_line)]


class ResetForm(Acceptance):
    """The token of a link (what stands behind its `#`) and the password that its operator chose."""


@blueprint.post("/auth/password")
@signed_in()
@blueprint.input(PasswordChange, arg_name="form")
@blueprint.output({}, 204)
@refuses(Throttled, Busy)
@blueprint.doc(summary="Change my password")
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


@blueprint.post("/auth/password/forgot")
@blueprint.input(ForgottenForm, arg_name="form")
@blueprint.output({}, 202)
@refuses(MailOff, Throttled)
@blueprint.doc(summary="Ask for a link to choose another password")
def post_forgotten(form: ForgottenForm) -> Any:
    """Send a link to the e-mail, if it is an operator's. The answer is the same for whichever e-mail, and as quick.

    Where no mail server is set, 409 `mail_off`: an admin makes a link by hand.
    """
    here, email = services(), as_account(form.email)
    if not here.settings.mails:
        raise MailOff("No mail goes out here. Ask an admin for a link to choose another password.")
    take_place(
        Window(ASKED_PER_ACCOUNT, f"forgot-account:{email}"),
        Window(ASKED_PER_ADDRESS, f"forgot-address:{limited_address()}"),
    )
    with here.database.write() as session:
        owe_mail(session, MailKind.PASSWORD_RESET, email, now=here.database.now())
    here.poker.poke_mail(g.request_id)
    return {}, 202


@blueprint.post("/auth/password/reset")
@blueprint.input(ResetForm, arg_name="form")
@blueprint.output(Tokens)
@refuses(Busy)
@blueprint.doc(summary="Choose another password by a link")
def post_reset(form: ResetForm) -> Any:
    """Choose a password and be signed in; every earlier session of the account ends."""
    return choose_and_sign_in(RESET, form)
