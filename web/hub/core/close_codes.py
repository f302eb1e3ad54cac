"""Why a socket was closed: RFC 6455's own codes (section 7.4.1) and the ones of our protocol (4000–4999)."""

from enum import IntEnum


class Close(IntEnum):
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


REASONS = {
    Close.NORMAL: "bye",
    Close.PROTOCOL_ERROR: "protocol error",
    Close.UNSUPPORTED_DATA: "text messages only",
    Close.NO_STATUS: "closed without a code",
    Close.ABNORMAL: "connection lost",
    Close.INVALID_PAYLOAD: "not UTF-8",
    Close.INTERNAL_ERROR: "internal error",
    Close.RESTART: "restart: reconnect",
    Close.EXPIRED: "token expired: refresh, then reconnect",
    Close.SLOW: "too slow: reconnect and resume",
    Close.NO_PONG: "no pong",
    Close.BAD_TOKEN: "not authenticated",
    Close.REVOKED: "session revoked",
    Close.TOO_MANY: "too many connections",
    Close.TOO_LARGE: "message too large",
}
