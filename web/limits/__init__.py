"""How many tries are let in: moving windows in Redis, or, while it is away, in this process alone."""
