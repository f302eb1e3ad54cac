"""A token in a URL is nobody's business: it counts for nothing, and no log line of any request has it."""

import socket
from contextlib import closing
from pathlib import Path

from tests.integration.hub.conftest import Deploy
from tests.integration.hub.harness import Deployment, wait_until

MALFORMED = (
    "\r\n\r\n",
    " HTTP/9.9\r\n\r\n",
    " HTTP/1.1\r\nno header\r\n\r\n",
    " HTTP/1.1\r\nHost : x\r\n\r\n",
)


def send_raw(deployment: Deployment, text: str) -> bytes:
    with closing(socket.create_connection(("127.0.0.1", deployment.port), timeout=5)) as peer:
        peer.sendall(text.encode())
        return peer.recv(65536)


def test_a_token_in_a_url_is_not_logged(deploy: Deploy, tmp_path: Path) -> None:
    # Given
    log = tmp_path / "log"
    deployment = deploy(output=log, LOG_LEVEL="DEBUG")
    token = deployment.token()
    asks = [f"?token={token}", f"?access_token={token}", f"?jwt={token}&token={token}"]
    # When
    for ask in asks:
        with deployment.client(path=ask) as client:
            client.say(type="subscribe")
            assert client.closed_with() == 4500
        assert deployment.status(f"/api/v1/websocket{ask}") in (400, 422)
        assert deployment.status(f"/api/v1/complaints{ask}") == 401
        assert deployment.status(f"/nowhere{ask}") == 404
        for rest in MALFORMED:
            assert b" 400 " in send_raw(deployment, f"GET /api/v1/websocket{ask}{rest}")
    # Then
    wait_until(lambda: log.read_text().count("/nowhere") >= len(asks))
    assert "/api/v1/websocket" in log.read_text()
    assert token not in log.read_text()
    assert token.rpartition(".")[2] not in log.read_text()
