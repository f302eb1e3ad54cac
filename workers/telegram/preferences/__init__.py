"""The buttons of /settings."""
