"""Whom the trail names for what a request changes: its caller, from their address."""

from flask import g, has_request_context
from sqlalchemy.orm import Session

from complaints.audit.trail import Author, sign
from complaints.words import Door
from web.http.client_address import client_address
from web.http.permissions import Caller


def sign_as_caller(session: Session) -> None:
    """Record what changes in the session as the caller's; outside of requests nobody signs by themselves."""
    if has_request_context():
        sign(session, _author)


def _author() -> Author:
    found: Caller | None = g.get("caller")
    actor = None if found is None else found.actor
    return Author(actor, Door.API, client_address() or None, g.get("request_id"))
