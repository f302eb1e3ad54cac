"""From an HTTP request to a socket of the hub: the route, the handshake, the hand-over, who holds the token."""
