"""A message that is there to be edited."""

import pytest

from workers.dispatch import dispatch_due


@pytest.fixture
def alerted(office, chat, ada, dispatcher):
    """A complaint that Ada's phone shows."""
    complaint = office.submit("The lift is stuck")
    dispatch_due(dispatcher)
    return complaint
