"""Sockets on a real gunicorn: events arrive, once and in order, live and after an absence."""

import threading

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
    assert set(welcome) == {"type", "connection", "epoch", "head", "expires_in", "ping_interval"}


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


def test_a_subscription_in_the_midst_of_a_burst_has_neither_hole_nor_double(deployment: Deployment) -> None:
    # Given
    with deployment.client(deployment.token()) as client:
        start = client.hear("welcome")["head"]
        burst = threading.Thread(target=lambda: [deployment.submit(f"no {number}") for number in range(60)])
        burst.start()
        # When
        for _ in range(3):
            client.say(type="subscribe", after=start)
            client.hear("event")
        burst.join()
        deployment.submit("the last")
        # Then
        client.say(type="subscribe", after=start)
        seqs = []
        while len(seqs) < 61 or seqs[-61:] != list(range(start + 1, start + 62)):
            seqs.append(client.hear("event")["seq"])


def test_a_cursor_of_another_epoch_is_told_to_resync_and_goes_on_live(deployment: Deployment) -> None:
    # Given
    with deployment.client(deployment.token()) as client:
        welcome = client.hear("welcome")
        # When
        client.say(type="subscribe", after=1, epoch="of another life")
        resync = client.hear()
        deployment.submit()
        # Then
        assert resync == {
            "type": "resync",
            "head": welcome["head"],
            "epoch": welcome["epoch"],
            "reason": "epoch",
        }
        assert client.hear("event")["seq"] == welcome["head"] + 1


def test_a_cursor_beyond_the_head_is_told_to_resync(deployment: Deployment) -> None:
    with deployment.client(deployment.token()) as client:
        head = client.hear("welcome")["head"]
        # When
        client.say(type="subscribe", after=head + 1000)
        # Then
        assert client.hear()["reason"] == "ahead"


def test_a_cursor_that_the_table_knows_but_the_hub_not_yet_is_served(deployment: Deployment) -> None:
    # Given: numbered and committed, but not yet published
    with deployment.client(deployment.token()) as client:
        head = client.hear("welcome")["head"]
        deployment.submit_unpublished()
        # When
        client.say(type="subscribe", after=head + 1)
        deployment.submit()
        # Then: not told to resync, and nothing of what it has already
        first, second = client.hear(), client.hear()
        assert {first["type"], second["type"]} == {"event", "live"}
        assert {first.get("seq"), second.get("seq")} == {None, head + 2}


def test_a_subscription_to_one_complaint_hears_of_no_other(deployment: Deployment) -> None:
    # Given
    mine = deployment.submit()
    with deployment.live(complaint=str(mine.id)) as client:
        # When
        deployment.submit("another")
        deployment.comment(mine.id, "looking at it")
        # Then
        event = client.hear("event")
        assert (event["name"], event["data"]["id"]) == ("comment_added", str(mine.id))


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
