"""Rights: a viewer looks, an agent acts on complaints, an admin also runs the place."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.errors import Forbidden
from complaints.models import Operator
from complaints.queries.finding import may_see
from complaints.texts.folding import fold_name
from complaints.words import Role

RANK = {Role.VIEWER: 0, Role.AGENT: 1, Role.ADMIN: 2}


def has_role(role: str, wanted: Role) -> bool:
    """Say whether `role` includes the rights of `wanted`."""
    return RANK[Role(role)] >= RANK[wanted]


def require_agent(operator: Operator) -> None:
    """Raise `Forbidden` unless the operator may act on complaints."""
    if not operator.active or not has_role(operator.role, Role.AGENT):
        raise Forbidden("Your role allows looking, not acting.")


def require_site(sites: frozenset[str] | None, site: str | None) -> None:
    """Raise `Forbidden` where someone limited to `sites` would put a complaint out of their own sight.

    The site is as they spell it.
    """
    own = None if sites is None else frozenset(map(fold_name, sites))
    if not may_see(own, site and fold_name(site)):
        raise Forbidden(f"You may only name your own sites: {', '.join(sorted(sites or ()))}.")


def sites_of(operator: Operator) -> frozenset[str] | None:
    """Return the sites that the operator is limited to, or None for all."""
    return as_sites(operator.sites)


def as_sites(stored: list[str] | None) -> frozenset[str] | None:
    """Return the sites as rights are compared; None stands for all."""
    return None if stored is None else frozenset(stored)


def oversees(operator: Operator, other: Operator) -> bool:
    """Say whether the operator runs what is the other's: an admin who sees as much, or they themselves."""
    if operator.id == other.id:
        return True
    mine, theirs = sites_of(operator), sites_of(other)
    within = mine is None or (theirs is not None and theirs <= mine)
    return has_role(operator.role, Role.ADMIN) and within


def overseen(session: Session, operator: Operator) -> list[UUID]:
    """Return the ids of the operators whom this one `oversees`."""
    return [one.id for one in session.scalars(select(Operator)) if oversees(operator, one)]


def colleagues(session: Session, sites: frozenset[str] | None) -> list[UUID]:
    """Return the ids of the operators who may see what somebody limited to `sites` may see, or a part of it."""
    rows = session.execute(select(Operator.id, Operator.sites))
    return [row.id for row in rows if _share_a_site(sites, as_sites(row.sites))]


def _share_a_site(some: frozenset[str] | None, others: frozenset[str] | None) -> bool:
    return some is None or others is None or not some.isdisjoint(others)
