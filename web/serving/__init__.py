"""From bytes to a whole request, and from an answer to bytes: no client's pace holds a thread (decision 25)."""
