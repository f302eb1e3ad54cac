"""Telegram's HTML: text with tags in, plain text and entities out, with Telegram's own complaints.

Follows https://core.telegram.org/bots/api#html-style. Only the four named entities of the Bot API and
numeric ones are decoded; every ``<`` opens a tag; offsets in messages are bytes, as in Telegram's.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.base.refusals import Refusal, bad_request
from sandbox.text.entities import Entity, in_order, utf16_len

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z0-9-]*)(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


@dataclass
class _Open:
    name: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    text: str = ""
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Entity]]:
        position = 0
        while position < len(self.source):
            position = self._step(position)
        if self.stack:
            name = self.stack[-1].name
            raise _complaint(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self.text, in_order(self.entities)

    def _step(self, position: int) -> int:
        if self.source[position] != "<":
            end = self.source.find("<", position)
            end = len(self.source) if end < 0 else end
            self.text += _REFERENCE.sub(_decode, self.source[position:end])
            return end
        match = _TAG.match(self.source, position)
        if match is None:
            raise _complaint(f"Unclosed start tag at byte offset {self._bytes(position)}")
        if match["close"]:
            self._close(match["name"].lower(), position)
        else:
            self._open(match["name"].lower(), match["attributes"], position)
        return match.end()

    def _open(self, name: str, attributes: str, position: int) -> None:
        found = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(attributes)}
        if name not in _TYPES:
            raise _complaint(f'Unsupported start tag "{name}" at byte offset {self._bytes(position)}')
        if name == "span" and found.get("class") != "tg-spoiler":
            raise _complaint(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(position)}'
            )
        self.stack.append(_Open(name, utf16_len(self.text), found))

    def _close(self, name: str, position: int) -> None:
        if not self.stack:
            raise _complaint(f"Unexpected end tag at byte offset {self._bytes(position)}")
        opened = self.stack.pop()
        if name not in {"", opened.name}:
            raise _complaint(
                f"Unmatched end tag at byte offset {self._bytes(position)}, "
                f'expected "</{opened.name}>", found "</{name}>"'
            )
        length = utf16_len(self.text) - opened.offset
        if length:
            self._add(opened, length)

    def _add(self, opened: _Open, length: int) -> None:
        entity: dict[str, Any] = {"type": _TYPES[opened.name], "offset": opened.offset, "length": length}
        if opened.name == "a":
            entity["url"] = opened.attributes.get("href", "")
            if not re.match(r"(https?|tg)://[^\s/]", entity["url"]):
                return
        if opened.name == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        if opened.name == "code" and self.stack and self.stack[-1].name == "pre":
            language = opened.attributes.get("class", "").removeprefix("language-")
            self.stack[-1].attributes["language"] = language
            return
        if opened.name == "pre" and opened.attributes.get("language"):
            entity["language"] = opened.attributes["language"]
        self.entities.append(entity)

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of ``source``; raises the Refusal that Telegram would answer."""
    return _Parser(source).parse()


def _decode(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def _complaint(text: str) -> Refusal:
    return bad_request(f"can't parse entities: {text}")
