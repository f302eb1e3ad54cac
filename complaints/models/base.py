"""What every table shares: names of constraints, types, and how ids are made."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Integer, MetaData, String, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from complaints.db import UtcDateTime
from complaints.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Word = Annotated[str, mapped_column(String(40))]
Line = Annotated[str, mapped_column(String(320))]
Hash = Annotated[str, mapped_column(String(64))]


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """Return the constraint that the column holds one of these words, or nothing where it may be null."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to declare it
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        dict[str, int]: Json,
        list[str]: Json,
        str: Text,
        UUID: Uuid,
    }
