"""Who may open a socket, and for how long."""

import uuid
from datetime import timedelta

import pytest

from complaints.accounts.sessions import REVOKED_CHANNEL, revoke
from complaints.clock import utcnow
from complaints.models import Operator
from tests.integration.hub.harness import Client, Deployment
from web.hub.loop.heartbeat import Intervals

SHORT_SECONDS = 4  # of a token that must be welcomed before it ends, on a busy machine too


def cookie(deployment: Deployment, token: str) -> dict[str, str]:
    """Return the headers of our own pages' handshakes."""
    return {"Cookie": f"access_token_cookie={token}", "Origin": f"http://127.0.0.1:{deployment.port}"}


def test_the_cookie_counts_with_the_exact_origin(deployment: Deployment) -> None:
    # When
    with deployment.client(headers=cookie(deployment, deployment.token())) as client:
        # Then
        assert client.hear()["type"] == "welcome"


def test_a_cookies_token_ends_its_socket_too_and_a_newer_one_can_come_in_band(deployment: Deployment) -> None:
    # Given
    operator_id = deployment.operator()
    headers = cookie(deployment, deployment.token(operator_id, lifetime=timedelta(seconds=SHORT_SECONDS)))
    with deployment.client(headers=headers) as refreshed, deployment.client(headers=headers) as forgotten:
        assert refreshed.hear("welcome")["expires_in"] <= SHORT_SECONDS
        # When
        refreshed.say(type="auth", token=deployment.token(operator_id))
        # Then
        assert forgotten.closed_with() == 4005
        refreshed.say(type="subscribe")
        assert refreshed.hear("live")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1", "null"]
)
def test_another_origin_is_refused_at_the_handshake(deployment: Deployment, origin: str) -> None:
    cookie = f"access_token_cookie={deployment.token()}"
    assert deployment.refused(Cookie=cookie, Origin=origin.format(port=deployment.port)) == (
        403,
        "origin_refused",
    )


def test_a_cookie_without_an_origin_is_refused(deployment: Deployment) -> None:
    assert deployment.refused(Cookie=f"access_token_cookie={deployment.token()}") == (403, "origin_refused")


def test_the_first_message_can_carry_the_token_and_more_may_follow_at_once(deployment: Deployment) -> None:
    with deployment.client() as client:
        # When
        client.say(type="auth", token=deployment.token())
        client.say(type="subscribe")
        # Then
        assert [client.hear()["type"] for _ in range(2)] == ["welcome", "live"]


def test_a_token_in_the_url_is_ignored(deployment: Deployment) -> None:
    with deployment.client(path=f"?token={deployment.token()}") as client:
        # When
        client.say(type="subscribe")
        # Then
        assert client.closed_with() == 4500


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é"])
def test_a_bad_token_is_closed_with_4500(deployment: Deployment, token: str) -> None:
    with deployment.client() as client:
        client.say(type="auth", token=token)
        assert client.closed_with() == 4500


def test_a_handshake_with_a_token_that_we_did_not_sign_is_closed_with_4500(deployment: Deployment) -> None:
    with deployment.client("nonsense") as client:
        assert client.closed_with() == 4500


def test_an_expired_token_is_closed_with_4005(deployment: Deployment) -> None:
    with deployment.client(deployment.token(lifetime=timedelta(seconds=-1))) as client:
        assert client.closed_with() == 4005


def test_a_socket_ends_with_its_token_unless_a_newer_one_comes_in_band(deployment: Deployment) -> None:
    # Given
    operator_id = deployment.operator()
    short = timedelta(seconds=SHORT_SECONDS)
    with (
        deployment.live(deployment.token(operator_id, lifetime=short)) as refreshed,
        deployment.live(deployment.token(operator_id, lifetime=short)) as forgotten,
    ):
        # When
        refreshed.say(type="auth", token=deployment.token(operator_id))
        # Then
        assert forgotten.closed_with() == 4005
        deployment.submit()
        assert refreshed.hear("event")


def test_a_token_of_somebody_else_does_not_refresh(deployment: Deployment) -> None:
    with deployment.live() as client:
        client.say(type="auth", token=deployment.token())
        assert client.closed_with() == 4500


def revoke_and_tell(deployment: Deployment, session_id: uuid.UUID, operator_id: uuid.UUID) -> None:
    with deployment.database.write() as session:
        revoke(session, session_id, operator_id, now=utcnow())
    deployment.redis.publish(REVOKED_CHANNEL, str(session_id))


def test_a_revoked_session_is_closed_before_the_next_round_and_others_stay(deployment: Deployment) -> None:
    # Given
    operator_id = deployment.operator()
    session_id = deployment.session(operator_id)
    with (
        deployment.live(deployment.token(operator_id, session_id)) as gone,
        deployment.live(deployment.token(operator_id)) as stays,
    ):
        # When
        revoke_and_tell(deployment, session_id, operator_id)
        # Then
        assert gone.closed_with(timeout=Intervals().recheck_every_seconds / 2) == 4503
        deployment.submit()
        assert stays.hear("event")


def test_a_revoked_session_can_not_come_back(deployment: Deployment) -> None:
    operator_id = deployment.operator()
    session_id = deployment.session(operator_id)
    revoke_and_tell(deployment, session_id, operator_id)
    with deployment.client(deployment.token(operator_id, session_id)) as client:
        assert client.closed_with() == 4503


def test_an_operator_whose_sites_change_fetches_the_list_again(deployment: Deployment) -> None:
    # Given
    operator_id = deployment.operator("agent", sites=["North"])
    with deployment.live(deployment.token(operator_id)) as client:
        # When
        with deployment.database.write() as session:
            session.get_one(Operator, operator_id).sites = ["South"]
        deployment.redis.publish(REVOKED_CHANNEL, f"operator:{operator_id}")
        # Then
        resync = client.hear("resync")
        assert (resync["reason"], resync["sites"]) == ("rights", ["South"])
        deployment.submit("for the south", site="South")
        assert client.hear("event")["data"]["site"] == "South"


def test_an_operator_has_so_many_sockets_and_gets_places_back(deployment: Deployment) -> None:
    # Given
    token = deployment.token()
    with deployment.live(token), deployment.live(token):
        with deployment.live(token), deployment.client(token) as fourth:
            assert fourth.closed_with() == 4504
        # Then
        deployment.wait_for_place(token)


def test_an_address_has_so_many_sockets_that_did_not_say_who_they_are(deployment: Deployment) -> None:
    with (
        deployment.client() as first,
        deployment.client(),
        deployment.client(),
        deployment.client(),
    ):
        assert deployment.refused() == (429, "too_many_unauthenticated")
        # When
        first.say(type="auth", token=deployment.token())
        assert first.hear("welcome")
        # Then
        with deployment.client() as fifth:
            fifth.say(type="auth", token=deployment.token())
            assert fifth.hear("welcome")


def test_what_is_no_handshake_is_a_bad_request(deployment: Deployment) -> None:
    assert deployment.status("/api/v1/websocket") == 400
    assert deployment.refused(**{"Sec-WebSocket-Version": "8"}) == (400, "handshake_invalid")


def hear_error(client: Client, text: str) -> str:
    client.ws.send(text)
    detail: str = client.hear("error")["detail"]
    return detail


def test_nonsense_is_answered_and_forgiven(deployment: Deployment) -> None:
    with deployment.live() as client:
        assert hear_error(client, "{") == "not JSON"
        assert hear_error(client, "[]") == "not a JSON object"
        assert hear_error(client, '{"type":"dance"}').startswith("unknown type")
        assert hear_error(client, '{"type":"subscribe","after":-1}').startswith("after:")
        client.say(type="viewing", id=str(uuid.uuid4()))
        assert client.hear("error")["detail"] == "viewing: no such complaint"
        deployment.submit()
        assert client.hear()["type"] == "event"


def test_too_large_and_binary_messages_are_closed(deployment: Deployment) -> None:
    with deployment.live() as client:
        client.ws.send("x" * 17_000)
        assert client.closed_with() == 4509
    with deployment.live() as client:
        client.ws.send(b"bytes")
        assert client.closed_with() == 1003


def test_a_ping_frame_is_answered_and_a_close_frame_too(deployment: Deployment) -> None:
    with deployment.live() as client:
        assert client.ws.ping().wait(5)
        client.ws.close(3333, "enough")
        assert client.ws.close_code == 3333


def test_a_token_that_we_did_not_sign_is_as_good_as_none_and_one_that_is_over_is_not(
    deployment: Deployment,
) -> None:
    # Given
    over = deployment.token(lifetime=timedelta(seconds=-1))
    # When
    with deployment.client(), deployment.client(), deployment.client(), deployment.client():
        # Then
        assert deployment.refused(Authorization="Bearer nonsense") == (429, "too_many_unauthenticated")
        with deployment.client(over) as client:
            assert client.closed_with() == 4005
        with deployment.client(deployment.token()) as client:
            assert client.hear("welcome")
