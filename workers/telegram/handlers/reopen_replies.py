"""A reply to the question why a complaint should be reopened: the reply is the reason."""

from pydantic import TypeAdapter, ValidationError

from complaints.accounts.rights import require_agent, sites_of
from complaints.alerts.messages.replies import asked_about
from complaints.errors import RedressError, Refused
from complaints.forms.fields import Prose
from complaints.queries.finding import find_locked
from complaints.words import Status
from workers.errors import Declined
from workers.telegram.commands.command import Command
from workers.telegram.handlers.complaint_action import Action, change
from workers.telegram.incoming import reply_texts as texts
from workers.telegram.incoming.effects import Effects
from workers.telegram.incoming.reply_texts import fill

REASON: TypeAdapter[str] = TypeAdapter(Prose)


def handle_reply(command: Command) -> Effects:
    """Reopen the complaint that the question was about, in the name and with the rights of who replies."""
    replied = command.message.reply_to_message
    if replied is None:
        return Effects()
    where = command.message.chat.id
    reference = asked_about(command.session, where, replied.message_id, replied.text or "")
    if reference is None:
        return Effects()
    try:
        action = _action(command, reference)
        change(action, Status.IN_PROGRESS, reason=_reason(command))
    except RedressError as error:
        raise Declined(fill("{detail}", detail=error.detail)) from error
    command.answer(fill(texts.REOPENED, reference=reference))
    return Effects(wrote_event=True, owes_message=True)


def _action(command: Command, reference: str) -> Action:
    operator = command.operator()
    require_agent(operator)
    complaint = find_locked(command.session, reference, sites=sites_of(operator))
    return Action(command.session, command.update_id, command.person, complaint, operator, command.now)


def _reason(command: Command) -> str:
    try:
        return REASON.validate_python(command.message.text)
    except ValidationError as error:
        raise Refused(texts.REASON_WANTED) from error
