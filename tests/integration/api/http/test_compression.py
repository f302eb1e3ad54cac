"""Lists go as gzip to who takes it, and as they are to who doesn't."""

import gzip
import json

import pytest
from flask.testing import FlaskClient

from complaints.clock import utcnow
from complaints.events.event_types import ANONYMOUS
from complaints.forms.complaint_forms import NewComplaint
from complaints.verbs import submit
from tests.integration.api.people import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/api/v1/complaints"


@pytest.fixture
def client(world: World) -> FlaskClient:
    """Somebody who sees a page full of complaints."""
    with world.database.write() as session:
        for number in range(50):
            form = NewComplaint(description=f"The lift in house {number} is stuck again")
            submit(session, form, actor=ANONYMOUS, now=utcnow())
    return world.signed_in()


def test_the_first_page_of_a_list_compresses(client: FlaskClient) -> None:
    plain = client.get(LIST)
    small = client.get(LIST, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert json.loads(gzip.decompress(small.data)) == plain.get_json()
    assert small.content_length == len(small.data) < plain.content_length / 5


@pytest.mark.parametrize("accepted", ["gzip;q=0", "gzip;q=0, *;q=1", "identity", "br", ""])
def test_who_does_not_take_gzip_gets_none(client: FlaskClient, accepted: str) -> None:
    response = client.get(LIST, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers
    assert len(response.get_json()["items"]) == 50


def test_what_has_an_entity_tag_keeps_its_bytes(client: FlaskClient, world: World) -> None:
    row = world.complaint(description="x" * 4000)
    for path in (f"{LIST}/{row['id']}", f"{LIST}/export.csv", "/api/v1/auth/me"):
        response = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


def test_a_short_answer_stays_as_it_is(world: World) -> None:
    response = world.admin.get(LIST, headers={"Accept-Encoding": "gzip"})
    assert response.get_json()["items"] == []
