"""What is generated must be current, and what the docs name must be there.

The migrations match the models, the documents and pages that are made of the code match it, the architecture's
picture its text; every file and folder that a page of the docs names in backticks exists. With the argument
`openapi` what is made of the code is made anew.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tools import diagram
from tools.procfile import ROOT
from web.documents.asyncapi import socket_document
from web.documents.markdown_pages import events_page, socket_page

DOCS = ROOT / "docs"
DOCUMENT = DOCS / "openapi.json"
PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md", "docs/decisions/*.md")
NAMED = re.compile(
    r"`((?:complaints|web|workers|sandbox|dashboard|migrations|tests|tools|bench|docs)/[\w./*-]*)"
)


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
        made = {"openapi.json": fresh.read_text(), **made_of_code()}
        if sys.argv[1:] == ["openapi"]:
            for name, text in made.items():
                (DOCS / name).write_text(text)
        for name, text in made.items():
            if not (DOCS / name).exists() or (DOCS / name).read_text() != text:
                sys.exit(f"docs/{name} is behind: make openapi")

    if not diagram.is_current():
        sys.exit("docs/images/architecture.svg is behind: python -m tools.diagram")
    if lost := lost_names(page for pattern in PAGES for page in sorted(ROOT.glob(pattern))):
        sys.exit("\n".join(lost))


def made_of_code() -> dict[str, str]:
    """Return what docs/ has of the code beside the OpenAPI document, by the files' names."""
    document = json.dumps(socket_document(), indent=2, ensure_ascii=False)
    return {"asyncapi.json": f"{document}\n", "socket.md": socket_page(), "events.md": events_page()}


def lost_names(pages: Iterable[Path]) -> list[str]:
    """Return one line for each file or folder that a page names and that is not there; `*` stands for any."""
    return [
        f"{page.relative_to(ROOT)}: there is no {name}"
        for page in pages
        for name in NAMED.findall(page.read_text())
        if not any(ROOT.glob(name.rstrip("/.")))
    ]


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
