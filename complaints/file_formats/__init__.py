"""What a file is by its content, and which of its bytes are kept: pictures lose what they say of whom and where."""
