"""The one thread that owns every socket, what its users share, and when each socket is due."""
