"""The panel on Ada's phone, and a thumb."""

import pytest


@pytest.fixture
def panel(chat, ada, telegram, handle) -> int:
    """The id of the message that shows the settings of Ada's chat."""
    telegram.say(ada, "/settings")
    handle()
    return telegram.messages(ada)[-1]["message_id"]


@pytest.fixture
def press(telegram, ada, handle, panel):
    """Press these buttons of the panel, each on the page that the one before led to; return what it shows then."""

    def run(*labels: str) -> str:
        for label in labels:
            telegram.press(ada, panel, label)
            handle()
        return telegram.messages(ada)[-1]["text"]

    return run
