"""For who has lost everything: `flask --app web.wsgi create-admin` and `… reset-password`.

Neither takes a password: each prints a link with which to choose one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.account_forms import NewOperator
from complaints.accounts.operators import add_operator, invite
from complaints.accounts.password_changes import start_reset
from complaints.accounts.single_use_tokens import invitation_url, reset_url
from complaints.audit.trail import Author, sign
from complaints.clock import to_wire, utcnow
from complaints.errors import Refused
from complaints.events.event_types import Actor, ActorKind
from complaints.models import Operator
from complaints.texts.email_addresses import as_account
from complaints.words import Door, Role
from web.http.app_services import services


@click.command()
@click.option("--email", prompt="E-mail")
@click.option("--name", prompt=True)
@with_appcontext
def create_admin(email: str, name: str) -> None:
    """Add an admin of every site, and print the link with which they choose a password."""
    try:
        form = NewOperator(email=email, name=name, role=Role.ADMIN)
    except ValidationError as error:
        raise click.ClickException("; ".join(map(_describe, error.errors()))) from None
    now = utcnow()
    with _signed("create-admin") as session:
        invited = invite(session, add_operator(session, form, None, now=now), now=now)
    _print_link(invitation_url(services().settings.public_url, invited.token), to_wire(invited.expires_at))


@click.command()
@click.option("--email", prompt="E-mail")
@with_appcontext
def reset_password(email: str) -> None:
    """Print a link with which an operator chooses another password."""
    with _signed("reset-password") as session:
        found = session.scalar(select(Operator).where(Operator.email == as_account(email)))
        if found is None:
            raise click.ClickException(f"There is no operator with the e-mail {email}.")
        shown = start_reset(session, found, now=utcnow())
    _print_link(reset_url(services().settings.public_url, shown.token), to_wire(shown.expires_at))


def sign_as_command(session: Session, name: str) -> None:
    """Record what changes in the session as the command's."""
    author = Author(Actor(ActorKind.SYSTEM, None, f"flask {name}"), Door.COMMAND)
    sign(session, lambda: author)


@contextmanager
def _signed(name: str) -> Iterator[Session]:
    """Give a session to write in; what is refused ends the command with one line."""
    try:
        with services().database.write() as session:
            sign_as_command(session, name)
            yield session
    except Refused as error:
        raise click.ClickException(error.detail) from None


def _print_link(url: str, until: str | None) -> None:
    click.echo(f"Whoever has this link chooses the password, once and until {until}:\n{url}")


def _describe(fault: ErrorDetails) -> str:
    return f"{fault['loc'][0]}: {str(fault['msg']).removeprefix('Value error, ')}"
