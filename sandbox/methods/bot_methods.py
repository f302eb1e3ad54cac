"""The bot's own affairs: who it is, its commands, its answers to pressed buttons."""

import json
import time
from typing import Any

from sandbox.base.refusals import QUERY_TOO_OLD, bad_request
from sandbox.methods.params import Params
from sandbox.world.call_log import Call
from sandbox.world.world import World

MAX_ANSWER = 200


def get_me(world: World, params: Params, call: Call) -> dict[str, Any]:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return {**world.bot, **abilities}


def acknowledge(world: World, params: Params, call: Call) -> bool:
    """For logOut and close, which mean something only to a Bot API server of one's own."""
    return True


def set_my_commands(world: World, params: Params, call: Call) -> bool:
    commands = params.structure("commands") or []
    world.commands[_scope(params)] = [
        {"command": str(item["command"]), "description": str(item["description"])} for item in commands
    ]
    world.save_bot()
    world.feed.publish({"type": "commands", "commands": world.commands})
    return True


def get_my_commands(world: World, params: Params, call: Call) -> list[dict[str, str]]:
    return world.commands.get(_scope(params), [])


def delete_my_commands(world: World, params: Params, call: Call) -> bool:
    world.commands.pop(_scope(params), None)
    world.save_bot()
    world.feed.publish({"type": "commands", "commands": world.commands})
    return True


def answer_callback_query(world: World, params: Params, call: Call) -> bool:
    """Answer once and in time. A user's phone shows the text: a passing toast, or an alert to confirm."""
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or query.answered or time.monotonic() - query.asked > world.query_seconds:
        raise bad_request(QUERY_TOO_OLD)
    if len(params.text("text")) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answered = True
    call.chat_id = query.chat_id
    world.feed.publish(
        {
            "type": "answer",
            "query_id": query.id,
            "user_id": query.user_id,
            "text": params.text("text"),
            "alert": params.flag("show_alert"),
            "url": params.text("url"),
        }
    )
    return True


def _scope(params: Params) -> str:
    """Commands are kept per scope and language; the default scope in all languages is what the page shows."""
    scope = params.structure("scope") or {"type": "default"}
    language = params.text("language_code")
    if scope == {"type": "default"} and not language:
        return "default"
    return json.dumps([scope, language], sort_keys=True)
