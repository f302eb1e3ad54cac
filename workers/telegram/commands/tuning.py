"""`/settings`: a panel of buttons."""

from complaints.alerts.replies import owe_panel
from complaints.alerts.states import ChatState
from workers.render.screen import FRONT
from workers.telegram import texts
from workers.telegram.commands.command import Command, Declined
from workers.telegram.effects import Effects


def show_settings(command: Command) -> Effects:
    """Show what the chat receives, with buttons that change it."""
    chat = command.managed_chat()
    if chat.state not in (ChatState.ACTIVE, ChatState.MUTED):
        raise Declined(texts.START_FIRST)
    owe_panel(command.session, chat, command.update_id, page=FRONT, now=command.now)
    return Effects(owes_message=True)
