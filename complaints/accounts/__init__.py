"""Who may come in, and what they may do: operators, sessions, API clients, rights."""
