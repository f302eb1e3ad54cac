"""What a digest says: the worst first, how many by category and site, and where the whole list is."""

import html
from datetime import timedelta
from urllib.parse import urlencode

from complaints.alerts.queue.digest_content import Line, Summary
from complaints.clock import to_wire
from complaints.words import Severity, Status
from workers.render.base.message import Button, Message, fit, is_linkable, moment, safe
from workers.render.base.render_context import RenderContext
from workers.render.complaint_message import NAME_UNITS, SIGNS

LINE_UNITS = 80
COUNTED = 8


def digest_message(summary: Summary, context: RenderContext, *, plain: bool = False) -> Message:
    """Return the digest, with a button to the list of what it stands for where Telegram takes the address."""
    url = list_url(summary, context.public_url)
    rest = summary.complaints - len(summary.worst)
    lines = [
        f"🗂 <b>{_complaints(summary.complaints)}</b>",
        _span(summary, context),
        "",
        *(_line(line) for line in summary.worst),
        *([f"… and {rest} more"] if rest else []),
        "",
        f"By category: {_counts(summary.categories)}",
        *([f"By site: {_counts(summary.sites)}"] if summary.sites else []),
    ]
    if is_linkable(url):
        return fit("\n".join(lines), rows=((Button("Open the list", url=url),),), plain=plain)
    return fit("\n".join([*lines, "", html.escape(url, quote=False)]), plain=plain)


def list_url(summary: Summary, public_url: str) -> str:
    """Return the dashboard's address with what is still reported of that span of time."""
    edge = timedelta(milliseconds=1)  # the list's bounds are exclusive
    span = {
        "status": Status.REPORTED,
        "created_after": to_wire(summary.since - edge),
        "created_before": to_wire(summary.until + edge),
    }
    return f"{public_url}/?{urlencode(span)}"


def _complaints(count: int) -> str:
    return "1 complaint" if count == 1 else f"{count} complaints"


def _span(summary: Summary, context: RenderContext) -> str:
    first, last = (moment(end, context.zone, now=context.now) for end in (summary.since, summary.until))
    return f"Submitted at {first}" if first == last else f"Submitted from {first} to {last}"


def _line(line: Line) -> str:
    site = f" · {safe(line.site, NAME_UNITS)}" if line.site else ""
    return f"{SIGNS[Severity(line.severity)]} <b>{line.reference}</b>{site} · {safe(line.text, LINE_UNITS)}"


def _counts(counts: tuple[tuple[str, int], ...]) -> str:
    shown = [f"{safe(name, NAME_UNITS)} {count}" for name, count in counts[:COUNTED]]
    rest = sum(count for _, count in counts[COUNTED:])
    return ", ".join([*shown, *([f"others {rest}"] if rest else [])])
