"""Views of alerts and of the Telegram chats that receive them."""
