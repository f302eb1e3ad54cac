"""The look that the OpenAPI document is held to finds what it lacks."""

from tests.integration.api.http.described import lacking

OF_X = {"$ref": "#/components/schemas/X"}


def test_what_is_left_unsaid_is_found() -> None:
    # Given
    silent = {
        "paths": {
            "/x": {
                "post": {
                    "parameters": [
                        {"name": "q", "schema": {"type": "string"}},
                        {"name": "n", "description": "N.", "schema": {"type": "integer"}, "example": "n"},
                    ],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/X"}}}
                    },
                    "responses": {"200": {"headers": {"ETag": {"schema": {"type": "string"}}}}},
                }
            }
        },
        "components": {
            "schemas": {
                "X": {"properties": {"a": {"type": "string"}, "b": {"type": "integer", "examples": ["one"]}}}
            }
        },
    }
    # Then
    assert lacking(silent) == [
        "post /x: no description",
        "post /x q: no description",
        "post /x q: no example",
        "post /x n: its example is none",
        "post /x body application/json: no example",
        "post /x 200: no description",
        "post /x 200 ETag: no description",
        "post /x 200 ETag: no example",
        "X: no description",
        "X: no example",
        "X.a: no description",
        "X.a: no example",
        "X.b: no description",
        "X.b: its example is none",
    ]
