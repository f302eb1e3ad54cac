"""Mail that is owed: what its letters read, whose turn it is, and what became of it."""
