"""The dashboard: a thin shell served by Flask; everything that moves is ES modules under static/."""

from dashboard.pages import blueprint

__all__ = ["blueprint"]
