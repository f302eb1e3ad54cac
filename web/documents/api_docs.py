"""The documents, and the page that shows the OpenAPI one, with Swagger UI's files from our own origin."""

from pathlib import Path
from typing import cast

from apiflask import APIFlask
from flask import Blueprint, Response, current_app, send_from_directory

from web.documents.asyncapi import socket_document
from web.documents.kept_documents import answer_document

blueprint = Blueprint("docs", __name__)
STATIC = Path(__file__).parent.parent / "static"
FILES = ("docs.js", "swagger-ui/swagger-ui-bundle.js", "swagger-ui/swagger-ui.css")
A_DAY = 86_400
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@blueprint.get("/openapi.json")
def show_openapi() -> Response:
    """Return the OpenAPI document."""
    return answer_document("openapi", lambda: cast(APIFlask, current_app).spec)


@blueprint.get("/asyncapi.json")
def show_asyncapi() -> Response:
    """Return the AsyncAPI document: the socket's protocol."""
    return answer_document("asyncapi", socket_document)


@blueprint.get("/docs")
def show_docs() -> Response:
    """Return the page."""
    response = send_from_directory(STATIC, "docs.html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _show_file(name: str) -> Response:
    return send_from_directory(STATIC, name, max_age=A_DAY)


for file in FILES:
    blueprint.add_url_rule(
        f"/docs/{file}", endpoint=file.replace(".", "-"), view_func=_show_file, defaults={"name": file}
    )
