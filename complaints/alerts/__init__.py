"""Alerts: what is owed to which chat, who may send it now, and what became of it.

Who is told is decided once (`audience`, `owing`); reminders and rerouting ask the same. A chat is claimed under a
lease (`claims`). Under it quiet hours hold back (`quiet`), a queue that is too long becomes a digest (`digests`),
and the most urgent thing that is due becomes a job (`jobs`): an alert, marked `sending` right before the request
(`sending`), or an edit of a message that shows an old state (`live`). One outcome (`outcomes`) settles it
(`settling`, `editing`). States change in `alert_state` alone, and screens are told after the commit (`signalling`).
Nothing here knows Telegram's library.
"""
