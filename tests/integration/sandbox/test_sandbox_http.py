"""The scripting API over HTTP, as the page and tests in other processes use it."""

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from sandbox import DEFAULT_TOKEN


@pytest.fixture
def http(sandbox):
    with httpx.Client(base_url=sandbox.base_url, trust_env=False, verify=False) as client:
        yield client


def test_every_verb_can_be_used(sandbox, http):
    eve = http.post("/sandbox/users", json={"first_name": "Eve", "started": True}).json()["id"]
    group = http.post("/sandbox/chats", json={"title": "Ops", "members": [eve, 1001]}).json()["id"]
    said = http.post(f"/sandbox/chats/{group}/messages", json={"text": "/help", "user_id": 1001}).json()
    http.delete(f"/sandbox/chats/{group}/messages/{said['message_id']}")
    http.post(f"/sandbox/chats/{eve}/block")
    http.post(f"/sandbox/chats/{eve}/unblock")
    http.post(f"/sandbox/chats/{group}/kick")
    http.post(f"/sandbox/chats/{group}/invite")
    new = http.post(f"/sandbox/chats/{group}/migrate").json()["id"]
    http.delete(f"/sandbox/chats/{eve}")
    http.put("/sandbox/limits", json={"on": True, "chat": "2/1"})

    state = http.get("/sandbox/state").json()

    assert sorted(chat["id"] for chat in state["chats"]) == [new, 1001]
    assert state["limits"] == {"on": True, "all": "30/1", "chat": "2/1", "group": "20/60"}
    assert [m["new_chat_members"][0]["id"] for m in sandbox.messages(group) if "new_chat_members" in m] == [
        1,
        1,
    ]


def test_a_button_can_be_pressed_and_the_calls_be_read(http, ada):
    keys = {"inline_keyboard": [[{"text": "Acknowledge", "callback_data": "ack:1"}]]}
    sent = http.post(
        f"/bot{DEFAULT_TOKEN}/sendMessage", json={"chat_id": ada, "text": "RD-1", "reply_markup": keys}
    ).json()["result"]

    pressed = http.post(
        f"/sandbox/chats/{ada}/press", json={"message_id": sent["message_id"], "button": "Acknowledge"}
    ).json()
    updates = http.get(f"/bot{DEFAULT_TOKEN}/getUpdates").json()["result"]
    calls = http.get("/sandbox/calls", params={"method": "sendMessage", "chat_id": ada}).json()

    assert updates[-1]["callback_query"]["id"] == pressed["query_id"]
    assert [(c["outcome"], c["acted"], c["payload"]["text"]) for c in calls] == [("ok", True, "RD-1")]
    http.delete("/sandbox/calls")
    assert http.get("/sandbox/calls").json() == []


def test_faults_can_be_set_listed_and_ended(http):
    fault = http.post(
        "/sandbox/faults", json={"kind": "http_500", "methods": ["getMe"], "seconds": 30}
    ).json()

    assert http.get(f"/bot{DEFAULT_TOKEN}/getMe").status_code == 500
    (listed,) = http.get("/sandbox/faults").json()
    assert (listed["kind"], listed["struck"]) == ("http_500", 1)
    assert 25 < listed["seconds_left"] <= 30
    http.delete(f"/sandbox/faults/{fault['id']}")
    assert http.get(f"/bot{DEFAULT_TOKEN}/getMe").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sandbox/users", {}),
        ("/sandbox/users", {"first_name": "Eve", "shoe_size": 7}),
        ("/sandbox/chats/1001/messages", {"text": {"not": "text"}}),
        ("/sandbox/chats/4242/messages", {"text": "x"}),
        ("/sandbox/faults", {"kind": "plague"}),
        ("/sandbox/faults", {"kind": "http_500", "methods": "getMe"}),
        ("/sandbox/faults", {"kind": "http_500", "colour": "red"}),
    ],
)
def test_a_wrong_use_is_answered_with_the_reason(http, path, body):
    answer = http.post(path, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_only_json_can_script_so_that_foreign_pages_can_not(http):
    assert http.post("/sandbox/users", data={"first_name": "Eve"}).status_code == 400
    assert http.get("/sandbox/state", headers={"Host": "rebound.example"}).status_code == 403


def test_changes_stream_to_whoever_follows(sandbox, http, ada):
    cursor = http.get("/sandbox/state").json()["cursor"]
    sandbox.say(ada, "live")

    with http.stream("GET", "/sandbox/live", params={"after": cursor}) as stream:
        changes = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        message = next(change for change in changes if change["type"] == "message")

    assert message["message"]["text"] == "live"


def test_one_who_comes_with_an_old_cursor_is_told_to_read_anew(http):
    with http.stream("GET", "/sandbox/live", headers={"Last-Event-ID": "gone:3"}) as stream:
        first = next(line for line in stream.iter_lines() if line.startswith("data: "))

    assert json.loads(first[6:]) == {"type": "reset"}


def test_the_page_runs_only_what_comes_from_here(http):
    page = http.get("/")

    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.fixture
def started(tmp_path):
    """Start the sandbox as a process; returns it and its address."""
    processes = []

    def start(*options):
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--state", tmp_path / "state.db", *options],
            env={**os.environ, "REDRESS_ENV": "test"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process, process.stdout.readline().strip().removeprefix("telegram sandbox: ")

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_cleanly_and_remembers(started, number):
    process, url = started("--port", "0")
    httpx.post(f"{url}/sandbox/chats/1001/messages", json={"text": "/start"}, trust_env=False, verify=False)
    process.send_signal(number)
    assert process.wait(5) == 0
    assert process.stderr.read() == ""

    _, url = started("--port", "0")

    (message,) = httpx.get(f"{url}/sandbox/chats/1001/messages", trust_env=False, verify=False).json()
    assert message["text"] == "/start"


def test_a_taken_port_is_told_in_one_line(started):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, _ = started("--port", str(taken.getsockname()[1]))

        assert process.wait(5) == 2
        assert process.stderr.read().count("\n") == 1
