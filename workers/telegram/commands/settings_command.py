"""`/settings`: a panel of buttons."""

from complaints.alert_words import ChatState
from complaints.alerts.messages.replies import owe_panel
from workers.errors import Declined
from workers.render.preferences.page_parts import FRONT
from workers.telegram.commands.command import Command
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects


def show_settings(command: Command) -> Effects:
    """Show what the chat receives, with buttons that change it."""
    chat = command.managed_chat()
    if chat.state not in (ChatState.ACTIVE, ChatState.MUTED):
        raise Declined(texts.START_FIRST)
    owe_panel(command.session, chat, command.update_id, page=FRONT, now=command.now)
    return Effects(owes_message=True)
