"""What a socket holds as long as it takes a place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place among this process's sockets; `counted` if it is one of its address's unauthenticated ones."""

    address: str
    counted: bool
