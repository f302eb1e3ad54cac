"""Sockets as browsers open them at an address of https, and as a proxy passes them on."""

from contextlib import ExitStack

import pytest

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import Deployment

ORIGIN = "https://redress.example.org"
SAME_CLIENT = ("2001:db8:1:2::3", "[2001:DB8:1:2:ffff::4]:443", "2001:db8:1:2:a::5")
ANOTHER = ("2001:db8:1:3::3", "192.0.2.1:99")
CAP = 2


@pytest.fixture
def deployment(deploy: Deploy) -> Deployment:
    """A gunicorn that is reached by https through one proxy."""
    return deploy(PUBLIC_URL=ORIGIN, TRUSTED_PROXIES="1", SOCKETS_UNAUTHENTICATED_PER_ADDRESS=str(CAP))


def test_a_page_of_https_is_known_by_its_hosts_own_cookie_alone(deployment: Deployment) -> None:
    token = deployment.token()
    own = {"Origin": ORIGIN, "Cookie": f"__Host-access_token_cookie={token}"}
    with deployment.client(headers=own) as client:
        assert client.hear("welcome")
    foreign = {"Origin": ORIGIN, "Cookie": f"access_token_cookie={token}"}
    with deployment.client(headers=foreign) as client:
        client.say(type="subscribe")
        assert client.hear_or_close() != "welcome"


def test_a_page_whose_token_went_with_its_time_is_told_to_refresh(deployment: Deployment) -> None:
    left = {"Origin": ORIGIN, "Cookie": "__Host-csrf_refresh_token=anything"}
    with deployment.client(headers=left) as client:
        assert client.closed_with() == 4005


def test_whoever_says_so_of_themselves_counts_as_unknown_all_the_same(deployment: Deployment) -> None:
    left = {"Origin": ORIGIN, "Cookie": "__Host-csrf_refresh_token=anything"}
    with deployment.client(), deployment.client():
        assert deployment.refused(**left) == (429, "too_many_unauthenticated")


def test_one_client_has_its_sockets_in_whatever_form_a_proxy_writes_its_address(
    deployment: Deployment,
) -> None:
    with ExitStack() as stack:
        # Given
        for form in SAME_CLIENT[:CAP]:
            stack.enter_context(deployment.client(headers={"X-Forwarded-For": form}))
        # When, Then
        for form in SAME_CLIENT:
            assert deployment.refused(**{"X-Forwarded-For": form}) == (429, "too_many_unauthenticated")
        for other in ANOTHER:
            stack.enter_context(deployment.client(headers={"X-Forwarded-For": other}))
