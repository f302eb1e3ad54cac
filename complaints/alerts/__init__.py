"""Alerts: what is owed to which chat, who may send it now, and what became of it.

What is so of a kind stands in `kinds`. The rooms, from the ground up, are an alert's way read backwards:

state        how an alert and its chat stand, and the only ones who change that and tell of it
recipients   who is told, and is it still worth telling them
messages     what stands behind messages: notices, answers, panels, copies, edits that are due
triggers     what makes a row that somebody is owed: a numbered event, or a time that has come
outcome      what can become of a request, and what follows from it
queue        what goes next: chats under a lease, quiet hours, digests, the job that a sender takes

Nothing here knows Telegram's library.
"""
