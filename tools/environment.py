"""The environment of `make run`: what `.env` and the shell leave open gets a value fit for this machine."""

import random
import secrets
import socket
import sys
from pathlib import Path

from dotenv import dotenv_values

from tools.procfile import ROOT

VAR = ROOT / "var"
KEPT = VAR / "development.env"
OURS_TO_CHOOSE = range(10_000, 32_000)  # Linux gives 32768 and above to connections, macOS 49152 and above


def development_environment(shell: dict[str, str]) -> dict[str, str]:
    """Return the whole environment: defaults below `.env` below the shell's own variables."""
    written = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    chosen = {**written, **shell}
    port = chosen.get("PORT", "8000")
    defaults = {
        **_kept_secrets(),
        "REDRESS_ENV": "development",
        "DATABASE_URL": f"sqlite:///{VAR / 'redress.db'}",
        "ATTACHMENTS_URL": (VAR / "attachments").as_uri(),
        "ADMIN_EMAIL": "admin@example.org",
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "WARNING",
        "SOCKETS_PER_PROCESS": "1000",
        "PYTHONWARNINGS": "ignore:::celery.platforms",  # eight lines about running as root, in a container say
        "PYTHONUNBUFFERED": "1",
    }
    environment = {**defaults, **chosen}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment.get('PATH', '')}"
    return environment


def is_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether something listens at the port."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """Return a port that nothing listens at, of those that no kernel gives to connections by itself.

    One that was free a moment ago as the kernel's choice may be an outgoing connection's by the time it is used.
    """
    for _ in OURS_TO_CHOOSE:
        port = random.SystemRandom().choice(OURS_TO_CHOOSE)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")


def _kept_secrets() -> dict[str, str]:
    """Return the secrets of this checkout, made at the first run and kept under `var/`."""
    if not KEPT.exists():
        made = {"JWT_SECRET_KEY": secrets.token_hex(32), "ADMIN_PASSWORD": secrets.token_urlsafe(12)}
        KEPT.touch(mode=0o600)
        KEPT.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    return {name: value or "" for name, value in dotenv_values(KEPT).items()}
