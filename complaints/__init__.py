"""The product itself: what a complaint is, what may happen to it, and who is told.

Knows nothing of HTTP, Celery or Telegram; `web` and `workers` are its two doors.
"""
