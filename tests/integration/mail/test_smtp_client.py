"""The way to the server: encrypted where it can be, a password only then, and bounded whatever the server does."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from complaints.clock import utcnow
from complaints.ids import new_id
from complaints.mail.letters import AddressedLetter, Letter
from complaints.mail.outbox import MailOutcome, MailPostponed, MailRefused, MailTaken
from complaints.setting_values import SmtpServer
from complaints.words import MailReason
from tools.environment import free_port
from workers.mail import smtp_client
from workers.mail.smtp_client import SmtpClient

SENDER = Address("Redress", addr_spec="redress@example.org")
LETTER = AddressedLetter("ada@example.org", Letter("Ärger", "Straße 5\n"))


def make(port: int, *, tls: bool = False, trusts: str | None = None, **credentials: str) -> SmtpClient:
    server = SmtpServer("127.0.0.1", port, tls, credentials.get("user"), credentials.get("password"))
    client = SmtpClient(server, SENDER, "redress.example.org")
    if trusts:
        client._context.load_verify_locations(trusts)
    return client


def send(client: SmtpClient, letter: AddressedLetter = LETTER) -> MailOutcome:
    return client.send(new_id(), letter, now=utcnow())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with a key and a certificate of 127.0.0.1 that nobody trusts by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    from_when = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(from_when)
        .not_valid_after(from_when + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
        .sign(key, SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return str(path)


@pytest.fixture
def server_context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_letter_has_any_letters(smtp_port, post):
    assert send(make(smtp_port)) == MailTaken()
    assert post.letters[0]["Subject"] == "Ärger"
    assert post.letters[0].get_content().strip() == "Straße 5"
    assert post.encrypted == [False]


def test_a_mailbox_of_other_letters_wants_a_server_that_takes_them(smtp_port, post):
    assert send(make(smtp_port), AddressedLetter("ådå@example.org", LETTER.letter)) == MailTaken()
    assert post.envelopes[0][1] == ["ådå@example.org"]


class TestAServerThatTakesAsciiAlone:
    @pytest.fixture
    def smtp_options(self) -> dict[str, Any]:
        return {"enable_SMTPUTF8": False}

    def test_another_mailbox_is_refused(self, smtp_port):
        letter = AddressedLetter("ådå@example.org", LETTER.letter)
        assert send(make(smtp_port), letter) == MailRefused(None)


class TestStartTls:
    @pytest.fixture
    def smtp_options(self, server_context: ssl.SSLContext) -> dict[str, Any]:
        return {"tls_context": server_context}

    def test_what_is_offered_is_taken(self, smtp_port, post, certificate):
        assert send(make(smtp_port, trusts=certificate)) == MailTaken()
        assert post.encrypted == [True]

    def test_a_certificate_that_nobody_trusts_gets_nothing(self, smtp_port, post):
        assert send(make(smtp_port)) == MailPostponed(MailReason.NO_ANSWER, of_server=True)
        assert post.letters == []


class TrustingController(Controller):
    """Looks whether its server is up, whoever signed the certificate."""

    def _trigger_server(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port)) as plain, context.wrap_socket(plain) as tls:
            tls.recv(1024)


class TestTlsFromTheFirstByte:
    @pytest.fixture
    def smtp_port(self, post, server_context) -> Iterator[int]:
        controller = TrustingController(
            post, hostname="127.0.0.1", port=free_port(), ssl_context=server_context
        )
        controller.start()
        yield controller.port
        controller.stop()

    def test_it_is_spoken(self, smtp_port, post, certificate):
        assert send(make(smtp_port, tls=True, trusts=certificate)) == MailTaken()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
class TestPasswords:
    @pytest.fixture
    def smtp_options(self) -> dict[str, Any]:
        def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            return AuthResult(success=data.password == b"let us in", handled=False)

        return {"authenticator": check, "auth_require_tls": False, "auth_required": True}

    def test_a_password_lets_us_in(self, smtp_port):
        assert send(make(smtp_port, user="redress", password="let us in")) == MailTaken()

    def test_a_wrong_one_is_the_server_s_matter_not_the_mail_s(self, smtp_port):
        outcome = send(make(smtp_port, user="redress", password="let me in"))
        assert outcome == MailPostponed(MailReason.NOT_LET_IN, 535, of_server=True)

    def test_a_password_goes_over_no_plain_connection_to_elsewhere(self, smtp_port, post, monkeypatch):
        monkeypatch.setattr(smtp_client, "_is_this_machine", lambda _host: False)
        outcome = send(make(smtp_port, user="redress", password="let us in"))
        assert outcome == MailPostponed(MailReason.NOT_LET_IN, of_server=True)
        assert post.letters == []


def test_nobody_listens():
    assert send(make(free_port())) == MailPostponed(MailReason.NO_ANSWER, of_server=True)


def test_a_server_that_drips_is_cut_off(monkeypatch):
    # Given one that keeps each step's time, and never comes to an end
    monkeypatch.setattr(smtp_client, "ATTEMPT_SECONDS", 0.3)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not ended.wait(0.02):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        server = threading.Thread(target=drip)
        server.start()
        # When
        outcome = send(make(listener.getsockname()[1]))
        ended.set()
        server.join(10)
    # Then
    assert outcome == MailPostponed(MailReason.NO_ANSWER, of_server=True)
