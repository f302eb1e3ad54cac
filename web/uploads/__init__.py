"""Files in requests: how large a body may be, how its parts are taken in, and how a file is answered."""
