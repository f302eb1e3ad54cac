"""docs/api.md: its commands, as they stand and in their order, against a server that runs."""

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.api.people import PASSWORD, World
from tests.integration.hub.harness import Deployment
from tools.documents import DOCS

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 100


@contextmanager
def numbering(deployment: Deployment) -> Iterator[None]:
    """Number events as they come, as the events worker does."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.1):
            deployment.number()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


def run(block: str, folder: Path, environment: dict[str, str]) -> str:
    """Run one block in a shell that knows what the ones before have set; return what it printed."""
    kept = folder / "kept.sh"
    kept.touch()
    script = f'set -euo pipefail\n. "$KEPT"\n{block}\ndeclare -p REDRESS EMAIL PASSWORD API HERE > "$KEPT"\n'
    names = "TOKEN CLIENT KEY AFTER EPOCH NIGHT REFERENCE VERSION"
    script += f'for name in {names}; do declare -p $name >> "$KEPT" 2> /dev/null || true; done\n'
    script += 'declare -f >> "$KEPT"\necho "cd $PWD" >> "$KEPT"\n'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=DOCS.parent,
        env={**environment, "KEPT": str(kept)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_guide_does_what_it_says(deployment: Deployment, tmp_path: Path) -> None:
    # Given
    World(deployment.app).operator("admin", email="guide@example.org", password=PASSWORD)
    environment = {
        **os.environ,
        "REDRESS": f"http://127.0.0.1:{deployment.port}",
        "EMAIL": "guide@example.org",
        "PASSWORD": PASSWORD,
    }
    blocks = BLOCK.findall((DOCS / "api.md").read_text())
    # When
    printed = {}
    for block in blocks:
        if "follow.py" in block:
            with numbering(deployment):
                printed[block] = run(block, tmp_path, environment)
        else:
            printed[block] = run(block, tmp_path, environment)
        deployment.number()
    # Then
    told = next(text for block, text in printed.items() if "events?after" in block)
    assert [line.split()[1] for line in told.splitlines()] == [
        "new_complaint",
        "status_update",
        "comment_added",
        "complaint_update",
    ]
    followed = next(text for block, text in printed.items() if "follow.py" in block)
    assert [line.split()[1] for line in followed.splitlines()][4:] == ["new_complaint", "status_update"]
