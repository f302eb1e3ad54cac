"""A stand-in for Telegram on this machine: the Bot API as far as Redress needs it, and a phone in the browser.

Start it as a process (refused unless ``REDRESS_ENV`` is ``development`` or ``test``; loopback addresses only)::

    python -m sandbox --port 8081 --state var/telegram-sandbox.db --latency 50-400

and point the product at it: ``TELEGRAM_API_URL=http://127.0.0.1:8081``, ``TELEGRAM_BOT_TOKEN=0000000001:sandbox``.
The phone is the page at ``/``; what is ``https://t.me/<bot>?start=TOKEN`` at Telegram is ``/?start=TOKEN`` here.

Or start it inside a test::

    from sandbox import Sandbox

    with Sandbox() as telegram:                              # a free port, no latency, Telegram's limits on
        bot = Bot(telegram.token, base_url=f"{telegram.base_url}/bot")
        ada = telegram.add_user("Ada", started=True)         # private chat: ada.id
        team = telegram.add_group("Night shift", [ada.id])   # or type="supergroup", topics=["Alerts"]
        telegram.say(ada.id, "/start TOKEN")                 # an update for the bot
        telegram.press(ada.id, message_id=2, button="ack:1") # by callback_data or by the button's text
        telegram.block(ada.id); telegram.unblock(ada.id)     # kick, invite, migrate, delete_chat, delete_message
        telegram.fault("retry_after", retry_after=3, chat_id=ada.id, count=1)
        telegram.fault("outage", seconds=5, how="reset_before")
        telegram.wait_for(lambda: telegram.messages(ada.id))
        assert not telegram.violations()                     # calls(…) has every request with its arrival

Over HTTP the same verbs (JSON; 400 ``{"error"}`` when used wrongly)::

    POST   /sandbox/users                    {"first_name", "last_name"?, "username"?, "user_id"?, "started"?}
    POST   /sandbox/chats                    {"title", "members"?, "type"?, "topics"?}
    DELETE /sandbox/chats/ID
    POST   /sandbox/chats/ID/messages        {"text", "user_id"?, "reply_to"?, "thread_id"?}
    GET    /sandbox/chats/ID/messages        DELETE /sandbox/chats/ID/messages/MESSAGE_ID
    POST   /sandbox/chats/ID/press           {"message_id", "button", "user_id"?} -> {"query_id"}
    POST   /sandbox/chats/ID/block           also unblock, kick, invite, migrate
    POST   /sandbox/faults                   {"kind", …} -> {"id"}   GET, DELETE; DELETE /sandbox/faults/ID
    PUT    /sandbox/limits                   {"on"?, "all"?: "30/1", "chat"?: "1/1", "group"?: "20/60"}
    GET    /sandbox/calls?method=&chat_id=&after=&violations   DELETE
    POST   /sandbox/reset

Faults and their options: ``world.faults.Fault``. A log entry: ``world.call_log.Call``. Known differences from
Telegram: formatting is HTML or explicit entities (no Markdown), no media, no channels, names such as @group address
nothing, an answer to a webhook can't carry a method, and its windows know no bursts.
"""

from sandbox.base.refusals import ScriptError, StartError
from sandbox.sandbox import DEFAULT_TOKEN, Sandbox

__all__ = ["DEFAULT_TOKEN", "Sandbox", "ScriptError", "StartError"]
