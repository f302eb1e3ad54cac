"""`flask create-admin` and `flask reset-password`, as whoever runs it calls them."""

import pytest
from click.testing import Result

from complaints.models import AuditEntry, Operator
from tests.integration.api.people import PASSWORD, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "a staple of another kind"


def run(world: World, *arguments: str, typed: str = "") -> Result:
    return world.app.test_cli_runner().invoke(args=list(arguments), input=typed)


def choose(world: World, result: Result, door: str) -> int:
    """Choose a password by the link that was printed; return the status code."""
    assert result.exit_code == 0, result.output
    path, _, token = result.output.strip().rpartition("\n")[2].partition("#")
    assert path.endswith("/invitation" if "accept" in door else "/reset")
    form = {"token": token, "password": NEW}
    return world.anonymous.post(f"/api/v1{door}", json=form).status_code


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [(("--email", "Ada@example.org", "--name", "Ada"), ""), ((), "Ada@example.org\nAda\n")],
)
def test_an_admin_is_made_who_chooses_a_password_by_the_link(
    world: World, arguments: tuple[str, ...], typed: str
) -> None:
    # When
    result = run(world, "create-admin", *arguments, typed=typed)
    # Then
    assert choose(world, result, "/invitations/accept") == 200
    [admin] = world.all(Operator)
    assert (admin.email, admin.name, admin.role, admin.sites) == ("ada@example.org", "Ada", "admin", None)
    made, invited, chosen = world.all(AuditEntry)
    assert (made.actor_name, made.door, invited.action) == ("flask create-admin", "command", "invited")
    assert (chosen.actor_name, chosen.door) == ("Ada", "api")


def test_who_is_there_already_or_can_not_be_is_not_made(world: World) -> None:
    world.operator(email="ada@example.org")
    taken = run(world, "create-admin", "--email", "ada@example.org", "--name", "Ada")
    wrong = run(world, "create-admin", "--email", "nobody", "--name", " ")
    assert (taken.exit_code, wrong.exit_code) == (1, 1)
    assert "already" in taken.output
    assert "email" in wrong.output
    assert world.count(Operator) == 1


def test_another_password_is_chosen_by_the_link(world: World) -> None:
    # Given
    world.operator(email="ada@example.org", password=PASSWORD)
    # When
    result = run(world, "reset-password", typed="ADA@example.org\n")
    # Then
    assert choose(world, result, "/auth/password/reset") == 200
    form = {"email": "ada@example.org", "password": NEW}
    assert world.anonymous.post("/api/v1/auth/login", json=form).status_code == 200


def test_who_is_not_there_or_is_closed_gets_no_link(world: World) -> None:
    world.operator(email="gone@example.org", active=False)
    for email, words in (("ada@example.org", "no operator"), ("gone@example.org", "closed")):
        result = run(world, "reset-password", "--email", email)
        assert result.exit_code == 1
        assert words in result.output
    assert world.count(AuditEntry) == 0
