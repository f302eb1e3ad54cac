"""python-telegram-bot sends, edits and deletes, and meets Telegram's refusals."""

import pytest
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Acknowledge", callback_data="ack:1")]])


def refusal(run, kind, coroutine):
    with pytest.raises(kind) as refused:
        run(coroutine)
    return refused.value.message


def test_a_message_arrives_with_entities_and_keyboard(sandbox, bot, run, ada):
    sent = run(
        bot.send_message(
            ada,
            "<b>RD-1</b> <i>see <u>this</u></i>",
            parse_mode=ParseMode.HTML,
            reply_markup=KEYS,
            disable_notification=True,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    )

    shown = sandbox.messages(ada)[-1]
    assert (sent.text, sent.message_id) == ("RD-1 see this", shown["message_id"])
    assert [e.type for e in sent.entities] == ["bold", "italic", "underline"]
    assert sent.parse_entities()[sent.entities[2]] == "this"
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "ack:1"
    assert sandbox.calls("sendMessage", chat_id=ada)[0].payload["text"].startswith("<b>")


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("", {}, "Message text is empty"),
        ("  \n ", {}, "Message text is empty"),
        ("<b></b>", {"parse_mode": "HTML"}, "Message text is empty"),
        ("x" * 4097, {}, "Message is too long"),
        ("\U0001f525" * 2049, {}, "Message is too long"),
        ("<b>x", {"parse_mode": "HTML"}, "Can't parse entities"),
        ("*x*", {"parse_mode": "MarkdownV3"}, "Unsupported parse_mode"),
        ("x", {"message_thread_id": 77}, "Message thread not found"),
        ("x", {"reply_to_message_id": 77}, "Message to be replied not found"),
    ],
)
def test_a_text_that_telegram_would_not_take_is_refused(bot, run, ada, text, options, complaint):
    assert refusal(run, BadRequest, bot.send_message(ada, text, **options)).startswith(complaint)


def test_4096_characters_after_entities_are_taken(bot, run, ada):
    text = "<b>" + "&lt;" * 4096 + "</b>"

    assert len(run(bot.send_message(ada, text, parse_mode="HTML")).text) == 4096


@pytest.mark.parametrize(
    ("button", "complaint"),
    [
        (InlineKeyboardButton("x", callback_data="d" * 65), "Button_data_invalid"),
        (InlineKeyboardButton("x", callback_data="é" * 33), "Button_data_invalid"),
        (InlineKeyboardButton("x", url="ftp://example.org"), "Inline keyboard button url"),
        (InlineKeyboardButton("x"), "Can't parse inline keyboard button"),
        (InlineKeyboardButton("", callback_data="d"), "Can't parse inline keyboard button"),
    ],
)
def test_a_bad_button_is_refused(bot, run, ada, button, complaint):
    said = refusal(run, BadRequest, bot.send_message(ada, "x", reply_markup=InlineKeyboardMarkup([[button]])))

    assert said.lower().startswith(complaint.lower())


def test_other_kinds_of_reply_markup_show_nothing_under_the_message(bot, run, ada):
    assert run(bot.send_message(ada, "x", reply_markup=ForceReply())).reply_markup is None


def test_an_edit_replaces_text_and_takes_away_a_keyboard_not_sent_again(sandbox, bot, run, ada):
    sent = run(bot.send_message(ada, "one", reply_markup=KEYS))

    edited = run(bot.edit_message_text("two", ada, sent.message_id))

    assert (edited.text, edited.reply_markup) == ("two", None)
    assert edited.edit_date is not None
    assert [m["text"] for m in sandbox.messages(ada)] == ["two"]


def test_the_same_again_is_not_modified(bot, run, ada):
    sent = run(bot.send_message(ada, "<b>one</b>", parse_mode="HTML", reply_markup=KEYS))

    for edit in (
        bot.edit_message_text("<b>one</b>", ada, sent.message_id, parse_mode="HTML", reply_markup=KEYS),
        bot.edit_message_reply_markup(ada, sent.message_id, reply_markup=KEYS),
    ):
        assert refusal(run, BadRequest, edit).startswith("Message is not modified")


def test_a_keyboard_alone_can_be_taken_away(bot, run, ada):
    sent = run(bot.send_message(ada, "one", reply_markup=KEYS))

    assert run(bot.edit_message_reply_markup(ada, sent.message_id)).reply_markup is None


def test_what_is_not_there_or_not_the_bots_own_can_not_be_edited(sandbox, bot, run, ada):
    theirs = sandbox.say(ada, "hello")["message_id"]

    assert refusal(run, BadRequest, bot.edit_message_text("x", ada, 99)) == "Message to edit not found"
    assert refusal(run, BadRequest, bot.edit_message_text("x", ada, theirs)) == "Message can't be edited"


def test_a_deleted_message_is_gone(sandbox, bot, run, ada):
    first, second = (run(bot.send_message(ada, text)).message_id for text in ("one", "two"))

    assert run(bot.delete_message(ada, first))
    sandbox.delete_message(ada, second)

    assert sandbox.messages(ada) == []
    assert refusal(run, BadRequest, bot.delete_message(ada, first)) == "Message to delete not found"
    assert refusal(run, BadRequest, bot.edit_message_text("x", ada, second)) == "Message to edit not found"


def test_a_topic_and_a_reply_are_kept(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada], type="supergroup", topics=["Alerts"])
    (topic,) = group.topics
    first = run(bot.send_message(group.id, "one", message_thread_id=topic))

    second = run(
        bot.send_message(group.id, "two", message_thread_id=topic, reply_to_message_id=first.message_id)
    )

    assert (second.message_thread_id, second.is_topic_message) == (topic, True)
    assert second.reply_to_message.text == "one"


def test_who_never_started_the_bot_can_not_be_written_to(sandbox, bot, run):
    stranger = sandbox.add_user("Eve").id

    said = refusal(run, Forbidden, bot.send_message(stranger, "x"))
    sandbox.say(stranger, "/start")

    assert said == "Forbidden: bot can't initiate conversation with a user"
    assert run(bot.send_message(stranger, "x")).text == "x"


def test_a_block_holds_until_it_is_lifted(sandbox, bot, run, ada):
    sandbox.block(ada)
    said = refusal(run, Forbidden, bot.send_message(ada, "x"))
    sandbox.unblock(ada)

    assert said == "Forbidden: bot was blocked by the user"
    assert run(bot.send_message(ada, "x")).text == "x"


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_out_of_a_group_the_bot_can_not_write_there(sandbox, bot, run, ada, kind):
    group = sandbox.add_group("Ops", [ada], type=kind)
    sandbox.kick(group.id)
    kicked = refusal(run, Forbidden, bot.send_message(group.id, "x"))
    sandbox.invite(group.id)
    run(bot.leave_chat(group.id))
    left = refusal(run, Forbidden, bot.send_message(group.id, "x"))

    assert kicked == f"Forbidden: bot was kicked from the {kind} chat"
    assert left == f"Forbidden: bot is not a member of the {kind} chat"


def test_a_chat_that_is_gone_or_never_was_is_not_found(sandbox, bot, run, ada):
    sandbox.delete_chat(ada)

    for chat in (ada, 424242, "@nobody"):
        assert refusal(run, BadRequest, bot.send_message(chat, "x")) == "Chat not found"


def test_a_group_that_became_a_supergroup_tells_its_new_id(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada])
    new = sandbox.migrate(group.id)

    with pytest.raises(ChatMigrated) as moved:
        run(bot.send_message(group.id, "x"))

    assert moved.value.new_chat_id == new.id
    assert run(bot.send_message(new.id, "x")).chat.type == "supergroup"


def test_chats_and_members_can_be_looked_up(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada])

    assert run(bot.get_chat(ada)).full_name == "Ada Lovelace"
    assert run(bot.get_chat(group.id)).title == "Ops"
    assert run(bot.get_chat_member(group.id, bot.id)).status == "member"
    assert run(bot.get_chat_member(group.id, 1001)).status == "left"
    assert run(bot.get_chat_member_count(group.id)) == 2
    assert [m.user.id for m in run(bot.get_chat_administrators(group.id))] == [ada]
    assert run(bot.send_chat_action(ada, "typing"))


def test_a_question_and_a_silent_message_are_told_to_the_phone_alone(sandbox, bot, run, ada):
    # When
    sent = run(
        bot.send_message(ada, "Why?", disable_notification=True, reply_markup=ForceReply(selective=True))
    )
    # Then the library sees what Telegram would say, and the phone what it has to do
    (shown,) = sandbox.messages(ada)
    assert sent.reply_markup is None
    assert (shown["silent"], shown["force_reply"]) == (True, {"selective": True})
    (call,) = sandbox.calls("sendMessage")
    assert call.payload["disable_notification"] == "true"
    assert '"force_reply": true' in call.payload["reply_markup"]


def test_a_link_to_a_person_is_a_mention(sandbox, bot, run, ada):
    text = f'<a href="tg://user?id={ada}">Ada</a> and <a href="tg://user?id=77">nobody</a>'
    sent = run(bot.send_message(ada, text, parse_mode="HTML"))
    assert sent.text == "Ada and nobody"
    assert [(entity.type, entity.user.id) for entity in sent.entities] == [("text_mention", ada)]


def test_a_reply_goes_into_the_topic_of_what_it_answers(sandbox, bot, run, ada):
    group = sandbox.add_group("Ops", [ada], type="supergroup", topics=["Alerts"])
    (topic,) = group.topics
    asked = run(bot.send_message(group.id, "Why?", message_thread_id=topic))
    said = sandbox.say(group.id, "It is back", reply_to=asked.message_id)
    assert said["message_thread_id"] == topic
