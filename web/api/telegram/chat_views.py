"""Linking Telegram chats, and what is linked."""

import hmac
from datetime import datetime
from typing import Annotated, Any

import segno
from apiflask import APIBlueprint
from flask import g, request
from redis import RedisError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from complaints.accounts.rights import overseen
from complaints.alert_words import ChatState
from complaints.alerts.messages.notices import owe_test
from complaints.alerts.state.chat_state import linked, unlink
from complaints.chats.change_preferences import PreferencesPatch, lock_chat, tune
from complaints.chats.linking import bot_username, offer_link
from complaints.chats.muting import LONGEST, mute, unmute
from complaints.clock import to_wire, utcnow
from complaints.errors import Forbidden, Invalid, NotFound, Refused
from complaints.events.snapshot import Instant as InstantShape
from complaints.forms.choices import one_of
from complaints.forms.fields import Form, Instant, absent
from complaints.models import Chat
from complaints.queries.finding import find_row
from complaints.queries.pages.paging import by_id, read_page
from complaints.telegram.stored_updates import is_update, store_updates
from web.api.parameters import PageQuery, named_fields
from web.api.shapes import AlertRef, ChatPage, ChatShape, Shape, chat_on_wire, page_on_wire
from web.http.app_services import services
from web.http.declared_headers import BOT_SECRET, read_header, repeatable, takes
from web.http.permissions import operator, signed_in
from web.idempotency.answered_once import answer_once
from web.problems.declared_refusals import refuses

blueprint = APIBlueprint("telegram", __name__, tag="Telegram")
QR_SCALE = 5


class LinkOfferShape(Shape):
    """How to link a chat, once, within ten minutes. `deep_link` is null until the bot's name is known.

    `command` is for a chat with the bot, `group_command` for a group or topic.
    """

    token: str
    deep_link: str | None
    command: str
    group_command: str
    qr_svg: str | None
    expires_at: InstantShape


class ChatPatch(Form):
    """What to change about a chat; without `muted_until`, a muted one stays so until it is set active."""

    state: Annotated[str, one_of((ChatState.ACTIVE, ChatState.MUTED))] = absent()
    muted_until: Instant | None = absent()
    preferences: PreferencesPatch = absent()


@blueprint.post("/telegram/link")
@signed_in()
@repeatable
@blueprint.output(LinkOfferShape, 201)
@blueprint.doc(summary="Get a token that links a chat")
def post_link() -> Any:
    """Make a token for the caller's own chat: say the command to the bot, or follow the deep link."""
    with services().database.write() as session:
        return answer_once(session, lambda: _offer(session))


@blueprint.get("/telegram/chats")
@signed_in()
@blueprint.input(PageQuery, location="query", arg_name="query")
@blueprint.output(ChatPage)
@blueprint.doc(summary="List linked chats")
def list_chats(query: PageQuery) -> Any:
    """Return the caller's chats; an admin sees those of everybody whose sites are among theirs."""
    with services().database.read() as session:
        rows = _visible(session).where(linked())
        page = read_page(session, rows, by_id(Chat.id), **query.model_dump())
    return page_on_wire(page, chat_on_wire)


@blueprint.get("/telegram/chats/<chat_id>")
@signed_in()
@blueprint.output(ChatShape)
@blueprint.doc(summary="Get one chat")
def get_chat(chat_id: str) -> Any:
    """Return one chat."""
    with services().database.read() as session:
        return chat_on_wire(_find(session, chat_id))


@blueprint.patch("/telegram/chats/<chat_id>")
@signed_in()
@blueprint.input(ChatPatch, arg_name="form")
@blueprint.output(ChatShape)
@refuses(Refused)
@blueprint.doc(summary="Change a chat's state or preferences")
def patch_chat(chat_id: str, form: ChatPatch) -> Any:
    """Mute a chat or let it speak again, and change the preferences that are named: the others stay."""
    fields, now = named_fields(form, as_json=True), utcnow()
    with services().database.write() as session:
        chat = lock_chat(session, _find(session, chat_id).id)
        if "preferences" in fields:
            tune(session, chat, fields["preferences"], now=now)
        _set_state(session, chat, form, now)
        answer = chat_on_wire(chat)
    services().poker.poke_alerts(g.request_id)
    return answer


@blueprint.delete("/telegram/chats/<chat_id>")
@signed_in()
@blueprint.output({}, 204)
@blueprint.doc(summary="Unlink a chat")
def delete_chat(chat_id: str) -> Any:
    """Unlink the chat: it gets no more alerts, and what it was still owed is skipped."""
    with services().database.write() as session:
        unlink(session, _find(session, chat_id), now=utcnow())
    return "", 204


@blueprint.post("/telegram/chats/<chat_id>/test")
@signed_in()
@repeatable
@blueprint.output(AlertRef, 202)
@refuses(Refused)
@blueprint.doc(summary="Send a test message")
def test_chat(chat_id: str) -> Any:
    """Owe the chat a test message; its alert's state tells how it went. One that has left gets nothing more."""
    with services().database.write() as session:
        chat = _find(session, chat_id)
        body = answer_once(session, lambda: _owe_test(session, chat))
    services().poker.poke_alerts(g.request_id)
    return body


@blueprint.post("/telegram/webhook")
@takes(BOT_SECRET)
@blueprint.doc(summary="What Telegram calls", responses=[200, 400, 403, 404, 413, 415, 422])
def webhook() -> Any:
    """Store the update, then answer 200; a repeated `update_id` is harmless."""
    secret = services().settings.telegram_webhook_secret
    if secret is None:
        raise NotFound("Updates don't come by webhook here.")
    given = (read_header(BOT_SECRET) or "").encode()
    if not hmac.compare_digest(given, secret.get_secret_value().encode()):
        raise Forbidden("This is not Telegram's secret.")
    update = request.get_json()
    if not is_update(update):
        raise Invalid("An update is an object with an integer update_id.", "/update_id")
    with services().database.write() as session:
        store_updates(session, [update], now=utcnow())
    services().poker.poke_updates(g.request_id)
    return {}


def _offer(session: Session) -> dict[str, Any]:
    offer = offer_link(
        session,
        operator(),
        api_url=services().settings.telegram_api_url,
        username=_username(),
        now=utcnow(),
    )
    link = offer.deep_link
    return {
        "token": offer.token,
        "deep_link": link,
        "command": offer.command,
        "group_command": offer.group_command,
        "qr_svg": None if link is None else segno.make(link).svg_inline(scale=QR_SCALE, border=2),
        "expires_at": to_wire(offer.expires_at),
    }


def _owe_test(session: Session, chat: Chat) -> dict[str, Any]:
    if chat.state == ChatState.LEFT:
        raise Refused("The chat has left: send /start to the bot in it.")
    return {"id": owe_test(session, chat, now=utcnow(), request_id=g.request_id).id}


def _set_state(session: Session, chat: Chat, form: ChatPatch, now: datetime) -> None:
    until = form.muted_until
    if until is not None and (form.state != ChatState.MUTED or not now < until <= now + LONGEST):
        raise Invalid("Goes with the state muted, and lies at most 30 days ahead.", "/muted_until")
    if form.state is None:
        return
    if chat.state not in (ChatState.ACTIVE, ChatState.MUTED):
        raise Refused(f"The chat is {chat.state}: send /start to the bot in it.")
    if form.state == ChatState.MUTED:
        mute(session, chat, until=until, now=now)
    elif chat.state == ChatState.MUTED:
        unmute(session, chat, now=now)


def _username() -> str | None:
    try:
        return bot_username(services().redis)
    except RedisError:
        return None


def _visible(session: Session) -> Select[Chat]:
    return select(Chat).where(Chat.operator_id.in_(overseen(session, operator())))


def _find(session: Session, chat_id: str) -> Chat:
    return find_row(session, _visible(session), Chat.id, chat_id, "chat")
