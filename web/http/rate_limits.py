"""What is counted of a request, and how its answer tells: the IETF's RateLimit header fields.

draft-ietf-httpapi-ratelimit-headers-10 was followed: `RateLimit-Policy` says what is permitted (`q` tries in `w`
seconds), `RateLimit` how many are left (`r`) and in how many seconds there is one more (`t`).
"""

import math

from flask import Flask, Response, g

from complaints.errors import Throttled
from web.http.app_services import services
from web.http.declared_headers import RATE_LIMIT, RATE_LIMIT_POLICY
from web.limits.windows import Taken, Window, WindowState


def register(app: Flask) -> None:
    """Let every answer say how its limits stand."""
    app.after_request(_tell)


def take_place(*windows: Window) -> Taken:
    """Count the request in all of the windows; raises `Throttled`, and counts it in none, where one is full."""
    taken = services().throttle.take(*windows)
    _standings().update({standing.window.policy: standing for standing in taken.standings})
    if taken.wait:
        raise Throttled(f"Too many tries. Try again in {taken.wait} s.", taken.wait)
    return taken


def give_back(taken: Taken) -> None:
    """Let it not count: it was no failure."""
    services().throttle.give_back(taken)
    for one in taken.standings:
        _standings()[one.window.policy] = WindowState(one.window, one.remaining + 1, one.reset)


def _standings() -> dict[str, WindowState]:
    found: dict[str, WindowState] = g.setdefault("rate_limits", {})
    return found


def _tell(response: Response) -> Response:
    standings = _standings()
    if standings:
        response.headers[RATE_LIMIT_POLICY.name] = ", ".join(map(_policy, standings.values()))
        response.headers[RATE_LIMIT.name] = ", ".join(map(_standing, standings.values()))
    return response


def _policy(one: WindowState) -> str:
    rate = one.window.rate
    return f'"{one.window.policy}";q={rate.count};w={math.ceil(rate.seconds)}'


def _standing(one: WindowState) -> str:
    return f'"{one.window.policy}";r={one.remaining};t={one.reset}'
