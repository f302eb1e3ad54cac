"""Lists compress: what is read often and says much the same of many goes as gzip to who takes it (RFC 9110 §8.4).

Left alone: what is signed or tokened (a secret beside what others chose must not be squeezed with it), what has an
entity tag, which is that of the uncompressed bytes, and what is streamed.
"""

import gzip

from flask import Flask, Response, request

SMALLEST_BYTES = 1024
LEVEL = 4
METHODS = ("GET", "HEAD")
LEFT_ALONE = "/api/v1/auth/"


def register(app: Flask) -> None:
    """Hang it into the app."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _may_be(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _may_be(response: Response) -> bool:
    """Say whether the answer is JSON at rest, and long enough."""
    return (
        request.method in METHODS
        and response.status_code == 200
        and response.is_json
        and not response.is_streamed
        and "ETag" not in response.headers
        and not request.path.startswith(LEFT_ALONE)
        and (response.content_length or 0) >= SMALLEST_BYTES
    )
