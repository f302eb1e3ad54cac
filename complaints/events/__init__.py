"""Events: what happened to complaints, from the transaction that wrote it to the stream that every hub reads.

`event_types` names what can happen and who did it; `append` writes an event beside the change; `snapshot` is the
complaint as an event shows it, `envelope` the event as clients see it.
"""
