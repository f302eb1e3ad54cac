"""Problems in the OpenAPI document: their shape, an example of each, and an answer for each set of codes."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from complaints.words import Status
from web.api.shapes import ComplaintShape
from web.documents.wire_words import REQUEST_ID
from web.http.declared_headers import RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER
from web.problems.problem_types import PROBLEM_TYPES, ProblemType, type_of

PROBLEM = "application/problem+json"
TOLD = {429: (RETRY_AFTER, RATE_LIMIT, RATE_LIMIT_POLICY), 503: (RETRY_AFTER,)}
"""The headers of a refusal, by its status."""


class FaultShape(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901), or empty for the whole."""

    pointer: str = Field(description="Which field; empty for the whole.", examples=["/severity"])
    detail: str = Field(description="What is wrong with it.", examples=["Field required"])


class ProblemShape(BaseModel):
    """An error (RFC 9457); `code` never changes."""

    type: str = Field(
        description="Where the page of this problem is.", examples=[type_of("transition_refused")]
    )
    title: str = Field(
        description="What kind of problem it is: the same for each of its `code`.",
        examples=[PROBLEM_TYPES["transition_refused"].title],
    )
    status: int = Field(description="The HTTP status.", examples=[409])
    detail: str
    code: str
    request_id: str | None = Field(
        description="The answer's `X-Request-ID`: who runs this deployment finds it in the log.",
        examples=[REQUEST_ID],
    )
    errors: list[FaultShape] = Field(
        default_factory=list, description="Each field that is wrong.", examples=[[]]
    )
    allowed: list[Status] | None = Field(
        default=None,
        description="With `transition_refused`: the statuses that the complaint can become.",
        examples=[["in_progress"]],
    )
    current: ComplaintShape | None = Field(
        default=None, description="With `stale_version`: the complaint as it is now."
    )


def problem_examples() -> dict[str, Any]:
    """Return an example of each problem."""
    return {
        code: {"summary": kind.title, "value": _example(code, kind)} for code, kind in PROBLEM_TYPES.items()
    }


def _example(code: str, kind: ProblemType) -> dict[str, Any]:
    fault = {"pointer": "/severity", "detail": "Input should be 'low', 'medium', 'high' or 'critical'"}
    return {
        "type": type_of(code),
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": code,
        "request_id": REQUEST_ID,
        "errors": [fault] if code == "invalid" else [],
        **({"allowed": [Status.IN_PROGRESS]} if code == "transition_refused" else {}),
    }


def name_of(codes: tuple[str, ...]) -> str:
    """Return by what name the document knows the answer that has one of these codes, all of one status."""
    return ".".join((str(PROBLEM_TYPES[codes[0]].status), *codes))


def problem_answer(codes: tuple[str, ...]) -> dict[str, Any]:
    """Return the answer that has one of these codes, all of one status."""
    status = PROBLEM_TYPES[codes[0]].status
    lines = [f"- [`{code}`]({type_of(code)}): {PROBLEM_TYPES[code].title}" for code in codes]
    code_schema = {"type": "object", "properties": {"code": {"enum": list(codes)}}}
    content = {
        "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, code_schema]},
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
    }
    answer = {
        "description": "\n".join((f"{HTTPStatus(status).phrase}:", "", *lines)),
        "content": {PROBLEM: content},
    }
    told = {header.name: header.as_documented() for header in TOLD.get(status, ())}
    return {**answer, "headers": told} if told else answer
