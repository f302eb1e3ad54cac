"""The hub: one per web process, it owns every dashboard socket (DESIGN §7, "How a socket lives")."""

from web.hub.hub import Hub

__all__ = ["Hub"]
