"""What gunicorn must not log: a query string, for somebody may have put a token there."""

import logging
import re
from typing import Any

from gunicorn import glogging

QUERY = re.compile(r"\?[^\s'\"]+")


class NoQueries(logging.Filter):
    """Cuts query strings out of records: gunicorn quotes in full what it can't parse and what raised."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without what follows a `?`."""
        record.msg, record.args = QUERY.sub("?…", record.getMessage()), ()
        return True


class Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's logger, whose records go the way of all others, without queries.

    Configured by `logconfig_dict`, gunicorn would gather for each request all that an access log might say.
    """

    def setup(self, cfg: Any) -> None:
        """Called at the start and when the configuration is read again."""
        super().setup(cfg)
        self.error_log.propagate = True
        self.error_log.addFilter(NO_QUERIES)


NO_QUERIES = NoQueries()
