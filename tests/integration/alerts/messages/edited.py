"""Having edits made, and what the phone shows then."""

from workers.dispatch import dispatch_due


def texts(telegram, chat_id) -> list[str]:
    return [message["text"] for message in telegram.messages(chat_id)]


def deliver_edits(office, dispatcher) -> None:
    office.let_time_pass(2)
    dispatch_due(dispatcher)
