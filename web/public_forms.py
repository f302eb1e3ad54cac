"""Forms on other websites: which doors their pages may use (CORS, Fetch Standard), and a form to start from.

The pages of `CORS_ORIGINS` may submit, as anybody may; never with cookies, tokens or keys.
"""

import base64
import re
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response
from flask_cors import CORS

from complaints.settings import Settings
from web.http.declared_headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    LOCATION,
    RATE_LIMIT,
    RATE_LIMIT_POLICY,
    REPLAYED,
    RETRY_AFTER,
)

DOORS = {r"/api/v1/complaints": ["POST"]}
"""The paths, as regular expressions, and the methods that pages of other origins may use there."""
SENT = ("Content-Type", "X-Request-ID", IDEMPOTENCY_KEY.name)
READ = (ETAG, LOCATION, RATE_LIMIT, RATE_LIMIT_POLICY, REPLAYED, RETRY_AFTER)
PREFLIGHT_SECONDS = 7200  # the longest that Chromium remembers
FORM = Path(__file__).resolve().parent.parent / "docs" / "form.html"
INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def register(app: Flask, settings: Settings) -> None:
    """Open the doors to the pages of `CORS_ORIGINS`, and show the form where anybody may submit."""
    if settings.cors_origins:
        CORS(
            app,
            resources={path: {"methods": methods} for path, methods in DOORS.items()},
            origins=[
                re.compile(re.escape(origin) + r"\Z", re.IGNORECASE) for origin in settings.cors_origins
            ],
            allow_headers=list(SENT),
            expose_headers=["X-Request-ID", *(header.name for header in READ)],
            supports_credentials=False,
            max_age=PREFLIGHT_SECONDS,
        )
    if settings.public_intake:
        app.register_blueprint(_form_page())


def _form_page() -> Blueprint:
    page, html = Blueprint("public_form", __name__), FORM.read_text()
    policy = _policy(html)

    @page.get("/form")
    def show_form() -> Response:
        response = Response(html)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cache-Control"] = "no-cache"
        return response

    return page


def _policy(html: str) -> str:
    """Let the page use what is written in it, and speak to us."""
    hashes = {
        kind: f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
        for kind, text in INLINE.findall(html)
    }
    return (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
