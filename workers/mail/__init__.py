"""Sending mail: one process's way to the SMTP server, one mail at a time."""
