"""`make verify` against the running product, from outside."""

import os
import subprocess
import sys

import pytest

from tools.procfile import ROOT
from tools.stack import ADMIN_EMAIL, ADMIN_PASSWORD, Stack

pytestmark = pytest.mark.parametrize("stack", ["sqlite"], indirect=True)


def verify(url: str, **credentials: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.verify", url],
        cwd=ROOT,
        env={**os.environ, **credentials},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deployment_that_works_is_found_to_work_and_left_clean(stack: Stack) -> None:
    done = verify(stack.url, VERIFY_EMAIL=ADMIN_EMAIL, VERIFY_PASSWORD=ADMIN_PASSWORD)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("  ok  ") == 6
    assert "rejected the complaint, signed out" in done.stdout


def test_a_wrong_password_is_the_last_thing_that_is_tried(stack: Stack) -> None:
    done = verify(stack.url, VERIFY_EMAIL=ADMIN_EMAIL, VERIFY_PASSWORD="not the password")

    assert done.returncode == 1
    assert done.stdout.splitlines()[1:] == [
        "  FAIL  sign in: 401 credentials_wrong: E-mail or password is wrong."
    ]


def test_a_deployment_elsewhere_is_not_sent_this_machine_s_password(stack: Stack) -> None:
    done = verify("https://complaints.example.org", VERIFY_EMAIL="ada@example.org")

    assert done.returncode == 1
    assert done.stderr == "redress: set VERIFY_PASSWORD, of an admin of https://complaints.example.org\n"
