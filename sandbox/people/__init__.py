"""What people do on their phones and in their groups, as scripts and the page say it."""
