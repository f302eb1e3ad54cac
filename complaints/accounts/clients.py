"""API clients: programs that call the API, each by keys of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.errors import Refused
from complaints.ids import new_id
from complaints.models import ApiClient


def add_client(session: Session, name: str, *, now: datetime) -> ApiClient:
    """Add a program and return it; raises `Refused` for a name that is taken."""
    client = ApiClient(id=new_id(), name=name, active=True, created_at=now)
    session.add(client)
    _flush_unless_taken(session, name)
    return client


def change_client(session: Session, client: ApiClient, fields: dict[str, Any]) -> None:
    """Set the named fields, checked by `ClientPatch`; raises `Refused` for a name that is taken."""
    for name, value in fields.items():
        setattr(client, name, value)
    _flush_unless_taken(session, client.name)


def _flush_unless_taken(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Refused(f"There is an API client with the name {name!r} already.") from None
