"""Settings, read once from the environment: typed, frozen, secrets masked.

A value that is wrong stops the start with one line that names the variable (`SettingsError`).
"""

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from complaints.errors import SettingsError
from complaints.setting_values import (
    SCHEME_PORTS,
    Rate,
    check_port,
    check_sender,
    check_smtp_url,
    check_store_url,
    is_guessable,
    is_loopback_url,
    origin_of,
    parse_http_url,
    parse_rate,
    split_commas,
    with_driver,
)

SECRET_MINIMUM = 32
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
BOT_TOKEN = re.compile(r"[\w:-]+", re.ASCII)
PASSWORD_MINIMUM = 10
DEVELOPMENT_HOSTS = ("localhost", "127.0.0.1")
KEY_BYTES = 20
SHORT_SECRET_MINIMUM = 16
SHORT_SECRET_BYTES = 10


RateField = Annotated[Rate, NoDecode, BeforeValidator(parse_rate)]
OptionalRate = Annotated[Rate | None, NoDecode, BeforeValidator(parse_rate)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_commas)]
HiddenUrl = Annotated[str, Field(repr=False)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """Every variable of the environment that Redress reads. See `.env.example` for the meanings."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    redress_env: Literal["production", "development", "test"] = "production"
    database_url: HiddenUrl
    redis_url: HiddenUrl
    celery_broker_url: str | None = Field(default=None, repr=False)
    jwt_secret_key: SecretStr
    jwt_secret_key_previous: SecretStr | None = None
    database_pool_size: Count = 10

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_secret: SecretStr | None = None
    telegram_rate_all: RateField = Rate(30, 1)
    telegram_rate_chat: RateField = Rate(1, 1)
    telegram_rate_group: RateField = Rate(20, 60)

    public_url: str = "http://127.0.0.1:8000"
    allowed_origins: Names = ()
    public_intake: bool = False
    admin_email: str | None = None
    admin_password: SecretStr | None = None

    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    bind: str | None = None
    web_concurrency: Count = 1
    trusted_proxies: Annotated[int, Field(ge=0)] = 0

    sockets_per_operator: Count = 20
    sockets_per_process: Count = 20_000
    sockets_unauthenticated_per_address: Count = 50
    login_failures_per_account: RateField = Rate(10, 60)
    login_failures_per_address: RateField = Rate(30, 60)
    intake_rate_anonymous: RateField = Rate(10, 60)
    intake_rate_key: OptionalRate = None
    replay_limit: Count = 100_000
    smtp_url: Annotated[str, AfterValidator(check_smtp_url)] | None = Field(default=None, repr=False)
    mail_from: Annotated[str, AfterValidator(check_sender)] | None = None
    attachments_url: Annotated[str, AfterValidator(check_store_url)] | None = Field(default=None, repr=False)
    attachment_max_bytes: Count = 10 * 1024 * 1024

    metrics_token: SecretStr | None = None

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgres://", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("wants a sqlite:/// or postgresql:// URL")
        try:
            url = make_url(with_driver(value))
        except (ArgumentError, ValueError):
            raise ValueError("is no URL of a database") from None
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise ValueError("wants a file, which all processes share")
        return with_driver(value)

    @field_validator("redis_url", "celery_broker_url")
    @classmethod
    def _check_redis_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("redis://", "rediss://")):
            raise ValueError("wants a redis:// or rediss:// URL")
        return check_port(value)

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        return parse_http_url(value, path=False)

    @field_validator("telegram_api_url")
    @classmethod
    def _check_api_url(cls, value: str) -> str:
        return parse_http_url(value, path=True)

    @field_validator("allowed_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in SCHEME_PORTS or not parts.hostname or parts.path or parts.query:
                raise ValueError(f"{origin!r} is not an origin such as https://admin.example.org")
        return tuple(origin_of(parse_http_url(origin, path=False)) for origin in value)

    @field_validator("telegram_bot_token")
    @classmethod
    def _check_bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        """It becomes part of an address; a file that it was read from has often a line break at its end."""
        token = None if value is None else value.get_secret_value().strip()
        if token is not None and not BOT_TOKEN.fullmatch(token):
            raise ValueError("is no token of a bot")
        return None if token is None else SecretStr(token)

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _check_webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        """Bot API, setWebhook: 1 to 256 of these characters."""
        if value is not None and not WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("wants 1 to 256 characters out of A-Z a-z 0-9 _ -")
        return value

    @field_validator("jwt_secret_key", "jwt_secret_key_previous")
    @classmethod
    def _refuse_short_secrets(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SECRET_MINIMUM:
            raise ValueError(f"wants {SECRET_MINIMUM} characters or more")
        return value

    @model_validator(mode="after")
    def _want_a_sender(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("MAIL_FROM is not set, and SMTP_URL is: mails want a sender")
        return self

    @model_validator(mode="after")
    def _refuse_weak_in_production(self) -> Self:
        if self.redress_env == "production" and (weakness := self._weakness()):
            raise ValueError(weakness)
        return self

    def _weakness(self) -> str | None:
        if is_guessable(self.jwt_secret_key.get_secret_value(), least_bytes=KEY_BYTES):
            return "JWT_SECRET_KEY is a default or guessable value; make a random one"
        password = self.admin_password and self.admin_password.get_secret_value()
        if password and (len(password) < PASSWORD_MINIMUM or is_guessable(password)):
            return f"ADMIN_PASSWORD wants {PASSWORD_MINIMUM} characters or more that nobody guesses"
        for name in ("telegram_webhook_secret", "metrics_token"):
            secret: SecretStr | None = getattr(self, name)
            text = None if secret is None else secret.get_secret_value()
            if text is not None and _is_weak(text):
                return f"{name.upper()} wants {SHORT_SECRET_MINIMUM} random characters or more"
        if urlsplit(self.public_url).scheme != "https" and not is_loopback_url(self.public_url):
            return "PUBLIC_URL wants https://: passwords and tokens would cross the network in the clear"
        return None

    @property
    def env(self) -> str:
        """The kind of deployment: `production`, `development` or `test`."""
        return self.redress_env

    @property
    def broker_url(self) -> str:
        """Celery's broker."""
        return self.celery_broker_url or self.redis_url

    @property
    def mails(self) -> bool:
        """Whether there is somebody to give mail to."""
        return self.smtp_url is not None

    @property
    def host(self) -> str:
        """The address that the web process listens at."""
        return self.bind or ("0.0.0.0" if self.env == "production" else "127.0.0.1")  # noqa: S104 - DESIGN §2

    @property
    def has_https(self) -> bool:
        """Whether browsers reach this deployment by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def origins(self) -> frozenset[str]:
        """The exact origins that may open a socket with a cookie."""
        own = {origin_of(self.public_url)}
        if self.env != "production":
            parts = urlsplit(self.public_url)
            port = f":{parts.port}" if parts.port else ""
            own |= {origin_of(f"{parts.scheme}://{host}{port}") for host in DEVELOPMENT_HOSTS}
        return frozenset(own | set(self.allowed_origins))


def _is_weak(secret: str) -> bool:
    return len(secret) < SHORT_SECRET_MINIMUM or is_guessable(secret, least_bytes=SHORT_SECRET_BYTES)


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; raises `SettingsError` with one line that names what is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_describe(fault) for fault in error.errors())) from None


def _describe(fault: Any) -> str:
    if not fault["loc"]:
        return str(fault["msg"]).removeprefix("Value error, ")
    name = str(fault["loc"][0]).upper()
    if fault["type"] == "missing":
        return f"{name} is not set"
    return f"{name}: {str(fault['msg']).removeprefix('Value error, ')}"
