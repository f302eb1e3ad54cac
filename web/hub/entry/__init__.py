"""Who may come in, and who may stay: places, tokens, sessions that are looked at again."""
