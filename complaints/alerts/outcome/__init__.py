"""What can become of a request to Telegram, and what follows from it."""
