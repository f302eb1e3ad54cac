"""A database that refuses every row: nothing of what was submitted ends in a log."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text

from complaints.logs import configure_logs
from complaints.settings import Settings
from tests.integration.api.people import World

pytestmark = pytest.mark.own_database

SECRETS = ("the lift smells of fish", "Ada Lovelace-Byron", "ada.byron@example.org", "+44 20 7946 0999")
BODY = {
    "description": SECRETS[0],
    "reporter": {"name": SECRETS[1], "email": SECRETS[2], "phone": SECRETS[3]},
}
TRIGGER = """
CREATE TRIGGER refuse_{table} BEFORE INSERT ON "{table}" BEGIN SELECT RAISE(ABORT, 'refused'); END
"""


@pytest.fixture
def logs(settings: Settings, capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Everything that is logged, as a process in production logs it."""
    root = logging.getLogger()
    before, level, structlogs = root.handlers[:], root.level, structlog.get_config()
    configure_logs(settings.model_copy(update={"log_level": "DEBUG"}))
    structlog.configure(cache_logger_on_first_use=False)  # what is kept would outlive this test
    yield capfd
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.configure(**structlogs)


def refuse_rows(world: World, table: str) -> None:
    """PostgreSQL quotes the whole row where a constraint refuses it."""
    engine = world.database.engine
    with engine.begin() as connection:
        if world.database.is_sqlite:
            connection.execute(text(TRIGGER.format(table=table)))
        else:
            connection.execute(text(f'ALTER TABLE "{table}" ADD CONSTRAINT refused CHECK (false) NOT VALID'))


@pytest.mark.parametrize("table", ["complaint", "event", "comment", "idempotency_record", "invitation"])
def test_what_could_not_be_written_is_in_no_log(
    world: World, logs: pytest.CaptureFixture[str], table: str
) -> None:
    # Given
    admin, complaint = world.signed_in("admin"), world.complaint()
    refuse_rows(world, table)
    logs.readouterr()
    # When
    answers = [
        admin.post("/api/v1/complaints", json=BODY, headers={"Idempotency-Key": "k"}),
        admin.post(f"/api/v1/complaints/{complaint['id']}/comments", json={"text": SECRETS[0]}),
        admin.post("/api/v1/operators", json={"email": SECRETS[2], "name": SECRETS[1], "role": "agent"}),
    ]
    # Then
    failed = [one for one in answers if one.status_code >= 500]
    assert failed
    said = "".join(logs.readouterr()) + "".join(one.get_data(as_text=True) for one in failed)
    assert "request_failed" in said or "database_away" in said
    assert not [secret for secret in SECRETS if secret in said]
