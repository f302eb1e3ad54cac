"""What gunicorn must not log: a query string, for somebody may have put a token there."""

import logging
import re

QUERY = re.compile(r"\?[^\s'\"]+")


class NoQueries(logging.Filter):
    """Cuts query strings out of records: gunicorn quotes in full what it can't parse and what raised."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without what follows a `?`."""
        record.msg, record.args = QUERY.sub("?…", record.getMessage()), ()
        return True
