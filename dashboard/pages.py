"""The shell and its files: one page for every address of the dashboard, with strict headers."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory

from dashboard.assets import STATIC, Assets, read_assets

SHELL_ADDRESSES = (
    "/",
    "/complaints/<reference>",
    "/alerts",
    "/categories",
    "/telegram",
    "/sign-in",
    "/invitation",
    "/reset",
    "/forgot",
)
A_YEAR = 31_536_000
PLAIN_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def blueprint(words: Mapping[str, Any]) -> Blueprint:
    """The dashboard's pages at their own addresses; register it without a prefix.

    `words` are JSON values that every page is served with, in their order: what `js/text/served-words.js` reads.
    """
    assets = read_assets()
    words_json = _inline_json(words)
    pages = Blueprint("dashboard", __name__, template_folder="templates")

    def shell(reference: str = "") -> Response:
        return _shell(assets, words_json)

    def static_file(version: str, filename: str) -> Response:
        return _static_file(assets, version, filename)

    for address in SHELL_ADDRESSES:
        pages.add_url_rule(address, endpoint="shell", view_func=shell)
    pages.add_url_rule("/favicon.ico", endpoint="icon", view_func=_icon)
    pages.add_url_rule("/static/<version>/<path:filename>", endpoint="file", view_func=static_file)
    return pages


def _shell(assets: Assets, words_json: str) -> Response:
    response = make_response(render_template("dashboard/shell.html", assets=assets, words_json=words_json))
    response.headers["Content-Security-Policy"] = _content_security_policy(assets)
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def _inline_json(value: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element, its keys in their order, which the filter `tojson` would sort."""
    return json.dumps(value).replace("<", "\\u003c")


def _static_file(assets: Assets, version: str, filename: str) -> Response:
    """A version that this process does not have (an upgrade is rolling) is answered, but never stored."""
    response = send_from_directory(STATIC, filename)
    if version == assets.version:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    if filename.endswith((".js", ".mjs")):
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _icon() -> Response:
    response = send_from_directory(STATIC, "mark.svg", max_age=86_400)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _content_security_policy(assets: Assets) -> str:
    """Own files only. The socket is named too: not every browser lets 'self' cover ws: (CSP3, 6.7.2.8)."""
    host = request.host if PLAIN_HOST.fullmatch(request.host) else ""
    sockets = f" ws://{host} wss://{host}" if host else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {assets.import_map_hash}",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
