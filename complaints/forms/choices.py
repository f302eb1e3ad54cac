"""Words of a closed list, as pydantic wants them."""

from collections.abc import Iterable

from pydantic import GetPydanticSchema
from pydantic_core import core_schema


def one_of(words: Iterable[str]) -> GetPydanticSchema:
    """Return what makes `Annotated[str, one_of(words)]` take these words alone, as a `Literal` would."""
    plain = [str(word) for word in words]
    return GetPydanticSchema(lambda _source, _handler: core_schema.literal_schema(plain))
