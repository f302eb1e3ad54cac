"""The first door: the HTTP API, the dashboard's pages and the sockets."""
