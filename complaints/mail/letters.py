"""What mails read: a letter is written when it is sent, so that a link in it lives from then on.

Whoever adds a kind of mail adds its row to `KINDS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.accounts.password_changes import start_reset
from complaints.accounts.single_use_tokens import reset_url
from complaints.mail.outbox import MailDropped
from complaints.models import Mail, Operator
from complaints.texts.email_addresses import as_account, as_mailbox
from complaints.words import MailKind, MailReason

RESET_TEXT = """\
Hello,

somebody, probably you, asked for another password for Redress at {public_url}.

Follow this link within an hour to choose one. It works once.

{url}

If it was not you, do nothing: your password stays as it is.
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What whoever writes a letter goes by."""

    public_url: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail reads. `headers` are further ones, for example `List-Unsubscribe`."""

    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressedLetter:
    """A letter and the mailbox that it goes to (RFC 5321)."""

    mailbox: str
    letter: Letter


Writer = Callable[[Session, Mail, Desk], Letter | MailDropped]


def write_letter(session: Session, mail: Mail, desk: Desk) -> AddressedLetter | MailDropped:
    """Write what the mail reads, in the caller's transaction, or say why nobody gets it."""
    mailbox = as_mailbox(mail.address or "")
    if mailbox is None:
        return MailDropped(MailReason.UNUSABLE)
    letter = KINDS[MailKind(mail.kind)](session, mail, desk)
    return letter if isinstance(letter, MailDropped) else AddressedLetter(mailbox, letter)


def _password_reset(session: Session, mail: Mail, desk: Desk) -> Letter | MailDropped:
    """The door owes this to whatever address is typed, so that its answer tells nobody who has an account."""
    query = select(Operator).where(Operator.email == as_account(mail.address or ""), Operator.active)
    operator = session.scalar(query)
    if operator is None:
        return MailDropped(MailReason.NO_ACCOUNT)
    url = reset_url(desk.public_url, start_reset(session, operator, now=desk.now).token)
    return Letter(
        "Choose another password for Redress", RESET_TEXT.format(public_url=desk.public_url, url=url)
    )


KINDS: dict[MailKind, Writer] = {MailKind.PASSWORD_RESET: _password_reset}
