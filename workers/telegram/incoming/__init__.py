"""What came in, checked, and what it leads to beyond the database."""
