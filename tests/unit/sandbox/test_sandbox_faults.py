"""A scripted fault strikes the calls it names, as often and as long as it says."""

import pytest

from sandbox.base.refusals import ScriptError
from sandbox.world.faults import Fault, FaultBook


class FakeClock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_count_is_used_up():
    book = FaultBook()
    book.add(Fault("http_500", count=2))

    struck = [book.strike("sendMessage", 7) is not None for _ in range(3)]

    assert struck == [True, True, False]


def test_methods_and_chat_narrow_it():
    book = FaultBook()
    book.add(Fault("http_500", methods=("sendMessage",), chat_id=7))

    assert book.strike("getMe", None) is None
    assert book.strike("sendMessage", 8) is None
    assert book.strike("SENDMESSAGE", 7) is not None


def test_it_ends_with_its_time():
    clock = FakeClock()
    book = FaultBook(clock=clock)
    fault = book.add(Fault("retry_after", seconds=10))

    assert book.strike("sendMessage", 7) is fault
    assert fault.wait_told(clock.now + 4) == 6
    clock.now += 10
    assert book.strike("sendMessage", 7) is None


def test_a_probability_repeats_with_its_seed():
    def run(seed):
        book = FaultBook(seed)
        book.add(Fault("http_500", probability=0.5))
        return [book.strike("sendMessage", 7) is not None for _ in range(40)]

    assert run(1) == run(1) != run(2)
    assert 5 < sum(run(1)) < 35


def test_latency_adds_to_other_faults_instead_of_hiding_them():
    book = FaultBook()
    book.add(Fault("latency", latency=(100, 200)))
    book.add(Fault("http_500"))

    assert 0.1 <= book.delay("sendMessage", 7) <= 0.2
    assert book.strike("sendMessage", 7).kind == "http_500"


def test_an_outage_wears_the_face_it_was_given():
    assert Fault("outage", how="reset_before").face == "reset_before"


@pytest.mark.parametrize("options", [{"kind": "flood"}, {"kind": "outage", "how": "latency"}])
def test_a_fault_that_does_not_exist_is_refused(options):
    with pytest.raises(ScriptError):
        Fault(**options)
