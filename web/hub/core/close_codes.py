"""Why a socket was closed: RFC 6455's own codes (section 7.4.1) and the ones of our protocol (4000–4999)."""

from enum import IntEnum


class CloseCode(IntEnum):
    """A close code; `.reason` is the text that travels with it."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_PAYLOAD = 1007
    INTERNAL_ERROR = 1011
    RESTART = 4001
    EXPIRED = 4005
    SLOW = 4008
    NO_PONG = 4012
    BAD_TOKEN = 4500
    REVOKED = 4503
    TOO_MANY = 4504
    TOO_LARGE = 4509

    @property
    def reason(self) -> str:
        """The words for people who read a console."""
        return REASONS[self]

    @property
    def remedy(self) -> str | None:
        """What a client does about it; None for what is never sent, only met."""
        return REMEDIES.get(self)


REASONS = {
    CloseCode.NORMAL: "bye",
    CloseCode.PROTOCOL_ERROR: "protocol error",
    CloseCode.UNSUPPORTED_DATA: "text messages only",
    CloseCode.NO_STATUS: "closed without a code",
    CloseCode.ABNORMAL: "connection lost",
    CloseCode.INVALID_PAYLOAD: "not UTF-8",
    CloseCode.INTERNAL_ERROR: "internal error",
    CloseCode.RESTART: "restart: reconnect",
    CloseCode.EXPIRED: "token expired: refresh, then reconnect",
    CloseCode.SLOW: "too slow: reconnect and resume",
    CloseCode.NO_PONG: "no pong",
    CloseCode.BAD_TOKEN: "not authenticated",
    CloseCode.REVOKED: "session revoked",
    CloseCode.TOO_MANY: "too many connections",
    CloseCode.TOO_LARGE: "message too large",
}

RECONNECT = (
    "Reconnect after a moment, a little longer each time, and subscribe after the last event that came."
)
GIVE_UP = "Don't reconnect with the same."
REMEDIES = {
    CloseCode.NORMAL: "It answers your own Close.",
    CloseCode.PROTOCOL_ERROR: "Mend the client: RFC 6455 was broken.",
    CloseCode.UNSUPPORTED_DATA: "Send text, no binary messages.",
    CloseCode.INVALID_PAYLOAD: "Send UTF-8.",
    CloseCode.INTERNAL_ERROR: RECONNECT,
    CloseCode.RESTART: RECONNECT,
    CloseCode.EXPIRED: f"Refresh the token, or get another key. {RECONNECT}",
    CloseCode.SLOW: RECONNECT,
    CloseCode.NO_PONG: f"Answer each `ping` with `pong` in time. {RECONNECT}",
    CloseCode.BAD_TOKEN: f"{GIVE_UP} It is none, came too late, or is a key that may not read events.",
    CloseCode.REVOKED: f"{GIVE_UP} The session was closed, or the key revoked.",
    CloseCode.TOO_MANY: f"{GIVE_UP} Close some of your other sockets.",
    CloseCode.TOO_LARGE: f"{GIVE_UP} A message has at most 16 KiB.",
}
