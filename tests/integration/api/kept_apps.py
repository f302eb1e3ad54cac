"""Applications for many tests: to make one costs more than most tests, and its statements are compiled already."""

from dataclasses import dataclass, replace
from typing import Any

from apiflask import APIFlask
from pydantic import SecretStr

from complaints.events.wakeups import Enqueue, Poker
from complaints.settings import Settings
from tests.integration.api.kept_promises import hold_to_document
from web.app import create_app
from web.http.app_services import Services
from web.limits.throttle import Throttle

MOST = 6  # each has connections of its own


@dataclass(frozen=True, slots=True)
class KeptApp:
    """An application, and how it was when it was made."""

    app: APIFlask
    services: Services
    config: dict[str, Any]


class KeptApps:
    """One for each settings; of many the oldest are closed."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptApp] = {}

    def get(self, settings: Settings, enqueue: Enqueue) -> APIFlask:
        """Return the application of these settings as if it were new."""
        key = repr([_plain(value) for value in settings.model_dump().values()])
        kept = self._kept.pop(key, None) or _make(settings, enqueue)
        self._kept[key] = kept
        while len(self._kept) > MOST:
            _close(self._kept.pop(next(iter(self._kept))))
        kept.app.config.clear()
        kept.app.config.update(kept.config)
        kept.app.extensions["redress"] = replace(
            kept.services,
            poker=Poker(kept.services.redis, enqueue),
            throttle=Throttle(settings.redis_url),
        )
        return kept.app

    def close(self) -> None:
        """Close every connection."""
        for kept in self._kept.values():
            _close(kept)


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _make(settings: Settings, enqueue: Enqueue) -> KeptApp:
    made = create_app(settings, enqueue=enqueue)
    hold_to_document(made)
    return KeptApp(made, made.extensions["redress"], dict(made.config))


def _close(kept: KeptApp) -> None:
    kept.services.database.close()
    kept.services.redis.close()
