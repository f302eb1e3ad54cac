"""What is generated must be current: the migrations match the models, the OpenAPI document matches the code."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.procfile import ROOT

DOCUMENT = ROOT / "docs" / "openapi.json"


def main() -> None:
    """Exit 1 with one line for what is behind."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "REDRESS_ENV": "test",
            "DATABASE_URL": f"sqlite:///{folder}/check.db",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "JWT_SECRET_KEY": "only-for-this-check-0123456789abcdef",
            "LOG_LEVEL": "WARNING",
        }
        _run(["alembic", "upgrade", "head"], environment, "the migrations fail")
        _run(["alembic", "check"], environment, "the migrations don't match the models")
        fresh = Path(folder) / "openapi.json"
        _run(["flask", "--app", "web.wsgi", "openapi", str(fresh)], environment, "the OpenAPI document fails")
        if not DOCUMENT.exists() or DOCUMENT.read_text() != fresh.read_text():
            sys.exit(
                f"docs/openapi.json is behind: flask --app web.wsgi openapi {DOCUMENT.relative_to(ROOT)}"
            )


def _run(command: list[str], environment: dict[str, str], complaint: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{complaint}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
