"""One HTTP client in a process of its own.

`python -m bench.relay.probe URL TOKEN SECONDS` prints the p50 of its requests in seconds.
"""

import sys
import time

import httpx

from bench.figures import percentile

PAUSE_SECONDS = 0.01


def main(url: str, token: str, seconds: float) -> None:
    """Ask again and again over one connection."""
    taken = []
    until = time.monotonic() + seconds
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        while time.monotonic() < until:
            began = time.monotonic()
            client.get(url).raise_for_status()
            taken.append(time.monotonic() - began)
            time.sleep(PAUSE_SECONDS)
    print(percentile(taken, 0.5))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
