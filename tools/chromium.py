"""`make test` needs a Chromium: finds one, installs Debian's where it may, or says in one line how to get it.

The headless shell is Chromium without a window: the same pages and scripts for half the work.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Playwright

PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
QUIET = ("--disable-background-networking", "--disable-component-update")
HOW = "redress: the browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM to its path"


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _run(*arguments: str) -> None:
    subprocess.run(["apt-get", *arguments], check=False, capture_output=True)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start it; raises Playwright's errors."""
    return playwright.chromium.launch(executable_path=find(), args=[*FLAGS, *QUIET, *flags])


def main() -> None:
    """Exit 0 once there is a Chromium, else with one line."""
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        _run("update")
        for package in PACKAGES:
            if find() is None:
                _run("install", "--yes", package)
    if find() is None:
        sys.exit(HOW)


if __name__ == "__main__":
    main()
