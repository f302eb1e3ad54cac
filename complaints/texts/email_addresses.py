"""E-mail addresses: the one form of those that people sign in with, and whether mail could be sent to one."""

from email_validator import EmailNotValidError, validate_email

from complaints.texts.kept_form import as_line


def as_account(text: str) -> str:
    """Return the address as an account is known by it: NFC, the host in Unicode (not punycode), in lower case."""
    return (_normalized(text) or as_line(text)).lower()


def takes_mail(address: str) -> bool:
    """Say whether mail could be sent to such an address; nobody asks its host."""
    return _normalized(address) is not None


def as_mailbox(address: str) -> str | None:
    """Return the mailbox as servers are asked for it, its host in ASCII; None where no mail could be sent there.

    Letters other than ASCII before the `@` stay (RFC 6531): not every server takes them.
    """
    try:
        found = validate_email(as_line(address), check_deliverability=False)
    except EmailNotValidError:
        return None
    return f"{found.ascii_local_part or found.local_part}@{found.ascii_domain}"


def _normalized(text: str) -> str | None:
    try:
        return validate_email(as_line(text), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
