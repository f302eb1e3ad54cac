"""What the alerts half counts."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "redress_telegram_requests_total", "Requests to Telegram by outcome.", ["method", "outcome"]
)
WAITED = Histogram("redress_telegram_limiter_wait_seconds", "How long a request waited for the limiter.")
ROUND_TRIP = Histogram("redress_telegram_round_trip_seconds", "From a request to Telegram's answer.")
SETTLED = Counter(
    "redress_alerts_settled_total", "Alerts by kind and the state they came to.", ["kind", "state"]
)
ALERT_LAG = Histogram(
    "redress_alert_lag_seconds",
    "From the alert's row to Telegram's answer.",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600),
)
UPDATES = Counter("redress_telegram_updates_total", "Updates consumed, by how they ended.", ["result"])
