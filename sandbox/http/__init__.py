"""How the sandbox is reached: the doors for bots and for scripts, the phone's page, and the server under them."""
