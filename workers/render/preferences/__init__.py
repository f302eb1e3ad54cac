"""What /settings shows, page by page."""
