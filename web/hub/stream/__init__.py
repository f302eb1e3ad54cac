"""What comes in from outside: events from the stream or the table, signals, and who is to get them."""
