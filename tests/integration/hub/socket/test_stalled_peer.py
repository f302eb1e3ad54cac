"""A peer that stalls and then reads on finds whole frames, with the control frames between them."""

import json

from wsproto.frame_protocol import Opcode

from tests.integration.hub.harness import Deployment
from tests.integration.hub.raw import RawSocket
from tests.unit.hub.client_frames import PING, frame, goodbye

BURSTS, EVENTS = 5, 60


def test_no_frame_is_cut_and_none_is_inside_another(deployment: Deployment) -> None:
    # Given: more events than the kernel's buffers take, and pings meanwhile
    token = deployment.token()
    with RawSocket(deployment.port, receive_buffer=4096, Authorization=f"Bearer {token}") as raw:
        raw.say(b'{"type":"subscribe"}')
        deployment.wait_for_stats(token, lambda stats: stats["connections"] > 0)
        for burst in range(BURSTS):
            deployment.submit_many(EVENTS, "x" * 4000)
            deployment.sequence()
            raw.sock.sendall(frame(PING, b"%d" % burst))
        deployment.wait_for_stats(token, lambda stats: stats["queued_bytes"] > 0)
        # When: it reads on
        seqs, pongs = [], []
        for opcode, payload in raw.frames():
            if opcode is Opcode.PONG:
                pongs.append(payload)
            elif b'"type":"event"' in payload:
                seqs.append(json.loads(payload)["seq"])
            if len(seqs) == BURSTS * EVENTS and len(pongs) == BURSTS:
                break
        raw.sock.sendall(goodbye(1000))
        *_, (last, _) = raw.frames()
    # Then
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert pongs == [b"%d" % burst for burst in range(BURSTS)]
    assert last is Opcode.CLOSE
