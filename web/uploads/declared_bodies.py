"""Which types of body a view takes, said beside it: JSON, unless it takes files, with JSON or alone.

The OpenAPI document is made of the same words (`web.http.openapi`).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from web.uploads.body_limits import FILES_MAXIMUM, MULTIPART

View = TypeVar("View", bound=Callable[..., Any])
TAKEN = "bodies_taken"
JSON = "application/json"
FILES: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "contentMediaType": "application/octet-stream"},
    "maxItems": FILES_MAXIMUM,
    "description": "Files: JPEG, PNG, WebP, GIF, HEIC, PDF or plain text in UTF-8, decided by their content.",
    "examples": [["@photo.jpg"]],
}


def takes_files_too(view: View) -> View:
    """Let the view take JSON, or a multipart body with the JSON as its part `complaint` and parts `file`."""
    vars(view)[TAKEN] = (JSON, MULTIPART)
    return view


def takes_files_alone(view: View) -> View:
    """Let the view take a multipart body with parts `file`, and nothing else."""
    vars(view)[TAKEN] = (MULTIPART,)
    return view


def bodies_taken(view: Callable[..., Any] | None) -> tuple[str, ...]:
    """Return the types of body that the view takes."""
    return cast(tuple[str, ...], (JSON,) if view is None else vars(view).get(TAKEN, (JSON,)))


def multipart_schema(json_schema: Any | None) -> dict[str, Any]:
    """Return the schema of a multipart body, with the JSON of this schema as a part, or of files alone."""
    if json_schema is None:
        return {"type": "object", "properties": {"file": FILES}, "required": ["file"]}
    part = {"description": "The complaint, as JSON.", "allOf": [json_schema]}
    return {
        "type": "object",
        "properties": {"complaint": part, "file": FILES},
        "required": ["complaint"],
    }
