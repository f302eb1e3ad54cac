"""The dashboard's modules, tried in the browser that they are written for."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, send_from_directory
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import dashboard
from dashboard.assets import read_assets
from tools import chromium
from web.page_words import page_words

SPECS = Path(__file__).parent / "js"


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The dashboard's files and the specs, on a port of their own."""
    app = Flask("site", static_folder=None)
    app.register_blueprint(dashboard.blueprint(page_words()))
    import_map = read_assets().import_map

    @app.get("/blank")
    def blank() -> str:
        words = f'<script type="application/json" id="words">{json.dumps(page_words())}</script>'
        return f'<!doctype html><title>Specs</title>{words}<script type="importmap">{import_map}</script>'

    @app.get("/spec/<path:name>")
    def spec(name: str) -> Response:
        return send_from_directory(SPECS, name, mimetype="text/javascript")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")  # Playwright leaves a running loop in the thread until it is closed
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium.launch(playwright) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A blank page that knows the import map; specs leave nothing behind that another one minds."""
    page = browser.new_page()
    page.goto(f"{site}/blank")
    yield page
    page.close()
