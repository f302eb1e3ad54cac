"""The Procfile, read: the commands of the process types."""

from pathlib import Path

from honcho.environ import parse_procfile

ROOT = Path(__file__).resolve().parent.parent


def commands() -> dict[str, str]:
    """Return the command of each process type; `release` is run once before the others."""
    return dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
