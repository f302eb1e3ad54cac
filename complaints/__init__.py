"""The product itself: what a complaint is, what may happen to it, and who is told.

Knows nothing of HTTP, Celery or Telegram's library; `web` and `workers` are its two doors. The files here are the
ground that all stand on. Above it, each room imports only those that stand lower:

upkeep                        what runs without anybody asking: the path of an event, sweeps, clean-up
chats                         what people do with a linked chat
alerts                        what is owed to which chat (a house of its own: see there)
accounts  verbs               who signs in or submits; what people do to complaints
queries  events  telegram     finding; what happened, in one order; the limiter, the circuit, stored updates
models  forms                 the tables; what callers may ask for
"""
