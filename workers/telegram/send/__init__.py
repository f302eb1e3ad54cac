"""One job on its way: a new message or an edit, settled whatever happens."""
