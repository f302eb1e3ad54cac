"""Documents that are made of the code: once a process, at the first request, and kept as they go on the wire."""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, json, request

LEVEL = 9
KEPT = "redress_documents"
MAKING = threading.Lock()
"""Who asks at the same moment waits for the one that makes it."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document's bytes, plain and compressed, and the tag that they are known by."""

    plain: bytes
    packed: bytes
    tag: str


def answer_document(name: str, make: Callable[[], Any]) -> Response:
    """Answer with the document; `make` returns it where this process was not asked for it before."""
    with MAKING:
        kept: dict[str, KeptDocument] = current_app.extensions.setdefault(KEPT, {})
        found = kept.get(name) or kept.setdefault(name, _keep(make()))
    packs = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if packs else found.plain, content_type="application/json")
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{found.tag}-gzip" if packs else found.tag)
    response.make_conditional(request)
    return response


def _keep(document: Any) -> KeptDocument:
    plain = json.dumps(document).encode()
    return KeptDocument(plain, gzip.compress(plain, LEVEL, mtime=0), hashlib.sha256(plain).hexdigest()[:16])
