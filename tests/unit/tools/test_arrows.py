"""The arrows between the packages hold."""

from tools.arrows import faults


def test_no_import_goes_against_an_arrow() -> None:
    assert faults() == []
