"""A network that lets no socket through, or cuts them: the page polls, and goes back to a socket by itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, WebSocketRoute, expect

from tests.e2e.dashboard.conftest import OpenPage, Submit
from tests.e2e.dashboard.proxy import Proxy
from tools.stack import Stack

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)

SOCKET = "**/api/v1/websocket"
BY_POLLING = "Live, by polling"


@pytest.fixture
def proxy(stack: Stack) -> Iterator[Proxy]:
    """A proxy that refuses upgrades until it is told otherwise."""
    with Proxy(stack.port) as between:
        between.refusing = True
        yield between


@pytest.fixture
def refused(open_page: OpenPage, proxy: Proxy) -> Page:
    """The list, behind the proxy, live by polling."""
    page = open_page(proxy.url)
    expect(page.locator(".connection")).to_have_text(BY_POLLING)
    return page


def rows(page: Page) -> list[str]:
    return page.locator(".row .reference").all_text_contents()


def polls_of(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/events?" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_where_upgrades_are_refused_the_page_polls_and_goes_back_to_a_socket_by_itself(
    refused: Page, proxy: Proxy, submit: Submit
) -> None:
    # Given
    polled = submit("Told by polling")
    expect(refused.locator(".row", has_text=polled["reference"])).to_have_count(1)
    expect(refused.get_by_label("Notices")).to_contain_text("Told by polling")
    assert proxy.refused > 0
    # When
    proxy.refusing = False
    expect(refused.locator(".connection")).to_have_text("Live", timeout=40_000)
    told = submit("Told by the socket")
    # Then
    expect(refused.locator(".row", has_text=told["reference"])).to_have_count(1)
    assert [row for row in rows(refused) if row in (polled["reference"], told["reference"])] == [
        told["reference"],
        polled["reference"],
    ]


def test_a_socket_that_is_cut_for_good_is_followed_by_polling_without_a_gap(
    open_page: OpenPage, proxy: Proxy, submit: Submit
) -> None:
    # Given
    proxy.refusing = False
    page = open_page(proxy.url)
    expect(page.locator(".connection")).to_have_text("Live")
    # When
    proxy.refusing = True
    proxy.cut()
    made = [submit(f"While nothing came {number}")["reference"] for number in range(3)]
    # Then
    expect(page.locator(".connection")).to_have_text(BY_POLLING, timeout=40_000)
    for reference in made:
        expect(page.locator(".row", has_text=reference)).to_have_count(1)


def test_a_page_that_was_told_not_to_come_back_does_not(open_page: OpenPage) -> None:
    attempts: list[WebSocketRoute] = []
    page = open_page("about:blank")

    def refuse(socket: WebSocketRoute) -> None:
        attempts.append(socket)
        socket.close(code=4504)

    page.route_web_socket(SOCKET, refuse)
    asked = polls_of(page)
    page.goto("/")

    expect(page.locator(".connection")).to_have_text("Stopped")
    expect(page.get_by_label("Warnings")).to_contain_text("Too many connections are open for this account.")
    page.wait_for_timeout(1500)
    assert len(attempts) == 1
    assert asked == []
