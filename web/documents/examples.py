"""Examples of the document's schemas: each property's own, and a model's is made of its properties'."""

from collections.abc import Iterator, Mapping
from typing import Any

from web.documents.account_words import OF_ACCOUNTS, OF_ALERTS
from web.documents.wire_words import OF_COMPLAINTS, OF_EVENTS, OF_EVERYTHING, OF_FIGURES, Word

SCHEMAS = "#/components/schemas/"
WORDS: dict[str, Word] = {
    **OF_EVERYTHING,
    **OF_COMPLAINTS,
    **OF_EVENTS,
    **OF_FIGURES,
    **OF_ALERTS,
    **OF_ACCOUNTS,
}
Schema = dict[str, Any]


def describe_properties(schemas: Mapping[str, Schema]) -> None:
    """Give every property that has none its description and example out of the words, and each model an example."""
    for name, schema in schemas.items():
        for field, found in schema.get("properties", {}).items():
            _describe(found, WORDS.get(f"{name}.{field}", WORDS.get(field)), schemas)
    for schema in schemas.values():
        if "properties" in schema:
            schema.setdefault("examples", [example_of(schema, schemas)])


def _describe(found: Schema, word: Word | None, schemas: Mapping[str, Schema]) -> None:
    if word is None:
        return
    found.setdefault("description", word.means)
    if not any(models_of(found, schemas)):
        found.setdefault("examples", [word.example])


def models_of(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """Yield the models with properties that the schema leads to, whose examples are its own."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        if "properties" in schemas[name]:
            yield name
    parts = [schema["items"]] if "items" in schema else []
    for inner in (*parts, *schema.get("anyOf", ())):
        yield from models_of(inner, schemas)


def example_of(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """Return the schema's first example, or the one that its parts make; `LookupError` where there is none."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    if "properties" in schema:
        return {name: example_of(part, schemas) for name, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas)
    raise LookupError(f"no example of {schema}")
