"""Migration 0012: keys of before stay as they are, and going back opens nothing that was limited."""

import uuid

from sqlalchemy import select

from complaints.accounts.api_keys import make_key
from complaints.clock import utcnow
from complaints.db import Database
from complaints.models import ApiKey
from tests.integration.migrations.old_code import look, migrate, put

CLIENT, KEY = uuid.UUID(int=7), uuid.UUID(int=8)


def test_old_keys_have_no_limits_and_limited_ones_end_on_the_way_back(old: Database) -> None:
    # Given
    migrate(old.url, "0009")
    put(old, "api_client", id=CLIENT, name="Kiosk", active=True, created_at=utcnow())
    said = {"prefix": "rd_older", "key_hash": "f" * 64, "scopes": '["complaints:submit"]'}
    put(old, "api_key", id=KEY, client_id=CLIENT, created_at=utcnow(), **said)
    # When
    migrate(old.url, "0012")
    # Then
    with old.write() as session:
        row = session.scalars(select(ApiKey)).one()
        assert (row.sites, row.rate, row.replaced_by, row.scopes) == (None, None, None, ["complaints:submit"])
        make_key(session, CLIENT, now=utcnow())
        make_key(session, CLIENT, sites=("North",), now=utcnow())
        newer, _ = make_key(session, CLIENT, rate="1/60", now=utcnow())
        session.flush()
        row.replaced_by = newer.id
    # And back
    migrate(old.url, "0009", down=True)
    assert look(old, "count(*)", "api_key", "revoked_at IS NULL") == [(2,)]
    assert look(old, "count(*)", "api_key") == [(4,)]
