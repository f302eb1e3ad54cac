"""What the bot says to people, in Telegram's HTML."""

import html

HELP_LINKED = (
    "This chat receives alerts for <b>{name}</b>.\n"
    "The buttons under an alert acknowledge a complaint, assign it to you or resolve it.\n"
    "/stop ends the alerts, /start brings them back, /help shows this."
)
HELP_STRANGER = (
    "This bot alerts the people who handle complaints.\n"
    "To receive alerts here, sign in to the dashboard, choose <b>Telegram</b> and follow the link that it makes."
)
LINKED = "Linked. This chat now receives alerts for <b>{name}</b>.\n/stop ends them, /help tells more."
WELCOME_BACK = "Alerts for <b>{name}</b> arrive here again. /stop ends them."
STOPPED = "No more alerts here. /start brings them back."
TOKEN_NOT_GOOD = "This link is not good any more. Make a new one on the dashboard, under <b>Telegram</b>."  # noqa: S105 - words
ACCOUNT_CLOSED = "The account that this chat was linked to is closed."
UNKNOWN_COMMAND = "I don't know this command. /help shows what I can do."

LINK_FIRST = "Link yourself first: make a link on the dashboard, under Telegram, and open it here."
UNKNOWN_BUTTON = "This button means nothing to me any more."


def fill(text: str, **values: str) -> str:
    """Return the text with the values in it, escaped."""
    return text.format(**{name: html.escape(value, quote=False) for name, value in values.items()})
