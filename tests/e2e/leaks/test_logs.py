"""What people wrote is in no process's log and in no answer, also where the database refuses every row."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from sqlalchemy import text

from complaints.db import Database
from tests.e2e.telling import submit, wait_for_message
from tools.procfile import ROOT
from tools.stack import Stack, eventually

SAID = "the lift smells of fish"
SECRETS = (SAID, "Ada Lovelace-Byron", "ada.byron@example.org", "+44 20 7946 0999", "grace@example.org")
BODY = {
    "description": SAID,
    "severity": "critical",
    "reporter": {"name": SECRETS[1], "email": SECRETS[2], "phone": SECRETS[3]},
}
TABLES = ("complaint", "event", "comment", "invitation", "alert", "telegram_update")
TRIGGER = "CREATE TRIGGER refuse_{0} BEFORE INSERT ON {0} BEGIN SELECT RAISE(ABORT, 'refused'); END"


@contextmanager
def refused(database: Database, *tables: str) -> Iterator[None]:
    """Refuse every new row; PostgreSQL quotes the whole row where a constraint does."""
    if database.is_sqlite:
        refuse, accept = TRIGGER, "DROP TRIGGER refuse_{0}"
    else:
        refuse = "ALTER TABLE {0} ADD CONSTRAINT refused CHECK (false) NOT VALID"
        accept = "ALTER TABLE {0} DROP CONSTRAINT refused"
    for table in tables:
        with database.write() as session:
            session.execute(text(refuse.format(table)))
    try:
        yield
    finally:
        for table in tables:
            with database.write() as session:
                session.execute(text(accept.format(table)))


def all_logs(stack: Stack) -> str:
    return "".join(path.read_text(errors="replace") for path in stack.folder.glob("*.log"))


def test_what_could_not_be_written_is_in_no_log(
    stack: Stack, client: httpx.Client, phone: httpx.Client, database: Database, chat_id: int
) -> None:
    complaint = submit(client)
    wait_for_message(phone, chat_id, complaint["reference"])
    # When neither what is sent to us nor what somebody tells the bot can be written
    with refused(database, *TABLES):
        answers = [
            client.post("/complaints", json=BODY, headers={"Idempotency-Key": "k"}),
            client.post(f"/complaints/{complaint['id']}/comments", json={"text": SAID}),
            client.post("/operators", json={"email": SECRETS[4], "name": SECRETS[1], "role": "agent"}),
        ]
        phone.post(f"/chats/{chat_id}/messages", json={"text": f"/mute {SAID}"}).raise_for_status()
        eventually(lambda: "database_away" in stack.log("bot").read_text() or failed(stack, "bot"))
    # And, once it can, not who is to be told of it
    with refused(database, "alert"):
        answers.append(client.post("/complaints", json={**BODY, "subject": SECRETS[1]}))
        eventually(lambda: failed(stack, "events"), what="alerts that can't be written")
    # Then
    assert [one.status_code for one in answers] == [500, 500, 500, 201]
    said = all_logs(stack) + "".join(one.text for one in answers[:3])
    assert "request_failed" in said
    assert not [secret for secret in SECRETS if secret in said]
    # And readiness says that nobody was told; once the cause is mended, who should know is
    eventually(lambda: "event whose alerts could not be made" in str(stack.readiness()["checks"]["workers"]))
    again = [sys.executable, "-m", "flask", "--app", "web.wsgi", "route-again"]
    subprocess.run(again, cwd=ROOT, env=stack.environment, check=True, capture_output=True)
    wait_for_message(phone, chat_id, answers[-1].json()["reference"])
    stack.wait_until_ready()


def failed(stack: Stack, name: str) -> bool:
    return "refused" in stack.log(name).read_text()
