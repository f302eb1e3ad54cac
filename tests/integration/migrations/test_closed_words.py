"""A migration lets a word into a closed list, or takes it out again, and all else of the table stays."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from complaints.db import Database
from tests.conftest import ROOT
from tests.integration.migrations.old_code import add_alert, look, migrate

MIGRATION = """
from migrations.closed_words import leave_out, let_in

revision = "later"
down_revision = "{head}"


def upgrade():
    let_in("alert", "kind", "later")


def downgrade():
    leave_out("alert", "kind", "later", instead="status")
"""


@pytest.fixture
def config(old: Database, tmp_path: Path) -> Config:
    """Alembic's, with one migration more than there are; the database has all but that one."""
    migrate(old.url, "head")
    made = Config(ROOT / "alembic.ini")
    made.set_main_option("sqlalchemy.url", old.url.replace("%", "%%"))
    folder = tmp_path / "versions"
    folder.mkdir()
    head = ScriptDirectory.from_config(made).get_current_head()
    (folder / "later.py").write_text(MIGRATION.format(head=head))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", f"{ROOT / 'migrations' / 'versions'}\n{folder}")
    old.engine.dispose()
    return made


def everything_else(database: Database) -> tuple[object, ...]:
    found = inspect(database.engine)
    catalogue, where = (
        ("sqlite_master", "tbl_name = 'alert'") if database.is_sqlite else ("pg_trigger", "1 = 1")
    )
    made = look(database, "name, sql" if database.is_sqlite else "tgname, tgrelid", catalogue, where)
    return (
        sorted((name, definition) for name, definition in made if name != "alert"),
        sorted(str(one["name"]) for one in found.get_foreign_keys("alert")),
        {one["name"]: one["sqltext"] for one in found.get_check_constraints("alert")} | {"ck_alert_kind": ""},
    )


def test_a_word_is_let_in_and_left_out_again(old: Database, config: Config) -> None:
    # Given
    add_alert(old, "first")
    before = everything_else(old)
    with pytest.raises(IntegrityError):
        add_alert(old, "too soon", kind="later")
    # When
    command.upgrade(config, "later")
    # Then
    add_alert(old, "second", kind="later")
    assert everything_else(old) == before
    with pytest.raises(IntegrityError):
        add_alert(old, "third", kind="unheard_of")
    # When
    old.engine.dispose()
    command.downgrade(config, "-1")
    # Then
    assert everything_else(old) == before
    assert look(old, "dedupe_key, kind", where="1 = 1 ORDER BY 1") == [("first", "new"), ("second", "status")]
    with pytest.raises(IntegrityError):
        add_alert(old, "too late", kind="later")


def test_one_that_was_broken_off_runs_again_and_old_rows_are_looked_at(old: Database, config: Config) -> None:
    # Given a migration that ended before its last step
    command.upgrade(config, "later")
    before = ScriptDirectory.from_config(config).get_revision("later").down_revision
    with old.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    old.engine.dispose()
    # When
    command.upgrade(config, "later")
    # Then
    constraints = inspect(old.engine).get_check_constraints("alert")
    [words] = [one["sqltext"] for one in constraints if one["name"] == "ck_alert_kind"]
    assert words.count("'later'") == 1
    if not old.is_sqlite:
        assert look(old, "convalidated", "pg_constraint", "conname = 'ck_alert_kind'") == [(True,)]
