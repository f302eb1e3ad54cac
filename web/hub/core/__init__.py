"""What all of the hub stands on and what knows nothing of it: codes, errors, credentials, threads, numbers."""
