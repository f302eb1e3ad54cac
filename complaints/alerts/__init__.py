"""Alerts: what is owed to which chat, who may send it now, and what became of it.

A chat is claimed under a lease (`claims`), its most urgent alert is marked `sending` right before the request
(`sending`), and one outcome (`outcomes`) settles the row (`settling`). Nothing here knows Telegram's library.
"""
