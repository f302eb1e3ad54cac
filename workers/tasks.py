"""The tasks: each answers its poke and calls one step of the domain."""

from celery import shared_task

from celeryconfig import CLEAN_UP
from complaints.clock import utcnow
from complaints.events import wakeups
from complaints.events.wakeups import answer_poke
from complaints.upkeep.cleanup import clean_up as clean_up_all
from complaints.upkeep.pipeline import run_until_done
from complaints.upkeep.sweep import sweep_once
from complaints.upkeep.worker_heartbeat import report_alive
from workers.app import runtime
from workers.dispatch import dispatch_due
from workers.mail.mail_sender import send_due_mail
from workers.pictures.attachment_keeper import tend_attachments
from workers.telegram.handlers.consume_updates import consume_updates


@shared_task(name=wakeups.SEQUENCE)
def sequence() -> None:
    """Number, publish and route whatever waits."""
    now = runtime()
    answer_poke(now.redis, wakeups.SEQUENCE)
    report_alive(now.redis, "events")
    run_until_done(now.database, now.stream, now.poker.poke_alerts)


@shared_task(name=wakeups.DELIVER)
def deliver() -> None:
    """Send the alerts that are due."""
    now = runtime()
    report_alive(now.redis, "alerts")
    dispatch_due(now.dispatcher)


@shared_task(name=wakeups.CONSUME_UPDATES)
def consume() -> None:
    """Do what people asked for on Telegram."""
    consume_updates(runtime().consumer)


@shared_task(name=wakeups.SEND_MAIL)
def send_mail() -> None:
    """Send the mails that are due."""
    send_due_mail(runtime().mail_sender)


@shared_task(name=wakeups.TEND_ATTACHMENTS)
def tend() -> None:
    """Draw the small pictures that are owed, and delete what nobody needs."""
    tend_attachments(runtime().attachment_keeper)


@shared_task(name=wakeups.SWEEP)
def sweep() -> None:
    """Do what only the time brings about: reminders, the ends of mutes, alerts that are stranded."""
    now = runtime()
    while sweep_once(now.database):
        now.poker.poke_alerts()


@shared_task(name=CLEAN_UP)
def clean_up() -> None:
    """Delete what has had its time."""
    with runtime().database.write() as session:
        clean_up_all(session, now=utcnow())
