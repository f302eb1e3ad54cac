"""The bot process: it takes the updates, or keeps the webhook."""
