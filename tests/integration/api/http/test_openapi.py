"""The OpenAPI document and the page that shows it."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask import request

from tests.integration.api.http.described import lacking, operations, resolve
from tests.integration.api.people import World, problem_of
from web.documents.account_words import OF_PARAMETERS
from web.documents.api_docs import FILES, STATIC
from web.documents.model_schemas import WORDS
from web.http import declared_headers
from web.http.declared_headers import Header, as_headers, headers_answered, headers_taken, read_header

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).resolve().parents[4]
HEADERS = [value for value in vars(declared_headers).values() if isinstance(value, Header)]
PUBLIC = {
    "post /api/v1/auth/login",
    "post /api/v1/auth/password/forgot",
    "post /api/v1/auth/password/reset",
    "post /api/v1/auth/refresh",
    "post /api/v1/invitations/accept",
    "post /api/v1/telegram/webhook",
    "get /api/v1/websocket/health",
}
LOOKS_AT_PASSWORDS_OR_TOKENS = {"post /api/v1/auth/login", "post /api/v1/auth/refresh"}


@pytest.fixture
def document(world: World) -> Any:
    """The document as anybody gets it."""
    response = world.anonymous.get("/api/v1/openapi.json")
    assert response.status_code == 200
    return response.get_json()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == "$ref")
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from references(child)


def test_every_operation_says_what_it_is_who_may_and_what_comes_back(document: Any) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for name, described in operations(document):
        assert described["summary"], name
        assert set(described["tags"]) <= tags, name
        assert any(status < "300" for status in described["responses"]), name
        assert (described["security"] == []) == (name in PUBLIC), name
        assert ("401" in described["responses"]) == (name not in PUBLIC - LOOKS_AT_PASSWORDS_OR_TOKENS), name
        for status, answer in described["responses"].items():
            kinds = set(resolve(document, answer).get("content", {}))
            assert kinds == {"application/problem+json"} or status < "400" or name in PUBLIC, name
    ids = [described["operationId"] for _, described in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere_and_nothing_is_there_for_nobody(document: Any) -> None:
    known = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "examples")
        for name in document["components"][kind]
    }
    used = set(references(document))
    assert used <= known
    assert {name for name in known - used if "/examples/" not in name} == set()
    assert document["openapi"].startswith("3.1")


def test_nothing_is_left_unsaid(document: Any) -> None:
    assert lacking(document) == []


def test_no_word_explains_what_nobody_says(document: Any) -> None:
    models = document["components"]["schemas"]
    said = {f"{model}.{field}" for model, schema in models.items() for field in schema.get("properties", ())}
    names = {place.partition(".")[2] for place in said}
    asked = {
        parameter["name"] for _, described in operations(document) for parameter in described["parameters"]
    }
    assert set(WORDS) - said - names == set()
    assert set(OF_PARAMETERS) - asked == {"path"}


def test_it_is_made_once_and_not_sent_to_who_has_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    first = world.anonymous.get("/api/v1/openapi.json")
    monkeypatch.setattr(type(world.app), "spec", property(lambda app: pytest.fail("it is made again")))
    # When
    packed = world.anonymous.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    known = world.anonymous.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    # Then
    assert gzip.decompress(packed.data) == first.data
    assert packed.headers["ETag"] != first.headers["ETag"]
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert (known.status_code, known.data) == (304, b"")


def test_the_headers_that_count_are_described(document: Any) -> None:
    complaints, one = document["paths"]["/api/v1/complaints"], document["paths"]["/api/v1/complaints/{name}"]
    headers = {item["name"]: item["required"] for item in complaints["post"]["parameters"]}
    assert headers == {"Idempotency-Key": False}
    limits = {"RateLimit", "RateLimit-Policy"}
    assert {"ETag", "Location", "Idempotency-Replayed"} | limits == set(
        complaints["post"]["responses"]["201"]["headers"]
    )
    refused = document["components"]["responses"]["429.throttled"]
    assert {"Retry-After"} | limits == set(refused["headers"])
    assert {item["name"]: item["required"] for item in one["patch"]["parameters"]} == {
        "name": True,
        "If-Match": True,
    }
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie", "apiKey"}


def test_each_operation_names_the_scopes_of_which_a_key_must_have_one(document: Any) -> None:
    wanted = {
        "POST /complaints": {"complaints:submit"},
        "GET /complaints": {"complaints:read", "complaints:read_own"},
        "PATCH /complaints/{name}": {"complaints:write"},
        "POST /complaints/{name}/comments": {"comments:write"},
        "GET /events": {"events:read"},
    }
    for name, scopes in wanted.items():
        verb, _, path = name.partition(" ")
        described = document["paths"][f"/api/v1{path}"][verb.lower()]
        assert "429" in described["responses"], name
        named = [one["apiKey"] for one in described["security"] if "apiKey" in one]
        assert {scope for [scope] in named} == scopes, name


def test_a_view_reads_no_header_but_those_that_it_says_it_takes(app: APIFlask, document: Any) -> None:
    described = {
        named["operationId"].partition("_")[2]: {
            item["name"]: item["required"] for item in named["parameters"] if item["in"] == "header"
        }
        for _, named in operations(document)
    }
    for endpoint, view in app.view_functions.items():
        said = {header.name: required for header, required in headers_taken(view).items()}
        assert described.get(endpoint.replace(".", "_"), {}) == said, endpoint
        for header in HEADERS:
            with app.test_request_context(headers={header.name: '"3"'}):
                request.url_rule = next(app.url_map.iter_rules(endpoint))
                if header.name in said:
                    assert read_header(header) == '"3"'
                else:
                    with pytest.raises(LookupError, match=re.escape(endpoint)):
                        read_header(header)


def test_an_answer_carries_no_header_that_its_view_doesnt_say(app: APIFlask) -> None:
    for endpoint, view in app.view_functions.items():
        for header in HEADERS:
            with app.test_request_context():
                request.url_rule = next(app.url_map.iter_rules(endpoint))
                if header in headers_answered(view):
                    assert as_headers({header: "x"}) == {header.name: "x"}
                else:
                    with pytest.raises(LookupError, match=re.escape(endpoint)):
                        as_headers({header: "x"})


def test_the_socket_s_document_is_served_beside_it(world: World) -> None:
    response = world.anonymous.get("/api/v1/asyncapi.json")
    assert response.get_json()["asyncapi"] == "3.0.0"
    assert response.headers["ETag"]


def test_the_file_in_the_repository_is_this_document(document: Any) -> None:
    assert json.loads((ROOT / "docs" / "openapi.json").read_text()) == document


def test_the_page_runs_only_our_own_files(world: World) -> None:
    response = world.anonymous.get("/api/v1/docs", buffered=True)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    text = response.get_data(as_text=True)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    for link in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert world.anonymous.get(f"/api/v1/{link}", buffered=True).status_code == 200
    problem_of(world.anonymous.get("/api/v1/docs/README.md"), 404)


def test_what_is_vendored_is_as_it_was_published(world: World) -> None:
    sums = dict(
        re.findall(r"\| (\S+) \| ([0-9a-f]{64}) \|", (STATIC / "swagger-ui" / "README.md").read_text())
    )
    vendored = [name for name in FILES if name.startswith("swagger-ui/")]
    assert len(sums) == len(vendored)
    for name in vendored:
        response = world.anonymous.get(f"/api/v1/docs/{name}", buffered=True)
        assert hashlib.sha256(response.data).hexdigest() == sums[name.removeprefix("swagger-ui/")]
        assert response.headers["Cache-Control"] == "public, max-age=86400"
