"""The phone in a real browser."""

import re

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from tools import chromium

KEYS = {"inline_keyboard": [[{"text": "Acknowledge", "callback_data": "ack:1"}]]}


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright, chromium.launch(playwright) as opened:
        yield opened


@pytest.fixture
def open_page(browser, sandbox):
    """Open the phone; at the end no page may have complained."""
    contexts, complaints = [], []

    def open_one(path="/", width=1280):
        context = browser.new_context(viewport={"width": width, "height": 844})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(sandbox.base_url + path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def send(sandbox):
    """Call the Bot API as the bot would."""
    with httpx.Client(
        base_url=f"{sandbox.base_url}/bot{sandbox.token}", trust_env=False, verify=False
    ) as client:

        def call(method, **params):
            return client.post(method, json=params).json()["result"]

        yield call


def test_a_deep_link_starts_the_bot_after_one_click(sandbox, open_page):
    page = open_page("/?start=TOKEN-1")
    assert sandbox.messages(1001) == []

    page.get_by_role("button", name="START", exact=True).click()

    expect(page.locator(".messages")).to_contain_text("/start TOKEN-1")
    assert [m["text"] for m in sandbox.messages(1001)] == ["/start TOKEN-1"]
    expect(page).not_to_have_url(re.compile("start="))
    page.reload()
    expect(page.get_by_label("Message", exact=True)).to_be_visible()


def test_messages_edits_and_answers_arrive_live_in_every_tab(sandbox, open_page, send):
    sandbox.say(1001, "/start")
    first, second = open_page(), open_page(width=390)
    sent = send(
        "sendMessage", chat_id=1001, text="<b>RD-1</b> <i>new</i>", parse_mode="HTML", reply_markup=KEYS
    )
    expect(first.locator(".messages b")).to_have_text("RD-1")
    expect(second.locator(".messages b")).to_have_text("RD-1")

    second.get_by_role("button", name="Acknowledge").click()
    query = sandbox.wait_for(lambda: [u for u in sandbox.world.updates.batch(9) if "callback_query" in u])[0]
    send("answerCallbackQuery", callback_query_id=query["callback_query"]["id"], text="You are first.")
    send("editMessageText", chat_id=1001, message_id=sent["message_id"], text="RD-1 acknowledged")

    expect(second.locator(".toast")).to_have_text("You are first.")
    for page in (first, second):
        expect(page.locator(".messages")).to_contain_text("RD-1 acknowledged")
        expect(page.locator(".messages")).to_contain_text("edited")
    expect(first.locator(".toast")).to_have_count(0)


def test_typed_text_stays_text_and_reaches_the_bot(sandbox, open_page):
    sandbox.say(1001, "/start")
    page = open_page()

    page.get_by_label("Message", exact=True).fill("<img src=x onerror=alert(1)> /help")
    page.keyboard.press("Enter")

    expect(page.locator(".messages")).to_contain_text("<img src=x onerror=alert(1)>")
    assert sandbox.world.updates.batch(9)[-1]["message"]["text"] == "<img src=x onerror=alert(1)> /help"


def test_an_alert_wants_to_be_confirmed(sandbox, open_page, send):
    sandbox.say(1001, "/start")
    send("sendMessage", chat_id=1001, text="RD-1", reply_markup=KEYS)
    page = open_page()
    page.get_by_role("button", name="Acknowledge").click()
    query = sandbox.wait_for(lambda: [u for u in sandbox.world.updates.batch(9) if "callback_query" in u])[0]

    send(
        "answerCallbackQuery",
        callback_query_id=query["callback_query"]["id"],
        text="Link first.",
        show_alert=True,
    )

    expect(page.get_by_role("dialog")).to_contain_text("Link first.")
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_people_groups_and_faults_can_be_made_in_the_page(sandbox, open_page):
    page = open_page()
    page.get_by_role("button", name="Add person").click()
    page.get_by_label("First name").fill("Bea")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Whose phone").locator("option:checked")).to_have_text("Bea")
    page.get_by_role("button", name="Add group").click()
    page.get_by_label("Name").fill("Ops")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Ops")).to_be_visible()

    page.get_by_role("button", name="Sandbox controls").first.click()
    page.get_by_role("button", name="429 for 10 s").click()
    expect(page.locator(".faults")).to_contain_text("retry after")
    page.get_by_role("button", name="Make it a supergroup").click()

    expect(page.locator(".messages")).to_contain_text("The group became a supergroup")
    assert [fault["kind"] for fault in sandbox.faults()] == ["retry_after"]


def test_on_a_narrow_screen_list_and_chat_take_turns(sandbox, open_page):
    sandbox.say(1001, "/start")
    page = open_page(width=390)
    expect(page.locator(".messages")).to_be_visible()

    page.get_by_role("button", name="Back to the chats").click()
    expect(page.locator(".messages")).to_be_hidden()
    page.locator("[data-chat-id='1001']").click()

    expect(page.locator(".messages")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_blocked_bot_is_unblocked_with_one_button(sandbox, open_page):
    sandbox.say(1001, "/start")
    sandbox.block(1001)
    page = open_page()

    page.get_by_role("button", name="UNBLOCK", exact=True).click()

    expect(page.get_by_label("Message", exact=True)).to_be_visible()


def test_a_question_of_the_bots_opens_the_composer_for_its_answer(sandbox, open_page, send):
    sandbox.say(1001, "/start")
    page = open_page()
    asked = send("sendMessage", chat_id=1001, text="Why reopen RD-1?", reply_markup={"force_reply": True})
    expect(page.locator(".replying")).to_contain_text("Why reopen RD-1?")

    page.get_by_label("Message", exact=True).fill("It is back")
    page.keyboard.press("Enter")

    expect(page.locator(".out .quote")).to_contain_text("Why reopen RD-1?")
    expect(page.locator(".replying")).to_have_count(0)
    heard = sandbox.world.updates.batch(9)[-1]["message"]
    assert heard["reply_to_message"]["message_id"] == asked["message_id"]


def test_in_a_group_a_selective_question_asks_only_who_is_mentioned(sandbox, open_page, send):
    bea = sandbox.add_user("Bea").id
    group = sandbox.add_group("Ops", [1001, bea], type="supergroup", topics=["Alerts"])
    (topic,) = group.topics
    ada, other = (open_page(f"/#user={user}&chat={group.id}") for user in (1001, bea))

    send(
        "sendMessage",
        chat_id=group.id,
        message_thread_id=topic,
        text='Why, <a href="tg://user?id=1001">Ada</a>?',
        parse_mode="HTML",
        reply_markup={"force_reply": True, "selective": True},
    )

    expect(ada.locator(".replying")).to_contain_text("Why, Ada?")
    expect(other.locator(".messages")).to_contain_text("Why, Ada?")
    expect(other.locator(".replying")).to_have_count(0)
    ada.get_by_label("Message", exact=True).fill("It is back")
    ada.keyboard.press("Enter")
    ada.get_by_role("button", name="Alerts").click()
    expect(ada.locator(".out")).to_contain_text("It is back")


def test_a_silent_message_says_so(sandbox, open_page, send):
    sandbox.say(1001, "/start")
    page = open_page()
    send("sendMessage", chat_id=1001, text="low", disable_notification=True)
    expect(page.locator(".messages .meta").last).to_contain_text("silent")
