"""The sandbox never starts in production, nor where others could reach it."""

import pytest

from sandbox.__main__ import main
from sandbox.base.loopback import is_loopback


@pytest.mark.parametrize("environment", ["production", "staging", "", None])
def test_it_refuses_to_start_in_production_with_one_line(environment, monkeypatch, capsys):
    if environment is None:
        monkeypatch.delenv("REDRESS_ENV", raising=False)
    else:
        monkeypatch.setenv("REDRESS_ENV", environment)

    assert main(["--port", "0"]) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "REDRESS_ENV" in told


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--latency", "fast"], "50-400"),
        (["--latency", "400-50"], "less to more"),
        (["--rate-all", "many"], "30/1"),
        (["--token", "nonsense"], "token"),
        (["--state", "/proc/nowhere/state.db"], "state"),
    ],
)
def test_an_option_of_no_use_is_told_in_one_line(options, reason, monkeypatch, capsys):
    monkeypatch.setenv("REDRESS_ENV", "test")

    assert main(["--port", "0", *options]) == 2

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert reason in told


def test_only_this_machine_counts_as_loopback():
    assert all(map(is_loopback, ["127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]"]))
    assert not any(map(is_loopback, ["0.0.0.0", "192.168.0.1", "example.org", "localhost.example.org", ""]))
