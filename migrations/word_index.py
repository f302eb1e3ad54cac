"""SQLite's index of the words of a search: FTS5 over all runs of three letters, kept by triggers.

It keeps no text of its own (`content=''`), so that who takes a row away says what was in it. Its rows have numbers,
which those of `complaint_search` keep only until a VACUUM: `complaint_search_number` gives each one for good.
"""

from alembic import op

MAKE = (
    "CREATE TABLE complaint_search_number (n INTEGER PRIMARY KEY, complaint_id CHAR(32) NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE complaint_search_words"
    " USING fts5(text, content='', tokenize='trigram case_sensitive 1')",
    "INSERT INTO complaint_search_number (complaint_id) SELECT complaint_id FROM complaint_search ORDER BY 1",
    "INSERT INTO complaint_search_words (rowid, text)"
    " SELECT n, text FROM complaint_search_number JOIN complaint_search USING (complaint_id) ORDER BY n",
)
ADD = (
    "INSERT INTO complaint_search_number (complaint_id) VALUES (NEW.complaint_id);"
    " INSERT INTO complaint_search_words (rowid, text)"
    " SELECT n, NEW.text FROM complaint_search_number WHERE complaint_id = NEW.complaint_id;"
)
TAKE = (
    "INSERT INTO complaint_search_words (complaint_search_words, rowid, text)"
    " SELECT 'delete', n, OLD.text FROM complaint_search_number WHERE complaint_id = OLD.complaint_id;"
    " DELETE FROM complaint_search_number WHERE complaint_id = OLD.complaint_id;"
)
KEPT_BY = {"insert": ADD, "delete": TAKE, "update": TAKE + ADD}


def make() -> None:
    """Make it, of what can be found already."""
    for statement in MAKE:
        op.execute(statement)
    for event, steps in KEPT_BY.items():
        op.execute(f"CREATE TRIGGER {_name(event)} AFTER {event} ON complaint_search BEGIN {steps} END")


def drop() -> None:
    """Take it away."""
    for event in KEPT_BY:
        op.execute(f"DROP TRIGGER {_name(event)}")
    for table in ("complaint_search_words", "complaint_search_number"):
        op.execute(f"DROP TABLE {table}")


def _name(event: str) -> str:
    return f"complaint_search_{event}"
