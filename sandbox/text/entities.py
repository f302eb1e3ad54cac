"""Text and its entities. Offsets and lengths count UTF-16 code units, as everywhere in the Bot API."""

import re
from typing import Any

Entity = dict[str, Any]

MAX_TEXT = 4096

_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_TOP = r"(?:com|org|net|info|app|dev|xyz|[a-z]{2}|рф|укр|中国|بازار)"
_HOST = rf"(?:{_LABEL}\.)+{_TOP}(?!\w)"
_NUMBERED = r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"

_DETECTED = re.compile(
    r"(?P<url>(?:https?|tg)://[^\s<>\"]+[^\s<>\".,;:!?)\]']"
    rf"|(?<![\w@.-])(?:{_HOST}|{_NUMBERED}(?=[:/]))(?::\d+)?(?:/[^\s<>\"]*)?)"
    rf"|(?<![\w.+-])(?P<email>[\w.+-]+@{_HOST})"
    r"|(?<![\w$])(?P<cashtag>\$(?:1INCH|[A-Z]{1,8}))(?!\w)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z0-9_]{4,32})(?!\w)"
    r"|(?<![\w#])(?P<hashtag>#[\w·\u200c]*[^\W\d][\w·\u200c]*)"
)


def utf16_len(text: str) -> int:
    """How many UTF-16 code units ``text`` has: characters beyond the BMP count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def detect(text: str, taken: list[Entity] | None = None) -> list[Entity]:
    """Commands, links, mentions and hashtags in plain text, outside what ``taken`` marks as code or link."""
    closed = [e for e in taken or [] if e["type"] in {"code", "pre", "text_link", "text_mention"}]
    found = []
    for match in _DETECTED.finditer(text):
        entity = {
            "type": match.lastgroup,
            "offset": utf16_len(text[: match.start()]),
            "length": utf16_len(match.group()),
        }
        if not any(_overlap(entity, other) for other in closed):
            found.append(entity)
    return found


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Text without outer white space, its entities moved and cut to fit; empty ones vanish."""
    left = text.lstrip()
    shift = utf16_len(text) - utf16_len(left)
    trimmed = left.rstrip()
    end = utf16_len(trimmed)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        stop = min(end, entity["offset"] + entity["length"] - shift)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return trimmed, in_order(kept)


def in_order(entities: list[Entity]) -> list[Entity]:
    """Outer entities before inner ones, as Telegram lists them."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )
