"""The models in a document: each by one name, every property with a description, and with an example to make a
model's own of.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

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


def plain_name(name: str) -> str:
    """Return a model's name as documents have it."""
    return name.rpartition(".")[2].removesuffix("Shape")


def flat_schemas(found: Mapping[str, Schema], *models: type[BaseModel]) -> dict[str, Schema]:
    """Return the schemas that were found and those of the models, with what they are made of, each by its one name.

    APIFlask repeats `Inner` as `Outer.Inner` for each `Outer`.
    """
    known = dict(found)
    for model in models:
        schema = model.model_json_schema(ref_template=SCHEMAS + "{model}")
        known.update({**schema.pop("$defs", {}), model.__name__: schema})
    schemas: dict[str, Schema] = {}
    for name, schema in sorted(rename(known).items()):
        if schemas.setdefault(plain_name(name), schema) != schema:
            raise ValueError(f"two models would be called {plain_name(name)}")
    return dict(sorted(schemas.items()))


def rename(node: Any) -> Any:
    """Return the node with plain names in its references, without pydantic's titles."""
    if isinstance(node, list):
        return [rename(item) for item in node]
    if not isinstance(node, dict):
        return node
    renamed = {name: rename(value) for name, value in node.items() if not _is_noise(name, value)}
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith(SCHEMAS):
        renamed["$ref"] = SCHEMAS + plain_name(reference.removeprefix(SCHEMAS))
    return renamed


def _is_noise(name: str, value: Any) -> bool:
    return name in ("title", "$defs") and not (isinstance(value, dict) and name == "title")


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
    if not any(_models_of(found, schemas)):
        found.setdefault("examples", [found.get("const", word.example)])


def _models_of(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """Yield the models with properties that the schema leads to, whose examples are its own."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        if "properties" in schemas[name]:
            yield name
    parts = [schema["items"]] if "items" in schema else []
    for inner in (*parts, *schema.get("anyOf", ())):
        yield from _models_of(inner, schemas)


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
