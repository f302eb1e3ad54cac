"""The main job, through all processes: a complaint goes in, a screen and a phone light up."""

import subprocess

import httpx

from tests.e2e.listening import Listener
from tools.stack import Stack, eventually


def texts(phone: httpx.Client, chat_id: int) -> str:
    messages = phone.get(f"/chats/{chat_id}/messages").json()
    return "\n".join(str(message.get("text", "")) for message in messages)


def message_about(phone: httpx.Client, chat_id: int, reference: str) -> dict:
    return eventually(
        lambda: next(
            (m for m in phone.get(f"/chats/{chat_id}/messages").json() if reference in str(m.get("text"))),
            None,
        ),
        what=f"the message about {reference}",
    )


def test_a_complaint_reaches_screen_and_phone_and_the_button_comes_back(
    stack: Stack, client: httpx.Client, phone: httpx.Client
) -> None:
    chat_id = stack.link_chat(client, phone)
    with Listener(stack, client) as screen:
        # Given a complaint
        answer = client.post(
            "/complaints",
            json={"description": "Water through the <ceiling> & lamp", "severity": "critical"},
            headers={"X-Request-ID": "e2e-path-1"},
        )
        reference = answer.json()["reference"]
        assert answer.status_code == 201
        # Then screen and phone show it
        assert screen.wait_for(reference)["data"]["severity"] == "critical"
        message = message_about(phone, chat_id, reference)
        assert "<ceiling> & lamp" in message["text"]
        # When somebody presses Acknowledge on the phone
        phone.post(
            f"/chats/{chat_id}/press", json={"message_id": message["message_id"], "button": "Acknowledge"}
        ).raise_for_status()
        # Then the screen knows who did it
        change = screen.wait_for(reference, "status_update")
        assert change["changes"]["status"] == ["reported", "acknowledged"]
        assert change["actor"]["kind"] == "operator"
        assert client.get(f"/complaints/{reference}").json()["status"] == "acknowledged"


def test_who_has_a_complaint_open_sees_its_alert_go_out(
    stack: Stack, client: httpx.Client, phone: httpx.Client, chat_id: int
) -> None:
    # Given an alert that Telegram does not take yet
    fault = {"kind": "retry_after", "retry_after": 1, "methods": ["sendMessage"], "chat_id": chat_id}
    phone.post("/faults", json=fault).raise_for_status()
    with Listener(stack, client) as screen:
        complaint = client.post("/complaints", json={"description": "x", "severity": "critical"}).json()
        screen.view(complaint["id"])
        assert screen.viewers == [{key: client.get("/auth/me").json()[key] for key in ("id", "name")}]
        # When
        phone.delete("/faults").raise_for_status()
        # Then
        alerts = client.get(f"/complaints/{complaint['id']}/alerts").json()["items"]
        (alert,) = (one["id"] for one in alerts if one["chat"]["telegram_id"] == chat_id)
        eventually(lambda: (alert, "sent") in screen.alerts, what="the signal that it was sent")


def test_the_request_id_is_on_every_log_line_on_the_way(stack: Stack, client: httpx.Client) -> None:
    request_id = "e2e-request-id-42"
    answer = client.post("/complaints", json={"description": "x"}, headers={"X-Request-ID": request_id})
    assert answer.headers["X-Request-ID"] == request_id
    eventually(
        lambda: request_id in stack.log("events").read_text(), what="the request id in the worker's log"
    )


def test_fifty_complaints_by_curl_all_appear_once_and_in_order(
    stack: Stack, client: httpx.Client, phone: httpx.Client
) -> None:
    # Given
    token = client.headers["Authorization"]
    with Listener(stack, client) as screen:
        # When
        script = (
            f"for i in $(seq 50); do curl -sS -o /dev/null -w '%{{http_code}}\\n' {stack.url}/api/v1/complaints"
            f" -H 'Authorization: {token}' -H 'Content-Type: application/json'"
            ' -d "{\\"description\\": \\"curl $i\\"}"; done'
        )
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        # Then
        assert done.stdout.split() == ["201"] * 50
        eventually(
            lambda: sum(e["data"]["description"].startswith("curl ") for e in screen.events) == 50,
            what="fifty events",
        )
        shown = [
            e["data"]["description"] for e in screen.events if e["data"]["description"].startswith("curl ")
        ]
        assert shown == [f"curl {i}" for i in range(1, 51)]
        assert [e["seq"] for e in screen.events] == sorted({e["seq"] for e in screen.events})
