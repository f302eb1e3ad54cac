"""The hub: one per web process, it owns every dashboard socket (DESIGN §7, "How a socket lives").

`wiring` builds it, `hub` is how request threads and gunicorn's hooks use it. Below them, each folder imports only
those that stand lower:

lifecycle   what happens while sockets come, speak and go
entry, relay, presence, telemetry    who may come in; how events reach them; who is there; the numbers
loop        the one thread, and what its users share
stream      what comes in from outside
socket      one socket
core        what all of them stand on
"""
