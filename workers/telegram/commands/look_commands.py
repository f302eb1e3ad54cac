"""`/help`, `/status` and `/open`: only looking."""

from complaints.accounts.rights import sites_of
from complaints.chats.open_complaints import most_urgent, open_figures
from complaints.models import Chat
from workers.render.open_message import LISTED, open_text, status_text
from workers.telegram.commands.command import Command
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.reply_texts import fill


def show_help(command: Command) -> Effects:
    """Tell what there is."""
    chat = command.linked_chat()
    text = texts.HELP_LINKED if command.is_private else texts.HELP_GROUP
    return command.reply(chat, fill(text, name=chat.operator.name))


def show_open(command: Command) -> Effects:
    """List the open complaints that matter most."""
    chat, now = command.linked_chat(), command.now
    sites = _sites(command, chat)
    rows = most_urgent(command.session, sites, limit=LISTED, now=now)
    figures = open_figures(command.session, sites, now=now)
    return command.reply(
        chat, open_text(rows, figures.open, f"{command.ours.public_url}/?status=open", now=now)
    )


def show_status(command: Command) -> Effects:
    """Tell how things stand, and what the chat receives."""
    chat, now = command.linked_chat(), command.now
    figures = open_figures(command.session, _sites(command, chat), now=now)
    return command.reply(chat, status_text(chat, figures, now=now))


def _sites(command: Command, chat: Chat) -> frozenset[str] | None:
    """Return what may be shown here: what both who asks and the chat's operator may see."""
    own, theirs = sites_of(command.operator()), sites_of(chat.operator)
    if own is None or theirs is None:
        return theirs if own is None else own
    return own & theirs
