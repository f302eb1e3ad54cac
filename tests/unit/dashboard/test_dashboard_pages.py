import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import dashboard
from dashboard.assets import BARE_NAMES, STATIC, read_assets

ADDRESSES = ("/", "/complaints/RD-7K2M9QXA", "/alerts", "/categories", "/telegram", "/sign-in")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("test", static_folder=None)
    app.register_blueprint(dashboard.blueprint({}))
    return app.test_client()


def policy_of(client: FlaskClient, **options: str) -> dict[str, str]:
    header = client.get("/", **options).headers["Content-Security-Policy"]
    return dict(rule.split(" ", 1) for rule in header.split("; "))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_serves_the_same_shell(client: FlaskClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert response.data == client.get("/").data
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_words_are_served_in_their_order_and_end_no_script() -> None:
    app = Flask("test", static_folder=None)
    words = {"b": {"z": "</script>", "a": "Ines & Kofi"}, "a": None}
    app.register_blueprint(dashboard.blueprint(words))
    page = app.test_client().get("/").text
    inline = re.search(r'<script type="application/json" id="words">(.*?)</script>', page, re.DOTALL)

    assert inline is not None
    assert json.dumps(json.loads(inline[1])) == json.dumps(words)


def test_an_unchanged_shell_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/").headers["ETag"]

    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304


def test_the_policy_allows_own_files_only(client: FlaskClient) -> None:
    policy = policy_of(client, base_url="https://redress.example:8443")

    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://redress.example:8443 wss://redress.example:8443"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)


def test_the_policy_allows_exactly_the_import_map_that_is_sent(client: FlaskClient) -> None:
    page = client.get("/").text
    inline = re.search(r'<script type="importmap">(.*?)</script>', page, re.DOTALL)

    assert inline is not None
    digest = b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
    assert policy_of(client)["script-src"] == f"'self' 'sha256-{digest}'"


@pytest.mark.parametrize("host", ["evil; script-src *", "a'b", "[::1", "*"])
def test_a_forged_host_does_not_reach_the_policy(client: FlaskClient, host: str) -> None:
    response = client.get("/", headers={"Host": host})

    assert host not in response.headers.get("Content-Security-Policy", "")


def test_everything_that_the_shell_names_can_be_loaded_and_kept(client: FlaskClient) -> None:
    names = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text))

    assert len(names) > 40
    for name in names:
        response = client.get(name)
        assert response.status_code == 200, name
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        response.close()


def test_modules_are_served_as_scripts(client: FlaskClient) -> None:
    for name in ("js/main.js", "vendor/preact.mjs"):
        with client.get(f"/static/{read_assets().version}/{name}") as response:
            assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_a_file_of_another_version_is_answered_but_never_kept(client: FlaskClient) -> None:
    with client.get("/static/0000000000000000/js/main.js") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"


def test_nothing_outside_the_static_folder_is_served(client: FlaskClient) -> None:
    assert client.get("/static/x/..%2F__init__.py").status_code == 404
    assert client.get("/static/x/../pages.py").status_code == 404


def test_the_browser_s_own_request_for_an_icon_is_answered(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as response:
        assert response.content_type.startswith("image/svg+xml")


def test_a_change_of_any_file_changes_the_version(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = read_assets(tmp_path).version
    (tmp_path / "a.js").write_text("2")

    assert read_assets(tmp_path).version != before


def test_the_import_map_names_files_that_exist() -> None:
    imports = json.loads(read_assets().import_map)["imports"]

    assert imports.keys() == BARE_NAMES.keys()
    assert all((STATIC / name).is_file() for name in BARE_NAMES.values())


def test_vendored_files_are_as_published_with_their_licences() -> None:
    vendor = STATIC / "vendor"
    rows = re.findall(
        r"^\| (\S+\.mjs) \|.*, (LICENSE\S+) \| ([0-9a-f]{64}) \|$", (vendor / "README.md").read_text(), re.M
    )

    assert {name for name, _, _ in rows} == {path.name for path in vendor.glob("*.mjs")}
    for name, licence, expected in rows:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == expected
        assert (vendor / licence).is_file()


@pytest.mark.parametrize("path", sorted((STATIC / "js").rglob("*.js")), ids=lambda path: path.name)
def test_modules_stay_small_and_put_no_markup_together(path: Path) -> None:
    text = path.read_text()

    assert text.count("\n") <= 150
    for forbidden in ("innerHTML", "dangerouslySetInnerHTML", "eval(", "setInterval", "window."):
        assert forbidden not in text
    assert "setTimeout" not in text or path.name == "clock.js"


def test_colours_are_named_in_one_file() -> None:
    for path in (STATIC / "css").glob("*.css"):
        literal = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|rgb\(", path.read_text())
        assert not literal or path.name == "tokens.css", path.name
