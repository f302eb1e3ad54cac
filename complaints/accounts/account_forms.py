"""What may be asked about operators and API clients, checked."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field, StrictBool

from complaints.accounts.api_keys import USUAL_SCOPES, Scope
from complaints.accounts.passwords import PASSWORD_MAXIMUM
from complaints.forms.fields import Form, Instant, Line, absent, in_form
from complaints.settings import PASSWORD_MINIMUM
from complaints.texts.email_addresses import as_account
from complaints.texts.kept_form import as_line, as_password
from complaints.words import Role

EMAIL_MAXIMUM = 320
SITES_MAXIMUM = 100
OVERLAP_HOURS = 24
OVERLAP_MAXIMUM_HOURS = 30 * 24


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
RequestRate = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}/[1-9][0-9]{0,4}$", examples=["60/60"])]
Hours = Annotated[int, Field(ge=0, le=OVERLAP_MAXIMUM_HOURS)]


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
    """A key to make, and what it opens; without `expires_at` it is good until it is revoked.

    `sites` null means every site. `rate` is how many requests it has in how many seconds, as `60/60`; null is no
    limit of its own.
    """

    scopes: Scopes = USUAL_SCOPES
    sites: Sites | None = None
    expires_at: Instant | None = None
    rate: RequestRate | None = None


class Rotation(Form):
    """For how long the key that is replaced stays good."""

    overlap_hours: Hours = OVERLAP_HOURS
