"""What the hub reads of the database beside events. Runs in helper threads."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from complaints.accounts.key_holders import load_key_holders
from complaints.accounts.sessions import load_identities
from complaints.clock import utcnow
from complaints.db import Database
from complaints.queries.finding import load_sites
from web.hub.core.credentials import SocketIdentity
from web.hub.presence.site_lookup import FoundSites


class DatabaseReads:
    """Each read has a session of its own. Raises the database's errors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def identities(self, sessions: Iterable[UUID]) -> Mapping[UUID, SocketIdentity]:
        """Return the sessions and keys among these that still live, with the rights they have now."""
        wanted = set(sessions)
        with self._database.read() as session:
            found = load_identities(session, wanted, now=utcnow())
            keys = wanted - found.keys()
            return found | load_key_holders(session, keys) if keys else found

    def sites(self, complaints: Iterable[str]) -> FoundSites:
        """Return the site of each of these complaints that there is."""
        with self._database.read() as session:
            found = load_sites(session, map(UUID, complaints))
        return {str(complaint): site for complaint, site in found.items()}
