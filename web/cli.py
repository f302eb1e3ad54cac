"""Commands for who runs it: `flask --app web.wsgi release`, `… restored`, `… route-again`, `… count-anew`,
`… openapi PATH`.

Those for accounts are in `web/account_commands.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import click
from alembic import command
from alembic.config import Config
from apiflask import APIFlask
from flask import Flask, current_app, json
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from complaints.alerts.triggers.routing import route_failed_again
from complaints.clock import utcnow
from complaints.db import Database
from complaints.events.sequencer import start_epoch
from complaints.tallies.adding_up import count_anew, is_counted
from complaints.upkeep.bootstrap import create_categories, create_first_admin, wait_for_others
from complaints.upkeep.search_backlog import make_all_searchable
from web.account_commands import create_admin, reset_password, sign_as_command
from web.http.app_services import Services, services

WORKER_PROCESSES = 3  # events, alerts and bot; beat has no database
ROOT = Path(__file__).resolve().parent.parent


def register(app: Flask) -> None:
    """Hang the commands into the app."""
    app.cli.add_command(release)
    app.cli.add_command(restored)
    app.cli.add_command(route_again)
    app.cli.add_command(count_anew_command)
    app.cli.add_command(openapi)
    app.cli.add_command(create_admin)
    app.cli.add_command(reset_password)


@click.command()
@with_appcontext
def release() -> None:
    """Migrate the database, create the categories and the first admin. Can be run again."""
    here = services()
    try:
        here.database.check()
    except OperationalError as error:
        raise click.ClickException(f"DATABASE_URL: the database can't be reached: {error.orig}") from None
    _check_connections(here)
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", here.settings.database_url.replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except OperationalError as error:
        raise click.ClickException(f"The migration was broken off; run release again: {error.orig}") from None
    settings, now = here.settings, utcnow()
    make_all_searchable(here.database)
    _count_once(settings.database_url)
    with here.database.write() as session:
        wait_for_others(session)
        sign_as_command(session, "release")
        create_categories(session, now=now)
        if settings.admin_email and settings.admin_password:
            password = settings.admin_password.get_secret_value()
            if create_first_admin(session, settings.admin_email, password, now=now):
                click.echo(f"Created the first admin, {settings.admin_email}.")


def _count_once(url: str) -> None:
    """Count the complaints from before there were tallies."""
    with _patient(url) as database:
        with database.read() as session:
            if is_counted(session):
                return
        count_anew(database)


@contextmanager
def _patient(url: str) -> Iterator[Database]:
    """Give the database to who waits for as long as it takes."""
    database = Database(url, patience=None)
    try:
        yield database
    finally:
        database.close()


def _check_connections(here: Services) -> None:
    """Say where all processes together, one worker of each kind, may ask PostgreSQL for more than it grants."""
    granted = here.database.connections_granted()
    processes = here.settings.web_concurrency + WORKER_PROCESSES
    asked = processes * here.database.connections_at_most
    if granted is not None and asked > granted:
        click.echo(
            f"redress: {processes} processes may ask PostgreSQL for {asked} connections, and it grants {granted}: "
            "lower DATABASE_POOL_SIZE or WEB_CONCURRENCY, or raise its max_connections.",
            err=True,
        )


@click.command()
@with_appcontext
def restored() -> None:
    """Say that an older database was restored: sets a new epoch, so that dashboards read their lists again."""
    click.echo(f"New epoch: {start_epoch(services().database)}")


@click.command()
@with_appcontext
def route_again() -> None:
    """Route the events again whose routing failed (`routing_failed` in the log), once the cause is mended."""
    with services().database.write() as session:
        tried, failing = route_failed_again(session, now=utcnow())
    click.echo(f"Routed again: {tried - failing}. Still failing: {failing}.")


@click.command("count-anew")
@with_appcontext
def count_anew_command() -> None:
    """Count all complaints, and set right what the tallies say: they should be."""
    with _patient(services().settings.database_url) as database:
        click.echo(f"Tallies that were wrong: {count_anew(database)}.")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@with_appcontext
def openapi(path: Path) -> None:
    """Write the OpenAPI document to PATH."""
    path.write_text(json.dumps(cast(APIFlask, current_app).spec, indent=2, sort_keys=True) + "\n")
