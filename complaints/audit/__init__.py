"""Who changed operators, keys and settings: when, from where, from what to what."""
