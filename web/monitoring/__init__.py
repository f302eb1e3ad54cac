"""How the process is doing: for probes, for Prometheus, and for admins."""
