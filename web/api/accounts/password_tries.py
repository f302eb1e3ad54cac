"""Trying a password: at the sign-in, and of who is signed in and changes it. Failures of both count as one."""

from complaints.accounts.passwords import verify_password
from complaints.errors import Busy
from complaints.models import Operator
from web.http.app_services import services
from web.http.client_address import limited_address
from web.http.rate_limits import give_back, take_place
from web.limits.windows import Window


def try_password(found: Operator | None, password: str, *, email: str, place: str | None) -> bool:
    """Say whether it is the password of who was found under the e-mail; a failure counts, a success does not.

    `place` is that of `known_places`. Raises `Throttled` and `Busy`.
    """
    taken = take_place(*_windows(email, place))
    stored = found.password_hash if found is not None and found.active else None
    try:
        matches = verify_password(stored, password)
    except Busy:
        give_back(taken)
        raise
    if matches:
        give_back(taken)
    return matches


def _windows(email: str, place: str | None) -> list[Window]:
    """Failures of strangers count by account and by address; those from a known place count by themselves."""
    settings = services().settings
    if place is not None:
        return [Window(settings.login_failures_per_account, f"login-known:{email}:{place}")]
    return [
        Window(settings.login_failures_per_account, f"login-account:{email}"),
        Window(settings.login_failures_per_address, f"login-address:{limited_address()}"),
    ]
