"""The API as the integration tests see it."""

from tests.integration.api.conftest import app, cheap_passwords, kept_apps, overrides, pokes, settings, world

__all__ = ["app", "cheap_passwords", "kept_apps", "overrides", "pokes", "settings", "world"]
