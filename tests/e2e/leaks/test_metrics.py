"""The public port shows its numbers to who has METRICS_TOKEN, and without one to this machine alone."""

import httpx
import pytest

from tests.e2e.web_beside import web_beside
from tools.stack import PLAIN, Stack

pytestmark = pytest.mark.parametrize("stack", ["postgresql"], indirect=True)
PRODUCTION = {
    "REDRESS_ENV": "production",
    "BIND": "127.0.0.1",
    "JWT_SECRET_KEY": "k3J9sPq0Zt7Lw2Xv8Nb5Rm1Yc6Hd4Gf0",
    "ADMIN_PASSWORD": "",
    "PUBLIC_URL": "https://complaints.example.org",
    "TRUSTED_PROXIES": "1",
}
TOKEN = "Zt7Lw2Xv8Nb5Rm1Yc6Hd"
FORWARDED = {"X-Forwarded-For": "127.0.0.1"}


@pytest.mark.parametrize("token", ["", TOKEN], ids=["without", "with"])
def test_nobody_else_reads_them(stack: Stack, token: str) -> None:
    with web_beside(stack, METRICS_TOKEN=token, **PRODUCTION) as port:

        def ask(**headers: str) -> int:
            url = f"http://127.0.0.1:{port}/metrics"
            return httpx.get(url, headers=headers, timeout=10, verify=PLAIN).status_code

        told = [ask(), ask(**FORWARDED), ask(Authorization="Bearer x"), ask(Authorization=f"Bearer {TOKEN}")]
    assert told == ([401, 401, 401, 200] if token else [200, 403, 200, 200])
