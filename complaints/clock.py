"""One clock. Every instant in the product is an aware datetime in UTC."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; raises ValueError without a zone, OverflowError out of the calendar."""
    if moment.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return moment.astimezone(UTC)


def to_wire(moment: datetime | None) -> str | None:
    """Return the instant as RFC 3339 with microseconds and a `Z`, or None for none."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
