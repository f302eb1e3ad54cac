"""Views read and answer headers by `web.http.declared_headers` alone: there what they say is held."""

import re
from pathlib import Path

API = Path(__file__).resolve().parents[3] / "web" / "api"
BY_HAND = re.compile(r"\brequest\.(headers|if_\w+)|[\"'](ETag|If-|Location|Idempotency-\w+[\"'])")


def test_no_view_goes_round_what_it_says_of_headers() -> None:
    for path in API.rglob("*.py"):
        found = BY_HAND.search(path.read_text())
        assert found is None, f"{path.name}: {found and found[0]} is for web/http/declared_headers.py"
