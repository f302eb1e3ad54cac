"""E-mail addresses: the one form of those that people sign in with, and whether mail could be sent to one."""

from email_validator import EmailNotValidError, validate_email

from complaints.texts.kept_form import as_line


def as_account(text: str) -> str:
    """Return the address as an account is known by it: NFC, the host in Unicode (not punycode), in lower case."""
    return (_normalized(text) or as_line(text)).lower()


def takes_mail(address: str) -> bool:
    """Say whether mail could be sent to such an address; nobody asks its host."""
    return _normalized(address) is not None


def _normalized(text: str) -> str | None:
    try:
        return validate_email(as_line(text), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
