"""The page of each problem, where its `type` points: what it means, and what to do."""

import re
from functools import cache

from flask import Blueprint, Response, abort, make_response, render_template, send_from_directory
from markupsafe import Markup, escape

from dashboard.assets import read_assets
from web.problems.problem_types import PAGES, PROBLEM_TYPES

blueprint = Blueprint(
    "problems", __name__, url_prefix=PAGES, template_folder="../templates", static_folder=None
)
STATIC = "static"
A_DAY = 86_400
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
CODE = re.compile(r"`([^`]+)`")


@blueprint.get("")
def show_all() -> Response:
    """Return the list of all problems."""
    return _page(shown=PROBLEM_TYPES)


@blueprint.get("/<code>")
def show_one(code: str) -> Response:
    """Return the page of one problem."""
    if code not in PROBLEM_TYPES:
        abort(404)
    return _page(shown={code: PROBLEM_TYPES[code]}, code=code)


@blueprint.get("/pages.css")
def show_style() -> Response:
    """Return how the pages look."""
    return send_from_directory(f"{blueprint.root_path}/../{STATIC}", "problem_pages.css", max_age=A_DAY)


def _page(**values: object) -> Response:
    response = make_response(
        render_template("problems/page.html", version=_version(), marked=mark_code, **values)
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _version() -> str:
    return read_assets().version


def mark_code(text: str) -> Markup:
    """Return the text as HTML, with what stands in backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped first
