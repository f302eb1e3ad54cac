"""A thousand reconnects in a real Chromium, and what is left of them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, CDPSession, Page
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tools.stack import eventually

WARM, RECONNECTS = 50, 1000
SLACK_BYTES = 300_000
RESTART = 4001
START = (
    "async (address) => { window.feed = (await import('/spec/live/reconnecting.js')).reconnecting(address); }"
)


def serve_and_close(connection: ServerConnection) -> None:
    """Welcome it, send one event after its cursor, and close it as a restart does."""
    try:
        connection.send(json.dumps({"type": "welcome", "head": 0, "epoch": "e", "expires_in": 900}))
        after = json.loads(connection.recv(10))["after"]
        event = {
            "seq": after + 1,
            "name": "status_update",
            "data": {"id": "1", "version": after},
            "changes": {},
        }
        connection.send(json.dumps({"type": "event", **event}))
        connection.send(json.dumps({"type": "live", "head": after + 1}))
        connection.close(RESTART)
    except ConnectionClosed:
        return  # the page was closed


@pytest.fixture
def address() -> Iterator[str]:
    """Where sockets end as soon as they are live."""
    with serve(serve_and_close, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of its own: it replaces globals."""
    page = browser.new_page()
    page.goto(f"{site}/blank")
    yield page
    page.close()


@dataclass(frozen=True)
class Weight:
    """What a page holds after its garbage was collected."""

    heap: int
    listeners: int
    sockets: int


def weigh(devtools: CDPSession) -> Weight:
    sockets = count_sockets(devtools)
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {item["name"]: item["value"] for item in devtools.send("Performance.getMetrics")["metrics"]}
    return Weight(int(metrics["JSHeapUsedSize"]), int(metrics["JSEventListeners"]), sockets)


def weigh_with(devtools: CDPSession, *, most: int) -> Weight | None:
    """Return what the page holds once no more sockets live than these: closed ones may be on their way out."""
    weight = weigh(devtools)
    return weight if weight.sockets <= most else None


def count_sockets(devtools: CDPSession) -> int:
    """Return how many WebSocket objects live, closed or not."""
    look_up = {"expression": "Object.getPrototypeOf(WebSocket.prototype)"}
    prototype = devtools.send("Runtime.evaluate", look_up)["result"]["objectId"]
    found = devtools.send("Runtime.queryObjects", {"prototypeObjectId": prototype})["objects"]["objectId"]
    count = {"objectId": found, "functionDeclaration": "function () { return this.length; }"}
    with_prototype = devtools.send("Runtime.callFunctionOn", count)["result"]["value"]
    devtools.send("Runtime.releaseObject", {"objectId": found})  # the list keeps alive what is in it
    return int(with_prototype) - 1


def test_a_thousand_reconnects_leave_nothing_behind(page: Page, address: str) -> None:
    # Given
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate(START, address)
    page.evaluate("(count) => feed.reached(count)", WARM)
    before = eventually(lambda: weigh_with(devtools, most=2), what="a page with its socket")
    # When
    page.evaluate("(count) => feed.reached(count)", WARM + RECONNECTS)
    after = eventually(lambda: weigh_with(devtools, most=2), what="the end of all sockets but the last")
    page.evaluate("feed.stop()")
    counts = page.evaluate("feed.counts()")
    stopped = eventually(lambda: weigh_with(devtools, most=0), what="the end of the last socket")
    # Then
    assert after.heap - before.heap < SLACK_BYTES
    assert stopped.listeners <= before.listeners
    assert (counts["timers"], counts["pending"]) == (0, 0)
    assert counts["seq"] >= RECONNECTS
    assert page.evaluate("feed.counts()")["made"] == counts["made"]
