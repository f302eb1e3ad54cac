"""How long the database is waited for, and by how many at once: never without bound, never by everybody."""
