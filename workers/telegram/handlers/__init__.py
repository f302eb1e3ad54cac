"""What becomes of an update: a message, a press, a membership."""
