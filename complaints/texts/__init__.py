"""What a text is: the form that is kept, what can be seen of it, which others are the same, how a chat shows it."""
