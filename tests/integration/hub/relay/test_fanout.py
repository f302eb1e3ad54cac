"""Sockets on a real gunicorn: events arrive, once and in order, live and after an absence."""

from tests.integration.hub.harness import Deployment


def test_an_event_reaches_a_connected_socket(deployment: Deployment) -> None:
    # Given
    with deployment.live() as client:
        # When
        complaint = deployment.submit("The lift is stuck")
        # Then
        event = client.hear("event")
        assert event["name"] == "new_complaint"
        assert event["data"]["id"] == str(complaint.id)
        assert "reporter" not in event["data"]


def test_the_welcome_comes_first_and_says_what_a_client_needs(deployment: Deployment) -> None:
    # When
    with deployment.client(deployment.token()) as client:
        welcome = client.hear()
    # Then
    assert welcome["type"] == "welcome"
    assert 890 <= welcome["expires_in"] <= 900
    assert welcome["ping_interval"] == 25
    assert welcome["sites"] is None
    assert set(welcome) == {"type", "connection", "epoch", "head", "expires_in", "ping_interval", "sites"}


def test_who_may_see_some_sites_is_told_which_so_that_a_change_while_away_shows(
    deployment: Deployment,
) -> None:
    with deployment.client(deployment.token(deployment.operator("viewer", ["South", "North"]))) as client:
        assert client.hear("welcome")["sites"] == ["North", "South"]


def test_a_client_that_was_away_gets_what_it_missed_and_then_lives_on(deployment: Deployment) -> None:
    # Given
    with deployment.live() as client:
        deployment.submit()
        cursor = client.hear("event")["seq"]
    for _ in range(5):
        deployment.submit()
    # When
    with deployment.client(deployment.token()) as client:
        epoch = client.hear("welcome")["epoch"]
        client.say(type="subscribe", after=cursor, epoch=epoch)
        missed = client.hear_seqs(5)
        live = client.hear()
        deployment.submit()
        # Then
        assert missed == list(range(cursor + 1, cursor + 6))
        assert live == {"type": "live", "head": cursor + 5}
        assert client.hear("event")["seq"] == cursor + 6


def test_an_operator_of_one_site_sees_that_site_and_what_leaves_it_as_removed(deployment: Deployment) -> None:
    # Given
    token = deployment.token(deployment.operator("agent", sites=["North"]))
    with deployment.live(token) as client:
        # When
        deployment.submit("elsewhere", site="South")
        deployment.submit("nowhere")
        mine = deployment.submit("here", site="North")
        deployment.move(mine.id, "South")
        deployment.move(mine.id, "North")
        # Then
        arrived, left, returned = (client.hear("event") for _ in range(3))
        assert (arrived["name"], arrived["data"]["description"]) == ("new_complaint", "here")
        assert (left["name"], set(left["data"])) == ("removed", {"id", "reference", "version"})
        assert left["changes"] == {}
        assert returned["name"] == "complaint_update"
        assert [one["seq"] for one in (left, returned)] == [arrived["seq"] + 1, arrived["seq"] + 2]
