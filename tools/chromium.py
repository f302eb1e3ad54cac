"""`make test` needs a Chromium: finds one, installs Debian's where it may, or says in one line how to get it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "redress: the browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM to its path"


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> None:
    """Exit 0 once there is a Chromium, else with one line."""
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"]):
            subprocess.run(command, check=False, capture_output=True)
    if find() is None:
        sys.exit(HOW)


if __name__ == "__main__":
    main()
