"""How an alert and its chat stand, and the only ones who change that and tell of it."""
