"""Where the world is kept between two runs: one SQLite file of JSON values, written with every change."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from sandbox.base.refusals import StartError


class Storage(Protocol):
    """Keeps JSON values by kind and key; called under the world's lock only."""

    def put(self, kind: str, key: int, value: Any) -> None: ...
    def drop(self, kind: str, key: int) -> None: ...
    def all(self, kind: str) -> Iterator[tuple[int, Any]]: ...
    def clear(self) -> None: ...
    def close(self) -> None: ...


class NullStorage:
    """Keeps nothing: the world lives in memory alone."""

    def put(self, kind: str, key: int, value: Any) -> None:
        pass

    def drop(self, kind: str, key: int) -> None:
        pass

    def all(self, kind: str) -> Iterator[tuple[int, Any]]:
        return iter(())

    def clear(self) -> None:
        pass

    def close(self) -> None:
        pass


class SqliteStorage:
    """A file that survives a kill at any moment; a power cut may cost the last changes, never the file."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS kept (kind TEXT, key INTEGER, value TEXT, PRIMARY KEY (kind, key))"
            )
        except (OSError, sqlite3.Error) as error:
            raise StartError(f"can't keep the sandbox's state in {path}: {error}") from error

    def put(self, kind: str, key: int, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, json.dumps(value)))

    def drop(self, kind: str, key: int) -> None:
        self._db.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> Iterator[tuple[int, Any]]:
        for key, value in self._db.execute(
            "SELECT key, value FROM kept WHERE kind = ? ORDER BY key", (kind,)
        ):
            yield key, json.loads(value)

    def clear(self) -> None:
        self._db.execute("DELETE FROM kept")

    def close(self) -> None:
        self._db.close()


def open_storage(path: Path | None) -> Storage:
    return NullStorage() if path is None else SqliteStorage(path)
