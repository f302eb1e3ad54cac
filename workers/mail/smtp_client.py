"""One attempt to give a mail to the SMTP server (RFC 5321), bounded however the server behaves.

TLS from the first byte (`smtps://`), else where STARTTLS is offered; certificates are verified. A password goes
over no plain connection, save to this machine itself.
"""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from uuid import UUID

from complaints.mail.letters import AddressedLetter
from complaints.mail.outbox import MailOutcome, MailPostponed, MailRefused, MailTaken
from complaints.setting_values import SmtpServer
from complaints.words import MailReason

CONNECT_SECONDS = 5.0
STEP_SECONDS = 10.0
ATTEMPT_SECONDS = 15.0
"""A server that says a byte now and then keeps every step's time; this ends it all the same.

A worker that is told to stop waits for it.
"""
LATER = 400
NEVER = 500
CLOSING = 421


class SmtpClient:
    """Knows the server; connects for each mail. Safe to share among threads."""

    def __init__(self, server: SmtpServer, sender: Address, own_host: str) -> None:
        self._server = server
        self._sender = sender
        self._own_host = own_host
        self._context = ssl.create_default_context()

    def send(self, mail_id: UUID, addressed: AddressedLetter, *, now: datetime) -> MailOutcome:
        """Try once, for some seconds at most, and say what came of it. A try again has the same Message-ID."""
        message = self._compose(mail_id, addressed, now)
        try:
            with self._connected() as client:
                return self._hand_over(client, message, addressed.mailbox)
        except smtplib.SMTPNotSupportedError:
            return MailPostponed(MailReason.NOT_LET_IN, of_server=True)
        except smtplib.SMTPResponseException as error:
            return _closed_door(error.smtp_code)
        except (smtplib.SMTPException, OSError, UnicodeError):
            return MailPostponed(MailReason.NO_ANSWER, of_server=True)

    def _compose(self, mail_id: UUID, addressed: AddressedLetter, now: datetime) -> EmailMessage:
        """The library refuses a header with a line break in it (ValueError), and quotes what it has to."""
        message = EmailMessage(policy=SMTP.clone(utf8=not addressed.mailbox.isascii()))
        message["From"] = self._sender
        message["To"] = _as_address(addressed.mailbox)
        message["Subject"] = addressed.letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail_id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        for name, value in addressed.letter.headers.items():
            message[name] = value
        message.set_content(addressed.letter.text)
        return message

    def _hand_over(self, client: smtplib.SMTP, message: EmailMessage, mailbox: str) -> MailOutcome:
        try:
            client.send_message(message, self._sender.addr_spec, [mailbox])
        except smtplib.SMTPNotSupportedError:
            return MailRefused(None)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            return _refusal(code)
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        return MailTaken()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Give a client that has introduced itself. Raises smtplib's errors and OSError."""
        server = self._server
        client = smtplib.SMTP(local_hostname=self._own_host, timeout=STEP_SECONDS)
        client.sock = socket.create_connection((server.host, server.port), CONNECT_SECONDS)
        client.sock.settimeout(STEP_SECONDS)
        watch = threading.Timer(ATTEMPT_SECONDS, _cut, (client,))
        watch.daemon = True
        watch.start()
        try:
            if server.tls:
                self._encrypt(client)
            self._greet(client)
            yield client
            with suppress(smtplib.SMTPException, OSError):  # it has the mail, or never will
                client.docmd("QUIT")
        finally:
            watch.cancel()
            client.close()

    def _greet(self, client: smtplib.SMTP) -> None:
        code, said = client.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        client.ehlo_or_helo_if_needed()
        if not self._server.tls and client.has_extn("starttls"):
            code, said = client.docmd("STARTTLS")
            if code != 220:
                raise smtplib.SMTPResponseException(code, said)
            self._encrypt(client)
            client.ehlo()
        self._sign_in(client)

    def _sign_in(self, client: smtplib.SMTP) -> None:
        user, password = self._server.user, self._server.password
        if user is None or password is None:
            return
        if not isinstance(client.sock, ssl.SSLSocket) and not _is_this_machine(self._server.host):
            raise smtplib.SMTPNotSupportedError("the server offers no TLS, and a password is to be sent")
        client.login(user, password)

    def _encrypt(self, client: smtplib.SMTP) -> None:
        """As smtplib does it, but so that the handshake, too, can be cut. What was said before is forgotten."""
        plain = client.sock
        assert plain is not None  # noqa: S101 - it is connected
        client.sock = self._context.wrap_socket(
            plain, server_hostname=self._server.host, do_handshake_on_connect=False
        )
        client.sock.do_handshake()
        client.file = None
        client.helo_resp = client.ehlo_resp = None
        client.esmtp_features = {}
        client.does_esmtp = False


def _closed_door(code: int) -> MailOutcome:
    """What is said before any mail is: no mail's fault. What is no refusal either is no answer."""
    if code < LATER:
        return MailPostponed(MailReason.NO_ANSWER, of_server=True)
    return MailPostponed(MailReason.NOT_LET_IN, code, of_server=True)


def _refusal(code: int) -> MailOutcome:
    """What is said of this mail; at 421 the server closes, whatever it was asked."""
    if code >= NEVER:
        return MailRefused(code)
    return MailPostponed(MailReason.POSTPONED, code, of_server=code == CLOSING)


def _as_address(mailbox: str) -> Address:
    """As `addr_spec`, letters other than ASCII would be refused."""
    username, _, domain = mailbox.rpartition("@")
    return Address(username=username, domain=domain)


def _cut(client: smtplib.SMTP) -> None:
    """Let whatever waits for the server end at once."""
    with suppress(OSError):
        if client.sock is not None:
            client.sock.shutdown(socket.SHUT_RDWR)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
