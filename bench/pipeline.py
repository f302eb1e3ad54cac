"""From `201 Created` to the event on a socket and the message at Telegram's server, through the real processes.

The baseline is one hop without any of Redress' promises: XADD in one thread, XREAD in another, on the same Valkey.
"""

import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from bench.figures import row
from complaints import redis_client
from tools.stack import Stack, eventually

SUBMISSIONS = 200
PAUSE_SECONDS = 0.05
HOPS = 500


def main(submissions: int = SUBMISSIONS) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"TELEGRAM_RATE_CHAT": "1000/1", "TELEGRAM_RATE_ALL": "1000/1"}
        with Stack(Path(folder), **limits) as stack:
            baseline = measure_hop(stack.environment["REDIS_URL"])
            answered, on_socket, at_telegram, requests = measure_pipeline(stack, submissions)
    print(row("baseline: one hop through a Redis stream", baseline))
    print(row("submit: request to 201", requests, baseline))
    print(row("201 to the event on a socket (≤ 25, ≤ 100)", delays(answered, on_socket), baseline))
    print(row("201 to the message at Telegram (p50 ≤ 100)", delays(answered, at_telegram), baseline))


def delays(since: dict[str, float], until: dict[str, float]) -> list[float]:
    """Return the seconds between the two instants of each reference."""
    return [until[reference] - instant for reference, instant in since.items()]


def measure_hop(redis_url: str) -> list[float]:
    """Return the seconds from XADD to XREAD's answer."""
    reader, writer = redis_client.connect(redis_url), redis_client.connect(redis_url)
    arrivals: list[float] = []

    def read() -> None:
        last: Any = "0"
        while len(arrivals) < HOPS:
            answer: Any = reader.xread({"bench": last}, block=1000)
            for _, entries in answer or ():
                for last, fields in entries:  # noqa: B007 - the last one is where to go on
                    arrivals.append(time.monotonic() - float(fields[b"at"]))

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(HOPS):
        writer.xadd("bench", {"at": repr(time.monotonic())})
        time.sleep(0.001)
    thread.join()
    writer.delete("bench")
    return arrivals


def measure_pipeline(
    stack: Stack, submissions: int
) -> tuple[dict[str, float], dict[str, float], dict[str, float], list[float]]:
    """Return when each reference was answered, was on the socket, was at Telegram; and the requests' seconds."""
    client, phone = stack.sign_in(), stack.phone()
    phone.put("/limits", json={"on": False})
    chat_id = stack.link_chat(client, phone)
    eventually(
        lambda: sent_to(phone, chat_id), what="the answer to /start"
    )  # a new Redis holds it for a second
    answered: dict[str, float] = {}
    requests: list[float] = []
    with connect(
        stack.url.replace("http", "ws") + "/api/v1/websocket",
        additional_headers={"Authorization": client.headers["Authorization"]},
    ) as socket:
        seen: dict[str, float] = {}
        listener = threading.Thread(target=listen, args=(socket, seen, submissions), daemon=True)
        listener.start()
        for place in range(submissions):
            began = time.time()
            answer = client.post("/complaints", json={"description": f"bench {place}", "severity": "high"})
            answered[answer.json()["reference"]] = time.time()
            requests.append(time.time() - began)
            time.sleep(PAUSE_SECONDS)
        listener.join(30)
    eventually(lambda: len(arrivals(phone, chat_id, answered)) == submissions, seconds=60, what="all alerts")
    return answered, seen, arrivals(phone, chat_id, answered), requests


def listen(socket: ClientConnection, seen: dict[str, float], wanted: int) -> None:
    """Note when each new complaint comes, until all have."""
    socket.send(json.dumps({"type": "subscribe"}))
    while len(seen) < wanted:
        message = json.loads(socket.recv(timeout=30))
        if message["type"] == "event" and message["name"] == "new_complaint":
            seen[message["data"]["reference"]] = time.time()


def sent_to(phone: httpx.Client, chat_id: int) -> list[dict[str, Any]]:
    """Return the messages that the sandbox received for the chat."""
    calls: list[dict[str, Any]] = phone.get(
        "/calls", params={"method": "sendMessage", "chat_id": chat_id}
    ).json()
    return calls


def arrivals(phone: httpx.Client, chat_id: int, answered: dict[str, float]) -> dict[str, float]:
    """Return when the sandbox received the message about each reference."""
    found: dict[str, float] = {}
    for call in sent_to(phone, chat_id):
        text = str(call["payload"].get("text", ""))
        reference = next((name for name in answered if name in text), None)
        if reference is not None:
            found.setdefault(reference, call["arrived_at"])
    return found


if __name__ == "__main__":
    main()
