"""What the API costs: finding in many complaints."""

from bench.api.finding import main

__all__ = ["main"]
