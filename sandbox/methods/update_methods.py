"""How the bot gets its updates: long polling or a webhook, never both."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from sandbox.base.loopback import is_loopback
from sandbox.base.refusals import (
    OTHER_GET_UPDATES,
    SET_WEBHOOK_CAME,
    WEBHOOK_ACTIVE,
    bad_request,
    conflict,
)
from sandbox.methods.params import Params
from sandbox.world.call_log import Call
from sandbox.world.world import World

MAX_BATCH = 100
MAX_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def get_updates(world: World, params: Params, call: Call) -> list[dict[str, Any]]:
    """Updates from ``offset`` on, waiting up to ``timeout`` seconds for the first.

    A newer request ends an older one that still waits with 409, as does setWebhook.
    """
    if world.webhook:
        raise conflict(WEBHOOK_ACTIVE)
    world.updates.allow(_allowed(params))
    world.updates.confirm(params.integer("offset"))
    limit = min(max(params.integer("limit", MAX_BATCH), 1), MAX_BATCH)
    _wait(world, min(params.integer("timeout"), MAX_POLL_SECONDS))
    return world.updates.batch(limit)


def _wait(world: World, timeout: float) -> None:
    world.updates.polls += 1
    mine = world.updates.polls
    world.changed.notify_all()
    deadline = time.monotonic() + timeout
    while not world.updates.pending and not world.feed.closed:
        left = deadline - time.monotonic()
        if left <= 0:
            return
        world.changed.wait(left)
        if world.webhook:
            raise conflict(SET_WEBHOOK_CAME)
        if world.updates.polls != mine:
            raise conflict(OTHER_GET_UPDATES)


def set_webhook(world: World, params: Params, call: Call) -> bool:
    """Push updates to a loopback address from now on; an empty URL goes back to polling."""
    url = params.text("url")
    if not url:
        return delete_webhook(world, params, call)
    _check_target(url)
    secret = params.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    world.updates.allow(_allowed(params))
    if params.flag("drop_pending_updates"):
        world.updates.drop_all()
    connections = params.integer("max_connections", 40)
    world.webhook = {"url": url, "secret": secret, "max_connections": connections}
    world.save_bot()
    world.changed.notify_all()
    return True


def delete_webhook(world: World, params: Params, call: Call) -> bool:
    world.webhook = {}
    if params.flag("drop_pending_updates"):
        world.updates.drop_all()
    world.save_bot()
    world.changed.notify_all()
    return True


def get_webhook_info(world: World, params: Params, call: Call) -> dict[str, Any]:
    hook = world.webhook
    info: dict[str, Any] = {
        "url": hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    for name in ("max_connections", "last_error_date", "last_error_message"):
        if name in hook:
            info[name] = hook[name]
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


def _allowed(params: Params) -> list[str] | None:
    kinds = params.structure("allowed_updates")
    return None if kinds is None else [str(kind) for kind in kinds]


def _check_target(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not is_loopback(parts.hostname):
        raise bad_request("bad webhook: the sandbox pushes to loopback addresses only")
