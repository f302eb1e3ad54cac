"""What an OpenAPI document leaves unsaid: descriptions, examples that their schemas take, the codes of problems."""

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator

METHODS = ("get", "put", "post", "delete", "patch")


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if method in METHODS:
                yield f"{method} {path}", described


def lacking(document: Any) -> list[str]:
    """Return a line for each thing that the document should say and doesn't."""
    return [
        *(f"{place}: {fault}" for place, fault in _of_operations(document)),
        *(f"{place}: {fault}" for place, fault in _of_models(document)),
    ]


def _of_operations(document: Any) -> Iterator[tuple[str, str]]:
    for name, described in operations(document):
        if not described.get("description"):
            yield name, "no description"
        for parameter in described.get("parameters", ()):
            yield from _of_value(document, f"{name} {parameter['name']}", parameter)
        yield from _of_content(document, f"{name} body", described.get("requestBody", {}))
        for status, answer in described["responses"].items():
            yield from _of_answer(document, f"{name} {status}", resolve(document, answer))


def _of_answer(document: Any, place: str, answer: Any) -> Iterator[tuple[str, str]]:
    if not answer.get("description"):
        yield place, "no description"
    for header, described in answer.get("headers", {}).items():
        yield from _of_value(document, f"{place} {header}", described)
    yield from _of_content(document, place, answer)


def _of_value(document: Any, place: str, described: Any) -> Iterator[tuple[str, str]]:
    if not described.get("description"):
        yield place, "no description"
    if described.get("example") in (None, ""):
        yield place, "no example"
    elif not _is_valid(document, described["schema"], described["example"]):
        yield place, "its example is none"


def _of_content(document: Any, place: str, holder: Any) -> Iterator[tuple[str, str]]:
    for kind, content in holder.get("content", {}).items():
        shown = [resolve(document, one)["value"] for one in content.get("examples", {}).values()]
        shown += [content["example"]] if "example" in content else []
        if not shown:
            yield f"{place} {kind}", "no example"
        if not all(_is_valid(document, content["schema"], value) for value in shown):
            yield f"{place} {kind}", "its example is none"
        if "problem" in kind and not _names_codes(content, shown):
            yield f"{place} {kind}", "its codes are not all shown"


def _names_codes(content: Any, shown: list[Any]) -> bool:
    [codes] = [
        part["properties"]["code"]["enum"] for part in content["schema"]["allOf"] if "properties" in part
    ]
    return bool(codes) and codes == [value["code"] for value in shown]


def _of_models(document: Any) -> Iterator[tuple[str, str]]:
    for name, schema in document["components"]["schemas"].items():
        if not schema.get("description"):
            yield name, "no description"
        yield from _of_examples(document, name, schema) if "properties" in schema else ()
        for field, found in schema.get("properties", {}).items():
            if not found.get("description"):
                yield f"{name}.{field}", "no description"
            if not any(_models_in(document, found)):
                yield from _of_examples(document, f"{name}.{field}", found)


def _of_examples(document: Any, place: str, schema: Any) -> Iterator[tuple[str, str]]:
    if not schema.get("examples"):
        yield place, "no example"
    elif not all(_is_valid(document, schema, example) for example in schema["examples"]):
        yield place, "its example is none"


def _models_in(document: Any, schema: Any) -> Iterator[bool]:
    """Yield whether what the schema leads to is a model, whose example is then this one's too."""
    if "$ref" in schema:
        yield "properties" in resolve(document, schema)
    parts = [schema["items"]] if "items" in schema else []
    for part in (*parts, *schema.get("anyOf", ())):
        yield from _models_in(document, part)


def resolve(document: Any, node: Any) -> Any:
    """Return what the node is, or what it refers to."""
    if "$ref" not in node:
        return node
    found = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def _is_valid(document: Any, schema: Any, value: Any) -> bool:
    whole = {**schema, "components": document["components"]}
    return Draft202012Validator(whole, validate_formats=True).is_valid(value)
