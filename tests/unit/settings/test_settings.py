"""Settings: every variable is documented, a wrong one is named, secrets stay secret."""

import re
from typing import Any

import pytest

from complaints.errors import SettingsError
from complaints.setting_values import Rate, SmtpServer, parse_smtp_url
from complaints.settings import Settings, load_settings
from tools.procfile import ROOT

GOOD = {
    "DATABASE_URL": "postgres://user:hunter2@db/redress",
    "REDIS_URL": "redis://:hunter2@localhost/0",
    "JWT_SECRET_KEY": "0f9a8b7c6d5e4f3a2b1c0f9a8b7c6d5e",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_the_example_documents_exactly_the_variables_that_are_read() -> None:
    documented = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_production_is_the_default_and_secrets_are_not_shown() -> None:
    settings = load_settings()
    assert settings.env == "production"
    assert settings.host == "0.0.0.0"
    assert "hunter2" not in repr(settings)
    assert GOOD["JWT_SECRET_KEY"] not in repr(settings)


def test_postgres_urls_get_psycopg_as_their_driver() -> None:
    assert load_settings().database_url == "postgresql+psycopg://user:hunter2@db/redress"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDRESS_ENV", "staging"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "postgresql://db:port/redress"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "localhost:6379"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "smtp://mail.example.org:port"),
        ("SMTP_URL", "smtp://redress@mail.example.org"),
        ("SMTP_URL", "https://mail.example.org"),
        ("MAIL_FROM", "no address"),
        ("MAIL_FROM", "redress@example.org\nBcc: all@example.org"),
        ("REDIS_URL", "redis://localhost:port"),
        ("CELERY_BROKER_URL", "unix:///run/valkey.sock"),
        ("JWT_SECRET_KEY", "short"),
        ("JWT_SECRET_KEY", "change-me-change-me-change-me-change-me"),
        ("JWT_SECRET_KEY", "a" * 40),
        ("JWT_SECRET_KEY", "correcthorse" * 4),
        ("JWT_SECRET_KEY", "0123456789" * 4),
        ("JWT_SECRET_KEY", "abcdefghijklmnopqrstuvwxyzabcdef"),
        ("JWT_SECRET_KEY", "qwertyuiopasdfghjklzxcvbnm123456"),
        ("JWT_SECRET_KEY", "your-super-secret-jwt-signing-key"),
        ("JWT_SECRET_KEY_PREVIOUS", "short"),
        ("ADMIN_PASSWORD", "short"),
        ("ADMIN_PASSWORD", "password123"),
        ("ADMIN_PASSWORD", "Welcome-2026"),
        ("ADMIN_PASSWORD", "P@ssw0rd123"),
        ("ADMIN_PASSWORD", "ｐａｓｓｗｏｒｄ１２３"),
        ("ADMIN_PASSWORD", "abcdefghij"),
        ("ADMIN_PASSWORD", "1234567890123"),
        ("ADMIN_PASSWORD", "aaaaaaaaaaaa"),
        ("TELEGRAM_WEBHOOK_SECRET", "x"),
        ("TELEGRAM_WEBHOOK_SECRET", "secretsecretsecret"),
        ("TELEGRAM_WEBHOOK_SECRET", "abcdefghijklmnop"),
        ("TELEGRAM_BOT_TOKEN", "123:abc/../x"),
        ("METRICS_TOKEN", "metrics"),
        ("DATABASE_POOL_SIZE", "0"),
        ("PUBLIC_URL", "http://complaints.example.org"),
        ("PUBLIC_URL", "https://example.org/complaints"),
        ("PUBLIC_URL", "https://example.org?x"),
        ("PUBLIC_URL", "https://example.org?"),
        ("PUBLIC_URL", "https://example.org#"),
        ("PUBLIC_URL", "https://example.org\nhttps://x.example"),
        ("PUBLIC_URL", "https://exam ple.org"),
        ("PUBLIC_URL", "https://example.org\\x"),
        ("PUBLIC_URL", "https://example..org"),
        ("PUBLIC_URL", f"https://{'a' * 64}.example"),
        ("PUBLIC_URL", "https://ada:pw@example.org"),
        ("PUBLIC_URL", "https://xn--.example.org./é\u200b"),
        ("TELEGRAM_RATE_ALL", "30"),
        ("TELEGRAM_RATE_CHAT", "0/1"),
        ("TELEGRAM_RATE_GROUP", "20/-1"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_WEBHOOK_SECRET", "with a space"),
        ("PUBLIC_URL", "ftp://example.org"),
        ("PUBLIC_URL", "http://example.org:port"),
        ("ALLOWED_ORIGINS", "https://a.example.org/path"),
        ("ALLOWED_ORIGINS", "https://*.example.org"),
        ("PORT", "70000"),
        ("SOCKETS_PER_OPERATOR", "0"),
        ("PUBLIC_INTAKE", "perhaps"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert value == "" or len(value) < 4 or value not in str(refusal.value) or "ORIGINS" in name


@pytest.mark.parametrize(
    ("public_url", "env", "wanted"),
    [
        ("https://c.example.org", "production", {"https://c.example.org"}),
        ("https://c.example.org:443/", "production", {"https://c.example.org"}),
        ("https://Bücher.example", "production", {"https://xn--bcher-kva.example"}),
        ("https://bu\u0308cher.example", "production", {"https://xn--bcher-kva.example"}),
        ("https://[2001:DB8::1]:8443", "production", {"https://[2001:db8::1]:8443"}),
        ("http://127.0.0.1:8000", "development", {"http://127.0.0.1:8000", "http://localhost:8000"}),
    ],
)
def test_the_public_url_gives_the_origins(
    monkeypatch: pytest.MonkeyPatch, public_url: str, env: str, wanted: set[str]
) -> None:
    monkeypatch.setenv("PUBLIC_URL", public_url)
    monkeypatch.setenv("REDRESS_ENV", env)
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://x.example.org, http://y.example.org:81")
    assert load_settings().origins == wanted | {"https://x.example.org", "http://y.example.org:81"}


def test_rates_are_counts_per_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_RATE_ALL", "60/2.5")
    settings: Any = load_settings()
    assert settings.telegram_rate_all == Rate(60, 2.5)
    assert settings.intake_rate_key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET_KEY", "9dc1df24db6b368c0b0092597f7adeaf"),
        ("JWT_SECRET_KEY", "CEcwcylrEu8WODUFLXc8Cd-yjiRRrX7U"),
        ("ADMIN_PASSWORD", "correct horse battery"),
        ("ADMIN_PASSWORD", "Tr0ub4dor&3"),
        ("TELEGRAM_WEBHOOK_SECRET", "kcZoBX5d-dBr6lIQ"),
        ("METRICS_TOKEN", "c0b0092597f7adeaf9dc1df2"),
        ("PUBLIC_URL", "http://127.0.0.1:8000"),
        ("PUBLIC_URL", "http://localhost"),
        ("PUBLIC_URL", "http://localhost.:8000"),
        ("TELEGRAM_BOT_TOKEN", "123456:ABC-DEF_ghi\n"),
    ],
)
def test_what_is_strong_enough_is_taken_in_production(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert load_settings().env == "production"


@pytest.mark.parametrize("env", ["development", "test"])
def test_elsewhere_weak_secrets_are_fine(monkeypatch: pytest.MonkeyPatch, env: str) -> None:
    weak = {"ADMIN_PASSWORD": "admin", "TELEGRAM_WEBHOOK_SECRET": "x", "PUBLIC_URL": "http://example.org"}
    for name, value in {**weak, "REDRESS_ENV": env}.items():
        monkeypatch.setenv(name, value)
    assert load_settings().env == env


def test_further_origins_are_kept_as_browsers_send_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", "https://Bücher.example, https://a.example:443")
    assert load_settings().allowed_origins == ("https://xn--bcher-kva.example", "https://a.example")


def test_mail_wants_a_server_and_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().mails
    monkeypatch.setenv("SMTP_URL", "smtps://redress:hunter2@mail.example.org")
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        load_settings()
    monkeypatch.setenv("MAIL_FROM", "Redress <redress@example.org>")
    assert load_settings().mails
    assert "hunter2" not in repr(load_settings())


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, False, None, None)),
        ("smtps://a%40b:p%2Fw@[::1]", ("::1", 465, True, "a@b", "p/w")),
    ],
)
def test_a_mail_server_is_named_by_its_url(url: str, server: tuple[Any, ...]) -> None:
    assert parse_smtp_url(url) == SmtpServer(*server)
