"""Everything that the hub refuses, and how a request thread leaves it, in one tree.

HubError
├── HandshakeInvalid          the request is no opening handshake
├── SocketsFull               no place is left in this process
├── TooManyUnauthenticated    no place is left for unknown sockets of this address
├── InputRefused              bytes break the protocol or a bound; carries the close code
└── MessageRefused            a message means nothing; the connection goes on
Upgraded                      a BaseException: nothing went wrong, but no response may follow
"""

from web.hub.core.close_codes import CloseCode


class HubError(Exception):
    """A refusal of the hub."""


class HandshakeInvalid(HubError):
    """The request is no opening handshake; the text says what it lacks."""


class SocketsFull(HubError):
    """This process serves as many sockets as it may."""


class TooManyUnauthenticated(HubError):
    """The address has as many sockets that did not say who they are as it may."""


class InputRefused(HubError):
    """The input breaks the protocol or a bound: the connection is to be closed with `code`."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.reason)
        self.code = code


class MessageRefused(HubError):
    """The message means nothing; the text says why, in words for whoever wrote the client."""


class Upgraded(BaseException):
    """The upgrade has been answered: no response is to be made up. No Exception, for it is no fault to handle."""
