"""Every problem that a test of the API gets must be one that the document promises for its operation."""

import json
import re
from functools import cache
from typing import Any

from apiflask import APIFlask
from flask import Response, request

from tools.documents import DOCUMENT

BROKEN = "promises_broken"


@cache
def document() -> Any:
    """The document as it stands in the repository; another test holds that it is the present one."""
    return json.loads(DOCUMENT.read_text())


@cache
def promised(method: str, path: str) -> dict[str, set[str]] | None:
    """Return the codes of each status that the operation may refuse with; None where there is no such operation."""
    operation = document()["paths"].get(path, {}).get(method.lower())
    return operation and {
        status: set(answer["$ref"].rpartition("/")[2].split(".")[1:])
        for status, answer in operation["responses"].items()
        if "$ref" in answer
    }


def hold_to_document(app: APIFlask) -> None:
    """Note each problem of the app's that the document doesn't know of."""
    broken: list[str] = app.extensions.setdefault(BROKEN, [])

    def look(response: Response) -> Response:
        if response.content_type == "application/problem+json" and request.url_rule is not None:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule)
            codes = promised(request.method, path)
            body = json.loads(response.get_data())
            if codes is not None and body["code"] not in codes.get(str(response.status_code), ()):
                broken.append(
                    f"{request.method} {path}: {response.status_code} {body['code']}: {body['detail']}"
                )
        return response

    app.after_request(look)


def broken_promises(app: APIFlask) -> list[str]:
    """Return what was noted since it was asked last."""
    noted: list[str] = app.extensions[BROKEN]
    found = list(noted)
    noted.clear()
    return found
