"""What may be asked about operators and API clients, checked."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StrictBool

from complaints.accounts.clients import Scope
from complaints.accounts.passwords import PASSWORD_MAXIMUM
from complaints.forms.fields import Form, Instant, Line, absent, in_form
from complaints.settings import PASSWORD_MINIMUM
from complaints.texts.email_addresses import as_account
from complaints.texts.kept_form import as_line, as_password
from complaints.words import Role

EMAIL_MAXIMUM = 320
SITES_MAXIMUM = 100


def account_email(email: str) -> str:
    """Return the address as an account is known by it; raises ValueError where it is too long for that."""
    if len(email) > EMAIL_MAXIMUM:
        raise ValueError(f"must not be longer than {EMAIL_MAXIMUM} characters")
    return as_account(email)


Email = Annotated[EmailStr, in_form(as_line), AfterValidator(account_email)]
Password = Annotated[
    str, Field(min_length=PASSWORD_MINIMUM, max_length=PASSWORD_MAXIMUM), in_form(as_password)
]
Sites = Annotated[tuple[Line, ...], Field(min_length=1, max_length=SITES_MAXIMUM)]
Scopes = Annotated[tuple[Scope, ...], Field(min_length=1, max_length=10)]


class NewOperator(Form):
    """A person to let in; without a password they are invited to choose one. `sites` null means every site."""

    email: Email
    name: Line
    role: Role
    sites: Sites | None = None
    password: Password | None = None


class OperatorPatch(Form):
    """What to change about an operator; `active: false` closes the account."""

    name: Line = absent()
    role: Role = absent()
    sites: Sites | None = absent()
    active: StrictBool = absent()


class Acceptance(Form):
    """An invitation's token and the password that its operator chose."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password
    cookies: StrictBool = False


class NewClient(Form):
    """A program to let in."""

    name: Line


class ClientPatch(Form):
    """What to change about a program; `active: false` refuses all its keys."""

    name: Line = absent()
    active: StrictBool = absent()


class NewKey(Form):
    """A key to make, and what it opens; without `expires_at` it is good until it is revoked."""

    scopes: Scopes = ("complaints:submit",)
    expires_at: Instant | None = None
