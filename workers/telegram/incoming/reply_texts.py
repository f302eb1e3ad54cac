"""What the bot says to people, in Telegram's HTML; what answers a press is plain, and short."""

from complaints.texts.chat_text import as_html

COMMANDS = (
    "/open lists the open complaints, /status tells how things stand.\n"
    "/mute 2h is quiet for a while, /unmute ends that, /settings chooses what arrives here.\n"
    "/stop ends the alerts, /start brings them back, /help shows this."
)
HELP_LINKED = (
    "This chat receives alerts for <b>{name}</b>.\n"
    "The buttons under an alert acknowledge a complaint, assign it to you, start, resolve or reopen it.\n"
    + COMMANDS
)
HELP_GROUP = (
    "This chat receives alerts for <b>{name}</b>.\n"
    "Anybody whose own chat with me is linked can use the buttons under an alert, with their own rights; "
    "what arrives here is up to {name} and admins.\n" + COMMANDS
)
HELP_STRANGER = (
    "This bot alerts the people who handle complaints.\n"
    "To receive alerts here, sign in to the dashboard, choose <b>Telegram</b> and follow the link that it makes."
)
HELP_STRANGE_GROUP = (
    "This bot alerts the people who handle complaints.\n"
    "To receive alerts in this chat, sign in to the dashboard, choose <b>Telegram</b> and say "
    "<code>/link</code> here with the token that it makes."
)
LINKED = "Linked. This chat now receives alerts for <b>{name}</b>.\n/stop ends them, /help tells more."
WELCOME_BACK = "Alerts for <b>{name}</b> arrive here again. /stop ends them."
STOPPED = "No more alerts here. /start brings them back."
TOKEN_NOT_GOOD = "This link is not good any more. Make a new one on the dashboard, under <b>Telegram</b>."  # noqa: S105 - words
ACCOUNT_CLOSED = "The account that this chat was linked to is closed."
UNKNOWN_COMMAND = "I don't know this command. /help shows what I can do."
NOT_YOURS = "Only {name}, whose alerts arrive here, or an admin can do that."
START_FIRST = "No alerts arrive here at present. /start brings them back."

MUTED = "Muted. /unmute brings the alerts back."
MUTED_UNTIL = "Muted until <b>{until}</b>. /unmute brings the alerts back before."
MUTE_HINT = (
    "Say for how long, at most 30 days: <code>/mute 30m</code>, <code>/mute 2h</code>, <code>/mute 1d</code>."
)
UNMUTED = "Alerts arrive here again."
NOT_MUTED = "This chat is not muted."

WHY_REOPEN = (
    'Why should <b>{reference}</b> be reopened, <a href="tg://user?id={person}">{name}</a>? '
    "Reply to this message with the reason."
)
REOPENED = "<b>{reference}</b> is reopened."
REASON_WANTED = "Reopening wants a reason in words, at most 4000 characters. Reply to the question again."

NO_PHOTOS = "There are no photos yet. Try again in a moment."
PHOTOS_FOLLOW = "Here they come."
PHOTOS_IN_YOUR_CHAT = "They come in your own chat with me."
LINK_FIRST = "Link yourself first: make a link on the dashboard, under Telegram, and open it."
UNKNOWN_BUTTON = "This button means nothing to me any more."
BROKEN = "That went wrong on our side, and was written down."
SAVED = "Saved."


def fill(text: str, **values: str) -> str:
    """Return the text with the values in it, each on one line and escaped."""
    return text.format(**{name: as_html(value) for name, value in values.items()})
