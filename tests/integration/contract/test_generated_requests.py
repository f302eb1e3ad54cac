"""Requests that nobody thought of, from everybody: none breaks the server, or a promise of the document.

`REQUESTS=20000 make test ARGS=tests/integration/contract` sends that many.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CALLERS = ("admin", "limited", "agent", "viewer", "key", "nobody")
OUT = ("/auth/logout", "/auth/sessions/")
"""What ends the session of who sends all the others."""
KEPT = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CREDENTIALS = ("authorization", "x-api-key", "cookie")
WHOLE_SECONDS = 1200


@pytest.mark.timeout(WHOLE_SECONDS)
@pytest.mark.parametrize("caller", CALLERS)
def test_no_request_breaks_what_is_promised(
    api: BaseSchema, callers: dict[str, dict[str, str]], caller: str
) -> None:
    operations = [found.ok() for found in api.get_all_operations() if isinstance(found, Ok)]
    sent = int(os.environ.get("REQUESTS", "0"))
    each = max(2, sent // (len(operations) * len(CALLERS)))
    broken = []
    for operation in operations:
        if caller != "nobody" and any(path in operation.path for path in OUT):
            continue
        try:
            send(operation, callers[caller], each)
        except FailureGroup as failures:
            broken += [f"{operation.label}: {failure}" for failure in failures.exceptions]
    assert not broken, "\n".join(broken)


def send(operation: APIOperation, credentials: dict[str, str], count: int) -> None:
    """Send so many requests to the operation, and look at each answer."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def each(case: Case) -> None:
        headers = {n: v for n, v in (case.headers or {}).items() if n.lower() not in CREDENTIALS}
        case.headers = {**headers, **credentials}
        case.cookies = {}
        case.validate_response(case.call(timeout=30), checks=KEPT)

    each()
