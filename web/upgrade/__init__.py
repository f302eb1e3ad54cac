"""From an HTTP request to a socket of the hub: the route, the opening handshake, the hand-over."""
