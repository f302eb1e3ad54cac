"""Mail goes out one by one: of all the threads of a worker process one sends, so that a server that hangs has one.

A task that comes while another one sends only says that there may be more, and leaves its thread to others.
"""

import threading
import time
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from redis import Redis
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from complaints.db import Database
from complaints.events.wakeups import SEND_MAIL, Poker, answer_poke
from complaints.mail.letters import AddressedLetter, Desk, write_letter
from complaints.mail.outbox import LIFETIME, MailDropped, MailOutcome, MailPostponed, claim_mail, settle_mail
from complaints.models import Mail
from complaints.setting_values import host_of, parse_sender, parse_smtp_url
from complaints.settings import Settings
from complaints.words import MailReason
from workers.mail.smtp_client import SmtpClient

DRIVE_SECONDS = 20.0
REST_SECONDS = 15.0
"""How long a server is left alone that takes nothing from us."""

log = structlog.get_logger()


class MailSender:
    """Sends what is due. Safe to call from any thread."""

    def __init__(
        self, client: SmtpClient, public_url: str, database: Database, redis: Redis, poker: Poker
    ) -> None:
        self.redis = redis
        self._client = client
        self._public_url = public_url
        self._database = database
        self._poker = poker
        self._sending = threading.Lock()
        self._poked = False
        self._stopping = False
        self._rest_until = 0.0

    def run(self) -> int:
        """Send until nothing is due; return how many were tried. Where another thread sends, it goes on."""
        tried = 0
        self._poked = True
        while self._poked and self._sending.acquire(blocking=False):
            try:
                tried += self._drive()
            finally:
                self._sending.release()
        return tried

    def stop_claiming(self) -> None:
        """Send no more; what is being sent goes on."""
        self._stopping = True

    def send_once(self) -> MailOutcome | None:
        """Send the mail that is due first and return what came of it; None where none is due."""
        database, now = self._database, self._database.now()
        with database.write() as session:
            mail = claim_mail(session, now=now)
            if mail is None or mail.lease_token is None:
                return None
            written = self._write(session, mail, now)
        lease = mail.lease_token
        outcome = self._try(mail, written) if isinstance(written, AddressedLetter) else written
        with database.write() as session:
            if not settle_mail(session, mail.id, lease, outcome, now=database.now()):
                log.warning("mail_lease_lost", mail=str(mail.id))
        return outcome

    def _drive(self) -> int:
        tried, deadline = 0, time.monotonic() + DRIVE_SECONDS
        while True:
            self._poked = False
            if self._stopping or time.monotonic() < self._rest_until:
                return tried
            if time.monotonic() > deadline:
                self._poker.poke_mail()
                return tried
            outcome = self.send_once()
            if outcome is None:
                return tried
            tried += 1
            if isinstance(outcome, MailPostponed) and outcome.of_server:
                log.warning("mail_server_does_not_serve", reason=outcome.reason, code=outcome.code)
                self._rest_until = time.monotonic() + REST_SECONDS

    def _write(
        self, session: Session, mail: Mail, now: datetime
    ) -> AddressedLetter | MailDropped | MailPostponed:
        """One that can't be written, of a kind that only newer processes know perhaps, is tried again later."""
        if now >= mail.created_at + LIFETIME:
            return MailPostponed(MailReason(mail.reason or MailReason.BROKEN))
        try:
            with session.begin_nested():
                return write_letter(session, mail, Desk(self._public_url, now))
        except OperationalError:
            raise  # the database is away: nothing was claimed
        except Exception as error:  # noqa: BLE001 - recorded in the row; what it says may be about people
            return _broken(mail, error)

    def _try(self, mail: Mail, written: AddressedLetter) -> MailOutcome:
        try:
            return self._client.send(mail.id, written, now=self._database.now())
        except Exception as error:  # noqa: BLE001 - as above
            return _broken(mail, error)


def make_mail_sender(settings: Settings, database: Database, redis: Redis, poker: Poker) -> MailSender | None:
    """Return this process's sender; None where there is no server to give mail to."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    host = urlsplit(settings.public_url).hostname or ""
    client = SmtpClient(parse_smtp_url(settings.smtp_url), parse_sender(settings.mail_from), own_name(host))
    return MailSender(client, settings.public_url, database, redis, poker)


def send_due_mail(sender: MailSender | None) -> int:
    """Answer the poke and send what is due; return how many were tried."""
    if sender is None:
        return 0
    answer_poke(sender.redis, SEND_MAIL)
    return sender.run()


def own_name(host: str) -> str:
    """Return by what name we greet (RFC 5321, section 4.1.3): the host that people know us by, or its address."""
    try:
        address = ip_address(host)
    except ValueError:
        return host_of(host)
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _broken(mail: Mail, error: Exception) -> MailPostponed:
    log.error("mail_broke", mail=str(mail.id), kind=mail.kind, error=type(error).__name__)
    return MailPostponed(MailReason.BROKEN)
