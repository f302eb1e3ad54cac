"""One socket: its bytes in and out, what its messages say, and what the hub remembers of it."""
