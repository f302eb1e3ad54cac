"""Texts and keyboards, read and checked as Telegram does."""
