"""What makes a row that somebody is owed: a numbered event, or a time that has come."""
