"""What the sandbox knows: users, chats, messages, updates, limits, scripted faults, and the log of calls."""
