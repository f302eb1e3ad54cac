"""How an event reaches each socket: at once to who is live, by replay to who was away or is slow."""
