"""Telegram, this side of it: the way there, one job, the bot process, and what comes of updates.

From the ground up: client and incoming; send, bot, commands, preferences; handlers, which hand updates to them.
"""
