"""Where an operator has signed in before: their address or browser. Strangers' failures don't lock these out.

A browser is known by a cookie that says, signed, whose it has been; it opens nothing by itself.
"""

from uuid import UUID

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.ids import new_id
from complaints.models import Operator, OperatorSession
from web.http.app_services import services
from web.http.client_address import client_address, limited_address
from web.http.response_headers import cookie_name, cookie_path

BROWSER_COOKIE = "known_browser"
PATH = "/api/v1/auth"
LIFETIME_SECONDS = 365 * 24 * 3600
OPERATORS_MAXIMUM = 10


def known_place(session: Session, operator: Operator) -> str | None:
    """Return the name of the place of this request, if the operator has signed in from there before."""
    browser, operators = _browser()
    if str(operator.id) in operators:
        return browser
    address = client_address()
    query = select(OperatorSession.id).where(
        OperatorSession.operator_id == operator.id, OperatorSession.address == address
    )
    return limited_address() if address and session.scalar(query.limit(1)) is not None else None


def remember_browser(response: Response, operator_id: UUID) -> None:
    """Let the browser be known as the operator's from now on."""
    browser, operators = _browser()
    others = [one for one in operators if one != str(operator_id)]
    value = _serializer().dumps([browser, [*others, str(operator_id)][-OPERATORS_MAXIMUM:]])
    response.set_cookie(
        _cookie_name(),
        value,
        max_age=LIFETIME_SECONDS,
        path=cookie_path(PATH, https=services().settings.has_https),
        secure=services().settings.has_https,
        httponly=True,
        samesite="Strict",
    )


def _browser() -> tuple[str, list[str]]:
    """Return the browser's name, a new one where it has none, and whose it has been."""
    try:
        browser, operators = _serializer().loads(request.cookies.get(_cookie_name(), ""))
    except (BadSignature, ValueError, TypeError):
        return str(new_id()), []
    return str(browser), list(map(str, operators))


def _cookie_name() -> str:
    return cookie_name(BROWSER_COOKIE, https=services().settings.has_https)


def _serializer() -> URLSafeSerializer:
    names = ("JWT_SECRET_KEY_PREVIOUS", "JWT_SECRET_KEY")
    keys = [key for key in map(current_app.config.get, names) if key]
    return URLSafeSerializer(keys, salt=BROWSER_COOKIE)
